"""Loan interest discounts (贷款贴息): what each granted loan is due, as a digest that explains itself.

The steps of `calculate`, each in its own module: `conditions` (who), `loan_parts` (which days, which principal, at what
rate), `interest.segments` (the interest of it, which is rounded here, once per due period or part), `loan_receipts` and
`loan_once` (what goes by no rate), `loan_firm` (what a firm's loans come to together); then here components round on
their cumulative amount and combine; `interest_bound` turns that into claims, `filling` claims into awards under caps,
`digests` the whole into a digest. `explain.loan` renders a result.

Everything is exact until it rounds, and a result does not depend on the order of the lines, nor on how often it is
calculated: the periods of an earlier `through` come out the same later, unless facts have changed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeAlias

from calculators.awards.caps import CappedLine
from calculators.awards.conditions import Condition, Supports, conditions, granted_supports, refuses
from calculators.awards.digests import Found, digest_of
from calculators.awards.failed import held_whole, openings_ahead, waiting
from calculators.awards.filling import fill
from calculators.awards.interest_bound import bound_by_interest, bound_by_loan, bound_of
from calculators.awards.lines import Line, Outside, Support, Version, clause_label, holds_status, order_key
from calculators.awards.loan_firm import check_firms, principal_waits
from calculators.awards.loan_once import at_its_time, once
from calculators.awards.loan_parts import (
    CountedPrincipal,
    DuePeriod,
    Part,
    Stretch,
    Timeline,
    at_support_rate,
    split,
    stretches,
    support_year,
)
from calculators.awards.loan_receipts import hold_of, may_be_paid, paid_shares
from calculators.awards.unsure import SURE, Unsure
from calculators.digest import AwardedPeriod, Digest, Held
from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import Loan, Receipt
from calculators.interest.segments import Segment, due_periods, segments
from calculators.money import Exact, Ratio, cumulative_shares, round_exact
from calculators.notices.loan_components import (
    ByYear,
    GrantEquivalent,
    InterestShare,
    NamedComponent,
    OnceRule,
    OneOff,
    SimpleComponent,
    Switch,
)
from calculators.problems import Problem, Refused

__all__ = [
    "CALCULATOR",
    "Line",
    "Outside",
    "Result",
    "Support",
    "Version",
    "Working",
    "calculate",
    "prepare",
    "results",
]

CALCULATOR = "interest_discount/2"

# From how many lines on they are calculated in columns, as far as those cover them.
COLUMNS_FROM = 100

Checked: TypeAlias = list[tuple[Version, list[Condition]]]


@dataclass(slots=True)
class Working:
    """How a line was calculated, for the worksheet: conditions by version, due periods with their parts, cap fills.

    `failed` is what kept the line from being calculated, or from being posted as calculated: it is held whole.
    `claimed`: its parts have their claims already.
    """

    benchmark: Benchmark
    conditions: Checked
    periods: list[DuePeriod]
    capped: CappedLine
    failed: Problem | None = None
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came out for one line: the digest (canonical values only) and the working that renders its worksheet."""

    line: Line
    digest: Digest
    working: Working

    @property
    def capped(self) -> CappedLine:
        """What the line drew on caps."""
        return self.working.capped

    def with_digest(self, digest: Digest) -> "Result":
        """The same with another digest."""
        return replace(self, digest=digest)

    def clause(self, due: date) -> str:  # noqa: ARG002 - of a loan all due periods have one
        """The clause of the latest version's first component, whichever the due period."""
        notice = self.line.versions[-1].notice
        return clause_label(notice, notice.components[0].rule)


def calculate(
    lines: Iterable[Line],
    benchmark: Benchmark,
    benchmark_ref: str,
    through: date,
    outside: Iterable[Outside] = (),
    other_supports: Iterable[Support] = (),
) -> list[Result]:
    """What every line is due for its due periods that end at or before `through` (exclusive), by line id.

    All lines that share a cap, a loan, a principal cap or an entity's one support are given together. A line whose loan
    contradicts itself is held (`line_failed`) and stops no other. Raises `Refused` where the benchmark ends before a
    day that is calculated (`benchmark_unknown`): that is the matter of no one loan.
    """
    ordered = sorted(lines, key=lambda line: line.id)
    paid_outside = tuple(outside)
    workings = prepare(ordered, granted_supports(ordered, other_supports), benchmark, through, paid_outside)
    fill([working.capped for working in workings], paid_outside)
    return results(ordered, workings, benchmark_ref, through)


