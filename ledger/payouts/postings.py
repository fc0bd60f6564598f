"""What each step of a payout books: the table of `docs/contracts.md`, 11.3, as entries.

Amounts per set of terms come in as `Parts`; a reduction that was netted is a negative part and books the other way.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from ledger.book.accounts import (
    ACCRUED,
    APPROPRIATION,
    AVAILABLE,
    BOUND_MONEY,
    BUDGET_INCOME,
    CARRIED_FORWARD,
    DEPOSITS,
    EXPENSE,
    FUNDS,
    INSTRUCTED,
    PAID,
    PAYABLE,
    PRIOR_YEARS,
    RECEIVABLE,
    RETURNED_QUOTA,
    SPENDING,
    TREASURY_PAYABLE,
    WALLET,
    WRITTEN_OFF,
)
from ledger.book.payables import Payable, Terms, of_the_unit
from ledger.book.posting import Entry, Posting
from ledger.book.projection import BOOK

# What an item pays on each set of terms, in fen.
Parts = Mapping[Terms, int]

ZERO_BALANCE, PREFUNDED = "zero_balance", "prefunded"
# In the place of an account: what a payment is made out of, and where money of an earlier year comes in.
PAID_FROM, INCOMING = "paid from", "incoming"

# (chart, debit, credit)
Pair = tuple[str, str, str]


class Cash(NamedTuple):
    """What a payment was made out of: the payer's funding, the payment's year, and whose an earlier year's money is.

    `year` is 0 for payments of releases that did not tell the years' appropriations apart.
    """

    funding: str
    year: int = 0
    treasury: bool = False

    def account(self, symbol: str, chart: str, envelope: str) -> str:
        """The account that a symbol stands for; every other account stands for itself."""
        if symbol == INCOMING:
            return WALLET if self.funding == PREFUNDED else DEPOSITS
        if symbol != PAID_FROM:
            return symbol
        if self.funding == PREFUNDED:
            return WALLET if chart == "fin" else FUNDS
        # An earlier year's appropriation is income of that year: what was left of it is a claim on the treasury.
        if envelope and int(envelope.partition("/")[0]) < self.year:
            return RETURNED_QUOTA if chart == "fin" else FUNDS
        return APPROPRIATION if chart == "fin" else BUDGET_INCOME


# For entries that no payment stands behind.
NO_CASH = Cash("")
# Whose the money of an earlier year is that comes back, as the register of payers says.
TREASURY = "treasury"


class Payer(NamedTuple):
    """What the record of a payer says, and the log index from which on the years are told apart, if they are."""

    body: Mapping[str, Any]
    apart: int | None

    def cash(self, paid: int, on: date) -> Cash:
        """What a payment that the record at log index `paid` tells, on a day, was made out of."""
        told = self.apart is not None and paid > self.apart
        return Cash(self.body["funding"], on.year if told else 0, self.body.get("prior_year") == TREASURY)


def instruct_pairs() -> tuple[Pair, ...]:
    """The order went out."""
    return (("ind", INSTRUCTED, ACCRUED),)


def paid_pairs() -> tuple[Pair, ...]:
    """The money reached the payee."""
    return (("fin", PAYABLE, PAID_FROM), ("bud", SPENDING, PAID_FROM), ("ind", PAID, INSTRUCTED))


def overpaid_pairs() -> tuple[Pair, ...]:
    """The money reached the payee a second time: it owes it back, and the envelope has paid it."""
    return (("fin", RECEIVABLE, PAID_FROM), ("bud", SPENDING, PAID_FROM), ("ind", PAID, AVAILABLE))


def unpaid_pairs() -> tuple[Pair, ...]:
    """The order failed, or a part of it was not carried out."""
    return (("ind", ACCRUED, INSTRUCTED),)


def returned_pairs(cash: Cash, prior_year: bool) -> tuple[Pair, ...]:
    """The money came back: within the year all is undone, later it is the treasury's until it is budgeted again."""
    if prior_year:
        return _of_prior_year(cash)
    return (("fin", PAID_FROM, PAYABLE), ("bud", PAID_FROM, SPENDING), ("ind", ACCRUED, PAID))


def _of_prior_year(cash: Cash) -> tuple[Pair, ...]:
    """Money of a year that is closed: quota to be given back, or the treasury's own, of which no budget speaks."""
    if cash.treasury:
        return (("fin", INCOMING, TREASURY_PAYABLE),)
    return (("fin", RETURNED_QUOTA, PRIOR_YEARS), ("bud", FUNDS, CARRIED_FORWARD))


def reopened_pairs() -> tuple[Pair, ...]:
    """A prior year's return is owed again, from an envelope of the current year."""
    return (("fin", PRIOR_YEARS, PAYABLE), ("ind", ACCRUED, AVAILABLE))


def refunded_pairs(cash: Cash, prior_year: bool) -> tuple[Pair, ...]:
    """A firm gave money back that nobody had asked for: it is not owed to it again."""
    if prior_year:
        return _of_prior_year(cash)
    return (("fin", PAID_FROM, EXPENSE), ("bud", PAID_FROM, SPENDING), ("ind", AVAILABLE, PAID))


