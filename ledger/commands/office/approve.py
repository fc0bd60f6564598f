"""`subsidy approve`, `reject` and `approvals`: sign what waits, sign against it, and show who signed what."""

from collections.abc import Sequence

import rich_click as click

from calculators.money import format_yuan
from calculators.problems import N_, refuse
from ledger.audit.ledger import Ledger
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.office.public_notice import print_to_publish
from ledger.commands.registry.mapping import lender_of
from ledger.commands.ui import counts
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import command
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    table,
)
from ledger.commands.ui.signing import agreeing, check_able, needed, opened, print_next
from ledger.labels.inbox import OPINIONS, waiting_words
from ledger.labels.moments import beijing_time
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.agreements import agree, turn_down
from ledger.office.approvals import APPROVE, sign, subject
from ledger.office.signing import Signer, signer_for
from ledger.queries.forms import form
from ledger.queries.inbox import Asked, Waiting, asked, check_approved_here, inbox, signatures
from ledger.runs import closing, orders
from ledger.runs.grants import turn_down as turn_down_act
from ledger.runs.history import State, find_run
from ledger.store.ledger import View, local_day
from ledger.words import _

# What can be done once two people have said so.
NEXT = {
    "lift": "subsidy month",
    "recall": "subsidy pay recall {about} --reason TEXT",
    "write-off": "subsidy pay write-off {about} YUAN --document NO --reason TEXT",
    "contract-release": "subsidy pay unbind {about} YUAN --as released --document NO --reason TEXT",
    "contract-return": "subsidy pay unbind {about} YUAN --as returned --document NO --reason TEXT",
    "channel": "subsidy pay send BATCH --url URL",
    "clock": "subsidy month",
    "cut": "subsidy audit verify",
    "restore": "subsidy pay prepare RUN",
    "log_key": "subsidy audit verify",
    "witness": "subsidy witness show",
    "compromised": "subsidy people enrol {register} --post POST --document NO --public HEX",
    "cleared": "subsidy pay prepare RUN",
    "restored-sent": "subsidy pay prepare RUN",
    "restored-unpaid": "subsidy pay prepare RUN",
    "duties": "subsidy duties check",
    "person": "subsidy people list",
    "mapping": "subsidy import {register} FILE --lender {lender}",
    "opening": "subsidy run interest --month YYYY-MM --dry-run",
    "opening_item": "subsidy reconcile report --month YYYY-MM",
    "operator": "subsidy import payees FILE",
    "paper": "subsidy approve {about}",
    "ended": "subsidy entity show {key}",
    "goes_on": "subsidy entity show {key}",
    "standing": "subsidy reconcile import FILE",
    "bound": "subsidy reconcile bounds",
    "clearing-account": "subsidy reconcile match",
    "carried": "subsidy reconcile report --month YYYY-MM",
    "paid-elsewhere": "subsidy reconcile confirm {about} --payout NUMBER --reason TEXT",
}


@command()
@click.argument("name", metavar="RUN|ORDER|NUMBER")
@click.option("--text", default="", metavar="TEXT", help=N_("A remark that stands in the record."))
@actor_option
@pass_settings
def approve(
    settings: Settings,
    name: str,
    text: str,
    actor: str,
) -> None:
    """Sign the next step of a run, or a budget order, with your private key; the last signature carries it out.

    Or agree to what takes two people and somebody else has asked for: an operator, a mapping, a decision; with your key
    where keys are in use. Where the key is on another machine, --challenge writes what is to be signed there with
    `subsidy sign`, and --signature takes what it answers.

    Example:
      subsidy approve 64 --key ~/1002.key --actor 1002
    """
    ledger = opened(settings)
    _approve(ledger, name, text.strip(), ledger.signer, actor)


def _approve(ledger: Ledger, name: str, text: str, signer: Signer | None, actor: str) -> None:
    record = _asked(ledger, name)
    if record is not None:
        with ledger.write(actor) as writer:
            given = agree(writer, record.number, text, agreeing(writer, signer, record.number))
        if given.to_come:
            print_next(ledger, given)
        else:
            _print_agreed(record)
        return
    if _is_act(ledger, name):
        with ledger.write(actor) as writer:
            about = subject(writer, int(name))
            signed = sign(writer, needed(agreeing(writer, signer, about.seq)), about, APPROVE, text)
        click.echo(
            _("Step {step} of {steps} of act {number} signed as {post} by {actor}.").format(
                step=signed.step, steps=len(about.steps), number=about.seq, post=signed.post, actor=signed.actor
            )
        )
        if signed.to_come:
            print_next(ledger, signed)
        return
    with ledger.read() as view:
        number, is_order = _find(view, name)
        # What is wrong with the number, or who asks, is said before a key is asked for.
        check_able(view, number, actor, local_day(ledger.clock()))
    signer = needed(signer)
    if is_order:
        approval, posted = orders.approve(ledger, number, actor, signer, text)
        if posted is None:
            print_next(ledger, approval)
            return
        click.echo(
            _("Order {number} approved by {actor} and carried out: entry {entry}.").format(
                number=number, actor=approval.actor, entry=posted.seq
            )
        )
        return
    step = closing.approve(ledger, number, actor, signer, text)
    _print_signed(step)
    if step.run.closed:
        print_to_publish(ledger, number)


