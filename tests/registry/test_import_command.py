"""The commands around the registers as an officer types them: preview, listing, a firm at a glance."""

import json
from pathlib import Path

import pytest

from tests.support.copies import ready
from tests.support.desk import (
    APPLICATIONS,
    BANK,
    ENTITIES,
    FIRM,
    GRANTS,
    LOANS,
    OTHER_FIRM,
    PAYEES,
    Desk,
    call,
    equipped_desk,
    workbook,
)


def test_a_preview_shows_everything_and_writes_nothing(desk: Desk) -> None:
    desk.take("entities", ENTITIES)
    heading, first, second = ENTITIES.splitlines()
    third = "91350100M0001TGQXM,丙公司,厦门市,2016-01-01"
    path = desk.file(f"{heading}\n{first.replace('海淀区', '朝阳区')}\n{third}\n")
    size = desk.size
    answer = call(desk, "import", "entities", str(path), "--mode", "full", "--preview")
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        "New                 Registered name  check   districts                    statuses",
        "------------------  ---------------  ------  ---------------------------  --------",
        "91350100M0001TGQXM  丙公司           failed  from 2016-01-01 name 厦门市",
        "What     Key                 Field      Before                       After",
        "-------  ------------------  ---------  ---------------------------  ---------------------------",
        f"changed  {FIRM}  districts  from 2015-03-02 name 海淀区  from 2015-03-02 name 朝阳区",
        f"void     {OTHER_FIRM}",
        "new 1, changed 1, unchanged 0, void 1 (entities)",
        "Nothing was written. Leave out --preview to import.",
    ]
    assert desk.size == size
    assert "uscc_check_failed" in answer.stderr
    assert second.startswith(OTHER_FIRM)


def test_an_officer_nobody_knows_writes_nothing(desk: Desk) -> None:
    path = desk.file(ENTITIES)
    size = desk.size
    answer = call(desk, "import", "entities", str(path), "--mode", "full", "--actor", "9999")
    assert answer.exit_code == 2
    assert "[actor_unknown]" in answer.stderr
    assert desk.size == size


def test_json_tells_what_changed(desk: Desk) -> None:
    desk.take("entities", ENTITIES)
    desk.take("loans", LOANS)
    path = desk.file(LOANS.replace("30000000", "25000000.50"))
    answer = call(desk, "import", "loans", str(path), "--mode", "full", "--lender", BANK, "--json")
    said = json.loads(answer.stdout)
    assert (said["new"], said["changed"], said["same"], said["void"], said["written"]) == (0, 1, 0, 0, True)
    assert said["rows"] == [
        {
            "key": "HT1",
            "change": "changed",
            "row": 2,
            "fields": [{"field": "amount", "before": "30,000,000.00", "after": "25,000,000.50"}],
        }
    ]


def test_an_empty_report_says_so(desk: Desk) -> None:
    desk.take("loans", LOANS)
    path = desk.file("Contract no.,Kind,Date,Amount\n")
    words = ["--mode", "full", "--lender", BANK, "--through", "2024-06-30"]
    answer = call(desk, "import", "events", str(path), *words)
    assert answer.stdout.splitlines()[-1] == "Bank A reports nothing through 2024-06-30."


def test_a_workbook_with_chinese_headings(desk: Desk) -> None:
    path = workbook(
        desk.folder / "企业.xlsx",
        [["企业名称", "统一社会信用代码", "注册地区", "注册起始日"], ["甲公司", FIRM, "海淀区", "2015年3月2日"]],
    )
    assert call(desk, "import", "entities", str(path), "--mode", "delta").exit_code == 0
    assert desk.body("entity", FIRM)["districts"] == [{"from": "2015-03-02", "name": "海淀区"}]


@ready
def known(folder: Path) -> Desk:
    """A desk with one firm in every register."""
    office = equipped_desk(folder)
    for register, content in (
        ("entities", ENTITIES),
        ("payees", PAYEES),
        ("loans", LOANS),
        ("applications", APPLICATIONS),
        ("grants", GRANTS),
    ):
        office.take(register, content)
    return office


