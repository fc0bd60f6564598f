"""Batches of premiums, incentives and staged subsidies: registers in, a list of awards out, grants, posting."""

import csv
import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ledger.audit.replay import replay
from ledger.audit.verify import Verdict, verify
from ledger.book.projection import full_postings
from ledger.log import kinds
from ledger.resources import fixture
from ledger.store.ledger import Ledger
from tests.support.batch_office import (
    INCENTIVE,
    OUTSIDE,
    PREMIUM,
    SERVICE,
    STAGED,
    A,
    B,
    C,
    D,
    apply,
    grant,
    open_batch_office,
    posted,
    shown,
)
from tests.support.copies import ready
from tests.support.office import Office

CLAIMS = "claim_no,uscc,achieved_on,base,attributes\n"


def holds(office: Office) -> None:
    """The ledger proves itself: verified, every run made again, every table built again."""
    assert verify(Ledger.open(office.url).path).verdict is Verdict.NOT_ANCHORED
    with Ledger.open(office.url).read() as view:
        assert [one.difference for one in replay(view)] == [None] * len(list(replay(view)))
    office.do("audit", "rebuild", "--into", f"sqlite:///{office.folder}/again.db")


@ready
def tape_outs(folder: Path) -> Office:
    """Three tape-outs of two firms and one of a firm in Tianjin."""
    office = open_batch_office(folder, INCENTIVE, "2023-12-01")
    office.take(
        "claims",
        CLAIMS
        + f"JL1,{A},2023-06-30,4000000,category=mpw\n"
        + f"JL2,{B},2023-05-31,50000000,category=frontier_full_mask\n"
        + f"JL3,{B},2023-07-31,30000000,category=beijing_foundry\n"
        + f"JL4,{OUTSIDE},2023-07-31,1000000,category=mpw\n",
    )
    apply(
        office,
        INCENTIVE,
        f"SB1,{A},JL1,2023-10-09 SB2,{B},JL2,2023-10-10 SB3,{B},JL3,2023-10-11 SB4,{OUTSIDE},JL4,2023-10-12",
    )
    return office


def test_a_component_that_is_refused_by_itself_stands_in_the_proposal_beside_what_is_posted(tmp_path: Path) -> None:
    """50,000 for every tape-out, and 1 % of an output that nobody told of."""
    text = fixture(f"notices/{INCENTIVE}.yaml").read_text(encoding="utf-8")
    components = text[text.index("components:") : text.index("caps:")]
    added = """figures: [{id: output, unit: yuan}]
components:
  - {id: fixed, rule: {kind: fixed, amount: "50,000", basis: tape-out}}
  - {id: growth, rule: {kind: share_of_base, share: 1%, of: output, basis: tape-out}}
combine: {kind: sum, assumption: true}
"""
    office = open_batch_office(tmp_path, INCENTIVE, "2023-12-01", text.replace(components, added))
    office.take("claims", CLAIMS + f"JL1,{A},2023-06-30,4000000,category=mpw\n")
    apply(office, INCENTIVE, f"SB1,{A},JL1,2023-10-09")
    grant(office, "PF1,SB1,2023-12-01,1000000")
    assert posted(office, INCENTIVE) == [("PF1", "2023-07-01", "50000.00")]
    with Ledger.open(office.url).read() as view:
        (proposal,) = view.records(kinds.PROPOSAL)
    (refused,) = proposal.body["refused"]
    assert [(code["code"], code.get("component")) for code in refused["codes"]] == [("figure_missing", "growth")]
    holds(office)


def test_applications_that_nobody_has_decided_are_judged_as_one_batch(tape_outs: Office) -> None:
    # SB1: 50 % of 4 million. SB2: 50 % of 50 million is 25, at most 20 million. SB3: 50 % of 30 million is 15, and of
    # the firm's 30 million 20 are used: 10.
    assert shown(tape_outs, INCENTIVE) == {
        "SB1": ("open", "2000000.00", "2000000.00"),
        "SB2": ("open", "20000000.00", "20000000.00"),
        "SB3": ("open", "10000000.00", "10000000.00"),
        "SB4": ("refused", "0.00", "0.00"),
    }
    found = {one["application"]: one for one in tape_outs.read("run", "batch", INCENTIVE, "--dry-run")["applications"]}
    assert found["SB3"]["caps"] == ["entity_batch", "entity_year"]
    assert found["SB4"]["refused"] == [{"code": "not_registered", "clause": "assumption"}]
    assert [(one["name"], one["met"]) for one in found["SB1"]["conditions"]] == [
        ("window_application", True),
        ("registered_in", True),
        ("component", True),
        ("base", True),
    ]
    assert tape_outs.read("run", "batch", INCENTIVE, "--dry-run")["posted"] == []


