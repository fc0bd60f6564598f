"""Mappings: a lender's own file is proposed, confirmed by a second person, and read under it from then on.

The figures are those of the file's cells: 800 under 万元 is 800 x 10,000 yuan x 100 fen = 800,000,000 fen.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.log import kinds
from tests.support.copies import ready
from tests.support.desk import FIRM, OFFICER, OTHER_FIRM, Desk, call
from tests.support.mapped import (
    HEADINGS,
    LENDER,
    ROWS,
    SAID,
    SECOND,
    bank_file,
    codes,
    confirm,
    mapped,
    number_of,
    propose,
    take,
    taken,
    two_officers,
)

WAN = 10_000 * 100


@ready
def desk(folder: Path) -> Desk:
    folder = folder / "office"
    folder.mkdir()
    return two_officers(folder)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return bank_file(tmp_path / "明细.xlsx")


def test_what_the_file_lacks_is_asked_for_and_nothing_written(desk: Desk, file: Path) -> None:
    before = desk.size
    answer = propose(desk, file)
    assert codes(answer) == ["mapping_column_lacking"] * 4
    asked = [line for line in answer.stderr.splitlines() if "--s" in line]
    assert ["signed_on=放款日期" in asked[0], *("--set" in line for line in asked)] == [True] * 5
    assert desk.size == before


def test_the_file_imports_unchanged_to_the_right_facts(desk: Desk, file: Path) -> None:
    mapped(desk, file, *SAID)
    terms = {"lender": LENDER, "day_count": "ACT/360", "due_day": 20, "due_counted": True}
    assert taken(desk, "loans", file) == {
        "SL-1": {
            **terms,
            "contract_no": "SL-1",
            "uscc": FIRM,
            "signed_on": "2026-01-12",
            "matures_on": "2027-01-12",
            "amount_fen": 800 * WAN,
            "due_every": "quarter",
            "rate": "3.45%",
            "purpose": "流动资金",
        },
        "SL-2": {
            **terms,
            "contract_no": "SL-2",
            "uscc": OTHER_FIRM,
            "signed_on": "2026-02-03",
            "matures_on": "2028-02-03",
            "amount_fen": 1500 * WAN,
            "due_every": "month",
            "rate": "3.10%",
            "purpose": "设备购置",
        },
    }


def test_the_same_file_tells_the_drawdowns(desk: Desk, file: Path) -> None:
    mapped(desk, file, *SAID)
    taken(desk, "loans", file)
    mapped(desk, file, "--register", "events", "--set", "kind=放款")
    found = taken(desk, "events", file, "--through", "2026-06-30")
    assert [(one["contract_no"], one["kind"], one["date"], one["amount_fen"]) for one in found.values()] == [
        ("SL-1", "drawdown", "2026-01-12", 800 * WAN),
        ("SL-2", "drawdown", "2026-02-03", 1500 * WAN),
    ]


def test_the_preview_says_the_mapping_and_the_record_names_it(desk: Desk, file: Path) -> None:
    mapped(desk, file, *SAID)
    answer = take(desk, "loans", file, "--preview")
    assert answer.stdout.startswith(f"Read under mapping 1 of {LENDER} (")
    assert "Contract amount: 23,000,000.00 yuan in 2 rows" in answer.stdout
    said = json.loads(take(desk, "loans", file, "--json").stdout)
    record = said["mapping"]["record"]
    with desk.ledger.read() as view:
        proposed = view.body(kinds.MAPPING, record)
        (imported,) = [row.body for row in view.records(kinds.IMPORT)]
    assert (imported["mapping"], said["mapping"]["rules_sha256"]) == (record, proposed["rules_sha256"])


def test_the_hash_is_that_of_the_canonical_rules_with_their_key(desk: Desk, file: Path) -> None:
    mapped(desk, file, *SAID)
    ((shown),) = json.loads(call(desk, "import", "map", "--show", LENDER, "--json").stdout)
    stated = {"$schema": "subsidy/mapping-rules/1", "key": f"loans/{LENDER}", **shown["rules"]}
    text = json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert shown["rules_sha256"] == sha256(text.encode()).hexdigest()
    assert (shown["state"], shown["proposed_by"], shown["answered_by"]) == ("in_force", OFFICER, SECOND)


def test_nobody_agrees_to_the_own_proposal_and_only_what_waits_is_agreed_to(desk: Desk, file: Path) -> None:
    number = number_of(propose(desk, file, *SAID))
    assert codes(confirm(desk, number, "--actor", OFFICER)) == ["approver_is_maker"]
    waits = [one["command"] for one in json.loads(call(desk, "approvals", "--json").stdout)]
    assert waits == [f"subsidy approve {number}"]
    (step,) = json.loads(call(desk, "approvals", number, "--json").stdout)["steps"]
    assert "opinion" not in step
    assert confirm(desk, number).exit_code == 0
    assert codes(confirm(desk, number)) == ["not_waiting"]
    assert json.loads(call(desk, "approvals", "--json").stdout) == []


def test_a_mapping_that_waits_changes_nothing(desk: Desk, file: Path) -> None:
    propose(desk, file, *SAID)
    answer = take(desk, "loans", file, "--mode", "delta")
    assert "heading_unknown" in codes(answer)


def test_the_same_mapping_again_writes_nothing_and_another_is_the_next_version(desk: Desk, file: Path) -> None:
    mapped(desk, file, *SAID)
    before = desk.size
    # What was answered once need not be said again.
    assert "nothing was written" in propose(desk, file).stdout
    assert desk.size == before
    mapped(desk, file, "--set", "due_day=21")
    shown = json.loads(call(desk, "import", "map", "--show", LENDER, "--json").stdout)
    assert [(one["version"], one["state"]) for one in shown] == [(1, "confirmed"), (2, "in_force")]
    assert [one["due_day"] for one in taken(desk, "loans", file).values()] == [21, 21]


def test_a_newer_proposal_takes_the_place_of_one_that_waits(desk: Desk, file: Path) -> None:
    first = number_of(propose(desk, file, *SAID))
    second = number_of(propose(desk, file, *SAID, "--mode", "full"))
    assert codes(confirm(desk, first)) == ["not_waiting"]
    assert confirm(desk, second).exit_code == 0
    assert json.loads(take(desk, "loans", file, "--json").stdout)["mode"] == "full"


def test_a_mapping_that_waits_is_named_with_who_can_confirm_it(desk: Desk, file: Path) -> None:
    number = number_of(propose(desk, file, *SAID))
    for words in ([], ["--mode", "full"]):
        answer = take(desk, "loans", file, *words)
        assert "mapping_waits" in codes(answer)
        assert f"an officer other than {OFFICER}" in answer.stderr
        assert f"`subsidy approve {number}`" in answer.stderr


def test_the_mode_is_needed_where_no_mapping_says_it(desk: Desk, file: Path) -> None:
    answer = take(desk, "loans", file)
    assert (answer.exit_code, codes(answer)) == (2, ["mapping_none"])
    assert "give --mode full or delta" in answer.stderr


# Files that do not fit


def changed(path: Path, *changes: tuple[str, str]) -> Path:
    return bank_file(path, headings=[dict(changes).get(heading, heading) for heading in HEADINGS])


def test_a_heading_that_was_renamed_is_named_with_its_cell(desk: Desk, file: Path, tmp_path: Path) -> None:
    mapped(desk, file, *SAID)
    size = desk.size
    answer = take(desk, "loans", changed(tmp_path / "next.xlsx", ("放款日期", "起息日")))
    assert codes(answer) == ["mapping_heading_changed"]
    # Column 8 of row 2, as in the file that the mapping was made from.
    assert answer.stderr.startswith("next.xlsx:2:8: ")
    assert "'放款日期'" in answer.stderr
    assert "'起息日'" in answer.stderr
    assert desk.size == size


def test_a_heading_that_is_gone_and_one_that_is_new_are_named(desk: Desk, file: Path, tmp_path: Path) -> None:
    mapped(desk, file, *SAID)
    headings = [heading for heading in HEADINGS if heading != "到期日期"] + ["担保方式"]
    rows = [[*row[:8], *row[9:], "信用"] for row in ROWS]
    answer = take(desk, "loans", bank_file(tmp_path / "next.xlsx", rows, headings))
    assert codes(answer) == ["mapping_heading_missing", "mapping_heading_new"]
    assert [line.partition(": ")[0] for line in answer.stderr.splitlines()] == ["next.xlsx:2:9", "next.xlsx:2:11"]


def test_columns_may_change_places_and_passed_over_ones_may_go(desk: Desk, file: Path, tmp_path: Path) -> None:
    mapped(desk, file, *SAID)
    headings = [*reversed(HEADINGS[2:])]
    rows = [[*reversed(row[2:])] for row in ROWS]
    found = taken(desk, "loans", bank_file(tmp_path / "next.xlsx", rows, headings))
    assert [one["amount_fen"] for one in found.values()] == [800 * WAN, 1500 * WAN]


def test_a_file_of_the_template_needs_no_mapping(desk: Desk, file: Path) -> None:
    mapped(desk, file, *SAID)
    template = desk.file(
        "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_counted,rate\n"
        f"HT1,{LENDER},{FIRM},2024-01-08,2026-01-10,30000000,ACT/360,quarter,yes,3.55%\n"
    )
    answer = take(desk, "loans", template, "--json")
    said = json.loads(answer.stdout)
    assert ("mapping" in said, "[mapping_not_used]" in answer.stderr) == (False, True)
    assert desk.body("loan", "HT1")["data"]["amount_fen"] == 3_000_000_000


def test_another_unit_in_the_title_is_refused(desk: Desk, tmp_path: Path) -> None:
    plain = [heading.replace("贷款金额（万元）", "贷款金额") for heading in HEADINGS]
    mapped(desk, bank_file(tmp_path / "first.xlsx", headings=plain), *SAID)
    other = bank_file(tmp_path / "next.xlsx", headings=plain, title="示例银行明细表（单位：元）")
    answer = take(desk, "loans", other)
    assert codes(answer) == ["mapping_unit_differs"]
    assert answer.stderr.startswith("next.xlsx:1:1: ")


def test_a_unit_that_the_title_no_longer_states_is_said_with_the_sums(desk: Desk, tmp_path: Path) -> None:
    """800 under a title with 元 taken off: read as 800.00 yuan as before, and said, since it may be 万元."""
    plain = [heading.replace("贷款金额（万元）", "贷款金额") for heading in HEADINGS]
    mapped(desk, bank_file(tmp_path / "first.xlsx", headings=plain, title="示例银行明细表（单位：元）"), *SAID)
    answer = take(desk, "loans", bank_file(tmp_path / "next.xlsx", ROWS[:1], plain, title="示例银行明细表"))
    (said,) = [line for line in answer.stderr.splitlines() if "[unit_untold]" in line]
    assert said.startswith("Warning: next.xlsx:2:6: ")
    assert "Contract amount: 800.00 yuan in 1 row" in answer.stdout


def test_a_note_with_another_unit_than_the_heading_is_said_with_the_sums(desk: Desk, tmp_path: Path) -> None:
    """The heading's own 元 holds; that the title now says 万元 may mean the heading is an old one."""
    plain = [heading.replace("贷款金额（万元）", "贷款金额（元）") for heading in HEADINGS]
    mapped(desk, bank_file(tmp_path / "first.xlsx", headings=plain, title="示例银行明细表"), *SAID)
    answer = take(desk, "loans", bank_file(tmp_path / "next.xlsx", ROWS[:1], plain))
    (said,) = [line for line in answer.stderr.splitlines() if "[unit_of_heading]" in line]
    assert said.startswith("Warning: next.xlsx:1:1: ")
    assert "Contract amount: 800.00 yuan in 1 row" in answer.stdout