@command()
@click.argument("name", metavar="RUN|ORDER|NUMBER")
@reason_option(N_("Why not; it stands in the record."))
@actor_option
@pass_settings
def reject(settings: Settings, name: str, reason: str, actor: str) -> None:
    """Sign against a run, a budget order or what else waits for a second person, which ends it.

    Of an act that waits, all that it wrote is without effect then; its author may take it back in the same way.

    Example:
      subsidy reject 64 --reason "receipt of G-2 is missing" --key ~/1002.key --actor 1002
    """
    ledger = opened(settings)
    record = _asked(ledger, name)
    if record is not None:
        with ledger.write(actor) as writer:
            turn_down(writer, record.number, reason, signer_for(writer, ledger.signer))
        click.echo(_("{number} is rejected; nothing was posted.").format(number=record.number))
        return
    if _is_act(ledger, name):
        with ledger.write(actor) as writer:
            signed = turn_down_act(writer, needed(ledger.signer), int(name), reason)
            own = writer.record(signed.about)["actor"] == signed.actor
        said = _("{number} is taken back: what it wrote is without effect, and what stood before stands again.")
        if not own:
            said = _("{number} is turned down: what it wrote is without effect, and what stood before stands again.")
        click.echo(said.format(number=name))
        return
    with ledger.read() as view:
        number, is_order = _find(view, name)
    signer = needed(ledger.signer)
    if is_order:
        orders.reject(ledger, number, actor, signer, reason)
    else:
        closing.reject(ledger, number, actor, signer, reason)
    click.echo(_("{number} is rejected; nothing was posted.").format(number=number))


@command()
@click.argument("name", metavar="[RUN|ORDER|NUMBER]", required=False)
@as_of_option
@answer_options
@pass_settings
def approvals(settings: Settings, name: str | None, as_of: str, as_json: bool) -> None:
    """Show who signed the steps of a run or an order, and who has still to sign; without a name, all that waits.

    Example:
      subsidy approvals
      subsidy approvals 64
    """
    with asked_at(settings, as_of) as at:
        if name is None:
            found = inbox(at.view, at.today).signatures
        else:
            record = asked(at.view, name)
            number = record.number if record else _number(at.view, name)
            steps = signatures(at.view, at.vault, number)
    if name is None:
        if as_json:
            print_json(form(found))
        else:
            _list_waiting(found)
        return
    if as_json:
        print_json({"number": number, "steps": form(steps)})
        return
    table(
        [money(_("Step")), _("Post"), _("Officer"), _("Opinion"), _("Time"), _("For"), _("Note")],
        [
            (
                step.step,
                step.post or _("any post"),
                step.name or "-",
                _(OPINIONS[step.opinion]) if step.opinion else _("waits"),
                beijing_time(step.recorded_at) if step.recorded_at else "-",
                step.stands_for or "-",
                "; ".join(filter(None, (step.text, step.paper and _on_paper(step.paper)))),
            )
            for step in steps
        ],
    )


def _on_paper(sha256: str) -> str:
    return _("on paper, scan {sha256}").format(sha256=sha256[:16])


def _number(view: View, name: str) -> int:
    """The number of what a name that is no decision of two stands for: an act, an order or a run."""
    return int(name) if _names_act(view, name) else _find(view, name, ended=True)[0]


def _names_act(view: View, name: str) -> bool:
    return name.isdecimal() and int(name) < view.size and kind_of(view.record(int(name))) == kinds.ACT.name


def _is_act(ledger: Ledger, name: str) -> bool:
    with ledger.read() as view:
        return _names_act(view, name)


def _asked(ledger: Ledger, name: str) -> Asked | None:
    with ledger.read() as view:
        return asked(view, name)


def _print_agreed(record: Asked) -> None:
    word, _space, names = record.what.partition(" ")
    register = names.partition("/")[0]
    command = NEXT[word].format(
        register=register, lender=lender_of(names), about=record.body.get("about"), key=record.body.get("key")
    )
    click.echo(
        _("Number {number} is agreed to: {what}. Next: {command}").format(
            number=record.number, what=waiting_words(record.what), command=command
        )
    )


def _find(view: View, name: str, ended: bool = False) -> tuple[int, bool]:
    """The number of a run or an order and whether it is an order; a month or a notice names the run that waits."""
    if name.isdecimal() and orders.is_order(view, int(name)):
        return int(name), True
    run = next((run for run in closing.waiting(view) if name in (str(run.number), run.occasion.name)), None)
    if run is None and name.isdecimal():
        check_approved_here(view, int(name))
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


def _print_signed(signed: closing.Signed) -> None:
    approval, steps, run = signed
    click.echo(
        _("Step {step} of {steps} of run {number} signed as {post} by {actor}.").format(
            step=approval.step, steps=len(steps), number=run.number, post=approval.post, actor=approval.actor
        )
    )
    if run.closed:
        click.echo(
            _("Posted: {entries}. Next: subsidy pay prepare {number} --dry-run, subsidy run show {number}.").format(
                entries=counts.entries(run.count), number=run.number
            )
        )
    else:
        click.echo(_("Next to sign: {post}.").format(post=steps[approval.step]))


def _list_waiting(found: Sequence[Waiting]) -> None:
    table(
        [money(_("Number")), _("What"), money(_("Yuan")), _("Made by"), _("Next to sign"), _("Command")],
        [
            (
                pending.number,
                waiting_words(pending.what),
                "-" if pending.amount_fen is None else format_yuan(pending.amount_fen),
                pending.maker,
                _turn(pending),
                pending.command,
            )
            for pending in found
        ],
    )


def _turn(pending: Waiting) -> str:
    """Whose turn it is, and whether anybody can take it."""
    post = pending.post or _("any post")
    return post if pending.able else _("{post}: nobody can sign today").format(post=post)
