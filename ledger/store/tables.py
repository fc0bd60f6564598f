"""The tables of a ledger: the log (`record`, `node`) and the projections drawn from it.

Amounts are integers of fen, `NULL` is an absent field, days and times are text as in the records. The models say what
a row is; statements are built from the tables under them (`tables.record`, `tables.posting`, ...).
"""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text, text
from sqlmodel import Field, SQLModel

from ledger.log.kinds import TERMS

# Eight bytes on every engine; SQLite's INTEGER has them, its BIGINT is not a STRICT type.
_BIG = BigInteger().with_variant(Integer, "sqlite")
_STRICT = {"sqlite_strict": True}
# No rowid, so that a row cannot be addressed or replaced by anything but its key.
_KEYED = {"sqlite_strict": True, "sqlite_with_rowid": False}


def _seq() -> Any:
    return Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))


def _integer(primary_key: bool = False, nullable: bool = False) -> Any:
    return Field(sa_column=Column(_BIG, primary_key=primary_key, nullable=nullable))


def _text(primary_key: bool = False, nullable: bool = False, unique: bool = False) -> Any:
    return Field(sa_column=Column(Text, primary_key=primary_key, nullable=nullable, unique=unique or None))


def _bytes() -> Any:
    return Field(sa_column=Column(LargeBinary, nullable=False))


class Record(SQLModel, table=True):
    """A record of the log: its index, its exact bytes, and their leaf hash."""

    seq: int = _seq()
    kind: str = _text()
    body: bytes = _bytes()
    leaf: bytes = _bytes()
    __table_args__ = (_STRICT,)


class Node(SQLModel, table=True):
    """The hash of a complete subtree over 2^level leaves, beginning at leaf idx * 2^level."""

    level: int = _integer(primary_key=True)
    idx: int = _integer(primary_key=True)
    hash: bytes = _bytes()
    __table_args__ = (CheckConstraint("level >= 1"), _KEYED)


class Item(SQLModel, table=True):
    """A version of a thing in a register: record `seq` says it, or, where `void` is 1, takes it back."""

    seq: int = _seq()
    register_: str = Field(sa_column=Column("register", Text, nullable=False))
    key: str = _text()
    lender: str = _text()
    void: int = _integer()
    __table_args__ = (_STRICT,)


class Entry(SQLModel, table=True):
    """An entry of the book with `n` postings; `fin_fen`, `bud_fen`, `ind_fen` are the sums of debits per chart."""

    seq: int = _seq()
    record: int = _integer()
    tag: int = _integer()
    key: str = _text(unique=True)
    reason: str = _text()
    effective_on: str = _text()
    line: str | None = _text(nullable=True)
    due: str | None = _text(nullable=True)
    award_fen: int | None = _integer(nullable=True)
    reverses: int | None = _integer(nullable=True)
    n: int = _integer()
    fin_fen: int = _integer()
    bud_fen: int = _integer()
    ind_fen: int = _integer()
    __table_args__ = (_STRICT,)


class Posting(SQLModel, table=True):
    """Posting `n` of an entry, debit positive; `tag` ties it to the very entry that it was written for.

    After these columns it has one for each of `kinds.TERMS`.
    """

    entry: int = _integer(primary_key=True)
    tag: int = _integer(primary_key=True)
    n: int = _integer(primary_key=True)
    chart: str = _text()
    account: str = _text()
    amount_fen: int = _integer()
    __table_args__ = (_KEYED,)


class Balance(SQLModel, table=True):
    """Sums over one complete block of entries that ends with `entry`; `envelope` is "" where there is none."""

    entry: int = _integer(primary_key=True)
    chart: str = _text(primary_key=True)
    account: str = _text(primary_key=True)
    envelope: str = _text(primary_key=True)
    debit_fen: int = _integer()
    credit_fen: int = _integer()
    __table_args__ = (_KEYED,)


class Envelope(SQLModel, table=True):
    """How much of the limit of an envelope path is used: the one figure that may be updated."""

    path: str = _text(primary_key=True)
    used_fen: int = _integer()
    __table_args__ = (_KEYED,)


class EnvelopeLimit(SQLModel, table=True):
    """What budget record `record` adds to the limit of `path`."""

    __tablename__ = "envelope_limit"

    record: int = _seq()
    path: str = _text()
    amount_fen: int = _integer()
    __table_args__ = (_STRICT,)


class Claim(SQLModel, table=True):
    """What payout or outcome `record` takes of the payable of entry record `award`; negative where it gives back."""

    award: int = _integer(primary_key=True)
    record: int = _integer(primary_key=True)
    amount_fen: int = _integer()
    __table_args__ = (_KEYED,)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


record = _table("record")
node = _table("node")
item = _table("item")
entry = _table("entry")
posting = _table("posting")
for term in TERMS:
    posting.append_column(Column(term, Text, nullable=True))
balance = _table("balance")
envelope = _table("envelope")
envelope_limit = _table("envelope_limit")
claim = _table("claim")

TABLES = (record, node, item, entry, posting, balance, envelope, envelope_limit, claim)


def _said(name: str) -> str:
    """What a body says under a name, as canonical JSON writes it, up to a quotation mark: NULL where it has no such.

    By functions on bytes, since SQLite lets no schema use those for JSON that it does not trust.
    """
    mark = f'"{name}":"'.encode()
    found = f"instr(body, x'{mark.hex()}')"
    rest = f"substr(body, {found} + {len(mark)})"
    return f"CASE WHEN {found} > 0 THEN CAST(substr({rest}, 1, instr({rest}, x'22') - 1) AS TEXT) END"


# Which records name something else that is asked for by itself, and what they name: a grant its application, an
# application, a payee and a fact their firm, another fact the contract, policy or project that it is about.
ABOUT_KINDS = "kind IN ('application', 'fact', 'grant', 'payee')"
ABOUT = f"COALESCE({', '.join(map(_said, ('application', 'uscc', 'contract_no', 'policy_no', 'project_no')))})"
# What an application is for: a loan or another item.
ITEM_KINDS = "kind = 'application'"
ITEM = _said("item")

# All but entries, by kind: these are few and are looked up, while entries are only ever read in order.
Index("record_kind", record.c.kind, record.c.seq, sqlite_where=record.c.kind != "entry")
Index("record_about", text(ABOUT), record.c.kind, sqlite_where=text(ABOUT_KINDS))
Index("record_item", text(ITEM), record.c.kind, sqlite_where=text(ITEM_KINDS))
Index("item_key", item.c.register, item.c.key, item.c.seq)
Index("entry_record", entry.c.record, unique=True)
Index("entry_line", entry.c.line, entry.c.record, sqlite_where=entry.c.line.is_not(None))
Index("entry_reverses", entry.c.reverses, unique=True, sqlite_where=entry.c.reverses.is_not(None))
Index("envelope_limit_path", envelope_limit.c.path)
Index("claim_record", claim.c.record)
