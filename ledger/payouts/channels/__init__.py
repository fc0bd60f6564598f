"""Formats that banks and wallet operators read and write: pure functions between values and bytes.

Nothing here knows a ledger, a clock or a network. `instruction` and `result` are the values, `capitals` writes amounts
as Chinese documents want them, and each format has a module of its own.
"""

__all__ = [
    "client",
    "ecny",
    "instruction",
    "pain001",
    "pain002",
    "result",
    "result_sheet",
    "sheet",
]
