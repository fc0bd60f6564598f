"""What a component of an incentive comes to for one claim, as the rows of its working: one function per kind of rule.

The amount of the last row is what the component pays; it rounds once, to the fen. `needs` says which figures a rule
rests on: a component without its figure is refused and never counts as zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from calculators.awards.conditions import Condition
from calculators.awards.figures import told
from calculators.awards.lines import ItemLine, Row, clause_label
from calculators.facts.model import Claim
from calculators.money import Exact, format_percent, format_yuan, full_steps, largest_remainder, plain_exact, round_fen
from calculators.notices.incentive import Reward
from calculators.notices.quantities import PERCENT, Quantity
from calculators.notices.rewards import Bands, Fixed, Ladder, OfFigure, PerUnit, ShareOfBase, ShareOfProduct, Steps
from calculators.problems import N_

__all__ = ["PaidBefore", "component_rows", "needs"]


@dataclass(slots=True)
class PaidBefore:
    """What one firm was paid under one notice before: by each ladder, and outside as far as not yet counted."""

    outside_fen: int = 0
    by_ladder: dict[str, int] = field(default_factory=dict)


def needs(component: Reward, line: ItemLine) -> Iterator[Condition]:
    """One condition per figure that the component needs: the claim tells it, in the notice's unit."""
    clause = clause_label(line.notice, component.rule)
    names: tuple[str | None, ...] = ()
    match component.rule:
        case PerUnit(of=None):
            units = _units(line)
            yield Condition("units", "units_missing", units > 0, plain_exact(units), ">", 0, clause)
        case PerUnit(of=of):
            names = (of,)
        case ShareOfProduct(of=of, times=times):
            names = (of, times)
        case OfFigure(of=of, over=over):
            names = (of, over)
    for name in names:
        if name is not None:
            yield told(line, name, clause)


def component_rows(component: Reward, line: ItemLine, paid: PaidBefore) -> Iterator[Row]:
    """The rows of a component whose figures are there; the amount of the last one is what it pays."""
    made = _Rows(component, line)
    match component.rule:
        case Fixed() as fixed:
            yield made.row(N_("fixed amount"), fixed.amount)
        case PerUnit() as rule:
            yield from made.bounded(made.per_unit(rule), rule.at_most)
        case ShareOfBase() as rule:
            yield from made.share(rule)
        case ShareOfProduct() as rule:
            yield from made.product(rule)
        case Bands() as rule:
            yield from made.bands(rule)
        case Ladder() as rule:
            yield from made.ladder(rule, paid)
        case Steps() as rule:
            yield from made.steps(rule)


