"""Rules of signed acts: on which log, seen when, for how long, once, and on nothing that has changed since.

They are asked before the signature itself, so that a signer is told what is wrong with what was signed. Records of
earlier forms are no acts, and stand under the rules of their time.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from calculators.problems import Refused
from ledger.log import kinds
from ledger.office.acts import act_of, acts_named, rule_of
from ledger.office.approvals import waiting_words
from ledger.office.compromised import rests, undone
from ledger.office.duty import SignsAs, set_of, signs_as, unfit, unfit_words
from ledger.office.holding import PAYER, About, about, first_held, rests_on
from ledger.office.people import OFFICER
from ledger.office.signing import VALID_DAYS
from ledger.office.witnesses import short_of
from ledger.office.writes import apart, batch_steps
from ledger.payouts.states import State
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import act_key
from ledger.words import _


def act(state: Fold, record: Logged[Any]) -> Faults:
    """An act of this log, within its days, on what was seen of it, accepted once, on versions that stand."""
    body = record.body
    if "act" not in body:
        return
    origin = state.whole("origin")
    if body["origin"] != origin:
        yield fault("act_foreign", found=body["origin"], expected=origin)
    today, last = day_of(body["recorded_at"]), date.fromisoformat(body["valid_until"])
    latest = today + timedelta(days=VALID_DAYS)
    if not today <= last <= latest:
        yield fault("act_expired", day=last, today=today, latest=latest)
    yield from _seen(state, record)
    before = state.get("act", act_key(record.kind, body))
    if before is not None:
        yield fault("act_repeated", before=before)
    yield from _stale(state, record)


def covers(state: Fold, record: Logged[kinds.ActBody]) -> Faults:
    """An act covers exactly what its actor has written before it, which is one act, and says as which post."""
    body, unsigned = record.body, state.unsigned
    if unsigned is None:
        yield fault("act_covers", reason="nothing")
        return
    found = unsigned.written
    said = body["first"], body["count"], body["root"], body["act"]
    for field, one, expected in zip(
        ("first", "count", "root", "act"), said, (found.first, found.count, found.root, found.act), strict=True
    ):
        if one != expected:
            yield fault("act_covers", reason=field)
    if unsigned.replaced >= body["head"]["size"]:
        yield fault("act_stale", about=unsigned.first.seq, newer=unsigned.replaced)
    yield from _as_what(state, record, unsigned.first.body)


def _as_what(state: Fold, record: Logged[kinds.ActBody], first: Any) -> Faults:
    """Signed as a post that the actor has, or stands in for, and that the duties in force ask for."""
    body, duties = record.body, state.duties
    actor = state.people.get(body["actor"])
    if actor is None:
        return
    due = SignsAs(actor.post or OFFICER)
    if duties is not None and body["act"] in duties.acts:
        barred = apart(duties, body["act"], first, lambda batch: _signers(state, batch))
        try:
            day = day_of(body["recorded_at"])
            due = signs_as(duties, body["act"], 0, actor.staff_no, state.people, day, barred)
        except Refused as refused:
            yield fault("duty_differs", **refused.problems[0].values)
            return
    if (body["post"], body.get("for", "")) != due:
        yield fault("act_post", found=body["post"], actor=body["actor"])


def _signers(state: Fold, batch: str) -> Any:
    found = state.batch(batch)
    return batch_steps(found.body["actor"], state.get("given", found.seq) or ()) if found else {}


def duties(state: Fold, record: Logged[kinds.DutiesBody]) -> Faults:
    """A set that can be read, under the hash of its text, whose acts people carry out and that signs what is needed."""
    body = record.body
    if sha256(body["text"].encode()).hexdigest() != body["sha256"]:
        yield fault("duties_differ", reason="sha256", why=_("its hash is not that of its text"))
    found = set_of(body["text"])
    people, today = list(state.people.values()), day_of(body["recorded_at"])
    wrong = unfit(found, people, today, acts_named(state.schemas))
    if wrong:
        yield fault("duties_differ", reason=wrong, why=unfit_words(found, people, today, wrong))
    if not state.by_acts:
        yield fault("duties_differ", reason="people", why=_("not everybody is entered with a key yet"))


def exported(state: Fold, record: Logged[kinds.OutcomeBody]) -> Faults:
    """Nothing goes out that an act which waits for another's signature is about, or one in doubt."""
    waiting, doubts = state.whole("open_acts") or (), state.suspicions
    if record.body["state"] != State.EXPORTED or not (waiting or doubts.open):
        return
    paid, day = set(_paid(state, record.body["about"])), day_of(record.body["recorded_at"])
    for seq in waiting:
        body = state.body(seq)
        held = (one for at in range(body["first"], seq) for one in _about(state, state.body(at)))
        found = first_held(held, paid)
        if found is not None:
            waits = waiting_words(state.get("subject", seq), state.get("given", seq) or (), state.people, day)
            yield fault("acts_open", number=seq, about=found.words, **waits)
    doubted = list(doubts.in_doubt(state.body, record.seq))
    without = undone(state.body, min(doubted, default=record.seq), record.seq)
    for seq in doubted:
        things = rests(
            state.body, _payout(state), lambda: (run.seq for run in state.whole("closed") or ()), seq, without
        )
        found = first_held(things, paid)
        if found is not None:
            yield fault("signed_in_doubt", number=seq, person=state.body(seq)["actor"], about=found.words)


