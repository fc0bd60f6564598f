"""Payments in a log that is computed again from end to end: what breaks their rules is named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.audit.verify import verify
from ledger.log.kinds import kind_of
from tests.audit.attacker import Body, altered, bodies
from tests.audit.seen import CONSISTENT, damaged, seen
from tests.support.forge import first_fault
from tests.support.signing_office import CHECKER, HEAD, employ, key
from tests.support.till import Till, quarters_till


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """A batch of one payout, approved under a signature by 1002, sent, and paid."""
    till = quarters_till(tmp_path_factory.mktemp("paid") / "till", anchor=tmp_path_factory.mktemp("anchor"))
    employ(till, CHECKER, HEAD)
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.do("pay", "approve", batch, "--actor", CHECKER, "--key", key(till, CHECKER))
    till.export(batch)
    till.do("pay", "resolve", till.items(batch)[0], "--state", "success", "--reason", "statement 4",
            "--actor", HEAD, "--key", key(till, HEAD))  # fmt: skip
    return till


def at(log: list[Body], kind: str, state: str = "") -> int:
    """The log index of the first record of a kind, and of a state."""
    return next(
        seq for seq, body in enumerate(log) if kind_of(body) == kind and (not state or body.get("state") == state)
    )


def batch_total(log: list[Body]) -> int:
    seq = at(log, "payment_batch")
    log[seq]["total_fen"] += 1
    return seq


def batch_count(log: list[Body]) -> int:
    seq = at(log, "payment_batch")
    log[seq]["count"] = 2
    return seq


def payout_amount(log: list[Body]) -> int:
    seq = at(log, "payout")
    log[seq]["amount_fen"] += 1
    return seq


def another_batch(log: list[Body]) -> int:
    seq = at(log, "payout")
    log[seq]["batch"] = "B0"
    return seq


def paid_before_it_went_out(log: list[Body]) -> int:
    seq = at(log, "outcome", "exported")
    log[seq]["state"], log[seq]["source"] = "success", {"kind": "decision"}
    return seq


def approved_by_a_result(log: list[Body]) -> int:
    seq = at(log, "outcome", "approved")
    log[seq]["source"] = {"kind": "result"}
    return seq


def about_nothing(log: list[Body]) -> int:
    seq = at(log, "outcome", "success")
    log[seq]["about"] = "S0"
    return seq


def approved_by_its_maker(log: list[Body]) -> int:
    seq = at(log, "outcome", "approved")
    log[seq]["actor"] = "1001"
    return seq


def approved_without_a_signature(log: list[Body]) -> int:
    """Its place is taken by a harmless record, so that every number after it stays."""
    seq = at(log, "approval")
    log[seq] = {**log[at(log, "actor")], "recorded_at": log[seq]["recorded_at"]}
    return at(log, "outcome", "approved")


def forged_signature(log: list[Body]) -> int:
    seq = at(log, "approval")
    log[seq]["signature"] = "ab" * 64
    return seq


def decided_without_a_signature(log: list[Body]) -> int:
    seq = at(log, "outcome", "success")
    del log[seq]["signature"]
    return seq


def decided_otherwise(log: list[Body]) -> int:
    """The words under a signature are changed."""
    seq = at(log, "outcome", "success")
    log[seq]["reason"] = "statement 5"
    return seq


# Each rule: how the log is changed, and the code found first, at the record changed.
BROKEN: dict[str, tuple[Callable[[list[Body]], int], str]] = {
    "a total that is not the sum": (batch_total, "batch_differs"),
    "a count of another batch": (batch_count, "group_short"),
    "a payout that pays more than it claims": (payout_amount, "amount_differs"),
    "a payout of no batch": (another_batch, "batch_differs"),
    "paid before it went out": (paid_before_it_went_out, "step_illegal"),
    "approved by a channel": (approved_by_a_result, "step_illegal"),
    "an outcome of nothing": (about_nothing, "payout_unknown"),
    "approved by who prepared it": (approved_by_its_maker, "maker_decides"),
    "approved without a signature": (approved_without_a_signature, "approvals_missing"),
    "approved under a forged signature": (forged_signature, "signature_wrong"),
    "decided without a signature": (decided_without_a_signature, "signature_wrong"),
    "decided in other words than signed": (decided_otherwise, "signature_wrong"),
}


def test_a_paid_batch_keeps_the_rules(till: Till) -> None:
    assert first_fault(bodies(till.ledger.path)) is None
    assert seen(verify(till.ledger.path)) == CONSISTENT


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_of_payments_is_named(till: Till, rule: str) -> None:
    change, code = BROKEN[rule]
    log = bodies(till.ledger.path)
    place = change(log)
    assert first_fault(log) == (code, place)


def test_verification_names_it(till: Till, tmp_path: Path) -> None:
    copy = shutil.copytree(till.ledger.path.parent, tmp_path / "copy") / till.ledger.path.name
    places: list[int] = []
    altered(lambda log: places.append(approved_by_its_maker(log)))(copy)
    assert seen(verify(copy)) == damaged("maker_decides", places[0])
