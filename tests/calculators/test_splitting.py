"""Amounts split and summed in integers, held against the same in rationals as their definitions say it."""

from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from calculators.money import Exact, Ratio, Rounding, cumulative_shares, largest_remainder, round_exact

RATIOS = st.builds(Ratio, st.integers(-(10**18), 10**18), st.integers(1, 366 * 365 * 10_000))
WEIGHTS = st.lists(st.fractions(0, 10**6, max_denominator=9_999), min_size=1, max_size=6).filter(any)


@given(st.integers(-(10**15), 10**15), WEIGHTS)
def test_the_units_left_over_go_to_the_largest_remainders(total: int, weights: list[Fraction]) -> None:
    shares = [abs(total) * weight / sum(weights) for weight in weights]
    parts = [floor(share) for share in shares]
    for place in sorted(range(len(parts)), key=lambda place: (floor(shares[place]) - shares[place], place)):
        if sum(parts) == abs(total):
            break
        parts[place] += 1
    assert largest_remainder(total, weights) == [part if total >= 0 else -part for part in parts]


@given(st.lists(RATIOS, max_size=8), st.sampled_from(Rounding), st.sampled_from([1, 100]))
def test_amounts_out_of_lowest_terms_sum_and_round_as_their_values_do(
    ratios: list[Ratio], mode: Rounding, unit: int
) -> None:
    values = [Exact(*ratio) for ratio in ratios]
    assert cumulative_shares(ratios, mode, unit) == cumulative_shares(values, mode, unit)
    whole = sum(values, Exact(0))
    assert sum(cumulative_shares(ratios, mode)) == round_exact(whole, mode)
