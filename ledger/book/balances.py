"""What the book says: trial balance, one account, one entry, and what has been awarded so far.

Everything is said as of the view's size: an entry counts when its record lies in the log below it. Complete blocks of
entries come from the `balance` table, the rest from the postings themselves.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select

from calculators.problems import N_, refuse
from ledger.book.projection import CHARTS, Cells, block_end, merge
from ledger.log import kinds
from ledger.store import tables
from ledger.store.engine import Query, among, these
from ledger.store.ledger import View


def _summed() -> Any:
    entry, posting = tables.entry, tables.posting
    amount, envelope = posting.c.amount_fen, func.coalesce(posting.c.envelope, "")
    return (
        select(
            posting.c.chart,
            posting.c.account,
            envelope,
            func.sum(case((amount > 0, amount), else_=0)),
            func.sum(case((amount < 0, -amount), else_=0)),
        )
        .join(entry, and_(entry.c.seq == posting.c.entry, entry.c.tag == posting.c.tag))
        .where(posting.c.entry > bindparam("after"), posting.c.entry <= bindparam("through"))
        .group_by(posting.c.chart, posting.c.account, envelope)
    )


def _kept() -> Any:
    table = tables.balance
    cell = (table.c.chart, table.c.account, table.c.envelope)
    return (
        select(*cell, func.sum(table.c.debit_fen), func.sum(table.c.credit_fen))
        .where(table.c.entry <= bindparam("last"))
        .group_by(*cell)
    )


def _awarded() -> Select[Any]:
    table = tables.entry
    return (
        select(table.c.line, table.c.due, func.sum(table.c.award_fen), func.count(), func.max(table.c.record))
        .where(table.c.award_fen.is_not(None), table.c.record < bindparam("size"))
        .group_by(table.c.line, table.c.due)
    )


def _not_taken_back() -> tuple[ColumnElement[bool], ...]:
    table = tables.entry
    undone = select(table.c.reverses).where(table.c.reverses.is_not(None), table.c.record < bindparam("size"))
    return table.c.reverses.is_(None), table.c.record.not_in(undone), table.c.record < bindparam("size")


def _standing() -> Select[Any]:
    table = tables.entry
    return (
        select(table.c.line, table.c.due, func.max(table.c.record))
        .where(*_not_taken_back(), table.c.award_fen.is_not(None))
        .group_by(table.c.line, table.c.due)
    )


def _booked() -> Select[Any]:
    table = tables.entry
    return (
        select(table.c.line, table.c.due, func.max(table.c.effective_on))
        .where(*_not_taken_back(), table.c.award_fen > 0)
        .group_by(table.c.line, table.c.due)
        .order_by(table.c.line, table.c.due)
    )


# Put together once: every write of money asks them.
_SUMS, _TOTALS = _summed(), _kept()
_LAST = Query(select(func.max(tables.entry.c.seq)).where(tables.entry.c.record < bindparam("size")))
_AWARDED, _STANDING, _BOOKED = _awarded(), _standing(), _booked()


class AccountBalance(NamedTuple):
    """An account with all that was posted to it, in fen; `verified`: checked against the official chart."""

    chart: str
    code: str
    name_en: str
    name_zh: str
    side: str
    debit_fen: int
    credit_fen: int
    verified: bool

    @property
    def balance_fen(self) -> int:
        """Debits less credits."""
        return self.debit_fen - self.credit_fen


class AccountLine(NamedTuple):
    """One posting to an account and the account's balance after it (debit positive)."""

    entry: int
    record: int
    effective_on: str
    key: str
    reason: str
    amount_fen: int
    envelope: str
    payee: str
    balance_fen: int


class Award(NamedTuple):
    """What stands on a line and due period: the sum in fen, the number of entries, the log index of the last one."""

    amount_fen: int
    entries: int
    record: int


def last_entry(view: View) -> int:
    """The number of the last entry of the book at the view's size; 0 for an empty book."""
    return _LAST.value(view.connection, size=view.size) or 0


def sums(view: View, after: int, through: int) -> Cells:
    """Debits and credits per cell of the entries `after` < number <= `through`, read from their postings.

    Only postings that carry their entry's tag are the entry's; whatever else may stand there does not count.
    """
    return _cells(view, _SUMS, after=after, through=through)


def totals(view: View) -> Cells:
    """Debits and credits per cell of the whole book."""
    last = last_entry(view)
    cells = _cells(view, _TOTALS, last=last)
    merge(cells, sums(view, block_end(last), last))
    return cells


def trial_balance(view: View, chart: str | None = None) -> list[AccountBalance]:
    """Every account of the charts (or of one) with its sums, in the order of chart and code."""
    cells: dict[tuple[str, str], list[int]] = {}
    for (its_chart, code, _envelope), (debit_fen, credit_fen) in totals(view).items():
        cell = cells.setdefault((its_chart, code), [0, 0])
        cell[0] += debit_fen
        cell[1] += credit_fen
    accounts = (row.body for row in view.rows(kinds.ACCOUNT))
    found = []
    for body in sorted(accounts, key=lambda body: (CHARTS.index(body["chart"]), body["code"])):
        its_chart, code = body["chart"], body["code"]
        if chart in (None, its_chart):
            debit_fen, credit_fen = cells.get((its_chart, code), (0, 0))
            names = body["name_en"], body["name_zh"]
            found.append(AccountBalance(its_chart, code, *names, body["side"], debit_fen, credit_fen, body["verified"]))
    return found


