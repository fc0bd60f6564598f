"""Where an opening position lies: on a due day of its line, or in a year in which the line has any.

One that lies elsewhere belongs to no year of a cap, and the next run would ask all of it back. What a line falls due
for is known once its item is; until then its openings are taken as they are.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from calculators.awards.all import ITEM_TYPES
from calculators.awards.item import calculate_items
from calculators.awards.lines import AwardLine, ItemLine, Line
from calculators.awards.loan_parts import split, stretches
from calculators.interest.segments import due_periods
from calculators.problems import N_, Refused
from ledger.registry.openings import OpeningFile
from ledger.runs.lines import granted_lines
from ledger.store.ledger import View


def refuse_misplaced(view: View, file: OpeningFile) -> None:
    """Refuse `opening_misplaced` for every row of a line that lies on none of its due days and in none of its years."""
    lines = {line.id: line for line in granted_lines(view).lines}
    for row, read in zip(file.body["rows"], file.reading.rows, strict=True):
        line = lines.get(row.get("line", ""))
        days = set(_due_days(line)) if line else set()
        due = date.fromisoformat(row["due"])
        if not days or due in days or _year(due) in {_year(day) for day in days}:
            continue
        file.reading.refuse(
            "opening_misplaced",
            N_("nothing of {line} falls due on {day} or in its year; it falls due from {first} to {last}"),
            N_("write the settlement day that was paid for; a sum for a year may stand on any day of that year"),
            read.line,
            "due",
            line=row["line"],
            day=read.cells["due"],
            first=min(days) - timedelta(days=1),
            last=max(days) - timedelta(days=1),
        )
    if file.reading.problems:
        raise Refused(file.reading.problems)


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
