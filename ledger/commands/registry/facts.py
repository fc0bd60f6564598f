"""`subsidy facts export`: a register as a file that another ledger or a program for columns reads."""

from pathlib import Path

import rich_click as click

from calculators.problems import N_
from ledger.commands.ui.command import group
from ledger.commands.ui.context import Settings, force_option, pass_settings
from ledger.commands.ui.progress import progress
from ledger.commands.ui.signing import opened
from ledger.registry.exports import FACTS, fact_rows
from ledger.registry.lending import require_lender
from ledger.sheets.columns import columns
from ledger.sheets.files import Target
from ledger.sheets.parquet import parquet_of
from ledger.words import _


@group()
def facts() -> None:
    """Write a register into a file as it stands.

    Example:
      subsidy facts export loans --to loans.parquet
    """


@facts.command("export")
@click.argument("register", type=click.Choice(FACTS), metavar="REGISTER")
@click.option(
    "--to",
    "out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=N_("The Parquet file to write."),
)
@click.option("--lender", metavar="NAME", default="", help=N_("Only what this lender reported."))
@force_option
@pass_settings
def export(settings: Settings, register: str, out: Path, lender: str, force: bool) -> None:
    """Write what stands in a register as Parquet, every cell text: loans, events, receipts, policies, premiums, claims,
    projects, milestones. `subsidy import` reads the file as it reads CSV.

    Example:
      subsidy facts export loans --to loans.parquet
      subsidy facts export events --lender "Bank A" --to events.parquet
    """
    target = Target(out, force)
    target.check()
    with opened(settings).read() as view, progress(_("Writing")):
        if lender:
            require_lender(view, lender)
        headings = [column.heading for column in columns(register)]
        target.write(parquet_of(headings, fact_rows(view, register, lender)))
    click.echo(_("Written: {file}").format(file=out))
