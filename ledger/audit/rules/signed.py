"""Who signed what: persons, keys, approvals, and whatever may stand only on the signatures of two people.

Signatures are checked with the keys that were in force at that place of the log, and approvals by the rule they were
given under (`approvals.capacity`), with the people as they were recorded then.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import chain
from typing import Any

from calculators.problems import Refused
from ledger.audit.damage import Damage
from ledger.book.envelopes import Asked, Effect, effects
from ledger.book.envelopes import day_of as budget_day
from ledger.book.periods import CHECKED
from ledger.log import kinds
from ledger.office.approvals import APPROVE, REJECT, Approval, Subject, approval_of, capacity, listed, subject_of
from ledger.office.people import Person
from ledger.office.signing import holds
from ledger.office.standing import PERSON, statements_of
from ledger.payouts.changes import DECISION as PAYEE_CHANGE
from ledger.payouts.states import Source, State
from ledger.reconcile.integrity import OK
from ledger.registry.agreements import DECISIONS, STANDING, asks
from ledger.registry.clawbacks import AGREED, REQUESTED, answered_otherwise
from ledger.rules.records import Logged
from ledger.store.ledger import local_day


class Signatures:
    """Takes the records of a log one by one, in their order."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._keys: dict[str, str] = {}
        self._subjects: dict[int, Subject] = {}
        self._given: dict[int, list[Approval]] = {}
        # Log index of an order -> what it says, and, once it was approved, the budget records that it still lacks.
        self._orders: dict[int, Asked] = {}
        self._owed: dict[int, list[Effect]] = {}
        # Key of a claw-back -> its last version.
        self._clawbacks: dict[str, Logged[kinds.ClawbackBody]] = {}
        # (Kind, key) of what takes two people -> its last version; log index of a version -> (kind, key).
        self._last: dict[tuple[str, str], Logged[Any]] = {}
        self._place: dict[int, tuple[str, str]] = {}
        # Batch no. -> the log index of its record.
        self._batches: dict[str, int] = {}
        self._check_of: dict[str, Callable[[Logged[Any]], Iterator[Damage]]] = {
            "actor": self._actor,
            "key": self._key,
            "proposal": self._subject,
            "order": self._order,
            "clawback": self._clawback,
            "period": self._period,
            "cut": self._of_two,
            "mapping": self._of_two,
            "payment_batch": self._batch,
            "outcome": self._outcome,
            "decision": self._decision,
            "statement": self._statement,
            "operator": self._of_two,
            "approval": self._approval,
            "run_closed": self._run_closed,
            "budget": self._budget,
        }
        self._seen: tuple[str, str] = ("", "")

    def check(self, record: Logged[Any]) -> Iterable[Damage]:
        """What is wrong with the next record."""
        check = self._check_of.get(record.kind)
        found = check(record) if check else ()
        # Most records are the next of the same write, by the same person. Genesis and the first rules stand before
        # anybody can be known.
        if (record.body["actor"], record.body["recorded_at"]) == self._seen or record.seq < 2:
            return found
        return chain(found, self._acting(record))

    def end(self) -> Iterator[Damage]:
        """What was approved and never done."""
        for order, owed in self._owed.items():
            if owed:
                yield Damage("approvals_missing", {"subject": order}, order, "order")

    def _acting(self, record: Logged[Any]) -> Iterator[Damage]:
        actor, moment = record.body["actor"], record.body["recorded_at"]
        person = self._people.get(actor)
        if person is None:
            yield _found(record, "actor_unknown", actor=actor)
        elif not person.in_office(_day(moment)):
            yield _found(record, "actor_not_in_office", actor=actor)
        self._seen = (actor, moment)

    def _actor(self, record: Logged[kinds.ActorBody]) -> Iterator[Damage]:
        self._people[record.body["key"]] = Person.of(record.body)
        self._seen = ("", "")
        return iter(())

    def _key(self, record: Logged[kinds.KeyBody]) -> Iterator[Damage]:
        body = record.body
        if not holds(body, body["public"], "proof"):
            yield _found(record, "signature_wrong", field="proof")
        if body["key"] in self._keys:
            yield from self._signature(record)
        self._keys[body["key"]] = body["public"]

    def _signature(self, record: Logged[Any]) -> Iterator[Damage]:
        key = self._keys.get(record.body["actor"])
        if key is None or "signature" not in record.body or not holds(record.body, key):
            yield _found(record, "signature_wrong", field="signature")

    def _subject(self, record: Logged[Any]) -> Iterator[Damage]:
        subject = subject_of(record.seq, record.leaf, record.body)
        if subject:
            self._subjects[record.seq] = subject
        return iter(())

    def _order(self, record: Logged[kinds.OrderBody]) -> Iterator[Damage]:
        body = record.body
        self._orders[record.seq] = Asked.of(body)
        yield from self._subject(record)
        yield from self._signature(record)

    def _clawback(self, record: Logged[kinds.ClawbackBody]) -> Iterator[Damage]:
        body = record.body
        before = self._clawbacks.get(body["key"])
        self._clawbacks[body["key"]] = record
        if body["state"] == REQUESTED:
            if before and before.body["state"] != REQUESTED:
                yield _found(record, "clawback_differs", clawback=body["key"], reason="state")
            yield from self._subject(record)
        else:
            wrong = answered_otherwise(before.body, body) if before else "state"
            if wrong:
                yield _found(record, "clawback_differs", clawback=body["key"], reason=wrong)
            elif body["state"] == AGREED and self._keys and not self._approved(before.seq if before else -1):
                yield _found(record, "approvals_missing", subject=body["key"])
        if self._keys:
            yield from self._signature(record)

    def _period(self, record: Logged[kinds.PeriodBody]) -> Iterator[Damage]:
        """A month: made by one person with a signature, checked by another on an approval."""
        if record.body["state"] == CHECKED:
            if self._keys and not self._approved(record.body.get("of", -1)):
                yield _found(record, "approvals_missing", subject=record.body["key"])
            return
        yield from self._subject(record)
        if self._keys:
            yield from self._signature(record)

    def _batch(self, record: Logged[kinds.PaymentBatchBody]) -> Iterator[Damage]:
        self._batches[record.body["key"]] = record.seq
        return self._subject(record)

    def _outcome(self, record: Logged[kinds.OutcomeBody]) -> Iterator[Damage]:
        """Approving a batch and deciding what became of a payout; calling it off before export pays nobody."""
        if not self._keys:
            return
        body = record.body
        if body["state"] == State.APPROVED:
            if not self._approved(self._batches.get(body["about"], -1)):
                yield _found(record, "approvals_missing", subject=body["about"])
        elif body["source"]["kind"] == Source.DECISION and body["state"] != State.CANCELLED:
            yield from self._signature(record)

    def _decision(self, record: Logged[kinds.DecisionBody]) -> Iterator[Damage]:
        body = record.body
        if body["type"] == STANDING:
            yield from self._standing_decision(record)
        if body["type"] in DECISIONS:
            yield from self._of_two(record)
        elif self._keys and body["type"] == PAYEE_CHANGE:
            yield from self._signature(record)

    def _of_two(self, record: Logged[Any]) -> Iterator[Damage]:
        """What takes two people: signed by who asks, and of its key only the last version can be agreed to."""
        place = self._place[record.seq] = record.kind, record.body["key"]
        self._last[place] = record
        yield from self._subject(record)
        # A file that is put aside ends a standing decision by itself.
        if self._keys and record.body.get("ended_by", PERSON) == PERSON:
            yield from self._signature(record)

    def _standing_decision(self, record: Logged[kinds.DecisionBody]) -> Iterator[Damage]:
        """Asked for where nothing stands, and ended where something does."""
        body = record.body
        before = self._last.get((record.kind, body["key"]))
        stands = before is not None and asks(before.body) and not self._rejected(before.seq)
        if asks(body) == stands:
            wrong = "stands already" if stands else "ended_by"
            yield _found(record, "standing_differs", about=body["about"], reason=wrong)

    def _statement(self, record: Logged[kinds.StatementBody]) -> Iterator[Damage]:
        """A statement that nothing proves complete names the decision in force on its account and format."""
        body = record.body
        if body["integrity"] == OK and "decision" not in body:
            return
        about = statements_of(body["account"], body["format"])
        decided = self._last.get((kinds.DECISION.name, f"{STANDING}/{about}"))
        if decided is None or not self._approved(decided.seq) or decided.seq != body.get("decision"):
            yield _found(record, "standing_differs", about=about, reason="decision")

    def _approval(self, record: Logged[kinds.ApprovalBody]) -> Iterator[Damage]:
        body = record.body
        subject = self._subjects.get(body["about"])
        if subject is None or subject.leaf.hex() != body["about_leaf"]:
            yield _found(record, "approval_differs", reason="about_leaf")
            return
        if self._keys:
            yield from self._signature(record)
        earlier = self._given.setdefault(subject.seq, [])
        approval = approval_of(record.seq, record.leaf, body)
        if self._is_old(subject.seq):
            yield _found(record, "approval_differs", reason="not_waiting")
            return
        try:
            due = capacity(subject, earlier, approval.actor, self._people, _day(approval.recorded_at))
        except (Refused, KeyError) as error:
            reason = error.problems[0].code if isinstance(error, Refused) else "actor_unknown"
            yield _found(record, "approval_differs", reason=reason)
            return
        if (approval.step, approval.post, approval.stands_for) != due:
            yield _found(record, "approval_differs", reason="step, post, for")
        earlier.append(approval)
        order = self._orders.get(subject.seq)
        if order is not None and approval.opinion == APPROVE:
            self._owed[subject.seq] = effects(order)

    def _run_closed(self, record: Logged[kinds.RunClosedBody]) -> Iterator[Damage]:
        proposal = record.body["proposal"]
        given = self._given.get(proposal, [])
        complete = self._approved(proposal) if proposal in self._subjects else True
        if not complete or record.body["approvals"] != listed(given):
            yield _found(record, "approvals_missing", subject=proposal)

    def _budget(self, record: Logged[kinds.BudgetBody]) -> Iterator[Damage]:
        body = record.body
        if not self._keys and "order" not in body:
            return
        ordered = self._orders.get(body.get("order", -1))
        owed = self._owed.get(body.get("order", -1), [])
        effect = Effect(body["key"], body["action"], body["amount_fen"], body["document"])
        another_day = ordered is not None and ordered.on is not None and ordered.on != budget_day(body)
        if effect not in owed or another_day:
            yield _found(record, "approvals_missing", subject=body["key"])
        else:
            owed.remove(effect)

    def _is_old(self, seq: int) -> bool:
        """Whether a later version has taken the place of what takes two people."""
        place = self._place.get(seq)
        return place is not None and self._last[place].seq != seq

    def _rejected(self, seq: int) -> bool:
        return any(approval.opinion == REJECT for approval in self._given.get(seq, []))

    def _approved(self, seq: int) -> bool:
        subject, given = self._subjects.get(seq), self._given.get(seq, [])
        return (
            subject is not None
            and len(given) == len(subject.steps)
            and all(approval.opinion == APPROVE for approval in given)
        )


def _day(moment: str) -> date:
    return local_day(datetime.fromisoformat(moment))


def _found(record: Logged[Any], code: str, **values: Any) -> Damage:
    return Damage(code, values, record.seq, record.kind, record.body.get("key", ""))
