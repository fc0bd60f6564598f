"""`subsidy notice`: what its commands print, and their exit codes."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import cli
from ledger.resources import fixture
from tests.support.opened import open_ledger

URL = "sqlite:///subsidy.db"
NAME = "example-loan-interest-discount"
TEXT = fixture(f"notices/{NAME}.yaml").read_text(encoding="utf-8")
CASES = fixture(f"notices/{NAME}.cases.yaml").read_text(encoding="utf-8")
# How many cases stand in the file, each with its name.
COUNT = CASES.count("\n  - name: ")
REF = f"{NAME}@sha256:{sha256(TEXT.encode()).hexdigest()}"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice and its cases lie in the working folder; the anchor lies beside it."""
    office = tmp_path / "office"
    office.mkdir()
    monkeypatch.chdir(office)
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path / "anchor"))
    monkeypatch.setenv("SUBSIDY_ACTOR", "1001")
    Path("n.yaml").write_text(TEXT, encoding="utf-8")
    Path("n.cases.yaml").write_text(CASES, encoding="utf-8")


def call(*words: str) -> Result:
    return CliRunner().invoke(cli, [*words], catch_exceptions=False)


def test_a_good_notice_says_how_many_cases_agree() -> None:
    answer = call("notice", "check", "n.yaml")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout == f"{REF}: well formed; cases that agree: {COUNT} of {COUNT}\n"


def test_a_check_in_json_says_what_it_found_in_each_file() -> None:
    wrong = CASES.replace('award: "394,050.00"', 'award: "394,050.01"', 1)
    Path("n.cases.yaml").write_text(wrong, encoding="utf-8")
    Path("broken.yaml").write_text("id: x\n", encoding="utf-8")
    answer = call("notice", "check", "n.yaml", "broken.yaml", "--json")
    assert (answer.exit_code, answer.stderr) == (2, "")
    good, broken = json.loads(answer.stdout)
    assert (good["file"], good["ref"], good["cases"], good["problems"]) == ("n.yaml", REF, COUNT, [])
    [differs] = good["differ"]
    assert differs["what"] == "award: expected 394,050.01, came out 394,050.00"
    assert differs["worksheet"][-1].split() == ["award", "394,050.00"]
    assert (broken["ref"], broken["differ"]) == ("", [])
    assert broken["problems"] == ["broken.yaml:1:1 type: this key is missing; add it with its value [key_missing]"]
    assert call("notice", "check", "n.yaml", "--json").exit_code == 1


def test_a_notice_is_read_back_in_json_line_by_line() -> None:
    text = call("notice", "read-back", "n.yaml").stdout
    read = json.loads(call("notice", "read-back", "n.yaml", "--json").stdout)
    assert (read["ref"], read["lines"]) == (REF, text.splitlines())


def test_a_notice_without_cases_is_still_checked() -> None:
    Path("n.cases.yaml").unlink()
    answer = call("notice", "check", "n.yaml")
    assert (answer.exit_code, answer.stdout) == (
        0,
        f"{REF}: well formed; no worked case shows what it pays: write some into n.cases.yaml\n",
    )


def test_a_case_that_fails_is_shown_as_a_worksheet_with_its_line_marked() -> None:
    # The share of the last due period is 134,604.16 (see the case); one fen more is expected here.
    wrong = CASES.replace('award: "394,050.00"', 'award: "394,050.01"', 1)
    Path("n.cases.yaml").write_text(wrong, encoding="utf-8")
    answer = call("notice", "check", "n.yaml")
    assert answer.exit_code == 1
    assert answer.stdout.splitlines() == [
        "n.cases.yaml: case three drawdowns, the lower of points and share, cut by the window",
        "award: expected 394,050.01, came out 394,050.00",
        f"  E1 / loan L-77 / {REF}",
        "   eligible      one_support_per_year: 0 <= 0                        guide.III.2.2",
        "   interest      03-20   18,000,000 x 19 d x 3.55%/360 =     33,725.00",
        "                 06-20   18,000,000 x 50 d x 3.55%/360 =     88,750.00",
        "                 06-20   30,000,000 x 42 d x 3.55%/360 =    124,250.00",
        "                 09-20   30,000,000 x 92 d x 3.55%/360 =    272,166.67",
        "                 12-20   30,000,000 x 91 d x 3.55%/360 =    269,208.33",
        "                                                              total 788,100.00",
        "   points        7,992,000,000 yuan-days x 2.0%/360      =    444,000.00  n3.2",
        "   share         50% of 788,100.00                       =    394,050.00  n3.2",
        "   combine       lowest (to date) -> share                    394,050.00",
        "   cap           entity_year 30,000,000, used 0: not binding",
        ">  award         394,050.00",
        f"{REF}: well formed; cases that agree: {COUNT - 1} of {COUNT}",
    ]


