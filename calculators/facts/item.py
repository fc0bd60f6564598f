"""The items of a facts file: policy, claim, project; amounts are yuan, days inclusive, names as a register has them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from calculators.facts.loan import as_row, fault_of
from calculators.facts.model import (
    Acceptance,
    Attributes,
    Audit,
    Claim,
    Figures,
    Item,
    Policy,
    Premium,
    Project,
    Rating,
    Review,
    Stage,
    Target,
)
from calculators.facts.rules import premium_wrongs, returns_wrongs
from calculators.money import Exact, parse_exact, parse_percent
from calculators.notices import rules
from calculators.notices.figures import BUILT_IN, unit_differs
from calculators.notices.quantities import Reached, Told, quantity_or_none
from calculators.notices.rules import parts
from calculators.notices.values import Amount, Count, Day, Fault, Name, Positive, Shape, Share, Text, fault, wrong
from calculators.problems import N_

__all__ = ["ClaimPart", "PolicyPart", "ProjectPart", "item_from"]


def _done(value: object) -> Exact:
    text = str(value)
    try:
        done = parse_percent(text)
    except ValueError:
        done = Exact(-1)
    if not 0 <= done <= 1:
        raise wrong(
            "done_malformed", N_("{value!r} is not a share from 0% to 100%"), N_("write it such as 80%"), value=text
        )
    return done


def _units(value: object) -> Exact:
    text = str(value)
    try:
        units = parse_exact(text)
    except ValueError:
        units = Exact(0)
    if units <= 0:
        raise wrong("units_malformed", N_("{value!r} is not a number above 0"), N_("write it such as 12.5"), value=text)
    return units


def _score(value: object) -> Exact:
    text = str(value)
    try:
        score = parse_exact(text)
    except ValueError:
        score = Exact(-1)
    if score < 0:
        raise wrong(
            "score_malformed", N_("{value!r} is not a score of 0 or more"), N_("write it such as 87.5"), value=text
        )
    return score


class AttributePart(Shape):
    """An attribute of the item."""

    name: Name
    value: Text


class FigurePart(Shape):
    """A figure of the item besides its base, with its unit."""

    name: Name
    value: Told

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """What has a key of its own is told there."""
        yield from super().rules(raw)
        name = raw.get("name")
        if isinstance(name, str) and name in BUILT_IN:
            yield fault(
                "name",
                "figure_built_in",
                N_("every item has {name} already"),
                N_("write it under its own key"),
                name=name,
            )


class PremiumPart(Shape):
    """Premium paid or, with `returned`, given back by the insurer; exactly one of the two."""

    on: Day
    paid: Positive | None = None
    returned: Positive | None = None
    tax: Amount = 0

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Paid or returned."""
        yield from super().rules(raw)
        if ("paid" in raw) == ("returned" in raw):
            yield fault(
                "paid",
                "premium_unclear",
                N_("a premium is either paid or returned"),
                N_("write exactly one of paid and returned"),
            )
        yield from (fault_of(found) for found in premium_wrongs(_premium_row(raw)))


class RatingPart(Shape):
    """How a premium by the unit is made."""

    sum_insured: Positive
    rate: Share
    units: Annotated[Exact, BeforeValidator(_units)]


class PolicyPart(Shape):
    """An insurance policy for one year of cover."""

    policy_no: Text
    insurer: Text
    item: Text
    signed_on: Day
    cover_year: Count = 1
    liability: Positive
    premium: Positive
    premiums: tuple[PremiumPart, ...] = ()
    contract: Positive | None = None
    launched_on: Day | None = None
    rating: RatingPart | None = None
    attributes: tuple[AttributePart, ...] = ()
    other_levels: Amount = 0
    figures: tuple[FigurePart, ...] = ()

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """An attribute has one value, and nothing comes back that was not paid before."""
        yield from super().rules(raw)
        yield from _named_once(raw)
        premiums = list(parts(raw, "premiums"))
        for found in returns_wrongs([_premium_row(premium) for _place, premium in premiums]):
            place = premiums[found.place or 0][0]
            yield fault(("premiums", place, "returned"), found.code, found.what, found.remedy, **found.values)


class ClaimPart(Shape):
    """What an incentive rewards."""

    claim_no: Text
    achieved_on: Day
    base: Positive | None = None
    units: Annotated[Exact, BeforeValidator(_units)] = Exact(0)
    other_levels: Amount = 0
    attributes: tuple[AttributePart, ...] = ()
    figures: tuple[FigurePart, ...] = ()

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """An attribute has one value."""
        yield from super().rules(raw)
        yield from _named_once(raw)


class StagePart(Shape):
    """A stage that was reached."""

    name: Name
    on: Day


class AuditPart(Shape):
    """Investment recognised by an audit."""

    on: Day
    amount: Amount


class AcceptancePart(Shape):
    """The outcome of acceptance: the part of the project that was done."""

    on: Day
    done: Annotated[Exact, BeforeValidator(_done)]


