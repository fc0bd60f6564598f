"""What the book says, as of any size of its log: trial balance, one account, one entry, what was awarded.

Six entries of two lines, written in three steps; the amounts differ in every digit: no sum is another by chance.
"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.book import balances, envelopes
from ledger.book.balances import AccountLine, Award
from ledger.book.posting import Entry, Posting, post, reversal
from ledger.log import kinds
from ledger.store.ledger import Ledger, View
from tests.support.empty_book import OFFICER, empty_book

Q1, Q2 = date(2024, 3, 31), date(2024, 6, 30)
APRIL, JULY, AUGUST = date(2024, 4, 2), date(2024, 7, 1), date(2024, 8, 5)
PATH = "2024/a"
PAYEE = "ecny/C1010411000013/000001"


def award(line: str, n: int, due: date, fen: int, day: date) -> Entry:
    """An award of `fen` that 2303 owes; the budget side reserves nothing."""
    return Entry(
        key=f"main/{line}/{due}/{n}",
        reason="award" if n == 0 else "true_up",
        effective_on=day,
        cause=0,
        line=line,
        due=due,
        award_fen=fen,
        postings=(
            Posting("fin", "5001", fen, {"envelope": PATH}),
            Posting("fin", "2303", -fen, {"envelope": PATH, "payee": PAYEE}),
        ),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = empty_book(tmp_path, lambda: datetime(2024, 8, 5, 4, tzinfo=UTC))
    with made.write(OFFICER) as writer:
        envelopes.issue(writer, "2024", 1_000_000, "D-1")
        post(writer, [award("G-1", 0, Q1, 10_000, APRIL), award("G-2", 0, Q1, 2_000, APRIL)])
    with made.write(OFFICER) as writer:
        post(writer, [award("G-1", 0, Q2, 300, JULY), award("G-1", 1, Q1, -40, JULY)])
    with made.write(OFFICER) as writer:
        (late,) = post(writer, [award("G-2", 1, Q1, 5, AUGUST)])
        post(writer, [reversal(writer, late.record, AUGUST)])
    return made


def entries(ledger: Ledger) -> list[int]:
    """The log index of every entry; the first is the budget's."""
    with ledger.read() as view:
        return [row.seq for row in view.records(kinds.ENTRY)]


def test_the_trial_balance_has_every_account_with_its_sums(ledger: Ledger) -> None:
    with ledger.read() as view:
        rows = balances.trial_balance(view)
    # 10,000 + 2,000 + 300 + 5 on one side, 40 of the reduction and 5 taken back on the other.
    assert {row[:2]: row[5:7] for row in rows if row.debit_fen or row.credit_fen} == {
        ("fin", "5001"): (12_305, 45),
        ("fin", "2303"): (45, 12_305),
        ("ind", "1001"): (0, 1_000_000),
        ("ind", "1101"): (1_000_000, 0),
    }
    assert [row.chart for row in rows] == ["fin"] * 8 + ["bud"] * 4 + ["ind"] * 6
    assert [row.code for row in rows if row.chart == "ind"] == ["1001", "1101", "1201", "1301", "1401", "1501"]
    payable = next(row for row in rows if row.code == "2303")
    assert payable[2:5] == ("Government subsidies payable", "应付政府补贴款", "credit")
    assert (payable.balance_fen, payable.verified) == (45 - 12_305, False)


