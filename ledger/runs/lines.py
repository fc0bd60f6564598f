"""Granted lines: what each grant, application, entity, item and notice say together, or why they do not.

A line that cannot be put together is not dropped: it is `Unready`, with the named reason and a digest that owes
nothing, so that what was posted on it comes back by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from calculators.awards.all import ITEM_TYPES
from calculators.awards.digests import About, owing_nothing
from calculators.awards.lines import AwardLine, ItemLine, Limit, Line, PaidTo, Support
from calculators.awards.loan import CALCULATOR
from calculators.awards.payers import TakenBack
from calculators.awards.versions import excluded_lines, governing_version
from calculators.digest import Digest, RefusedCode
from calculators.facts.model import Application, Entity, Grant, Item
from calculators.interest.loan import Loan
from calculators.notices.item import ItemNotice
from calculators.problems import N_, Refused
from ledger.book.balances import Award
from ledger.log import kinds
from ledger.log.tree import root
from ledger.office.decisions import Decision, decisions, limits
from ledger.registry.applications import applications
from ledger.registry.clawbacks import agreed_by_line
from ledger.registry.drafts import Known
from ledger.registry.firms import entities, failed_checks
from ledger.registry.grants import grants
from ledger.registry.items import items
from ledger.registry.lending import loans
from ledger.registry.notices import NoticeVersion, notices, versions_for
from ledger.store.ledger import View

LOAN_TYPE = "loan_interest_discount"

# Why a line cannot be put together, in the order in which it is looked at.
UNREADY = {
    "uscc_override_missing": N_("the firm's credit code fails its check digit and nobody has confirmed it"),
    "grant_fallen": N_("the grant was taken back after something had been posted on it"),
    "notice_unknown": N_("the notice applied under is not registered"),
    "loan_unknown": N_("the loan applied for is in no lender's register"),
    "item_unknown": N_("the policy, claim or project applied for is not registered"),
    "borrower_differs": N_("the loan's borrower is not the applicant"),
    "applicant_differs": N_("the policy, claim or project is another firm's"),
    "notice_not_in_force": N_("no version of the notice governs the item"),
    "notice_ambiguous": N_("two versions, or two notices of one exclusion group, govern the item"),
}


@dataclass(frozen=True, slots=True)
class Unready:
    """A granted line without a calculation, and the code of the reason; `type` is that of its notice.

    `supports` are what it would count as by each version of its notice.
    """

    line: str
    uscc: str
    item: str
    notice: str
    type: str
    facts_root: str
    code: str
    supports: tuple[Support, ...] = ()

    def digest(self, benchmark_ref: str, through: date) -> Digest:
        """A digest that owes nothing; its clause is the registers' own rule."""
        on_loan = self.type == LOAN_TYPE
        about = About(
            line=self.line,
            uscc=self.uscc,
            item=self.item,
            on_loan=on_loan,
            paid_to=PaidTo(),
            notice=self.notice,
            calculator=CALCULATOR if on_loan else ITEM_TYPES[self.type].calculator.name,
            facts_root=self.facts_root,
            benchmark=benchmark_ref,
        )
        return owing_nothing(about, through, [RefusedCode(code=self.code, clause="registers")])


class Granted(NamedTuple):
    """Every granted line of every type: those a calculator can take, and the others, both by id."""

    lines: tuple[AwardLine, ...]
    unready: tuple[Unready, ...]

    @property
    def loan_lines(self) -> list[Line]:
        """The lines whose item is a loan."""
        return [line for line in self.lines if isinstance(line, Line)]


class Facts(NamedTuple):
    """What the registers know, read once; `items` are by type of support and key."""

    entities: dict[str, Known[Entity]]
    applications: dict[str, Known[Application]]
    loans: dict[str, Known[Loan]]
    items: dict[str, dict[str, Known[Item]]]
    notices: dict[str, list[NoticeVersion]]
    unconfirmed: set[str]
    released: dict[str, frozenset[tuple[date, int, int | None]]]
    limits: dict[str, tuple[Limit, ...]]
    taken_back: dict[str, tuple[TakenBack, ...]]

    def type_of(self, notice: str) -> str:
        """The notice's type of support; that of loans where nobody knows the notice."""
        return self.notices[notice][0].notice.type if notice in self.notices else LOAN_TYPE


def known_facts(view: View) -> Facts:
    """What the registers of `view` know."""
    ruled = decisions(view)
    return Facts(
        entities(view),
        applications(view),
        loans(view),
        {name: items(view, type_.item) for name, type_ in ITEM_TYPES.items()},
        notices(view),
        failed_checks(view) - {decision.about for decision in ruled if decision.type == "uscc-override"},
        _releases(ruled),
        limits(view),
        agreed_by_line(view),
    )


def granted_lines(view: View) -> Granted:
    """Every granted line of the registers as `view` knows them."""
    return lines_of(known_facts(view), grants(view).values())


