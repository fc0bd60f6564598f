"""`subsidy report`: how the budget is carried out, month by month, and by which channels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.money import Exact, format_minor, format_yuan, plain_yuan, round_exact, rounded_column
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.book.execution import Executed, Figures, execution
from ledger.commands.ui.command import group
from ledger.commands.ui.context import Settings, force_option, json_option, money, pass_settings, print_json, table
from ledger.queries import channels as channels_of
from ledger.runs.occasion import Month
from ledger.sheets.files import Target
from ledger.sheets.workbook import SheetColumn, write_workbook
from ledger.words import _

# Amounts are shown with two decimals of the unit: to the fen in yuan, to the hundred yuan in units of 10,000.
SMALLEST_FEN = {"yuan": 1, "wan": 10_000}
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
    channels_of.WALLET_UNNAMED: N_("it has a wallet: name that in the grant"),
}


@report.command("channels")
@json_option
@pass_settings
def channels(settings: Settings, as_json: bool) -> None:
    """Show what reached firms by digital renminbi and by bank, month by month, and which firms have no wallet.

    Example:
      subsidy report channels
    """
    with Ledger.open(settings.db_url).read() as view:
        found = channels_of.channels(view)
    if as_json:
        print_json(
            {
                "months": [
                    {"month": one.month, "ecny": _moved_json(one.ecny), "bank": _moved_json(one.bank)}
                    for one in found.months
                ],
                "without_wallet": [
                    {"uscc": one.uscc, "name": one.name, "bank": plain_yuan(one.bank_fen), "code": one.code}
                    for one in found.without
                ],
            }
        )
        return
    ways = (_("by digital renminbi"), _("firms"), _("by bank"), _("firms"))
    table(
        [_("Month"), *(money(title) for title in ways), money(_("Share of digital renminbi"))],
        [
            (
                one.month,
                format_yuan(one.ecny.fen),
                one.ecny.firms,
                format_yuan(one.bank.fen),
                one.bank.firms,
                _share(one),
            )
            for one in found.months
        ],
    )
    click.echo(_("In yuan, less what came back in the month; a firm counts in a month in which it was paid."))
    if found.without:
        click.echo(_("Firms with a grant that names no wallet:"))
        table(
            [_("Firm"), _("Name"), money(_("Paid by bank")), _("What would move it")],
            [(one.uscc, one.name, format_yuan(one.bank_fen), _(MOVES[one.code])) for one in found.without],
        )


def _moved_json(moved: channels_of.Moved) -> dict[str, object]:
    return {"amount": plain_yuan(moved.fen), "firms": moved.firms}


def _share(one: channels_of.InMonth) -> str:
    """Per cent of the month's money; a dash where nothing was paid net."""
    whole_fen = one.ecny.fen + one.bank.fen
    if whole_fen <= 0:
        return "-"
    return f"{format_minor(round_exact(Exact(one.ecny.fen * 10_000, whole_fen)), 2)}%"


