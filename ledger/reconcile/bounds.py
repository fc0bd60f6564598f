"""How far a difference explains itself: the amount of a fee or of interest, and the days of money under way.

The figures are data (`fixtures/reference/bounds.csv`), each with its source. What lies beyond them a person decides.
"""

import csv
from functools import cache
from typing import NamedTuple

from calculators.money import parse_yuan
from ledger.resources import fixture


class Bounds(NamedTuple):
    """Amounts in fen, days as working days of the Chinese calendar."""

    fee_fen: int
    interest_fen: int
    in_transit_days: int


@cache
def bounds() -> Bounds:
    """The bounds that the package ships."""
    with fixture("reference/bounds.csv").open(encoding="utf-8") as source:
        values = {row["name"]: row["value"] for row in csv.DictReader(source)}
    return Bounds(parse_yuan(values["fee"]), parse_yuan(values["interest"]), int(values["in_transit"]))
