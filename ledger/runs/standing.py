"""What stands posted on award lines, and under which keys of caps: what holds its room in the next run.

The keys are those of the digest that a line was last posted with. Where a run found a line's amounts under other keys
(a loan corrected to another lender) and had nothing to post on it, its proposal says so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from calculators.awards.caps import Key, Posted
from calculators.digest import Digest
from ledger.book.balances import Award, standing_awards
from ledger.book.digests import digests_at
from ledger.log import kinds
from ledger.runs.history import State, runs
from ledger.store.ledger import View


def standing(
    view: View, posted: Mapping[tuple[str, date], Award], lines: Collection[str] | None = None
) -> dict[str, Posted]:
    """What stands on every line, or these, that anything was posted on, by line id."""
    dues: dict[str, dict[date, int]] = defaultdict(dict)
    for (line, due), award in posted.items():
        dues[line][due] = award.amount_fen
    found = {}
    for digest, caps in said_of_caps(view, lines):
        line = digest["line"]
        stands = dues[line]
        for taken in digest.get("taken_back", ()):
            # A claw-back frees no room.
            due = date.fromisoformat(taken["due"])
            stands[due] = stands.get(due, 0) + taken["amount_fen"]
        found[line] = Posted(stands, keys_of(caps), date.fromisoformat(digest["through"]))
    return found


def said_of_caps(
    view: View, lines: Collection[str] | None = None
) -> Iterator[tuple[Digest, Sequence[Mapping[str, Any]]]]:
    """The digest in force of each line that anything was posted on, and what was said last of its keys of caps."""
    moved = _moved(view)
    for record, digest in _last_digests(view, lines):
        since, caps = moved.get(digest["line"], (-1, []))
        yield digest, caps if since > record else digest["caps"]


def keys_of(caps: Iterable[Mapping[str, Any]]) -> dict[Key, int]:
    """What a line has of each key, by the entries of a digest's `caps`; keys of which it has nothing count as known."""
    return {tuple(sorted(cap["key"].items())): cap["own_fen"] for cap in caps}


def _last_digests(view: View, lines: Collection[str] | None) -> list[tuple[int, Digest]]:
    """Log index and digest of the last award entry of each line that was not taken back."""
    last: dict[str, int] = {}
    for (line, _due), record in standing_awards(view, lines).items():
        last[line] = max(record, last.get(line, record))
    found: list[tuple[int, Digest]] = []
    for seq, digest in digests_at(view, view.bodies(kinds.ENTRY, last.values())).items():
        assert digest is not None, "an award entry rests on a digest"
        found.append((seq, digest))
    return found


def _moved(view: View) -> dict[str, tuple[int, list[kinds.OwnCap]]]:
    """Line -> the record that closed the last run which found it under other keys, and those."""
    return {
        moved["line"]: (run.closed, moved["caps"])
        for run in runs(view)
        if run.state is State.CLOSED
        for moved in run.proposal.get("moved", ())
    }
