"""The reconciliation statement (余额调节表) of a month: the bank's balance and the book's, and every fen between them.

Both sides begin with what the first statement opens with. A line counts on its day of booking, an entry on the day it
takes effect; every line and every entry of an account falls into exactly one difference, so the sums tie.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import and_, func, select

from ledger.log import kinds
from ledger.office.bounds import bounds
from ledger.office.business_days import Calendar, calendar
from ledger.office.decisions import carried
from ledger.payouts.movements import BACK, CASH, MOVING, OF_PAYOUTS, about, counts, recovered_by
from ledger.payouts.states import State
from ledger.reconcile.chain import Span
from ledger.reconcile.decided import Decided, decided
from ledger.reconcile.earned import Earned, earned
from ledger.reconcile.imported import spans
from ledger.reconcile.matching import Kind
from ledger.reconcile.opening_items import by_account, cleared_by, opening_items, shift_fen
from ledger.reconcile.sides import CURRENCY, Amounts, BookedLine, amounts, of_account
from ledger.store import tables
from ledger.store.collector import paused
from ledger.store.ledger import View

# Entries of an account as a whole -> the class of their difference from the lines of that kind.
_WHOLE = {
    **dict.fromkeys(("funded", "bound", "unbound"), "funded"),
    "wallet_interest": "interest",
    **dict.fromkeys(("refunded", "recovered"), "refunded"),
}

# Where a recovery came in that went to none of the accounts.
ELSEWHERE = ""


class Class(StrEnum):
    """Why bank and book differ; the last six explain nothing."""

    IN_TRANSIT = "in_transit"
    RETURNED = "returned"
    INTEREST = "interest"
    FEE = "fee"
    REVERSAL = "reversal"
    CLEARED = "cleared"
    CARRIED = "carried"
    OVERDUE = "overdue"
    DISPUTED = "disputed"
    FUNDED = "funded"
    REFUNDED = "refunded"
    ENTRY = "entry"
    UNMATCHED = "unmatched"


UNEXPLAINED = frozenset({Class.OVERDUE, Class.DISPUTED, Class.FUNDED, Class.REFUNDED, Class.ENTRY, Class.UNMATCHED})


class Difference(NamedTuple):
    """What bank and book say of one thing (a payout, a match, a line, or a class as a whole) up to the month's end."""

    sort: Class
    about: str
    on: str
    bank_fen: int
    book_fen: int
    # The document under which it is carried as open, and its age in days at the month's end; "" and 0 for others.
    document: str = ""
    age: int = 0

    @property
    def fen(self) -> int:
        """What the bank has more than the book."""
        return self.bank_fen - self.book_fen


class Waiting(NamedTuple):
    """A line that nothing explains, or what is open of a payout that no line has paid; `age` in days."""

    about: str
    on: str
    amount_fen: int
    age: int


class Used(NamedTuple):
    """What was paid out and came back in the month and since the year began, positive, in fen."""

    used_month: int = 0
    returned_month: int = 0
    used_year: int = 0
    returned_year: int = 0


@dataclass(frozen=True)
class Account:
    """The statement of one account in one currency, in its minor units; `funding` is "" where it is no payer's.

    `proved`: the bank's statements show balances; `since` and `through`: the first day that they tell of and the last
    that they reach to, also beyond the month, or "".

    `bank_used` is of matched lines, `book_used` of entries, per (function, economic) code. `ledger` is what the book
    moved, per account of the chart; `earned` the quarters of a wallet whose interest is due.
    """

    key: str
    funding: str
    currency: str
    proved: bool
    since: str
    through: str
    brought_fen: int
    bank_fen: int
    book_fen: int
    differences: list[Difference]
    lines: list[Waiting]
    payouts: list[Waiting]
    bank_used: Used
    book_used: dict[tuple[str, str], Used]
    ledger: dict[str, int]
    earned: list[Earned]

    def speaks_by(self, end: date) -> bool:
        """Whether there is anything to say of it at the end of day `end`: a statement, money, a payout under way."""
        told = bool(self.since) and self.since <= end.isoformat()
        moved = self.book_fen != self.brought_fen
        return told or moved or bool(self.differences or self.payouts or self.book_used)

    def lacks_statement(self, end: date) -> bool:
        """Whether no statement of an account that is paid from reaches into the month that ends on day `end`."""
        return bool(self.funding) and self.through < end.replace(day=1).isoformat()

    @property
    def unexplained(self) -> list[Difference]:
        """The differences that nothing explains, also where they sum to nothing."""
        return [each for each in self.differences if each.sort in UNEXPLAINED]

    @property
    def carried(self) -> list[Difference]:
        """What two people carry as open."""
        return [each for each in self.differences if each.sort is Class.CARRIED]

    def explained(self, sort: Class) -> int:
        """The sum of a class."""
        return sum(difference.fen for difference in self.differences if difference.sort is sort)

    @property
    def unexplained_fen(self) -> int:
        """What is left when every explained difference is taken away."""
        return sum(difference.fen for difference in self.unexplained)


