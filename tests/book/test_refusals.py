"""Each refusal of the book by its name: what was tried, on which ledger, and what was said; nothing is written by any.

The ledger has 1,000.00 issued to 2024 and 600.00 of it to 2024/a; 2024/a has 250.00 reserved by entry `main/one/0`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from calculators.money import MAX_FEN
from calculators.problems import Refused
from ledger.book import balances, envelopes
from ledger.book.envelopes import Asked
from ledger.book.periods import CHECKED, MADE
from ledger.book.posting import Entry, Posting, entry_fields, post, reversal
from ledger.log import kinds
from ledger.store.ledger import Ledger, Writer
from tests.support.empty_book import OFFICER, empty_book

DAY = date(2024, 7, 1)
RESERVED, AVAILABLE = "1201", "1101"


def entry(key: str, fen: int, *, account: str = RESERVED, envelope: str = "2024/a") -> Entry:
    """An entry that moves `fen` from what a path has to give to another account of indicators."""
    return Entry(
        key=f"main/{key}/0",
        reason="grant",
        effective_on=DAY,
        cause=0,
        postings=(
            Posting("ind", account, fen, {"envelope": envelope}),
            Posting("ind", AVAILABLE, -fen, {"envelope": envelope}),
        ),
    )


def payable(key: str, fen: int) -> Entry:
    """An award that can be paid: expense against the payable."""
    return Entry(
        key=f"main/{key}/0",
        reason="award",
        effective_on=DAY,
        cause=0,
        line="G-1",
        due=DAY,
        award_fen=fen,
        postings=(Posting("fin", "5001", fen), Posting("fin", "2303", -fen)),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = empty_book(tmp_path, lambda: datetime(2024, 7, 1, 4, tzinfo=UTC))
    with made.write(OFFICER) as writer:
        envelopes.issue(writer, "2024", 100_000, "D-1")
        envelopes.issue(writer, "2024/a", 60_000, "D-2")
        post(writer, [entry("one", 25_000), payable("paid", 7_000)])
    return made


def record_of(writer: Writer, key: str) -> int:
    return next(row.seq for row in writer.records(kinds.ENTRY) if row.key == f"main/{key}/0")


def post_changed(writer: Writer) -> None:
    post(writer, [entry("one", 24_999)])


def post_two_that_differ(writer: Writer) -> None:
    post(writer, [entry("new", 1), entry("new", 2)])


def post_to_an_unknown_account(writer: Writer) -> None:
    post(writer, [entry("new", 1, account="1999")])


def reverse_twice(writer: Writer) -> None:
    post(writer, [reversal(writer, record_of(writer, "one"), DAY)])
    post(writer, [reversal(writer, record_of(writer, "one"), DAY)._replace(key="main/again/0")])


def reverse_twice_in_a_batch(writer: Writer) -> None:
    once = reversal(writer, record_of(writer, "one"), DAY)
    post(writer, [once, once._replace(key="main/again/0")])


def reverse_what_a_payout_holds(writer: Writer) -> None:
    award = record_of(writer, "paid")
    body = kinds.PayoutBody(
        key="S1",
        batch="B1",
        n=1,
        payee="ecny/C/1",
        payee_record=0,
        uscc="U",
        amount_fen=7_000,
        claims=[kinds.ClaimedPart(award=award, amount_fen=7_000)],
    )
    writer.append(kinds.PAYOUT, body)
    post(writer, [reversal(writer, award, DAY)])


def reverse_half(writer: Writer) -> None:
    whole = reversal(writer, record_of(writer, "one"), DAY)
    half = tuple(posting._replace(amount_fen=posting.amount_fen // 2) for posting in whole.postings)
    post(writer, [whole._replace(postings=half)])


def reverse_a_record_that_is_no_entry(writer: Writer) -> None:
    post(writer, [reversal(writer, record_of(writer, "one"), DAY)._replace(reverses=0)])


def post_without_a_budget(writer: Writer) -> None:
    post(writer, [entry("new", 1, envelope="2024/b")])


def reserve_more_than_there_is(writer: Writer) -> None:
    post(writer, [entry("new", 35_001)])


def change(asked: Asked) -> Callable[[Writer], None]:
    def carry_out(writer: Writer) -> None:
        envelopes.change(writer, asked)

    return carry_out


def thaw_more_than_is_frozen(writer: Writer) -> None:
    envelopes.change(writer, Asked("frozen", "2024/a", 1_000, "D-3"))
    envelopes.change(writer, Asked("unfrozen", "2024/a", 1_001, "D-4"))


def thaw_where_nothing_is_frozen(writer: Writer) -> None:
    envelopes.change(writer, Asked("unfrozen", "2024/a", 1, "D-4"))


def show_an_unknown_account(writer: Writer) -> None:
    balances.account(writer, "fin", "9999")


def show_an_unknown_entry(writer: Writer) -> None:
    balances.entry(writer, 99)


def reserve_what_was_never_issued(writer: Writer) -> None:
    """From no path's rest, so that only the limit of the path stands in the way."""
    posting = Posting("ind", "1001", -35_001, {"envelope": "2024/a"})
    post(writer, [entry("new", 35_001)._replace(postings=(entry("new", 35_001).postings[0], posting))])


