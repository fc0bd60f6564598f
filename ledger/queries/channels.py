"""By which way money reaches firms: yuan and firms per month by digital renminbi and by bank, and who has no wallet.

Amounts are integers of fen. A month is that of the day on which the bank or operator moved the money; what came back
counts against the month in which it did.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ledger.log import kinds
from ledger.payouts.batches import Item, batches
from ledger.payouts.states import PAID, State
from ledger.registry.wallets import OPENED, latest_requests
from ledger.store.ledger import Row, View

ECNY, BANK = "ecny", "bank"
# What would bring a firm's money to a wallet.
NO_PAYEE, BANK_ONLY, WALLET_UNNAMED = "no_payee", "bank_only", "wallet_unnamed"
OPENING, WALLET_OPENED = "wallet_opening", "wallet_opened"


class Moved(NamedTuple):
    """What reached firms by one channel in one month less what came back, and how many firms were paid."""

    amount_fen: int = 0
    firms: int = 0


class InMonth(NamedTuple):
    """A month by both channels."""

    month: str
    ecny: Moved
    bank: Moved


class WithoutWallet(NamedTuple):
    """A firm with a grant that no wallet is named for: what its bank accounts were paid net, and what would move it.

    `process` is the operator's number of the wallet that it is opening, `since` the day of the state of that, both ""
    where there is none.
    """

    uscc: str
    name: str
    bank_fen: int
    code: str
    process: str = ""
    since: str = ""


class Channels(NamedTuple):
    """Every month in which money moved, in order, and the firms without a wallet, those that were paid most first."""

    months: tuple[InMonth, ...]
    without_wallet: tuple[WithoutWallet, ...]


def channels(view: View) -> Channels:
    """The answer for the log as it stands."""
    fen: dict[tuple[str, str], int] = defaultdict(int)
    firms: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_bank: dict[str, int] = defaultdict(int)
    for batch in batches(view):
        channel = batch.body["channel"]
        for item in batch.items:
            for month, moved_fen in _moves(item):
                fen[month, channel] += moved_fen
                if moved_fen > 0:
                    firms[month, channel].add(item.body["uscc"])
                if channel == BANK:
                    by_bank[item.body["uscc"]] += moved_fen
    months = sorted({month for month, _channel in fen})
    return Channels(
        tuple(
            InMonth(month, *(Moved(fen[month, way], len(firms[month, way])) for way in (ECNY, BANK)))
            for month in months
        ),
        tuple(_without(view, by_bank)),
    )


def _moves(item: Item) -> Iterator[tuple[str, int]]:
    """(month, fen) of every outcome that moved what an item has paid."""
    paid_fen = 0
    for outcome in item.outcomes:
        body, after_fen = outcome.body, paid_fen
        if body["state"] in PAID:
            after_fen = body["amount_fen"]
        elif body["state"] == State.RETURNED:
            # Who only makes sure of what came back already moves nothing.
            after_fen = paid_fen - body.get("amount_fen", 0)
        elif body["state"] == State.FAIL:
            after_fen = 0
        if after_fen != paid_fen:
            yield body["on"][:7], after_fen - paid_fen
        paid_fen = after_fen


def _without(view: View, by_bank: dict[str, int]) -> list[WithoutWallet]:
    """Firms with grants none of which names a wallet."""
    firm_of = {row.key: row.body["uscc"] for row in view.rows(kinds.APPLICATION)}
    channel_of: dict[str, str] = {}
    has: dict[str, set[str]] = defaultdict(set)
    for row in view.rows(kinds.PAYEE):
        channel_of[row.key] = row.body["channel"]
        has[row.body["uscc"]].add(row.body["channel"])
    named: dict[str, set[str]] = defaultdict(set)
    for grant in view.rows(kinds.GRANT):
        if grant.body["outcome"] == "granted" and grant.body["application"] in firm_of:
            named[firm_of[grant.body["application"]]].add(channel_of.get(grant.body.get("payee", ""), ""))
    names = {row.key: row.body["name"] for row in view.rows(kinds.ENTITY)}
    requests = latest_requests(view)
    found = [
        WithoutWallet(uscc, names.get(uscc, ""), by_bank.get(uscc, 0), *_code(has[uscc], requests.get(uscc)))
        for uscc, ways in named.items()
        if ECNY not in ways
    ]
    return sorted(found, key=lambda one: (-one.bank_fen, one.uscc))


def _code(has: set[str], request: Row[kinds.WalletRequestBody] | None) -> tuple[str, str, str]:
    """What would move a firm, and of a wallet that it is opening the number of the process and the day of its state."""
    if ECNY in has:
        return WALLET_UNNAMED, "", ""
    if request:
        code = WALLET_OPENED if request.body["state"] == OPENED else OPENING
        return code, request.key, request.body["state_on"]
    return BANK_ONLY if BANK in has else NO_PAYEE, "", ""
