"""`subsidy reconcile`: read what banks and wallet operators say, and hold it against the book."""

from pathlib import Path
from typing import Any, Literal

import rich_click as click

from calculators.clear import visible
from calculators.money import format_minor, minor_digits
from calculators.problems import N_
from ledger.commands.reconcile import bounds, codes, match, report, sign_off, worklist
from ledger.commands.ui import counts
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    json_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    spare,
    table,
)
from ledger.commands.ui.progress import progress
from ledger.commands.ui.signing import opened
from ledger.log import kinds
from ledger.reconcile import readers
from ledger.reconcile.imported import SHORT, put_aside, statements
from ledger.reconcile.importing import QUARANTINED, SAME, Result, plain_number, short, take
from ledger.reconcile.integrity import Examined, examine
from ledger.reconcile.statements import Line, as_json, shown
from ledger.reconcile.withdrawal import withdraw
from ledger.sheets.columns import mask
from ledger.store.ledger import Vault, View
from ledger.words import _, listed

VERDICTS = {
    "ok": N_("complete: balances and lines agree"),
    "unproven": N_("balances and lines agree, and nothing outside the rows proves them complete"),
    "unbalanced": N_("unbalanced"),
    "count-mismatch": N_("counts or sums differ"),
    "gap": N_("a statement is missing before it"),
    "no-balances": N_("no balances, cannot be proved complete"),
}

format_option = click.option(
    "--format",
    "wanted",
    metavar="NAME",
    help=N_(
        "camt.053, camt.054, mt940, mt942, bkrs, ofd, ecny-result, ecny-flow, boc, icbc, bocom, alipay, other, or a "
        "column mapping in CSV; without it the file tells."
    ),
)


@group()
def reconcile() -> None:
    """Read statements of banks and wallet operators, and hold them against the book.

    Example:
      subsidy reconcile read statement.xml
    """


@reconcile.command()
@click.argument("file", type=click.Path(path_type=Path))
@format_option
@json_option
def read(file: Path, wanted: str | None, as_json: bool) -> int:
    """Read a statement without a ledger, check that it is complete, and show its lines.

    Exit code 1: the file is well formed, but its balances, counts or sums contradict each other. Exit code 2: it cannot
    be read. Account numbers are never shown in full.

    Example:
      subsidy reconcile read statement.csv
      subsidy reconcile read statement.sta --format mt940 --json
    """
    document = readers.read(file, wanted)
    examined = examine(document.source.name, document.statements)
    if as_json:
        print_json({"statements": [_json(checked) for checked in examined]})
    else:
        _print(document.format, examined)
    for checked in examined:
        for problem in checked.problems:
            click.echo(problem.render(_), err=True)
    return 1 if any(checked.faulty for checked in examined) else 0


def _json(examined: Examined) -> dict[str, object]:
    return as_json(examined.statement, examined.integrity)


def _print(name: str, examined: list[Examined]) -> None:
    for checked in examined:
        statement = checked.statement
        click.echo(
            _("{format}, account {account}, {currency}, {lines}: {verdict}").format(
                format=name,
                account=mask(statement.account) if statement.account else "-",
                currency=statement.currency,
                lines=counts.lines(len(statement.lines)),
                verdict=_(VERDICTS[checked.integrity]),
            )
        )

        def amount(units: int | None, digits: int = statement.digits) -> str:
            return "-" if units is None else format_minor(units, digits)

        table(
            [_("Day"), money(_("Amount")), _("Mark"), _("Reference"), _("Other side"), _("Text")],
            [
                ("", amount(statement.opening_fen), _("opening"), "", "", ""),
                *(
                    (
                        line.booked_on,
                        amount(line.amount_fen),
                        _mark(line, booked=booked),
                        visible(line.reference),
                        shown(line.counterparty, line.number),
                        shown(line.text, line.number),
                    )
                    for booked, lines in ((True, statement.lines), (False, statement.pending))
                    for line in lines
                ),
                ("", amount(statement.closing_fen), _("closing"), "", "", ""),
            ],
        )


def _mark(line: Line, *, booked: bool) -> str:
    if not booked:
        return _("not booked")
    return _("returned") if line.returned else _("reversal") if line.reversal else ""


@reconcile.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@format_option
@click.option(
    "--account",
    default="",
    metavar="NUMBER|KEY",
    help=N_("The account, where the file does not say it in full: its number, or its key in the register of payers."),
)
@actor_option
@json_option
@pass_settings
def import_file(settings: Settings, file: Path, wanted: str | None, account: str, actor: str, as_json: bool) -> int:
    """Take a statement in: all of it, or, with the difference named, nothing of it.

    Its balances, counts and sums are checked, and that it joins the statement before. Lines that are on the book
    already stay as they are: importing a file again, or one that overlaps, counts nothing twice. Exit code 1: the file
    was put aside, because it contradicts itself or the book.

    Example:
      subsidy reconcile import statement.xml --actor 1003
      subsidy reconcile import statement.csv --account payer/bank/102100099996/000001 --actor 1003
    """
    ledger = opened(settings)
    with progress(_("Reading and comparing")):
        document = readers.read(file, wanted)
    with ledger.write(actor) as writer, progress(_("Writing")):
        result = take(writer, ledger.vault, document, _number(writer, ledger.vault, account))
    for problem in result.problems:
        click.echo(problem.render(_), err=True)
    if as_json:
        print_json(_result_json(document, result))
    else:
        _print_result(document, result)
    return 1 if result.state == QUARANTINED else 0


def _number(view: View, vault: Vault, account: str) -> str:
    """The number of an account that was named by its number or by its key in the register of payers."""
    payer = view.current(kinds.PAYER, account)
    return vault.reveal(payer.body["number"], payer.key) if payer else plain_number(account)


