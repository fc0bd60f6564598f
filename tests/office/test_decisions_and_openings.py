"""Decisions that a run waits for, and what was paid before this ledger."""

import re
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from calculators.awards.lines import Outside
from ledger.office.decisions import Decision, decisions
from ledger.registry.openings import opened_notices, outside_awards
from tests.support.copies import ready
from tests.support.desk import (
    APPLICATIONS,
    BANK,
    ENTITIES,
    FIRM,
    GRANTS,
    LOANS,
    NOTICE,
    OTHER_FIRM,
    PAYEES,
    Desk,
    call,
    equipped_desk,
)

EARLY_CODE = "91350100M0001TGQXM"  # U03: fails the check of GB 32100


@ready
def granted(folder: Path) -> Desk:
    """A desk where PF1 was granted to FIRM on loan HT1 of Bank A, settled on the 20th, counted."""
    office = equipped_desk(folder)
    office.take("entities", f"{ENTITIES}{EARLY_CODE},丙公司,厦门市,2016-01-01\n")
    office.take("payees", PAYEES)
    office.take("loans", LOANS)
    office.take("applications", APPLICATIONS)
    office.take("grants", GRANTS)
    return office


def decide(desk: Desk, kind: str, about: str) -> tuple[int, str]:
    answer = call(desk, "decide", kind, "--about", about, "--reason", "licence seen")
    return answer.exit_code, answer.output


def test_an_override_and_an_exception_are_recorded_once(granted: Desk) -> None:
    assert decide(granted, "uscc-override", EARLY_CODE) == (0, f"Recorded: uscc-override about {EARLY_CODE}.\n")
    assert decide(granted, "lender-exception", f"{BANK}/2024-06")[0] == 0
    size = granted.size
    assert decide(granted, "lender-exception", f"{BANK}/2024-06") == (
        0,
        "This decision stands already; nothing was written.\n",
    )
    assert granted.size == size
    with granted.ledger.read() as view:
        assert decisions(view) == [
            Decision("lender-exception", f"{BANK}/2024-06", "licence seen"),
            Decision("uscc-override", EARLY_CODE, "licence seen"),
        ]


@pytest.mark.parametrize(
    ("kind", "about", "message"),
    [
        ("uscc-override", FIRM, f"the code {FIRM} passes its check; nothing is to be decided [override_not_needed]"),
        (
            "uscc-override",
            "91350211M0000XUF46",
            "the firm 91350211M0000XUF46 is not registered; import the register of entities first, or correct the code "
            "[entity_unknown]",
        ),
        (
            "lender-exception",
            "Bank A",
            "'Bank A' does not say what lender-exception is about; write --about LENDER/YYYY-MM [about_malformed]",
        ),
        (
            "lender-exception",
            "Bank Z/2024-06",
            "no loan of lender Bank Z is registered; import its loans first with `subsidy import loans FILE`; if the "
            "name is misspelt, write it as in the register of loans: Bank A [lender_unknown]",
        ),
        (
            "release-hold",
            "PF1/2024-06-31",
            "'PF1/2024-06-31' does not say what release-hold is about; write --about GRANT/YYYY-MM-DD "
            "[about_malformed]",
        ),
    ],
)
def test_a_decision_about_nothing_is_refused(granted: Desk, kind: str, about: str, message: str) -> None:
    size = granted.size
    assert decide(granted, kind, about) == (2, message + "\n")
    assert granted.size == size


HEADING = "uscc,line,lender,loan,due,amount\n"


def opening(desk: Desk, rows: str) -> tuple[int, str]:
    path = desk.file(HEADING + rows, "paid.csv")
    answer = call(desk, "opening", "import", str(path), "--notice", NOTICE)
    return answer.exit_code, answer.output


def agree(desk: Desk, said: str) -> None:
    """Another person agrees to what the command has recorded."""
    (number,) = re.findall(r"subsidy approve (\d+)", said)
    call(desk, "people", "add", "1002", "--document", "A-2", "--post", "officer")
    agreed = call(desk, "approve", number, "--actor", "1002")
    assert agreed.exit_code == 0, agreed.output


