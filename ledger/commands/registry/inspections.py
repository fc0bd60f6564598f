"""`subsidy inspections`: what inspections found and is not put right yet."""

from typing import Any

import rich_click as click

from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, pass_settings, print_json, table
from ledger.registry.inspections import Inspection, due
from ledger.sheets.columns import day_of
from ledger.words import _

FINDINGS = {"passed": N_("passed"), "rectify": N_("to put right"), "claw_back": N_("to claw back")}
STATES = {"passed": N_("passed"), "open": N_("open"), "settled": N_("put right")}


@command()
@click.option("--due", "due_text", metavar="DAY", help=N_("Only what is due by this day; without it all that is open."))
@answer_options
@pass_settings
def inspections(settings: Settings, due_text: str | None, as_json: bool) -> None:
    """List findings of inspections that nobody has settled yet, the earliest due first.

    A finding is settled by importing its row again with the day it was settled on.

    Example:
      subsidy inspections --due 2025-06-30
    """
    by = day_of(due_text, "--due") if due_text else None
    with Ledger.open(settings.db_url).read() as view:
        found = due(view, by)
    if as_json:
        print_json([inspection_json(one) for one in found])
        return
    if not found:
        click.echo(_("No finding is open."))
        return
    table(
        [_("Inspection"), _("Grant"), _("Firm"), _("Inspected on"), _("Finding"), _("Due on"), _("Detail")],
        [
            (
                inspection.number,
                inspection.grant,
                inspection.uscc,
                inspection.inspected_on,
                _(FINDINGS[inspection.finding]),
                inspection.due_on,
                inspection.detail,
            )
            for inspection in found
        ],
    )
    click.echo(_("Settled ones come in with `subsidy import inspections FILE --mode delta`."))


def inspection_json(inspection: Inspection) -> dict[str, Any]:
    """An inspection for programs; days that are not known are left out."""
    fields = {**inspection._asdict(), "state": inspection.state}
    days = ("inspected_on", "due_on", "settled_on")
    return {
        name: value.isoformat() if name in days else value for name, value in fields.items() if value not in (None, "")
    }
