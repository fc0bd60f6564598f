"""Rules of months that are signed off: their balances, who signed them, and that nothing moves there after.

They are older than the rule book, so they hold for the records of every release.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ledger.book.periods import CHECKED, MADE, last_day
from ledger.log import kinds
from ledger.payouts.movements import MOVING
from ledger.payouts.postings import PREFUNDED
from ledger.reconcile.monthly import UNEXPLAINED, Class
from ledger.reconcile.sides import CURRENCY, account_and_day
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import Chain, Moved, SignedOff

# Why bank and book may differ in a month that is signed off; money that one of the two does not know is no reason.
_EXPLAINS = frozenset(sort.value for sort in Class if sort not in UNEXPLAINED)


def period(state: Fold, record: Logged[kinds.PeriodBody]) -> Faults:
    """A statement of balances that holds, of the next month; checked by another person, or the last one reopened."""
    reason = _differs(state, record)
    if reason:
        yield fault("period_differs", reason=reason)


def _differs(state: Fold, record: Logged[kinds.PeriodBody]) -> str:
    """What is wrong with a sign-off; empty where nothing is."""
    body = record.body
    month = body["key"]
    signed: tuple[SignedOff, ...] = state.whole("signed") or ()
    last = signed[-1] if signed else None
    if body["state"] == MADE:
        if last and month <= last.month:
            return "key"
        strict = state.whole("in_its_day") is not None
        if strict and (last_day(month) >= day_of(body["recorded_at"]) or (last and month != _after(last.month))):
            return "key"
        return "" if _hold(state, body.get("accounts", ()), month, strict=strict) else "accounts"
    version = state.version(kinds.PERIOD, month)
    before: kinds.PeriodBody | None = state.body(version.seq) if version else None
    said = body.get("of"), body.get("of_leaf")
    if body["state"] == CHECKED:
        made = state.get("subject", version.seq) if version else None
        if made is None or before is None or before["state"] != MADE or said != (made.seq, made.leaf.hex()):
            return "of, of_leaf"
        if not _hold(state, before.get("accounts", ()), month, strict=state.whole("in_its_day") is not None):
            return "accounts"
        return "actor" if before["actor"] == body["actor"] else ""
    return "" if last and (month, *said) == (last.month, last.seq, last.leaf) else "of, of_leaf"


def _after(month: str) -> str:
    return f"{last_day(month) + timedelta(days=1):%Y-%m}"


def _hold(state: Fold, accounts: Any, month: str, *, strict: bool) -> bool:
    """Whether the balances of each account are its lines and entries, and their difference is explained.

    `strict`: every account that has moved is there, once, begins as its statements do, and is filled as they show.
    """
    names = [said["account"] for said in accounts]
    if strict and (len(set(names)) < len(names) or _moved_accounts(state, month) - set(names)):
        return False
    if strict and not all(_begins(state, said) and _filled(state, said["account"], month) for said in accounts):
        return False
    return all(_holds(state, said, month) for said in accounts)


def _moved_accounts(state: Fold, month: str) -> set[str]:
    """The accounts of which bank or book say that something has moved up to a month."""
    found = set()
    for name in (state.whole("accounts") or frozenset()) - {""}:
        moved: Moved = state.get("moved_on", name) or Moved()
        if any(sum(fen for of, fen in side.items() if of <= month) for side in (moved.lines, moved.entries)):
            found.add(name)
    return found


def _begins(state: Fold, said: kinds.AccountBalances) -> bool:
    """Whether an account is brought forward as its first statement opens, and with nothing where none has balances."""
    account, _, currency = said["account"].rpartition("/")
    chain: Chain | None = state.get("chain", (account, currency)) or state.get("chain", (said["account"], CURRENCY))
    whole = chain.whole if chain else None
    return said["brought_fen"] == ((whole.opening_fen if whole else None) or 0)


def _filled(state: Fold, account: str, month: str) -> bool:
    """Whether the bank's lines show all that is said to have been moved to an account: nothing else explains that."""
    payer = state.stands(kinds.PAYER, account)
    if payer is None or payer.fields["funding"] != PREFUNDED:
        return True
    funded: Mapping[str, int] = state.get("funded_on", account) or {}
    return not sum(fen for of, fen in funded.items() if of <= month)


def _holds(state: Fold, said: kinds.AccountBalances, month: str) -> bool:
    moved: Moved = state.get("moved_on", said["account"]) or Moved()
    bank_fen, book_fen = (
        said["brought_fen"] + sum(fen for of, fen in side.items() if of <= month)
        for side in (moved.lines, moved.entries)
    )
    # What stood open when the ledger began, the book had and the bank had not, or the other way round.
    book_fen += sum((state.get("opening_items", said["account"]) or {}).values())
    explained_fen = sum(part["amount_fen"] for part in said["explained"] if part["class"] in _EXPLAINS)
    return (said["bank_fen"], said["book_fen"], bank_fen - book_fen) == (bank_fen, book_fen, explained_fen)


def still(state: Fold, record: Logged[Any]) -> Faults:
    """What a record says of an account lies behind the months that are signed off."""
    if not state.whole("signed"):
        return
    kind, body = record.kind, record.body
    if kind == "entry":
        if body["reason"] in MOVING:
            yield from _still(state, state.account_of(body), body["effective_on"])
    elif kind == "statement_line" or (kind == "void" and body["register"] == "statement_line"):
        yield from _still(state, *account_and_day(body["key"]))
    elif kind == "undo":
        # What the bank takes back later was true until then: the line that does it counts, on its own day.
        for line in [body["reversal"]] if "reversal" in body else state.body(body["of"]).get("lines", ()):
            yield from _still(state, *account_and_day(line))


def _still(state: Fold, account: str, day: str) -> Faults:
    until = state.signed_until(account)
    if until is not None and day <= until.isoformat():
        yield fault("period_moved", account=account, day=day, signed=until)
