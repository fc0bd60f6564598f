"""Who gets the room of the caps: first what is posted keeps its room, then the rest is filled in a fixed order.

Pass 1: a line keeps of each key what it has posted, as far as its claims and decisions reach today: part by part, the
rest on its other parts by due; its last part loses first. Where one firm's lines hold more than a cap allows that firm
(the highest limit of their parts, less what was paid outside to this firm), its last in the order loses. Nothing else
lowers what is posted: a key that is over for another reason gets nothing more.

Pass 2: free room goes to parts by the end of the due period, within one end in the notice's stated order. What was paid
outside has taken its room, and what a line of another run has posted or will post keeps it. The grant's ceiling and the
decisions below it come last and per line: what lies above them is withheld and uses up no cap. The pass is repeated
while lines let go of what they hold and do not use.

Lines that no key can bind are done before (see `uncontended`): for them both passes come to their claims.

A cap limits, it does not scale (see `taking`). Room that a cap did not have is lost unless it becomes free later, or
the limit itself can grow: what such a limit alone cut is claimed again by later parts, because it is on the total.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from calculators.awards.caps import NOTHING_POSTED, CappedLine, Fill, Key, Pool, Posted, keys_outside, pools_of
from calculators.awards.lines import Outside
from calculators.awards.taking import Limit, Room, Stake, Taker
from calculators.awards.uncontended import settle_uncontended
from calculators.money import round_fen

__all__ = ["fill"]


def fill(
    lines: Sequence[CappedLine],
    outside: Iterable[Outside],
    posted: Mapping[str, Posted] | None = None,
    posts: Collection[str] | None = None,
    pools: Mapping[str, Collection[Pool]] | None = None,
) -> None:
    """Set the award of every part, and how each key came out; the order of `lines` is of no matter.

    `posted` is what stands on the book by line id, on other lines than `lines` too: that takes room and stays, so a
    line that loses everything with this run is named there with nothing. `posts` are the lines that the run posts
    (None = all): the others keep what they have posted, and room for what they come to. `pools` is what the lines of
    each notice use up (None = what the notices of `lines` state): of some lines, what all would state.
    """
    rooms: dict[Key, Room] = defaultdict(Room)
    used = pools_of(lines) if pools is None else pools
    takers = _takers(lines, outside, posted or {}, posts, used, rooms)
    for taker in takers:
        _keep(taker)
    for _, room in sorted(rooms.items()):
        _bound_firms(room)
    for tied in _tied(takers):
        _share_out(tied)
    for taker in takers:
        _conclude(taker)


def _takers(
    lines: Sequence[CappedLine],
    outside: Iterable[Outside],
    posted: Mapping[str, Posted],
    posts: Collection[str] | None,
    pools: Mapping[str, Collection[Pool]],
    rooms: Mapping[Key, Room],
) -> list[Taker]:
    """The lines that something may bind, in the order in which they fill caps; the awards of the others are set.

    What others have is counted in `rooms`.
    """
    calculated = {capped.line.id for capped in lines}
    opened: dict[str, list[Outside]] = defaultdict(list)
    for paid in outside:
        if paid.line in calculated:
            opened[paid.line].append(paid)
            continue
        if paid.line in posted:
            # Counted with what stands on the line.
            continue
        for key in keys_outside(paid, pools):
            rooms[key].pay_outside(paid)
    for line in posted.keys() - calculated:
        for key, fen in posted[line].keys.items():
            rooms[key].posted_fen += fen
    bound = settle_uncontended(lines, pools, rooms, posted, posts, opened)
    takers = [
        Taker(
            capped,
            pools.get(capped.line.notice_id, ()),
            rooms,
            posted.get(capped.line.id, NOTHING_POSTED),
            opened[capped.line.id],
            posts is None or capped.line.id in posts,
        )
        for capped in bound
    ]
    return sorted(takers, key=lambda taker: taker.order)


# Pass 1.


def _keep(taker: Taker) -> None:
    """Let a line keep what it has posted, as far as its claims and its ceiling reach."""
    if not any(taker.dues.values()):
        return
    if any(stake.limits for stake in taker.stakes.values()):
        _keep_part_by_part(taker)
        for _, stake in sorted(taker.stakes.items()):
            if stake.limits:
                _lower(taker, stake, stake.before_fen)
        _keep_the_rest(taker)
    _hold(taker)


def _keep_part_by_part(taker: Taker) -> None:
    left = dict(taker.dues)
    for at, place in enumerate(taker.places):
        if not left.get(place.part.due) and place.part.due > taker.reached:
            continue
        left_fen = left.get(place.part.due, 0)
        most_fen = min(taker.reach(at), taker.headroom(at))
        if place.part.proportion:

            def fits(taken_fen: int, at: int = at, left_fen: int = left_fen) -> bool:
                taker.take(at, taken_fen - taker.taken[at])
                return taker.award(at) <= left_fen

            kept_fen = max(0, _largest(most_fen, fits))
        else:
            kept_fen = max(0, min(most_fen, left_fen, taker.unclaimed(at)))
        taker.take(at, kept_fen - taker.taken[at])
        left[place.part.due] = left_fen - taker.award(at)


def _lower(taker: Taker, stake: Stake, most_fen: int) -> None:
    """Lower the last parts that a key limits until the line uses no more of it."""
    for at in reversed(range(len(taker.places))):
        if stake.use_fen <= most_fen:
            return
        if any(limit.stake is stake for limit in taker.places[at].limits):
            _lower_part(taker, at, stake, most_fen)


def _lower_part(taker: Taker, at: int, stake: Stake, most_fen: int) -> None:
    """Lower one part as little as makes the line use no more of a key; to nothing where that is not enough."""

    def fits(taken_fen: int) -> bool:
        taker.take(at, taken_fen - taker.taken[at])
        return stake.use_fen <= most_fen

    kept_fen = max(0, _largest(taker.taken[at], fits))
    taker.take(at, kept_fen - taker.taken[at])


def _keep_the_rest(taker: Taker) -> None:
    for at, place in enumerate(taker.places):
        rest_fen = min((limit.stake.before_fen - taker.peak(at, limit.stake) for limit in place.limits), default=0)
        if rest_fen <= 0:
            continue
        most_fen = _at_most(taker.reach(at) - taker.taken[at], taker.slack(at, passed=True))
        if taker.plain:
            taker.take(at, max(0, min(most_fen, taker.headroom(at), rest_fen)))
        else:
            stakes = [limit.stake for limit in place.limits]

            def free(at: int = at, stakes: Sequence[Stake] = stakes) -> bool:
                return all(taker.peak(at, stake) < stake.before_fen for stake in stakes)

            taker.take(at, _fitting(taker, at, most_fen, free))


def _hold(taker: Taker) -> None:
    """Hold of each key what is posted, as far as all claims together would use it."""
    stakes = taker.stakes.values()
    if all(stake.before_fen <= stake.use_fen for stake in stakes):
        for stake in stakes:
            stake.hold(stake.before_fen)
        return
    kept = taker.taken
    taker.put([0] * len(kept))
    for at, place in enumerate(taker.places):
        taker.take(at, max(0, min(place.wanted_fen, taker.headroom(at))))
    most = {stake: stake.use_fen for stake in stakes}
    taker.put(kept)
    for stake, most_fen in most.items():
        stake.hold(min(stake.before_fen, most_fen))


def _bound_firms(room: Room) -> None:
    """Where one firm's lines hold more of a key than the firm may have, lower the last of them."""
    limited = [stake for stake in room.stakes if stake.limits]
    if not limited or room.taken_fen + room.outside_fen <= min(max(stake.limits) for stake in limited):
        return
    by_firm: dict[str, list[Stake]] = defaultdict(list)
    for stake in limited:
        by_firm[stake.line.firm].append(stake)
    for firm, own in sorted(by_firm.items()):
        most_fen = max(0, max(max(stake.limits) for stake in own) - room.firms.get(firm, 0))
        if sum(max(stake.use_fen, stake.hold_fen) for stake in own) > most_fen:
            _bound(own, most_fen)


