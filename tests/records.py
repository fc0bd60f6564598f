"""docs/reference/records.md from the declarations of records: what each kind is, its fields, their types and meanings.

A declaration's docstring has a paragraph on what the record is and lines `name: meaning` or `name, name: meaning`. The
columns of a register of facts mean what `fixtures/registers.csv` says of them.
"""

import csv
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, NotRequired, get_args, get_origin, is_typeddict

from calculators.digest import Held
from ledger.log import kinds, shapes
from ledger.log.kinds.kind import Kind, Record
from ledger.log.kinds.values import check_of, types_of

COLUMNS = Path(__file__).parents[1] / "fixtures" / "registers.csv"
FILES = {"dishonesty": "dishonesty", "policy": "policies"}

_HEAD = """# Records

Every kind of record that stands in a log: its fields, what each may hold, and what it means. A name with `?` may be
absent, `[]` is a list, `a.b` the field `b` of the object `a`. An amount (`_fen`) is an integer of fen, a log index
counts records from 0, a count is 0 or more. Besides its own fields every record has `$schema` (named here under its
kind), `actor`, the staff number of who wrote it, and `recorded_at`, the time of the write (UTC). How bytes are made of
a record, and what must hold between records: [contracts](../contracts.md). This page is made from the declarations in
`ledger/log/kinds` (`make pages`).
"""
_MEANING = re.compile(r"(\w+(?:, \w+)*): (.+)")
_ARTICLE = re.compile(r"^(?:an?) ")

# What names mean wherever a declaration says nothing else of them.
COMMON = {
    "$schema": "the shape of the object, which changes with its bytes",
    "account": "account code in its chart",
    "amount_fen": "amount",
    "act": "which act it is, in the words of the duties",
    "application": "application number",
    "award": "log index of the entry of an award",
    "code": "refusal code",
    "clause": "place in the notice",
    "document": "number of the paper that orders it",
    "economic": "economic classification code",
    "envelope": "budget path",
    "by": "staff number",
    "class": "class of a difference",
    "file": "base name of the file",
    "for": "for whom a substitute acts",
    "from": "first day",
    "function": "functional classification code",
    "head": "the log as its signer saw it",
    "institution": "wallet operator (14 characters) or bank (12-digit CNAPS code)",
    "level": "which level of government pays",
    "line": "the award line: its grant number",
    "month": "of a run of loans",
    "name": "its name",
    "notice": "id of the notice",
    "on": "day of the event",
    "origin": "name of the log",
    "payee": "reference of the payee",
    "post": "as which post it is done",
    "reason": "why, in somebody's words",
    "sha256": "of the file's bytes",
    "signature": "the actor's, over the canonical bytes of the record without it",
    "to": "last day, inclusive",
    "uscc": "unified social credit code of the firm",
    "valid_until": "last day on which it may be recorded",
    "wallet_type": "WT01, WT02, WT03, WT09 or WT10",
}


# Python 3.11 does not keep what a TypedDict extends.
EXTENDED = {kinds.HeldPeriod: Held}


class Field(NamedTuple):
    """A row of a table: the field's name, what it may hold, what it means."""

    name: str
    type: str
    meaning: str


def page() -> str:
    """The page."""
    return "\n".join([_HEAD, *(line for name in sorted(kinds.KINDS) for line in _kind(kinds.KINDS[name]))])


def _kind(kind: Kind[Any]) -> Iterator[str]:
    versions = ", versions of what `key` names" if kind.keyed else ""
    yield f"## {kind.name}\n"
    yield f"`{kind.schema}`{versions}. {said(kind.body)[0]}\n"
    if kind.name != "fact":
        yield from _table(fields(kind.body))
        return
    yield from _table(field for field in fields(kind.body) if not field.name.startswith("data."))
    for one in kinds.FACTS:
        yield f"### {one.register}\n"
        yield f"Register `{one.register}`. {said(types_of(one.body)['data'])[0]}\n"
        yield from _table(columns(one))


def _table(rows: Iterable[Field]) -> Iterator[str]:
    yield "| field | type | meaning |"
    yield "|---|---|---|"
    yield from (f"| `{name}` | {type_} | {meaning} |" for name, type_, meaning in rows)
    yield ""


def columns(kind: Kind[Any]) -> list[Field]:
    """The fields of `data` in a register of facts, with the headings of its columns."""
    headings = _headings(FILES.get(kind.register, f"{kind.register}s"))
    return [
        field._replace(meaning=headings.get(re.sub(r"^data\.|(_fen)?\??(\[\])?$", "", field.name), field.meaning))
        for field in fields(kind.body)
        if field.name.startswith("data.")
    ]


@cache
def _headings(register: str) -> dict[str, str]:
    with COLUMNS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["register"] == register]
    return {row["column"]: row["english"] for row in rows}


def fields(shape: Any, above: str = "") -> Iterator[Field]:
    """The fields of a shape, below each those of the shape that it holds."""
    meanings = said(shape)[1]
    for name, hint in types_of(shape).items():
        plain = name.removesuffix("?")
        if plain in Record.__annotations__:
            continue
        inner, lists = _inner(hint)
        nested = is_typeddict(get_origin(inner) or inner)
        about = said(inner)[0].rstrip(".") if nested else ""
        meaning = meanings.get(plain) or about[:1].lower() + about[1:] or COMMON.get(plain, "")
        yield Field(f"{above}{name}{'[]' * lists}", words(check_of(inner)), meaning)
        if nested:
            yield from fields(inner, f"{above}{plain}{'[]' * lists}.")


def _inner(hint: Any) -> tuple[Any, int]:
    """What a field holds, without that it may be absent, and how many lists it stands in."""
    if get_origin(hint) is NotRequired:
        return _inner(get_args(hint)[0])
    if not isinstance(check_of(hint), shapes.ListOf):
        return hint, 0
    listed = hint if get_origin(hint) is list else get_args(hint)[0]
    inner, lists = _inner(get_args(listed)[0])
    return inner, lists + 1


def words(check: shapes.Check) -> str:
    """What a value may be."""
    if isinstance(check, shapes.MapOf):
        return f"object, each value {words(check.inner)}"
    if isinstance(check, shapes.ObjectOf):
        return "object"
    what = str(check.what)
    return _ARTICLE.sub("", what).replace("|", "\\|")


def said(shape: Any) -> tuple[str, dict[str, str]]:
    """What a declaration's docstring says: of the whole, and of its fields by name, those of what it extends too."""
    plain = get_origin(shape) or shape
    about: list[str] = []
    meanings = dict(said(EXTENDED[plain])[1]) if plain in EXTENDED else {}
    names: list[str] = []
    for line in inspect.cleandoc(plain.__doc__ or "").split("\n"):
        found = _MEANING.fullmatch(line)
        if found and set(found[1].split(", ")) <= {name.removesuffix("?") for name in types_of(shape)}:
            names = found[1].split(", ")
            meanings |= dict.fromkeys(names, found[2])
        elif names and line.strip():
            meanings |= {name: f"{meanings[name]} {line.strip()}" for name in names}
        elif line.strip():
            about.append(line.strip())
    return " ".join(about), meanings
