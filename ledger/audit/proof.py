"""The whole log against its tables and its signed head, in one pass: what verification reads, and what money rests on.

Somebody who can write the file can make any table say anything for as long as a command takes. So a write that money
rests on reads the log first: its bytes must be those that were signed, and its tables what those bytes make.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

import orjson
from sqlalchemy import Connection

from ledger.audit.comparison import envelope_damages, stretch_damages, surplus_damages
from ledger.audit.damage import Damage
from ledger.audit.projector import Projector, Row
from ledger.audit.reading import changed, examine, read_again, read_stretch
from ledger.log import kinds
from ledger.log.checkpoint import Checkpoint
from ledger.log.kinds import kind_of
from ledger.log.tree import leaf_hash
from ledger.rules.judge import Judge
from ledger.rules.records import Logged, LogOnly
from ledger.rules.state import Fold
from ledger.store.collector import paused
from ledger.store.log_keys import LOG_KEY, key_after

# Records read and compared together.
STRETCH = 1024
# What bytes that are no record end in, where they are read as one.
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


class Asked(Enum):
    """What is asked of each record besides its bytes.

    Of records that were signed, all of them, nothing: they were judged when they were written.
    """

    NOTHING = "nothing"
    SHAPES = "shapes"
    RULES = "rules"


class Proof:
    """One reading of a log; `checkpoint` is the head that it must contain, `log_key` the key that has signed that.

    Who is `asked` the rules asks the shapes before.
    """

    def __init__(
        self,
        connection: Connection,
        checkpoint: Checkpoint | None,
        log_key: str = "",
        *,
        asked: Asked = Asked.RULES,
    ) -> None:
        self.connection = connection
        self.projector = Projector()
        self._checkpoint = checkpoint
        self._log_key = log_key
        self._source = LogOnly(read_again(connection))
        self._asked = asked
        self._judge = Judge(Fold(self._source)) if asked is Asked.RULES else None
        self._anchored_root: bytes | None = None
        # The last ledger that was put back, and lacks records that were signed for.
        self._put_back: Logged[kinds.RestoreBody] | None = None
        # The keys of the log in their order, each with the record that put it in force.
        self._keys: list[tuple[int, str]] = []

    def damages(self) -> Iterator[Damage]:
        """What is wrong; of the log and the rows beside it the first place alone, and nothing behind it."""
        log = next(self._log_damages(), None)
        if log:
            yield log
            return
        yield from self._key_damages()
        yield from surplus_damages(self.connection, self.projector)
        yield from envelope_damages(self.connection, self.projector)
        yield from self._anchor_damages()

    def _log_damages(self) -> Iterator[Damage]:
        """The first damage of the log and of the rows that follow from it; reading ends with it."""
        after = None
        while rows := read_stretch(self.connection, after, self._most()):
            good, wrong = self._examined(rows)
            made = self.projector.project(good)
            for one in good:
                if one.kind == kinds.RESTORE.name and one.body["from"] < self._size_asked() <= one.body["to"]:
                    self._put_back = one
                if one.kind == kinds.LOG_KEY.name:
                    self._keys += [(one.seq, key) for key in key_after(one.body)]
                elif one.seq == 0:
                    self._keys.append((0, one.body["log_key"]))
            if good:
                compared = stretch_damages(self.connection, self.projector, good, made)
                yield from sorted(compared, key=lambda damage: damage.record or 0)
            if wrong:
                yield wrong
                return
            self._source.roots.grown(made.node)
            after = rows[-1][0]
            if self._checkpoint and self.projector.size == self._checkpoint.size:
                self._anchored_root = self.projector.root
        if not self.projector.size:
            yield Damage("empty")
        found = self._judge.end() if self._judge else None
        if found:
            yield Damage.of(found)

    def _examined(self, rows: Sequence[Row]) -> tuple[list[Logged[Any]], Damage | None]:
        """The next records as far as they are right, and what is wrong with the one after them."""
        if self._asked is Asked.NOTHING:
            return self._signed(rows)
        good, wrong = examine(self.connection, rows, self.projector.size)
        proper, found = self._judge.take_all(good) if self._judge else (len(good), None)
        return (good[:proper], Damage.of(found)) if found else (good, wrong)

    def _signed(self, rows: Sequence[Row]) -> tuple[list[Logged[Any]], Damage | None]:
        """The next records, whose bytes the signed root is going to prove: only the rows around them are asked."""
        seqs, kinds_, texts, leaves = zip(*rows, strict=True)
        first = self.projector.size
        if seqs == tuple(range(first, first + len(rows))) and tuple(map(leaf_hash, texts)) == leaves:
            bodies = list(map(orjson.loads, texts))
            if tuple(map(kind_of, bodies)) == kinds_:
                return list(map(Logged, seqs, kinds_, bodies, leaves)), None
        # Something is wrong with one of them: which one, and what.
        good: list[Logged[Any]] = []
        for expected, row in enumerate(rows, first):
            seq, kind, text, leaf = row
            if seq != expected:
                return good, Damage("sequence_gap", {}, expected)
            if leaf_hash(text) != leaf:
                return good, changed(self.connection, row)
            body = orjson.loads(text)
            if kind_of(body) != kind:
                values = {"table": "record", "row": seq, "column": "kind", "found": kind, "expected": kind_of(body)}
                return good, Damage("projection_differs", values, seq, kind_of(body), body.get("key", ""))
            good.append(Logged(seq, kind, body, leaf))
        return good, None

    def _key_damages(self) -> Iterator[Damage]:
        """Whether the key that signed the head is one of this log, and was not taken over from before that head."""
        if not self._log_key:
            return
        at = next((at for at, (_seq, key) in enumerate(self._keys) if key == self._log_key), None)
        if at is None:
            yield Damage("log_key_differs", {}, 0, "genesis")
        elif at + 1 < len(self._keys) and self._size_asked() > (seq := self._keys[at + 1][0]):
            yield Damage("log_key_past", {"checkpoint": self._size_asked()}, seq, kinds.LOG_KEY.name, LOG_KEY)

    def _size_asked(self) -> int:
        return self._checkpoint.size if self._checkpoint else 0

    def _most(self) -> int:
        """How many records to read: not across the end of the checkpoint, where the root is wanted."""
        left = self._checkpoint.size - self.projector.size if self._checkpoint else 0
        return min(STRETCH, left) if left > 0 else STRETCH

    def _anchor_damages(self) -> Iterator[Damage]:
        if not self._checkpoint:
            return
        size = self.projector.size
        whole = size >= self._checkpoint.size and self._anchored_root == self._checkpoint.root
        if self._put_back and not whole:
            body = self._put_back.body
            values = {"checkpoint": self._checkpoint.size, "first": body["from"], "last": body["to"] - 1}
            yield Damage("head_lost", values, self._put_back.seq, kinds.RESTORE.name, body["key"])
        elif size < self._checkpoint.size:
            yield Damage("truncated", {"size": size, "checkpoint": self._checkpoint.size}, size)
        elif self._checkpoint.size and self._anchored_root != self._checkpoint.root:
            yield Damage("forked", {"checkpoint": self._checkpoint.size})


@paused()
def disproved(connection: Connection, head: Checkpoint, *, behind: int) -> Damage | None:
    """The first thing that stands against a ledger whose signed head is `head`, with `behind` records after it."""
    if not behind:
        try:
            return next(Proof(connection, head, asked=Asked.NOTHING).damages(), None)
        except UNREADABLE:
            # Bytes that were not signed as they are: who reads them as strangers' says which.
            pass
    return next(Proof(connection, head).damages(), None)