class _Moved(NamedTuple):
    """An entry's movement on an account, with its codes."""

    about: str
    reason: str
    on: str
    fen: int
    account: str
    function: str
    economic: str


class _Open(NamedTuple):
    """What is carried as open, and for how many working days of which calendar money may be under way."""

    carried: dict[str, str]
    calendar: Calendar
    in_transit_days: int
    began: dict[str, dict[str, kinds.OpeningItemBody]]


@paused()
def reconciliation(view: View, end: date) -> list[Account]:
    """The statements of every account that has any, in each currency, and of every payer's, at the end of day `end`."""
    two, known = amounts(view), decided(view)
    began = by_account(opening_items(view).items())
    open_items = _Open(carried(view), calendar(view), bounds(view).in_transit_days, began)
    moved: dict[str, list[_Moved]] = defaultdict(list)
    recovered = {recovered_by(row.body): row.body.get("payer", ELSEWHERE) for row in view.records(kinds.RECOVERY)}
    for movement in _movements(view, end):
        paid = two.payouts.get(movement.about)
        payer = paid.payer if paid else recovered.get(movement.about, movement.about)
        moved[payer].append(movement)
    chains = spans(view)
    funding = {row.key: row.body["funding"] for row in view.rows(kinds.PAYER)}
    made = []
    for account, currency in sorted({*chains, *((key, CURRENCY) for key in funding)}):
        key, chain = of_account(account, currency), chains.get((account, currency))
        days = [line.day for line in two.lines.values() if line.payer == key]
        ends = [_iso(day) for day in (min(days), max(days))] if days else []
        since = min([*ends, *([chain.opens_on] if chain else [])], default="")
        through = max([*ends, chain.closes_on if chain else ""])
        opening = chain.opening_fen if chain else None
        # Money is paid out of payers' accounts in yuan alone: of every other one the book says nothing.
        kept = _Kept(key, currency, funding.get(key, ""), opening, since, through, chain)
        made.append(_account(kept, two, known, moved.pop(key, []), end, open_items))
    # What the book moved for no payout and no account that is paid from stands by itself, and explains nothing.
    for key in sorted(moved.keys() - {ELSEWHERE}):
        kept = _Kept(key, CURRENCY, "", None, "", "", None)
        made.append(_account(kept, two, known, moved[key], end, open_items))
    return made


def _movements(view: View, end: date) -> Iterator[_Moved]:
    """What entries moved on accounts up to a day, per set of codes."""
    entry, posting = tables.entry, tables.posting
    function, economic = (func.coalesce(column, "") for column in (posting.c.function, posting.c.economic))
    query = (
        select(entry.c.key, entry.c.reason, entry.c.effective_on, posting.c.amount_fen, posting.c.account)
        .add_columns(function, economic)
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .where(entry.c.reason.in_(sorted(MOVING)), posting.c.chart == "fin")
        .where(entry.c.record < view.size, entry.c.effective_on <= end.isoformat())
        .where(posting.c.account.in_(sorted(CASH)))
        .order_by(entry.c.seq)
    )
    for key, reason, on, fen, account, *codes in view.connection.execute(query):
        if counts(reason, "fin", account):
            yield _Moved(about(reason, key), reason, on, fen, account, *codes)


class _Kept(NamedTuple):
    """An account in one currency, and what its statements say of it as a whole."""

    key: str
    currency: str
    funding: str
    opening_fen: int | None
    since: str
    through: str
    chain: Span | None


