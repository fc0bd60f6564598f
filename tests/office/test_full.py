"""The set `full` in force: eight people, up to four signatures, none of which can be left out."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.log.kinds import kind_of
from tests.audit.attacker import bodies
from tests.support.forge import first_fault
from tests.support.founded import founded_office
from tests.support.full_office import (
    ADMINISTRATOR,
    GUARDIAN,
    LEADER,
    PAYCHECKER,
    RECONCILER,
    brought_in,
    eight_office,
    full_office,
)
from tests.support.signing_office import CONSISTENT, code, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, Three


@pytest.fixture
def office(tmp_path: Path) -> Three:
    return full_office(tmp_path / "ledger")


def log(office: Three) -> list[dict[str, Any]]:
    return bodies(office.folder / "book.db")


def test_a_set_says_which_post_is_missing(tmp_path: Path) -> None:
    office = founded_office(tmp_path / "ledger")
    refused = office.by(MAKER, "duties", "change", "full")
    assert code(refused) == "duties_differ"
    assert "3 people are in office, and this set takes 8 or more" in refused.stderr
    checked = office.say("duties", "check", "full")
    assert checked.exit_code == 1
    for post in ("处长", "支付审核岗", "对账岗", "系统管理岗", "监督岗"):
        assert post in checked.stdout


def test_eight_people_put_it_in_force_and_pay_a_quarter(office: Three) -> None:
    """10,000,000 x 19 d (1 to 20 March) x 3.55 % / 360 = 18,736.11, half of it: 9,368.06 yuan."""
    brought_in(office, CHECKER, LEADER)
    size = len(log(office))
    run = str(json.loads(office.done(MAKER, "run", "interest", "--month", "2024-03", "--json"))["proposal"])
    said = office.done(CHECKER, "approve", run)
    assert "处长" in said
    office.done(LEADER, "approve", run)
    prepared = json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--json"))["batches"][0]
    batch, total = prepared["batch"], prepared["total"]
    assert total == "9368.06"
    assert code(office.by(CHECKER, "pay", "approve", batch)) == "duty_differs"
    office.done(PAYCHECKER, "pay", "approve", batch)
    assert code(office.by(PAYCHECKER, "pay", "export", batch, "--out", str(office.folder / "o.json"))) == "duty_differs"
    office.done(PAYER, "pay", "export", batch, "--out", str(office.folder / "order.json"))
    said_so = log(office)
    assert [(body["act"], body["actor"]) for body in said_so[size:] if "act" in body] == [
        ("run", MAKER),
        ("run", CHECKER),
        ("run", LEADER),
        ("pay", PAYER),
        ("pay", PAYCHECKER),
        ("pay.export", PAYER),
    ]
    assert verdict(office) == CONSISTENT
    # A mutation for each signature: taken away, and the whole record of an approval taken away.
    assert first_fault(said_so) is None
    for seq, body in enumerate(said_so):
        if "signature" in body:
            without = {name: value for name, value in body.items() if name != "signature"}
            assert first_fault([*said_so[:seq], without, *said_so[seq + 1 :]]) is not None, (seq, body["act"])
        if kind_of(body) == "approval" and seq < size:
            assert first_fault([*said_so[:seq], *said_so[seq + 1 :]]) is not None, (seq, body["act"])


def test_nothing_is_in_force_before_the_last_signature(office: Three) -> None:
    """An order of three signatures, a person of three: neither counts after two, and the order of posts is kept."""
    office.done(MAKER, "budget", "issue", "2024", "2000000", "--document", "B-1", "--on", "2024-01-01")
    (waits,) = office.read("approvals")
    number = str(waits["number"])
    assert code(office.by(LEADER, "approve", number)) == "duty_differs"
    said = office.done(CHECKER, "approve", number)
    assert said == (f"Signed as 复核岗 by {CHECKER}. Next to sign number {number}: 处长 (can sign: {LEADER} (处长)).\n")
    assert not [body for body in log(office) if kind_of(body) == "budget"]
    (waits,) = office.read("approvals")
    assert (waits["post"], waits["able"]) == ("处长", [LEADER])
    assert code(office.by(CHECKER, "approve", number)) == "approver_twice"
    office.done(LEADER, "approve", number)
    assert [body["amount_fen"] for body in log(office) if kind_of(body) == "budget"] == [2_000_000_00]
    assert verdict(office) == CONSISTENT


def test_a_person_is_entered_by_three(office: Three) -> None:
    office.enrol("1009", "经办岗", ADMINISTRATOR, GUARDIAN)
    assert "1009" not in {one["staff_no"] for one in office.read("people", "list")}
    (waits,) = office.read("approvals")
    assert (waits["post"], waits["able"]) == ("处长", [LEADER])
    office.done(LEADER, "approve", str(waits["number"]))
    assert "1009" in {one["staff_no"] for one in office.read("people", "list")}
    assert verdict(office) == CONSISTENT


def test_the_second_of_three_can_say_no_and_the_third_too(office: Three) -> None:
    for refuser, before in ((CHECKER, ()), (LEADER, (CHECKER,))):
        office.done(MAKER, "budget", "issue", "2024", "2000000", "--document", f"B-{refuser}", "--on", "2024-01-01")
        (waits,) = office.read("approvals")
        for other in before:
            office.done(other, "approve", str(waits["number"]))
        office.done(refuser, "reject", str(waits["number"]), "--reason", "x")
        assert office.read("approvals") == []
    assert not [body for body in log(office) if kind_of(body) == "budget"]
    assert verdict(office) == CONSISTENT


def test_nobody_stands_in_for_a_post_that_goes_with_the_own_one_never(office: Three) -> None:
    """The payer names who approves payments, who reconciles, and who leads: only the last may stand in."""
    brought_in(office, CHECKER, LEADER)
    run = str(json.loads(office.done(MAKER, "run", "interest", "--month", "2024-03", "--json"))["proposal"])
    office.done(CHECKER, "approve", run)
    office.done(LEADER, "approve", run)
    for other in (PAYCHECKER, RECONCILER, GUARDIAN, MAKER, LEADER):
        words = ("people", "substitute", PAYER, "--by", other, "--from", "2024-04-01", "--to", "2024-04-30")
        office.done(ADMINISTRATOR, *words)
        (waits,) = office.read("approvals")
        for signer in (GUARDIAN, LEADER):
            office.done(signer, "approve", str(waits["number"]))
        result = office.by(other, "pay", "prepare", "2024-03")
        if other == LEADER:
            assert result.exit_code == 0, result.output
        else:
            assert code(result) == "duty_differs"
            assert f"can be signed by: {PAYER} (出纳岗)" in result.stderr
    assert verdict(office) == CONSISTENT
    # Written past the program: the leader's act, given by somebody who has the post that never goes with it.
    said = log(office)
    (seq,) = [seq for seq, body in enumerate(said) if body.get("act") == "pay"]
    assert (said[seq]["post"], said[seq]["for"]) == ("出纳岗", PAYER)


def test_the_set_before_asks_for_its_own_signatures(tmp_path: Path) -> None:
    office = eight_office(tmp_path / "ledger")
    number = office.done(MAKER, "duties", "change", "full").split()[-1]
    # Under `three` anybody else agrees, with one signature.
    office.done(CHECKER, "approve", number)
    again = office.done(ADMINISTRATOR, "duties", "change", "three").split()[-1]
    assert code(office.by(GUARDIAN, "approve", again)) == "duty_differs"
    office.done(LEADER, "approve", again)
    office.done(GUARDIAN, "approve", again)
    assert verdict(office) == CONSISTENT