def test_awards_paid_outside(granted: Desk) -> None:
    rows = f'{FIRM},PF1,,,2024-03-20,"12,345.67"\n{OTHER_FIRM},,Bank Z,X-9,2024-03-20,100\n'
    code, said = opening(granted, rows)
    assert (code, said.splitlines()[0]) == (0, f"{NOTICE}: 2 awards paid outside, 12,445.67 yuan.")
    with granted.ledger.read() as view:
        # One person's word counts for nothing.
        assert (opened_notices(view), outside_awards(view)) == (set(), ())
    agree(granted, said)
    with granted.ledger.read() as view:
        assert opened_notices(view) == {NOTICE}
        # The settlement day of HT1 is counted, so its due period ends on the 21st; nobody knows the rule of X-9.
        assert outside_awards(view) == (
            Outside(NOTICE, FIRM, "PF1", BANK, "HT1", date(2024, 3, 21), 1_234_567),
            Outside(NOTICE, OTHER_FIRM, "", "Bank Z", "X-9", date(2024, 3, 20), 10_000),
        )
    size = granted.size
    assert opening(granted, rows)[0] == 0
    assert granted.size == size
    # What is said instead waits, and what stands goes on; turned down, it may be said again.
    none = call(granted, "opening", "none", NOTICE)
    (number,) = re.findall(r"subsidy approve (\d+)", none.output)
    assert call(granted, "approve", number).exit_code == 2
    assert call(granted, "reject", number, "--reason", "it was paid", "--actor", "1002").exit_code == 0
    with granted.ledger.read() as view:
        assert len(outside_awards(view)) == 2
    agree(granted, call(granted, "opening", "none", NOTICE).output)
    with granted.ledger.read() as view:
        assert (opened_notices(view), outside_awards(view)) == ({NOTICE}, ())


def test_awards_paid_outside_in_another_unit_are_said_to_be(granted: Desk) -> None:
    path = granted.file(f"单位：万元\n{HEADING}{FIRM},PF1,,,2024-03-20,1.234567\n", "paid.csv")
    answer = call(granted, "opening", "import", str(path), "--notice", NOTICE)
    said = answer.stdout.splitlines()
    assert (answer.exit_code, said[0]) == (0, f"{NOTICE}: 1 award paid outside, 12,345.67 yuan.")
    assert answer.stderr.startswith("Warning: paid.csv:1:1: amounts are in 万元 here, and were multiplied by 10,000")


def test_the_sheet_of_awards_paid_outside_is_chosen_where_several_could_be_it(granted: Desk) -> None:
    path = granted.folder / "paid.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, amount in (("草稿", "1"), ("定稿", "12,345.67")):
            page = book.add_worksheet(name)
            page.write_row(0, 0, HEADING.strip().split(","))
            page.write_row(1, 0, [FIRM, "PF1", "", "", "2024-03-20", amount])
    words = ("opening", "import", str(path), "--notice", NOTICE)
    assert "[sheet_ambiguous]" in call(granted, *words).stderr
    answer = call(granted, *words, "--sheet", "定稿")
    assert answer.stdout.splitlines()[0] == f"{NOTICE}: 1 award paid outside, 12,345.67 yuan."


def test_none_were_paid_outside(granted: Desk) -> None:
    answer = call(granted, "opening", "none", NOTICE)
    said = answer.output.splitlines()
    assert (answer.exit_code, said[0]) == (0, f"{NOTICE}: nothing was paid outside this ledger.")
    agree(granted, said[1])
    with granted.ledger.read() as view:
        assert opened_notices(view) == {NOTICE}
        assert outside_awards(view) == ()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            f"{FIRM},PF9,,,2024-03-20,1\n",
            "paid.csv:2:2 line: there is no grant PF9; import the register of grants first, or correct the number "
            "[grant_unknown]",
        ),
        (
            f"{OTHER_FIRM},PF1,,,2024-03-20,1\n",
            f"paid.csv:2:1 uscc: grant PF1 has {FIRM} here; correct the cell, or the grant number [line_differs]",
        ),
        (
            "",
            f"the file has no rows; if nothing was paid, say `subsidy opening none {NOTICE}` [opening_empty]",
        ),
    ],
)
def test_an_opening_position_that_cannot_be(granted: Desk, rows: str, message: str) -> None:
    size = granted.size
    assert opening(granted, rows) == (2, message + "\n")
    assert granted.size == size


def test_an_opening_position_of_a_notice_nobody_added(granted: Desk) -> None:
    answer = call(granted, "opening", "none", "no-such-notice")
    assert answer.exit_code == 2
    assert "[notice_unknown]" in answer.output
