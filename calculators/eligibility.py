"""Eligibility: ordered, named conditions, every one reported whether met or not, with its clause.

First the notice's windows (application, contract, drawdown), then its conditions in its own order. A condition says
what was found and what is wanted, so that a worksheet can show `one_support_per_year: 0 <= 0`; texts are made only when
asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from calculators.accrual import segments
from calculators.amounts import Exact, format_percent
from calculators.award_line import Line, Support, clause_label, first_drawdown
from calculators.benchmark import Benchmark
from calculators.day_count import add_months
from calculators.facts import Entity
from calculators.notice import (
    Eligibility,
    MaxContractRate,
    MaxLoanMonths,
    Notice,
    OneSupportPerYear,
    PurposeIn,
    RegisteredIn,
    Window,
)

# (entity, programme, fund year) -> notice -> its first grant there.
Supports = Mapping[tuple[str, str, int], Mapping[str, tuple[date, str]]]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as it came out: `found` stands in `relation` to `wanted`, or does not.

    `code` is the refusal code when it is not met, `clause` the label of its source.
    """

    name: str
    code: str
    met: bool
    found: object
    relation: str
    wanted: object
    clause: str

    def __str__(self) -> str:
        return f"{self.name}: {_shown(self.found)} {self.relation} {_shown(self.wanted)}"


def conditions(line: Line, notice: Notice, supports: Supports, benchmark: Benchmark, through: date) -> list[Condition]:
    """Every condition of `notice` for the line, in order; refuses `benchmark_unknown` as `benchmark` does."""
    return [
        *_windows(line, notice),
        *(_condition(line, notice, rule, supports, benchmark, through) for rule in notice.eligibility),
    ]


def granted_supports(lines: Iterable[Line], others: Iterable[Support]) -> Supports:
    """Who was granted what in a programme's fund year, under which notice and since which grant."""
    granted: dict[tuple[str, str, int], dict[str, tuple[date, str]]] = defaultdict(dict)
    known = [
        Support(
            line.entity.uscc,
            version.notice.programme,
            version.notice.fund_year,
            line.notice_id,
            line.grant.granted_on,
            line.grant.id,
        )
        for line in lines
        for version in line.versions
    ]
    for support in (*known, *others):
        notices = granted[support.uscc, support.programme, support.fund_year]
        grant = (support.granted_on, support.grant)
        notices[support.notice] = min(grant, notices.get(support.notice, grant))
    return granted


def _windows(line: Line, notice: Notice) -> Iterator[Condition]:
    """One condition per date that has windows: it lies in one of them."""
    dates = {
        "application": line.application.applied_on,
        "contract": line.loan.signed_on,
        "drawdown": first_drawdown(line.loan),
    }
    for name, day in dates.items():
        windows = [window for window in notice.windows if window.on == name]
        # Before anything is drawn nobody can say when it will be; nothing is due then either.
        if windows and (name != "drawdown" or line.loan.movements):
            code = f"window_{name}"
            met = any(_within(window, day) for window in windows)
            yield Condition(code, code, met, day, "in", windows, clause_label(notice, windows[0]))


def _within(window: Window, day: date) -> bool:
    return window.starts_on <= day and (window.last_day is None or day <= window.last_day)


def _condition(
    line: Line, notice: Notice, rule: Eligibility, supports: Supports, benchmark: Benchmark, through: date
) -> Condition:
    clause = clause_label(notice, rule)
    match rule:
        case RegisteredIn():
            district = _district(line.entity, line.application.applied_on)
            met = district in rule.districts
            return Condition(rule.kind, "not_registered", met, district or "-", "in", rule.districts, clause)
        case OneSupportPerYear():
            count = _earlier_supports(line, notice, supports)
            return Condition(rule.kind, "second_support", count == 0, count, "<=", 0, clause)
        case PurposeIn():
            purpose = line.loan.purpose
            met = purpose in rule.purposes
            return Condition(rule.kind, "purpose_excluded", met, purpose or "-", "in", rule.purposes, clause)
        case MaxLoanMonths():
            latest = add_months(first_drawdown(line.loan), rule.months)
            matures_on = line.loan.matures_on
            return Condition(rule.kind, "loan_too_long", matures_on <= latest, matures_on, "<=", latest, clause)
        case MaxContractRate():
            bound = benchmark.rate(rule.tenor, first_drawdown(line.loan)) + rule.over
            rate = _highest_rate(line, benchmark, through)
            return Condition(rule.kind, "rate_too_high", rate <= bound, rate, "<=", bound, clause)


def _district(entity: Entity, day: date) -> str:
    """The registered district on `day`; empty where none is known so early."""
    return max(
        ((since.starts_on, since.name) for since in entity.districts if since.starts_on <= day), default=(day, "")
    )[1]


def _earlier_supports(line: Line, notice: Notice, supports: Supports) -> int:
    """How many other notices of the programme and fund year supported the entity before this one did.

    The first support stands; what comes after it is the second. Grants under one notice count as one.
    """
    granted = supports[line.entity.uscc, notice.programme, notice.fund_year]
    return sum(first < granted[notice.id] for first in granted.values())


def _highest_rate(line: Line, benchmark: Benchmark, through: date) -> Exact:
    """The highest contract rate from the first drawdown to `through`; 0 where no day has passed yet."""
    starts_on, ends_before = first_drawdown(line.loan), min(line.loan.matures_on, through)
    if starts_on >= ends_before:
        return Exact(0)
    return max(stretch.rate for stretch in segments(line.loan, starts_on, ends_before, benchmark, supported=False))


def _shown(value: object) -> str:
    """A value for people: rates in percent, windows as days, lists with commas."""
    if isinstance(value, Exact):
        return format_percent(value)
    if isinstance(value, Window):
        return f"{value.starts_on}..{value.last_day or ''}"
    if isinstance(value, tuple | list):
        return ", ".join(_shown(one) for one in value)
    return str(value)
