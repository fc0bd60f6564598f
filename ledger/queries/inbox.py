"""What waits: records that take another person's signature, and what anybody in office can bring on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from calculators.problems import N_, refuse
from ledger.book.periods import MADE
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.approvals import ANY_POST, Approval, act_over, given, open_acts, signed_on_paper, subject
from ledger.office.people import people, shown_name
from ledger.payouts import batches, changes
from ledger.payouts.batches import Batch, Tally
from ledger.payouts.states import OPEN
from ledger.payouts.states import State as PayoutState
from ledger.queries.signers import able_next, next_post, others_in_office
from ledger.registry import holds
from ledger.registry.agreements import OF_TWO, asks, waiting
from ledger.registry.clawbacks import REQUESTED
from ledger.runs import closing, orders
from ledger.runs.history import Run
from ledger.store.ledger import Row, Vault, View, local_day

# What is approved by a command of its own, by kind of record.
COMMANDS = {
    "payment_batch": "subsidy pay approve {key}",
    "clawback": "subsidy clawback agree {key} --document NO",
    "period": "subsidy reconcile sign-off --month {key} --check",
    "payee": "subsidy payee approve {about} --reason TEXT",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that waits for another person: `what` is a code, a space, and the names that fill its words.

    `number` is its log index; `amount_fen` is None where it moves no money; `post` is that of the step, empty where
    whoever did not make it may sign; `since` is the day from which it waits so; `able` are those who can sign today.
    """

    number: int
    what: str
    amount_fen: int | None
    maker: str
    post: str
    since: date
    able: tuple[str, ...]
    command: str


class Task(StrEnum):
    """What anybody can bring on, or waits for a bank."""

    ROWS_HELD = "rows_held"
    BATCH_APPROVED = "batch_approved"
    ANSWERS_MISSING = "answers_missing"
    ANSWERS_CONTRADICT = "answers_contradict"
    OBJECTION_OPEN = "objection_open"


