"""`subsidy month`: a month from its first report to its sign-off, how each step stands, and hints that can be typed."""

import re
from pathlib import Path
from typing import Any

import pytest

from ledger.resources import fixture
from tests.support.office import LENDER, NOTICE, Office, open_office
from tests.support.signing_office import CHECKER, DEPUTY, HEAD, SECOND_DRAWDOWN, key, propose, signed, signing_office
from tests.support.till import PAYER, PAYERS, Till, quarters_till


def stands(office: Office, *words: str) -> dict[str, str]:
    """How each step stands."""
    return {step["step"]: step["state"] for step in office.read("month", *words)["steps"]}


def points(office: Office, name: str, *words: str) -> list[dict[str, Any]]:
    """What is said of one step."""
    [found] = [step for step in office.read("month", *words)["steps"] if step["step"] == name]
    told: list[dict[str, Any]] = found["points"]
    return told


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return signing_office(tmp_path / "ledger")


def test_a_lender_that_is_silent_comes_before_the_run(office: Office) -> None:
    office.on("2024-05-02")
    # March was heard of, April was not.
    [point] = points(office, "reports", "2024-04")
    assert (point["code"], point["lender"], point["day"]) == ("lender_missing", LENDER, "2024-03-31")
    said = office.read("month", "2024-04")
    run = next(step for step in said["steps"] if step["step"] == "run")
    assert (run["state"], run["after"]) == ("blocked", "reports")
    assert said["next"] == [f"subsidy import events FILE --mode delta --lender '{LENDER}' --through 2024-04-30"]


def test_a_run_says_who_can_sign_and_who_cannot(office: Office) -> None:
    assert office.read("month", "2024-03")["next"] == ["subsidy run interest --month 2024-03"]
    number = propose(office)
    [point] = points(office, "run")
    # Of 1001, who made it, 1002, 1003 and 1004 only 1002 has the post of step 1.
    assert (point["code"], point["post"], point["by"], point["since"]) == (
        "run_waits",
        "审核岗",
        [CHECKER],
        "2024-04-01",
    )
    assert office.read("month")["next"] == [f"subsidy approve {number} --key FILE"]
    signed(office, number, CHECKER)
    assert [(point["step"], point["by"]) for point in points(office, "run")] == [(2, [HEAD])]
    # Whoever stands in for the head can sign as well, from the first day to the last.
    period = "--from", "2024-04-01", "--to", "2024-04-30"
    office.do("people", "substitute", HEAD, "--by", DEPUTY, *period)
    assert points(office, "run")[0]["by"] == [HEAD, DEPUTY]
    office.on("2024-05-01")
    assert points(office, "run", "2024-03")[0]["by"] == [HEAD]


def test_a_step_that_nobody_holds_is_said(tmp_path: Path) -> None:
    office = signing_office(tmp_path / "ledger", CHECKER)
    number = propose(office)
    signed(office, number, CHECKER)
    [point] = points(office, "run")
    assert (point["code"], point["state"], point["next"]) == (
        "run_waits_for_nobody",
        "open",
        ["subsidy people add STAFFNO --post 处长 --document NO"],
    )
    [waiting] = office.read("approvals")
    assert (waiting["post"], waiting["able"]) == ("处长", [])
    assert "处长: nobody can sign today" in office.do("approvals")


def test_an_empty_ledger_is_not_told_to_run(tmp_path: Path) -> None:
    office = Office(tmp_path, "2024-04-05")
    office.begin()
    assert office.read("month", "2024-03")["next"] == ["subsidy notice add FILE"]
    assert stands(office, "2024-03")["run"] == "open"
    # A notice is there and nothing is granted: nothing is to be run, and it still says what would give it something.
    office.do("notice", "add", str(fixture(f"notices/{NOTICE}.yaml")), "--actor", "1001")
    assert stands(office, "2024-03")["run"] == "nothing"
    # In the order in which each can be brought; nothing is asked for twice.
    budget = ["subsidy budget issue 2024 YUAN", "subsidy budget issue 2024/loan-interest YUAN"]
    assert office.read("month", "2024-03")["next"] == [
        "subsidy people add STAFFNO --post POST --document NO",
        *(f"{command} --document NO --on YYYY-MM-DD" for command in budget),
        "subsidy template entities payees payers loans applications grants events --out forms",
        "subsidy import entities FILE --mode full",
        "subsidy import payees FILE --mode full",
        "subsidy import payers FILE --mode full",
        "subsidy import loans FILE --mode full --lender LENDER",
        "subsidy import applications FILE --mode delta",
        "subsidy import grants FILE --mode delta",
    ]
    office.do("budget", "issue", "2024", "1,000.00", "--document", "BUD-1", "--on", "2024-01-05")
    assert office.read("month", "2024-03")["next"][1].startswith("subsidy budget issue 2024/loan-interest ")
    wrong = office.say("month", "--month", "2024-03")
    assert (wrong.exit_code, "--json" in wrong.stderr) == (2, False)
    assert "is written without its name: subsidy month [YYYY-MM]" in wrong.stderr


