"""The notice of a loan interest discount (贷款贴息): base, components, caps and roundings. Shapes, as in `notice`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.money import Exact
from calculators.notices import rules
from calculators.notices.dimensions import LoanDimension
from calculators.notices.loan_components import ByYear, NamedComponent, Switch
from calculators.notices.model import (
    AwardRounding,
    Cap,
    Condition,
    HoldsStatus,
    NoOtherMunicipalSupport,
    NoSeriousDishonesty,
    Notice,
    OneSupportPerYear,
    RegisteredIn,
    RoundingStep,
    Sourced,
    Window,
)
from calculators.notices.values import Amount, Count, Factor, Fault, Name, Shape, Share, Spread, fault
from calculators.notices.when import ranges
from calculators.problems import N_

WHOLE, NOTHING = Exact(1), Exact(0)


class LoanWindow(Window):
    """A window on one date; `accrual_day` cuts accrual and `paid_day` receipts, the others decide eligibility."""

    on: Literal["application", "contract", "drawdown", "accrual_day", "paid_day"]


class PurposeIn(Condition):
    """The loan's purpose as registered is one of `purposes`."""

    kind: Literal["purpose_in"]
    purposes: tuple[Name, ...] = Field(min_length=1)


class MaxLoanMonths(Condition):
    """The contract runs no longer than `months` from its first drawdown to maturity."""

    kind: Literal["max_loan_months"]
    months: Count


class LoanLongerThan(Condition):
    """The contract runs longer than `months` from its first drawdown to maturity: a medium or long loan (中长期)."""

    kind: Literal["loan_longer_than"]
    months: Count


class InvestmentAtLeast(Condition):
    """The project that the loan is for invests at least `amount` yuan in all, as the application says."""

    kind: Literal["investment_at_least"]
    amount: Amount


class MaxContractRate(Condition):
    """No day's contract rate lies above LPR of `tenor` (at the first drawdown), `times` a factor, plus `over`."""

    kind: Literal["max_contract_rate"]
    tenor: Literal["1y", "5y"]
    times: Factor = WHOLE
    over: Spread = NOTHING


class LoanAmount(Condition):
    """The contract is for at least, or at most, so many yuan."""

    kind: Literal["loan_amount"]
    at_least: Amount | None = None
    at_most: Amount | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """A bound, and room between two."""
        yield from super().rules(raw)
        yield from ranges(raw, ("at_most",))


class FirmLoansAtLeast(Condition):
    """The contracts of all loans that the firm was granted under the notice come to at least `amount` together."""

    kind: Literal["firm_loans_at_least"]
    amount: Amount


class FirmInterestAtLeast(Condition):
    """The interest to date that counts, over all loans of the firm under the notice, is at least `amount`.

    Until it is, nothing is due; from then on all of it is.
    """

    kind: Literal["firm_interest_at_least"]
    amount: Amount


LoanCondition = Annotated[
    RegisteredIn
    | OneSupportPerYear
    | NoSeriousDishonesty
    | NoOtherMunicipalSupport
    | HoldsStatus
    | PurposeIn
    | MaxLoanMonths
    | LoanLongerThan
    | InvestmentAtLeast
    | MaxContractRate
    | LoanAmount
    | FirmLoansAtLeast
    | FirmInterestAtLeast,
    Field(discriminator="kind"),
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

    per: tuple[LoanDimension, ...] = Field(min_length=1)
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
    award: AwardRounding


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

    # What of a notice is asked for every loan, found once.

    @cached_property
    def accrual_windows(self) -> Sequence[tuple[date, date]]:
        """The days on which interest is supported, half-open, by their first day."""
        windows = (window for window in self.windows if window.on == "accrual_day")
        return sorted((window.starts_on, window.ends_before or date.max) for window in windows)

    @cached_property
    def asked_statuses(self) -> frozenset[str]:
        """The statuses by which components and caps are chosen."""
        components = (component.rule.status for component in self.components if isinstance(component.rule, Switch))
        caps = (cap.when_status.status for cap in self.caps if cap.when_status)
        return frozenset({*components, *caps})

    @cached_property
    def support_years(self) -> int:
        """For how many years of support there are rules of their own; 0 where components do not go by years."""
        rules = (component.rule for component in self.components)
        return max((len(rule.years) for rule in rules if isinstance(rule, ByYear)), default=0)

    @cached_property
    def asks_of_firms(self) -> bool:
        """Whether it asks what a firm's loans come to together."""
        return any(isinstance(rule, FirmLoansAtLeast | FirmInterestAtLeast) for rule in self.eligibility)

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """What the parts of a loan notice owe each other, besides what every notice owes."""
        yield from super().rules(raw)
        yield from rules.loan(raw)
