"""By which way money reaches firms: yuan and firms per month by digital renminbi and by bank, and who has no wallet.

Amounts are integers of fen. A month is that of the day on which the bank or operator moved the money; what came back
counts against the month in which it did.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.log import kinds
from ledger.payouts.batches import batches, paid_after
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


class _Move(NamedTuple):
    """An outcome that moved what a payout has paid: its month, the channel, the payee's firm, and by how much."""

    month: str
    channel: str
    uscc: str
    fen: int


def channels(view: View) -> Channels:
    """The answer for the log as it stands."""
    moves = list(_moves(view))
    by_bank: dict[str, int] = defaultdict(int)
    for move in moves:
        if move.channel == BANK:
            by_bank[move.uscc] += move.fen
    return Channels(_by_month(moves), tuple(_without(view, by_bank)))


def months(view: View) -> tuple[InMonth, ...]:
    """The months alone."""
    return _by_month(_moves(view))


def _by_month(moves: Iterable[_Move]) -> tuple[InMonth, ...]:
    fen: dict[tuple[str, str], int] = defaultdict(int)
    firms: dict[tuple[str, str], set[str]] = defaultdict(set)
    for move in moves:
        fen[move.month, move.channel] += move.fen
        if move.fen > 0:
            firms[move.month, move.channel].add(move.uscc)
    return tuple(
        InMonth(month, *(Moved(fen[month, way], len(firms[month, way])) for way in (ECNY, BANK)))
        for month in sorted({month for month, _channel in fen})
    )


def _moves(view: View) -> Iterator[_Move]:
    for batch in batches(view):
        for item in batch.items:
            before_fen = 0
            for outcome in item.outcomes:
                after_fen = paid_after(before_fen, outcome.body["state"], outcome.body.get("amount_fen"))
                if after_fen != before_fen:
                    month = outcome.body["on"][:7]
                    yield _Move(month, batch.body["channel"], item.body["uscc"], after_fen - before_fen)
                before_fen = after_fen


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
