"""Runs: all of them, and the lines of one beside what the run before it posted."""

from fastapi import APIRouter
from starlette.responses import Response

from ledger.labels.inbox import OPINIONS
from ledger.labels.runs import STATES
from ledger.office.approvals import given
from ledger.queries.named import named
from ledger.queries.runs import RefusedLine, all_runs, run_answer, run_lines
from ledger.runs.history import State
from ledger.runs.reports.reasons import CLAUSES, HOLDS, REFUSALS
from ledger.store.ledger import View
from ledger.web.asked import Asks
from ledger.web.looks import RUNS
from ledger.web.titles import titles
from ledger.words import _

router = APIRouter()
AT_ONCE = 200


@router.get("/runs")
def every(asks: Asks) -> Response:
    """Every run, the newest first."""
    with asks.read() as seen:
        found = [(run, _(STATES[run.state]), RUNS[run.state]) for run in reversed(all_runs(seen.view))]
        return asks.page("runs.html", seen, "runs", runs=found, titles=titles(seen.view))


@router.get("/run/{name}")
def run(asks: Asks, name: str) -> Response:
    """One run; `?after=` a record goes on behind it."""
    with asks.read() as seen:
        view = seen.view
        found = run_answer(view, name)
        after = asks.query.get("after", "")
        lines = run_lines(view, str(found.run), int(after) if after.isdecimal() else -1, AT_ONCE)
        before = _before(view, found.run)
        names = named(view, [one.line for one in found.held] + [one.line for one in found.refused])
        return asks.page(
            "run.html",
            seen,
            "runs",
            run=found,
            state=_(STATES[found.state]),
            look=RUNS[found.state],
            title=found.month or titles(view).get(found.notice or "", found.notice),
            lines=lines,
            more=lines[-1].record if len(lines) == AT_ONCE else None,
            before=before,
            held=[(one, names.get(one.line), _(HOLDS[one.code])) for one in found.held],
            refused=[(one.line, names.get(one.line), _why(one)) for one in found.refused],
            signed=[(one, _(OPINIONS[one.opinion])) for one in given(view, found.run)],
        )


def _why(refused: RefusedLine) -> list[tuple[str, str]]:
    """(what was not met, the clause that asks for it), in words."""
    return [(_(REFUSALS[code.code]), _(CLAUSES.get(code.clause, code.clause))) for code in refused.codes]


def _before(view: View, number: int) -> dict[str, int]:
    """Line -> what the closed run before posted on it."""
    every = [run for run in all_runs(view) if run.state is State.CLOSED]
    this = next((one for one in every if one.run == number), None)
    earlier = [one for one in every if one.run < number and (this is None or bool(one.month) == bool(this.month))]
    if not earlier:
        return {}
    sums: dict[str, int] = {}
    for line in run_lines(view, str(earlier[-1].run)):
        sums[line.line] = sums.get(line.line, 0) + line.amount_fen
    return sums
