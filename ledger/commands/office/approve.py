"""`subsidy approve`, `reject` and `approvals`: sign what waits, sign against it, and show who signed what."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_, refuse
from ledger.audit.ledger import Ledger
from ledger.book import envelopes
from ledger.book.periods import MADE
from ledger.commands.office.public_notice import print_to_publish
from ledger.commands.registry.mapping import lender_of
from ledger.commands.ui import counts
from ledger.commands.ui.command import command
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    json_option,
    key_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    table,
)
from ledger.commands.ui.signing import Way, signing, signing_options
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.agreements import agree, turn_down
from ledger.office.approvals import ANY_POST, Approval, given, subject
from ledger.office.key_files import KeyFile, key_file
from ledger.office.people import people, shown_name
from ledger.office.signing import Signer, signer_for
from ledger.payouts import batches, changes
from ledger.payouts.states import State as PayoutState
from ledger.registry.agreements import OF_TWO, asks, waiting
from ledger.registry.clawbacks import REQUESTED
from ledger.runs import closing, orders
from ledger.runs.history import Run, State, find_run
from ledger.store.ledger import Row, View
from ledger.words import _

# What waits, in words; in JSON it is the first word and the names.
WAITING = {
    "interest": N_("run of the month {names}"),
    "batch": N_("run of the batch {names}"),
    envelopes.ISSUED: N_("budget issued to {names}"),
    envelopes.ADJUSTED: N_("budget adjusted: {names}"),
    envelopes.TRANSFERRED: N_("budget transferred: {names}"),
    envelopes.FROZEN: N_("budget frozen: {names}"),
    envelopes.UNFROZEN: N_("budget given free: {names}"),
    "pay": N_("payment batch {names}"),
    "payee": N_("change of payee {names}"),
    "claw-back": N_("claw-back {names}"),
    "operator": N_("operator {names} of digital renminbi wallets"),
    "sign-off": N_("reconciliation statement of {names}"),
    "standing": N_("taking in statements of {names} that nothing proves complete"),
    "clearing-account": N_("the other side of line {names} is an account of the bank's own"),
    "paid-elsewhere": N_("the payee was paid all the same by line {names}"),
    "carried": N_("{names} is carried as open"),
    "bound": N_("how far {names} explains itself in reconciling"),
    "mapping": N_("mapping of files {names}"),
    "lift": N_("{names} is paid again"),
    "recall": N_("payment batch {names} never left and is recalled"),
    "clock": N_("the clock was wrong, and it is {names} today"),
    "cut": N_("the book as it was made again, records cut off from {names} on"),
}
OPINIONS = {"approve": N_("approved"), "reject": N_("rejected")}
# What is approved by a command of its own.
COMMANDS = {
    "payment_batch": "subsidy pay approve {key}",
    "clawback": "subsidy clawback agree {key} --document NO",
    "period": "subsidy reconcile sign-off --month {key} --check",
    "payee": "subsidy payee approve {about} --reason TEXT",
}
# What can be done once two people have said so.
NEXT = {
    "lift": "subsidy month",
    "recall": "subsidy pay recall {about} --reason TEXT",
    "clock": "subsidy month",
    "cut": "subsidy audit verify",
    "mapping": "subsidy import {register} FILE --lender {lender}",
    "operator": "subsidy import payees FILE",
    "standing": "subsidy reconcile import FILE",
    "bound": "subsidy reconcile bounds",
    "clearing-account": "subsidy reconcile match",
    "carried": "subsidy reconcile report --month YYYY-MM",
    "paid-elsewhere": "subsidy reconcile confirm {about} --payout NUMBER --reason TEXT",
}


@command()
@click.argument("name", metavar="RUN|ORDER|NUMBER")
@click.option("--text", default="", metavar="TEXT", help=N_("A remark that stands in the record."))
@signing_options
@actor_option
@pass_settings
def approve(
    settings: Settings,
    name: str,
    text: str,
    key: Path | None,
    challenge: Path | None,
    signature: Path | None,
    actor: str,
) -> None:
    """Sign the next step of a run, or a budget order, with your private key; the last signature carries it out.

    Or agree to what takes two people and somebody else has asked for: an operator, a mapping, a decision; with your key
    where keys are in use. Where the key is on another machine, --challenge writes what is to be signed there with
    `subsidy sign`, and --signature takes what it answers.

    Example:
      subsidy approve 64 --key ~/1002.key --actor 1002
    """
    ledger = Ledger.open(settings.db_url)
    with signing(ledger, Way(key, challenge, signature)) as signer:
        _approve(ledger, name, text.strip(), signer, actor)


def _approve(ledger: Ledger, name: str, text: str, signer: Signer | None, actor: str) -> None:
    asked = _asked(ledger, name)
    if asked is not None:
        with ledger.write(actor) as writer:
            agree(writer, asked.seq, text, signer_for(writer, signer))
        _print_agreed(asked)
        return
    number, is_order = _find(ledger, name)
    signer = _needed(signer)
    if is_order:
        approval, posted = orders.approve(ledger, number, actor, signer, text)
        click.echo(
            _("Order {number} approved by {actor} and carried out: entry {entry}.").format(
                number=number, actor=approval.actor, entry=posted.seq
            )
        )
        return
    signed = closing.approve(ledger, number, actor, signer, text)
    _print_signed(signed)
    if signed.run.closed:
        print_to_publish(ledger, number)


@command()
@click.argument("name", metavar="RUN|ORDER|NUMBER")
@reason_option(N_("Why not; it stands in the record."))
@key_option(required=False)
@actor_option
@pass_settings
def reject(settings: Settings, name: str, reason: str, key: Path | None, actor: str) -> None:
    """Sign against a run, a budget order or what else waits for a second person, which ends it.

    Example:
      subsidy reject 64 --reason "receipt of G-2 is missing" --key ~/1002.key --actor 1002
    """
    ledger = Ledger.open(settings.db_url)
    asked = _asked(ledger, name)
    if asked is not None:
        with ledger.write(actor) as writer:
            turn_down(writer, asked.seq, reason, signer_for(writer, key_file(key, ledger.path)))
        click.echo(_("{number} is rejected; nothing was posted.").format(number=asked.seq))
        return
    number, is_order = _find(ledger, name)
    signer = _needed(key_file(key, ledger.path))
    if is_order:
        orders.reject(ledger, number, actor, signer, reason)
    else:
        closing.reject(ledger, number, actor, signer, reason)
    click.echo(_("{number} is rejected; nothing was posted.").format(number=number))


@command()
@click.argument("name", metavar="[RUN|ORDER|NUMBER]", required=False)
@json_option
@pass_settings
def approvals(settings: Settings, name: str | None, as_json: bool) -> None:
    """Show who signed the steps of a run or an order, and who has still to sign; without a name, all that waits.

    Example:
      subsidy approvals
      subsidy approvals 64
    """
    ledger = Ledger.open(settings.db_url)
    if name is None:
        _list_waiting(ledger, as_json)
        return
    asked = _asked(ledger, name)
    number = asked.seq if asked else _find(ledger, name, ended=True)[0]
    with ledger.read() as view:
        steps = _steps(ledger, view, number)
    if as_json:
        print_json({"number": number, "steps": steps})
        return
    table(
        [money(_("Step")), _("Post"), _("Officer"), _("Opinion"), _("Time"), _("For"), _("Note")],
        [
            (
                step["step"],
                step["post"] or _("any post"),
                step.get("name", "-"),
                _(OPINIONS[step["opinion"]]) if "opinion" in step else _("waits"),
                step.get("recorded_at", "-"),
                step.get("for", "-"),
                step.get("text", ""),
            )
            for step in steps
        ],
    )


class _Asked(NamedTuple):
    """A record that takes two people: its log index, what it is in words' keys, and what it says."""

    seq: int
    what: str
    body: dict[str, Any]