class _Rows:
    """One component of one claim being calculated."""

    def __init__(self, component: Reward, line: ItemLine) -> None:
        self.name, self.line = component.id, line
        self.mode = line.notice.rounding.award.mode
        self.clause = clause_label(line.notice, component.rule)

    def row(self, text: str, amount_fen: int, label: str | None = None, **values: object) -> Row:
        """A row with the component's name, or another label."""
        return Row(self.name if label is None else label, text, values, amount_fen, self.clause)

    def round(self, amount_fen: Exact) -> int:
        """An amount to the fen, as the notice rounds its award."""
        return round_fen(amount_fen, self.mode)

    def bounded(self, rows: Iterator[Row], at_most: int | None, at_least: int | None = None) -> Iterator[Row]:
        """The rows, and one with the bound that held, if one did."""
        amount_fen = 0
        for row in rows:
            amount_fen = row.amount_fen
            yield row
        if at_most is not None and amount_fen > at_most:
            yield self.row(N_("at most {amount}"), at_most, "", amount=format_yuan(at_most))
        if at_least is not None and amount_fen < at_least:
            yield self.row(N_("at least {amount}"), at_least, "", amount=format_yuan(at_least))

    def measure(self, rule: OfFigure) -> Quantity:
        """What the rule is measured by."""
        found = self.line.measure(rule.of, rule.over)
        assert found is not None, f"{self.line.id} lacks a figure of {self.name}"
        return found

    def per_unit(self, rule: PerUnit) -> Iterator[Row]:
        """Units x amount, or a figure x price."""
        if rule.of is None:
            assert rule.amount is not None, "a rule says what a unit is worth"
            units = _units(self.line)
            amount_fen = self.round(units * rule.amount)
            yield self.row(
                N_("{units} x {amount}"), amount_fen, units=plain_exact(units), amount=format_yuan(rule.amount)
            )
            return
        counted = self._counted(rule.of, rule.of_at_most)
        assert rule.price is not None, "a rule says what a unit is worth"
        amount_fen = self.round(counted.value * rule.price.value * 100)
        yield self.row(N_("{quantity} x {price}"), amount_fen, quantity=counted, price=rule.price)

    def product(self, rule: ShareOfProduct) -> Iterator[Row]:
        """A share of a figure times the price told, both up to their bounds."""
        asked = (self.line.figure(rule.of), self.line.figure(rule.times))
        counted, price = self._counted(rule.of, rule.of_at_most), self._counted(rule.times, rule.times_at_most)
        whole_fen = self.round(counted.value * price.value * 100)
        text = N_("{quantity} x {price}")
        if asked != (counted, price):
            text = N_("{quantity} x {price} count, of {told} x {charged}")
        yield self.row(text, whole_fen, quantity=counted, price=price, told=asked[0], charged=asked[1])
        amount_fen = self.round(rule.share * counted.value * price.value * 100)
        share = self.row(
            N_("{share} of {base}"), amount_fen, "", share=format_percent(rule.share), base=format_yuan(whole_fen)
        )
        yield from self.bounded(iter([share]), rule.at_most)

    def _counted(self, name: str, at_most: Quantity | None) -> Quantity:
        """A figure, up to a bound."""
        told = self.line.figure(name)
        assert told is not None, f"{self.line.id} lacks {name}"
        return at_most if at_most is not None and at_most.value < told.value else told

    def share(self, rule: ShareOfBase) -> Iterator[Row]:
        """A share of the figure that counts, within its bounds."""
        base_fen = self.round(self.measure(rule).fen)
        yield from self.growth(rule)
        if rule.base_at_most is not None and rule.base_at_most < base_fen:
            base, base_fen = format_yuan(base_fen), rule.base_at_most
            yield self.row(N_("of {base} count at most"), base_fen, "", base=base)
        amount_fen = self.round(rule.share * base_fen)
        row = self.row(
            N_("{share} of {base}"), amount_fen, share=format_percent(rule.share), base=format_yuan(base_fen)
        )
        yield from self.bounded(iter([row]), rule.at_most, rule.at_least)

    def growth(self, rule: OfFigure) -> Iterator[Row]:
        """What a figure of yuan grew from and to, where that is what counts."""
        if rule.over is None:
            return
        now, before, grown = self.line.figure(rule.of), self.line.figure(rule.over), self.measure(rule)
        if grown.unit == "yuan":
            yield self.row(N_("{now} less {before}"), self.round(grown.fen), "", now=now, before=before)

    def bands(self, rule: Bands) -> Iterator[Row]:
        """The band that decides for the whole, or each band's part with their sum."""
        measure = self.measure(rule)
        yield from self.growth(rule)
        edges = [self._edge(rule, band.starts_at) for band in rule.bands]
        reached = [(band, edge) for band, edge in zip(rule.bands, edges, strict=True) if edge.value <= measure.value]
        if not reached:
            yield self.row(N_("{base} lies below the first band, {first}"), 0, base=measure, first=edges[0])
        elif rule.mode == "whole":
            band, edge = reached[-1]
            if band.share is None:
                yield self.row(N_("band of {base}, from {first} on"), band.amount or 0, base=measure, first=edge)
            else:
                yield self.row(
                    N_("{share} of {base}, band from {first} on"),
                    self.round(band.share * measure.fen),
                    base=measure,
                    first=edge,
                    share=format_percent(band.share),
                )
        else:
            yield from self._marginal([(band.share or Exact(0), edge) for band, edge in reached], measure)

    def _edge(self, rule: Bands, starts_at: Quantity) -> Quantity:
        """Where a band begins, in the unit of the measure: per cent are those of what it grew from."""
        if rule.over is None or starts_at.unit != PERCENT:
            return starts_at
        before = self.line.figure(rule.over)
        assert before is not None, f"{self.line.id} lacks {rule.over}"
        return Quantity(starts_at.value * before.value, before.unit)

    def _marginal(self, reached: list[tuple[Exact, Quantity]], measure: Quantity) -> Iterator[Row]:
        ends = [*(edge.fen for _share, edge in reached[1:]), measure.fen]
        within = [end - edge.fen for (_share, edge), end in zip(reached, ends, strict=True)]
        exact = [share * fen for (share, _edge), fen in zip(reached, within, strict=True)]
        total_fen = self.round(sum(exact, Exact(0)))
        shares = largest_remainder(total_fen, exact) if total_fen else [0] * len(exact)
        for place, ((share, edge), fen, amount_fen) in enumerate(zip(reached, within, shares, strict=True)):
            yield self.row(
                N_("{share} of the {part} from {first} on"),
                amount_fen,
                "" if place else None,
                share=format_percent(share),
                part=Quantity(fen / 100, measure.unit),
                first=edge,
            )
        if len(reached) > 1:
            yield self.row(N_("all bands"), total_fen, "")

    def ladder(self, rule: Ladder, paid: PaidBefore) -> Iterator[Row]:
        """The rung reached, what was paid on the way to it, and the difference."""
        measure = self.measure(rule)
        reached = [rung for rung in rule.rungs if rung.reach.value <= measure.value]
        if not reached:
            yield self.row(N_("{base} lies below the first rung, {first}"), 0, base=measure, first=rule.rungs[0].reach)
            return
        rung = reached[-1]
        yield self.row(N_("{base} reaches the rung of {reach}"), rung.amount, base=measure, reach=rung.reach)
        before_fen = paid.by_ladder.get(self.name, 0)
        due_fen = max(0, rung.amount - before_fen)
        # What was paid outside is not told apart by ladder: it counts once, on the first amounts that fall due.
        counted_fen = min(due_fen, paid.outside_fen)
        paid.outside_fen -= counted_fen
        paid.by_ladder[self.name] = before_fen + due_fen
        if before_fen or counted_fen:
            yield self.row(
                N_("less {earlier} of earlier claims, {outside} outside"),
                due_fen - counted_fen,
                "",
                earlier=format_yuan(before_fen),
                outside=format_yuan(counted_fen),
            )

    def steps(self, rule: Steps) -> Iterator[Row]:
        """Full steps band by band, and what the figure is worth at least."""
        yield from self.bounded(self._steps(rule), rule.at_most)

    def _steps(self, rule: Steps) -> Iterator[Row]:
        measure = self.measure(rule)
        yield from self.growth(rule)
        ends = [*(band.starts_at.value for band in rule.bands[1:]), None]
        total_fen = counted = 0
        for band, end in zip(rule.bands, ends, strict=True):
            inside = (measure.value if end is None else min(end, measure.value)) - band.starts_at.value
            full = full_steps(inside, rule.step.value)
            if full:
                total_fen += full * band.amount
                yield self.row(
                    N_("{full} full x {amount}, each {step} from {first} on"),
                    full * band.amount,
                    "" if counted else None,
                    full=full,
                    amount=format_yuan(band.amount),
                    step=rule.step,
                    first=band.starts_at,
                )
                counted += 1
        first = rule.first
        if first is not None and measure.value >= first.starts_at.value and total_fen < first.amount:
            yield self.row(N_("at least, from {first} on"), first.amount, first=first.starts_at)
        elif counted != 1:
            text = N_("all bands") if counted else N_("{base} is no full step of {step}")
            yield self.row(text, total_fen, "" if counted else None, base=measure, step=rule.step)


def _units(line: ItemLine) -> Exact:
    assert isinstance(line.item, Claim), line.id
    return line.item.units
