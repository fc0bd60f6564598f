"""`subsidy calc insurance-premium` and `incentive`, and the cases of their notices: two files in, a worksheet out."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import cli
from ledger.resources import fixture

PREMIUM = "first-set-equipment-insurance"
SPACE = "gjj-2024-batch-1-space-insurance"
TAPE_OUT = "gjj-2023-tape-out"


def call(*words: str) -> Result:
    return CliRunner().invoke(cli, [*words], catch_exceptions=False)


def calc(calculator: str, notice: str, facts: str, *words: str) -> Result:
    files = ["--notice", str(fixture(f"notices/{notice}.yaml")), "--facts", str(fixture(f"examples/{facts}.yaml"))]
    return call("calc", calculator, *files, *words)


def test_programs_read_the_parts_of_a_premium() -> None:
    answer = calc("insurance-premium", SPACE, "insurance-premium", "--json")
    assert (answer.exit_code, answer.stderr) == (0, "")
    found = json.loads(answer.stdout)
    digest = found["digest"]
    # Half of 12,000,000, at most 5,000,000 per launch; 3,000,000 came back: half of 9,000,000 is 4,500,000.
    assert found["award"] == "4500000.00"
    assert [(one["due"], one["base_fen"], one["award_fen"]) for one in digest["periods"]] == [
        ("2024-05-11", 1_200_000_000, 500_000_000),
        ("2025-02-04", 900_000_000, -50_000_000),
    ]
    assert (digest["item"], digest["calculator"], digest["eligible"]) == ("P-1", "insurance_premium/2", True)
    assert found["worksheet"][-1] == " award         4,500,000.00"


def test_programs_read_what_a_claim_is_due() -> None:
    found = json.loads(calc("incentive", TAPE_OUT, "incentive", "--json").stdout)
    assert (found["award"], found["digest"]["calculator"]) == ("3000000.00", "incentive/1")


def test_an_officer_reads_the_worksheet_in_chinese() -> None:
    answer = call(
        *["--lang", "zh_CN", "calc", "insurance-premium"],
        *["--notice", str(fixture(f"notices/{SPACE}.yaml"))],
        *["--facts", str(fixture("examples/insurance-premium.yaml"))],
    )
    assert answer.exit_code == 0
    assert answer.stdout.encode("gbk")
    lines = answer.stdout.splitlines()
    assert " 补贴比例      50% x 12,000,000.00，投保第 1 年        =  6,000,000.00  space" in lines
    assert lines[-1].split() == ["补贴", "4,500,000.00"]


@pytest.mark.parametrize(
    ("calculator", "notice", "facts", "message"),
    [
        ("incentive", SPACE, "incentive", "this notice is of type insurance_premium, not incentive"),
        ("insurance-premium", TAPE_OUT, "insurance-premium", "this notice is of type incentive, not insurance_premium"),
        ("interest-discount", TAPE_OUT, "incentive", "this notice is of type incentive, not loan_interest_discount"),
    ],
)
def test_a_notice_of_another_type_is_refused(calculator: str, notice: str, facts: str, message: str) -> None:
    answer = calc(calculator, notice, facts)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert message in answer.stderr
    assert "[notice_other_type]" in answer.stderr


def test_a_case_that_fails_is_shown_as_a_worksheet_with_its_line_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = fixture(f"notices/{PREMIUM}.yaml").read_text(encoding="utf-8")
    cases = fixture(f"notices/{PREMIUM}.cases.yaml").read_text(encoding="utf-8")
    Path("n.yaml").write_text(text, encoding="utf-8")
    # Of the return 240,000.00 are taken back (see the case); a fen more is expected here.
    wrong = cases.replace('{due: 2025-04-11, taken_back: "240,000.00"}', '{due: 2025-04-11, taken_back: "240,000.01"}')
    Path("n.cases.yaml").write_text(wrong, encoding="utf-8")
    answer = call("notice", "check", "n.yaml")
    assert answer.exit_code == 1
    shown = answer.stdout.splitlines()
    assert shown[:2] == [
        "n.cases.yaml: case an endorsement, then a return",
        "award of the period before 2025-04-11: expected -240,000.01, came out -240,000.00",
    ]
    assert "less 2,400,000.00 of earlier events = -240,000.00" in [" ".join(line.split()) for line in shown]
    assert shown[-2] == ">  award         2,160,000.00"
    assert shown[-1].endswith("well formed; cases that agree: 8 of 9")


def test_a_worksheet_that_reads_otherwise_is_marked_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cases = fixture(f"notices/{PREMIUM}.cases.yaml").read_text(encoding="utf-8")
    Path("n.yaml").write_text(fixture(f"notices/{PREMIUM}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    Path("n.cases.yaml").write_text(cases.replace("3% of the liability", "4% of the liability"), encoding="utf-8")
    answer = call("notice", "check", "n.yaml")
    assert answer.exit_code == 1
    assert [line for line in answer.stdout.splitlines() if line.startswith(">")] == [
        ">  max_rate      3% of the liability 100,000,000.00      =  3,000,000.00  first-set"
    ]