@pytest.mark.parametrize("wanted", [FIRM, FIRM.lower(), "甲公司", "甲 公司", "甲"])
def test_a_firm_at_a_glance(known: Desk, wanted: str) -> None:
    answer = call(known, "entity", "show", wanted)
    assert answer.exit_code == 0
    for text in ("甲公司", "海淀区", "****1234", "SB1", "PF1", "500,000.00", "HT1", BANK, "30,000,000.00"):
        assert text in answer.stdout
    assert "0012345678901234" not in answer.stdout
    assert answer.stdout.encode("gbk")


def test_a_firm_as_json_in_yuan(known: Desk) -> None:
    said = json.loads(call(known, "entity", "show", FIRM, "--json").stdout)
    assert said["check"] == "passed"
    assert [grant["ceiling"] for grant in said["grants"]] == ["500000.00"]
    assert [payee["number"] for payee in said["payees"]] == ["****1234"]
    assert "holder" not in said["payees"][0]


def test_an_erased_number_shows_nothing(known: Desk) -> None:
    known.ledger.vault.erase(known.body("payee", "ecny/C1010211000012/000001")["number"])
    said = json.loads(call(known, "entity", "show", FIRM, "--json").stdout)
    assert [payee["number"] for payee in said["payees"]] == ["****"]


@pytest.mark.parametrize(("wanted", "code"), [("丁公司", "entity_unknown"), ("公司", "entity_ambiguous")])
def test_a_name_that_fits_none_or_two(known: Desk, wanted: str, code: str) -> None:
    answer = call(known, "entity", "show", wanted)
    assert answer.exit_code == 2
    assert f"[{code}]" in answer.stderr


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_decision_without_a_reason_is_refused(known: Desk, reason: str) -> None:
    before = known.size
    answer = call(known, "decide", "lender-exception", "--about", f"{BANK}/2025-06", "--reason", reason)
    assert answer.exit_code == 2
    assert answer.stderr.splitlines()[0] == "Error: --reason: nothing is said; write why in a few words"
    assert known.size == before


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_run_is_not_withdrawn_without_a_reason(known: Desk, reason: str) -> None:
    answer = call(known, "run", "withdraw", "2025-06", "--reason", reason)
    assert answer.exit_code == 2
    assert "nothing is said" in answer.stderr


# One more digit than any integer of SQLite has; a contract number may well be written like that.
TWENTY_DIGITS = "20240001234567890123"


def test_a_loan_with_a_long_number_is_not_taken_for_an_entry(known: Desk) -> None:
    answer = call(known, "explain", TWENTY_DIGITS)
    assert answer.exit_code == 2
    assert "_unknown]" in answer.stderr


def test_a_number_that_no_entry_can_have_is_refused(known: Desk) -> None:
    answer = call(known, "book", "entry", TWENTY_DIGITS)
    assert answer.exit_code == 2
    assert answer.stderr.startswith("Error: NUMBER")


def test_a_template_into_a_place_that_is_no_folder_is_refused(known: Desk) -> None:
    (known.folder / "taken").write_text("a file")
    answer = call(known, "template", "loans", "--out", str(known.folder / "taken" / "forms"))
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"{known.folder}/taken/forms: the system does not let this be read or written (")
    assert answer.stderr.endswith("[place_unusable]\nNothing was written to a ledger.\n")


def test_a_quotation_mark_that_is_never_closed_is_named_by_its_row(known: Desk) -> None:
    # Python's csv module gives up after 131,072 signs in one cell.
    file = known.folder / "open.csv"
    file.write_text('Credit code,Registered name\n91,"' + "a" * 131_073, encoding="utf-8")
    answer = call(known, "import", "entities", str(file), "--mode", "delta")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr == (
        "open.csv:2:1: a cell that begins in this row does not end within 131072 characters; look for a quotation mark "
        "that is opened and never closed, or shorten the text [cell_too_long]\n"
    )
