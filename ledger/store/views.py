"""What a log says below some size, and the one way to make it say more.

`View` is the records 0..size-1 and what follows from them. `Writer` is a view that grows inside a transaction.
"""

import struct
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice, repeat
from typing import Any, Generic, NamedTuple, Protocol

import orjson
from sqlalchemy import Connection, select

from ledger.log.canonical import canonical_all
from ledger.log.checkpoint import Checkpoint
from ledger.log.kinds import BodyT, Kind, check_record, well_formed
from ledger.log.tree import Peaks, grow, leaf_hash, peaks_at, root_of
from ledger.store.collector import paused
from ledger.store.engine import fetched, insert_rows
from ledger.store.projection import claim_rows, item_row
from ledger.store.tables import ABOUT, ABOUT_KINDS, ITEM, ITEM_KINDS, claim, item, node, record

# In SQL, because they are asked by the thousand: to put such a question together again takes longer than to answer it.
_BODY = "SELECT body FROM record WHERE seq = ?"
_KIND = "SELECT kind FROM record WHERE seq = ?"
_LEAF = "SELECT leaf FROM record WHERE seq = ?"
_LEAVES = "SELECT leaf FROM record WHERE seq >= ? AND seq < ? ORDER BY seq"
_BODIES = "SELECT seq, kind, body FROM record WHERE seq IN (SELECT value FROM json_each(?))"
_NAMING = (
    "SELECT seq, leaf, body FROM record WHERE {named} IN (SELECT value FROM json_each(?)) AND kind = ? AND {kinds} "
    "AND seq < ? ORDER BY seq"
)
_NAMING_ABOUT = _NAMING.format(named=ABOUT, kinds=ABOUT_KINDS)
_NAMING_ITEM = _NAMING.format(named=ITEM, kinds=ITEM_KINDS)
_NODE = "SELECT hash FROM node WHERE level = ? AND idx = ?"
_VERSIONS = (
    "SELECT item.seq, item.key, item.lender, item.void, record.leaf, record.body FROM item "
    "JOIN record ON record.seq = item.seq WHERE item.register = ? AND item.seq < ? AND item.key {key} ORDER BY item.seq"
)
_HISTORY = _VERSIONS.format(key="= ?")
_OF_KEYS = _VERSIONS.format(key="IN (SELECT value FROM json_each(?))")
_CURRENT = (
    "SELECT item.seq, item.key, item.lender, record.leaf, record.body FROM item "
    "JOIN (SELECT max(seq) AS seq FROM item WHERE register = ? AND seq < ? GROUP BY key) AS latest "
    "ON latest.seq = item.seq JOIN record ON record.seq = item.seq WHERE item.void = 0 {of}ORDER BY item.key"
)
_KEYS = (
    "SELECT item.key, item.lender FROM item "
    "JOIN (SELECT max(seq) AS seq FROM item WHERE register = ? AND seq < ? GROUP BY key) AS latest "
    "ON latest.seq = item.seq WHERE item.void = 0 ORDER BY item.key"
)
_CURRENT, _CURRENT_OF_LENDER = _CURRENT.format(of=""), _CURRENT.format(of="AND item.lender = ? ")
_OF_ENTRIES = "SELECT seq, leaf, body FROM record WHERE kind = ? AND seq >= ? AND seq < ? ORDER BY seq"
# Said in the index's own words, or SQLite does not see that its partial index applies.
_OF_KIND = "SELECT seq, leaf, body FROM record WHERE kind = ? AND seq >= ? AND seq < ? AND kind != 'entry' ORDER BY seq"
# Records appended by one round of judging and inserting: more gain nothing, and hold so many more bodies at once.
_AT_ONCE = 4096


class Row(NamedTuple, Generic[BodyT]):
    """A record that is a version of `key`: its log index, its leaf hash and what it says."""

    seq: int
    key: str
    lender: str
    leaf: bytes
    body: BodyT


