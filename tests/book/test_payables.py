"""What lines are owed and owe, from entries and the payouts that hold parts of them.

G-1 is awarded 100.00 (of which a payout holds 60.00) and 20.00 of another due period; G-2 30.00, taken back in full.
"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.book import envelopes, payables
from ledger.book.payables import RECEIVABLE, Payable, Terms
from ledger.book.posting import Entry, Posting, post, reversal
from ledger.log import kinds
from ledger.store.ledger import Ledger
from tests.support.empty_book import OFFICER, empty_book

Q1, Q2 = date(2024, 3, 31), date(2024, 6, 30)
DAY = date(2024, 7, 1)
PATH, ELSEWHERE = "2024/a", "2024/b"
PAYEE = "ecny/C1010411000013/000001"
TERMS = Terms(envelope=PATH, clause="n3.2", function="2150805", economic="50702", economic_unit="31205")


def owed(line: str, n: int, due: date, fen: int, account: str = "2303", reason: str = "award") -> Entry:
    """`fen` credited to an account that lines are owed on."""
    return Entry(
        key=f"main/{line}/{due}/{n}",
        reason=reason,
        effective_on=DAY,
        cause=0,
        line=line,
        due=due,
        award_fen=fen,
        postings=(
            Posting("fin", "5001", fen, TERMS.on("fin", "5001", PAYEE)),
            Posting("fin", account, -fen, TERMS.on("fin", account, PAYEE)),
        ),
    )


def payout(number: str, **parts: int) -> kinds.PayoutBody:
    """A payout of parts of entries, `e` and the log index -> fen."""
    claims = [kinds.ClaimedPart(award=int(name[1:]), amount_fen=fen) for name, fen in parts.items()]
    return kinds.PayoutBody(
        key=number,
        batch="B1",
        n=1,
        payee=PAYEE,
        payee_record=0,
        uscc="U",
        amount_fen=sum(parts.values()),
        claims=claims,
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = empty_book(tmp_path, lambda: datetime(2024, 7, 1, 4, tzinfo=UTC))
    with made.write(OFFICER) as writer:
        envelopes.issue(writer, "2024", 1_000_000, "D-1")
        envelopes.issue(writer, PATH, 500_000, "D-2")
        envelopes.issue(writer, ELSEWHERE, 100_000, "D-3")
        first, _second, third = post(
            writer, [owed("G-1", 0, Q1, 10_000), owed("G-1", 0, Q2, 2_000), owed("G-2", 0, Q1, 3_000)]
        )
        post(writer, [reversal(writer, third.record, DAY)])
        writer.append(kinds.PAYOUT, payout("S1", **{f"e{first.record}": 6_000}))
    return made


def records(ledger: Ledger) -> list[int]:
    """The log indexes of the awards, in the order of the book."""
    with ledger.read() as view:
        return [row.seq for row in view.records(kinds.ENTRY) if row.body["reason"] in payables.REASONS]


def test_what_no_payout_holds_is_open(ledger: Ledger) -> None:
    first, second, third = records(ledger)
    with ledger.read() as view:
        assert payables.open_parts(view) == [
            Payable(first, "G-1", PAYEE, "award", 4_000, TERMS, "2024-03-31"),
            Payable(second, "G-1", PAYEE, "award", 2_000, TERMS, "2024-06-30"),
        ]
        assert payables.payable_by_line(view) == {"G-1": 6_000}
        assert payables.open_parts(view, RECEIVABLE) == []
        # Before the payout, and before what was taken back was taken back.
        assert [(part.award, part.open_fen) for part in payables.open_parts(view.at(third + 1))] == [
            (first, 10_000),
            (second, 2_000),
            (third, 3_000),
        ]
        assert [part.award for part in payables.open_parts(view.at(second))] == [first]


def test_what_is_held_whole_is_not_open_and_what_is_let_go_is(ledger: Ledger) -> None:
    first, second, _third = records(ledger)
    with ledger.write(OFFICER) as writer:
        writer.append(kinds.PAYOUT, payout("S2", **{f"e{first}": 4_000, f"e{second}": 500}))
    with ledger.read() as view:
        assert [(part.award, part.open_fen) for part in payables.open_parts(view)] == [(second, 1_500)]


def test_what_payouts_hold_of_a_line_is_counted_from_a_place_in_the_log(ledger: Ledger) -> None:
    """6,000 of the first award, then 500 of the second: 6,500 of both, 500 of the second alone, nothing behind it."""
    first, second, third = records(ledger)
    with ledger.write(OFFICER) as writer:
        before = writer.size
        writer.append(kinds.PAYOUT, payout("S2", **{f"e{second}": 500}))
    with ledger.read() as view:
        assert payables.claimed_by_line(view, first) == {"G-1": 6_500}
        assert payables.claimed_by_line(view, second) == {"G-1": 500}
        assert payables.claimed_by_line(view, third) == {}
        assert payables.claimed_by_line(view.at(before), first) == {"G-1": 6_000}


def test_a_reduction_is_owed_back_on_its_own_account(ledger: Ledger) -> None:
    with ledger.write(OFFICER) as writer:
        (debt,) = post(writer, [owed("G-1", 1, Q1, -700, RECEIVABLE, "true_up")])
        post(writer, [owed("G-1", 2, Q1, 1, reason="reopened")])
        post(writer, [owed("G-1", 3, Q1, 5, reason="grant"), owed("G-0", 0, Q1, 9)])
    with ledger.read() as view:
        assert payables.open_parts(view, RECEIVABLE) == [
            Payable(debt.record, "G-1", PAYEE, "true_up", -700, TERMS, "2024-03-31")
        ]
        # 4,000 + 2,000 + 1; an entry of another reason owes nothing.
        assert payables.payable_by_line(view) == {"G-0": 9, "G-1": 6_001}
        assert [part.line for part in payables.open_parts(view)] == ["G-0", "G-1", "G-1", "G-1"]


def test_an_entry_without_terms_and_due_says_so_by_empty_words(ledger: Ledger) -> None:
    plain = Entry(
        key="main/plain/0",
        reason="reopened",
        effective_on=DAY,
        cause=0,
        line="G-9",
        postings=(Posting("fin", "5001", 5), Posting("fin", "2303", -5)),
    )
    with ledger.write(OFFICER) as writer:
        (posted,) = post(writer, [plain])
    with ledger.read() as view:
        assert payables.open_parts(view)[-1] == Payable(
            posted.record, "G-9", "", "reopened", 5, Terms("", "", "", "", ""), ""
        )


def correct(ledger: Ledger, awards: list[int], **new: str) -> None:
    with ledger.write(OFFICER) as writer:
        writer.append(
            kinds.CORRECTION,
            kinds.CorrectionBody(
                item="S1", on="2024-07-02", document="GZ-1", reason="another code", awards=awards, **new
            ),
        )


def test_the_last_correction_of_each_term_counts(ledger: Ledger) -> None:
    first, second, _third = records(ledger)
    correct(ledger, [first, second], function="2150899", economic="50799", economic_unit="31299")
    correct(ledger, [first], function="2150801")
    correct(ledger, [second], envelope=ELSEWHERE)
    with ledger.read() as view:
        assert payables.corrections(view) == {
            first: {"function": "2150801", "economic": "50799", "economic_unit": "31299"},
            second: {"function": "2150899", "economic": "50799", "economic_unit": "31299", "envelope": ELSEWHERE},
        }
        assert [part.terms for part in payables.open_parts(view)] == [
            Terms(PATH, "n3.2", "2150801", "50799", "31299"),
            Terms(ELSEWHERE, "n3.2", "2150899", "50799", "31299"),
        ]
        # Only the second one's path moved.
        assert payables.moved_paths(view) == {("G-1", ELSEWHERE)}


def test_nothing_moved_is_no_path(ledger: Ledger) -> None:
    correct(ledger, records(ledger)[:1], economic="50799")
    with ledger.read() as view:
        assert payables.moved_paths(view) == set()


def test_entries_of_one_due_period_go_together(ledger: Ledger) -> None:
    first, second, third = records(ledger)
    with ledger.write(OFFICER) as writer:
        more, other, undone = post(
            writer,
            [owed("G-1", 1, Q1, 40, reason="true_up"), owed("G-3", 0, Q1, 9), owed("G-3", 1, Q1, 2)],
        )
        post(writer, [reversal(writer, undone.record, DAY)])
    with ledger.read() as view:
        assert payables.awards_with(view, [first]) == [first, more.record]
        assert payables.awards_with(view, [more.record, second]) == [first, second, more.record]
        # The same due period of another line is another one, however many are asked about.
        assert payables.awards_with(view, [other.record]) == [other.record]
        assert payables.awards_with(view, [first, other.record]) == [first, more.record, other.record]
        assert payables.awards_with(view, [third]) == []
        assert payables.awards_with(view.at(third + 1), [third]) == [third], "taken back later"
        assert payables.awards_with(view.at(more.record), [first]) == [first]


def freed(key: str, account: str, fen: int, reason: str, envelope: str = PATH) -> Entry:
    """`fen` given back to an indicator account."""
    postings = (
        Posting("ind", account, fen, {"envelope": envelope}),
        Posting("ind", "1501", -fen, {"envelope": envelope}),
    )
    return Entry(key=f"main/{key}/0", reason=reason, effective_on=DAY, cause=0, line="G-1", postings=postings)


def test_an_envelope_bears_what_was_reduced_and_has_not_come_back(ledger: Ledger) -> None:
    first, _second, _third = records(ledger)
    with ledger.write(OFFICER) as writer:
        post(writer, [owed("G-1", 1, Q1, -700, RECEIVABLE, "true_up")])
        (again,) = post(writer, [owed("G-1", 2, Q1, -50, RECEIVABLE, "true_up")])
    with ledger.read() as view:
        assert payables.kept_by_line(view) == {"G-1": 750}
        assert payables.kept_by_line(view.at(again.record)) == {"G-1": 700}
    with ledger.write(OFFICER) as writer:
        post(writer, [reversal(writer, again.record, DAY)])
        # What was paid on the path stands against what comes back to it.
        post(writer, [freed("paid", "1101", -900, "paid"), freed("back", "1201", 300, "recovered")])
        post(writer, [freed("net", "1101", 100, "netted"), freed("other", "1201", 1, "grant")])
    with ledger.read() as view:
        # 700 + 50 - 50 - 300 - 100; what another reason gives back is no part of it.
        assert payables.kept_by_line(view) == {"G-1": 300}
    correct(ledger, [first], envelope=ELSEWHERE)
    with ledger.write(OFFICER) as writer:
        post(writer, [freed("p2", "1101", -500, "paid", ELSEWHERE)])
        post(writer, [freed("b2", "1101", 200, "recovered", ELSEWHERE)])
    with ledger.read() as view:
        # What another indicator got back, the grant's own did not.
        assert payables.kept_by_line(view) == {"G-1": 300}
