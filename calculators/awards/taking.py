"""What the parts of a line have taken, and what follows from it: what stands on the line, what it uses of each key.

A part that adds takes of its claim. A part that takes back takes nothing: it leaves at most the claim to date, or the
share that its notice says. So what stands after each part follows from what the parts have taken, and so does what the
line uses: what is taken back frees of a key at most what the line had used of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, chain, islice
from typing import NamedTuple

from calculators.awards.caps import (
    LOAN_POOL,
    CappedLine,
    CappedPart,
    Key,
    Pool,
    Posted,
    Use,
    can_grow,
    cap_of,
    limit_of,
    uses_of,
)
from calculators.awards.lines import Outside, lowest_limit, order_key
from calculators.money import round_fen

__all__ = ["Limit", "Place", "Room", "Stake", "Taker"]


@dataclass(slots=True, eq=False)
class Room:
    """A key, with what takes room of it, in fen.

    `outside_fen` was paid outside, on no line calculated here (to whom, says `firms`); `posted_fen` stands on lines
    that are not calculated, or no longer use this key. `taken_fen` is what all other lines take, `after_fen` what will
    stand on them, `earlier_fen` what parts have whose turn has come.
    """

    outside_fen: int = 0
    posted_fen: int = 0
    taken_fen: int = 0
    after_fen: int = 0
    earlier_fen: int = 0
    firms: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    stakes: list["Stake"] = field(default_factory=list)

    def pay_outside(self, paid: Outside) -> None:
        """Count an award that was paid outside."""
        self.outside_fen += paid.amount_fen
        self.firms[paid.uscc] += paid.amount_fen


@dataclass(slots=True, eq=False)
class Stake:
    """What one line has of one key, in fen.

    `before_fen` stood on it before the run, awards paid outside on the line counted; `hold_fen` of it holds room.
    `use_fen` is what the line uses, `after_fen` what will stand on it; the most of the three is taken (`takes_fen`).
    `cut_fen` was withheld here, `earlier_fen` is what the line's parts have whose turn has come. `limits` are those of
    its parts, in order; none where the key does not limit the line.
    """

    line: "Taker"
    room: Room
    before_fen: int = 0
    hold_fen: int = 0
    use_fen: int = 0
    after_fen: int = 0
    takes_fen: int = 0
    cut_fen: int = 0
    earlier_fen: int = 0
    limits: list[int] = field(default_factory=list)
    binding: bool = False

    def use(self, use_fen: int, after_fen: int) -> None:
        """Take of the room what is used, what will stand or what is held, whichever is most."""
        takes_fen = max(use_fen, after_fen, self.hold_fen)
        self.room.taken_fen += takes_fen - self.takes_fen
        self.room.after_fen += after_fen - self.after_fen
        self.use_fen, self.after_fen, self.takes_fen = use_fen, after_fen, takes_fen

    def hold(self, hold_fen: int) -> None:
        """Hold so much and no more."""
        self.hold_fen = hold_fen
        self.use(self.use_fen, self.after_fen)


class Limit(NamedTuple):
    """A key that limits a part: how high, in fen, and whether the limit can grow."""

    stake: Stake
    limit_fen: int
    grows: bool


class Place(NamedTuple):
    """A part with the stakes that it uses and the limits on it; for itself it wants at most `wanted_fen`.

    `takes_back`: it only takes back what the claim to date no longer covers.
    """

    part: CappedPart
    stakes: Sequence[Stake]
    limits: Sequence[Limit]
    wanted_fen: int
    takes_back: bool
    grows: bool


class Taker:
    """A line that draws on caps; `taken` is what each of its parts has taken, in fen.

    `dues` is what stands on it before by due day, awards paid outside counted; `reached` the day before which an
    earlier run has calculated. `posts`: the run posts it. Of a pass so far: `above` is what the ceiling cut part by
    part (`above_fen` in all), `deferred_fen` what limits that can grow alone cut.
    """

    def __init__(
        self,
        capped_line: CappedLine,
        pools: Iterable[Pool],
        rooms: Mapping[Key, Room],
        posted: Posted,
        opened: Sequence[Outside],
        posts: bool,
    ) -> None:
        self.one, self.reached = capped_line, posted.through
        self.firm, self.order = capped_line.line.entity.uscc, order_key(capped_line.line)
        self.ceiling_fen = lowest_limit(capped_line.line)
        self.dues: dict[date, int] = defaultdict(int, posted.dues)
        for paid in opened:
            self.dues[paid.due] += paid.amount_fen
        # Where all that it has is held, nothing is posted on it.
        days = chain(self.dues, (part.due for part in capped_line.parts))
        self.posts = posts and (capped_line.held_from == date.max or any(day < capped_line.held_from for day in days))
        self.stakes: dict[Key, Stake] = {}
        self.places = [
            self._place(part, use, rooms)
            for part, use in zip(capped_line.parts, uses_of(capped_line, pools), strict=True)
        ]
        self._stand_before(pools, rooms, posted)
        self.claims = [max(0, claim) for claim in accumulate(part.claim_fen for part in capped_line.parts)]
        # Parts that only add, and are all posted, need no looking ahead; where no limit grows each is for itself.
        self.plain = capped_line.held_from == date.max and all(
            part.claim_fen >= 0 and part.proportion is None for part in capped_line.parts
        )
        self.simple = self.plain and not any(place.grows for place in self.places)
        self.total_fen = 0
        self.taken = [0] * len(self.places)
        if self.plain:
            for stake in self.stakes.values():
                stake.use(0, 0 if self.posts else stake.before_fen)
        else:
            self._settle()
        self.begin()

    def _place(self, part: CappedPart, use: Use, rooms: Mapping[Key, Room]) -> Place:
        stakes = [self._stake(key, rooms) for key in use.used]
        limits = []
        grows = False
        for key, cap in use.limiting:
            limit = Limit(self.stakes[key], limit_of(cap, self.one.line, part), can_grow(cap))
            limit.stake.limits.append(limit.limit_fen)
            limits.append(limit)
            grows = grows or limit.grows
        proportion, claim_fen = part.proportion, part.claim_fen
        wanted_fen = proportion.gained_fen if proportion else max(0, claim_fen)
        return Place(part, stakes, limits, wanted_fen, claim_fen < 0 and proportion is None, grows)

    def _stake(self, key: Key, rooms: Mapping[Key, Room]) -> Stake:
        stake = self.stakes.get(key)
        if stake is None:
            room = rooms[key]
            stake = self.stakes[key] = Stake(self, room)
            room.stakes.append(stake)
        return stake

    def _stand_before(self, pools: Iterable[Pool], rooms: Mapping[Key, Room], posted: Posted) -> None:
        """What stands on each key before, and what of it is not the line's any more or not this run's to move."""
        for key, fen in posted.keys.items():
            self._stood(key, fen, rooms)
        if not self.dues:
            return
        # Of a cap that the last digest does not know, everything that stands counts, by its due day.
        named = {cap_of(key) for key in posted.keys}
        own = self.one.line.own
        # Which cap a pool is does not depend on the day.
        unnamed = [
            pool
            for pool in (*pools, LOAN_POOL)
            for day in islice(self.dues, 1)
            if cap_of(pool.key(own, day, day)) not in named
        ]
        for due, fen in self.dues.items() if unnamed else ():
            for pool in unnamed:
                self._stood(pool.key(own, due, due), fen, rooms)

    def _stood(self, key: Key, fen: int, rooms: Mapping[Key, Room]) -> None:
        """Count what stood on a key before; under one that the line no longer uses it stays where the run posts not."""
        if key in self.stakes:
            self.stakes[key].before_fen += fen
        elif not self.posts:
            rooms[key].posted_fen += fen

    def begin(self) -> None:
        """Begin a pass over the parts: nothing is withheld yet, and no limit that grows has cut anything."""
        self.above_fen = self.deferred_fen = 0
        self.above = [0] * len(self.places)
        for stake in self.stakes.values():
            stake.cut_fen = stake.earlier_fen = 0
            stake.binding = False

    # What follows from what is taken.

    def put(self, taken: Sequence[int]) -> None:
        """Let the parts have taken so much."""
        self.taken = list(taken)
        self._settle()

    def take(self, at: int, more_fen: int) -> None:
        """Let one part take more, or less where that is below zero."""
        if not more_fen:
            return
        self.taken[at] += more_fen
        if not self.plain:
            self._settle()
            return
        self.total_fen += more_fen
        for stake in self.places[at].stakes:
            use_fen = stake.use_fen + more_fen
            stake.use(use_fen, use_fen if self.posts else stake.before_fen)

    def _settle(self) -> None:
        """Calculate again what stands after each part and what the line uses after it."""
        self.total_fen = sum(self.taken)
        self.tops, self.stands = self._stand()
        used: dict[Stake, int] = dict.fromkeys(self.stakes.values(), 0)
        posted = used
        self.used_after: list[dict[Stake, int]] = []
        for at, place in enumerate(self.places):
            award_fen = self.award(at)
            used = {**used, **{stake: max(0, used[stake] + award_fen) for stake in place.stakes}}
            if place.part.due < self.one.held_from:
                posted = used
            self.used_after.append(used)
        frozen = self._frozen()
        for stake, use_fen in used.items():
            stake.use(use_fen, posted[stake] + frozen.get(stake, 0) if self.posts else stake.before_fen)

    def _stand(self) -> tuple[list[int], list[int]]:
        """After each part: what the line has before the part takes back, and what it has then."""
        tops, stands = [], []
        has_fen = before_fen = 0
        for place, taken_fen, claim_fen in zip(self.places, self.taken, self.claims, strict=True):
            top_fen = has_fen + taken_fen
            proportion = place.part.proportion
            has_fen = min(top_fen, claim_fen) if place.takes_back else top_fen
            if proportion:
                # Uncut, the award follows the claim, which was rounded once.
                uncut = top_fen == before_fen + proportion.gained_fen
                kept_fen = claim_fen if uncut else round_fen(proportion.kept * top_fen, place.part.rounding)
                has_fen = min(claim_fen, kept_fen)
            before_fen = claim_fen
            tops.append(top_fen)
            stands.append(has_fen)
        return tops, stands

    def _frozen(self) -> dict[Stake, int]:
        """What stands on due days that are held, and stays: as the part of that day uses keys, or the last before."""
        found: dict[Stake, int] = defaultdict(int)
        if self.one.held_from == date.max or not self.places:
            return found
        for due, fen in self.dues.items():
            if due >= self.one.held_from:
                by_then = [place for place in self.places if place.part.due <= due] or self.places[:1]
                for stake in by_then[-1].stakes:
                    found[stake] += fen
        return found

    def award(self, at: int) -> int:
        """What a part comes to, in fen; below zero where it takes back."""
        if self.plain:
            return self.taken[at]
        return self.stands[at] - (self.stands[at - 1] if at else 0)

    def headroom(self, at: int) -> int:
        """What the ceiling leaves a part, looking at every later one, in fen."""
        return self.ceiling_fen - (self.total_fen if self.plain else max(self.tops[at:]))

    def slack(self, at: int, passed: bool) -> int | None:
        """What the claim to date leaves a part and every later one, in fen; None where nothing says.

        A taking back in proportion ends it: what is left after that follows from what is taken before. So does any
        taking back where nothing has `passed` the part yet: its turn comes.
        """
        stands = list(accumulate(self.taken)) if self.plain else self.stands
        left: list[int] = []
        for later in range(at, len(self.places)):
            place = self.places[later]
            if place.part.proportion or (place.takes_back and not passed):
                break
            left.append(self.claims[later] - stands[later])
        return min(left, default=None)

    def unclaimed(self, at: int) -> int:
        """What the claim to date leaves after a part, in fen."""
        return self.claims[at] - (sum(self.taken[: at + 1]) if self.plain else self.stands[at])

    def peak(self, at: int, stake: Stake) -> int:
        """The most that the line uses of a key from a part on, in fen."""
        if self.plain:
            return stake.use_fen
        peak_fen = max(used[stake] for used in self.used_after[at:])
        if self.places[at].part.proportion:
            # What it gains counts before a share of all is taken back.
            before_fen = self.used_after[at - 1][stake] if at else 0
            peak_fen = max(peak_fen, before_fen + self.taken[at])
        return peak_fen

    def reach(self, at: int) -> int:
        """What a part may take at all: its claim, and under a limit that can grow what earlier parts did not get."""
        place = self.places[at]
        if place.takes_back or not place.grows:
            return place.wanted_fen
        earlier = zip(self.places[:at], self.taken, strict=False)
        return place.wanted_fen + sum(max(0, one.wanted_fen - taken_fen) for one, taken_fen in earlier)
