"""`subsidy reconcile read`: the JSON that programs build on, and what people see."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import cli
from tests.reconcile.forms import ACCOUNT, balance, camt053, entry, mt940, stmt, write

NUMBER = "6222020000000001234"
INSIDE = (
    "<NtryDtls><TxDtls><Refs><EndToEndId>S001</EndToEndId></Refs><Amt Ccy='CNY'>300.00</Amt><RltdPties>"
    f"<Cdtr><Nm>北京示例机械有限公司 {NUMBER}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{NUMBER}</Id></Othr></Id></CdtrAcct>"
    f"</RltdPties><RmtInf><Ustrd>补助 {NUMBER} DE58740618130100033626 6222 0200 0000 0001 234</Ustrd></RmtInf>"
    "</TxDtls></NtryDtls>"
)
STATEMENT = camt053(
    stmt(
        balance("OPBD", "1000.00", "2025-03-01")
        + balance("CLBD", "700.00", "2025-03-31")
        + entry("300.00", "DBIT", inside=INSIDE)
    )
)


def call(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["reconcile", "read", *words], env=environment)


def test_the_json_has_exactly_these_keys(tmp_path: Path) -> None:
    answer = call(str(write(tmp_path, "a.xml", STATEMENT)), "--json")
    assert (answer.exit_code, answer.stderr) == (0, "")
    text = "补助 ****1234 ****3626 ****1234"
    assert json.loads(answer.stdout) == {
        "statements": [
            {
                "account": "****0123",
                "currency": "CNY",
                "opening_fen": 100000,
                "closing_fen": 70000,
                "integrity": "ok",
                "lines": [
                    {
                        "booked_on": "2025-03-03",
                        "amount_fen": -30000,
                        "reversal": False,
                        "returned": False,
                        "reference": "S001",
                        "counterparty": "北京示例机械有限公司 ****1234",
                        "text": text,
                        "details": [
                            {
                                "booked_on": "2025-03-03",
                                "amount_fen": -30000,
                                "reversal": False,
                                "returned": False,
                                "reference": "S001",
                                "counterparty": "北京示例机械有限公司 ****1234",
                                "text": text,
                            }
                        ],
                    }
                ],
            }
        ]
    }


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_no_account_number_is_shown_in_full(as_json: list[str], tmp_path: Path) -> None:
    answer = call(str(write(tmp_path, "a.xml", STATEMENT)), *as_json)
    assert "****1234" in answer.output
    for number in (NUMBER, ACCOUNT, "DE58740618130100033626", "6222 0200"):
        assert number not in answer.output


def test_a_difference_is_named_and_ends_with_1(tmp_path: Path) -> None:
    answer = call(str(write(tmp_path, "a.sta", mt940(":61:2503030303C5,NTRFA"))), "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["statements"][0]["integrity"] == "unbalanced"
    assert "-5.00 CNY apart" in answer.stderr


def test_without_balances_it_is_read_and_said(tmp_path: Path) -> None:
    answer = call(str(write(tmp_path, "a.csv", "交易日期,收入,支出,摘要\n2025-03-03,,300.00,补助\n")), "--json")
    assert answer.exit_code == 0
    found = json.loads(answer.stdout)["statements"][0]
    assert (found["opening_fen"], found["closing_fen"], found["integrity"]) == (None, None, "no-balances")
    assert "[balances_missing]" in answer.stderr


def test_people_see_a_table_in_their_language(tmp_path: Path) -> None:
    path = str(write(tmp_path, "a.xml", STATEMENT))
    assert call(path).stdout.splitlines()[0] == (
        "camt.053, account ****0123, CNY, 1 line: complete: balances and lines agree"
    )
    answer = CliRunner().invoke(cli, ["--lang", "zh_CN", "reconcile", "read", path])
    assert answer.stdout.splitlines()[0] == "camt.053，账号 ****0123，CNY，1 条明细：完整，余额与明细相符"


def test_a_format_can_be_named_with_or_without_its_points(tmp_path: Path) -> None:
    path = str(write(tmp_path, "a.xml", STATEMENT))
    assert call(path, "--format", "CAMT053").exit_code == 0
    answer = call(path, "--format", "mt940")
    assert (answer.exit_code, "[statement_missing]" in answer.stderr) == (2, True)
    answer = call(path, "--format", "pdf")
    assert (answer.exit_code, "[format_name]" in answer.stderr) == (2, True)
    assert call("no-such-file.csv").exit_code == 2


def test_what_a_line_hides_is_shown_and_hides_no_number(tmp_path: Path) -> None:
    """The payer chooses these words: a direction that is turned shows as its number, a number with a gap is masked."""
    inside = STATEMENT.replace("补助", "退\u202e款").replace(">S001<", ">S\u200b001<")
    assert inside.count("\u202e") == 1
    rest = f" {NUMBER} DE58740618130100033626 6222 0200 0000 0001 234"
    path = str(write(tmp_path, "a.xml", inside.replace(rest, "")))
    line = json.loads(call(path, "--json").stdout)["statements"][0]["lines"][0]
    assert (line["text"], line["reference"]) == ("退<U+202E>款", "S<U+200B>001")
    table = call(path, "--wide").stdout
    assert "\u202e" not in table
    assert "\u200b" not in table
    other = "622848\u200b0402564890018"
    path = str(write(tmp_path, "b.xml", inside.replace(rest, f" {other}")))
    line = json.loads(call(path, "--json").stdout)["statements"][0]["lines"][0]
    assert line["text"] == "退款 ****0018"
