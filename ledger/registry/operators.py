"""Who runs digital renminbi wallets: the table that is shipped, and what the office has added, each with its days.

An operator that somebody added counts from the day on which another person agreed to it.
"""

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from typing import NamedTuple

from ledger.log import kinds
from ledger.resources import fixture
from ledger.store.ledger import Row, View

# The type of the decision by which another person agrees.
AGREED = "operator"


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
    found = dict(shipped())
    for code, versions in _versions(view).items():
        agreed = [row for row, by in versions if by]
        if agreed:
            found[code] = _operator(agreed[-1].body)
    return found


def waiting(view: View) -> list[Row[kinds.OperatorBody]]:
    """The last version of every operator that nobody has agreed to yet, in log order."""
    last = [versions[-1] for versions in _versions(view).values()]
    return sorted((row for row, by in last if not by), key=lambda row: row.seq)


def _versions(view: View) -> dict[str, list[tuple[Row[kinds.OperatorBody], str]]]:
    """Code -> its versions in log order, each with who agreed to it before the next one came ("" for nobody)."""
    agreed: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for decision in view.records(kinds.DECISION):
        if decision.body["type"] == AGREED:
            agreed[decision.body["about"]].append((decision.seq, decision.body["actor"]))
    found: dict[str, list[tuple[Row[kinds.OperatorBody], str]]] = defaultdict(list)
    end: dict[str, int] = {}
    for row in reversed(list(view.records(kinds.OPERATOR))):
        before = end.get(row.key, view.size)
        maker = row.body["actor"]
        by = [actor for seq, actor in agreed[row.key] if row.seq < seq < before and actor != maker]
        end[row.key] = row.seq
        found[row.key].insert(0, (row, by[0] if by else ""))
    return found


def _operator(body: kinds.OperatorBody) -> Operator:
    return Operator(
        code=body["key"],
        name_zh=body["name_zh"],
        name_en=body.get("name_en", ""),
        starts_on=date.fromisoformat(body["from"]),
        last_day=date.fromisoformat(body["to"]) if "to" in body else date.max,
        source=body["source"],
    )
