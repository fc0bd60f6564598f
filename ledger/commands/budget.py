"""`subsidy budget`: issue, adjust, transfer and freeze budget indicators, and show what the envelopes hold."""

from datetime import date

import rich_click as click

from calculators.money import format_yuan, parse_yuan
from calculators.problems import N_, refuse
from ledger.book import envelopes
from ledger.book.envelopes import Asked
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    money,
    pass_settings,
    print_json,
    table,
)
from ledger.commands.ui.signing import opened
from ledger.payouts.year_end import close_year
from ledger.queries.budget import envelopes as all_envelopes
from ledger.queries.forms import form
from ledger.runs.orders import ask
from ledger.sheets.columns import day_of
from ledger.words import _

DONE = {
    envelopes.ISSUED: N_("{document} issued {amount} yuan to {path}: entry {number}."),
    envelopes.ADJUSTED: N_("{document} adjusted {path} by {amount} yuan: entry {number}."),
    envelopes.TRANSFERRED: N_("{document} transferred {amount} yuan from {path} to {to}: entry {number}."),
    envelopes.FROZEN: N_("{document} froze {amount} yuan of {path}: entry {number}."),
    envelopes.UNFROZEN: N_("{document} freed {amount} yuan of {path}: entry {number}."),
}

document_option = click.option(
    "--document", required=True, metavar="NO", help=N_("Number of the document that orders it.")
)

on_option = click.option(
    "--on", "on_text", metavar="YYYY-MM-DD", help=N_("The day from which it moves the budget; today without.")
)


@group()
def budget() -> None:
    """Issue, adjust, transfer and freeze budget indicators, and show the envelopes.

    Where keys are in use, each of these is an order that somebody else carries out by signing it. A change moves the
    budget from the day that --on names, never from one of a month that is signed off.

    Example:
      subsidy budget show
    """


@budget.command()
@click.argument("path")
@click.argument("yuan")
@document_option
@on_option
@actor_option
@pass_settings
def issue(settings: Settings, path: str, yuan: str, document: str, on_text: str | None, actor: str) -> None:
    """Issue YUAN to PATH: to a fund year from outside, to a path below it out of the path above.

    PATH is the fund year and names below it, such as 2025/interest/batch-1. Issuing the same document to the same
    path twice changes nothing.

    Example:
      subsidy budget issue 2025 30,000,000.00 --document JCK-2025-7 --on 2025-01-15 --actor 1001
      subsidy budget issue 2025/interest 12,000,000.00 --document JCK-2025-8 --actor 1001
    """
    _order(settings, Asked(envelopes.ISSUED, path, _fen(yuan), document, on=_on(on_text)), actor)


@budget.command(context_settings={"ignore_unknown_options": True})
@click.argument("path")
@click.argument("yuan")
@document_option
@on_option
@actor_option
@pass_settings
def adjust(settings: Settings, path: str, yuan: str, document: str, on_text: str | None, actor: str) -> None:
    """Raise what was issued to PATH by YUAN, or lower it by an amount with a minus sign.

    It comes from where the path was issued from and goes back there. Nothing that is granted or passed on can be taken.

    Example:
      subsidy budget adjust 2025/interest -500,000.00 --document JCK-2025-11 --actor 1001
    """
    _order(settings, Asked(envelopes.ADJUSTED, path, _fen(yuan), document, on=_on(on_text)), actor)


@budget.command()
@click.argument("path")
@click.argument("to")
@click.argument("yuan")
@document_option
@on_option
@actor_option
@pass_settings
def transfer(
    settings: Settings,
    path: str,
    to: str,
    yuan: str,
    document: str,
    on_text: str | None,
    actor: str,
) -> None:
    """Move YUAN that PATH still has to give to the path TO of the same fund year.

    Example:
      subsidy budget transfer 2025/interest 2025/premium 200,000.00 --document JCK-2025-12 --actor 1001
    """
    _order(settings, Asked(envelopes.TRANSFERRED, path, _fen(yuan), document, to, _on(on_text)), actor)


