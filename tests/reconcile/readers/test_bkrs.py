"""The electronic bank statement of the Ministry of Finance; element names as in its published example."""

from pathlib import Path

import pytest

from calculators.problems import Refused
from tests.reconcile.forms import codes, only, statements, write

SPACE = "http://xbrl.mof.gov.cn/taxonomy/2021-11-30/bkrs"


def detail(day: str, way: str, amount: str, after: str, **more: str) -> str:
    cells = {
        "DateOfBookkeeping": day,
        "NotesOfBankElectronicReceipt": "补助资金",
        "IdentificationOfCreditOrDebit": way,
        "TransactionAmount": amount,
        "DebitOrCreditOfBalance": "1",
        "AccountBalance": after,
        **more,
    }
    inside = "".join(f'<bkrs:{name} contextRef="c">{value}</bkrs:{name}>' for name, value in cells.items())
    return f"<bkrs:InformationOfReconcileDetailsTuple>{inside}</bkrs:InformationOfReconcileDetailsTuple>\n"


def bkrs(details: str, closing: str, space: str = SPACE) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:bkrs="{space}">\n'
        '<context id="c"><entity><identifier scheme="s">C1010411000013</identifier></entity></context>\n'
        "<bkrs:Currency>CNY</bkrs:Currency>"
        "<bkrs:CustomerSettlementBankAccount>0200001234567890123</bkrs:CustomerSettlementBankAccount>\n"
        "<bkrs:YearOfBankReconciliationStatement>2025</bkrs:YearOfBankReconciliationStatement>"
        "<bkrs:MonthOfBankReconciliationStatement>03</bkrs:MonthOfBankReconciliationStatement>\n"
        f"{details}<bkrs:AccountBalanceAtTheEndOfReconciliationCycleAmount>{closing}"
        "</bkrs:AccountBalanceAtTheEndOfReconciliationCycleAmount></xbrl>\n"
    )


TWO = detail(
    "2025-03-03",
    "0",
    "300.00",
    "700.00",
    NameOfCounterparty="北京示例机械有限公司",
    AccountOfCounterparty="6222020000000001234",
    NumberOfSourceDocument="V001",
) + detail("2025-03-15", "1", "156.22", "856.22")


@pytest.mark.parametrize("space", [SPACE, SPACE.replace("2021-11-30", "2023-05-15")])
def test_zero_is_a_debit_and_one_a_credit(space: str, tmp_path: Path) -> None:
    path = write(tmp_path, "a.xml", bkrs(TWO, "856.22", space))
    statement = only(path)
    # 700.00 + 300.00 = 1000.00 before the first entry
    assert (statement.opening_fen, statement.closing_fen) == (1000_00, 856_22)
    assert [line.amount_fen for line in statement.lines] == [-300_00, 156_22]
    assert (statement.lines[0].counterparty, statement.lines[0].reference) == ("北京示例机械有限公司", "V001")
    # The close is stated, where they begin is not.
    assert codes(path) == [("unproven", ["completeness_unproven"])]
    name = "bkrs:AccountBalanceAtTheBeginningOfReconciliationCycleAmount"
    assert codes(write(tmp_path, "b.xml", bkrs(f"<{name}>1000.00</{name}>{TWO}", "856.22", space))) == [("ok", [])]


def test_place_holders_are_no_lines_and_a_minus_on_a_debit_says_it_twice(tmp_path: Path) -> None:
    details = detail("2025-03-03", "0", "0", "700.00") + detail("2025-03-03", "0", "-300.00", "700.00")
    path = write(tmp_path, "a.xml", bkrs(details, "700.00"))
    assert [line.amount_fen for line in only(path).lines] == [-300_00]
    assert codes(path)[0][0] == "unproven"


def test_the_newest_first_is_turned_round(tmp_path: Path) -> None:
    details = detail("2025-03-15", "1", "156.22", "856.22") + detail("2025-03-03", "0", "300.00", "700.00")
    path = write(tmp_path, "a.xml", bkrs(details, "856.22"))
    assert [line.booked_on for line in only(path).lines] == ["2025-03-03", "2025-03-15"]
    assert codes(path)[0][0] == "unproven"


def test_a_changed_entry_does_not_balance(tmp_path: Path) -> None:
    path = write(tmp_path, "a.xml", bkrs(TWO.replace("156.22", "157.22"), "856.22"))
    assert codes(path) == [("unbalanced", ["statement_unbalanced", "balance_breaks"])]


def test_a_file_without_data_and_one_with_a_third_direction_are_refused(tmp_path: Path) -> None:
    empty = f'<xbrl xmlns:bkrs="{SPACE}"><bkrs:Currency>CNY</bkrs:Currency></xbrl>'
    with pytest.raises(Refused, match="statement_missing"):
        statements(write(tmp_path, "a.xml", empty))
    with pytest.raises(Refused, match="bkrs_direction"):
        statements(write(tmp_path, "b.xml", bkrs(detail("2025-03-03", "2", "1.00", "1.00"), "1.00")))


def test_a_place_holder_stands_beside_a_detail_or_hides_one(tmp_path: Path) -> None:
    beside = detail("2025-03-03", "1", "0", "1000.00") + TWO + detail("2025-03-15", "1", "0", "856.22")
    assert len(only(write(tmp_path, "a.xml", bkrs(beside, "856.22"))).lines) == 2
    hides = TWO + detail("2025-03-16", "0", "0", "800.00")
    with pytest.raises(Refused, match="bkrs_amount_missing"):
        statements(write(tmp_path, "b.xml", bkrs(hides, "856.22")))
