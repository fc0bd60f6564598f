"""What no fact may contradict: one set of rules per subject, for facts files and registers alike.

A rule looks at rows: mappings of the registers' English column names, amounts as `int` fen under `<column>_fen`, rates
as written, days as ISO text. What is missing or malformed has a problem of its own already and is passed over. Every
door says in its own place what a rule found: a register at the cell, a facts file at the key.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from calculators.clear import unclear
from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import FixedRate, FloatingRate
from calculators.money import Exact, format_percent, format_yuan, parse_percent
from calculators.problems import N_, Refused

__all__ = [
    "EVENT_COLUMNS",
    "LPR_RATE",
    "REPRICED",
    "Wrong",
    "contract_number",
    "event_wrongs",
    "is_floating",
    "life_wrongs",
    "loan_rate",
    "loan_wrongs",
    "premium_wrongs",
    "rate_of",
    "repair_wrongs",
    "returns_wrongs",
    "settlement_columns",
    "span_wrongs",
]

# `LPR1Y+25BP`, `LPR5Y-0.10%`, or the bare benchmark.
LPR_RATE = re.compile(r"LPR(?P<tenor>[15])Y(?P<spread>[+-].+)?", re.IGNORECASE)
# What people write between the numbers of several contracts in one cell.
_BETWEEN_NUMBERS = re.compile(r"[;；、,，／|\n]")
REPRICED = ("fixed", "january_1", "anniversary", "quarter", "publication")

# Event kind -> the columns it needs, and those that are not its own, beside kind and date.
EVENT_COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "drawdown": (("amount",), ("end_date", "rate", "repriced")),
    "repayment": (("amount",), ("end_date", "rate", "repriced")),
    "rate": (("rate",), ("end_date", "amount")),
    "overdue": ((), ("rate", "repriced")),
    "extension": ((), ("rate", "repriced")),
    "other_subsidy": (("rate",), ("amount", "repriced")),
}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A broken rule: the column where it shows, a code, templates and their values.

    `place` is that of the happening (event, premium) in the list that was given, None for the subject's own row.
    `against` is the column of the subject's row that the happening contradicts.
    """

    column: str
    code: str
    what: str
    remedy: str
    values: Mapping[str, object] = field(default_factory=dict)
    place: int | None = None
    against: str = ""


def contract_number(text: str) -> str:
    """A contract or slip number; `ValueError` for a slash, which joins the two, and for signs that nobody sees."""
    if "/" in text or unclear(text):
        raise ValueError(text)
    return text


def rate_of(text: str, repriced: str | None, starts_on: date) -> FixedRate | FloatingRate:
    """A rate as written (`3.55%`, `LPR1Y+25BP`), in force from `starts_on`; `ValueError` where it is neither."""
    match = LPR_RATE.fullmatch(text.replace(" ", ""))
    if match is None:
        return FixedRate(starts_on, parse_percent(text))
    spread = parse_percent(match["spread"]) if match["spread"] else Exact(0)
    return FloatingRate(starts_on, f"{match['tenor']}y", spread, repriced or "fixed")


def loan_rate(text: str) -> str:
    """A loan's rate, in capitals and without blanks or full-width signs; `ValueError` where no bank lends at it.

    Nobody lends at 100 % or more, and only a spread may be negative: such a rate is a slip of the pen.
    """
    written = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    made = rate_of(written, None, date.min)
    if not 0 <= made.rate < 1 if isinstance(made, FixedRate) else abs(made.spread) >= 1:
        raise ValueError(text)
    return written


def is_floating(rate: object) -> bool:
    """Whether a rate as written is one over LPR."""
    return isinstance(rate, str) and LPR_RATE.fullmatch(rate.replace(" ", "")) is not None


