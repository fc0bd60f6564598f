"""`subsidy backup`: a copy of the ledger, its vault and its signed head that proves itself."""

from pathlib import Path

import rich_click as click

from ledger.audit.backup import back_up
from ledger.audit.ledger import Ledger
from ledger.commands.ui import counts
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, json_option, pass_settings, print_json
from ledger.words import _


@command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
@pass_settings
def backup(settings: Settings, folder: Path, as_json: bool) -> None:
    """Copy ledger, vault and signed head into a new folder, while others go on writing.

    The copy is verified to its last record, and every clear text in it is opened, before it is called a backup; then
    the log's key signs for its files. The key itself is left out: keep the anchor elsewhere, and back it up elsewhere.
    The folder holds clear text: its files are for nobody else to read.

    Example:
      subsidy backup /media/safe/2025-06-30
    """
    made = back_up(Ledger.open(settings.db_url), folder.expanduser())
    if as_json:
        print_json(
            {
                "folder": str(made.folder),
                "made_at": made.manifest.made_at,
                "size": made.head.size,
                "root": made.head.root.hex(),
                "entries": made.entries,
                "vault": {"opened": made.vault.opened, "gone": made.vault.gone},
                "files": [kept._asdict() for kept in made.manifest.files],
            }
        )
        return
    click.echo(
        _("{records}, {entries} backed up; root {root}").format(
            records=counts.records(made.head.size), entries=counts.entries(made.entries), root=made.head.root.hex()
        )
    )
    text = _("the vault: {opened} opened, {gone} not there (erased or lost)")
    click.echo(text.format(opened=made.vault.opened, gone=made.vault.gone))
    click.echo(
        _("Keep {folder} on another disk than ledger and anchor; the key of the log is not in it.").format(
            folder=made.folder
        )
    )
