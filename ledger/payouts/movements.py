"""Which entries move money on an account that is paid from, and of what they are: what a bank's statement shows too."""

from ledger.book.accounts import APPROPRIATION, DEPOSITS, RETURNED_QUOTA, WALLET
from ledger.book.projection import BOOK
from ledger.log import kinds

# The side of an entry that is the account itself: paid out of quota, out of a wallet, prior years' returns.
CASH = frozenset({APPROPRIATION, WALLET, RETURNED_QUOTA, DEPOSITS})
# Reasons of entries about a payout (a correction moves codes and no money), and of those about the account.
OUT, BACK = ("paid", "overpaid", "corrected"), ("returned", "refunded", "recovered")
OF_PAYOUTS, OF_ACCOUNTS = (*OUT, *BACK), ("funded", "wallet_interest", "bound", "unbound")
MOVING = frozenset((*OF_PAYOUTS, *OF_ACCOUNTS))


def about(reason: str, key: str) -> str:
    """What an entry of one of these reasons is about, from its key: a payout, an account, or `<line>@<document>`."""
    if reason == "recovered":
        return key.removeprefix(f"{BOOK}/{reason}/").rpartition("/")[0]
    return key.removeprefix(f"{BOOK}/{reason}/").rpartition("/")[0].partition("@")[0]


def recovered_by(body: kinds.RecoveryBody) -> str:
    """What the entries of a `recovery` record are about."""
    return f"{body['line']}@{body['document']}"


def counts(reason: str, chart: str, account: str) -> bool:
    """Whether a posting of such an entry is the account's side of it."""
    # Filling a wallet moves the wallet; its other side is the treasury's appropriation and no account of ours.
    return chart == "fin" and account in CASH and (reason != "funded" or account == WALLET)


def moved_fen(body: kinds.EntryBody) -> int:
    """What the body of such an entry moves on the account, positive where money came in."""
    return sum(
        posting["amount_fen"]
        for posting in body["postings"]
        if counts(body["reason"], posting["chart"], posting["account"])
    )
