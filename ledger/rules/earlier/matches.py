"""What must hold between matches and the lines and payouts that they join; records come in log order."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ledger.log import kinds
from ledger.rules.earlier.codes import found
from ledger.rules.groups import Found
from ledger.rules.records import Logged, Read


class Matches:
    """Takes records one by one, in their order; `read(seq)` gives an earlier body."""

    def __init__(self, read: Read) -> None:
        self._read = read
        # Line -> fen, payout -> fen as they stand on the book.
        self._lines: dict[str, int] = {}
        self._payouts: dict[str, int] = {}
        # Line -> the match in force that it is in; those matches; payout -> fen paid by lines in force.
        self._held: dict[str, int] = {}
        self._in_force: set[int] = set()
        self._paid: dict[str, int] = defaultdict(int)

    def check(self, record: Logged[Any]) -> Iterator[Found]:
        """What is wrong with the next record; mostly nothing."""
        for reason in self._reasons(record):
            yield found(record, "match_differs", reason=reason)

    def _reasons(self, record: Logged[Any]) -> Iterator[str]:
        seq, kind, body, _leaf = record
        if kind == "statement_line":
            self._lines[body["key"]] = body["amount_fen"]
        elif kind == "payout":
            self._payouts[body["key"]] = body["amount_fen"]
        elif kind == "void" and body["register"] == "statement_line":
            if body["key"] in self._held:
                yield "lines"
            self._lines.pop(body["key"], None)
        elif kind == "match":
            yield from self._match(seq, body)
        elif kind == "undo":
            yield from self._undo(body)

    def _match(self, seq: int, body: kinds.MatchBody) -> Iterator[str]:
        lines = body["lines"]
        if (
            not lines
            or len(set(lines)) < len(lines)
            or any(line not in self._lines or line in self._held for line in lines)
        ):
            yield "lines"
        elif sum(self._lines[line] for line in lines) != body["amount_fen"]:
            yield "amount_fen"
        shares = {paid_part["payout"]: paid_part["amount_fen"] for paid_part in body["payouts"]}
        known = len(shares) == len(body["payouts"]) and shares.keys() <= self._payouts.keys()
        if not known or (shares and sum(shares.values()) != abs(body["amount_fen"])):
            yield "payouts"
        self._held.update(dict.fromkeys(lines, seq))
        self._in_force.add(seq)
        self._move(body, 1)
        if any(self._paid[name] > self._payouts.get(name, 0) for name in shares):
            yield "residual_fen"

    def _undo(self, body: kinds.UndoBody) -> Iterator[str]:
        of = body["of"]
        if of not in self._in_force:
            yield "of"
            return
        self._in_force.discard(of)
        undone: kinds.MatchBody = self._read(of)
        if undone["key"] != body["key"]:
            yield "key"
        for line in undone["lines"]:
            self._held.pop(line, None)
        self._move(undone, -1)

    def _move(self, body: kinds.MatchBody, sign: int) -> None:
        if body["kind"] != "return":
            for share in body["payouts"]:
                self._paid[share["payout"]] += sign * share["amount_fen"]
