"""`subsidy reconcile report`: the reconciliation statement of a month, on the screen and as a workbook."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.money import format_minor, minor_digits, plain_yuan
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, force_option, json_option, money, pass_settings, print_json, table
from ledger.commands.ui.progress import progress
from ledger.labels.reconciliation import CLASSES
from ledger.log import kinds
from ledger.reconcile.monthly import UNEXPLAINED, Account, Class, Used, Waiting, reconciliation
from ledger.reconcile.sides import CURRENCY
from ledger.reconcile.signing_off import made_for
from ledger.runs.occasion import Month
from ledger.sheets.files import Target
from ledger.sheets.workbook import Cell, SheetColumn, write_workbook
from ledger.store.ledger import Row as Record
from ledger.store.ledger import local_day
from ledger.words import _, listed

USED = {
    "used_month": N_("Used in the month"),
    "returned_month": N_("Returned in the month"),
    "used_year": N_("Used since January"),
    "returned_year": N_("Returned since January"),
}
# Last day of age -> how it is called; beyond the last: older.
AGES = ((10, N_("up to 10 days")), (30, N_("11 to 30 days")), (90, N_("31 to 90 days")))
OLDER = N_("more than 90 days")


@command("report")
@click.option("--month", "month_text", required=True, metavar="YYYY-MM", help=N_("The month whose end is shown."))
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help=N_("Write the report as a workbook too."))
@force_option
@json_option
@pass_settings
def month_report(settings: Settings, month_text: str, xlsx: Path | None, force: bool, as_json: bool) -> int:
    """Show the reconciliation statement of every account at a month's end: bank, book, and every fen between them.

    Differences are explained by class; what is left is unexplained. Lines and payouts that wait for each other follow
    with their age, then what was used and returned per code. A month that is signed off is shown as it was signed. Exit
    code 1: something is unexplained.

    Example:
      subsidy reconcile report --month 2025-06
      subsidy reconcile report --month 2025-06 --xlsx 2025-06.xlsx
    """
    month = Month.parse(month_text)
    ledger = Ledger.open(settings.db_url)
    today = local_day(ledger.clock())
    # Within the month nothing is older than today makes it.
    under_way = str(month) == today.isoformat()[:7] and today < month.last_day
    end = today if under_way else month.last_day
    with ledger.read() as view, progress(_("Matching")):
        signed = made_for(view, str(month))
        # What was signed is what was known then.
        known = view.at(signed[0].body["log_size"]) if signed and signed[1] else view
        accounts = reconciliation(known, end)
    if xlsx is not None:
        _write(Target(xlsx, force), month, accounts, _signatures(signed))
    if as_json:
        print_json(
            {
                "month": str(month),
                "as_of": end.isoformat(),
                "signed_off": _signed_json(signed),
                "accounts": [_json(account) for account in accounts],
            }
        )
    else:
        if under_way:
            text = _("The month runs until {last}: this is how it stands on {day}, and nothing is signed off before.")
            click.echo(text.format(last=month.last_day, day=end))
        if not accounts:
            click.echo(_("No account to pay from is registered. Next: subsidy import payers FILE --mode full"))
        for account in accounts:
            _print(account)
        if signed:
            click.echo(_signatures(signed))
        if xlsx is not None:
            click.echo(_("Written: {file}").format(file=xlsx))
    # Two things that nobody explains do not explain each other, even where they sum to 0.
    return 1 if any(each.sort in UNEXPLAINED for account in accounts for each in account.differences) else 0


Signed = tuple[Record[kinds.PeriodBody], Record[kinds.PeriodBody] | None] | None


def _signed_json(signed: Signed) -> dict[str, str] | None:
    if signed is None:
        return None
    made, checked = signed
    return {
        "made_by": made.body["actor"],
        "made_at": made.body["recorded_at"],
        **({"checked_by": checked.body["actor"], "checked_at": checked.body["recorded_at"]} if checked else {}),
    }


def _signatures(signed: Signed) -> str:
    """Who made and who checked the statement, with lines to sign on where nobody has."""
    made, checked = signed or (None, None)
    return _("Made by: {made}    Checked by: {checked}").format(made=_who(made), checked=_who(checked))


def _who(row: Record[kinds.PeriodBody] | None) -> str:
    if row is None:
        return "____________"
    return f"{row.body['actor']} {local_day(datetime.fromisoformat(row.body['recorded_at']))}"


def _json(account: Account) -> dict[str, Any]:
    return {
        "account": account.key,
        "funding": account.funding or None,
        "currency": account.currency,
        "proved": account.proved,
        "through": account.through or None,
        "brought_forward": plain_yuan(account.brought_fen),
        "bank": plain_yuan(account.bank_fen),
        "book": plain_yuan(account.book_fen),
        "difference": plain_yuan(account.bank_fen - account.book_fen),
        "explained": {sort.value: plain_yuan(account.explained(sort)) for sort in Class if sort not in UNEXPLAINED},
        "unexplained": plain_yuan(account.unexplained_fen),
        **on_top_json(account),
        "ledger": {code: plain_yuan(fen) for code, fen in account.ledger.items()},
        "differences": [
            {
                "class": each.sort.value,
                "about": each.about,
                "on": each.on,
                "bank": plain_yuan(each.bank_fen),
                "book": plain_yuan(each.book_fen),
                "difference": plain_yuan(each.fen),
            }
            for each in account.differences
        ],
        "lines": [_waiting_json(each) for each in account.lines],
        "payouts": [_waiting_json(each) for each in account.payouts],
        "bank_used": _used_json(account.bank_used),
        "codes": [
            {"function": function or None, "economic": economic or None, **_used_json(used)}
            for (function, economic), used in account.book_used.items()
        ],
    }


def _waiting_json(waiting: Waiting) -> dict[str, Any]:
    return {"about": waiting.about, "on": waiting.on, "amount": plain_yuan(waiting.amount_fen), "age": waiting.age}


def _used_json(used: Used) -> dict[str, str]:
    return {name: plain_yuan(fen) for name, fen in zip(USED, used, strict=True)}


Row = tuple[str, int | None, int | None, int | None]


def _statement(account: Account) -> Iterator[Row]:
    """The rows of the statement: what, bank, book, difference; they add up from the first to the last."""
    yield _("Balance"), account.bank_fen, account.book_fen, account.bank_fen - account.book_fen
    for each in account.differences:
        # A line is known without its account, which stands above.
        about = each.about.removeprefix(f"{account.key}/")
        yield f"{_(CLASSES[each.sort])} {about}".strip(), each.bank_fen, each.book_fen, each.fen
    for sort in Class:
        if sort not in UNEXPLAINED:
            yield _("Explained: {class_}").format(class_=_(CLASSES[sort])), None, None, account.explained(sort)
    yield _("Unexplained"), None, None, account.unexplained_fen


def _ages(waiting: Sequence[Waiting]) -> Iterator[tuple[str, int, int]]:
    """Per age how many wait and their sum; ages at which nothing waits are left out."""
    before = -1
    for last, title in (*AGES, (max((one.age for one in waiting), default=0), OLDER)):
        group = [one for one in waiting if before < one.age <= last]
        if group:
            yield _(title), len(group), sum(one.amount_fen for one in group)
        before = last


def _shown(account: Account) -> Callable[[int], str]:
    """How amounts of an account are written: with the decimals of its currency, and its code where that is not yuan."""
    digits = minor_digits(account.currency)
    end = "" if account.currency == CURRENCY else f" {account.currency}"
    return lambda fen: f"{format_minor(fen, digits)}{end}"


def on_top_json(account: Account) -> dict[str, Any]:
    """What stands above everything else: what is carried as open, and interest other than was expected."""
    return {
        "carried": [
            {
                "about": each.about,
                "on": each.on,
                "amount": plain_yuan(each.fen),
                "document": each.document,
                "age": each.age,
            }
            for each in account.carried
        ],
        "interest": [
            {
                "quarter": each.quarter,
                "first": each.first,
                "last": each.last,
                "expected": plain_yuan(each.expected_fen),
                "credited": plain_yuan(each.credited_fen),
                "difference": plain_yuan(each.difference_fen),
            }
            for each in account.earned
        ],
    }


def print_on_top(account: Account) -> None:
    """What the month is signed off with although nothing explains it, and interest other than was expected."""
    shown = _shown(account)
    for each in account.carried:
        click.echo(
            _("Carried as open since {day} ({age} days): {amount}, {about}, document {document}").format(
                day=each.on, age=each.age, amount=shown(each.fen), about=each.about, document=each.document
            )
        )
    for quarter in account.earned:
        if quarter.difference_fen:
            click.echo(
                _("Wallet interest of {quarter}: expected {expected}, credited {credited}, {difference} other").format(
                    quarter=quarter.quarter,
                    expected=shown(quarter.expected_fen),
                    credited=shown(quarter.credited_fen),
                    difference=shown(quarter.difference_fen),
                )
            )


def _print(account: Account) -> None:
    shown = _shown(account)
    click.echo(_("Account {account}").format(account=account.key))
    if not account.proved:
        click.echo(_("Its statements show no balances, or there are none: the bank begins at 0.00."))
    print_on_top(account)
    table(
        ["", money(_("Bank")), money(_("Book")), money(_("Difference"))],
        [(title, *("" if fen is None else shown(fen) for fen in amounts)) for title, *amounts in _statement(account)],
    )
    if account.ledger:
        moved = listed(f"fin/{code} {shown(fen)}" for code, fen in account.ledger.items())
        click.echo(_("Moved in the book's accounts: {moved}").format(moved=moved))
    for title, waiting in _waiting(account):
        if waiting:
            click.echo(title)
            table(
                [_("Age"), money(_("Count")), money(_("Amount"))],
                [(age, count, shown(fen)) for age, count, fen in _ages(waiting)],
            )
    table(
        [_("Code"), *(money(_(title)) for title in USED.values())],
        [(title, *(shown(fen) for fen in used)) for title, used in _codes(account)],
    )


def _waiting(account: Account) -> Iterator[tuple[str, list[Waiting]]]:
    yield _("Lines that nothing explains"), account.lines
    yield _("Payouts that no line has paid"), account.payouts


def _codes(account: Account) -> Iterator[tuple[str, Used]]:
    """What was used and returned: per code of the book, all of the book, and per bank."""
    for (function, economic), used in account.book_used.items():
        yield (f"{function}/{economic}" if function or economic else "-"), used
    yield _("Total per book"), Used(*(sum(column) for column in zip(Used(), *account.book_used.values(), strict=True)))
    yield _("Total per bank"), account.bank_used


def _write(target: Target, month: Month, accounts: Sequence[Account], signatures: str) -> None:
    columns = [
        SheetColumn(_("Account"), 38),
        SheetColumn("", 64),
        SheetColumn(_("Bank"), 18, fen=True),
        SheetColumn(_("Book"), 18, fen=True),
        SheetColumn(_("Difference"), 18, fen=True),
    ]
    rows: list[tuple[Cell, ...]] = []
    for account in accounts:
        rows += [(account.key, title, *amounts) for title, *amounts in _statement(account)]
        for title, waiting in _waiting(account):
            rows += [
                (account.key, f"{title}: {each.about} ({each.on})", None, None, each.amount_fen) for each in waiting
            ]
        for title, used in _codes(account):
            rows += [
                (account.key, f"{title}: {_(name)}", None, None, fen)
                for name, fen in zip(USED.values(), used, strict=True)
            ]
    title = _("Reconciliation statement at the end of {month}").format(month=month)
    write_workbook(target, title, columns, rows, notes=[signatures])


COMMANDS = (month_report,)
