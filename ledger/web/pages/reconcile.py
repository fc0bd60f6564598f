"""Reconciling: what the bank has and nobody recognised, what the book has and no line named, and why."""

from collections import defaultdict
from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from ledger.labels.payments import STATES
from ledger.labels.reconciliation import CLASSES, REASONS, WHY_NOT
from ledger.queries.as_of import Moment
from ledger.queries.reconciliation import desk
from ledger.reconcile.monthly import Account, reconciliation
from ledger.runs.occasion import Month
from ledger.web.accounts import called
from ledger.web.asked import Asks
from ledger.web.looks import PAYOUTS
from ledger.words import _

router = APIRouter()


@router.get("/reconcile")
def both_sides(asks: Asks) -> Response:
    """The two lists, the line that `?line=` chooses with its candidates, and every account at the month's end."""
    with asks.read() as seen:
        found = desk(Moment(seen.view, seen.vault, seen.today))
        chosen = next((one for one in found.open_lines if one.line == asks.query.get("line", "")), None)
        chosen = chosen or (found.open_lines[0] if found.open_lines else None)
        # The last month that is over: within one, what is on its way is not late yet.
        month = Month.parse((seen.today.replace(day=1) - timedelta(days=1)).isoformat()[:7])
        accounts = reconciliation(seen.view, seen.vault, month.last_day)
        return asks.page(
            "reconcile.html",
            seen,
            "reconcile",
            desk=found,
            month=month,
            matched=sum(found.matched.values()),
            open=[(one, _(REASONS[one.reason.value])) for one in found.open_lines],
            payouts=[(one, _(STATES[one.state]), PAYOUTS[one.state]) for one in found.payouts],
            chosen=chosen,
            reason=_(REASONS[chosen.reason.value]) if chosen else "",
            candidates=[(one, _(WHY_NOT[one.why_not.value])) for one in chosen.candidates] if chosen else [],
            accounts=[(account, called(seen, account.key), _classes(account)) for account in accounts],
        )


def _classes(account: Account) -> list[tuple[str, int]]:
    """What explains the difference of an account, or does not, by class."""
    sums: dict[str, int] = defaultdict(int)
    for each in account.differences:
        sums[each.sort.value] += each.fen
    return [(_(CLASSES[sort]), fen) for sort, fen in sums.items()]
