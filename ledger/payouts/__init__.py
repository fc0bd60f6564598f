"""Paying what was awarded, once: payment batches, what channels say of them, returns, recoveries and corrections.

Read `states` (the steps a payout may take), `payables` (what is owed and in no payout yet) and `batches` (what the log
says of a batch), then `prepare`, `steps` (approve, export, cancel) and `settle`, the one way in which results,
statements and decisions change a payout. `postings` says what each step books. `channels` holds the formats.
"""

__all__ = [
    "batches",
    "changes",
    "channels",
    "checks",
    "contracts",
    "free_money",
    "movements",
    "named",
    "operators",
    "payables",
    "postings",
    "prepare",
    "presumed",
    "recall",
    "results",
    "returns",
    "reveal",
    "settle",
    "states",
    "steps",
    "wallets",
    "year_end",
]