def pass_on_what_is_reserved(writer: Writer) -> None:
    post(writer, [entry("rest", 35_000)])
    envelopes.issue(writer, "2024/a/x", 1, "D-9")


def order_before_its_budget(writer: Writer) -> None:
    envelopes.check(writer, Asked("frozen", "2024/a", 100, "D-9", on=date(2024, 6, 30)), DAY)


def order_in_a_signed_month(writer: Writer) -> None:
    made = writer.append(kinds.PERIOD, kinds.PeriodBody(key="2024-06", state=MADE, log_size=writer.size, accounts=[]))
    writer.append(
        kinds.PERIOD, kinds.PeriodBody(key="2024-06", state=CHECKED, of=made, of_leaf=writer.leaf(made).hex())
    )
    envelopes.change(writer, Asked("issued", "2024", 1, "D-9", on=date(2024, 6, 30)))


# (attempt, code, place, values), in the order in which posting and budgets check. Record 0 is genesis.
REFUSALS: list[tuple[Callable[[Writer], None], str, str, dict[str, object]]] = [
    (post_changed, "key_differs", "main/one/0 postings", {"field": "postings"}),
    (post_two_that_differ, "key_differs", "main/new/0 postings", {"field": "postings"}),
    (post_to_an_unknown_account, "account_unknown", "main/new/0", {"account": "ind/1999"}),
    (reverse_twice, "already_reversed", "main/again/0", {"record": "one"}),
    (reverse_twice_in_a_batch, "already_reversed", "main/again/0", {"record": "one"}),
    (reverse_what_a_payout_holds, "already_in_payment", "main/reversal/{paid}/0", {"record": "paid"}),
    (reverse_half, "reversal_differs", "main/reversal/{one}/0", {"record": "one"}),
    (reverse_a_record_that_is_no_entry, "reversal_differs", "main/reversal/{one}/0", {"record": 0}),
    (post_without_a_budget, "envelope_unknown", "2024/b", {"path": "2024/b"}),
    # 600.00 issued less 250.00 reserved leave 350.00 to give.
    (
        reserve_more_than_there_is,
        "envelope_short",
        "2024/a",
        {"limit": "600.00", "used": "250.00", "asked": "350.01"},
    ),
    # 250.00 are reserved of the limit of 600.00.
    (
        reserve_what_was_never_issued,
        "envelope_short",
        "2024/a",
        {"limit": "600.00", "used": "250.00", "asked": "350.01"},
    ),
    (pass_on_what_is_reserved, "envelope_short", "2024/a", {"limit": "600.00", "used": "600.00", "asked": "0.01"}),
    # Its budget is of 1 July.
    (
        order_before_its_budget,
        "envelope_short",
        "2024/a",
        {"day": "2024-06-30", "available": "0.00", "asked": "1.00"},
    ),
    (
        change(Asked("issued", "2024", 1, "D-9", on=date(2024, 7, 2))),
        "day_in_future",
        "2024 --on",
        {"day": date(2024, 7, 2)},
    ),
    (order_in_a_signed_month, "month_signed_off", "2024 --on", {"month": "2024-06", "day": date(2024, 6, 30)}),
    (change(Asked("issued", "2024//a", 1, "D-9")), "path_malformed", "", {"path": "2024//a"}),
    (change(Asked("issued", "loans", 1, "D-9")), "path_malformed", "", {"path": "loans"}),
    (change(Asked("transferred", "2024/a", 1, "D-9", to="2024//b")), "path_malformed", "", {"path": "2024//b"}),
    (change(Asked("issued", "2024", 0, "D-9")), "amount_not_positive", "2024", {"amount": "0.00"}),
    (change(Asked("frozen", "2024", -1, "D-9")), "amount_not_positive", "2024", {"amount": "-0.01"}),
    (change(Asked("issued", "2024", 1, " ")), "document_missing", "2024", {}),
    (
        change(Asked("transferred", "2024/a", 1, "D-9", to="2024/a")),
        "transfer_impossible",
        "",
        {"path": "2024/a", "to": "2024/a"},
    ),
    (
        change(Asked("transferred", "2024/a", 1, "D-9", to="2025/a")),
        "transfer_impossible",
        "",
        {"path": "2024/a", "to": "2025/a"},
    ),
    (change(Asked("frozen", "2024/b", 1, "D-9")), "envelope_unknown", "2024/b", {"path": "2024/b"}),
    (change(Asked("transferred", "2024/a", 1, "D-9", to="2024/b")), "envelope_unknown", "2024/b", {"path": "2024/b"}),
    # 600.00 - 350.01 = 249.99 would lie below the 250.00 that are used.
    (
        change(Asked("adjusted", "2024/a", -35_001, "D-9")),
        "envelope_committed",
        "2024/a",
        {"limit": "600.00", "used": "250.00", "amount": "350.01"},
    ),
    # 1,000.00 less 600.00 passed on leave 400.00 to pass on.
    (
        change(Asked("issued", "2024/c", 40_001, "D-9")),
        "envelope_short",
        "2024",
        {"limit": "1,000.00", "used": "600.00", "asked": "400.01"},
    ),
    (
        change(Asked("issued", "2024/a", 60_001, "D-2")),
        "key_differs",
        "main/budget/2024/a@D-2/0 amount_fen",
        {"amount": "600.00"},
    ),
    (
        change(Asked("frozen", "2024/a", 35_001, "D-9")),
        "envelope_short",
        "2024/a",
        {"limit": "600.00", "used": "250.00", "asked": "350.01"},
    ),
    (thaw_more_than_is_frozen, "frozen_short", "2024/a", {"frozen": "10.00", "asked": "10.01"}),
    (thaw_where_nothing_is_frozen, "frozen_short", "2024/a", {"frozen": "0.00", "asked": "0.01"}),
    (show_an_unknown_account, "account_unknown", "", {"account": "fin/9999"}),
    # Four entries stand: two budgets, the reserve and the payable.
    (show_an_unknown_entry, "entry_unknown", "", {"number": 99, "last": 4}),
]