def test_contract_and_slip_numbers_that_changed_places_are_no_new_loans(desk: Desk, file: Path, tmp_path: Path) -> None:
    """With the two headings exchanged every loan would stand there a second time under its numbers turned round."""
    mapped(desk, file, *SAID)
    rows = [[*row[:4], f"J{row[0]}", *row[5:]] for row in ROWS]
    taken(desk, "loans", bank_file(tmp_path / "first.xlsx", rows))
    turned = [*HEADINGS[:3], HEADINGS[4], HEADINGS[3], *HEADINGS[5:]]
    answer = take(desk, "loans", bank_file(tmp_path / "next.xlsx", rows, turned))
    assert codes(answer) == ["numbers_reversed"] * 2


def test_rates_that_became_per_mille_are_said(desk: Desk, file: Path, tmp_path: Path) -> None:
    """34.5 where 3.45 stood under the heading in per cent; 24 % itself is not above 24 %."""
    mapped(desk, file, *SAID)
    rows = [[*row[:6], rate, *row[7:]] for row, rate in zip(ROWS, (34.5, 24), strict=True)]
    answer = take(desk, "loans", bank_file(tmp_path / "next.xlsx", rows), "--preview")
    said = [line for line in answer.stderr.splitlines() if "[rate_high]" in line]
    assert [line.partition(" 利率")[0] for line in said] == ["Warning: next.xlsx:3:7"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({3: 20260000000000123}, "identifier_is_number"),
        ({3: "2.026E+17"}, "digits_lost"),
        ({5: "约800"}, "amount_malformed"),
        ({9: "按季付息，到期还本的另一种"}, "choice_unknown"),
        ({8: "2026-13-01"}, "date_malformed"),
    ],
)
def test_what_is_refused_without_a_mapping_is_refused_under_one(
    row: dict[int, Any], code: str, desk: Desk, file: Path, tmp_path: Path
) -> None:
    mapped(desk, file, *SAID)
    wrong = [row.get(place, value) for place, value in enumerate(ROWS[0])]
    answer = take(desk, "loans", bank_file(tmp_path / "next.xlsx", [wrong]))
    assert codes(answer) == [code]
    assert answer.stderr.startswith(f"next.xlsx:3:{next(iter(row)) + 1} ")