@dataclass(frozen=True, slots=True)
class ToDo:
    """A task: what it is about ("" for several things together), how many, how much, since when, and by what."""

    task: Task
    about: str
    count: int
    amount_fen: int | None
    since: date
    command: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """Signatures first, then tasks; the oldest of a kind comes first."""

    signatures: tuple[Waiting, ...]
    tasks: tuple[ToDo, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """A step of what is approved, given or (then all but `step` and `post` are None) still to be given.

    `paper` is the SHA-256 of the scan where it was signed on paper.
    """

    step: int
    post: str
    staff_no: str | None = None
    name: str | None = None
    opinion: str | None = None
    recorded_at: str | None = None
    record: int | None = None
    text: str | None = None
    stands_for: str | None = None
    paper: str | None = None


def inbox(view: View, today: date) -> Inbox:
    """All that waits at the view's size, with who can sign on a day."""
    return Inbox(tuple(_signatures(view, today)), tuple(_tasks(view)))


def signatures(view: View, vault: Vault, number: int) -> list[Signature]:
    """The steps of record `number`, given and to be given; one against it is the last.

    Refuses `nothing_to_approve`.
    """
    posts = subject(view, number).steps
    signed = given(view, number)
    shown = [_given(view, vault, one) for one in signed]
    if any(one.opinion == "reject" for one in signed):
        return shown
    return shown + [Signature(step, posts[step - 1]) for step in range(len(signed) + 1, len(posts) + 1)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A record that takes two people: its log index, its code with names as in `Waiting`, and what it says."""

    number: int
    what: str
    body: Mapping[str, Any]


def asked(view: View, name: str) -> Asked | None:
    """The record of this number, where it asks for another person's word."""
    if not name.isdecimal() or int(name) >= view.size:
        return None
    body = view.record(int(name))
    return Asked(int(name), _what(body), body) if asks(body) else None


def check_approved_here(view: View, number: int) -> None:
    """Refuse a record that asks for no approval, or is approved by another command (`approved_elsewhere`)."""
    subject(view, number)
    body = view.record(number)
    command = COMMANDS.get(kind_of(body))
    if command:
        raise refuse(
            "approved_elsewhere",
            N_("record {number} is approved by another command"),
            N_("write `{command}`"),
            number=number,
            command=command.format(key=body["key"]),
        )


def _signatures(view: View, today: date) -> Iterator[Waiting]:
    for run in closing.waiting(view):
        yield _run(view, run, today)
    for order in orders.waiting(view):
        where = f"{order.body['path']} > {order.body['to']}" if "to" in order.body else order.body["path"]
        fen = order.body["amount_fen"]
        yield _second(view, today, order, f"{order.body['action']} {where}", f"subsidy approve {order.seq}", fen)
    for batch in batches.waiting(view):
        yield _batch(view, batch, today)
    for claw in sorted(view.rows(kinds.CLAWBACK)):
        if claw.body["state"] == REQUESTED:
            command = COMMANDS["clawback"].format(key=claw.key)
            yield _second(view, today, claw, f"claw-back {claw.key}", command, claw.body["amount_fen"])
    for month in sorted(view.rows(kinds.PERIOD)):
        if month.body["state"] == MADE:
            yield _second(view, today, month, f"sign-off {month.key}", COMMANDS["period"].format(key=month.key))
    for change in changes.changes(view).values():
        if not change.approved_by and not act_over(view, change.seq):
            yield Waiting(
                number=change.seq,
                what=f"payee {change.about}",
                amount_fen=None,
                maker=change.actor,
                post=ANY_POST,
                since=change.day,
                able=others_in_office(view, change.actor, today),
                command=COMMANDS["payee"].format(about=change.about),
            )
    for number in open_acts(view):
        yield _act(view, number, today)
    for kind in OF_TWO:
        for row in waiting(view, kind):
            fen = row.body.get("amount_fen")
            yield _second(view, today, row, _what(row.body), f"subsidy approve {row.seq}", fen)


def _act(view: View, number: int, today: date) -> Waiting:
    """What somebody did that others have to sign."""
    signed, body = given(view, number), view.record(number)
    return Waiting(
        number=number,
        what=f"act {body['act']}",
        amount_fen=None,
        maker=body["actor"],
        post=next_post(view, number),
        since=_day(signed[-1].recorded_at if signed else body["recorded_at"]),
        able=able_next(view, number, today),
        command=f"subsidy approve {number}",
    )


def _run(view: View, run: Run, today: date) -> Waiting:
    signed = given(view, run.number)
    totals = run.proposal["totals"]
    post = run.steps[len(signed)]
    return Waiting(
        number=run.number,
        what=f"{run.occasion.run} {run.occasion}",
        amount_fen=totals["credit_fen"] - totals["debit_fen"],
        maker=run.actor,
        post=post,
        since=_day(signed[-1].recorded_at if signed else run.recorded_at),
        able=able_next(view, run.number, today),
        command=f"subsidy approve {run.number}",
    )


def _batch(view: View, found: Tally, today: date) -> Waiting:
    batch = found.outline
    return Waiting(
        number=batch.seq,
        what=f"pay {batch.key}",
        amount_fen=found.of(found.states.keys() - {PayoutState.CANCELLED}).amount_fen,
        maker=batch.body["actor"],
        post=next_post(view, batch.seq),
        since=batch.day,
        able=able_next(view, batch.seq, today),
        command=COMMANDS["payment_batch"].format(key=batch.key),
    )


def _second(view: View, today: date, row: Row[Any], what: str, command: str, amount_fen: int | None = None) -> Waiting:
    """What whoever did not record it may sign, or whom the duties in force name."""
    return Waiting(
        number=row.seq,
        what=what,
        amount_fen=amount_fen,
        maker=row.body["actor"],
        post=next_post(view, row.seq),
        since=_day(row.body["recorded_at"]),
        able=able_next(view, row.seq, today),
        command=command,
    )


def _what(body: Mapping[str, Any]) -> str:
    if kind_of(body) == kinds.SUCCESSION.name:
        return f"{body['state']} {' > '.join(filter(None, (body['key'], body.get('successor'))))}"
    if kind_of(body) == kinds.COMPROMISE.name:
        return f"{body['state']} {body['key']}"
    return f"{body['type']} {body['about']}" if "type" in body else f"{kind_of(body)} {body['key']}"


def _tasks(view: View) -> Iterator[ToDo]:
    rows = holds.standing(view)
    if rows:
        since = _day(rows[0].body["recorded_at"])
        yield ToDo(Task.ROWS_HELD, "", len(rows), None, since, "subsidy import holds")
    for found in batches.tallies(view):
        yield from _batch_tasks(found)
    for row in sorted(view.rows(kinds.OBJECTION)):
        if "settled" not in row.body:
            received = date.fromisoformat(row.body["received_on"])
            command = f"subsidy public-notice show {row.body['notice']}"
            yield ToDo(Task.OBJECTION_OPEN, row.key, len(row.body["lines"]), None, received, command)


def _batch_tasks(found: Tally) -> Iterator[ToDo]:
    key = found.outline.key
    if found.state is PayoutState.APPROVED:
        live = found.of([PayoutState.APPROVED])
        command = f"subsidy pay export {key} --out FILE"
        yield ToDo(Task.BATCH_APPROVED, key, live.payouts, live.amount_fen, _said_last(found.outline), command)
    if found.state is not PayoutState.EXPORTED:
        return
    for task, states, command in (
        (Task.ANSWERS_MISSING, OPEN - {PayoutState.DISPUTED}, "subsidy pay import-result ANSWER"),
        (Task.ANSWERS_CONTRADICT, {PayoutState.DISPUTED}, f"subsidy pay status {key}"),
    ):
        some = found.of(states)
        if some.payouts:
            yield ToDo(task, key, some.payouts, some.amount_fen, _said_last(found.outline), command)


def _said_last(batch: Batch) -> date:
    """The day of the batch's own last step."""
    return _day(batch.steps[-1].body["recorded_at"])


def _given(view: View, vault: Vault, approval: Approval) -> Signature:
    paper = signed_on_paper(view, approval)
    return Signature(
        step=approval.step,
        post=approval.post,
        staff_no=approval.actor,
        name=shown_name(vault, people(view)[approval.actor]),
        opinion=approval.opinion,
        recorded_at=approval.recorded_at,
        record=approval.record,
        text=approval.text or None,
        stands_for=approval.stands_for or None,
        paper=paper.body["sha256"] if paper else None,
    )


def _day(moment: str) -> date:
    return local_day(datetime.fromisoformat(moment))
