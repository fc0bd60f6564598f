"""Approvals: who signed which step of what, and whether the person could.

What waits for approvals is a record of its own: a run's proposal with ordered steps, a budget order, a batch of
payouts. Each step is signed over the leaf hash of that record by somebody who has the step's post, or stands in for one
who has, who did not make it and has not signed it before. `capacity` is that rule, for writing, replay and
verification alike.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from calculators.notices.model import Notice
from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.acts import act_of, act_words, rule_of
from ledger.office.duties import Duties
from ledger.office.duty import at, history, in_force, named, posts_after_the_first, rests_on_another, signs_as
from ledger.office.holding import About, about
from ledger.office.people import OFFICER, Person, people
from ledger.office.signing import Signer, append_act
from ledger.registry.agreements import WAITING, agreed, asks
from ledger.store.ledger import Row, View, Writer, local_day

# The post of a step that anybody in office may take.
ANY_POST = ""
APPROVE, REJECT = "approve", "reject"


class Subject(NamedTuple):
    """What is approved: its log index, its leaf hash, who made it, and the posts of its steps in order.

    `act` is which act it is, `duties` the set that was in force when it was recorded; None for none. `done` says that
    it is an act over a write: that is in force already. `on_paper` are the posts that have signed it on paper.
    """

    seq: int
    leaf: bytes
    maker: str
    steps: tuple[str, ...]
    act: str = ""
    duties: Duties | None = None
    done: bool = False
    on_paper: frozenset[str] = frozenset()


class Approval(NamedTuple):
    """A signed step: record and leaf of the approval, what it is about, and who gave it in which capacity.

    `stands_for` is the staff number of the person whose substitute `actor` was, else empty.
    """

    record: int
    leaf: bytes
    about: int
    step: int
    post: str
    opinion: str
    text: str
    actor: str
    stands_for: str
    recorded_at: str
    to_come: int = 0


class Capacity(NamedTuple):
    """As what a person signs: the number of the step, its post, and whom he or she stands in for."""

    step: int
    post: str
    stands_for: str


def steps_of(notices: Iterable[Notice]) -> list[str]:
    """The posts that approve a run over these notices: by notice id, each once, in order of first appearance."""
    ordered = sorted(notices, key=lambda notice: notice.id)
    return list(dict.fromkeys(step.post for notice in ordered if notice.approval for step in notice.approval.steps))


def _waits(kind: str, body: Mapping[str, Any]) -> bool:
    """Whether a record of a kind that is approved in one of its states is in it."""
    return (kind, body.get("state")) in WAITING or asks(body)


def subject_of(seq: int, leaf: bytes, body: Mapping[str, Any], duties: Duties | None = None) -> Subject | None:
    """The record as something to approve; None where it needs no approval. `duties` are those in force before it."""
    kind = kind_of(body)
    steps: tuple[str, ...] = ()
    if kind == "proposal":
        steps = tuple(body.get("steps", ()))
    elif kind in ("order", "payment_batch") or _waits(kind, body):
        steps = posts_after_the_first(duties, act_of(body), (ANY_POST,))
    elif kind == "act" and duties is not None and rests_on_another(duties, body["act"]):
        steps = posts_after_the_first(duties, body["act"], ())
    return Subject(seq, leaf, body["actor"], steps, act_of(body), duties, kind == "act") if steps else None


def subject(view: View, seq: int) -> Subject:
    """The record `seq` as something to approve; refuses `nothing_to_approve`."""
    found = subject_of(seq, view.leaf(seq), view.record(seq), in_force(view.at(seq))) if seq < view.size else None
    if found is None:
        raise refuse(
            "nothing_to_approve",
            N_("record {number} asks for no approval"),
            N_("give the number of a run or order that waits; `subsidy approvals` lists them"),
            number=seq,
        )
    return found._replace(on_paper=frozenset(post for about, post in papers(view) if about == seq))


def steps_on_paper(about: Subject) -> tuple[str, ...]:
    """The posts that may sign on paper: those of a run's notices, never one that the duties ask for."""
    return about.steps[len(posts_after_the_first(about.duties, about.act, ())) :]


def papers(view: View) -> set[tuple[int, str]]:
    """Which runs were signed on paper by which posts, as two people have recorded it."""
    return {(row.body["about"], row.body["post"]) for row in agreed(view, kinds.PAPER)}


