"""Questions and their answers: one module per question, frozen values out, nothing printed and nothing written.

Commands and pages render these; they hold no texts but the codes that commands word.
"""

__all__ = [
    "as_of",
    "budget",
    "channels",
    "firm",
    "forms",
    "happened",
    "inbox",
    "line",
    "log",
    "month",
    "named",
    "officers",
    "payments",
    "publicity",
    "reconciliation",
    "runs",
    "signers",
]