def _account(
    kept: _Kept,
    two: Amounts,
    known: Decided,
    moved: list[_Moved],
    end: date,
    open_items: _Open,
) -> Account:
    day = end.toordinal()
    lines = {line.id: line for line in two.lines.values() if line.payer == kept.key and line.day <= day}
    differences = [
        _judged(each, end, open_items)
        for each in (
            *_payouts(kept.key, two, known, moved, day),
            *_others(set(lines), kept.funding, two, known, moved, day),
        )
    ]
    began = open_items.began.get(kept.key, {})
    differences += _opening(began, two, known, end)
    brought_fen = kept.opening_fen or 0
    bank_fen = brought_fen + sum(line.amount_fen for line in lines.values())
    book_fen = brought_fen + sum(map(shift_fen, began.values())) + sum(one.fen for one in moved)
    assert bank_fen - book_fen == sum(difference.fen for difference in differences), (
        "a line or an entry fell into no difference"
    )
    held = known.by_line
    return Account(
        kept.key,
        kept.funding,
        kept.currency,
        kept.opening_fen is not None,
        kept.since,
        kept.through,
        brought_fen,
        bank_fen,
        book_fen,
        sorted(
            (difference for difference in differences if difference.fen),
            key=lambda difference: (list(Class).index(difference.sort), difference.on, difference),
        ),
        sorted(
            (
                Waiting(line.id, _iso(line.day), line.amount_fen, day - line.day)
                for line in lines.values()
                if line.id not in held
            ),
            key=lambda waiting: (-waiting.age, waiting.about),
        ),
        _open_payouts(kept.key, two, known, day),
        _used(
            (
                (_iso(line.day), line.amount_fen, held[line.id].body["kind"] in (Kind.RETURN, Kind.REFUND))
                for line in lines.values()
                if line.id in held and (held[line.id].body["payouts"] or held[line.id].body["kind"] == Kind.REFUND)
            ),
            end,
        ),
        _by_code(moved, end),
        _by_account(moved),
        _earned(kept, lines.values(), known, end),
    )


