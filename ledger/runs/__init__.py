"""Monthly runs: from what the registers say to what the book must say.

Read in this order: `month`, `plan` (what is due minus what is posted, from a view of the log and nothing else),
`entries` (a plan as entries of the book), `interest` (what may run now), `closing` (proposal, approvals, closing
transaction, withdrawal), `history` (the runs of a ledger and their states), `explain` (the worksheet behind a posting).
"""

__all__ = [
    "closing",
    "grants",
    "group",
    "held",
    "history",
    "interest",
    "lines",
    "occasion",
    "openings",
    "orders",
    "plan",
    "practised",
    "reports",
    "standing",
]
