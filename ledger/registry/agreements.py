"""What takes two people: the record of the first asks, and an `approval` over its leaf hash by another agrees to it.

Nothing else puts it in force. Who may agree, and the signing, is `ledger.office.agreements`; here is what was said.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.store.ledger import Row, View
from ledger.store.remembered import remembered

# Types of decisions that one person alone cannot take.
CLEARING_ACCOUNT, PAID_ELSEWHERE, CARRIED = "clearing-account", "paid-elsewhere", "carried"
STANDING, CLOCK, BOUND = "standing", "clock", "bound"
# What one person stops, two let go on.
LIFT = "lift"
# An order that never left its office.
RECALL = "recall"
# A debt of a firm that will not come back.
WRITE_OFF = "write-off"
# What a contract binds is let go: its condition is met, or it comes back before its last day.
CONTRACT_RELEASE, CONTRACT_RETURN = "contract-release", "contract-return"
# What may have been paid in a lost part of the log: it went out, or nothing was paid.
RESTORED_SENT, RESTORED_UNPAID = "restored-sent", "restored-unpaid"
# An operator's interface that orders are sent to.
CHANNEL = "channel"
DECISIONS = frozenset(
    {
        *(CLEARING_ACCOUNT, PAID_ELSEWHERE, CARRIED, STANDING, CLOCK, BOUND, LIFT, RECALL, WRITE_OFF, CHANNEL),
        *(RESTORED_SENT, RESTORED_UNPAID, CONTRACT_RELEASE, CONTRACT_RETURN),
    }
)
# Kinds whose records ask: of decisions those of the types above, of the others all.
OF_TWO: tuple[kinds.Kind[Any], ...] = (
    kinds.COMPROMISE,
    kinds.CUT,
    kinds.DECISION,
    kinds.DUTIES,
    kinds.LOG_KEY,
    kinds.MAPPING,
    kinds.OPENING,
    kinds.OPENING_ITEM,
    kinds.OPERATOR,
    kinds.PAPER,
    kinds.PERSON,
    kinds.RESTORE,
    kinds.SUCCESSION,
    kinds.WITNESS,
)
# What the two people say of themselves who found a ledger: it is in force at once.
FOUND, OPEN = "init.found", "init.open"
FOUNDING = frozenset({FOUND, OPEN})
# Kinds that wait for an approval in one of their states only.
WAITING = frozenset({("clawback", "requested"), ("period", "made")})
_NAMES = frozenset(kind.name for kind in OF_TWO)
# Forms of earlier releases, of which one person's word was enough.
_OF_ONE = frozenset({kinds.OPENING.schema_of(1)})


def asks(body: Mapping[str, Any]) -> bool:
    """Whether a record is in force only once another person has agreed to it; what ends a decision is so at once."""
    of_two = kind_of(body) in _NAMES and body["$schema"] not in _OF_ONE
    at_once = "ended_by" in body or body.get("act") in FOUNDING
    return of_two and body.get("type", STANDING) in DECISIONS and not at_once


def answers(view: View) -> dict[int, Row[kinds.ApprovalBody]]:
    """Log index of a record -> the last approval of it, which may be against it."""
    return {row.body["about"]: row for row in view.records(kinds.APPROVAL)}


def _answers_to(view: View, rows: Sequence[Row[Any]]) -> dict[int, Row[kinds.ApprovalBody]]:
    """The last approval of each of these records, by log index; what comes behind the last of them is not read."""
    found: dict[int, Row[kinds.ApprovalBody]] = {}
    waits = {row.seq for row in rows}
    for row in view.records(kinds.APPROVAL, since=min(waits)) if waits else ():
        if row.body["about"] in waits:
            found[row.body["about"]] = row
            # Nothing is approved again once that has come to its end.
            waits.difference_update([row.body["about"]] if final(row.body) else ())
            if not waits:
                break
    return found


def agreement(view: View, seq: int) -> Row[kinds.ApprovalBody] | None:
    """By which approval somebody agreed to record `seq`; None where nobody did."""
    found = answers(view).get(seq)
    return found if found and _approves(found) else None


def agreed_and_open(
    view: View, stands: Row[kinds.DecisionBody] | None, carried_out: Container[int | None]
) -> Row[kinds.DecisionBody] | None:
    """The decision that stands, where somebody has agreed to it and nobody has carried it out."""
    waits = stands is not None and stands.seq not in carried_out and agreement(view, stands.seq) is not None
    return stands if waits else None


def agreed(view: View, kind: kinds.Kind[kinds.BodyT]) -> list[Row[kinds.BodyT]]:
    """The records of a kind that somebody agreed to, in log order, whatever came after."""
    rows = list(view.records(kind))
    said = _answers_to(view, rows)
    return [row for row in rows if row.seq in said and _approves(said[row.seq])]


@remembered
def enrolled(view: View) -> list[tuple[int, Row[kinds.PersonBody]]]:
    """The persons that two people entered, each behind the log index of the approval that put it in force, in order.

    Who found a ledger enter themselves.
    """
    rows = list(view.records(kinds.PERSON))
    if not rows:
        return []
    founders = [(row.seq, row) for row in rows if row.body["act"] in FOUNDING]
    said = _answers_to(view, [row for row in rows if row.body["act"] not in FOUNDING])
    return sorted(
        [*founders, *((said[row.seq].seq, row) for row in rows if row.seq in said and _approves(said[row.seq]))]
    )


def turned_down(view: View) -> dict[int, int]:
    """Log index of each act that somebody has turned down -> that of the first record which it covers."""
    found = {about: view.record(about) for about, _seq in _rejections(view)}
    return {seq: body["first"] for seq, body in found.items() if kind_of(body) == kinds.ACT.name}


def against(view: View) -> list[int]:
    """The log indexes of the approvals that turned an act down, in order."""
    return [seq for about, seq in _rejections(view) if kind_of(view.record(about)) == kinds.ACT.name]


def _rejections(view: View) -> list[tuple[int, int]]:
    """What somebody has signed against, each with the log index of that approval."""
    return [(row.body["about"], row.seq) for row in view.records(kinds.APPROVAL) if row.body["opinion"] == "reject"]


def in_effect(view: View, kind: kinds.Kind[kinds.BodyT]) -> Iterator[Row[kinds.BodyT]]:
    """Every record of a kind but those of acts that were turned down, in log order."""
    spans = [range(first, act) for act, first in turned_down(view).items()]
    yield from (row for row in view.records(kind) if not any(row.seq in span for span in spans))


def waiting(view: View, kind: kinds.Kind[kinds.BodyT]) -> list[Row[kinds.BodyT]]:
    """The records of a kind that ask, that nothing took the place of and nobody has answered; in log order."""
    said = answers(view)
    return sorted(
        (row for row in view.rows(kind) if asks(row.body) and not (row.seq in said and final(said[row.seq].body))),
        key=lambda row: row.seq,
    )


def unagreed(view: View) -> dict[int, str]:
    """Log index -> kind of each record that made the book again, put it back or gave it another key, and waits.

    Of keys only the last one is in force, and waits.
    """
    rows: list[Row[Any]] = [*view.records(kinds.CUT), *view.records(kinds.RESTORE)]
    rows += list(view.records(kinds.LOG_KEY))[-1:]
    said = answers(view) if rows else {}
    return {row.seq: kind_of(row.body) for row in rows if row.seq not in said or not _approves(said[row.seq])}


def final(body: kinds.ApprovalBody) -> bool:
    """Whether no signature is to come after this one: what it is about is in force with it, or ended."""
    return "to_come" not in body


def _approves(row: Row[kinds.ApprovalBody]) -> bool:
    return row.body["opinion"] == "approve" and final(row.body)
