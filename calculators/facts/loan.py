"""Put a loan together from the rows of its registers: the loan's own row, its events and its receipts.

A row is a mapping of the registers' English column names: amounts as `int` fen (`amount_fen`, `interest_fen`), rates
as written, dates as ISO text, flags as `bool`, `due_dates` as a list of ISO texts, absent cells left out. Rows are
taken as checked: whoever reads a file (a register, a facts file) has refused what is wrong in it before.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from calculators.facts.model import (
    DayCount,
    DueRule,
    FixedRate,
    FloatingRate,
    Loan,
    Movement,
    OtherSubsidy,
    Receipt,
    Spell,
)
from calculators.money import Exact, parse_percent

__all__ = ["LPR_RATE", "REPRICED", "loan_key", "loan_of", "rate_of"]

# `LPR1Y+25BP`, `LPR5Y-0.10%`, or the bare benchmark.
LPR_RATE = re.compile(r"LPR(?P<tenor>[15])Y(?P<spread>[+-].+)?", re.IGNORECASE)
REPRICED = ("fixed", "january_1", "anniversary", "quarter", "publication")

Row = Mapping[str, Any]


def loan_key(row: Row) -> str:
    """What identifies a loan: contract number, and slip number (借据号) where given."""
    return f"{row['contract_no']}/{row['slip_no']}" if row.get("slip_no") else str(row["contract_no"])


def rate_of(text: str, repriced: str | None, starts_on: date) -> FixedRate | FloatingRate:
    """A rate as written (`3.55%`, `LPR1Y+25BP`), in force from `starts_on`; `ValueError` where it is neither."""
    match = LPR_RATE.fullmatch(text.replace(" ", ""))
    if match is None:
        return FixedRate(starts_on, parse_percent(text))
    spread = parse_percent(match["spread"]) if match["spread"] else Exact(0)
    return FloatingRate(starts_on, f"{match['tenor']}y", spread, repriced or "fixed")


def loan_of(row: Row, events: Iterable[Row], receipts: Iterable[Row]) -> Loan:
    """The loan, with what happened to it in order of date; its first rate holds from the first drawdown on."""
    happened = sorted(events, key=lambda event: str(event["date"]))
    movements = tuple(_movement(event) for event in happened if event["kind"] in ("drawdown", "repayment"))
    due = _due_rule(row)
    matures_on = _day(row["matures_on"])
    starts_on = movements[0].on if movements else _day(row["signed_on"])
    rates = [rate_of(row["rate"], row.get("repriced"), starts_on)]
    rates += [
        rate_of(event["rate"], event.get("repriced"), _day(event["date"]))
        for event in happened
        if event["kind"] == "rate"
    ]
    return Loan(
        key=loan_key(row),
        contract=row["contract_no"],
        lender=row["lender"],
        uscc=row["uscc"],
        signed_on=_day(row["signed_on"]),
        matures_on=matures_on,
        amount_fen=row["amount_fen"],
        day_count=DayCount(row["day_count"]),
        due=due,
        movements=movements,
        rates=tuple(rates),
        spells=tuple(_spell(event) for event in happened if event["kind"] in ("overdue", "extension")),
        receipts=tuple(_receipt(receipt, due, matures_on) for receipt in receipts),
        purpose=row.get("purpose", ""),
        other_subsidies=tuple(_other_subsidy(event) for event in happened if event["kind"] == "other_subsidy"),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _movement(event: Row) -> Movement:
    sign = 1 if event["kind"] == "drawdown" else -1
    return Movement(_day(event["date"]), sign * event["amount_fen"])


def _spell(event: Row) -> Spell:
    return Spell(event["kind"], _day(event["date"]), _end(event), event.get("amount_fen"))


def _other_subsidy(event: Row) -> OtherSubsidy:
    return OtherSubsidy(_day(event["date"]), _end(event), parse_percent(event["rate"]))


def _end(event: Row) -> date | None:
    """The exclusive end of what runs from `date` to `end_date`."""
    end = event.get("end_date")
    return _day(end) + timedelta(days=1) if end else None


def _due_rule(row: Row) -> DueRule:
    return DueRule(
        every=row["due_every"],
        day=row.get("due_day", 20),
        counted=row["due_counted"],
        dates=tuple(sorted(_day(text) for text in row.get("due_dates", ()))),
    )


def _receipt(row: Row, due: DueRule, matures_on: date) -> Receipt:
    """The bank prints its settlement date; the period ends the day after where that day is counted.

    The maturity day never bears interest, so the last period ends on it whatever the rule.
    """
    ends_before = min(_day(row["due"]) + timedelta(days=due.counted), matures_on)
    return Receipt(ends_before, row["interest_fen"], _day(row["paid_on"]))
