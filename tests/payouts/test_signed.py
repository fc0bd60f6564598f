"""Payments where keys are in use: a second person's key under the batch, under decisions, under changed payees."""

import json
from pathlib import Path

from ledger.log import kinds
from tests.support.clawing import FOUND, ask
from tests.support.clock import at_noon
from tests.support.copies import ready
from tests.support.office import USCC
from tests.support.signing_office import CHECKER, HEAD, code, employ, key
from tests.support.till import Till, quarters_till

PAYEE = "ecny/C1010211000012/000001"


@ready
def till(folder: Path) -> Till:
    folder = folder / "till"
    folder.mkdir()
    till = quarters_till(folder)
    employ(till, CHECKER, HEAD)
    return till


def prepared(till: Till) -> str:
    """The number of a batch with the payout of March."""
    return str(till.prepare("2024-03")["batches"][0]["batch"])


def by(till: Till, staff_no: str, *words: str) -> tuple[str, ...]:
    """A command of an officer, signed with the officer's own key."""
    return (*words, "--actor", staff_no, "--key", key(till, staff_no))


def exported(till: Till) -> tuple[str, str]:
    """A batch that has gone out, and its one payout."""
    batch = prepared(till)
    till.do(*by(till, CHECKER, "pay", "approve", batch))
    till.export(batch)
    return batch, till.items(batch)[0]


def test_a_batch_is_approved_by_a_signature_over_its_record(till: Till) -> None:
    batch = prepared(till)
    assert code(till.as_second("pay", "approve", batch)) == "signing_key_needed"
    borrowed = till.say("pay", "approve", batch, "--actor", CHECKER, "--key", key(till, HEAD))
    assert code(borrowed) == "signing_key_differs"
    assert till.states(batch) == ["prepared"]
    till.do(*by(till, CHECKER, "pay", "approve", batch))
    assert till.states(batch) == ["approved"]
    with till.ledger.read() as view:
        row = view.current(kinds.PAYMENT_BATCH, batch)
        [approval] = [one.body for one in view.records(kinds.APPROVAL)]
        assert row is not None
        assert (approval["about"], approval["about_leaf"]) == (row.seq, row.leaf.hex())
        assert (approval["actor"], approval["post"], approval["opinion"]) == (CHECKER, "审核岗", "approve")
    till.verify()


def test_a_key_does_not_let_the_maker_approve(till: Till) -> None:
    batch = str(till.read("pay", "prepare", "2024-03", "--actor", CHECKER)["batches"][0]["batch"])
    assert code(till.say(*by(till, CHECKER, "pay", "approve", batch))) == "approver_is_maker"
    till.do(*by(till, HEAD, "pay", "approve", batch))


def test_what_became_of_a_payout_is_decided_under_a_signature(till: Till) -> None:
    batch, item = exported(till)
    decide = ("pay", "resolve", item, "--state", "success", "--reason", "statement 4")
    assert code(till.as_second(*decide)) == "signing_key_needed"
    assert till.states(batch) == ["exported"]
    till.do(*by(till, CHECKER, *decide))
    assert till.states(batch) == ["success"]
    till.verify()


def test_a_channel_answers_without_a_key(till: Till) -> None:
    batch, item = exported(till)
    assert till.answer(batch, (item, "SUCCESS")).exit_code == 0
    assert till.states(batch) == ["success"]
    till.verify()


def change_payee(till: Till) -> None:
    """The holder of the firm's wallet written otherwise on 2 April: it waits until 9 April."""
    headings = "uscc,channel,institution,wallet_type,number,holder\n"
    till.take("payees", headings + f"{USCC},ecny,C1010211000012,WT09,0012345678901234,示例 企业\n")
    till.on("2024-04-09")


def held(till: Till) -> list[str]:
    """The codes of what preparing March would hold."""
    return [one["code"] for one in till.read("pay", "prepare", "2024-03", "--dry-run")["held"]]


def test_a_changed_payee_is_agreed_to_under_a_signature(till: Till) -> None:
    change_payee(till)
    agree = ("payee", "approve", PAYEE, "--reason", "called the firm")
    assert code(till.as_second(*agree)) == "signing_key_needed"
    assert held(till) == ["payee_unapproved"]
    till.do(*by(till, CHECKER, *agree))
    assert held(till) == []
    till.verify()