def test_what_the_hints_say_leads_from_nothing_to_a_posted_month(tmp_path: Path) -> None:
    """A newcomer types what `month` and the commands say next, with own files, and nothing is refused."""
    office = Office(tmp_path, "2024-04-05")
    office.begin()
    files = {
        "entities": "统一社会信用代码,企业名称,注册地区,注册起始日\n{uscc},示例光电有限公司,海淀区,2020-01-01\n",
        "payees": "统一社会信用代码,收款渠道,机构代码,钱包类型,钱包或账户号码,户名\n"
        "{uscc},ecny,C1010211000012,WT09,0012345678901234,示例光电有限公司\n",
        "payers": "付款渠道,机构代码,钱包类型,钱包或账户号码,户名,资金方式\n"
        "ecny,C1010211000012,WT09,0012345678905678,示例补贴专户,zero_balance\n",
        # The bank's own headings, in units of 10,000 yuan.
        "loans": "借据合同编号,客户统一社会信用代码,签约日,到期日,贷款金额(万元),执行利率(%),结息方式\n"
        "L-81,{uscc},2024-01-08,2025-01-08,800,3.45,按季\n",
        "applications": "申报编号,统一社会信用代码,通知编号,申报项目,申报日\nA-1,{uscc},{notice},L-81,2024-02-01\n",
        "grants": "批复编号,申报编号,结果,批复日,批复文号,批复金额上限,收款人\n"
        "G-1,A-1,批准,2024-03-01,示例批1号,100000,ecny\n",
        "events": "借款合同号,事项,日期,金额\nL-81,放款,2024-03-01,8000000\n",
    }
    for name, text in files.items():
        filled = text.format(uscc="91110108MA0000777Y", notice=NOTICE)
        (tmp_path / f"{name}.csv").write_text(filled, encoding="utf-8")
    own = {"STAFFNO": "1002", "POST": "审核岗", "YUAN": "1000000", "YYYY-MM-DD": "2024-01-01", "LENDER": "示例二行"}
    # `init` and `notice add`, which its answer names.
    typed = ["subsidy init", f"subsidy notice add {fixture(f'notices/{NOTICE}.yaml')}"]
    office.do(*typed[1].split()[1:])

    def follow(hint: str) -> str:
        words = hint.split()
        register = words[2] if words[1] == "import" else ""
        own.update(FILE=str(tmp_path / f"{register}.csv"), NO=f"文{len(typed)}号", VALUE="", COLUMN="")
        typed.append(" ".join(own.get(word, word.strip("'")) for word in words))
        # A form is only looked at, and the bank's own list of loans is read by a mapping.
        said = office.say(*typed[-1].split()[1:], actor="1002" if words[1] == "approve" else "1001")
        assert said.exit_code == 0, (typed[-1], said.output)
        return said.output

    def hinted() -> list[str]:
        typed.append("subsidy month")
        return [*office.read("month")["next"]]

    for hint in hinted():
        if hint.startswith("subsidy template"):
            continue
        if hint.startswith("subsidy import loans"):
            lacks = ["--set day_count=ACT/360", "--set due_day=20", "--set due_counted=否"]
            mapped = follow(f"subsidy import map LENDER {tmp_path}/loans.csv --register loans {' '.join(lacks)}")
            (number,) = re.findall(r"subsidy approve (\d+)", mapped)
            agreed = follow(f"subsidy approve {number}")
            (hint,) = re.findall(r"Next: (subsidy import loans FILE .*)", agreed)
        follow(hint)
    events, opening, _instead = hinted()
    follow(events)
    (number,) = re.findall(r"subsidy approve (\d+)", follow(opening))
    follow(f"subsidy approve {number}")
    (run,) = hinted()
    # 1 to 19 March, settled on the 20th: 8,000,000 x 19 x 3.45 % / 360 = 14,566.67, and half of it, 7,283.335, is
    # less than 8,000,000 x 19 x 2 % / 360 = 8,444.44; rounded half up.
    assert "7,283.34" in follow(run)
    assert len(typed) <= 20, typed


