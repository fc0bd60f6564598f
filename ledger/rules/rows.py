"""Rows of facts of one import, most of a log: asked field by field over all of them, and known at once.

Where one of them is not proper, or not new, each is looked at by itself (`registers.row`), which says what is wrong.
"""

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from ledger.log.shapes import columns_of
from ledger.registry.days import HAPPENED_ON, TOLD_BY
from ledger.registry.happened import GIVES, ITEMS, given_fen, item_of
from ledger.registry.ordinals import under_its_own
from ledger.rules.groups import Opened
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import ASKED, VERSIONS
from ledger.sheets.columns import is_lent_at

# Registers whose rows say at which rate is lent.
RATED = frozenset({"loan", "event"})


def all_known(state: Fold, records: Sequence[Logged[Any]], opened: Opened) -> bool:
    """Whether these rows of facts are new and proper, all of them: then they are known; else nothing has changed.

    They are by one officer and of one time, and do not end the import.
    """
    announced: Any = opened.record.body
    register = announced["register"]
    if opened.record.kind != "import" or opened.left["new"] < len(records) or state.whole("as_said") is None:
        return False
    bodies = [record.body for record in records]
    if register in ASKED or not {register}.issuperset([body["register"] for body in bodies]):
        return False
    if "lender" in announced and not {announced["lender"]}.issuperset([body.get("lender", "") for body in bodies]):
        return False
    keys = [body["key"] for body in bodies]
    state.prefetch(VERSIONS + register, keys)
    if len(set(keys)) != len(keys) or any(map(state.known(register).get, keys)):
        return False
    datas = [body["data"] for body in bodies]
    today = day_of(bodies[0]["recorded_at"]).isoformat()
    told = announced.get("through", "9999") if state.whole("at_doors") is not None else "9999"
    if not all(map(under_its_own, repeat(register), keys, datas)) or not all(
        _proper(register, columns, today, told) for columns in columns_of(datas)
    ):
        return False
    if register == "loan" and [data["lender"] for data in datas] != [body.get("lender") for body in bodies]:
        return False
    given: dict[str, int] = {}
    if register in ITEMS:
        items = list(map(item_of, repeat(register), keys))
        if any(state.stands_in(ITEMS[register], item) is None for item in dict.fromkeys(items)):
            return False
        for item, data in zip(items, datas, strict=True) if register in GIVES else ():
            fen = given_fen(register, data)
            if fen:
                given[item] = given.get(item, 0) + fen
    opened.left["new"] -= len(records)
    for item, fen in given.items():
        opened.given[item] = opened.given.get(item, 0) + fen
        state.add("given_of", (register, item), fen)
    state.take_rows(records, register, keys)
    return True


def _proper(register: str, columns: dict[str, list[Any]], today: str, through: str) -> bool:
    """What `facts` asks of what one row says by itself, of rows that say equally much; all of days that have come."""
    if any(max(columns[name]) > today for name in HAPPENED_ON.get(register, ()) if name in columns):
        return False
    if register in TOLD_BY and max(columns[TOLD_BY[register]]) > through:
        return False
    if any(name.endswith("_fen") and min(column) < 0 for name, column in columns.items()):
        return False
    if register in RATED and not all(map(is_lent_at, set(columns.get("rate", ())))):
        return False
    return register != "loan" or all(map(str.__gt__, columns["matures_on"], columns["signed_on"]))
