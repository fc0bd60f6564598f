"""An operator that is new: one person adds it with its source, another agrees, and payees may have wallets there."""

from pathlib import Path

import pytest

from tests.support.office import USCC
from tests.support.till import Till, quarters_till

# Codes of the banks that joined in 2026 are published nowhere; this one is invented.
CODE = "C0000000000000"
HEADINGS = "uscc,channel,institution,wallet_type,number,holder\n"
ADD = ("operator", "add", CODE, "--name", "示例银行", "--source", "letter 12")


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def payee(till: Till, *words: str) -> str:
    row = f"{USCC},ecny,{CODE},WT09,0012345678901234,示例企业\n"
    return till.take("payees", HEADINGS + row, "--mode", "delta", *words)


def add(till: Till, *words: str) -> tuple[str, ...]:
    """Add the operator; the command that the answer gives to a second person."""
    return tuple(till.do(*ADD, *words).strip().rpartition("subsidy ")[2].split())


def refused(till: Till, *words: str, actor: str = "1001") -> str:
    said = till.say(*words, "--actor", actor)
    assert said.exit_code == 2, said.output
    return said.stderr


def test_an_unknown_code_is_held_and_comes_well_once_two_people_added_it(till: Till) -> None:
    payee(till, "--hold-bad")
    [hold] = till.read("import", "holds")
    assert "`subsidy operator add`" in hold["problems"][0]["remedy"]
    approve = add(till, "--from", "2024-03-01")
    # It does not count yet, and never by who added it.
    assert (
        "institution_unknown"
        in till.say("import", "payees", f"{till.folder}/{till.files:02d}-payees.csv", "--mode", "delta").stderr
    )
    assert [one["command"] for one in till.read("approvals")] == [" ".join(("subsidy", *approve))]
    assert "[approver_is_maker]" in refused(till, *approve)
    assert till.as_second(*approve).exit_code == 0
    assert till.read("approvals") == []
    assert "[not_waiting]" in refused(till, *approve, actor="1002")
    payee(till)
    assert till.read("import", "holds") == []
    [listed] = [one for one in till.read("operator", "list") if one["code"] == CODE]
    assert listed == {
        "code": CODE, "name_zh": "示例银行", "name_en": "", "from": "2024-03-01", "source": "letter 12", "waits": False
    }  # fmt: skip
    till.verify()


def test_nobody_is_paid_there_outside_its_days(till: Till) -> None:
    assert till.as_second(*add(till, "--from", "2024-05-01", "--to", "2024-12-31")).exit_code == 0
    payee(till)
    till.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
        f"PF1,SB1,granted,2024-03-15,批〔2024〕1号,500000,ecny/{CODE}/000002\n",
    )
    till.on("2024-04-30")
    assert [one["code"] for one in till.prepare("2024-03", "--dry-run")["held"]] == ["operator_not_running"]
    # On the first day the new wallet waits for its second person, as every changed payee does.
    till.on("2024-05-01")
    assert [one["code"] for one in till.prepare("2024-03", "--dry-run")["held"]] == ["payee_unapproved"]


def test_a_new_version_counts_only_once_it_is_agreed_to(till: Till) -> None:
    assert till.as_second(*add(till, "--from", "2024-05-01")).exit_code == 0
    assert "nothing was written" in till.do(*ADD, "--from", "2024-05-01")
    till.do(*ADD, "--from", "2024-03-01")
    days = [(one["from"], one["waits"]) for one in till.read("operator", "list") if one["code"] == CODE]
    assert days == [("2024-05-01", False), ("2024-03-01", True)]


def test_only_the_last_version_is_agreed_to_and_one_turned_down_can_be_added_again(till: Till) -> None:
    first, second = add(till, "--from", "2024-05-01"), add(till, "--from", "2024-04-01")
    assert "[not_waiting]" in refused(till, *first, actor="1002")
    assert till.as_second("reject", second[1], "--reason", "not in the letter").exit_code == 0
    assert "[not_waiting]" in refused(till, *second, actor="1002")
    assert till.read("approvals") == []
    assert till.as_second(*add(till, "--from", "2024-04-01")).exit_code == 0
    days = [(one["from"], one["waits"]) for one in till.read("operator", "list") if one["code"] == CODE]
    assert days == [("2024-04-01", False)]
    till.verify()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("operator", "add", "0012345678901234", "--from", "2024-03-01"), "operator_malformed"),
        (("operator", "add", CODE, "--from", "2024-03-01", "--to", "2024-02-01"), "dates_reversed"),
        (("operator", "add", CODE, "--from", "soon"), "date_malformed"),
    ],
)
def test_what_is_no_operator_is_not_recorded(till: Till, words: tuple[str, ...], code: str) -> None:
    assert f"[{code}]" in refused(till, *words, "--name", "示例银行", "--source", "letter 12")


@pytest.mark.parametrize("blank", ["--name", "--source"])
def test_a_name_or_a_source_that_says_nothing_is_missing(till: Till, blank: str) -> None:
    said = {"--name": "示例银行", "--source": "letter 12", "--from": "2026-06-01", blank: "  "}
    words = [word for option in said.items() for word in option]
    assert f"{blank} is missing" in refused(till, "operator", "add", CODE, *words)
    assert not any(one["code"] == CODE for one in till.read("operator", "list"))
