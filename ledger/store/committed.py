"""What this process has committed to ledgers so far: who reports a failure must say what stands in spite of it."""

from typing import NamedTuple


class Span(NamedTuple):
    """Records `first` to `last` (log indexes) of the ledger in the file `path`, committed one after the other."""

    path: str
    first: int
    last: int


_spans: list[Span] = []


def begin() -> None:
    """Forget what was committed before: a new command begins."""
    _spans.clear()


def note(path: str, first: int, last: int) -> None:
    """Records `first` to `last` are committed."""
    if _spans and (_spans[-1].path, _spans[-1].last + 1) == (path, first):
        first = _spans.pop().first
    _spans.append(Span(path, first, last))


def spans() -> tuple[Span, ...]:
    """What was committed since the command began."""
    return tuple(_spans)
