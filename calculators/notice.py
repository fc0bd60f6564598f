"""The notice: the rules of one programme as dated data, each rule with its source.

Shapes only. Values arrive as the texts of the YAML file (see `load`) and leave as fen, exact rationals and dates.
Every rule, value, cap and rounding names its source: `basis` (the id of an entry in the notice's `basis` list) or
`assumption: true` where no source says it; exactly one of the two, else the notice does not load.

Inclusive `to` dates of the file become exclusive `ends_before` here, once. Rules between the parts of a notice stand in
`notice_rules`.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators import notice_rules
from calculators.amounts import Rounding
from calculators.problems import N_
from calculators.shapes import Amount, Count, Day, Fault, Flag, Name, Shape, Share, Spread, Text, fault, patterned

NoticeId = Annotated[str, patterned(r"[a-z0-9]+(-[a-z0-9]+)*", 64, "bj-first-loan-2025")]
SourceId = Annotated[str, patterned(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*", 24, "guide.III.2.2")]
Reference = Annotated[str, patterned(r"sha256:[0-9a-f]{64}", 71, "sha256:<64 digits 0-9a-f>")]
EnvelopePath = Annotated[str, patterned(r"\d{4}(/[A-Za-z0-9-]+)*", 96, "2025/loan-interest/batch-1")]
FunctionCode = Annotated[str, patterned(r"\d{3}(\d{2}){0,2}", 7, "2150805")]
EconomicCode = Annotated[str, patterned(r"\d{5}", 5, "31205")]


class Sourced(Shape):
    """A part that must say where it comes from: `basis` or `assumption: true`, not both, not neither."""

    basis: SourceId | None = None
    assumption: Flag = False

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Exactly one source."""
        yield from super().rules(raw)
        assumed = raw.get("assumption") == "true"
        if "basis" not in raw and not assumed:
            yield fault(
                "basis",
                "source_missing",
                N_("nothing says where this comes from"),
                N_("add basis: with the id of a source, or assumption: true where no source says it"),
            )
        if "basis" in raw and assumed:
            yield fault(
                "assumption",
                "source_twice",
                N_("what has a source is no assumption"),
                N_("keep either basis or assumption: true"),
            )


class Basis(Shape):
    """A source: document, clause and short quote; `clause: unknown` where nobody has read it."""

    id: SourceId
    document: Text
    clause: Text = "unknown"
    quote: Text | None = None
    verified: Flag = False

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Only what somebody has read can be verified or quoted."""
        yield from super().rules(raw)
        if raw.get("clause", "unknown") != "unknown":
            return
        if raw.get("verified") == "true":
            yield fault(
                "verified",
                "verified_unread",
                N_("a clause that nobody has read cannot be verified"),
                N_("write the clause, or verified: false"),
            )
        if "quote" in raw:
            yield fault(
                "quote",
                "quote_unread",
                N_("a quote from an unknown clause cannot be checked"),
                N_("write the clause it stands in, or take the quote out"),
            )


class Title(Shape):
    """The notice's name in both languages."""

    zh: Text
    en: Text


class Span(Shape):
    """Days from `from` to `to`, both inclusive in the file; `to` may stay open."""

    starts_on: Day = Field(alias="from")
    last_day: Day | None = Field(default=None, alias="to")

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """The span runs forward."""
        yield from super().rules(raw)
        starts_on, last_day = notice_rules.day(raw.get("from")), notice_rules.day(raw.get("to"))
        if starts_on and last_day and last_day < starts_on:
            yield fault(
                "to",
                "span_backward",
                N_("the last day {to} lies before the first day {first}"),
                N_("correct one of the two; both days belong to the span"),
                to=raw["to"],
                first=raw["from"],
            )

    @property
    def ends_before(self) -> date | None:
        """The exclusive end; None where open."""
        return None if self.last_day is None else self.last_day + timedelta(days=1)


class Effective(Span, Sourced):
    """The days on which a version is in force; the date named by `governed_by` must lie in them."""


class Window(Span, Sourced):
    """A window on one date; only `accrual_day` cuts accrual, the others decide eligibility."""

    on: Literal["application", "contract", "drawdown", "accrual_day"]


class Condition(Sourced):
    """Base of the eligibility conditions."""


class RegisteredIn(Condition):
    """The entity's registered district on the application date is one of `districts`."""

    kind: Literal["registered_in"]
    districts: tuple[Text, ...] = Field(min_length=1)


class OneSupportPerYear(Condition):
    """One individual support per entity, programme and fund year; grants under one notice count as one."""

    kind: Literal["one_support_per_year"]


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


