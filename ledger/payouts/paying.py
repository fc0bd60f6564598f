"""The payer of a batch as postings ask for it, with the account that few books need."""

from ledger.book import charts
from ledger.book.accounts import DEPOSITS
from ledger.log import kinds
from ledger.payouts.postings import PREFUNDED, TREASURY, Payer
from ledger.store.ledger import View, Writer
from ledger.store.rules import years_apart


def body_of(view: View, reference: str) -> kinds.PayerBody:
    """What the register says of the payer of a batch, in the version in force."""
    payer = view.current(kinds.PAYER, reference)
    # A payer that batches rest on cannot fall.
    assert payer is not None
    return payer.body


def payer_of(view: View, reference: str) -> Payer:
    """The payer of a batch as postings ask for it."""
    return Payer(body_of(view, reference), years_apart(view))


def ready(writer: Writer, payer: Payer) -> Payer:
    """Record the account on which an earlier year's money comes in, before what causes an entry on it."""
    if payer.body.get("prior_year") == TREASURY and payer.body["funding"] != PREFUNDED:
        charts.ensure(writer, "fin", DEPOSITS)
    return payer
