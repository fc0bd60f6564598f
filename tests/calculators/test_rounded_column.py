"""A column of amounts rounded to a unit: it still adds up, and no figure is a whole unit off."""

from hypothesis import given
from hypothesis import strategies as st

from calculators.money import rounded_column


def test_the_largest_remainders_are_rounded_up() -> None:
    # 1.4 + 1.4 + 1.4 = 4.2 -> 4: the first is rounded up, though each alone would be 1.
    assert rounded_column([14, 14, 14], 10) == [2, 1, 1]
    # 0.5 + 1.0 = 1.5 -> 2 (half-up); 1.0 stays as it is.
    assert rounded_column([5, 10], 10) == [1, 1]
    # -1.5 + 0.4 = -1.1 -> -1: -2 and 0, and one more for the larger remainder, .5.
    assert rounded_column([-15, 4], 10) == [-1, 0]
    assert rounded_column([], 10) == []
    assert rounded_column([7, -7], 1) == [7, -7]


@given(st.lists(st.integers(-(10**15), 10**15)), st.sampled_from([1, 100, 10_000]))
def test_the_parts_make_the_rounded_sum_and_none_is_a_unit_off(values: list[int], unit: int) -> None:
    parts = rounded_column(values, unit)
    whole, rest = divmod(abs(sum(values)), unit)
    rounded = whole + (2 * rest >= unit)
    assert sum(parts) == (rounded if sum(values) >= 0 else -rounded)
    assert all(abs(part * unit - value) < unit for part, value in zip(parts, values, strict=True))
