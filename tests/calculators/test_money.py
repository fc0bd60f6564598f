"""The one number door: what it reads, how it rounds and splits, how it writes; ties, both signs, zero, the edges."""

from decimal import Decimal

import numpy as np
import pytest
from moneyed import CNY, Money

from calculators.money import (
    MAX_FEN,
    Exact,
    Rounding,
    as_money,
    cumulative_shares,
    format_percent,
    format_yuan,
    full_steps,
    largest_remainder,
    parse_exact,
    parse_percent,
    parse_yuan,
    plain_exact,
    plain_yuan,
    round_columns,
    round_exact,
    round_fen,
    share_out,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Exact(0)),
        ("3.55", Exact(355, 100)),
        ("+3.55", Exact(355, 100)),
        ("-3.55", Exact(-355, 100)),
        (" 1,234,567.8 ", Exact(12_345_678, 10)),
        ("12,345", Exact(12_345)),
    ],
)
def test_a_plain_number_is_read_exactly(text: str, value: Exact) -> None:
    assert parse_exact(text) == value


@pytest.mark.parametrize(
    "text", ["", " ", "1e3", "1,00", "1234,567", "1,2345", "1.", ".5", "1 000", "--1", "１２", "NaN"]
)
def test_what_is_no_plain_number_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain decimal number") as refused:
        parse_exact(text)
    assert repr(text) in str(refused.value)


def test_the_largest_amount_is_that_of_a_record() -> None:
    # 2^53 - 1 fen, the largest integer of a canonical record.
    assert parse_yuan("90,071,992,547,409.91") == 2**53 - 1 == MAX_FEN
    assert parse_yuan("-90,071,992,547,409.91") == -MAX_FEN
    for text in ("90,071,992,547,409.92", "-90,071,992,547,409.92"):
        with pytest.raises(ValueError, match=r"amount too large: '-?90,071,992,547,409\.92'"):
            parse_yuan(text)


def test_a_part_of_a_fen_is_no_amount() -> None:
    with pytest.raises(ValueError, match=r"more than 2 decimals: '0\.005'"):
        parse_yuan("0.005")
    assert parse_yuan("0.0100") == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.55%", Exact(355, 10_000)),
        (" -0.5 % ", Exact(-5, 1_000)),
        ("150BP", Exact(150, 10_000)),
        ("150bp", Exact(150, 10_000)),
        ("100%", Exact(1)),
    ],
)
def test_a_rate_is_read_with_its_unit(text: str, value: Exact) -> None:
    assert parse_percent(text) == value


@pytest.mark.parametrize("text", ["3.55", "3.55%%", "%", "BP", "3.55Bp", "3.55‰"])
def test_a_rate_without_its_unit_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"a rate or share needs its unit, % or BP|not a plain decimal number"):
        parse_percent(text)


def test_the_missing_unit_is_named() -> None:
    with pytest.raises(ValueError, match=r"a rate or share needs its unit, % or BP: '3\.55'"):
        parse_percent("3.55")


HALF_UP, HALF_EVEN, DOWN = Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.DOWN


@pytest.mark.parametrize(
    ("tenths", "half_up", "half_even", "down"),
    [
        (0, 0, 0, 0),
        (4, 0, 0, 0),
        (5, 1, 0, 0),
        (6, 1, 1, 0),
        (10, 1, 1, 1),
        (14, 1, 1, 1),
        (15, 2, 2, 1),
        (16, 2, 2, 1),
        (25, 3, 2, 2),
        (35, 4, 4, 3),
    ],
)
def test_an_amount_rounds_by_its_magnitude(tenths: int, half_up: int, half_even: int, down: int) -> None:
    for mode, whole in ((HALF_UP, half_up), (HALF_EVEN, half_even), (DOWN, down)):
        assert round_exact(Exact(tenths, 10), mode) == whole
        assert round_exact(Exact(-tenths, 10), mode) == -whole
    assert round_exact(Exact(tenths, 10)) == half_up


