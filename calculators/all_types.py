"""Lines of every type of support together: one reckoning in which they share caps and an entity's one support.

A month's run gives everything that was granted at once. Each type reckons what its lines claim; then all claims fill
the caps in one order, so that a cap which notices of different types share is one amount.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from calculators.awards.all import ITEM_TYPES
from calculators.awards.caps import fill
from calculators.awards.conditions import granted_supports
from calculators.awards.item import ItemResult, item_results, prepare_items
from calculators.awards.lines import Line, Outside, Support
from calculators.awards.loan import Result, prepare, results
from calculators.interest.benchmark import Benchmark
from calculators.item_line import ItemLine

__all__ = ["AnyLine", "AnyResult", "calculate_all", "reckoned_with"]

AnyLine: TypeAlias = Line | ItemLine
AnyResult: TypeAlias = Result | ItemResult


def reckoned_with(lines: Iterable[AnyLine], notices: Iterable[str]) -> list[AnyLine]:
    """The lines of some notices, and all lines whose notice shares a cap with one of them, over however many notices.

    What the others come to cannot move what these are due, save that they count as supports.
    """
    known = list(lines)
    shared: dict[str, set[str]] = defaultdict(set)
    for line in known:
        for notice in line.notices:
            for other in (name for cap in notice.caps for name in cap.shared_with):
                shared[notice.id].add(other)
                shared[other].add(notice.id)
    wanted: set[str] = set()
    left = set(notices)
    while left:
        name = left.pop()
        wanted.add(name)
        left |= shared[name] - wanted
    return [line for line in known if line.notices[0].id in wanted]


def calculate_all(
    lines: Iterable[AnyLine],
    benchmark: Benchmark,
    benchmark_ref: str,
    through: date,
    outside: Iterable[Outside] = (),
    other_supports: Iterable[Support] = (),
) -> list[AnyResult]:
    """What every line is due before `through` (exclusive), by line id; refuses as `interest_discount.calculate` does.

    `other_supports` are granted supports that are no lines here; lines of all types count as each other's supports by
    themselves.
    """
    ordered = sorted(lines, key=lambda line: line.id)
    paid_outside = tuple(outside)
    supports = granted_supports(ordered, other_supports)
    loans = [line for line in ordered if isinstance(line, Line)]
    loan_workings = prepare(loans, supports, benchmark, through)
    by_type = [
        (kind.calculator, [line for line in ordered if isinstance(line, ItemLine) and line.notice.type == name])
        for name, kind in ITEM_TYPES.items()
    ]
    item_workings = [
        (calculator, prepare_items(own, calculator, supports, through, paid_outside)) for calculator, own in by_type
    ]
    capped = [working.capped for working in loan_workings]
    capped += [working.capped for _, workings in item_workings for working in workings]
    fill(capped, paid_outside)
    found: list[AnyResult] = [*results(loans, loan_workings, benchmark_ref, through)]
    for calculator, workings in item_workings:
        found += item_results(workings, calculator, through)
    return sorted(found, key=lambda result: result.line.id)
