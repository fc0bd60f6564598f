"""What an account to pay from is called on a page: by which channel, and the last four digits of its number."""

from calculators.problems import Refused
from ledger.labels.payments import CHANNELS
from ledger.log import kinds
from ledger.sheets.columns import mask
from ledger.web.asked import Seen
from ledger.words import _


def called(seen: Seen, key: str) -> str:
    """The account of a payer's reference; the reference itself where no payer has it."""
    row = seen.view.current(kinds.PAYER, key)
    if row is None:
        return key
    try:
        number = mask(seen.vault.reveal(row.body["number"], row.key))
    except Refused:
        # A copy of the ledger that came without its vault.
        number = mask("")
    return f"{_(CHANNELS[row.body['channel']])} {number}"
