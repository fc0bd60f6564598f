"""The log: typed records as exact bytes, hashed into an RFC 6962 tree whose head is signed.

Read in this order: `canonical` (the bytes of a record), `kinds` (which records there are and what they hold), `acts`
(what of one is signed), `tree` (leaves, nodes, roots), `checkpoint` (the signed head). Nothing here knows a database, a
book or a subsidy.
"""

__all__ = [
    "acts",
    "canonical",
    "checkpoint",
    "key_note",
    "kinds",
    "manifest",
    "schema_note",
    "shapes",
    "tree",
]
