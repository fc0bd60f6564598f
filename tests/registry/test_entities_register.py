"""The register of firms: the code and its check, the history of districts, statuses, and what cannot be."""

import json
from datetime import date

import pytest

from calculators.facts.model import District, Status
from ledger.registry.firms import entities, failed_checks
from ledger.registry.uscc import passes_check
from tests.support.desk import FIRM, OTHER_FIRM, Desk, call

HEADING = "uscc,name,district,district_from,status,status_from,status_to,known_on\n"
# U03: a real firm whose code fails the check of GB 32100 (policy case, open data).
EARLY_CODE = "91350100M0001TGQXM"


# Rows U01-U05 of the policy cases (kind uscc, confidence C: open data): `gb32100_check` of real codes.
@pytest.mark.parametrize(
    ("code", "gb32100_check"),
    [
        ("91310115591693856A", True),
        ("91310110666007217T", True),
        ("91350100M0001TGQXM", False),
        ("91350211M0000XUF46", False),
        ("91350203M0001FUE2P", False),
    ],
)
def test_the_check_digit_of_real_codes(code: str, gb32100_check: bool) -> None:
    assert passes_check(code) is gb32100_check


def test_a_failed_check_is_a_warning_and_the_firm_is_taken(desk: Desk) -> None:
    found = desk.take("entities", f"{HEADING}{EARLY_CODE},丙公司,厦门市,2016-01-01,,,,\n")
    (warning,) = found.warnings
    assert warning.code == "uscc_check_failed"
    assert warning.what.endswith("not its check digit, as in early codes: its organisation code is right")
    assert desk.body("entity", EARLY_CODE)["check"] == "failed"
    with desk.ledger.read() as view:
        assert failed_checks(view) == {EARLY_CODE}


def test_a_mistyped_code_is_not_taken_for_an_early_one(desk: Desk) -> None:
    # 666007217 with its 6 and 7 exchanged: neither check holds.
    found = desk.take("entities", f"{HEADING}91310110666006717T,丙公司,厦门市,2016-01-01,,,,\n")
    (warning,) = found.warnings
    assert (warning.code, warning.what.endswith("is not its check digit")) == ("uscc_check_failed", True)


def test_rows_of_one_code_build_its_history(desk: Desk) -> None:
    desk.take(
        "entities",
        f"{HEADING}"
        f"{FIRM},甲公司,天津市,2012-05-01,innovative_sme,2023-06-01,2024-05-31,2024-01-03\n"
        f"{FIRM},甲公司,海淀区,2024-02-01,innovative_sme,2024-09-01,,2024-02-10\n",
    )
    with desk.ledger.read() as view:
        known = entities(view)[FIRM]
    assert known.value.districts == (District(date(2012, 5, 1), "天津市"), District(date(2024, 2, 1), "海淀区"))
    # The last day of the file is inclusive, the end of a status is not.
    assert known.value.statuses == (
        Status("innovative_sme", date(2023, 6, 1), date(2024, 6, 1)),
        Status("innovative_sme", date(2024, 9, 1), None),
    )
    assert len(known.leaves) == 1
    assert desk.body("entity", FIRM)["known_on"] == "2024-02-10"


def test_a_firm_moves_to_beijing_by_one_more_row(desk: Desk) -> None:
    desk.take("entities", f"{HEADING}{FIRM},甲公司,天津市,2012-05-01,,,,\n{OTHER_FIRM},乙公司,朝阳区,2013-01-01,,,,\n")
    move = f"{HEADING}{FIRM},甲公司,海淀区,2024-02-01,,,,\n"
    assert desk.counts("entities", move) == [0, 1, 0, 0]
    assert desk.counts("entities", move) == [0, 0, 1, 0]
    with desk.ledger.read() as view:
        districts = entities(view)[FIRM].value.districts
        first = entities(view.at(5))[FIRM].value.districts
    assert [one.name for one in districts] == ["天津市", "海淀区"]
    assert [one.name for one in first] == ["天津市"]  # records 0-4: genesis, officer, import and the two firms


