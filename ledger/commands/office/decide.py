"""`subsidy decide`: record a decision that a run waits for, with its reason."""

from dataclasses import replace

import rich_click as click

from calculators.money import format_yuan, parse_yuan
from calculators.problems import N_, refuse
from ledger.audit.ledger import Ledger
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, actor_option, money, pass_settings, reason_option, table
from ledger.commands.ui.progress import progress
from ledger.commands.ui.signing import opened
from ledger.office import bounds, standing
from ledger.office.business_days import CALENDAR, DaysOff, days_of, record_days_off
from ledger.office.decisions import MEETING, SHORTAGE, STOP, TYPES, Decision, line_and_due
from ledger.office.decisions import decide as record
from ledger.office.signing import signer_for
from ledger.registry.agreements import BOUND, CARRIED, DECISIONS, RESTORED_SENT, RESTORED_UNPAID, STANDING
from ledger.store.ledger import View
from ledger.words import _

KINDS = (*TYPES, SHORTAGE, CALENDAR, STANDING, BOUND)
# Kind -> the options that it needs; others are refused, but for those that may be left out.
NEEDS = {
    MEETING: ("amount", "document"),
    SHORTAGE: ("amount", "document"),
    CALENDAR: ("document", "holidays"),
    CARRIED: ("document",),
    BOUND: ("document",),
    RESTORED_SENT: ("document",),
    RESTORED_UNPAID: ("document",),
}
MAY_HAVE = {CALENDAR: ("workdays",), STANDING: ("end",), STOP: ("document",), BOUND: ("amount", "days")}