def signed_on_paper(view: View, approval: Approval) -> Row[kinds.PaperBody] | None:
    """The paper that an approval stands for: who gave it has not got the post, and takes nobody's place."""
    if approval.stands_for or people(view.at(approval.record))[approval.actor].post == approval.post:
        return None
    # The one that was agreed to when this step was given; another may have been brought since.
    of_step = (approval.about, approval.post)
    before = agreed(view.at(approval.record), kinds.PAPER)
    return next((row for row in reversed(before) if (row.body["about"], row.body["post"]) == of_step), None)


def approval_of(record: int, leaf: bytes, body: kinds.ApprovalBody) -> Approval:
    """An `approval` record as a value."""
    return Approval(
        record=record,
        leaf=leaf,
        about=body["about"],
        step=body["step"],
        post=body["post"],
        opinion=body["opinion"],
        text=body.get("text", ""),
        actor=body["actor"],
        stands_for=body.get("for", ""),
        recorded_at=body["recorded_at"],
        to_come=body.get("to_come", 0),
    )


def given(view: View, about: int) -> list[Approval]:
    """The approvals of record `about`, in order."""
    return [
        approval_of(row.seq, row.leaf, row.body)
        for row in view.records(kinds.APPROVAL, since=about)
        if row.body["about"] == about
    ]


def open_acts(view: View) -> tuple[int, ...]:
    """The acts that wait for another signature, by log index: while one does, what it is about is not paid."""
    sets = history(view)
    if not sets:
        return ()
    said: dict[int, list[Approval]] = defaultdict(list)
    for row in view.records(kinds.APPROVAL, since=sets[0][0]):
        said[row.body["about"]].append(approval_of(row.seq, row.leaf, row.body))
    about = (subject_of(row.seq, row.leaf, row.body, at(sets, row.seq)) for row in view.records(kinds.ACT))
    return tuple(one.seq for one in about if one and still_waits(one, said[one.seq]))


def still_waits(about: Subject, earlier: Sequence[Approval]) -> bool:
    """Whether a signature is to come, and none was given against it."""
    return len(earlier) < len(about.steps) and all(approval.opinion == APPROVE for approval in earlier)


def held_by(view: View, seq: int) -> Iterator[About]:
    """What the act at log index `seq` is about: while it waits, no money goes out that rests on any of it."""

    def payout(key: str) -> Mapping[str, Any] | None:
        row = view.current(kinds.PAYOUT, key)
        return row.body if row else None

    for body in map(view.record, range(view.body(kinds.ACT, seq)["first"], seq)):
        if rule_of(body):
            yield from about(body, view.record, payout)


def act_over(view: View, seq: int) -> Subject | None:
    """The act that covers record `seq` where others have to sign it; None where they have not."""
    act = next(iter(view.records(kinds.ACT, since=seq)), None) if history(view) else None
    if act is None or act.body["first"] > seq:
        return None
    return subject_of(act.seq, act.leaf, act.body, in_force(view.at(act.seq)))


def listed(approvals: Iterable[Approval]) -> list[kinds.GivenApproval]:
    """Approvals as the closing record of a run names them."""
    return [
        kinds.GivenApproval(step=approval.step, record=approval.record, leaf=approval.leaf.hex())
        for approval in approvals
    ]


def sign(writer: Writer, signer: Signer | None, about: Subject, opinion: str, text: str = "") -> Approval:
    """Sign the next step of `about` as the write's actor; refuses as `capacity` and `append_act` do.

    Without a signer only where no key is in use (`signer_for`).
    """
    day = local_day(writer.now)
    as_what = capacity(about, given(writer, about.seq), writer.actor, people(writer), day, opinion)
    body = kinds.ApprovalBody(
        act=act_of(writer.record(about.seq)),
        about=about.seq,
        about_leaf=about.leaf.hex(),
        step=as_what.step,
        post=as_what.post,
        opinion=opinion,
    )
    if text:
        body["text"] = text
    if opinion == APPROVE and as_what.step < len(about.steps):
        body["to_come"] = len(about.steps) - as_what.step
    if as_what.stands_for:
        body["for"] = as_what.stands_for
    record = append_act(writer, signer, kinds.APPROVAL, body)
    return approval_of(record, writer.leaf(record), writer.body(kinds.APPROVAL, record))


def who_signs(about: Subject, earlier: Sequence[Approval], known: Mapping[str, Person], day: date) -> Iterator[str]:
    """Who can give the next signature of `about` on a day, by staff number."""
    for staff_no in sorted(known):
        with suppress(Refused):
            if known[staff_no].in_office(day):
                capacity(about, earlier, staff_no, known, day)
                yield staff_no


