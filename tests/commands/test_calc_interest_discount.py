"""`subsidy calc interest-discount`: the example of the design from two files, for people and for programs."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from cli import cli
from ledger.resources import fixture

# Drawdowns, rate, schedule and window of the example of DESIGN.md 4.
FACTS = """\
entity: {uscc: E1, name: 示例公司, districts: [{from: 2020-01-01, name: 海淀区}]}
application: {application_no: A-1, applied_on: 2024-03-01}
grant: {grant_no: G-1, granted_on: 2024-03-10, ceiling: "1,000,000"}
loan:
  contract_no: L-77
  lender: 示例银行
  signed_on: 2024-01-08
  matures_on: 2025-01-10
  amount: "30,000,000"
  day_count: ACT/360
  due_every: quarter
  due_day: 20
  due_counted: no
  rate: 3.55%
  events:
    - {kind: drawdown, date: 2024-01-10, amount: "10,000,000"}
    - {kind: drawdown, date: 2024-02-26, amount: "8,000,000"}
    - {kind: drawdown, date: 2024-05-09, amount: "12,000,000"}
through: 2024-12-31
"""


def call(folder: Path, *words: str, facts: str = FACTS, notice: str = "") -> Result:
    (folder / "facts.yaml").write_text(facts, encoding="utf-8")
    notice = notice or str(fixture("notices/example-loan-interest-discount.yaml"))
    arguments = ["calc", "interest-discount", "--notice", notice, "--facts", str(folder / "facts.yaml")]
    return CliRunner().invoke(cli, [*arguments, *words])


def test_people_read_a_worksheet(tmp_path: Path) -> None:
    answer = call(tmp_path)
    assert (answer.exit_code, answer.stderr) == (0, "")
    lines = answer.stdout.splitlines()
    assert lines[0].startswith("E1 / loan L-77 / example-loan-interest-discount@sha256:")
    # The figures of the design's example.
    assert " points        7,992,000,000 yuan-days x 2.0%/360      =    444,000.00  n3.2" in lines
    assert " share         50% of 788,100.00                       =    394,050.00  n3.2" in lines
    assert lines[-1] == " award         394,050.00"


def test_programs_read_the_digest(tmp_path: Path) -> None:
    answer = call(tmp_path, "--json")
    assert answer.exit_code == 0
    found = json.loads(answer.stdout)
    assert found["award"] == "394050.00"
    assert found["digest"]["award_fen"] == 39_405_000
    # Half of the cumulative interest: of 33,725.00; of 246,725.00; of 518,891.67 (259,445.835, half up); of 788,100.00.
    awards = [(period["due"], period["award_fen"]) for period in found["digest"]["periods"]]
    assert awards == [
        ("2024-03-20", 16_862_50),
        ("2024-06-20", 123_362_50 - 16_862_50),
        ("2024-09-20", 259_445_84 - 123_362_50),
        ("2024-12-20", 394_050_00 - 259_445_84),
    ]
    assert found["worksheet"][-1] == " award         394,050.00"


def test_the_problems_of_both_files_come_at_once(tmp_path: Path) -> None:
    answer = call(tmp_path, facts=FACTS.replace("rate: 3.55%", "rate: 3.55"), notice=str(tmp_path / "none.yaml"))
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert "[file_missing]" in answer.stderr
    assert "facts.yaml:14:9 loan.rate: '3.55' is not a loan's rate" in answer.stderr


def test_a_loan_that_is_not_eligible_is_explained_and_no_error(tmp_path: Path) -> None:
    example = fixture("notices/example-loan-interest-discount.yaml").read_text(encoding="utf-8")
    window = "  - {on: contract, from: 2024-02-01, assumption: true}\nbasis:"
    strict = tmp_path / "strict.yaml"
    strict.write_text(example.replace("basis:", window, 1), encoding="utf-8")
    answer = call(tmp_path, notice=str(strict))
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[1:] == [
        " refused       window_contract: 2024-01-08 in 2024-02-01..         assumption",
        " met           one_support_per_year: 0 <= 0                        guide.III.2.2",
        " award         0.00",
    ]
