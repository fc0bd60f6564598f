"""Operators in a log that is computed again from end to end: one that a single person put there is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.audit.verify import verify
from tests.audit.attacker import Body, bodies
from tests.audit.seen import CONSISTENT, seen
from tests.audit.test_paid_rules import at
from tests.support.forge import faults
from tests.support.office import Office, open_office
from tests.support.signing_office import CHECKER, HEAD, employ, key

CODE = "C0000000000000"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One operator, added by the checker and agreed to by the head, each with a signature."""
    office = open_office(tmp_path_factory.mktemp("operator") / "office", anchor=tmp_path_factory.mktemp("anchor"))
    employ(office, CHECKER, HEAD)
    added = ("operator", "add", CODE, "--name", "示例银行", "--from", "2024-03-01", "--source", "letter 12")
    refused = office.say(*added, "--actor", CHECKER)
    assert (refused.exit_code, "[signing_key_needed]" in refused.stderr) == (2, True)
    office.do(*added, "--actor", CHECKER, "--key", key(office, CHECKER))
    (waits,) = office.read("approvals")
    office.do("approve", str(waits["number"]), "--actor", HEAD, "--key", key(office, HEAD))
    return office


def path(office: Office) -> Path:
    return office.folder / office.database


def test_an_operator_keeps_the_rules(office: Office) -> None:
    assert faults(bodies(path(office))) == []
    assert seen(verify(path(office))) == CONSISTENT


def agreed_to_by_its_maker(log: list[Body]) -> int:
    seq = at(log, "approval")
    log[seq]["actor"] = CHECKER
    return seq


def agreed_to_of_nobody(log: list[Body]) -> int:
    seq = at(log, "approval")
    log[seq]["about"] = at(log, "genesis")
    return seq


def agreed_to_in_other_words(log: list[Body]) -> int:
    """The operator's first day is moved after another person has agreed."""
    seq = at(log, "operator")
    log[seq]["from"] = "2023-03-01"
    return seq


def agreed_to_under_another_hash(log: list[Body]) -> int:
    seq = at(log, "approval")
    log[seq]["about_leaf"] = "0" * 64
    return seq


def agreed_to_when_it_was_replaced(log: list[Body]) -> int:
    """The same version once more between the first and the approval takes the first one's place."""
    seq = at(log, "approval")
    log[seq:seq] = [{**log[at(log, "operator")], "recorded_at": log[seq]["recorded_at"]}]
    return seq + 1


def unsigned(kind: str) -> Callable[[list[Body]], int]:
    def change(log: list[Body]) -> int:
        seq = at(log, kind)
        del log[seq]["signature"]
        return seq

    return change


BROKEN: dict[str, tuple[Callable[[list[Body]], int], str]] = {
    "agreed to by who added it": (agreed_to_by_its_maker, "approval_differs"),
    "agreed to, and nobody has added it": (agreed_to_of_nobody, "approval_differs"),
    "agreed to, and changed since": (agreed_to_in_other_words, "signature_wrong"),
    "agreed to in other bytes": (agreed_to_under_another_hash, "approval_differs"),
    "agreed to when another version had come": (agreed_to_when_it_was_replaced, "approval_differs"),
    "added without a signature": (unsigned("operator"), "signature_wrong"),
    "agreed to without a signature": (unsigned("approval"), "signature_wrong"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_of_an_operator_is_named(office: Office, rule: str) -> None:
    change, code = BROKEN[rule]
    log = bodies(path(office))
    place = change(log)
    assert (code, place) in faults(log)
