"""What a notice for insurance premiums says, in plain sentences."""

from collections.abc import Iterator

from calculators.explain.item_sentences import ItemReader
from calculators.explain.sentences import Sentence
from calculators.money import format_percent, format_yuan
from calculators.notices.premium import InsurancePremiumNotice, LiabilityAtMost, PremiumShare
from calculators.problems import N_, Say

__all__ = ["InsurancePremiumReader"]

_COUNTED = {
    "in_full": N_("The premium counts once it is paid in full."),
    "as_paid": N_("The premium counts as far as it is paid."),
}
_TAX = {True: N_("It counts without its tax."), False: N_("It counts with its tax.")}


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
            self.say(N_("Where the insurer returns premium, the award follows the premium borne, in proportion.")),
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
