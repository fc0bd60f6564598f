"""`subsidy template`: write empty XLSX registers to fill in."""

from pathlib import Path

import rich_click as click

from calculators.problems import N_
from ledger.commands.ui.command import command
from ledger.commands.ui.context import force_option
from ledger.sheets.files import Target
from ledger.sheets.names import REGISTERS
from ledger.sheets.templates import write_template
from ledger.store.places import check_folder
from ledger.words import _

NAMES = [*REGISTERS, "opening", "bank-list", "agent-statement", "payout-results"]


@command()
@click.argument("registers", nargs=-1, required=True, type=click.Choice(NAMES), metavar="REGISTER...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help=N_("The folder to write into; without it the current one."),
)
@force_option
def template(registers: tuple[str, ...], out: Path, force: bool) -> None:
    """Write an empty XLSX register for each name: entities, dishonesty, payees, payers, wallets, wallet-requests,
    loans, events, receipts, policies, premiums, claims, projects, milestones, applications, grants, inspections,
    opening, bank-list, agent-statement, payout-results. Headings are in Chinese and English; comments say what belongs
    into a column.

    Example:
      subsidy template loans events --out forms
    """
    check_folder(out)
    out.mkdir(parents=True, exist_ok=True)
    for register in registers:
        path = out / f"{register}.xlsx"
        write_template(register, Target(path, force))
        click.echo(_("Written: {file}").format(file=path))
