"""Inspections: findings with the day they are due by, open until they are settled."""

from datetime import date
from pathlib import Path

import orjson

from ledger.log import kinds
from ledger.registry.inspections import due, inspections
from tests.support.copies import ready
from tests.support.desk import APPLICATIONS, ENTITIES, FIRM, GRANTS, LOANS, PAYEES, Desk, call, open_desk, workbook

HEADINGS = "inspection_no,grant_no,inspected_on,finding,detail,due_on,settled_on\n"
FOUND = (
    HEADINGS + "JC2,PF1,2025-03-04,rectify,no separate account,2025-04-30,\n"
    "JC1,PF1,2024-12-01,passed,,,\n"
    "JC3,PF1,2025-03-04,claw_back,equipment sold,2025-04-29,\n"
)


@ready
def granted(folder: Path) -> Desk:
    """A desk whose one firm has a granted loan, PF1."""
    desk = open_desk(folder)
    desk.equip()
    for register, rows in (
        ("entities", ENTITIES),
        ("payees", PAYEES),
        ("loans", LOANS),
        ("applications", APPLICATIONS),
        ("grants", GRANTS),
    ):
        desk.take(register, rows)
    return desk


def _states(desk: Desk) -> list[tuple[str, str]]:
    with desk.ledger.read() as view:
        return [(one.number, one.state) for one in inspections(view)]


def _due(desk: Desk, by: date | None) -> list[str]:
    with desk.ledger.read() as view:
        return [one.number for one in due(view, by)]


def test_what_is_due_first_stands_first_and_the_last_day_counts(granted: Desk) -> None:
    assert granted.counts("inspections", FOUND) == [3, 0, 0, 0]
    assert _states(granted) == [("JC3", "open"), ("JC2", "open"), ("JC1", "passed")]
    assert _due(granted, None) == ["JC3", "JC2"]
    assert _due(granted, date(2025, 4, 28)) == []
    assert _due(granted, date(2025, 4, 29)) == ["JC3"]
    assert _due(granted, date(2025, 4, 30)) == ["JC3", "JC2"]


def test_a_finding_is_settled_by_a_later_file_and_stays_in_the_log(granted: Desk) -> None:
    granted.take("inspections", FOUND)
    settled = HEADINGS + "JC2,PF1,2025-03-04,rectify,no separate account,2025-04-30,2025-04-02\n"
    assert granted.counts("inspections", settled) == [0, 1, 0, 0]
    assert _states(granted) == [("JC3", "open"), ("JC2", "settled"), ("JC1", "passed")]
    assert _due(granted, None) == ["JC3"]
    with granted.ledger.read() as view:
        versions = [row.body.get("settled_on", "-") for row, _void in view.history(kinds.INSPECTION, "JC2")]
    assert versions == ["-", "2025-04-02"]
    assert granted.counts("inspections", settled) == [0, 0, 1, 0]


def test_a_full_file_lets_the_others_fall(granted: Desk) -> None:
    granted.take("inspections", FOUND)
    assert granted.counts("inspections", HEADINGS + "JC1,PF1,2024-12-01,passed,,,\n", full=True) == [0, 0, 1, 2]
    assert _states(granted) == [("JC1", "passed")]


def test_a_workbook_with_chinese_headings_and_real_dates(granted: Desk) -> None:
    path = workbook(
        granted.folder / "检查.xlsx",
        [
            ["检查编号", "批复编号", "检查日", "检查结论", "问题说明", "整改期限", "办结日"],
            ["JC1", "PF1", date(2025, 3, 4), "追回", "设备已出售", "2025年4月30日", ""],
        ],
    )
    granted.take("inspections", path)
    assert granted.body("inspection", "JC1") | {"recorded_at": ""} == {
        "$schema": "subsidy/inspection/1",
        "actor": "1001",
        "recorded_at": "",
        "key": "JC1",
        "grant": "PF1",
        "inspected_on": "2025-03-04",
        "finding": "claw_back",
        "detail": "设备已出售",
        "due_on": "2025-04-30",
    }


def test_a_refused_application_has_nothing_to_inspect(granted: Desk) -> None:
    granted.take("applications", APPLICATIONS.replace("SB1", "SB2"))
    refused = "grant_no,application_no,outcome,granted_on,document,reason\nPF2,SB2,refused,2024-03-15,DOC-2,late\n"
    granted.take("grants", refused)
    rows = HEADINGS + "JC1,PF2,2025-03-04,passed,,,\n"
    assert granted.codes("inspections", rows) == ["grant_unknown 2:2"]


def test_days_on_the_day_of_the_inspection_are_right(granted: Desk) -> None:
    rows = HEADINGS + "JC1,PF1,2025-03-04,rectify,sign missing,2025-03-04,2025-03-04\n"
    assert granted.counts("inspections", rows) == [1, 0, 0, 0]


def test_the_firm_and_the_list_show_them(granted: Desk) -> None:
    granted.take("inspections", FOUND)
    shown = call(granted, "entity", "show", FIRM).stdout
    assert "JC3         PF1    2025-03-04    to claw back  2025-04-29  open" in shown
    assert "JC1         PF1    2024-12-01    passed        -           passed" in shown
    listed = orjson.loads(call(granted, "inspections", "--due", "2025-04-29", "--json").stdout)
    assert listed == [
        {
            "number": "JC3",
            "grant": "PF1",
            "uscc": FIRM,
            "inspected_on": "2025-03-04",
            "finding": "claw_back",
            "detail": "equipment sold",
            "due_on": "2025-04-29",
            "state": "open",
        }
    ]
    assert orjson.loads(call(granted, "entity", "show", FIRM, "--json").stdout)["inspections"][0] == listed[0]
    assert call(granted, "inspections", "--due", "2025-04-28").stdout == "No finding is open.\n"