def test_a_trial_balance_of_one_chart_has_no_other(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert {row.chart for row in balances.trial_balance(view, "bud")} == {"bud"}
        assert len(balances.trial_balance(view, "ind")) == 6


def test_an_earlier_book_is_the_one_of_its_size(ledger: Ledger) -> None:
    """Just before the third award's record, and just behind it."""
    third = entries(ledger)[3]
    with ledger.read() as view:
        assert balances.last_entry(view) == 7
        assert balances.last_entry(view.at(third)) == 3
        assert balances.last_entry(view.at(third + 1)) == 4
        assert balances.last_entry(view.at(0)) == 0
        expenses = {
            size: next(row.debit_fen for row in balances.trial_balance(view.at(size)) if row.code == "5001")
            for size in (third, third + 1)
        }
    assert expenses == {third: 12_000, third + 1: 12_300}


def test_an_account_s_lines_stand_in_the_book_s_order_with_their_balance(ledger: Ledger) -> None:
    records = entries(ledger)
    with ledger.read() as view:
        lines = balances.account(view, "fin", "2303")
        before = balances.account(view.at(records[3]), "fin", "2303")
        assert balances.account(view, "bud", "8001") == []
    assert lines[0] == AccountLine(
        2, records[1], "2024-04-02", "main/G-1/2024-03-31/0", "award", -10_000, PATH, PAYEE, -10_000
    )
    assert [(line.entry, line.amount_fen, line.balance_fen) for line in lines] == [
        (2, -10_000, -10_000),
        (3, -2_000, -12_000),
        (4, -300, -12_300),
        (5, 40, -12_260),
        (6, -5, -12_265),
        (7, 5, -12_260),
    ]
    assert before == lines[:2]


def test_postings_of_one_entry_to_one_account_stand_in_their_order(ledger: Ledger) -> None:
    with ledger.write(OFFICER) as writer:
        split = Entry(
            key="main/split/0",
            reason="award",
            effective_on=AUGUST,
            cause=0,
            postings=(Posting("fin", "1218", 7), Posting("fin", "1218", 1), Posting("fin", "2303", -8)),
        )
        post(writer, [split])
    with ledger.read() as view:
        lines = balances.account(view, "fin", "1218")
    # Without terms a line says so by empty words.
    assert [(line.amount_fen, line.envelope, line.payee, line.balance_fen) for line in lines] == [
        (7, "", "", 7),
        (1, "", "", 8),
    ]


def test_an_account_of_one_chart_is_not_that_of_another(ledger: Ledger) -> None:
    """Accounts 1201 stand in two charts."""
    with ledger.write(OFFICER) as writer:
        both = tuple(
            Posting(chart, account, fen)
            for chart in ("fin", "ind")
            for account, fen in (("1201", 9), ("2303" if chart == "fin" else "1001", -9))
        )
        post(writer, [Entry(key="main/both/0", reason="grant", effective_on=AUGUST, cause=0, postings=both)])
    with ledger.read() as view:
        assert [line.amount_fen for line in balances.account(view, "fin", "1201")] == [9]


def test_an_entry_is_found_by_number_and_by_key(ledger: Ledger) -> None:
    records = entries(ledger)
    with ledger.read() as view:
        assert balances.entry(view, 3)["key"] == "main/G-2/2024-03-31/0"
        assert balances.record_of_key(view, "main/G-2/2024-03-31/0") == records[2]
        assert balances.record_of_key(view.at(records[2]), "main/G-2/2024-03-31/0") is None
        assert balances.record_of_key(view.at(records[2] + 1), "main/G-2/2024-03-31/0") == records[2]
        assert balances.entry_record(view.at(records[2] + 1), 3) == records[2]


def test_what_was_awarded_is_said_per_line_and_due_period(ledger: Ledger) -> None:
    _budget, g1, g2, second, true_up, late, undone = entries(ledger)
    with ledger.read() as view:
        assert balances.posted_awards(view) == {
            ("G-1", Q1): Award(9_960, 2, true_up),
            ("G-1", Q2): Award(300, 1, second),
            # 2,000 + 5 - 5, in three entries.
            ("G-2", Q1): Award(2_000, 3, undone),
        }
        assert balances.posted_awards(view.at(late)) == {
            ("G-1", Q1): Award(9_960, 2, true_up),
            ("G-1", Q2): Award(300, 1, second),
            ("G-2", Q1): Award(2_000, 1, g2),
        }
        assert balances.posted_awards(view.at(g1 + 1)) == {("G-1", Q1): Award(10_000, 1, g1)}


def test_the_award_that_stands_is_the_last_that_was_not_taken_back(ledger: Ledger) -> None:
    _budget, g1, g2, second, true_up, late, _undone = entries(ledger)
    with ledger.read() as view:
        assert balances.standing_awards(view) == {("G-1", Q1): true_up, ("G-1", Q2): second, ("G-2", Q1): g2}
        assert balances.standing_awards(view, {"G-2", "G-3"}) == {("G-2", Q1): g2}
        assert balances.standing_awards(view.at(true_up))["G-1", Q1] == g1
        assert balances.standing_awards(view.at(late + 1))["G-2", Q1] == late


def booked(view: View, line: str, due: date) -> date | None:
    return balances.last_booked(balances.booked_days(view, {line}).get(line, {}), due)


def test_a_reduction_is_booked_where_what_it_reduces_was_booked(ledger: Ledger) -> None:
    """A reduction itself, what was taken back and what was booked later than the size do not count."""
    _budget, g1, _g2, second, _true_up, late, _undone = entries(ledger)
    with ledger.read() as view:
        assert booked(view, "G-1", Q1) == APRIL
        assert booked(view, "G-1", Q2) == JULY
        assert booked(view.at(second), "G-1", Q2) == APRIL
        assert booked(view, "G-1", date(2024, 5, 31)) == APRIL
        assert booked(view, "G-1", date(2024, 3, 30)) is None
        assert booked(view.at(late + 1), "G-2", Q1) == AUGUST
        assert booked(view, "G-2", Q1) == APRIL
        assert booked(view.at(g1), "G-1", Q1) is None
        assert booked(view, "G-3", Q1) is None


def test_of_two_awards_of_a_due_period_the_later_booked_counts(ledger: Ledger) -> None:
    with ledger.write(OFFICER) as writer:
        post(writer, [award("G-1", 2, Q1, 7, AUGUST)])
    with ledger.read() as view:
        assert booked(view, "G-1", Q1) == AUGUST
        # The last due period comes before the last day.
        assert booked(view, "G-1", Q2) == JULY
