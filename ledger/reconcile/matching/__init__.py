"""Hold statement lines against payouts: from plain values to matches, and to what nobody may choose.

Read `model` (what goes in and comes out), `desk` (what is open, and who waits for what), then a rule each: `reversals`,
`names`, `batches`, `payees`, `totals`; `subsets` is the exact search they share, `days` takes the lines day by day and
asks every rule until nothing changes. `docs/contracts.md`, 14, is the contract.

No database, no clock, no name or number in clear. The rules never choose: what has two readings is listed.
"""

from ledger.reconcile.matching.days import match
from ledger.reconcile.matching.model import (
    Kind,
    Line,
    Listed,
    Match,
    Outcome,
    Part,
    Payout,
    Reason,
    Rule,
    Share,
    WhyNot,
    elsewhere,
    why_not,
)

__all__ = [
    "Kind",
    "Line",
    "Listed",
    "Match",
    "Outcome",
    "Part",
    "Payout",
    "Reason",
    "Rule",
    "Share",
    "WhyNot",
    "elsewhere",
    "match",
    "why_not",
]
