"""What lines are owed and owe, from entries and the claims on them: the open parts of 2303 and of 1218.

A payable is what an award, a true-up or a reopening credits to 2303; a reduction that nothing open bears is owed back
and stands on 1218. Claims are what payouts, recoveries and nettings hold of either. Both are projections of the log, so
two people who ask at the same size of the log see the same.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, func, or_, select

from ledger.book.accounts import AVAILABLE, EXPENSE, FREED, PAYABLE, PRIOR_YEARS, RECEIVABLE, WRITTEN_OFF
from ledger.book.balances import of_lines
from ledger.log import kinds
from ledger.store import tables
from ledger.store.ledger import View

# Entries whose postings to 2303 and 1218 can be claimed.
REASONS = ("award", "true_up", "reopened")


class Terms(NamedTuple):
    """What the postings of a payable carry beside its amount.

    `economic` is the government's economic code, `economic_unit` that of the unit's own budget for the same expense.
    """

    envelope: str
    clause: str
    function: str
    economic: str
    economic_unit: str

    def on(self, chart: str, account: str, payee: str) -> kinds.TermsBody:
        """The terms of a posting on an account, for a payee."""
        return self.both(payee)[of_the_unit(chart, account)]

    def both(self, payee: str) -> tuple[kinds.TermsBody, kinds.TermsBody]:
        """The terms of postings for a payee that bear the government's economic code, and of those with the unit's."""
        ours: kinds.TermsBody = {
            "envelope": self.envelope,
            "clause": self.clause,
            "function": self.function,
            "economic": self.economic,
            "payee": payee,
        }
        return ours, ours if self.economic_unit == self.economic else {**ours, "economic": self.economic_unit}

    def moved(self, new: kinds.NewTerms) -> "Terms":
        """These terms as a correction leaves them; where one code served both sides, it goes on doing so."""
        follows = "economic" in new and self.economic_unit == self.economic
        unit = new.get("economic_unit", new.get("economic", "") if follows else self.economic_unit)
        return Terms(
            new.get("envelope", self.envelope),
            self.clause,
            new.get("function", self.function),
            new.get("economic", self.economic),
            unit,
        )


def of_the_unit(chart: str, account: str) -> bool:
    """Whether postings on an account bear the unit's own economic code: its budget chart and its expense do."""
    return chart == "bud" or (chart == "fin" and account in (EXPENSE, PRIOR_YEARS, WRITTEN_OFF))


_NOTHING_NEW: kinds.NewTerms = {}


class Payable(NamedTuple):
    """The open part of what entry record `award` owes on `line`, in fen; negative for a reduction.

    `payee` is the payee named when it was posted; `reason` that of the entry; `due` its due period, "" without one.
    """

    award: int
    line: str
    payee: str
    reason: str
    open_fen: int
    terms: Terms
    due: str


@cache
def _open(account: str) -> Select[Any]:
    entry, posting, claim = tables.entry, tables.posting, tables.claim
    undone = select(entry.c.reverses).where(entry.c.reverses.is_not(None), entry.c.record < bindparam("size"))
    held = (
        select(claim.c.award, func.sum(claim.c.amount_fen).label("fen"))
        .where(claim.c.record < bindparam("size"))
        .group_by(claim.c.award)
        .subquery()
    )
    left = -posting.c.amount_fen - func.coalesce(held.c.fen, 0)
    due = func.coalesce(entry.c.due, "")
    return (
        select(entry.c.record, entry.c.line, func.coalesce(posting.c.payee, ""), entry.c.reason, left, due, *columns())
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .outerjoin(held, held.c.award == entry.c.record)
        .where(
            entry.c.reason.in_(REASONS),
            entry.c.record < bindparam("size"),
            entry.c.record.not_in(undone),
            posting.c.chart == "fin",
            posting.c.account == account,
            left != 0,
        )
        .order_by(entry.c.line, entry.c.record)
    )


def open_parts(view: View, account: str = PAYABLE, lines: Collection[str] | None = None) -> list[Payable]:
    """Everything open on an account, by line and log index; entries reversed, and their reversals, owe nothing.

    Of these `lines` alone, where some are named.

    On 2303 reductions are those that are netted against what the line is owed; on 1218 all are reductions.
    """
    moved = corrections(view)
    return [
        Payable(award, line, payee, reason, int(fen), Terms(*terms).moved(moved.get(award, _NOTHING_NEW)), due)
        for award, line, payee, reason, fen, due, *terms in of_lines(view, _open(account), lines)
    ]


def corrections(view: View) -> dict[int, kinds.NewTerms]:
    """Entry record -> the terms that corrections of its payment gave it, the last one of each."""
    found: dict[int, kinds.NewTerms] = defaultdict(kinds.NewTerms)
    for row in view.records(kinds.CORRECTION):
        for award in row.body["awards"]:
            found[award] |= new_terms(row.body)
    return dict(found)


