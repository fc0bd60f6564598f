"""The month: its steps, what it came to, its exceptions, its lines, and the year around it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from ledger.labels.month import STEPS, point_words, stand_words
from ledger.labels.payments import STATES
from ledger.payouts.states import State as PayoutState
from ledger.queries.channels import months
from ledger.queries.month import Point, Step, month_at_hand, steps_of_month
from ledger.queries.named import named
from ledger.queries.payments import items_naming
from ledger.queries.runs import HeldLine, RunAnswer, RunLine, all_runs, run_lines
from ledger.runs.history import State as RunState
from ledger.runs.occasion import Month
from ledger.runs.reports.reasons import CLAUSES, HOLDS, REFUSALS
from ledger.store.ledger import View
from ledger.web.accounts import called
from ledger.web.asked import Asks, Seen
from ledger.web.charts import Bar, bars
from ledger.web.looks import NONE, PAYOUTS, STANDS
from ledger.web.render import address
from ledger.web.titles import titles
from ledger.words import _

router = APIRouter()

# As many lines are shown at first; the rest by a link.
SHOWN = 20


class Line(NamedTuple):
    """A posted line with where its money is."""

    posted: RunLine
    state: str
    look: str
    paid_fen: int


class InYear(NamedTuple):
    """A month of the year: what its runs posted and with how many entries, what was paid net in it."""

    month: str
    posted_fen: int
    entries: int
    ran: bool
    paid_fen: int


@router.get("/month")
def at_hand(asks: Asks) -> Response:
    """The month to work on."""
    with asks.read() as seen:
        return RedirectResponse(address(f"/month/{month_at_hand(seen.view, seen.today)}", as_of=asks.as_of), 303)


@router.get("/month/{name}")
def month(asks: Asks, name: str) -> Response:
    """One month; `?all=1` shows every line."""
    wanted = Month.parse(name)
    with asks.read() as seen:
        view = seen.view
        every = all_runs(view)
        closed = [run for run in every if run.month == str(wanted) and run.state is RunState.CLOSED]
        posted = [line for run in closed for line in run_lines(view, str(run.run))]
        lines = _lines(view, posted)
        found = steps_of_month(view, seen.vault, wanted, seen.today)
        year = _year(every, view, wanted.year)
        back_fen = sum(line.posted.amount_fen - line.paid_fen for line in lines if line.look == "stop")
        return asks.page(
            "month.html",
            seen,
            "month",
            month=wanted,
            before=_beside(every, wanted, -1),
            after=_beside(every, wanted, 1),
            steps=[_step(seen, step) for step in found.steps],
            next=found.next,
            runs=closed,
            posted_fen=sum(line.amount_fen for line in posted),
            paid_fen=sum(line.paid_fen for line in lines),
            back_fen=back_fen,
            lines=lines if asks.query.get("all") else lines[:SHOWN],
            count=len(lines),
            back=sum(line.look == "stop" for line in lines),
            held=_held(view, closed),
            refused=_refused(view, closed),
            by_notice=_by_notice(view, posted),
            year=year,
            chart=bars([Bar(row.month[5:], (row.posted_fen, row.paid_fen)) for row in year]),
        )


def _step(seen: Seen, step: Step) -> dict[str, object]:
    return {
        "title": _(STEPS[step.name]),
        "stand": stand_words(step),
        "look": STANDS[step.stand],
        "open": step.stand.value in ("open", "waits"),
        "points": [_point(seen, point) for point in step.points],
        "next": list(dict.fromkeys(text for point in step.points for text in point.next)),
    }


def _point(seen: Seen, point: Point) -> tuple[str, str]:
    """(what is said, where it leads), an account by its last digits."""
    values = dict(point.values)
    leads = ""
    if "account" in values:
        values["account"], leads = called(seen, str(values["account"])), "/reconcile"
    elif "batch" in values:
        leads = f"/batch/{values['batch']}"
    elif "number" in values:
        leads = f"/run/{values['number']}"
    return point_words(point._replace(values=values)), leads


def _lines(view: View, posted: Iterable[RunLine]) -> list[Line]:
    """Every line, exceptions first, then by amount."""
    posted = list(posted)
    claims: dict[int, list[tuple[PayoutState, int, int]]] = defaultdict(list)
    for item in items_naming(view, [line.record for line in posted if line.record is not None]):
        for award, fen in item.claims.items():
            claims[award].append((item.state, fen, item.booked.get(award, 0)))
    found = []
    for line in posted:
        of_line = claims.get(line.record or 0, [])
        paid_fen = sum(booked for _state, _fen, booked in of_line)
        # The last payout says where the money is: what came back is prepared again.
        state = of_line[-1][0] if of_line else None
        word = _(STATES[state]) if state else _("not in a payment yet")
        found.append(Line(line, word, PAYOUTS[state] if state else NONE, paid_fen))
    return sorted(found, key=lambda line: (line.look != "stop", -line.posted.amount_fen, line.posted.line))


def _held(view: View, closed: Iterable[RunAnswer]) -> list[dict[str, object]]:
    held: list[HeldLine] = [one for run in closed for one in run.held]
    names = named(view, (one.line for one in held))
    return [{"held": one, "of": names.get(one.line), "why": _(HOLDS[one.code])} for one in held]


def _refused(view: View, closed: Iterable[RunAnswer]) -> list[dict[str, object]]:
    refused = {one.line: one for run in closed for one in run.refused}
    names = named(view, refused)
    return [
        {
            "line": line,
            "of": names.get(line),
            "why": [(_(REFUSALS[code.code]), _(CLAUSES.get(code.clause, code.clause))) for code in one.codes],
        }
        for line, one in refused.items()
    ]


def _by_notice(view: View, posted: Iterable[RunLine]) -> list[tuple[str, str, int, int]]:
    """(notice, title, entries, fen), the largest first."""
    called = titles(view)
    fen: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    for line in posted:
        key = line.notice or ""
        fen[key] += line.amount_fen
        count[key] += 1
    return [(key, called.get(key, key), count[key], fen[key]) for key in sorted(fen, key=lambda key: -fen[key])]


def _year(every: Iterable[RunAnswer], view: View, year: int) -> list[InYear]:
    posted: dict[str, int] = defaultdict(int)
    entries: dict[str, int] = defaultdict(int)
    for run in every:
        if run.month and run.state is RunState.CLOSED:
            posted[run.month] += run.due_fen - run.reduced_fen
            entries[run.month] += run.count
    paid = {moved.month: moved.ecny.amount_fen + moved.bank.amount_fen for moved in months(view)}
    names = [f"{year}-{number:02d}" for number in range(1, 13)]
    return [InYear(name, posted[name], entries[name], name in posted, paid.get(name, 0)) for name in names]


def _beside(every: Iterable[RunAnswer], wanted: Month, way: int) -> str:
    """The month before or after that was run, "" where there is none."""
    ran = sorted({run.month for run in every if run.month and run.state is RunState.CLOSED})
    earlier = [name for name in ran if name < str(wanted)]
    later = [name for name in ran if name > str(wanted)]
    if way < 0:
        return earlier[-1] if earlier else ""
    return later[0] if later else ""
