"""Signatures under runs and orders in a log that is computed again from end to end: whoever could not sign is named.

The attacker has the private keys of everybody and signs again what was changed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.audit.verify import verify
from ledger.log.acts import signed_bytes
from ledger.log.canonical import canonical
from ledger.log.kinds import kind_of
from ledger.log.tree import leaf_hash
from ledger.office.key_files import PrivateKey
from tests.audit.attacker import Body, bodies
from tests.audit.seen import CONSISTENT, seen
from tests.audit.test_paid_rules import at
from tests.support.forge import faults
from tests.support.office import Office
from tests.support.signing_office import CHECKER, DEPUTY, HEAD, key, keys, propose, signed, signing_office

MAKER, SECOND_CHECKER = "1001", "1005"


class Desk(NamedTuple):
    """The office after two signed months, and the file of the key that the head had at first."""

    office: Office
    old_key: str


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """March signed by 1002 and 1003 on 1 April, a freeze ordered by 1002 and signed by 1003; then 1002 leaves and 1003
    gets another key. April is signed by 1005 and 1003 on 6 May; 1004 stood in for 1003 in April.
    """
    anchor = tmp_path_factory.mktemp("anchor")
    office = signing_office(tmp_path_factory.mktemp("signed") / "ledger", CHECKER, HEAD, DEPUTY, anchor=anchor)
    office.do("people", "add", SECOND_CHECKER, "--post", "审核岗", "--document", "任-5")
    for staff_no in (MAKER, SECOND_CHECKER):
        office.do("people", "key", staff_no, "--file", key(office, staff_no), "--actor", staff_no)
    march = propose(office)
    for staff_no in (CHECKER, HEAD):
        signed(office, march, staff_no)
    order = ("2024/loan-interest", "5,000", "--document", "BUD-9", "--key", key(office, CHECKER), "--actor", CHECKER)
    signed(office, office.do("budget", "freeze", *order).split()[1], HEAD)
    office.do("people", "substitute", HEAD, "--by", DEPUTY, "--from", "2024-04-01", "--to", "2024-04-30")
    office.do("people", "end", CHECKER, "--on", "2024-04-01")
    old = keys(office) / f"{HEAD}-old.key"
    Path(key(office, HEAD)).rename(old)
    office.do("people", "key", HEAD, "--file", key(office, HEAD), "--actor", HEAD, "--key", str(old))
    office.on("2024-05-06").report("2024-04-30", "HT1,drawdown,2024-04-09,,12000000,\n")
    april = propose(office, "2024-04")
    for staff_no in (SECOND_CHECKER, HEAD):
        signed(office, april, staff_no)
    return Desk(office, str(old))


class Log:
    """The bodies of a log that is being changed, and keys to sign with."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.path = desk.office.folder / "book.db"
        self.bodies: list[Body] = bodies(self.path)

    def of(self, kind: str) -> list[int]:
        """The log indexes of the records of a kind."""
        return [seq for seq, body in enumerate(self.bodies) if kind_of(body) == kind]

    def sign(self, seq: int, by: str, file: str = "", **fields: object) -> int:
        """Another actor and other fields in a record, signed again."""
        body = self.bodies[seq]
        body |= {"actor": by, **fields}
        body["signature"] = PrivateKey.read(Path(file or key(self.desk.office, by)), self.path).sign(signed_bytes(body))
        return seq

    def harmless(self, seq: int) -> None:
        """Another record in the place of one, so that every number after it stays."""
        self.bodies[seq] = {**self.bodies[at(self.bodies, "actor")], "recorded_at": self.bodies[seq]["recorded_at"]}


# The approvals in the order of the log.
MARCH_FIRST, MARCH_SECOND, FREEZE, APRIL_FIRST, APRIL_SECOND = range(5)


def the_leaver_signs(log: Log) -> int:
    return log.sign(log.of("approval")[APRIL_FIRST], CHECKER)


def an_old_key_signs(log: Log) -> int:
    return log.sign(log.of("approval")[APRIL_SECOND], HEAD, log.desk.old_key)


def the_key_of_another_signs(log: Log) -> int:
    return log.sign(log.of("approval")[APRIL_SECOND], HEAD, key(log.desk.office, SECOND_CHECKER))


def the_maker_signs(log: Log) -> int:
    return log.sign(log.of("approval")[MARCH_FIRST], MAKER)


def one_person_signs_twice(log: Log) -> int:
    return log.sign(log.of("approval")[MARCH_SECOND], CHECKER)


def the_second_step_comes_first(log: Log) -> int:
    return log.sign(log.of("approval")[MARCH_FIRST], HEAD, log.desk.old_key, post="处长", step=2)


def the_substitute_is_late(log: Log) -> int:
    return log.sign(log.of("approval")[APRIL_SECOND], DEPUTY, **{"for": HEAD})


