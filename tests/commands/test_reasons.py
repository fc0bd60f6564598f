"""Every code that can stand in a list of refusals has its sentence."""

import re
from pathlib import Path

from calculators.notices.item import ItemWindow
from calculators.notices.loan import LoanWindow
from ledger.runs.reports.reasons import REFUSALS

CALCULATORS = Path(__file__).parents[2] / "calculators"
# Condition(name, "code", ...): the second argument, where it is written out.
WRITTEN = re.compile(r'\bCondition\(\s*[\w."]+,\s*"(\w+)"')


def test_every_condition_of_a_calculator_has_a_sentence() -> None:
    codes = {code for file in CALCULATORS.rglob("*.py") for code in WRITTEN.findall(file.read_text(encoding="utf-8"))}
    assert len(codes) > 10
    assert codes - REFUSALS.keys() == set()


def test_every_window_has_a_sentence() -> None:
    dates = {date for window in (ItemWindow, LoanWindow) for date in window.model_fields["on"].annotation.__args__}
    # Windows on days of accrual and payment cut what counts, and refuse nobody.
    assert {f"window_{date}" for date in dates - {"accrual_day", "paid_day"}} - REFUSALS.keys() == set()
