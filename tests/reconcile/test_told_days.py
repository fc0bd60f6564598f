"""The channel tells a payment on one day and the bank books it on another: one payment, and the month explains it."""

import pytest

from tests.reconcile.test_deciding import AFTER, AWARD, PAYEE_WALLET, bring, line_of, match, sent, till
from tests.support.till import Till

__all__ = ["till"]


@pytest.mark.parametrize(
    ("told", "booked", "named", "answered_first"),
    [
        ("2024-04-04", "2024-04-03", True, True),
        ("2024-04-04", "2024-04-03", False, True),
        ("2024-04-04", "2024-04-03", False, False),
        ("2024-04-03", "2024-04-04", False, True),
    ],
)
def test_a_payment_told_a_day_late_meets_its_statement_line(
    told: str, booked: str, named: bool, answered_first: bool, till: Till
) -> None:
    batch, item = sent(till)
    reference, number = (item, "") if named else ("", PAYEE_WALLET)
    if answered_first:
        till.answer(batch, (item, "SUCCESS", AWARD, told))
    bring(till, f"{booked},,{AWARD},{AFTER},补助,{reference},,{number}")
    # Paid already where the answer came first; else the line pays it, and the answer says nothing new.
    assert match(till) == (
        [("end-to-end" if named else "amount-payee", "one-to-one")],
        0 if answered_first else 1,
    )
    if not answered_first:
        till.answer(batch, (item, "SUCCESS", AWARD, told))
    assert till.states(batch) == ["success"]
    assert till.read("reconcile", "status")["open"] == []
    assert match(till) == ([], 0)
    till.on("2024-05-06")
    (april,) = till.read("reconcile", "report", "--month", "2024-04")["accounts"]
    assert (april["bank"], april["unexplained"]) == (AFTER, "0.00")
    assert line_of(till, booked)
    till.verify()
