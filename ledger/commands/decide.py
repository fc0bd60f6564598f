"""`subsidy decide`: record a decision that a run waits for, with its reason."""

import rich_click as click

from calculators.amounts import format_yuan
from calculators.problems import N_
from ledger.commands.context import Settings, actor_option, pass_settings, reason_option
from ledger.registry.decisions import TYPES, Decision, line_and_due
from ledger.registry.decisions import decide as record
from ledger.store.ledger import Ledger, View
from ledger.words import _


@click.command()
@click.argument("kind", type=click.Choice(TYPES), metavar="|".join(TYPES))
@click.option(
    "--about",
    required=True,
    metavar="ID",
    help=N_(
        "What is decided on: the credit code (uscc-override), LENDER/YYYY-MM (lender-exception), or GRANT/YYYY-MM-DD "
        "with the end of the due period as the run lists it (release-hold)."
    ),
)
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def decide(settings: Settings, kind: str, about: str, reason: str, actor: str) -> None:
    """Record a decision: a credit code is right although its check digit is not, a month may close without a lender's
    report, or a held due period is posted with the figures it has now.

    Example:
      subsidy decide uscc-override --about 91350100M0001TGQXM --reason "licence seen" --actor 1001
      subsidy decide lender-exception --about "Bank A/2025-06" --reason "bank closed" --actor 1001
      subsidy decide release-hold --about G2024-001/2025-06-21 --reason "receipt confirmed by phone" --actor 1001
    """
    with Ledger.open(settings.db_url).write(actor) as writer:
        figures = _held_figures(writer, about) if kind == "release-hold" else ()
        written = record(writer, Decision(kind, about, reason, figures))
    if not written:
        click.echo(_("This decision stands already; nothing was written."))
        return
    click.echo(_("Recorded: {kind} about {about}.").format(kind=kind, about=about))
    if figures:
        ours, *receipt = (format_yuan(figure) for figure in figures)
        click.echo(_("Ours {ours} yuan, receipt {receipt}.").format(ours=ours, receipt=receipt[0] if receipt else "-"))


def _held_figures(view: View, about: str) -> tuple[int, ...]:
    """The two figures that a release is about, in fen; a hold without a receipt has one."""
    # The runs pull in every calculator; the other decisions do without.
    from ledger.runs.plan import held_figures

    line, due = line_and_due(about)
    ours_fen, receipt_fen = held_figures(view, line, due)
    return (ours_fen,) if receipt_fen is None else (ours_fen, receipt_fen)
