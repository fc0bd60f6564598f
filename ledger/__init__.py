"""The ledger of the product: an append-only log, the tables drawn from it, and the rooms that write to it.

Read from the bottom up: `log` (canonical bytes, Merkle tree, checkpoints; knows no book), `store` (tables and guards of
the database), `book` (double entry; knows no subsidy), `registry` (notices, entities, applications, grants, loans),
`runs` (a month: proposal, posting, closing) and `audit` (verify, rebuild, replay). A room imports only from those
before it; `registry` and `book` do not know each other, and `audit` makes a run's plan again through `runs`.
`commands` is the face to the command line. `words` (texts in the reader's language) and `resources` (shipped files)
may be used by all.
"""
