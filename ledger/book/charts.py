"""The charts of accounts that every book starts with, from `fixtures/charts.csv`.

`fin` is unit financial accounting, `bud` unit budget accounting, `ind` the budget indicators. An account marked
`verified: false` was taken from a secondary source and has not been checked against the official chart.
"""

import csv

from ledger.resources import fixture
from ledger.store.ledger import Writer


def seed(writer: Writer) -> None:
    """Record every account of the shipped charts; once, when a ledger is made."""
    with fixture("charts.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            writer.append(
                "account",
                key=f"{row['chart']}/{row['code']}",
                chart=row["chart"],
                code=row["code"],
                name_en=row["name_en"],
                name_zh=row["name_zh"],
                side=row["side"],
                verified=row["verified"] == "true",
            )
