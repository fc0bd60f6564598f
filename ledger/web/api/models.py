"""The shape of an answer for OpenAPI, made of its type: what `ledger.queries.forms.form` makes of a value of that."""

import types
import typing
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from ledger.queries.forms import FEN

# Yuan with two decimals, a minus before it where it is negative.
_YUAN = typing.Annotated[str, Field(pattern=r"^-?\d+\.\d{2}$")]
_CLOSED = ConfigDict(extra="forbid")
_NEXT = typing.Annotated[int, Field(description="Where there is more, what to give as `after` for it.")]


@cache
def model_of(kind: Any) -> type[BaseModel]:
    """The model of a dataclass or named tuple: each `x_fen` has a text `x` in yuan beside it; None is left out."""
    fields: dict[str, Any] = {}
    for name, hint in typing.get_type_hints(kind).items():
        shape, absent = _shape(hint)
        if name.endswith(FEN):
            fields[name.removesuffix(FEN)] = _field(_YUAN, absent)
        fields[name] = _field(shape, absent)
    return create_model(kind.__name__, __config__=_CLOSED, __doc__=kind.__doc__, __module__=kind.__module__, **fields)


@cache
def page_of(item: Any) -> type[BaseModel]:
    """A page of items by sequence."""
    return _items(item, "Page", next=_field(_NEXT, absent=True))


@cache
def list_of(item: Any) -> type[BaseModel]:
    """All items there are."""
    return _items(item, "List")


def _items(item: Any, name: str, **more: Any) -> type[BaseModel]:
    fields = {"items": (types.GenericAlias(list, (model_of(item),)), ...), **more}
    return create_model(f"{item.__name__}{name}", __config__=_CLOSED, __module__=item.__module__, **fields)


def _field(shape: Any, absent: bool) -> tuple[Any, Any]:
    # A factory leaves no default in the schema: what is absent has no value.
    return (shape, Field(default_factory=lambda: None)) if absent else (shape, ...)


def _shape(hint: Any) -> tuple[Any, bool]:
    """What JSON has for a type, and whether the name may be absent."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        (named,) = [one for one in inner if one is not type(None)]
        return _shape(named)[0], True
    if origin in (tuple, list):
        return types.GenericAlias(list, (_shape(inner[0])[0],)), False
    if origin is not None and issubclass(origin, Mapping):
        return types.GenericAlias(dict, (str, _shape(inner[1])[0])), False
    shown: Any = hint
    if is_dataclass(hint) or (isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")):
        return model_of(shown), False
    return (Any if hint is object else hint), False
