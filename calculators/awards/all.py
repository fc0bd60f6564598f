"""Every type of support: what each is made of, and all their lines in one calculation.

A month's run gives everything that was granted at once. Each type calculates what its lines claim; then all claims fill
the caps in one order, so that a cap which notices of different types share is one amount.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple, TypeAlias

from calculators.awards.allocation import ALLOCATED_SUBSIDY
from calculators.awards.caps import CappedLine, Pool, Posted, stated_pools
from calculators.awards.conditions import granted_supports
from calculators.awards.digests import AwardResult
from calculators.awards.filling import fill
from calculators.awards.incentive import INCENTIVE
from calculators.awards.item import Calculator, ItemWorking, item_results, prepare_items
from calculators.awards.lines import AwardLine, ItemLine, Line, Outside, Support
from calculators.awards.loan import CALCULATOR, Working, prepare, results
from calculators.awards.premium import INSURANCE_PREMIUM
from calculators.awards.unsure import SURE, Unsure
from calculators.facts.model import Claim, Item, Policy, Project
from calculators.interest.benchmark import Benchmark
from calculators.notices.allocation import AllocatedSubsidyNotice
from calculators.notices.incentive import IncentiveNotice
from calculators.notices.item import ItemNotice
from calculators.notices.premium import InsurancePremiumNotice

__all__ = [
    "CALCULATORS",
    "ITEM_TYPES",
    "Calculate",
    "ItemType",
    "Partition",
    "Prepared",
    "calculate_all",
    "calculated_with",
    "prepare_all",
    "results_of",
]


class ItemType(NamedTuple):
    """One type of support."""

    notice: type[ItemNotice]
    item: type[Item]
    calculator: Calculator


# By the `type` of a notice.
ITEM_TYPES: dict[str, ItemType] = {
    "insurance_premium": ItemType(InsurancePremiumNotice, Policy, INSURANCE_PREMIUM),
    "incentive": ItemType(IncentiveNotice, Claim, INCENTIVE),
    "allocated_subsidy": ItemType(AllocatedSubsidyNotice, Project, ALLOCATED_SUBSIDY),
}

# Every calculator by its name with version, as digests and a ledger's rules name it.
CALCULATORS: tuple[str, ...] = (CALCULATOR, *(kind.calculator.name for kind in ITEM_TYPES.values()))


def calculated_with(lines: Iterable[AwardLine], notices: Iterable[str]) -> list[AwardLine]:
    """The lines of some notices, and all that share a cap or a loan with one of them, over however many notices.

    What the others come to cannot move what these are due, save that they count as supports.
    """
    known = list(lines)
    shared: dict[str, set[str]] = defaultdict(set)
    for line in known:
        for notice in line.notices:
            for other in (name for cap in notice.caps for name in cap.shared_with):
                shared[notice.id].add(other)
                shared[other].add(notice.id)
    on_loan: dict[str, set[str]] = defaultdict(set)
    for line in known:
        if line.on_loan:
            on_loan[line.item_key].add(line.notice_id)
    for names in on_loan.values():
        for name in names:
            shared[name] |= names
    wanted: set[str] = set()
    left = set(notices)
    while left:
        name = left.pop()
        wanted.add(name)
        left |= shared[name] - wanted
    return [line for line in known if line.notice_id in wanted]


class Partition(NamedTuple):
    """Lines with everything that decides what they are due before `through` (exclusive).

    `supports` are granted supports that are no lines here; lines of all types count as each other's supports by
    themselves. `posted` and `posts` are as `filling.fill` has them; `unsure` is what is held of the lines, and beside
    them. `pools` is what the lines of each notice use up; None: by what the notices of these lines state.
    """

    lines: Sequence[AwardLine]
    benchmark: Benchmark
    benchmark_ref: str
    through: date
    outside: Sequence[Outside] = ()
    supports: Sequence[Support] = ()
    posted: Mapping[str, Posted] = {}
    posts: Collection[str] | None = None
    unsure: Unsure = SURE
    pools: Mapping[str, Collection[Pool]] | None = None

    @property
    def stated_pools(self) -> Mapping[str, Collection[Pool]]:
        """What the lines of each notice use up."""
        if self.pools is not None:
            return self.pools
        return stated_pools({id(notice): notice for line in self.lines for notice in line.notices}.values())


# What every line is due, by line id: here, or wherever else the same comes out.
Calculate: TypeAlias = Callable[[Partition], Sequence[AwardResult]]


class Prepared(NamedTuple):
    """What the lines of every type claim before caps: the loans', then each other type's."""

    loans: Sequence[Line]
    loan_workings: Sequence[Working]
    item_workings: Sequence[tuple[Calculator, Sequence[ItemWorking]]]

    @property
    def capped(self) -> list[CappedLine]:
        """What draws on caps; filling them sets the awards."""
        items = chain.from_iterable(workings for _, workings in self.item_workings)
        return [*(working.capped for working in self.loan_workings), *(working.capped for working in items)]


def calculate_all(whole: Partition) -> list[AwardResult]:
    """What every line is due, by line id; refuses as `loan.calculate` does."""
    prepared = prepare_all(whole)
    fill(prepared.capped, whole.outside, whole.posted, whole.posts, whole.pools)
    return results_of(prepared, whole.benchmark_ref, whole.through)


def prepare_all(whole: Partition) -> Prepared:
    """What every line claims before caps. The lines of a firm, and those of an item, are given together."""
    benchmark, through, outside, unsure = whole.benchmark, whole.through, whole.outside, whole.unsure
    ordered = sorted(whole.lines, key=lambda line: line.id)
    known = granted_supports(ordered, whole.supports, unsure.absent)
    loans = [line for line in ordered if isinstance(line, Line)]
    by_type = [
        (kind.calculator, [line for line in ordered if isinstance(line, ItemLine) and line.notice.type == name])
        for name, kind in ITEM_TYPES.items()
    ]
    return Prepared(
        loans,
        prepare(loans, known, benchmark, through, outside, unsure),
        [(calculator, prepare_items(own, calculator, known, through, outside, unsure)) for calculator, own in by_type],
    )


def results_of(prepared: Prepared, benchmark_ref: str, through: date) -> list[AwardResult]:
    """The digests of lines whose caps are filled, by line id."""
    found: list[AwardResult] = [*results(prepared.loans, prepared.loan_workings, benchmark_ref, through)]
    for calculator, workings in prepared.item_workings:
        found += item_results(workings, calculator, through)
    return sorted(found, key=lambda result: result.line.id)
