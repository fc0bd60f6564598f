"""Where an opening position lies: on a due day of its line, or in a year in which the line has any.

One that lies elsewhere belongs to no year of a cap, and the next run would ask all of it back. What a line falls due
for is known once its item is; until then its openings are taken as they are. Later facts may move one away: a run asks
again, and holds the line.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from calculators.awards.all import ITEM_TYPES
from calculators.awards.failed import failed, held_whole
from calculators.awards.item import calculate_items
from calculators.awards.lines import AwardLine, ItemLine, Line, Outside
from calculators.awards.loan_parts import split, stretches
from calculators.digest import Held
from calculators.interest.segments import due_periods
from calculators.money import format_yuan
from calculators.problems import N_, Refused
from ledger.registry.openings import OpeningFile
from ledger.runs.lines import granted_lines
from ledger.store.ledger import View


def refuse_misplaced(view: View, file: OpeningFile) -> None:
    """Refuse `opening_misplaced` for every row of a line that lies on none of its due days and in none of its years."""
    lines = {line.id: line for line in granted_lines(view).lines}
    for row, read in zip(file.body["rows"], file.reading.rows, strict=True):
        line = lines.get(row.get("line", ""))
        span = _elsewhere(line, date.fromisoformat(row["due"])) if line else None
        if span is None:
            continue
        file.reading.refuse(
            "opening_misplaced",
            N_("nothing of {line} falls due on {day} or in its year; it falls due from {first} to {last}"),
            N_("write the settlement day that was paid for; a sum for a year may stand on any day of that year"),
            read.line,
            "due",
            line=row["line"],
            day=read.cells["due"],
            first=span[0],
            last=span[1],
        )
    if file.reading.problems:
        raise Refused(file.reading.problems)


def misplaced(lines: Iterable[AwardLine], outside: Iterable[Outside]) -> dict[str, Held]:
    """By line id what holds the lines whose facts have since moved an opening away from all their due days and years.

    To go on would ask all of it back, and pay again what it was paid for.
    """
    known = {line.id: line for line in lines}
    found: dict[str, Held] = {}
    for paid in outside:
        line = known.get(paid.line)
        span = _elsewhere(line, paid.due) if line and paid.amount_fen and paid.line not in found else None
        if line and span:
            day, (first, last) = paid.due - timedelta(days=1), span
            amount = format_yuan(paid.amount_fen)
            cause = failed("opening_misplaced", amount=amount, day=day, first=first, last=last)
            found[line.id] = held_whole(line.item_key, cause)
    return found


def _elsewhere(line: AwardLine, due: date) -> tuple[date, date] | None:
    """The first and the last day on which a line falls due, where `due` is none of those and in none of their years."""
    days = set(_due_days(line))
    if not days or due in days or _year(due) in {_year(day) for day in days}:
        return None
    return min(days) - timedelta(days=1), max(days) - timedelta(days=1)


def _due_days(line: AwardLine) -> Iterator[date]:
    """The exclusive ends of all that may ever fall due on a line, by the facts known today."""
    if isinstance(line, Line):
        days = stretches(line, line.versions)
        yield from (period.ends_before for period in (due_periods(line.loan) if days else []) if split(period, days))
    elif isinstance(line, ItemLine):
        for result in calculate_items([line], ITEM_TYPES[line.notice.type].calculator, date.max):
            yield from (part.due for part in result.parts)


def _year(due: date) -> int:
    return (due - timedelta(days=1)).year
