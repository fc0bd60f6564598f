"""The rule book: what may stand in the log, judged by the same functions when a record is written and when it is read.

`codes` says what can be wrong. `state` is what the rules know of the records before: one fold, filled by the log alone
when verifying, and from the tables (`tables`) where it lacks something when writing. One module per subject has its
rules and what each record makes the book say. `judge` puts the records of a group together.
"""

__all__ = [
    "codes",
    "earlier",
    "groups",
    "judge",
    "judging",
    "records",
    "state",
]
