"""The notice of an insurance premium subsidy (保险补贴): which premium counts, and which share of it.

Shapes, as in `notice`.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, Literal

from pydantic import Field

from calculators.notices.item import ItemNotice, ItemRounding, idle
from calculators.notices.model import RoundingStep, Sourced
from calculators.notices.rules import parts
from calculators.notices.values import Amount, Count, Fault, Flag, Share, fault
from calculators.notices.when import Match, overlap, repeated_matches
from calculators.problems import N_

__all__ = ["InsurancePremiumNotice", "LiabilityAtMost", "PremiumShare"]


class MaxRate(Sourced):
    """The premium counts up to this rate of the liability that counts."""

    rate: Share


class LiabilityAtMost(Sourced):
    """The liability counts up to an amount, or a multiple of the contract under which the product was sold, or both."""

    amount: Amount | None = None
    contract_times: Count | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """At least one limit."""
        yield from super().rules(raw)
        if "amount" not in raw and "contract_times" not in raw:
            yield fault(
                "amount",
                "liability_without_limit",
                N_("the liability has no limit"),
                N_("add amount: or contract_times:, or take liability_at_most out"),
            )


class Tax(Sourced):
    """Whether the tax in a premium is taken off before anything is calculated."""

    deducted: Flag


class Counted(Sourced):
    """The premium that counts: from when on, with or without its tax, and up to which rate of the liability.

    `paid` says what must have been paid: `in_full` counts nothing before the payments reach the premium that the policy
    asks for, `as_paid` counts every payment as it comes. Under `own_share` the fund pays its part to the insurer: once
    the firm has paid what is left of the premium asked for, all of it counts.
    """

    paid: Literal["in_full", "as_paid", "own_share"]
    tax: Tax
    max_rate: MaxRate | None = None
    liability_at_most: LiabilityAtMost | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """The liability matters only to a rate of it, and tax only to what the firm has paid."""
        yield from super().rules(raw)
        if "liability_at_most" in raw and "max_rate" not in raw:
            yield idle("liability_at_most", N_("without max_rate nothing is measured by the liability"))
        tax = raw.get("tax")
        if raw.get("paid") == "own_share" and isinstance(tax, dict) and tax.get("deducted") == "true":
            yield fault(
                ("tax", "deducted"),
                "own_share_without_tax",
                N_("what the fund pays of a premium before it is paid has no tax told yet"),
                N_("write deducted: false, or another word for paid"),
            )


class PremiumShare(Sourced):
    """The share of the premium that counts; in these years of continuous cover, for items with these attributes."""

    share: Share
    years: tuple[Count, ...] = ()
    when: tuple[Match, ...] = ()

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Nothing is asked for twice."""
        yield from super().rules(raw)
        yield from repeated_matches(raw)


class Returned(Sourced):
    """What becomes of the award when the insurer returns premium.

    `proportional`: it is the share of the premium that the firm finally bears, and what limits premium or award limits
    it again. `award_proportional`: of the award itself the same part comes back as of the premium; a source says so.
    """

    rule: Literal["proportional", "award_proportional"]

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Taking back more than a limit asks for is never assumed."""
        yield from super().rules(raw)
        if raw.get("rule") == "award_proportional" and raw.get("assumption") == "true":
            yield fault(
                "assumption",
                "proportion_assumed",
                N_("that a part of the award itself is taken back is never assumed"),
                N_("name the source that says so, or write rule: proportional"),
            )


class PremiumRounding(ItemRounding):
    """Besides the award: the premium of a policy by the unit, sum insured x rate x units, after the multiplication."""

    premium: RoundingStep


class InsurancePremiumNotice(ItemNotice):
    """One notice for insurance premiums."""

    type: Literal["insurance_premium"]
    counted: Counted
    shares: tuple[PremiumShare, ...] = Field(min_length=1)
    returned: Returned
    rounding: PremiumRounding

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Shares that can be told apart."""
        yield from super().rules(raw)
        for (first, combination), (second, other) in combinations(parts(raw, "shares"), 2):
            if overlap(combination, other) and _same_year(combination, other):
                yield fault(
                    ("shares", second),
                    "shares_overlap",
                    N_("a policy could fit this share and share {first} of the list"),
                    N_("let the two differ in years, or in the value of an attribute that both ask for"),
                    first=first + 1,
                )


def _same_year(share: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether some year of cover has both shares; a share without years is for all of them."""
    first, second = _years(share), _years(other)
    return not first or not second or bool(first & second)


def _years(part: Mapping[str, Any]) -> set[str]:
    years = part.get("years")
    return {str(year) for year in years} if isinstance(years, list) else set()
