"""Caps: limits on the award of all lines that share an entity, lender, loan or year, filled in a fixed order.

A cap fills by the end of the due period; within one end in the notice's stated order; never in posting order. What was
paid outside takes its room first. A cap limits the lines of the notice that states it, and the notices that it names as
sharing use it up as well; stated on both sides it limits both. So a result never depends on which other notices happen
to be calculated. The grant's ceiling and the decisions below it come last and per line: what lies above them is
withheld by decision and uses up no cap.

Room that a cap did not have is lost, with one exception: where the limit itself can grow (a status gained, more drawn),
what it cut off is claimed again later, because such a limit is on the total. A cap per year never gives room back.

A cap limits, it does not scale: a part that takes back (a premium returned, an audit below the claim) takes what was
awarded beyond the claim to date after it, and nothing where a cap had cut the award that far already. Only where the
notice says so is a share of the award itself taken back (a project not finished), and then what is left is that share
at most. Either frees of each amount at most what the line itself had used of it: what goes back this year frees no room
of this year's cap that an award of last year never filled.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from calculators.awards.lines import (
    AwardLine,
    ItemLine,
    Line,
    Outside,
    Proportion,
    holds_status,
    lowest_limit,
    order_key,
)
from calculators.awards.loan_parts import LOAN_INTEREST, Part
from calculators.money import Rounding, round_fen
from calculators.notices.item import ItemCap
from calculators.notices.loan import LoanCap
from calculators.notices.model import Cap, Notice

PoolKey = tuple[object, ...]


@dataclass(slots=True)
class Fill:
    """How one cap stood for one line after its last part: the limit, what others used, whether it cut anything."""

    cap: str
    year: str
    limit_fen: int = 0
    others_fen: int = 0
    own_fen: int = 0
    withheld_fen: int = 0
    binding: bool = False


class CappedPart(Protocol):
    """What of a line falls due at once and claims room: fen, and the days that decide its year and its limit."""

    claim_fen: int
    award_fen: int
    withheld_fen: int

    @property
    def proportion(self) -> Proportion | None:
        """The share of what is awarded that the part leaves, where the notice takes back in proportion."""

    @property
    def notice(self) -> Notice:
        """The notice in the version that governs the part."""

    @property
    def caps(self) -> Sequence[Cap]:
        """The limits on the part: the notice's caps, and what bounds a loan as a whole."""

    @property
    def rounding(self) -> Rounding:
        """How the notice rounds an award."""

    @property
    def due(self) -> date:
        """The exclusive end of what it falls due for."""

    @property
    def starts_on(self) -> date:
        """Its first day; statuses count as held on it."""

    @property
    def ends_before(self) -> date:
        """The day after its last."""


@dataclass(slots=True)
class CappedLine:
    """A line with its parts in order of time; `fills` says how each cap came out.

    `above_fen` is what the grant's ceiling and decisions below it cut here.
    """

    line: AwardLine
    parts: Sequence[CappedPart]
    fills: dict[PoolKey, Fill] = field(default_factory=dict)
    award_fen: int = 0
    claimed_fen: int = 0
    above_fen: int = 0
    # Cut off by limits that can still grow.
    deferred_fen: int = 0


class _Pool(NamedTuple):
    """A cap as something that is used up: by the lines of its notice and of the notices that share it."""

    notice: str
    cap: str
    per: tuple[str, ...]
    year_of: str | None

    def key(self, own: Callable[[str], str]) -> PoolKey:
        """Which of the cap's amounts an award uses up, but for the year; `own` says which entity, loan ... it has."""
        return (*self, *(own(name) for name in self.per if name != "year"))

    def year(self, due: date, ends_before: date) -> str:
        """The year of the last day of the due period, or of its part; empty for the notice's one fund year."""
        if self.year_of in (None, "fund"):
            return ""
        return str(_year(ends_before if self.year_of == "accrual_day" else due))


