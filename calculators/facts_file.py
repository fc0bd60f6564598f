"""Facts of one loan from a YAML file: for `calc interest-discount --facts` and for the cases beside a notice.

Keys are the registers' columns; amounts are yuan, dates inclusive days, `due_counted` is yes or no. What the file does
not repeat follows from it: the application, the grant and the loan are the entity's, the item is the loan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from calculators.award_line import Line, Version
from calculators.facts import Application, DayCount, District, Entity, Grant, Loan, Status
from calculators.load import Document, read_yaml, take
from calculators.loan_rows import LPR_RATE, loan_of, rate_of
from calculators.notice_rules import day
from calculators.problems import N_
from calculators.shapes import Amount, Day, Fault, Name, Shape, Text, fault, wrong

__all__ = ["Case", "Expected", "Facts", "load_cases", "load_facts"]

# A line that rests on no records: the root of nothing.
NO_RECORDS = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


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


class DistrictSince(Shape):
    """A registered district and its first day."""

    starts_on: Day = Field(alias="from")
    name: Text


class HeldStatus(Shape):
    """A status with its first and, where it has ended, its last day."""

    name: Name
    starts_on: Day = Field(alias="from")
    last_day: Day | None = Field(default=None, alias="to")


class EntityPart(Shape):
    """The firm."""

    uscc: Text
    name: Text
    districts: tuple[DistrictSince, ...] = Field(min_length=1)
    statuses: tuple[HeldStatus, ...] = ()


class ApplicationPart(Shape):
    """The application."""

    application_no: Text
    applied_on: Day


class GrantPart(Shape):
    """The grant; its ceiling bounds everything ever due on it."""

    grant_no: Text
    granted_on: Day
    ceiling: Amount


# Event kind -> the columns it needs and the columns it may have, besides kind and date.
_EVENT_COLUMNS: dict[str, tuple[set[str], set[str]]] = {
    "drawdown": ({"amount"}, set()),
    "repayment": ({"amount"}, set()),
    "rate": ({"rate"}, {"repriced"}),
    "overdue": (set(), {"end_date", "amount"}),
    "extension": (set(), {"end_date", "amount"}),
}


class EventPart(Shape):
    """Something that happened to the loan."""

    kind: Literal["drawdown", "repayment", "rate", "overdue", "extension"]
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
        yield from _repricing(raw)
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


class FactsPart(Shape):
    """Everything known of one loan, and the last day reckoned."""

    entity: EntityPart
    application: ApplicationPart
    grant: GrantPart
    loan: LoanPart
    through: Day


class PeriodExpected(Shape):
    """What one due period is due; `due` is the first day after it."""

    due: Day
    award: Amount


class ExpectedPart(Shape):
    """What must come out."""

    award: Amount
    periods: tuple[PeriodExpected, ...] = ()
    refused: tuple[Name, ...] = ()
    worksheet: Text | None = None


class CasePart(Shape):
    """A case with the source of its figures."""

    name: Text
    origin: Text
    facts: FactsPart
    expect: ExpectedPart


class CasesFile(Shape):
    """The cases of a notice."""

    cases: tuple[CasePart, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one loan; `through` is exclusive, the day after the last one reckoned."""

    entity: Entity
    application_no: str
    applied_on: date
    grant: Grant
    loan: Loan
    through: date

    def application(self, notice: str) -> Application:
        """The application for this loan under a notice."""
        return Application(self.application_no, self.entity.uscc, notice, self.loan.key, self.applied_on)

    def line(self, versions: tuple[Version, ...]) -> Line:
        """The award line of these facts under versions of one notice; it rests on no records."""
        application = self.application(versions[0].notice.id)
        return Line(self.grant.id, versions, self.entity, application, self.grant, self.loan, NO_RECORDS)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case must come to: fen in all, fen per due period (by exclusive end), refusal codes, worksheet text."""

    award_fen: int
    periods: tuple[tuple[date, int], ...]
    refused: tuple[str, ...]
    worksheet: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A worked example of a notice; `origin` says who reckoned it."""

    name: str
    origin: str
    facts: Facts
    expected: Expected


def load_facts(text: str, source: str) -> Facts:
    """The facts in a YAML file; raises `Refused` with every problem of it."""
    document = read_yaml(text, source)
    return _facts(take(FactsPart, document), document.data)


def load_cases(text: str, source: str) -> list[Case]:
    """The cases of a `<id>.cases.yaml`; raises `Refused` with every problem of the file."""
    document: Document = read_yaml(text, source)
    return [
        Case(
            part.name,
            part.origin,
            _facts(part.facts, raw["facts"]),
            Expected(
                part.expect.award,
                tuple((period.due, period.award) for period in part.expect.periods),
                part.expect.refused,
                part.expect.worksheet,
            ),
        )
        for part, raw in zip(take(CasesFile, document).cases, document.data["cases"], strict=True)
    ]


def _facts(part: FactsPart, raw: Mapping[str, Any]) -> Facts:
    entity = Entity(
        part.entity.uscc,
        part.entity.name,
        tuple(District(since.starts_on, since.name) for since in part.entity.districts),
        tuple(Status(held.name, held.starts_on, _after(held.last_day)) for held in part.entity.statuses),
    )
    grant = Grant(
        id=part.grant.grant_no,
        application=part.application.application_no,
        granted_on=part.grant.granted_on,
        ceiling_fen=part.grant.ceiling,
        envelope="",
        payee="",
        document="",
    )
    return Facts(
        entity,
        part.application.application_no,
        part.application.applied_on,
        grant,
        loan_of(
            {**_row(part.loan, raw["loan"]), "uscc": entity.uscc},
            [_row(event, written) for event, written in zip(part.loan.events, raw["loan"]["events"], strict=True)],
            [
                _row(receipt, written)
                for receipt, written in zip(part.loan.receipts, raw["loan"].get("receipts", ()), strict=True)
            ],
        ),
        part.through + timedelta(days=1),
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


def _after(last_day: date | None) -> date | None:
    return last_day + timedelta(days=1) if last_day else None


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
