"""The invented year is paid through both channels, and shows what goes wrong on the way."""

import re
from datetime import date

import pytest
from dateutil.relativedelta import relativedelta

from ledger.book.balances import account
from ledger.book.execution import execution
from ledger.book.limits import limits
from ledger.demo.payments import PAYERS
from ledger.demo.year import WRONG_HOLDER, credit_code, invented_year
from ledger.log import kinds
from ledger.payouts.batches import Batch, Item, batches
from ledger.payouts.presumed import is_sure
from ledger.payouts.returns.debts import owed
from ledger.payouts.states import State
from ledger.payouts.year_end import drawn
from ledger.store.ledger import View
from tests.support.demo import Told


@pytest.fixture(scope="module")
def made(view: View) -> list[Batch]:
    return batches(view)


def ways(made: list[Batch]) -> dict[tuple[State, ...], list[Item]]:
    """What moved a payout, in order -> the payouts that went that way; what only makes sure of it is left out."""
    found: dict[tuple[State, ...], list[Item]] = {}
    for one in made:
        for item in one.items:
            moved = tuple(State(row.body["state"]) for row in item.outcomes if not is_sure(row.body))
            found.setdefault(moved, []).append(item)
    return found


def test_every_month_goes_out_through_both_channels_and_the_batches_after_them(made: list[Batch]) -> None:
    # In February no firm with a bank account is due anything: first loans begin on the 19th, quarters end in March.
    assert [one.body["channel"] for one in made] == ["bank", "ecny", "ecny", *["bank", "ecny"] * 10, "ecny"]


def test_no_month_shows_a_path_that_gave_more_than_it_had(view: View) -> None:
    for month in range(36):
        begins = date(2024, 1, 1) + relativedelta(months=month)
        shown = execution(view, begins, begins + relativedelta(day=31))
        assert {one.path: one.of_path.available for one in shown if one.of_path.available < 0} == {}, begins


def test_rejects_and_returns_are_paid_under_another_number(made: list[Batch]) -> None:
    found = ways(made)
    # What came back is said by the channel, and made sure by the bank's line, which another officer brings.
    back = (State.SUCCESS, State.RETURNED)
    assert set(found) == {(State.SUCCESS,), (State.FAIL,), back}
    # One of each in each channel.
    assert (len(found[State.FAIL,]), len(found[back])) == (2, 2)
    paid_after = {
        claim["award"]: item for item in found[State.SUCCESS,] for claim in item.body["claims"] if item.paid_fen
    }
    for item in (*found[State.FAIL,], *found[back]):
        for claim in item.body["claims"]:
            later = paid_after[claim["award"]]
            assert (later.seq > item.seq, later.key != item.key) == (True, True)


def test_nothing_is_payable_at_the_end_and_no_award_was_paid_twice(told: Told, view: View, made: list[Batch]) -> None:
    # What all runs awarded, reductions off, is what was paid, and what was paid before its reduction is owed back.
    awarded = sum(row.body.get("award_fen", 0) for row in view.records(kinds.ENTRY))
    owed_back = sum(one.owed_fen for one in owed(view))
    assert sum(item.paid_fen for one in made for item in one.items) == awarded + owed_back > awarded > 0
    assert re.search(r"fin/2303 .* 0\.00\n", told.text)


def test_a_wallet_of_another_holder_waits_for_its_change_and_a_second_person(made: list[Batch]) -> None:
    code = credit_code(WRONG_HOLDER)
    held = [[one["code"] for one in batch.body["held"]] for batch in made[:6]]
    assert held == [["holder_differs"]] * 2 + [["payee_waiting"]] + [[]] * 3
    paid = [one.body["recorded_at"][:7] for one in made for item in one.items if item.body["uscc"] == code]
    # The run of March is paid on 2 April; nothing reached the firm before.
    assert paid[0] == "2025-04"


def test_an_answer_that_never_came_offers_nothing_again(told: Told) -> None:
    _before, _line, after = told.text.partition("No answer within the time. What was sent is not offered again:\n")
    again, *answers = after.splitlines()[:3]
    assert again == "$ subsidy pay prepare ... 2025-08: batches 0, payouts 0, 0.00 yuan; held: -"
    assert all(re.fullmatch(r"  (bank|ecny): payouts paid [1-9]\d*, not paid: -", line) for line in answers)


def test_no_number_of_a_payee_or_payer_is_printed_or_stands_in_the_book(told: Told) -> None:
    numbers = [row["number"] for row in (*invented_year().payees, *PAYERS)]
    assert len(numbers) == 72
    book = (told.out / "ledger.db").read_bytes()
    assert [number for number in numbers if number in told.text or number.encode() in book] == []
    orders = b"".join(path.read_bytes() for path in (told.out / "payments").rglob("*") if path.is_file())
    # The orders hold those of who was paid, or the search would prove nothing.
    assert sum(number.encode() in orders for number in numbers) > 50


def test_orders_and_answers_are_for_their_owner_only(told: Told) -> None:
    modes = {path.stat().st_mode & 0o777 for path in (told.out / "payments").rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_each_year_s_income_is_its_own_budget_and_what_later_years_pay_is_drawn_from_the_claim(view: View) -> None:
    """What was issued for a year is its income to the fen; the claim on the treasury never falls below zero."""
    issued = limits(view)
    ended = [path for path in issued if "/" not in path and int(path) < 2026]
    assert "2025" in ended
    assert {year: drawn(view, int(year)) for year in ended} == {year: issued[year] for year in ended}
    assert min(line.balance_fen for line in account(view, "fin", "1201")) >= 0
