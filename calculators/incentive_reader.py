"""What a notice for incentives says, in plain sentences."""

from collections.abc import Iterator

from calculators.explain.item_sentences import ItemReader
from calculators.explain.sentences import Sentence
from calculators.money import format_percent, format_yuan
from calculators.notices.incentive import Bands, Fixed, IncentiveNotice, Ladder, PerUnit, Reward, ShareOfBase
from calculators.problems import N_, Say

__all__ = ["IncentiveReader"]

_COMBINE = {
    "one": N_("Exactly one of these components fits a claim; a claim that none fits is refused."),
    "sum": N_("The components that fit a claim are added up; a claim that none fits is refused."),
}
_MODES = {
    "whole": N_("the band that the base lies in decides for the whole base:"),
    "marginal": N_("each band pays for the part of the base that lies in it:"),
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
        levels = self.notice.all_levels
        if levels:
            yield (
                self.fill(
                    N_("The award and what other levels of government pay come to at most {share} of the base."),
                    share=format_percent(levels.share),
                ),
                levels,
            )

    def _component(self, component: Reward) -> str:
        match component.rule:
            case Fixed(amount=amount):
                return self.fill(N_("{amount} yuan."), amount=format_yuan(amount))
            case ShareOfBase() as rule:
                return self._share(rule)
            case PerUnit(amount=amount, at_most=None):
                return self.fill(N_("{amount} yuan for each unit."), amount=format_yuan(amount))
            case PerUnit(amount=amount, at_most=at_most):
                return self.fill(
                    N_("{amount} yuan for each unit, at most {at_most} yuan."),
                    amount=format_yuan(amount),
                    at_most=format_yuan(at_most or 0),
                )
            case Bands() as rule:
                return self._bands(rule)
            case Ladder() as rule:
                return self._ladder(rule)

    def _share(self, rule: ShareOfBase) -> str:
        said = self.fill(N_("{share} of the base"), share=format_percent(rule.share))
        if rule.base_at_most is not None:
            said += self.fill(N_(", of which at most {amount} yuan count"), amount=format_yuan(rule.base_at_most))
        if rule.at_least is not None:
            said += self.fill(N_(", at least {amount} yuan"), amount=format_yuan(rule.at_least))
        if rule.at_most is not None:
            said += self.fill(N_(", at most {amount} yuan"), amount=format_yuan(rule.at_most))
        return said + self.say(N_("."))

    def _bands(self, rule: Bands) -> str:
        said = [self.say(_MODES[rule.mode])]
        for band in rule.bands:
            starts_at = format_yuan(band.starts_at)
            if band.share is not None:
                said.append(self.fill(N_("from {base} on {share};"), base=starts_at, share=format_percent(band.share)))
            else:
                said.append(
                    self.fill(N_("from {base} on {amount} yuan;"), base=starts_at, amount=format_yuan(band.amount or 0))
                )
        return " ".join(said).removesuffix(";") + self.say(N_("."))

    def _ladder(self, rule: Ladder) -> str:
        rungs = "; ".join(
            self.fill(N_("{amount} yuan from {base} on"), amount=format_yuan(rung.amount), base=format_yuan(rung.reach))
            for rung in rule.rungs
        )
        return self.fill(
            N_(
                "{rungs}; a firm that rises is paid the difference to what its earlier claims and payments outside came"
                " to before caps."
            ),
            rungs=rungs,
        )
