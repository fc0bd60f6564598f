"""Entries into the book: checked as a batch, appended to the log, and written as rows, all inside one write.

The same key with the same content is answered `same` for ever; with other content it is refused, naming the first
field that differs. An entry that does not balance is a mistake of ours and crashes (`ValueError`); accounts, envelopes
and reversals that the books do not allow are refused.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from calculators.digest import Digest
from calculators.money import MAX_FEN
from calculators.problems import N_, Place, Problem, Refused
from ledger.book import accounts, balances, limits
from ledger.book.payables import corrections
from ledger.book.projection import (
    BLOCK,
    BOOK,
    Cells,
    balance_rows,
    block_end,
    full_postings,
    is_inverse,
    merge,
    rows,
    shared_terms,
    tally,
    terms_of,
)
from ledger.log import kinds
from ledger.store import tables
from ledger.store.collector import paused
from ledger.store.engine import among, insert_rows, these
from ledger.store.ledger import View, Writer

# What a posting is on that says nothing of it.
_NO_TERMS = kinds.TermsBody()


class Posting(NamedTuple):
    """One line of an entry: `amount_fen` is a debit where positive and a credit where negative, never 0.

    `chart` is `fin`, `bud` or `ind`; `terms` are what it is posted on, of which "" is an absent one.
    """

    chart: str
    account: str
    amount_fen: int
    terms: kinds.TermsBody = _NO_TERMS


class Entry(NamedTuple):
    """A journal entry, balanced per chart.

    `key` is unique for ever. `reason` is one that `ledger.log.kinds` lists. `line`, `due` and `award_fen` name the
    award line, the exclusive end of its due period, and what the entry adds to the award. `cause` is the log index of
    the record that the entry follows from; `digest` is a calculation digest in full, `digest_of` the hash of one;
    `replaces` is the log index of the entry by which the due period was posted before, `replaced_digest` the hash of
    its digest; `reverses` is the log index of the entry that this one undoes.
    """

    key: str
    reason: str
    effective_on: date
    cause: int
    postings: tuple[Posting, ...]
    line: str = ""
    due: date | None = None
    award_fen: int | None = None
    document: str = ""
    reverses: int | None = None
    digest: Digest | None = None
    digest_of: str = ""
    replaces: int | None = None
    replaced_digest: str = ""


class Posted(NamedTuple):
    """Where an entry stands: its number in the book, its log index, and whether it had been there before."""

    seq: int
    record: int
    same: bool


@paused()
def post(writer: Writer, entries: Iterable[Entry]) -> list[Posted]:
    """Post a batch; one answer per entry, in order. Refuses the whole batch with every problem found in it.

    Codes, in the order of checking: `key_differs`, `account_unknown`, `already_reversed`, `already_in_payment`,
    `reversal_differs`, then over the whole batch `envelope_unknown` and `envelope_short`.
    """
    return post_fields(writer, [entry_fields(entry) for entry in entries])


@paused()
def post_fields(writer: Writer, bodies: Sequence[kinds.EntryBody]) -> list[Posted]:
    """The same of entries that are there as the fields of their records already."""
    stood = known(writer, [body["key"] for body in bodies])
    fresh: dict[str, kinds.EntryBody] = {}
    problems: list[Problem] = []
    for body in bodies:
        key = body["key"]
        if key in stood:
            problems += _differs(key, kinds.own(writer.record(stood[key].record)), body)
        elif fresh.setdefault(key, body) is not body:
            problems += _differs(key, fresh[key], body)
    new = list(fresh.values())
    before = balances.last_entry(writer)
    blocks = list(_blocks(before, new))
    problems += [*_unknown_accounts(writer, blocks, new), *_wrong_reversals(writer, new)]
    if problems:
        raise Refused(problems)
    if new:
        stood |= zip(fresh, _write(writer, before, blocks, new), strict=True)
    answers = []
    for body in bodies:
        key = body["key"]
        posted = stood[key]
        # The first answer of a new key says that it is new, a second one in the batch that it is there.
        answers.append(posted if fresh.pop(key, None) is not None else posted._replace(same=True))
    return answers


def reversal(view: View, record: int, effective_on: date) -> Entry:
    """The exact inverse of the entry at log index `record`, for posting; it belongs to the same line and due period."""
    return reversal_of(view.body(kinds.ENTRY, record), record, effective_on)


def reversal_of(body: kinds.EntryBody, record: int, effective_on: date) -> Entry:
    """The exact inverse of the entry `body`, which stands at log index `record`."""
    due, award_fen = body.get("due"), body.get("award_fen")
    return Entry(
        key=f"{BOOK}/reversal/{record}/0",
        reason="reversal",
        effective_on=effective_on,
        cause=record,
        line=body.get("line", ""),
        due=date.fromisoformat(due) if due else None,
        award_fen=None if award_fen is None else -award_fen,
        document=body.get("document", ""),
        reverses=record,
        postings=tuple(
            Posting(line["chart"], line["account"], -line["amount_fen"], terms_of(line)) for line in full_postings(body)
        ),
    )


def entry_fields(entry: Entry) -> kinds.EntryBody:
    """The fields of the entry's record, absent ones left out; `ValueError` where it is no entry at all."""
    sums = {"fin": 0, "bud": 0, "ind": 0}
    for chart, _account, amount, _terms in entry.postings:
        if amount == 0 or not -MAX_FEN <= amount <= MAX_FEN:
            raise ValueError(f"{entry.key}: no amount to post: {amount}")
        sums[chart] += amount
    if len(entry.postings) < 2 or any(sums.values()):
        raise ValueError(f"{entry.key}: does not balance: {len(entry.postings)} postings, sums {sums}")
    shared, postings = _hoisted(entry.postings)
    body: kinds.EntryBody = {
        "key": entry.key,
        "reason": entry.reason,
        "effective_on": entry.effective_on.isoformat(),
        "cause": entry.cause,
        "postings": postings,
    }
    if shared:
        body["terms"] = shared
    if entry.line:
        body["line"] = entry.line
    if entry.due is not None:
        body["due"] = entry.due.isoformat()
    if entry.award_fen is not None:
        body["award_fen"] = entry.award_fen
    if entry.document:
        body["document"] = entry.document
    if entry.reverses is not None:
        body["reverses"] = entry.reverses
    if entry.digest is not None:
        body["digest"] = entry.digest
    if entry.digest_of:
        body["digest_of"] = entry.digest_of
    if entry.replaces is not None:
        body["replaces"] = entry.replaces
        body["replaced_digest"] = entry.replaced_digest
    return body


