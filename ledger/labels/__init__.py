"""What codes are called: a table of marked texts for each kind of answer, and sentences made of an answer's values.

Commands and pages say the same words for the same code; they take them from here. Nothing here asks the ledger.
"""

__all__ = [
    "acts",
    "arguments",
    "duties",
    "firm",
    "happened",
    "inbox",
    "moments",
    "month",
    "payments",
    "publicity",
    "reconciliation",
    "records",
    "runs",
]
