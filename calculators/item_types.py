"""The types of support that rest on one item: for each its notice, its item, its calculator and its reader."""

from typing import NamedTuple

from calculators.facts import Item
from calculators.item_award import Reckon
from calculators.item_notice import ItemNotice
from calculators.reader import Reader

__all__ = ["ITEM_TYPES", "ItemType"]


class ItemType(NamedTuple):
    """One type of support; `calculator` is the name and version that digests carry."""

    notice: type[ItemNotice]
    item: type[Item]
    calculator: str
    reckon: Reckon
    reader: type[Reader]


# By the `type` of a notice.
ITEM_TYPES: dict[str, ItemType] = {}
