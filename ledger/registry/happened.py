"""What happened to an item, by the rows about it: which item that is, and what a row moves of what was given.

Nobody repays more of a loan than was drawn, and no insurer gives back more premium than it was paid.
"""

from collections.abc import Mapping
from typing import Any

# Register of what happened -> the register of the items that it happened to.
ITEMS = {"event": "loan", "receipt": "loan", "premium": "policy", "milestone": "project"}
# Register -> its kinds of rows that give, and those that take back.
GIVES = {"event": {"drawdown": 1, "repayment": -1}, "premium": {"paid": 1, "returned": -1}}


def item_of(register: str, key: str) -> str:
    """The item of a row about one, from the row's key."""
    if ITEMS[register] == "loan":
        contract, _, rest = key.partition("/")
        slip = rest.partition("/")[0]
        return f"{contract}/{slip}" if slip else contract
    if register == "premium":
        return key.rsplit("/", 3)[0]
    return key.partition("/")[0]


def given_fen(register: str, data: Mapping[str, Any]) -> int:
    """What a row gives of its item, fen: negative where it takes back, 0 where it does neither."""
    sign = GIVES.get(register, {}).get(data.get("kind", ""), 0)
    return int(sign * data.get("amount_fen", 0)) if sign else 0
