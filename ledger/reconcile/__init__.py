"""What banks and wallet operators say, read, examined and matched with what the ledger paid.

Read `statements` first: the one shape that every reader makes. `readers` has a module per format, `integrity` what is
checked before a line may count. Nothing here knows how a month is run.
"""

__all__ = [
    "agent",
    "chain",
    "decided",
    "deciding",
    "imported",
    "importing",
    "integrity",
    "matching",
    "monthly",
    "opening_items",
    "readers",
    "sides",
    "signing_off",
    "statements",
    "withdrawal",
]
