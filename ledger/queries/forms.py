"""An answer as JSON has it: names of fields, amounts as texts in yuan, days as ISO texts.

What is not there (None) is a name that is not there, as in the log.

Every command prints its answer so under `--json`; what serves programs gives the integers of fen beside the texts.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from calculators.money import plain_yuan

FEN = "_fen"


def form(value: Any, *, fen: bool = False) -> Any:
    """`value` in what JSON knows; a field `x_fen` is `x` in yuan, with `fen` also `x_fen` as it is.

    Values are frozen dataclasses and named tuples, mappings, sequences, enumerations, days, texts and integers.
    """
    named = _named(value)
    if named is not None:
        made: dict[str, Any] = {}
        for name, inner in named.items():
            if inner is None:
                continue
            if not name.endswith(FEN):
                made[name] = form(inner, fen=fen)
                continue
            made[name.removesuffix(FEN)] = plain_yuan(inner)
            if fen:
                made[name] = inner
        return made
    if isinstance(value, (list, tuple)):
        return [form(inner, fen=fen) for inner in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _named(value: Any) -> Mapping[str, Any] | None:
    """The fields of a value that has names for them."""
    if isinstance(value, Mapping):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    return None
