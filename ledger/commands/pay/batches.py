"""`subsidy pay`: payment batches from preparing to the channel's answer."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_, Problem
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.pay import channel, contract
from ledger.commands.pay.money import COMMANDS as MONEY_COMMANDS
from ledger.commands.pay.money import yuan
from ledger.commands.pay.recall import recall
from ledger.commands.ui import counts
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    actor_if_written,
    actor_option,
    force_option,
    json_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    sheet_option,
    spare,
    table,
    warn,
)
from ledger.commands.ui.signing import agreeing, opened, print_next
from ledger.labels.payments import CHANNELS, EFFECTS, STATES
from ledger.log import kinds
from ledger.office.approvals import given
from ledger.office.signing import signer_for
from ledger.payouts import results, steps
from ledger.payouts.batches import Batch, batch, item
from ledger.payouts.checks import HOLDS
from ledger.payouts.payables import RunEntries
from ledger.payouts.prepare import Draft, Held, Prepared, plan
from ledger.payouts.prepare import prepare as prepare_batches
from ledger.payouts.returns.netting import Net
from ledger.payouts.settle import Finding, Settled, settle
from ledger.payouts.states import OPEN, Source, State
from ledger.queries.forms import form
from ledger.queries.payments import (
    BatchAnswer,
    PayoutAnswer,
    PayoutHistory,
    all_batches,
    batch_answer,
    payout_history,
    payouts_of,
)
from ledger.runs.history import closed_run
from ledger.sheets.columns import day_of
from ledger.sheets.files import Target
from ledger.store.ledger import View, local_day
from ledger.words import _, listed, ngettext


@group()
def pay() -> None:
    """Pay what was run: prepare, approve and export batches, take in what the channel answers.

    Example:
      subsidy pay prepare 2025-06 --actor 1001
    """


@pay.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN|YYYY-MM...")
@click.option("--dry-run", is_flag=True, help=N_("Show what would be paid and held, and write nothing."))
@actor_if_written(N_("Staff number; not needed with --dry-run."))
@json_option
@pass_settings
def prepare(settings: Settings, runs: tuple[str, ...], dry_run: bool, actor: str | None, as_json: bool) -> None:
    """Make payment batches of closed runs: netted per line, checked, one batch per payer.

    What cannot be paid is listed with the reason and what to do. Preparing twice takes nothing twice.

    Example:
      subsidy pay prepare 2025-05 2025-06 --dry-run
      subsidy pay prepare 2025-06 --actor 1001
    """
    ledger = opened(settings)
    if dry_run:
        with ledger.read() as view:
            by_payer, held, netted = plan(view, ledger.vault, _entries(view, runs), local_day(ledger.clock()))
        if as_json:
            print_json(_plan_json(by_payer, held, netted))
            return
        rows = [
            (payer, draft.about, draft.payee, format_yuan(draft.amount_fen))
            for payer in by_payer
            for draft in by_payer[payer]
        ]
        if rows:
            table([_("Payer"), _("Lines"), _("Payee"), money(_("Yuan"))], rows)
        _print_netted(netted)
        _print_held(held)
        click.echo(_("Nothing was written. Leave out --dry-run to make the batches."))
        return
    if actor is None:
        raise click.MissingParameter(param_hint="--actor", param_type="option")
    with ledger.write(actor, proved=True) as writer:
        prepared = prepare_batches(writer, ledger.vault, _entries(writer, runs))
    if as_json:
        print_json(_prepared_json(prepared))
    else:
        _print_prepared(prepared)


@pay.command()
@click.argument("name", metavar="BATCH")
@actor_option
@pass_settings
def approve(settings: Settings, name: str, actor: str) -> None:
    """Approve a prepared batch; never by who prepared it. Where keys are in use, sign it with --key.

    Example:
      subsidy pay approve B202507010001A1B2C3D4 --actor 1002
    """
    ledger = opened(settings)
    with ledger.write(actor, proved=True) as writer:
        row = writer.current(kinds.PAYMENT_BATCH, name)
        found = steps.approve(writer, name, agreeing(writer, ledger.signer, row.seq if row else None))
        last = given(writer, found.seq)[-1:]
    if last and last[0].to_come:
        print_next(ledger, last[0])
        return
    click.echo(
        _("Batch {batch} is approved: {payouts}, {total} yuan. Next: subsidy pay export {batch} --out FILE").format(
            batch=found.key, payouts=counts.payouts(found.body["count"]), total=format_yuan(found.body["total_fen"])
        )
    )


@pay.command()
@click.argument("name", metavar="BATCH")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help=N_("The file to write."))
@click.option(
    "--format",
    "form",
    type=click.Choice([form for forms in steps.FORMATS.values() for form in forms]),
    help=N_("ecny for wallets; for banks pain001, xlsx or csv. Without it, as the file's name ends."),
)
@force_option
@actor_option
@pass_settings
def export(settings: Settings, name: str, out: Path, form: str | None, force: bool, actor: str) -> None:
    """Record that an approved batch goes out, then write its file (mode 600: it holds numbers in full).

    Without --format the ending of the file decides: .json, .xml, .xlsx, .csv. A second export in the same format
    writes the same file again, with the same numbers.

    Example:
      subsidy pay export B202507010001A1B2C3D4 --out batch.json --actor 1001
    """
    ledger = opened(settings)
    target = Target(out, force)
    with ledger.write(actor, proved=True) as writer:
        found = batch(writer, name)
        chosen = steps.format_of(found, out.suffix, form)
        found, content = steps.export(writer, ledger.vault, name, chosen)
        # Before it is recorded that the batch went out.
        target.check(content)
    target.write(content, private=True)
    click.echo(
        _("Batch {batch} is exported to {file}. Next: subsidy pay import-result ANSWER").format(
            batch=found.key, file=out.name
        )
    )


@pay.command("import-result")
@click.argument("file", type=click.Path(path_type=Path))
@sheet_option
@actor_option
@json_option
@pass_settings
def import_result(settings: Settings, file: Path, sheet: str, actor: str, as_json: bool) -> None:
    """Take in what the channel answers: e-CNY JSON, pain.002 XML, or a sheet of item numbers and states.

    `subsidy template payout-results` makes an empty sheet. The same answer twice changes nothing. Exit code 1 where
    the answer contradicts what was said before.

    Example:
      subsidy pay import-result answer.json --actor 1001
    """
    ledger = opened(settings)
    with ledger.read() as view:
        results.check_not_ours(view, file)
    result, content = results.read_result(file, sheet)
    warn(result.warnings)
    with ledger.write(actor, proved=True) as writer:
        key, settled = results.take_result(writer, ledger.vault, result, file.name, content)
        found, told = batch(writer, key), batch_answer(writer, key) if as_json else None
    _print_settled(found, settled, told)
    if settled.counts["disputed"]:
        raise SystemExit(1)


@pay.command()
@click.argument("name", metavar="[BATCH|ITEM]", required=False)
@as_of_option
@answer_options
@pass_settings
def status(settings: Settings, name: str | None, as_of: str, as_json: bool) -> None:
    """Show all batches, the payouts of one, or the history of one payout.

    Example:
      subsidy pay status
      subsidy pay status B202507010001A1B2C3D4
    """
    with asked_at(settings, as_of) as at:
        if name is None:
            found = all_batches(at.view)
            print_json(form(found)) if as_json else _print_batches(found)
        elif at.view.current(kinds.PAYOUT, name) is not None:
            history = payout_history(at.view, name)
            print_json(form(history)) if as_json else _print_history(history)
        else:
            order, payouts = batch_answer(at.view, name), payouts_of(at.view, name)
            print_json({**form(order), "items": form(payouts)}) if as_json else _print_payouts(payouts)


@pay.command()
@click.argument("name", metavar="BATCH|ITEM")
@reason_option(N_("Why it is not to be paid; it is recorded."))
@actor_option
@pass_settings
def cancel(settings: Settings, name: str, reason: str, actor: str) -> None:
    """Cancel a batch, or one payout of it, before it is exported; what it held can be prepared again.

    Example:
      subsidy pay cancel B202507010001A1B2C3D4 --reason "payer account closed" --actor 1001
    """
    with opened(settings).write(actor, proved=True) as writer:
        count = steps.cancel(writer, name, reason)
    click.echo(
        ngettext(
            "{count} payout is cancelled. Next: subsidy pay prepare RUN",
            "{count} payouts are cancelled. Next: subsidy pay prepare RUN",
            count,
        ).format(count=count)
    )


@pay.command()
@click.argument("name", metavar="ITEM")
@click.option(
    "--state",
    "state_text",
    type=click.Choice(["success", "partial", "fail", "returned"]),
    required=True,
    help=N_("What has become of the payout."),
)
@click.option("--amount", metavar="YUAN", help=N_("What was paid or came back; needed where it is a part."))
@click.option("--on", "on_text", metavar="YYYY-MM-DD", help=N_("The day of it; today without."))
@click.option("--award", "awards", type=int, multiple=True, metavar="N", help=N_("The entry record a return is of."))
@reason_option(N_("What the decision rests on: statement, letter, call; it is recorded."))
@actor_option
@pass_settings
def resolve(
    settings: Settings,
    name: str,
    state_text: str,
    amount: str | None,
    on_text: str | None,
    awards: tuple[int, ...],
    reason: str,
    actor: str,
) -> None:
    """Decide what became of a payout whose outcome the channel does not tell; never by who prepared it.

    Where keys are in use, sign it with --key.

    Example:
      subsidy pay resolve S0123456789ABCDEF0123456 --state fail --reason "bank letter 17" --actor 1002
    """
    ledger = opened(settings)
    with ledger.write(actor, proved=True) as writer:
        signer = signer_for(writer, ledger.signer)
        found, payout = item(writer, name)
        steps.check_second_person(writer, found)
        finding = Finding(
            item=payout.key,
            state=State(state_text),
            source={"kind": Source.DECISION.value},
            on=day_of(on_text, "--on") if on_text else None,
            amount_fen=yuan(amount) if amount else None,
            reason=reason,
            awards=awards,
        )
        settled = settle(writer, found.key, [finding], signer)
        found = batch(writer, found.key)
    _print_settled(found, settled)


for _command in (*channel.COMMANDS, recall, *MONEY_COMMANDS, *contract.COMMANDS):
    pay.add_command(_command)


def _entries(view: View, names: tuple[str, ...]) -> list[RunEntries]:
    found = []
    for name in names:
        run = closed_run(view, name)
        found.append(RunEntries(run.closed, run.first, run.count))
    return sorted(set(found))


def _held_json(held: Held) -> dict[str, Any]:
    why, todo = _held_words(held)
    return {
        "about": held.about,
        "payee": held.payee,
        "amount": plain_yuan(held.amount_fen),
        "code": held.hold.code,
        "why": why,
        "todo": todo,
    }


def _held_words(held: Held) -> tuple[str, str]:
    why, todo = HOLDS[held.hold.code]
    problem = Problem(held.hold.code, why, todo, values={"payee": held.payee, **held.hold.values})
    return _(why).format_map(dict(problem.values)), _(todo).format_map(dict(problem.values))


def _plan_json(by_payer: Mapping[str, Sequence[Draft]], held: list[Held], netted: list[Net]) -> dict[str, Any]:
    return {
        "batches": [
            {
                "payer": payer,
                "count": len(drafts),
                "total": plain_yuan(sum(draft.amount_fen for draft in drafts)),
                "payouts": [
                    {"lines": draft.lines, "payee": draft.payee, "amount": plain_yuan(draft.amount_fen)}
                    for draft in drafts
                ],
            }
            for payer, drafts in by_payer.items()
        ],
        "held": [_held_json(hold) for hold in held],
        "netted": [_netted_json(net) for net in netted],
    }


def _netted_json(net: Net) -> dict[str, Any]:
    return {"debt": net.debt.line, "against": net.payable.line, "amount": plain_yuan(net.amount_fen)}


def _prepared_json(prepared: Prepared) -> dict[str, Any]:
    return {
        "batches": [
            {
                "batch": order.key,
                "channel": order.channel,
                "payer": order.payer,
                "count": order.payouts,
                "total": plain_yuan(order.total_fen),
            }
            for order in prepared.batches
        ],
        "held": [_held_json(hold) for hold in prepared.held],
        "netted": [_netted_json(net) for net in prepared.netted],
    }


def _print_prepared(prepared: Prepared) -> None:
    if prepared.batches:
        table(
            [_("Batch"), _("Channel"), _("Payer"), money(_("Payouts")), money(_("Yuan"))],
            [
                (order.key, _(CHANNELS[order.channel]), order.payer, order.payouts, format_yuan(order.total_fen))
                for order in prepared.batches
            ],
        )
    _print_netted(prepared.netted)
    _print_held(prepared.held)
    if prepared.batches:
        commands = ", ".join(f"subsidy pay approve {order.key}" for order in prepared.batches)
        click.echo(_("Next, by somebody else: {commands}").format(commands=commands))
    elif prepared.netted:
        click.echo(_("Netting leaves nothing to pay."))
    else:
        click.echo(_("There is nothing to pay; nothing was written."))


def _print_netted(netted: Sequence[Net]) -> None:
    if netted:
        click.echo(_("Netted against what is owed back:"))
        table(
            [_("Owed on"), _("Netted against"), money(_("Yuan"))],
            [(one.debt.line, one.payable.line, format_yuan(one.amount_fen)) for one in netted],
        )


def _print_held(held: list[Held] | tuple[Held, ...]) -> None:
    if not held:
        return
    click.echo(_("Held, not paid now:"))
    table(
        [_("Lines"), _("Payee"), money(_("Yuan")), _("Why"), _("What to do")],
        [(one.about, one.payee, format_yuan(one.amount_fen), *_held_words(one)) for one in held],
    )


def _print_batches(found: Sequence[BatchAnswer]) -> None:
    if not found:
        click.echo(_("There are no batches yet. Next: subsidy pay prepare RUN"))
        return
    table(
        [
            _("Batch"),
            spare(_("Channel"), 1),
            _("State"),
            spare(_("Payouts"), 2, right=True),
            money(_("Yuan")),
            money(_("Paid")),
            money(_("Unanswered")),
        ],
        [
            (
                order.batch,
                _(CHANNELS[order.channel]),
                _(STATES[order.state]) if order.unanswered or order.state is not State.EXPORTED else _("settled"),
                order.count,
                format_yuan(order.total_fen),
                format_yuan(order.paid_fen),
                order.unanswered,
            )
            for order in found
        ],
    )


def _print_payouts(found: Sequence[PayoutAnswer]) -> None:
    table(
        [
            spare(_("No."), 2, right=True),
            _("Item"),
            _("Payee"),
            money(_("Yuan")),
            spare(_("Paid"), 1, right=True),
            _("State"),
            _("Reason"),
        ],
        [
            (
                payout.n,
                payout.item,
                payout.payee,
                format_yuan(payout.amount_fen),
                format_yuan(payout.paid_fen),
                _(STATES[payout.state]),
                payout.reason,
            )
            for payout in found
        ],
    )


def _print_history(found: PayoutHistory) -> None:
    table(
        [money(_("Award")), _("Line"), _("Path"), _("Function"), _("Economic"), money(_("Yuan"))],
        [
            (
                claim.award,
                claim.line,
                claim.envelope,
                claim.function,
                claim.economic,
                format_yuan(claim.amount_fen),
            )
            for claim in found.awards
        ],
    )
    table(
        [_("Time"), _("Actor"), _("State"), _("File"), _("Reason")],
        [(past.at, past.actor, _(STATES[past.state]), past.file, past.reason) for past in found.history],
    )


def _print_settled(found: Batch, settled: Settled, told: BatchAnswer | None = None) -> None:
    """What settling did; as JSON with the answer about the batch where there is one."""
    if told:
        effects = [{"item": key, "said": state.value, "effect": effect.value} for key, state, effect in settled.effects]
        print_json({**form(told), "effects": effects, **settled.counts})
        return
    click.echo(listed(f"{_(EFFECTS[effect])} {count}" for effect, count in settled.counts.items()))
    waiting = [payout for payout in found.items if payout.state in OPEN]
    disputed = [payout for payout in waiting if payout.state is State.DISPUTED]
    for payout in disputed:
        click.echo(
            _(
                "{item} is disputed: its channel says two things. "
                "Next: subsidy pay resolve {item} --state STATE --reason TEXT"
            ).format(item=payout.key)
        )
    if waiting:
        click.echo(
            ngettext(
                "{count} payout of batch {batch} has no final answer; it cannot be paid again until it has.",
                "{count} payouts of batch {batch} have no final answer; they cannot be paid again until they do.",
                len(waiting),
            ).format(count=len(waiting), batch=found.key)
        )
    else:
        click.echo(_("Every payout of batch {batch} has its final answer.").format(batch=found.key))
        click.echo(_("Next, once the bank has sent it: subsidy reconcile import STATEMENT"))
