"""Policies with their premiums, claims, projects with their milestones, decisions of dishonesty: rows as facts."""

from datetime import date
from pathlib import Path

import pytest

from calculators.facts.model import (
    Acceptance,
    Audit,
    Claim,
    Dishonesty,
    Exemption,
    Policy,
    Premium,
    Project,
    Rating,
    Review,
    Stage,
    Target,
)
from calculators.money import Exact
from calculators.notices.quantities import Quantity
from ledger.log import kinds
from ledger.registry.applications import applications
from ledger.registry.firms import entities
from ledger.registry.items import items
from tests.support.copies import ready
from tests.support.desk import ENTITIES, FIRM, NOTICE, OTHER_FIRM, Desk, open_desk, workbook

POLICIES = f"policy_no,insurer,uscc,item,signed_on,liability,premium\nBD1,示例财险,{FIRM},SX-1,2024-05-10,5000,1000\n"
PREMIUMS = "policy_no,kind,date,amount,tax\n"
PROJECTS = f"project_no,uscc,signed_on,claimed\nXM1,{FIRM},2024-03-01,8000000\n"
MILESTONES = "project_no,kind,date,stage,amount,done\n"
DISHONESTY = "uscc,decided_on,document,repaired_on\n"


@ready
def firms(folder: Path) -> Desk:
    desk = open_desk(folder)
    desk.take("entities", ENTITIES)
    return desk


def test_a_policy_is_put_together_from_its_row_and_its_premiums(firms: Desk) -> None:
    firms.take(
        "policies",
        "保单号,保险公司,统一社会信用代码,承保产品或发射任务,签单日,承保年度,保险责任限额,应缴保费,销售合同金额,发射日,"
        "单位保额,费率,数量,属性\n"
        f"BD1,示例财险,{FIRM},SX-1,2024年5月10日,2,5000,15.00,4000,2024/6/20,1000,1.5％,1.0,grade=advanced；kind=launch\n",
    )
    firms.take("premiums", PREMIUMS + "BD1,退还,2024-08-01,4.24,0.24\nBD1,已缴,2024-05-20,10.60,0.60\n")
    with firms.ledger.read() as view:
        known = items(view, Policy)["BD1"]
        rows = [row for register in (kinds.POLICY, kinds.PREMIUM) for row in view.rows(register)]
    assert known.value == Policy(
        key="BD1",
        uscc=FIRM,
        insurer="示例财险",
        item="SX-1",
        signed_on=date(2024, 5, 10),
        cover_year=2,
        liability_fen=500_000,
        premium_fen=1_500,
        premiums=(Premium(date(2024, 5, 20), 1_060, 60), Premium(date(2024, 8, 1), -424, -24)),
        contract_fen=400_000,
        launched_on=date(2024, 6, 20),
        rating=Rating(100_000, Exact(15, 1000), Exact(1)),
        attributes=(("grade", "advanced"), ("kind", "launch")),
    )
    assert known.leaves == tuple(row.leaf for row in sorted(rows, key=lambda row: row.seq))
    assert len(known.leaves) == 3


def test_equal_premiums_stay_two_and_a_correction_is_a_new_version(firms: Desk) -> None:
    firms.take("policies", POLICIES)
    twice = PREMIUMS + "BD1,paid,2024-05-20,500,\n" * 2
    assert firms.counts("premiums", twice) == [2, 0, 0, 0]
    assert firms.counts("premiums", twice) == [0, 0, 2, 0]
    assert firms.keys("premium") == ["BD1/paid/2024-05-20/1", "BD1/paid/2024-05-20/2"]
    assert firms.counts("premiums", PREMIUMS + "BD1,paid,2024-05-20,500,\nBD1,paid,2024-05-20,400,\n") == [0, 1, 1, 0]
    assert firms.codes("premiums", PREMIUMS + "BD1,returned,2024-05-21,900.01,\n") == ["premium_negative 2:4"]
    # Money returned on the day it was paid is no return before payment.
    assert firms.counts("premiums", PREMIUMS + "BD1,returned,2024-05-20,900,\n") == [1, 0, 0, 0]


def test_a_full_file_speaks_for_the_whole_register(firms: Desk) -> None:
    firms.take("policies", POLICIES + f"BD2,示例财险,{OTHER_FIRM},SX-2,2024-05-10,5000,1000\n")
    assert firms.counts("policies", POLICIES, full=True) == [0, 0, 1, 1]
    with firms.ledger.read() as view:
        assert sorted(items(view, Policy)) == ["BD1"]
        assert view.history(kinds.POLICY, "BD2")[-1][1]
    firms.take("premiums", PREMIUMS + "BD1,paid,2024-05-20,500,\n")
    assert firms.counts("premiums", PREMIUMS + "BD1,paid,2024-05-21,400,\n", full=True) == [1, 0, 0, 1]
    refused = firms.refusals("policies", POLICIES, lender="Bank A")
    assert [problem.code for problem in refused] == ["option_not_used"]