def waiting_words(
    about: Subject, earlier: Sequence[Approval], known: Mapping[str, Person], day: date
) -> dict[str, str]:
    """What is said of something that waits: which act by whom, who can sign it next on a day, and who is barred."""
    signed = sorted({about.maker, *(approval.actor for approval in earlier)})
    return {
        "act": act_words(about.act),
        "maker": named([about.maker], known),
        "able": named(who_signs(about, earlier, known, day), known),
        "barred": named(signed, known),
    }


def refuse_maker(actor: str, maker: str, place: Place) -> None:
    """Refuse `approver_is_maker` where the two are one person: whoever made a thing never agrees to it."""
    if actor == maker:
        raise refuse(
            "approver_is_maker",
            N_("{actor} made this, and nobody approves what he or she made"),
            N_("let somebody else sign; `subsidy people list` shows who is in office"),
            place,
            actor=actor,
        )


def capacity(
    about: Subject,
    earlier: Sequence[Approval],
    actor: str,
    known: Mapping[str, Person],
    day: date,
    opinion: str = APPROVE,
) -> Capacity:
    """In which capacity `actor` may sign the next step of `about` on `day`, after `earlier` were given.

    Against an act signs who could sign it next, or its author, who takes it back.

    Refuses, in this order: `not_waiting`, `approver_is_maker`, `approver_twice`, `post_differs`,
    `substitute_out_of_period`; where duties are in force, `duty_differs` in the place of the last two.
    """
    place = Place(str(about.seq))
    if not still_waits(about, earlier):
        raise refuse(
            "not_waiting",
            N_("nothing waits for a signature here any more"),
            N_("see how it ended: `subsidy approvals {number}`"),
            place,
            number=about.seq,
        )
    if opinion == REJECT and about.done and actor == about.maker:
        return Capacity(len(earlier) + 1, known[actor].post or OFFICER, "")
    refuse_maker(actor, about.maker, place)
    if any(approval.actor == actor for approval in earlier):
        raise refuse(
            "approver_twice",
            N_("{actor} has signed an earlier step"),
            N_("each step is signed by another person; let somebody else sign"),
            place,
            actor=actor,
        )
    step = len(earlier) + 1
    if about.duties is not None and about.act in about.duties.acts and step < len(about.duties.acts[about.act].steps):
        barred = {about.maker, *(approval.actor for approval in earlier)}
        as_what = signs_as(about.duties, about.act, step, actor, known, day, barred)
        return Capacity(step, as_what.post, as_what.stands_for)
    post = about.steps[step - 1]
    if post == ANY_POST:
        return Capacity(step, known[actor].post or OFFICER, "")
    if known[actor].post == post:
        return Capacity(step, post, "")
    holders = [person for person in known.values() if person.post == post and person.in_office(day)]
    stood_for = _stood_for(place, known[actor], holders, day)
    if stood_for:
        return Capacity(step, post, stood_for)
    if post in about.on_paper:
        # A step of a notice, never one of the duties: those were asked above.
        return Capacity(step, post, "")
    barred = {about.maker, *(approval.actor for approval in earlier)}
    raise refuse(
        "post_differs",
        N_("step {step} is for the post {post}, and {actor} has not got it"),
        N_("let one of these sign: {holders}; or name a substitute with `subsidy people substitute`"),
        place,
        step=step,
        post=post,
        actor=actor,
        holders=", ".join(holder.staff_no for holder in holders if holder.staff_no not in barred) or "-",
    )


def _stood_for(place: Place, actor: Person, holders: Iterable[Person], day: date) -> str:
    """Which of the holders of a post `actor` stands in for on `day`; "" where none ever named him or her."""
    named = [person for person in holders if person.substitute and person.substitute.by == actor.staff_no]
    for person in named:
        if person.substitute and person.substitute.starts_on <= day <= person.substitute.last_day:
            return person.staff_no
    if named:
        raise _out_of_period(place, named[0], actor, day)
    return ""


def _out_of_period(place: Place, person: Person, actor: Person, day: date) -> Refused:
    named = person.substitute
    return refuse(
        "substitute_out_of_period",
        N_("{actor} stands in for {person} from {first} to {last} only, and not on {day}"),
        N_("let {person} sign, or name the substitute for longer with `subsidy people substitute`"),
        place,
        actor=actor.staff_no,
        person=person.staff_no,
        first=named and named.starts_on,
        last=named and named.last_day,
        day=day,
    )
