"""The types of support that rest on one item: for each its notice, its item, its calculator and its reader."""

from typing import NamedTuple

from calculators.allocated_subsidy_reader import AllocatedSubsidyReader
from calculators.awards.allocation import ALLOCATED_SUBSIDY
from calculators.awards.incentive import INCENTIVE
from calculators.awards.item import Calculator
from calculators.awards.premium import INSURANCE_PREMIUM
from calculators.explain.sentences import Reader
from calculators.facts.model import Claim, Item, Policy, Project
from calculators.incentive_reader import IncentiveReader
from calculators.insurance_premium_reader import InsurancePremiumReader
from calculators.notices.allocation import AllocatedSubsidyNotice
from calculators.notices.incentive import IncentiveNotice
from calculators.notices.item import ItemNotice
from calculators.notices.premium import InsurancePremiumNotice

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
