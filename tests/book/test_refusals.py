"""Each refusal of the book by its name: what was tried, on which ledger, and what was said; nothing is written by any.

The ledger has 1,000.00 issued to 2024 and 600.00 of it to 2024/a; 2024/a has 250.00 reserved by entry `main/one/0`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.book import balances, charts, envelopes
from ledger.book.envelopes import Asked
from ledger.book.posting import Entry, Posting, post, reversal, reverse
from ledger.log import kinds
from ledger.store.ledger import Ledger, Writer

OFFICER = "1001"
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
            Posting("ind", account, fen, envelope=envelope),
            Posting("ind", AVAILABLE, -fen, envelope=envelope),
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
    (tmp_path / "book").mkdir()
    made = Ledger.create(
        f"sqlite:///{tmp_path / 'book' / 'ledger.db'}",
        actor=OFFICER,
        calculators=(),
        clock=lambda: datetime(2024, 7, 1, 4, tzinfo=UTC),
        anchor=tmp_path / "anchor",
    )
    with made.write(OFFICER) as writer:
        charts.seed(writer)
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
    reverse(writer, record_of(writer, "one"), DAY)
    post(writer, [replace(reversal(writer, record_of(writer, "one"), DAY), key="main/again/0")])


def reverse_twice_in_a_batch(writer: Writer) -> None:
    once = reversal(writer, record_of(writer, "one"), DAY)
    post(writer, [once, replace(once, key="main/again/0")])


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
    reverse(writer, award, DAY)


def reverse_half(writer: Writer) -> None:
    whole = reversal(writer, record_of(writer, "one"), DAY)
    half = tuple(replace(posting, amount_fen=posting.amount_fen // 2) for posting in whole.postings)
    post(writer, [replace(whole, postings=half)])


def reverse_a_record_that_is_no_entry(writer: Writer) -> None:
    post(writer, [replace(reversal(writer, record_of(writer, "one"), DAY), reverses=0)])


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


def show_an_unknown_account(writer: Writer) -> None:
    balances.account(writer, "fin", "9999")


def show_an_unknown_entry(writer: Writer) -> None:
    balances.entry(writer, 99)


# In the order in which posting and budgets check.
REFUSALS: list[tuple[Callable[[Writer], None], list[str]]] = [
    (post_changed, ["key_differs"] * 2),
    (post_two_that_differ, ["key_differs"]),
    (post_to_an_unknown_account, ["account_unknown"]),
    (reverse_twice, ["already_reversed"]),
    (reverse_twice_in_a_batch, ["already_reversed"]),
    (reverse_what_a_payout_holds, ["already_in_payment"]),
    (reverse_half, ["reversal_differs"]),
    (reverse_a_record_that_is_no_entry, ["reversal_differs"]),
    (post_without_a_budget, ["envelope_unknown"]),
    (reserve_more_than_there_is, ["envelope_short"]),
    (change(Asked("issued", "2024//a", 1, "D-9")), ["path_malformed"]),
    (change(Asked("issued", "loans", 1, "D-9")), ["path_malformed"]),
    (change(Asked("issued", "2024", 0, "D-9")), ["amount_not_positive"]),
    (change(Asked("frozen", "2024", -1, "D-9")), ["amount_not_positive"]),
    (change(Asked("issued", "2024", 1, " ")), ["document_missing"]),
    (change(Asked("transferred", "2024/a", 1, "D-9", to="2024/a")), ["transfer_impossible"]),
    (change(Asked("transferred", "2024/a", 1, "D-9", to="2025/a")), ["transfer_impossible"]),
    (change(Asked("frozen", "2024/b", 1, "D-9")), ["envelope_unknown"]),
    (change(Asked("adjusted", "2024/a", -35_001, "D-9")), ["envelope_committed"]),
    (change(Asked("issued", "2024/c", 40_001, "D-9")), ["envelope_short"]),
    (change(Asked("issued", "2024/a", 60_001, "D-2")), ["key_differs"]),
    (change(Asked("frozen", "2024/a", 35_001, "D-9")), ["envelope_short"]),
    (thaw_more_than_is_frozen, ["frozen_short"]),
    (show_an_unknown_account, ["account_unknown"]),
    (show_an_unknown_entry, ["entry_unknown"]),
]


@pytest.mark.parametrize(("attempt", "codes"), REFUSALS, ids=lambda one: getattr(one, "__name__", None))
def test_each_refusal_by_its_name(ledger: Ledger, attempt: Callable[[Writer], None], codes: list[str]) -> None:
    with ledger.read() as view:
        before = view.size, view.root()
    with pytest.raises(Refused) as refused, ledger.write(OFFICER) as writer:
        attempt(writer)
    assert sorted({problem.code for problem in refused.value.problems}) == sorted(set(codes))
    with ledger.read() as view:
        assert (view.size, view.root()) == before


def test_the_last_fen_is_given_and_a_same_entry_is_answered(ledger: Ledger) -> None:
    with ledger.write(OFFICER) as writer:
        [first] = post(writer, [entry("rest", 35_000)])
        [again] = post(writer, [entry("rest", 35_000)])
        assert (first.same, again) == (False, first._replace(same=True))
        assert reverse(writer, first.record, DAY).same is False
        # What was reversed is there to be given again.
        assert post(writer, [entry("rest-2", 35_000)])[0].same is False
