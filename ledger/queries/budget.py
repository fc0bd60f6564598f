"""The budget: what every path has and bears now, and how it was carried out by the end of a month, in units."""

from collections.abc import Sequence
from dataclasses import dataclass

from calculators.money import Exact, format_minor, round_exact, rounded_column
from ledger.book import envelopes as of_book
from ledger.book.execution import Executed, Figures, execution
from ledger.runs.occasion import Month
from ledger.store.ledger import View

# Amounts are shown with two decimals of the unit: to the fen in yuan, to the hundred yuan in units of 10,000.
SMALLEST_FEN = {"yuan": 1, "wan": 10_000}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A budget path: issued to it, used on it and below, what it can still grant or pass on, and set aside."""

    path: str
    limit_fen: int
    used_fen: int
    available_fen: int
    frozen_fen: int


@dataclass(frozen=True, slots=True)
class ExecutedRow:
    """A path, or one of its codes where it has several: `exact` in fen, `shown` in hundredths of the unit.

    `percent` is paid and not returned of the budget, to two decimals (half-up), None where there is no budget and on
    all rows of a path but its first. What is committed and not paid is `reserved`, `accrued` and `instructed` together.
    """

    path: str
    documents: tuple[str, ...]
    function: str
    economic: str
    exact: Figures
    shown: Figures
    percent: str | None


@dataclass(frozen=True, slots=True)
class ExecutionAnswer:
    """The rows at a month's end in a unit (`yuan` or `wan`), and their sum: every column adds up as it is shown."""

    month: str
    unit: str
    rows: tuple[ExecutedRow, ...]
    exact: Figures
    shown: Figures
    percent: str | None


def envelopes(view: View) -> tuple[Envelope, ...]:
    """Every path that a budget was issued to, in the order of the tree."""
    return tuple(Envelope(*line) for line in of_book.show(view))


def execution_answer(view: View, month: Month, unit: str = "yuan") -> ExecutionAnswer:
    """How the budget was carried out by the end of a month; `unit` is a key of `SMALLEST_FEN`."""
    found = execution(view, month.last_day.replace(day=1), month.last_day)
    shown, total = _in_units([executed.figures for executed in found], SMALLEST_FEN[unit])
    rows = []
    for place, (executed, figures) in enumerate(zip(found, shown, strict=True)):
        first = not place or found[place - 1].path != executed.path
        percent = _percent(executed.of_path) if first else None
        codes = executed.function, executed.economic
        rows.append(ExecutedRow(executed.path, executed.documents, *codes, executed.figures, figures, percent))
    whole = _sum(found)
    return ExecutionAnswer(str(month), unit, tuple(rows), whole, total, _percent(whole))


def _in_units(rows: Sequence[Figures], smallest_fen: int) -> tuple[list[Figures], Figures]:
    """The rows in hundredths of the unit, and their sums: each column adds up to its own rounded sum."""
    columns = [rounded_column(column, smallest_fen) for column in zip(*rows, strict=True)]
    if not columns:
        return [], Figures()
    return [Figures(*row) for row in zip(*columns, strict=True)], Figures(*(sum(column) for column in columns))


def _percent(figures: Figures) -> str | None:
    if figures.budget <= 0:
        return None
    return format_minor(round_exact(Exact(figures.paid_net * 10_000, figures.budget)), 2)


def _sum(found: Sequence[Executed]) -> Figures:
    whole = Figures()
    for executed in found:
        whole = whole.plus(executed.figures)
    return whole
