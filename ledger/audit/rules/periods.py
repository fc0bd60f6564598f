"""What must hold of months that are signed off: their balances, who signed them, and that nothing moves there after."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ledger.audit.damage import Damage
from ledger.book.periods import CHECKED, MADE, last_day
from ledger.log import kinds
from ledger.payouts.movements import MOVING, about, moved_fen, recovered_by
from ledger.reconcile.sides import of_account
from ledger.rules.records import Logged, Read


class Periods:
    """Takes the records of a log one by one, in their order; `read(seq)` gives an earlier body."""

    def __init__(self, read: Read) -> None:
        self._read = read
        # Account -> month -> fen of its lines, and of the entries that move it.
        self._lines: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._entries: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        # Statement -> its lines as (account, month, fen), until its record tells their currency.
        self._waiting: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        # Statement -> its currency.
        self._of_statement: dict[str, str] = {}
        # Batch -> its payer, payout and recovery -> its payer.
        self._batches: dict[str, str] = {}
        self._payers: dict[str, str] = {}
        # Month -> its record that waits to be checked, and those that are signed off, in order.
        self._made: dict[str, Logged[kinds.PeriodBody]] = {}
        self._signed: list[Logged[kinds.PeriodBody]] = []
        # Account -> last day that is signed off.
        self._until: dict[str, str] = {}

    def check(self, record: Logged[Any]) -> Iterator[Damage]:
        """What is wrong with the next record."""
        kind, body = record.kind, record.body
        if kind == "entry":
            if body["reason"] in MOVING:
                yield from self._entry(record)
        elif kind == "statement_line":
            account, day = _of_line(body["key"])
            self._waiting[body["statement"]].append((account, day[:7], body["amount_fen"]))
            yield from self._still(record, account, day)
        elif kind == "statement":
            for account, month, fen in self._waiting.pop(body["key"], ()):
                self._lines[of_account(account, body["currency"])][month] += fen
                self._of_statement[body["key"]] = body["currency"]
        elif kind == "void" and body["register"] == "statement_line":
            account, day = _of_line(body["key"])
            fallen = self._read(body["of"])
            self._lines[of_account(account, self._of_statement[fallen["statement"]])][day[:7]] -= fallen["amount_fen"]
            yield from self._still(record, account, day)
        elif kind == "undo":
            # What the bank takes back later was true until then: the line that does it counts, on its own day.
            for line in [body["reversal"]] if "reversal" in body else self._read(body["of"]).get("lines", ()):
                yield from self._still(record, *_of_line(line))
        elif kind == "payment_batch":
            self._batches[body["key"]] = body["payer"]
        elif kind == "payout":
            self._payers[body["key"]] = self._batches.get(body["batch"], "")
        elif kind == "recovery":
            self._payers[recovered_by(body)] = body.get("payer", "")
        elif kind == "period":
            reason = self._period(record)
            if reason:
                yield _found(record, "period_differs", reason=reason)

    def _entry(self, record: Logged[kinds.EntryBody]) -> Iterator[Damage]:
        body = record.body
        key = about(body["reason"], body["key"])
        account = self._payers.get(key, key)
        self._entries[account][body["effective_on"][:7]] += moved_fen(body)
        yield from self._still(record, account, body["effective_on"])

    def _still(self, record: Logged[Any], account: str, day: str) -> Iterator[Damage]:
        signed = self._until.get(account, "")
        if day <= signed:
            yield _found(record, "period_moved", account=account, day=day, signed=signed)

    def _period(self, record: Logged[kinds.PeriodBody]) -> str:
        """What is wrong with a sign-off; empty where nothing is."""
        body = record.body
        month = body["key"]
        last = self._signed[-1] if self._signed else None
        if body["state"] == MADE:
            self._made[month] = record
            if last and month <= last.body["key"]:
                return "key"
            return (
                ""
                if all(self._holds(account_balances, month) for account_balances in body.get("accounts", ()))
                else "accounts"
            )
        if body["state"] == CHECKED:
            made = self._made.pop(month, None)
            if made is None or (body.get("of"), body.get("of_leaf")) != (made.seq, made.leaf.hex()):
                return "of, of_leaf"
            self._signed.append(record)
            self._until |= {
                account_balances["account"]: last_day(month).isoformat() for account_balances in made.body["accounts"]
            }
            if not all(self._holds(one, month) for one in made.body["accounts"]):
                return "accounts"
            return "actor" if made.body["actor"] == body["actor"] else ""
        if last is None or (month, body.get("of"), body.get("of_leaf")) != (
            last.body["key"],
            last.seq,
            last.leaf.hex(),
        ):
            return "of, of_leaf"
        self._signed.pop()
        self._until = {
            one["account"]: last_day(signed.body["key"]).isoformat()
            for signed in self._signed
            for one in self._read(signed.body["of"])["accounts"]
        }
        return ""

    def _holds(self, account_balances: kinds.AccountBalances, month: str) -> bool:
        """Whether the balances of an account are its lines and entries, and their difference is explained."""
        bank_fen, book_fen = (
            account_balances["brought_fen"]
            + sum(fen for of, fen in moved[account_balances["account"]].items() if of <= month)
            for moved in (self._lines, self._entries)
        )
        explained_fen = sum(part["amount_fen"] for part in account_balances["explained"])
        return (account_balances["bank_fen"], account_balances["book_fen"], bank_fen - book_fen) == (
            bank_fen,
            book_fen,
            explained_fen,
        )


def _of_line(key: str) -> tuple[str, str]:
    """Account and day of a line, from its key."""
    account, day, _content, _n = key.rsplit("/", 3)
    return account, day


def _found(record: Logged[Any], code: str, **values: Any) -> Damage:
    return Damage(code, values, record.seq, record.kind, record.body.get("key", ""))
