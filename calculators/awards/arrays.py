"""The interest and the claims of many loans at once, in columns: to the fen what `loan` comes to line by line.

A column holds a value of each line, of each due period or of each supported part, in order of line and day. What they
hold is exact (`interest.columns`), and rounds where the notice says so and nowhere else.

What is not covered goes line by line: several versions of a notice, rates that are no whole millionths, day counts that
look at the due period (30/360, equal months) or have no common year (ACT/ACT), overdue and extended principal, caps on
the principal, rules by status or by year of support, rates of the accrual day, what is paid once. A line whose facts
contradict each other goes there as well, and says why.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import numpy as np

from calculators.awards.lines import Line, first_drawdown
from calculators.awards.loan_parts import DuePeriod, Part, Timeline
from calculators.awards.loan_receipts import hold_of, paid_shares, paid_windows
from calculators.interest.benchmark import Benchmark
from calculators.interest.columns import (
    DAYS,
    LARGEST,
    MILLION,
    YEARS,
    Accrued,
    Column,
    Places,
    Running,
    Segments,
    Spans,
    by_years,
    column,
    in_order,
    millionths,
    runs,
    spread,
)
from calculators.interest.day_count import add_months, due_ends
from calculators.interest.loan import DayCount, DueRule, FixedRate, Loan, Receipt
from calculators.interest.segments import Period, Segment, rate_steps, segments
from calculators.money import Exact, round_columns
from calculators.notices.loan import LoanNotice
from calculators.notices.loan_components import (
    BorrowerFloor,
    InterestShare,
    LprShare,
    NamedComponent,
    PlusOverLpr,
    Points,
)
from calculators.problems import Refused

__all__ = ["in_columns"]

OverLpr = LprShare | BorrowerFloor | PlusOverLpr


def in_columns(lines: Iterable[Line], benchmark: Benchmark, through: date) -> dict[str, list[DuePeriod]]:
    """The supported due periods through `through` (exclusive) by line id, of the lines that columns cover.

    Their parts have interest, combined amount and claim before caps. A line that is not covered is not in the answer.
    """
    groups: dict[tuple[int, date, date | None, DayCount], list[Line]] = defaultdict(list)
    for line in lines:
        version = line.versions[0]
        if len(line.versions) == 1 and _plain(line.loan) and _covers(version.notice):
            groups[id(version.notice), version.starts_on, version.ends_before, line.loan.day_count].append(line)
    found: dict[str, list[DuePeriod]] = {}
    for group in groups.values():
        found |= _Group(group, benchmark, through).due_periods()
    return found


# What is covered.


def _covers(notice: LoanNotice) -> bool:
    """Whether columns know all that the notice says about amounts."""
    return (
        notice.base.principal_cap is None
        and not any(cap.when_status for cap in notice.caps)
        and all(component.earned is None and _known(component) for component in notice.components)
    )


def _known(component: NamedComponent) -> bool:
    match component.rule:
        case InterestShare() as rule:
            return _countable(rule.share)
        case Points() as rule:
            share = rule.at_most_rate_share
            return millionths(rule.points) is not None and (share is None or _countable(share))
        case LprShare() | BorrowerFloor() | PlusOverLpr() as rule:
            return rule.fixed_on in ("contract", "drawdown")
        case _:
            return False


def _countable(share: Exact) -> bool:
    """Whether 64 bits hold what a share is counted in; with many decimals they do not."""
    return share.denominator <= LARGEST


def _plain(loan: Loan) -> bool:
    """Whether all of the principal counts, at rates and by a day count that columns know."""
    return (
        loan.day_count in YEARS
        and bool(loan.movements)
        and not loan.spells
        and not loan.other_subsidies
        and all(not isinstance(rate, FixedRate) or millionths(rate.rate) is not None for rate in loan.rates)
    )


_EVER = date.max.toordinal()


class _Group:
    """Loans under one version of a notice whose day counts have one year."""

    def __init__(self, lines: Sequence[Line], benchmark: Benchmark, through: date) -> None:
        self.lines, self.benchmark, self.through = lines, benchmark, through
        self.version = lines[0].versions[0]
        self.notice = self.version.notice
        self.day_count = lines[0].loan.day_count
        self.scale = YEARS[self.day_count] * MILLION
        self.first = column(first_drawdown(line.loan).toordinal() for line in lines)
        self.matures = column(line.loan.matures_on.toordinal() for line in lines)
        # Lines that turn out to need a look at each.
        self.left = np.zeros(len(lines), np.bool_)

    def due_periods(self) -> dict[str, list[DuePeriod]]:
        """The due periods by line id, without the lines that are left."""
        periods = self._periods()
        parts = self._parts(periods)
        # What of a period is supported by nothing is none of ours.
        supported = np.unique(parts.of)
        periods = Spans(periods.of[supported], periods.starts[supported], periods.ends[supported])
        parts = parts._replace(of=np.searchsorted(supported, parts.of))
        laid_out = self._segments(periods)
        accrued = Accrued(laid_out, laid_out.rate, self.day_count)
        made = self._objects(periods, parts, accrued)
        by_line = [made[first:last] for first, last in runs(periods.of, len(self.lines))]
        interest = column(part.interest_fen for due in made for part in due.parts)
        combined, claims = self._claims(periods, parts, laid_out, interest)
        each = (part for due in made for part in due.parts)
        for part, combined_fen, claim_fen in zip(each, combined.tolist(), claims.tolist(), strict=True):
            part.combined_fen, part.claim_fen = combined_fen, claim_fen
        left = self.left.tolist()
        return {line.id: own for line, own, other in zip(self.lines, by_line, left, strict=True) if not other}

    # Which days.

    def _periods(self) -> Spans:
        """The due periods that end at or before `through`, by line; as `interest.day_count.due_periods` has them."""
        by_rule: dict[DueRule, list[int]] = defaultdict(list)
        for place, line in enumerate(self.lines):
            by_rule[line.loan.due].append(place)
        found = [self._by_rule(rule, np.array(places, np.intp)) for rule, places in by_rule.items()]
        return in_order(found)

    def _by_rule(self, rule: DueRule, places: Places) -> Spans:
        first, matures, through = self.first[places], self.matures[places], self.through.toordinal()
        days = due_ends(rule, date.fromordinal(int(first.min())), date.fromordinal(int(matures.max())))
        ends = np.array(sorted({0, *(day.toordinal() for day in days)}), np.int64)
        after_first, at_maturity = np.searchsorted(ends, first, "right"), np.searchsorted(ends, matures, "left")
        reached = np.minimum(at_maturity, np.searchsorted(ends, through, "right"))
        inner = np.maximum(0, reached - after_first)
        counts = np.where(first < matures, inner + (matures <= through), 0)
        owner, place = spread(counts)
        behind = after_first[owner] + place
        closes = np.where(place < inner[owner], ends[np.minimum(behind, len(ends) - 1)], matures[owner])
        opens = np.where(place == 0, first[owner], ends[behind - 1])
        return Spans(places[owner], opens, closes)

    def _parts(self, periods: Spans) -> Spans:
        """What of each due period is supported, by place of the period; cut as `loan_parts.stretches` cuts."""
        earliest = np.maximum(self.first, self.version.starts_on.toordinal())
        latest = np.minimum(self.matures, (self.version.ends_before or date.max).toordinal())
        if self.notice.base.months_from_first_drawdown:
            months = self.notice.base.months_from_first_drawdown.months
            limits = {day: add_months(date.fromordinal(day), months).toordinal() for day in set(self.first.tolist())}
            latest = np.minimum(latest, column(limits[day] for day in self.first.tolist()))
        paid = paid_windows(self.notice)
        payable = max((_end_of(window.ends_before) for window in paid), default=_EVER + 1)
        windows = sorted(
            (window.starts_on.toordinal(), _end_of(window.ends_before))
            for window in self.notice.windows
            if window.on == "accrual_day"
        )
        found = []
        for opens, closes in windows or [(1, _EVER)]:
            starts, ends = np.maximum(opens, earliest), np.minimum(closes, latest)
            of = np.arange(len(periods.of))
            cut = Spans(of, np.maximum(periods.starts, starts[periods.of]), np.minimum(periods.ends, ends[periods.of]))
            found.append(cut.where((cut.starts < cut.ends) & (periods.starts < payable)))
            # Windows may overlap; a day counts once.
            earliest = np.where(starts < ends, ends, earliest)
        parts = in_order(found)
        return by_years(parts) if any(cap.year_of == "accrual_day" for cap in self.notice.caps) else parts

    # Which principal at which rate.

    def _segments(self, periods: Spans) -> Segments:
        """The segments of all lines; a line that has none, or whose facts contradict each other, is left."""
        spans = runs(periods.of, len(self.lines))
        moved: list[tuple[int, int, int]] = []
        rated: list[tuple[int, int]] = []
        rates: list[int] = []
        for place, (line, (begin, end)) in enumerate(zip(self.lines, spans, strict=True)):
            moved += [(place, move.on.toordinal(), move.amount_fen) for move in line.loan.movements]
            if begin < end:
                for day, rate in self._rates(place, line.loan, int(periods.ends[end - 1])):
                    rated.append((place, day))
                    rates.append(rate)
        moves = np.array(moved, np.int64).reshape(-1, 3)
        move_keys = (moves[:, 0] << DAYS) | moves[:, 1]
        order = np.argsort(move_keys, kind="stable")
        move_keys, sums = move_keys[order], np.concatenate([[0], np.cumsum(moves[order, 2])])
        on = np.array(rated, np.int64).reshape(-1, 2)
        rate_keys = (on[:, 0] << DAYS) | on[:, 1]
        keys = np.unique(np.concatenate([move_keys, rate_keys]))
        of = keys >> DAYS
        before = np.searchsorted(move_keys, of << DAYS, "left")
        principal = sums[np.searchsorted(move_keys, keys, "right")] - sums[before]
        # A rate of nothing stands before all others, so that a place before the first is one.
        at = np.searchsorted(rate_keys, keys, "right")
        known = np.concatenate([[-1], rate_keys >> DAYS])[at] == of
        in_force = np.where(known, np.concatenate([[0], column(rates)])[at], 0)
        self._leave(of[(principal < 0) | ((principal > 0) & ~known)])
        found = Segments(keys, principal, in_force)
        self._leave_large(found)
        return found

    def _rates(self, place: int, loan: Loan, ends_before: int) -> Iterator[tuple[int, int]]:
        """(first day, millionths) of every rate of a loan; it is left where one is not known or not whole."""
        if len(loan.rates) == 1 and isinstance(loan.rates[0], FixedRate):
            steps = [(loan.rates[0].starts_on, loan.rates[0].rate)]
        else:
            try:
                steps = rate_steps(loan.rates, date.fromordinal(ends_before), self.benchmark)
            except Refused:
                # Which day is not known, and whose matter that is, is said line by line.
                self.left[place] = True
                steps = []
        for day, rate in steps:
            whole = millionths(rate)
            if whole is None:
                self.left[place] = True
            else:
                yield day.toordinal(), max(0, whole)

    def _leave(self, places: Column) -> None:
        self.left[places] = True

    def _leave_large(self, found: Segments) -> None:
        """Leave the lines whose sums of products might exceed 64 bits."""
        rate, days = np.maximum(found.rate, self._highest()), (self.matures - self.first + 62)[found.line]
        segments_of = np.bincount(found.line, minlength=len(self.lines))[found.line]
        most = LARGEST // np.maximum(rate, 1) // np.maximum(days, 1) // segments_of
        self._leave(found.line[(found.principal // self.scale >= most) | (most <= self.scale)])

    def _highest(self) -> int:
        """The highest support rate that does not come from the contract's, in millionths."""
        rules = [component.rule for component in self.notice.components]
        return max((millionths(rule.points) or 0 for rule in rules if isinstance(rule, Points)), default=0)

    # What it comes to.

    def _objects(self, periods: Spans, parts: Spans, accrued: Accrued) -> list[DuePeriod]:
        """The due periods with their parts, interest rounded and holds set."""
        mode = self.notice.rounding.interest.mode
        whole = accrued.over(periods.of, periods.starts, periods.ends)
        some = accrued.over(periods.of[parts.of], parts.starts, parts.ends)
        bank, own = (round_columns(*each, self.scale, mode).tolist() for each in (whole, some))
        days = _Days()
        timelines = [self._timeline(line.loan, periods, run) for line, run in self._withruns(periods)]
        receipts = [_receipts_of(line.loan) for line in self.lines]
        pieces = list(zip(parts.starts.tolist(), parts.ends.tolist(), own, strict=True))
        paid, left = self.notice.base.interest == "paid", self.left.tolist()
        made = []
        columns = (periods.of.tolist(), periods.starts.tolist(), periods.ends.tolist(), bank)
        whose = runs(parts.of, len(periods.of))
        for of, starts, ends, bank_fen, (first, last) in zip(*columns, whose, strict=True):
            timeline, period = timelines[of], days.period(starts, ends)
            found = [
                Part(period, days.day(begins), days.day(closes), self.version, timeline, interest_fen)
                for begins, closes, interest_fen in pieces[first:last]
            ]
            told = receipts[of].get(period.ends_before) if receipts[of] else None
            receipt_fen = None if told is None else sum(receipt.interest_fen for receipt in told)
            due = DuePeriod(period, timeline, bank_fen, receipt_fen, found, tuple(told or ()))
            if paid and not left[of]:
                for part, interest_fen in zip(found, paid_shares(due, self.notice), strict=True):
                    part.interest_fen = interest_fen
            due.held = hold_of(self.lines[of], due)
            made.append(due)
        return made

    def _withruns(self, periods: Spans) -> Iterator[tuple[Line, tuple[int, int]]]:
        return zip(self.lines, runs(periods.of, len(self.lines)), strict=True)

    def _timeline(self, loan: Loan, periods: Spans, run: tuple[int, int]) -> Timeline:
        """The loan's segments over its supported due periods, for a worksheet."""
        first, last = run

        def lay_out() -> list[Segment]:
            starts, ends = int(periods.starts[first]), int(periods.ends[last - 1])
            return segments(loan, date.fromordinal(starts), date.fromordinal(ends), self.benchmark, supported=False)

        return Timeline(loan.day_count, lay_out)

    def _claims(self, periods: Spans, parts: Spans, laid_out: Segments, interest: Column) -> tuple[Column, Column]:
        """Per part what the components combine to, and what the interest to date leaves of that."""
        of = periods.of[parts.of]
        running = Running(of)
        shares = [
            self._shares(component, of, parts, laid_out, interest, running) for component in self.notice.components
        ]
        combine = self.notice.combine
        if combine.kind != "lowest":
            amounts = sum(shares[1:], start=shares[0])
        elif combine.compare_over == "due_period":
            amounts = _lowest_per_period(shares, parts.of)
        else:
            amounts = running.steps(np.minimum.reduce([running.totals(share) for share in shares]))
        rounding = self.notice.rounding.award
        if rounding.in_units:
            totals = running.totals(amounts)
            amounts = running.steps(
                round_columns(totals // rounding.unit, totals % rounding.unit, rounding.unit, rounding.mode)
                * rounding.unit
            )
        if self.notice.not_bounded_by_interest:
            return amounts, amounts
        room = running.totals(interest)
        room -= room % rounding.unit
        return amounts, running.steps(np.minimum(running.totals(amounts), room))

    def _shares(
        self,
        component: NamedComponent,
        of: Places,
        parts: Spans,
        laid_out: Segments,
        interest: Column,
        running: Running,
    ) -> Column:
        """Per part what a component adds to its rounded running total."""
        mode, rule = self.notice.rounding.award.mode, component.rule
        if isinstance(rule, InterestShare):
            part, whole = rule.share.numerator, rule.share.denominator
            totals = running.totals(interest)
            self._leave(of[totals > LARGEST // max(part, 1)])
            return running.steps(round_columns(totals * part // whole, totals * part % whole, whole, mode))
        assert isinstance(rule, Points | LprShare | BorrowerFloor | PlusOverLpr), "what is covered goes by a rate"
        rates = self._points(rule, laid_out) if isinstance(rule, Points) else self._over_lpr(rule, of, laid_out)
        fen, rest = Accrued(laid_out, rates, self.day_count).over(of, parts.starts, parts.ends)
        fen, rest = running.totals(fen), running.totals(rest)
        return running.steps(round_columns(fen + rest // self.scale, rest % self.scale, self.scale, mode))

    def _points(self, rule: Points, laid_out: Segments) -> Column:
        """Fixed points per segment, as `loan_parts` bounds them."""
        rates = np.full(len(laid_out.keys), millionths(rule.points) or 0, np.int64)
        if rule.at_most_rate_share is not None:
            part, whole = rule.at_most_rate_share.numerator, rule.at_most_rate_share.denominator
            # In lowest terms: only a rate that the denominator divides has a share in whole millionths.
            self._leave(laid_out.line[laid_out.rate % whole != 0])
            rates = np.minimum(rates, laid_out.rate // whole * part)
        # Of loans that no other subsidy pays on.
        return np.minimum(rates, laid_out.rate) if rule.others_within_rate else rates

    def _over_lpr(self, rule: OverLpr, of: Places, laid_out: Segments) -> Column:
        """The support rate per segment by a rule that looks at LPR, as `loan_parts` has it."""
        lpr = np.zeros(len(self.lines), np.int64)
        shared = np.zeros(len(self.lines), np.int64)
        known: dict[date, Exact | None] = {}
        for place in np.unique(of).tolist():
            loan = self.lines[place].loan
            day = loan.signed_on if rule.fixed_on == "contract" else first_drawdown(loan)
            if day not in known:
                known[day] = self._lpr(rule, day)
            rate = known[day]
            whole = None if rate is None else millionths(rate)
            share = None if rate is None or not isinstance(rule, LprShare) else millionths(rule.share * rate)
            if whole is None or (share is None and isinstance(rule, LprShare)):
                self.left[place] = True
            else:
                lpr[place], shared[place] = whole, share or 0
        at, contract = lpr[laid_out.line], laid_out.rate
        found: Column
        match rule:
            case LprShare():
                found = np.minimum(shared[laid_out.line], contract)
            case BorrowerFloor():
                over, ceiling = self._whole(rule.borrower_over), self._whole(rule.ceiling_over)
                found = np.maximum(0, np.minimum(contract, at + ceiling) - np.maximum(0, at + over))
            case PlusOverLpr():
                found = np.maximum(0, np.minimum(contract - at, self._whole(rule.ceiling)))
        return found

    def _lpr(self, rule: OverLpr, day: date) -> Exact | None:
        try:
            return self.benchmark.rate(rule.tenor, day)
        except Refused:
            return None

    def _whole(self, rate: Exact) -> int:
        """A rate of the notice; where it is no whole millionth, every line is left."""
        whole = millionths(rate)
        if whole is None:
            self.left[:] = True
        return whole or 0


class _Days:
    """Days and due periods, each made once."""

    def __init__(self) -> None:
        self._days: dict[int, date] = {}
        self._periods: dict[tuple[int, int], Period] = {}

    def day(self, ordinal: int) -> date:
        """The day of an ordinal."""
        found = self._days.get(ordinal)
        if found is None:
            found = self._days[ordinal] = date.fromordinal(ordinal)
        return found

    def period(self, starts: int, ends: int) -> Period:
        """The due period of two ordinals."""
        found = self._periods.get((starts, ends))
        if found is None:
            found = self._periods[starts, ends] = Period(self.day(starts), self.day(ends))
        return found


def _lowest_per_period(shares: Sequence[Column], periods: Places) -> Column:
    """Per part the share of the component that is lowest over its due period, the first of equals."""
    first = np.flatnonzero(np.diff(periods, prepend=-1))
    lowest = np.argmin([np.add.reduceat(share, first) for share in shares], axis=0)
    place = np.cumsum(np.diff(periods, prepend=-1) != 0) - 1
    found: Column = np.array(shares)[lowest[place], np.arange(len(periods))]
    return found


def _receipts_of(loan: Loan) -> dict[date, list[Receipt]]:
    by_due: dict[date, list[Receipt]] = {}
    for receipt in loan.receipts:
        by_due.setdefault(receipt.due, []).append(receipt)
    return by_due


def _end_of(day: date | None) -> int:
    return (day or date.max).toordinal()
