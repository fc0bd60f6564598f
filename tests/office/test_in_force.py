"""Duties in force: the rule book asks of every act who may sign it, and nothing goes out while one waits."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.audit.attacker import bodies
from tests.support.forge import first_fault
from tests.support.office import NOTICE
from tests.support.signing_office import CONSISTENT, code, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, Three, duties_office, three_office


@pytest.fixture
def office(tmp_path: Path) -> Three:
    return duties_office(tmp_path / "ledger")


def log(office: Three) -> list[dict[str, Any]]:
    return bodies(office.folder / "book.db")


def prepared(office: Three) -> str:
    return str(json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--json"))["batches"][0]["batch"])


def out(office: Three) -> tuple[str, str]:
    return "--out", str(office.folder / "order.json")


def test_a_quarter_is_run_and_paid_by_three(office: Three) -> None:
    size = len(log(office))
    batch = prepared(office)
    office.done(CHECKER, "pay", "approve", batch)
    office.done(PAYER, "pay", "export", batch, *out(office))
    office.on("2024-07-02")
    report = office.file("events.csv", "contract_no,kind,date,end_date,amount,rate\n")
    office.done(
        MAKER, *("import", "events", report, "--mode", "delta"), "--lender", "Bank A", "--through", "2024-06-30"
    )
    said = json.loads(office.done(MAKER, "run", "interest", "--month", "2024-06", "--json"))
    assert "next to sign" not in office.done(CHECKER, "approve", str(said["proposal"])).lower()
    assert [(body["act"], body["actor"]) for body in log(office)[size:] if "act" in body] == [
        ("pay", PAYER),
        ("pay", CHECKER),
        ("pay.export", PAYER),
        ("import.facts", MAKER),
        ("run", MAKER),
        ("run", CHECKER),
    ]
    assert verdict(office) == CONSISTENT


def test_a_message_says_who_can_sign_and_who_is_barred(office: Three) -> None:
    refused = office.by(MAKER, "pay", "prepare", "2024-03")
    assert code(refused) == "duty_differs"
    assert "signature 1 of payment batch is for 出纳岗, and 1001 (经办岗) does not give it" in refused.stderr
    assert "can be signed by: 1003 (出纳岗); barred are: -" in refused.stderr
    batch = prepared(office)
    (waits,) = office.read("approvals")
    assert (waits["post"], waits["able"]) == ("复核岗", [CHECKER])
    refused = office.by(MAKER, "pay", "approve", batch)
    assert code(refused) == "duty_differs"
    assert "can be signed by: 1002 (复核岗); barred are: 1003 (出纳岗)" in refused.stderr


def test_nothing_goes_out_while_an_act_waits(office: Three) -> None:
    """A grant that one person brought in: the batch that was prepared waits with it, until another has signed."""
    batch = prepared(office)
    office.done(CHECKER, "pay", "approve", batch)
    grants = office.file(
        "grants.csv",
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
        "PF1,SB1,granted,2024-03-15,批〔2024〕1号,600000,ecny\n",
    )
    said = office.by(MAKER, "import", "grants", grants, "--mode", "delta")
    (act,) = [seq for seq, body in enumerate(log(office)) if body.get("act") == "grant.set"]
    assert said.exit_code == 0, said.output
    able = f"{CHECKER} (复核岗)"
    told = f"It waits for the signature of 复核岗 (can sign: {able}) and holds line PF1: subsidy approve {act}\n"
    assert said.stderr.endswith(told)
    # Who only reads, or writes nothing, is not told of what another has written.
    assert office.say("pay", "owed").stderr == ""
    assert office.by(MAKER, "import", "grants", grants, "--mode", "delta").stderr == ""
    refused = office.by(PAYER, "pay", "export", batch, *out(office))
    assert code(refused) == "acts_open"
    waits = next(one for one in office.read("approvals") if one["number"] == act)
    assert (waits["post"], waits["able"]) == ("复核岗", [CHECKER])
    assert code(office.by(MAKER, "approve", str(act))) == "approver_is_maker"
    assert code(office.by(PAYER, "approve", str(act))) == "duty_differs"
    office.done(CHECKER, "approve", str(act))
    office.done(PAYER, "pay", "export", batch, *out(office))
    assert verdict(office) == CONSISTENT


def test_an_opening_is_said_by_one_post_and_agreed_to_by_another(office: Three) -> None:
    size = len(log(office))
    assert code(office.by(PAYER, "opening", "none", NOTICE)) == "duty_differs"
    office.done(MAKER, "opening", "none", NOTICE)
    (waits,) = office.read("approvals")
    assert (waits["number"], waits["post"], waits["able"]) == (size, "复核岗", [CHECKER])
    refused = {who: code(office.by(who, "approve", str(size))) for who in (MAKER, PAYER)}
    assert refused == {MAKER: "approver_is_maker", PAYER: "duty_differs"}
    office.done(CHECKER, "approve", str(size))
    assert [(body["act"], body["actor"]) for body in log(office)[size:] if "act" in body] == [
        ("opening.set", MAKER),
        ("opening.set", CHECKER),
    ]
    assert verdict(office) == CONSISTENT


def test_who_approved_a_batch_does_not_send_it(office: Three) -> None:
    """1003 leaves, and 1002 stands in: whoever approved does not export."""
    batch = prepared(office)
    office.done(CHECKER, "pay", "approve", batch)
    office.done(MAKER, "people", "substitute", PAYER, "--by", CHECKER, "--from", "2024-04-01", "--to", "2024-04-30")
    (act,) = [seq for seq, body in enumerate(log(office)) if body.get("act") == "people.post"]
    office.done(PAYER, "approve", str(act))
    refused = office.by(CHECKER, "pay", "export", batch, *out(office))
    assert code(refused) == "duty_differs"
    assert "barred are: 1002 (复核岗)" in refused.stderr


def test_a_set_is_in_force_with_the_signatures_of_the_set_before(office: Three) -> None:
    size = len(log(office))
    number = office.done(PAYER, "duties", "change", "three").split()[-1]
    assert code(office.by(PAYER, "approve", number)) == "approver_is_maker"
    office.done(MAKER, "approve", number)
    assert [body["act"] for body in log(office)[size:] if "act" in body] == ["duties.change", "duties.change"]
    assert verdict(office) == CONSISTENT


@pytest.mark.parametrize("name", ["full", "small"])
def test_a_set_that_people_could_not_work_under_is_refused(tmp_path: Path, name: str) -> None:
    office = three_office(tmp_path / "ledger")
    small = office.file("small.yaml", SMALL)
    refused = office.by(MAKER, "duties", "change", small if name == "small" else name)
    assert code(refused) == "duties_differ"
    assert {
        # Eight posts, and three people hold none of most of them.
        "full": "cannot be in force: 3 people are in office, and this set takes 8 or more",
        "small": "cannot be in force: it does not say who signs this act: ",
    }[name] in refused.stderr


SMALL = """id: small
people_at_least: 2
posts: {maker: 经办岗}
valid_days: {default: 10}
acts:
  run: {record: [proposal], case: run, effect: money, steps: [[maker], [any]], exit: none}
"""


def test_duties_are_found_broken_by_who_reads(office: Three) -> None:
    """A forged log in which the signatures of others are not where the set asks for them."""
    batch = prepared(office)
    office.done(CHECKER, "pay", "approve", batch)
    office.done(PAYER, "pay", "export", batch, *out(office))
    said = log(office)
    assert first_fault(said) is None
    for body in said:
        if body.get("act") == "pay" and body["actor"] == PAYER:
            body["post"] = "经办岗"
    found = first_fault(said)
    assert found is not None
    assert found[0] == "act_post"


def test_no_signature_of_a_month_can_be_left_out(office: Three) -> None:
    """Each taken away alone, by who can sign a new head: found by who reads, at the record that lacks it."""
    batch = prepared(office)
    office.done(CHECKER, "pay", "approve", batch)
    office.done(PAYER, "pay", "export", batch, *out(office))
    said = log(office)
    signed = [seq for seq, body in enumerate(said) if "signature" in body]
    # Whoever was entered, who agreed; the set, who agreed; the batch, who agreed; and what went out.
    assert len(signed) == 7
    for seq in signed:
        without = [{**body} for body in said]
        del without[seq]["signature"]
        assert first_fault(without) == ("signature_wrong", seq)
