"""Reading and writing CSV and XLSX: grids, columns, lists, templates and workbooks. Knows no register."""

__all__ = [
    "around",
    "columns",
    "faults",
    "files",
    "forms",
    "grids",
    "headings",
    "layout",
    "lists",
    "moments",
    "names",
    "rates",
    "read",
    "reported",
    "returned",
    "rows",
    "suggestions",
    "templates",
    "units",
    "workbook",
]
