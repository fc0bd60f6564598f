"""The loan prime rate: in force from its publication until the next, and refused outside the checked table."""

import csv
from datetime import date

import pytest

from calculators.interest.benchmark import Benchmark, Published
from calculators.money import parse_percent
from calculators.problems import Refused
from ledger.registry.benchmarks import shipped
from ledger.resources import fixture

REFERENCE, LPR = shipped()


@pytest.mark.parametrize(
    ("day", "one_year", "five_years"),
    [
        # The first row; the day before a publication, the day itself; the last row and the last day checked.
        (date(2019, 8, 20), "4.25%", "4.85%"),
        (date(2024, 2, 19), "3.45%", "4.20%"),
        (date(2024, 2, 20), "3.45%", "3.95%"),
        (date(2024, 7, 21), "3.45%", "3.95%"),
        (date(2024, 7, 22), "3.35%", "3.85%"),
        (date(2025, 5, 20), "3.00%", "3.50%"),
        (date(2026, 7, 20), "3.00%", "3.50%"),
    ],
)
def test_a_rate_is_in_force_until_the_next_one(day: date, one_year: str, five_years: str) -> None:
    assert LPR.rate("1y", day) == parse_percent(one_year)
    assert LPR.rate("5y", day) == parse_percent(five_years)


@pytest.mark.parametrize("day", [date(2019, 8, 19), date(2026, 7, 21), date(2030, 1, 1)])
def test_a_day_outside_the_table_is_refused_and_never_extrapolated(day: date) -> None:
    with pytest.raises(Refused) as refused:
        LPR.rate("1y", day)
    assert str(refused.value) == (
        f"LPR 1y: no LPR is known for {day}: the table runs from 2019-08-20 to 2026-07-20; "
        "record a table that was checked through that day [benchmark_unknown]"
    )


def test_a_table_is_read_from_the_texts_of_its_record() -> None:
    table = Benchmark.from_texts([("2024-02-20", "3.45", "3.95"), ("2024-07-22", "3.35", "3.85")], "2024-08-01")
    assert table.rows == (
        Published(date(2024, 2, 20), parse_percent("3.45%"), parse_percent("3.95%")),
        Published(date(2024, 7, 22), parse_percent("3.35%"), parse_percent("3.85%")),
    )
    assert table.checked_through == date(2024, 8, 1)


def test_steps_are_the_changes_of_one_tenor() -> None:
    """In February 2024 only the five-year rate fell; in July both did."""
    first, after = date(2024, 1, 1), date(2024, 8, 1)
    assert LPR.steps("1y", first, after) == [
        (first, parse_percent("3.45%")),
        (date(2024, 7, 22), parse_percent("3.35%")),
    ]
    assert LPR.steps("5y", first, after) == [
        (first, parse_percent("4.20%")),
        (date(2024, 2, 20), parse_percent("3.95%")),
        (date(2024, 7, 22), parse_percent("3.85%")),
    ]
    assert LPR.steps("1y", first, date(2024, 7, 22)) == [(first, parse_percent("3.45%"))]


def test_steps_end_where_the_table_does() -> None:
    assert len(LPR.steps("1y", date(2026, 7, 1), date(2026, 7, 21))) == 1
    with pytest.raises(Refused, match="benchmark_unknown"):
        LPR.steps("1y", date(2026, 7, 1), date(2026, 7, 22))


@pytest.mark.parametrize(
    ("starts", "checked"),
    [
        ([], "2024-01-01"),
        (["2024-02-20", "2024-01-22"], "2024-03-01"),
        (["2024-02-20", "2024-02-20"], "2024-03-01"),
        (["2024-02-20"], "2024-02-19"),
    ],
)
def test_a_table_out_of_order_is_our_own_mistake(starts: list[str], checked: str) -> None:
    rows = [Published(date.fromisoformat(start), parse_percent("3%"), parse_percent("4%")) for start in starts]
    with pytest.raises(
        ValueError, match=r"^a benchmark table has rows in ascending order, checked through its last row or later$"
    ):
        Benchmark(rows, date.fromisoformat(checked))


def test_the_shipped_table_is_the_file_with_its_source() -> None:
    with fixture("reference/lpr.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with fixture("reference/sources.csv").open(encoding="utf-8") as file:
        sources = {row["file"]: row for row in csv.DictReader(file)}
    assert len(LPR.rows) == len(rows)
    assert str(LPR.checked_through) == sources["lpr.csv"]["checked_through"]
    assert all(row["source"] and fixture(f"reference/{name}").is_file() for name, row in sources.items())


def test_the_reference_names_the_content() -> None:
    name, _, digest = REFERENCE.partition("@sha256:")
    assert name == "lpr"
    assert len(bytes.fromhex(digest)) == 32
    assert shipped()[0] == REFERENCE