def test_a_column_rounds_as_its_amounts_do() -> None:
    """Tenths as whole numbers and rests of ten: 0.0, 0.4, 0.5, 0.6, 1.0, 1.4, 1.5, 1.6, 2.5, 3.5."""
    tenths = np.array([0, 4, 5, 6, 10, 14, 15, 16, 25, 35])
    found = {mode: round_columns(tenths // 10, tenths % 10, 10, mode).tolist() for mode in Rounding}
    assert found == {
        HALF_UP: [0, 0, 1, 1, 1, 1, 2, 2, 3, 4],
        HALF_EVEN: [0, 0, 0, 1, 1, 1, 2, 2, 2, 4],
        DOWN: [0, 0, 0, 0, 1, 1, 1, 1, 2, 3],
    }


def test_full_steps_of_a_value() -> None:
    assert [full_steps(Exact(value), Exact(5, 2)) for value in (-3, 0, 2, 5, 7, 8)] == [0, 0, 0, 2, 2, 3]


@pytest.mark.parametrize(
    ("total", "wanted", "unit", "parts"),
    [
        # Enough for all, or more.
        (9, [4, 5], 1, [4, 5]),
        (10, [4, 5], 1, [4, 5]),
        # 5 x 4/9 = 2.22 and 2.78: the fen left goes to the larger remainder, of equals to the earlier one.
        (5, [4, 5], 1, [2, 3]),
        (5, [5, 4], 1, [3, 2]),
        (1, [1, 1], 1, [1, 0]),
        (0, [4, 5], 1, [0, 0]),
        # Two whole hundreds in 250: 150 and 100 are 1.5 and 1 of them, and nothing is left for the half.
        (250, [300, 200], 100, [100, 100]),
        # 180 and 120 are 1.8 and 1.2: the hundred left goes to the first.
        (300, [300, 200], 100, [200, 100]),
        # 1.49 hundreds each of 150: one more would be 200, above what is wanted.
        (298, [150, 150], 100, [100, 100]),
        # 0.5 of a unit of 1 each: none may have what it does not want, 0.
        (1, [0, 2], 1, [0, 1]),
    ],
)
def test_a_total_that_does_not_reach_is_shared_out(total: int, wanted: list[int], unit: int, parts: list[int]) -> None:
    assert share_out(total, wanted, unit) == parts


def test_weights_of_different_denominators_split_by_their_values() -> None:
    # 1/2 and 1/3 are 3 to 2: of 10 fen 6 and 4; 3/4 and 1/6 are 9 to 2: of 11 fen 9 and 2.
    assert largest_remainder(10, [Exact(1, 2), Exact(1, 3)]) == [6, 4]
    assert largest_remainder(11, [Exact(3, 4), Exact(1, 6)]) == [9, 2]


def test_an_amount_rounds_to_a_unit() -> None:
    # To whole yuan: 12.49 and 12.50; to ten thousand yuan: 14,999.99 and 15,000.00.
    assert [round_fen(fen, unit_fen=100) for fen in (1_249, 1_250, -1_250)] == [1_200, 1_300, -1_300]
    assert [round_fen(fen, unit_fen=1_000_000) for fen in (1_499_999, 1_500_000)] == [1_000_000, 2_000_000]
    assert round_fen(Exact(12_499, 10), DOWN, 100) == 1_200
    # A tie at even and odd yuan: 12.50 stays at 12, 13.50 goes to 14.
    assert [round_fen(fen, HALF_EVEN, 100) for fen in (1_250, 1_350)] == [1_200, 1_400]
    assert round_fen(Exact(5, 2)) == 3


def test_shares_of_a_running_total_make_its_rounded_sum() -> None:
    third = Exact(100, 3)
    # 33.33, 66.67, 100 -> 33, 67, 100
    assert cumulative_shares([third, third, third]) == [33, 34, 33]
    # 0.5, 1.0, 1.5 and down again to 0.5: 1, 1, 2, 1
    half = Exact(1, 2)
    assert cumulative_shares([half, half, half, -1 * Exact(1)]) == [1, 0, 1, -1]
    assert cumulative_shares([half, half, half, -1 * Exact(1)], DOWN) == [0, 1, 0, -1]
    # Different fractions: 1/2, 5/6, 5/6 + 1/4 = 13/12, and 1/6 more: 15/12
    assert cumulative_shares([half, Exact(1, 3), Exact(1, 4), Exact(1, 6)]) == [1, 0, 0, 0]
    # 2/3, 2/3 + 5/6 = 3/2, and 1 more
    assert cumulative_shares([Exact(2, 3), Exact(5, 6), Exact(1)]) == [1, 1, 1]
    assert cumulative_shares([]) == []


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),  # 3.33 each: the fen left goes to the first of equals
        (11, [1, 1, 1], [4, 4, 3]),
        (100, [1, 2, 3], [17, 33, 50]),  # 16.67, 33.33, 50
        (100, [3, 2, 1], [50, 33, 17]),
        (-10, [1, 1, 1], [-4, -3, -3]),
        (7, [0, 1], [0, 7]),
        (1, [Exact(1, 3), Exact(2, 3)], [0, 1]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
        (5, [Exact(1, 100)], [5]),
    ],
)
def test_a_total_splits_by_largest_remainder(total: int, weights: list[Exact | int], parts: list[int]) -> None:
    assert largest_remainder(total, weights) == parts


@pytest.mark.parametrize(
    ("total", "weights", "why"),
    [
        (1, [0, 0], "nothing to split by: every weight is 0"),
        (-1, [], "nothing to split by: every weight is 0"),
        (3, [2, -1], "a weight is negative"),
    ],
)
def test_a_total_does_not_split(total: int, weights: list[int], why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        largest_remainder(total, weights)


@pytest.mark.parametrize(
    ("fen", "plain", "printed"),
    [
        (0, "0.00", "0.00"),
        (7, "0.07", "0.07"),
        (-7, "-0.07", "-0.07"),
        (3_372_500, "33725.00", "33,725.00"),
        (-123_456_789_01, "-123456789.01", "-123,456,789.01"),
    ],
)
def test_an_amount_is_written_for_files_and_for_people(fen: int, plain: str, printed: str) -> None:
    assert plain_yuan(fen) == plain
    assert format_yuan(fen) == printed
    assert parse_yuan(printed) == parse_yuan(plain) == fen


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Exact(0), "0"),
        (Exact(10), "10"),
        (Exact(-71, 20), "-3.55"),
        (Exact(1, 3), "1/3"),
        (Exact(-1, 3), "-1/3"),
        (Exact(1, 10**12), "0.000000000001"),
        (Exact(-1, 10**12), "-0.000000000001"),
        (Exact(1, 10**13), "1/10000000000000"),
        (Exact(12_345, 10), "1234.5"),
    ],
)
def test_a_rational_is_written_without_loss(value: Exact, text: str) -> None:
    assert plain_exact(value) == text


def test_a_rate_is_written_in_percent() -> None:
    assert format_percent(Exact(71, 2000)) == "3.55%"
    assert format_percent(Exact(1, 3)) == "1/3"


def test_money_at_the_edges_is_exact() -> None:
    # 2^53 - 1 fen as a binary float would already be rounded.
    assert as_money(MAX_FEN) == Money(Decimal("90071992547409.91"), CNY)
    assert as_money(-1) == Money(Decimal("-0.01"), CNY)
