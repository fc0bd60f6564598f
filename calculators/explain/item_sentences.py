"""What notices that rest on one item say, in plain sentences: what all say alike, then one reader per type."""

from collections.abc import Iterable, Iterator

from calculators.explain.sentences import Reader, Sentence
from calculators.money import format_percent, format_yuan
from calculators.notices.allocation import AllocatedSubsidyNotice
from calculators.notices.incentive import Bands, Fixed, IncentiveNotice, Ladder, PerUnit, Reward, ShareOfBase
from calculators.notices.item import AttributeIn, BaseAtLeast, ItemNotice, LaunchedByApplication, Match
from calculators.notices.model import ASSUMED, Condition
from calculators.notices.premium import InsurancePremiumNotice, LiabilityAtMost, PremiumShare
from calculators.problems import N_, Say

__all__ = ["AllocatedSubsidyReader", "IncentiveReader", "InsurancePremiumReader", "ItemReader"]

_DATES = {
    "application": N_("the date of the application"),
    "contract": N_("the date of the contract"),
}
_WINDOWS = {
    "application": N_("The application must be dated {days}."),
    "contract": N_("The contract must be signed {days}."),
    "launch": N_("The launch must take place {days}."),
}


class ItemReader(Reader):
    """An item's notice being read back."""

    notice: ItemNotice
    dates = _DATES
    windows = _WINDOWS

    def condition(self, rule: Condition) -> str:
        """A condition on the item, or one that every type may state."""
        match rule:
            case AttributeIn():
                values = self.listed(rule.values)
                return self.fill(
                    N_("The item's {attribute} is one of: {values}."), attribute=rule.attribute, values=values
                )
            case BaseAtLeast():
                return self.fill(N_("The base is at least {amount} yuan."), amount=format_yuan(rule.amount))
            case LaunchedByApplication():
                return self.say(N_("The launch took place on the day of the application or before."))
        return super().condition(rule)

    def closing(self) -> Iterator[Sentence]:
        """The one rounding."""
        yield self.rounding(
            N_("The award is rounded once per event on its cumulative amount to the fen, {mode}."),
            self.notice.rounding.award,
        )

    def where(self, when: Iterable[Match]) -> str:
        """Which items a part of the notice is for: ` (category = mpw)`; empty for all."""
        asked = self.listed(f"{match.attribute} = {match.value}" for match in when)
        return f" ({asked})" if asked else ""


_COUNTED = {
    "in_full": N_("The premium counts once it is paid in full."),
    "as_paid": N_("The premium counts as far as it is paid."),
}
_TAX = {True: N_("It counts without its tax."), False: N_("It counts with its tax.")}
_RETURNED = {
    "proportional": N_(
        "Where the insurer returns premium, the award is the share of the premium that the firm still bears, and the"
        " limits on premium and award apply to that."
    ),
    "award_proportional": N_(
        "Where the insurer returns premium, the same part of the award is taken back, whatever had limited it."
    ),
}


class InsurancePremiumReader(ItemReader):
    """A notice for insurance premiums being read back."""

    notice: InsurancePremiumNotice

    def __init__(self, notice: InsurancePremiumNotice, say: Say) -> None:
        super().__init__(notice, say)

    def rules(self) -> Iterator[Sentence]:
        """Which premium counts, its shares, what happens when premium is returned."""
        counted = self.notice.counted
        yield self.say(_COUNTED[counted.paid]), counted
        yield self.say(_TAX[counted.tax.deducted]), counted.tax
        if counted.max_rate:
            rate = format_percent(counted.max_rate.rate)
            yield self.fill(N_("It counts up to {rate} of the liability."), rate=rate), counted.max_rate
        if counted.liability_at_most:
            yield self._liability(counted.liability_at_most), counted.liability_at_most
        for share in self.notice.shares:
            yield self._share(share), share
        yield (
            self.say(_RETURNED[self.notice.returned.rule]),
            self.notice.returned,
        )

    def closing(self) -> Iterator[Sentence]:
        """The rounding of the award, and that of a premium by the unit."""
        yield from super().closing()
        yield self.rounding(
            N_("A premium by the unit is sum insured x rate x units, rounded once, after the multiplication, {mode}."),
            self.notice.rounding.premium,
        )

    def _liability(self, limit: LiabilityAtMost) -> str:
        amount = format_yuan(limit.amount or 0)
        if limit.contract_times is None:
            return self.fill(N_("The liability counts up to {amount} yuan."), amount=amount)
        if limit.amount is None:
            return self.fill(N_("The liability counts up to {times} x the contract."), times=limit.contract_times)
        return self.fill(
            N_("The liability counts up to {times} x the contract and up to {amount} yuan."),
            times=limit.contract_times,
            amount=amount,
        )

    def _share(self, rule: PremiumShare) -> str:
        where, share = self.where(rule.when), format_percent(rule.share)
        if not rule.years:
            return self.fill(N_("{share} of the premium that counts{where}."), share=share, where=where)
        years = self.listed(str(year) for year in rule.years)
        return self.fill(
            N_("{share} of the premium that counts{where}, in these years of continuous cover: {years}."),
            share=share,
            where=where,
            years=years,
        )


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


_BEFORE_AUDIT = {
    "claimed": N_("Before an audit the investment counts as claimed; an audit puts that right."),
    "nothing": N_("Before an audit nothing is due."),
}
_STAGES = {
    "grant": N_("{id}: {percent} with the grant."),
    "stage": N_("{id}: {percent} once the evidence of this stage is there."),
    "acceptance": N_("{id}: {percent} once the project has passed its acceptance, with everything not paid before."),
}


class AllocatedSubsidyReader(ItemReader):
    """A notice for allocated subsidies being read back."""

    notice: AllocatedSubsidyNotice

    def __init__(self, notice: AllocatedSubsidyNotice, say: Say) -> None:
        super().__init__(notice, say)

    def rules(self) -> Iterator[Sentence]:
        """Share, stages, acceptance."""
        allocation = self.notice.allocation
        share = format_percent(allocation.share)
        if allocation.at_most is None:
            yield self.fill(N_("The subsidy is {share} of the audited investment."), share=share), allocation
        else:
            said = self.fill(
                N_("The subsidy is {share} of the audited investment, at most {amount} yuan per project."),
                share=share,
                amount=format_yuan(allocation.at_most),
            )
            yield said, allocation
        yield self.say(_BEFORE_AUDIT[allocation.before_audit]), allocation
        yield self.say(N_("An audit counts at most the investment claimed.")), ASSUMED
        for stage in self.notice.stages:
            yield self.fill(_STAGES[stage.on], id=stage.id, percent=format_percent(stage.percent)), stage
        yield (
            self.say(
                N_(
                    "After an acceptance that failed, wholly or in part, no further stage is paid, and of what was paid"
                    " the part not done is paid back."
                )
            ),
            self.notice.acceptance,
        )