def test_a_claim_holds_what_it_is_measured_by(firms: Desk) -> None:
    path = workbook(
        firms.folder / "claims.xlsx",
        [
            ["Claim no.", "Credit code", "Achieved on", "Base", "Units", "Other levels", "Attributes"],
            ["JL1", FIRM, date(2024, 6, 30), 3000000.5, 3, 0, "category=mpw"],
            ["JL2", FIRM, date(2024, 6, 30), "", "", "", ""],
        ],
    )
    assert firms.counts("claims", path) == [2, 0, 0, 0]
    with firms.ledger.read() as view:
        made = items(view, Claim)
    assert made["JL1"].value == Claim("JL1", FIRM, date(2024, 6, 30), 300_000_050, Exact(3), 0, (("category", "mpw"),))
    assert made["JL2"].value == Claim("JL2", FIRM, date(2024, 6, 30))


def test_a_project_reaches_a_stage_once_and_is_accepted_once(firms: Desk) -> None:
    firms.take("projects", PROJECTS)
    firms.take(
        "milestones",
        MILESTONES + "XM1,验收,2025-06-01,,,80%\nXM1,审计,2024-12-31,,7600000,\nXM1,阶段,2024-09-30,equipment,,\n",
    )
    moved = MILESTONES + "XM1,stage,2024-10-15,equipment,,\nXM1,audit,2025-03-31,,7700000,\n"
    assert firms.counts("milestones", moved) == [1, 1, 0, 0]
    with firms.ledger.read() as view:
        known = items(view, Project)["XM1"]
    assert known.value == Project(
        "XM1",
        FIRM,
        date(2024, 3, 1),
        800_000_000,
        audits=(Audit(date(2024, 12, 31), 760_000_000), Audit(date(2025, 3, 31), 770_000_000)),
        stages=(Stage("equipment", date(2024, 10, 15)),),
        acceptance=Acceptance(date(2025, 6, 1), Exact(4, 5)),
    )


def test_figures_are_told_with_their_unit_in_either_language(firms: Desk) -> None:
    firms.take(
        "claims",
        "claim_no,uscc,achieved_on,units,figures\n"
        f"JL1,{FIRM},2024-06-30,1234567.5,area=500.5 m²；rent＝60元/平方米; output=340000000 yuan; growth=-5%\n",
    )
    with firms.ledger.read() as view:
        made = items(view, Claim)["JL1"].value
        assert view.current(kinds.CLAIM, "JL1").body["data"]["figures"] == {
            "area": "500.5 m2",
            "growth": "-5%",
            "output": "340000000 yuan",
            "rent": "60 yuan/m2",
        }
    assert made.units == Exact(2_469_135, 2)
    assert dict(made.figures) == {
        "area": Quantity(Exact(1001, 2), "m2"),
        "growth": Quantity(Exact(-1, 20), "%"),
        "output": Quantity(Exact(340_000_000), "yuan"),
        "rent": Quantity(Exact(60), "yuan/m2"),
    }


@pytest.mark.parametrize(
    "figures",
    [
        "area=500.5",
        "area=500 sqm",
        "area=500 m2; area=3 m2",
        "base=3 yuan",
        "output=3.001 yuan",
        "=3 kg",
        "tax=",
        " ; ",
    ],
)
def test_figures_that_are_none_are_refused(firms: Desk, figures: str) -> None:
    rows = f"claim_no,uscc,achieved_on,figures\nJL1,{FIRM},2024-06-30,{figures}\n"
    assert firms.codes("claims", rows) == ["figures_malformed 2:4"]


TARGETS = "project_no,kind,date,stage,agreed,reached,score\n"


def test_a_project_has_targets_and_a_review(firms: Desk) -> None:
    firms.take("projects", PROJECTS)
    firms.take(
        "milestones",
        TARGETS
        + "XM1,绩效目标,2024-03-01,output,100000000元,,\nXM1,target,2024-03-01,jobs,50人,45人,\n"
        + "XM1,绩效评价,2025-06-30,,,,87.5\n",
    )
    # A later row is a correction: what was reached is told.
    told = TARGETS + "XM1,target,2025-05-31,output,100000000 yuan,85000000 yuan,\n"
    assert firms.counts("milestones", told) == [0, 1, 0, 0]
    with firms.ledger.read() as view:
        known = items(view, Project)["XM1"].value
    assert known.targets == (
        Target("jobs", Quantity(Exact(50), "persons"), Quantity(Exact(45), "persons")),
        Target("output", Quantity(Exact(100_000_000), "yuan"), Quantity(Exact(85_000_000), "yuan")),
    )
    assert known.review == Review(date(2025, 6, 30), Exact(175, 2))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("XM1,target,2024-03-01,,5 yuan,,", "cell_missing 2:4"),
        ("XM1,target,2024-03-01,output,,,", "cell_missing 2:5"),
        ("XM1,target,2024-03-01,output,0 yuan,,", "target_of_nothing 2:5"),
        ("XM1,target,2024-03-01,output,5 yuan,5 persons,", "unit_differs 2:6"),
        ("XM1,target,2024-03-01,output,5,,", "quantity_malformed 2:5"),
        ("XM1,target,2024-03-01,output,-5 yuan,,", "quantity_malformed 2:5"),
        ("XM1,review,2025-06-30,,,,-1", "score_malformed 2:7"),
        ("XM1,review,2025-06-30,output,,,90", "cell_not_used 2:4"),
        ("XM1,stage,2025-06-30,start,,,90", "cell_not_used 2:7"),
    ],
)
def test_targets_and_reviews_that_are_wrong(firms: Desk, row: str, code: str) -> None:
    firms.take("projects", PROJECTS)
    assert firms.codes("milestones", TARGETS + row + "\n") == [code]