def _result_json(document: readers.Document, result: Result) -> dict[str, Any]:
    return {
        "file": document.source.name,
        "sha256": document.source.sha256,
        "format": document.format,
        "state": result.state,
        "statements": [
            {
                "account": taken.account,
                "currency": taken.examined.statement.currency,
                "opening_fen": taken.examined.statement.opening_fen,
                "closing_fen": taken.examined.statement.closing_fen,
                "integrity": taken.integrity,
                "lines": len(taken.examined.statement.lines),
                "added": len(taken.new),
                "same": taken.same,
            }
            for taken in result.taken
        ],
        "problems": [
            {"code": problem.code, "place": str(problem.place), "text": problem.render(_)}
            for problem in result.problems
        ],
        "ended": result.ended,
    }


def _print_result(document: readers.Document, result: Result) -> None:
    for taken in result.taken:
        statement = taken.examined.statement
        click.echo(
            _("{account}, {currency}: {lines}, {added} new, {same} on the book already ({verdict})").format(
                account=taken.account,
                currency=statement.currency,
                lines=counts.lines(len(statement.lines)),
                added=len(taken.new),
                same=taken.same,
                verdict=_(VERDICTS[taken.integrity]),
            )
        )
    if result.state == QUARANTINED:
        click.echo(_("The file was put aside; no line of it counts. Remedy the cause and import it again."))
        for decision in result.ended:
            click.echo(
                _("This ends the standing decision about {about}: two people have to decide it again.").format(
                    about=decision
                )
            )
    elif result.state == SAME:
        click.echo(_("The ledger holds all of it already; nothing was written."))
    else:
        click.echo(
            _("Imported as {file}. Take it back with: subsidy reconcile withdraw {file} --reason TEXT").format(
                file=short(document)
            )
        )
    strangers = {taken.account for taken in result.taken if not taken.account.startswith("payer/")}
    if strangers and result.state not in (QUARANTINED, SAME):
        text = _(
            "No payer has {accounts}: such lines settle no payout. If it is your account, take the file back, import "
            "the payers with `subsidy import payers FILE --mode full`, and bring the file again."
        )
        click.echo(text.format(accounts=listed(sorted(strangers))))


@reconcile.command("statements")
@answer_options
@pass_settings
def list_statements(settings: Settings, as_json: bool) -> None:
    """List the statements on the book, and the files that were put aside and why.

    Example:
      subsidy reconcile statements
    """
    with opened(settings).read() as view:
        on_book, aside = statements(view), put_aside(view)
    if as_json:
        print_json(
            {
                "statements": [_statement_json(row.body) for row in on_book],
                "quarantined": [
                    {name: row.body[name] for name in ("file", "sha256", "format", "problems")} for row in aside
                ],
            }
        )
        return
    table(
        [
            _("File"),
            spare(_("Name"), 5),
            _("Bank account"),
            spare(_("From"), 1),
            _("To"),
            spare(_("Opening"), 3, right=True),
            money(_("Closing")),
            spare(_("Lines in the file"), 4, right=True),
            spare(_("New lines"), 2, right=True),
            spare(_("Currency"), 6),
        ],
        [
            (
                row.body["sha256"][:SHORT],
                row.body["file"],
                row.body["account"],
                row.body.get("opens_on", "-"),
                row.body.get("closes_on", "-"),
                _balance(row.body, "opening_fen"),
                _balance(row.body, "closing_fen"),
                row.body["lines"],
                row.body["added"],
                row.body["currency"],
            )
            for row in on_book
        ],
    )
    if aside:
        click.echo(_("Put aside, no line of them counts:"))
        table(
            [_("File"), _("Name"), _("Rule"), _("Place"), money(_("Difference"))],
            [
                (
                    row.key,
                    row.body["file"],
                    quarantine_problem["code"],
                    quarantine_problem["place"],
                    quarantine_problem.get("difference", "-"),
                )
                for row in aside
                for quarantine_problem in row.body["problems"]
            ],
        )


def _balance(body: kinds.StatementBody, name: Literal["opening_fen", "closing_fen"]) -> str:
    return format_minor(body[name], minor_digits(body["currency"])) if name in body else "-"


def _statement_json(body: kinds.StatementBody) -> dict[str, Any]:
    shown = ("file", "sha256", "format", "account", "currency", "integrity", "lines", "added", "added_fen")
    absent = ("name", "opens_on", "closes_on", "opening_fen", "closing_fen")
    return {name: kinds.own(body).get(name) for name in (*shown, *absent)}


@reconcile.command("withdraw")
@click.argument("file", metavar="FILE")
@reason_option(N_("Why the statements are taken back; it is recorded."))
@actor_option
@json_option
@pass_settings
def withdraw_file(settings: Settings, file: str, reason: str, actor: str, as_json: bool) -> None:
    """Take an imported file back, with every line it added; FILE is the beginning of its hash.

    It may then be imported again. The statement that others rest on falls last.

    Example:
      subsidy reconcile withdraw 9c1f03ab77e2d410 --reason "the bank has sent a corrected file" --actor 1003
    """
    with opened(settings).write(actor) as writer:
        count, fallen = withdraw(writer, file, reason)
    if as_json:
        print_json({"statements": count, "lines": fallen})
    else:
        click.echo(
            _("Taken back: {statements}, {lines}.").format(
                statements=counts.statements(count), lines=counts.lines(fallen)
            )
        )


for _commands in (bounds, codes, match, report, sign_off, worklist):
    for _command in _commands.COMMANDS:
        reconcile.add_command(_command)
