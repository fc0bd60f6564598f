"""A calculation cut into partitions that have nothing to do with each other, and what comes of one of them.

`compute(partition)` is pure: it reads nothing but what it is given, so it may run in any process, on any machine and as
often as somebody likes, and the same digests come out. Lines of different firms meet in nothing but an item and caps.
A **cap group** is what firms, items and keys of caps tie together, by their values and whatever the year; a partition
holds whole groups. A group that is too large (a cap of one lender, or of everybody) is cut by firms and items:
`claims` of each piece, one filling over all of them, and then `compute` with what was `filled`.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from calculators.awards.all import Partition, prepare_all, results_of
from calculators.awards.caps import LOAN_POOL, CappedLine, CappedPart, Fill, Key, Posted, keys_outside, year_free
from calculators.awards.digests import AwardResult
from calculators.awards.filling import fill
from calculators.awards.lines import AwardLine, Outside, Support
from calculators.awards.loan_parts import Part, Timeline
from calculators.awards.unsure import Absent, Unsure
from calculators.interest.loan import DayCount
from calculators.interest.segments import Segment

__all__ = ["MOST", "Claim", "Filled", "claims", "compute", "filled", "partitions", "pieces"]

# Lines from which on a partition is full: enough for columns, few enough that one made again costs seconds.
MOST = 2_048

# A firm, an item, a line or a key of a cap: what ties lines together.
Tie: TypeAlias = Hashable


class Claim(NamedTuple):
    """What one line claims before caps: its parts, and the day from which they are held."""

    line: str
    held_from: date
    parts: Sequence[CappedPart]


class Filled(NamedTuple):
    """What caps leave a line: of each part its award and what is withheld, in fen, and how its keys were filled."""

    parts: Sequence[tuple[int, int]]
    fills: Mapping[Key, Fill]


# What comes of a partition.


def compute(partition: Partition, known: Mapping[str, Filled] | None = None) -> list[AwardResult]:
    """What its lines are due, by line id. `known` is what caps leave them, where others draw on the same keys."""
    prepared = prepare_all(partition)
    if known is None:
        fill(prepared.capped, partition.outside, partition.posted, partition.posts, partition.pools)
    else:
        for capped in prepared.capped:
            of_line = known[capped.line.id]
            capped.fills = dict(of_line.fills)
            for part, (award_fen, withheld_fen) in zip(capped.parts, of_line.parts, strict=True):
                part.award_fen, part.withheld_fen = award_fen, withheld_fen
    return results_of(prepared, partition.benchmark_ref, partition.through)


def claims(piece: Partition) -> list[Claim]:
    """What the lines of a piece claim before caps."""
    found = []
    for capped in prepare_all(piece).capped:
        for part in capped.parts:
            if isinstance(part, Part):
                # Caps do not look at it, and nobody else would lay it out.
                part.timeline = _NOWHERE
        found.append(Claim(capped.line.id, capped.held_from, capped.parts))
    return found


def filled(group: Partition, claimed: Iterable[Claim]) -> dict[str, Filled]:
    """What caps leave the lines of a group, by line id, once all of its pieces have said what they claim."""
    lines = {line.id: line for line in group.lines}
    capped = [CappedLine(lines[claim.line], claim.parts, claim.held_from) for claim in claimed]
    fill(capped, group.outside, group.posted, group.posts, group.pools)
    return {
        one.line.id: Filled([(part.award_fen, part.withheld_fen) for part in one.parts], one.fills) for one in capped
    }


def _nothing() -> list[Segment]:
    raise AssertionError("a part that only fills caps has no principal")


_NOWHERE = Timeline(DayCount.ACT_360, _nothing)


# Where a calculation is cut.


def partitions(whole: Partition) -> list[Partition]:
    """The whole in partitions of whole cap groups; one with more than `MOST` lines is one group."""
    ties = _near(whole)
    for line in whole.lines:
        ties.tie([("line", line.id), *_keys(line, whole)])
    return _cut(whole, ties, keys=True)


def pieces(group: Partition) -> list[Partition]:
    """A group cut by firms and items, for `claims`; what stands posted is no matter there."""
    return _cut(group, _near(group), keys=False)


class _Ties:
    """Things that are tied to each other, directly or through others."""

    def __init__(self) -> None:
        self._above: dict[Tie, Tie] = {}

    def head(self, thing: Tie) -> Tie:
        """The one that stands for all that is tied to `thing`."""
        above = self._above
        found = thing
        while (higher := above.get(found, found)) != found:
            found = higher
        while (higher := above.get(thing, thing)) != thing:
            above[thing] = found
            thing = higher
        return found

    def tie(self, things: Iterable[Tie]) -> None:
        """Tie things to each other."""
        heads = [self.head(thing) for thing in things]
        for head in heads[1:]:
            self._above[self.head(head)] = self.head(heads[0])


def _near(whole: Partition) -> _Ties:
    """Lines tied by firm and item, and by what an award outside on a line was paid to and for."""
    ties, ids = _Ties(), {line.id for line in whole.lines}
    for line in whole.lines:
        ties.tie([("line", line.id), ("firm", line.entity.uscc), ("item", line.item_key)])
    for paid in whole.outside:
        if paid.line in ids:
            ties.tie([("line", paid.line), ("firm", paid.uscc), *([("item", paid.loan)] if paid.loan else [])])
    return ties


def _keys(line: AwardLine, whole: Partition) -> Iterator[Tie]:
    """The amounts of caps that a line uses up or has used up, whatever the year."""
    pools = whole.stated_pools.get(line.notice_id, ())
    for pool in (*pools, LOAN_POOL) if line.on_loan else pools:
        yield year_free(pool.key(line.own, date.max, date.max))
    stands = whole.posted.get(line.id)
    for key in stands.keys if stands else ():
        yield year_free(key)


def _cut(whole: Partition, ties: _Ties, *, keys: bool) -> list[Partition]:
    """Partitions of lines that are tied, each with what concerns it: of what has no line here, all that may."""
    places, chunks = _packed(whole.lines, ties)
    ids = {line.id: place for place, chunk in enumerate(chunks) for line in chunk}

    def found(things: Iterable[Tie]) -> set[int]:
        return {places[head] for thing in things if (head := ties.head(thing)) in places}

    outside: list[list[Outside]] = [[] for _ in chunks]
    posted: list[dict[str, Posted]] = [{} for _ in chunks]
    supports: list[list[Support]] = [[] for _ in chunks]
    for paid in whole.outside:
        if paid.line in ids:
            at = {ids[paid.line]}
        else:
            used = map(year_free, keys_outside(paid, whole.stated_pools)) if keys else ()
            at = found([("firm", paid.uscc), ("item", paid.loan), *used])
        for place in at:
            outside[place].append(paid)
            # It counts with what stands on its line.
            if keys and paid.line in whole.posted:
                posted[place][paid.line] = whole.posted[paid.line]
    for line, stands in whole.posted.items() if keys else ():
        for place in {ids[line]} if line in ids else found(map(year_free, stands.keys)):
            posted[place][line] = stands
    for support in whole.supports:
        for place in found([("firm", support.uscc)]):
            supports[place].append(support)
    absent: list[list[Absent]] = [[] for _ in chunks]
    for one in whole.unsure.absent:
        for place in found([("firm", one.uscc)]):
            absent[place].append(one)
    return [
        whole._replace(
            lines=chunk,
            outside=outside[place],
            posted=posted[place],
            supports=supports[place],
            posts=None if whole.posts is None else {line.id for line in chunk if line.id in whole.posts},
            unsure=Unsure({line.id for line in chunk if line.id in whole.unsure.lines}, absent[place]),
        )
        for place, chunk in enumerate(chunks)
    ]


def _packed(lines: Iterable[AwardLine], ties: _Ties) -> tuple[dict[Tie, int], list[list[AwardLine]]]:
    """Chunks of at most `MOST` lines, or of one group that has more, and in which each group is, by its head."""
    groups: dict[Tie, list[AwardLine]] = defaultdict(list)
    for line in lines:
        groups[ties.head(("line", line.id))].append(line)
    places: dict[Tie, int] = {}
    chunks: list[list[AwardLine]] = []
    filling = -1
    for head, own in groups.items():
        if len(own) > MOST:
            places[head] = len(chunks)
            chunks.append(own)
            continue
        if filling < 0 or len(chunks[filling]) + len(own) > MOST:
            filling = len(chunks)
            chunks.append([])
        places[head] = filling
        chunks[filling] += own
    return places, chunks