def _hoisted(postings: Sequence[Posting]) -> tuple[kinds.TermsBody, list[kinds.PostingBody]]:
    """The terms that postings share, and the postings, each with those that it has besides."""
    # Most entries are on one thing or two, which their postings have in common: each is looked at once.
    apart = {id(posting.terms): posting.terms for posting in postings}
    if len(apart) == 1:
        shared = terms_of(postings[0].terms)
        return shared, [
            {"chart": chart, "account": account, "amount_fen": amount} for chart, account, amount, _terms in postings
        ]
    shared = shared_terms(list(apart.values()))
    own = {name: terms_of(terms, besides=shared) for name, terms in apart.items()}
    return shared, [
        {"chart": chart, "account": account, "amount_fen": amount, **own[id(terms)]}
        for chart, account, amount, terms in postings
    ]


def known(view: View, keys: Sequence[str]) -> dict[str, Posted]:
    """The entries that the book already has of these keys."""
    table = tables.entry
    query = select(table.c.key, table.c.seq, table.c.record).where(among(table.c.key))
    return {key: Posted(seq, record, True) for key, seq, record in view.connection.execute(query, these(keys))}


def _differs(key: str, stood: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[Problem]:
    for name in sorted(stood.keys() | body.keys()):
        if stood.get(name) != body.get(name):
            yield Problem(
                "key_differs",
                N_("an entry with this key stands in the book, and its {field} is another"),
                N_("an entry is never changed: correct it by a reversal, or post under the next key"),
                Place(key, key=name),
                {"field": name},
            )
            return


def _unknown_accounts(
    view: View, blocks: Iterable[tuple[int, Cells]], bodies: Iterable[Mapping[str, Any]]
) -> list[Problem]:
    accounts = {row.key for row in view.rows(kinds.ACCOUNT)}
    used = {f"{chart}/{account}" for _end, cells in blocks for chart, account, _envelope in cells}
    # Which entry it was is looked for only where there is something to say.
    keys = {
        f"{posting['chart']}/{posting['account']}": body["key"]
        for body in (bodies if used - accounts else ())
        for posting in body["postings"]
    }
    return [
        Problem(
            "account_unknown",
            N_("account {account} is not in the charts"),
            N_("use an account of `subsidy book trial-balance`"),
            Place(key),
            {"account": account},
        )
        for account, key in keys.items()
        if account not in accounts
    ]


def _wrong_reversals(view: View, bodies: Iterable[kinds.EntryBody]) -> Iterator[Problem]:
    reversing = [body for body in bodies if "reverses" in body]
    if not reversing:
        return
    claimed = _claimed(view)
    table = tables.entry
    before = select(table.c.reverses).where(table.c.reverses.is_not(None))
    times = Counter(view.connection.execute(before).scalars())
    for body in reversing:
        record = body["reverses"]
        times[record] += 1
        if times[record] > 1:
            yield Problem(
                "already_reversed",
                N_("the entry of record {record} has been reversed"),
                N_("nothing is left to undo; post what is due as a new entry"),
                Place(body["key"]),
                {"record": record},
            )
        elif record in claimed:
            yield Problem(
                "already_in_payment",
                N_("a payout rests on the entry of record {record}"),
                N_("cancel the payout first if it has not been exported; what was paid is claimed back instead"),
                Place(body["key"]),
                {"record": record},
            )
        elif not is_inverse(body, view.record(record)):
            yield Problem(
                "reversal_differs",
                N_("this is not the exact inverse of record {record}"),
                N_("reverse the whole entry, then post the right one"),
                Place(body["key"]),
                {"record": record},
            )


def _claimed(view: View) -> set[int]:
    """The entry records that a payout holds something of, or whose payment was corrected."""
    table = tables.claim
    query = select(table.c.award).group_by(table.c.award).having(func.sum(table.c.amount_fen) != 0)
    return {*view.connection.scalars(query), *corrections(view)}


def _write(
    writer: Writer, before: int, blocks: Sequence[tuple[int, Cells]], bodies: Sequence[kinds.EntryBody]
) -> list[Posted]:
    """Append balanced, unseen entries and their rows behind entry `before`; `blocks` are their sums.

    Envelopes are checked before anything is written.
    """
    moved: Cells = {}
    for _end, cells in blocks:
        merge(moved, cells)
    limits.check(writer, moved)
    if any(account == accounts.AVAILABLE for _chart, account, _envelope in moved):
        limits.check_days(writer, _given_by_day(bodies))

    stored = writer.extend(kinds.ENTRY, bodies)
    entry_rows, posting_rows = [], []
    for number, (body, (record, leaf)) in enumerate(zip(bodies, stored, strict=True), before + 1):
        entry_row, its_postings = rows(number, record, leaf, body)
        entry_rows.append(entry_row)
        posting_rows += its_postings
    # The entry row comes last: its guard checks what stands under it.
    insert_rows(writer.connection, tables.posting, posting_rows)
    insert_rows(writer.connection, tables.entry, entry_rows)

    # What the first block holds already is read back from its postings, which the log's order does not give us.
    _end, first = blocks[0]
    merge(first, balances.sums(writer, block_end(before), before))
    complete = [row for end, cells in blocks if end <= before + len(bodies) for row in balance_rows(end, cells)]
    insert_rows(writer.connection, tables.balance, complete)
    limits.move(writer, moved)
    return [Posted(number, record, False) for number, (record, _leaf) in enumerate(stored, before + 1)]


def _given_by_day(bodies: Sequence[kinds.EntryBody]) -> dict[str, dict[str, int]]:
    """Path -> day -> what entries add to what the path has to give."""
    found: dict[str, dict[str, int]] = {}
    for body in bodies:
        if any(posting["account"] == accounts.AVAILABLE for posting in body["postings"]):
            for full_posting in full_postings(body):
                if (full_posting["chart"], full_posting["account"]) == ("ind", accounts.AVAILABLE):
                    days = found.setdefault(full_posting["envelope"], {})
                    days[body["effective_on"]] = days.get(body["effective_on"], 0) + full_posting["amount_fen"]
    return found


def _blocks(before: int, bodies: Sequence[kinds.EntryBody]) -> Iterator[tuple[int, Cells]]:
    """The batch cut where blocks end: (number of the block's last entry, sums of what the batch adds to it)."""
    done = 0
    while done < len(bodies):
        end = block_end(before + done) + BLOCK
        part = bodies[done : end - before]
        yield end, tally(part)
        done += len(part)
