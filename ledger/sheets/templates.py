"""Empty registers to fill in: XLSX workbooks that `sheets` reads back.

Everything is written as text, and identifier columns are formatted as text, because Excel keeps 15 digits of a number
and no leading zeros. The heading of each column says in a comment what belongs there, with an example.
"""

from pathlib import Path

from ledger.sheets.columns import Column, columns
from ledger.sheets.workbook import new_book, save

ROWS = 5000
# Only these cells may hold numbers: a rate or a date has to stay as it was typed.
NUMBERS = frozenset({"amount", "amount_or_zero", "day", "count"})


def write_template(register: str, path: Path) -> None:
    """An empty workbook for `register`, overwriting `path`; refuses `file_not_written`."""
    columns_ = columns(register)
    book = new_book(path)
    sheet = book.add_worksheet(register)
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E1F2"})
    optional = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#F2F2F2"})
    text = book.add_format({"num_format": "@"})
    amount = book.add_format({"num_format": "#,##0.00"})
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    for place, column in enumerate(columns_):
        sheet.write_string(0, place, column.heading, heading if column.required else optional)
        sheet.write_comment(0, place, comment(column), {"x_scale": 2})
        sheet.set_column(place, place, max(14, len(column.heading)), amount if column.kind in NUMBERS else text)
        if column.choices:
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": list(column.choices)})
    save(book, path)


def comment(column: Column) -> str:
    """What the template says about a column, in both languages, with the example."""
    lines = [column.note_zh, column.note_en]
    if column.example:
        lines.append(f"例 e.g. {column.example}")
    return "\n".join(line for line in lines if line) or column.heading