class Stored(NamedTuple):
    """Where a record went: its log index and its leaf hash."""

    seq: int
    leaf: bytes

    @property
    def tag(self) -> int:
        """The first eight bytes of the leaf as a signed integer: what ties postings to their entry."""
        return tag_of(self.leaf)


def tag_of(leaf: bytes) -> int:
    """The first eight bytes of a leaf hash as a signed integer, high byte first."""
    tag: int = struct.unpack_from(">q", leaf)[0]
    return tag


class View:
    """The records 0..size-1 and what follows from them; `connection` is open for reading the projections."""

    def __init__(self, connection: Connection, size: int) -> None:
        self.connection = connection
        self.size = size
        # What was asked of it and may be asked again (`ledger.store.remembered`), at any size that it was looked at.
        self.answers: dict[Hashable, Any] = {}

    def at(self, size: int) -> "View":
        """What was believed when the log had `size` records."""
        if not 0 <= size <= self.size:
            raise ValueError(f"the log has {self.size} records, not {size}")
        then = View(self.connection, size)
        then.answers = self.answers
        return then

    def record(self, seq: int) -> dict[str, Any]:
        """What record `seq` says, whatever its kind; `LookupError` beyond the view."""
        body: dict[str, Any] = orjson.loads(self._column(_BODY, seq))
        return body

    def body(self, kind: Kind[BodyT], seq: int) -> BodyT:
        """What record `seq` says, which must be of `kind`; `LookupError` beyond the view, or where it is of another."""
        of = self._column(_KIND, seq)
        if of != kind.name:
            raise LookupError(f"record {seq} is no {kind.name} but {of}")
        body: BodyT = orjson.loads(self._column(_BODY, seq))
        return body

    def bodies(self, kind: Kind[BodyT], seqs: Iterable[int]) -> dict[int, BodyT]:
        """Log index -> what the record says, of records of `kind`; `LookupError` as for one of them."""
        wanted = sorted(set(seqs))
        found: dict[int, BodyT] = {}
        for seq, of, body in fetched(self.connection, _BODIES, (orjson.dumps(wanted).decode(),)):
            if of == kind.name and seq < self.size:
                found[seq] = orjson.loads(body)
        for seq in wanted:
            if seq not in found:
                self.body(kind, seq)
        return found

    def leaf(self, seq: int) -> bytes:
        """The leaf hash of record `seq`; `LookupError` beyond the view."""
        leaf: bytes = self._column(_LEAF, seq)
        return leaf

    def current(self, register: Kind[BodyT], key: str) -> Row[BodyT] | None:
        """The current version of (register, key); None where there is none or it was taken back."""
        versions = self.history(register, key)
        if not versions or versions[-1][1]:
            return None
        return versions[-1][0]

    def current_of(self, register: Kind[BodyT], keys: Iterable[str]) -> dict[str, Row[BodyT]]:
        """Key -> the current version, of those of the keys that have one."""
        found: dict[str, Row[BodyT]] = {}
        asked = register.register, self.size, orjson.dumps(sorted(set(keys))).decode()
        for seq, key, lender, void, leaf, body in fetched(self.connection, _OF_KEYS, asked):
            if void:
                found.pop(key, None)
            else:
                found[key] = Row(seq, key, lender, leaf, orjson.loads(body))
        return found

    def rows(self, register: Kind[BodyT], lender: str | None = None) -> Iterator[Row[BodyT]]:
        """The current versions of a register in order of key, of one lender or of all."""
        query = _CURRENT if lender is None else _CURRENT_OF_LENDER
        asked = (register.register, self.size) if lender is None else (register.register, self.size, lender)
        for seq, key, of_lender, leaf, body in fetched(self.connection, query, asked):
            yield Row(seq, key, of_lender, leaf, orjson.loads(body))

    def keys(self, register: Kind[Any]) -> dict[str, str]:
        """The keys of the current versions of a register in their order, each with its lender; no body is read."""
        return dict(fetched(self.connection, _KEYS, (register.register, self.size)))

    def history(self, register: Kind[BodyT], key: str) -> list[tuple[Row[BodyT], bool]]:
        """Every version of (register, key), oldest first, each with whether it is a void."""
        found = fetched(self.connection, _HISTORY, (register.register, self.size, key))
        return [
            (Row(seq, named, lender, leaf, orjson.loads(body)), bool(void))
            for seq, named, lender, void, leaf, body in found
        ]

    def naming(self, register: Kind[BodyT], names: Iterable[str]) -> list[Row[BodyT]]:
        """Every version of things in a register that names one of these, in log order, by an index.

        An application and a payee name a firm, a grant an application, a fact a firm, or where it has none a contract,
        policy or project.
        """
        return self._naming(_NAMING_ABOUT, register, names)

    def for_items(self, register: Kind[BodyT], items: Iterable[str]) -> list[Row[BodyT]]:
        """Every version of applications that are for one of these items, in log order, by an index."""
        return self._naming(_NAMING_ITEM, register, items)

    def _naming(self, query: str, register: Kind[BodyT], names: Iterable[str]) -> list[Row[BodyT]]:
        # A name with a quotation mark is found with all that are like it up to there.
        written = {orjson.dumps(name).decode()[1:-1].partition('"')[0] for name in names}
        asked = orjson.dumps(sorted(written)).decode(), register.name, self.size
        found = []
        for seq, leaf, text in self.connection.exec_driver_sql(query, asked):
            body = orjson.loads(text)
            if body.get("register", register.register) == register.register:
                found.append(Row(seq, body["key"], body.get("lender", ""), leaf, body))
        return found

    def versions(self, register: Kind[Any]) -> dict[str, list[tuple[int, bool]]]:
        """Key -> (log index, is a void) of its versions in a register, oldest first; bodies are not read."""
        chosen = select(item.c.key, item.c.seq, item.c.void).where(
            item.c.register == register.register, item.c.seq < self.size
        )
        found: dict[str, list[tuple[int, bool]]] = {}
        for key, seq, void in self.connection.execute(chosen.order_by(item.c.seq)):
            found.setdefault(key, []).append((seq, bool(void)))
        return found

    def records(self, kind: Kind[BodyT], since: int = 0) -> Iterator[Row[BodyT]]:
        """Every record of a kind from log index `since` on, in log order; key and lender as the record names them."""
        query = _OF_ENTRIES if kind.name == "entry" else _OF_KIND
        for seq, leaf, text in fetched(self.connection, query, (kind.name, since, self.size)):
            body = orjson.loads(text)
            yield Row(seq, body.get("key", ""), body.get("lender", ""), leaf, body)

    def root(self) -> bytes:
        """The root of the log at this size, from the stored nodes."""
        return root_of(self.peaks())

    def peaks(self) -> Peaks:
        """The peaks of the log's tree at this size, from the stored nodes."""
        return peaks_at(self.size, self._hash)

    def contains(self, checkpoint: Checkpoint) -> bool:
        """Whether the log still holds the tree of `checkpoint`, and what came later was built on that tree."""
        before = self.at(checkpoint.size).peaks()
        if root_of(before) != checkpoint.root:
            return False
        leaves = [leaf for (leaf,) in fetched(self.connection, _LEAVES, (checkpoint.size, self.size))]
        return root_of(grow(checkpoint.size, before, leaves)[1]) == self.root()

    def _column(self, query: str, seq: int) -> Any:
        found = next(fetched(self.connection, query, (seq,)), None) if seq < self.size else None
        if found is None:
            raise LookupError(f"no record {seq} below {self.size}")
        return found[0]

    def node(self, level: int, index: int) -> bytes:
        """The hash at a place of the log's tree, over records that there are; level 0 are the leaves."""
        return self._hash(level, index)

    def _hash(self, level: int, index: int) -> bytes:
        if level == 0:
            return self.leaf(index)
        (found,) = fetched(self.connection, _NODE, (level, index))
        return bytes(found[0])


