"""Take an imported file back: every statement of it and every line it added fall, by records of their own."""

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.reconcile.chain import Span, whole
from ledger.reconcile.deciding import check_days, check_free
from ledger.reconcile.imported import lines, statements
from ledger.reconcile.integrity import NO_BALANCES
from ledger.store.ledger import Row, View, Writer


def withdraw(writer: Writer, file: str, reason: str) -> tuple[int, int]:
    """Take the statements of a file (the beginning of its hash) back; how many statements and lines fell.

    Refuses `statement_unknown`, `statement_needed` where another statement on the book rests on one of them,
    `month_signed_off`, and `line_matched` where a line is in a match.
    """
    falling = _of(writer, file)
    _check_free(writer, falling)
    fallen = [line for row in falling for line in lines(writer, row.body)]
    keys = [line.key for line in fallen]
    check_days(writer, keys)
    check_free(writer, keys)
    seqs = [row.seq for row in falling]
    key = falling[0].key.partition("/")[0]
    record = writer.append(
        kinds.STATEMENT_WITHDRAWAL,
        kinds.StatementWithdrawalBody(key=key, statements=seqs, lines=len(fallen), reason=reason),
    )
    writer.extend(kinds.VOID, [kinds.void(kinds.STATEMENT_LINE, row.key, row.seq, record) for row in fallen])
    writer.extend(kinds.VOID, [kinds.void(kinds.STATEMENT, row.key, row.seq, record) for row in falling])
    return len(falling), len(fallen)


def _of(view: View, file: str) -> list[Row[kinds.StatementBody]]:
    found = [row for row in statements(view) if row.body["sha256"].startswith(file)]
    hashes = {row.body["sha256"] for row in found}
    if len(hashes) != 1 or not file:
        raise refuse(
            "statement_unknown",
            N_("no file of statements is on the book under {file!r}, or more than one"),
            N_("give the beginning of its hash as `subsidy reconcile statements` lists it"),
            file=file,
        )
    return found


def _check_free(view: View, falling: list[Row[kinds.StatementBody]]) -> None:
    gone = {row.seq for row in falling}
    for account, currency in sorted({(row.body["account"], row.body["currency"]) for row in falling}):
        all_of_it = [
            row for row in statements(view) if (row.body["account"], row.body["currency"]) == (account, currency)
        ]
        kept = [row for row in all_of_it if row.seq not in gone]
        if kept and (not whole(Span.of(row.body) for row in kept) or _unproved_after(kept, gone)):
            raise _needed(kept[-1])


def _unproved_after(kept: list[Row[kinds.StatementBody]], gone: set[int]) -> bool:
    """Without balances nothing tells whether a later statement rests on one that falls: the last has to fall first."""
    return kept[-1].body["integrity"] == NO_BALANCES and kept[-1].seq > min(gone)


def _needed(row: Row[kinds.StatementBody]) -> Refused:
    return refuse(
        "statement_needed",
        N_("another statement of the account rests on it: {file}, closing on {day}"),
        N_("withdraw that one first"),
        Place(row.key),
        file=row.body["file"],
        day=row.body.get("closes_on", "-"),
    )
