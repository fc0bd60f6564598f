"""What the runs read of the items that are no loans: policies, incentive claims, projects, with what happened to them.

`data` of a fact holds the row's columns, as for loans: fen under `<column>_fen`, rates and shares as written, days in
ISO form, `attributes` as an object of texts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from calculators.awards.all import ITEM_TYPES
from calculators.facts.model import (
    Acceptance,
    Attributes,
    Audit,
    Claim,
    Item,
    Policy,
    Premium,
    Project,
    Rating,
    Stage,
)
from calculators.money import parse_exact, parse_percent
from ledger.registry.known import Known, known
from ledger.store.ledger import Row, View

Data = Mapping[str, Any]

# Item -> the register of its rows, the register of what happens to it, and the column that names it there.
REGISTERS: dict[type[Item], tuple[str, str, str]] = {
    Policy: ("policy", "premium", "policy_no"),
    Claim: ("claim", "", ""),
    Project: ("project", "milestone", "project_no"),
}


def register_of(type_: str) -> str:
    """The register that holds what a type of support rests on."""
    return REGISTERS[ITEM_TYPES[type_].item][0] if type_ in ITEM_TYPES else "loan"


def items(view: View, kind: type[Item]) -> dict[str, Known[Item]]:
    """Every item of a kind by its key, each resting on its own row and those of what happened to it."""
    register, happenings, column = REGISTERS[kind]
    happened: dict[str, list[Row]] = defaultdict(list)
    for row in view.rows(happenings) if happenings else ():
        happened[row.body["data"][column]].append(row)
    return {
        row.key: known(
            _item(kind, row.key, row.body["data"], [one.body["data"] for one in happened[row.key]]),
            (row, *happened[row.key]),
        )
        for row in view.rows(register)
    }


def _item(kind: type[Item], key: str, data: Data, happened: Iterable[Data]) -> Item:
    if kind is Policy:
        return _policy(key, data, happened)
    if kind is Project:
        return _project(key, data, happened)
    return Claim(
        key,
        data["uscc"],
        _day(data["achieved_on"]),
        data.get("base_fen", 0),
        data.get("units", 0),
        data.get("other_levels_fen", 0),
        _attributes(data),
    )


def _policy(key: str, data: Data, premiums: Iterable[Data]) -> Policy:
    rated = "sum_insured_fen" in data
    return Policy(
        key=key,
        uscc=data["uscc"],
        insurer=data["insurer"],
        item=data["item"],
        signed_on=_day(data["signed_on"]),
        cover_year=data.get("cover_year", 1),
        liability_fen=data["liability_fen"],
        premium_fen=data["premium_fen"],
        premiums=tuple(_premium(one) for one in sorted(premiums, key=lambda one: str(one["date"]))),
        contract_fen=data.get("contract_amount_fen"),
        launched_on=_day(data["launched_on"]) if "launched_on" in data else None,
        rating=Rating(data["sum_insured_fen"], parse_percent(data["rate"]), parse_exact(data["units"]))
        if rated
        else None,
        attributes=_attributes(data),
    )


def _premium(data: Data) -> Premium:
    sign = -1 if data["kind"] == "returned" else 1
    return Premium(_day(data["date"]), sign * data["amount_fen"], sign * data.get("tax_fen", 0))


def _project(key: str, data: Data, milestones: Iterable[Data]) -> Project:
    of: dict[str, list[Data]] = defaultdict(list)
    for one in sorted(milestones, key=lambda one: str(one["date"])):
        of[one["kind"]].append(one)
    accepted = next((Acceptance(_day(one["date"]), parse_percent(one["done"])) for one in of["acceptance"]), None)
    return Project(
        key=key,
        uscc=data["uscc"],
        signed_on=_day(data["signed_on"]),
        claimed_fen=data["claimed_fen"],
        audits=tuple(Audit(_day(one["date"]), one["amount_fen"]) for one in of["audit"]),
        stages=tuple(Stage(one["stage"], _day(one["date"])) for one in of["stage"]),
        acceptance=accepted,
        attributes=_attributes(data),
    )


def _attributes(data: Data) -> Attributes:
    return tuple(sorted(data.get("attributes", {}).items()))


def _day(text: str) -> date:
    return date.fromisoformat(text)