def _by_account(moved: Iterable[_Moved]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for one in moved:
        sums[one.account] += one.fen
    return dict(sorted(sums.items()))


def _earned(kept: _Kept, lines: Collection[BookedLine], known: Decided, end: date) -> list[Earned]:
    """The quarters whose interest is due on a wallet that is paid from, where every day's balance is known."""
    channel, _slash, rest = kept.key.removeprefix("payer/").partition("/")
    chain = kept.chain
    if channel != "ecny" or kept.funding != "prefunded" or chain is None or chain.opening_fen is None:
        return []
    moved: dict[date, int] = defaultdict(int)
    interest, held = [], known.by_line
    for line in lines:
        day = date.fromordinal(line.day)
        moved[day] += line.amount_fen
        row = held.get(line.id)
        if row is not None and row.body["kind"] == Kind.INTEREST:
            interest.append((day, line.amount_fen))
    first, last = (date.fromisoformat(day) for day in (chain.opens_on, kept.through))
    return earned(rest.partition("/")[0], chain.opening_fen, first, last, moved, interest, end)


def _judged(each: Difference, end: date, known: _Open) -> Difference:
    """A difference under the bounds: what was paid and is not booked for too long, and what two people carry."""
    began = date.fromisoformat(each.on)
    under_way = each.sort in (Class.IN_TRANSIT, Class.RETURNED) and each.fen
    if under_way and known.calendar.last_of(began + timedelta(days=1), known.in_transit_days) < end:
        each = each._replace(sort=Class.OVERDUE)
    if each.sort in UNEXPLAINED and each.about in known.carried:
        each = each._replace(sort=Class.CARRIED, document=known.carried[each.about], age=(end - began).days)
    return each


def _payouts(payer: str, two: Amounts, known: Decided, moved: Iterable[_Moved], day: int) -> Iterator[Difference]:
    """Per payout what its lines and its entries say; a match with a line after the day is a difference of its own."""
    bank: dict[str, int] = defaultdict(int)
    book: dict[str, int] = defaultdict(int)
    came_back = set()
    # What one side has not booked is under way since the other's last word.
    said_on: dict[str, str] = {}
    for row in known.in_force:
        lines = [two.lines[name] for name in row.body["lines"] if name in two.lines]
        early = [line for line in lines if line.day <= day]
        if not row.body["payouts"] or not early or early[0].payer != payer:
            continue
        back = row.body["kind"] == Kind.RETURN
        if len(early) < len(lines):
            yield Difference(
                Class.RETURNED if back else Class.IN_TRANSIT,
                row.key,
                _iso(max(one.day for one in early)),
                sum(one.amount_fen for one in early),
                0,
            )
            continue
        for share in row.body["payouts"]:
            said_on[share["payout"]] = max(_iso(max(one.day for one in early)), said_on.get(share["payout"], ""))
            bank[share["payout"]] += share["amount_fen"] if back else -share["amount_fen"]
            if back:
                came_back.add(share["payout"])
    for movement in moved:
        if movement.reason not in _WHOLE:
            book[movement.about] += movement.fen
            said_on[movement.about] = max(movement.on, said_on.get(movement.about, ""))
            if movement.reason in BACK:
                came_back.add(movement.about)
    for name in sorted(bank.keys() | book.keys()):
        paid = two.payouts.get(name)
        disputed = paid is not None and paid.state is State.DISPUTED
        sort = Class.DISPUTED if disputed else Class.RETURNED if name in came_back else Class.IN_TRANSIT
        yield Difference(sort if paid else Class.ENTRY, name, said_on[name], bank[name], book[name])


def _others(
    lines: set[str], funding: str, two: Amounts, known: Decided, moved: Iterable[_Moved], day: int
) -> Iterator[Difference]:
    """Lines that no payout explains, and entries that are of the account itself."""
    sums: dict[Class, int] = defaultdict(int)
    held = known.by_line
    for name in sorted(lines):
        line, row = two.lines[name], held.get(name)
        if row is None:
            yield Difference(Class.UNMATCHED, name, _iso(line.day), line.amount_fen, 0)
        elif not row.body["payouts"] and row.body["kind"] != Kind.OPENING:
            kind = Kind(row.body["kind"])
            sums[_class(kind, funding)] += line.amount_fen
    entries: dict[Class, int] = defaultdict(int)
    for movement in moved:
        if movement.reason in _WHOLE:
            entries[Class(_WHOLE[movement.reason])] += movement.fen
    for sort in sorted(sums.keys() | entries.keys()):
        yield Difference(sort, "", _iso(day), sums[sort], entries[sort])


def _opening(
    items: Mapping[str, kinds.OpeningItemBody], two: Amounts, known: Decided, end: date
) -> Iterator[Difference]:
    """What stood open when the ledger began, less the lines that have cleared it."""
    bank: dict[str, int] = defaultdict(int)
    for row in known.in_force:
        key = cleared_by(row.body)
        if key:
            lines = [two.lines[name] for name in row.body["lines"]]
            bank[key] += sum(line.amount_fen for line in lines if line.day <= end.toordinal())
    for key, body in sorted(items.items()):
        age = (end - date.fromisoformat(body["on"])).days
        yield Difference(Class.CARRIED, key, body["on"], bank[key], shift_fen(body), body["document"], age)


def _class(kind: Kind, funding: str) -> Class:
    """What lines are that no payout stands behind."""
    if kind is Kind.FUNDING:
        # A zero-balance account is cleared by the treasury day by day, which no entry of the unit shows.
        return Class.FUNDED if funding == "prefunded" else Class.CLEARED
    return Class.REFUNDED if kind is Kind.REFUND else Class(kind)


def _open_payouts(payer: str, two: Amounts, known: Decided, day: int) -> list[Waiting]:
    paid: dict[str, int] = defaultdict(int)
    for row in known.in_force:
        if row.body["kind"] != Kind.RETURN and all(two.lines[name].day <= day for name in row.body["lines"]):
            for share in row.body["payouts"]:
                paid[share["payout"]] += share["amount_fen"]
    found = [
        Waiting(name, _iso(item.day), item.amount_fen - paid[name], day - item.day)
        for name, item in two.payouts.items()
        if item.payer == payer and item.day <= day and item.state is not State.FAIL and item.amount_fen > paid[name]
    ]
    return sorted(found, key=lambda waiting: (-waiting.age, waiting.about))


def _by_code(moved: Iterable[_Moved], end: date) -> dict[tuple[str, str], Used]:
    groups: dict[tuple[str, str], list[tuple[str, int, bool]]] = defaultdict(list)
    for movement in moved:
        if movement.reason in OF_PAYOUTS:
            groups[movement.function, movement.economic].append((movement.on, movement.fen, movement.reason in BACK))
    return {codes: _used(group, end) for codes, group in sorted(groups.items())}


def _used(movements: Iterable[tuple[str, int, bool]], end: date) -> Used:
    """What went out and came back, from (day, fen, whether it came back)."""
    month, year = end.isoformat()[:7], end.isoformat()[:4]
    used_month = returned_month = used_year = returned_year = 0
    for on, fen, back in movements:
        if on[:4] != year:
            continue
        in_month_fen = fen if on[:7] == month else 0
        if back:
            returned_month, returned_year = returned_month + in_month_fen, returned_year + fen
        else:
            used_month, used_year = used_month - in_month_fen, used_year - fen
    return Used(used_month, returned_month, used_year, returned_year)


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
