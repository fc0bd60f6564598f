"""The loan that the rows of its registers make: every column where it belongs, and what stands for one left out."""

from datetime import date
from typing import Any

import pytest

from calculators.facts.loan import as_row, fault_of, is_spell, loan_key, loan_of
from calculators.facts.rules import Wrong
from calculators.interest.loan import (
    DayCount,
    DueRule,
    FixedRate,
    FloatingRate,
    Loan,
    Movement,
    OtherSubsidy,
    Receipt,
    Spell,
)
from calculators.money import Exact

ROW: dict[str, Any] = {
    "contract_no": "HT1",
    "slip_no": "J7",
    "lender": "Bank One",
    "uscc": "E1",
    "signed_on": "2024-01-08",
    "matures_on": "2025-01-10",
    "amount_fen": 3_000,
    "day_count": "30E/360",
    "due_every": "custom",
    "due_dates": ["2024-12-20", "2024-06-20"],
    "due_counted": True,
    "rate": "LPR5Y-10BP",
    "repriced": "anniversary",
    "purpose": "equipment",
}
EVENTS: list[dict[str, Any]] = [
    {"kind": "repayment", "date": "2024-08-01", "amount_fen": 500},
    {"kind": "other_subsidy", "date": "2024-05-01", "rate": "1.5%"},
    {"kind": "other_subsidy", "date": "2024-04-01", "end_date": "2024-04-30", "rate": "50BP"},
    {"kind": "rate", "date": "2024-09-01", "rate": "LPR1Y", "repriced": "quarter"},
    {"kind": "rate", "date": "2024-07-01", "rate": "3.1%"},
    {"kind": "extension", "date": "2024-12-01"},
    {"kind": "overdue", "date": "2024-09-21", "end_date": "2024-09-30", "amount_fen": 7},
    {"kind": "drawdown", "date": "2024-01-10", "amount_fen": 1_000},
]
RECEIPTS: list[dict[str, Any]] = [
    {"due": "2024-06-20", "interest_fen": 11, "paid_on": "2024-06-22"},
    {"due": "2025-01-10", "interest_fen": 12, "paid_on": "2025-01-09"},
]


def test_every_column_of_a_loan() -> None:
    assert loan_of(ROW, EVENTS, RECEIPTS) == Loan(
        key="HT1/J7",
        contract="HT1",
        lender="Bank One",
        uscc="E1",
        signed_on=date(2024, 1, 8),
        matures_on=date(2025, 1, 10),
        amount_fen=3_000,
        day_count=DayCount.THIRTY_E_360,
        due=DueRule("custom", 20, True, (date(2024, 6, 20), date(2024, 12, 20))),
        movements=(Movement(date(2024, 1, 10), 1_000), Movement(date(2024, 8, 1), -500)),
        rates=(
            # The row's own rate holds from the first drawdown on.
            FloatingRate(date(2024, 1, 10), "5y", Exact(-10, 10_000), "anniversary"),
            FixedRate(date(2024, 7, 1), Exact(31, 1_000)),
            FloatingRate(date(2024, 9, 1), "1y", Exact(0), "quarter"),
        ),
        spells=(
            # The last day of a row belongs to it.
            Spell("overdue", date(2024, 9, 21), date(2024, 10, 1), 7),
            Spell("extension", date(2024, 12, 1), None, None),
        ),
        receipts=(
            # Settled on the 20th, counted, the period ends before the 21st; the day of maturity bears nothing.
            Receipt(date(2024, 6, 21), 11, date(2024, 6, 22)),
            Receipt(date(2025, 1, 10), 12, date(2025, 1, 9)),
        ),
        purpose="equipment",
        other_subsidies=(
            OtherSubsidy(date(2024, 4, 1), date(2024, 5, 1), Exact(5, 1_000)),
            OtherSubsidy(date(2024, 5, 1), None, Exact(15, 1_000)),
        ),
    )


def test_what_stands_for_a_column_left_out() -> None:
    """No slip, no purpose, no due day, nothing drawn: the key is the contract's, the rate holds from signing on."""
    left_out = ("slip_no", "purpose", "due_dates", "repriced")
    row = {name: value for name, value in ROW.items() if name not in left_out}
    bare = loan_of({**row, "due_every": "month", "due_counted": False}, [], [RECEIPTS[0]])
    assert (bare.key, bare.purpose) == ("HT1", "")
    assert bare.due == DueRule("month", 20, False, ())
    assert bare.rates == (FloatingRate(date(2024, 1, 8), "5y", Exact(-10, 10_000), "fixed"),)
    assert bare.receipts == (Receipt(date(2024, 6, 20), 11, date(2024, 6, 22)),)
    assert (bare.movements, bare.spells, bare.other_subsidies) == ((), (), ())
    assert loan_of({**row, "due_day": 31}, [], []).due.day == 31


def test_the_key_of_a_loan() -> None:
    assert loan_key({"contract_no": "HT1"}) == loan_key({"contract_no": "HT1", "slip_no": ""}) == "HT1"
    assert loan_key({"contract_no": "HT1", "slip_no": "J7"}) == "HT1/J7"


def test_what_bears_no_support() -> None:
    kinds = ("drawdown", "repayment", "rate", "overdue", "extension", "other_subsidy")
    assert [kind for kind in kinds if is_spell({"kind": kind})] == ["overdue", "extension"]


def test_a_part_of_a_file_as_a_row() -> None:
    """Amounts in fen, days as they are, the rest as written; what cannot be read is left out."""
    written = {
        "amount": "1,000.50",
        "tax": "0.06",
        "signed_on": "2024-01-08",
        "date": "2024-02-29",
        "end_date": "2024-03-01",
        "rate": "3%",
        "slip_no": None,
    }
    assert as_row(written) == {
        "amount_fen": 100_050,
        "tax_fen": 6,
        "signed_on": "2024-01-08",
        "date": "2024-02-29",
        "end_date": "2024-03-01",
        "rate": "3%",
    }
    malformed = {"amount": "1 000", "tax": ["6"], "signed_on": "2023-02-29", "date": "20240229", "end_date": "soon"}
    assert as_row(malformed) == {}


@pytest.mark.parametrize("path", [(), ("events", 2)])
def test_a_broken_rule_stands_at_its_key(path: tuple[str | int, ...]) -> None:
    where, error = fault_of(Wrong("rate", "a_code", "{day} is wrong", "mend it", {"day": "2024-01-08"}), path)
    assert where == (*path, "rate")
    assert error.type == "a_code"
    assert error.context == {"day": "2024-01-08", "what": "{day} is wrong", "remedy": "mend it"}
