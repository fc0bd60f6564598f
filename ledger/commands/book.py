"""`subsidy book`: the trial balance, one account, one entry."""

from collections.abc import Iterable
from typing import Any

import rich_click as click

from calculators.digest import Digest
from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.book import balances
from ledger.book.balances import AccountBalance, AccountLine
from ledger.book.digests import digest_at
from ledger.book.projection import CHARTS, full_postings
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import Settings, money, pass_settings, print_json, spare, table
from ledger.labels.moments import beijing_time
from ledger.log import kinds
from ledger.store.ledger import View
from ledger.words import CHINESE, _

# What SQLite can hold; a longer number is no entry's.
LARGEST = 2**63 - 1

CHART_NAMES = {
    "fin": N_("financial accounting"),
    "bud": N_("budget accounting"),
    "ind": N_("budget indicators"),
}
REASONS = {
    "budget": N_("budget"),
    "grant": N_("grant"),
    "award": N_("award"),
    "true_up": N_("true-up"),
    "reversal": N_("reversal"),
    "instruct": N_("instruction"),
    "paid": N_("payment"),
    "overpaid": N_("paid twice"),
    "unpaid": N_("not paid"),
    "returned": N_("return"),
    "reopened": N_("owed again"),
    "refunded": N_("active refund"),
    "recovered": N_("recovery"),
    "netted": N_("netting"),
    "written_off": N_("write-off"),
    "corrected": N_("correction"),
    "funded": N_("funding"),
    "wallet_interest": N_("wallet interest"),
    "bound": N_("bound by a contract"),
    "unbound": N_("free of a contract"),
    "year_end": N_("year end"),
}


@group()
def book() -> None:
    """Show the book: trial balance, accounts, entries.

    Example:
      subsidy book trial-balance
    """


@book.command("trial-balance")
@click.option("--chart", type=click.Choice(CHARTS), help=N_("One chart only: financial, budget or indicator."))
@as_of_option
@answer_options
@pass_settings
def trial_balance(settings: Settings, chart: str | None, as_of: str, as_json: bool) -> None:
    """Show every account with its debits, credits and balance; each chart sums to zero on its own.

    Example:
      subsidy book trial-balance --chart ind
    """
    with asked_at(settings, as_of) as at:
        accounts = balances.trial_balance(at.view, chart)
        size = at.view.size
    if as_json:
        print_json({"log_size": size, "accounts": [_account_json(account) for account in accounts]})
        return
    rows = [_account_row(account, settings) for account in accounts]
    for its_chart in (chart,) if chart else CHARTS:
        of_chart = [account for account in accounts if account.chart == its_chart]
        debit_fen = sum(account.debit_fen for account in of_chart)
        credit_fen = sum(account.credit_fen for account in of_chart)
        total = _("total, {chart}").format(chart=_(CHART_NAMES[its_chart]))
        rows.append((its_chart, total, *_yuan(debit_fen, credit_fen, debit_fen - credit_fen)))
    table([_("Account"), _("Name"), money(_("Debits")), money(_("Credits")), money(_("Balance"))], rows)
    click.echo(_("As of {size} records; amounts in yuan, a balance is debits less credits.").format(size=size))
    if not all(account.verified for account in accounts):
        click.echo(_("Account codes and names come from secondary sources and are not checked against the charts."))


@book.command()
@click.argument("name", metavar="CHART/CODE")
@as_of_option
@answer_options
@pass_settings
def account(settings: Settings, name: str, as_of: str, as_json: bool) -> None:
    """Show every posting to one account with the balance after it.

    Example:
      subsidy book account fin/2303
    """
    chart, _slash, code = name.partition("/")
    with asked_at(settings, as_of) as at:
        lines = balances.account(at.view, chart, code)
    if as_json:
        print_json({"account": name, "postings": [_line_json(line) for line in lines]})
        return
    table(
        [
            money(_("Entry")),
            _("Date"),
            _("Reason"),
            money(_("Debit")),
            money(_("Credit")),
            money(_("Balance")),
            spare(_("Envelope"), 2),
            spare(_("Payee"), 1),
            spare(_("Key"), 3),
        ],
        [
            (
                line.entry,
                line.effective_on,
                _(REASONS[line.reason]),
                *_sides(line.amount_fen),
                format_yuan(line.balance_fen),
                line.envelope,
                line.payee,
                line.key,
            )
            for line in lines
        ],
    )


