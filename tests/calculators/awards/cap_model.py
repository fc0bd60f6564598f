"""The rule "what is posted holds its room" fen by fen, with plain lists: what the calculators must agree with.

Written from the rule's text and not from the program. It moves one fen at a time and calculates everything again after
each, so amounts must be small. Lines are given in their place in the fill order, parts of a line in order of time.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

Fen = dict[str, int]
NEVER = 10**9


@dataclass
class Part:
    """What falls due at once: its claim, the keys that limit it with their limits, and those that it only uses.

    `grows` are the keys whose limit can grow. `kept` is the share of the award that is left by a part which takes back
    in proportion, `gained` its claim without that.
    """

    due: int
    claim: int
    limits: Fen = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    grows: tuple[str, ...] = ()
    kept: Fraction | None = None
    gained: int = 0

    @property
    def keys(self) -> set[str]:
        """Every key that an award of this part uses."""
        return set(self.uses) | set(self.limits)

    @property
    def wanted(self) -> int:
        """The most that the part itself may take."""
        return max(0, self.claim) if self.kept is None else self.gained


@dataclass
class Line:
    """A line: what is posted by due day and by key (its own opening counted), and the last day that a run reached.

    `posts`: this run posts it, of its parts only those due before `held_from`.
    """

    firm: str
    parts: list[Part]
    posted: dict[int, int] = field(default_factory=dict)
    held: Fen = field(default_factory=dict)
    reached: int = -1
    ceiling: int = NEVER
    posts: bool = True
    held_from: int = NEVER


@dataclass
class Outcome:
    """Awards by line and part, what stands by line and key after the run, what keys are over, and which must refuse."""

    awards: list[list[int]]
    after: list[Fen]
    withheld: list[int]
    over: Fen
    exceeded: list[str]


def fill(lines: list[Line], outside: list[tuple[str, str, int]] | None = None, fixed: Fen | None = None) -> Outcome:
    """The awards of all lines; `outside` are (key, firm, fen), `fixed` is held by lines that cannot be calculated."""
    model = _Model(lines, outside or [], fixed or {})
    model.fill()
    return model.outcome()


def post(lines: list[Line], out: Outcome, through: int) -> None:
    """Make what came out what is posted, and the next run's beginning."""
    for line, awards, after in zip(lines, out.awards, out.after, strict=True):
        if not line.posts:
            continue
        stays = {due: fen for due, fen in line.posted.items() if due >= line.held_from}
        line.posted = dict(stays)
        for part, award in zip(line.parts, awards, strict=True):
            if part.due < line.held_from:
                line.posted[part.due] = line.posted.get(part.due, 0) + award
        line.held, line.reached = after, through


# One line by itself, for what its parts have taken so far.


def _stand(line: Line, taken: list[int]) -> tuple[list[int], list[int], list[int]]:
    """After each part: what is claimed to date, what the line would have without its taking back, what it has."""
    claimed = has = 0
    claims, tops, stands = [], [], []
    for part, own in zip(line.parts, taken, strict=True):
        before = claimed
        claimed += part.claim
        top = has + own
        if part.kept is not None:
            has = max(0, claimed)
            if top != before + part.gained:
                has = min(has, floor(part.kept * top + Fraction(1, 2)))
        elif part.claim < 0:
            has = min(top, max(0, claimed))
        else:
            has = top
        claims.append(max(0, claimed))
        tops.append(top)
        stands.append(has)
    return claims, tops, stands


def _awards(line: Line, taken: list[int]) -> list[int]:
    stands = _stand(line, taken)[2]
    return [now - before for now, before in zip(stands, [0, *stands], strict=False)]


def _uses_by_part(line: Line, taken: list[int], before: int = NEVER) -> list[Fen]:
    """After each part due before a day: key -> what the line uses of it; a taking back frees at most what it used."""
    used: Fen = {}
    found = []
    for part, award in zip(line.parts, _awards(line, taken), strict=True):
        if part.due < before:
            used = {**used, **{key: max(0, used.get(key, 0) + award) for key in part.keys}}
        found.append(used)
    return found


def _uses(line: Line, taken: list[int], before: int = NEVER) -> Fen:
    """Key -> what the line uses of it in the end."""
    return [{}, *_uses_by_part(line, taken, before)][-1]


def _plus(taken: list[int], at: int) -> list[int]:
    return [own + (place == at) for place, own in enumerate(taken)]


def _below_ceiling(line: Line, taken: list[int]) -> bool:
    return all(top <= line.ceiling for top in _stand(line, taken)[1])


def _reach(line: Line, taken: list[int], at: int) -> int:
    """What a part may take: its claim, and under a limit that can grow what the parts before did not get."""
    part = line.parts[at]
    if part.claim < 0 and part.kept is None:
        return 0
    if not part.grows:
        return part.wanted
    missed = [max(0, one.wanted - own) for one, own in zip(line.parts[:at], taken, strict=False)]
    return part.wanted + sum(missed)


