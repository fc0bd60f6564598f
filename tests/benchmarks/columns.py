"""Loans in columns against the same loans line by line, and against a bare kernel of numpy over the same days.

The kernel multiplies principal, rate and days of every segment and divides once: no loan is looked at, no period told,
nothing rounded by a notice. Both ways claim the same, or nothing is printed.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from unittest import mock

import numpy as np

from calculators.awards import loan as by_line
from calculators.awards.conditions import granted_supports
from calculators.awards.lines import Line
from calculators.interest.loan import Loan
from calculators.interest.segments import segments
from calculators.money import format_yuan
from tests.benchmarks.measure import Spent, compared, in_turns, spent
from tests.calculators.lending import LPR, cap, components, interest_share, line, loan, notice, points, quarterly

LOANS = 20_000
THROUGH = date(2025, 1, 1)
SEED = 20241231
RULES = notice(
    components=components(points=points("2.0%", at_most_rate_share="50%"), share=interest_share("50%")),
    combine={"kind": "lowest", "compare_over": "to_date", "assumption": "true"},
    caps=[cap("yearly", "entity year", "30,000,000", year_of="due_date")],
)


def book(loans: int) -> list[Line]:
    """Loans of two drawdowns and a change of rate, half as many firms, quarterly due."""
    draw = random.Random(SEED)
    return [line(_loan(number, draw), RULES) for number in range(loans)]


def _loan(number: int, draw: random.Random) -> Loan:
    first = date(2024, 1, 1) + timedelta(days=draw.randint(0, 90))
    later = (first + timedelta(days=draw.randint(1, 120))).isoformat()
    drawn = {first.isoformat(): format_yuan(draw.randint(1, 10**9)), later: format_yuan(draw.randint(1, 10**9))}
    return loan(
        f"L{number:06d}",
        drawn,
        "2027-01-20",
        f"{draw.randint(280, 480)}BP",
        rates={"2024-07-01": f"{draw.randint(280, 480)}BP"},
        due=quarterly(),
        uscc=f"E{number // 2}",
    )


def claims(lines: Sequence[Line], columns_from: int) -> list[int]:
    """What every part claims before caps, by columns from so many lines on."""
    with mock.patch.object(by_line, "COLUMNS_FROM", columns_from):
        workings = by_line.prepare(lines, granted_supports(lines, ()), LPR, THROUGH, ())
    return [part.claim_fen for working in workings for part in working.capped.parts]


def kernel(lines: Sequence[Line]) -> Callable[[], object]:
    """Principal x rate x days of every segment over a year of 360 days, from columns that lie there already."""
    cut = [each for one in lines for each in segments(one.loan, date(2024, 1, 1), THROUGH, LPR, supported=False)]
    principal = np.array([each.principal_fen for each in cut], np.int64)
    rate = np.array([int(each.rate * 1_000_000) for each in cut], np.int64)
    days = np.array([(each.ends_before - each.starts_on).days for each in cut], np.int64)
    return lambda: (principal * days // 360) * rate // 1_000_000


def lines() -> Iterator[str]:
    """Columns against line by line, and against the kernel."""
    found = book(LOANS)
    assert claims(found, 0) == claims(found, LOANS + 1), "both ways come to the same"
    bare = kernel(found)

    def in_columns() -> Spent:
        return spent(lambda: claims(found, 0))

    by_one = in_turns(in_columns, lambda: spent(lambda: claims(found, LOANS + 1)))
    yield "columns: " + compared(by_one, LOANS, "line by line", "loan")
    yield "columns: " + compared(in_turns(in_columns, lambda: spent(bare)), LOANS, "bare kernel", "loan")