def test_the_list_for_publication_names_firms_and_amounts_and_no_account(tape_outs: Office) -> None:
    texts = []
    for ending in ("csv", "xlsx"):
        path = tape_outs.folder / f"list.{ending}"
        tape_outs.do("run", "batch", INCENTIVE, "--dry-run", "--list", str(path))
        if ending == "csv":
            rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        else:
            rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        texts.append(rows)
    assert texts[0] == texts[1]
    assert texts[0][0][:5] == ["序号", "申报编号", "企业名称", "统一社会信用代码", "申报事项"]
    assert texts[0][3] == [
        "3", "SB3", "北京示例2公司", B, "JL3", "2023-10-11", "", "10000000.00", "10000000.00",
        "entity_batch、entity_year", "拟支持", "",
    ]  # fmt: skip
    assert texts[0][4][-2:] == ["不予支持", "申报时企业未在通知所列的区注册（假设）"]
    assert "00123456789" not in json.dumps(texts)


def test_a_list_is_xlsx_or_csv(tape_outs: Office) -> None:
    answer = tape_outs.say("run", "batch", INCENTIVE, "--dry-run", "--list", "list.pdf")
    assert (answer.exit_code, answer.stderr) == (
        2,
        "list.pdf: a list is written as XLSX or CSV; give the file a name that ends with .xlsx or .csv [list_format]\n",
    )


def test_an_incentive_batch_from_registers_to_the_book(tape_outs: Office) -> None:
    office = tape_outs
    grant(office, "PF1,SB1,2023-12-01,2000000 PF2,SB2,2023-12-01,20000000 PF3,SB3,2023-12-01,10000000")
    assert posted(office, INCENTIVE) == [
        ("PF1", "2023-07-01", "2000000.00"),
        ("PF2", "2023-06-01", "20000000.00"),
        ("PF3", "2023-08-01", "10000000.00"),
    ]
    assert posted(office, INCENTIVE) == []
    # The audit of SB1 counts 3 million only: half a million comes back.
    office.on("2024-02-01").take("claims", CLAIMS + f"JL1,{A},2023-06-30,3000000,category=mpw\n")
    assert posted(office, INCENTIVE) == [("PF1", "2023-07-01", "-500000.00")]
    assert "1,500,000.00" in office.do("explain", "PF1")
    holds(office)
    # A clock set back would take back what has fallen due; a bank's list is held against runs of loans only.
    early = office.on("2024-01-31").say("run", "batch", INCENTIVE)
    assert (early.exit_code, "[day_behind]" in early.stderr) == (2, True)
    listed = office.folder / "list.csv"
    listed.write_text("contract_no,due,subsidy\nHT1,2024-03-20,1.00\n", encoding="utf-8")
    other = office.say("run", "compare", str(listed), "--run", INCENTIVE)
    assert (other.exit_code, "[run_not_of_loans]" in other.stderr) == (2, True)


def test_a_refusal_by_decision_stands_in_the_list_with_its_reason(tape_outs: Office) -> None:
    tape_outs.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,reason\nPF9,SB1,refused,2023-12-01,批〔2023〕9号,材料不实\n",
    )
    found = tape_outs.read("run", "batch", INCENTIVE, "--dry-run")["applications"]
    one = next(one for one in found if one["application"] == "SB1")
    assert (one["outcome"], one["award"]) == ("declined", "0.00")
    assert one["refused"] == [{"code": "declined", "clause": "批〔2023〕9号", "reason": "材料不实"}]


