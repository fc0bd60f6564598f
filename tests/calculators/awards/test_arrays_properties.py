"""Columns come to what each line comes to by itself: equal digests, on books that are random, full of ties, and huge.

The scalar path is the oracle. A failing book says its seed.
"""

import random

import pytest

from calculators.awards.arrays import in_columns
from calculators.money import MAX_FEN
from tests.calculators.lending import LPR
from tests.calculators.loan_books import THROUGH, book, digests, outside
from tests.support.seeds import SEED, examples


@pytest.mark.parametrize("number", range(examples(30, by_day=4)))
@pytest.mark.parametrize(
    ("ties", "most_fen"), [(False, 500_000_000), (True, 0), (False, 10**15), (False, MAX_FEN)], ids=str
)
def test_columns_and_lines_come_to_equal_digests(number: int, ties: bool, most_fen: int) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    draw = random.Random(f"{SEED}/{number}/{ties}/{most_fen}")
    lines = book(draw, 40, ties=ties, most_fen=most_fen)
    paid = list(outside(draw, lines))
    assert digests(lines, 0, outside=paid) == digests(lines, 10**9, outside=paid)


def test_most_lines_of_a_book_are_covered() -> None:
    """Were nothing covered, the two paths would be one; what is left is what contradicts itself or is not known."""
    lines = book(random.Random(1), 400)
    covered = in_columns(lines, LPR, THROUGH)
    assert len(covered) > len(lines) / 2
    assert not {each.id for each in lines if each.loan.spells or each.notice_id in ("capped", "finer")} & covered.keys()
