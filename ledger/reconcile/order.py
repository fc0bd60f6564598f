"""The order in which a bank booked its lines, whichever way a file lists them."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from ledger.reconcile.statements import Line


def oldest_first(lines: Sequence[Line], opening_fen: int | None = None) -> list[Line]:
    """The lines as booked: turned round where the file lists the newest first, each day as its balances follow.

    The days decide; where all are of one day, the balances do, if they only run backwards. A day whose lines all show
    a balance is put into the one order in which each follows from the one before; where there is none, it stands as
    it is. `opening_fen` is the balance before the first line, where it is known.
    """
    kept = list(lines)
    if len(kept) < 2:
        return kept
    turned = kept[::-1]
    first, last = kept[0].booked_on, kept[-1].booked_on
    newest_first = first > last if first != last else _links(turned) > _links(kept)
    return _by_balance(turned if newest_first else kept, opening_fen)


def in_its_days(line: Line, opens_on: str, closes_on: str) -> Line:
    """A line of which the bank says only its value day: where that is none of the statement's, booked by its last."""
    within = not opens_on <= closes_on or opens_on <= line.booked_on <= closes_on
    return line if within else line._replace(booked_on=closes_on)


def _links(lines: Sequence[Line]) -> int:
    """How many lines have the balance that follows from the line before."""
    return sum(
        after.balance_fen - after.amount_fen == before.balance_fen
        for before, after in pairwise(lines)
        if after.balance_fen is not None and before.balance_fen is not None
    )


def _by_balance(lines: list[Line], opening_fen: int | None) -> list[Line]:
    days = [line.booked_on for line in lines]
    whole = all(line.balance_fen is not None for line in lines)
    if not whole or days != sorted(days) or _links(lines) == len(lines) - 1:
        return lines
    ordered: list[Line] = []
    balance = opening_fen
    for _day, group in groupby(lines, key=lambda line: line.booked_on):
        ordered += _trail(list(group), balance)
        balance = ordered[-1].balance_fen
    return ordered


def _trail(lines: list[Line], start: int | None) -> list[Line]:
    """The lines of a day so that each begins on the balance after the one before; as they stand where none is so.

    Lines are edges from the balance before them to the one after: the order is a trail over all of them (Hierholzer).
    Where several are, they lead over the same balances, so every line keeps its own.
    """
    leaving: dict[int, list[Line]] = {}
    surplus: dict[int, int] = {}
    # Taken from the end, so the first of the file comes first.
    for line in reversed(lines):
        before, after = _ends(line)
        leaving.setdefault(before, []).append(line)
        surplus[before] = surplus.get(before, 0) + 1
        surplus[after] = surplus.get(after, 0) - 1
    starts = [balance for balance, count in surplus.items() if count > 0]
    begin = starts[0] if starts else start if start in leaving else _ends(lines[0])[0]
    assert begin is not None, "a line has a balance before it"
    path: list[Line] = []
    stack: list[tuple[int, Line | None]] = [(begin, None)]
    while stack:
        at, by = stack[-1]
        if leaving.get(at):
            line = leaving[at].pop()
            stack.append((_ends(line)[1], line))
        else:
            stack.pop()
            if by is not None:
                path.append(by)
    path.reverse()
    return path if len(path) == len(lines) and _links(path) == len(path) - 1 else lines


def _ends(line: Line) -> tuple[int, int]:
    assert line.balance_fen is not None, "only lines that show a balance are put in order by it"
    return line.balance_fen - line.amount_fen, line.balance_fen
