"""Lines that bear nothing but an amount: what is listed of them, and by which rule."""

import pytest

from ledger.reconcile.matching import Line, Payout, match
from tests.reconcile.lines import line, payout


def test_a_batch_of_forty_less_one_that_failed_is_listed_with_twenty_candidates() -> None:
    payouts = [payout(f"S{n:02}", 100_000 + n * n, batch="B1") for n in range(40)]
    total = sum(one.amount_fen for one in payouts) - payouts[7].amount_fen
    outcome = match([line("a", -total)], payouts)
    assert outcome.matches == ()
    (found,) = outcome.listed
    assert (found.reason, found.rule) == ("amount", "batch-part")
    # The first twenty of all but S07.
    assert found.payouts == tuple(f"S{n:02}" for n in range(21) if n != 7)
    whole = match([line("a", -sum(one.amount_fen for one in payouts))], payouts).listed
    assert [(one.reason, one.rule) for one in whole] == [("amount", "batch-total")]
    single = match([line("a", -payouts[3].amount_fen)], payouts).listed
    assert [(one.reason, one.rule, one.payouts) for one in single] == [("amount", "amount", ("S03",))]


def by_amount(lines: list[Line], payouts: list[Payout]) -> list[tuple[str, str, tuple[str, ...]]]:
    """What is listed of lines that bear nothing but an amount: reason, rule, candidates."""
    outcome = match(lines, payouts)
    assert outcome.matches == ()
    return [(one.reason, one.rule, one.payouts) for one in outcome.listed]


def batch(name: str, *amounts: int) -> list[Payout]:
    return [payout(f"{name}-{n:02}", fen, batch=name) for n, fen in enumerate(amounts)]


@pytest.mark.parametrize(("day", "found"), [(89, ()), (90, ("S1",)), (100, ("S1",)), (101, ())])
def test_the_window_of_an_amount_has_both_its_ends(day: int, found: tuple[str, ...]) -> None:
    expected = ("amount", "amount", found) if found else ("unknown", "amount", ())
    assert by_amount([line("a", -300)], [payout("S1", 300, day)]) == [expected]


def test_a_batch_of_one_is_an_amount_and_no_total() -> None:
    assert by_amount([line("a", -300)], batch("B1", 300)) == [("amount", "amount", ("B1-00",))]


@pytest.mark.parametrize(("batches", "reason"), [(500, "unknown"), (501, "too_many")])
def test_no_more_than_five_hundred_batches_are_searched_for_a_part(batches: int, reason: str) -> None:
    payouts = [one for n in range(batches) for one in batch(f"B{n:03}", 10, 20)]
    assert by_amount([line("a", -15)], payouts) == [(reason, "amount", ())]


@pytest.mark.parametrize(("members", "reason"), [(16, "amount"), (17, "unknown")])
def test_of_a_batch_of_sixteen_every_part_is_searched(members: int, reason: str) -> None:
    # 2^16 subsets: a hit tells from 65,536,000 fen on.
    payouts = batch("B1", *(10**8 + 2**n for n in range(members)))
    found = by_amount([line("a", -(3 * 10**8 + 1 + 8 + 64))], payouts)
    whole = ("amount", "batch-part", ("B1-00", "B1-03", "B1-06"))
    assert found == [whole if reason == "amount" else ("unknown", "amount", ())]


@pytest.mark.parametrize(
    ("least", "reason"),
    [
        # 17 payouts lack one or two in 17 x 18 / 2 = 153 ways, which tells from 153,000 fen on: 15 x 10,300 + 105.
        (10_300, "amount"),
        # 15 x 10,000 + 105
        (10_000, "too_many"),
    ],
)
def test_of_a_larger_batch_a_part_tells_from_an_amount_on(least: int, reason: str) -> None:
    kept = [least + n for n in range(15)]
    # The two that are missing are the largest.
    found = by_amount([line("a", -sum(kept))], batch("B1", *kept, 50_000, 70_001))
    assert found == [(reason, "batch-part", tuple(f"B1-{n:02}" for n in range(15)))]


def test_a_part_of_each_of_two_batches_is_listed_with_both() -> None:
    # 1000 for each of 2^3 subsets is less than 9003 = 4001 + 5002 = 4002 + 5001.
    payouts = [*batch("B1", 4001, 5002, 20011), *batch("B2", 4002, 5001, 20021)]
    assert by_amount([line("a", -9003)], payouts) == [("amount", "batch-part", ("B1-00", "B1-01", "B2-00", "B2-01"))]


def test_a_large_batch_that_lacks_more_than_two_stands_in_no_other_one_s_way() -> None:
    payouts = [*batch("B1", *[100_000] * 17), *batch("B2", 4001, 5002, 20011)]
    assert by_amount([line("a", -9003)], payouts) == [("amount", "batch-part", ("B2-00", "B2-01"))]
