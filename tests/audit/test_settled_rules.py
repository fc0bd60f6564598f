"""Debts settled and a payment corrected, in a log that is changed: what breaks the rules is named."""

from collections.abc import Callable

import pytest

from ledger.audit.verify import verify
from tests.audit.attacker import Body, bodies
from tests.audit.seen import CONSISTENT, seen
from tests.audit.test_paid_rules import at
from tests.payouts.returns.test_recoveries import netting_till
from tests.support.forge import faults
from tests.support.till import Till


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """1,873.61 owed back: 1,000.00 came in, the rest was netted in June; September's payment was corrected."""
    till = netting_till(tmp_path_factory.mktemp("settled") / "till", anchor=tmp_path_factory.mktemp("anchor"))
    till.do("pay", "recover", "PF1", "1000", "--on", "2024-05-08", "--document", "SH-1")
    for month, day, through in (("2024-06", "2024-07-02", "2024-06-30"), ("2024-09", "2024-10-09", "2024-09-30")):
        till.on(day).report(through)
        till.run(month)
        batch = till.prepare(month)["batches"][0]["batch"]
        till.go(batch)
        till.answer(batch, *((item, "SUCCESS") for item in till.items(batch)))
    words = ("--economic", "50799", "--on", till.day, "--document", "GZ-1", "--reason", "code")
    till.do("pay", "correct", till.items(batch)[0], *words)
    return till


def entry_of(log: list[Body], reason: str) -> int:
    return next(seq for seq, body in enumerate(log) if body.get("reason") == reason)


def more_than_came_in(log: list[Body]) -> int:
    seq = at(log, "recovery")
    log[seq]["amount_fen"] += 1
    return seq


def netted_without_a_payable(log: list[Body]) -> int:
    seq = at(log, "netting")
    log[seq]["claims"] = [claim for claim in log[seq]["claims"] if claim["amount_fen"] < 0]
    return seq


def corrected_into_money(log: list[Body]) -> int:
    """One side of the expense goes to the bank."""
    seq = entry_of(log, "corrected")
    next(line for line in log[seq]["postings"] if line["account"] == "5001")["account"] = "1201"
    return seq


def corrected_by_another_record(log: list[Body]) -> int:
    seq = entry_of(log, "corrected")
    log[seq]["cause"] -= 1
    return seq


def corrected_without_a_record(log: list[Body]) -> int:
    """Its place is taken by a harmless record, so that every number after it stays."""
    seq = at(log, "correction")
    log[seq] = {**log[at(log, "actor")], "recorded_at": log[seq]["recorded_at"]}
    return entry_of(log, "corrected")


def corrected_and_never_booked(log: list[Body]) -> int:
    seq = entry_of(log, "corrected")
    log[seq] = {**log[at(log, "actor")], "recorded_at": log[seq]["recorded_at"]}
    return at(log, "correction")


# Each rule: how the log is changed, and the code found at the record that the change answers with.
BROKEN: dict[str, tuple[Callable[[list[Body]], int], str]] = {
    "a recovery of more than it settles": (more_than_came_in, "settlement_differs"),
    "a netting of nothing payable": (netted_without_a_payable, "settlement_differs"),
    "a correction that moves money": (corrected_into_money, "effect_differs"),
    "an entry of another correction": (corrected_by_another_record, "effect_differs"),
    "an entry of no correction": (corrected_without_a_record, "cause_missing"),
    "a correction without its entry": (corrected_and_never_booked, "effect_missing"),
}


def test_what_was_settled_and_corrected_keeps_the_rules(till: Till) -> None:
    log = bodies(till.ledger.path)
    assert {at(log, kind) > 0 for kind in ("recovery", "netting", "correction")} == {True}
    assert faults(log) == []
    assert seen(verify(till.ledger.path)) == CONSISTENT


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named(till: Till, rule: str) -> None:
    change, code = BROKEN[rule]
    log = bodies(till.ledger.path)
    place = change(log)
    assert (code, place) in faults(log)
