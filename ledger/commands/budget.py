"""`subsidy budget`: issue budget indicators and show what the envelopes hold."""

import rich_click as click

from calculators.amounts import format_yuan, parse_yuan, plain_yuan
from calculators.problems import N_, refuse
from ledger.book import envelopes
from ledger.commands.context import Settings, actor_option, json_option, money, pass_settings, print_json, table
from ledger.store.ledger import Ledger
from ledger.words import _


@click.group()
def budget() -> None:
    """Issue budget indicators and show the envelopes.

    Example:
      subsidy budget show
    """


@budget.command()
@click.argument("path")
@click.argument("yuan")
@click.option("--document", required=True, metavar="NO", help=N_("Number of the document that issues the indicator."))
@actor_option
@pass_settings
def issue(settings: Settings, path: str, yuan: str, document: str, actor: str) -> None:
    """Issue YUAN to PATH: to a fund year from outside, to a path below it out of the path above.

    PATH is the fund year and names below it, such as 2025/interest/batch-1. Issuing the same document to the same
    path twice changes nothing.

    Example:
      subsidy budget issue 2025 30,000,000.00 --document JCK-2025-7 --actor 1001
      subsidy budget issue 2025/interest 12,000,000.00 --document JCK-2025-8 --actor 1001
    """
    try:
        amount_fen = parse_yuan(yuan)
    except ValueError as error:
        raise refuse(
            "amount_malformed",
            N_("{text} is not an amount in yuan"),
            N_("write it with at most two decimals, such as 12,000,000.00"),
            text=yuan,
        ) from error
    with Ledger.open(settings.db_url).write(actor) as writer:
        posted = envelopes.issue(writer, path, amount_fen, document)
    text = (
        _("{document} has issued {amount} yuan to {path} before, in entry {number}; nothing was written.")
        if posted.same
        else _("{document} issued {amount} yuan to {path}: entry {number}.")
    )
    click.echo(text.format(document=document, amount=format_yuan(amount_fen), path=path, number=posted.seq))


@budget.command()
@json_option
@pass_settings
def show(settings: Settings, as_json: bool) -> None:
    """Show each budget path: its limit, what is used on it and below, and what it still has to give itself.

    Example:
      subsidy budget show
    """
    with Ledger.open(settings.db_url).read() as view:
        lines = envelopes.show(view)
    if as_json:
        print_json(
            [
                {
                    "path": line.path,
                    "limit": plain_yuan(line.limit_fen),
                    "used": plain_yuan(line.used_fen),
                    "available": plain_yuan(line.available_fen),
                }
                for line in lines
            ]
        )
        return
    table(
        [_("Envelope"), money(_("Limit")), money(_("Used")), money(_("Available"))],
        [
            (line.path, format_yuan(line.limit_fen), format_yuan(line.used_fen), format_yuan(line.available_fen))
            for line in lines
        ],
    )
    click.echo(_("In yuan. Available is what a path can still grant or pass on to a path below it."))