@report.command("budget")
@click.option("--month", "month_text", required=True, metavar="YYYY-MM", help=N_("The month whose end is shown."))
@click.option(
    "--unit",
    type=click.Choice(list(UNITS)),
    default="yuan",
    show_default=True,
    help=N_("wan: in units of 10,000 yuan; every column still adds up."),
)
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help=N_("Write the report as a workbook too."))
@force_option
@json_option
@pass_settings
def budget_report(
    settings: Settings, month_text: str, unit: str, xlsx: Path | None, force: bool, as_json: bool
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
    with Ledger.open(settings.db_url).read() as view:
        found = execution(view, month.last_day.replace(day=1), month.last_day)
    rows, total = _in_units([one.figures for one in found], SMALLEST_FEN[unit])
    shown = [name for name in TITLES if name not in SELDOM or any(getattr(one.figures, name) for one in found)]
    if xlsx is not None:
        _write(Target(xlsx, force), month, unit, shown, found, rows, total)
    if as_json:
        print_json(_json(month, unit, found, rows, total))
        return
    _print(unit, shown, found, rows, total)
    if xlsx is not None:
        click.echo(_("Written: {file}").format(file=xlsx))


def _in_units(rows: Sequence[Figures], smallest_fen: int) -> tuple[list[Figures], Figures]:
    """The rows in hundredths of the unit, and their sums: each column adds up to its own rounded sum."""
    columns = [rounded_column(column, smallest_fen) for column in zip(*rows, strict=True)]
    if not columns:
        return [], Figures()
    return [Figures(*row) for row in zip(*columns, strict=True)], Figures(*(sum(column) for column in columns))


def _percent(figures: Figures) -> str:
    """Paid and not returned, of the budget, in per cent to two decimals (half-up); "-" without a budget."""
    if figures.budget <= 0:
        return "-"
    return f"{format_minor(round_exact(Exact(figures.paid_net * 10_000, figures.budget)), 2)}%"


def _percents(found: Sequence[Executed]) -> list[str]:
    """The per cent of every row; a path with several codes has it on its first row only."""
    return [
        _percent(executed.of_path) if not place or found[place - 1].path != executed.path else ""
        for place, executed in enumerate(found)
    ]


def _total_percent(found: Sequence[Executed]) -> str:
    whole = Figures()
    for executed in found:
        whole = whole.plus(executed.figures)
    return _percent(whole)


def _code(executed: Executed) -> str:
    return f"{executed.function}/{executed.economic}" if executed.function or executed.economic else "-"


def _json(
    month: Month, unit: str, found: Sequence[Executed], rows: Sequence[Figures], total: Figures
) -> dict[str, Any]:
    return {
        "month": str(month),
        "unit": unit,
        "rows": [
            {
                "path": executed.path,
                "documents": list(executed.documents),
                "function": executed.function or None,
                "economic": executed.economic or None,
                **{name: plain_yuan(getattr(row, name)) for name in TITLES},
                "percent": percent.removesuffix("%") if percent not in ("", "-") else None,
            }
            for executed, row, percent in zip(found, rows, _percents(found), strict=True)
        ],
        "total": {name: plain_yuan(getattr(total, name)) for name in TITLES},
    }


def _print(unit: str, shown: Sequence[str], found: Sequence[Executed], rows: Sequence[Figures], total: Figures) -> None:
    table(
        [_("Envelope"), _("Document"), _("Code"), *(money(_(TITLES[name])) for name in shown), money(_("Per cent"))],
        [
            *(
                (
                    executed.path,
                    ", ".join(executed.documents),
                    _code(executed),
                    *(format_yuan(getattr(row, name)) for name in shown),
                    percent,
                )
                for executed, row, percent in zip(found, rows, _percents(found), strict=True)
            ),
            (_("Total"), "", "", *(format_yuan(getattr(total, name)) for name in shown), _total_percent(found)),
        ],
    )
    click.echo(_("In {unit}. Per cent: paid and not returned, of the budget.").format(unit=_(UNITS[unit])))


def _write(
    target: Target,
    month: Month,
    unit: str,
    shown: Sequence[str],
    found: Sequence[Executed],
    rows: Sequence[Figures],
    total: Figures,
) -> None:
    columns = [
        SheetColumn(_("Envelope"), 28),
        SheetColumn(_("Document"), 28),
        SheetColumn(_("Code"), 16),
        *(SheetColumn(_(TITLES[name]), 18, fen=True) for name in shown),
        SheetColumn(_("Per cent"), 10),
    ]
    lines = [
        (
            executed.path,
            ", ".join(executed.documents),
            _code(executed),
            *(getattr(row, name) for name in shown),
            percent,
        )
        for executed, row, percent in zip(found, rows, _percents(found), strict=True)
    ]
    last = (_("Total"), None, None, *(getattr(total, name) for name in shown), _total_percent(found))
    title = _("Budget at the end of {month}, in {unit}").format(month=month, unit=_(UNITS[unit]))
    write_workbook(target, title, columns, lines, last)
