"""A bank's list against a run: one reason per row, and sums that tie.

The loan of the office (tests/runs/test_interest_run.py) is due 16,862.50 by 2024-03-20: half of 18,000,000 x 19 d x
3.55 % / 360 = 33,725.00. The settlement day is not counted, so the bank prints the day on which the period ends.
"""

import json
import re
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from tests.support.copies import ready
from tests.support.office import LENDER, USCC, Office, open_office

HEADING = "contract_no,due,days,rate,subsidy\n"
SECOND = "HT1,drawdown,2024-02-26,,8000000,\n"
LOANS = (
    "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
    f"HT1,{LENDER},{USCC},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%\n"
)


def run_march(office: Office, events: str = "") -> Office:
    office.on("2024-04-01").report("2024-03-31", SECOND + events)
    office.run("2024-03")
    return office


@ready
def office(folder: Path) -> Office:
    return run_march(open_office(folder))


def listed(office: Office, rows: str, heading: str = HEADING) -> str:
    path = office.folder / "list.csv"
    path.write_text(heading + rows, encoding="utf-8")
    return str(path)


def compared(office: Office, rows: str, heading: str = HEADING) -> dict[str, Any]:
    answer = office.say("run", "compare", listed(office, rows, heading), "--json")
    found: dict[str, Any] = json.loads(answer.stdout)
    differs = any(row["reason"] for row in found["rows"])
    assert answer.exit_code == (1 if differs else 0)
    return found


def reasons(office: Office, rows: str, heading: str = HEADING) -> list[tuple[str, str, str | None]]:
    """(theirs, difference, reason) of every row."""
    found = compared(office, rows, heading)["rows"]
    return [(row["theirs"], row["difference"], row["reason"]) for row in found]


def test_a_list_that_agrees(office: Office) -> None:
    found = compared(office, "HT1,2024-03-20,19,3.55%,16862.50\n")
    assert found["totals"] == {
        "list": "16862.50",
        "ours": "16862.50",
        "difference": "0.00",
        "other_lenders": "0.00",
        "run": "16862.50",
    }
    # Without a day the row speaks for all of the loan in the run.
    assert reasons(office, "HT1,,,,16862.50\n") == [("16862.50", "0.00", None)]


def test_each_reason(office: Office) -> None:
    # 20 days instead of 19: 18,000,000 x 20 x 3.55 % / 360 / 2 = 17,750.00; 17,750.00 - 16,862.50 = 887.50.
    assert reasons(office, "HT1,2024-03-20,20,3.55%,17750\n") == [("17750.00", "887.50", "days")]
    # 3.6 % instead of 3.55 %: 18,000,000 x 19 x 3.6 % / 360 / 2 = 17,100.00; less 16,862.50 = 237.50.
    assert reasons(office, "HT1,2024-03-20,19,3.60%,17100\n") == [("17100.00", "237.50", "rate")]
    assert reasons(office, "HT1,2024-03-20,19,3.55%,16862.51\n") == [("16862.51", "0.01", "amount")]
    twice = "HT1,2024-03-20,19,3.55%,16862.50\n"
    assert reasons(office, twice + twice) == [("16862.50", "0.00", None), ("16862.50", "16862.50", "duplicate")]
    assert reasons(office, twice + "HT9,2024-03-20,19,3.55%,5\n")[1] == ("5.00", "5.00", "absent")
    # A period that the run did not post, of a loan that it did: ours is added.
    assert reasons(office, "HT1,2024-06-20,,,7\n") == [("7.00", "7.00", "absent"), (None, "-16862.50", "absent")]


def test_a_cap_is_the_reason_where_it_cuts(tmp_path: Path) -> None:
    office = run_march(open_office(tmp_path, ceiling="10000"))
    # The grant's ceiling leaves 10,000.00 of 16,862.50.
    assert reasons(office, "HT1,2024-03-20,19,3.55%,16862.50\n") == [("16862.50", "6862.50", "cap")]


def test_overdue_principal_is_the_reason_before_all_others(tmp_path: Path) -> None:
    office = run_march(open_office(tmp_path), "HT1,overdue,2024-03-11,2024-03-14,,\n")
    # 15 days count: 18,000,000 x 15 x 3.55 % / 360 / 2 = 13,312.50; 16,862.50 - 13,312.50 = 3,550.00.
    assert reasons(office, "HT1,2024-03-20,19,3.55%,16862.50\n") == [("16862.50", "3550.00", "overdue")]


