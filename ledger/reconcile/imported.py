"""What the ledger holds of statements: which files, which accounts, which lines, and what was put aside."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

import orjson
from sqlalchemy import func, select

from ledger.log import kinds
from ledger.reconcile.chain import Span, together
from ledger.registry.payees import NUMBER as PAYER_NUMBER
from ledger.store import tables
from ledger.store.ledger import Row, Vault, View

# Where clear text stands in the vault: an account's number, and what a line says of the other side.
NUMBER, ABOUT = "statement.account", "statement.line"
# Signs of a file's hash by which people name it; they begin the keys of its statements.
SHORT = 16


class About(NamedTuple):
    """What a line says of the other side, in clear: out of the vault and never into a log or an output unmasked."""

    counterparty: str = ""
    number: str = ""
    text: str = ""
    details: tuple[tuple[str, str, str], ...] = ()

    @property
    def filled(self) -> bool:
        """Whether it says anything."""
        return bool(self.counterparty or self.number or self.text or any(any(detail) for detail in self.details))

    def as_text(self) -> str:
        """As the vault keeps it."""
        return orjson.dumps(tuple(self)).decode()

    @classmethod
    def of(cls, text: str) -> "About":
        """What the vault kept."""
        counterparty, number, said, details = orjson.loads(text)
        return cls(counterparty, number, said, tuple((name, account, words) for name, account, words in details))


class Marks(NamedTuple):
    """What the key of a line says besides account and day; `balance`, in fen, is "" where none is shown."""

    amount_fen: int
    reversal: bool
    returned: bool
    currency: str
    balance: int | str

    def content(self, references: Iterable[str]) -> str:
        """The hash of it that stands in the key."""
        return sha256("\x1f".join(map(str, (*self, *references))).encode()).hexdigest()[:SHORT]


def content_of(body: kinds.StatementLineBody, currency: str) -> str:
    """The hash that the key of a recorded line has to have, on a statement in this currency."""
    marks = Marks(body["amount_fen"], body["reversal"], body["returned"], currency, body.get("balance_fen", ""))
    return marks.content(body["references"])


def statements(view: View) -> list[Row[kinds.StatementBody]]:
    """The statements on the book, in the order in which they were taken in; withdrawn ones are left out."""
    return sorted(view.rows(kinds.STATEMENT), key=lambda row: row.seq)


def of_file(view: View, sha256: str) -> list[Row[kinds.StatementBody]]:
    """The statements on the book that came with a file of this hash."""
    return [row for row in statements(view) if row.body["sha256"] == sha256]


def put_aside(view: View) -> list[Row[kinds.QuarantineBody]]:
    """The files that were put aside and have not been taken in since, in the order in which they came."""
    taken_in = {row.body["sha256"] for row in statements(view)}
    waiting = [row for row in view.rows(kinds.QUARANTINE) if row.body["sha256"] not in taken_in]
    return sorted(waiting, key=lambda row: row.seq)


def spans(view: View) -> dict[tuple[str, str], Span]:
    """(account, currency) -> what its statements on the book make together."""
    chains: dict[tuple[str, str], Span] = {}
    for row in statements(view):
        about = row.body["account"], row.body["currency"]
        chain = together(chains.get(about), Span.of(row.body))
        if chain is not None:
            chains[about] = chain
    return chains


def lines(view: View, statement: kinds.StatementBody) -> Iterator[Row[kinds.StatementLineBody]]:
    """The lines that a statement added, in order."""
    for seq in range(statement["first"], statement["first"] + statement["added"]):
        body = view.body(kinds.STATEMENT_LINE, seq)
        yield Row(seq, body["key"], "", view.leaf(seq), body)


def keys_between(view: View, account: str, first: str, last: str) -> dict[str, int]:
    """Key -> log index of the account's lines on the book from day `first` to day `last`.

    Keys are `<account>/<day>/...`.
    """
    item = tables.item
    latest = (
        select(func.max(item.c.seq))
        # "0" is the sign after "/": the range holds every key of the last day, and none of the next.
        .where(item.c.register == kinds.STATEMENT_LINE.register)
        .where(item.c.key >= f"{account}/{first}/", item.c.key < f"{account}/{last}0")
        .where(item.c.seq < view.size)
        .group_by(item.c.key)
    )
    rows = view.connection.execute(select(item.c.key, item.c.seq).where(item.c.seq.in_(latest), item.c.void == 0))
    return {row.key: row.seq for row in rows}


class Accounts:
    """The accounts of statements by their numbers: those of statements before, of payers, else a new one."""

    def __init__(self, view: View, vault: Vault) -> None:
        self._vault = vault
        self._by_commitment = {row.body["number"]: row.body["account"] for row in view.records(kinds.STATEMENT)}
        self._payers = {row.body["number"]: row.key for row in view.rows(kinds.PAYER)}
        self._unnamed = sum(not key.startswith("payer/") for key in set(self._by_commitment.values()))
        self._found: dict[str, tuple[str, str]] = {}

    def find(self, number: str) -> tuple[str, str]:
        """(key, commitment) of an account; the commitment is "" where no statement has named it yet."""
        if number not in self._found:
            self._found[number] = self._look(number)
        return self._found[number]

    def _look(self, number: str) -> tuple[str, str]:
        for commitment in sorted(self._vault.find(NUMBER, [number]).get(number, ())):
            if commitment in self._by_commitment:
                return self._by_commitment[commitment], commitment
        for commitment in sorted(self._vault.find(PAYER_NUMBER, [number]).get(number, ())):
            if commitment in self._payers:
                return self._payers[commitment], ""
        self._unnamed += 1
        return f"account/{self._unnamed:06d}", ""
