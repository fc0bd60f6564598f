"""What the invented bank and wallet operator book, their statements by month, and the statements held against the book.

Their entries are written down where the demo pays and not read from the book: two accounts of one year are held
against each other. The bank books a batch in one sum, the operator payment by payment.
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from calculators.money import format_yuan, parse_yuan, plain_yuan
from ledger.demo.office import MAKER, Office
from ledger.demo.year import Row
from ledger.reconcile import readers
from ledger.reconcile.deciding import confirm, match_open
from ledger.reconcile.importing import IMPORTED, SAME, take
from ledger.reconcile.matching import Kind, Listed
from ledger.reconcile.monthly import Account, Class, reconciliation
from ledger.reconcile.sides import sides
from ledger.runs.occasion import Month
from ledger.words import _

# What either account shows before the year: its quota.
QUOTA_FEN = parse_yuan("100,000,000.00")
# A fee beyond what explains itself.
LARGE_FEE_FEN = 50_000
PAID, RETURNED, REVERSED, FEE = "财政补助", "退汇", "冲正", "手续费"
BOUGHT, GIVEN_BACK = "购买办公设备", "退款"
# Whom the bureau has never paid and its accounts show all the same.
STRANGER, STRANGERS_ACCOUNT = "某某商贸有限公司", "6222020200112233445"
_HEADINGS = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号"

Tell = Callable[[str], None]


class Booked(NamedTuple):
    """An entry of a bank: which channel's account, on which day, how much (a credit positive), and what it says.

    `stranger`: its other side is nobody whom the bureau pays; else it says nothing of it.
    """

    channel: str
    on: date
    fen: int
    text: str
    reference: str = ""
    stranger: bool = False


def statement(booked: Sequence[Booked], channel: str, number: str, month: Month) -> bytes:
    """The statement of a channel's account for a month, as its bank has it downloaded; empty where nothing moved."""
    mine = sorted((booking for booking in booked if booking.channel == channel), key=lambda booking: booking.on)
    balance = QUOTA_FEN + sum(booking.fen for booking in mine if booking.on < _first(month))
    rows = []
    for booking in mine:
        if _first(month) <= booking.on <= month.last_day:
            balance += booking.fen
            into, out = (plain_yuan(booking.fen), "") if booking.fen > 0 else ("", plain_yuan(-booking.fen))
            other = f"{STRANGER},{STRANGERS_ACCOUNT}" if booking.stranger else ","
            rows.append(f"{booking.on},{into},{out},{plain_yuan(balance)},{booking.text},{booking.reference},{other}\n")
    return f"账号：{number},共{len(rows)}笔\n{_HEADINGS}\n{''.join(rows)}".encode("gb18030") if rows else b""


def _first(month: Month) -> date:
    return date(month.year, month.number, 1)


def write_statements(out: Path, payers: Sequence[Row], booked: Sequence[Booked], month: Month) -> list[Path]:
    """The month's statements of all accounts as files that only their owner may read."""
    made = []
    for payer in payers:
        content = statement(booked, payer["channel"], payer["number"], month)
        if content:
            path = out / "statements" / str(month) / f"{payer['channel']}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o600)
            made.append(path)
    return made


def reconcile(office: Office, paths: Sequence[Path], month: Month, tell: Tell) -> list[Account]:
    """Import the files, match their lines, and draw up the reconciliation statement of every account.

    The first of the three does so, who neither pays nor brings what the channels answer: what a line says makes sure.
    """
    ledger = office.ledger
    for path in paths:
        tell(f"$ subsidy reconcile import {path.parent.name}/{path.name}")
        document = readers.read(path)
        with office.write(MAKER) as writer:
            taken = take(writer, ledger.vault, document).state
        assert taken in (IMPORTED, SAME), "the demo's statements join"
        if taken == SAME:
            tell("  " + _("on the book already; nothing changes"))
    with office.write(MAKER) as writer:
        made = match_open(writer, ledger.vault)
    tell(
        _(
            "$ subsidy reconcile match; subsidy reconcile report --month {month}: matches {matches}, payouts "
            "learnt from a statement {changed}"
        ).format(month=month, matches=len(made.matches), changed=made.changed)
    )
    if made.listed:
        _decide(office, made.listed, tell)
    with ledger.read() as view:
        accounts = reconciliation(view, month.last_day)
    for account in accounts:
        explained = ", ".join(
            f"{sort.value} {format_yuan(account.explained(sort))}" for sort in Class if account.explained(sort)
        )
        tell(
            "  "
            + _("{account}: bank {bank}, book {book}, explained: {explained}; unexplained {unexplained}").format(
                account=account.key,
                bank=format_yuan(account.bank_fen),
                book=format_yuan(account.book_fen),
                explained=explained or "-",
                unexplained=format_yuan(account.unexplained_fen),
            )
        )
    return accounts


def _decide(office: Office, listed: Sequence[Listed], tell: Tell) -> None:
    """What no rule took, told as it is listed; a fee beyond its bound and what came back are then said by hand."""
    with office.write(MAKER) as writer:
        two = sides(writer, office.ledger.vault)
        open_ = [two.lines[name] for one in listed for name in one.lines]
        reasons = {name: one.reason.value for one in listed for name in one.lines}
        for line in open_:
            tell(
                "  "
                + _("open: {day} {amount}, {reason}").format(
                    day=date.fromordinal(line.day), amount=format_yuan(line.amount_fen), reason=reasons[line.id]
                )
            )
        for line in open_:
            back = next((one for one in open_ if one.amount_fen == -line.amount_fen > 0), None)
            if line.amount_fen == -LARGE_FEE_FEN:
                confirm(writer, two, [line.id], (), Kind.FEE, "the bank's letter: fees of the year in one sum")
                tell("  $ subsidy reconcile confirm ... --as fee")
            elif back is not None:
                confirm(writer, two, [line.id, back.id], (), Kind.REVERSAL, "went to a stranger and came back")
                tell("  $ subsidy reconcile confirm ... --as reversal")