Eligibility = Annotated[
    RegisteredIn | OneSupportPerYear | PurposeIn | MaxLoanMonths | MaxContractRate, Field(discriminator="kind")
]


class Points(Sourced):
    """Fixed points on principal; `at_most_rate_share` bounds them by that share of the contract rate (100% = it)."""

    kind: Literal["points"]
    points: Share
    at_most_rate_share: Share | None = None


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
        floor, ceiling = notice_rules.rate(raw.get("borrower_over")), notice_rules.rate(raw.get("ceiling_over"))
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
    """What interest counts: accrued by our reckoning or really paid, on which principal, for how long."""

    interest: Literal["accrued", "paid"]
    principal_cap: PrincipalCap | None = None
    months_from_first_drawdown: MonthsFromDrawdown | None = None


class WhenStatus(Sourced):
    """Another limit from the accrual day on which the entity gained `status`."""

    status: Name
    amount: Amount | None = None
    share_of_drawdown: Share | None = None


class Cap(Sourced):
    """A limit on the cumulative award of all lines that share the dimensions in `per`.

    `amount` is in yuan, or `share_of_drawdown` of the loan's total drawdown (then `per` includes `loan`). With `year`
    in `per`, `year_of` says which year a due period falls into: the notice's fund year, the calendar year of its last
    day, or of each accrual day (periods are cut at the new year). `shared_with` names other notices whose lines fill
    the same cap.
    """

    id: Name
    per: tuple[Literal["entity", "lender", "loan", "year"], ...] = Field(min_length=1)
    year_of: Literal["fund", "due_date", "accrual_day"] | None = None
    amount: Amount | None = None
    share_of_drawdown: Share | None = None
    when_status: WhenStatus | None = None
    shared_with: tuple[NoticeId, ...] = ()

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """One limit, the same kind of limit after a status, and a year where a year is meant."""
        yield from super().rules(raw)
        yield from notice_rules.cap(raw)


class Envelope(Sourced):
    """Where the money comes from, and what happens when it is short."""

    path: EnvelopePath
    when_short: Literal["refuse", "pro_rata", "ranking", "first_come"]


class Payer(Sourced):
    """One level of government and its share of the award."""

    level: Literal["central", "city", "district"]
    share: Share


class Payment(Sourced):
    """Who is paid: the firm refunds itself, or the lender who prepaid it."""

    path: Literal["firm_paid", "lender_prepaid"]


class RoundingStep(Sourced):
    """How one named step rounds; the unit is one fen."""

    mode: Rounding


class RoundingSteps(Shape):
    """The two places where a loan notice rounds: interest once per due period, the award once on the cumulative."""

    interest: RoundingStep
    award: RoundingStep


class Tolerance(Sourced):
    """How far a receipt's interest may lie from ours before the due period is held, in yuan either way."""

    receipt: Amount


class Classification(Sourced):
    """Government budget classification on every posting: function (3/5/7 digits), economic for budget and unit."""

    function: FunctionCode
    economic_government: EconomicCode
    economic_unit: EconomicCode


class Notice(Shape):
    """One notice for loan interest discounts; the other types of support arrive with their own components.

    `published` is left out where no source gives it. `governed_by` says which date selects a version; its source is
    that of `effective`. `amends` is the hash of the registered version that this one changes from `effective.from` on.
    An amendment leaves the days before its publication alone unless `retroactive: true`, whose source is
    `retroactive_basis`.
    """

    id: NoticeId
    type: Literal["loan_interest_discount"]
    programme: NoticeId
    title: Title
    fund_year: Count
    published: Day | None = None
    effective: Effective
    amends: Reference | None = None
    retroactive: Flag = False
    retroactive_basis: SourceId | None = None
    exclusion_group: NoticeId | None = None
    governed_by: Literal["application", "contract", "drawdown", "accrual_day"]
    windows: tuple[Window, ...] = ()
    basis: tuple[Basis, ...] = Field(min_length=1)
    eligibility: tuple[Eligibility, ...] = ()
    base: Base
    components: tuple[NamedComponent, ...] = Field(min_length=1)
    combine: Combine
    caps: tuple[Cap, ...] = ()
    order: tuple[Literal["grant_date", "contract_date", "id"], ...] = ("grant_date", "contract_date", "id")
    envelope: Envelope
    payers: tuple[Payer, ...] = Field(min_length=1)
    payment: Payment
    rounding: RoundingSteps
    tolerance: Tolerance
    classification: Classification

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """What the parts of a notice owe each other."""
        yield from super().rules(raw)
        yield from notice_rules.whole(raw)
