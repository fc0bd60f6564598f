"""The commands around the registers as an officer types them: preview, listing, a firm at a glance."""

import json

import pytest

from tests.registry.command import call
from tests.registry.desk import (
    APPLICATIONS,
    BANK,
    ENTITIES,
    FIRM,
    GRANTS,
    LOANS,
    OTHER_FIRM,
    PAYEES,
    Desk,
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
        "What     Key                 Field      Before                       After",
        "-------  ------------------  ---------  ---------------------------  ---------------------------",
        f"changed  {FIRM}  districts  from 2015-03-02 name 海淀区  from 2015-03-02 name 朝阳区",
        "new      91350100M0001TGQXM",
        f"void     {OTHER_FIRM}",
        "new 1, changed 1, the same 0, void 1 (entities)",
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
    path = desk.file("")
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


@pytest.fixture
def known(office: Desk) -> Desk:
    """A desk with one firm in every register."""
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