def _bound(own: Sequence[Stake], most_fen: int) -> None:
    places = sorted(
        (
            (place.part.due, stake.line.order, at, stake)
            for stake in own
            for at, place in enumerate(stake.line.places)
            if any(limit.stake is stake for limit in place.limits)
        ),
        key=lambda found: found[:3],
    )
    for _, _, at, stake in reversed(places):
        others_fen = sum(other.use_fen for other in own if other is not stake)
        if others_fen + stake.use_fen > most_fen:
            _lower_part(stake.line, at, stake, most_fen - others_fen)
    for stake in own:
        stake.hold(stake.use_fen)


# Pass 2.


def _tied(takers: Iterable[Taker]) -> Iterable[list[Taker]]:
    """The takers that meet in a room, directly or through others, in their order: the rest is no matter to them."""
    groups: list[list[Taker]] = []
    group_of: dict[int, list[Taker]] = {}
    reached: set[int] = set()
    for taker in takers:
        if id(taker) not in group_of:
            groups.append([])
            stack = [taker]
            while stack:
                found = stack.pop()
                group_of[id(found)] = groups[-1]
                rooms = {id(stake.room): stake.room for stake in found.stakes.values()}
                stack += (stake.line for room in rooms.values() if id(room) not in reached for stake in room.stakes)
                reached |= rooms.keys()
        group_of[id(taker)].append(taker)
    return groups


