"""`subsidy reconcile codes`: a zero-balance account per code, month and year to date, against the agent bank."""

from pathlib import Path
from typing import Any

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.reconcile.report import USED
from ledger.commands.ui.command import command
from ledger.commands.ui.context import (
    Settings,
    force_option,
    json_option,
    money,
    pass_settings,
    print_json,
    sheet_option,
    table,
    warn,
)
from ledger.commands.ui.progress import progress
from ledger.reconcile.agent import Compared, chosen, compare, read_statement, total
from ledger.reconcile.monthly import Used, reconciliation
from ledger.runs.occasion import Month
from ledger.sheets.files import Target
from ledger.sheets.workbook import SheetColumn, write_workbook
from ledger.words import _


@command("codes")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--month", "month_text", required=True, metavar="YYYY-MM", help=N_("The month of the statement."))
@click.option("--account", default="", metavar="KEY", help=N_("The account, where several are zero-balance accounts."))
@sheet_option
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help=N_("Write the answer as a workbook too."))
@force_option
@json_option
@pass_settings
def compare_codes(
    settings: Settings,
    file: Path,
    month_text: str,
    account: str,
    sheet: str,
    xlsx: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """Hold the agent bank's statement of a zero-balance account against the book: used and returned per code.

    In the month and since January. Exit code 1: a figure differs. `subsidy template agent-statement` makes an empty
    one.

    Example:
      subsidy reconcile codes statement.xlsx --month 2025-06
    """
    month = Month.parse(month_text)
    ledger = Ledger.open(settings.db_url)
    with ledger.read() as view, progress(_("Matching")):
        chosen_account = chosen(reconciliation(view, month.last_day), account)
    statement = read_statement(file, sheet)
    warn(statement.warnings)
    rows = compare(chosen_account, statement)
    if xlsx is not None:
        _write(Target(xlsx, force), month, chosen_account.key, rows)
    if as_json:
        print_json(
            {
                "month": str(month),
                "account": chosen_account.key,
                "codes": [_json(each) for each in rows],
                "total": _json(total(rows)),
            }
        )
    else:
        _print(chosen_account.key, rows)
        if xlsx is not None:
            click.echo(_("Written: {file}").format(file=xlsx))
    return 0 if all(each.agrees for each in rows) else 1


def _json(compared: Compared) -> dict[str, Any]:
    return {
        "function": compared.function or None,
        "economic": compared.economic or None,
        "book": _used_json(compared.book),
        "bank": _used_json(compared.bank),
        "agrees": compared.agrees,
    }


def _used_json(used: Used | None) -> dict[str, str] | None:
    return None if used is None else {name: plain_yuan(fen) for name, fen in zip(USED, used, strict=True)}


def _code(compared: Compared) -> str:
    return f"{compared.function}/{compared.economic}" if compared.function or compared.economic else "-"


def _rows(rows: list[Compared]) -> list[tuple[str, str, int | None, int | None, int, str]]:
    """Code, figure, book, bank, difference, and which side lacks the code; every code has four rows."""
    found = []
    for title, compared in [*((_code(row), row) for row in rows), (_("Total"), total(rows))]:
        book, bank = compared.book or Used(), compared.bank or Used()
        why = (
            _("not in the book")
            if compared.book is None
            else _("not in the bank's statement")
            if compared.bank is None
            else ""
        )
        for name, ours, theirs in zip(USED.values(), book, bank, strict=True):
            found.append(
                (
                    title,
                    _(name),
                    None if compared.book is None else ours,
                    None if compared.bank is None else theirs,
                    theirs - ours,
                    why,
                )
            )
    return found


def _print(account: str, rows: list[Compared]) -> None:
    click.echo(_("Account {account}").format(account=account))
    table(
        [_("Code"), "", money(_("Book")), money(_("Bank")), money(_("Difference")), _("Reason")],
        [
            (code, figure, *("-" if fen is None else format_yuan(fen) for fen in (ours, theirs)), format_yuan(by), why)
            for code, figure, ours, theirs, by, why in _rows(rows)
        ],
    )
    differing = sum(not row.agrees for row in rows)
    if differing:
        click.echo(_("Codes that differ: {count} of {codes}.").format(count=differing, codes=len(rows)))
    else:
        click.echo(_("All codes agree: {codes}.").format(codes=len(rows)))


def _write(target: Target, month: Month, account: str, rows: list[Compared]) -> None:
    columns = [
        SheetColumn(_("Code"), 20),
        SheetColumn("", 28),
        SheetColumn(_("Book"), 18, fen=True),
        SheetColumn(_("Bank"), 18, fen=True),
        SheetColumn(_("Difference"), 18, fen=True),
        SheetColumn(_("Reason"), 28),
    ]
    title = _("{account} per code at the end of {month}").format(account=account, month=month)
    write_workbook(target, title, columns, _rows(rows))


COMMANDS = (compare_codes,)
