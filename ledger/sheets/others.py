"""A file that is brought as one list and has the headings of another: which, and with which command it is taken in."""

from collections.abc import Iterator, Sequence

from calculators.problems import N_, Place, Problem
from ledger.sheets.columns import Column, columns
from ledger.sheets.grids import texts_of
from ledger.sheets.headings import Heading, Template
from ledger.sheets.layout import Table
from ledger.sheets.names import REGISTERS, RegisterName
from ledger.sheets.units import Foreign

# Lists besides the registers -> the command that takes them.
_COMMANDS = {
    "opening": "subsidy opening import FILE --notice NOTICE",
    "payout-results": "subsidy pay import-result FILE",
    "worklist": "subsidy reconcile worklist import FILE",
}


def command_of(name: str) -> str:
    """The command that takes a list in."""
    return _COMMANDS.get(name, f"subsidy import {name} FILE --mode delta")


def another_list(table: Table, own: Sequence[Column], source: str) -> Iterator[Problem]:
    """That the headings are those of another list: all that it needs, none that it lacks, more than `own` has."""
    headings = [text for text in texts_of(table.cells) if text]
    known = len(_meant(headings, own))
    for name in (*REGISTERS, *_COMMANDS):
        theirs = columns(name)
        found = _meant(headings, theirs)
        needed = {column.name for column in theirs if column.required}
        if len(found) == len(headings) > known and needed <= {one for heading in found for one in heading.columns}:
            yield Problem(
                "register_other",
                N_("these are the headings of another list: {register}"),
                N_("take it in with `{command}`, or bring the file that was meant"),
                Place(source, table.line, 1),
                {"register": RegisterName(name), "command": command_of(name)},
            )
            return


def _meant(headings: Sequence[str], known: Sequence[Column]) -> list[Heading]:
    template = Template(known)
    found = []
    for text in headings:
        try:
            meaning = template.meaning(text)
        except Foreign:
            return []
        if meaning is not None:
            found.append(meaning)
    return found
