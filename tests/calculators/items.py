"""Small notices, firms and items for the tests of premiums, incentives and allocations, as a register would say them.

Amounts are yuan as people write them (`"10,000"`), shares carry their unit, dates are ISO texts.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from calculators.awards.all import ITEM_TYPES
from calculators.awards.item import ItemResult, calculate_items
from calculators.awards.lines import ItemLine, Limit, Outside
from calculators.facts.model import (
    Acceptance,
    Application,
    Audit,
    Claim,
    District,
    Entity,
    Grant,
    Item,
    Policy,
    Premium,
    Project,
    Review,
    Stage,
    Status,
    Target,
)
from calculators.money import Exact, format_yuan, parse_exact, parse_percent, parse_yuan
from calculators.notices.allocation import AllocatedSubsidyNotice
from calculators.notices.incentive import IncentiveNotice
from calculators.notices.item import ItemNotice
from calculators.notices.premium import InsurancePremiumNotice
from calculators.notices.quantities import Quantity, parse_quantity

ASSUMED = {"assumption": "true"}
SOURCE = [{"id": "n8", "document": "invented notice", "clause": "3"}]
COMMON: dict[str, Any] = {
    "id": "test-notice",
    "programme": "test-programme",
    "title": {"zh": "测试通知", "en": "A notice for tests"},
    "fund_year": "2024",
    "effective": {"from": "2015-01-01", **ASSUMED},
    "governed_by": "application",
    "basis": SOURCE,
    "envelope": {"path": "2024/test", "when_short": "refuse", **ASSUMED},
    "payers": [{"level": "city", "share": "100%", **ASSUMED}],
    "rounding": {"award": {"mode": "half_up", **ASSUMED}},
    "classification": {"function": "2150517", "economic_government": "50799", "economic_unit": "31299", **ASSUMED},
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def cap(name: str, per: str, amount: str, **more: Any) -> dict[str, Any]:
    """A cap over the dimensions in `per`, words with blanks between them."""
    return {"id": name, "per": per.split(), "amount": amount, **ASSUMED, **more}


def when(**asked: str) -> list[dict[str, str]]:
    """The attributes that a part of a notice asks for."""
    return [{"attribute": name, "value": value} for name, value in asked.items()]


def rule(kind: str, **more: Any) -> dict[str, Any]:
    """A rule of a component, from the invented notice."""
    return {"kind": kind, "basis": "n8", **more}


def reward(name: str, what: Mapping[str, Any], **asked: str) -> dict[str, Any]:
    """A component of an incentive for claims with the attributes `asked`."""
    return {"id": name, "rule": what, **({"when": when(**asked)} if asked else {})}


def incentive(*components: Mapping[str, Any], combine: str = "one", **changes: Any) -> IncentiveNotice:
    """A notice for incentives with these components, and nothing else in it but what `changes` say."""
    raw = {"type": "incentive", "components": list(components), "combine": {"kind": combine, **ASSUMED}}
    return IncentiveNotice.model_validate({**COMMON, **raw, **changes})


def premium_notice(
    *shares: Mapping[str, Any], paid: str = "as_paid", tax: str = "false", **changes: Any
) -> InsurancePremiumNotice:
    """A notice for premiums with these shares (80% where none is given); `max_rate` and `liability` are its bounds."""
    counted: dict[str, Any] = {"paid": paid, "tax": {"deducted": tax, **ASSUMED}, "basis": "n8"}
    if "max_rate" in changes:
        counted["max_rate"] = {"rate": changes.pop("max_rate"), "basis": "n8"}
    if "liability" in changes:
        counted["liability_at_most"] = {**changes.pop("liability"), "basis": "n8"}
    raw = {
        "type": "insurance_premium",
        "counted": counted,
        "shares": list(shares) or [premium_share("80%")],
        "returned": {"rule": "proportional", **ASSUMED},
        "rounding": {"award": {"mode": "half_up", **ASSUMED}, "premium": {"mode": "half_up", **ASSUMED}},
    }
    return InsurancePremiumNotice.model_validate({**COMMON, **raw, **changes})


def premium_share(share: str, years: str = "", **asked: str) -> dict[str, Any]:
    """A share of the premium in the `years` of cover, words with blanks between them, for attributes as `asked`."""
    span = {"years": years.split()} if years else {}
    return {"share": share, "basis": "n8", **span, **({"when": when(**asked)} if asked else {})}


def policy(key: str, *premiums: tuple[str, str], premium: str = "", liability: str = "0", **more: Any) -> Policy:
    """A policy of firm E1 with (day, yuan paid or, with a minus, returned); it asks for `premium`, or all that is paid.

    `more` are further fields, attributes as a mapping, the contract in yuan.
    """
    moved = tuple(Premium(day(on), parse_yuan(amount)) for on, amount in premiums)
    asked = parse_yuan(premium) if premium else sum(one.amount_fen for one in moved if one.amount_fen > 0)
    contract = more.pop("contract", None)
    given: dict[str, Any] = {
        "uscc": "E1",
        "insurer": "Insurer One",
        "item": f"item of {key}",
        "signed_on": day("2024-01-01"),
        "cover_year": 1,
        "premiums": moved,
        **more,
        "attributes": tuple(more.get("attributes", {}).items()),
    }
    contract_fen = parse_yuan(contract) if contract else None
    return Policy(key=key, liability_fen=parse_yuan(liability), premium_fen=asked, contract_fen=contract_fen, **given)


def claim(key: str, base: str = "0", achieved_on: str = "2024-06-01", **more: Any) -> Claim:
    """A claim of firm E1; `more` are further fields, attributes as a mapping."""
    attributes = tuple(more.pop("attributes", {}).items())
    uscc = more.pop("uscc", "E1")
    units = Exact(more.pop("units", 0))
    return Claim(key, uscc, day(achieved_on), parse_yuan(base), units, attributes=attributes, **more)


def quantities(**figures: str) -> tuple[tuple[str, Quantity], ...]:
    """Figures as an item has them, each with its unit: `mass="48.5 kg"`."""
    return tuple((name, parse_quantity(text)) for name, text in figures.items())


def staged(*stages: str, at_most: str = "", before_audit: str = "claimed", **changes: Any) -> AllocatedSubsidyNotice:
    """A notice for allocated subsidies of 30 %, or what `share` says; a stage is `id percent on`."""
    named = [dict(zip(("id", "percent", "on"), stage.split(), strict=True)) for stage in stages]
    share = changes.pop("share", {"share": "30%"})
    allocation = {**share, "before_audit": before_audit, **({"at_most": at_most} if at_most else {}), **ASSUMED}
    raw = {
        "type": "allocated_subsidy",
        "allocation": allocation,
        "stages": [{**stage, **ASSUMED} for stage in named],
        # A source of the notice must be named somewhere.
        "acceptance": {"failed": "proportional", "basis": "n8"},
    }
    return AllocatedSubsidyNotice.model_validate({**COMMON, **raw, **changes})


def project(
    key: str,
    claimed: str,
    *,
    audits: Mapping[str, str] | None = None,
    stages: Mapping[str, str] | None = None,
    accepted: tuple[str, str] | None = None,
    reviewed: tuple[str, str] | None = None,
    targets: Mapping[str, tuple[str, str]] | None = None,
    other_levels: str = "0",
    uscc: str = "E1",
) -> Project:
    """A project of firm E1: audited amounts by day, days by stage, (day, part done) of its acceptance.

    `reviewed` is the day and the score of its review, `targets` what was agreed and reached by name; "" is not told.
    """
    return Project(
        key,
        uscc,
        day("2024-01-01"),
        parse_yuan(claimed),
        tuple(Audit(day(on), parse_yuan(amount)) for on, amount in (audits or {}).items()),
        tuple(Stage(name, day(on)) for name, on in (stages or {}).items()),
        Acceptance(day(accepted[0]), parse_percent(accepted[1])) if accepted else None,
        other_levels_fen=parse_yuan(other_levels),
        targets=tuple(
            Target(name, parse_quantity(agreed), parse_quantity(reached) if reached else None)
            for name, (agreed, reached) in (targets or {}).items()
        ),
        review=Review(day(reviewed[0]), parse_exact(reviewed[1]) if reviewed[1] else None) if reviewed else None,
    )


def line(
    item: Item,
    notice: ItemNotice,
    *,
    ceiling: str = "90,000,000,000",
    granted_on: str = "2024-01-02",
    applied_on: str = "2024-01-02",
    districts: tuple[District, ...] = (),
    statuses: tuple[Status, ...] = (),
    limits: tuple[Limit, ...] = (),
) -> ItemLine:
    """A granted line on the item; its id is the grant's, `G-<item>`."""
    number = f"G-{item.key}"
    return ItemLine(
        id=number,
        ref=f"{notice.id}@sha256:0000",
        notice=notice,
        entity=Entity(item.uscc, f"Firm {item.uscc}", districts, statuses),
        application=Application(f"A-{number}", item.uscc, notice.id, item.key, day(applied_on)),
        grant=Grant(number, f"A-{number}", day(granted_on), parse_yuan(ceiling), "2024", "bank/1/1", "doc 1"),
        item=item,
        facts_root="00" * 32,
        limits=limits,
    )


