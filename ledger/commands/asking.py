"""How commands that answer a question are told as of when: `--as-of`, and the moment that it names."""

from collections.abc import Iterator
from contextlib import contextmanager

import rich_click as click

from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.ui.context import Settings
from ledger.queries.as_of import Moment, moment
from ledger.store.ledger import local_day

as_of_option = click.option(
    "--as-of",
    default="",
    metavar="SIZE|DAY",
    help=N_("As it was believed: at so many records, at the end of a day, or at a checkpoint, SIZE@ROOT."),
)


@contextmanager
def asked_at(settings: Settings, as_of: str = "") -> Iterator[Moment]:
    """The ledger as of a moment, open for reading."""
    ledger = Ledger.open(settings.db_url)
    with ledger.read() as view:
        yield moment(view, ledger.vault, local_day(ledger.clock()), as_of)