def test_a_case_that_was_to_be_refused_is_marked_at_its_conditions() -> None:
    wrong = CASES.replace('award: "394,050.00"', 'award: "0.00"\n      refused: [second_support]', 1)
    Path("n.cases.yaml").write_text(wrong, encoding="utf-8")
    answer = call("notice", "check", "n.yaml")
    assert answer.exit_code == 1
    assert answer.stdout.splitlines()[1] == "refused: expected second_support, came out -"
    assert [line[1:].split()[0] for line in answer.stdout.splitlines() if line.startswith(">")] == ["eligible"]


def test_a_case_that_was_to_be_paid_says_why_it_was_not() -> None:
    wrong = CASES.replace("      refused: [notice_not_in_force]\n", "")
    Path("n.cases.yaml").write_text(wrong, encoding="utf-8")
    answer = call("notice", "check", "n.yaml")
    assert answer.exit_code == 1
    assert answer.stdout.splitlines()[:3] == [
        "n.cases.yaml: case refused, drawn a day early",
        "refused: expected -, came out notice_not_in_force",
        f"> A-1: no version of the notice {NAME} is in force on the drawdown date; check that date and the"
        " effective days of the notice [notice_not_in_force]",
    ]


def test_a_bad_file_does_not_hide_the_others() -> None:
    Path("bad.yaml").write_text("id: x\n\ttab", encoding="utf-8")
    Path("worse.yaml").write_text("", encoding="utf-8")
    answer = call("notice", "check", "bad.yaml", "n.yaml", "worse.yaml", "missing.yaml")
    assert answer.exit_code == 2
    assert answer.stdout == f"{REF}: well formed; cases that agree: {COUNT} of {COUNT}\n"
    assert answer.stderr.splitlines() == [
        "bad.yaml:2:1: here stands a tab; indent with spaces, two for each level [yaml_tab]",
        "worse.yaml:1:1: the file says nothing; write keys and values into it [yaml_empty]",
        "missing.yaml: there is no file to read here; check its name and folder [file_missing]",
    ]


def test_add_list_and_show() -> None:
    open_ledger(URL)
    assert call("notice", "add", "n.yaml").stdout == f"{REF}: registered\n"
    assert call("notice", "add", "n.yaml").stdout == f"{REF}: registered before, nothing changed\n"
    listed = call("notice", "list").stdout.splitlines()
    assert len(listed) == 3
    assert listed[2].split() == [
        NAME,
        *["Example", "notice", "on", "loan", "interest", "discounts", "2024", "2024-01-01"],
        REF.partition("@")[2][:19],
    ]
    assert call("notice", "show", NAME).stdout == TEXT
    assert call("notice", "show", REF).stdout == TEXT


def test_the_list_for_programs() -> None:
    open_ledger(URL)
    call("notice", "add", "n.yaml")
    (row,) = json.loads(call("notice", "list", "--json").stdout)
    assert row == {
        "id": NAME,
        "ref": REF,
        "title_en": "Example notice on loan interest discounts",
        "title_zh": "示例：贷款贴息通知",
        "fund_year": 2024,
        "effective_from": "2024-01-01",
        "unverified": ["n3.2"],
    }


def test_a_notice_reads_back_the_same_from_its_file_and_from_the_ledger() -> None:
    open_ledger(URL)
    call("notice", "add", "n.yaml")
    from_file = call("notice", "read-back", "n.yaml")
    assert (from_file.exit_code, from_file.stdout.splitlines()[1]) == (0, REF)
    assert call("notice", "read-back", NAME).stdout == from_file.stdout


@pytest.mark.parametrize("command", ["show", "read-back"])
def test_a_notice_nobody_registered(command: str) -> None:
    open_ledger(URL)
    answer = call("notice", command, "no-such-notice")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr == (
        "no notice no-such-notice is registered; see the registered ones with: subsidy notice list [notice_unknown]\n"
    )


def test_a_pattern_that_names_the_cases_too_checks_each_notice_once() -> None:
    answer = call("notice", "check", "n.cases.yaml", "n.yaml")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout == f"{REF}: well formed; cases that agree: {COUNT} of {COUNT}\n"


def test_cases_without_their_notice_are_refused_in_one_line() -> None:
    answer = call("notice", "check", "n.cases.yaml")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr == (
        "n.cases.yaml: this file holds the cases of a notice and is not a notice itself; "
        "name n.yaml; its cases are calculated with it [cases_not_notice]\n"
    )
