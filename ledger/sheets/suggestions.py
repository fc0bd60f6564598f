"""What headings that banks use may mean in a register (`fixtures/headings.csv`), besides those of the template."""

import csv
from collections.abc import Mapping
from functools import cache

from ledger.resources import fixture
from ledger.sheets.columns import columns
from ledger.sheets.grids import clean
from ledger.sheets.headings import Heading, Template, folded, takes_unit
from ledger.sheets.layout import Table
from ledger.sheets.rates import PER_MILLE
from ledger.sheets.units import Foreign, heading_parts


class Suggestions:
    """Meanings of headings in one register; `answers` (heading -> column, "" for none) go before all others."""

    def __init__(self, register: str, answers: Mapping[str, str]) -> None:
        self._template = Template(columns(register))
        self._columns = {column.name: column for column in columns(register)}
        self._answers = {folded(heading): column for heading, column in answers.items()}
        self._is: dict[str, str] = {}
        self._near: dict[str, str] = {}
        for row in _bank_headings():
            if row["register"] in ("", register) and (not row["column"] or row["column"] in self._columns):
                (self._is if row["how"] == "is" else self._near)[folded(row["heading"])] = row["column"]

    def meaning(self, text: str) -> Heading | None:
        """What a heading may mean; None where nobody knows. Raises `Foreign` for another currency."""
        base, unit = heading_parts(text)
        if folded(text) in self._answers:
            said = self._template.column(self._answers[folded(text)])
            return Heading((said.name,), unit if takes_unit(said, unit) else "") if said else Heading((), "")
        found = self._template.meaning(text)
        if found is not None:
            return found
        for name in (folded(text), folded(base)):
            if name in self._near or self._is.get(name) == "":
                return Heading((), "")
            column = self._columns.get(self._is.get(name, ""))
            if column is not None:
                if unit and not takes_unit(column, unit):
                    # 执行利率（‰）may be by the month or by the year: that has to be said.
                    return Heading((column.name,), "") if unit == PER_MILLE and column.kind == "rate" else None
                return Heading((column.name,), unit)
        return None

    def elsewhere(self, text: str) -> bool:
        """Whether a heading is one of this register, so that another register may pass it over."""
        return self._guess(text) is not None

    def near(self, heading: str) -> str:
        """The column that stands close to what a heading means, though it is not the same; "" for none."""
        return self._near.get(folded(heading_parts(heading)[0]), "")

    def reads(self, table: Table) -> int:
        """How many columns of the register a table's headings name."""
        named = [self._guess(clean(str(value))) for value in table.cells]
        return len({column for one in named if one for column in one.columns})

    def _guess(self, text: str) -> Heading | None:
        try:
            return self.meaning(text)
        except Foreign:
            return None


@cache
def _bank_headings() -> list[dict[str, str]]:
    with fixture("headings.csv").open(encoding="utf-8") as source:
        return list(csv.DictReader(source))
