"""Commands for reconciling: statements, matches, worklists, reports, sign-off."""

__all__ = [
    "statements",
]
