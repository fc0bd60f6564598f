"""Facts of one granted item from a YAML file: for `calc ... --facts` and for the cases beside a notice.

Keys are the registers' columns; amounts are yuan, dates inclusive days. A file holds one item: a loan, a policy, a
claim or a project. What the file does not repeat follows from it: the application, the grant and the item are the
entity's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import Field

from calculators.awards.lines import ItemLine, Line, Outside, Support, Version
from calculators.facts.item import ClaimPart, PolicyPart, ProjectPart, item_from
from calculators.facts.loan import LoanPart, as_row, fault_of, loan_from
from calculators.facts.model import Application, Dishonesty, District, Entity, Exemption, Grant, Item, Status
from calculators.facts.rules import event_wrongs, loan_wrongs, repair_wrongs, span_wrongs
from calculators.files.yaml import Document, read_yaml, take
from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import Loan
from calculators.notices.item import ItemNotice
from calculators.notices.model import Notice
from calculators.notices.rules import parts
from calculators.notices.values import Amount, Day, Fault, Name, Positive, Shape, Text, fault
from calculators.problems import N_, Problem

__all__ = ["Case", "Expected", "Facts", "load_cases", "load_facts"]

# A line that rests on no records: the root of nothing.
NO_RECORDS = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

ITEMS = ("loan", "policy", "claim", "project")


class DistrictSince(Shape):
    """A registered district and its first day."""

    starts_on: Day = Field(alias="from")
    name: Text


class HeldStatus(Shape):
    """A status with its first and, where it has ended, its last day."""

    name: Name
    starts_on: Day = Field(alias="from")
    last_day: Day | None = Field(default=None, alias="to")

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """What every door refuses in a span of days."""
        row = as_row({"date": raw.get("from"), "end_date": raw.get("to")})
        yield from (fault_of(found) for found in span_wrongs(row.get("date"), row.get("end_date"), "to"))


class DishonestyPart(Shape):
    """A decision of serious dishonesty."""

    decided_on: Day
    document: Text
    repaired_on: Day | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """What every door refuses in a decision."""
        yield from (fault_of(found) for found in repair_wrongs(as_row(raw)))


class EntityPart(Shape):
    """The firm."""

    uscc: Text
    name: Text
    districts: tuple[DistrictSince, ...] = Field(min_length=1)
    statuses: tuple[HeldStatus, ...] = ()
    dishonesty: tuple[DishonestyPart, ...] = ()


class ExemptionPart(Shape):
    """What frees the application from conditions, with the approving document."""

    kind: Literal["major_project", "key_enterprise", "national_project"]
    document: Text


class ApplicationPart(Shape):
    """The application."""

    application_no: Text
    applied_on: Day
    other_support: Text | None = None
    exemption: ExemptionPart | None = None
    investment: Positive | None = None


class GrantPart(Shape):
    """The grant; its ceiling bounds everything ever due on it."""

    grant_no: Text
    granted_on: Day
    ceiling: Positive


class OutsidePart(Shape):
    """An award paid to the entity outside these facts; under the notice itself where none is named."""

    due: Day
    award: Amount
    notice: Text | None = None
    item: Text | None = None


class SupportPart(Shape):
    """Another notice of the programme and fund year that supports the entity, and the day of its grant."""

    notice: Text
    granted_on: Day


class FactsPart(Shape):
    """Everything known of one item, and the last day calculated."""

    entity: EntityPart
    application: ApplicationPart
    grant: GrantPart
    loan: LoanPart | None = None
    policy: PolicyPart | None = None
    claim: ClaimPart | None = None
    project: ProjectPart | None = None
    outside: tuple[OutsidePart, ...] = ()
    supports: tuple[SupportPart, ...] = ()
    through: Day

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """One item, and one only."""
        yield from super().rules(raw)
        items = [name for name in ITEMS if name in raw]
        if not items:
            yield fault(
                (),
                "item_missing",
                N_("the facts name no item"),
                N_("add the part of one item: {allowed}"),
                allowed=", ".join(ITEMS),
            )
        for name in items[1:]:
            yield fault(
                name,
                "item_twice",
                N_("the facts are those of one item, and {first} stands here already"),
                N_("keep one of the two, and write a file for the other"),
                first=items[0],
            )


class PeriodExpected(Shape):
    """What one due period or part is due; `due` is the first day after it, `taken_back` an award below zero."""

    due: Day
    award: Amount | None = None
    taken_back: Amount | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Given or taken back."""
        yield from super().rules(raw)
        if ("award" in raw) == ("taken_back" in raw):
            yield fault(
                "award",
                "award_unclear",
                N_("a period is either awarded or taken back"),
                N_("write exactly one of award and taken_back"),
            )


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
    """The facts of one item; `through` is exclusive, the day after the last one calculated."""

    entity: Entity
    asked: ApplicationPart
    grant: Grant
    item: Loan | Item
    paid_outside: tuple[OutsidePart, ...]
    other_supports: tuple[SupportPart, ...]
    through: date

    def application(self, notice: str) -> Application:
        """The application for this item under a notice."""
        asked = self.asked
        exempt = asked.exemption
        return Application(
            asked.application_no,
            self.entity.uscc,
            notice,
            self.item.key,
            asked.applied_on,
            asked.other_support or "",
            Exemption(exempt.kind, exempt.document) if exempt else None,
            asked.investment,
        )

    def line(self, loan: Loan, versions: tuple[Version, ...]) -> Line:
        """The award line of these facts under versions of one notice; it rests on no records."""
        application = self.application(versions[0].notice.id)
        return Line(self.grant.id, versions, self.entity, application, self.grant, loan, NO_RECORDS)

    def item_line(self, item: Item, ref: str, notice: ItemNotice) -> ItemLine:
        """The same for an item that is no loan, under one version of a notice."""
        application = self.application(notice.id)
        return ItemLine(self.grant.id, ref, notice, self.entity, application, self.grant, item, NO_RECORDS)

    def outside(self, notice: str) -> list[Outside]:
        """What was paid to the entity outside, by default under `notice`."""
        uscc = self.entity.uscc
        return [
            Outside(paid.notice or notice, uscc, "", "", paid.item or "", paid.due, paid.award)
            for paid in self.paid_outside
        ]

    def supports(self, notice: Notice) -> list[Support]:
        """The other supports of the entity in the programme and fund year of `notice`."""
        uscc, programme, year = self.entity.uscc, notice.programme, notice.fund_year
        return [
            Support(uscc, programme, year, support.notice, support.granted_on, "") for support in self.other_supports
        ]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case must come to: fen in all, fen per due period (by exclusive end), refusal codes, worksheet text."""

    award_fen: int
    periods: tuple[tuple[date, int], ...]
    refused: tuple[str, ...]
    worksheet: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A worked example of a notice; `origin` says who calculated it."""

    name: str
    origin: str
    facts: Facts
    expected: Expected


