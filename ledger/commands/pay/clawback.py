"""`subsidy clawback`: ask for money back, agree to it, and see what became of it."""

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_, refuse
from ledger.commands.pay.money import yuan
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    table,
)
from ledger.commands.ui.signing import agreeing, opened, print_next
from ledger.log import kinds
from ledger.office.approvals import approval_of
from ledger.office.signing import signer_for
from ledger.payouts.returns.clawbacks import Asked, Clawback, clawbacks, turn_down
from ledger.payouts.returns.clawbacks import agree as record_agreement
from ledger.payouts.returns.clawbacks import request as record_request
from ledger.words import _

STATES = {
    "requested": N_("requested"),
    "refused": N_("turned down"),
    "agreed": N_("agreed, in no run yet"),
    "owed": N_("owed"),
    "partly_settled": N_("settled in part"),
    "settled": N_("settled"),
}


@group()
def clawback() -> None:
    """Take money back (追回): one person asks, another agrees, the next run posts it.

    Example:
      subsidy clawback list
    """


@clawback.command()
@click.argument("number", metavar="NUMBER")
@click.option("--line", required=True, metavar="GRANT", help=N_("The grant that money is taken back of."))
@click.option("--amount", required=True, metavar="YUAN", help=N_("How much is taken back."))
@click.option("--inspection", default="", metavar="NO", help=N_("The inspection whose finding is claw_back."))
@click.option("--premium", default="", metavar="KEY", help=N_("The returned premium, POLICY/returned/DAY/1."))
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def request(
    settings: Settings,
    number: str,
    line: str,
    amount: str,
    inspection: str,
    premium: str,
    reason: str,
    actor: str,
) -> None:
    """Ask for money back on the ground of an inspection, or of premium that an insurer returned; give one of the two.

    NUMBER is the file's own number. Asking again under it corrects a request that nobody has answered.

    Example:
      subsidy clawback request ZH-1 --line G-1 --amount 50,000 --inspection JC-2 --reason "misused" --actor 1001
    """
    if bool(inspection) == bool(premium):
        raise refuse(
            "cause_missing",
            N_("a claw-back rests on one inspection or on one returned premium"),
            N_("give --inspection or --premium, and not both"),
        )
    ledger = opened(settings)
    wanted = Asked(number, line, yuan(amount), reason, inspection, premium)
    with ledger.write(actor, proved=True) as writer:
        written = record_request(writer, wanted, signer_for(writer, ledger.signer))
    if not written:
        click.echo(_("The same is requested already; nothing was written."))
        return
    click.echo(
        _(
            "Requested: {amount} yuan of {line}. Next, by somebody else: subsidy clawback agree {number} --document NO"
        ).format(amount=format_yuan(wanted.amount_fen), line=line, number=number)
    )


@clawback.command()
@click.argument("number", metavar="NUMBER")
@click.option("--document", required=True, metavar="NO", help=N_("The number of the decision on it."))
@actor_option
@pass_settings
def agree(settings: Settings, number: str, document: str, actor: str) -> None:
    """Agree to a claw-back that somebody else has requested; what was agreed stands for good.

    Example:
      subsidy clawback agree ZH-1 --document 3 --actor 1002
    """
    ledger = opened(settings)
    with ledger.write(actor, proved=True) as writer:
        row = writer.current(kinds.CLAWBACK, number)
        signer = agreeing(writer, ledger.signer, row.seq if row else None)
        agreed = record_agreement(writer, number, document, signer)
        last = next(reversed(list(writer.records(kinds.APPROVAL))), None)
    if agreed.state == "requested" and last:
        print_next(ledger, approval_of(last.seq, last.leaf, last.body))
        return
    click.echo(
        _("Agreed: {amount} yuan of {line} are taken back.").format(
            amount=format_yuan(agreed.amount_fen), line=agreed.line
        )
    )
    if agreed.state == "agreed":
        click.echo(_("The next run posts it; until then nothing of the line is prepared for payment."))


@clawback.command("refuse")
@click.argument("number", metavar="NUMBER")
@reason_option(N_("Why not; it stands in the record."))
@actor_option
@pass_settings
def refuse_(settings: Settings, number: str, reason: str, actor: str) -> None:
    """Refuse a claw-back that was requested, or take your own request back.

    Example:
      subsidy clawback refuse ZH-1 --reason "the firm has put it right" --actor 1002
    """
    ledger = opened(settings)
    with ledger.write(actor, proved=True) as writer:
        turn_down(writer, number, reason, signer_for(writer, ledger.signer))
    click.echo(_("Turned down: {number}; nothing is taken back.").format(number=number))


@clawback.command("list")
@answer_options
@pass_settings
def list_(settings: Settings, as_json: bool) -> None:
    """Show every claw-back: asked for by whom, answered by whom, what the runs took back, what is still owed.

    Example:
      subsidy clawback list
    """
    with opened(settings).read() as view:
        found = clawbacks(view)
    if as_json:
        print_json([_json(one) for one in found])
        return
    if not found:
        click.echo(_("Nothing is taken back."))
        return
    table(
        [
            _("Claw-back"),
            _("Line"),
            money(_("Yuan")),
            _("Because of"),
            _("State"),
            money(_("Posted")),
            money(_("Owed")),
            _("Requested by"),
            _("Answered by"),
        ],
        [
            (
                claim_back.key,
                claim_back.line,
                format_yuan(claim_back.amount_fen),
                claim_back.about,
                _(STATES[claim_back.state]),
                format_yuan(claim_back.posted_fen),
                format_yuan(claim_back.owed_fen),
                claim_back.requested_by,
                claim_back.answered_by or "-",
            )
            for claim_back in found
        ],
    )


def _json(claim_back: Clawback) -> dict[str, str]:
    return {
        name.removesuffix("_fen"): plain_yuan(value) if name.endswith("_fen") else value
        for name, value in claim_back._asdict().items()
        if value != ""
    }
