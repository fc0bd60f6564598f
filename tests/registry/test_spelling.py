"""One thing has one spelling in a register, and one item one grant under a notice: two would each be supported.

A drawdown of 10,000,000 on 2024-03-10 at 3.55 %, settled on the 20th, bears to 2024-06-20 (counted, 103 days)
10,000,000 x 103 x 3.55 % / 360 = 101,569.44; the notice pays half. Two grants on it would have paid all of it.
"""

from pathlib import Path

import pytest

from tests.support.copies import ready
from tests.support.desk import APPLICATIONS, BANK, ENTITIES, FIRM, GRANTS, LOANS, NOTICE, PAYEES, Desk, equipped_desk

POLICIES = "policy_no,uscc,insurer,item,signed_on,liability,premium\n"
CLAIMS = "claim_no,uscc,achieved_on,base\n"
GRANT_HEADING, APPLICATION_HEADING = (text.splitlines()[0] + "\n" for text in (GRANTS, APPLICATIONS))
SECOND = f"SB2,{FIRM},{NOTICE},HT1,2024-03-02\n"


def loan(number: str, lender: str = BANK) -> str:
    return (
        LOANS.splitlines()[0] + f"\n{number},{lender},{FIRM},2024-01-08,2026-01-10,30000000,ACT/360,quarter,yes,3.55%\n"
    )


def policy(number: str, item: str) -> str:
    return f"{number},{FIRM},示例财险,{item},2024-05-10,50000000,1500000\n"


@ready
def desk(folder: Path) -> Desk:
    """A firm with the loan HT-1(甲) of Bank A."""
    desk = equipped_desk(folder, "gjj-2024-batch-1-space-insurance")
    for register, content in (("entities", ENTITIES), ("payees", PAYEES), ("loans", loan("HT-1(甲)"))):
        desk.take(register, content)
    return desk


@pytest.mark.parametrize(
    "number",
    [
        "ht-1(甲)",
        "ＨＴ-1(甲)",
        "HT—1(甲)",
        "HT–1(甲)",
        "HT-1（甲）",
        "HT-1〔甲〕",
        "HT -1 (甲)",
        "H\u0422-1(甲)",
        "\u0397T-1(甲)",
    ],
)
def test_a_contract_in_another_spelling_is_refused(number: str, desk: Desk) -> None:
    assert desk.codes("loans", loan(number)) == ["spelling_differs 2:1"]


@pytest.mark.parametrize("number", ["H\u0422-1(甲)", "\u0397T-1(甲)", "\u041d\u03a4-1(甲)"])
def test_a_contract_in_letters_of_another_alphabet_is_refused(number: str, desk: Desk) -> None:
    """Nobody sees the difference: Cyrillic and Greek capitals look like H and T."""
    assert desk.codes("loans", loan(number)) == ["spelling_differs 2:1"]


def test_another_number_and_another_slip_are_other_loans(desk: Desk) -> None:
    assert desk.counts("loans", loan("HT-2(甲)")) == [1, 0, 0, 0]
    slip = loan("HT-1(甲)").replace("contract_no,", "contract_no,slip_no,").replace("HT-1(甲),", "HT-1(甲),1,")
    assert desk.counts("loans", slip) == [1, 0, 0, 0]


def test_a_full_file_may_spell_anew_and_not_twice(desk: Desk) -> None:
    both = loan("HT-1(甲)") + loan("HT—1(甲)").splitlines()[1] + "\n"
    assert desk.codes("loans", both, full=True, lender=BANK) == ["spelling_differs 3:1"]
    assert desk.counts("loans", loan("HT-1（甲）"), full=True, lender=BANK) == [1, 0, 0, 1]


@pytest.mark.parametrize("lender", ["bank a", "BankA", "Ｂank A"])
def test_a_lender_in_another_spelling_is_refused(lender: str, desk: Desk) -> None:
    assert desk.codes("loans", loan("HT-9", lender)) == ["spelling_differs 2:2"]


def test_items_and_what_caps_count_by_have_one_spelling(desk: Desk) -> None:
    desk.take("policies", POLICIES + policy("BD1", "SX-1"))
    assert desk.codes("policies", POLICIES + policy("BD2", "sx-1")) == ["spelling_differs 2:4"]
    assert desk.codes("policies", POLICIES + policy("bd1", "SX-2")) == ["spelling_differs 2:1"]
    assert desk.counts("policies", POLICIES + policy("BD2", "SX-1")) == [1, 0, 0, 0]
    # The only policy of a product may get its name right; one of two may not.
    assert desk.codes("policies", POLICIES + policy("BD1", "sx-1")) == ["spelling_differs 2:4"]
    assert desk.counts("policies", POLICIES + policy("BD1", "sx-1") + policy("BD2", "sx-1")) == [0, 2, 0, 0]
    rows = [f"{number},{FIRM},2024-06-30,1000000\n" for number in ("JL1", "JL１")]
    assert desk.codes("claims", CLAIMS + "".join(rows)) == ["spelling_differs 3:1"]


@pytest.fixture
def granted(desk: Desk) -> Desk:
    """PF1 supports HT1; a second application for HT1, and one for HT2, wait."""
    desk.take("loans", loan("HT1") + loan("HT2").splitlines()[1] + "\n")
    other = f"SB3,{FIRM},{NOTICE},HT2,2024-03-02\n"
    desk.take("applications", APPLICATIONS + SECOND + other)
    desk.take("grants", GRANTS)
    return desk


def grant(number: str, application: str) -> str:
    return f"{number},{application},granted,2024-03-15,DOC-2,500000,2024/loan,ecny\n"


def test_one_item_has_one_grant_under_a_notice(granted: Desk) -> None:
    assert granted.codes("grants", GRANT_HEADING + grant("PF2", "SB2")) == ["item_granted 2:2"]
    assert granted.codes("grants", GRANT_HEADING + grant("PF1", "SB1") + grant("PF2", "SB2"), full=True) == [
        "item_granted 3:2"
    ]
    assert granted.counts("grants", GRANT_HEADING + grant("PF2", "SB3")) == [1, 0, 0, 0]


def test_a_grant_may_pass_to_the_other_application_in_one_file(granted: Desk) -> None:
    heading = GRANT_HEADING.strip() + ",reason\n"
    refused = "PF1,SB1,refused,2024-03-15,DOC-1,,,,withdrawn\n"
    assert granted.counts("grants", heading + refused + grant("PF2", "SB2").strip() + ",\n") == [1, 1, 0, 0]


def test_an_application_with_a_grant_does_not_move_to_an_item_with_one(granted: Desk) -> None:
    granted.take("grants", GRANT_HEADING + grant("PF2", "SB3"))
    moved = APPLICATION_HEADING + f"SB3,{FIRM},{NOTICE},HT1,2024-03-02\n"
    assert granted.codes("applications", moved) == ["item_granted 2:4"]
    assert granted.counts("applications", APPLICATION_HEADING + SECOND.replace("HT1", "HT2")) == [0, 1, 0, 0]
