"""How the budget is carried out (预算执行): per path and code what was issued, reserved, owed, paid, returned.

All of it follows from the indicator chart. A path's own budget is what was issued to it less what it passed on to paths
below; reserved + accrued + instructed + paid - returned + frozen + available make it, and this is asserted.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, case, func, select

from ledger.book import accounts
from ledger.book.envelopes import day_of
from ledger.log import kinds
from ledger.store import tables
from ledger.store.ledger import View

# Indicator accounts and the figures that they hold.
_HELD = {
    accounts.AVAILABLE: "available",
    accounts.FROZEN: "frozen",
    accounts.RESERVED: "reserved",
    accounts.ACCRUED: "accrued",
    accounts.INSTRUCTED: "instructed",
}
# Actions of budget records that leave the limit of the path as it is.
_WITHIN = ("frozen", "unfrozen")


class Figures(NamedTuple):
    """Amounts in fen at the end of a month: `paid_*` gross, `returned` what of it came back in the year.

    `paid_before` is what was paid in earlier years and has not come back within them. `instructed` has been ordered and
    not answered; `accrued` is owed and not ordered.
    """

    budget: int = 0
    reserved: int = 0
    accrued: int = 0
    instructed: int = 0
    paid_before: int = 0
    paid_month: int = 0
    paid_year: int = 0
    returned: int = 0
    frozen: int = 0
    available: int = 0

    def plus(self, other: "Figures") -> "Figures":
        """Both together."""
        return Figures(*(mine + its for mine, its in zip(self, other, strict=True)))

    @property
    def paid_net(self) -> int:
        """All that was paid and did not come back."""
        return self.paid_before + self.paid_year - self.returned


class Executed(NamedTuple):
    """A path, or one of its codes where it has several (then `code` rows hold what was accrued and paid under them).

    `documents` are the numbers under which the path was issued its budget. `function` and `economic` are "" on the row
    of a path that has several codes or none yet. `of_path` are the figures of the whole path.
    """

    path: str
    documents: tuple[str, ...]
    function: str
    economic: str
    figures: Figures
    of_path: Figures


Code = tuple[str, str]


def execution(view: View, month: date, last_day: date) -> list[Executed]:
    """Every path known by `last_day`, the last day of the month that begins on `month`, in tree order."""
    limits, documents = _issued(view, last_day)
    by_code = _posted(view, month, last_day)
    found = []
    # A budget of a later day than what it bears, as when months before going live are caught up, is 0 here.
    for path in sorted(limits.keys() | by_code.keys(), key=lambda path: path.split("/")):
        passed_on = sum(limit for below, limit in limits.items() if below.rpartition("/")[0] == path)
        codes = {code: figures for code, figures in by_code.get(path, {}).items() if any(figures)}
        whole = Figures(budget=limits.get(path, 0) - passed_on)
        for figures in codes.values():
            whole = whole.plus(figures)
        _assert_tied(path, whole)
        found += _rows(path, tuple(documents.get(path, ())), codes, whole)
    return found


def _rows(path: str, documents: tuple[str, ...], codes: dict[Code, Figures], whole: Figures) -> list[Executed]:
    named = sorted(code for code in codes if code != ("", ""))
    if len(named) < 2:
        function, economic = named[0] if named else ("", "")
        return [Executed(path, documents, function, economic, whole, whole)]
    # What a grant reserves bears no code, and what an award takes of it does: reserved and available stay the path's.
    of_codes = {code: codes[code]._replace(reserved=0, available=0, frozen=0) for code in named}
    rest = whole
    for figures in of_codes.values():
        rest = rest.plus(Figures(*(-amount for amount in figures)))
    rows = [Executed(path, documents, "", "", rest, whole)]
    return rows + [Executed(path, documents, *code, figures, whole) for code, figures in of_codes.items()]


def _issued(view: View, last_day: date) -> tuple[dict[str, int], dict[str, list[str]]]:
    """The limit of every path, and the documents that moved it, in order."""
    limits: dict[str, int] = defaultdict(int)
    documents: dict[str, list[str]] = defaultdict(list)
    for row in view.records(kinds.BUDGET):
        if day_of(row.body) > last_day or row.body["action"] in _WITHIN:
            continue
        limits[row.key] += row.body["amount_fen"]
        if row.body["document"] not in documents[row.key]:
            documents[row.key].append(row.body["document"])
    return dict(limits), dict(documents)


def _posted(view: View, month: date, last_day: date) -> dict[str, dict[Code, Figures]]:
    """path -> code -> what the indicator chart holds at the end of `last_day`; budgets are left to `_issued`."""
    entry, posting = tables.entry, tables.posting
    amount, day = posting.c.amount_fen, entry.c.effective_on
    year = date(month.year, 1, 1)
    when = case((day < year.isoformat(), "before"), (day < month.isoformat(), "year"), else_="month")
    columns = (
        posting.c.envelope,
        posting.c.account,
        # A correction moves what was paid; nothing of it came back.
        case((entry.c.reason == "corrected", 1), else_=0),
        func.coalesce(posting.c.function, ""),
        func.coalesce(posting.c.economic, ""),
        when,
    )
    query = (
        select(
            *columns,
            func.sum(case((amount > 0, amount), else_=0)),
            func.sum(case((amount < 0, -amount), else_=0)),
        )
        .join(entry, and_(entry.c.seq == posting.c.entry, entry.c.tag == posting.c.tag))
        .where(posting.c.chart == "ind", entry.c.record < view.size, day <= last_day.isoformat())
        .group_by(*columns)
    )
    found: dict[str, dict[Code, Figures]] = defaultdict(lambda: defaultdict(Figures))
    for path, account, corrected, function, economic, period, debit_fen, credit_fen in view.connection.execute(query):
        sides = (debit_fen - credit_fen, 0) if corrected else (debit_fen, credit_fen)
        found[path][function, economic] = found[path][function, economic].plus(_figures(account, period, *sides))
    return found


def _figures(account: str, period: str, debit_fen: int, credit_fen: int) -> Figures:
    if account in _HELD:
        return Figures(**{_HELD[account]: debit_fen - credit_fen})
    if account != accounts.PAID:
        return Figures()
    if period == "before":
        return Figures(paid_before=debit_fen - credit_fen)
    return Figures(paid_month=debit_fen if period == "month" else 0, paid_year=debit_fen, returned=credit_fen)


def _assert_tied(path: str, figures: Figures) -> None:
    made = (
        figures.reserved + figures.accrued + figures.instructed + figures.paid_net + figures.frozen + figures.available
    )
    if made != figures.budget:
        raise AssertionError(f"{path}: a budget of {figures.budget} fen, and the indicator chart holds {made}")
