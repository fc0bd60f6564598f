"""A register as a Parquet file: one table whose columns are named by the headings, with values that are exact.

Packages of the extra `parquet` read and write it, and are loaded for such a file alone.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.engines.extras import extra

__all__ = ["is_parquet", "parquet_of", "parquet_rows"]

# Rows that are written together, and so many are held.
_TOGETHER = 16_384


def is_parquet(content: bytes) -> bool:
    """Whether the bytes are those of a Parquet file."""
    return content.startswith(b"PAR1")


def parquet_rows(content: bytes, source: str) -> list[tuple[int, list[object]]]:
    """The headings as line 1 and the rows below them; empty values are empty texts.

    Columns of texts, whole numbers, decimals, days, or yes and no; refuses others (`parquet_type`: a number that is not
    exact has no place in a register) and `parquet_unreadable`.
    """
    with extra("parquet"):
        import pyarrow
        import pyarrow.parquet
    try:
        table = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content)).read()
    except (pyarrow.ArrowException, OSError) as error:
        raise refuse(
            "parquet_unreadable",
            N_("the file cannot be read as Parquet"),
            N_("have it exported again"),
            Place(source),
        ) from error
    wrong = [
        Problem(
            "parquet_type",
            N_("a column of type {type} does not hold exact values"),
            N_("export amounts and rates as text or decimal, days as text or date"),
            Place(source, 1, number, field.name),
            values={"type": field.type},
        )
        for number, field in enumerate(table.schema, start=1)
        if not _exact(pyarrow.types, field.type)
    ]
    if wrong:
        raise Refused(wrong)
    columns = [[_value(value) for value in column.to_pylist()] for column in table.columns]
    return list(enumerate([list(table.column_names), *map(list, zip(*columns, strict=True))], start=1))


def parquet_of(headings: Sequence[str], rows: Iterable[Sequence[str | None]]) -> bytes:
    """The file of these rows, every cell text: no value is another's by its type."""
    with extra("parquet"):
        import pyarrow
        import pyarrow.parquet
    schema = pyarrow.schema([(heading, pyarrow.string()) for heading in headings])
    content, left = pyarrow.BufferOutputStream(), iter(rows)
    with pyarrow.parquet.ParquetWriter(content, schema) as writer:
        while together := list(islice(left, _TOGETHER)):
            columns = map(pyarrow.array, zip(*together, strict=True), [pyarrow.string()] * len(headings))
            writer.write_table(pyarrow.Table.from_arrays(list(columns), schema=schema))
    return bytes(content.getvalue())


def _exact(types: Any, of: Any) -> bool:
    if types.is_dictionary(of):
        of = of.value_type
    text, number = types.is_string(of) or types.is_large_string(of), types.is_integer(of) or types.is_decimal(of)
    return bool(text or number or types.is_date(of) or types.is_boolean(of) or types.is_null(of))


def _value(value: Any) -> object:
    """A cell as a workbook has it: a whole number stays one, so that it is no contract number; others are text."""
    if value is None:
        return ""
    if isinstance(value, str | int) or hasattr(value, "isoformat"):
        return value
    return int(value) if value == int(value) else str(value)
