"""Budget envelopes: paths such as `2025/interest/batch-1`, what was issued to them, and what is used of it.

What the envelopes can bear is checked by `limits`, whoever posts.
"""

import re
from typing import NamedTuple

from calculators.amounts import format_yuan
from calculators.problems import N_, Place, refuse
from ledger.book import balances, limits, posting
from ledger.book.projection import (
    AVAILABLE_ACCOUNT,
    BOOK,
    ISSUED_ACCOUNT,
    available_by_path,
    limit_row,
    used_by_path,
)
from ledger.store import tables
from ledger.store.engine import insert_rows
from ledger.store.ledger import View, Writer, local_day

# The fund year, then names without blanks: 2025/interest/batch-1
_PATH = re.compile(r"\d{4}(/[^\s/@]+)*")


class EnvelopeLine(NamedTuple):
    """A path with what was issued to it, what is used on it and below, and what it has to give itself, in fen."""

    path: str
    limit_fen: int
    used_fen: int
    available_fen: int


def issue(writer: Writer, path: str, amount_fen: int, document: str) -> posting.Posted:
    """Issue a budget indicator to `path`, from outside to a year and from the parent to every other path.

    The same document for the same path and amount is answered `same`. Refuses `path_malformed`,
    `amount_not_positive`, `document_missing`, `key_differs`, `envelope_unknown` (no budget above) and
    `envelope_short`.
    """
    _check_issue(path, amount_fen, document)
    parent = path.rpartition("/")[0]
    key = f"{BOOK}/budget/{path}@{document}/0"
    stood = posting.known(writer, [key]).get(key)
    if stood:
        return _same(writer, stood, amount_fen)
    record = writer.append("budget", key=path, action="issued", amount_fen=amount_fen, document=document)
    insert_rows(writer.connection, tables.envelope_limit, [limit_row(record, writer.record(record))])
    if path not in limits.used(writer):
        insert_rows(writer.connection, tables.envelope, [(path, 0)])
    source = (AVAILABLE_ACCOUNT, parent) if parent else (ISSUED_ACCOUNT, path)
    entry = posting.Entry(
        key=key,
        reason="budget",
        effective_on=local_day(writer.now),
        inputs=writer.leaf(record).hex(),
        document=document,
        postings=(
            posting.Posting("ind", AVAILABLE_ACCOUNT, amount_fen, envelope=path),
            posting.Posting("ind", source[0], -amount_fen, envelope=source[1]),
        ),
    )
    return posting.post(writer, [entry])[0]


def show(view: View) -> list[EnvelopeLine]:
    """Every path that a budget was issued to, in the order of the tree."""
    issued = limits.limits(view)
    cells = balances.totals(view)
    used = used_by_path(cells)
    available = available_by_path(cells)
    return [
        EnvelopeLine(path, issued[path], used.get(path, 0), available.get(path, 0))
        for path in sorted(issued, key=lambda path: path.split("/"))
    ]


def _check_issue(path: str, amount_fen: int, document: str) -> None:
    if not _PATH.fullmatch(path):
        raise refuse(
            "path_malformed",
            N_("{path} is not a budget path"),
            N_("write the fund year and names below it, such as 2025/interest/batch-1"),
            path=path,
        )
    if amount_fen <= 0:
        raise refuse(
            "amount_not_positive",
            N_("{amount} is not an amount that can be issued"),
            N_("issue more than 0.00"),
            Place(path),
            amount=format_yuan(amount_fen),
        )
    if not document.strip():
        raise refuse(
            "document_missing",
            N_("no document number is given"),
            N_("name the document that issues the indicator"),
            Place(path),
        )


def _same(view: View, stood: posting.Posted, amount_fen: int) -> posting.Posted:
    body = view.record(stood.record)
    if body["postings"][0]["amount_fen"] != amount_fen:
        raise refuse(
            "key_differs",
            N_("this document issued {amount} to the path"),
            N_("issue a change under its own document number"),
            Place(body["key"], key="amount_fen"),
            amount=format_yuan(body["postings"][0]["amount_fen"]),
        )
    return stood
