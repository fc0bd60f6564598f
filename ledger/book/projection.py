"""An entry record as rows of the book: the one place that decides it, for posting, rebuilding and verifying alike.

Rows are plain tuples in the order of the tables' columns. Nothing here reads a database, so that whoever has the bytes
of the log can say what the tables must hold.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from ledger.book import accounts
from ledger.log import kinds
from ledger.store.views import tag_of

# The one book of a ledger; keys of entries begin with it.
BOOK = "main"
CHARTS = ("fin", "bud", "ind")
# Entries per row group of the `balance` table; a block is written when it is complete, as a complete subtree is.
BLOCK = 1024

_OF_A_POSTING = frozenset({"chart", "account", "amount_fen"})
# What a posting is on, in the order of the table's columns; None where it has no such term.
_ABSENT: dict[str, str | None] = dict.fromkeys(kinds.TERMS)
_in_columns = itemgetter(*kinds.TERMS)

EntryRow = tuple[Any, ...]
PostingRow = tuple[Any, ...]
BalanceRow = tuple[Any, ...]
# (chart, account, envelope) -> [debits, credits] in fen; the envelope is "" where there is none
Cells = dict[tuple[str, str, str], list[int]]


def shared_terms(postings: Sequence[kinds.TermsBody]) -> kinds.TermsBody:
    """The terms that all postings have alike, from postings with all of theirs: what stands in the entry itself.

    An empty one is an absent one.
    """
    first, *others = cast(Sequence[Mapping[str, str]], postings)
    shared = {term: value for term, value in first.items() if value and term in _ABSENT}
    for posting in others:
        shared = {term: value for term, value in shared.items() if posting.get(term) == value}
    return cast(kinds.TermsBody, shared)


def terms_of(said: kinds.TermsBody, besides: kinds.TermsBody | None = None) -> kinds.TermsBody:
    """The terms that a posting or another set of terms says, but for empty ones and those named in `besides`."""
    if not besides and all(said.values()) and said.keys() <= _ABSENT.keys():
        return said.copy()
    known = besides or {}
    own = {term: value for term, value in said.items() if value and term in _ABSENT and term not in known}
    return cast(kinds.TermsBody, own)


def full_postings(body: kinds.EntryBody) -> list[kinds.PostingBody]:
    """The postings of an entry with all of their terms, those that stand in the entry included."""
    shared = body.get("terms", {})
    return [{**shared, **posting} for posting in body["postings"]]


def is_inverse(body: kinds.EntryBody, record: Mapping[str, Any]) -> bool:
    """Whether an entry takes back exactly what `record` says; no entry takes back what is none itself."""
    if kinds.kind_of(record) != kinds.ENTRY.name:
        return False
    undone = full_postings(cast(kinds.EntryBody, record))
    return full_postings(body) == [{**posting, "amount_fen": -posting["amount_fen"]} for posting in undone]


def in_one_form(body: kinds.EntryBody) -> bool:
    """Whether each term stands where it belongs: in the entry where all postings share it, else in the postings."""
    shared = body.get("terms")
    postings = cast(Sequence[Mapping[str, Any]], body["postings"])
    if shared is not None:
        if not shared:
            return False
        for posting in postings:
            # What a posting has besides its three own fields are terms.
            if len(posting) > 3 and not shared.keys().isdisjoint(posting):
                return False
    first, last = postings[0], postings[-1]
    for term, value in first.items() if len(first) > 3 else ():
        # Where not even the last has the same, all have not.
        shared_so_far = last.get(term) == value and term not in _OF_A_POSTING
        if shared_so_far and all(posting.get(term) == value for posting in postings):
            return False
    return True


def rows(number: int, record: int, leaf: bytes, body: kinds.EntryBody) -> tuple[EntryRow, list[PostingRow]]:
    """The entry row and the posting rows of the entry record `body`.

    `number` is the entry's place in the book (dense from 1), `record` its log index.
    """
    tag = tag_of(leaf)
    debits = {"fin": 0, "bud": 0, "ind": 0}
    postings: list[PostingRow] = []
    shared = {**_ABSENT, **body.get("terms", {})}
    on = _in_columns(shared)
    for n, posting in enumerate(body["postings"], 1):
        amount = posting["amount_fen"]
        chart = posting["chart"]
        if amount > 0:
            debits[chart] += amount
        # What a posting has besides its three own fields are terms.
        terms = on if len(posting) == 3 else _in_columns({**shared, **posting})
        postings.append((number, tag, n, chart, posting["account"], amount, *terms))
    get = body.get
    entry = (
        number,
        record,
        tag,
        body["key"],
        body["reason"],
        body["effective_on"],
        get("line"),
        get("due"),
        get("award_fen"),
        get("reverses"),
        len(postings),
        debits["fin"],
        debits["bud"],
        debits["ind"],
    )
    return entry, postings


def tally(bodies: Iterable[kinds.EntryBody]) -> Cells:
    """Debits and credits per (chart, account, envelope) of the entries `bodies`."""
    cells: Cells = {}
    for body in bodies:
        shared = body.get("terms")
        envelope = shared.get("envelope", "") if shared else ""
        for posting in body["postings"]:
            cell = (posting["chart"], posting["account"], posting.get("envelope", envelope))
            sums = cells.get(cell)
            if sums is None:
                sums = cells[cell] = [0, 0]
            amount = posting["amount_fen"]
            if amount > 0:
                sums[0] += amount
            else:
                sums[1] -= amount
    return cells


def merge(into: Cells, more: Cells) -> None:
    """Add the sums of `more` to those of `into`."""
    for cell, (debit_fen, credit_fen) in more.items():
        sums = into.setdefault(cell, [0, 0])
        sums[0] += debit_fen
        sums[1] += credit_fen


def block_end(number: int) -> int:
    """The last entry of the last block that is complete when the book has `number` entries; 0 where none is."""
    return number - number % BLOCK


def balance_rows(number: int, cells: Cells) -> list[BalanceRow]:
    """The balance rows of the complete block whose last entry is `number`, in the order of their key."""
    return [(number, *cell, debit_fen, credit_fen) for cell, (debit_fen, credit_fen) in sorted(cells.items())]


def limit_row(record: int, body: kinds.BudgetBody) -> tuple[int, str, int] | None:
    """The envelope limit row of the budget record `body` at log index `record`; None where no limit moves."""
    if body["action"] in ("frozen", "unfrozen"):
        return None
    return record, body["key"], body["amount_fen"]


def ancestors(path: str) -> Iterator[str]:
    """An envelope's path and every path above it: `2025/loans/b1` -> itself, `2025/loans`, `2025`."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def used_by_path(cells: Cells) -> dict[str, int]:
    """What sums of debits and credits add to `used` of each path and of every path above it; zeros left out."""
    used: dict[str, int] = {}
    for (chart, account, envelope), (debit, credit) in cells.items():
        if chart == "ind" and account in accounts.USED and debit != credit:
            for path in ancestors(envelope):
                used[path] = used.get(path, 0) + debit - credit
    return {path: amount for path, amount in used.items() if amount}


def available_by_path(cells: Cells) -> dict[str, int]:
    """What sums of debits and credits add to what each path has to give."""
    return _on_account(cells, accounts.AVAILABLE)


def frozen_by_path(cells: Cells) -> dict[str, int]:
    """What sums of debits and credits add to what is frozen on each path."""
    return _on_account(cells, accounts.FROZEN)


def _on_account(cells: Cells, wanted: str) -> dict[str, int]:
    return {
        envelope: debit_fen - credit_fen
        for (chart, account, envelope), (debit_fen, credit_fen) in cells.items()
        if (chart, account) == ("ind", wanted)
    }