def new_terms(body: kinds.CorrectionBody) -> kinds.NewTerms:
    """The terms that a correction gives; what it leaves out stays as it was."""
    new = kinds.NewTerms()
    if "function" in body:
        new["function"] = body["function"]
    if "economic" in body:
        new["economic"] = body["economic"]
    if "economic_unit" in body:
        new["economic_unit"] = body["economic_unit"]
    if "envelope" in body:
        new["envelope"] = body["envelope"]
    return new


def moved_paths(view: View) -> set[tuple[str, str]]:
    """(line, path) where corrections moved payments of a line to another path than its grant's."""
    entry = tables.entry
    moved = {award: new["envelope"] for award, new in corrections(view).items() if "envelope" in new}
    query = select(entry.c.record, entry.c.line).where(entry.c.record.in_(moved))
    return {(line, moved[record]) for record, line in view.connection.execute(query)} if moved else set()


def awards_with(view: View, awards: Sequence[int]) -> list[int]:
    """These entries and all others that were posted for their lines and due periods and not taken back."""
    entry = tables.entry
    undone = select(entry.c.reverses).where(entry.c.reverses.is_not(None), entry.c.record < view.size)
    query = select(entry.c.record, entry.c.line, entry.c.due).where(
        entry.c.reason.in_(REASONS), entry.c.record < view.size, entry.c.record.not_in(undone)
    )
    named = set(awards)
    if len(awards) == 1:
        # The usual payout pays one line.
        line = view.connection.scalar(select(entry.c.line).where(entry.c.record == awards[0]))
        query = query.where(entry.c.line == line)
    rows = view.connection.execute(query).all()
    periods = {(line, due) for record, line, due in rows if record in named}
    return [record for record, line, due in rows if (line, due) in periods]


def payable_by_line(view: View, lines: Collection[str] | None = None) -> Counter[str]:
    """Per line what it is owed and no payout holds, less open reductions, in fen."""
    sums: Counter[str] = Counter()
    for part in open_parts(view, PAYABLE, lines):
        sums[part.line] += part.open_fen
    return sums


def kept_by_line(view: View) -> Counter[str]:
    """Per line what was reduced after payment and has moved no indicator yet, in fen: its envelope still bears it.

    What came back within the year, or was netted, has given its indicator back; what came back later never does.
    """
    entry, posting = tables.entry, tables.posting
    freed = posting.c.chart == "ind"
    query = (
        select(
            entry.c.line,
            posting.c.account,
            posting.c.envelope,
            func.sum(case((freed, -posting.c.amount_fen), else_=posting.c.amount_fen)),
        )
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .where(
            entry.c.record < view.size,
            entry.c.line.is_not(None),
            or_(
                and_(entry.c.reason.in_((*REASONS, "reversal")), ~freed, posting.c.account == RECEIVABLE),
                and_(entry.c.reason.in_(("recovered", "netted")), freed, posting.c.account.in_(FREED)),
            ),
        )
        .group_by(entry.c.line, posting.c.account, posting.c.envelope)
    )
    # Where the payment was moved to another indicator, that one got it back, and the grant's own nothing.
    elsewhere = moved_paths(view)
    kept: Counter[str] = Counter()
    for line, account, envelope, fen in view.connection.execute(query):
        if account != AVAILABLE or (line, envelope) not in elsewhere:
            kept[line] += int(fen)
    return kept


def claimed_by_line(view: View, since: int) -> Counter[str]:
    """Per line what payouts hold of what was posted from log index `since` on, paid or on its way, in fen."""
    entry, claim = tables.entry, tables.claim
    query = (
        select(entry.c.line, func.sum(claim.c.amount_fen))
        .join(claim, claim.c.award == entry.c.record)
        .where(entry.c.record >= since, claim.c.record < view.size, entry.c.line.is_not(None))
        .group_by(entry.c.line)
    )
    return Counter({line: int(fen) for line, fen in view.connection.execute(query)})


def columns() -> list[Any]:
    """The columns of a payable's posting that make its terms; the unit's own code stands on its entry's expense."""
    posting, expense = tables.posting, tables.posting.alias("expense")
    unit = (
        select(func.max(expense.c.economic))
        .where(expense.c.entry == posting.c.entry, expense.c.tag == posting.c.tag, expense.c.chart == "fin")
        .where(expense.c.account.in_((EXPENSE, PRIOR_YEARS)))
        .correlate(posting)
        .scalar_subquery()
    )
    own = [func.coalesce(posting.c[term], "") for term in Terms._fields[:-1]]
    return [*own, func.coalesce(unit, "")]
