"""What a channel is told: a batch of orders to pay, in clear text, as values that live in memory only."""

from dataclasses import dataclass
from datetime import date, datetime

MEMO_LENGTH = 60
# What wallet operators do not take in a memo.
_BARRED = str.maketrans("/=&<>", "-    ")


@dataclass(frozen=True, slots=True, repr=False)
class Party:
    """A wallet or an account: institution (14 characters, or a CNAPS code), number, holder."""

    institution: str
    number: str
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class Order:
    """One payout: its item no., its place in the batch from 1, what goes to whom, and a memo that channels take."""

    key: str
    n: int
    amount_fen: int
    payee: Party
    memo: str


@dataclass(frozen=True, slots=True, repr=False)
class Instruction:
    """A batch to be carried out: `made_at` with its zone, `pay_on` the day it is asked for."""

    batch: str
    made_at: datetime
    pay_on: date
    payer: Party
    orders: tuple[Order, ...]

    @property
    def total_fen(self) -> int:
        """The sum of all orders."""
        return sum(order.amount_fen for order in self.orders)


# What every order of a ledger for practice says to its payee.
PRACTICE = "练习 PRACTICE "


def memo_of(batch: str, n: int, *, practice: bool = False) -> str:
    """What an order says to its payee: which batch, and which place in it; of a ledger for practice, that it is one."""
    return memo(f"{PRACTICE * practice}{batch} {n}")


def memo(text: str) -> str:
    """`text` as a memo: without `/ = & < >` and control characters, single spaces, at most 60 characters."""
    printable = text.translate(_BARRED)
    if not printable.isprintable():
        printable = "".join(sign if sign.isprintable() else " " for sign in printable)
    return " ".join(printable.split())[:MEMO_LENGTH].rstrip()
