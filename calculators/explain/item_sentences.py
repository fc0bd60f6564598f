"""What notices that rest on one item say, in plain sentences: what all say alike, then one reader per type."""

from collections.abc import Iterable, Iterator

from calculators.explain.sentences import Reader, Sentence
from calculators.money import format_percent, format_yuan
from calculators.notices.allocation import AllocatedSubsidyNotice, Performance
from calculators.notices.item import (
    AllLevels,
    AttributeIn,
    BaseAtLeast,
    FigureInRange,
    FirmTotalAtLeast,
    ItemCap,
    ItemNotice,
    LaunchedByApplication,
    MatchedByOtherLevels,
)
from calculators.notices.model import ASSUMED, Cap, Condition
from calculators.notices.premium import InsurancePremiumNotice, LiabilityAtMost, PremiumShare
from calculators.notices.quantities import YUAN, Quantity
from calculators.notices.when import Match
from calculators.problems import N_, Say

__all__ = ["AllocatedSubsidyReader", "InsurancePremiumReader", "ItemReader"]

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
            case FigureInRange():
                return self.fill(N_("{range}."), range=self.range(rule))
            case FirmTotalAtLeast():
                return self.fill(
                    N_("Over all of a firm's items under this notice {figure} comes to at least {amount}."),
                    figure=rule.of,
                    amount=self.quantity(rule.amount),
                )
            case MatchedByOtherLevels():
                return self.fill(
                    N_("Other levels of government pay at least {share} of the base for the same."),
                    share=format_percent(rule.share),
                )
            case LaunchedByApplication():
                return self.say(N_("The launch took place on the day of the application or before."))
        return super().condition(rule)

    def closing(self) -> Iterator[Sentence]:
        """The one rounding."""
        yield self.award_rounding(
            self.notice.rounding.award,
            N_("The award is rounded once per event on its cumulative amount to the fen, {mode}."),
            N_(
                "The award is rounded once per event on its cumulative amount to whole {unit} yuan, {mode}; what a cap"
                " or a decision cuts is not rounded again."
            ),
        )

    def limit(self, cap: Cap) -> str:
        """Yuan, or a share of a figure of the item."""
        if not isinstance(cap, ItemCap) or cap.share_of_figure is None:
            return super().limit(cap)
        share = cap.share_of_figure
        return self.fill(N_("{share} of {figure}"), share=format_percent(share.share), figure=share.figure)

    def all_levels(self, levels: AllLevels | None) -> Iterator[Sentence]:
        """The bound over what all levels of government pay, where there is one."""
        if levels:
            text = N_("The award and what other levels of government pay come to at most {share} of the base.")
            yield self.fill(text, share=format_percent(levels.share)), levels

    def where(self, when: Iterable[Match]) -> str:
        """Which items a part of the notice is for: ` (category = mpw)`; empty for all."""
        asked = self.listed(self._match(match) for match in when)
        return f" ({asked})" if asked else ""

    def _match(self, match: Match) -> str:
        if match.attribute is not None:
            return f"{match.attribute} = {match.value}"
        if match.status is not None:
            text = N_("the firm has the status {status}") if match.held else N_("the firm has not the status {status}")
            return self.fill(text, status=match.status)
        if match.district is not None:
            return self.fill(N_("registered in {district}"), district=match.district)
        return self.range(match)

    def range(self, rule: FigureInRange | Match) -> str:
        """A figure, or its growth, with its bounds."""
        bounds = [(N_("at least {bound}"), rule.at_least), (N_("below {bound}"), rule.below)]
        if isinstance(rule, FigureInRange):
            bounds.insert(1, (N_("at most {bound}"), rule.at_most))
        said = self.listed(self.fill(text, bound=self.quantity(bound)) for text, bound in bounds if bound is not None)
        if rule.over is None:
            return self.fill(N_("{figure} is {bounds}"), figure=rule.figure, bounds=said)
        text = N_("{figure} grew on {over} by {bounds}")
        return self.fill(text, figure=rule.figure, over=rule.over, bounds=said)

    def quantity(self, quantity: Quantity) -> str:
        """A quantity with its unit, that of money included."""
        text = quantity.render(self.say)
        return self.fill(N_("{amount} yuan"), amount=text) if quantity.unit == YUAN else text


_COUNTED = {
    "in_full": N_("The premium counts once it is paid in full."),
    "as_paid": N_("The premium counts as far as it is paid."),
    "own_share": N_(
        "The premium counts once the firm has paid its own part of it; the fund pays the award to the insurer."
    ),
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


_BEFORE_AUDIT = {
    "claimed": N_("Before an audit the investment counts as claimed; an audit puts that right."),
    "nothing": N_("Before an audit nothing is due."),
}
_MEASURES = {
    "score": N_("The score of the review decides:"),
    "targets": N_("The mean part of the targets that was reached decides, each counted up to all of it:"),
}
_STAGES = {
    "grant": N_("{id}: {percent} with the grant."),
    "stage": N_("{id}: {percent} once the evidence of this stage is there."),
    "acceptance": N_("{id}: {percent} once the project has passed its acceptance, with everything not paid before."),
    "review": N_("{id}: {percent} after the review of performance, in the share that it decides."),
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
        base = self.say(N_("the audited investment")) if allocation.of == "base" else allocation.of
        if allocation.at_most is None:
            yield self.fill(N_("The subsidy is {share} of {base}."), share=share, base=base), allocation
        else:
            said = self.fill(
                N_("The subsidy is {share} of {base}, at most {amount} yuan per project."),
                share=share,
                base=base,
                amount=format_yuan(allocation.at_most),
            )
            yield said, allocation
        yield from self.all_levels(self.notice.all_levels)
        yield self.say(_BEFORE_AUDIT[allocation.before_audit]), allocation
        yield self.say(N_("An audit counts at most the investment claimed.")), ASSUMED
        for stage in self.notice.stages:
            yield self.fill(_STAGES[stage.on], id=stage.id, percent=format_percent(stage.percent)), stage
        if self.notice.performance:
            yield self._performance(self.notice.performance), self.notice.performance
        yield (
            self.say(
                N_(
                    "After an acceptance that failed, wholly or in part, no further stage is paid, and of what was paid"
                    " the part not done is paid back."
                )
            ),
            self.notice.acceptance,
        )

    def _performance(self, rule: Performance) -> str:
        bands = []
        for band in rule.bands:
            share = format_percent(band.share)
            bands.append(self.fill(N_("from {base} on {share}"), base=self.quantity(band.starts_at), share=share))
        return self.fill(
            N_("{measure} {bands} of its stage, below that nothing; a review without it decides nothing yet."),
            measure=self.say(_MEASURES[rule.measure]),
            bands=self.listed(bands),
        )
