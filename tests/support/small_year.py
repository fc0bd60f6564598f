"""A small ledger for the tests of the audit: two budgets, two grants, two monthly runs; fixed clock and entropy."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from ledger.book import charts, envelopes
from ledger.book.digests import hash_of
from ledger.book.posting import Entry, Posting, post
from ledger.log import kinds
from ledger.store.ledger import Ledger, Writer
from tests.support.digests import digest_of

ACTOR = "1001"
HASH = "0" * 64
LOANS = "2024/loans"


def noon() -> datetime:
    return datetime(2024, 7, 1, 4, 0, 0, tzinfo=UTC)


def counting(length: int) -> bytes:
    """Entropy that is none, so that every run of the tests makes the same ledger."""
    return bytes(range(length))


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'book' / 'ledger.db'}"


def opened_year(folder: Path) -> Ledger:
    """The ledger that `small_year` made in a folder, or a copy of it."""
    return Ledger.open(_url(folder), clock=noon, entropy=counting, anchor=folder / "anchor")


def small_year(folder: Path) -> Ledger:
    """A ledger in `folder`/book with its anchor in `folder`/anchor.

    Yuan: the year 1,000,000.00, of it loans 600,000.00; grants G-1 100,000.00, G-2 50,000.00; awards June 3,372.50 and
    1,120.00, July 2,980.00; at the end five grants of 10,000.00. Log indexes: 0 genesis, 1 rules, 2 officer,
    3-20 accounts, 21-24 budgets and their entries, 25-26 grants, 27 proposal, 28-29 awards, 30 closed, 31 proposal,
    32 award, 33 closed, 34-38 grants.
    """
    (folder / "book").mkdir()
    ledger = Ledger.create(
        _url(folder),
        actor=ACTOR,
        calculators=(),
        purpose="demo",
        clock=noon,
        entropy=counting,
        anchor=folder / "anchor",
    )
    with ledger.write(ACTOR) as writer:
        charts.seed(writer)
        envelopes.issue(writer, "2024", 100_000_000, "D-1", date(2024, 1, 1))
        envelopes.issue(writer, LOANS, 60_000_000, "D-2", date(2024, 1, 1))
        post(writer, [grant("G-1", 10_000_000), grant("G-2", 5_000_000)])
    run(ledger, "2024-06", [award("G-1", 0, "2024-06-21", 337_250), award("G-2", 0, "2024-06-21", 112_000)])
    run(ledger, "2024-07", [award("G-1", 1, "2024-07-21", 298_000)])
    keep_backup(ledger.path)
    with ledger.write(ACTOR) as writer:
        post(writer, [grant(f"G-{number}", 1_000_000) for number in range(3, 8)])
    return ledger


def keep_backup(path: Path) -> None:
    """A whole copy of the ledger beside it, as a careful office keeps one."""
    with (
        closing(sqlite3.connect(path)) as ledger,
        closing(sqlite3.connect(path.with_suffix(".backup"))) as backup,
    ):
        ledger.backup(backup)


def grant(line: str, amount_fen: int) -> Entry:
    """A grant: its ceiling is reserved in the envelope."""
    return Entry(
        key=f"main/grant/{line}/0",
        reason="grant",
        effective_on=date(2024, 6, 1),
        cause=0,
        document=f"D-{line}",
        postings=(
            Posting("ind", "1201", amount_fen, {"envelope": LOANS}),
            Posting("ind", "1101", -amount_fen, {"envelope": LOANS}),
        ),
    )


def award(line: str, n: int, due: str, amount_fen: int, total_fen: int | None = None) -> Entry:
    """An award line accrues: an expense and a payable, and the reserve becomes an accrual.

    Its digest says that the line is due `total_fen`, or just this.
    """
    payee = "ecny/C1010100000001/000001"
    pairs = (("fin", "5001", "2303"), ("ind", "1301", "1201"))
    terms = kinds.TermsBody(envelope=LOANS, payee=payee, clause="III.2.2", function="2150805", economic="50702")
    return Entry(
        key=f"main/{line}/{n}",
        reason="award",
        effective_on=date.fromisoformat(due),
        cause=0,
        digest=digest_of(line, total_fen or amount_fen),
        line=line,
        due=date.fromisoformat(due),
        award_fen=amount_fen,
        postings=tuple(
            Posting(chart, account, sign * amount_fen, terms)
            for chart, debit, credit in pairs
            for account, sign in ((debit, 1), (credit, -1))
        ),
    )


def two_runs_of_a_line(ledger: Ledger) -> None:
    """After a small year, on line G-3: 1.00 and 2.00 yuan by one digest, then 0.50 of the first taken back by another.

    Log indexes: 39 proposal, 40-41 awards, 42 closed, 43 proposal, 44 true-up, 45 closed.
    """
    first = award("G-3", 0, "2024-08-21", 100, total_fen=300)
    named = hash_of(digest_of("G-3", 300))
    second = award("G-3", 1, "2024-09-21", 200)._replace(digest=None, digest_of=named)
    run(ledger, "2024-09", [first, second])
    less = award("G-3", 2, "2024-08-21", -50, total_fen=250)
    run(ledger, "2024-10", [less._replace(reason="true_up", replaces=40, replaced_digest=named)])


def run(ledger: Ledger, month: str, entries: Iterable[Entry]) -> None:
    """A month's run in its two writes."""
    with ledger.write(ACTOR) as writer:
        proposal = writer.append(
            kinds.PROPOSAL,
            kinds.ProposalBody(
                run="interest",
                month=month,
                log_size=writer.size,
                facts_root=HASH,
                digest_root=HASH,
                entries_root=HASH,
                digests=0,
                benchmark="lpr",
                calculators=[],
                notices=[],
                totals={"lines": 0, "entries": 0, "debit_fen": 0, "credit_fen": 0},
                held=[],
                refused=[],
            ),
        )
    with ledger.write(ACTOR, closes=proposal) as writer:
        close(writer, proposal, month, entries)


def close(writer: Writer, proposal: int, month: str, entries: Iterable[Entry]) -> None:
    """The closing transaction of a run."""
    posted = post(writer, [entry._replace(cause=proposal) for entry in entries])
    writer.append(
        kinds.RUN_CLOSED,
        kinds.RunClosedBody(
            proposal=proposal,
            proposal_leaf=writer.leaf(proposal).hex(),
            month=month,
            first=posted[0].record,
            count=len(posted),
            approvals=[],
        ),
    )
