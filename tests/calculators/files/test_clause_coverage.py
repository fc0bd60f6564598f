"""Each clause of a shipped notice has a case that it lets through and a case that it stops.

A clause is a part of the notice that decides something: a window, a condition, a component, a share, a stage, a bound,
a cap, a limit of time. It has its refused case where the notice without it comes out otherwise on that case (a
condition must be all that stops it, or stand with the table of components that says the same), and its accepted case
where something is awarded beside it. So a case that only names a clause in its title counts for nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from calculators.awards.versions import NoticeVersion
from calculators.files.cases import calculate_facts, refusals
from calculators.files.facts import Case
from calculators.notices.allocation import AllocatedSubsidyNotice
from calculators.notices.incentive import IncentiveNotice
from calculators.notices.loan import LoanNotice
from calculators.notices.model import Notice
from calculators.notices.premium import InsurancePremiumNotice
from calculators.notices.rewards import OfFigure, PerUnit
from calculators.problems import Refused
from tests.calculators.files.test_notice_cases import LPR, REF, SHIPPED, cases, notice_files, version

# Windows that cut what counts and refuse nobody.
CUTTING = ("accrual_day", "paid_day")
# A bound inside a rule -> what it is worth when there is none.
BOUNDS = ("at_most", "at_least", "base_at_most", "of_at_most", "times_at_most", "at_most_rate_share", "first")


@dataclass(frozen=True)
class Clause:
    """A part of a notice by name, and the notice as it would be without it; `refuses` where it can stop an item."""

    name: str
    without: Notice
    refuses: bool = False
    cap: str = ""


def clauses(notice: Notice) -> Iterator[Clause]:
    """Every clause of the notice that can be taken out alone."""
    for on in dict.fromkeys(window.on for window in notice.windows):
        left = tuple(window for window in notice.windows if window.on != on)
        yield Clause(f"window on {on}", notice.model_copy(update={"windows": left}), on not in CUTTING)
    yield from listed(notice, "eligibility", refuses=True)
    yield from listed(notice, "caps")
    match notice:
        case LoanNotice():
            yield from listed(notice, "components", bounds=True)
            yield from optional(notice, "base", "principal_cap", "months_from_first_drawdown")
        case IncentiveNotice():
            yield from listed(notice, "components", bounds=True)
            yield from optional(notice, "", "all_levels")
        case InsurancePremiumNotice():
            yield from listed(notice, "shares")
            yield from optional(notice, "counted", "max_rate", "liability_at_most")
        case AllocatedSubsidyNotice():
            yield from listed(notice, "stages")
            yield from optional(notice, "", "all_levels")
            yield from optional(notice, "allocation", "at_most")
            if notice.performance:
                yield from listed(notice.performance, "bands", within=notice)


def listed(
    part: Any, key: str, *, refuses: bool = False, bounds: bool = False, within: Notice | None = None
) -> Iterator[Clause]:
    """Each item of a list; with `bounds` the bounds of its rule as well."""
    items = getattr(part, key)

    def changed(update: tuple[Any, ...]) -> Notice:
        new = part.model_copy(update={key: update})
        return within.model_copy(update={"performance": new}) if within else new

    for place, item in enumerate(items):
        before, after = items[:place], items[place + 1 :]
        if getattr(item, "on", "") == "review":
            # What the review decides are the bands of its own clause.
            continue
        name = f"{key}[{place + 1}] {getattr(item, 'id', getattr(item, 'kind', ''))}".rstrip()
        if len(items) > 1 or key not in ("components", "shares", "stages"):
            yield Clause(name, changed((*before, *after)), refuses, item.id if key == "caps" else "")
        for bound in BOUNDS if bounds else ():
            if getattr(item.rule, bound, None) is not None:
                free = item.model_copy(update={"rule": item.rule.model_copy(update={bound: None})})
                yield Clause(f"{name} {bound}", changed((*before, free, *after)))


def optional(notice: Notice, path: str, *keys: str) -> Iterator[Clause]:
    """Keys of a part, or of the notice itself, that may be left out."""
    part = getattr(notice, path) if path else notice
    for key in keys:
        if getattr(part, key) is not None:
            less = part.model_copy(update={key: None})
            yield Clause(f"{path}.{key}".strip("."), notice.model_copy(update={path: less}) if path else less)


# The caps that cut something, as a worksheet says it.
BINDING = re.compile(r"^ cap +(\w+) .*: binding$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What a notice comes to on a case: what is awarded by due date, what refuses, and which caps cut something."""

    periods: tuple[tuple[str, int], ...]
    award_fen: int
    refused: tuple[str, ...]
    binding: frozenset[str] = frozenset()