def recovered_pairs(cash: Cash, prior_year: bool, freed: str) -> tuple[Pair, ...]:
    """What was reduced after payment came back; in the payment's year the indicator `freed` has it again."""
    if prior_year and cash.treasury:
        # The debt was set up against the surplus, which the money does not raise: it is owed on.
        return (("fin", INCOMING, RECEIVABLE), ("fin", PRIOR_YEARS, TREASURY_PAYABLE))
    if prior_year:
        return (("fin", RETURNED_QUOTA, RECEIVABLE), ("bud", FUNDS, CARRIED_FORWARD))
    return (("fin", PAID_FROM, RECEIVABLE), ("bud", PAID_FROM, SPENDING), ("ind", freed, PAID))


# No money comes in, so no budget speaks of it, and the indicator stays paid.
GIVEN_UP: tuple[Pair, ...] = (("fin", WRITTEN_OFF, RECEIVABLE),)
OWED_AGAIN: tuple[Pair, ...] = (("fin", RECEIVABLE, WRITTEN_OFF),)
FUNDED: tuple[Pair, ...] = (("fin", WALLET, APPROPRIATION), ("bud", FUNDS, BUDGET_INCOME))
YEAR_END: tuple[Pair, ...] = (("fin", RETURNED_QUOTA, APPROPRIATION), ("bud", FUNDS, BUDGET_INCOME))
BOUND: tuple[Pair, ...] = (("fin", BOUND_MONEY, WALLET),)
UNBOUND: tuple[Pair, ...] = (("fin", WALLET, BOUND_MONEY),)
WALLET_INTEREST: tuple[Pair, ...] = (("fin", WALLET, TREASURY_PAYABLE),)


def written_off(
    about: str, document: str, n: int, terms: Terms, payee: str, fen: int, *, line: str, effective_on: date, cause: int
) -> Entry:
    """The `n`-th debt of `about`, a line or a payout, that is given up under a document, or a part of it."""
    return entry(
        "written_off",
        f"{about}@{document}",
        n,
        GIVEN_UP,
        {terms: fen},
        effective_on=effective_on,
        cause=cause,
        payee=payee,
        document=document,
        line=line,
    )


def netted(
    about: str,
    debt: Payable,
    payable: Payable,
    fen: int,
    *,
    prior_year: bool,
    freed: str,
    effective_on: date,
    cause: int,
) -> Entry:
    """A debt set against a payable: what the recovery of the one and the payment of the other book, without the money.

    Within the year and under the same envelope and codes the budget chart has nothing to say, and the indicator goes
    from what is owed to where the debt's came from.
    """
    old, new = debt.terms, payable.terms
    moves = [("fin", PAYABLE, fen, new), ("fin", RECEIVABLE, -fen, old)]
    if prior_year:
        moves += [("bud", SPENDING, fen, new), ("bud", CARRIED_FORWARD, -fen, old)]
        moves += [("ind", PAID, fen, new), ("ind", ACCRUED, -fen, new)]
    elif old._replace(clause="") == new._replace(clause=""):
        moves += [("ind", freed, fen, old), ("ind", ACCRUED, -fen, new)]
    else:
        moves += [("bud", SPENDING, fen, new), ("bud", SPENDING, -fen, old)]
        moves += [
            ("ind", PAID, fen, new),
            ("ind", ACCRUED, -fen, new),
            ("ind", freed, fen, old),
            ("ind", PAID, -fen, old),
        ]
    return Entry(
        key=f"{BOOK}/netted/{about}/0",
        reason="netted",
        effective_on=effective_on,
        cause=cause,
        postings=tuple(
            Posting(chart, account, amount, terms.on(chart, account, debt.payee))
            for chart, account, amount, terms in moves
        ),
        line=debt.line,
    )


def parts(claims: Iterable[tuple[int, int]], terms: Mapping[int, Terms]) -> Parts:
    """Sum (entry record, fen) per set of terms; what sums to 0 is left out."""
    sums: Counter[Terms] = Counter()
    for award, fen in claims:
        sums[terms[award]] += fen
    return {item: fen for item, fen in sorted(sums.items()) if fen}


def instructed(
    batch: str, claims: Iterable[tuple[int, int]], known: Mapping[int, Terms], *, effective_on: date, cause: int
) -> Entry:
    """The order of a whole batch went out: one entry over (entry record, fen) of what its items hold."""
    amounts = parts(claims, known)
    return entry("instruct", batch, 0, instruct_pairs(), amounts, effective_on=effective_on, cause=cause)


def entry(
    reason: str,
    about: str,
    n: int,
    pairs: Iterable[Pair],
    amounts: Parts,
    *,
    effective_on: date,
    cause: int,
    cash: Cash = NO_CASH,
    payee: str = "",
    document: str = "",
    line: str = "",
) -> Entry:
    """An entry of these pairs, each once per set of terms; `cause` is the log index of the record that causes it."""
    postings = [
        Posting(chart, account, sign * fen, both[of_the_unit(chart, account)])
        for terms, fen in amounts.items()
        for both in (terms.both(payee),)
        for chart, debit, credit in pairs
        for symbol, sign in ((debit, 1), (credit, -1))
        for account in (cash.account(symbol, chart, terms.envelope),)
    ]
    return Entry(
        key=f"{BOOK}/{reason}/{about}/{n}",
        reason=reason,
        effective_on=effective_on,
        cause=cause,
        postings=tuple(postings),
        document=document,
        line=line,
    )
