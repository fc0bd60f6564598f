"""Rules of people: who wrote, who signed, and that whatever takes more than one person stands on them all.

Signatures are checked with the keys in force at that place of the log, approvals by the rule they are given under
(`approvals.capacity`), with the people as they were recorded then. These rules are older than the rule book, so they
hold for the records of every release.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from calculators.problems import Refused
from ledger.book.envelopes import Asked, Effect, effects
from ledger.book.envelopes import day_of as budget_day
from ledger.book.periods import CHECKED
from ledger.log import kinds
from ledger.office.acts import ENROL, REPLACE_KEY, act_of, rule_of
from ledger.office.approvals import APPROVE, REJECT, Approval, approval_of, capacity, listed
from ledger.office.compromised import COMPROMISED
from ledger.office.compromised import key_of as compromised_key
from ledger.office.duty import posts_after_the_first, unfit, unfit_words, unheld
from ledger.office.people import OFFICER, Person, concerned
from ledger.office.signing import holds
from ledger.office.standing import PERSON, statements_of
from ledger.office.turned_down import falls, says_the_same
from ledger.payouts.changes import DECISION as PAYEE_CHANGE
from ledger.payouts.states import Source, State
from ledger.reconcile.integrity import OK
from ledger.registry.agreements import DECISIONS, FOUNDING, STANDING, asks, final
from ledger.registry.clawbacks import AGREED, REQUESTED, answered_otherwise
from ledger.registry.mappings import MAPPED, hash_of, key_of
from ledger.rules import opening_items
from ledger.rules.acts import act_differs
from ledger.rules.codes import Faults, fault
from ledger.rules.ledgers import founder
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.store.projection import item_row

# The register that an import names -> that of its mapping's key.
_NAMES = {register.kind.register: name for name, register in MAPPED.items()}


def acting(state: Fold, actor: str, day: date) -> Faults:
    """Whoever writes is an officer, and in office on that day."""
    person = state.people.get(actor)
    if person is None:
        yield fault("actor_unknown", actor=actor)
    elif not person.in_office(day):
        yield fault("actor_not_in_office", actor=actor)


def actor(state: Fold, record: Logged[kinds.ActorBody]) -> Faults:
    """Days in order, and somebody left in office whose days have no end: else nothing could be written any more."""
    person, today = Person.of(record.body), day_of(record.body["recorded_at"])
    spans = [(person.starts_on, person.last_day)]
    if person.substitute:
        spans.append((person.substitute.starts_on, person.substitute.last_day))
    if any(first and last and last < first for first, last in spans):
        yield fault("dates_reversed", about=person.staff_no)
    if person.substitute and person.substitute.by == person.staff_no and state.whole("at_doors") is not None:
        yield fault("substitute_same", person=person.staff_no)
    people = {**state.people, person.staff_no: person}
    if not any(one.last_day is None and one.in_office(today) for one in people.values()):
        yield fault("last_officer", about=person.staff_no)


def key(state: Fold, record: Logged[kinds.KeyBody]) -> Faults:
    """A new key proves itself; where it follows another one, somebody with a key in force says so."""
    body = record.body
    if body["public"] in (state.whole("burnt") or ()):
        yield fault("key_burnt", person=body["key"])
    if not holds(body, body["public"], "proof"):
        yield fault("signature_wrong", field="proof")
    if body["key"] in state.signers:
        yield from _signature(state, record)


def person(state: Fold, record: Logged[kinds.PersonBody]) -> Faults:
    """Entered by somebody else than the person concerned, as an officer of that post; each key proves itself."""
    body = record.body
    known = state.people
    if body["act"] in FOUNDING:
        yield from founder(state, record)
    elif body["act"] != (REPLACE_KEY if body["key"] in known else ENROL):
        yield fault("act_differs", found=body["act"], expected=REPLACE_KEY if body["key"] in known else ENROL)
    if body["actor"] == body["key"] and body["act"] not in FOUNDING:
        yield fault("person_concerned", person=body["key"])
    actor = Person.entered(body, None) if body["act"] in FOUNDING else known.get(body["actor"])
    if actor is not None and body["post"] != (actor.post or OFFICER):
        yield fault("act_post", found=body["post"], actor=body["actor"])
    first, last = body.get("from", ""), body.get("to", "9999")
    if not body["posts"] or last < first:
        yield fault("dates_reversed", about=body["key"])
    for key, proof in (("public", "proof"), ("recovery", "proof_recovery")):
        yield from _proved(body, key, proof)
    if body["act"] in FOUNDING:
        if "signature" not in body or not holds(body, body["public"]):
            yield fault("signature_wrong", field="signature")
        return
    burnt = state.whole("burnt") or ()
    if body.get("public") in burnt or body.get("recovery") in burnt:
        yield fault("key_burnt", person=body["key"])
    if state.founded and body.get("public", "") in {one for who, one in state.signers.items() if who != body["key"]}:
        yield fault("key_of_another", person=body["key"])
    yield from _signature(state, record)


def _proved(body: Mapping[str, Any], key: str, proof: str) -> Faults:
    """A key and the signature by it come together."""
    if (key in body) != (proof in body) or (key in body and not holds(body, body[key], proof)):
        yield fault("signature_wrong", field=proof)


def alone(state: Fold, record: Logged[Any]) -> Faults:
    """Once two people have entered somebody, one alone ends an office, names a substitute or renews their own key."""
    if not state.whole("by_two"):
        return
    body = record.body
    if record.kind == kinds.KEY.name:
        own = body["actor"] == body["key"] and body["key"] in state.signers
    else:
        before, after = state.people.get(body["key"]), Person.of(record.body)
        own = before is not None and _no_more(before, after)
    if not own:
        yield fault("people_take_two", person=body["key"], actor=body["actor"])


def _no_more(before: Person, after: Person) -> bool:
    """Whether a change of a person gives nothing: the same post and beginning, an end that is no later."""
    same = (before.post, before.starts_on) == (after.post, after.starts_on)
    return same and (before.last_day is None or (after.last_day is not None and after.last_day <= before.last_day))


def order(state: Fold, record: Logged[kinds.OrderBody]) -> Faults:
    """A budget order is signed, always; from the first one on there are people for all that the duties ask for."""
    if state.founded and state.duties is not None:
        people, day = list(state.people.values()), day_of(record.body["recorded_at"])
        # Acts that came with a later release than the set are signed by anybody, and stop nothing.
        lacking = unfit(state.duties, people, day, state.duties.acts)
        if lacking:
            missing = next(iter(unheld(state.duties, people, day)), "POST")
            yield fault(
                "office_unfit", reason=lacking, why=unfit_words(state.duties, people, day, lacking), post=missing
            )
    if not state.by_acts:
        yield from _signature(state, record)


def clawback(state: Fold, record: Logged[kinds.ClawbackBody]) -> Faults:
    """Requested while nobody has answered; answered once, as it was requested, by two people where it is agreed."""
    body = record.body
    version = state.version(kinds.CLAWBACK, body["key"])
    before: kinds.ClawbackBody | None = state.body(version.seq) if version else None
    if body["state"] == REQUESTED:
        if before and before["state"] != REQUESTED:
            yield fault("clawback_differs", clawback=body["key"], reason="state")
    else:
        wrong = answered_otherwise(before, body) if before else "state"
        if wrong:
            yield fault("clawback_differs", clawback=body["key"], reason=wrong)
        elif body["state"] == AGREED and state.signers and not approved(state, version.seq if version else -1):
            yield fault("approvals_missing", subject=body["key"])
        elif body["state"] == AGREED and state.by_acts:
            yield from _agreed_as(state, body, given(state, version.seq if version else -1)[-1])
    yield from _signed(state, record)


def _agreed_as(state: Fold, body: kinds.ClawbackBody, last: Approval) -> Faults:
    """No act covers what is agreed to: its document stands in the signature, and it was agreed on what stands."""
    if state.body(last.record)["$schema"] != kinds.APPROVAL.schema:
        return
    if last.text != body.get("document"):
        yield fault("clawback_differs", clawback=body["key"], reason="document")
    if "stood_fen" not in body:
        return
    openings: Mapping[str, Mapping[str, Mapping[str, int]]] = state.whole("openings") or {}
    posted = state.line(body["line"]).dues
    outside = [due for lines in openings.values() for due in lines.get(body["line"], {}).items()]
    if body["stood_fen"] > sum(posted.values()) + sum(fen for _due, fen in outside):
        yield fault("clawback_differs", clawback=body["key"], reason="stood_fen")
    if body["stood_through"] != max([*posted, *(due for due, _fen in outside)], default=""):
        yield fault("clawback_differs", clawback=body["key"], reason="stood_through")


def period(state: Fold, record: Logged[kinds.PeriodBody]) -> Faults:
    """A month: made by one person with a signature, checked by another on an approval."""
    body = record.body
    if body["state"] != CHECKED:
        yield from _signed(state, record)
    elif state.signers and not approved(state, body.get("of", -1)):
        yield fault("approvals_missing", subject=body["key"])


def outcome(state: Fold, record: Logged[kinds.OutcomeBody]) -> Faults:
    """Approving a batch and deciding what became of a payout; calling it off before export pays nobody."""
    body = record.body
    if body["state"] == State.APPROVED:
        batch = state.batch(body["about"]) if state.signers else None
        if state.signers and not approved(state, batch.seq if batch else -1):
            yield fault("approvals_missing", subject=body["about"])
    elif body["source"]["kind"] == Source.DECISION and body["state"] != State.CANCELLED:
        yield from _signed(state, record)


def decision(state: Fold, record: Logged[kinds.DecisionBody]) -> Faults:
    """A standing decision is asked for where none stands, and ended where one does; what takes two people is signed."""
    body = record.body
    if body["type"] == STANDING:
        version = state.version(kinds.DECISION, body["key"])
        stands = version is not None and asks(state.body(version.seq)) and not _rejected(state, version.seq)
        if asks(body) == stands:
            reason = "stands already" if stands else "ended_by"
            yield fault("standing_differs", about=body["about"], reason=reason)
    if body["type"] == PAYEE_CHANGE:
        changed = [state.get("change", (register, body["about"])) for register in ("payee", "grant")]
        last = max((change for change in changed if change), default=None)
        if last is None or last.actor == body["actor"]:
            yield fault("approval_differs", reason="approver_is_maker" if last else "change_unknown")
    # A file that is put aside ends a standing decision by itself.
    if body["type"] in (*DECISIONS, PAYEE_CHANGE) and body.get("ended_by", PERSON) == PERSON:
        yield from _signed(state, record)


def asked(state: Fold, record: Logged[Any]) -> Faults:
    """Signed by who asks for it, where keys are in use."""
    return _signed(state, record)


def compromise(state: Fold, record: Logged[kinds.CompromiseBody]) -> Faults:
    """A key is said to be compromised since a day that has come; what is cleared was signed with it."""
    body = record.body
    person, doubts = body["person"], state.suspicions
    compromised = body["state"] == COMPROMISED
    if not state.by_acts:
        yield fault("compromise_differs", reason="act")
    if compromised != ("since" in body) or (compromised and "records" in body) or body.get("records") == []:
        yield fault("compromise_differs", reason="state")
    elif body["key"] != compromised_key(body):
        yield fault("compromise_differs", reason="key")
    elif compromised and (person not in state.signers or body["since"] > day_of(body["recorded_at"]).isoformat()):
        yield fault("compromise_differs", reason="person" if person not in state.signers else "since")
    elif not compromised:
        signed = set(doubts.in_doubt(state.body, record.seq, person))
        if not any(one.person == person for one in doubts.open.values()) or not set(body.get("records", ())) <= signed:
            yield fault("compromise_differs", reason="records")
        if body["actor"] == person:
            yield fault("person_concerned", person=person)


def mapping(state: Fold, record: Logged[kinds.MappingBody]) -> Faults:
    """The next of its key, under the hash of its own rules, and signed where keys are in use."""
    body = record.body
    before = state.version(kinds.MAPPING, body["key"])
    if body["version"] != (before.versions if before else 0) + 1:
        yield fault("mapping_differs", reason="version")
    if hash_of(body["key"], body["rules"]) != body["rules_sha256"]:
        yield fault("mapping_differs", reason="rules_sha256")
    yield from _signed(state, record)


def mapped(state: Fold, record: Logged[kinds.ImportBody]) -> Faults:
    """An import that was read under a mapping names the one in force of its register and lender."""
    body = record.body
    if "mapping" in body:
        at = key_of(_NAMES.get(body["register"], ""), body.get("lender", ""))
        if state.get("mapping", at) != body["mapping"]:
            yield fault("mapping_differs", reason="mapping")


def statement(state: Fold, record: Logged[kinds.StatementBody]) -> Faults:
    """A statement that nothing proves complete names the decision in force on its account and format."""
    body = record.body
    if body["integrity"] == OK and "decision" not in body:
        return
    about = statements_of(body["account"], body["format"])
    decided = state.version(kinds.DECISION, f"{STANDING}/{about}")
    if decided is None or not approved(state, decided.seq) or decided.seq != body.get("decision"):
        yield fault("standing_differs", about=about, reason="decision")


def approval(state: Fold, record: Logged[kinds.ApprovalBody]) -> Faults:
    """The next step of what waits, over its bytes, by somebody who may; signed where keys are in use."""
    body = record.body
    subject = state.get("subject", body["about"])
    if subject is None or subject.leaf.hex() != body["about_leaf"]:
        yield fault("approval_differs", reason="about_leaf")
        return
    said = state.body(subject.seq)
    yield from act_differs(record, said)
    if concerned(said) == body["actor"]:
        yield fault("person_concerned", person=body["actor"])
    if asks(said):
        # Of what takes two people, only the last version of its key can be agreed to.
        last = state.version_in(kinds.kind_of(said), said["key"])
        if last is None or last.seq != subject.seq:
            yield fault("approval_differs", reason="not_waiting")
    if kinds.kind_of(said) == kinds.OPENING_ITEM.name and body["opinion"] == APPROVE:
        yield from opening_items.stands(state, said)
    if subject.done and body["opinion"] == REJECT:
        yield from _turned_down(state, body["about"])
    signed = approval_of(record.seq, record.leaf, body)
    on_paper = frozenset(post for about, post in state.whole("papers") or () if about == subject.seq)
    try:
        day, earlier = day_of(signed.recorded_at), given(state, subject.seq)
        due = capacity(subject._replace(on_paper=on_paper), earlier, signed.actor, state.people, day, body["opinion"])
    except (Refused, KeyError) as error:
        reason = error.problems[0].code if isinstance(error, Refused) else "actor_unknown"
        yield fault("approval_differs", reason=reason)
        return
    if (signed.step, signed.post, signed.stands_for) != due:
        yield fault("approval_differs", reason="step, post, for")
    to_come = len(subject.steps) - due.step if signed.opinion == APPROVE else 0
    form: Any = body
    if form["$schema"] == kinds.APPROVAL.schema and body.get("to_come", 0) != to_come:
        yield fault("approval_differs", reason="to_come")
    # An approval bears its own signature, whatever covers the others.
    if state.signers:
        yield from _signature(state, record)


def _turned_down(state: Fold, number: int) -> Faults:
    """An act is turned down where all that it wrote can fall, and nobody has written over it since."""
    for body in map(state.body, range(state.body(number)["first"], number)):
        if rule_of(body) and not falls(body):
            yield fault("approval_differs", reason="act_done")
            return
    for (register, key), (last, _before) in state.undone(number).items():
        newest = state.version_in(register, key)
        if newest is None or not says_the_same(state.body(newest.seq), state.body(last)):
            yield fault("approval_differs", reason="act_superseded")


def proposal(state: Fold, record: Logged[kinds.ProposalBody]) -> Faults:
    """A run waits for the signatures that the duties in force ask for, before those of its notices."""
    asked = posts_after_the_first(state.duties, act_of(record.body), ())
    if tuple(record.body.get("steps", ())[: len(asked)]) != asked:
        yield fault("approvals_missing", subject=record.seq)


def run_closed(state: Fold, record: Logged[kinds.RunClosedBody]) -> Faults:
    """A run is closed on all steps of its proposal, and names their approvals."""
    proposal = record.body["proposal"]
    complete = approved(state, proposal) if state.get("subject", proposal) else True
    if not complete or record.body["approvals"] != listed(given(state, proposal)):
        yield fault("approvals_missing", subject=proposal)


def evidence(state: Fold, record: Logged[kinds.EvidenceBody]) -> Faults:
    """Evidence is about an earlier record, a version of what its key names."""
    body = record.body
    about = body["about"]
    version = state.body(about) if about < record.seq else None
    row = item_row(about, kinds.kind_of(version), version) if version else None
    if row is None or row.void or body["key"] != f"{row.register}/{row.key}/{body['sha256']}":
        yield fault("evidence_differs")


class Orders:
    """What approved budget orders still have to make: the budget records that follow at once."""

    def __init__(self, state: Fold) -> None:
        self._state = state
        self.owed: dict[int, tuple[Logged[Any], list[Effect]]] = {}

    def taken(self, record: Logged[kinds.ApprovalBody]) -> None:
        """An approval was found in order: where it is that of an order, the order is to be carried out."""
        about = record.body["about"]
        said = self._state.body(about)
        if record.body["opinion"] == APPROVE and final(record.body) and kinds.kind_of(said) == kinds.ORDER.name:
            self.owed[about] = record, effects(Asked.of(said))

    def budget(self, record: Logged[kinds.BudgetBody]) -> Faults:
        """Once keys are in use, a budget moves as an order of two people says, on its day, and in no other way."""
        body = record.body
        if not self._state.signers and "order" not in body:
            return
        number = body.get("order", -1)
        _approval, owed = self.owed.get(number, (None, []))
        effect = Effect(body["key"], body["action"], body["amount_fen"], body["document"])
        on = Asked.of(self._state.body(number)).on if effect in owed else None
        if effect not in owed or on not in (None, budget_day(body)):
            yield fault("approvals_missing", subject=body["key"])
            return
        owed.remove(effect)
        if not owed:
            del self.owed[number]

    def left(self) -> Iterator[tuple[int, Logged[Any]]]:
        """Orders that were approved and not carried out, with their approvals."""
        yield from ((number, record) for number, (record, _effects) in self.owed.items())


def given(state: Fold, about: int) -> tuple[Approval, ...]:
    """The approvals of record `about`, in order."""
    found: tuple[Approval, ...] = state.get("given", about) or ()
    return found


def approved(state: Fold, about: int) -> bool:
    """Whether all steps of record `about` were signed, none against it."""
    subject = state.get("subject", about)
    said = given(state, about)
    return subject is not None and len(said) == len(subject.steps) and all(one.opinion == APPROVE for one in said)


def _rejected(state: Fold, about: int) -> bool:
    return any(one.opinion == REJECT for one in given(state, about))


def act(state: Fold, record: Logged[kinds.ActBody]) -> Faults:
    """What covers a write is signed by who wrote it."""
    return _signature(state, record)


def _signed(state: Fold, record: Logged[Any]) -> Faults:
    """Its actor's signature, where keys are in use and no act covers it."""
    if state.signers and not state.by_acts:
        yield from _signature(state, record)


def _signature(state: Fold, record: Logged[Any]) -> Faults:
    public = state.signers.get(record.body["actor"])
    if public is None or "signature" not in record.body or not holds(record.body, public):
        yield fault("signature_wrong", field="signature")
