"""`subsidy opening`: state what was paid under a notice before this ledger began."""

from pathlib import Path

import rich_click as click

from calculators.money import format_yuan
from calculators.problems import N_
from ledger.commands.ui.command import group
from ledger.commands.ui.context import Settings, actor_option, pass_settings, sheet_option, warn
from ledger.commands.ui.signing import opened
from ledger.log import kinds
from ledger.office.openings import record_opening
from ledger.office.signing import signer_for
from ledger.registry.openings import read_opening
from ledger.runs.openings import refuse_misplaced
from ledger.words import _, ngettext


@group()
def opening() -> None:
    """Enter awards that were paid before this ledger: they count as posted and use up caps.

    Example:
      subsidy opening none example-loan-interest-discount --actor 1001
    """


@opening.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--notice", required=True, metavar="ID", help=N_("The notice under which the awards were paid."))
@sheet_option
@actor_option
@pass_settings
def import_(settings: Settings, file: Path, notice: str, sheet: str, actor: str) -> None:
    """Take in the awards already paid under a notice; it counts once another person has agreed.

    A later file for the notice replaces this one.

    Example:
      subsidy opening import paid.xlsx --notice example-loan-interest-discount --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        paid = read_opening(writer, file, notice, sheet)
        warn(paid.reading.warnings)
        refuse_misplaced(writer, paid)
        body = paid.body
        number = record_opening(writer, body, signer_for(writer, ledger.signer))
    total_fen = sum(row["amount_fen"] for row in body["rows"])
    click.echo(
        ngettext(
            "{notice}: {count} award paid outside, {total} yuan.",
            "{notice}: {count} awards paid outside, {total} yuan.",
            len(body["rows"]),
        ).format(notice=notice, count=len(body["rows"]), total=format_yuan(total_fen))
    )
    _print_next(number)


@opening.command("none")
@click.argument("notice")
@actor_option
@pass_settings
def none(settings: Settings, notice: str, actor: str) -> None:
    """State that nothing was paid under a notice before this ledger; it counts once another person has agreed.

    Example:
      subsidy opening none example-loan-interest-discount --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        body = kinds.OpeningBody(key=notice, rows=[])
        number = record_opening(writer, body, signer_for(writer, ledger.signer))
    if number is not None:
        click.echo(_("{notice}: nothing was paid outside this ledger.").format(notice=notice))
    _print_next(number)


def _print_next(number: int | None) -> None:
    if number is None:
        click.echo(_("The ledger holds all of it already; nothing was written."))
    else:
        click.echo(_("It counts once somebody else agrees: subsidy approve {number}").format(number=number))
