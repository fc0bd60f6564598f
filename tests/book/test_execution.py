"""How a budget is carried out, from entries alone: which column each fen stands in, month by month.

2024 is issued 1,000.00, of which 600.00 go to 2024/a in July and 100.00 on to 2024/a/x in August. On 2024/a 300.00
are reserved, and of them 50.00 accrued, instructed and paid; 2.00 come back.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.book import envelopes
from ledger.book.envelopes import Asked
from ledger.book.execution import Executed, Figures, execution
from ledger.book.posting import Entry, Posting, post
from ledger.log import kinds
from ledger.store.ledger import Ledger
from tests.support.empty_book import OFFICER, empty_book

PATH = "2024/a"
CODES = {"function": "2150805", "economic": "50702"}
JULY, AUGUST, SEPTEMBER = date(2024, 7, 1), date(2024, 8, 1), date(2024, 9, 1)
JANUARY = date(2025, 1, 1)
END = {JULY: date(2024, 7, 31), AUGUST: date(2024, 8, 31), SEPTEMBER: date(2024, 9, 30), JANUARY: date(2025, 1, 31)}


def move(key: str, day: date, to: str, source: str, fen: int, reason: str = "grant", **terms: str) -> Entry:
    """`fen` from one indicator account of the path to another."""
    postings = tuple(
        Posting("ind", account, amount, {"envelope": PATH, **terms}) for account, amount in ((to, fen), (source, -fen))
    )
    return Entry(key=f"main/{key}/0", reason=reason, effective_on=day, cause=0, postings=postings)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    now = [datetime(2024, 7, 1, 4, tzinfo=UTC)]
    made = empty_book(tmp_path, lambda: now[0])
    with made.write(OFFICER) as writer:
        envelopes.issue(writer, "2024", 100_000, "D-1")
        envelopes.issue(writer, PATH, 50_000, "D-2")
        envelopes.change(writer, Asked("adjusted", "2024", 1_000, "D-3"))
        envelopes.change(writer, Asked("adjusted", "2024", -1_000, "D-4"))
        # A second document for the same path, and one more of the same.
        envelopes.issue(writer, PATH, 10_000, "D-5")
        post(
            writer,
            [
                move("grant", date(2024, 7, 31), "1201", "1101", 30_000),
                move("award", AUGUST, "1301", "1201", 5_000, "award", **CODES),
                move("instruct", date(2024, 8, 2), "1401", "1301", 4_000, "instruct", **CODES),
                move("paid", date(2024, 8, 31), "1501", "1401", 3_000, "paid", **CODES),
                move("back", SEPTEMBER, "1201", "1501", 200, "returned", **CODES),
            ],
        )
    # 31 July, 16:30 UTC is 1 August in Beijing.
    now[0] = datetime(2024, 7, 31, 16, 30, tzinfo=UTC)
    with made.write(OFFICER) as writer:
        envelopes.issue(writer, "2024/a/x", 10_000, "D-6")
        envelopes.change(writer, Asked("frozen", PATH, 700, "D-7"))
    return made


def rows(ledger: Ledger, month: date) -> Iterator[Executed]:
    with ledger.read() as view:
        yield from execution(view, month, END[month])


def figures(ledger: Ledger, month: date, path: str = PATH) -> dict[str, int]:
    """The figures of the path that are not 0."""
    (row,) = (row for row in rows(ledger, month) if row.path == path)
    assert row.figures == row.of_path
    return {name: fen for name, fen in row.figures._asdict().items() if fen}


def test_what_one_path_holds_is_made_of_its_columns(ledger: Ledger) -> None:
    # The budget passed on and what is frozen are recorded in August; in July nothing but the grant is there.
    assert figures(ledger, JULY) == {"budget": 60_000, "reserved": 30_000, "available": 30_000}
    # 60,000 - 10,000 passed on; 30,000 - 5,000 reserved; 5,000 - 4,000; 4,000 - 3,000; 60,000 - 30,000 - 10,000 - 700.
    assert figures(ledger, AUGUST) == {
        "budget": 50_000,
        "reserved": 25_000,
        "accrued": 1_000,
        "instructed": 1_000,
        "paid_month": 3_000,
        "paid_year": 3_000,
        "frozen": 700,
        "available": 19_300,
    }
    assert figures(ledger, SEPTEMBER) == {
        "budget": 50_000,
        "reserved": 25_200,
        "accrued": 1_000,
        "instructed": 1_000,
        "paid_year": 3_000,
        "returned": 200,
        "frozen": 700,
        "available": 19_300,
    }
    # In the next year what was paid and stayed is of earlier years: 3,000 - 200.
    assert figures(ledger, JANUARY) == {
        "budget": 50_000,
        "reserved": 25_200,
        "accrued": 1_000,
        "instructed": 1_000,
        "paid_before": 2_800,
        "frozen": 700,
        "available": 19_300,
    }


def test_an_entry_counts_from_its_place_in_the_log_on(ledger: Ledger) -> None:
    with ledger.read() as view:
        last = max(row.seq for row in view.records(kinds.ENTRY))
        (row,) = (row for row in execution(view.at(last), AUGUST, END[AUGUST]) if row.path == PATH)
    # The last entry froze 7.00.
    assert (row.figures.frozen, row.figures.available) == (0, 20_000)


def test_the_first_of_a_month_and_of_a_year_belong_to_them(ledger: Ledger) -> None:
    with ledger.write(OFFICER) as writer:
        post(
            writer,
            [
                move("instruct-2", date(2024, 7, 31), "1401", "1201", 150, "instruct"),
                move("paid-2", AUGUST, "1501", "1401", 100, "paid"),
                move("paid-3", JANUARY, "1501", "1401", 50, "paid"),
            ],
        )
    paid = ("paid_before", "paid_month", "paid_year")
    # 3,000 on 31 August and 100 on its first; the next year 3,100 - 200 that came back, and 50 on New Year's Day.
    assert [figures(ledger, AUGUST).get(name, 0) for name in paid] == [0, 3_100, 3_100]
    assert [figures(ledger, JANUARY).get(name, 0) for name in paid] == [2_900, 50, 50]


def test_paths_stand_in_the_order_of_the_tree_with_documents_and_codes(ledger: Ledger) -> None:
    with ledger.write(OFFICER) as writer:
        envelopes.issue(writer, "2024/a-b", 100, "D-8")
    # `-` sorts before `/`, yet what is below 2024/a stands with it.
    assert [(row.path, row.documents, row.function, row.economic) for row in rows(ledger, AUGUST)] == [
        ("2024", ("D-1", "D-3", "D-4"), "", ""),
        (PATH, ("D-2", "D-5"), "2150805", "50702"),
        ("2024/a/x", ("D-6",), "", ""),
        ("2024/a-b", ("D-8",), "", ""),
    ]
    assert [row.path for row in rows(ledger, JULY)] == ["2024", PATH]
    assert figures(ledger, AUGUST, "2024") == {"budget": 39_900, "available": 39_900}


def test_a_correction_moves_what_was_paid_and_returns_nothing(ledger: Ledger) -> None:
    other = {"function": "2150899", "economic": "50702"}
    corrected = Entry(
        key="main/corrected/0",
        reason="corrected",
        effective_on=date(2024, 9, 2),
        cause=0,
        postings=(
            Posting("ind", "1501", 900, {"envelope": PATH, **other}),
            Posting("ind", "1501", -900, {"envelope": PATH, **CODES}),
        ),
    )
    with ledger.write(OFFICER) as writer:
        post(writer, [corrected])
    whole, first, second = (row for row in rows(ledger, SEPTEMBER) if row.path == PATH)
    assert (whole.function, whole.economic) == ("", "")
    # Reserved, frozen and available stay the path's; what each code bears is its own.
    assert whole.figures == Figures(budget=50_000, reserved=25_200, frozen=700, available=19_300)
    assert (first.function, first.figures) == (
        "2150805",
        Figures(accrued=1_000, instructed=1_000, paid_month=-900, paid_year=3_000 - 900, returned=200),
    )
    assert (second.function, second.figures) == ("2150899", Figures(paid_month=900, paid_year=900))
    assert whole.of_path == first.of_path == second.of_path
    assert whole.of_path == Figures(
        budget=50_000,
        reserved=25_200,
        accrued=1_000,
        instructed=1_000,
        paid_year=3_000,
        returned=200,
        frozen=700,
        available=19_300,
    )
    assert whole.of_path.paid_net == 2_800


def test_what_does_not_add_up_is_a_mistake_of_ours(ledger: Ledger) -> None:
    """A budget that leaves the indicators without a record of it: 1,000.00 - 600.00 issued on 2024, 400.01 held."""
    askew = Entry(
        key="main/askew/0",
        reason="budget",
        effective_on=JULY,
        cause=0,
        postings=(Posting("ind", "1101", 1, {"envelope": "2024"}), Posting("ind", "1001", -1, {"envelope": "2024"})),
    )
    with ledger.write(OFFICER) as writer:
        post(writer, [askew])
    with pytest.raises(AssertionError, match=r"^2024: a budget of 40000 fen, and the indicator chart holds 40001$"):
        list(rows(ledger, JULY))
