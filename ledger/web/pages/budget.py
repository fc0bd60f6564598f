"""The budget: how every path was carried out by a month's end, with what is committed and still free."""

from fastapi import APIRouter
from starlette.responses import Response

from ledger.book.execution import Figures
from ledger.queries.budget import execution_answer
from ledger.queries.month import month_at_hand
from ledger.runs.occasion import Month
from ledger.web.asked import Asks
from ledger.web.charts import Bar, bars

router = APIRouter()


@router.get("/budget")
def budget(asks: Asks) -> Response:
    """The paths at the end of `?month=`, of the month at hand without it."""
    with asks.read() as seen:
        named = asks.query.get("month", "")
        month = Month.parse(named) if named else month_at_hand(seen.view, seen.today)
        found = execution_answer(seen.view, month)
        leaves = [row for row in found.rows if row.percent is not None and row.exact.budget]
        return asks.page(
            "budget.html",
            seen,
            "budget",
            month=month,
            found=found,
            chart=bars(
                [Bar(row.path, (row.exact.budget, row.exact.paid_net, _committed(row.exact))) for row in leaves]
            ),
            committed=[_committed(row.exact) for row in found.rows],
            committed_sum=_committed(found.exact),
        )


def _committed(figures: Figures) -> int:
    """What is promised or ordered and not paid."""
    return figures.reserved + figures.accrued + figures.instructed