def test_a_settlement_day_that_is_counted_ends_its_period_a_day_later(tmp_path: Path) -> None:
    office = run_march(open_office(tmp_path, loans=LOANS.replace(",20,no,", ",20,yes,")))
    # 20 days: 17,750.00; the bank prints the 20th, our period ends before the 21st.
    (row,) = compared(office, "HT1,2024-03-20,20,3.55%,17750\n")["rows"]
    assert (row["due"], row["ours"], row["reason"]) == ("2024-03-21", "17750.00", None)


def test_the_totals_tie_to_the_run_whatever_the_list_says(office: Office) -> None:
    totals = compared(office, "HT9,2024-03-20,,,5\nHT8,,,,0\n")["totals"]
    # No loan of the list is known, so no lender is: all of the run is of others.
    assert totals == {
        "list": "5.00",
        "ours": "0.00",
        "difference": "5.00",
        "other_lenders": "16862.50",
        "run": "16862.50",
    }


def test_the_answer_as_a_workbook(office: Office) -> None:
    answer = office.folder / "answer.xlsx"
    path = listed(office, "HT1,2024-03-20,20,3.55%,17750\n=HT9,,,,5\n")
    assert office.say("run", "compare", path, "--run", "2024-03", "--xlsx", str(answer)).exit_code == 1
    rows = CalamineWorkbook.from_path(str(answer)).get_sheet_by_index(0).to_python()
    assert rows[2][1:7] == ["HT1", "2024-03-20", 17750, 16862.5, 887.5, "days"]
    assert rows[3][1] == "=HT9"
    # 17,750.00 + 5.00 = 17,755.00; less 16,862.50 = 892.50.
    assert rows[4][3:6] == [17755, 16862.5, 892.5]


def test_what_cannot_be_compared(office: Office) -> None:
    for rows, heading, code in (
        ("", HEADING, "list_empty"),
        ("HT1,2024-03-20,19,3.55%,\n", HEADING, "cell_missing"),
        ("HT1,1\n", "contract_no,money\n", "heading_unknown"),
    ):
        answer = office.say("run", "compare", listed(office, rows, heading))
        assert (answer.exit_code, f"[{code}]" in answer.stderr) == (2, True), answer.stderr
    answer = office.say("run", "compare", listed(office, "HT1,,,,1\n"), "--run", "2024-02")
    assert (answer.exit_code, "[run_unknown]" in answer.stderr) == (2, True)


def test_a_list_in_the_words_of_a_bank_is_compared_as_it_came(office: Office) -> None:
    """Headings of its own in two rows, units, sums, a column that nobody knows; 1.68625 x 10,000 = 16,862.50."""
    path = office.folder / "list.csv"
    lines = [
        "示例银行贴息测算表（单位：万元）,,,,,",
        "合同编号,客户名称,计息,,应贴息金额,支行电话",
        ",,结息日期,利率（%）,,",
        "HT1,甲公司,2024/3/20,3.55,1.68625,8000",
        "合计,,,,1.68625,",
    ]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    answer = office.say("run", "compare", str(path), "--json")
    assert [(row["theirs"], row["reason"]) for row in json.loads(answer.stdout)["rows"]] == [("16862.50", None)]
    assert answer.exit_code == 0
    assert re.findall(r"\[(\w+)\]", answer.stderr) == ["column_not_read", "unit_converted"]


def test_without_a_run_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    answer = office.say("run", "compare", listed(office, "HT1,,,,1\n"))
    assert (answer.exit_code, "[run_missing]" in answer.stderr) == (2, True)


def test_no_bank_is_asked_about_a_claw_back(office: Office) -> None:
    """It is the office's own: a list of June that agrees with the interest of June agrees."""
    findings = (
        "inspection_no,grant_no,inspected_on,finding,detail,due_on\nJC1,PF1,2024-04-01,claw_back,sold,2024-06-30\n"
    )
    office.take("inspections", findings)
    office.do("people", "add", "1002", "--post", "审核岗", "--document", "DOC-1")
    ask = ("--line", "PF1", "--amount", "1,000", "--inspection", "JC1", "--reason", "sold")
    office.do("clawback", "request", "ZH-1", *ask)
    office.do("clawback", "agree", "ZH-1", "--document", "DOC-2", "--actor", "1002")
    office.on("2024-07-02").report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    assert [one["due"] for one in office.run("2024-06")["posted"]] == ["2024-04-02", "2024-06-20"]
    found = compared(office, "HT1,2024-06-20,92,3.55%,106500.00\n")
    assert (found["totals"]["ours"], found["totals"]["difference"]) == ("106500.00", "0.00")