def _share_out(takers: Sequence[Taker]) -> None:
    """Give free room to the parts in their order, again while lines of this run let go of room.

    `takers` are all that meet in some rooms, and no others: that somebody else lets go is no reason to go round again.
    """
    rooms = {id(stake.room): stake.room for taker in takers for stake in taker.stakes.values()}.values()
    turns = sorted(
        (place.part.due, rank, at) for rank, taker in enumerate(takers) for at, place in enumerate(taker.places)
    )
    again = False
    while True:
        for room in rooms:
            room.earlier_fen = 0
        for taker in takers:
            taker.begin()
        for _, rank, at in turns:
            _turn(takers[rank], at, again)
        let_go = [_let_go(taker) for taker in takers if taker.posts]
        if not any(let_go):
            return
        again = True


def _let_go(taker: Taker) -> bool:
    """Hold no more than is used; whether that leaves room to others."""
    takes_fen = sum(stake.takes_fen for stake in taker.stakes.values())
    for stake in taker.stakes.values():
        stake.hold(stake.use_fen)
    return sum(stake.takes_fen for stake in taker.stakes.values()) < takes_fen


def _turn(taker: Taker, at: int, again: bool) -> None:
    """Give one part what caps and ceiling leave of its claim, and note what they cut."""
    place = taker.places[at]
    if place.takes_back:
        _withhold(taker, at, 0)
    else:
        _give(taker, at, passed=again or place.part.due <= taker.reached)
    if taker.deferred_fen:
        taker.deferred_fen = max(0, min(taker.deferred_fen, taker.unclaimed(at)))
    award_fen = taker.award(at)
    for stake in place.stakes:
        earlier_fen = max(0, stake.earlier_fen + award_fen)
        stake.room.earlier_fen += earlier_fen - stake.earlier_fen
        stake.earlier_fen = earlier_fen


def _give(taker: Taker, at: int, passed: bool) -> None:
    """Give a part of its claim what is free.

    One that an earlier run or pass has dealt with gets no more than the claim to date leaves at every later part.
    """
    place = taker.places[at]
    asked_fen = place.wanted_fen + taker.deferred_fen - taker.taken[at]
    if asked_fen <= 0:
        taker.deferred_fen = 0
        _withhold(taker, at, 0)
        return
    most_fen = asked_fen
    if passed or not taker.simple:
        most_fen = _at_most(asked_fen, taker.slack(at, passed))
    free_fen, earlier_fen, firm_fen = most_fen, asked_fen, asked_fen
    for limit in place.limits:
        left_fen, left_earlier_fen = _left(limit, taker, at)
        limit.stake.binding |= left_fen < most_fen or left_earlier_fen < asked_fen
        free_fen = min(free_fen, left_fen)
        earlier_fen = min(earlier_fen, left_earlier_fen)
        if not limit.grows:
            firm_fen = min(firm_fen, left_earlier_fen)
    if taker.plain:
        given_fen = max(0, min(free_fen, taker.headroom(at)))
    else:
        given_fen = _fitting(taker, at, most_fen, lambda: all(_left(limit, taker, at)[0] > 0 for limit in place.limits))
    taker.take(at, given_fen)
    above_fen = 0
    if given_fen < asked_fen and _at_ceiling(taker, at):
        # Withheld is what the ceiling cuts of what parts with an earlier turn left, whatever holds room besides.
        above_fen = max(0, earlier_fen - given_fen)
    _withhold(taker, at, above_fen)
    taker.deferred_fen = max(0, firm_fen - max(given_fen + above_fen, earlier_fen))


