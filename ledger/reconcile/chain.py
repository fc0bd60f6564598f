"""Whether the statements of one account follow each other: the first opening and all lines make the last close.

Lines that two files bring are on the book once, so the sum of what each statement added tells a missing statement, a
line counted twice and a line changed since. Statements may come in either direction of time, but next to what is there.
"""

from collections.abc import Iterable
from typing import NamedTuple

from calculators.money import format_minor, minor_digits
from calculators.problems import N_, Place, Problem
from ledger.log import kinds
from ledger.payouts.presumed import brought_on
from ledger.reconcile.statements import Statement


class Span(NamedTuple):
    """The balances around lines that add up to `added_fen`, and their days; None where no balances are shown.

    `brought_by` took it in on the day `brought_on`; nobody took in several as one.
    """

    opening_fen: int | None
    closing_fen: int | None
    opens_on: str
    closes_on: str
    added_fen: int
    brought_by: str = ""
    brought_on: str = ""

    @classmethod
    def of(cls, body: kinds.StatementBody) -> "Span":
        """The span of a `statement` record."""
        return cls(
            body.get("opening_fen"),
            body.get("closing_fen"),
            body.get("opens_on", ""),
            body.get("closes_on", ""),
            body["added_fen"],
            body["actor"],
            brought_on(body),
        )

    @property
    def balanced(self) -> bool:
        """Whether it can be proved to join others."""
        return self.opening_fen is not None and self.closing_fen is not None

    def extends(self, other: "Span") -> bool:
        """Whether it reaches to days, before or after, that `other` does not have."""
        return self.opens_on < other.opens_on or self.closes_on > other.closes_on


def joined(before: Span, after: Span) -> Span | None:
    """Both as one, `after` with what it adds to `before`; None where openings, lines and closes do not agree.

    On a shared first or last day either balance may be the outer one: a page, or a file of the morning.
    """
    added = before.added_fen + after.added_fen
    openings = _outer(before.opens_on, before.opening_fen, after.opens_on, after.opening_fen, first=True)
    closings = _outer(before.closes_on, before.closing_fen, after.closes_on, after.closing_fen, first=False)
    days = min(before.opens_on, after.opens_on), max(before.closes_on, after.closes_on)
    for opening in openings:
        for closing in closings:
            if opening is not None and closing is not None and opening + added == closing:
                return Span(opening, closing, *days, added)
    return None


def together(chain: Span | None, span: Span) -> Span | None:
    """The book with one more statement; None where it does not join, or where only one of them has balances."""
    if chain is None:
        # A statement's own lines make its close, or a part of them came with another that is not there.
        alone = span.balanced and (span.opening_fen or 0) + span.added_fen != span.closing_fen
        return None if alone else span
    if chain.balanced != span.balanced:
        return None
    if span.balanced:
        return joined(chain, span)
    days = min(chain.opens_on, span.opens_on), max(chain.closes_on, span.closes_on)
    return Span(None, None, *days, chain.added_fen + span.added_fen)


def whole(spans: Iterable[Span]) -> bool:
    """Whether spans of one account, in the order in which they were taken in, make one chain."""
    chain: Span | None = None
    for span in spans:
        chain = together(chain, span)
        if chain is None:
            return False
    return True


def _outer(day: str, balance: int | None, other_day: str, other: int | None, *, first: bool) -> list[int | None]:
    if day == other_day:
        return [balance, other]
    return [balance if (day < other_day) == first else other]


def break_between(source: str, chain: Span, statement: Statement, span: Span, same: int) -> Problem:
    """Why a statement does not join the chain on the book, with the difference."""
    digits = minor_digits(statement.currency)

    def money(units: int) -> str:
        return f"{format_minor(units, digits)} {statement.currency}"

    place = Place(source, statement.place, 1 if statement.place else 0, statement.name)
    opening, closing = span.opening_fen or 0, span.closing_fen or 0
    if span.opens_on < chain.opens_on and not same:
        edge = chain.opening_fen or 0
        return Problem(
            "statement_gap_after",
            N_(
                "the statement closes on {closing}, and the next one on the book opens on {opening}: {difference} apart"
            ),
            N_("bring the statement that lies between the two"),
            place,
            {"closing": money(closing), "opening": money(edge), "difference": money(edge - closing)},
        )
    if not same:
        edge = chain.closing_fen or 0
        return Problem(
            "statement_gap",
            N_("the statement opens on {opening}, and the one before it closes on {closing}: {difference} apart"),
            N_("bring the statement that lies between the two"),
            place,
            {"opening": money(opening), "closing": money(edge), "difference": money(opening - edge)},
        )
    last = closing if span.closes_on >= chain.closes_on else chain.closing_fen or 0
    first = opening if span.opens_on < chain.opens_on else chain.opening_fen or 0
    calculated = first + chain.added_fen + span.added_fen
    return Problem(
        "statement_overlap",
        N_(
            "{same} of its lines are on the book; with the others all lines make {calculated}, and the close is "
            "{closing}: {difference} apart"
        ),
        N_("an entry of days on the book was changed or removed; ask the bank, or withdraw the earlier statement"),
        place,
        {"same": same, "calculated": money(calculated), "closing": money(last), "difference": money(last - calculated)},
    )
