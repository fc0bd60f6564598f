"""Interest, day counts and dates against figures that others published, each with its origin in the data file.

Every schedule goes two ways: as a loan with custom due dates through the calculators, and as a file through
`subsidy calc accrual`. The examples of policies and banks carry their arithmetic in the data file.
"""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import DayCount, DueRule, FixedRate, Loan, Movement
from calculators.interest.segments import Period, due_periods, interest, segments, year_fraction
from calculators.money import Exact, Rounding, parse_exact, parse_yuan, plain_yuan, round_fen
from cli import cli

PUBLISHED = json.loads(
    Path(__file__).parents[1].joinpath("data", "published_interest_cases.json").read_text(encoding="utf-8")
)
SCHEDULES = PUBLISHED["schedules"]
NO_BENCHMARK = Benchmark.from_texts([("2019-08-20", "4.25", "4.85")], "2019-08-20")

day = date.fromisoformat


def loan_of(inputs: dict[str, Any]) -> Loan:
    """The case as a loan whose bank gave the due dates one by one, not counted; it matures on the last one."""
    signs = {"drawdown": 1, "principal_repayment": -1}
    ends = tuple(day(text) for text in inputs["due_dates"])
    return Loan(
        key="case",
        contract="case",
        lender="a bank",
        uscc="",
        signed_on=day(inputs["accrual_start"]),
        matures_on=ends[-1],
        amount_fen=0,
        day_count=DayCount(inputs["day_count"]),
        due=DueRule("custom", counted=False, dates=ends),
        movements=tuple(
            Movement(day(event["date"]), signs[event["type"]] * parse_yuan(event["amount"]))
            for event in inputs["cash_events"]
        ),
        rates=tuple(
            FixedRate(day(step["from"]), parse_exact(step["annual_rate_pct"]) / 100) for step in inputs["rate_steps"]
        ),
    )


def by_loan(inputs: dict[str, Any]) -> list[str]:
    loan = loan_of(inputs)
    borne = segments(loan, day(inputs["accrual_start"]), loan.matures_on, NO_BENCHMARK, supported=True)
    mode = Rounding(inputs["rounding"]["mode"])
    groups = [[each] for each in borne] if inputs["rounding"]["place"] == "per_segment" else [borne]
    return [
        plain_yuan(sum(round_fen(interest(group, loan.day_count, period), mode) for group in groups))
        for period in due_periods(loan)
    ]


def by_command(inputs: dict[str, Any], folder: Path) -> list[str]:
    file = folder / "case.json"
    file.write_text(json.dumps(inputs), encoding="utf-8")
    answer = CliRunner().invoke(cli, ["calc", "accrual", str(file), "--json"])
    assert (answer.exit_code, answer.stderr) == (0, "")
    periods = json.loads(answer.stdout)["periods"]
    assert [period["due"] for period in periods] == inputs["due_dates"]
    return [period["interest"] for period in periods]


def asserted(figures: list[str], expected: list[str | None]) -> list[str | None]:
    """Our figures where the origin states one."""
    return [ours if theirs is not None else None for ours, theirs in zip(figures, expected, strict=True)]


@pytest.mark.parametrize("case", SCHEDULES, ids=lambda case: case["id"])
def test_a_loan_bears_the_published_interest(case: dict[str, Any]) -> None:
    assert asserted(by_loan(case["inputs"]), case["interest"]) == case["interest"]


@pytest.mark.parametrize("case", SCHEDULES, ids=lambda case: case["id"])
def test_the_command_prints_the_published_interest(case: dict[str, Any], tmp_path: Path) -> None:
    assert asserted(by_command(case["inputs"], tmp_path), case["interest"]) == case["interest"]


def test_no_case_is_without_an_asserted_figure_or_an_origin() -> None:
    assert len(SCHEDULES) == 22 + 14
    for case in SCHEDULES:
        assert any(case["interest"]), case["id"]
        assert case["origin"]["project"], case["id"]
        assert case["origin"]["licence"], case["id"]


@pytest.mark.parametrize(
    ("name", "changed", "theirs", "ours"),
    [
        # Fineract's own earlier figure: 0.18 + 1.84 = 2.02, rounded per segment (note of the case).
        ("FIN-12", {"rounding": {"mode": "half_even", "place": "per_segment"}}, "2.01", "2.02"),
        # 450.00 x 3.6% / 360 = 0.045 exactly: the tie is what the mode decides.
        ("AR-01", {"rounding": {"mode": "half_even", "place": "per_period"}}, "0.05", "0.04"),
        # 100 x 15.678% x 31/365 = 1.3315 by ACT/365F, x 31/360 = 1.3501 by ACT/360.
        ("FIN-02", {"day_count": "ACT/360"}, "1.33", "1.35"),
        # 10,000,000 x 3.45% x 6/360: one day more when the settlement day is counted (QL-21) than here.
        ("QL-01", {"due_dates": ["2024-03-21", "2025-03-14"]}, "4791.67", "5750.00"),
    ],
)
def test_another_convention_does_not_give_the_published_interest(
    name: str, changed: dict[str, Any], theirs: str, ours: str, tmp_path: Path
) -> None:
    (case,) = (case for case in SCHEDULES if case["id"] == name)
    assert case["interest"][0] == theirs
    inputs = {**case["inputs"], **changed}
    assert by_loan(inputs)[0] == ours
    assert by_command(inputs, tmp_path)[0] == ours


@pytest.mark.parametrize("case", PUBLISHED["day_counts"], ids=lambda case: f"{case['day_count']} {case['start']}")
def test_days_count_as_published(case: dict[str, Any]) -> None:
    start, end = day(case["start"]), day(case["end"])
    ours = year_fraction(DayCount(case["day_count"]), start, end, Period(start, end))
    if "days" in case:
        assert ours == Exact(case["days"], case["year"])
    else:
        assert abs(ours - Exact(case["year_fraction"])) <= Exact(case["tolerance"])


@pytest.mark.parametrize("case", PUBLISHED["month_ends"], ids=lambda case: case["title"])
def test_month_ends_are_clamped_as_published(case: dict[str, Any]) -> None:
    first, ends = day(case["first"]), [day(text) for text in case["ends"]]
    loan = replace(
        loan_of(SCHEDULES[0]["inputs"]),
        matures_on=ends[-1],
        due=DueRule("month", day=31, counted=False),
        movements=(Movement(first, 100),),
    )
    assert [period.ends_before for period in due_periods(loan)] == ends
