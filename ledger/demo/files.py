"""The registers of the invented year as officers and banks would send them: CSV in two encodings, and XLSX."""

import csv
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

import xlsxwriter

from ledger.demo.year import FIRST_DAY, Row
from ledger.sheets.columns import Column, columns


def write_csv(path: Path, register: str, rows: Sequence[Row], *, chinese: bool) -> Path:
    """A CSV: with Chinese headings in GB18030, as a desk's spreadsheet saves it, or with English ones in UTF-8."""
    used = _used(register, rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="gb18030" if chinese else "utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow([column.chinese if chinese else column.english for column in used])
        writer.writerows([row.get(column.name, "") for column in used] for row in rows)
    return path


def write_xlsx(path: Path, register: str, rows: Sequence[Row]) -> Path:
    """A workbook with headings in both languages; every cell is text, so that no identifier loses its zeros."""
    used = _used(register, rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        # A workbook says when it was made; without a day of its own two demos would differ.
        book.set_properties({"created": datetime.combine(FIRST_DAY, time())})
        sheet = book.add_worksheet()
        for place, column in enumerate(used):
            sheet.write_string(0, place, column.heading)
            for line, row in enumerate(rows, 1):
                sheet.write_string(line, place, row.get(column.name, ""))
    return path


def _used(register: str, rows: Sequence[Row]) -> list[Column]:
    """The register's compulsory columns, and the others that some row fills."""
    return [column for column in columns(register) if column.required or any(column.name in row for row in rows)]
