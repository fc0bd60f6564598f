"""Proof to somebody who trusts nobody: verify a ledger, rebuild its tables from the log, replay its runs.

Read `projector` (what the tables must hold), `reading` (whether a record's bytes are right), `rules` (what must hold
between records), `comparison` and `schema` (what stands in the file), then `verify` and `rebuild`, which put these
together. `replay` calculates every run again from the facts as they were recorded.
"""

__all__ = [
    "damage",
    "rebuild",
    "replay",
    "vault",
    "verify",
]
