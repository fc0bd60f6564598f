"""Clear words stay clear: signs that nobody sees and texts beyond reason are refused at every door, by one function."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calculators.clear import LONGEST, hidden_at, unclear
from calculators.files.yaml import load_notice
from calculators.problems import Refused
from cli import cli
from ledger.payouts.channels import ecny
from ledger.payouts.results import take_result
from ledger.resources import fixture
from tests.support.bad_days import CODE
from tests.support.desk import FIRM, NOTICE, Desk, call, workbook

# From Unicode's own names: what each does to a line that shows it.
HIDDEN = {
    "\u202e": "right-to-left override",
    "\u2066": "left-to-right isolate",
    "\u200b": "zero width space",
    "\u200d": "zero width joiner",
    "\ufeff": "zero width no-break space",
    "\u00ad": "soft hyphen",
    "\u3164": "Hangul filler",
    "\u2800": "Braille pattern blank",
    "\ufe0f": "variation selector-16",
    "\x07": "bell",
    "\x1b": "escape",
    "\n": "line feed",
    "\u2028": "line separator",
}


@pytest.mark.parametrize("sign", HIDDEN, ids=HIDDEN.values())
def test_a_hidden_sign_is_found_where_it_stands(sign: str) -> None:
    assert hidden_at(f"处{sign}长") == 1
    problem = unclear(f"处{sign}长")
    assert problem
    assert problem.code == "text_unprintable"


@pytest.mark.parametrize(
    "text", ["", "处长", "Bank A（中国）", "a\u3000b", "é", "\U00020bb7野家", "〔2024〕1号", "x" * LONGEST]
)
def test_what_shows_itself_is_taken(text: str) -> None:
    assert unclear(text) is None


def test_a_text_beyond_reason() -> None:
    problem = unclear("x" * (LONGEST + 1))
    assert problem
    assert problem.code == "text_too_long"


def codes(result: Result) -> list[str]:
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    return CODE.findall(result.stderr)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("people", "add", "1002", "--post", "处\u202e长", "--document", "D-1"), "--post: "),
        (("people", "add", "1002", "--post=处\u202e长", "--document", "D-1"), "--post: "),
        (("people", "add", "1002", "--post", "处长", "--document", "D\u200b-1"), "--document: "),
        (("people", "add", "1002", "--post", "处长", "--document", "D-1", "--name", "张\u2066三"), "--name: "),
        (("run", "withdraw", "1", "--reason", "a\x07b"), "--reason: "),
        (("budget", "issue", "2024/a\u200bb", "1", "--document", "D-1"), "(5): "),
        (("notice", "add", "no\u202etice.yaml"), "(5): "),
    ],
)
def test_the_command_line(words: tuple[str, ...], place: str, office: Desk) -> None:
    size = office.size
    result = call(office, *words)
    assert codes(result) == ["text_unprintable"]
    assert result.stderr.startswith(place)
    assert office.size == size


def test_the_command_line_says_all_at_once_and_knows_a_length(office: Desk) -> None:
    result = call(office, "people", "add", "1002", "--post", "x" * 1001, "--document", "D\u200b-1")
    assert codes(result) == ["text_too_long", "text_unprintable"]


def test_the_officer_named_by_the_surroundings(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        cli, ["--db", f"sqlite:///{tmp_path}/a.db", "init"], env={"SUBSIDY_ACTOR": "10\u200b01"}
    )
    assert codes(result) == ["text_unprintable"]
    assert list(tmp_path.iterdir()) == []


HEADING = "uscc,name,district,district_from"


@pytest.mark.parametrize(("name", "code"), [("甲\u202e公司", "text_unprintable"), ("甲" * 1001, "text_too_long")])
def test_registers(name: str, code: str, office: Desk, tmp_path: Path) -> None:
    row = [FIRM, name, "海淀区", "2015-03-02"]
    assert office.codes("entities", f"{HEADING}\n{','.join(row)}\n") == [f"{code} 2:2"]
    assert office.codes("entities", workbook(tmp_path / "a.xlsx", [HEADING.split(","), row])) == [f"{code} 2:2"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("甲\u202e乙", ["text_unprintable"]),
        # Hidden in an escape.
        ('"甲\\u202e乙"', ["text_unprintable"]),
        ("甲" * 1001, ["text_too_long"]),
    ],
)
def test_yaml(title: str, expected: list[str]) -> None:
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith("  zh: "))
    with pytest.raises(Refused) as refused:
        load_notice(text.replace(line, f"  zh: {title}"), "n.yaml")
    assert [problem.code for problem in refused.value.problems] == expected


def test_json_of_a_channel(office: Desk) -> None:
    item = {"item_no": "S1", "state": "FAIL", "reason": "closed\u202e"}
    said = {"request_no": "B1", "batch_state": "FINISH", "reason": "x" * 1001, "items": [item]}
    answer = ecny.read(json.dumps(said).encode(), "answer.json")
    with office.ledger.write("1001") as writer, pytest.raises(Refused) as refused:
        take_result(writer, office.ledger.vault, answer, "answer.json", b"{}")
    assert [(problem.code, problem.place.key) for problem in refused.value.problems] == [
        ("text_too_long", "reason"),
        ("text_unprintable", "item 1 reason"),
    ]


def test_json_of_an_accrual(tmp_path: Path) -> None:
    text = fixture("first-month/accrual.json").read_text(encoding="utf-8")
    said = json.loads(text)
    key = next(key for key, value in said.items() if isinstance(value, str))
    path = tmp_path / "accrual.json"
    path.write_text(json.dumps({**said, key: f"{said[key]}\u200b"}), encoding="utf-8")
    result = CliRunner().invoke(cli, ["calc", "accrual", str(path)])
    assert "text_unprintable" in codes(result)