def lines_of(facts: Facts, granted: Iterable[Known[Grant]]) -> Granted:
    """The lines of some grants."""
    lines: list[AwardLine] = []
    unready: list[Unready] = []
    for grant in sorted(granted, key=lambda grant: grant.value.id):
        made = _line(facts, grant)
        if isinstance(made, Unready):
            unready.append(made)
        else:
            lines.append(made)
    excluded = excluded_lines(lines)
    unready += [_excluded(line) for line in lines if line.id in excluded]
    return Granted(
        tuple(line for line in lines if line.id not in excluded),
        tuple(sorted(unready, key=lambda unready: unready.line)),
    )


def _excluded(line: AwardLine) -> Unready:
    asked, notice = line.application, line.notices[0]
    return Unready(line.id, line.entity.uscc, asked.item, notice.id, notice.type, line.facts_root, "notice_ambiguous")


def fallen_lines(view: View, granted: Granted, posted: Mapping[tuple[str, date], Award]) -> tuple[Unready, ...]:
    """Lines that something is posted on and whose grant is there no more, so that it comes back."""
    known = {line.id for line in granted.lines} | {unready.line for unready in granted.unready}
    sums: dict[str, int] = defaultdict(int)
    for (line, _due), award in posted.items():
        if line not in known:
            sums[line] += award.amount_fen
    types = {name: versions[0].notice.type for name, versions in notices(view).items()}
    return tuple(_fallen(view, line, types) for line in sorted(sums) if sums[line])


def _fallen(view: View, line: str, types: Mapping[str, str]) -> Unready:
    history = view.history(kinds.GRANT, line)
    granted = next(row for row, void in reversed(history) if not void and row.body["outcome"] == "granted")
    asked = view.history(kinds.APPLICATION, granted.body["application"])[-1][0].body
    facts_root = root([row.leaf for row, _void in history]).hex()
    notice = asked["notice"]
    return Unready(line, asked["uscc"], asked["item"], notice, types[notice], facts_root, "grant_fallen")


def _line(facts: Facts, grant: Known[Grant]) -> AwardLine | Unready:
    application = facts.applications[grant.value.application]
    asked = application.value
    entity = facts.entities[asked.uscc]
    type_ = facts.type_of(asked.notice)
    on_loan = type_ == LOAN_TYPE
    found: Known[Loan] | Known[Item] | None = (facts.loans if on_loan else facts.items[type_]).get(asked.item)
    known = (entity, application, grant, found) if found else (entity, application, grant)
    facts_root = root([leaf for thing in known for leaf in thing.leaves]).hex()

    def not_ready(code: str) -> Unready:
        granted, versions = grant.value, facts.notices.get(asked.notice, ())
        supports = tuple(
            Support(asked.uscc, kept.programme, kept.fund_year, asked.notice, granted.granted_on, granted.id)
            for kept in (version.notice for version in versions)
        )
        return Unready(granted.id, asked.uscc, asked.item, asked.notice, type_, facts_root, code, supports)

    if asked.uscc in facts.unconfirmed:
        return not_ready("uscc_override_missing")
    if asked.notice not in facts.notices:
        return not_ready("notice_unknown")
    if found is None:
        return not_ready("loan_unknown" if on_loan else "item_unknown")
    if found.value.uscc != asked.uscc:
        return not_ready("borrower_differs" if on_loan else "applicant_differs")
    try:
        if isinstance(found.value, Loan):
            return _loan_line(facts, grant.value, entity.value, found.value, facts_root)
        return _item_line(facts, grant.value, entity.value, found.value, facts_root)
    except Refused as refused:
        return not_ready(refused.problems[0].code)


def _loan_line(facts: Facts, grant: Grant, entity: Entity, loan: Loan, facts_root: str) -> Line:
    asked = facts.applications[grant.application].value
    return Line(
        id=grant.id,
        versions=versions_for(facts.notices, asked, loan),
        entity=entity,
        application=asked,
        grant=grant,
        loan=loan,
        facts_root=facts_root,
        released=facts.released.get(grant.id, frozenset()),
        limits=facts.limits.get(asked.id, ()),
        taken_back=facts.taken_back.get(grant.id, ()),
    )


def _item_line(facts: Facts, grant: Grant, entity: Entity, item: Item, facts_root: str) -> ItemLine:
    asked = facts.applications[grant.application].value
    versions, bounds = facts.notices[asked.notice], facts.limits.get(asked.id, ())
    taken = facts.taken_back.get(grant.id, ())

    def governed(version: NoticeVersion) -> ItemLine:
        notice = version.notice
        assert isinstance(notice, ItemNotice), version.ref
        return ItemLine(grant.id, version.ref, notice, entity, asked, grant, item, facts_root, bounds, taken)

    # Which dates there are depends on the item alone, so any version's line can say them.
    return governed(governing_version(versions, asked, governed(versions[0]).dates()))


def _releases(ruled: Iterable[Decision]) -> dict[str, frozenset[tuple[date, int, int | None]]]:
    """Holds that were released, by line: the due period and the two figures the decision was about."""
    released: dict[str, set[tuple[date, int, int | None]]] = defaultdict(set)
    for decision in ruled:
        if decision.type == "release-hold":
            line, due = decision.about.rsplit("/", 1)
            ours, *receipt = decision.figures
            released[line].add((date.fromisoformat(due), ours, receipt[0] if receipt else None))
    return {line: frozenset(holds) for line, holds in released.items()}