def _asked(ledger: Ledger, name: str) -> _Asked | None:
    """The record of this number, where it asks for another person's word."""
    with ledger.read() as view:
        if not name.isdecimal() or int(name) >= view.size:
            return None
        body = view.record(int(name))
    return _Asked(int(name), _what(body), body) if asks(body) else None


def _what(body: Mapping[str, Any]) -> str:
    """What a record that asks is about: a word of `WAITING`, and the name."""
    return f"{body['type']} {body['about']}" if "about" in body else f"{kind_of(body)} {body['key']}"


def _print_agreed(asked: _Asked) -> None:
    body = asked.body
    word, _space, names = asked.what.partition(" ")
    register = names.partition("/")[0]
    command = NEXT[word].format(register=register, lender=lender_of(names), about=body.get("about"))
    click.echo(
        _("Number {number} is agreed to: {what}. Next: {command}").format(
            number=asked.seq, what=_in_words(asked.what), command=command
        )
    )


def _needed(signer: Signer | None) -> Signer:
    """The signer of a run or an order, which is always signed; a key file is read before anything else is looked at."""
    if signer is None:
        raise click.MissingParameter(param_hint="--key", param_type="option")
    if isinstance(signer, KeyFile):
        return signer.key
    return signer


def _find(ledger: Ledger, name: str, ended: bool = False) -> tuple[int, bool]:
    """The number of a run or an order and whether it is an order; a month or a notice names the run that waits."""
    with ledger.read() as view:
        if name.isdecimal() and orders.is_order(view, int(name)):
            return int(name), True
        run = next(
            (run for run in closing.waiting(view) if name in (str(run.number), run.occasion.name)),
            None,
        )
        if run is None and name.isdecimal():
            _check_approved_here(view, int(name))
        run = run or find_run(view, name)
        if not run.steps:
            raise refuse(
                "nothing_to_approve",
                N_("record {number} asks for no approval"),
                N_("give the number of a run or order that waits; `subsidy approvals` lists them"),
                number=run.number,
            )
        if run.state is not State.PROPOSED and not ended:
            raise refuse(
                "not_waiting",
                N_("nothing waits for a signature here any more"),
                N_("see how it ended: `subsidy approvals {number}`"),
                number=run.number,
            )
        return run.number, False


