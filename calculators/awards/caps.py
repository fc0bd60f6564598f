"""What a cap is: its amounts, which awards use one up, and how much it lets a part have.

A cap limits the lines of the notice that states it; the notices that it names as sharing use it up as well; stated on
both sides it limits both. A **key** is one amount of one cap: its notice and id, the values of its dimensions, and the
year where the cap counts years. The interest of a loan, on which several lines draw, is a key like any other.
`filling` says who gets the room of a key.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol, TypeAlias

from calculators.awards.lines import AwardLine, ItemLine, Line, Outside, Proportion, holds_status
from calculators.awards.loan_parts import LOAN_INTEREST, Part
from calculators.digest import CapUse
from calculators.money import Rounding, round_fen
from calculators.notices.item import ItemCap
from calculators.notices.loan import LoanCap
from calculators.notices.model import Cap, Notice

__all__ = [
    "LOAN_POOL",
    "NOTHING_POSTED",
    "CappedLine",
    "CappedPart",
    "Fill",
    "Key",
    "Pool",
    "Posted",
    "Use",
    "can_grow",
    "cap_of",
    "keys_outside",
    "limit_of",
    "pools_of",
    "stated_pools",
    "uses_of",
    "year_free",
]

# Name and value of everything that tells one amount from others, by name: ("cap", "total"), ("entity", "9111...") ...
Key: TypeAlias = tuple[tuple[str, str], ...]


class Posted(NamedTuple):
    """What is posted on a line, in fen: withdrawals are netted out, claw-backs left out.

    `dues`: by due period, without what was paid outside. `keys`: by key, as the last digest posted of the line says,
    what was paid outside on the line included; `through`: the day before which that digest calculated.
    """

    dues: Mapping[date, int]
    keys: Mapping[Key, int]
    through: date


NOTHING_POSTED = Posted({}, {}, date.min)


@dataclass(slots=True)
class Fill:
    """How one key came out for one line, in fen.

    `limit_fen` is the limit of the line's last part, `most_fen` the highest of its parts; both are None where the key
    does not limit the line, which only uses it up. `own_fen` stands on the line after the run and `others_fen` on all
    other lines, what was paid outside on them included; `outside_fen` was paid outside on no line. `reserved_fen` is
    kept free for what is calculated and not posted yet. `before_fen` stood on the line before. `binding`: it cut
    something.
    """

    key: Key
    limit_fen: int | None = None
    most_fen: int | None = None
    outside_fen: int = 0
    others_fen: int = 0
    reserved_fen: int = 0
    own_fen: int = 0
    before_fen: int = 0
    binding: bool = False

    @property
    def cap(self) -> str:
        """The name of the cap."""
        return dict(self.key)["cap"]

    @property
    def year(self) -> str:
        """The year whose amount it is; empty where the cap has one amount for all years."""
        return next((value for name, value in self.key if name in _YEARS), "")

    @property
    def used_fen(self) -> int:
        """What of it is not the line's to have."""
        return self.outside_fen + self.others_fen + self.reserved_fen

    @property
    def over_fen(self) -> int:
        """By how much what stands lies above the limit."""
        stands_fen = self.outside_fen + self.others_fen + self.own_fen
        return 0 if self.most_fen is None else max(0, stands_fen - self.most_fen)

    def told(self) -> CapUse:
        """The entry of a digest's `caps`."""
        use = CapUse(
            key=dict(self.key),
            outside_fen=self.outside_fen,
            others_fen=self.others_fen,
            reserved_fen=self.reserved_fen,
            own_fen=self.own_fen,
        )
        if self.most_fen is not None:
            use["limit_fen"] = self.most_fen
        return use


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
    """A line with its parts in order of time; `fills` says how each key came out.

    Parts due on or after `held_from` are calculated and keep their room, but are not posted yet.
    """

    line: AwardLine
    parts: Sequence[CappedPart]
    held_from: date = date.max
    fills: dict[Key, Fill] = field(default_factory=dict)

    def told(self) -> list[CapUse]:
        """The field `caps` of a digest: every key that the line uses, by key."""
        return [fill.told() for _, fill in sorted(self.fills.items())]


class Pool(NamedTuple):
    """A cap as something that is used up: by the lines of its notice and of the notices that share it."""

    notice: str
    cap: str
    per: tuple[str, ...]
    year_of: str | None

    def key(self, own: Callable[[str], str], due: date, ends_before: date) -> Key:
        """Which of the cap's amounts an award uses up; `own` says which entity, loan ... it has."""
        values = [(name, own(name)) for name in self.per if name != "year"]
        values.append(("cap", self.cap))
        if self.notice:
            values.append(("notice", self.notice))
        if self.year_of in _YEARS:
            values.append((self.year_of, str(_year(ends_before if self.year_of == "accrual_day" else due))))
        values.sort()
        return tuple(values)


