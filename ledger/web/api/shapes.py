"""Answers that are put together for JSON: those whose own values hold more than JSON can say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calculators.explain.worksheet import worksheet
from ledger.book.execution import Figures
from ledger.queries.budget import ExecutionAnswer
from ledger.queries.line import LineAnswer, LineEntry
from ledger.queries.month import MonthAtHand, Point
from ledger.words import _


@dataclass(frozen=True)
class MonthStep:
    """A step of the month: `state` says how it stands, `after` which step comes first where it is blocked."""

    step: str
    state: str
    after: str | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class MonthShown:
    """A month (`YYYY-MM`) with its steps, and the commands that bring it on."""

    month: str
    steps: tuple[MonthStep, ...]
    next: tuple[str, ...]


@dataclass(frozen=True)
class LineShown:
    """A line as a run calculated it: the digest that stands in the log, the worksheet as text, and its entries."""

    run: int
    month: str | None
    notice: str | None
    line: str
    uscc: str | None
    firm: str | None
    item: str | None
    digest: Mapping[str, Any]
    worksheet: str | None
    entries: tuple[LineEntry, ...]


@dataclass(frozen=True)
class Amounts:
    """What a budget path had and bore at a month's end; `committed_fen` is reserved, accrued and instructed."""

    budget_fen: int
    reserved_fen: int
    accrued_fen: int
    instructed_fen: int
    committed_fen: int
    paid_before_fen: int
    paid_month_fen: int
    paid_year_fen: int
    returned_fen: int
    frozen_fen: int
    available_fen: int


@dataclass(frozen=True)
class ExecutedPath:
    """A budget path, or one of its codes; `percent` is paid and not returned of the budget, a text of two decimals."""

    path: str
    documents: tuple[str, ...]
    function: str | None
    economic: str | None
    amounts: Amounts
    percent: str | None


@dataclass(frozen=True)
class BudgetShown:
    """How the budget was carried out by the end of a month, and the sum of all paths."""

    month: str
    rows: tuple[ExecutedPath, ...]
    total: Amounts
    percent: str | None


def month_shown(found: MonthAtHand) -> MonthShown:
    """A month."""
    steps = (MonthStep(step.name, step.stand.value, step.blocked_by or None, step.points) for step in found.steps)
    return MonthShown(str(found.month), tuple(steps), found.next)


def line_shown(found: LineAnswer) -> LineShown:
    """A line."""
    explanation, named = found.explanation, found.named
    uscc, firm, item = (named.uscc, named.firm, named.item) if named else (None, None, None)
    occasion = explanation.run.occasion.named
    return LineShown(
        run=explanation.run.number,
        month=occasion.get("month"),
        notice=occasion.get("notice"),
        line=explanation.line,
        uscc=uscc,
        firm=firm,
        item=item,
        digest=found.digest,
        worksheet=worksheet(explanation.result, _) if explanation.result else None,
        entries=found.entries,
    )


def budget_shown(found: ExecutionAnswer) -> BudgetShown:
    """The budget, in fen whatever unit it was asked in."""
    rows = tuple(
        ExecutedPath(
            row.path, row.documents, row.function or None, row.economic or None, _amounts(row.exact), row.percent
        )
        for row in found.rows
    )
    return BudgetShown(found.month, rows, _amounts(found.exact), found.percent)


def _amounts(figures: Figures) -> Amounts:
    return Amounts(
        budget_fen=figures.budget,
        reserved_fen=figures.reserved,
        accrued_fen=figures.accrued,
        instructed_fen=figures.instructed,
        committed_fen=figures.reserved + figures.accrued + figures.instructed,
        paid_before_fen=figures.paid_before,
        paid_month_fen=figures.paid_month,
        paid_year_fen=figures.paid_year,
        returned_fen=figures.returned,
        frozen_fen=figures.frozen,
        available_fen=figures.available,
    )
