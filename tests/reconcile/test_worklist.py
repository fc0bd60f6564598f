"""The worklist: open lines out as a workbook, a person's decisions back, all of them or none."""

from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.reconcile.test_deciding import AWARD, bring, line_of, match, refused, sent, till
from tests.support.till import Till

__all__ = ["till"]


def rows_of(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def fill(path: Path, rows: list[list[object]], *entered: dict[int, str]) -> str:
    """The workbook again with cells entered in its rows (from the third on), as a person saves it."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            cells = dict(enumerate(row)) | (entered[number - 2] if 2 <= number < 2 + len(entered) else {})
            for place, cell in cells.items():
                sheet.write(number, place, cell)
    return str(path)


OWNER, PAYOUT, INSTEAD, NOTE = 5, 6, 7, 8


def test_a_filled_worklist_is_taken_in_under_a_name(till: Till, tmp_path: Path) -> None:
    batch, item = sent(till)
    # By amount alone, and a deduction that no rule knows; 33,137.50 - 2.00 = 33,135.50.
    bring(till, f"2024-04-03,,{AWARD},33137.50,补助,,,", "2024-04-04,,2.00,33135.50,扣款,,,")
    assert match(till) == ([], 0)
    path = tmp_path / "open.xlsx"
    till.do("reconcile", "worklist", "--xlsx", str(path))
    rows = rows_of(path)
    assert [(row[0], row[2], row[4]) for row in rows[2:]] == [
        (line_of(till, "2024-04-03"), "-16,862.50", f"{item} 16,862.50"),
        (line_of(till, "2024-04-04"), "-2.00", ""),
    ]
    first, second = {OWNER: "1002", PAYOUT: item, NOTE: "slip 7"}, {INSTEAD: "fee", NOTE: "slip 8"}
    filled = fill(tmp_path / "filled.xlsx", rows, first, second)
    assert till.as_second("reconcile", "worklist", "--filled", filled).exit_code == 0
    made = till.read("reconcile", "explain", line_of(till, "2024-04-03"))["match"]
    assert (made["rule"], made["actor"], made["reason"]) == ("person", "1002", "slip 7")
    assert till.states(batch) == ["success"]
    assert till.read("reconcile", "status")["matched"] == {"person": 2}
    till.verify()


def test_a_worklist_with_a_fault_writes_nothing_and_names_all_of_them(till: Till, tmp_path: Path) -> None:
    _batch, item = sent(till)
    bring(till, f"2024-04-03,,{AWARD},33137.50,补助,,,", "2024-04-04,,2.00,33135.50,扣款,,,")
    path = tmp_path / "open.xlsx"
    till.do("reconcile", "worklist", "--xlsx", str(path))
    rows = rows_of(path)
    size = till.verify()
    good = {PAYOUT: item, NOTE: "slip 7"}
    for second, code in (
        ({PAYOUT: "S0", NOTE: "slip 8"}, "payout_unknown"),
        ({INSTEAD: "interest", NOTE: "slip 8"}, "lines_differ"),
        ({INSTEAD: "fee"}, "note_missing"),
        ({PAYOUT: f"{item}=x", NOTE: "slip 8"}, "share_malformed"),
        ({0: line_of(till, "2024-04-03"), INSTEAD: "fee", NOTE: "slip 8"}, "line_twice"),
    ):
        filled = fill(tmp_path / "filled.xlsx", rows, good, second)
        answer = till.say("reconcile", "worklist", "--filled", filled)
        assert refused(answer) == (2, code), answer.output
        assert answer.stderr.startswith("filled.xlsx:4:")
    assert till.verify() == size
    # Rows that decide nothing are left open, whoever is to look into them.
    filled = fill(tmp_path / "filled.xlsx", rows, {OWNER: "1003"}, {NOTE: "ask the bank"})
    assert till.read("reconcile", "worklist", "--filled", filled)["decided"] == 0
    assert till.verify() == size


def test_a_worklist_asks_for_one_file_and_a_staff_number(till: Till, tmp_path: Path) -> None:
    path = str(tmp_path / "open.xlsx")
    for words in ((), ("--xlsx", path, "--filled", path), ("--filled", path, "--actor", "")):
        assert till.say("reconcile", "worklist", *words).exit_code == 2, words
    assert till.say("reconcile", "worklist", "--xlsx", path).exit_code == 0
