"""Who is paid for a line: the firm, and the insurer where the firm pays only its own share of the premium."""

from pathlib import Path

import pytest

from ledger.log import kinds
from ledger.registry.notices import add_notice
from ledger.registry.payment_paths import recipients
from ledger.resources import fixture
from tests.support.copies import ready
from tests.support.desk import FIRM, OFFICER, OTHER_FIRM, Desk, open_desk

SPACE = "gjj-2024-batch-1-space-insurance"
INSURER = "示例财险股份有限公司"


@ready
def insured(folder: Path) -> Desk:
    """A policy of the firm at an insurer that is a registered firm with a wallet of its own."""
    desk = open_desk(folder)
    desk.equip()
    desk.take(
        "entities",
        f"uscc,name,district,district_from\n{FIRM},甲公司,海淀区,2015-03-02\n{OTHER_FIRM},{INSURER},西城区,2016-01-01\n",
    )
    desk.take(
        "payees",
        "uscc,channel,institution,wallet_type,number,holder\n"
        f"{FIRM},ecny,C1010211000012,WT09,0012345678901234,甲公司\n"
        f"{OTHER_FIRM},ecny,C1010211000012,WT09,0012345678905678,{INSURER}\n",
    )
    desk.take(
        "policies",
        "policy_no,insurer,uscc,item,signed_on,liability,premium\n"
        f"BD1,{INSURER},{FIRM},SX-1,2024-05-10,5000000,100000\n",
    )
    return desk


@pytest.mark.parametrize(("paid", "expected"), [("own_share", OTHER_FIRM), ("in_full", FIRM)])
def test_the_insurer_is_paid_where_the_firm_pays_only_its_own_share(insured: Desk, paid: str, expected: str) -> None:
    text = fixture(f"notices/{SPACE}.yaml").read_text(encoding="utf-8")
    assert "paid: in_full" in text
    with insured.ledger.write(OFFICER) as writer:
        add_notice(writer, text.replace("paid: in_full", f"paid: {paid}"), "space.yaml")
    insured.take("applications", f"application_no,uscc,notice,item,applied_on\nSB1,{FIRM},{SPACE},BD1,2024-06-01\n")
    insured.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,envelope,payee\n"
        "PF1,SB1,granted,2024-06-15,DOC-1,50000,2024/loan,ecny\n",
    )
    with insured.ledger.read() as view:
        assert recipients(view) == {"PF1": expected}
        payee = view.current(kinds.GRANT, "PF1").body["payee"]
        assert view.current(kinds.PAYEE, payee).body["uscc"] == expected


def test_an_insurer_that_is_no_registered_firm_is_nobody_to_pay(insured: Desk) -> None:
    text = fixture(f"notices/{SPACE}.yaml").read_text(encoding="utf-8").replace("paid: in_full", "paid: own_share")
    with insured.ledger.write(OFFICER) as writer:
        add_notice(writer, text, "space.yaml")
    insured.take(
        "policies",
        f"policy_no,insurer,uscc,item,signed_on,liability,premium\nBD1,别家财险,{FIRM},SX-1,2024-05-10,5000000,100000\n",
    )
    insured.take("applications", f"application_no,uscc,notice,item,applied_on\nSB1,{FIRM},{SPACE},BD1,2024-06-01\n")
    insured.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,envelope,payee\n"
        "PF1,SB1,granted,2024-06-15,DOC-1,50000,2024/loan,ecny\n",
    )
    with insured.ledger.read() as view:
        assert recipients(view) == {"PF1": ""}
