"""Money that comes back or is owed back: debts, recoveries, corrections, moves between terms, claw-backs."""

__all__ = [
    "clawbacks",
    "corrections",
    "debts",
    "moves",
    "netting",
    "recoveries",
]
