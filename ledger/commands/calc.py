"""`subsidy calc`: calculate from files, without a ledger."""

from pathlib import Path

import rich_click as click

from calculators.files.accrual import period_interest
from calculators.files.yaml import read_file
from calculators.money import format_yuan, plain_yuan
from ledger.commands.calc_award import allocated_subsidy, incentive, insurance_premium, interest_discount
from ledger.commands.ui.context import json_option, money, print_json, table
from ledger.words import _


@click.group()
def calc() -> None:
    """Calculate from files, without a ledger.

    Example:
      subsidy calc accrual loan.json
    """


@calc.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def accrual(file: Path, as_json: bool) -> None:
    """Say what interest each due period of a loan bears.

    FILE is a JSON object with the loan's cash events, rates, day count, due dates (the first day that no longer
    counts) and rounding; amounts and rates are texts in quotes.

    Example:
      subsidy calc accrual loan.json
      subsidy calc accrual loan.json --json
    """
    periods = period_interest(read_file(file), str(file))
    if as_json:
        rows = [{"due": str(period.ends_before), "interest": plain_yuan(fen)} for period, fen in periods]
        print_json({"periods": rows})
        return
    lines = [
        (period.starts_on, period.ends_before, (period.ends_before - period.starts_on).days, format_yuan(fen))
        for period, fen in periods
    ]
    total = (
        "",
        _("total"),
        sum(days for _from, _due, days, _yuan in lines),
        format_yuan(sum(fen for _p, fen in periods)),
    )
    table([_("from"), _("due"), money(_("days")), money(_("interest, yuan"))], [*lines, total])


calc.add_command(interest_discount)
calc.add_command(insurance_premium)
calc.add_command(incentive)
calc.add_command(allocated_subsidy)
