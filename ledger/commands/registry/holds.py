"""`subsidy import holds`: the rows that were not taken in, and what to do about each."""

from collections.abc import Iterable
from typing import Any

import rich_click as click

from ledger.audit.ledger import Ledger
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, money, pass_settings, print_json, table
from ledger.log import kinds
from ledger.registry.holds import Held, sentences, standing
from ledger.words import _, listed


@command("holds")
@answer_options
@pass_settings
def list_holds(settings: Settings, as_json: bool) -> None:
    """List the rows of register files that were not taken in, and what they stop; each falls when it comes well.

    Example:
      subsidy import holds
    """
    with Ledger.open(settings.db_url).read() as view:
        found = [row.body for row in standing(view)]
    if as_json:
        print_json([hold_json(hold) for hold in found])
    elif found:
        _print(found)
    else:
        click.echo(_("No row is held."))


def held_json(held: Held) -> dict[str, Any]:
    """What an import holds and what it lets go, as `--json` has it."""
    return {
        "held": [hold_json(hold) for hold in held.holds],
        "released": [hold_json(row.body) for row in held.falling],
    }


def hold_json(hold: kinds.HoldBody) -> dict[str, Any]:
    """One hold: where its row stands, what it stops, and what is wrong."""
    optional: dict[str, Any] = {name: text for name, text in hold.items() if name in ("lender", "row_key", "day")}
    return {
        "hold": hold["key"],
        "register": hold["register"],
        "stops": hold["about"],
        **optional,
        "file": hold["file"],
        "row": hold["row"],
        "problems": [
            {"code": code, "column": column, "text": what, "remedy": remedy}
            for code, column, what, remedy in sentences(hold, _)
        ],
    }


def print_held(held: Held) -> None:
    """What an import holds, and which holds fall with it."""
    if held.holds:
        click.echo(_("Held, not taken in; nothing is posted on these until their rows come well:"))
        _print(held.holds)
    if held.falling:
        names = listed(dict.fromkeys(row.body["about"] for row in held.falling))
        click.echo(_("No longer held, because their rows came well: {names}").format(names=names))


def _print(holds: Iterable[kinds.HoldBody]) -> None:
    table(
        [_("Stops"), _("File"), money(_("Row")), _("Column"), _("What is wrong"), _("What to change"), _("Refusal")],
        [
            (hold["about"], hold["file"], hold["row"], column or "-", what, remedy, code)
            for hold in holds
            for code, column, what, remedy in sentences(hold, _)
        ],
    )