def _check_approved_here(view: View, number: int) -> None:
    """Refuse a record that asks for no approval, or is approved by another command."""
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


def _print_signed(signed: closing.Signed) -> None:
    approval, steps, run = signed
    click.echo(
        _("Step {step} of {steps} of run {number} signed as {post} by {actor}.").format(
            step=approval.step, steps=len(steps), number=run.number, post=approval.post, actor=approval.actor
        )
    )
    if run.closed:
        click.echo(
            _("Posted: {entries}. Next: subsidy explain LOAN, subsidy audit verify.").format(
                entries=counts.entries(run.count)
            )
        )
    else:
        click.echo(_("Next to sign: {post}.").format(post=steps[approval.step]))


def _steps(ledger: Ledger, view: View, number: int) -> list[dict[str, Any]]:
    signed = given(view, number)
    shown = [{"step": one.step, "post": one.post, **_given(ledger, view, one)} for one in signed]
    if any(one.opinion == "reject" for one in signed):
        return shown
    posts = subject(view, number).steps
    return shown + [{"step": step, "post": posts[step - 1]} for step in range(len(signed) + 1, len(posts) + 1)]


def _given(ledger: Ledger, view: View, approval: Approval) -> dict[str, Any]:
    known = people(view)
    fields = {
        "staff_no": approval.actor,
        "name": shown_name(ledger.vault, known[approval.actor]),
        "opinion": approval.opinion,
        "recorded_at": approval.recorded_at,
        "record": approval.record,
    }
    if approval.text:
        fields["text"] = approval.text
    if approval.stands_for:
        fields["for"] = approval.stands_for
    return fields


class _Waits(NamedTuple):
    """What waits for another person: its log index, word and names, who made it, whose turn it is, and how to sign.

    `amount_fen` is None where it moves no money; `post` is `ANY_POST` where whoever did not make it may sign.
    """

    number: int
    what: str
    amount_fen: int | None
    maker: str
    post: str
    command: str

    def as_json(self) -> dict[str, Any]:
        """As the command prints it; without an amount where there is none."""
        moved = {} if self.amount_fen is None else {"amount": plain_yuan(self.amount_fen)}
        own = {"maker": self.maker, "post": self.post, "command": self.command}
        return {"number": self.number, "what": self.what, **moved, **own}


