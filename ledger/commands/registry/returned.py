"""`subsidy import --returned`: the file as it goes back to who sent it."""

from collections.abc import Iterable
from pathlib import Path

import rich_click as click

from calculators.problems import Problem, Refused
from ledger.sheets.columns import columns
from ledger.sheets.files import Target
from ledger.sheets.forms import Form
from ledger.sheets.headings import Template
from ledger.sheets.returned import returned
from ledger.words import _


def give_back(
    target: Target, file: Path, register: str, form: Form | None, sheet: str, problems: Iterable[Problem]
) -> None:
    """Write `file`, of a lender's `form` where it has one, with what is wrong to `target`, and say so."""
    found = list(problems)
    if not found:
        _say(_("Nothing is wrong with the rows of the file; {file} was not written."), target)
        return
    try:
        template = Template(columns(register))
        content = returned(file, [form, template] if form else [template], sheet, found, _)
    except Refused:
        # What stops the reading of the file is told with its problems; without a table there is no row to mark.
        _say(_("No row can be marked before the table is found; {file} was not written."), target)
        return
    target.write(content)
    _say(_("What is wrong is marked in {file}, to be sent back."), target)


def _say(text: str, target: Target) -> None:
    click.echo(text.format(file=target.path), err=True)