@command()
@click.argument("kind", type=click.Choice(KINDS), metavar="|".join(KINDS))
@click.option(
    "--about",
    required=True,
    metavar="ID",
    help=N_(
        "What is decided on: the credit code (uscc-override), LENDER/YYYY-MM (lender-exception), GRANT/YYYY-MM-DD "
        "with the end of the due period as the run lists it (release-hold), the application (meeting), the notice "
        "(shortage), the year (calendar), the key of a statement line (clearing-account, paid-elsewhere; "
        "carried: or a payout), PAYER/FORMAT of statements (standing), fee, interest, in_transit or "
        "wallet_state (bound), a credit code or grant (stop, lift), or a batch, a grant, restore/NUMBER for the rest, "
        "GRANT/YYYY-MM-DD with the last due day of what went out (restored-unpaid, restored-sent)."
    ),
)
@click.option(
    "--amount",
    metavar="YUAN",
    help=N_(
        "What the meeting granted in all (meeting), the budget that is to be allotted (shortage), or the bound (bound)."
    ),
)
@click.option(
    "--document",
    metavar="NO",
    help=N_(
        "Number of the document (meeting, shortage, calendar, carried, bound, stop), or of the statement "
        "(restored-unpaid, restored-sent)."
    ),
)
@click.option(
    "--days",
    type=click.IntRange(1),
    metavar="N",
    help=N_("Working days (bound in_transit), days (bound wallet_state)."),
)
@click.option("--holidays", metavar="DAYS", help=N_("Days off: 2027-01-01..2027-01-03,2027-02-06 (calendar)."))
@click.option("--workdays", metavar="DAYS", help=N_("Weekend days that are worked instead (calendar)."))
@click.option("--end", is_flag=True, help=N_("End what stands or waits; one person does (standing)."))
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def decide(
    settings: Settings,
    kind: str,
    about: str,
    amount: str | None,
    document: str | None,
    days: int | None,
    holidays: str | None,
    workdays: str | None,
    end: bool,
    reason: str,
    actor: str,
) -> None:
    """Record a decision: a credit code is right although its check digit is not, a month may close without a lender's
    report, a held due period is posted with the figures it has now, a meeting granted less than was computed, a
    budget that does not reach is allotted as the notice says, or the days off of a year are those published.

    Two people decide where a line's other side is a clearing account of the bank (clearing-account), or where a payee
    was paid although the bank names another side (paid-elsewhere): one records it, and it counts once another agrees.
    So do they where a line or a payout that nothing explains is carried as open (carried): months are signed off with
    it printed on top.

    Nothing more is paid to a firm or on a grant from the moment that one person stops it, with the document of a
    court where it is a freeze (stop); that it goes on takes two (lift).

    What a meeting or an allotment cuts off is withheld: later runs list it and never pay it by themselves.

    Where records were written while the clock was ahead, two people say what day it is (clock): once somebody else has
    agreed, the log goes on from there.

    Two people also change how far a fee, interest or money in transit explains itself in reconciling, and for how many
    days what was seen of a wallet is good (bound).

    Where a ledger was put back from a backup, two people decide from the bank's statements what may be paid: nothing
    was paid of it in the time that was lost (restored-unpaid), or its order went out (restored-sent).

    A standing decision takes an account's statements of one format although nothing proves them complete: one person
    asks for it, another agrees, and the first of them that does not fit ends it.

    Example:
      subsidy decide uscc-override --about 91350100M0001TGQXM --reason "licence seen" --actor 1001
      subsidy decide lender-exception --about "Bank A/2025-06" --reason "bank closed" --actor 1001
      subsidy decide release-hold --about G2024-001/2025-06-21 --reason "receipt confirmed by phone" --actor 1001
      subsidy decide meeting --about SB-7 --amount 800,000 --document JY-3 --reason "minutes, item 4" --actor 1001
      subsidy decide shortage --about example-incentive --amount 5,000,000 --document JY-4 --reason short --actor 1001
      subsidy decide clearing-account --about LINE --reason "letter of the bank, 3 March" --actor 1001
      subsidy decide clock --about 2025-06-03 --reason "it stood on 2052 since yesterday" --actor 1001
      subsidy decide calendar --about 2027 --holidays 2027-01-01..2027-01-03 --document NO --reason published
      subsidy decide bound --about fee --amount 300.00 --document HT-3 --reason "clause 4" --actor 1001
      subsidy decide restored-unpaid --about G2024-001 --document DZ-7 --reason "nothing on the statement" --actor 1001
      subsidy decide standing --about payer/bank/102100099996/000001/boc --reason "no totals, order 7" --actor 1001
    """
    _check_options(kind, amount=amount, document=document, days=days, holidays=holidays, workdays=workdays, end=end)
    amount_fen = _fen(amount) if amount else 0
    ledger = opened(settings)
    if kind == STANDING:
        _stand(ledger, about, reason, actor, end=end)
        return
    if kind == BOUND:
        assert document is not None
        _bind(ledger, about, amount_fen if amount else None, days, document, reason, actor)
        return
    if kind == SHORTAGE:
        assert document is not None
        _allot(ledger, about, amount_fen, document, reason, actor)
        return
    if kind == CALENDAR:
        assert document is not None
        assert holidays is not None
        off = DaysOff(days_of(holidays, "--holidays"), days_of(workdays or "", "--workdays"))
        with ledger.write(actor) as writer:
            written = record_days_off(writer, about, off, document, reason)
        _print_written(kind, about, written)
        return
    _decide(ledger, Decision(kind, about, reason, (), document or "", amount_fen), actor)


def _decide(ledger: Ledger, asked: Decision, actor: str) -> None:
    """Record a decision of a line, a firm or a batch, and print what it is good for."""
    kind, about = asked.type, asked.about
    with ledger.write(actor) as writer:
        figures = _held_figures(writer, about) if kind == "release-hold" else ()
        signer = signer_for(writer, ledger.signer) if kind in DECISIONS else None
        number = record(writer, replace(asked, figures=figures), signer)
    _print_written(kind, about, number is not None)
    if number is not None and kind in DECISIONS:
        _print_asked(number)
    if number is not None and figures:
        ours, *receipt = (format_yuan(figure) for figure in figures)
        click.echo(_("Ours {ours} yuan, receipt {receipt}.").format(ours=ours, receipt=receipt[0] if receipt else "-"))


