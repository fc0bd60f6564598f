"""The supported days of a line, cut where the rules change, and the parts they make of the bank's due periods."""

from calculators.awards.loan_parts import Stretch, clip, split, stretches
from calculators.facts.model import Status
from calculators.interest.segments import Period, Segment
from calculators.money import Exact
from tests.calculators.lending import (
    ASSUMED,
    components,
    day,
    interest_share,
    line,
    loan,
    notice,
    window,
)

SWITCH = {
    "kind": "switch",
    "status": "innovative_sme",
    "before": interest_share("20%"),
    "after": interest_share("40%"),
    "basis": "n3",
}
LENT = loan("L", {"2024-01-20": "1,800,000"}, "2024-05-20")


def days(found: list[Stretch]) -> list[str]:
    return [f"{stretch.starts_on:%m-%d}..{stretch.ends_before:%m-%d}" for stretch in found]


def supported(*held: tuple[str, str]) -> list[str]:
    """The stretches of the loan in March 2024, its rule switched by a status held over these days."""
    rules = notice(components=components(share=SWITCH), windows=[window("accrual_day", "2024-03-01", "2024-03-31")])
    statuses = tuple(Status("innovative_sme", day(first), day(end)) for first, end in held)
    one = line(LENT, rules, statuses=statuses)
    return days(stretches(one, one.versions))


def test_days_are_cut_inside_a_window_and_never_at_its_edges() -> None:
    assert supported() == ["03-01..04-01"]
    assert supported(("2024-03-01", "2024-04-01")) == ["03-01..04-01"]
    assert supported(("2024-03-02", "2024-03-31")) == ["03-01..03-02", "03-02..03-31", "03-31..04-01"]
    assert supported(("2023-01-01", "2025-01-01")) == ["03-01..04-01"]


def test_a_due_period_takes_what_of_a_stretch_lies_in_it() -> None:
    one = line(LENT, notice(windows=[window("accrual_day", "2024-03-01", "2024-03-31")]))
    found = stretches(one, one.versions)
    periods = [
        Period(day(first), day(end))
        for first, end in (
            ("2024-02-20", "2024-03-01"),
            ("2024-02-20", "2024-03-02"),
            ("2024-03-20", "2024-04-20"),
            ("2024-03-31", "2024-04-20"),
            ("2024-04-01", "2024-04-20"),
        )
    ]
    assert [days(split(period, found)) for period in periods] == [
        [],
        ["03-01..03-02"],
        ["03-20..04-01"],
        ["03-31..04-01"],
        [],
    ]


def test_a_timeline_is_clipped_to_whole_days() -> None:
    timeline = [
        Segment(day("2024-03-01"), day("2024-03-11"), 100, Exact(1)),
        Segment(day("2024-03-11"), day("2024-03-21"), 50, Exact(1)),
    ]
    assert clip(timeline, day("2024-03-10"), day("2024-03-12")) == [
        Segment(day("2024-03-10"), day("2024-03-11"), 100, Exact(1)),
        Segment(day("2024-03-11"), day("2024-03-12"), 50, Exact(1)),
    ]
    # Where one ends the next begins: nothing of no days is left over.
    assert clip(timeline, day("2024-03-11"), day("2024-03-12")) == [
        Segment(day("2024-03-11"), day("2024-03-12"), 50, Exact(1))
    ]
    assert clip(timeline, day("2024-03-01"), day("2024-03-11")) == [
        Segment(day("2024-03-01"), day("2024-03-11"), 100, Exact(1))
    ]


def test_a_cap_by_accrual_days_cuts_at_every_new_year() -> None:
    cap = {"id": "calendar", "per": ["entity", "year"], "amount": "1", "year_of": "accrual_day", **ASSUMED}
    one = line(loan("L", {"2023-11-20": "1,800,000"}, "2026-01-01"), notice(caps=[cap]))
    assert [str(stretch.starts_on) for stretch in stretches(one, one.versions)] == [
        "2023-11-20",
        "2024-01-01",
        "2025-01-01",
    ]
