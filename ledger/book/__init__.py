"""The double-entry book: charts, entries with their postings, balances and budget envelopes. It knows no subsidy.

Read from the bottom up: `projection` (an entry record as rows: the one place where that is decided), `posting` (how
entries come into the book), `envelopes` (budget paths and what they may hold), `balances` (what the book says) and
`accounts` and `charts` (the accounts: those that code names, and all). Amounts are fen, a debit is positive and a
credit negative.
"""

__all__ = [
    "accounts",
    "balances",
    "charts",
    "digests",
    "envelopes",
    "execution",
    "limits",
    "payables",
    "periods",
    "posting",
    "projection",
]
