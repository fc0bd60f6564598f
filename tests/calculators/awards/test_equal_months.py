"""Equal months under a notice: exactly months/12 of the yearly rate, whatever the due day (DOMAIN: day counts)."""

import pytest

from calculators.interest.loan import DayCount, DueRule
from tests.calculators.lending import (
    ASSUMED,
    award,
    components,
    interest_share,
    line,
    loan,
    monthly,
    notice,
    only,
    periods,
    points,
    quarterly,
    results_of,
)

TWO_YEARS = {"interest": "accrued", "months_from_first_drawdown": {"months": "24", **ASSUMED}, **ASSUMED}
RULES = notice(components=components(points=points("2.5%")), base=TWO_YEARS)


@pytest.mark.parametrize("drawn_on", ["2023-05-01", "2023-06-17", "2024-01-31", "2024-02-29", "2024-12-21"])
@pytest.mark.parametrize("due", [quarterly(20, counted=True), quarterly(20), monthly(31), monthly(15, counted=True)])
def test_two_years_are_twice_the_yearly_rate(drawn_on: str, due: DueRule) -> None:
    # 500,000,000 x 2.5 % x 24/12.
    lent = loan("L", {drawn_on: "500,000,000"}, "2028-11-11", "4.0%", day_count=DayCount.NOMINAL_MONTH, due=due)
    assert award(line(lent, RULES, ceiling="90,000,000")) == "25000000.00"


def test_a_year_of_months_is_twelve_equal_amounts() -> None:
    # 900,000 at 1 point: 750.00 a month, 9,000.00 in all.
    lent = loan(
        "L",
        {"2024-03-21": "900,000"},
        "2025-03-21",
        "4.0%",
        day_count=DayCount.NOMINAL_MONTH,
        due=monthly(20, counted=True),
    )
    result = only(results_of(line(lent, notice(components=components(points=points("1.0%"))))))
    assert list(periods(result).values()) == ["750.00"] * 12


def test_interest_counts_equal_months_too() -> None:
    # All of 4 % for two years, in nine due periods each rounded by itself.
    lent = loan(
        "L", {"2024-05-01": "500,000,000"}, "2026-05-01", "4.0%", day_count=DayCount.NOMINAL_MONTH, due=quarterly(20)
    )
    rules = notice(components=components(share=interest_share("100%")))
    assert award(line(lent, rules, ceiling="90,000,000")) == "40000000.00"
