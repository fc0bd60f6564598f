"""Who runs digital renminbi wallets: the table that is shipped, and what the office has added, each with its days.

An operator that somebody added counts from the day on which another person agreed to it.
"""

import csv
import re
from datetime import date
from functools import cache
from typing import NamedTuple

from ledger.log import kinds
from ledger.registry.agreements import agreed
from ledger.resources import fixture
from ledger.sheets.columns import mask
from ledger.store.ledger import View

_CODE = re.compile(r"[0-9A-Z]{14}", re.ASCII)


def is_code(text: str) -> bool:
    """Whether a text has the form of an operator's code: 14 capital letters and digits."""
    return _CODE.fullmatch(text) is not None


def shown_code(text: str) -> str:
    """A text that stands where a code should: a code is no secret, anything else may be an account number."""
    return text if is_code(text) and not text.isdigit() else mask(text)


class Operator(NamedTuple):
    """An institution by its 14-character code; wallets may be paid there from `starts_on` to `last_day`, inclusive.

    `source` is where it is published, "" for one that is shipped.
    """

    code: str
    name_zh: str
    name_en: str
    starts_on: date = date.min
    last_day: date = date.max
    source: str = ""

    def runs_on(self, day: date) -> bool:
        """Whether wallets may be paid there on this day."""
        return self.starts_on <= day <= self.last_day


@cache
def shipped() -> dict[str, Operator]:
    """Code -> operator, as the program knows them."""
    with fixture("reference/ecny_institutions.csv").open(encoding="utf-8") as source:
        return {
            row["institution_code"]: Operator(row["institution_code"], row["name_zh"], row["name_en"])
            for row in csv.DictReader(source)
        }


def operators(view: View) -> dict[str, Operator]:
    """Code -> operator: what is shipped, and over it the last version of each that was agreed to."""
    return {**shipped(), **added(view)}


def added(view: View) -> dict[str, Operator]:
    """Those that somebody added and somebody else agreed to, each in its last version that was."""
    return {row.key: _operator(row.body) for row in agreed(view, kinds.OPERATOR)}


def _operator(body: kinds.OperatorBody) -> Operator:
    return Operator(
        code=body["key"],
        name_zh=body["name_zh"],
        name_en=body.get("name_en", ""),
        starts_on=date.fromisoformat(body["from"]),
        last_day=date.fromisoformat(body["to"]) if "to" in body else date.max,
        source=body["source"],
    )
