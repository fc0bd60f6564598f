"""Small notices, firms and loans for the tests of interest discounts, written the way a register would say them.

Amounts are yuan as people write them (`"10,000"`), rates carry their unit, dates are ISO texts, and the last day of a
window is its `to`.
"""

from datetime import date
from typing import Any
from unittest import mock

from calculators.awards import loan as loan_awards
from calculators.awards.lines import Line, Version
from calculators.awards.loan import Result, calculate
from calculators.facts.model import Application, District, Entity, Grant, Status
from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import DayCount, DueRule, FixedRate, FloatingRate, Loan, Movement, Receipt, Spell
from calculators.interest.segments import Period, due_periods
from calculators.money import parse_percent, parse_yuan
from calculators.notices.loan import LoanNotice

ASSUMED = {"assumption": "true"}
SOURCE = [{"id": "n3", "document": "invented notice", "clause": "2"}]

# Published values around the days that the tests use (fixtures/reference/lpr.csv).
LPR = Benchmark.from_texts(
    [
        ("2019-08-20", "4.25", "4.85"),
        ("2022-08-22", "3.65", "4.30"),
        ("2023-06-20", "3.55", "4.20"),
        ("2023-08-21", "3.45", "4.20"),
        ("2024-07-22", "3.35", "3.85"),
        ("2024-10-21", "3.10", "3.60"),
        ("2025-05-20", "3.00", "3.50"),
    ],
    "2026-07-20",
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def points(rate: str, **more: str) -> dict[str, Any]:
    return {"kind": "points", "points": rate, "basis": "n3", **more}


def interest_share(share: str) -> dict[str, Any]:
    return {"kind": "interest_share", "share": share, "basis": "n3"}


def components(**rules: dict[str, Any]) -> list[dict[str, Any]]:
    """Components by the name that a worksheet prints."""
    return [{"id": name, "rule": rule} for name, rule in rules.items()]


def cap(name: str, per: str, amount: str = "", **more: Any) -> dict[str, Any]:
    """A cap over the dimensions in `per`, words with blanks between them."""
    limit = {"amount": amount} if amount else {}
    return {"id": name, "per": per.split(), **limit, **ASSUMED, **more}


def notice(**changes: Any) -> LoanNotice:
    """A notice of 2 points on what accrues, with nothing else in it but what `changes` say."""
    raw: dict[str, Any] = {
        "id": "test-notice",
        "type": "loan_interest_discount",
        "programme": "test-programme",
        "title": {"zh": "测试通知", "en": "A notice for tests"},
        "fund_year": "2024",
        "published": "2024-01-01",
        "effective": {"from": "2015-01-01", **ASSUMED},
        "governed_by": "contract",
        "basis": SOURCE,
        "base": {"interest": "accrued", **ASSUMED},
        "components": components(points=points("2.0%")),
        "combine": {"kind": "single", **ASSUMED},
        "envelope": {"path": "2024/loan-interest", "when_short": "refuse", **ASSUMED},
        "payers": [{"level": "city", "share": "100%", **ASSUMED}],
        "payment": {"path": "firm_paid", **ASSUMED},
        "rounding": {"interest": {"mode": "half_up", **ASSUMED}, "award": {"mode": "half_up", **ASSUMED}},
        "tolerance": {"receipt": "0.01", **ASSUMED},
        "classification": {
            "function": "2150805",
            "economic_government": "50702",
            "economic_unit": "31205",
            **ASSUMED,
        },
    }
    return LoanNotice.model_validate({**raw, **changes})


def window(on: str, first: str, last: str = "") -> dict[str, str]:
    return {"on": on, "from": first, **({"to": last} if last else {}), **ASSUMED}


def monthly(settles_on: int = 20, *, counted: bool = False) -> DueRule:
    return DueRule("month", settles_on, counted)


def quarterly(settles_on: int = 20, *, counted: bool = False) -> DueRule:
    return DueRule("quarter", settles_on, counted)


def settled_on(*days: str) -> DueRule:
    """Settlement days as the contract lists them, not counted."""
    return DueRule("custom", counted=False, dates=tuple(day(each) for each in days))


def loan(
    key: str,
    drawn: dict[str, str],
    matures_on: str,
    rate: str = "3.60%",
    *,
    repaid: dict[str, str] | None = None,
    rates: dict[str, str] | None = None,
    floating: FloatingRate | None = None,
    spells: tuple[Spell, ...] = (),
    receipts: dict[str, str] | None = None,
    **more: Any,
) -> Loan:
    """A loan settled monthly on the 20th, not counted, ACT/360, unless `more` says otherwise.

    `drawn` and `repaid` are amounts by day, `rates` later rates by day, `receipts` interest by the exclusive end of
    the due period.
    """
    movements = [Movement(day(on), parse_yuan(amount)) for on, amount in drawn.items()]
    movements += [Movement(day(on), -parse_yuan(amount)) for on, amount in (repaid or {}).items()]
    first = min(movement.on for movement in movements)
    steps = {first.isoformat(): rate, **(rates or {})}
    fixed = tuple(FixedRate(day(on), parse_percent(text)) for on, text in steps.items())
    given: dict[str, Any] = {
        "contract": key,
        "lender": "Bank One",
        "uscc": "E1",
        "signed_on": first,
        "amount_fen": sum(movement.amount_fen for movement in movements if movement.amount_fen > 0),
        "day_count": DayCount.ACT_360,
        "due": monthly(),
        "purpose": "working_capital",
        **more,
    }
    return Loan(
        key=key,
        matures_on=day(matures_on),
        movements=tuple(sorted(movements, key=lambda movement: movement.on)),
        rates=(floating,) if floating else fixed,
        spells=spells,
        receipts=tuple(Receipt(day(due), parse_yuan(paid), day(due)) for due, paid in (receipts or {}).items()),
        **given,
    )


def line(
    lent: Loan,
    *rules: LoanNotice | Version,
    grant: str = "",
    granted_on: str = "2024-01-02",
    ceiling: str = "90,000,000",
    applied_on: str = "2024-01-02",
    statuses: tuple[Status, ...] = (),
    districts: tuple[District, ...] = (),
    **more: Any,
) -> Line:
    """A granted line on `lent`, by the notice or versions of it; its id is the grant's, `G-<loan>` unless given."""
    number = grant or f"G-{lent.key}"
    versions = tuple(
        rule if isinstance(rule, Version) else Version(f"{rule.id}@sha256:0000", rule) for rule in rules or (notice(),)
    )
    return Line(
        id=number,
        versions=versions,
        entity=Entity(lent.uscc, f"Firm {lent.uscc}", districts, statuses),
        application=Application(f"A-{number}", lent.uscc, versions[0].notice.id, lent.key, day(applied_on)),
        grant=Grant(number, f"A-{number}", day(granted_on), parse_yuan(ceiling), "2024", "bank/1/1", "doc 1"),
        loan=lent,
        facts_root="00" * 32,
        **more,
    )


def results_of(*lines: Line, through: str = "2030-01-01", **more: Any) -> list[Result]:
    """The results by line id: line by line, and in columns to equal digests."""
    results = calculate(lines, LPR, "lpr@test", day(through), **more)
    with mock.patch.object(loan_awards, "COLUMNS_FROM", 0):
        in_columns = calculate(lines, LPR, "lpr@test", day(through), **more)
    assert [result.digest for result in in_columns] == [result.digest for result in results]
    return results


def award(*lines: Line, **more: Any) -> str:
    """The awards in yuan, one line's or several with blanks between them, in order of line id."""
    return " ".join(yuan(result.digest["award_fen"]) for result in results_of(*lines, **more))


def yuan(fen: int) -> str:
    """Two decimals, no separators."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def periods(result: Result, field: str = "award_fen") -> dict[str, str]:
    """A figure of the digest's periods in yuan, by due date."""
    return {period["due"]: yuan(period[field]) for period in result.digest["periods"]}


def only(results: list[Result]) -> Result:
    """The one result of a test about one line."""
    [result] = results
    return result


def schedule(lent: Loan) -> list[Period]:
    return due_periods(lent)
