"""The result of an e-CNY batch as lines of the payer's wallet."""

import json
from pathlib import Path

import pytest

from calculators.problems import Refused
from tests.reconcile.forms import codes, only, statements, write


def result(*items: dict[str, str]) -> str:
    return json.dumps({"request_no": "B1", "batch_state": "FINISH", "items": list(items)})


def test_what_moved_money_is_a_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.json",
        result(
            {"item_no": "S1", "state": "SUCCESS", "amount": "300.00", "on": "2025-03-03"},
            {"item_no": "S2", "state": "FAIL", "amount": "20.00", "on": "2025-03-03", "reason": "closed"},
            {"item_no": "S3", "state": "RETURNED", "amount": "5.00", "on": "2025-03-04"},
            {"item_no": "S4", "state": "PRESUMED_SUCCESS", "amount": "9.00"},
        ),
    )
    assert [(line.reference, line.amount_fen, line.returned) for line in only(path).lines] == [
        ("S1", -300_00, False),
        ("S3", 5_00, True),
    ]
    assert codes(path) == [("no-balances", ["balances_missing"])]


def test_money_without_amount_or_day_is_refused(tmp_path: Path) -> None:
    text = result({"item_no": "S1", "state": "SUCCESS"}, {"item_no": "S2", "state": "SUCCESS", "amount": "1.00"})
    with pytest.raises(Refused) as refused:
        statements(write(tmp_path, "a.json", text))
    assert [(problem.code, problem.place.key) for problem in refused.value.problems] == [
        ("statement_amount", "/items/0/amount"),
        ("statement_day", "/items/0/on"),
        ("statement_day", "/items/1/on"),
    ]


def test_a_part_that_was_paid_is_a_debit_and_an_unknown_state_is_refused(tmp_path: Path) -> None:
    part = {"item_no": "S1", "state": "PARTIAL", "amount": "100.00", "on": "2025-03-03"}
    assert [line.amount_fen for line in only(write(tmp_path, "a.json", result(part))).lines] == [-100_00]
    with pytest.raises(Refused, match="item_state_unknown"):
        statements(write(tmp_path, "b.json", result({**part, "state": "SUCCESSFUL"})))
