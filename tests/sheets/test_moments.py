"""Days in Beijing, eight hours before Greenwich the whole year."""

from datetime import date

import pytest

from ledger.sheets.moments import beijing_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-07-01", date(2025, 7, 1)),
        # The bank's own day, whatever offset it bears.
        ("2025-07-01Z", date(2025, 7, 1)),
        ("2025-07-01+08:00", date(2025, 7, 1)),
        ("2025-07-01T23:59:59", date(2025, 7, 1)),
        ("2025-07-01 09:30", date(2025, 7, 1)),
        # 15:59 and 16:00 in Greenwich are 23:59 and 0:00 in Beijing.
        ("2025-07-01T15:59:59Z", date(2025, 7, 1)),
        ("2025-07-01T16:00:00.000Z", date(2025, 7, 2)),
        # 9:00 eight hours behind Greenwich is 17:00 there and 1:00 of the next day in Beijing.
        ("2025-12-31T09:00:00-08:00", date(2026, 1, 1)),
    ],
)
def test_a_moment_is_of_its_day_in_beijing(text: str, day: date) -> None:
    assert beijing_day(text) == day


@pytest.mark.parametrize(
    "text", ["", "20250701", "2025-W27-2", "2025-02-30", "2025-07-01T25:00", "2025-07-01 or 02", "２025-07-01"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    said = None
    try:
        said = beijing_day(text)
    except ValueError:
        return
    pytest.fail(f"{text!r} was taken for {said}")