def test_a_premium_that_is_returned_in_part_is_clawed_back_in_proportion(tmp_path: Path) -> None:
    office = open_batch_office(tmp_path, PREMIUM, "2024-09-02")
    office.take(
        "policies",
        "policy_no,insurer,uscc,item,signed_on,liability,premium,launched_on\n"
        f"BD1,示例财险,{A},SX-1,2024-05-06,200000000,8000000,2024-06-20\n"
        f"BD2,示例财险,{B},SX-2,2024-05-06,200000000,8000000,2024-10-01\n",
    )
    premiums = "policy_no,kind,date,amount\n"
    office.take("premiums", premiums + "BD1,paid,2024-05-20,8000000\nBD2,paid,2024-05-20,8000000\n")
    apply(office, PREMIUM, f"SB1,{A},BD1,2024-08-01 SB2,{B},BD2,2024-08-01")
    # 50 % of 8 million; the second launch comes after the application.
    assert shown(office, PREMIUM) == {
        "SB1": ("open", "4000000.00", "4000000.00"),
        "SB2": ("refused", "0.00", "0.00"),
    }
    grant(office, "PF1,SB1,2024-09-02,4000000")
    assert posted(office, PREMIUM) == [("PF1", "2024-05-21", "4000000.00")]
    # A quarter of the premium comes back from the insurer, and a quarter of the award from the firm.
    office.on("2025-01-10").take("premiums", premiums + "BD1,returned,2024-12-20,2000000\n")
    assert posted(office, PREMIUM) == [("PF1", "2024-12-21", "-1000000.00")]
    assert "3,000,000.00" in office.do("explain", "PF1")
    holds(office)


def test_a_project_is_paid_in_stages_and_pays_back_what_was_not_done(tmp_path: Path) -> None:
    office = open_batch_office(tmp_path, STAGED, "2024-06-03")
    office.take(
        "projects", f"project_no,uscc,signed_on,claimed\nXM1,{A},2024-01-05,10000000\nXM2,{B},2024-01-05,4999999.99\n"
    )
    apply(office, STAGED, f"SB1,{A},XM1,2024-03-01 SB2,{B},XM2,2024-04-30")
    # In full 30 % of 10 million; the second project is a fen short of 5 million.
    assert shown(office, STAGED) == {
        "SB1": ("open", "3000000.00", "3000000.00"),
        "SB2": ("refused", "0.00", "0.00"),
    }
    grant(office, "PF1,SB1,2024-06-03,3000000")
    # 60 % of 3 million with the grant.
    assert posted(office, STAGED) == [("PF1", "2024-06-04", "1800000.00")]
    milestones = "project_no,kind,date,amount,done\n"
    # Accepted at 80 %: nothing more is paid, and of 1.8 million a fifth comes back.
    office.on("2025-03-03").take("milestones", milestones + "XM1,acceptance,2025-02-28,,80%\n")
    assert posted(office, STAGED) == [("PF1", "2025-03-01", "-360000.00")]
    holds(office)


LENT = "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"


def test_a_loan_paid_through_its_lender_is_split_over_the_payers_to_the_fen(tmp_path: Path) -> None:
    """900,010 at one point, 900,010 x 1 % / 12 = 750.0083.. a month, half up on the sum; 90 % central, 10 % city."""
    office = open_batch_office(tmp_path, SERVICE, "2025-09-25")
    bank, lender = B, "北京示例2公司"
    office.take("loans", LENT + f"HT1,{lender},{A},2025-04-21,2026-04-21,900010,NOMINAL_MONTH,month,20,yes,3%\n")
    apply(office, SERVICE, f"SB1,{A},HT1,2025-09-08")
    grant(office, "PF1,SB1,2025-09-25,9001")
    office.on("2025-10-09").report("2025-09-30", "HT1,drawdown,2025-04-21,,900010,\n", lender=lender)
    office.run("2025-09")
    office.on("2025-11-03").report("2025-10-31", lender=lender)
    office.run("2025-10")
    central, city, payable = [], [], []
    with Ledger.open(office.url).read() as view:
        payees = {row.key: row.body["uscc"] for row in view.rows(kinds.PAYEE)}
        for row in view.records(kinds.ENTRY):
            if row.body["reason"] != "award":
                continue
            for posting in full_postings(row.body):
                if posting["account"] == "5001":
                    {"central": central, "city": city}[posting["level"]].append(posting["amount_fen"])
                elif posting["account"] == "2303":
                    payable.append(-posting["amount_fen"])
                    assert payees[posting["payee"]] == bank
    # April to September five months at once (one entry a due period), then October: six of 75,000.83.. fen, 450,005 in
    # all, of which 90 % are 405,004.5: the half fen goes to the payer that stands first.
    assert sum(payable) == 450_005
    assert [sum(central), sum(city)] == [405_005, 45_000]
    assert [one + other for one, other in zip(central, city, strict=True)] == payable
    holds(office)


MEETING = ("decide", "meeting", "--about", "SB1", "--document", "JY-1", "--reason", "minutes, item 4")


