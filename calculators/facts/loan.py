"""A loan from the rows of its registers, or from a facts file: its own row, its events and its receipts.

A row is a mapping of the registers' English column names: amounts as `int` fen (`amount_fen`, `interest_fen`), rates as
written, dates as ISO text, flags as `bool`, `due_dates` as a list of ISO texts, absent cells left out. A register's
rows are taken as checked; the loan of a facts file is checked here as a whole."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from calculators.interest.loan import (
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
from calculators.notices.rules import day
from calculators.notices.values import Amount, Day, Fault, Name, Shape, Text, fault, wrong
from calculators.problems import N_

__all__ = ["LPR_RATE", "REPRICED", "LoanPart", "loan_from", "loan_key", "loan_of", "rate_of"]

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


def _yes_no(value: object) -> bool:
    if value not in ("yes", "no"):
        raise wrong("yes_no_malformed", N_("{value!r} is neither yes nor no"), N_("write yes or no"), value=value)
    return value == "yes"


def _rate_text(value: object) -> str:
    try:
        rate_of(str(value), "fixed", date.min)
    except ValueError:
        raise wrong(
            "loan_rate_malformed",
            N_("{value!r} is not a loan's rate"),
            N_("write it with its unit, such as 3.55%, or against the benchmark, such as LPR1Y+25BP"),
            value=str(value),
        ) from None
    return str(value)


def _day_of_month(value: object) -> int:
    if not isinstance(value, str) or value not in {str(number) for number in range(1, 32)}:
        raise wrong("due_day_malformed", N_("{value!r} is not a day of a month"), N_("write 1 to 31"), value=str(value))
    return int(value)


YesNo = Annotated[bool, BeforeValidator(_yes_no)]
LoanRate = Annotated[str, BeforeValidator(_rate_text)]
DueDay = Annotated[int, BeforeValidator(_day_of_month)]
Repriced = Literal["fixed", "january_1", "anniversary", "quarter", "publication"]


# Event kind -> the columns it needs and the columns it may have, besides kind and date.
_EVENT_COLUMNS: dict[str, tuple[set[str], set[str]]] = {
    "drawdown": ({"amount"}, set()),
    "repayment": ({"amount"}, set()),
    "rate": ({"rate"}, {"repriced"}),
    "overdue": (set(), {"end_date", "amount"}),
    "extension": (set(), {"end_date", "amount"}),
    "other_subsidy": ({"rate"}, {"end_date"}),
}


class EventPart(Shape):
    """Something that happened to the loan."""

    kind: Literal["drawdown", "repayment", "rate", "overdue", "extension", "other_subsidy"]
    date: Day
    end_date: Day | None = None
    amount: Amount | None = None
    rate: LoanRate | None = None
    repriced: Repriced | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """The columns that belong to the kind, and no others; a spell that runs forward."""
        needed, possible = _EVENT_COLUMNS.get(str(raw.get("kind")), (set(), set(_EVENT_COLUMN_NAMES)))
        for name in sorted(needed - raw.keys()):
            yield fault(
                name,
                "column_missing",
                N_("an event of kind {kind} needs this key"),
                N_("add it with its value"),
                kind=raw["kind"],
            )
        for name in _EVENT_COLUMN_NAMES:
            if name in raw and name not in needed | possible:
                yield fault(
                    name,
                    "column_idle",
                    N_("an event of kind {kind} has no such key"),
                    N_("take it out, or correct the kind"),
                    kind=raw["kind"],
                )
        if raw.get("kind") != "other_subsidy":
            yield from _repricing(raw)
        elif LPR_RATE.fullmatch(str(raw.get("rate", "")).replace(" ", "")):
            yield fault(
                "rate",
                "subsidy_rate_floating",
                N_("another subsidy's rate is written in per cent per year"),
                N_("write what it pays, such as 1.5%, and a new event from the day on which that changes"),
            )
        first, last = day(raw.get("date")), day(raw.get("end_date"))
        if first and last and last < first:
            yield fault(
                "end_date", "span_backward", N_("this day lies before the first one"), N_("correct one of the two")
            )


_EVENT_COLUMN_NAMES = ("end_date", "amount", "rate", "repriced")


class ReceiptPart(Shape):
    """Interest paid, by the settlement date that the bank prints."""

    due: Day
    interest: Amount
    paid_on: Day


class LoanPart(Shape):
    """The loan with what happened to it."""

    contract_no: Text
    slip_no: Text | None = None
    lender: Text
    signed_on: Day
    matures_on: Day
    amount: Amount
    day_count: DayCount
    due_every: Literal["month", "quarter", "custom"]
    due_day: DueDay | None = None
    due_counted: YesNo
    due_dates: tuple[Day, ...] = ()
    rate: LoanRate
    repriced: Repriced | None = None
    purpose: Name | None = None
    events: tuple[EventPart, ...] = Field(min_length=1)
    receipts: tuple[ReceiptPart, ...] = ()

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """A due rule that is whole, repricing where it is needed, and events inside the loan's life."""
        custom = raw.get("due_every") == "custom"
        if custom and "due_dates" not in raw:
            yield fault(
                "due_dates",
                "due_dates_missing",
                N_("custom settlement needs its dates"),
                N_("add due_dates: with the bank's settlement dates"),
            )
        for name in ("due_day",) if custom else ("due_dates",) if raw.get("due_every") in ("month", "quarter") else ():
            if name in raw:
                yield fault(
                    name,
                    "due_rule_twice",
                    N_("this does not go with due_every: {every}"),
                    N_("take it out, or correct due_every"),
                    every=raw["due_every"],
                )
        yield from _repricing(raw)
        yield from _life(raw)


