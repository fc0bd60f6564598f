"""What a component of a loan notice pays: rates on principal, shares of interest, what is paid once. Shapes only."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.notices import rules
from calculators.notices.model import Sourced
from calculators.notices.values import LABEL, Factor, Fault, Flag, Name, Shape, Share, Spread, fault, patterned
from calculators.problems import N_

# The day whose LPR counts; `last_year_end` is the last day of the year before each day that bears interest.
FixedOn = Literal["contract", "drawdown", "accrual_day", "last_year_end"]


class Points(Sourced):
    """Fixed points on principal; `at_most_rate_share` bounds them by that share of the contract rate (100% = it).

    With `others_within_rate` the points and what other subsidies pay on the loan come to at most the contract rate.
    """

    kind: Literal["points"]
    points: Share
    at_most_rate_share: Share | None = None
    others_within_rate: Flag = False


class LprShare(Sourced):
    """LPR of `tenor` in force on `fixed_on` times `share` (130% too), never more than the contract rate of the day."""

    kind: Literal["lpr_share"]
    share: Factor
    tenor: Literal["1y", "5y"]
    fixed_on: FixedOn


class InterestShare(Sourced):
    """A share of the interest (accrued or paid, as the notice's base says); rounds once on the cumulative amount."""

    kind: Literal["interest_share"]
    share: Share


class BorrowerFloor(Sourced):
    """The borrower pays LPR + `borrower_over` and the fund the rest; the rate counts up to LPR + `ceiling_over`."""

    kind: Literal["borrower_floor"]
    tenor: Literal["1y", "5y"]
    borrower_over: Spread
    ceiling_over: Spread
    fixed_on: FixedOn

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """The ceiling lies above what the borrower pays."""
        yield from super().rules(raw)
        floor, ceiling = rules.rate(raw.get("borrower_over")), rules.rate(raw.get("ceiling_over"))
        if floor is not None and ceiling is not None and ceiling <= floor:
            yield fault(
                "ceiling_over",
                "ceiling_below_floor",
                N_("the ceiling LPR{ceiling} leaves nothing above the borrower's LPR{floor}"),
                N_("write a ceiling above what the borrower pays"),
                ceiling=raw["ceiling_over"],
                floor=raw["borrower_over"],
            )


class PlusOverLpr(Sourced):
    """The part of the contract rate above LPR, up to `ceiling`."""

    kind: Literal["plus_over_lpr"]
    tenor: Literal["1y", "5y"]
    ceiling: Share
    fixed_on: FixedOn


SimpleComponent = Annotated[
    Points | LprShare | InterestShare | BorrowerFloor | PlusOverLpr, Field(discriminator="kind")
]


class Switch(Sourced):
    """`before` for accrual days before the entity gained `status`, `after` from that day on."""

    kind: Literal["switch"]
    status: Name
    before: SimpleComponent
    after: SimpleComponent


class ByYear(Sourced):
    """Another rule for each year of support, counted from the first drawdown; after the last of them nothing."""

    kind: Literal["by_year"]
    years: tuple[SimpleComponent, ...] = Field(min_length=2)


class OneOff(Sourced):
    """A share of the principal, paid once for each drawdown, with the due period in which it was drawn."""

    kind: Literal["one_off"]
    share: Share


class GrantEquivalent(Sourced):
    """The present value of `points` on the principal over the whole loan, discounted at `reference_rate` a year.

    It is paid once, with the first due period, by the drawdowns and repayments that are known; what changes in them
    later is put right.
    """

    kind: Literal["grant_equivalent"]
    points: Share
    reference_rate: Share


# Rules that do not rest on the interest of a period.
OnceRule = OneOff | GrantEquivalent


class Earned(Sourced):
    """When the component is due: only once the loan was `repaid_in_time`, by its maturity and without arrears."""

    by: Literal["repaid_in_time"]


class NamedComponent(Shape):
    """A component with the name the worksheet prints."""

    id: Annotated[str, patterned(LABEL, 14, "points")]
    rule: Annotated[
        Points | LprShare | InterestShare | BorrowerFloor | PlusOverLpr | Switch | ByYear | OneOff | GrantEquivalent,
        Field(discriminator="kind"),
    ]
    earned: Earned | None = None
