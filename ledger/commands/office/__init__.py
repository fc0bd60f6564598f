"""Commands for what people do: people, approvals, decisions, public notice, evidence."""

__all__ = [
    "approve",
    "decide",
    "duties",
    "evidence",
    "operators",
    "people",
    "public_notice",
    "sign",
]
