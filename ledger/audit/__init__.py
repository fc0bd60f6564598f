"""Proof to somebody who trusts nobody: verify a ledger, rebuild its tables from the log, replay its runs.

Read `projector` (what the tables must hold), `reading` (whether a record's bytes are right), `comparison` (what stands
in the file), `proof` (the log against its rules, its tables and its signed head), then `verify` and `rebuild`, which
put these together. `replay` calculates every run again from the facts as they were
recorded. `ledger` is the ledger of an office: judged where it writes, proved where money rests on what it reads.
"""

__all__ = [
    "backup",
    "damage",
    "ledger",
    "rebuild",
    "replay",
    "restore",
    "vault",
    "verify",
]
