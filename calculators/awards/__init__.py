"""What a line is due: conditions, one calculator per type of support, caps over all lines, payers, shortage.

Read `lines.py`, then `loan.py` or `item.py`, then `caps.py`; `all.py` calculates every type together.
"""

__all__ = [
    "all",
    "apart",
    "caps",
    "conditions",
    "digests",
    "failed",
    "item",
    "lines",
    "loan",
    "loan_once",
    "loan_parts",
    "loan_receipts",
    "payers",
    "shortage",
    "unsure",
    "versions",
    "wire",
]
