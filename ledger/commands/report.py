"""`subsidy report`: how the budget is carried out, month by month, and by which channels."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.money import Exact, format_minor, format_yuan, plain_yuan, round_exact
from calculators.problems import N_
from ledger.book.execution import Figures
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    force_option,
    json_option,
    money,
    pass_settings,
    print_json,
    spare,
    table,
)
from ledger.queries import channels as channels_of
from ledger.queries.budget import SMALLEST_FEN, ExecutedRow, ExecutionAnswer, execution_answer
from ledger.queries.forms import form
from ledger.runs.occasion import Month
from ledger.sheets.files import Target
from ledger.sheets.workbook import SheetColumn, write_workbook
from ledger.words import _, listed

# What a narrow window leaves out first.
SPARE = {
    "paid_before": 7,
    "returned": 6,
    "frozen": 5,
    "instructed": 4,
    "paid_month": 3,
    "reserved": 2,
}
UNITS = {"yuan": N_("yuan"), "wan": N_("10,000 yuan")}
TITLES = {
    "budget": N_("Budget"),
    "reserved": N_("Reserved"),
    "accrued": N_("Accrued"),
    "instructed": N_("Instructed"),
    "paid_before": N_("Paid in earlier years"),
    "paid_month": N_("Paid in the month"),
    "paid_year": N_("Paid in the year"),
    "returned": N_("Returned in the year"),
    "frozen": N_("Frozen"),
    "available": N_("Available"),
}
# Shown where they are not all 0.
SELDOM = ("paid_before", "frozen")


@group()
def report() -> None:
    """Report how the budget is carried out, and by which channels firms are paid.

    Example:
      subsidy report budget --month 2025-06
    """


# What would bring a firm's money to a wallet.
MOVES = {
    channels_of.NO_PAYEE: N_("ask for a corporate wallet, import it as payee, name it in the grant"),
    channels_of.BANK_ONLY: N_("ask it to open a corporate wallet, import it as payee, name it in the grant"),
    channels_of.OPENING: N_("its wallet is being opened: process {process}, as of {since}"),
    channels_of.WALLET_OPENED: N_("its wallet was opened on {since}, process {process}: import it as payee"),
    channels_of.WALLET_UNNAMED: N_("it has a wallet: name that in the grant"),
}


@report.command("channels")
@as_of_option
@answer_options
@pass_settings
def channels(settings: Settings, as_of: str, as_json: bool) -> None:
    """Show what reached firms by digital renminbi and by bank, month by month, and which firms have no wallet.

    Example:
      subsidy report channels
    """
    with asked_at(settings, as_of) as at:
        found = channels_of.channels(at.view)
    if as_json:
        print_json(form(found))
        return
    ways = (_("by digital renminbi"), _("firms"), _("by bank"), _("firms"))
    table(
        [_("Month"), *(money(title) for title in ways), money(_("Share of digital renminbi"))],
        [
            (
                month.month,
                format_yuan(month.ecny.amount_fen),
                month.ecny.firms,
                format_yuan(month.bank.amount_fen),
                month.bank.firms,
                _share(month),
            )
            for month in found.months
        ],
    )
    click.echo(_("In yuan, less what came back in the month; a firm counts in a month in which it was paid."))
    if found.without_wallet:
        click.echo(_("Firms with a grant that names no wallet:"))
        table(
            [_("Firm"), _("Name"), money(_("Paid by bank")), _("What would move it")],
            [
                (one.uscc, one.name, format_yuan(one.bank_fen), _(MOVES[one.code]).format_map(one._asdict()))
                for one in found.without_wallet
            ],
        )


def _share(one: channels_of.InMonth) -> str:
    """Per cent of the month's money; a dash where nothing was paid net."""
    whole_fen = one.ecny.amount_fen + one.bank.amount_fen
    if whole_fen <= 0:
        return "-"
    return f"{format_minor(round_exact(Exact(one.ecny.amount_fen * 10_000, whole_fen)), 2)}%"