def outside(amount: str, due: str = "2024-01-01", notice: str = "test-notice", **more: str) -> Outside:
    """An award that was paid to firm E1 outside, on no line unless `more` says so."""
    named = {"uscc": "E1", "line": "", "lender": "", "loan": "", **more}
    return Outside(notice=notice, due=day(due), amount_fen=parse_yuan(amount), **named)


def results_of(*lines: ItemLine, through: str = "2030-01-01", **more: Any) -> list[ItemResult]:
    """The results by line id; the lines are of one type."""
    return calculate_items(lines, ITEM_TYPES[lines[0].notice.type].calculator, day(through), **more)


def awards(*lines: ItemLine, **more: Any) -> list[str]:
    """The awards in yuan, in order of line id."""
    return [format_yuan(result.digest["award_fen"]) for result in results_of(*lines, **more)]


def periods(*lines: ItemLine, **more: Any) -> list[tuple[str, str]]:
    """(due, award in yuan) of every part, in order of line id and time."""
    return [
        (period["due"], format_yuan(period["award_fen"]))
        for result in results_of(*lines, **more)
        for period in result.digest["periods"]
    ]


def held(*lines: ItemLine, **more: Any) -> list[str]:
    """The causes for which lines are held whole, in order; nothing is said to be refused or due on them."""
    digests = [result.digest for result in results_of(*lines, **more)]
    for digest in digests:
        if digest["held"]:
            assert (digest["refused"], digest["periods"], digest["award_fen"]) == ([], [], 0)
    return [found["cause"] for digest in digests for found in digest["held"]]


def refused(*lines: ItemLine, **more: Any) -> list[str]:
    """The codes of what the lines were refused for, in order."""
    return [found["code"] for result in results_of(*lines, **more) for found in result.digest["refused"]]
