"""From a record to its row in the registers: the one function that writing and rebuilding use."""

from collections.abc import Mapping
from typing import Any, NamedTuple

# Kinds whose records are versions of a thing in the register of the same name.
_KEYED = (
    "actor",
    "key",
    "account",
    "budget",
    "benchmark",
    "notice",
    "entity",
    "payee",
    "application",
    "grant",
    "decision",
    "opening",
    "refusal",
    "public_notice",
    "objection",
    "inspection",
    "clawback",
    "evidence",
)
# What a lender reports stands in `fact` and `void` records, which name their register.
REGISTERS = (*_KEYED, "import", "loan", "event", "receipt")


class ItemRow(NamedTuple):
    """A row of `item`, in the order of its columns."""

    seq: int
    register: str
    key: str
    lender: str
    void: int


def item_row(seq: int, kind: str, body: Mapping[str, Any]) -> ItemRow | None:
    """The row that record `seq` makes in the registers; None for kinds that are not versions of anything.

    An import's key is its register, with `/lender` behind it where it speaks for one.
    """
    if kind in _KEYED:
        return ItemRow(seq, kind, body["key"], "", 0)
    if kind in ("fact", "void"):
        return ItemRow(seq, body["register"], body["key"], body.get("lender", ""), int(kind == "void"))
    if kind == "import":
        lender = body.get("lender", "")
        return ItemRow(seq, kind, f"{body['register']}/{lender}" if lender else body["register"], lender, 0)
    return None
