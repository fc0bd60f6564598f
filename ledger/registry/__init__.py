"""What the bureau knows of firms, loans, applications and grants: register files in, versions of facts out.

Read `drafts` first (what a register is), then a register (`firms`, `payees`, `lending`, `items`, `applications`,
`grants`, `inspections`, `openings`): each checks its rows and words them as records. `imports` says what is new,
changed, the same or missing against the ledger, and writes it.

Registers are data: money is fen, dates are days, rates stay as the bank wrote them. Nothing here posts to the book.
"""

__all__ = [
    "agreements",
    "applications",
    "benchmarks",
    "clawbacks",
    "days",
    "drafts",
    "exports",
    "firms",
    "grants",
    "happened",
    "holds",
    "imports",
    "inspections",
    "items",
    "lending",
    "mapping_proposals",
    "mappings",
    "notices",
    "openings",
    "operators",
    "ordinals",
    "payees",
    "payment_paths",
    "profile",
    "successions",
    "uscc",
    "voids",
    "wallets",
    "withdrawals",
]