# `year_of: fund` is one amount for all years.
_YEARS = ("due_date", "accrual_day")

# One for all notices: whichever they are, their awards on one loan are bounded together.
LOAN_POOL = Pool("", LOAN_INTEREST.id, LOAN_INTEREST.per, None)


class Use(NamedTuple):
    """The keys that a part uses up, and those of them that limit it, each with its cap."""

    used: Sequence[Key]
    limiting: Sequence[tuple[Key, Cap]]


def cap_of(key: Key) -> tuple[object, ...]:
    """The cap that a key is an amount of: its notice and id, and what it tells apart, whatever the values are."""
    values = dict(key)
    return values.get("notice"), values["cap"], tuple(name for name, _ in key)


def year_free(key: Key) -> Key:
    """The amounts of a cap that differ from a key in nothing but the year."""
    return tuple((name, value) for name, value in key if name not in _YEARS)


def pools_of(lines: Iterable[CappedLine]) -> Mapping[str, set[Pool]]:
    """Notice id -> everything that its lines use up, whichever version or notice states it."""
    return stated_pools({id(notice): notice for capped in lines for notice in capped.line.notices}.values())


def stated_pools(notices: Iterable[Notice]) -> Mapping[str, set[Pool]]:
    """Notice id -> what its awards use up by what these notices state."""
    pools: dict[str, set[Pool]] = defaultdict(set)
    for notice in notices:
        for cap in notice.caps:
            for user in (notice.id, *cap.shared_with):
                pools[user].add(_pool(notice, cap))
    return pools


def keys_outside(paid: Outside, pools: Mapping[str, Iterable[Pool]]) -> Iterator[Key]:
    """The keys that an award uses up which was paid outside, on a line that nobody calculates."""
    used = pools.get(paid.notice, ())
    for pool in (*used, LOAN_POOL) if paid.loan else used:
        yield pool.key(paid.own, paid.due, paid.due)


def uses_of(capped_line: CappedLine, pools: Iterable[Pool]) -> list[Use]:
    """What each part of a line uses up, in order."""
    # Mostly the same for all parts of a line.
    known: dict[tuple[int, int, int, int], Use] = {}
    found = []
    for part in capped_line.parts:
        name = (id(part.notice), len(part.caps), _year(part.due), _year(part.ends_before))
        if name not in known:
            known[name] = _use(capped_line.line, part, pools)
        found.append(known[name])
    return found


def _use(line: AwardLine, part: CappedPart, pools: Iterable[Pool]) -> Use:
    def key(pool: Pool) -> Key:
        return pool.key(line.own, part.due, part.ends_before)

    limiting = [(key(_pool(part.notice, cap)), cap) for cap in part.caps]
    return Use(list(dict.fromkeys([key for key, _ in limiting] + [key(pool) for pool in pools])), limiting)


def _pool(notice: Notice, cap: Cap) -> Pool:
    return LOAN_POOL if cap is LOAN_INTEREST else Pool(notice.id, cap.id, cap.per, cap.year_of)


def _year(ends_before: date) -> int:
    """The year of the last day before `ends_before`."""
    return ends_before.year - (ends_before.month == 1 and ends_before.day == 1)


def limit_of(cap: Cap, line: AwardLine, part: CappedPart) -> int:
    """The limit in fen for a part: by the entity's status on its first day, by what was drawn before its end.

    A share of the drawdown or of a figure is rounded down, so that the award never lies above it.
    """
    if cap is LOAN_INTEREST:
        assert isinstance(part, Part), "only a loan has interest"
        return part.loan_interest_fen or 0
    if not (isinstance(cap, LoanCap) and isinstance(line, Line)):
        if isinstance(cap, ItemCap) and cap.share_of_figure and isinstance(line, ItemLine):
            figure = line.figure(cap.share_of_figure.figure)
            return 0 if figure is None else round_fen(cap.share_of_figure.share * figure.fen, Rounding.DOWN)
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


def can_grow(cap: Cap) -> bool:
    """Whether the limit itself can grow while the line goes on, and so bounds the total."""
    if cap is LOAN_INTEREST:
        return True
    if not isinstance(cap, LoanCap):
        return False
    return "year" not in cap.per and (cap.when_status is not None or cap.share_of_drawdown is not None)
