"""A loan from the rows of its registers, or from a facts file: its own row, its events and its receipts.

A row is a mapping of the registers' English column names: amounts as `int` fen (`amount_fen`, `interest_fen`), rates as
written, dates as ISO text, flags as `bool`, `due_dates` as a list of ISO texts, absent cells left out. A register's
rows are taken as checked; the loan of a facts file is checked here as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from calculators.facts.rules import (
    EVENT_COLUMNS,
    Wrong,
    contract_number,
    event_wrongs,
    is_floating,
    life_wrongs,
    loan_rate,
    loan_wrongs,
    rate_of,
    settlement_columns,
)
from calculators.interest.loan import (
    DayCount,
    DueRule,
    Loan,
    Movement,
    OtherSubsidy,
    Receipt,
    Spell,
)
from calculators.money import parse_percent
from calculators.notices.rules import parts
from calculators.notices.values import Amount, Day, Fault, Name, Positive, Shape, Text, day, fault, fen, wrong
from calculators.problems import N_

__all__ = ["LoanPart", "as_row", "fault_of", "is_spell", "loan_from", "loan_key", "loan_of", "spell_of"]

Row = Mapping[str, Any]


def loan_key(row: Row) -> str:
    """What identifies a loan: contract number, and slip number (借据号) where given."""
    return f"{row['contract_no']}/{row['slip_no']}" if row.get("slip_no") else str(row["contract_no"])


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
        spells=tuple(spell_of(event) for event in happened if is_spell(event)),
        receipts=tuple(_receipt(receipt, due, matures_on) for receipt in receipts),
        purpose=row.get("purpose", ""),
        other_subsidies=tuple(_other_subsidy(event) for event in happened if event["kind"] == "other_subsidy"),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _movement(event: Row) -> Movement:
    sign = 1 if event["kind"] == "drawdown" else -1
    return Movement(_day(event["date"]), sign * event["amount_fen"])


def is_spell(event: Row) -> bool:
    """Whether an event says from when to when principal bears no support."""
    return event["kind"] in ("overdue", "extension")


def spell_of(event: Row) -> Spell:
    """The days and the principal that an overdue or extension row names."""
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
        loan_rate(str(value))
    except ValueError:
        raise wrong(
            "loan_rate_malformed",
            N_("{value!r} is not a loan's rate"),
            N_("write it with its unit, such as 3.55%, or against the benchmark, such as LPR1Y+25BP"),
            value=str(value),
        ) from None
    return str(value)


def _contract(value: str) -> str:
    try:
        return contract_number(value)
    except ValueError:
        raise wrong(
            "identifier_slash",
            N_("{value!r} has a slash, which separates contract and slip number, or signs that nobody sees"),
            N_("write it with a hyphen, in every file alike"),
            value=value,
        ) from None


def _day_of_month(value: object) -> int:
    if not isinstance(value, str) or value not in {str(number) for number in range(1, 32)}:
        raise wrong("due_day_malformed", N_("{value!r} is not a day of a month"), N_("write 1 to 31"), value=str(value))
    return int(value)


YesNo = Annotated[bool, BeforeValidator(_yes_no)]
LoanRate = Annotated[str, BeforeValidator(_rate_text)]
ContractNumber = Annotated[Text, AfterValidator(_contract)]
DueDay = Annotated[int, BeforeValidator(_day_of_month)]
Repriced = Literal["fixed", "january_1", "anniversary", "quarter", "publication"]


class EventPart(Shape):
    """Something that happened to the loan."""

    kind: Literal["drawdown", "repayment", "rate", "overdue", "extension", "other_subsidy"]
    date: Day
    end_date: Day | None = None
    amount: Positive | None = None
    rate: LoanRate | None = None
    repriced: Repriced | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """The columns that belong to the kind, and no others; what every door refuses in an event."""
        needed, barred = EVENT_COLUMNS.get(str(raw.get("kind")), ((), ()))
        for name in needed:
            if name not in raw:
                yield fault(
                    name,
                    "column_missing",
                    N_("an event of kind {kind} needs this key"),
                    N_("add it with its value"),
                    kind=raw["kind"],
                )
        for name in barred:
            if name in raw:
                yield fault(
                    name,
                    "column_idle",
                    N_("an event of kind {kind} has no such key"),
                    N_("take it out, or correct the kind"),
                    kind=raw["kind"],
                )
        if raw.get("kind") == "rate":
            yield from _repricing(raw)
        yield from (fault_of(found) for found in event_wrongs(as_row(raw), None))


class ReceiptPart(Shape):
    """Interest paid, by the settlement date that the bank prints."""

    due: Day
    interest: Amount
    paid_on: Day


class LoanPart(Shape):
    """The loan with what happened to it."""

    contract_no: ContractNumber
    slip_no: ContractNumber | None = None
    lender: Text
    signed_on: Day
    matures_on: Day
    amount: Positive
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
        """A due rule that is whole, repricing where it is needed, a drawdown; what every door refuses in a loan."""
        needed, barred = settlement_columns(raw.get("due_every"))
        for name in needed:
            if name not in raw:
                yield fault(
                    name,
                    "due_dates_missing",
                    N_("custom settlement needs its dates"),
                    N_("add due_dates: with the bank's settlement dates"),
                )
        for name in barred:
            if name in raw:
                yield fault(
                    name,
                    "due_rule_twice",
                    N_("this does not go with due_every: {every}"),
                    N_("take it out, or correct due_every"),
                    every=raw["due_every"],
                )
        yield from _repricing(raw)
        happened = list(parts(raw, "events"))
        if happened and not any(event.get("kind") == "drawdown" for _place, event in happened):
            yield fault("events", "drawdown_missing", N_("nothing was drawn"), N_("add an event of kind drawdown"))
        row = as_row(raw)
        yield from (fault_of(found) for found in loan_wrongs(row, None))
        for found in life_wrongs(row, [as_row(event) for _place, event in happened]):
            place = happened[found.place or 0][0]
            yield fault_of(found, ("events", place))


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


def as_row(written: Mapping[str, Any]) -> dict[str, Any]:
    """A part as written as a row of a register, for the rules that every door has; what cannot be read is left out."""
    row: dict[str, Any] = {}
    for key, value in written.items():
        if key in ("amount", "tax"):
            row[f"{key}_fen"] = fen(value)
        elif key.endswith("_on") or key in ("date", "end_date"):
            row[key] = value if day(value) else None
        else:
            row[key] = value
    return {key: value for key, value in row.items() if value is not None}


def fault_of(found: Wrong, path: tuple[str | int, ...] = ()) -> Fault:
    """A broken rule at its key, below `path`."""
    return fault((*path, found.column), found.code, found.what, found.remedy, **found.values)


def _repricing(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """A rate against the benchmark says when it is repriced; a fixed one has nothing to say."""
    if not isinstance(raw.get("rate"), str):
        return
    floating = is_floating(raw["rate"])
    if floating and "repriced" not in raw:
        yield fault(
            "repriced",
            "repriced_missing",
            N_("a rate against LPR must say when it is repriced"),
            N_("add repriced: fixed, january_1, anniversary, quarter or publication"),
        )
    if not floating and "repriced" in raw:
        yield fault("repriced", "repriced_idle", N_("a fixed rate is not repriced"), N_("take repriced out"))
