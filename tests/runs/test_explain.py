"""The worksheet behind a posting: made again from what the run had read, equal to what stands in the log."""

from pathlib import Path

import pytest

from tests.support.copies import ready
from tests.support.office import NOTICE, USCC, Office, open_office

SECOND, THIRD = "HT1,drawdown,2024-02-26,,8000000,\n", "HT1,drawdown,2024-05-09,,12000000,\n"


@ready
def office(folder: Path) -> Office:
    office = open_office(folder)
    office.on("2024-04-01").report("2024-03-31", SECOND)
    office.run("2024-03")
    office.on("2024-07-01").report("2024-06-30", THIRD)
    office.run("2024-06")
    return office


def test_a_loan_is_explained_by_its_worksheet(office: Office) -> None:
    """18m x 19 d = 33,725.00 and 18m x 50 d + 30m x 42 d = 213,000.00; half of 246,725.00 is 123,362.50."""
    text = office.do("explain", "HT1")
    lines = [line.split() for line in text.splitlines()]
    assert lines[_row(lines, "33,725.00")][-8:] == ["18,000,000", "x", "19", "d", "x", "3.55%/360", "=", "33,725.00"]
    assert lines[_row(lines, "award")][-1] == "123,362.50"
    assert f"{USCC} / loan HT1 / {NOTICE}@sha256:" in text


def test_grant_number_and_contract_number_explain_the_same_line(office: Office) -> None:
    assert office.do("explain", "PF1") == office.do("explain", "HT1")


def test_an_earlier_month_is_explained_as_it_was_run(office: Office) -> None:
    text = office.do("explain", "HT1", "--month", "2024-03")
    assert "213,000.00" not in text
    assert [line.split()[-1] for line in text.splitlines() if line.strip().startswith("award")] == ["16,862.50"]


def test_a_posting_is_explained_by_its_number(office: Office) -> None:
    first = office.read("book", "account", "fin/2303")["postings"][0]["entry"]
    [explained] = office.read("explain", str(first))
    assert explained["month"] == "2024-03"
    assert [(entry["due"], entry["amount"]) for entry in explained["entries"]] == [("2024-03-20", "16862.50")]
    assert office.read("explain", explained["entries"][0]["key"]) == [explained]


def test_an_entry_that_is_no_award_says_where_to_look(office: Office) -> None:
    refused = office.say("explain", "1")
    assert refused.exit_code == 2
    assert refused.stderr == (
        "entry main/budget/2024@BUD-2024-1/0 is not an award: it was posted under document BUD-2024-1; "
        "look at it with `subsidy book entry` [not_an_award]\n"
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("explain", "HT9"), "loan_unknown"),
        (("explain", "99999"), "entry_unknown"),
        (("explain", "HT1", "--month", "2024-05"), "run_unknown"),
        (("run", "show", "2024-05"), "run_unknown"),
    ],
)
def test_what_is_not_there_is_said_so(office: Office, words: tuple[str, ...], code: str) -> None:
    refused = office.say(*words)
    assert (refused.exit_code, f"[{code}]" in refused.stderr) == (2, True)


def test_a_number_may_be_that_of_an_entry_a_contract_or_a_grant(office: Office) -> None:
    last = office.read("book", "account", "fin/2303")["postings"][-1]["entry"]
    assert office.say("explain", str(last + 1)).stderr == (
        f"{last + 1} is neither an entry of the book, whose last one is {last}, nor a loan or grant in the run of "
        "2024-06; give the number of an entry from `subsidy book account`, or a contract or grant number as registered "
        "[entry_unknown]\n"
    )


def _row(lines: list[list[str]], word: str) -> int:
    return next(place for place, line in enumerate(lines) if word in line)