def _slack(line: Line, taken: list[int], at: int, passed: bool) -> int:
    """What the claim to date leaves at a part and at every later one.

    It ends before a taking back in proportion, and before any taking back that no run or pass has been at yet.
    """
    claims, _, stands = _stand(line, taken)
    left = []
    for q in range(at, len(taken)):
        part = line.parts[q]
        if part.kept is not None or (part.claim < 0 and not passed):
            break
        left.append(claims[q] - stands[q])
    return min(left, default=NEVER)


def _peak(line: Line, taken: list[int], at: int, key: str) -> int:
    """The most that the line uses of a key at a part or ever after; what is gained counts before a share is kept."""
    by_part = [used.get(key, 0) for used in _uses_by_part(line, taken)]
    top = ([0, *by_part])[at] + taken[at] if line.parts[at].kept is not None else 0
    return max([*by_part[at:], top])


class _Model:
    def __init__(self, lines: list[Line], outside: list[tuple[str, str, int]], fixed: Fen) -> None:
        self.lines, self.outside, self.fixed = lines, outside, fixed
        self.taken = [self._kept(line) for line in lines]
        self.hold = [self._hold(line) for line in lines]
        self.withheld = [0] * len(lines)

    def fill(self) -> None:
        self._one_firm()
        again = False
        before = None
        while before != (before := ([list(taken) for taken in self.taken], [dict(held) for held in self.hold])):
            self._round(again)
            again = True
            for at, line in enumerate(self.lines):
                if line.posts:
                    self.hold[at] = _uses(line, self.taken[at])

    # Pass 1: what a line keeps of what it has posted.

    def _kept(self, line: Line) -> list[int]:
        taken = [0] * len(line.parts)
        if not any(line.posted.values()) or not any(part.limits for part in line.parts):
            return taken
        left = dict(line.posted)
        for at, part in enumerate(line.parts):
            # Part by part, where an earlier run has been or something stands.
            known = line.posted.get(part.due) or part.due <= line.reached
            while known and taken[at] < _reach(line, taken, at):
                more = _plus(taken, at)
                claims, _, stands = _stand(line, more)
                if not _below_ceiling(line, more) or stands[at] > claims[at]:
                    break
                if _awards(line, more)[at] > left.get(part.due, 0):
                    break
                taken = more
            left[part.due] = left.get(part.due, 0) - _awards(line, taken)[at]
        for key in sorted({key for part in line.parts for key in part.limits}):
            # The last part loses first.
            while _uses(line, taken).get(key, 0) > line.held.get(key, 0):
                takers = [at for at, part in enumerate(line.parts) if taken[at] and key in part.limits]
                if not takers:
                    break
                taken[takers[-1]] -= 1
        for at, part in enumerate(line.parts):
            # The rest on other parts by due.
            while taken[at] < _reach(line, taken, at) and _slack(line, taken, at, True) >= 1:
                if any(_peak(line, taken, at, key) >= line.held.get(key, 0) for key in part.limits):
                    break
                if not _below_ceiling(line, _plus(taken, at)):
                    break
                taken = _plus(taken, at)
        return taken

    def _hold(self, line: Line) -> Fen:
        """Key -> what a line holds of it: what it has posted, as far as its claims and its ceiling reach."""
        everything = [0] * len(line.parts)
        for at, part in enumerate(line.parts):
            while everything[at] < part.wanted and _below_ceiling(line, _plus(everything, at)):
                everything[at] += 1
        most = _uses(line, everything)
        return {key: min(fen, most.get(key, 0)) for key, fen in line.held.items()}

    def _one_firm(self) -> None:
        for key in sorted({key for line in self.lines for part in line.parts for key in part.limits}):
            for firm in sorted({line.firm for line in self.lines}):
                self._bound_firm(key, firm)

    def _bound_firm(self, key: str, firm: str) -> None:
        own = [
            at
            for at, line in enumerate(self.lines)
            if line.firm == firm and any(key in part.limits for part in line.parts)
        ]
        limits = [part.limits[key] for at in own for part in self.lines[at].parts if key in part.limits]
        if not limits:
            return
        most = max(0, max(limits) - sum(fen for of, whose, fen in self.outside if (of, whose) == (key, firm)))
        if sum(max(self._use(at, key), self.hold[at].get(key, 0)) for at in own) <= most:
            return
        while sum(self._use(at, key) for at in own) > most:
            _, at, place = max(
                (part.due, at, place)
                for at in own
                for place, part in enumerate(self.lines[at].parts)
                if self.taken[at][place] and key in part.limits
            )
            self.taken[at][place] -= 1
        for at in own:
            self.hold[at][key] = self._use(at, key)

    # Pass 2: free room.

    def _round(self, again: bool) -> None:
        self.withheld = [0] * len(self.lines)
        self.cut: list[Fen] = [{} for _ in self.lines]
        self.earlier: list[Fen] = [{} for _ in self.lines]
        deferred = [0] * len(self.lines)
        turns = [(part.due, at, place) for at, line in enumerate(self.lines) for place, part in enumerate(line.parts)]
        for due, at, place in sorted(turns):
            line = self.lines[at]
            passed = again or due <= line.reached
            deferred[at] = self._turn(at, place, passed, deferred[at])
            claims, _, stands = _stand(line, self.taken[at])
            deferred[at] = max(0, min(deferred[at], claims[place] - stands[place]))
            award = _awards(line, self.taken[at])[place]
            for key in line.parts[place].keys:
                self.earlier[at][key] = max(0, self.earlier[at].get(key, 0) + award)

    def _turn(self, at: int, place: int, passed: bool, deferred: int) -> int:
        """Give a part what it may have; the answer is what growing limits alone cut, which later parts claim."""
        line, part = self.lines[at], self.lines[at].parts[place]
        if part.claim < 0 and part.kept is None:
            self._withhold(at, place, 0)
            return deferred
        start = self.taken[at][place]
        asked = part.wanted + deferred - start
        earlier = {key: self._room_earlier(at, place, key) - start for key in part.limits}
        most = min(asked, _slack(line, self.taken[at], place, passed))
        above = given = 0
        while (
            given < most
            and _below_ceiling(line, _plus(self.taken[at], place))
            and all(self._room(at, place, key) >= 1 for key in part.limits)
        ):
            self.taken[at][place] += 1
            given += 1
        if given < asked and not _below_ceiling(line, _plus(self.taken[at], place)):
            # Withheld is what the ceiling cuts of what parts with an earlier turn left.
            above = max(0, min([asked, *earlier.values()]) - given)
        self._withhold(at, place, above)
        # As parts with an earlier turn left it, whatever holds room besides: only what can grow is claimed again.
        firm = min([asked, *(room for key, room in earlier.items() if key not in part.grows)])
        return max(0, firm - max(given + above, min([asked, *earlier.values()])))

    def _withhold(self, at: int, place: int, above: int) -> None:
        line, part = self.lines[at], self.lines[at].parts[place]
        claims, _, stands = _stand(line, self.taken[at])
        before = self.withheld[at]
        now = before + above
        if part.kept is not None:
            now = floor(part.kept * now + Fraction(1, 2))
        now = max(0, min(now, claims[place] - stands[place]))
        self.withheld[at] = now
        for key in part.limits:
            self.cut[at][key] = max(0, self.cut[at].get(key, 0) + now - before)

    def _room(self, at: int, place: int, key: str) -> int:
        """What a key leaves a line at a part and ever after, besides all that others have, hold and have posted."""
        others = sum(self._effective(other, key) for other in range(len(self.lines)) if other != at)
        return self._limit(at, place, key) - others - _peak(self.lines[at], self.taken[at], place, key)

    def _room_earlier(self, at: int, place: int, key: str) -> int:
        """What a key leaves of what parts with an earlier turn have."""
        return self._limit(at, place, key) - sum(fen.get(key, 0) for fen in self.earlier)

    def _limit(self, at: int, place: int, key: str) -> int:
        """The limit on a part, less what was paid outside and what of the line was withheld."""
        outside = sum(fen for of, _, fen in self.outside if of == key) + self.fixed.get(key, 0)
        return self.lines[at].parts[place].limits[key] - outside - self.cut[at].get(key, 0)

    def _use(self, at: int, key: str) -> int:
        return _uses(self.lines[at], self.taken[at]).get(key, 0)

    def _effective(self, at: int, key: str) -> int:
        """The room that a line takes from others: what it has, what it holds, what stands posted after the run."""
        return max(self._use(at, key), self.hold[at].get(key, 0), self._after(at).get(key, 0))

    # What came out.

    def _after(self, at: int) -> Fen:
        """Key -> what stands posted on a line after the run; a due day that is held keeps what it has."""
        line = self.lines[at]
        if not line.posts:
            return dict(line.held)
        after = _uses(line, self.taken[at], line.held_from)
        if line.held_from == NEVER or not line.parts:
            return after
        for due, fen in line.posted.items():
            if due >= line.held_from:
                by_then = [part for part in line.parts if part.due <= due] or line.parts[:1]
                for key in by_then[-1].keys:
                    after[key] = after.get(key, 0) + fen
        return after

    def outcome(self) -> Outcome:
        after = [self._after(at) for at in range(len(self.lines))]
        over: Fen = {}
        exceeded = []
        for key in sorted({key for line in self.lines for part in line.parts for key in part.limits}):
            limited = [at for at, line in enumerate(self.lines) if any(key in part.limits for part in line.parts)]
            most = max(part.limits[key] for at in limited for part in self.lines[at].parts if key in part.limits)
            total = sum(fen.get(key, 0) for fen in after) + self.fixed.get(key, 0)
            total += sum(fen for of, _, fen in self.outside if of == key)
            if total > most:
                over[key] = total - most
                own = [at for at in limited if self.lines[at].posts]
                if sum(after[at].get(key, 0) for at in own) > sum(self.lines[at].held.get(key, 0) for at in own):
                    exceeded.append(key)
        awards = [_awards(line, taken) for line, taken in zip(self.lines, self.taken, strict=True)]
        return Outcome(awards, after, self.withheld, over, exceeded)
