"""Words of a register that are keys to a notice: said at import, with the words that are known."""

from pathlib import Path

import pytest

from calculators.problems import Problem
from tests.support.copies import ready
from tests.support.desk import BANK, ENTITIES, FIRM, Desk, equipped_desk

CLAIMS = "claim_no,uscc,achieved_on,base,attributes\n"
LOANS = "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_counted,rate,purpose\n"
WORDS = "beijing_foundry, frontier_full_mask, mpw, other_full_mask"


@ready
def desk(folder: Path) -> Desk:
    """A ledger with notices for tape-out (attribute category), staged projects, and loans by purpose and status."""
    desk = equipped_desk(
        folder, "gjj-2023-tape-out", "example-allocated-50-80-rest", "bj-first-loan-2025", "bj-equipment-loan-2024"
    )
    desk.take("entities", ENTITIES)
    return desk


def warnings(problems: tuple[Problem, ...]) -> list[str]:
    """The warnings about words: code, row and the word."""
    return [f"{one.code} {one.place.line} {one.values['word']}" for one in problems if one.code.startswith("word_")]


def claim(number: str, attributes: str) -> str:
    return f"{number},{FIRM},2023-06-30,3000000,{attributes}\n"


@pytest.mark.parametrize("written", ["category=MPW", "category=ｍｐｗ", "category=m pw", "category=Mpw"])
def test_a_value_in_another_form_is_refused_with_the_notices_own(written: str, desk: Desk) -> None:
    [found] = desk.refusals("claims", CLAIMS + claim("JL1", written))
    said, meant = repr(written.removeprefix("category=")), "'mpw'"
    assert found.render().endswith(
        f"{said} is not the word of the notices, which is {meant}; write {meant}, capitals, width and blanks included"
        " [word_form_differs]"
    )


@pytest.mark.parametrize("written", ["mpw,frontier_full_mask", "mpw、其他", "frontier_full_mask+mpw", "其他/mpw"])
def test_a_list_where_one_word_is_meant_is_refused(written: str, desk: Desk) -> None:
    attributes = f'"category={written}"'
    assert desk.codes("claims", CLAIMS + claim("JL1", attributes)) == ["word_several 2:5"]


def test_two_statuses_in_a_cell_are_refused_and_words_that_nobody_knows_are_not(desk: Desk) -> None:
    heading = "uscc,name,district,district_from,status,status_from\n"
    firm = heading + f"{FIRM},甲公司,海淀区,2015-03-02,{{}},2024-01-01\n"
    assert desk.codes("entities", firm.format("innovative_sme、chain_leader")) == ["word_several 2:5"]
    assert warnings(desk.take("entities", firm.format("甲类、乙类")).warnings) == ["word_unknown 2 甲类、乙类"]


def test_a_value_that_no_notice_knows_is_a_warning_with_those_that_are_known(desk: Desk) -> None:
    found = desk.take("claims", CLAIMS + claim("JL1", "category=full") + claim("JL2", "category=full"))
    # Said once, however many rows have it.
    assert warnings(found.warnings) == ["word_unknown 2 full"]
    assert str(found.warnings[0].values["known"]) == WORDS


def test_a_name_that_no_notice_knows_is_a_warning(desk: Desk) -> None:
    found = desk.take("claims", CLAIMS + claim("JL1", "categry=mpw") + claim("JL2", "category=mpw"))
    assert warnings(found.warnings) == ["word_unknown 2 categry"]


def test_a_loan_s_purpose_is_a_word_of_the_notices(desk: Desk) -> None:
    loan = f"HT1,{BANK},{FIRM},2024-01-08,2026-01-10,30000000,ACT/360,quarter,yes,3.55%,"
    assert desk.codes("loans", LOANS + loan + "Equipment\n") == ["word_form_differs 2:11"]
    assert warnings(desk.take("loans", LOANS + loan + "设备更新\n").warnings) == ["word_unknown 2 设备更新"]
    assert warnings(desk.take("loans", LOANS + loan + "equipment\n").warnings) == []


def test_a_status_is_a_word_of_the_notices_and_a_district_nearly_one(desk: Desk) -> None:
    head = "uscc,name,district,district_from,status,status_from\n"
    row = f"{FIRM},甲公司,{{district}},2015-03-02,{{status}},2024-01-01\n"
    assert desk.codes("entities", head + row.format(district="海淀区", status="Innovative_SME")) == [
        "word_form_differs 2:5"
    ]
    assert desk.codes("entities", head + row.format(district="海 淀区", status="innovative_sme")) == [
        "word_form_differs 2:3"
    ]
    found = desk.take("entities", head + row.format(district="海淀", status="small_giant"))
    assert warnings(found.warnings) == ["word_near 2 海淀", "word_unknown 2 small_giant"]
    # A firm may be registered anywhere else.
    found = desk.take("entities", head + row.format(district="保定市", status="innovative_sme"))
    assert warnings(found.warnings) == []


def test_a_stage_is_a_word_of_the_notices(desk: Desk) -> None:
    desk.take("projects", f"project_no,uscc,signed_on,claimed\nXM1,{FIRM},2024-03-01,8000000\n")
    found = desk.take("milestones", "project_no,kind,date,stage\nXM1,stage,2024-09-30,midterm\n")
    assert warnings(found.warnings) == ["word_unknown 2 midterm"]
    assert str(found.warnings[0].values["known"]) == "mid_term"


def test_an_application_is_held_to_the_words_of_its_own_notice(desk: Desk) -> None:
    desk.take("claims", CLAIMS + claim("JL1", "category=full") + claim("JL2", "category=mpw") + claim("JL3", ""))
    asked = "application_no,uscc,notice,item,applied_on\n" + "".join(
        f"SB{number},{FIRM},gjj-2023-tape-out,JL{number},2023-09-01\n" for number in (1, 2, 3)
    )
    found = [one for one in desk.take("applications", asked).warnings if one.code == "word_not_of_notice"]
    assert [(one.place.line, one.values["value"], str(one.values["known"])) for one in found] == [
        (2, "full", WORDS),
        (4, "-", WORDS),
    ]


def test_without_a_notice_that_asks_nothing_is_said(tmp_path: Path) -> None:
    desk = equipped_desk(tmp_path)
    desk.take("entities", ENTITIES)
    assert warnings(desk.take("claims", CLAIMS + claim("JL1", "category=MPW")).warnings) == []
