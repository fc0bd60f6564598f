"""The notice: the rules of one programme as dated data, each rule with its source. Here what all types share.

Shapes only. Values arrive as the texts of the YAML file (see `files.yaml`) and leave as fen, exact rationals and dates.
Every rule, value, cap and rounding names its source: `basis` (the id of an entry in the notice's `basis` list) or
`assumption: true` where no source says it; exactly one of the two, else the notice does not load.

Inclusive `to` dates of the file become exclusive `ends_before` here, once. Rules between the parts of a notice stand in
`rules`; what a type of support adds stands in the module that is named like it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from calculators.money import Exact, Rounding, cumulative_shares, round_fen
from calculators.notices import rules
from calculators.notices.values import (
    HAN,
    Amount,
    Count,
    Day,
    Fault,
    Flag,
    Fraction,
    Label,
    Name,
    Positive,
    Shape,
    Text,
    day,
    fault,
    patterned,
)
from calculators.problems import N_

NoticeId = Annotated[str, patterned(r"[a-z0-9]+(-[a-z0-9]+)*", 64, "bj-first-loan-2025")]
SourceId = Annotated[str, patterned(rf"[A-Za-z0-9{HAN}]+([._-][A-Za-z0-9{HAN}]+)*", 24, "guide.III.2.2")]
Reference = Annotated[str, patterned(r"sha256:[0-9a-f]{64}", 71, "sha256:<64 digits 0-9a-f>")]
EnvelopePath = Annotated[str, patterned(rf"\d{{4}}(/[A-Za-z0-9{HAN}-]+)*", 96, "2025/loan-interest/batch-1")]
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
                N_("what has a source is not an assumption"),
                N_("keep either basis or assumption: true"),
            )


# What the product itself does where no source says anything.
ASSUMED = Sourced.model_validate({"assumption": "true"})


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
        starts_on, last_day = day(raw.get("from")), day(raw.get("to"))
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
    """A window on one date; which dates there are depends on the type of support."""

    on: str


class Condition(Sourced):
    """Base of the eligibility conditions; `exempt` names those whom an approving document frees from this one."""

    kind: str
    exempt: tuple[Literal["major_project", "key_enterprise", "national_project"], ...] = ()


class RegisteredIn(Condition):
    """The entity's registered district on the application date is one of `districts`."""

    kind: Literal["registered_in"]
    districts: tuple[Text, ...] = Field(min_length=1)


class OneSupportPerYear(Condition):
    """One individual support per entity, programme and fund year; grants under one notice count as one."""

    kind: Literal["one_support_per_year"]


class NoSeriousDishonesty(Condition):
    """No decision of serious dishonesty in the `years` before the application; a repaired one counts or is cleared."""

    kind: Literal["no_serious_dishonesty"]
    years: Count
    repaired: Literal["counts", "cleared"]


class NoOtherMunicipalSupport(Condition):
    """The applicant declares no other support of the city's budget for the same item."""

    kind: Literal["no_other_municipal_support"]


class HoldsStatus(Condition):
    """On the day of the application the firm holds one of `statuses`, such as `innovative_sme`."""

    kind: Literal["holds_status"]
    statuses: tuple[Name, ...] = Field(min_length=1)


class Cap(Sourced):
    """A limit on the cumulative award of all lines that share the dimensions in `per`; `amount` is in yuan.

    With `year` in `per`, `year_of` says which year counts: the notice's fund year, or the calendar year of the day
    before the award falls due. `shared_with` names other notices whose lines fill the same cap.
    """

    id: Label
    per: tuple[str, ...] = Field(min_length=1)
    year_of: str | None = None
    amount: Amount | None = None
    shared_with: tuple[NoticeId, ...] = ()


class Envelope(Sourced):
    """Where the money comes from, and what happens when it is short.

    What is allotted then in proportion is in whole `allotted_in`, such as 100 yuan.
    """

    path: EnvelopePath
    when_short: Literal["refuse", "pro_rata", "ranking", "first_come"]
    allotted_in: Positive = 1


class Payer(Sourced):
    """One level of government and its share of the award: per cent, or a fraction such as 45/85."""

    level: Literal["central", "province", "city", "county", "district"]
    share: Fraction


class RoundingStep(Sourced):
    """How one named step rounds; the unit is one fen."""

    mode: Rounding


class AwardRounding(RoundingStep):
    """How the award rounds; `unit` is what it is published in, such as 100 yuan (0.01 万元), in fen."""

    unit: Positive = 1

    @property
    def in_units(self) -> bool:
        """Whether it is published in something larger than the fen."""
        return self.unit > 1

    def rounded(self, claim_fen: Exact | int) -> int:
        """What a claim is published as."""
        return round_fen(claim_fen, self.mode, self.unit)

    def within(self, room_fen: int) -> int:
        """The most that can be published within a room: rounded down, so that the award stays below it."""
        return round_fen(room_fen, Rounding.DOWN, self.unit) if self.in_units else room_fen

    def differences(self, amounts: Sequence[int]) -> list[int]:
        """Per amount what it adds to the published running total."""
        return cumulative_shares(amounts, self.mode, self.unit) if self.in_units else list(amounts)


class ApprovalStep(Shape):
    """A step of approval: the post of whoever signs it."""

    post: Text


class PublicNoticePeriod(Shape):
    """How many business days an award is on public notice (公示) before it may be paid."""

    days: Count


class Approval(Sourced):
    """Who signs a run before it is posted, in order, and how long its awards are on public notice before payment."""

    steps: tuple[ApprovalStep, ...] = ()
    public_notice: PublicNoticePeriod | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Something is asked for, and no post twice."""
        yield from super().rules(raw)
        yield from rules.approval(raw)


class Netting(Sourced):
    """What is owed back is set against later awards: none, those of the same line, or whatever the firm is owed."""

    against: Literal["nothing", "line", "firm"]


# Values come as a notice's author writes them: plain texts.
NO_NETTING = Netting.model_validate({"against": "nothing", "assumption": "true"})


class Classification(Sourced):
    """Government budget classification on every posting: function (3/5/7 digits), economic for budget and unit."""

    function: FunctionCode
    economic_government: EconomicCode
    economic_unit: EconomicCode


class Notice(Shape):
    """What the notices of all types have; each type adds its own rules.

    `published` is left out where no source gives it. `governed_by` says which date selects a version; its source is
    that of `effective`. `amends` is the hash of the registered version that this one changes from `effective.from` on.
    An amendment leaves the days before its publication alone unless `retroactive: true`, whose source is
    `retroactive_basis`. Without `netting` what is owed back has to come in.
    """

    id: NoticeId
    type: str
    programme: NoticeId
    title: Title
    fund_year: Count
    published: Day | None = None
    effective: Effective
    amends: Reference | None = None
    retroactive: Flag = False
    retroactive_basis: SourceId | None = None
    exclusion_group: NoticeId | None = None
    governed_by: str
    windows: tuple[Window, ...] = ()
    basis: tuple[Basis, ...] = Field(min_length=1)
    eligibility: tuple[Condition, ...] = ()
    caps: tuple[Cap, ...] = ()
    order: tuple[str, ...]
    envelope: Envelope
    approval: Approval | None = None
    netting: Netting = NO_NETTING
    payers: tuple[Payer, ...] = Field(min_length=1)
    classification: Classification

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """What the parts of a notice owe each other."""
        yield from super().rules(raw)
        yield from rules.common(raw)