@ready
def projects(folder: Path) -> Office:
    """Three projects of 10, 20 and 30 million: 3, 6 and 9 million by the notice, which shares a short budget out."""
    office = open_batch_office(folder, STAGED, "2024-06-03")
    office.take(
        "projects",
        f"project_no,uscc,signed_on,claimed\nXM1,{A},2024-01-05,10000000\nXM2,{B},2024-01-05,20000000\n"
        f"XM3,{C},2024-01-05,30000000\n",
    )
    apply(office, STAGED, f"SB1,{A},XM1,2024-03-01 SB2,{B},XM2,2024-03-02 SB3,{C},XM3,2024-03-03")
    return office


def test_a_meeting_grants_less_and_the_rest_is_withheld_for_good(projects: Office) -> None:
    office = projects
    grant(office, "PF1,SB1,2024-06-03,3000000")
    assert posted(office, STAGED) == [("PF1", "2024-06-04", "1800000.00")]
    office.do(*MEETING, "--amount", "2000000")
    # 60 % of 2 million are 1.2 million: 0.6 million come back.
    assert posted(office, STAGED) == [("PF1", "2024-06-04", "-600000.00")]
    again = office.read("run", "batch", STAGED)
    assert again["posted"] == []
    assert again["withheld"] == [
        {"line": "PF1", "code": "meeting", "document": "JY-1", "limit": "2000000.00", "amount": "600000.00"}
    ]
    assert "Withheld by decision" in office.do("run", "batch", STAGED, "--dry-run")
    # Accepted in full: the other 40 % of 2 million, and not a fen of the third million.
    office.on("2025-03-03").take("milestones", "project_no,kind,date,done\nXM1,acceptance,2025-02-28,100%\n")
    assert posted(office, STAGED) == [("PF1", "2025-03-01", "800000.00")]
    holds(office)