@pytest.mark.parametrize(
    ("attempt", "code", "place", "values"), REFUSALS, ids=lambda value: getattr(value, "__name__", "")
)
def test_each_refusal_by_its_name(
    ledger: Ledger, attempt: Callable[[Writer], None], code: str, place: str, values: dict[str, object]
) -> None:
    with ledger.read() as view:
        before = view.size, view.root()
        records = {row.key.split("/")[1]: row.seq for row in view.records(kinds.ENTRY)}
    with pytest.raises(Refused) as refused, ledger.write(OFFICER) as writer:
        attempt(writer)
    (problem,) = refused.value.problems
    assert (problem.code, str(problem.place)) == (code, place.format_map(records))
    assert problem.values == {name: records.get(str(value), value) for name, value in values.items()}
    with ledger.read() as view:
        assert (view.size, view.root()) == before


def test_all_that_is_wrong_with_a_batch_is_said_at_once(ledger: Ledger) -> None:
    with pytest.raises(Refused) as refused, ledger.write(OFFICER) as writer:
        post(
            writer,
            [
                entry("one", 24_999),
                entry("new", 1, account="1999"),
                reversal(writer, record_of(writer, "one"), DAY)._replace(reverses=0),
            ],
        )
    assert [problem.code for problem in refused.value.problems] == [
        "key_differs",
        "account_unknown",
        "reversal_differs",
    ]
    with pytest.raises(Refused) as refused, ledger.write(OFFICER) as writer:
        post(writer, [entry("new", 35_001), entry("other", 1, envelope="2024/b")])
    # By path, in order.
    assert [str(problem.place) for problem in refused.value.problems] == ["2024/a", "2024/b"]


