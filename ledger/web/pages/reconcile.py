"""Reconciling: what the bank has and nobody recognised, what the book has and no line named, and why."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from ledger.labels.payments import STATES
from ledger.labels.reconciliation import CLASSES, REASONS, WHY_NOT
from ledger.queries.as_of import Moment
from ledger.queries.reconciliation import OpenLine, PayoutOfDesk, desk
from ledger.reconcile.monthly import Account, reconciliation
from ledger.runs.occasion import Month
from ledger.web.accounts import called
from ledger.web.asked import Asks
from ledger.web.charts import Bar, bars
from ledger.web.looks import PAYOUTS
from ledger.words import _

router = APIRouter()

# From so many days on; what is younger than the second of these is under way as usual.
AGES = (0, 4, 8, 31)


class Aged(NamedTuple):
    """What is open of an age in days: lines that nobody recognises and payouts that no line has paid, without sign."""

    name: str
    lines: int
    lines_fen: int
    payouts: int
    payouts_fen: int


@router.get("/reconcile")
def both_sides(asks: Asks) -> Response:
    """The two lists, the line that `?line=` chooses with its candidates, and every account at the month's end."""
    with asks.read() as seen:
        found = desk(Moment(seen.view, seen.vault, seen.today))
        chosen = next(
            (open_line for open_line in found.open_lines if open_line.line == asks.query.get("line", "")), None
        )
        chosen = chosen or (found.open_lines[0] if found.open_lines else None)
        # The last month that is over: within one, what is on its way is not late yet.
        month = Month.parse((seen.today.replace(day=1) - timedelta(days=1)).isoformat()[:7])
        accounts = reconciliation(seen.view, month.last_day)
        older = int(asks.query.get("older", "") or 0) if asks.query.get("older", "").isdecimal() else 0
        lines = [open_line for open_line in found.open_lines if open_line.age >= older]
        waiting = [payout for payout in found.payouts if (seen.today - payout.ordered_on).days >= older]
        aged = _ages(lines, waiting, seen.today)
        return asks.page(
            "reconcile.html",
            seen,
            "reconcile",
            desk=found,
            month=month,
            matched=sum(found.matched.values()),
            open=[(line, _(REASONS[line.reason.value])) for line in lines],
            payouts=[(one, _(STATES[one.state]), PAYOUTS[one.state]) for one in waiting],
            older=older,
            ages=AGES,
            aged=aged,
            ageing=bars([Bar(one.name, (one.lines_fen, one.payouts_fen)) for one in aged]),
            chosen=chosen,
            reason=_(REASONS[chosen.reason.value]) if chosen else "",
            candidates=[(candidate, _(WHY_NOT[candidate.why_not.value])) for candidate in chosen.candidates]
            if chosen
            else [],
            accounts=[(account, called(seen, account.key), _classes(account)) for account in accounts],
        )


def _ages(lines: Iterable[OpenLine], payouts: Iterable[PayoutOfDesk], today: date) -> list[Aged]:
    """Both lists by age, each of its items once."""
    of_lines, of_payouts = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for line in lines:
        of_lines[bisect_right(AGES, line.age) - 1].append(abs(line.amount_fen))
    for payout in payouts:
        of_payouts[bisect_right(AGES, (today - payout.ordered_on).days) - 1].append(payout.open_fen)
    names = [f"{first}\N{EN DASH}{after - 1}" for first, after in pairwise(AGES)] + [f"{AGES[-1]}+"]
    return [
        Aged(name, len(of_lines[n]), sum(of_lines[n]), len(of_payouts[n]), sum(of_payouts[n]))
        for n, name in enumerate(names)
    ]


def _classes(account: Account) -> list[tuple[str, int]]:
    """What explains the difference of an account, or does not, by class."""
    sums: dict[str, int] = defaultdict(int)
    for each in account.differences:
        sums[each.sort.value] += each.fen
    return [(_(CLASSES[sort]), fen) for sort, fen in sums.items()]