def test_a_status_that_ends_and_a_corrected_district_replace_their_rows(desk: Desk) -> None:
    desk.take("entities", f"{HEADING}{FIRM},甲公司,天津市,2012-05-01,sme,2023-06-01,,\n")
    desk.take("entities", f"{HEADING}{FIRM},甲公司,河北省,2012-05-01,sme,2023-06-01,2024-05-31,\n")
    body = desk.body("entity", FIRM)
    assert body["districts"] == [{"from": "2012-05-01", "name": "河北省"}]
    assert body["statuses"] == [{"name": "sme", "from": "2023-06-01", "to": "2024-05-31"}]


def test_a_full_file_says_the_whole_history(desk: Desk) -> None:
    desk.take("entities", f"{HEADING}{FIRM},甲公司,天津市,2012-05-01,,,,\n{FIRM},甲公司,海淀区,2024-02-01,,,,\n")
    assert desk.counts("entities", f"{HEADING}{FIRM},甲公司,天津市,2012-05-01,,,,\n", full=True) == [0, 1, 0, 0]
    assert [one["name"] for one in desk.body("entity", FIRM)["districts"]] == ["天津市"]


def test_a_code_is_read_in_any_width_and_case(desk: Desk) -> None:
    desk.take("entities", f"{HEADING}９１310115591693856a,甲公司,海淀区,2012-05-01,,,,\n")
    assert desk.keys("entity") == [FIRM]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        # 17 characters; the letter I; a hyphen.
        (["9131011559169385A,甲公司,海淀区,2012-05-01,,,,"], ["uscc_malformed 2:1"]),
        (["9131011559169385IA,甲公司,海淀区,2012-05-01,,,,"], ["uscc_malformed 2:1"]),
        (["91310115-91693856A,甲公司,海淀区,2012-05-01,,,,"], ["uscc_malformed 2:1"]),
        ([f"{FIRM},,海淀区,,,,,"], ["cell_missing 2:2", "cell_missing 2:4"]),
        ([f"{FIRM},甲公司,海淀区,2023-02-29,,,,"], ["date_malformed 2:4"]),
        ([f"{FIRM},甲公司,海淀区,20230229,,,,"], ["date_malformed 2:4"]),
        ([f"{FIRM},甲公司,海淀区,0203-02-28,,,,"], ["date_malformed 2:4"]),
        ([f"{FIRM},甲\u200b公司,海淀区,2012-05-01,,,,"], ["text_unprintable 2:2"]),
        ([f"{FIRM},甲公司,海淀区,2012-05-01,,2023-01-01,,"], ["status_missing 2:6"]),
        ([f"{FIRM},甲公司,海淀区,2012-05-01,sme,,,"], ["cell_missing 2:6"]),
        ([f"{FIRM},甲公司,海淀区,2012-05-01,sme,2023-01-02,2023-01-01,"], ["dates_reversed 2:7"]),
        ([f"{FIRM},甲公司,海淀区,2012-05-01,,,,"] * 2, ["row_twice 3:1"]),
        (
            [f"{FIRM},甲公司,海淀区,2012-05-01,,,,", f"{FIRM},甲集团,朝阳区,2012-05-01,,,,"],
            ["name_differs 3:2", "district_twice 3:4"],
        ),
        (
            [f"{FIRM},甲公司,海淀区,2012-05-01,sme,2023-01-01,,", f"{FIRM},甲公司,海淀区,2012-05-01,sme,2024-01-01,,"],
            ["status_overlaps 2:5"],
        ),
        (
            [
                f"{FIRM},甲公司,海淀区,2012-05-01,sme,2023-01-01,2023-12-31,",
                f"{FIRM},甲公司,海淀区,2012-05-01,sme,2023-01-01,2023-11-30,",
            ],
            ["status_twice 3:7"],
        ),
    ],
)
def test_all_that_is_wrong_is_said_and_nothing_is_written(desk: Desk, rows: list[str], codes: list[str]) -> None:
    assert desk.codes("entities", HEADING + "\n".join(rows) + "\n") == codes


def test_the_command_lists_the_check_of_every_code(desk: Desk) -> None:
    path = desk.file(f"{HEADING}{FIRM},甲公司,海淀区,2012-05-01,,,,\n{EARLY_CODE},丙公司,厦门市,2016-01-01,,,,\n")
    answer = call(desk, "import", "entities", str(path), "--mode", "full", "--json")
    assert [(row["uscc"], row["gb32100_check"]) for row in json.loads(answer.stdout)["rows"]] == [
        (FIRM, True),
        (EARLY_CODE, False),
    ]
