"""`subsidy import list` and `withdraw`: the imports of the ledger, and taking one back."""

from datetime import datetime
from typing import Any

import rich_click as click

from calculators.problems import N_
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import command
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    spare,
    table,
)
from ledger.commands.ui.signing import opened
from ledger.registry.withdrawals import Imported, imports
from ledger.runs.grants import withdraw_import as take_back
from ledger.sheets.names import RegisterName
from ledger.store.ledger import local_day
from ledger.words import _


@command("list")
@answer_options
@pass_settings
def list_imports(settings: Settings, as_json: bool) -> None:
    """List the imports of registers with their numbers, those that were taken back too.

    Example:
      subsidy import list
    """
    with opened(settings).read() as view:
        found = imports(view)
    if as_json:
        print_json([_json(one) for one in found])
        return
    table(
        [
            money(_("Number")),
            _("Day"),
            _("Register"),
            _("File"),
            _("Lender"),
            money(_("New")),
            spare(_("Changed"), 1, right=True),
            spare(_("Void"), 2, right=True),
            spare(_("Officer"), 3),
            _("Note"),
        ],
        [
            (
                imported.row.seq,
                _day(imported),
                RegisterName(imported.row.body["register"]),
                imported.row.body["file"],
                imported.row.body.get("lender", "-"),
                imported.row.body["new"],
                imported.row.body["changed"],
                imported.row.body["void"],
                imported.row.body["actor"],
                _("taken back") if imported.withdrawn else "",
            )
            for imported in found
        ],
    )


def _day(imported: Imported) -> str:
    return local_day(datetime.fromisoformat(imported.row.body["recorded_at"])).isoformat()


def _json(imported: Imported) -> dict[str, Any]:
    body = imported.row.body
    return {
        "number": imported.row.seq,
        "day": _day(imported),
        **{name: value for name, value in body.items() if name not in ("$schema", "recorded_at")},
        "withdrawn": imported.withdrawn,
    }


@command("withdraw")
@click.argument("number", type=int, metavar="NUMBER")
@reason_option(N_("Why the import is taken back; it is recorded."))
@click.option(
    "--confirm",
    multiple=True,
    metavar="KEY",
    help=N_("Take it back although something is posted on this one; may be given several times."),
)
@actor_option
@pass_settings
def withdraw_import(settings: Settings, number: int, reason: str, confirm: tuple[str, ...], actor: str) -> None:
    """Take an import back: what it brought falls, and what it changed or made fall stands again as before.

    `subsidy import list` shows the numbers. Not once something that rests on it was paid; where something is
    posted on what it tells of, each is named with its yuan until --confirm says so. Afterwards import the right
    file; the registers are then as if the wrong one had never been there.

    Example:
      subsidy import withdraw 57 --reason "file of another quarter" --actor 1001
    """
    with opened(settings).write(actor) as writer:
        done = take_back(writer, number, reason, confirm)
    click.echo(
        _("Import {number} ({register}) is taken back: {voids} rows fall, {restored} stand again as before.").format(
            number=number, register=RegisterName(done.register.name), voids=done.voids, restored=done.restored
        )
    )