def test_a_lenders_own_file_leads_to_its_mapping_and_a_lone_officer_to_a_second(tmp_path: Path) -> None:
    office = Office(tmp_path, "2024-04-05")
    office.begin()
    loans = str(fixture("examples/bank-loans.csv"))
    unsaid = office.say("import", "loans", loans, "--lender", "示例二行")
    assert (unsaid.exit_code, "[mapping_none]" in unsaid.stderr) == (2, True)
    assert f"`subsidy import map 示例二行 {loans} --register loans --preview`" in unsaid.stderr
    wrong = office.say("import", "loans", loans, "--lender", "示例二行", "--mode", "full")
    assert (wrong.exit_code, "subsidy import map 示例二行 " in wrong.stderr) == (2, True)
    office.do("notice", "add", str(fixture(f"notices/{NOTICE}.yaml")))
    alone = office.say("opening", "none", NOTICE)
    assert "First: subsidy people add STAFFNO --post POST --document NO" in alone.stderr
    office.do("people", "add", "1002", "--post", "审核岗", "--document", "D-1")
    (number,) = (one["number"] for one in office.read("approvals"))
    assert "First:" not in office.say("approve", str(number), "--actor", "1002").stderr


def test_while_the_answers_are_waited_for_the_statement_can_be_brought(tmp_path: Path) -> None:
    till = quarters_till(tmp_path)
    (made,) = till.prepare("2024-03")["batches"]
    till.go(made["batch"])
    assert till.read("month", "2024-03")["next"] == ["subsidy pay import-result ANSWER"]
    [item] = till.items(made["batch"])
    till.answer(made["batch"], (item, "SUCCESS", "", "2024-04-02"))
    assert till.read("month", "2024-03")["next"] == ["subsidy reconcile import FILE"]


def test_an_opening_that_waits_is_not_asked_for_again(tmp_path: Path) -> None:
    office = open_office(tmp_path / "ledger", day="2024-04-05")
    office.report("2024-03-31", SECOND_DRAWDOWN)
    assert [point["code"] for point in points(office, "run", "2024-03")] == ["opening_missing"]
    (number,) = re.findall(r"subsidy approve (\d+)", office.do("opening", "none", NOTICE))
    [waits] = points(office, "run", "2024-03")
    assert (waits["code"], waits["next"]) == (
        "opening_waits_for_nobody",
        ["subsidy people add STAFFNO --post POST --document NO"],
    )
    refused = office.say("run", "interest", "--month", "2024-03")
    assert (refused.exit_code, f"`subsidy approve {number}`" in refused.stderr) == (2, True)
    office.do("people", "add", "1002", "--document", "A-2", "--post", "officer")
    [waits] = points(office, "run", "2024-03")
    assert (waits["code"], waits["by"], waits["next"]) == ("opening_waits", ["1002"], [f"subsidy approve {number}"])


def test_an_office_of_one_is_told_that_a_payer_and_a_second_officer_are_missing(tmp_path: Path) -> None:
    office = open_office(tmp_path / "ledger")
    till = Till(office.folder, office.day, office.anchor)
    till.on("2024-04-01").report("2024-03-31", SECOND_DRAWDOWN)
    till.run("2024-03")
    [held] = points(till, "payment", "2024-03")
    assert (held["reason"], held["next"]) == ("payer_missing", ["subsidy import payers FILE --mode full"])
    # Nothing is to be held against a bank before money moves.
    assert (stands(till, "2024-03")["statements"], stands(till, "2024-03")["sign_off"]) == ("nothing", "nothing")
    till.take("payers", PAYERS)
    _type(till, ["subsidy pay prepare 2024-03"])
    [waits] = points(till, "payment", "2024-03")
    assert (waits["code"], waits["state"], waits["next"]) == (
        "batch_waits_for_nobody",
        "open",
        ["subsidy people add STAFFNO --post POST --document NO"],
    )


