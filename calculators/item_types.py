"""The types of support that rest on one item: for each its notice, its item, its calculator and its reader."""

from typing import NamedTuple

from calculators.allocated_subsidy import ALLOCATED_SUBSIDY
from calculators.allocated_subsidy_notice import AllocatedSubsidyNotice
from calculators.allocated_subsidy_reader import AllocatedSubsidyReader
from calculators.facts import Claim, Item, Policy, Project
from calculators.incentive import INCENTIVE
from calculators.incentive_notice import IncentiveNotice
from calculators.incentive_reader import IncentiveReader
from calculators.insurance_premium import INSURANCE_PREMIUM
from calculators.insurance_premium_notice import InsurancePremiumNotice
from calculators.insurance_premium_reader import InsurancePremiumReader
from calculators.item_award import Calculator
from calculators.item_notice import ItemNotice
from calculators.reader import Reader

__all__ = ["ITEM_TYPES", "ItemType"]


class ItemType(NamedTuple):
    """One type of support."""

    notice: type[ItemNotice]
    item: type[Item]
    calculator: Calculator
    reader: type[Reader]


# By the `type` of a notice.
ITEM_TYPES: dict[str, ItemType] = {
    "insurance_premium": ItemType(InsurancePremiumNotice, Policy, INSURANCE_PREMIUM, InsurancePremiumReader),
    "incentive": ItemType(IncentiveNotice, Claim, INCENTIVE, IncentiveReader),
    "allocated_subsidy": ItemType(AllocatedSubsidyNotice, Project, ALLOCATED_SUBSIDY, AllocatedSubsidyReader),
}
