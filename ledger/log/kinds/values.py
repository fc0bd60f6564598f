"""The types that fields of records have, and the check that follows from each.

A field's type is what mypy holds code to; the check behind it is what writing and reading hold bytes to. Both come from
the one annotation.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

from ledger.log import shapes
from ledger.log.shapes import Check

__all__ = [
    "Amount",
    "Benchmarked",
    "Count",
    "Day",
    "Fen",
    "Flag",
    "Hash",
    "Identifier",
    "Month",
    "PublicKey",
    "Signature",
    "Text",
    "Time",
    "Versioned",
    "check_of",
    "fields_of",
    "marked",
    "types_of",
]

Text = Annotated[str, shapes.text]
# Capitals and digits, as payment formats take them.
Identifier = Annotated[str, shapes.key]
Versioned = Annotated[str, shapes.versioned]
Day = Annotated[str, shapes.day]
Month = Annotated[str, shapes.month]
Time = Annotated[str, shapes.time]
Hash = Annotated[str, shapes.sha256]
PublicKey = Annotated[str, shapes.public_key]
# Marks a field that no signature of its record stands under: the writer's, and signatures themselves.
UNSIGNED = object()
# Marks a field that names an earlier record, by its log index or by index and leaf hash: an act on it goes stale.
REF = object()
Signature = Annotated[str, shapes.signature, UNSIGNED]
# Marks a field that code leaves out and the writer or the signer adds: every record has it all the same.
ADDED = object()
Fen = Annotated[int, shapes.fen]
# An amount other than zero.
Amount = Annotated[int, shapes.posting_amount]
Count = Annotated[int, shapes.count]
Flag = Annotated[bool, shapes.flag]
# [effective from, one-year rate, five-year rate] as published.
Benchmarked = Annotated[list[str], shapes.published_rate]

# The checks that the calculators name, which know no log (`calculators.digest`).
_NAMED: Mapping[str, Check] = {"text": shapes.text, "day": shapes.day, "sha256": shapes.sha256}
_PLAIN: Mapping[Any, Check] = {str: shapes.any_text, int: shapes.fen, bool: shapes.flag}


def fields_of(declared: Any) -> dict[str, Check]:
    """The checks of a declaration's fields, in their order; a name that ends in `?` may be absent."""
    return {name: check_of(hint) for name, hint in types_of(declared).items()}


def types_of(declared: Any) -> dict[str, Any]:
    """The types of a declaration's fields, by the names that `fields_of` gives them."""
    shape = get_origin(declared) or declared
    given = dict(zip(getattr(shape, "__parameters__", ()), get_args(declared), strict=True))
    hints = get_type_hints(shape, include_extras=True)
    return {
        f"{name}?" if name in shape.__optional_keys__ and not _bears(hint, ADDED) else name: given.get(hint, hint)
        for name, hint in hints.items()
    }


def marked(declared: Any, mark: object) -> tuple[str, ...]:
    """The fields of a declaration that bear a mark, in their order."""
    hints = get_type_hints(get_origin(declared) or declared, include_extras=True)
    return tuple(name for name, hint in hints.items() if _bears(hint, mark))


def _bears(hint: Any, mark: object) -> bool:
    inner = get_args(hint)[0] if get_origin(hint) is NotRequired else hint
    return mark in get_args(inner)


def check_of(declared: Any) -> Check:
    """The check that a type asks for; `TypeError` for one that no record can have."""
    origin, inner = get_origin(declared), get_args(declared)
    if origin in (NotRequired, Required):
        return check_of(inner[0])
    if origin is Annotated:
        for mark in inner[1:]:
            if isinstance(mark, Check):
                return mark
            if isinstance(mark, str):
                return _NAMED[mark]
            if isinstance(mark, shapes.AtLeast):
                return shapes.ListOf(check_of(get_args(inner[0])[0]), mark.least)
        # Only a mark that says nothing of the shape.
        return check_of(inner[0])
    if origin is Literal:
        return shapes.one_of(*inner)
    if origin is list:
        return shapes.ListOf(check_of(inner[0]))
    if origin is dict and inner[0] is str:
        return shapes.MapOf(check_of(inner[1]))
    if is_typeddict(declared) or is_typeddict(origin):
        return shapes.ObjectOf(fields_of(declared))
    if declared in _PLAIN:
        return _PLAIN[declared]
    raise TypeError(f"no field of a record has the type {declared!r}")
