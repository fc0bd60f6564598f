"""Lines that nothing binds: neither a cap nor a ceiling nor a decision cuts them, so that each part gets its claim.

Most lines of a month are such, and for them the passes of `filling` come to nothing but that. A key has room for all
where the claims of every line that uses it, what was paid outside and what stands on lines that are not calculated come
to no more than the lowest limit on any part. A line is free of the others only where all of its keys have room for all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from calculators.awards.caps import (
    LOAN_POOL,
    NOTHING_POSTED,
    CappedLine,
    CappedPart,
    Fill,
    Key,
    Pool,
    Posted,
    Use,
    can_grow,
    cap_of,
    limit_of,
    uses_of,
)
from calculators.awards.lines import Outside, lowest_limit
from calculators.awards.taking import Room

__all__ = ["settle_uncontended"]


class Free(NamedTuple):
    """A line whose own ceiling cuts nothing: what it claims of each key, and the limits there, in order of parts."""

    capped: CappedLine
    claims: Mapping[Key, int]
    limits: Mapping[Key, Sequence[int]]
    before: Mapping[Key, int]


def settle_uncontended(
    lines: Iterable[CappedLine],
    pools: Mapping[str, Collection[Pool]],
    rooms: Mapping[Key, Room],
    posted: Mapping[str, Posted],
    posts: Collection[str] | None,
    opened: Mapping[str, Collection[Outside]],
) -> list[CappedLine]:
    """Set the awards and fills of the lines that nothing binds; returns the others, whose keys none of them uses.

    `rooms` has what stands on lines that are not calculated and what was paid outside on no line; lines that are
    `opened` have awards paid outside on them. `posted` and `posts` are as `filling.fill` has them.
    """
    free: list[Free] = []
    bound: list[tuple[CappedLine, list[Use]]] = []
    for capped in lines:
        uses = uses_of(capped, pools.get(capped.line.notice_id, ()))
        mine = (posts is None or capped.line.id in posts) and not opened.get(capped.line.id)
        found = _free(capped, uses, posted.get(capped.line.id, NOTHING_POSTED)) if mine else None
        if found:
            free.append(found)
        else:
            bound.append((capped, uses))
    contended = {key for _, uses in bound for use in uses for key in use.used}
    for capped, _ in bound:
        stood, paid = posted.get(capped.line.id, NOTHING_POSTED), opened.get(capped.line.id, ())
        contended.update(stood.keys)
        contended |= {
            pool.key(capped.line.own, due, due)
            for due in (*stood.dues, *(one.due for one in paid))
            for pool in (*pools.get(capped.line.notice_id, ()), LOAN_POOL)
        }
    claimed: dict[Key, int] = defaultdict(int)
    most: dict[Key, int] = {}
    for one in free:
        for key, fen in one.claims.items():
            claimed[key] += fen
            lowest = min(one.limits.get(key, ()), default=None)
            if lowest is not None:
                most[key] = min(lowest, most.get(key, lowest))
    others = {key: (room.outside_fen, room.posted_fen) for key, room in rooms.items()}
    contended |= {key for key, limit_fen in most.items() if claimed[key] + sum(others.get(key, (0, 0))) > limit_fen}
    free, more = _apart(free, contended)
    for one in free:
        _conclude(one, claimed, others)
    return [capped for capped, _ in bound] + more


def _free(capped: CappedLine, uses: Sequence[Use], stood: Posted) -> Free | None:
    """The line by its keys; None where it is held, takes something back, or a decision may cut it."""
    parts = capped.parts
    if capped.held_from != date.max or any(part.claim_fen < 0 or part.proportion is not None for part in parts):
        return None
    if sum(part.claim_fen for part in parts) > lowest_limit(capped.line):
        return None
    claims: dict[Key, int] = {}
    limits: dict[Key, list[int]] = {}
    for part, use in zip(parts, uses, strict=True):
        for key in use.used:
            claims[key] = claims.get(key, 0) + part.claim_fen
        for key, cap in use.limiting:
            limits.setdefault(key, []).append(limit_of(cap, capped.line, part))
    before: dict[Key, int] = {}
    if stood.dues or stood.keys:
        named = {cap_of(key) for key in stood.keys}
        if any(cap_of(key) not in named for key in claims):
            # What stands on a cap that the last digest does not know is counted by its due days.
            return None
        before = {key: stood.keys[key] for key in claims if key in stood.keys}
        if _stands_later(parts, uses, stood.dues):
            return None
    return Free(capped, claims, limits, before)


def _stands_later(parts: Sequence[CappedPart], uses: Iterable[Use], dues: Mapping[date, int]) -> bool:
    """Whether a part keeps of what is posted more than it claims: what earlier parts left, under a limit that grows."""
    left, short = dict(dues), False
    for part, use in zip(parts, uses, strict=True):
        left_fen = max(0, left.get(part.due, 0))
        if left_fen > part.claim_fen and short and any(can_grow(cap) for _, cap in use.limiting):
            return True
        kept_fen = min(left_fen, part.claim_fen)
        left[part.due] = left_fen - kept_fen
        short = short or kept_fen < part.claim_fen
    return False


def _apart(free: Iterable[Free], contended: set[Key]) -> tuple[list[Free], list[CappedLine]]:
    """Those that share no key with a contended one, however many lines lie between, and the others."""
    left, others = list(free), []
    while True:
        kept = []
        for one in left:
            if contended.isdisjoint(one.claims):
                kept.append(one)
            else:
                contended.update(one.claims)
                others.append(one.capped)
        if len(kept) == len(left):
            return kept, others
        left = kept


def _conclude(one: Free, claimed: Mapping[Key, int], others: Mapping[Key, tuple[int, int]]) -> None:
    for part in one.capped.parts:
        part.award_fen = part.claim_fen
    for key, fen in one.claims.items():
        limits = one.limits.get(key, ())
        outside_fen, posted_fen = others.get(key, (0, 0))
        one.capped.fills[key] = Fill(
            key,
            limit_fen=limits[-1] if limits else None,
            most_fen=max(limits, default=None),
            outside_fen=outside_fen,
            others_fen=posted_fen + claimed[key] - fen,
            own_fen=fen,
            before_fen=one.before.get(key, 0),
        )