def fill(lines: Sequence[CappedLine], outside: Iterable[Outside]) -> None:
    """Set the award of every part, so that no cap and no ceiling is exceeded; the order of `lines` is of no matter."""
    pools = _pools(lines)
    rooms: dict[PoolKey, _Room] = defaultdict(_Room)
    calculated = {one.line.id for one in lines}
    for paid in outside:
        if paid.line not in calculated:
            for pool in (*pools[paid.notice], LOAN_POOL) if paid.loan else pools[paid.notice]:
                key = pool.key(paid.own)
                rooms[*key, pool.year(paid.due, paid.due)].used_fen += paid.amount_fen
    ranked = sorted(lines, key=lambda one: order_key(one.line))
    draws = [_Draws(one, pools[one.line.notices[0].id], rooms) for one in ranked]
    turns = sorted((part.due, rank, place) for rank, one in enumerate(ranked) for place, part in enumerate(one.parts))
    for _, rank, place in turns:
        draws[rank].take(ranked[rank].parts[place])


def _pools(lines: Iterable[CappedLine]) -> dict[str, set[_Pool]]:
    """Notice id -> everything that its lines use up, whichever version or notice states it."""
    notices = {id(part.notice): part.notice for one in lines for part in one.parts}.values()
    pools: dict[str, set[_Pool]] = defaultdict(set)
    for notice in notices:
        for cap in notice.caps:
            for user in (notice.id, *cap.shared_with):
                pools[user].add(_pool(notice, cap))
    return pools


def _pool(notice: Notice, cap: Cap) -> _Pool:
    return LOAN_POOL if cap is LOAN_INTEREST else _Pool(notice.id, cap.id, cap.per, cap.year_of)


# One for all notices: whichever they are, their awards on one loan are bounded together.
LOAN_POOL = _Pool("", LOAN_INTEREST.id, LOAN_INTEREST.per, None)


@dataclass(slots=True)
class _Room:
    """One amount of a cap: what awards have used up of it so far."""

    used_fen: int = 0


class _Stand(NamedTuple):
    """The amounts that a part uses up, and those that limit it with how they filled for its line."""

    used: list[_Room]
    own: list[tuple[Cap, _Room, Fill]]


