"""Granted lines: what each grant, application, entity, loan and notice say together, or why they do not.

A line that cannot be put together is not dropped: it is `Unready`, with the named reason and a digest that owes
nothing, so that what was posted on it comes back by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from calculators.facts import Application, Entity, Grant, Loan
from calculators.interest_discount import CALCULATOR, Line, Version
from calculators.problems import N_, Refused
from calculators.versions import excluded_lines
from ledger.book.balances import Award
from ledger.log.tree import root
from ledger.registry.applications import applications
from ledger.registry.decisions import Decision, decisions
from ledger.registry.entities import entities, failed_checks
from ledger.registry.grants import grants
from ledger.registry.known import Known
from ledger.registry.loans import loans
from ledger.registry.notices import NoticeVersion, notices, versions_for
from ledger.store.ledger import View

# Why a line cannot be put together, in the order in which it is looked at.
UNREADY = {
    "uscc_override_missing": N_("the firm's credit code fails its check digit and nobody has confirmed it"),
    "grant_fallen": N_("the grant was taken back after something had been posted on it"),
    "notice_unknown": N_("the notice applied under is not registered"),
    "loan_unknown": N_("the loan applied for is in no lender's register"),
    "borrower_differs": N_("the loan's borrower is not the applicant"),
    "notice_not_in_force": N_("no version of the notice governs the loan"),
    "notice_ambiguous": N_("two versions, or two notices of one exclusion group, govern the loan"),
}


@dataclass(frozen=True, slots=True)
class Unready:
    """A granted line without a reckoning, and the code of the reason."""

    line: str
    uscc: str
    loan: str
    notice: str
    facts_root: str
    code: str

    def digest(self, benchmark_ref: str, through: date) -> dict[str, Any]:
        """A digest that owes nothing; its clause is the registers' own rule."""
        return {
            "$schema": "subsidy/digest/1",
            "line": self.line,
            "entity": self.uscc,
            "loan": self.loan,
            "notice": self.notice,
            "benchmark": benchmark_ref,
            "calculator": CALCULATOR,
            "facts": self.facts_root,
            "through": through.isoformat(),
            "eligible": False,
            "refused": [{"code": self.code, "clause": "registers"}],
            "periods": [],
            "held": [],
            "withheld_fen": 0,
            "award_fen": 0,
        }


class Granted(NamedTuple):
    """Every granted line: those a calculator can take, and the others, both by id."""

    lines: tuple[Line, ...]
    unready: tuple[Unready, ...]


class _Facts(NamedTuple):
    """What the registers know, read once."""

    entities: dict[str, Known[Entity]]
    applications: dict[str, Known[Application]]
    loans: dict[str, Known[Loan]]
    notices: dict[str, list[NoticeVersion]]
    unconfirmed: set[str]
    released: dict[str, frozenset[tuple[date, int, int | None]]]


def granted_lines(view: View) -> Granted:
    """Every granted line of the registers as `view` knows them."""
    ruled = decisions(view)
    facts = _Facts(
        entities(view),
        applications(view),
        loans(view),
        notices(view),
        failed_checks(view) - {decision.about for decision in ruled if decision.type == "uscc-override"},
        _releases(ruled),
    )
    lines: list[Line] = []
    unready: list[Unready] = []
    for _number, grant in sorted(grants(view).items()):
        made = _line(facts, grant)
        if isinstance(made, Line):
            lines.append(made)
        else:
            unready.append(made)
    excluded = excluded_lines(lines)
    unready += [_excluded(line) for line in lines if line.id in excluded]
    return Granted(
        tuple(line for line in lines if line.id not in excluded), tuple(sorted(unready, key=lambda one: one.line))
    )


def _excluded(line: Line) -> Unready:
    return Unready(line.id, line.entity.uscc, line.loan.key, line.notice_id, line.facts_root, "notice_ambiguous")


def fallen_lines(view: View, known: Iterable[str], posted: Mapping[tuple[str, date], Award]) -> tuple[Unready, ...]:
    """Lines that something is posted on and whose grant is there no more, so that it comes back."""
    granted = set(known)
    sums: dict[str, int] = defaultdict(int)
    for (line, _due), award in posted.items():
        if line not in granted:
            sums[line] += award.amount_fen
    return tuple(_fallen(view, line) for line in sorted(sums) if sums[line])


def _fallen(view: View, line: str) -> Unready:
    history = view.history("grant", line)
    granted = next(row for row, void in reversed(history) if not void and row.body["outcome"] == "granted")
    asked = view.history("application", granted.body["application"])[-1][0].body
    facts_root = root([row.leaf for row, _void in history]).hex()
    return Unready(line, asked["uscc"], asked["item"], asked["notice"], facts_root, "grant_fallen")


def _line(facts: _Facts, grant: Known[Grant]) -> Line | Unready:
    application = facts.applications[grant.value.application]
    asked = application.value
    entity = facts.entities[asked.uscc]
    loan = facts.loans.get(asked.item)
    known = (entity, application, grant, loan) if loan else (entity, application, grant)
    facts_root = root([leaf for one in known for leaf in one.leaves]).hex()

    def not_ready(code: str) -> Unready:
        return Unready(grant.value.id, asked.uscc, asked.item, asked.notice, facts_root, code)

    if asked.uscc in facts.unconfirmed:
        return not_ready("uscc_override_missing")
    if asked.notice not in facts.notices:
        return not_ready("notice_unknown")
    if loan is None:
        return not_ready("loan_unknown")
    if loan.value.uscc != asked.uscc:
        return not_ready("borrower_differs")
    try:
        versions: tuple[Version, ...] = versions_for(facts.notices, asked, loan.value)
    except Refused as refused:
        return not_ready(refused.problems[0].code)
    return Line(
        id=grant.value.id,
        versions=versions,
        entity=entity.value,
        application=asked,
        grant=grant.value,
        loan=loan.value,
        facts_root=facts_root,
        released=facts.released.get(grant.value.id, frozenset()),
    )


def _releases(ruled: Iterable[Decision]) -> dict[str, frozenset[tuple[date, int, int | None]]]:
    """Holds that were released, by line: the due period and the two figures the decision was about."""
    released: dict[str, set[tuple[date, int, int | None]]] = defaultdict(set)
    for decision in ruled:
        if decision.type == "release-hold":
            line, due = decision.about.rsplit("/", 1)
            ours, *receipt = decision.figures
            released[line].add((date.fromisoformat(due), ours, receipt[0] if receipt else None))
    return {line: frozenset(holds) for line, holds in released.items()}