@book.command()
@click.argument("number", type=click.IntRange(1, LARGEST))
@answer_options
@pass_settings
def entry(settings: Settings, number: int, as_json: bool) -> None:
    """Show one entry: who recorded it and why, its basis, and each posting with clause and classification.

    Example:
      subsidy book entry 12
    """
    with Ledger.open(settings.db_url).read() as view:
        record = balances.entry_record(view, number)
        body = view.body(kinds.ENTRY, record)
        digest = digest_at(view, record)
        names = _account_names(view, settings)
    if as_json:
        print_json(_entry_json(number, record, body, digest))
        return
    click.echo(_("Entry {number}, record {record} of the log").format(number=number, record=record))
    table([_("Field"), _("Value")], [(label, value) for label, value in _fields(body, digest) if value])
    click.echo()
    table(
        [
            _("Account"),
            _("Name"),
            money(_("Debit")),
            money(_("Credit")),
            spare(_("Envelope"), 1),
            spare(_("Payee"), 2),
            spare(_("Clause"), 5),
            spare(_("Function"), 4),
            spare(_("Economic"), 3),
        ],
        [_posting_row(posting, names) for posting in full_postings(body)],
    )


def _account_json(account: AccountBalance) -> dict[str, Any]:
    return {
        "chart": account.chart,
        "code": account.code,
        "name_en": account.name_en,
        "name_zh": account.name_zh,
        "side": account.side,
        "verified": account.verified,
        "debit": plain_yuan(account.debit_fen),
        "credit": plain_yuan(account.credit_fen),
        "balance": plain_yuan(account.balance_fen),
    }


def _account_row(account: AccountBalance, settings: Settings) -> tuple[str, ...]:
    name = account.name_zh if settings.lang == CHINESE else account.name_en
    sums = _yuan(account.debit_fen, account.credit_fen, account.balance_fen)
    return (f"{account.chart}/{account.code}", name, *sums)


def _line_json(line: AccountLine) -> dict[str, Any]:
    return {
        "entry": line.entry,
        "record": line.record,
        "effective_on": line.effective_on,
        "key": line.key,
        "reason": line.reason,
        "amount": plain_yuan(line.amount_fen),
        "balance": plain_yuan(line.balance_fen),
        "envelope": line.envelope,
        "payee": line.payee,
    }


def _fields(body: kinds.EntryBody, digest: Digest | None) -> Iterable[tuple[str, object]]:
    """What an entry is based on, as (label, value); absent values are empty."""
    yield _("Key"), body["key"]
    yield _("Reason"), _(REASONS[body["reason"]])
    yield _("Effective on"), body["effective_on"]
    yield _("Recorded"), _("{time} by {actor}").format(time=beijing_time(body["recorded_at"]), actor=body["actor"])
    yield _("Award line"), body.get("line")
    yield _("Due period ends before"), body.get("due")
    yield _("Document"), body.get("document")
    if digest is not None:
        yield _("Notice"), digest["notice"]
        yield _("Benchmark"), digest.get("benchmark")
        yield _("Calculator"), digest["calculator"]
    yield _("Reverses record"), body.get("reverses")
    yield _("Follows from record"), body["cause"]


def _entry_json(number: int, record: int, body: kinds.EntryBody, digest: Digest | None) -> dict[str, object]:
    """An entry with the full terms of its postings and its digest, wherever they stand in the log."""
    own = {name: value for name, value in body.items() if name not in ("terms", "digest_of")}
    shown = {"entry": number, "record": record, **own, "postings": full_postings(body)}
    return shown if digest is None else {**shown, "digest": digest}


def _account_names(view: View, settings: Settings) -> dict[str, str]:
    chinese = settings.lang == CHINESE
    return {row.key: row.body["name_zh"] if chinese else row.body["name_en"] for row in view.rows(kinds.ACCOUNT)}


def _posting_row(posting: kinds.PostingBody, names: dict[str, str]) -> tuple[str, ...]:
    name = f"{posting['chart']}/{posting['account']}"
    classed = (
        posting.get("envelope", ""),
        posting.get("payee", ""),
        posting.get("clause", ""),
        posting.get("function", ""),
        posting.get("economic", ""),
    )
    # Where several levels of government share an award, each has a posting of its own.
    borne = f"{name} {posting['level']}" if "level" in posting else name
    return (borne, names[name], *_sides(posting["amount_fen"]), *classed)


def _sides(amount_fen: int) -> tuple[str, str]:
    """An amount in the debit or in the credit column."""
    return (format_yuan(amount_fen), "") if amount_fen > 0 else ("", format_yuan(-amount_fen))


def _yuan(*amounts_fen: int) -> tuple[str, ...]:
    return tuple(format_yuan(amount_fen) for amount_fen in amounts_fen)