def load_facts(text: str, source: str, benchmark: Benchmark | None = None) -> Facts:
    """The facts in a YAML file; raises `Refused` with every problem of it.

    With a `benchmark` a rate over LPR that it shows to be below zero is one of them.
    """
    document = read_yaml(text, source)
    _look_at_rates(document, ("loan",), document.data, benchmark)
    return _facts(take(FactsPart, document), document.data)


def load_cases(text: str, source: str, benchmark: Benchmark | None = None) -> list[Case]:
    """The cases of a `<id>.cases.yaml`; raises `Refused` with every problem of the file, as `load_facts` does."""
    document: Document = read_yaml(text, source)
    for place, case in parts(document.data, "cases"):
        facts = case.get("facts")
        _look_at_rates(document, ("cases", place, "facts", "loan"), facts if isinstance(facts, dict) else {}, benchmark)
    return [
        Case(
            part.name,
            part.origin,
            _facts(part.facts, raw["facts"]),
            Expected(
                part.expect.award,
                tuple((period.due, (period.award or 0) - (period.taken_back or 0)) for period in part.expect.periods),
                part.expect.refused,
                part.expect.worksheet,
            ),
        )
        for part, raw in zip(take(CasesFile, document).cases, document.data["cases"], strict=True)
    ]


def _look_at_rates(
    document: Document, path: tuple[str | int, ...], facts: Mapping[str, Any], benchmark: Benchmark | None
) -> None:
    """Note every rate of the loan that the benchmark shows to be below zero on the day it is agreed."""
    loan = facts.get("loan")
    if not isinstance(loan, dict):
        return
    found = [(path, wrong) for wrong in loan_wrongs(as_row(loan), benchmark)]
    for place, event in parts(loan, "events"):
        found += [((*path, "events", place), wrong) for wrong in event_wrongs(as_row(event), benchmark)]
    for below, wrong in found:
        if wrong.code == "rate_below_zero":
            at = (*below, wrong.column)
            document.problems[at] = Problem(wrong.code, wrong.what, wrong.remedy, document.place(at), wrong.values)


def _facts(part: FactsPart, raw: Mapping[str, Any]) -> Facts:
    entity = Entity(
        part.entity.uscc,
        part.entity.name,
        tuple(District(since.starts_on, since.name) for since in part.entity.districts),
        tuple(Status(held.name, held.starts_on, _after(held.last_day)) for held in part.entity.statuses),
        tuple(
            Dishonesty(dishonesty_part.decided_on, dishonesty_part.document, dishonesty_part.repaired_on)
            for dishonesty_part in part.entity.dishonesty
        ),
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
        entity=entity,
        asked=part.application,
        grant=grant,
        item=_item(part, raw, entity.uscc),
        paid_outside=part.outside,
        other_supports=part.supports,
        through=part.through + timedelta(days=1),
    )


def _item(part: FactsPart, raw: Mapping[str, Any], uscc: str) -> Loan | Item:
    if part.loan:
        return loan_from(part.loan, raw["loan"], uscc)
    item = part.policy or part.claim or part.project
    assert item is not None, "the rules of the part ask for one item"
    return item_from(item, uscc)


def _after(last_day: date | None) -> date | None:
    return last_day + timedelta(days=1) if last_day else None
