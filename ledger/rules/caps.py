"""Caps over lines: what lines have of each key, as the digests say that they were last posted with, and what follows.

What a line's digest says that others have of a key is a figure of one record, and all awards below the cap rest on it.
So no run may count less of a key than stands on all lines, no line may have less of its caps than its parts come to,
no limit may lie above the one that the notice states, and a key that is over already gets nothing more. What was paid
outside on no line stands in the opening positions, and counts at least.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from calculators.digest import Digest
from ledger.log import kinds
from ledger.rules.records import Read

__all__ = ["Key", "Used", "cap_key", "lacks", "numbered"]

Key: TypeAlias = tuple[tuple[str, str], ...]
# Number of a key and fen, in turn: what one line has.
Has: TypeAlias = tuple[int, ...]


def cap_key(said: Mapping[str, str]) -> Key:
    """A key of a cap, as it can be looked up: notice and cap, and what tells this amount from others."""
    return tuple(sorted(said.items()))


def _number(key: Key) -> int:
    """A key in eight bytes, for there is one for each firm and cap: its hash, which nobody outside can foresee."""
    return hash(key)


def numbered(caps: Iterable[Mapping[str, Any]]) -> Has:
    """What a line has by the entries of a digest's `caps`, or of those that a proposal says are moved."""
    return tuple(value for cap in caps for value in (_number(cap_key(cap["key"])), cap["own_fen"]))


@dataclass(slots=True)
class Used:
    """What each line has of the keys that its last digest names, and what all lines have of each key together.

    `moved` are the lines that a run found under other keys without posting on them: by the record that closed it.
    """

    lines: dict[str, Has] = field(default_factory=dict)
    sums: dict[int, int] = field(default_factory=lambda: defaultdict(int), compare=False)
    moved: dict[str, list[tuple[int, Has]]] = field(default_factory=lambda: defaultdict(list), compare=False)

    def put(self, line: str, has: Has) -> None:
        """A line has this from now on, and nothing else."""
        for number, fen in _pairs(self.lines.pop(line, ())):
            self.sums[number] -= fen
        if has:
            self.lines[line] = has
        for number, fen in _pairs(has):
            self.sums[number] += fen

    def enter(self, line: str, body: kinds.EntryBody, said: Sequence[int], read: Read) -> None:
        """Know an award entry, or the reversal of one: `said` are the entries of the line that stand then."""
        if "reverses" in body:
            self._again(line, said, read)
        elif "digest" in body:
            self.put(line, numbered(body["digest"]["caps"]))

    def close(self, run: int, moved: Mapping[str, Has]) -> None:
        """Know what the run that record `run` closed has found under other keys."""
        for line, has in moved.items():
            self.moved[line].append((run, has))
            self.put(line, has)

    def reopen(self, run: int, said_of: Callable[[str], Sequence[int]], read: Read) -> None:
        """Forget what the run that record `run` closed has found."""
        for line, moved in self.moved.items():
            if any(closed == run for closed, _ in moved):
                moved[:] = [(closed, has) for closed, has in moved if closed != run]
                self._again(line, said_of(line), read)

    def _again(self, line: str, said: Sequence[int], read: Read) -> None:
        """A line has what its last digest says, or a run since that found it under other keys."""
        last = said[-1] if said else -1
        moved = [has for closed, has in self.moved.get(line, ()) if closed > last]
        if moved or last < 0:
            self.put(line, moved[-1] if moved else ())
            return
        # Where a line has several entries in a run, the first one has the digest.
        body = read(last)
        while "digest" not in body:
            last -= 1
            body = read(last)
        self.put(line, numbered(body["digest"]["caps"]))

    def then(self, key: Key, moved: Mapping[str, Has]) -> int:
        """What all lines have of a key once those that are `moved` have that."""
        number = _number(key)
        gained_fen = sum(
            dict(_pairs(has)).get(number, 0) - (self.of_line(line, key) or 0) for line, has in moved.items()
        )
        return self.sums.get(number, 0) + gained_fen

    def of_line(self, line: str, key: Key) -> int | None:
        """What a line has of a key; None where its last digest does not name it."""
        return dict(_pairs(self.lines.get(line, ()))).get(_number(key))


def _pairs(has: Has) -> Iterator[tuple[int, int]]:
    return zip(has[::2], has[1::2], strict=True)


def lacks(digest: Digest) -> Iterator[tuple[Key, int, int]]:
    """Caps of which a digest says that its line has less than its parts come to: a key, what it says, what is right.

    What a year's key is freed of is at most what was used of it, so all years together may come to more, never to less.
    """
    parts_fen = sum([period["award_fen"] for period in digest["periods"]])
    own: dict[tuple[str, str], int] = {}
    keys: dict[tuple[str, str], Mapping[str, str]] = {}
    for cap in digest["caps"]:
        key = cap["key"]
        if "notice" in key:
            name = key["notice"], key["cap"]
            own[name] = own.get(name, 0) + cap["own_fen"]
            keys[name] = key
    for name, fen in own.items():
        if fen < parts_fen:
            yield cap_key(keys[name]), fen, parts_fen
