"""The ledger of the product: an append-only log, the tables drawn from it, and the rooms that write to it.

The floors from the bottom up, each importing only from those below it: `log` (canonical bytes, Merkle tree,
checkpoints; knows no book), `store` (tables and guards of the database, vault, anchor), `book` (double entry; knows no
subsidy), `sheets` (CSV and XLSX files), `registry` (what is known: firms, lending, items, grants, notices), `office`
(what people do: keys, approvals, decisions, public notices), `runs` (months and batches), `payouts`, `reconcile`,
`audit`, `commands` (the face to the command line) and `demo`. `words` (texts in the reader's language) and `resources`
(shipped files) may be used by all."""