def witnessed(state: Fold, record: Logged[kinds.OutcomeBody]) -> Faults:
    """Where a policy asks for witnesses, they have signed a head that has the batch and its signatures."""
    policy = state.whole("witnesses")
    if record.body["state"] != State.EXPORTED or policy is None:
        return
    batch = state.batch(record.body["about"])
    given = (state.get("given", batch.seq) or ()) if batch else ()
    last = max((batch.seq if batch else 0, *(one.record for one in given)))
    if short_of(policy, state.whole("witnessed") or "", last):
        yield fault("head_unwitnessed", needed=policy.needed)


def _about(state: Fold, body: Any) -> Iterator[About]:
    return about(body, state.body, _payout(state)) if rule_of(body) else iter(())


def _payout(state: Fold) -> Callable[[str], Any]:
    def payout(key: str) -> Any:
        item = state.item(key)
        return item.body if item else None

    return payout


def _paid(state: Fold, key: str) -> Iterator[About]:
    """What the payouts of a batch rest on that are still to go out."""
    batch = state.batch(key)
    items = [item for item in map(state.item, batch.items) if item] if batch else []
    if batch:
        yield About(PAYER, batch.body["payer"])
    for item in items:
        if item.state is State.CANCELLED:
            continue
        for line in {award.line for award in map(state.award, item.claims) if award}:
            grant = state.version(kinds.GRANT, line)
            name = grant.fields["application"] if grant else ""
            application = state.version(kinds.APPLICATION, name) if grant else None
            fields = application.fields if application else None
            yield from rests_on(line, item.body["payee"], item.body["uscc"], fields, name)


def missing(state: Fold, record: Logged[Any] | None) -> Faults:
    """Whether what somebody wrote stands without its act: another write begins, or none follows."""
    unsigned = state.unsigned
    if unsigned is None:
        return
    before = unsigned.first.body
    if record is None or (before["actor"], before["recorded_at"]) != (
        record.body["actor"],
        record.body["recorded_at"],
    ):
        yield fault("act_missing", actor=before["actor"])


def _seen(state: Fold, record: Logged[Any]) -> Faults:
    """The head was this log's, and lies behind whatever makes what was seen before it void."""
    head, actor = record.body["head"], record.body["actor"]
    size = head["size"]
    root = state.root(size) if size <= record.seq else None
    if root is None or root.hex() != head["root"]:
        yield fault("act_head_differs", size=size)
    floor, unsigned = state.whole("floor") or -1, state.unsigned
    if record.kind == kinds.ACT.name and unsigned is not None and unsigned.first.seq <= floor:
        # Who cuts a book or puts it back signs for that, and saw what stood where it breaks off.
        floor = state.body(floor).get("from", floor + 1) - 1
    floor = max(floor, (state.whole("keyed") or {}).get(actor, -1))
    if size <= floor:
        yield fault("act_head_early", size=size, record=floor)


def _stale(state: Fold, record: Logged[Any]) -> Faults:
    """Nothing that it names has a newer version."""
    for field in kinds.KINDS[record.kind].refs:
        if field not in record.body:
            continue
        about = record.body[field]
        said = state.body(about) if 0 <= about < record.seq else {}
        register = kinds.kind_of(said)
        if register in kinds.KINDS and kinds.KINDS[register].keyed:
            last = state.version_in(register, said["key"])
            if last is not None and last.seq != about:
                yield fault("act_stale", about=about, newer=last.seq)


def act_differs(record: Logged[Any], subject: Any) -> Faults:
    """A second signature says of which act it is."""
    expected = act_of(subject)
    if "act" in record.body and record.body["act"] != expected:
        yield fault("act_differs", found=record.body["act"], expected=expected)
