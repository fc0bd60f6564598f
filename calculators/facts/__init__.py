"""What a calculator is given, and the one set of rules by which every file format checks it.

Read `model.py` first; `loan.py` and `item.py` hold the rules of their subject.
"""

__all__ = [
    "item",
    "loan",
    "model",
    "rules",
]
