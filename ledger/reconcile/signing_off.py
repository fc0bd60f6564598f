"""Sign a month off: one person makes the reconciliation statement, another checks it, and what it says stands.

Nothing may be unexplained then. What belongs to a day that is signed off and becomes known later is booked in the open
month (`ledger.book.periods`); a month that was signed off by mistake is opened again, the last one only.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.book.periods import CHECKED, MADE, REOPENED, last_day, last_month
from ledger.log import kinds
from ledger.office.approvals import APPROVE, refuse_maker, sign, subject
from ledger.office.signing import Signer, append_signed
from ledger.reconcile.monthly import Account, Class, reconciliation
from ledger.store.ledger import Row, View, Writer, local_day


class Signed(NamedTuple):
    """The record of a month, and the statements that it says."""

    row: Row[kinds.PeriodBody]
    accounts: list[Account]


def make(writer: Writer, month: str, signer: Signer | None = None) -> Signed:
    """Make the statement of a month (`YYYY-MM`), signed where keys are in use; the one that stands so already, if any.

    Refuses `month_not_over`, `month_signed_off`, `month_skipped`, `nothing_to_sign_off`, `statement_missing`,
    `unexplained_open`.
    """
    _check_turn(writer, month)
    found = _accounts(writer, month)
    accounts = _bodies(found, month)
    waiting = writer.current(kinds.PERIOD, month)
    if waiting and waiting.body["state"] == MADE and waiting.body["accounts"] == accounts:
        return Signed(waiting, found)
    body = kinds.PeriodBody(key=month, state=MADE, log_size=writer.size, accounts=accounts)
    append_signed(writer, signer, kinds.PERIOD, body)
    return Signed(_current(writer, month), found)


def check(writer: Writer, month: str, signer: Signer | None = None) -> Signed:
    """Sign off what somebody else has made.

    Refuses `nothing_to_check`, `approver_is_maker`, what `make` refuses, `period_changed`, and what `approvals.sign`
    refuses.
    """
    waiting = writer.current(kinds.PERIOD, month)
    if waiting is None or waiting.body["state"] != MADE:
        raise refuse(
            "nothing_to_check",
            N_("no statement of {month} waits to be checked"),
            N_("make it first: `subsidy reconcile sign-off --month {month}`"),
            month=month,
        )
    refuse_maker(writer.actor, waiting.body["actor"], Place(month))
    _check_turn(writer, month)
    found = _accounts(writer, month)
    if waiting.body["accounts"] != _bodies(found, month):
        raise refuse(
            "period_changed",
            N_("the statement is not the one any more that {actor} made"),
            N_("make it again: `subsidy reconcile sign-off --month {month}`"),
            Place(month),
            actor=waiting.body["actor"],
            month=month,
        )
    if signer and sign(writer, signer, subject(writer, waiting.seq), APPROVE).to_come:
        return Signed(_current(writer, month), found)
    writer.append(kinds.PERIOD, kinds.PeriodBody(key=month, state=CHECKED, of=waiting.seq, of_leaf=waiting.leaf.hex()))
    return Signed(_current(writer, month), found)


def reopen(writer: Writer, month: str, reason: str, signer: Signer | None = None) -> Row[kinds.PeriodBody]:
    """Take the sign-off of the last month back. Refuses `month_not_signed_off`."""
    signed = writer.current(kinds.PERIOD, month)
    if signed is None or month != last_month(writer):
        raise refuse(
            "month_not_signed_off",
            N_("{month} is not the last month that is signed off"),
            N_("months are opened again from the last one backwards"),
            month=month,
        )
    body = kinds.PeriodBody(key=month, state=REOPENED, of=signed.seq, of_leaf=signed.leaf.hex(), reason=reason)
    append_signed(writer, signer, kinds.PERIOD, body)
    return _current(writer, month)


def made_for(view: View, month: str) -> tuple[Row[kinds.PeriodBody], Row[kinds.PeriodBody] | None] | None:
    """What was made of a month that waits or is signed off, and the record that signed it off; None where neither."""
    row = view.current(kinds.PERIOD, month)
    if row is None or row.body["state"] == REOPENED:
        return None
    if row.body["state"] == MADE:
        return row, None
    of = row.body["of"]
    return Row(of, month, "", view.leaf(of), view.body(kinds.PERIOD, of)), row


def _current(view: View, month: str) -> Row[kinds.PeriodBody]:
    row = view.current(kinds.PERIOD, month)
    assert row is not None, "the record was written just now"
    return row


def _check_turn(writer: Writer, month: str) -> None:
    """Whether a month can be signed off at all: it is over, and the next one after the last that is."""
    end, last = last_day(month), last_month(writer)
    if local_day(writer.now) <= end:
        raise refuse(
            "month_not_over",
            N_("{month} ends on {day}, and that day is not over"),
            N_("sign it off when its statements are there"),
            month=month,
            day=end,
        )
    if last and month <= last:
        raise refuse(
            "month_signed_off",
            N_("{month} is signed off, as every month up to {last} is"),
            N_("where it was wrong: `subsidy reconcile sign-off --month {last} --reopen --reason TEXT`"),
            month=month,
            last=last,
        )
    if last and month != _after(last):
        raise refuse(
            "month_skipped",
            N_("the last month that is signed off is {last}"),
            N_("sign {next} off first"),
            last=last,
            next=_after(last),
        )


def _after(month: str) -> str:
    return f"{last_day(month) + timedelta(days=1):%Y-%m}"


def _accounts(view: View, month: str) -> list[Account]:
    """The statement of every account that has anything to say; refuses all problems at once."""
    end = last_day(month)
    found = [account for account in reconciliation(view, end) if account.speaks_by(end)]
    if not found:
        raise refuse(
            "nothing_to_sign_off",
            N_("no account to pay from has a statement or a payment by {day}"),
            N_("bring its statements: `subsidy reconcile import FILE`"),
            day=end,
        )
    problems = [problem for account in found for problem in _problems(account, end)]
    if problems:
        raise Refused(problems)
    return found


def _bodies(found: Iterable[Account], month: str) -> list[kinds.AccountBalances]:
    """The statements as the record of the month holds them."""
    end = last_day(month).isoformat()
    return [_fields(account, min(account.through, end)) for account in found]


def _problems(account: Account, end: date) -> Iterable[Problem]:
    # What is no payer's pays nothing: its lines are asked for, and a statement of each month is not.
    if account.lacks_statement(end):
        yield Problem(
            "statement_missing",
            N_("no statement of the account reaches into the month: the last one closes on {day}"),
            N_("import the statement of the month, or of a later one: `subsidy reconcile import FILE`"),
            Place(account.key),
            {"day": account.through or "-"},
        )
    wrong = account.unexplained
    if wrong:
        yield Problem(
            "unexplained_open",
            N_("unexplained differences: {count}, {amount} yuan together"),
            N_(
                "explain each: `subsidy reconcile report --month {month}`, "
                "then `subsidy reconcile confirm LINE --payout ITEM --reason TEXT`"
            ),
            Place(account.key),
            {"count": len(wrong), "amount": format_yuan(account.unexplained_fen), "month": f"{end:%Y-%m}"},
        )


def _fields(account: Account, through: str) -> kinds.AccountBalances:
    explained = [(sort, account.explained(sort)) for sort in Class]
    return {
        "account": account.key,
        "through": through,
        "brought_fen": account.brought_fen,
        "bank_fen": account.bank_fen,
        "book_fen": account.book_fen,
        "explained": [{"class": sort.value, "amount_fen": fen} for sort, fen in explained if fen],
    }
