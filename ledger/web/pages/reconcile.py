"""Reconciling: what the bank has and nobody recognised, what the book has and no line named, and why."""

import csv
import shlex
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from typing import NamedTuple

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from ledger.labels.payments import STATES
from ledger.labels.reconciliation import CLASSES, REASONS, WHY_NOT
from ledger.queries.as_of import Moment
from ledger.queries.reconciliation import OpenLine, PayoutOfDesk, desk
from ledger.reconcile.monthly import Account, reconciliation
from ledger.runs.occasion import Month
from ledger.sheets.columns import columns
from ledger.web.accounts import called
from ledger.web.asked import Asks
from ledger.web.charts import Bar, bars
from ledger.web.guard import officer_of
from ledger.web.looks import PAYOUTS
from ledger.web.pages.doing import NOT_YET, Fills, recorded
from ledger.web.pending import Pending, Upload, Waiting
from ledger.web.runner import Runner
from ledger.words import _

router = APIRouter()

# From so many days on; what is younger than the second of these is under way as usual.
AGES = (0, 4, 8, 31)


# The file that an act over many lines is, as the command takes it in.
FILLED = "worklist.csv"
_AS = next(column for column in columns("worklist") if column.name == "as")
_FIELDS = ("line", "payout", "as", "note")


class Aged(NamedTuple):
    """What is open of an age in days: lines that nobody recognises and payouts that no line has paid, without sign."""

    name: str
    lines: int
    lines_fen: int
    payouts: int
    payouts_fen: int


@router.get("/reconcile")
def both_sides(asks: Asks, request: Request) -> Response:
    """The two lists, the line that `?line=` chooses with its candidates, and every account at the month's end.

    `?kept=` is what was chosen for lines and not recorded yet.
    """
    uploads: Waiting[Upload] = request.app.state.uploads
    name = asks.query.get("kept", "")
    kept = _rows(uploads.get(name, officer_of(request.scope)).content) if name else {}
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
            kept=kept,
            others=[(value, _AS.worded(value)) for value in _AS.choices],
            accounts=[(account, called(seen, account.key), _classes(account)) for account in accounts],
        )


@router.post("/reconcile")
def decide(request: Request, given: Fills) -> Response:
    """Keep what was chosen for lines; record all of it in one act where it is not only to be kept."""
    uploads: Waiting[Upload] = request.app.state.uploads
    runner: Runner = request.app.state.runner
    content = _filled(given.texts)
    name = uploads.keep(Upload(FILLED, content, {}), officer_of(request.scope))
    back = f"/reconcile?kept={name}"
    if "keep" in given.texts:
        return RedirectResponse(f"{back}#bl", 303)
    words = ["reconcile", "worklist", "--filled", FILLED, "--actor", "".join(given.texts.get("actor", ())).strip()]
    form = runner.form(shlex.join(words))
    return recorded(request, Pending(form, words, {FILLED: content}, NOT_YET, back=back))


def _filled(texts: Mapping[str, Sequence[str]]) -> bytes:
    """The rows of lines for which something was chosen or noted; `reason` is the note of those that have none."""
    out = StringIO()
    sheet = csv.writer(out)
    sheet.writerow(_FIELDS)
    reason = "".join(texts.get("reason", ())).strip()
    for line, what, note in zip(*(texts.get(field, ()) for field in ("line", "what", "note")), strict=True):
        is_kind = what in _AS.choices
        said = note.strip() or (reason if what else "")
        if what or said:
            sheet.writerow((line, "" if is_kind else what, what if is_kind else "", said))
    return out.getvalue().encode()


def _rows(content: bytes) -> dict[str, tuple[str, str]]:
    """Line -> what was chosen for it, and the note, from the file that keeps them."""
    rows = csv.DictReader(StringIO(content.decode()))
    return {row["line"]: (row["payout"] or row["as"], row["note"]) for row in rows}


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