def prepare(
    lines: Sequence[Line],
    supports: Supports,
    benchmark: Benchmark,
    through: date,
    outside: Iterable[Outside],
    unsure: Unsure = SURE,
) -> list[Working]:
    """What every line claims before caps, in the order of `lines`."""
    principal = CountedPrincipal(benchmark, through)
    columns = _in_columns(lines, benchmark, through)
    prepared = {
        line.id: _prepared(line, supports, principal, columns.get(line.id)) for line in sorted(lines, key=order_key)
    }
    workings = [prepared[line.id] for line in lines]
    checks, periods = [working.conditions for working in workings], [working.periods for working in workings]
    failed = {item for item, working in prepared.items() if working.failed}
    refused = {item for item, working in prepared.items() if _refused(working)}
    below = principal_waits(lines, unsure.by_firm(lines, failed), refused)
    check_firms(lines, checks, periods, failed | below.keys(), unsure)
    waits = {**below, **openings_ahead(outside, through)}
    workings = [
        _claimed(line, working, principal, waits.get(line.id)) for line, working in zip(lines, workings, strict=True)
    ]
    # A line that cannot be combined has drawn on its loan all the same, by the interest that was found.
    bound_by_loan(zip(lines, periods, strict=True), outside)
    return workings


def _refused(working: Working) -> bool:
    return bool(working.conditions) and not _eligible_versions(working.conditions)


def _in_columns(lines: Sequence[Line], benchmark: Benchmark, through: date) -> Mapping[str, list[DuePeriod]]:
    """The due periods of the lines that columns cover, by line id; none where there are few lines."""
    if len(lines) < COLUMNS_FROM:
        return {}
    # To load what columns need takes as long as some hundred lines.
    from calculators.awards.arrays import in_columns

    return in_columns(lines, benchmark, through)


def _prepared(line: Line, supports: Supports, principal: CountedPrincipal, known: list[DuePeriod] | None) -> Working:
    """What of one line is supported, with its interest, or why it cannot be calculated.

    `known` are its due periods with their claims, where columns have found them already.
    """
    benchmark, through = principal.benchmark, principal.through
    try:
        checked = _check(line, supports, benchmark, through)
        eligible = _eligible_versions(checked)
        if known is not None:
            return Working(benchmark, checked, known if eligible else [], CappedLine(line, []), claimed=True)
        days = stretches(line, eligible)
        periods = _due_periods(line, days, principal.of(line, days), benchmark, through)
    except Refused as refused:
        return _not_calculated(line, refused, principal)
    return Working(benchmark, checked, periods, CappedLine(line, []))


def _claimed(line: Line, working: Working, principal: CountedPrincipal, waits: Problem | None) -> Working:
    """The working with what the line claims before caps; where it `waits`, it keeps its room and is held."""
    if working.failed:
        return working
    periods = [due for due in working.periods if due.parts]
    parts = [part for due in periods for part in due.parts]
    if not working.claimed:
        try:
            _combine(line, parts, working.benchmark)
        except Refused as refused:
            return _not_calculated(line, refused, principal)
        bound_by_interest(parts)
    held_from = min((due.period.ends_before for due in periods if due.held), default=date.max)
    held = waits or next(filter(None, (waiting(found) for _, found in working.conditions)), None)
    capped = CappedLine(line, parts, date.min if held else held_from)
    return Working(working.benchmark, working.conditions, periods, capped, held)


def _not_calculated(line: Line, refused: Refused, principal: CountedPrincipal) -> Working:
    """A line that cannot be calculated; raises where the cause is nobody's loan: a table that ends too early."""
    cause = refused.problems[0]
    day = cause.values.get("day")
    checked_through = principal.benchmark.checked_through
    if cause.code == "benchmark_unknown" and isinstance(day, date) and checked_through < day < principal.through:
        raise refused
    return Working(principal.benchmark, [], [], CappedLine(line, [], date.min), cause)


def results(lines: Sequence[Line], workings: Sequence[Working], benchmark_ref: str, through: date) -> list[Result]:
    """The digests of lines whose caps are filled."""
    return [
        Result(line, digest_of(working.capped, CALCULATOR, through, _found(working), benchmark_ref), working)
        for line, working in zip(lines, workings, strict=True)
    ]