def test_two_sheets_of_data_are_refused_until_one_is_chosen(desk: Desk, file: Path, tmp_path: Path) -> None:
    mapped(desk, file, *SAID)
    two = bank_file(tmp_path / "next.xlsx", sheets=("一季度", "二季度"))
    assert codes(take(desk, "loans", two)) == ["sheet_ambiguous"]
    assert len(taken(desk, "loans", two, "--sheet", "二季度")) == 2
    assert codes(propose(desk, two)) == ["sheet_ambiguous"]


def test_a_row_with_something_only_where_nothing_is_read_is_no_empty_row(
    desk: Desk, file: Path, tmp_path: Path
) -> None:
    mapped(desk, file, *SAID)
    answer = take(desk, "loans", bank_file(tmp_path / "next.xlsx", [*ROWS, ["", "丙公司"]]))
    assert set(codes(answer)) == {"cell_missing"}
    assert {line.split(":")[1] for line in answer.stderr.splitlines() if "cell_missing" in line} == {"5"}


def test_another_currency_in_a_column_that_is_passed_over_is_refused(desk: Desk, tmp_path: Path) -> None:
    headings = [*HEADINGS, "币种"]
    mapped(desk, bank_file(tmp_path / "first.xlsx", [[*row, "人民币"] for row in ROWS], headings), *SAID)
    dollars = [[*ROWS[0], "人民币"], [*ROWS[1], "美元"]]
    answer = take(desk, "loans", bank_file(tmp_path / "next.xlsx", dollars, headings))
    assert codes(answer) == ["currency_other"]
    assert answer.stderr.startswith("next.xlsx:4:12: ")


def test_cells_that_nobody_reads_are_not_shown(desk: Desk, tmp_path: Path) -> None:
    headings = [*HEADINGS, "还款账号"]
    rows = [[*row, "6222020012345678901"] for row in ROWS]
    answer = propose(desk, bank_file(tmp_path / "next.xlsx", rows, headings), "--preview", "--heading", "还款账号=")
    assert ("SL-1" in answer.output, "62220200" in answer.output) == (True, False)


def test_an_officer_reads_it_in_chinese(desk: Desk, file: Path) -> None:
    answer = call(desk, "--lang", "zh_CN", "import", "map", LENDER, str(file), "--preview", "--set", "due_counted=no")
    assert "计息基准" in answer.stdout
    assert "结息日计息：各行均为 否" in answer.stdout
    assert "需说明：明细.xlsx:2:1：文件未说明：合同签订日；如与 '放款日期' 相同" in answer.stdout.replace(": ", "：")
