"""`subsidy opening`: state what was paid under a notice before this ledger began."""

from pathlib import Path

import rich_click as click

from calculators.money import format_yuan, parse_yuan, plain_yuan
from calculators.problems import N_, refuse
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    sheet_option,
    table,
    warn,
)
from ledger.commands.ui.signing import opened
from ledger.log import kinds
from ledger.office.openings import record_opening
from ledger.office.signing import signer_for
from ledger.reconcile.decided import decided
from ledger.reconcile.opening_items import cleared_fen, opening_items, record_item, shift_fen
from ledger.registry.openings import read_opening
from ledger.runs.openings import refuse_misplaced
from ledger.sheets.columns import day_of
from ledger.words import _, ngettext


@group()
def opening() -> None:
    """Enter awards that were paid before this ledger: they count as posted and use up caps.

    Example:
      subsidy opening none example-loan-interest-discount --actor 1001
    """


@opening.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--notice", required=True, metavar="ID", help=N_("The notice under which the awards were paid."))
@sheet_option
@actor_option
@pass_settings
def import_(settings: Settings, file: Path, notice: str, sheet: str, actor: str) -> None:
    """Take in the awards already paid under a notice; it counts once another person has agreed.

    A later file for the notice replaces this one.

    Example:
      subsidy opening import paid.xlsx --notice example-loan-interest-discount --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        paid = read_opening(writer, file, notice, sheet)
        warn(paid.reading.warnings)
        refuse_misplaced(writer, paid)
        body = paid.body
        number = record_opening(writer, body, signer_for(writer, ledger.signer))
    total_fen = sum(row["amount_fen"] for row in body["rows"])
    click.echo(
        ngettext(
            "{notice}: {count} award paid outside, {total} yuan.",
            "{notice}: {count} awards paid outside, {total} yuan.",
            len(body["rows"]),
        ).format(notice=notice, count=len(body["rows"]), total=format_yuan(total_fen))
    )
    _print_next(number)


@opening.command("none")
@click.argument("notice")
@actor_option
@pass_settings
def none(settings: Settings, notice: str, actor: str) -> None:
    """State that nothing was paid under a notice before this ledger; it counts once another person has agreed.

    Example:
      subsidy opening none example-loan-interest-discount --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        body = kinds.OpeningBody(key=notice, rows=[])
        number = record_opening(writer, body, signer_for(writer, ledger.signer))
    if number is not None:
        click.echo(_("{notice}: nothing was paid outside this ledger.").format(notice=notice))
    _print_next(number)


@opening.command("item")
@click.argument("account", metavar="PAYER")
@click.argument("amount", metavar="YUAN")
@click.option(
    "--as",
    "sort",
    type=click.Choice(["in-transit", "unknown"]),
    required=True,
    help=N_("Whether the old book alone had it (in-transit), or the bank alone, and nobody knew it (unknown)."),
)
@click.option("--on", "on_text", required=True, metavar="YYYY-MM-DD", help=N_("The day of it."))
@click.option("--document", required=True, metavar="NO", help=N_("The document it rests on."))
@reason_option(N_("What it is; it is recorded."))
@actor_option
@pass_settings
def item(
    settings: Settings, account: str, amount: str, sort: str, on_text: str, document: str, reason: str, actor: str
) -> None:
    """Enter what bank and book differed by when the ledger began; it counts once another person has agreed.

    YUAN is as the bank books it: what goes out is below zero; write -- before it. 0 takes the item back.

    Example:
      subsidy opening item --as in-transit --on 2024-12-30 --document T-7 --reason "old batch 12" -- PAYER -1,000.00
    """
    body = kinds.OpeningItemBody(
        key=f"{account}@{document}",
        account=account,
        sort=sort.replace("-", "_"),
        amount_fen=_signed(amount),
        on=day_of(on_text, "--on").isoformat(),
        document=document,
        reason=reason,
    )
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        number = record_item(writer, body, signer_for(writer, ledger.signer))
    _print_next(number)


@opening.command("items")
@answer_options
@pass_settings
def items(settings: Settings, as_json: bool) -> None:
    """Show what bank and book differed by when the ledger began, and what is left of it.

    Example:
      subsidy opening items
    """
    with opened(settings).read() as view:
        found, cleared = opening_items(view), cleared_fen(decided(view))
    if as_json:
        print_json(
            [
                {
                    "account": one["account"],
                    "document": one["document"],
                    "sort": one["sort"],
                    "on": one["on"],
                    "amount": plain_yuan(one["amount_fen"]),
                    "left": plain_yuan(shift_fen(one) - cleared.get(key, 0)),
                    "reason": one["reason"],
                }
                for key, one in sorted(found.items())
            ]
        )
        return
    if not found:
        click.echo(_("Nothing stood open when the ledger began."))
        return
    table(
        [_("Account"), _("Document"), _("Day"), money(_("Amount")), money(_("Still to be booked")), _("Reason")],
        [
            (
                one["account"],
                one["document"],
                one["on"],
                format_yuan(one["amount_fen"]),
                format_yuan(shift_fen(one) - cleared.get(key, 0)),
                one["reason"],
            )
            for key, one in sorted(found.items())
        ],
    )


def _signed(text: str) -> int:
    """Fen of an amount as the bank books it; refuses `amount_malformed`."""
    try:
        return parse_yuan(text)
    except ValueError as error:
        raise refuse(
            "amount_malformed",
            N_("{text!r} is not an amount in yuan"),
            N_("write digits with at most two decimals, and a minus for what goes out"),
            text=text,
        ) from error


def _print_next(number: int | None) -> None:
    if number is None:
        click.echo(_("The ledger holds all of it already; nothing was written."))
    else:
        click.echo(_("It counts once somebody else agrees: subsidy approve {number}").format(number=number))