class _Draws:
    """A line drawing on the caps: those of its own notice limit it, all that count its notice are used up by it."""

    def __init__(self, one: CappedLine, pools: Iterable[_Pool], rooms: dict[PoolKey, _Room]) -> None:
        self.one, self.rooms = one, rooms
        line = one.line
        self.limit_fen = lowest_limit(line)
        self.keys = [(pool, pool.key(line.own)) for pool in pools]
        self.stands: dict[tuple[int, int, int], _Stand] = {}
        # By the identity of an amount: what the line has used of it.
        self.spent: dict[int, int] = defaultdict(int)

    def take(self, part: CappedPart) -> None:
        """Award what caps and ceiling leave of a part's claim, and use up their room."""
        used, own = self._stand(part)
        one = self.one
        for cap, room, fill in own:
            fill.limit_fen = _limit(cap, one.line, part)
            fill.others_fen = room.used_fen - fill.own_fen
        if part.proportion:
            part.award_fen, above_fen = self._in_proportion(part, part.proportion, own)
        else:
            part.award_fen, above_fen = self._changed(part.claim_fen, own)
        one.above_fen += above_fen
        part.withheld_fen += above_fen
        for _, _, fill in own:
            fill.withheld_fen += above_fen
        one.claimed_fen += part.claim_fen
        one.award_fen += part.award_fen
        for room in used:
            change = max(part.award_fen, -self.spent[id(room)])
            self.spent[id(room)] += change
            room.used_fen += change
        for _, room, fill in own:
            fill.own_fen = self.spent[id(room)]

    def _in_proportion(
        self, part: CappedPart, proportion: Proportion, own: Iterable[tuple[Cap, _Room, Fill]]
    ) -> tuple[int, int]:
        """The same as `_changed` for a part that takes back a share of the award, and of what the ceiling cut."""
        one = self.one
        award_fen, above_fen = self._changed(proportion.gained_fen, own)
        award_fen, above_fen = one.award_fen + award_fen, one.above_fen + above_fen
        left_fen = one.claimed_fen + part.claim_fen
        # Uncut, the award follows the claim, which was rounded once.
        kept_fen = left_fen
        if award_fen != one.claimed_fen + proportion.gained_fen:
            kept_fen = min(left_fen, round_fen(proportion.kept * award_fen, part.rounding))
        above_fen = min(left_fen - kept_fen, round_fen(proportion.kept * above_fen, part.rounding))
        return kept_fen - one.award_fen, above_fen - one.above_fen

    def _changed(self, claim_fen: int, own: Iterable[tuple[Cap, _Room, Fill]]) -> tuple[int, int]:
        """By how much a claim changes the award, and what the ceiling cuts of it, in fen."""
        if claim_fen < 0:
            return self._taken_back(claim_fen)
        take = self._allowed(claim_fen, own)
        award_fen = min(take, self.limit_fen - self.one.award_fen)
        return award_fen, take - award_fen

    def _allowed(self, claim_fen: int, own: Iterable[tuple[Cap, _Room, Fill]]) -> int:
        """What the caps leave of a claim and of what was cut off before."""
        one = self.one
        asked = allowed = take = claim_fen + one.deferred_fen
        for cap, room, fill in own:
            # What a decision withheld before leaves its room to others, but is not claimed a second time here.
            left = max(0, fill.limit_fen - room.used_fen - fill.withheld_fen)
            if left < asked:
                fill.binding = True
                take = min(take, left)
                if not _can_grow(cap):
                    allowed = min(allowed, left)
        one.deferred_fen = max(0, allowed - take)
        return take

    def _taken_back(self, claim_fen: int) -> tuple[int, int]:
        """What a claim below zero takes of the award, and of what the ceiling had cut; neither is above zero."""
        one = self.one
        left_fen = one.claimed_fen + claim_fen
        assert left_fen >= 0, "more is taken back than was ever claimed"
        award_fen = min(0, left_fen - one.award_fen)
        # What is no longer claimed is no longer withheld either.
        above_fen = min(0, left_fen - one.award_fen - award_fen - one.above_fen)
        return award_fen, above_fen

    def _stand(self, part: CappedPart) -> _Stand:
        """Where a part stands; mostly the same for all parts of a line, so it is looked up once."""
        name = (id(part.notice), _year(part.due), _year(part.ends_before))
        stand = self.stands.get(name)
        if stand is None:
            keys = {pool: (*key, pool.year(part.due, part.ends_before)) for pool, key in self.keys}
            own = []
            for cap in part.caps:
                pool = _pool(part.notice, cap)
                key = keys.setdefault(pool, (*pool.key(self.one.line.own), pool.year(part.due, part.ends_before)))
                fill = self.one.fills.setdefault(key, Fill(cap.id, str(key[-1])))
                own.append((cap, self.rooms[key], fill))
            stand = self.stands[name] = _Stand([self.rooms[key] for key in keys.values()], own)
        return stand


def _year(ends_before: date) -> int:
    """The year of the last day before `ends_before`."""
    return (ends_before - timedelta(days=1)).year


def _limit(cap: Cap, line: AwardLine, part: CappedPart) -> int:
    """The limit in fen for a part: by the entity's status on its first day, by what was drawn before its end.

    A share of the drawdown or of a figure is rounded down, so that the award never lies above it.
    """
    if cap is LOAN_INTEREST:
        assert isinstance(part, Part), "only a loan has interest"
        return part.loan_interest_fen or 0
    if isinstance(cap, ItemCap) and cap.share_of_figure and isinstance(line, ItemLine):
        figure = line.figure(cap.share_of_figure.figure)
        return 0 if figure is None else round_fen(cap.share_of_figure.share * figure.fen, Rounding.DOWN)
    if not (isinstance(cap, LoanCap) and isinstance(line, Line)):
        assert cap.amount is not None, f"cap {cap.id} has no limit"
        return cap.amount
    amount, share = cap.amount, cap.share_of_drawdown
    if cap.when_status and holds_status(line.entity, cap.when_status.status, part.starts_on):
        amount, share = cap.when_status.amount, cap.when_status.share_of_drawdown
    if share is None:
        assert amount is not None, f"cap {cap.id} has no limit"
        return amount
    drawn = sum(
        movement.amount_fen
        for movement in line.loan.movements
        if movement.amount_fen > 0 and movement.on < part.ends_before
    )
    return round_fen(share * drawn, Rounding.DOWN)


def _can_grow(cap: Cap) -> bool:
    if cap is LOAN_INTEREST:
        return True
    if not isinstance(cap, LoanCap):
        return False
    return "year" not in cap.per and (cap.when_status is not None or cap.share_of_drawdown is not None)
