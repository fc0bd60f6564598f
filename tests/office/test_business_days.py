"""Business days over holidays as the State Council published them, and years that only a decision knows."""

from datetime import date

import pytest

from calculators.problems import Refused
from ledger.log import kinds
from ledger.office.business_days import Calendar, DaysOff, days_of
from tests.support.desk import Desk, call

D = date.fromisoformat


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-09-28", True),  # a Sunday, worked for the holidays of October
        ("2025-09-30", True),
        ("2025-10-01", False),
        ("2025-10-08", False),  # a Wednesday
        ("2025-10-09", True),
        ("2025-10-11", True),  # a Saturday, worked for the same holidays
        ("2025-10-12", False),
        ("2024-02-29", True),
    ],
)
def test_the_holidays_of_october_2025(day: str, works: bool) -> None:
    assert Calendar().works(D(day)) is works


@pytest.mark.parametrize(
    ("starts_on", "days", "last_day"),
    [
        ("2025-06-09", 1, "2025-06-09"),  # one day: the day itself
        ("2025-06-09", 5, "2025-06-13"),  # Monday to Friday
        ("2025-06-14", 5, "2025-06-20"),  # a Saturday: from Monday on
        ("2025-06-09", 7, "2025-06-17"),
        ("2025-09-26", 5, "2025-10-09"),  # 26, Sunday 28, 29, 30 September, 9 October
        ("2025-09-26", 7, "2025-10-11"),  # and 10, Saturday 11
        ("2025-10-03", 5, "2025-10-14"),  # begins in the holidays: 9, 10, Saturday 11, 13, 14
        ("2025-10-03", 7, "2025-10-16"),
        ("2025-10-08", 1, "2025-10-09"),  # the last day off
        ("2025-12-29", 5, "2026-01-05"),  # 29, 30, 31 December, Sunday 4 and Monday 5 January
        ("2025-12-29", 7, "2026-01-07"),
        ("2026-12-28", 4, "2026-12-31"),  # the last day that is known
    ],
)
def test_the_last_day(starts_on: str, days: int, last_day: str) -> None:
    assert Calendar().last_of(D(starts_on), days) == D(last_day)


@pytest.mark.parametrize(("starts_on", "days", "year"), [("2026-12-28", 5, "2027"), ("2003-12-31", 1, "2003")])
def test_a_year_that_nobody_has_published_is_refused_by_name(starts_on: str, days: int, year: str) -> None:
    with pytest.raises(Refused) as refused:
        Calendar().last_of(D(starts_on), days)
    [problem] = refused.value.problems
    assert problem.code == "calendar_unknown"
    assert problem.render().startswith(f"the days off of {year} are not known; ")


@pytest.mark.parametrize(
    ("workdays", "last_day"),
    [
        ("", "2027-01-04"),  # 28 to 31 December, then Monday 4 January
        ("2027-01-02", "2027-01-02"),  # the Saturday is worked
    ],
)
def test_a_recorded_year_is_counted(workdays: str, last_day: str) -> None:
    recorded = DaysOff(days_of("2027-01-01,2027-01-03", ""), days_of(workdays, ""))
    assert Calendar({2027: recorded}).last_of(D("2026-12-28"), 5) == D(last_day)


def test_what_was_recorded_of_a_year_counts_against_the_package() -> None:
    calendar = Calendar({2025: DaysOff(days_of("2025-10-09", ""), frozenset())})
    assert [calendar.works(D(day)) for day in ("2025-10-01", "2025-10-09", "2025-10-11")] == [True, False, False]
    assert calendar.works(D("2024-10-01")) is False


@pytest.mark.parametrize("text", ["2027-02-29", "2027-01-03..2027-01-01", "2026-12-31..2027-01-01", "1 May", ".."])
def test_days_that_are_none(text: str) -> None:
    with pytest.raises(Refused, match="days_malformed"):
        days_of(text, "--holidays")


def test_days_and_ranges() -> None:
    assert days_of("2028-02-28..2028-03-01, 2028-05-01", "") == {
        D("2028-02-28"), D("2028-02-29"), D("2028-03-01"), D("2028-05-01")
    }  # fmt: skip


def decide(desk: Desk, *words: str) -> tuple[int, str]:
    answer = call(desk, "decide", "calendar", "--document", "D-1", "--reason", "published", *words)
    return answer.exit_code, answer.output


def test_a_year_is_recorded_once(desk: Desk) -> None:
    words = ("--about", "2027", "--holidays", "2027-01-01..2027-01-03", "--workdays", "2027-01-09")
    assert decide(desk, *words) == (0, "Recorded: calendar about 2027.\n")
    assert decide(desk, *words) == (0, "This decision stands already; nothing was written.\n")
    with desk.ledger.read() as view:
        row = view.current(kinds.DECISION, "calendar/2027")
        assert row is not None
        assert row.body["holidays"] == ["2027-01-01", "2027-01-02", "2027-01-03"]
        assert row.body["workdays"] == ["2027-01-09"]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (("--about", "27", "--holidays", "2027-01-01"), ["calendar_year_malformed"]),
        (("--about", "2027", "--holidays", "2026-01-01"), ["days_other_year"]),
        (
            ("--about", "2027", "--holidays", "2027-01-02,2028-01-01", "--workdays", "2027-01-02,2027-01-04"),
            ["days_other_year", "workday_no_weekend", "day_off_and_on"],
        ),
    ],
)
def test_a_calendar_that_cannot_be(desk: Desk, words: tuple[str, ...], codes: list[str]) -> None:
    size = desk.size
    exit_code, output = decide(desk, *words)
    assert exit_code == 2
    assert [line.rsplit("[", 1)[1].rstrip("]") for line in output.splitlines()] == codes
    assert desk.size == size


def test_options_of_other_decisions_are_refused(desk: Desk) -> None:
    answer = call(
        desk, "decide", "lender-exception", "--about", "A/2024-01", "--reason", "x", "--workdays", "2024-01-06"
    )
    assert answer.exit_code == 2
    assert "[option_not_used]" in answer.output
    assert decide(desk, "--about", "2027")[0] == 2  # no --holidays
