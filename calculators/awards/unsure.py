"""Lines of a firm that are held: what they add to conditions over all of its lines is not known yet.

Such a condition (contracts, interest or figures that come together to an amount; one support a year) is decided where
what is sure meets it in a way that more cannot undo. Otherwise the lines that it is asked of wait for the line held.
So does a line whose own amount rests on what others come to: on a ladder, or below a cap on the firm's principal.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from calculators.awards.lines import AwardLine, Support

__all__ = ["SURE", "Absent", "Unsure", "Waited", "WaitedByFirm", "waited_for"]


class Waited(NamedTuple):
    """A line that others wait for, by its id, and the key of its item."""

    line: str
    item: str


# (firm, notice) -> its lines that are held.
WaitedByFirm: TypeAlias = Mapping[tuple[str, str], Sequence[Waited]]


class Absent(NamedTuple):
    """A granted line that is held without its item, so that it is no line here; `supports` are what it may count as."""

    line: str
    item: str
    uscc: str
    notice: str
    supports: tuple[Support, ...] = ()


class Unsure(NamedTuple):
    """What is held from outside: ids of lines whose facts are not to be relied on, and lines without an item."""

    lines: Collection[str] = ()
    absent: Sequence[Absent] = ()

    def by_firm(self, lines: Iterable[AwardLine], failed: Collection[str]) -> WaitedByFirm:
        """The held lines by firm and notice, in order of their ids; `failed` are those that cannot be calculated."""
        found: dict[tuple[str, str], list[Waited]] = defaultdict(list)
        for line in lines:
            if line.id in self.lines or line.id in failed:
                found[line.entity.uscc, line.notice_id].append(Waited(line.id, line.item_key))
        for absent_line in self.absent:
            found[absent_line.uscc, absent_line.notice].append(Waited(absent_line.line, absent_line.item))
        return {key: sorted(own) for key, own in found.items()}


SURE = Unsure()


def waited_for(line: AwardLine, by_firm: WaitedByFirm) -> Sequence[Waited]:
    """The held lines that a line's sums wait for; none for a line that is held itself."""
    found = by_firm.get((line.entity.uscc, line.notice_id), ())
    return () if any(one.line == line.id for one in found) else found
