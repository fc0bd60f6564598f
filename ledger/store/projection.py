"""From a record to its rows in the registers and claims: the functions that writing and rebuilding share."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ledger.log.kinds import KINDS

# Kinds whose records are versions of a thing in the register of the same name.
_KEYED = frozenset(kind.name for kind in KINDS.values() if kind.keyed)
# Kinds whose records take payables, or give them back.
CLAIMING = ("payout", "outcome", "recovery", "netting", "write_off")


class ItemRow(NamedTuple):
    """A row of `item`, in the order of its columns."""

    seq: int
    register: str
    key: str
    lender: str
    void: int


def item_row(seq: int, kind: str, body: Mapping[str, Any]) -> ItemRow | None:
    """The row that record `seq` makes in the registers; None for kinds that are not versions of anything.

    An import's key is its register, with `/lender` behind it where it speaks for one; an outcome's what it is about.
    """
    if kind in _KEYED:
        return ItemRow(seq, kind, body["key"], "", 0)
    if kind in ("fact", "void"):
        return ItemRow(seq, body["register"], body["key"], body.get("lender", ""), int(kind == "void"))
    if kind == "import":
        lender = body.get("lender", "")
        return ItemRow(seq, kind, f"{body['register']}/{lender}" if lender else body["register"], lender, 0)
    if kind == "undo":
        return ItemRow(seq, "match", body["key"], "", 1)
    if kind == "outcome":
        return ItemRow(seq, kind, body["about"], "", 0)
    return None


def claim_rows(seq: int, kind: str, body: Mapping[str, Any]) -> list[tuple[int, int, int]]:
    """The rows of `claim` that record `seq` makes: (award, record, amount_fen), in the order of the record."""
    if kind not in CLAIMING:
        return []
    return [(claim["award"], seq, claim["amount_fen"]) for claim in body.get("claims", ())]
