"""The store: the log and its projections in one database, the guards on them, the vault and the anchor beside it.

Read in this order: `tables` (what stands where), `guards` (what the database itself refuses), `engine` (opening a
file), `projection` (from a record to its row), `anchor` (the signed head outside the ledger's folder), `vault` (clear
text), `ledger` (reading and writing: what every other room uses). Nothing here knows a book or a subsidy.
"""

__all__ = [
    "collector",
    "committed",
    "copying",
    "durable",
    "engine",
    "guards",
    "inspection",
    "ledger",
    "log_keys",
    "places",
    "projection",
    "remembered",
    "rules",
    "tables",
    "vault",
    "views",
]