def outcome(notice: Notice, case: Case) -> Outcome:
    """The outcome, a case that no version governs among them."""
    try:
        calculated = calculate_facts(NoticeVersion(f"{notice.id}@sha256:0000", notice), case.facts, LPR, REF)
    except Refused as refused:
        return Outcome((), 0, tuple(problem.code for problem in refused.problems))
    digest = calculated.digest
    periods = tuple((period["due"], period["award_fen"]) for period in digest["periods"])
    binding = frozenset(BINDING.findall(calculated.worksheet(str)))
    return Outcome(periods, digest["award_fen"], refusals(digest), binding)


@cache
def outcomes(file: Path) -> list[tuple[Case, Outcome]]:
    """Every case of a notice with its outcome."""
    notice = version(file).notice
    return [(case, outcome(notice, case)) for case in cases(file)]


ALL = [
    pytest.param(file, clause, id=f"{file.stem}: {clause.name}")
    for file in notice_files(SHIPPED)
    for clause in clauses(version(file).notice)
]


@pytest.mark.parametrize(("file", "clause"), ALL)
def test_a_clause_has_an_accepted_and_a_refused_case(file: Path, clause: Clause) -> None:
    accepted = stopped = False
    for case, whole in outcomes(file):
        less = outcome(clause.without, case)
        # A condition stops a case alone; a cap cuts it; a bound or a component decides its figures.
        fewer = set(whole.refused) - set(less.refused)
        alone = len(fewer) == 1 and not set(less.refused) - {"component_missing"}
        # Where the notice is in force on no other days, a date outside the window is nobody's matter any more.
        alone |= whole.refused == ("notice_not_in_force",) and clause.name == f"window on {clause.without.governed_by}"
        cut = clause.cap in whole.binding if clause.cap else less != whole
        stopped |= alone if clause.refuses else cut
        accepted |= whole.award_fen > 0 and not (clause.cap and clause.cap in whole.binding)
    assert accepted, "no case that it lets through"
    assert stopped, "no case that it stops"


@pytest.mark.parametrize("file", notice_files(SHIPPED), ids=lambda file: file.stem)
def test_what_a_type_asks_of_an_item_has_a_refused_case(file: Path) -> None:
    """That a rule fits the item, and that the item has the figures which it rests on."""
    notice = version(file).notice
    codes = {code for _case, one in outcomes(file) for code in one.refused}
    assert sorted(wanted(notice) - codes) == []


def wanted(notice: Notice) -> set[str]:
    """The codes by which a calculator may refuse an item of this notice, besides its conditions."""
    found: set[str] = set()
    if isinstance(notice, IncentiveNotice):
        rules = [component.rule for component in notice.components]
        asked = [match for component in notice.components for match in component.when]
        # Held or not held: every firm has one of the two.
        if all(component.when for component in notice.components) and not all(match.status for match in asked):
            found.add("component_missing")
        if notice.all_levels or any(isinstance(rule, OfFigure) and rule.of == "base" for rule in rules):
            found.add("base_missing")
        if any(isinstance(rule, PerUnit) and rule.of is None for rule in rules):
            found.add("units_missing")
        if notice.figures:
            found.add("figure_missing")
    if isinstance(notice, InsurancePremiumNotice):
        if all(share.when or share.years for share in notice.shares):
            found.add("share_missing")
        limit = notice.counted.liability_at_most
        if limit and limit.contract_times is not None:
            found.add("contract_missing")
    if isinstance(notice, AllocatedSubsidyNotice) and any(stage.on == "stage" for stage in notice.stages):
        found.add("stage_unknown")
    return found


@pytest.mark.parametrize("file", notice_files(SHIPPED), ids=lambda file: file.stem)
def test_what_takes_back_has_its_case(file: Path) -> None:
    """A premium that is returned, an acceptance that failed, and one that did not."""
    notice = version(file).notice
    items = [(case.facts.item, one) for case, one in outcomes(file)]
    if isinstance(notice, InsurancePremiumNotice):
        assert any(premium.amount_fen < 0 for item, _ in items for premium in item.premiums)
        assert any(all(premium.amount_fen > 0 for premium in item.premiums) for item, one in items if one.award_fen)
    if isinstance(notice, AllocatedSubsidyNotice):
        done = {item.acceptance.done for item, one in items if item.acceptance and one.award_fen}
        assert 1 in done
        assert min(done) < 1