def loan_from(part: LoanPart, raw: Mapping[str, Any], uscc: str) -> Loan:
    """The loan of `uscc` that `part` holds; `raw` is the part as written, since a register keeps rates as texts."""
    return loan_of(
        {**_row(part, raw), "uscc": uscc},
        [_row(event, written) for event, written in zip(part.events, raw["events"], strict=True)],
        [_row(receipt, written) for receipt, written in zip(part.receipts, raw.get("receipts", ()), strict=True)],
    )


def _row(part: Shape, written: Mapping[str, Any]) -> dict[str, Any]:
    """A part as a row of a register: amounts in fen, the due rule's values read, the rest as written."""
    row: dict[str, Any] = {key: value for key, value in written.items() if key not in ("events", "receipts")}
    for key in ("amount", "interest"):
        if key in row:
            row[f"{key}_fen"] = getattr(part, key)
            del row[key]
    for key in ("due_day", "due_counted"):
        if key in row:
            row[key] = getattr(part, key)
    return row


def _repricing(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """A rate against the benchmark says when it is repriced; a fixed one has nothing to say."""
    rate = raw.get("rate")
    if not isinstance(rate, str):
        return
    floating = LPR_RATE.fullmatch(rate.replace(" ", "")) is not None
    if floating and "repriced" not in raw:
        yield fault(
            "repriced",
            "repriced_missing",
            N_("a rate against LPR must say when it is repriced"),
            N_("add repriced: fixed, january_1, anniversary, quarter or publication"),
        )
    if not floating and "repriced" in raw:
        yield fault("repriced", "repriced_idle", N_("a fixed rate is not repriced"), N_("take repriced out"))


def _life(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """The dates of a loan in their order, and a drawdown."""
    signed_on, matures_on = day(raw.get("signed_on")), day(raw.get("matures_on"))
    if signed_on and matures_on and matures_on <= signed_on:
        yield fault(
            "matures_on", "loan_backward", N_("the loan matures before it is signed"), N_("correct one of the two")
        )
    events = raw.get("events")
    places = enumerate(events) if isinstance(events, list) else ()
    listed = [(place, event) for place, event in places if isinstance(event, dict)]
    if listed and not any(event.get("kind") == "drawdown" for _place, event in listed):
        yield fault("events", "drawdown_missing", N_("nothing was drawn"), N_("add an event of kind drawdown"))
    for place, event in listed:
        on = day(event.get("date"))
        if on and event.get("kind") in ("drawdown", "repayment") and matures_on and on > matures_on:
            yield fault(
                ("events", place, "date"),
                "event_after_maturity",
                N_("the loan has matured on {matures_on}"),
                N_("correct the date or matures_on"),
                matures_on=raw["matures_on"],
            )
        if on and signed_on and on < signed_on:
            yield fault(
                ("events", place, "date"),
                "event_before_signing",
                N_("the loan was signed only on {signed_on}"),
                N_("correct the date or signed_on"),
                signed_on=raw["signed_on"],
            )
