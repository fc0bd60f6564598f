"""The loan in a facts file, with its events and receipts: the loan registers' columns, checked as a whole."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from calculators.facts.loan import LPR_RATE, loan_of, rate_of
from calculators.facts.model import DayCount, Loan
from calculators.notice_rules import day
from calculators.notices.values import Amount, Day, Fault, Name, Shape, Text, fault, wrong
from calculators.problems import N_

__all__ = ["LoanPart", "loan_from"]


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
    """A rate against the benchmark says when it is set anew; a fixed one has nothing to say."""
    rate = raw.get("rate")
    if not isinstance(rate, str):
        return
    floating = LPR_RATE.fullmatch(rate.replace(" ", "")) is not None
    if floating and "repriced" not in raw:
        yield fault(
            "repriced",
            "repriced_missing",
            N_("a rate against LPR must say when it is set anew"),
            N_("add repriced: fixed, january_1, anniversary, quarter or publication"),
        )
    if not floating and "repriced" in raw:
        yield fault("repriced", "repriced_idle", N_("a fixed rate is not set anew"), N_("take repriced out"))


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
