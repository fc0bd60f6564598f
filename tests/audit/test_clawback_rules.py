"""Claw-backs in a log that is computed again from end to end: what breaks their rules is named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.audit.verify import verify
from tests.audit.attacker import Body, altered, bodies
from tests.audit.seen import CONSISTENT, damaged, seen
from tests.audit.test_paid_rules import at
from tests.support.clawing import FOUND, ask
from tests.support.forge import faults
from tests.support.signing_office import CHECKER, HEAD, employ, key
from tests.support.till import Till, quarters_till


def clawed(folder: Path, anchor: Path, signed: bool) -> Till:
    """A claw-back of 1,000.00 yuan requested by 1002 and agreed by 1003, and one that was refused."""
    till = quarters_till(folder, anchor=anchor)
    till.take("inspections", FOUND)
    if signed:
        employ(till, CHECKER, HEAD)

    def by(staff_no: str, *words: str) -> None:
        till.do(*words, "--actor", staff_no, *(("--key", key(till, staff_no)) if signed else ()))

    by(CHECKER, *ask("1,000"))
    by(HEAD, "clawback", "agree", "ZH-1", "--document", "DOC-1")
    by(CHECKER, *ask("1,000", "ZH-2"))
    by(HEAD, "clawback", "refuse", "ZH-2", "--reason", "put right")
    return till


@pytest.fixture(scope="module")
def tills(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Till]:
    """The same with keys in use and without."""
    return {
        signed: clawed(tmp_path_factory.mktemp("clawed") / "till", tmp_path_factory.mktemp("anchor"), signed)
        for signed in (True, False)
    }


def agreed_on_another_sum(log: list[Body]) -> int:
    seq = at(log, "clawback", "agreed")
    log[seq]["amount_fen"] += 1
    return seq


def agreed_for_another_reason(log: list[Body]) -> int:
    seq = at(log, "clawback", "agreed")
    log[seq]["reason"] = "another"
    return seq


def agreed_by_its_maker(log: list[Body]) -> int:
    seq = at(log, "clawback", "agreed")
    log[seq]["actor"] = CHECKER
    return seq


def agreed_without_a_decision(log: list[Body]) -> int:
    seq = at(log, "clawback", "agreed")
    del log[seq]["document"]
    return seq


def agreed_on_more_than_stood(log: list[Body]) -> int:
    seq = at(log, "clawback", "agreed")
    log[seq]["stood_fen"] = 99_999
    return seq


def agreed_on_what_was_refused(log: list[Body]) -> int:
    """The agreement is moved behind the refusal of another request and says that it is about that one."""
    seq, refusal = at(log, "clawback", "agreed"), at(log, "clawback", "refused")
    log.append({**log[seq], "key": log[refusal]["key"]})
    return len(log) - 1


def agreed_twice(log: list[Body]) -> int:
    log.append(log[at(log, "clawback", "agreed")])
    return len(log) - 1


def requested_after_the_answer(log: list[Body]) -> int:
    log.append(log[at(log, "clawback", "requested")])
    return len(log) - 1


def never_requested(log: list[Body]) -> int:
    """Its place is taken by a harmless record, so that every number after it stays."""
    seq = at(log, "clawback", "requested")
    log[seq] = {**log[at(log, "actor")], "recorded_at": log[seq]["recorded_at"]}
    return at(log, "clawback", "agreed")


BROKEN: list[Callable[[list[Body]], int]] = [
    agreed_on_another_sum,
    agreed_for_another_reason,
    agreed_by_its_maker,
    agreed_without_a_decision,
    agreed_on_more_than_stood,
    agreed_on_what_was_refused,
    agreed_twice,
    requested_after_the_answer,
    never_requested,
]


@pytest.mark.parametrize("signed", [True, False])
def test_claw_backs_keep_the_rules(tills: dict[bool, Till], signed: bool) -> None:
    assert faults(bodies(tills[signed].ledger.path)) == []
    assert seen(verify(tills[signed].ledger.path)) == CONSISTENT


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("change", BROKEN, ids=lambda change: change.__name__)
def test_a_broken_rule_of_claw_backs_is_named(
    tills: dict[bool, Till], change: Callable[[list[Body]], int], signed: bool
) -> None:
    log = bodies(tills[signed].ledger.path)
    place = change(log)
    damages = faults(log)
    if signed and change is never_requested:
        # It was never approved either, and the approval comes first.
        assert damages == [
            ("act_head_differs", place - 1),
            ("approval_differs", place - 1),
            ("clawback_differs", place),
        ]
    elif signed and change not in (agreed_twice, requested_after_the_answer):
        # Who makes the log again has no officer's key, so a changed record does not bear its signature; a copy does.
        assert damages == [("clawback_differs", place), ("signature_wrong", place)]
    else:
        assert damages == [("clawback_differs", place)]


@pytest.mark.parametrize("state", ["requested", "agreed", "refused"])
def test_each_step_stands_on_its_signature(tills: dict[bool, Till], state: str) -> None:
    for change in ({"signature": "ab" * 64}, {"recorded_at": "2024-04-02T04:00:01Z"}):
        log = bodies(tills[True].ledger.path)
        seq = at(log, "clawback", state)
        log[seq] |= change
        assert ("signature_wrong", seq) in faults(log)


def test_agreed_without_an_approval(tills: dict[bool, Till]) -> None:
    """Its place is taken by a harmless record, so that every number after it stays."""
    log = bodies(tills[True].ledger.path)
    seq = at(log, "approval")
    log[seq] = {**log[at(log, "actor")], "recorded_at": log[seq]["recorded_at"]}
    assert ("approvals_missing", at(log, "clawback", "agreed")) in faults(log)


def test_verification_names_it(tills: dict[bool, Till], tmp_path: Path) -> None:
    path = tills[False].ledger.path
    copy = shutil.copytree(path.parent, tmp_path / "copy") / path.name
    places: list[int] = []
    altered(lambda log: places.append(agreed_on_more_than_stood(log)))(copy)
    assert seen(verify(copy)) == damaged("clawback_differs", places[0])