def test_what_waits_for_a_second_person_is_listed_with_its_command(till: Till) -> None:
    batch = prepared(till)
    change_payee(till)
    with till.ledger.read() as view:
        made = view.current(kinds.PAYMENT_BATCH, batch)
        changed = view.current(kinds.PAYEE, PAYEE)
    assert made is not None
    assert changed is not None
    payment, change = (
        {"number": made.seq, "what": f"pay {batch}", "amount": "16862.50", "maker": "1001", "post": "",
         "since": "2024-04-02", "able": [CHECKER, HEAD], "command": f"subsidy pay approve {batch}"},
        {"number": changed.seq, "what": f"payee {PAYEE}", "maker": "1001", "post": "",
         "since": "2024-04-02", "able": [CHECKER, HEAD], "command": f"subsidy payee approve {PAYEE} --reason TEXT"},
    )  # fmt: skip
    assert till.read("approvals") == [payment, change]
    refused = till.say(*by(till, CHECKER, "approve", str(made.seq)))
    assert refused.stderr == (
        f"record {made.seq} is approved by another command; write `subsidy pay approve {batch}` [approved_elsewhere]\n"
    )
    till.do(*by(till, CHECKER, *payment["command"].split()[1:]))
    assert till.read("approvals") == [change]
    till.do(*by(till, CHECKER, *change["command"].split()[1:], "--reason", "called the firm"))
    assert till.read("approvals") == []


def test_a_claw_back_that_is_asked_for_is_listed_with_its_command(till: Till) -> None:
    till.take("inspections", FOUND)
    till.do(*by(till, CHECKER, *ask("1,000")))
    [waiting] = till.read("approvals")
    number = waiting.pop("number")
    assert waiting == {"what": "claw-back ZH-1", "amount": "1000.00", "maker": CHECKER, "post": "",
                       "since": "2024-04-02", "able": ["1001", HEAD],
                       "command": "subsidy clawback agree ZH-1 --document NO"}  # fmt: skip
    assert code(till.say(*by(till, HEAD, "approve", str(number)))) == "approved_elsewhere"
    till.do(*by(till, HEAD, *waiting["command"].split()[1:]), "--document", "追-1")
    assert till.read("approvals") == []


def test_an_agreement_without_its_signature_pays_nobody(till: Till) -> None:
    """Somebody writes the record past the command: preparing does not count it, and verification names it."""
    change_payee(till)
    with at_noon(till.day), till.ledger.write(CHECKER) as writer:
        name = f"payee-change/{PAYEE}"
        record = writer.append(
            kinds.DECISION, kinds.DecisionBody(key=name, type="payee-change", about=PAYEE, reason="called the firm")
        )
    assert held(till) == ["payee_unapproved"]
    report = json.loads(till.say("audit", "verify", "--json").stdout)
    assert [(one["code"], one["record"]) for one in report["damages"]] == [("signature_wrong", record)]


AGREE = ("clawback", "agree", "ZH-1", "--document", "DOC-1")


def asked(till: Till) -> None:
    """A claw-back that 1002 has requested under a signature."""
    till.take("inspections", FOUND)
    assert code(till.as_second(*ask("1,000"))) == "signing_key_needed"
    till.do(*by(till, CHECKER, *ask("1,000")))


def test_a_claw_back_is_agreed_under_two_signatures_and_an_approval(till: Till) -> None:
    asked(till)
    assert code(till.say(*AGREE, "--actor", HEAD)) == "signing_key_needed"
    assert code(till.say(*AGREE, "--actor", HEAD, "--key", key(till, CHECKER))) == "signing_key_differs"
    assert code(till.say(*by(till, CHECKER, *AGREE))) == "approver_is_maker"
    till.do(*by(till, HEAD, *AGREE))
    with till.ledger.read() as view:
        request, agreement = view.records(kinds.CLAWBACK)
        [approval] = [row.body for row in view.records(kinds.APPROVAL)]
        assert (approval["about"], approval["about_leaf"]) == (request.seq, request.leaf.hex())
        assert (approval["actor"], approval["opinion"]) == (HEAD, "approve")
        assert {"signature"} <= request.body.keys() & agreement.body.keys()
    till.verify()


def test_a_claw_back_is_refused_under_a_signature(till: Till) -> None:
    asked(till)
    refuse = ("clawback", "refuse", "ZH-1", "--reason", "put right")
    assert code(till.say(*refuse, "--actor", HEAD)) == "signing_key_needed"
    till.do(*by(till, HEAD, *refuse))
    assert [one["state"] for one in till.read("clawback", "list")] == ["refused"]
    till.verify()