def test_the_month_from_public_notice_to_sign_off(office: Office) -> None:
    till = Till(office.folder, office.day, office.anchor)
    till.take("payers", PAYERS)
    number = propose(till)
    for staff_no in (CHECKER, HEAD):
        signed(till, number, staff_no)
    # Half of 33,725.00 is posted, and the notice asks for five business days of public notice.
    assert points(till, "run")[0]["amount"] == "16862.50"
    [point] = points(till, "public_notice")
    assert (point["code"], point["lines"]) == ("lines_to_publish", 1)
    [held] = points(till, "payment")
    assert (held["code"], held["amount"], held["reason"]) == ("payment_held", "16862.50", "public_notice_missing")
    till.do("public-notice", "start", number, "--on", "2024-04-01", "--name", "公示1")
    # 1, 2, 3 April, then the Qingming holiday of the 4th to 6th; Sunday the 7th is worked: the fifth day is the 8th.
    [point] = points(till, "public_notice")
    assert (point["code"], point["state"], point["day"]) == ("lines_published", "waits", "2024-04-08")
    till.on("2024-04-09")
    assert stands(till)["public_notice"] == "nothing"
    [ready] = points(till, "payment")
    assert (ready["code"], ready["payouts"], ready["amount"]) == ("to_prepare", 1, "16862.50")
    _type(till, ready["next"])
    [waits] = points(till, "payment")
    assert (waits["code"], waits["by"]) == ("batch_waits", [CHECKER, HEAD, DEPUTY])
    batch = waits["batch"]
    till.do("pay", "approve", batch, "--actor", CHECKER, "--key", key(till, CHECKER))
    assert points(till, "payment")[0]["code"] == "batch_approved"
    till.export(batch)
    assert [point["code"] for point in points(till, "payment")] == ["batch_out"]
    [silent] = points(till, "results")
    assert (silent["code"], silent["payouts"], silent["state"]) == ("answers_missing", 1, "waits")
    [item] = till.items(batch)
    till.answer(batch, (item, "SUCCESS", "", "2024-04-09"))
    # No statement of the account has come yet.
    brought = {"next": ["subsidy reconcile import FILE"]}
    answered = {"code": "answered", "state": "done", "batch": batch, "amount": "16862.50"}
    assert points(till, "results") == [answered | brought]
    # Nothing of March is on an account: the payment is April's.
    assert stands(till, "2024-03")["statements"] in ("nothing", "open")
    [april] = points(till, "statements", "2024-04")
    assert (april["code"], april["account"], april["state"]) == ("statement_never", PAYER, "waits")
    till.on("2024-05-02")
    assert points(till, "statements", "2024-04")[0]["state"] == "open"
    assert stands(till, "2024-04")["sign_off"] == "blocked"


def test_a_month_before_the_last_run_is_behind(office: Office) -> None:
    number = propose(office)
    for staff_no in (CHECKER, HEAD):
        signed(office, number, staff_no)
    [point] = points(office, "run", "2024-02")
    assert (point["code"], point["latest"]) == ("month_behind", "2024-03")
    assert "2024-03 was run after it" in office.do("month", "2024-02")


def test_a_month_that_is_not_over_waits_for_its_end(office: Office) -> None:
    office.report("2024-04-01", SECOND_DRAWDOWN)
    assert points(office, "run", "2024-04") == [{"code": "month_not_over", "state": "waits", "day": "2024-05-01"}]


def test_both_languages_say_the_same_steps(office: Office) -> None:
    propose(office)
    english, chinese = (office.do("--lang", lang, "month").splitlines() for lang in ("en", "zh_CN"))
    assert len(english) == len(chinese)
    assert "3 run: waits" in english
    assert not [line for line in chinese[:-1] if re.search(r"[a-z]{4}", line)], chinese


def _type(office: Office, commands: list[str]) -> None:
    for command in commands:
        office.do(*command.split()[1:])


def test_a_maker_is_told_that_another_signs_and_not_to_make_a_key(office: Office) -> None:
    """Every word on what somebody else recorded: a key would not help whoever recorded it."""
    till = Till(office.folder, office.day, office.anchor)
    till.take("payers", PAYERS)
    number = propose(till)
    said = till.say("approve", number)
    assert (said.exit_code, "[approver_is_maker]" in said.stderr, "--key" in said.stderr) == (2, True, False)
    for staff_no in (CHECKER, HEAD):
        signed(till, number, staff_no)
    till.do("public-notice", "start", number, "--on", "2024-04-01", "--name", "公示1")
    till.on("2024-04-09")
    (made,) = till.prepare("2024-03")["batches"]
    said = till.say("pay", "approve", made["batch"])
    assert (said.exit_code, "[approver_is_maker]" in said.stderr, "--key" in said.stderr) == (2, True, False), said