@report.command("budget")
@click.option("--month", "month_text", required=True, metavar="YYYY-MM", help=N_("The month whose end is shown."))
@click.option(
    "--unit",
    type=click.Choice(list(SMALLEST_FEN)),
    default="yuan",
    show_default=True,
    help=N_("wan: in units of 10,000 yuan; every column still adds up."),
)
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help=N_("Write the report as a workbook too."))
@force_option
@as_of_option
@json_option
@pass_settings
def budget_report(
    settings: Settings, month_text: str, unit: str, xlsx: Path | None, force: bool, as_of: str, as_json: bool
) -> None:
    """Show per indicator and code: budget, reserved, accrued, instructed, paid, returned, available, per cent.

    An indicator is a budget path with the numbers of its documents; its budget is what was issued to it and not passed
    on. Per cent: paid and not returned, of the budget. In units of 10,000 yuan a row may be a hundredth off, so that
    the columns add up.

    Example:
      subsidy report budget --month 2025-06
      subsidy report budget --month 2025-06 --unit wan --xlsx 2025-06.xlsx
    """
    month = Month.parse(month_text)
    with asked_at(settings, as_of) as at:
        found = execution_answer(at.view, month, unit)
    shown = [name for name in TITLES if name not in SELDOM or any(getattr(row.exact, name) for row in found.rows)]
    if xlsx is not None:
        _write(Target(xlsx, force), shown, found)
    if as_json:
        print_json(_json(found))
        return
    _print(shown, found)
    if xlsx is not None:
        click.echo(_("Written: {file}").format(file=xlsx))


def _percent(percent: str | None) -> str:
    return f"{percent}%" if percent is not None else "-"


def _percents(found: ExecutionAnswer) -> Iterator[str]:
    """The per cent of every row; a path with several codes has it on its first row only."""
    before = ""
    for row in found.rows:
        yield _percent(row.percent) if row.path != before else ""
        before = row.path


def _code(row: ExecutedRow) -> str:
    return f"{row.function}/{row.economic}" if row.function or row.economic else "-"


def _json(found: ExecutionAnswer) -> dict[str, Any]:
    return {
        "month": found.month,
        "unit": found.unit,
        "rows": [
            {
                "path": row.path,
                "documents": list(row.documents),
                "function": row.function or None,
                "economic": row.economic or None,
                **_amounts(row.shown),
                "percent": row.percent,
            }
            for row in found.rows
        ],
        "total": _amounts(found.shown),
    }


def _amounts(figures: Figures) -> dict[str, str]:
    return {name: plain_yuan(getattr(figures, name)) for name in TITLES}


def _print(shown: Sequence[str], found: ExecutionAnswer) -> None:
    table(
        [
            _("Envelope"),
            spare(_("Document"), 9),
            spare(_("Code"), 8),
            *(spare(_(TITLES[name]), SPARE.get(name, 0), right=True) for name in shown),
            spare(_("Per cent"), 1, right=True),
        ],
        [
            *(
                (
                    row.path,
                    listed(row.documents),
                    _code(row),
                    *(format_yuan(getattr(row.shown, name)) for name in shown),
                    percent,
                )
                for row, percent in zip(found.rows, _percents(found), strict=True)
            ),
            (
                _("Total"),
                "",
                "",
                *(format_yuan(getattr(found.shown, name)) for name in shown),
                _percent(found.percent),
            ),
        ],
    )
    click.echo(_("In {unit}. Per cent: paid and not returned, of the budget.").format(unit=_(UNITS[found.unit])))


def _write(target: Target, shown: Sequence[str], found: ExecutionAnswer) -> None:
    columns = [
        SheetColumn(_("Envelope"), 28),
        SheetColumn(_("Document"), 28),
        SheetColumn(_("Code"), 16),
        *(SheetColumn(_(TITLES[name]), 18, fen=True) for name in shown),
        SheetColumn(_("Per cent"), 10),
    ]
    lines = [
        (
            row.path,
            listed(row.documents),
            _code(row),
            *(getattr(row.shown, name) for name in shown),
            percent,
        )
        for row, percent in zip(found.rows, _percents(found), strict=True)
    ]
    last = (_("Total"), None, None, *(getattr(found.shown, name) for name in shown), _percent(found.percent))
    title = _("Budget at the end of {month}, in {unit}").format(month=found.month, unit=_(UNITS[found.unit]))
    write_workbook(target, title, columns, lines, last)
