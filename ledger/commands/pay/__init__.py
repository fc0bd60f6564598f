"""Commands that pay and take back: batches, channels, money, claw-backs, payees."""

__all__ = [
    "batches",
    "clawback",
    "payee",
]