def _list_waiting(ledger: Ledger, as_json: bool) -> None:
    with ledger.read() as view:
        found = [_waiting_run(view, run) for run in closing.waiting(view)]
        found += [_waiting_order(row.seq, row.body) for row in orders.waiting(view)]
        found += [_waiting_batch(batch) for batch in batches.waiting(view)]
        found += [
            _waiting_claw_back(row) for row in sorted(view.rows(kinds.CLAWBACK)) if row.body["state"] == REQUESTED
        ]
        found += [_waiting_month(row) for row in sorted(view.rows(kinds.PERIOD)) if row.body["state"] == MADE]
        found += [_waiting_change(change) for change in changes.changes(view).values() if not change.approved_by]
        for kind in OF_TWO:
            found += [_waiting_answer(row) for row in waiting(view, kind)]
    if as_json:
        print_json([one.as_json() for one in found])
        return
    table(
        [money(_("Number")), _("What"), money(_("Yuan")), _("Made by"), _("Next to sign"), _("Command")],
        [
            (
                pending.number,
                _in_words(pending.what),
                "-" if pending.amount_fen is None else format_yuan(pending.amount_fen),
                pending.maker,
                pending.post or _("any post"),
                pending.command,
            )
            for pending in found
        ],
    )


def _in_words(what: str) -> str:
    kind, _space, names = what.partition(" ")
    return _(WAITING[kind]).format(names=names)


def _waiting_run(view: View, run: Run) -> _Waits:
    signed = given(view, run.number)
    totals = run.proposal["totals"]
    return _Waits(
        number=run.number,
        what=f"{run.occasion.run} {run.occasion}",
        amount_fen=totals["credit_fen"] - totals["debit_fen"],
        maker=run.actor,
        post=run.steps[len(signed)],
        command=f"subsidy approve {run.number}",
    )


def _waiting_order(number: int, body: kinds.OrderBody) -> _Waits:
    where = f"{body['path']} > {body['to']}" if "to" in body else body["path"]
    return _Waits(
        number=number,
        what=f"{body['action']} {where}",
        amount_fen=body["amount_fen"],
        maker=body["actor"],
        post=ANY_POST,
        command=f"subsidy approve {number}",
    )


def _waiting_batch(batch: batches.Batch) -> _Waits:
    return _Waits(
        number=batch.seq,
        what=f"pay {batch.key}",
        amount_fen=sum(item.amount_fen for item in batch.items if item.state is not PayoutState.CANCELLED),
        maker=batch.body["actor"],
        post=ANY_POST,
        command=COMMANDS["payment_batch"].format(key=batch.key),
    )


def _waiting_claw_back(row: Row[kinds.ClawbackBody]) -> _Waits:
    return _Waits(
        number=row.seq,
        what=f"claw-back {row.key}",
        amount_fen=row.body["amount_fen"],
        maker=row.body["actor"],
        post=ANY_POST,
        command=COMMANDS["clawback"].format(key=row.key),
    )


def _waiting_month(row: Row[kinds.PeriodBody]) -> _Waits:
    return _Waits(
        number=row.seq,
        what=f"sign-off {row.key}",
        amount_fen=None,
        maker=row.body["actor"],
        post=ANY_POST,
        command=COMMANDS["period"].format(key=row.key),
    )


def _waiting_answer(row: Row[Any]) -> _Waits:
    return _Waits(
        number=row.seq,
        what=_what(row.body),
        amount_fen=None,
        maker=row.body["actor"],
        post=ANY_POST,
        command=f"subsidy approve {row.seq}",
    )


def _waiting_change(change: changes.Change) -> _Waits:
    return _Waits(
        number=change.seq,
        what=f"payee {change.about}",
        amount_fen=None,
        maker=change.actor,
        post=ANY_POST,
        command=COMMANDS["payee"].format(about=change.about),
    )
