"""Standing decisions in a log that was written past the program: who decided alone, and what came in on nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from ledger.rules.judge import Judge
from ledger.rules.records import Logged, LogOnly
from ledger.rules.state import Fold

ABOUT = "payer/bank/102100099996/000001/boc"
Body = dict[str, Any]
NOW = "2025-06-01T01:00:00Z"


def decision(actor: str, **fields: object) -> Body:
    """A version of the decision."""
    return {"type": "standing", "about": ABOUT, "key": f"standing/{ABOUT}", "reason": "x", "actor": actor, **fields}


def approval(actor: str, about: int, opinion: str = "approve") -> Body:
    """Another person's word on the version at this place."""
    return {"about": about, "about_leaf": "", "actor": actor, "step": 1, "post": "officer", "opinion": opinion}


def statement(**fields: object) -> Body:
    """A statement of the account in the format that the decision is about."""
    account = {"account": ABOUT.removesuffix("/boc"), "currency": "CNY", "sha256": "0" * 64, "added_fen": 0}
    return {**account, "format": "boc", "integrity": "unproven", "key": "1", **fields}


def found(*bodies: Mapping[str, Any]) -> list[tuple[int, str]]:
    """(place, reason) of the first thing wrong with decisions and approvals when these records follow each other."""
    log: list[Body] = [
        {"schema": "genesis"},
        {"schema": "rules", "key": "rules", "book": "book/1", "calculators": [], "schemas": []},
    ]
    log += [{"schema": "actor", "key": person, "role": "officer"} for person in ("1001", "1002", "1003")]
    first = len(log)
    for body in bodies:
        kind = "decision" if "type" in body else "approval" if "opinion" in body else "statement"
        numbers = {name: body[name] + first for name in ("about", "decision") if isinstance(body.get(name), int)}
        log.append({"schema": kind, **body, **numbers})
    log = [{"$schema": f"subsidy/{one['schema']}/1", "actor": "1001", "recorded_at": NOW, **one} for one in log]
    judge = Judge(Fold(LogOnly(log.__getitem__)))
    for seq, one in enumerate(log):
        fault = judge.take(Logged[Any](seq, one["schema"], one, b""))
        if fault:
            return [(fault.record.seq - first, str(fault.fault.values["reason"]))]
    return []


ASKED, AGREED = decision("1001"), approval("1002", 0)
ENDED = decision("1003", ended_by="9c1f03ab77e2d410")


def test_what_two_people_decided_lets_statements_in_until_it_is_ended() -> None:
    assert found(ASKED, AGREED, statement(decision=0), statement(decision=0), ENDED) == []
    assert found(ASKED, AGREED, ENDED, ASKED, approval("1002", 3), statement(decision=3)) == []
    assert found(ASKED, approval("1002", 0, "reject"), ASKED, approval("1002", 2), statement(decision=2)) == []
    assert found(statement(integrity="ok")) == []


@pytest.mark.parametrize(
    ("bodies", "faults"),
    [
        ([statement()], [(0, "decision")]),
        ([statement(integrity="no-balances")], [(0, "decision")]),
        ([ASKED, statement(decision=0)], [(1, "decision")]),
        ([ASKED, approval("1002", 0, "reject"), statement(decision=0)], [(2, "decision")]),
        ([ASKED, AGREED, statement()], [(2, "decision")]),
        ([ASKED, AGREED, statement(decision=1)], [(2, "decision")]),
        ([ASKED, AGREED, statement(decision=0, format="icbc")], [(2, "decision")]),
        ([ASKED, AGREED, ENDED, statement(decision=0)], [(3, "decision")]),
        # A statement that needs none rests on none either.
        ([statement(integrity="ok", decision=1)], [(0, "decision")]),
        ([ASKED, approval("1001", 0)], [(1, "approver_is_maker")]),
        ([AGREED], [(0, "about_leaf")]),
        ([ASKED, AGREED, approval("1003", 0)], [(2, "not_waiting")]),
        ([ASKED, ENDED, AGREED], [(2, "not_waiting")]),
        ([ASKED, ENDED, approval("1002", 1)], [(2, "about_leaf")]),
        ([ASKED, ASKED], [(1, "stands already")]),
        ([ENDED], [(0, "ended_by")]),
        ([ASKED, approval("1002", 0, "reject"), ENDED], [(2, "ended_by")]),
    ],
)
def test_what_one_person_alone_wrote_is_named(bodies: list[Body], faults: list[tuple[int, str]]) -> None:
    assert found(*bodies) == faults