def rule_for(component: NamedComponent, line: Line, part: Part) -> SimpleComponent | OnceRule | None:
    """The rule in force for a part: the component's own, or the one that the part's first day chooses.

    None in the years after the last for which there is one.
    """
    match component.rule:
        case Switch() as rule:
            return rule.after if holds_status(line.entity, rule.status, part.starts_on) else rule.before
        case ByYear() as rule:
            year = support_year(line.loan, part.starts_on)
            return rule.years[year] if year < len(rule.years) else None
        case rule:
            return rule


def _check(line: Line, supports: Supports, benchmark: Benchmark, through: date) -> Checked:
    """The conditions of every version of the line's notice."""
    return [(version, conditions(line, version.notice, supports, benchmark, through)) for version in line.versions]


def _eligible_versions(checked: Checked) -> list[Version]:
    """The versions under which no condition refuses; days that another one governs get nothing."""
    return [version for version, found in checked if not refuses(found)]


def _due_periods(
    line: Line, days: Sequence[Stretch], counted: list[Segment] | None, benchmark: Benchmark, through: date
) -> list[DuePeriod]:
    """The due periods through `through` that have supported days, with their interest."""
    loan = line.loan
    supported = [
        (period, pieces)
        for period in (due_periods(loan, through) if days else [])
        if (pieces := [one for one in split(period, days) if may_be_paid(one.version.notice, period)])
    ]
    if not supported:
        return []
    receipts: dict[date, list[Receipt]] = {}
    for receipt in loan.receipts:
        receipts.setdefault(receipt.due, []).append(receipt)
    starts_on, ends_before = supported[0][0].starts_on, supported[-1][0].ends_before
    all_of_it = segments(loan, starts_on, ends_before, benchmark, supported=False)
    if counted is None and loan.spells:
        counted = segments(loan, starts_on, ends_before, benchmark, supported=True)
    everything = Timeline(loan.day_count, lambda: all_of_it)
    supports = everything if counted is None else Timeline(loan.day_count, lambda: counted)
    found = []
    for period, pieces in supported:
        parts = [Part(period, *piece, supports) for piece in pieces]
        told = receipts.get(period.ends_before)
        receipt_fen = None if told is None else sum(receipt.interest_fen for receipt in told)
        due = DuePeriod(period, everything, 0, receipt_fen, parts, tuple(told or ()))
        due.bank_fen = round_exact(due.bank_exact, parts[-1].notice.rounding.interest.mode)
        for part in parts:
            # Mostly the part is the whole period with all of its principal, and its interest is known already.
            if supports is everything and (part.starts_on, part.ends_before) == (period.starts_on, part.due):
                part.known_fen = due.bank_exact
        _count_interest(due)
        due.held = hold_of(line, due)
        found.append(due)
    return found


def _count_interest(due: DuePeriod) -> None:
    """Round the interest of each part: of its own accrual, or of its share of the receipt."""
    shares: dict[int, list[int]] = {}
    for place, part in enumerate(due.parts):
        if part.notice.base.interest == "accrued":
            part.interest_fen = round_exact(part.exact_fen, part.notice.rounding.interest.mode)
            continue
        name = id(part.notice)
        shares[name] = shares.get(name) or paid_shares(due, part.notice)
        part.interest_fen = shares[name][place]


def _combine(line: Line, parts: Sequence[Part], benchmark: Benchmark) -> None:
    """Set what each part combines to: differences of cumulative amounts, each version cumulated by itself."""
    for _, group in groupby(parts, key=lambda part: part.version.ref):
        under_one = list(group)
        rounding = under_one[0].notice.rounding.award
        amounts = combined(line, under_one, benchmark)
        for part, combined_fen in zip(under_one, rounding.differences(amounts), strict=True):
            part.combined_fen = combined_fen


def combined(line: Line, parts: Sequence[Part], benchmark: Benchmark) -> list[int]:
    """Per part of one version the components' shares, combined, in fen."""
    shares = component_shares(line, parts, benchmark)
    combine = parts[0].notice.combine
    if combine.kind != "lowest":
        return [sum(each) for each in zip(*shares, strict=True)]
    if combine.compare_over == "due_period":
        return [share for group in lowest_per_period(parts, shares) for share in group.shares]
    totals = [0] * len(shares)
    lowest = []
    for each in zip(*shares, strict=True):
        before = min(totals)
        totals = [total + share for total, share in zip(totals, each, strict=True)]
        lowest.append(min(totals) - before)
    return lowest


def component_shares(line: Line, parts: Sequence[Part], benchmark: Benchmark) -> list[list[int]]:
    """Per component of one version, per part: the difference of the rounded cumulative amounts, in fen."""
    notice = parts[0].notice
    return [
        cumulative_shares(component_amounts(component, line, parts, benchmark), notice.rounding.award.mode)
        for component in notice.components
    ]