def account(view: View, chart: str, code: str) -> list[AccountLine]:
    """The postings to one account in the order of the book; refuses `account_unknown`."""
    if view.current(kinds.ACCOUNT, f"{chart}/{code}") is None:
        raise refuse(
            "account_unknown",
            N_("account {account} is not in the charts"),
            N_("`subsidy book trial-balance` lists the accounts"),
            account=f"{chart}/{code}",
        )
    entry, posting = tables.entry, tables.posting
    query = (
        select(
            entry.c.seq,
            entry.c.record,
            entry.c.effective_on,
            entry.c.key,
            entry.c.reason,
            posting.c.amount_fen,
            func.coalesce(posting.c.envelope, ""),
            func.coalesce(posting.c.payee, ""),
        )
        .join(entry, and_(entry.c.seq == posting.c.entry, entry.c.tag == posting.c.tag))
        .where(posting.c.chart == chart, posting.c.account == code, entry.c.record < view.size)
        .order_by(posting.c.entry, posting.c.n)
    )
    return list(_running(view.connection.execute(query)))


def entry(view: View, number: int) -> kinds.EntryBody:
    """What the record of entry `number` says; refuses `entry_unknown`."""
    return view.body(kinds.ENTRY, entry_record(view, number))


def entry_record(view: View, number: int) -> int:
    """The log index of entry `number`; refuses `entry_unknown`."""
    table = tables.entry
    record = view.connection.scalar(select(table.c.record).where(table.c.seq == number, table.c.record < view.size))
    if record is None:
        raise refuse(
            "entry_unknown",
            N_("the book has no entry {number}; its last one is {last}"),
            N_("entries are numbered from 1; `subsidy book account` shows their numbers"),
            number=number,
            last=last_entry(view),
        )
    return int(record)


def record_of_key(view: View, key: str) -> int | None:
    """The log index of the entry with the idempotency key `key`; None where there is none."""
    table = tables.entry
    record: int | None = view.connection.scalar(
        select(table.c.record).where(table.c.key == key, table.c.record < view.size)
    )
    return record


def posted_awards(view: View, lines: Collection[str] | None = None) -> dict[tuple[str, date], Award]:
    """What is posted per award line and due period; withdrawals net out but count as entries.

    Of these lines alone, where some are named; so the questions below.
    """
    day = cache(date.fromisoformat)
    return {(line, day(due)): Award(*award) for line, due, *award in of_lines(view, _AWARDED, lines)}


def awarded_lines(view: View) -> frozenset[str]:
    """The lines on which something is posted."""
    return frozenset(line for (line, _due), award in posted_awards(view).items() if award.amount_fen)


def award_records(view: View, line: str) -> list[int]:
    """The log indexes of a line's award entries and of what took them back, in log order."""
    table = tables.entry
    query = select(table.c.record).where(table.c.award_fen.is_not(None), table.c.record < view.size)
    return list(view.connection.scalars(query.where(table.c.line == line).order_by(table.c.record)))


def standing_awards(view: View, lines: Collection[str] | None = None) -> dict[tuple[str, date], int]:
    """Line and due period -> the log index of the last award entry that was not taken back."""
    day = cache(date.fromisoformat)
    return {(line, day(due)): record for line, due, record in of_lines(view, _STANDING, lines)}


def booked_days(view: View, lines: Collection[str] | None = None) -> dict[str, dict[date, date]]:
    """Line -> due period -> the day on which its last award that was not taken back was booked, in order of due."""
    day = cache(date.fromisoformat)
    found: dict[str, dict[date, date]] = defaultdict(dict)
    for line, due, effective_on in of_lines(view, _BOOKED, lines):
        found[line][day(due)] = day(effective_on)
    return found


def last_booked(days: Mapping[date, date], due: date) -> date | None:
    """The day on which what a reduction at `due` reduces was booked, of the `booked_days` of its line.

    None where the line was awarded nothing here. A claw-back has a due day of its own: then it is the line's last due
    period before it.
    """
    before = [booked_on for awarded, booked_on in days.items() if awarded <= due]
    return before[-1] if before else None


def of_lines(view: View, query: Select[Any], lines: Collection[str] | None) -> Iterable[Any]:
    """What a question to the entries below a `size` finds of some lines; of all where none are named."""
    if lines is None:
        return view.connection.execute(query, {"size": view.size})
    return view.connection.execute(_of_lines(query), {"size": view.size, **these(lines)})


@cache
def _of_lines(query: Select[Any]) -> Select[Any]:
    return query.where(among(tables.entry.c.line))


def _cells(view: View, query: Any, **asked: int) -> Cells:
    return {
        (chart, code, envelope): [int(debit_fen), int(credit_fen)]
        for chart, code, envelope, debit_fen, credit_fen in view.connection.execute(query, asked)
    }


def _running(found: Iterable[Any]) -> Iterator[AccountLine]:
    balance_fen = 0
    for number, record, effective_on, key, reason, amount_fen, envelope, payee in found:
        balance_fen += amount_fen
        yield AccountLine(number, record, effective_on, key, reason, amount_fen, envelope, payee, balance_fen)
