"""What a run adds to a line and due period, and where a reduction goes that comes after the payment."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ledger.book.payables import payable_by_line
from ledger.store.ledger import View


@dataclass(frozen=True, slots=True)
class Step:
    """One award entry to post: `award_fen` (negative for a reduction) moves line and due period to what is due.

    `n` counts the entries the line already has, and `before_fen` is what they and awards outside come to. `replaces` is
    the log index of the entry the due period was last posted by; present exactly when this is a true-up. `owed_back`:
    it reduces what has been paid, or is on its way, so the payee owes it.
    """

    line: str
    due: date
    award_fen: int
    n: int
    before_fen: int
    digest: dict[str, Any]
    replaces: int | None
    owed_back: bool = False


def split(view: View, steps: Iterable[Step]) -> Iterator[Step]:
    """The steps, each reduction cut in two: what its line is still owed bears a part, the payee owes the rest.

    A line is owed what is open on it in `view` and what these steps award to it; its reductions use that up in the
    order of the steps. Payments are records of the log, so the same view always gives the same parts.
    """
    planned = list(steps)
    if all(step.award_fen > 0 for step in planned):
        yield from planned
        return
    open_fen = payable_by_line(view)
    for step in planned:
        open_fen[step.line] += max(0, step.award_fen)
    cuts: Counter[str] = Counter()
    for step in planned:
        step = replace(step, n=step.n + cuts[step.line])
        borne = min(max(0, -step.award_fen), max(0, open_fen[step.line]))
        open_fen[step.line] -= borne
        owed_back = min(0, step.award_fen) + borne
        if not owed_back:
            yield step
        elif not borne:
            yield replace(step, owed_back=True)
        else:
            cuts[step.line] += 1
            yield replace(step, award_fen=-borne)
            yield replace(step, award_fen=owed_back, n=step.n + 1, before_fen=step.before_fen - borne, owed_back=True)