def _print_written(kind: str, about: str, written: bool) -> None:
    if written:
        click.echo(_("Recorded: {kind} about {about}.").format(kind=kind, about=about))
    else:
        click.echo(_("This decision stands already; nothing was written."))


def _print_asked(number: int) -> None:
    click.echo(_("It counts once somebody else has agreed: subsidy approve {number}").format(number=number))


def _bind(
    ledger: Ledger,
    name: str,
    amount_fen: int | None,
    days: int | None,
    document: str,
    reason: str,
    actor: str,
) -> None:
    """Ask for another bound of what explains itself in reconciling."""
    with ledger.write(actor) as writer:
        asked = bounds.ask(writer, name, amount_fen, days, document, reason, signer_for(writer, ledger.signer))
    _print_written(BOUND, name, asked is not None)
    if asked is not None:
        _print_asked(asked.seq)


def _stand(ledger: Ledger, about: str, reason: str, actor: str, *, end: bool) -> None:
    """Ask for a standing decision or end it, and print what stands now."""
    with ledger.write(actor) as writer:
        step = standing.end if end else standing.ask
        row = step(writer, about, reason, signer_for(writer, ledger.signer))
    if end:
        click.echo(_("Ended: {about}.").format(about=about))
    else:
        click.echo(_("Asked for: {about}.").format(about=about))
        _print_asked(row.seq)


def _check_options(kind: str, **options: str | bool | int | None) -> None:
    """Options come as the kind of decision asks for them."""
    needed, may = NEEDS.get(kind, ()), MAY_HAVE.get(kind, ())
    for name, value in options.items():
        if name in needed and not value:
            raise click.MissingParameter(param_hint=f"--{name}", param_type="option")
        if value not in (None, False) and name not in (*needed, *may):
            raise refuse(
                "option_not_used",
                N_("--{option} says nothing about {kind}"),
                N_("leave it out"),
                option=name,
                kind=kind,
            )


def _fen(amount: str) -> int:
    try:
        amount_fen = parse_yuan(amount)
    except ValueError as error:
        raise refuse(
            "amount_malformed",
            N_("{text} is not an amount in yuan"),
            N_("write it with at most two decimals, such as 12,000,000.00"),
            text=amount,
        ) from error
    if amount_fen < 0:
        raise refuse(
            "amount_negative",
            N_("{amount} is below zero"),
            N_("write what was granted, or the budget there is"),
            amount=amount,
        )
    return amount_fen


def _allot(ledger: Ledger, notice: str, budget_fen: int, document: str, reason: str, actor: str) -> None:
    """Allot a short budget and print what each application gets."""
    # Every calculator comes with it; the other decisions do without.
    from ledger.runs.reports.shortages import decide_shortage

    with ledger.write(actor) as writer, progress(_("Calculating")):
        decided = decide_shortage(writer, notice, budget_fen, document, reason)
    if decided.same:
        click.echo(_("This decision stands already; nothing was written."))
    table(
        [_("Application"), _("Firm"), money(_("Approved")), money(_("Allotted"))],
        [
            (row.application, row.firm, format_yuan(row.approved_fen), format_yuan(row.allotted_fen))
            for row in decided.rows
        ],
    )
    click.echo(
        _("{budget} yuan are allotted. Later runs list the rest as withheld.").format(
            budget=format_yuan(sum(row.allotted_fen for row in decided.rows))
        )
    )


def _held_figures(view: View, about: str) -> tuple[int, ...]:
    """The two figures that a release is about, in fen; a hold without a receipt has one."""
    # The runs pull in every calculator; the other decisions do without.
    from ledger.runs.group import held_figures

    line, due = line_and_due(about)
    ours_fen, receipt_fen = held_figures(view, line, due)
    return (ours_fen,) if receipt_fen is None else (ours_fen, receipt_fen)
