"""Months that are signed off: up to their last day nothing is booked on their account, on the next day it is."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.book.periods import CHECKED, MADE, check_open, last_day, last_month, signed_off
from ledger.log import kinds
from ledger.store.ledger import Ledger
from tests.support.empty_book import OFFICER, empty_book

ACCOUNT, OTHER = "bank/1", "bank/2"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """February and April 2024 of the account are checked; of the other, April is only made."""
    made = empty_book(tmp_path, lambda: datetime(2024, 7, 1, 4, tzinfo=UTC))
    with made.write(OFFICER) as writer:
        for month in ("2024-02", "2024-04"):
            balances = kinds.AccountBalances(account=ACCOUNT, brought_fen=0, bank_fen=0, book_fen=0, explained=[])
            body = kinds.PeriodBody(key=month, state=MADE, log_size=writer.size, accounts=[balances])
            asked = writer.append(kinds.PERIOD, body)
            checked = kinds.PeriodBody(key=month, state=CHECKED, of=asked, of_leaf=writer.leaf(asked).hex())
            writer.append(kinds.PERIOD, checked)
        open_still = kinds.AccountBalances(account=OTHER, brought_fen=0, bank_fen=0, book_fen=0, explained=[])
        writer.append(
            kinds.PERIOD, kinds.PeriodBody(key="2024-05", state=MADE, log_size=writer.size, accounts=[open_still])
        )
    return made


@pytest.mark.parametrize(
    ("month", "day"),
    [("2024-01", 31), ("2024-02", 29), ("2023-02", 28), ("2024-04", 30), ("2024-12", 31)],
)
def test_the_last_day_of_a_month(month: str, day: int) -> None:
    assert last_day(month) == date.fromisoformat(f"{month}-{day}")


def test_the_last_month_that_is_checked_counts(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert signed_off(view) == {ACCOUNT: date(2024, 4, 30)}
        assert last_month(view) == "2024-04"


def test_nothing_is_booked_up_to_the_last_day_that_is_signed_off(ledger: Ledger) -> None:
    with ledger.read() as view:
        check_open(view, ACCOUNT, date(2024, 5, 1))
        check_open(view, OTHER, date(2024, 1, 1))
        with pytest.raises(Refused) as refused:
            check_open(view, ACCOUNT, date(2024, 4, 30))
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.source) == ("month_signed_off", ACCOUNT)
    assert problem.values == {"signed": date(2024, 4, 30), "day": date(2024, 4, 30)}
