"""What a line says of the other side, held against the payee of a payout: it agrees, it is silent, or it contradicts.

Banks mask and cut names, keep former ones, and show accounts of their own in between: all that is silence. A full name
or number that is nobody's the payout went to is evidence that the money went elsewhere, however right the rest is.
"""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

_MASKS = "*×"
# Fewer signs are the end of a number, not a number.
_NUMBER = 8
# Names of accounts through which banks and networks pass money on.
_PASSING = ("清算", "过渡", "待划转", "暂收", "备付金", "应解汇款", "汇出汇款", "银联", "网联", "数字人民币")


class Evidence(StrEnum):
    """What the other side of a line says of a payee."""

    AGREES = "agrees"
    SILENT = "silent"
    CONTRADICTS = "contradicts"


class Payee(NamedTuple):
    """Whom a payout went to: every name, of today or before, folded by `fold`; and the account's number."""

    names: frozenset[str]
    number: str


def fold(name: str) -> str:
    """A name for comparing: half width, small, letters and digits alone."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())


def of(payee: Payee, name: str, number: str) -> Evidence:
    """What the name and the number that a line shows say of a payee; what agrees outweighs what does not."""
    said = {_of_name(payee.names, name), _of_number(payee.number, number)}
    return next((one for one in (Evidence.AGREES, Evidence.CONTRADICTS) if one in said), Evidence.SILENT)


def _of_name(known: Iterable[str], name: str) -> Evidence:
    shown, names = fold(name), [one for one in known if one]
    if not shown or not names or any(mask in unicodedata.normalize("NFKC", name) for mask in _MASKS):
        return Evidence.SILENT
    if shown in names:
        return Evidence.AGREES
    # Cut, with something behind it, or with its parts in another order.
    alike = any(shown in one or one in shown or sorted(shown) == sorted(one) for one in names)
    return Evidence.SILENT if alike or any(word in shown for word in _PASSING) else Evidence.CONTRADICTS


def _of_number(own: str, number: str) -> Evidence:
    if not own or len(number) < _NUMBER or not number.isalnum() or not number.isascii():
        return Evidence.SILENT
    if number == own:
        return Evidence.AGREES
    return Evidence.SILENT if number.endswith(own) or own.endswith(number) else Evidence.CONTRADICTS
