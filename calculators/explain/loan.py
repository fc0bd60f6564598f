"""The worksheet (测算表): a result as the sheet that an officer reads and an auditor recalculates.

Rendered from the result alone, line by line: every condition with its clause, the interest segment by segment, each
component, how they combine, the caps, what is held or withheld, the award. The lines of a due period add up to its
rounded interest, and those of a component to its rounded amount: they are shares by largest remainder, never roundings
of their own. Due dates are the exclusive ends that the digest has, without the year where all fall into one.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from types import MappingProxyType

from calculators.awards.lines import ASSUMPTION, clause_label, first_drawdown
from calculators.awards.loan import Result, combined, component_shares, lowest_per_period, rule_for
from calculators.awards.loan_once import drawn_in
from calculators.awards.loan_parts import DuePeriod, Part, at_support_rate, clip
from calculators.awards.loan_receipts import counted_receipts
from calculators.digest import Held
from calculators.explain.sheet import Section, Sheet, Step, short_yuan
from calculators.interest.loan import DayCount
from calculators.interest.segments import Segment, rates_below_zero, spells_overlap, year_fraction
from calculators.money import Exact, format_percent, format_yuan, largest_remainder, plain_exact
from calculators.notices.loan_components import GrantEquivalent, InterestShare, NamedComponent, OneOff, SimpleComponent
from calculators.problems import N_, Say

__all__ = ["LoanSheet", "clause_label", "render"]

# Widths of the layout, in cells; longer texts push the columns out.
_SEGMENT, _COMPONENT = 38, 40

# How a day count is written: units of a year, a segment's product, a component's basis.
_DAYS = (N_("{principal} x {count} d x {rate}/{year}"), N_("{basis} yuan-days x {rate}/{year}"))
_MONTHS = (N_("{principal} x {count} m x {rate}/{year}"), N_("{basis} yuan-months x {rate}/{year}"))
_YEARS = (N_("{principal} x {count} y x {rate}"), N_("{basis} yuan-years x {rate}"))
_UNITS = {
    DayCount.ACT_360: (360, *_DAYS),
    DayCount.ACT_365F: (365, *_DAYS),
    DayCount.THIRTY_E_360: (360, *_DAYS),
    DayCount.THIRTY_360: (360, *_DAYS),
    DayCount.NOMINAL_MONTH: (12, *_MONTHS),
    DayCount.ACT_ACT_ISDA: (1, *_YEARS),
}
_COMBINE = {
    ("single", None): N_("single -> {names}"),
    ("sum", None): N_("sum -> {names}"),
    ("lowest", "to_date"): N_("lowest (to date) -> {names}"),
    ("lowest", "due_period"): N_("lowest (due period) -> {names}"),
}


def render(result: Result, say: Say = str) -> str:
    """The worksheet as text, its words passed through `say`; figures and identifiers are the same in every language."""
    return "\n".join(LoanSheet(result, say).lines())


class LoanSheet(Sheet):
    """The worksheet of one result; what is held counts nowhere but in the held steps."""

    widths = MappingProxyType({Section.INTEREST: _SEGMENT, Section.PART: _COMPONENT})

    def __init__(self, result: Result, say: Say) -> None:
        super().__init__(say)
        self.line, self.digest, self.working = result.line, result.digest, result.working
        self.periods: list[DuePeriod] = self.working.periods[: len(self.digest["periods"])]
        self.parts = [part for due in self.periods for part in due.parts]
        by_version = groupby(self.parts, key=lambda part: part.version.ref)
        self.by_version = [list(group) for _, group in by_version]

    def steps(self) -> Iterator[Step]:
        """Every step, in the order in which they are calculated."""
        loan = self.say(N_("loan {key}")).format(key=self.digest["loan"])
        yield Step(Section.HEAD, "", f"{self.digest['entity']} / {loan} / {self.digest['notice']}")
        if self.working.failed:
            yield from self.held(self.digest["held"])
            return
        found = [condition for _, conditions in self.working.conditions for condition in conditions]
        yield from self.conditions(found, self.digest["eligible"])
        yield from self._interest()
        yield from self._remarks()
        yield from self._components()
        yield from self.caps(self.working.capped.fills.values())
        yield from self.withheld(self.digest["withheld"])
        for held in self.digest["held"]:
            yield self.limit(self.say(N_("held")), self._held(held))
        yield from self.taken_back(self.digest.get("taken_back", ()))
        yield from self.payers(self.digest["payers"])
        yield self.award(self.digest["award_fen"])

    def _interest(self) -> Iterator[Step]:
        years = {due.period.ends_before.year for due in self.periods}
        rows = []
        for due in self.periods:
            name = due.period.ends_before.isoformat()[5 if len(years) == 1 else 0 :]
            for part in due.parts:
                rows += [(f"{name}   {text}", fen) for text, fen in self._part_interest(due, part)]
        for place, (text, fen) in enumerate(rows):
            label = self.say(N_("interest")) if place == 0 else ""
            yield Step(Section.INTEREST, label, text, fen, equals=True)
        if rows:
            yield self.total(Section.INTEREST, sum(fen for _text, fen in rows))

    def _remarks(self) -> Iterator[Step]:
        """What the days of the sheet need told: rates below zero, principal overdue and extended at once."""
        if not self.periods:
            return
        loan = self.line.loan
        opened, closed = self.periods[0].period.starts_on, self.periods[-1].period.ends_before
        for day, rate in rates_below_zero(loan, closed, self.working.benchmark):
            text = self.say(N_("from {day} on the contract comes to {rate}: these days bear 0%"))
            yield self.limit(self.say(N_("rate")), text.format(day=day, rate=_rate(rate)))
        for first, end in spells_overlap(loan.spells):
            if first < closed and (end is None or end > opened):
                text = self.say(N_("overdue and extended at once from {day} on: that principal is left out once"))
                yield self.limit(self.say(N_("spells")), text.format(day=first))

    def _part_interest(self, due: DuePeriod, part: Part) -> Iterator[tuple[str, int]]:
        """The lines of a part: its segments, or its share of what was paid."""
        if part.notice.base.interest == "paid":
            yield self._receipt(due, part), part.interest_fen
            return
        own = clip(part.timeline.segments, part.starts_on, part.ends_before)
        weights = [_basis(segment, part, self.line.loan.day_count) * segment.rate for segment in own]
        shares = largest_remainder(part.interest_fen, weights) if part.interest_fen else [0] * len(weights)
        for segment, share in zip(own, shares, strict=True):
            yield self._product(part, segment), share

    def _product(self, part: Part, segment: Segment) -> str:
        year, template, _ = _UNITS[self.line.loan.day_count]
        count = year * year_fraction(self.line.loan.day_count, segment.starts_on, segment.ends_before, part.period)
        return self.say(template).format(
            principal=short_yuan(segment.principal_fen), count=_number(count), rate=_rate(segment.rate), year=year
        )

    def _receipt(self, due: DuePeriod, part: Part) -> str:
        paid_fen, text = due.receipt_fen, N_("receipt {paid}")
        counted_fen = counted_receipts(part.notice, due.receipts)
        if paid_fen is None:
            paid_fen, text = due.bank_fen, N_("no receipt, our {paid}")
        elif counted_fen < paid_fen:
            text = N_("receipt {paid}, {counted} paid in time")
        text = self.say(text).format(paid=format_yuan(paid_fen), counted=format_yuan(counted_fen))
        if part.exact_fen == due.bank_exact:
            return text
        share = part.exact_fen / due.bank_exact
        return f"{text} x {share.numerator}/{share.denominator}"

    def _components(self) -> Iterator[Step]:
        """A block per component of every version, and how they combine."""
        blocks: list[list[Step]] = []
        for parts in self.by_version:
            shares = component_shares(self.line, parts, self.working.benchmark)
            for component, own in zip(parts[0].notice.components, shares, strict=True):
                blocks.append(self._component(component, parts, own))
            blocks.append([self._combine(parts, shares), *self._in_units(parts)])
        bound = self.digest.get("interest_bound")
        if bound and bound["claim_fen"] < bound["combined_fen"]:
            text = self.say(N_("at most the interest to date, {interest}"))
            text = text.format(interest=format_yuan(bound["interest_fen"]))
            blocks.append([_part(self.say(N_("bound")), text, bound["claim_fen"], ASSUMPTION)])
        for block in blocks:
            yield from block
            if len(block) > 1 and block[0].clause:
                yield self.total(Section.PART, sum(step.amount_fen or 0 for step in block))

    def _component(self, component: NamedComponent, parts: Sequence[Part], own: Sequence[int]) -> list[Step]:
        """What a component rests on, with its amounts: rates and interest, or what is paid once."""
        amount_fen, rule = sum(own), component.rule
        if component.earned:
            if not amount_fen:
                clause = clause_label(parts[0].notice, component.earned)
                return [_part(component.id, self.say(N_("due only once it is repaid in time")), 0, clause)]
            # What had accrued by the part in which it was repaid.
            parts = parts[: next(place for place, fen in enumerate(own) if fen) + 1]
        if isinstance(rule, OneOff | GrantEquivalent):
            clause = clause_label(parts[0].notice, rule)
            return [_part(component.id, self._once(rule, parts), amount_fen, clause)]
        return self._by_rate(component, parts, amount_fen)

    def _once(self, rule: OneOff | GrantEquivalent, parts: Sequence[Part]) -> str:
        if isinstance(rule, OneOff):
            drawn = format_yuan(sum(drawn_in(self.line.loan, part) for part in parts))
            return self.say(N_("{share} of {drawn} drawn")).format(share=format_percent(rule.share), drawn=drawn)
        return self.say(N_("{points} a year of the principal, at {rate} a year on {day}")).format(
            points=_rate(rule.points), rate=_rate(rule.reference_rate), day=first_drawdown(self.line.loan)
        )

    def _by_rate(self, component: NamedComponent, parts: Sequence[Part], amount_fen: int) -> list[Step]:
        """One row per rule and rate that held, with its share of the component's amount."""
        basis: dict[tuple[SimpleComponent, Exact], Exact] = {}
        weight: dict[tuple[SimpleComponent, Exact], Exact] = {}
        for part in parts:
            rule = rule_for(component, self.line, part)
            if rule is None:
                continue
            assert not isinstance(rule, OneOff | GrantEquivalent), "what is paid once goes by no rate"
            if isinstance(rule, InterestShare):
                _add(basis, (rule, rule.share), Exact(part.interest_fen))
                _add(weight, (rule, rule.share), rule.share * part.interest_fen)
                continue
            own = clip(part.timeline.segments, part.starts_on, part.ends_before)
            for segment in at_support_rate(rule, self.line.loan, own, self.working.benchmark):
                counted = _basis(segment, part, self.line.loan.day_count)
                _add(basis, (rule, segment.rate), counted)
                _add(weight, (rule, segment.rate), counted * segment.rate)
        shares = largest_remainder(amount_fen, list(weight.values())) if amount_fen else [0] * len(weight)
        notice = parts[0].notice
        return [
            _part("" if place else component.id, self._rule(rule, rate, whole), share, clause_label(notice, rule))
            for place, (((rule, rate), whole), share) in enumerate(zip(basis.items(), shares, strict=True))
        ]

    def _rule(self, rule: SimpleComponent, rate: Exact, basis: Exact) -> str:
        if isinstance(rule, InterestShare):
            amount = format_yuan(basis.numerator)
            return self.say(N_("{share} of {interest}")).format(share=format_percent(rate), interest=amount)
        year, _, template = _UNITS[self.line.loan.day_count]
        return self.say(template).format(basis=_number(basis * year / 100), rate=_rate(rate), year=year)

    def _combine(self, parts: Sequence[Part], shares: Sequence[Sequence[int]]) -> Step:
        notice = parts[0].notice
        combine, names = notice.combine, [component.id for component in notice.components]
        if combine.compare_over == "to_date":
            totals = [sum(own) for own in shares]
            names = [names[totals.index(min(totals))]]
        elif combine.compare_over == "due_period":
            # The lowest may differ from period to period: in the order in which they first were.
            names = list(dict.fromkeys(names[lowest.component] for lowest in lowest_per_period(parts, shares)))
        text = self.say(_COMBINE[combine.kind, combine.compare_over])
        joined = (" + " if combine.kind == "sum" else ", ").join(names)
        amount_fen = sum(combined(self.line, parts, self.working.benchmark))
        return _part(self.say(N_("combine")), text.format(names=joined), amount_fen)

    def _in_units(self, parts: Sequence[Part]) -> Iterator[Step]:
        """What the components come to in the unit in which the notice publishes its awards."""
        notice = parts[0].notice
        rounding = notice.rounding.award
        if rounding.in_units:
            text = self.say(N_("rounded to whole {unit}")).format(unit=format_yuan(rounding.unit))
            yield _part("", text, sum(part.combined_fen for part in parts), clause_label(notice, rounding))

    def _held(self, held: Held) -> str:
        if "due" not in held:
            return self.held_whole(held)
        figures = {"due": held["due"], "code": held["code"], "ours": format_yuan(int(held["ours_fen"]))}
        if "receipt_fen" not in held:
            return self.say(N_("{due}   {code}: ours {ours}, no receipt")).format(**figures)
        figures["receipt"] = format_yuan(int(held["receipt_fen"]))
        return self.say(N_("{due}   {code}: ours {ours}, receipt {receipt}")).format(**figures)


def _part(label: str, text: str, amount_fen: int, clause: str = "") -> Step:
    # What combines is no product and has no equals sign.
    return Step(Section.PART, label, text, amount_fen, clause, equals=bool(clause))


def _basis(segment: Segment, part: Part, day_count: DayCount) -> Exact:
    """Principal x part of a year, in fen-years."""
    fraction = year_fraction(day_count, segment.starts_on, segment.ends_before, part.period)
    return segment.principal_fen * fraction


def _add(amounts: dict[tuple[SimpleComponent, Exact], Exact], key: tuple[SimpleComponent, Exact], more: Exact) -> None:
    amounts[key] = amounts.get(key, Exact(0)) + more


def _number(value: Exact) -> str:
    """An exact number with commas, as a ratio where its decimals do not end."""
    text = plain_exact(value)
    if "/" in text:
        return text
    whole, point, decimals = text.partition(".")
    return f"{int(whole):,}{point}{decimals}"


def _rate(rate: Exact) -> str:
    """A rate in percent with at least one decimal, as rates are written."""
    text = plain_exact(rate * 100)
    return f"{text}.0%" if text.lstrip("-").isdigit() else f"{text}%"
