"""`subsidy decide`: record a decision that a run waits for, with its reason."""

import rich_click as click

from calculators.amounts import format_yuan, parse_yuan
from calculators.problems import N_, refuse
from ledger.commands.context import Settings, actor_option, money, pass_settings, reason_option, table
from ledger.commands.progress import progress
from ledger.registry.decisions import TYPES, Decision, line_and_due
from ledger.registry.decisions import decide as record
from ledger.registry.limits import MEETING, SHORTAGE
from ledger.store.ledger import Ledger, View
from ledger.words import _

KINDS = (*TYPES, SHORTAGE)


@click.command()
@click.argument("kind", type=click.Choice(KINDS), metavar="|".join(KINDS))
@click.option(
    "--about",
    required=True,
    metavar="ID",
    help=N_(
        "What is decided on: the credit code (uscc-override), LENDER/YYYY-MM (lender-exception), GRANT/YYYY-MM-DD "
        "with the end of the due period as the run lists it (release-hold), the application (meeting), or the notice "
        "(shortage)."
    ),
)
@click.option(
    "--amount",
    metavar="YUAN",
    help=N_("What the meeting granted in all (meeting), or the budget that is to be allotted (shortage)."),
)
@click.option("--document", metavar="NO", help=N_("Number of the decision's document (meeting, shortage)."))
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def decide(
    settings: Settings, kind: str, about: str, amount: str | None, document: str | None, reason: str, actor: str
) -> None:
    """Record a decision: a credit code is right although its check digit is not, a month may close without a lender's
    report, a held due period is posted with the figures it has now, a meeting granted less than was computed, or a
    budget that does not reach is allotted as the notice says.

    What a meeting or an allotment cuts off is withheld: later runs list it and never pay it by themselves.

    Example:
      subsidy decide uscc-override --about 91350100M0001TGQXM --reason "licence seen" --actor 1001
      subsidy decide lender-exception --about "Bank A/2025-06" --reason "bank closed" --actor 1001
      subsidy decide release-hold --about G2024-001/2025-06-21 --reason "receipt confirmed by phone" --actor 1001
      subsidy decide meeting --about SB-7 --amount 800,000 --document JY-3 --reason "minutes, item 4" --actor 1001
      subsidy decide shortage --about example-incentive --amount 5,000,000 --document JY-4 --reason short --actor 1001
    """
    figured = kind in (MEETING, SHORTAGE)
    _check_options(kind, figured, amount=amount, document=document)
    amount_fen = _fen(amount) if amount else 0
    ledger = Ledger.open(settings.db_url)
    if kind == SHORTAGE:
        assert document is not None
        _allot(ledger, about, amount_fen, document, reason, actor)
        return
    with ledger.write(actor) as writer:
        figures = _held_figures(writer, about) if kind == "release-hold" else ()
        written = record(writer, Decision(kind, about, reason, figures, document or "", amount_fen))
    if not written:
        click.echo(_("This decision stands already; nothing was written."))
        return
    click.echo(_("Recorded: {kind} about {about}.").format(kind=kind, about=about))
    if figures:
        ours, *receipt = (format_yuan(figure) for figure in figures)
        click.echo(_("Ours {ours} yuan, receipt {receipt}.").format(ours=ours, receipt=receipt[0] if receipt else "-"))


def _check_options(kind: str, needed: bool, **options: str | None) -> None:
    """`--amount` and `--document` come both or not at all, as the kind of decision asks."""
    for name, value in options.items():
        if needed and not value:
            raise click.MissingParameter(param_hint=f"--{name}", param_type="option")
        if value is not None and not needed:
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
    from ledger.runs.shortages import decide_shortage

    with ledger.write(actor) as writer, progress(_("Reckoning")):
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
    from ledger.runs.plan import held_figures

    line, due = line_and_due(about)
    ours_fen, receipt_fen = held_figures(view, line, due)
    return (ours_fen,) if receipt_fen is None else (ours_fen, receipt_fen)
