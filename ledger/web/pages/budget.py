"""The budget: how every path was carried out by a month's end, with what is committed and still free."""

from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from ledger.book.execution import Figures
from ledger.queries.budget import execution_answer
from ledger.queries.month import month_at_hand
from ledger.runs.occasion import Month
from ledger.store.ledger import View
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
            pace=(pace := _pace(seen.view, month)),
            pace_chart=bars([Bar(one.month, (one.paid_fen, one.even_fen, one.forecast_fen)) for one in pace]),
            committed=[_committed(row.exact) for row in found.rows],
            committed_sum=_committed(found.exact),
        )


class Pace(NamedTuple):
    """The year up to a month's end: paid and not returned, an even share of the budget, paid and committed."""

    month: str
    budget_fen: int
    paid_fen: int
    even_fen: int
    forecast_fen: int


def _pace(view: View, month: Month) -> list[Pace]:
    """Every quarter's end of the year up to a month, and that month.

    The forecast is no guess: what is paid and all that is promised or ordered, which is paid unless something ends it.
    """
    ends = sorted({*(number for number in (3, 6, 9, 12) if number < month.number), month.number})
    made = []
    for number in ends:
        figures = execution_answer(view, Month(month.year, number)).exact
        even_fen = figures.budget * number // 12
        made.append(
            Pace(
                str(Month(month.year, number)),
                figures.budget,
                figures.paid_net,
                even_fen,
                figures.paid_net + _committed(figures),
            )
        )
    return made


def _committed(figures: Figures) -> int:
    """What is promised or ordered and not paid."""
    return figures.reserved + figures.accrued + figures.instructed