class TargetPart(Shape):
    """A target of the project, and what of it was reached."""

    name: Name
    agreed: Told
    reached: Reached | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """Agreed and reached are in one unit, and something was agreed."""
        yield from super().rules(raw)
        agreed, reached = quantity_or_none(raw.get("agreed")), quantity_or_none(raw.get("reached"))
        if agreed is not None and agreed.value <= 0:
            yield fault(
                "agreed",
                "target_of_nothing",
                N_("{value} is no target"),
                N_("write what was agreed, above 0"),
                value=raw["agreed"],
            )
        if agreed is not None and reached is not None and agreed.unit != reached.unit:
            yield unit_differs(("reached",), raw["reached"], reached.unit, agreed.unit)


class ReviewPart(Shape):
    """The review of the project's performance."""

    on: Day
    score: Annotated[Exact, BeforeValidator(_score)] | None = None


class ProjectPart(Shape):
    """An investment or research project."""

    project_no: Text
    signed_on: Day
    claimed: Positive
    audits: tuple[AuditPart, ...] = ()
    stages: tuple[StagePart, ...] = ()
    acceptance: AcceptancePart | None = None
    attributes: tuple[AttributePart, ...] = Field(default=())
    other_levels: Amount = 0
    targets: tuple[TargetPart, ...] = ()
    review: ReviewPart | None = None
    figures: tuple[FigurePart, ...] = ()

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterator[Fault]:
        """One audit per day, one day per stage, one value per attribute."""
        yield from super().rules(raw)
        yield from _named_once(raw)
        for key in ("stages", "targets"):
            yield from rules.repeated([row.get("name") for row in _rows(raw, key)], (key,), "name")
        seen: set[object] = set()
        for place, audit in enumerate(_rows(raw, "audits")):
            if not isinstance(audit.get("on"), str):
                continue
            if audit["on"] in seen:
                yield fault(
                    ("audits", place, "on"),
                    "audit_twice",
                    N_("there is another audit of {on} already"),
                    N_("keep the one that counts, or correct one of the days"),
                    on=audit["on"],
                )
            seen.add(audit["on"])


def _named_once(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """An attribute or a figure that stands twice, so that nobody knows which value holds."""
    for key in ("attributes", "figures"):
        yield from rules.repeated([part.get("name") for _place, part in parts(raw, key)], (key,), "name")


def _premium_row(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A premium as the register has it, for the rules that every door has; `kind` only where it is clear."""
    row = as_row({"date": raw.get("on"), "tax": raw.get("tax", "0"), "amount": raw.get("paid", raw.get("returned"))})
    if ("paid" in raw) != ("returned" in raw):
        row["kind"] = "paid" if "paid" in raw else "returned"
    return row


def _rows(raw: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    listed = raw.get(key)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def item_from(part: PolicyPart | ClaimPart | ProjectPart, uscc: str) -> Item:
    """The item of `uscc` that `part` holds."""
    attributes: Attributes = tuple((attribute.name, attribute.value) for attribute in part.attributes)
    figures: Figures = tuple((figure.name, figure.value) for figure in part.figures)
    match part:
        case PolicyPart(rating=rating):
            return Policy(
                key=part.policy_no,
                uscc=uscc,
                insurer=part.insurer,
                item=part.item,
                signed_on=part.signed_on,
                cover_year=part.cover_year,
                liability_fen=part.liability,
                premium_fen=part.premium,
                premiums=tuple(_premium(premium) for premium in part.premiums),
                contract_fen=part.contract,
                launched_on=part.launched_on,
                rating=Rating(rating.sum_insured, rating.rate, rating.units) if rating else None,
                attributes=attributes,
                other_levels_fen=part.other_levels,
                figures=figures,
            )
        case ClaimPart():
            return Claim(
                key=part.claim_no,
                uscc=uscc,
                achieved_on=part.achieved_on,
                base_fen=part.base or 0,
                units=part.units,
                other_levels_fen=part.other_levels,
                attributes=attributes,
                figures=figures,
            )
        case ProjectPart(acceptance=accepted):
            return Project(
                key=part.project_no,
                uscc=uscc,
                signed_on=part.signed_on,
                claimed_fen=part.claimed,
                audits=tuple(Audit(audit.on, audit.amount) for audit in part.audits),
                stages=tuple(Stage(stage.name, stage.on) for stage in part.stages),
                acceptance=Acceptance(accepted.on, accepted.done) if accepted else None,
                attributes=attributes,
                other_levels_fen=part.other_levels,
                targets=tuple(Target(target.name, target.agreed, target.reached) for target in part.targets),
                review=Review(part.review.on, part.review.score) if part.review else None,
                figures=figures,
            )


def _premium(part: PremiumPart) -> Premium:
    if part.returned is not None:
        return Premium(part.on, -part.returned, -part.tax)
    return Premium(part.on, part.paid or 0, part.tax)