def component_amounts(
    component: NamedComponent, line: Line, parts: Sequence[Part], benchmark: Benchmark
) -> Sequence[Exact | Ratio]:
    """What a component comes to part by part, in fen and unrounded."""
    rule = component.rule
    if isinstance(rule, OneOff | GrantEquivalent):
        days = stretches(line, [parts[0].version])
        once_for_all = list(once(rule, line, parts, days))
        return at_its_time(once_for_all, parts, line.loan, days) if component.earned else once_for_all
    amounts = list(_amounts(component, line, parts, benchmark))
    return at_its_time(amounts, parts, line.loan, stretches(line, [parts[0].version])) if component.earned else amounts


def _amounts(
    component: NamedComponent, line: Line, parts: Iterable[Part], benchmark: Benchmark
) -> Iterator[Exact | Ratio]:
    """The amounts of a component that goes by rates or by interest."""
    # By identity: hashing a rule costs more than pricing it. What a rule is, is asked once for a line.
    priced: dict[int, tuple[int, int] | list[Segment]] = {}
    changes = isinstance(component.rule, Switch | ByYear)
    for part in parts:
        rule = rule_for(component, line, part) if changes else component.rule
        if rule is None:
            yield Exact(0)
            continue
        price = priced.get(id(rule))
        if price is None:
            # All parts of a line have one timeline.
            price = priced[id(rule)] = _priced(rule, line.loan, part.timeline.segments, benchmark)
        if isinstance(price, list):
            yield part.interest(price)
        else:
            yield Ratio(price[0] * part.interest_fen, price[1])


def _priced(
    rule: SimpleComponent | Switch | ByYear | OnceRule, loan: Loan, timeline: list[Segment], benchmark: Benchmark
) -> tuple[int, int] | list[Segment]:
    """The share of the interest that a rule gives, or the timeline at its rate."""
    if isinstance(rule, InterestShare):
        return rule.share.as_integer_ratio()
    assert not isinstance(rule, Switch | ByYear | OneOff | GrantEquivalent), "what is paid once goes by no period"
    return at_support_rate(rule, loan, timeline, benchmark)


class Lowest(NamedTuple):
    """The component that is lowest over one due period: its place in the notice, its shares of the parts."""

    component: int
    shares: Sequence[int]


def lowest_per_period(parts: Sequence[Part], shares: Sequence[Sequence[int]]) -> list[Lowest]:
    """For every due period the component that is lowest over all of its parts, the first of equals."""
    lowest: list[Lowest] = []
    first = 0
    for _, group in groupby(parts, key=lambda part: part.due):
        last = first + len(list(group))
        candidates = [Lowest(place, own[first:last]) for place, own in enumerate(shares)]
        lowest.append(min(candidates, key=lambda candidate: sum(candidate.shares)))
        first = last
    return lowest


def _found(working: Working) -> Found:
    """What stands of a line's due periods: those before the first one held, which keeps the others waiting."""
    periods: list[AwardedPeriod] = []
    held: list[Held] = []
    withheld_fen = 0
    counted: list[Part] = []
    for due in () if working.failed else working.periods:
        name = due.period.ends_before.isoformat()
        if due.held or held:
            held.append(_held(due, name))
            continue
        counted += due.parts
        withheld_fen += sum(part.withheld_fen for part in due.parts)
        periods.append(
            AwardedPeriod(
                due=name,
                bank_fen=due.bank_fen,
                interest_fen=sum(part.interest_fen for part in due.parts),
                award_fen=sum(part.award_fen for part in due.parts),
            )
        )
    if working.failed:
        held.append(held_whole(working.capped.line.item_key, working.failed))
    return Found(
        # Of a line that cannot be calculated nobody knows; it is held, not refused.
        eligible=bool(_eligible_versions(working.conditions)),
        conditions=[condition for _, found in working.conditions for condition in found],
        periods=periods,
        withheld_fen=withheld_fen,
        held=held,
        bound=bound_of(counted),
        failed=working.failed is not None,
    )


def _held(due: DuePeriod, name: str) -> Held:
    """A held due period with its figures; one that waits only for an earlier one says so."""
    held = Held(due=name, code=due.held or "earlier_period_held", ours_fen=due.bank_fen)
    if due.receipt_fen is not None:
        held["receipt_fen"] = due.receipt_fen
    return held
