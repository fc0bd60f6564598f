"""Standing decisions in a log that was written past the program: who decided alone, and what came in on nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from ledger.audit.rules.signed import Signatures
from ledger.rules.records import Logged

ABOUT = "payer/bank/102100099996/000001/boc"
Body = dict[str, Any]


def decision(actor: str, **fields: object) -> Body:
    """A version of the decision."""
    return {"type": "standing", "about": ABOUT, "key": f"standing/{ABOUT}", "reason": "x", "actor": actor, **fields}


def statement(**fields: object) -> Body:
    """A statement of the account in the format that the decision is about."""
    return {"account": ABOUT.removesuffix("/boc"), "format": "boc", "integrity": "unproven", "key": "1", **fields}


def found(*bodies: Mapping[str, Any]) -> list[tuple[int, str]]:
    """(place, reason) of what is wrong with standing decisions when these records follow each other."""
    rules = Signatures()
    faults = []
    for seq, body in enumerate(bodies):
        kind = "decision" if "type" in body else "statement"
        record = Logged[Any](seq, kind, {"actor": "1001", "recorded_at": "2025-06-01T01:00:00Z", **body}, b"")
        faults += [(seq, str(one.values["reason"])) for one in rules.check(record) if one.code == "standing_differs"]
    return faults


ASKED, AGREED = decision("1001"), decision("1002", of=0)
ENDED = decision("1003", ended_by="9c1f03ab77e2d410")


def test_what_two_people_decided_lets_statements_in_until_it_is_ended() -> None:
    assert found(ASKED, AGREED, statement(decision=1), statement(decision=1), ENDED) == []
    assert found(ASKED, AGREED, ENDED, ASKED, decision("1002", of=3), statement(decision=4)) == []
    assert found(statement(integrity="ok")) == []


@pytest.mark.parametrize(
    ("bodies", "faults"),
    [
        ([statement()], [(0, "decision")]),
        ([statement(integrity="no-balances")], [(0, "decision")]),
        ([ASKED, statement(decision=0)], [(1, "decision")]),
        ([ASKED, AGREED, statement()], [(2, "decision")]),
        ([ASKED, AGREED, statement(decision=0)], [(2, "decision")]),
        ([ASKED, AGREED, statement(decision=1, format="icbc")], [(2, "decision")]),
        ([ASKED, AGREED, ENDED, statement(decision=1)], [(3, "decision")]),
        # A statement that needs none rests on none either.
        ([statement(integrity="ok", decision=1)], [(0, "decision")]),
        ([ASKED, decision("1001", of=0)], [(1, "actor")]),
        ([AGREED], [(0, "of")]),
        ([ASKED, AGREED, decision("1003", of=1)], [(2, "of")]),
        ([ASKED, ASKED], [(1, "stands already")]),
        ([ENDED], [(0, "ended_by")]),
    ],
)
def test_what_one_person_alone_wrote_is_named(bodies: list[Body], faults: list[tuple[int, str]]) -> None:
    assert found(*bodies) == faults
