"""The charts of accounts that every book starts with, from `fixtures/charts.csv`.

`fin` is unit financial accounting, `bud` unit budget accounting, `ind` the budget indicators. An account marked
`verified: false` was taken from a secondary source and has not been checked against the official chart.
"""

import csv

from ledger.log import kinds
from ledger.resources import fixture
from ledger.store.ledger import Writer

# Accounts that few books need: recorded when they are first posted to.
_LATER = {"ind/1102", "fin/1002", "fin/1021.01", "fin/5301"}


def seed(writer: Writer) -> None:
    """Record the accounts of the shipped charts that every book needs; once, when a ledger is made."""
    for key, fields in _shipped().items():
        if key not in _LATER:
            writer.append(kinds.ACCOUNT, fields)


def ensure(writer: Writer, chart: str, code: str) -> None:
    """Record an account of the shipped charts where the book has not got it yet."""
    key = f"{chart}/{code}"
    if writer.current(kinds.ACCOUNT, key) is None:
        writer.append(kinds.ACCOUNT, _shipped()[key])


def _shipped() -> dict[str, kinds.AccountBody]:
    with fixture("charts.csv").open(encoding="utf-8") as source:
        rows = [(f"{row['chart']}/{row['code']}", row) for row in csv.DictReader(source)]
    return {
        key: kinds.AccountBody(
            key=key,
            chart=row["chart"],
            code=row["code"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            side=row["side"],
            verified=row["verified"] == "true",
        )
        for key, row in rows
    }
