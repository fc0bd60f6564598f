"""A firm found by whatever is known of it, and where its money is at every step from the grant to the return."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.copies import ready
from tests.support.office import NOTICE, USCC, Office
from tests.support.signing_office import CHECKER, HEAD, propose, signed, signing_office
from tests.support.till import PAYERS, SECOND, Till


def codes(office: Office) -> list[str]:
    """Where the money of the firm's one grant is."""
    [grant] = office.read("entity", "money", USCC)["grants"]
    return [point["code"] for point in grant["points"]]


def grant_of(office: Office) -> dict[str, Any]:
    """The firm's one grant as it is shown."""
    [grant] = office.read("entity", "money", USCC)["grants"]
    shown: dict[str, Any] = grant
    return shown


@ready
def till(folder: Path) -> Till:
    office = signing_office(folder / "ledger")
    till = Till(office.folder, office.day, office.anchor)
    till.take("payers", PAYERS)
    return till


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("示例企", "name"),
        ("91310115591693856a", "code"),
        ("HT1", "loan"),
        ("sb1", "application"),
        ("PF1", "grant"),
        # The wallet is 0012345678901234.
        ("1234", "number"),
    ],
)
def test_a_firm_is_found_by_a_part_of_what_is_known(till: Till, text: str, by: str) -> None:
    assert [(firm["uscc"], firm["by"]) for firm in till.read("entity", "find", text)] == [(USCC, by)]


def test_a_firm_is_found_by_the_name_it_had(till: Till) -> None:
    till.take("entities", f"uscc,name,district,district_from\n{USCC},改名公司,海淀区,2015-03-02\n")
    assert [(firm["name"], firm["by"]) for firm in till.read("entity", "find", "示例企业")] == [
        ("改名公司", "former_name")
    ]
    assert till.read("entity", "list") == [{"uscc": USCC, "name": "改名公司"}]


@pytest.mark.parametrize("text", ["nobody", "9999", " ", "001234567890"])
def test_what_nobody_has_finds_nobody(till: Till, text: str) -> None:
    """More than the last four digits of a number is no way to ask for it."""
    assert till.read("entity", "find", text) == []


def test_where_the_money_is_from_the_run_to_the_return(till: Till) -> None:
    assert codes(till) == ["nothing_posted"]
    number = propose(till)
    assert codes(till) == ["run_waits"]
    for staff_no in (CHECKER, HEAD):
        signed(till, number, staff_no)
    # Half of 33,725.00 is awarded; the notice wants five business days of public notice first.
    [point] = grant_of(till)["points"]
    assert (point["code"], point["reason"], point["amount"]) == ("held_back", "public_notice_missing", "16862.50")
    till.do("public-notice", "start", number, "--on", "2024-04-01", "--name", "公示1")
    # The 1st is the first of five: 2, 3, 7 (a Sunday that is worked after Qingming) and 8 April are left.
    [point] = grant_of(till)["points"]
    assert (point["reason"], point["last_day"], point["days"]) == ("public_notice_running", "2024-04-08", 4)
    till.on("2024-04-09")
    assert codes(till) == ["to_prepare"]
    assert f"Next: subsidy pay prepare {number}" in till.do("entity", "money", USCC)
    [batch] = [made["batch"] for made in till.prepare(number)["batches"]]
    assert codes(till) == ["batch_waits"]
    till.do(
        "pay", "approve", batch, "--actor", CHECKER, "--key", str(till.folder.with_name("ledger-keys") / "1002.key")
    )
    assert codes(till) == ["batch_approved"]
    till.export(batch)
    assert codes(till) == ["on_its_way"]
    [item] = till.items(batch)
    till.answer(batch, (item, "SUCCESS", "", "2024-04-09"))
    shown = grant_of(till)
    assert (shown["awarded"], shown["paid"], shown["owed"]) == ("16862.50", "16862.50", "0.00")
    assert shown["points"] == [{"code": "paid", "amount": "16862.50", "day": "2024-04-09"}]
    till.on("2024-04-12").answer(batch, (item, "RETURNED", "16862.50", "2024-04-11"))
    # What came back in the same year is due again, and waits as `pay prepare` says: one file alone says so.
    shown = grant_of(till)
    assert (shown["paid"], [point["code"] for point in shown["points"]]) == ("0.00", ["came_back", "held_back"])
    assert shown["points"][1]["reason"] == "return_presumed"
    [held] = till.prepare(number)["held"]
    assert (held["code"], held["amount"]) == ("return_presumed", "16862.50")


def test_money_that_nobody_can_pay_is_not_said_to_wait_for_a_batch(till: Till) -> None:
    bank = "channel,institution,number,holder,funding\nbank,102100000021,0200001234567890123,示例专户,zero_balance\n"
    till.take("payers", bank, "--mode", "full")
    number = propose(till)
    for staff_no in (CHECKER, HEAD):
        signed(till, number, staff_no)
    till.do("public-notice", "start", number, "--on", "2024-04-01", "--name", "公示1")
    till.on("2024-04-09")
    [point] = grant_of(till)["points"]
    assert (point["code"], point["reason"], point["amount"]) == ("held_back", "payer_missing", "16862.50")
    assert "subsidy import payers FILE --mode full" in till.do("entity", "money", USCC)


def test_a_refused_application_says_why(till: Till) -> None:
    till.take("applications", f"application_no,uscc,notice,item,applied_on\nSB2,{USCC},{NOTICE},HT1,2024-03-02\n")
    till.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee,reason\n"
        "PF2,SB2,refused,2024-03-20,批〔2024〕2号,,,材料不齐\n",
    )
    grants = till.read("entity", "money", USCC)["grants"]
    assert grants[1]["points"] == [{"code": "refused", "reason": "材料不齐"}]


def test_both_languages_tell_it(till: Till) -> None:
    till.report("2024-03-31", SECOND)
    answers = [till.do("--lang", lang, "entity", "money", USCC).splitlines() for lang in ("en", "zh_CN")]
    assert answers[0][-1] == "    nothing was posted yet"
    assert answers[1][-1] == "    尚未入账"