def settlement_columns(every: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that a way of settling interest needs, and those that are not its own."""
    if every == "custom":
        return ("due_dates",), ("due_day",)
    return (), ("due_dates",) if every in ("month", "quarter") else ()


def loan_wrongs(loan: Row, benchmark: Benchmark | None) -> Iterator[Wrong]:
    """What a loan's own row contradicts in itself, and in the benchmark where one is at hand."""
    signed_on, matures_on = loan.get("signed_on"), loan.get("matures_on")
    if signed_on and matures_on and matures_on <= signed_on:
        yield Wrong(
            "matures_on",
            "dates_reversed",
            N_("the loan matures on {end}, not after it was signed ({start})"),
            N_("correct one of the two days"),
            {"start": signed_on, "end": matures_on},
        )
    for column in ("contract_no", "slip_no"):
        number = loan.get(column)
        if isinstance(number, str) and _BETWEEN_NUMBERS.search(number):
            yield Wrong(
                column,
                "number_several",
                N_("{number!r} names several, and a loan has one number"),
                N_("give each of them a row of its own, with its own amount"),
                {"number": number},
            )
    yield from _below_zero(loan, signed_on, benchmark)


def event_wrongs(event: Row, benchmark: Benchmark | None) -> Iterator[Wrong]:
    """What an event contradicts in itself, and in the benchmark where one is at hand."""
    kind = event.get("kind")
    if kind == "other_subsidy" and is_floating(event.get("rate")):
        yield Wrong(
            "rate",
            "subsidy_rate_floating",
            N_("another subsidy's rate is written in per cent per year"),
            N_("write what it pays, such as 1.5%, and a new event from the day on which that changes"),
        )
    elif kind == "rate":
        yield from _below_zero(event, event.get("date"), benchmark)
    yield from span_wrongs(event.get("date"), event.get("end_date"), "end_date")


def _below_zero(row: Row, day: str | None, benchmark: Benchmark | None) -> Iterator[Wrong]:
    """A rate over LPR that is below zero on the day it is agreed; where LPR falls later, those days bear zero."""
    rate = row.get("rate")
    if benchmark is None or not day or not isinstance(rate, str) or not is_floating(rate):
        return
    try:
        made = rate_of(rate, None, date.fromisoformat(day))
        agreed = benchmark.rate(made.tenor, made.starts_on) + made.spread if isinstance(made, FloatingRate) else None
    except (ValueError, Refused):
        # A malformed rate has a problem of its own; and nobody has published an LPR for that day, or not yet.
        return
    if agreed is not None and agreed < 0:
        yield Wrong(
            "rate",
            "rate_below_zero",
            N_("with the LPR of {day}, {rate} comes to {value}"),
            N_("correct the spread or the tenor: no bank lends below 0%"),
            {"day": day, "rate": rate, "value": format_percent(agreed)},
        )


def life_wrongs(loan: Row, events: Sequence[Row]) -> Iterator[Wrong]:
    """What the events of a loan contradict in its own row and in each other."""
    signed_on, matures_on = loan.get("signed_on"), loan.get("matures_on")
    for place, event in enumerate(events):
        day = event.get("date")
        if day and signed_on and day < signed_on:
            yield Wrong(
                "date",
                "event_before_signing",
                N_("the {kind} of {day} lies before the loan was signed, on {signed_on}"),
                N_("correct the date, or the day of signing"),
                {"kind": event.get("kind", "-"), "day": day, "signed_on": signed_on},
                place,
                "signed_on",
            )
        if day and matures_on and event.get("kind") == "drawdown" and day > matures_on:
            yield Wrong(
                "date",
                "event_after_maturity",
                N_("the {kind} of {day} lies after the loan has matured, on {matures_on}"),
                N_("correct the date, or the day on which the loan matures"),
                {"kind": "drawdown", "day": day, "matures_on": matures_on},
                place,
                "matures_on",
            )
    yield from _principal(events)
    lent_fen = loan.get("amount_fen")
    if lent_fen is not None:
        yield from _beyond(lent_fen, events)


def _beyond(lent_fen: int, events: Sequence[Row]) -> Iterator[Wrong]:
    """Never more of a loan is drawn and not repaid than was lent; within a day repaid first."""
    balance = 0
    for _day, kind, fen, place in sorted(_moves(events), key=lambda move: (move[0], not move[1])):
        balance += -fen if kind else fen
        if balance > lent_fen:
            yield Wrong(
                "amount",
                "drawn_beyond",
                N_("by {day} more of the loan would be drawn and not repaid than the {amount} that were lent"),
                N_("correct the amount, of the event or of the contract, or add the missing repayment"),
                {"day": events[place]["date"], "amount": format_yuan(lent_fen)},
                place,
                "amount",
            )
            return


def _moves(events: Sequence[Row]) -> list[tuple[str, bool, int, int]]:
    """(day, repaid, fen, place) of what was drawn and repaid."""
    return [
        (event["date"], event["kind"] == "repayment", event["amount_fen"], place)
        for place, event in enumerate(events)
        if event.get("kind") in ("drawdown", "repayment") and event.get("date") and event.get("amount_fen") is not None
    ]


def _principal(events: Sequence[Row]) -> Iterator[Wrong]:
    """Nobody repays what was not drawn: a row is missing, or a kind or amount is wrong."""
    place = _overdrawn(_moves(events))
    if place is not None:
        yield Wrong(
            "amount",
            "principal_negative",
            N_("by {day} more of the loan was repaid than was drawn"),
            N_("add the missing drawdown, or correct kind or amount"),
            {"day": events[place]["date"]},
            place,
        )


def returns_wrongs(premiums: Sequence[Row]) -> Iterator[Wrong]:
    """No insurer gives back more than it was paid: a row is missing, or a kind or amount is wrong."""
    moves = [
        (premium["date"], premium["kind"] == "returned", premium["amount_fen"], place)
        for place, premium in enumerate(premiums)
        if premium.get("kind") and premium.get("date") and premium.get("amount_fen") is not None
    ]
    place = _overdrawn(moves)
    if place is not None:
        yield Wrong(
            "amount",
            "premium_negative",
            N_("by {day} more premium of the policy was returned than had been paid"),
            N_("add the missing payment, or correct kind or amount"),
            {"day": premiums[place]["date"]},
            place,
        )


def _overdrawn(moves: Iterable[tuple[str, bool, int, int]]) -> int | None:
    """The place of the first (day, taken back, fen, place) that takes more than was there; within a day given first."""
    balance = 0
    for _day, back, fen, place in sorted(moves):
        balance += -fen if back else fen
        if balance < 0:
            return place
    return None


def premium_wrongs(premium: Row) -> Iterator[Wrong]:
    """The tax in a premium is a part of it."""
    amount_fen, tax_fen = premium.get("amount_fen"), premium.get("tax_fen")
    if amount_fen is not None and tax_fen is not None and 0 < tax_fen >= amount_fen:
        yield Wrong(
            "tax",
            "tax_above_amount",
            N_("the tax {tax} is not below the {amount} that it is a part of"),
            N_("correct one of the two; the amount includes its tax"),
            {"tax": format_yuan(tax_fen), "amount": format_yuan(amount_fen)},
        )


def span_wrongs(first: str | None, last: str | None, column: str) -> Iterator[Wrong]:
    """A span of days runs forward."""
    if first and last and last < first:
        yield Wrong(
            column,
            "dates_reversed",
            N_("the last day {end} lies before the first, {start}"),
            N_("correct one of the two days"),
            {"start": first, "end": last},
        )


def repair_wrongs(decision: Row) -> Iterator[Wrong]:
    """A record of dishonesty is repaired after it was decided."""
    decided_on, repaired_on = decision.get("decided_on"), decision.get("repaired_on")
    if decided_on and repaired_on and repaired_on < decided_on:
        yield Wrong(
            "repaired_on",
            "dates_reversed",
            N_("the record was repaired on {end}, before it was decided on {start}"),
            N_("correct one of the two days"),
            {"start": decided_on, "end": repaired_on},
        )