def test_decisions_of_dishonesty_stand_with_the_firm_and_its_facts(firms: Desk) -> None:
    firms.take("dishonesty", DISHONESTY + f"{FIRM},2023-04-01,罚〔2023〕5号,\n")
    with firms.ledger.read() as view:
        known = entities(view)[FIRM]
        assert known.value.dishonesty == (Dishonesty(date(2023, 4, 1), "罚〔2023〕5号"),)
        assert len(known.leaves) == 2
        assert entities(view)[OTHER_FIRM].value.dishonesty == ()
    repaired = DISHONESTY + f"{FIRM},2023-04-01,罚〔2023〕5号,2024-04-01\n"
    assert firms.counts("dishonesty", repaired) == [0, 1, 0, 0]
    with firms.ledger.read() as view:
        assert entities(view)[FIRM].value.dishonesty[0].repaired_on == date(2024, 4, 1)


def test_a_firm_that_nobody_registered_is_a_warning(desk: Desk) -> None:
    found = desk.take("projects", PROJECTS)
    assert [warning.code for warning in found.warnings] == ["entity_unknown"]


def test_an_application_says_rank_other_support_and_exemption(office: Desk) -> None:
    office.take("entities", ENTITIES)
    office.take(
        "applications",
        "application_no,uscc,notice,item,applied_on,rank,other_support,exemption,exemption_document,项目总投资（万元）\n"
        f"SB1,{FIRM},{NOTICE},HT1,2024-03-01,2,市科委2023年项目,重点企业,京政字〔2024〕3号,800.5\n",
    )
    with office.ledger.read() as view:
        made = applications(view)["SB1"].value
    assert (made.other_support, made.exemption, made.investment_fen) == (
        "市科委2023年项目",
        Exemption("key_enterprise", "京政字〔2024〕3号"),
        800_500_000,
    )
    assert office.body("application", "SB1")["rank"] == 2


def test_an_item_is_looked_up_in_the_register_of_the_notice_s_type(office: Desk) -> None:
    from ledger.registry.notices import add_notice
    from ledger.resources import fixture

    with office.ledger.write("1001") as writer:
        path = fixture("notices/gjj-2023-tape-out.yaml")
        add_notice(writer, path.read_text(encoding="utf-8"), path.name)
    office.take("entities", ENTITIES)
    office.take("claims", f"claim_no,uscc,achieved_on,attributes\nJL1,{FIRM},2023-06-30,category=mpw\n")
    heading = "application_no,uscc,notice,item,applied_on\n"
    found = office.take("applications", heading + f"SB1,{FIRM},gjj-2023-tape-out,JL1,2023-10-01\n")
    assert found.warnings == ()
    found = office.take("applications", heading + f"SB2,{FIRM},gjj-2023-tape-out,HT1,2023-10-01\n")
    assert [warning.code for warning in found.warnings] == ["item_unknown"]


@pytest.mark.parametrize("cell", ["=1", "Kind=x", "kind=", "kind=a;kind=b", ";", "kind", "a" * 25 + "=x"])
def test_attributes_are_names_and_values(firms: Desk, cell: str) -> None:
    claim = f'claim_no,uscc,achieved_on,attributes\nJL1,{FIRM},2024-06-30,"{cell}"\n'
    assert firms.codes("claims", claim) == ["attributes_malformed 2:4"]


@pytest.mark.parametrize(
    ("cell", "fits"), [("0%", True), ("100%", True), ("100.1%", False), ("0.8", False), ("-1%", False)]
)
def test_a_part_done_lies_between_nothing_and_all(firms: Desk, cell: str, fits: bool) -> None:
    firms.take("projects", PROJECTS)
    rows = MILESTONES + f"XM1,acceptance,2025-06-01,,,{cell}\n"
    if fits:
        assert firms.counts("milestones", rows) == [1, 0, 0, 0]
    else:
        assert firms.codes("milestones", rows) == ["part_malformed 2:6"]
