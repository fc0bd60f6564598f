"""What a notice for incentives says, in plain sentences."""

from collections.abc import Iterator

from calculators.explain.item_sentences import ItemReader
from calculators.explain.sentences import Sentence
from calculators.money import format_percent, format_yuan
from calculators.notices.incentive import IncentiveNotice, Reward
from calculators.notices.rewards import Bands, Fixed, Ladder, OfFigure, PerUnit, ShareOfBase, ShareOfProduct, Steps
from calculators.problems import N_, Say

__all__ = ["IncentiveReader"]

_COMBINE = {
    "one": N_("Exactly one of these components fits a claim; a claim that none fits is refused."),
    "sum": N_(
        "The components that fit a claim are added up; a claim that none fits is refused, and a component whose figure"
        " is missing is refused by itself."
    ),
    "lowest": N_("The lowest of the components that fit a claim is paid; a claim that none fits is refused."),
    "highest": N_("The highest of the components that fit a claim is paid; a claim that none fits is refused."),
}
_MODES = {
    "whole": N_("the band that {figure} lies in decides for the whole of it:"),
    "marginal": N_("each band pays for the part of {figure} that lies in it:"),
}


class IncentiveReader(ItemReader):
    """A notice for incentives being read back."""

    notice: IncentiveNotice

    def __init__(self, notice: IncentiveNotice, say: Say) -> None:
        super().__init__(notice, say)

    def rules(self) -> Iterator[Sentence]:
        """Components, how they combine, the bound over all levels of government."""
        for component in self.notice.components:
            name = component.id + self.where(component.when)
            sentence = self.fill(N_("{id}: {sentence}"), id=name, sentence=self._component(component))
            yield sentence, component.rule
        yield self.say(_COMBINE[self.notice.combine.kind]), self.notice.combine
        yield from self.all_levels(self.notice.all_levels)

    def _component(self, component: Reward) -> str:
        match component.rule:
            case Fixed(amount=amount):
                return self.fill(N_("{amount} yuan."), amount=format_yuan(amount))
            case ShareOfBase() as rule:
                return self._share(rule)
            case ShareOfProduct() as rule:
                return self._product(rule)
            case PerUnit() as rule:
                return self._per_unit(rule)
            case Bands() as rule:
                return self._bands(rule)
            case Ladder() as rule:
                return self._ladder(rule)
            case Steps() as rule:
                return self._steps(rule)

    def _figure(self, rule: OfFigure) -> str:
        """What a rule is measured by: the base, a figure, or what one figure grew on another."""
        name = self.say(N_("the base")) if rule.of == "base" else rule.of
        return self.fill(N_("the growth of {figure} on {over}"), figure=name, over=rule.over) if rule.over else name

    def _bound(self, at_most: int | None, at_least: int | None = None) -> str:
        said = ""
        if at_least is not None:
            said += self.fill(N_(", at least {amount} yuan"), amount=format_yuan(at_least))
        if at_most is not None:
            said += self.fill(N_(", at most {amount} yuan"), amount=format_yuan(at_most))
        return said + self.say(N_("."))

    def _share(self, rule: ShareOfBase) -> str:
        said = self.fill(N_("{share} of {figure}"), share=format_percent(rule.share), figure=self._figure(rule))
        if rule.base_at_most is not None:
            said += self.fill(N_(", of which at most {amount} yuan count"), amount=format_yuan(rule.base_at_most))
        return said + self._bound(rule.at_most, rule.at_least)

    def _product(self, rule: ShareOfProduct) -> str:
        said = self.fill(
            N_("{share} of {figure} x {price}"), share=format_percent(rule.share), figure=rule.of, price=rule.times
        )
        for figure, bound in ((rule.of, rule.of_at_most), (rule.times, rule.times_at_most)):
            if bound is not None:
                text = N_(", of {figure} at most {bound} count")
                said += self.fill(text, figure=figure, bound=bound.render(self.say))
        return said + self._bound(rule.at_most)

    def _per_unit(self, rule: PerUnit) -> str:
        if rule.of is None:
            said = self.fill(N_("{amount} yuan for each unit"), amount=format_yuan(rule.amount or 0))
            return said + self._bound(rule.at_most)
        assert rule.price is not None, "a rule says what a unit is worth"
        said = self.fill(N_("{figure} x {price}"), figure=rule.of, price=rule.price.render(self.say))
        if rule.of_at_most is not None:
            said += self.fill(
                N_(", of {figure} at most {bound} count"), figure=rule.of, bound=rule.of_at_most.render(self.say)
            )
        return said + self._bound(rule.at_most)

    def _bands(self, rule: Bands) -> str:
        said = [self.fill(_MODES[rule.mode], figure=self._figure(rule))]
        for band in rule.bands:
            base = self.quantity(band.starts_at)
            if band.share is not None:
                said.append(self.fill(N_("from {base} on {share};"), base=base, share=format_percent(band.share)))
            else:
                said.append(
                    self.fill(N_("from {base} on {amount} yuan;"), base=base, amount=format_yuan(band.amount or 0))
                )
        return " ".join(said).removesuffix(";").removesuffix("；") + self.say(N_("."))

    def _ladder(self, rule: Ladder) -> str:
        rungs = "; ".join(
            self.fill(
                N_("{amount} yuan from {base} on"), amount=format_yuan(rung.amount), base=self.quantity(rung.reach)
            )
            for rung in rule.rungs
        )
        return self.fill(
            N_(
                "by {figure}: {rungs}; a firm that rises is paid the difference to what its earlier claims and payments"
                " outside came to before caps."
            ),
            figure=self._figure(rule),
            rungs=rungs,
        )

    def _steps(self, rule: Steps) -> str:
        said = self.fill(
            N_("for each full {step} of {figure}"), step=self.quantity(rule.step), figure=self._figure(rule)
        )
        for band in rule.bands:
            text = N_(", {amount} yuan from {base} on")
            said += self.fill(text, amount=format_yuan(band.amount), base=self.quantity(band.starts_at))
        if rule.first is not None:
            said += self.fill(
                N_("; at least {amount} yuan from {base} on"),
                amount=format_yuan(rule.first.amount),
                base=self.quantity(rule.first.starts_at),
            )
        return said + self._bound(rule.at_most)