def test_a_short_budget_is_allotted_before_the_grants_and_binds_them(projects: Office) -> None:
    office = projects
    words = ("decide", "shortage", "--about", STAGED, "--document", "JY-2", "--reason", "budget of the year")
    # A budget of 10 million for 3 + 6 + 9 million: 10/6, 20/6 and 5 million. The exact parts end in 66.66.., 33.33..
    # and 0 fen, so the one fen that is left goes to the first.
    printed = office.do(*words, "--amount", "10000000")
    assert [amount in printed for amount in ("1,666,666.67", "3,333,333.33", "5,000,000.00")] == [True] * 3
    assert shown(office, STAGED)["SB1"] == ("open", "3000000.00", "1666666.67")
    before = Ledger.open(office.url)
    with before.read() as view:
        size = view.size
    assert "stands already" in office.do(*words, "--amount", "10000000")
    answer = office.say(*words, "--amount", "9000000")
    assert (answer.exit_code, answer.stderr.rsplit(" ", 1)[-1]) == (2, "[decision_stands]\n")
    with before.read() as view:
        assert view.size == size
    # Granted more than was allotted, it is the allotment that binds: 60 % of 1,666,666.67 and of 3,333,333.33.
    grant(office, "PF1,SB1,2024-06-03,3000000 PF2,SB2,2024-06-03,3333333.33")
    assert posted(office, STAGED) == [("PF1", "2024-06-04", "1000000.00"), ("PF2", "2024-06-04", "2000000.00")]
    holds(office)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("meeting", "--about", "SB9", "--amount", "1", "--document", "J"), "application_unknown"),
        (("meeting", "--about", "SB1", "--amount", "1.001", "--document", "J"), "amount_malformed"),
        (("meeting", "--about", "SB1", "--amount", "-1", "--document", "J"), "amount_negative"),
        (("uscc-override", "--about", A, "--document", "J"), "option_not_used"),
        (("shortage", "--about", "no-notice", "--amount", "1", "--document", "J"), "notice_unknown"),
        (("shortage", "--about", STAGED, "--amount", "18000000", "--document", "J"), "budget_suffices"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(projects: Office, words: tuple[str, ...], code: str) -> None:
    answer = projects.say("decide", *words, "--reason", "x")
    assert (answer.exit_code, answer.stderr.rstrip().rsplit(" ", 1)[-1]) == (2, f"[{code}]")


RANKED = fixture(f"notices/{STAGED}.yaml").read_text(encoding="utf-8").replace("short: pro_rata", "short: ranking")


def test_a_short_budget_goes_by_ranks_where_the_notice_says_so(tmp_path: Path) -> None:
    office = open_batch_office(tmp_path, STAGED, "2024-06-03", RANKED)
    heading = "project_no,uscc,signed_on,claimed\n"
    office.take("projects", heading + f"XM1,{A},2024-01-05,10000000\nXM2,{B},2024-01-05,20000000\n")
    words = ("decide", "shortage", "--about", STAGED, "--document", "JY-2", "--reason", "x", "--amount", "7000000")
    apply(office, STAGED, f"SB1,{A},XM1,2024-03-01 SB2,{B},XM2,2024-03-02")
    answer = office.say(*words)
    assert (answer.exit_code, answer.stderr.rstrip().rsplit(" ", 1)[-1]) == (2, "[rank_missing]")
    apply(office, STAGED, f"SB1,{A},XM1,2024-03-01,2 SB2,{B},XM2,2024-03-02,1", ",rank")
    office.do(*words)
    # Of 7 million the first in rank gets its 6 in full, the second the one that is left of its 3.
    found = office.read("run", "batch", STAGED, "--dry-run")["applications"]
    assert [(one["application"], one["rank"], one["award"]) for one in found] == [
        ("SB2", 1, "6000000.00"),
        ("SB1", 2, "1000000.00"),
    ]
    # Both are granted what they asked for; 60 % of what was allotted is due with the grant.
    grant(office, "PF1,SB1,2024-06-03,3000000 PF2,SB2,2024-06-03,6000000")
    run = office.read("run", "batch", STAGED)
    assert [(one["line"], one["amount"]) for one in run["posted"]] == [("PF1", "600000.00"), ("PF2", "3600000.00")]
    assert [(one["line"], one["code"], one["limit"]) for one in run["withheld"]] == [("PF1", "shortage", "1000000.00")]
    assert posted(office, STAGED) == []
    holds(office)


FIRST_COME = (
    fixture(f"notices/{STAGED}.yaml").read_text(encoding="utf-8").replace("short: pro_rata", "short: first_come")
)


def test_a_short_budget_goes_to_the_first_where_the_notice_says_so(tmp_path: Path) -> None:
    """3 million asked on 1 March, 6 and 9 million on 2 March, 3 million on 3 March; 8 million to give.

    The first gets 3. The 5 that are left go to the two of one day in proportion: 6/15 and 9/15 of them, 2 and 3. The
    last gets nothing.
    """
    office = open_batch_office(tmp_path, STAGED, "2024-06-03", FIRST_COME)
    rows = "".join(
        f"XM{n},{firm},2024-01-05,{claimed}\n"
        for n, firm, claimed in ((1, A, 10000000), (2, B, 20000000), (3, C, 30000000), (4, D, 10000000))
    )
    office.take("projects", f"project_no,uscc,signed_on,claimed\n{rows}")
    # Brought in another order than that of the days.
    apply(office, STAGED, f"SB4,{D},XM4,2024-03-03 SB3,{C},XM3,2024-03-02")
    apply(office, STAGED, f"SB2,{B},XM2,2024-03-02 SB1,{A},XM1,2024-03-01")
    words = ("--about", STAGED, "--document", "JY-2", "--reason", "budget", "--amount", "8000000")
    office.do("decide", "shortage", *words)
    assert {key: award for key, (_, _, award) in shown(office, STAGED).items()} == {
        "SB1": "3000000.00",
        "SB2": "2000000.00",
        "SB3": "3000000.00",
        "SB4": "0.00",
    }
    # All are granted what they asked for; 60 % of what was allotted is due with the grant, and nothing to the last.
    grant(
        office,
        "PF1,SB1,2024-06-03,3000000 PF2,SB2,2024-06-03,6000000 PF3,SB3,2024-06-03,9000000 PF4,SB4,2024-06-03,3000000",
    )
    run = office.read("run", "batch", STAGED)
    assert [(one["line"], one["amount"]) for one in run["posted"]] == [
        ("PF1", "1800000.00"),
        ("PF2", "1200000.00"),
        ("PF3", "1800000.00"),
    ]
    assert [(one["line"], one["code"], one["limit"]) for one in run["withheld"]] == [
        ("PF2", "shortage", "2000000.00"),
        ("PF3", "shortage", "3000000.00"),
        ("PF4", "shortage", "0.00"),
    ]
    # Accepted in full: the other 40 % of what was allotted.
    office.on("2025-03-03").take("milestones", "project_no,kind,date,done\nXM2,acceptance,2025-02-28,100%\n")
    assert posted(office, STAGED) == [("PF2", "2025-03-01", "800000.00")]
    holds(office)
