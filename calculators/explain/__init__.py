"""Worksheets behind an award, and a notice read back in plain sentences.

Read `sheet.py`, then the module of one type.
"""

__all__ = [
    "read_back",
    "worksheet",
]
