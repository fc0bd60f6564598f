"""The notice of a loan interest discount (贷款贴息): base, components, caps and roundings. Shapes, as in `notice`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.notices import rules
from calculators.notices.model import (
    Cap,
    Condition,
    NoOtherMunicipalSupport,
    NoSeriousDishonesty,
    Notice,
    OneSupportPerYear,
    RegisteredIn,
    RoundingStep,
    Sourced,
    Window,
)
from calculators.notices.values import Amount, Count, Fault, Flag, Name, Shape, Share, Spread, fault, patterned
from calculators.problems import N_


class LoanWindow(Window):
    """A window on one date; only `accrual_day` cuts accrual, the others decide eligibility."""

    on: Literal["application", "contract", "drawdown", "accrual_day"]


class PurposeIn(Condition):
    """The loan's purpose as registered is one of `purposes`."""

    kind: Literal["purpose_in"]
    purposes: tuple[Name, ...] = Field(min_length=1)


class MaxLoanMonths(Condition):
    """The contract runs no longer than `months` from its first drawdown to maturity."""

    kind: Literal["max_loan_months"]
    months: Count


class MaxContractRate(Condition):
    """No day's contract rate lies above LPR of `tenor` (at the first drawdown) plus `over`."""

    kind: Literal["max_contract_rate"]
    tenor: Literal["1y", "5y"]
    over: Spread


LoanCondition = Annotated[
    RegisteredIn
    | OneSupportPerYear
    | NoSeriousDishonesty
    | NoOtherMunicipalSupport
    | PurposeIn
    | MaxLoanMonths
    | MaxContractRate,
    Field(discriminator="kind"),
]


class Points(Sourced):
    """Fixed points on principal; `at_most_rate_share` bounds them by that share of the contract rate (100% = it).

    With `others_within_rate` the points and what other subsidies pay on the loan come to at most the contract rate.
    """

    kind: Literal["points"]
    points: Share
    at_most_rate_share: Share | None = None
    others_within_rate: Flag = False


class LprShare(Sourced):
    """A share of LPR of `tenor` in force on `fixed_on`, never more than the contract rate of the day."""

    kind: Literal["lpr_share"]
    share: Share
    tenor: Literal["1y", "5y"]
    fixed_on: Literal["contract", "drawdown", "accrual_day"]


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
    fixed_on: Literal["contract", "drawdown", "accrual_day"]

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
    fixed_on: Literal["contract", "drawdown", "accrual_day"]


SimpleComponent = Annotated[
    Points | LprShare | InterestShare | BorrowerFloor | PlusOverLpr, Field(discriminator="kind")
]


class Switch(Sourced):
    """`before` for accrual days before the entity gained `status`, `after` from that day on."""

    kind: Literal["switch"]
    status: Name
    before: SimpleComponent
    after: SimpleComponent


class NamedComponent(Shape):
    """A component with the name the worksheet prints."""

    id: Annotated[str, patterned(r"[a-z][a-z0-9_]*", 14, "points")]
    rule: Annotated[
        Points | LprShare | InterestShare | BorrowerFloor | PlusOverLpr | Switch, Field(discriminator="kind")
    ]


class Combine(Sourced):
    """How several components become one award: the only one, the lowest of them, or their sum."""

    kind: Literal["single", "lowest", "sum"]
    compare_over: Literal["due_period", "to_date"] | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """`lowest`, and only `lowest`, says over what."""
        yield from super().rules(raw)
        if raw.get("kind") == "lowest" and "compare_over" not in raw:
            yield fault(
                "compare_over",
                "compare_over_missing",
                N_("the lowest component depends on the days compared"),
                N_("add compare_over: due_period or compare_over: to_date"),
            )
        if raw.get("kind") in ("single", "sum") and "compare_over" in raw:
            yield fault(
                "compare_over",
                "compare_over_idle",
                N_("only kind: lowest compares"),
                N_("take compare_over out, or write kind: lowest"),
            )


class PrincipalCap(Sourced):
    """The principal that counts on any one day, per loan or over all of the entity's loans under the notice."""

    per: Literal["loan", "entity"]
    amount: Amount


class MonthsFromDrawdown(Sourced):
    """Support ends this many months after the first drawdown (that day not counted)."""

    months: Count


class Base(Sourced):
    """What interest counts: accrued by our calculation or really paid, on which principal, for how long."""

    interest: Literal["accrued", "paid"]
    principal_cap: PrincipalCap | None = None
    months_from_first_drawdown: MonthsFromDrawdown | None = None


class WhenStatus(Sourced):
    """Another limit from the accrual day on which the entity gained `status`."""

    status: Name
    amount: Amount | None = None
    share_of_drawdown: Share | None = None


class LoanCap(Cap):
    """A limit on the cumulative award of all lines that share the dimensions in `per`.

    `amount` is in yuan, or `share_of_drawdown` of the loan's total drawdown (then `per` includes `loan`). With `year`
    in `per`, `year_of` says which year a due period falls into: the notice's fund year, the calendar year of its last
    day, or of each accrual day (periods are cut at the new year). `shared_with` names other notices whose lines fill
    the same cap.
    """

    per: tuple[Literal["entity", "lender", "loan", "year"], ...] = Field(min_length=1)
    year_of: Literal["fund", "due_date", "accrual_day"] | None = None
    share_of_drawdown: Share | None = None
    when_status: WhenStatus | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """One limit, the same kind of limit after a status, and a year where a year is meant."""
        yield from super().rules(raw)
        yield from rules.cap(raw)


class NotBoundedByInterest(Sourced):
    """Leave to award more than the interest, as a one-off share of the loan may; never assumed."""

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """A source says so."""
        yield from super().rules(raw)
        if raw.get("assumption") == "true":
            yield fault(
                "assumption",
                "opt_out_assumed",
                N_("that an award may exceed the interest is never assumed"),
                N_("name the source that says so, or take not_bounded_by_interest out"),
            )


class RoundingSteps(Shape):
    """The two places where a loan notice rounds: interest once per due period, the award once on the cumulative."""

    interest: RoundingStep
    award: RoundingStep


class Tolerance(Sourced):
    """How far a receipt's interest may lie from ours before the due period is held, in yuan either way."""

    receipt: Amount


class Payment(Sourced):
    """Who is paid: the firm refunds itself, or the lender who prepaid it."""

    path: Literal["firm_paid", "lender_prepaid"]


class LoanNotice(Notice):
    """One notice for loan interest discounts.

    Unless it says `not_bounded_by_interest`, an award to date is at most the supported interest to date, and the awards
    of all lines on one loan are at most the loan's interest to date.
    """

    type: Literal["loan_interest_discount"]
    governed_by: Literal["application", "contract", "drawdown", "accrual_day"]
    windows: tuple[LoanWindow, ...] = ()
    eligibility: tuple[LoanCondition, ...] = ()
    base: Base
    components: tuple[NamedComponent, ...] = Field(min_length=1)
    combine: Combine
    not_bounded_by_interest: NotBoundedByInterest | None = None
    caps: tuple[LoanCap, ...] = ()
    order: tuple[Literal["grant_date", "contract_date", "id"], ...] = ("grant_date", "contract_date", "id")
    payment: Payment
    rounding: RoundingSteps
    tolerance: Tolerance

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """What the parts of a loan notice owe each other, besides what every notice owes."""
        yield from super().rules(raw)
        yield from rules.loan(raw)
