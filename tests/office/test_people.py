"""Who may be recorded as an officer, and when the last one may leave."""

from collections.abc import Callable
from datetime import date

import pytest

from calculators.problems import Refused
from ledger.office.people import Appointment, add, end
from ledger.store.ledger import Writer
from tests.support.desk import OFFICER, Desk


def codes(desk: Desk, act: Callable[[Writer], object]) -> list[str]:
    with pytest.raises(Refused) as refused, desk.ledger.write(OFFICER) as writer:
        act(writer)
    return [problem.code for problem in refused.value.problems]


def test_a_staff_number_has_no_blanks(desk: Desk) -> None:
    appointment = Appointment("10 02", "处长", "任字1号")
    assert codes(desk, lambda writer: add(writer, desk.ledger.vault, appointment)) == ["staff_no_malformed"]


def test_nobody_ends_who_never_began(desk: Desk) -> None:
    assert codes(desk, lambda writer: end(writer, "1002", date(2024, 12, 31))) == ["person_unknown"]


def test_somebody_is_always_left_in_office(desk: Desk) -> None:
    assert codes(desk, lambda writer: end(writer, OFFICER, date(2024, 12, 31))) == ["last_officer"]
    with desk.ledger.write(OFFICER) as writer:
        assert add(writer, desk.ledger.vault, Appointment("1002", "处长", "任字1号"))
        assert end(writer, OFFICER, date(2024, 12, 31))