@budget.command()
@click.argument("path")
@click.argument("yuan")
@document_option
@on_option
@actor_option
@pass_settings
def freeze(settings: Settings, path: str, yuan: str, document: str, on_text: str | None, actor: str) -> None:
    """Set YUAN of what PATH has to give aside: it can be neither granted nor passed on.

    Example:
      subsidy budget freeze 2025/interest 100,000.00 --document JCK-2025-13 --actor 1001
    """
    _order(settings, Asked(envelopes.FROZEN, path, _fen(yuan), document, on=_on(on_text)), actor)


@budget.command()
@click.argument("path")
@click.argument("yuan")
@document_option
@on_option
@actor_option
@pass_settings
def unfreeze(settings: Settings, path: str, yuan: str, document: str, on_text: str | None, actor: str) -> None:
    """Give YUAN of what was frozen on PATH free again.

    Example:
      subsidy budget unfreeze 2025/interest 100,000.00 --document JCK-2025-14 --actor 1001
    """
    _order(settings, Asked(envelopes.UNFROZEN, path, _fen(yuan), document, on=_on(on_text)), actor)


@budget.command("year-end")
@click.argument("year", type=click.IntRange(2000, 9999))
@document_option
@actor_option
@pass_settings
def year_end(settings: Settings, year: int, document: str, actor: str) -> None:
    """Book what of YEAR's budget was not drawn as a claim on the treasury (财政应返还额度), on its last day.

    The amount follows from the book: what was issued less what is income of that year. What a later year pays from
    this budget is drawn from the claim and is no income of its own.

    Example:
      subsidy budget year-end 2025 --document NJ-2025 --actor 1001
    """
    with opened(settings).write(actor) as writer:
        posted = close_year(writer, year, document)
    if posted.same:
        click.echo(
            _("{document} has done this before, in entry {number}; nothing was written.").format(
                document=document, number=posted.seq
            )
        )
    else:
        click.echo(
            _("{document} booked the end of {year}: entry {number}.").format(
                document=document, year=year, number=posted.seq
            )
        )


@budget.command()
@as_of_option
@answer_options
@pass_settings
def show(settings: Settings, as_of: str, as_json: bool) -> None:
    """Show each budget path: its limit, what is used on it and below, what it still has to give, and what is frozen.

    Example:
      subsidy budget show
    """
    with asked_at(settings, as_of) as at:
        lines = all_envelopes(at.view)
    if as_json:
        print_json(form(lines))
        return
    frozen = any(line.frozen_fen for line in lines)
    table(
        [
            _("Envelope"),
            money(_("Limit")),
            money(_("Used")),
            money(_("Available")),
            *([money(_("Frozen"))] if frozen else []),
        ],
        [
            (
                line.path,
                format_yuan(line.limit_fen),
                format_yuan(line.used_fen),
                format_yuan(line.available_fen),
                *([format_yuan(line.frozen_fen)] if frozen else []),
            )
            for line in lines
        ],
    )
    click.echo(_("In yuan. Available is what a path can still grant or pass on to a path below it."))


def _on(text: str | None) -> date | None:
    return day_of(text, "--on") if text else None


def _fen(yuan: str) -> int:
    try:
        return parse_yuan(yuan)
    except ValueError as error:
        raise refuse(
            "amount_malformed",
            N_("{text} is not an amount in yuan"),
            N_("write it with at most two decimals, such as 12,000,000.00"),
            text=yuan,
        ) from error


def _order(settings: Settings, asked: Asked, actor: str) -> None:
    ledger = opened(settings)
    ordered = ask(ledger, asked, actor, ledger.signer)
    values = {
        "document": asked.document,
        "amount": format_yuan(asked.amount_fen),
        "path": asked.path,
        "to": asked.to,
    }
    if ordered.posted is None:
        click.echo(
            _("Order {number} waits for the signature of somebody else: subsidy approve {number}").format(
                number=ordered.order
            )
        )
    elif ordered.posted.same and asked.action == envelopes.ISSUED:
        text = _("{document} has issued {amount} yuan to {path} before, in entry {number}; nothing was written.")
        click.echo(text.format(number=ordered.posted.seq, **values))
    elif ordered.posted.same:
        click.echo(
            _("{document} has done this before, in entry {number}; nothing was written.").format(
                document=asked.document, number=ordered.posted.seq
            )
        )
    else:
        click.echo(_(DONE[asked.action]).format(number=ordered.posted.seq, **values))
