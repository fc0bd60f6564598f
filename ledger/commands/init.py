"""`subsidy init`: make a new ledger with its vault and its anchor."""

from typing import Literal

import rich_click as click

from calculators.awards.all import CALCULATORS
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.book import charts
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, pass_settings, who_option
from ledger.registry import benchmarks
from ledger.store.ledger import Writer
from ledger.words import _


@command()
@who_option
@click.option(
    "--purpose",
    type=click.Choice(["production", "demo"]),
    default="production",
    show_default=True,
    help=N_("What the ledger is for; it stands in the first record for ever."),
)
@pass_settings
def init(settings: Settings, actor: str, purpose: Literal["production", "demo"]) -> None:
    """Make a new, empty ledger.

    It begins with its first officer, the charts of accounts and the published loan prime rates. The key that signs it
    is kept outside its folder: in SUBSIDY_ANCHOR, else under ~/.local/share/subsidy. Where it is interrupted there is
    no ledger, and the next `subsidy init` clears what is left.

    Example:
      subsidy init --actor 1001
      subsidy --db sqlite:///2025.db init --actor 1001
    """
    ledger = Ledger.create(settings.db_url, actor=actor, calculators=CALCULATORS, purpose=purpose, fill=_fill)
    anchor = ledger.anchor
    lines = (
        (_("ledger:       {path}"), ledger.path),
        (_("vault:        {path}"), ledger.vault.path),
        (_("anchor:       {path}"), anchor.folder),
        (_("verifier key: {path}"), anchor.verifier_file.read_text(encoding="utf-8").strip()),
    )
    for text, path in lines:
        click.echo(text.format(path=path))
    click.echo(
        _(
            "Back up the ledger and the vault together, and the anchor elsewhere: whoever holds both can forge. "
            "Give the verifier key and, from time to time, the anchor's checkpoint to the auditor."
        )
    )
    click.echo(_("Next: subsidy notice add FILE, subsidy budget issue PATH YUAN --document NO, subsidy import ..."))


def _fill(writer: Writer) -> None:
    charts.seed(writer)
    benchmarks.seed(writer)
