"""`calculate_all` by others: partitions go out as tasks, digests come back in whatever order, and one gathers them.

What comes out does not depend on who answers, in how many pieces or how often: only whole answers count, by line id.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

import orjson

from calculators.awards.all import Calculate, Partition, calculate_all
from calculators.awards.caps import CappedLine
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine
from calculators.awards.partitions import MOST, Filled, filled, partitions, pieces
from calculators.awards.wire import Found, fingerprint, read_answer, to_claim, to_compute
from calculators.digest import Digest
from calculators.problems import N_, refuse

__all__ = ["Answers", "Computed", "calculated_by"]

# Tasks in, for each its place and its answer out, in any order; a task may be done more than once.
Answers: TypeAlias = Callable[[Iterable[bytes]], Iterable[tuple[int, bytes]]]


@dataclass(frozen=True, slots=True)
class Computed:
    """What came out for a line elsewhere; it has no working, so whoever wants a worksheet calculates the line here."""

    line: AwardLine
    digest: Digest
    capped: CappedLine
    clauses: Mapping[date, str]

    def with_digest(self, digest: Digest) -> "Computed":
        """The same with another digest."""
        return replace(self, digest=digest)

    def clause(self, due: date) -> str:
        """The clause of the rule that the due period was calculated by."""
        return self.clauses.get(due, self.clauses[date.min])


def calculated_by(answers: Answers) -> Calculate:
    """`calculate_all` by whoever answers tasks. Refuses what it refuses, `worker_differs` and `worker_memory`."""

    def calculate(given: Partition) -> list[AwardResult]:
        # Each part is to have the keys that the whole states.
        whole = given._replace(pools=given.stated_pools)
        try:
            return _calculated(whole, answers)
        except _RefusedThere:
            # The same words, for the same line, as where nobody else is asked.
            return calculate_all(whole)

    return calculate


class _RefusedThere(Exception):
    """A worker was refused what it was to calculate."""


def _calculated(whole: Partition, answers: Answers) -> list[AwardResult]:
    """Every group for itself; one that is too large is claimed in pieces, filled here, and computed in pieces."""
    groups = partitions(whole)
    cut = {place: pieces(group) for place, group in enumerate(groups) if len(group.lines) > MOST}
    single = [group for place, group in enumerate(groups) if len(cut.get(place, ())) < 2]
    large = [(groups[place], of_group) for place, of_group in cut.items() if len(of_group) > 1]
    found: list[Found] = []
    for some in _answered(answers, (to_compute(group) for group in single)):
        found += some
    for group, of_group in large:
        claimed = [claim for some in _answered(answers, map(to_claim, of_group)) for claim in some]
        known = filled(group, sorted(claimed, key=lambda claim: claim.line))
        for some in _answered(answers, (to_compute(piece, _of(piece, known)) for piece in of_group)):
            found += some
    lines = {line.id: line for line in whole.lines}
    return [_computed(lines[one.line], one) for one in sorted(found, key=lambda one: one.line)]


def _of(piece: Partition, known: Mapping[str, Filled]) -> dict[str, Filled]:
    return {line.id: known[line.id] for line in piece.lines}


def _computed(line: AwardLine, found: Found) -> AwardResult:
    fills = {fill.key: fill for fill in found.fills}
    return Computed(line, orjson.loads(found.digest), CappedLine(line, (), fills=fills), found.clauses)


def _answered(answers: Answers, tasks: Iterable[bytes]) -> Iterator[Any]:
    """What came of each task, in no order; a second answer to one is no news."""
    heard: set[int] = set()
    for place, told in answers(tasks):
        code, found = read_answer(told)
        if place in heard:
            continue
        heard.add(place)
        match code:
            case "done":
                yield found
            case "other":
                raise refuse(
                    "worker_differs",
                    N_("a worker has other calculators ({theirs}) than this program ({ours})"),
                    N_("install the same release on this machine and on every worker, then run it again"),
                    theirs=found[:12],
                    ours=fingerprint().hex()[:12],
                )
            case "memory":
                raise refuse(
                    "worker_memory",
                    N_("a worker has too little memory for its part of the lines"),
                    N_("give each worker more memory, or start fewer of them, then run it again"),
                )
            case _:
                raise _RefusedThere