class Judge(Protocol):
    """Says whether records may be appended to a log; it knows the rules, which the store does not."""

    def take(self, kind: str, first: int, bodies: Sequence[Any], leaves: Sequence[bytes]) -> None:
        """Records of a kind are to be appended from log index `first` on; refuses what the rules refuse."""

    def behind(self, moment: str) -> bool:
        """Whether the log has gone on beyond this time, so that nothing may be recorded at it."""

    def end(self) -> None:
        """Nothing more is appended by this write; refuses what it leaves open."""


class Writer(View):
    """A view inside a write: what it appends, it sees. `now` is the time of the write; all its records carry it.

    A `judge` is asked before rows go in.
    """

    def __init__(
        self, connection: Connection, size: int, actor: str, now: datetime, judge: Judge | None = None
    ) -> None:
        super().__init__(connection, size)
        self.judge = judge
        self.actor = actor
        # How many records there were when the write began: what its actor can have seen.
        self.begun = size
        self.now = now
        self.recorded_at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._peaks = super().peaks()
        self._leaves: list[bytes] = []

    def append(self, kind: Kind[BodyT], fields: BodyT) -> int:
        """Append one record and give its log index; `fields` are the kind's own, without actor and time."""
        return self.extend(kind, [fields])[0].seq

    def head(self, kind: Kind[Any]) -> dict[str, Any]:
        """The fields that every record of a kind gets from this write; who signs a record signs them too."""
        return {"$schema": kind.schema, "actor": self.actor, "recorded_at": self.recorded_at}

    def extend(self, kind: Kind[BodyT], many: Iterable[BodyT]) -> list[Stored]:
        """Append a batch of records of one kind; where each of them went, in order."""
        stored: list[Stored] = []
        left = iter(many)
        while some := list(islice(left, _AT_ONCE)):
            stored += self._extend(kind, some)
        return stored

    def _extend(self, kind: Kind[BodyT], some: Iterable[BodyT]) -> list[Stored]:
        head = self.head(kind)
        bodies: list[dict[str, Any]] = [{**head, **fields} for fields in some]
        # Asked of all at once, which costs less than their hashes; of each where one is wrong, so that it is named.
        if not well_formed(kind.name, bodies):
            for body in bodies:
                _assert_well_formed(body)
        texts = canonical_all(bodies)
        leaves = [leaf_hash(text) for text in texts]
        seqs = range(self.size, self.size + len(bodies))
        if self.judge:
            # What is judged is what will be read: the bytes, not the values that they were made of.
            self.judge.take(kind.name, self.size, [orjson.loads(text) for text in texts], leaves)
        insert_rows(self.connection, record, list(zip(seqs, repeat(kind.name), texts, leaves, strict=False)))
        # Entries make rows in the book only, and there are many of them.
        if kind.name != "entry":
            rows = [item_row(seq, kind.name, body) for seq, body in zip(seqs, bodies, strict=True)]
            insert_rows(self.connection, item, [row for row in rows if row])
            claims = [claim_rows(seq, kind.name, body) for seq, body in zip(seqs, bodies, strict=True)]
            insert_rows(self.connection, claim, list(chain.from_iterable(claims)))
        self._leaves += leaves
        self.size += len(bodies)
        return list(map(Stored, seqs, leaves))

    @paused()
    def settle(self) -> None:
        """Store the tree nodes of what was appended; a write does it once, at its end."""
        nodes, self._peaks = grow(self.size - len(self._leaves), self._peaks, self._leaves)
        self._leaves = []
        insert_rows(self.connection, node, nodes)

    def peaks(self) -> Peaks:
        """The peaks of the log's tree, what this write appended included."""
        self.settle()
        return self._peaks


def _assert_well_formed(body: dict[str, Any]) -> None:
    problems = check_record(body)
    if problems:
        raise AssertionError(f"{body['$schema']}: {'; '.join(problems)}")
