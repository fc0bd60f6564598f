"""The year-end pair: what of a year's appropriation was not drawn is the unit's claim on the treasury (财政应返还额度).

It is income of its own year; what a later year pays out of it is none any more. The amount follows from the book, so a
second entry of a year only makes good what became known later.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import and_, func, select

from calculators.money import format_yuan
from calculators.problems import N_, Place, refuse
from ledger.book import limits
from ledger.book.accounts import APPROPRIATION
from ledger.book.payables import Terms
from ledger.book.posting import Entry, Posted, known, post
from ledger.book.projection import BOOK
from ledger.log import kinds
from ledger.payouts.postings import YEAR_END, entry
from ledger.store import tables
from ledger.store.ledger import View, Writer, local_day


def close_year(writer: Writer, year: int, document: str) -> Posted:
    """Book what of a year's budget was not drawn, on its last day; a document is booked once.

    Refuses `year_not_over`, `envelope_unknown` and `year_end_booked` (nothing is left to be booked).
    """
    budget = writer.current(kinds.BUDGET, str(year))
    if local_day(writer.now).year <= year:
        raise refuse("year_not_over", N_("{year} is not over"), N_("book it after the last day of the year"), year=year)
    if budget is None:
        raise refuse(
            "envelope_unknown",
            N_("no budget was issued to this path"),
            N_("issue one: `subsidy budget issue {path} YUAN --document NO`"),
            Place(str(year)),
            path=str(year),
        )
    stood = known(writer, [key(year, document)])
    if stood:
        return next(iter(stood.values()))
    issued_fen, drawn_fen = limits.limits(writer)[str(year)], drawn(writer, year)
    if issued_fen == drawn_fen:
        raise refuse(
            "year_end_booked",
            N_("of the {issued} issued for {year} nothing is left to be booked"),
            N_("`subsidy book account fin/1201` shows what was booked before"),
            Place(str(year)),
            issued=format_yuan(issued_fen),
            year=year,
        )
    return post(writer, [entry_of(year, document, issued_fen - drawn_fen, budget.seq)])[0]


def entry_of(year: int, document: str, left_fen: int, cause: int) -> Entry:
    """The pair, on the last day of the year, by the budget record that stands at log index `cause`."""
    return entry(
        "year_end",
        f"{year}@{document}",
        0,
        YEAR_END,
        {Terms(str(year), "", "", "", ""): left_fen},
        effective_on=date(year, 12, 31),
        cause=cause,
        document=document,
    )


def key(year: int, document: str) -> str:
    """The key of a year's entry under a document."""
    return f"{BOOK}/year_end/{year}@{document}/0"


def unclosed(view: View, years: Iterable[int]) -> set[int]:
    """Which of these years, all of them over, have no pair yet: until then nothing of them can be drawn as quota."""
    days = {f"{year}-12-31": year for year in years}
    table = tables.entry
    pairs = select(table.c.effective_on).where(table.c.record < view.size, table.c.reason == "year_end")
    closed = {days[on] for on in view.connection.scalars(pairs.where(table.c.effective_on.in_(days)))}
    return {*days.values()} - closed


def drawn(view: View, year: int) -> int:
    """What is income of appropriation in a year, the pair of its end included, in fen."""
    table, posting = tables.entry, tables.posting
    query = (
        select(func.sum(-posting.c.amount_fen))
        .join(table, and_(posting.c.entry == table.c.seq, posting.c.tag == table.c.tag))
        .where(table.c.record < view.size, table.c.effective_on.between(f"{year}-01-01", f"{year}-12-31"))
        .where(posting.c.chart == "fin", posting.c.account == APPROPRIATION)
    )
    return int(view.connection.scalar(query) or 0)
