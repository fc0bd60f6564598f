"""Money that comes back or is owed back: debts, recoveries, write-offs, corrections, claw-backs."""

__all__ = [
    "clawbacks",
    "corrections",
    "debts",
    "moves",
    "netting",
    "recoveries",
    "write_offs",
]