def _at_most(amount_fen: int, most_fen: int | None) -> int:
    return amount_fen if most_fen is None else min(amount_fen, most_fen)


def _fitting(taker: Taker, at: int, most_fen: int, free: Callable[[], bool]) -> int:
    """The most that a part may take more, where later parts take back, so that not all of it stands in the end.

    It stays below the ceiling, and `free` says whether there is room for another fen once the part has taken some.
    """
    had_fen = taker.taken[at]

    def fits(more_fen: int) -> bool:
        if more_fen == 0:
            return True
        taker.take(at, had_fen + more_fen - 1 - taker.taken[at])
        if not free():
            return False
        taker.take(at, 1)
        return taker.headroom(at) >= 0

    more_fen = _largest(most_fen, fits)
    taker.take(at, had_fen - taker.taken[at])
    return more_fen


def _at_ceiling(taker: Taker, at: int) -> bool:
    """Whether one fen more on a part would lie above the ceiling."""
    if taker.plain:
        return taker.headroom(at) <= 0
    taker.take(at, 1)
    above = taker.headroom(at) < 0
    taker.take(at, -1)
    return above


def _left(limit: Limit, taker: Taker, at: int) -> tuple[int, int]:
    """What a key leaves a part: of all that lines take, and of what parts with an earlier turn have."""
    stake, room = limit.stake, limit.stake.room
    all_fen = limit.limit_fen - room.outside_fen - room.posted_fen - stake.cut_fen
    others_fen = room.taken_fen - stake.takes_fen
    return all_fen - others_fen - taker.peak(at, stake), all_fen - room.earlier_fen - taker.taken[at]


def _withhold(taker: Taker, at: int, above_fen: int) -> None:
    """Count what the ceiling cuts at a part; what is no longer claimed is no longer withheld either."""
    place = taker.places[at]
    before_fen = taker.above_fen
    now_fen = before_fen + above_fen
    if now_fen and place.part.proportion:
        now_fen = round_fen(place.part.proportion.kept * now_fen, place.part.rounding)
    if now_fen:
        now_fen = max(0, min(now_fen, taker.unclaimed(at)))
    taker.above_fen = now_fen
    taker.above[at] = now_fen - before_fen
    if now_fen != before_fen:
        for limit in place.limits:
            limit.stake.cut_fen = max(0, limit.stake.cut_fen + now_fen - before_fen)


def _conclude(taker: Taker) -> None:
    """Write down what came out: the award of each part, and how each key was filled."""
    for at, place in enumerate(taker.places):
        place.part.award_fen = taker.award(at)
        place.part.withheld_fen += taker.above[at]
    for key, stake in taker.stakes.items():
        room = stake.room
        taker.one.fills[key] = Fill(
            key,
            stake.limits[-1] if stake.limits else None,
            max(stake.limits, default=None),
            room.outside_fen,
            room.posted_fen + room.after_fen - stake.after_fen,
            max(0, room.taken_fen - room.after_fen),
            stake.after_fen,
            stake.before_fen,
            stake.binding,
        )


def _largest(most_fen: int, fits: Callable[[int], bool]) -> int:
    """The largest amount from 0 to `most_fen` that fits, where every smaller one fits too; -1 where none does."""
    low_fen, high_fen = -1, max(0, most_fen)
    while low_fen < high_fen:
        middle_fen = (low_fen + high_fen + 1) // 2
        if fits(middle_fen):
            low_fen = middle_fen
        else:
            high_fen = middle_fen - 1
    return low_fen