def another_post_is_written(log: Log) -> int:
    return log.sign(log.of("approval")[MARCH_FIRST], CHECKER, post="处长")


def something_else_was_signed(log: Log) -> int:
    log.bodies[log.of("proposal")[0]]["totals"]["credit_fen"] += 1
    return log.of("approval")[MARCH_FIRST]


def one_signature_is_missing(log: Log) -> int:
    log.harmless(log.of("approval")[MARCH_SECOND])
    return log.of("run_closed")[0]


def a_rejected_run_is_closed(log: Log) -> int:
    second = log.of("approval")[MARCH_SECOND]
    log.sign(second, HEAD, log.desk.old_key, opinion="reject", text="receipt of HT1 is missing")
    closed = log.of("run_closed")[0]
    leaf = leaf_hash(canonical(log.bodies[second])).hex()
    log.bodies[closed]["approvals"][1]["leaf"] = leaf
    return closed


def the_closing_lists_another_signature(log: Log) -> int:
    closed = log.of("run_closed")[0]
    log.bodies[closed]["approvals"][1]["record"] -= 1
    return closed


def a_budget_moves_unsigned(log: Log) -> int:
    log.harmless(log.of("approval")[FREEZE])
    return log.of("budget")[-1]


def more_is_frozen_than_was_signed(log: Log) -> int:
    seq = log.of("budget")[-1]
    log.bodies[seq]["amount_fen"] += 1
    return seq


def an_order_is_changed(log: Log) -> int:
    seq = log.of("order")[0]
    log.bodies[seq]["amount_fen"] += 1
    return seq


def a_key_without_its_proof(log: Log) -> int:
    seq = log.of("key")[0]
    log.bodies[seq]["proof"] = "ab" * 64
    return seq


def a_key_replaced_without_the_old_one(log: Log) -> int:
    seq = log.of("key")[-1]
    del log.bodies[seq]["signature"]
    return seq


# Each rule: how the log is changed, and the code found at the record that the change answers.
BROKEN: dict[str, tuple[Callable[[Log], int], str]] = {
    "a leaver signs": (the_leaver_signs, "actor_not_in_office"),
    "a key that was replaced signs": (an_old_key_signs, "signature_wrong"),
    "the key of somebody else signs": (the_key_of_another_signs, "signature_wrong"),
    "the maker signs": (the_maker_signs, "approval_differs"),
    "one person signs both steps": (one_person_signs_twice, "approval_differs"),
    "the second step comes first": (the_second_step_comes_first, "approval_differs"),
    "a substitute after the last day": (the_substitute_is_late, "approval_differs"),
    "a post that is not the signer's": (another_post_is_written, "approval_differs"),
    "a proposal changed after it was signed": (something_else_was_signed, "approval_differs"),
    "a run closed with one signature": (one_signature_is_missing, "approvals_missing"),
    "a run closed although it was rejected": (a_rejected_run_is_closed, "approvals_missing"),
    "a closing that lists another signature": (the_closing_lists_another_signature, "approvals_missing"),
    "a budget changed without its approval": (a_budget_moves_unsigned, "approvals_missing"),
    "a budget changed by more than was signed": (more_is_frozen_than_was_signed, "approvals_missing"),
    "an order changed after it was signed": (an_order_is_changed, "signature_wrong"),
    "a key whose owner did not have it": (a_key_without_its_proof, "signature_wrong"),
    "a key replaced without the old one": (a_key_replaced_without_the_old_one, "signature_wrong"),
}


def test_old_signatures_stay_valid(desk: Desk) -> None:
    """1002 has left and the first key of 1003 was replaced: what both signed before counts."""
    log = Log(desk)
    assert [log.bodies[seq]["actor"] for seq in log.of("approval")] == [CHECKER, HEAD, HEAD, SECOND_CHECKER, HEAD]
    assert faults(log.bodies) == []
    assert seen(verify(log.path)) == CONSISTENT


@pytest.mark.parametrize("rule", BROKEN)
def test_a_signature_that_nobody_could_give_is_named(desk: Desk, rule: str) -> None:
    change, code = BROKEN[rule]
    log = Log(desk)
    place = change(log)
    assert (code, place) in faults(log.bodies)


def test_signing_again_what_was_signed_changes_nothing(desk: Desk) -> None:
    """The signatures of the tests above are right where the signer may sign: Ed25519 gives the same one again."""
    log = Log(desk)
    before = [dict(body) for body in log.bodies]
    log.sign(log.of("approval")[MARCH_FIRST], CHECKER)
    log.sign(log.of("approval")[MARCH_SECOND], HEAD, log.desk.old_key)
    log.sign(log.of("approval")[APRIL_SECOND], HEAD)
    assert log.bodies == before