NONSENSE = {
    "an amount of nothing": ((0, 0), r"main/X/0: no amount to post: 0"),
    "more than any amount": ((2**53, -(2**53)), r"main/X/0: no amount to post: 9007199254740992"),
    "less than any amount": ((-(2**53), 2**53), r"main/X/0: no amount to post: -9007199254740992"),
    "one posting": ((1,), r"main/X/0: does not balance: 1 postings, sums \{'fin': 1, 'bud': 0, 'ind': 0\}"),
    "sums": ((3, -2), r"main/X/0: does not balance: 2 postings, sums \{'fin': 1, 'bud': 0, 'ind': 0\}"),
}


@pytest.mark.parametrize(("amounts", "said"), NONSENSE.values(), ids=NONSENSE.keys())
def test_what_is_no_entry_is_a_mistake_of_ours(amounts: tuple[int, ...], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        entry_fields(payable("X", 1)._replace(postings=tuple(Posting("fin", "5001", fen) for fen in amounts)))


@pytest.mark.parametrize("chart", ["fin", "bud", "ind"])
def test_each_chart_balances_by_itself(chart: str) -> None:
    other = "bud" if chart == "fin" else "fin"
    askew = payable("X", 1)._replace(postings=(Posting(chart, "5001", 1), Posting(other, "2303", -1)))
    with pytest.raises(ValueError, match="does not balance: 2 postings"):
        entry_fields(askew)


def test_the_largest_amount_is_one() -> None:
    whole = tuple(Posting("fin", "5001", fen) for fen in (MAX_FEN, -MAX_FEN))
    assert [line["amount_fen"] for line in entry_fields(payable("X", 1)._replace(postings=whole))["postings"]] == [
        MAX_FEN,
        -MAX_FEN,
    ]


def test_the_last_fen_is_given_and_a_same_entry_is_answered(ledger: Ledger) -> None:
    with ledger.write(OFFICER) as writer:
        [first] = post(writer, [entry("rest", 35_000)])
        [again] = post(writer, [entry("rest", 35_000)])
        assert (first.same, again) == (False, first._replace(same=True))
        assert post(writer, [reversal(writer, first.record, DAY)])[0].same is False
        # What was reversed is there to be given again.
        assert post(writer, [entry("rest-2", 35_000)])[0].same is False


def test_a_document_that_was_carried_out_moves_nothing_more(ledger: Ledger) -> None:
    with ledger.write(OFFICER) as writer:
        # All that is left of 2024/a, so that a second time there would be nothing to freeze.
        frozen = envelopes.change(writer, Asked("frozen", "2024/a", 35_000, "D-3"))
        before = writer.size
        assert envelopes.change(writer, Asked("frozen", "2024/a", 35_000, "D-3")) == frozen._replace(same=True)
        assert envelopes.issue(writer, "2024/a", 60_000, "D-2").same
        assert envelopes.issue(writer, "2024/a", 60_000, "D-2", DAY).same, "the day that stands"
        assert writer.size == before


def test_a_document_of_another_day_is_told_by_the_day_that_stands(ledger: Ledger) -> None:
    """D-1 was issued without a day, so on the day of its record."""
    with ledger.write(OFFICER) as writer:
        with pytest.raises(Refused, match=r"\[key_differs\]") as refused:
            envelopes.issue(writer, "2024", 100_000, "D-1", date(2024, 6, 30))
        (problem,) = refused.value.problems
        assert problem.place.key == "effective_on"
        assert problem.values == {"day": "2024-07-01"}
