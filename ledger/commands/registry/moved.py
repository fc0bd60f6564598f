"""What a file changes of what is posted, as `subsidy import` says it before it is taken."""

from typing import Any

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from ledger.commands.ui.context import money, table
from ledger.commands.ui.progress import progress
from ledger.registry.imports import Comparison
from ledger.runs.reports.moved import Effect, effect
from ledger.store.ledger import View
from ledger.words import _


def say_moved(view: View, found: Comparison, *, as_json: bool) -> Effect:
    """What the file changes of what is posted, said before anything is written."""
    with progress(_("Calculating what is posted on it")):
        moved = effect(view, found)
    if not as_json:
        _print(moved)
    return moved


def _print(moved: Effect) -> None:
    if not moved.moved:
        return
    click.echo(_("Something is posted on what this file changes:"))
    table(
        [_("Item"), _("Grant"), money(_("Posted")), money(_("Next run"))],
        [(one.item, one.line, format_yuan(one.posted_fen), _next(one.next_fen)) for one in moved.moved],
    )
    for problem in moved.problems:
        click.echo(_("The next run cannot be calculated: {text}").format(text=problem.render(_)))
    if moved.taken_back_fen:
        text = _("The next run would take back {yuan} yuan; if that is not right, bring the right file before it.")
        click.echo(text.format(yuan=format_yuan(moved.taken_back_fen)))


def _next(fen: int | None) -> str:
    return "?" if fen is None else format_yuan(fen)


def moved_json(moved: Effect) -> dict[str, Any]:
    """The same as `--json` has it."""
    return {
        "posted": [
            {
                "item": one.item,
                "line": one.line,
                "posted": plain_yuan(one.posted_fen),
                "next_run": None if one.next_fen is None else plain_yuan(one.next_fen),
            }
            for one in moved.moved
        ],
    }
