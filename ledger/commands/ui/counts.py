"""Counted things, in the form that their number asks for: parts of a sentence that counts more than one thing."""

from ledger.words import ngettext


def business_days(count: int) -> str:
    """`1 business day`, `5 business days`."""
    return ngettext("{count} business day", "{count} business days", count).format(count=count)


def entries(count: int) -> str:
    """`1 entry`, `3 entries`: of the book."""
    return ngettext("{count} entry", "{count} entries", count).format(count=count)


def lines(count: int) -> str:
    """`1 line`, `3 lines`: of a statement or of a public notice."""
    return ngettext("{count} line", "{count} lines", count).format(count=count)


def matches(count: int) -> str:
    """`1 match`, `3 matches`."""
    return ngettext("{count} match", "{count} matches", count).format(count=count)


def payouts(count: int) -> str:
    """`1 payout`, `3 payouts`."""
    return ngettext("{count} payout", "{count} payouts", count).format(count=count)


def records(count: int) -> str:
    """`1 record`, `3 records`: of the log."""
    return ngettext("{count} record", "{count} records", count).format(count=count)


def rows(count: int) -> str:
    """`1 row`, `3 rows`: of a register file."""
    return ngettext("{count} row", "{count} rows", count).format(count=count)


def statements(count: int) -> str:
    """`1 statement`, `3 statements`."""
    return ngettext("{count} statement", "{count} statements", count).format(count=count)
