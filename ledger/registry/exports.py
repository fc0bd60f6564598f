"""Facts of a register as rows of its file, so that another ledger takes them in as this one did."""

from collections.abc import Iterator, Mapping
from typing import Any

from calculators.money import plain_yuan
from ledger.registry.imports import REGISTERS
from ledger.sheets.columns import AMOUNTS, Column, columns
from ledger.store.ledger import View

__all__ = ["FACTS", "fact_rows"]

# Registers of which each record is one row of a file; the rows of a firm make one record.
FACTS = ("loans", "events", "receipts", "policies", "premiums", "claims", "projects", "milestones")


def fact_rows(view: View, register: str, lender: str = "") -> Iterator[list[str | None]]:
    """The rows that stand in a register of `FACTS`, one by one, a cell for each of its columns."""
    cells = columns(register)
    for row in view.rows(REGISTERS[register].kind, lender or None):
        said = {**row.body, **row.body["data"]}
        yield [_written(column, said) for column in cells]


def _written(column: Column, said: Mapping[str, Any]) -> str | None:
    """A value as a cell says it: amounts in yuan, days of a list and named values with `;` between them."""
    value = said.get(f"{column.name}_fen" if column.kind in AMOUNTS else column.name)
    if value is None:
        return None
    if column.kind in AMOUNTS:
        return plain_yuan(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}={of}" for name, of in value.items())
    return ";".join(value) if isinstance(value, list) else str(value)
