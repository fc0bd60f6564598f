"""The registers of items that are no loans (policies, incentive claims, projects) and of what happened to them.

`data` of a fact holds the row's columns, as for loans: fen under `<column>_fen`, rates and shares as written, days in
ISO form, `attributes` as an object of texts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from calculators.awards.all import ITEM_TYPES
from calculators.facts.model import Acceptance, Attributes, Audit, Claim, Item, Policy, Premium, Project, Rating, Stage
from calculators.facts.rules import premium_wrongs, returns_wrongs
from calculators.money import parse_exact, parse_percent
from calculators.problems import N_
from ledger.log import kinds
from ledger.registry.drafts import Draft, Keyed, Known, Register, Task, fact, known, registered, warn_unknown_firm
from ledger.registry.ordinals import number_rows
from ledger.sheets.rows import Reading, Values, only_with
from ledger.store.ledger import Row, View

Data = Mapping[str, Any]

RATING = {"sum_insured": "sum_insured_fen", "rate": "rate", "units": "units"}


def _policy_drafts(task: Task) -> list[Draft]:
    """One draft per policy."""
    firms = registered(task, kinds.ENTITY)
    made = Keyed(task, kinds.POLICY)
    for row in task.reading.rows:
        _check_rating(task.reading, row)
        warn_unknown_firm(task, row, firms)
        made.add(row, row.cells["policy_no"], "policy_no")
    return made.drafts


def _check_rating(reading: Reading, row: Values) -> None:
    """A premium by the unit needs all three of its figures."""
    missing = [column for column, name in RATING.items() if name not in row.cells]
    if 0 < len(missing) < len(RATING):
        for column in missing:
            reading.refuse(
                "rating_incomplete",
                N_("the cell is empty, and a premium by the unit needs sum insured, rate and units"),
                N_("fill in all three, or empty all three"),
                row.line,
                column,
            )


POLICIES = Register("policies", kinds.POLICY, _policy_drafts)


def _claim_drafts(task: Task) -> list[Draft]:
    """One draft per claim."""
    firms = registered(task, kinds.ENTITY)
    made = Keyed(task, kinds.CLAIM)
    for row in task.reading.rows:
        warn_unknown_firm(task, row, firms)
        made.add(row, row.cells["claim_no"], "claim_no")
    return made.drafts


CLAIMS = Register("claims", kinds.CLAIM, _claim_drafts)


def _project_drafts(task: Task) -> list[Draft]:
    """One draft per project."""
    firms = registered(task, kinds.ENTITY)
    made = Keyed(task, kinds.PROJECT)
    for row in task.reading.rows:
        warn_unknown_firm(task, row, firms)
        made.add(row, row.cells["project_no"], "project_no")
    return made.drafts


PROJECTS = Register("projects", kinds.PROJECT, _project_drafts)


# kind -> (cells it needs, cells it has no use for)
STAGE_CELLS = {
    "stage": (["stage"], ["amount_fen", "done"]),
    "audit": (["amount_fen"], ["stage", "done"]),
    "acceptance": (["done"], ["stage", "amount_fen"]),
}


def _milestone_drafts(task: Task) -> list[Draft]:
    """One draft per row, keyed `<project>/stage/<name>`, `<project>/audit/<date>` or `<project>/acceptance`."""
    projects = registered(task, kinds.PROJECT)
    made = Keyed(task, kinds.MILESTONE)
    for row in task.reading.rows:
        cells = row.cells
        needed, barred = STAGE_CELLS[cells["kind"]]
        only_with(task.reading, row, needed, barred, f"kind {cells['kind']}")
        project = projects.get(cells["project_no"])
        if project is None:
            task.reading.refuse(
                "project_unknown",
                N_("project {key} is not registered"),
                N_("import the register of projects first, or correct the number"),
                row.line,
                "project_no",
                key=cells["project_no"],
            )
        made.add(row, _milestone_key(row), "kind")
    return made.drafts


def _milestone_key(row: Values) -> str:
    cells = row.cells
    name = {"stage": cells.get("stage", ""), "audit": cells["date"], "acceptance": ""}[cells["kind"]]
    return "/".join([cells["project_no"], cells["kind"], *([name] if name else [])])


MILESTONES = Register("milestones", kinds.MILESTONE, _milestone_drafts)


def _premium_drafts(task: Task) -> list[Draft]:
    """One draft per row, keyed `<policy>/<kind>/<date>/<ordinal>`."""
    policies = registered(task, kinds.POLICY)
    wanted: dict[str, list[tuple[dict[str, Any], int]]] = defaultdict(list)
    for row in task.reading.rows:
        cells = row.cells
        for found in premium_wrongs(cells):
            task.reading.refuse(found.code, found.what, found.remedy, row.line, found.column, **found.values)
        if cells["policy_no"] not in policies:
            task.reading.refuse(
                "policy_unknown",
                N_("policy {key} is not registered"),
                N_("import the register of policies first, or correct the number"),
                row.line,
                "policy_no",
                key=cells["policy_no"],
            )
            continue
        stem = "/".join([cells["policy_no"], cells["kind"], cells["date"]])
        wanted[stem].append((fact(kinds.PREMIUM, "", row), row.line))
    made = number_rows(task, kinds.PREMIUM, wanted, "amount_fen")
    if not task.reading.problems:
        _check_returns(task, made)
    return made


def _check_returns(task: Task, made: list[Draft]) -> None:
    """What each policy that the file touches had paid and returned, with what is recorded."""
    wanted = {draft.key for draft in made}
    moves: dict[str, list[tuple[Data, int]]] = defaultdict(list)
    kept = [
        (row.body["data"], 0) for row in task.view.rows(kinds.PREMIUM) if row.key not in wanted and not task.scope.full
    ]
    for data, line in (*kept, *((draft.fields["data"], draft.line) for draft in made)):
        moves[data["policy_no"]].append((data, line))
    for key in sorted({draft.fields["data"]["policy_no"] for draft in made}):
        lines = [line for _data, line in moves[key]]
        for found in returns_wrongs([data for data, _line in moves[key]]):
            line = lines[found.place or 0] or min(line for line in lines if line)
            task.reading.refuse(found.code, found.what, found.remedy, line, found.column, **found.values)


PREMIUMS = Register("premiums", kinds.PREMIUM, _premium_drafts, twins=True)


# Item -> the register of its rows, the register of what happens to it, and the column that names it there.
REGISTERS: dict[type[Item], tuple[kinds.Kind[Any], kinds.Kind[Any] | None, str]] = {
    Policy: (kinds.POLICY, kinds.PREMIUM, "policy_no"),
    Claim: (kinds.CLAIM, None, ""),
    Project: (kinds.PROJECT, kinds.MILESTONE, "project_no"),
}


def register_of(type_: str) -> kinds.Kind[Any]:
    """The register that holds what a type of support rests on."""
    return REGISTERS[ITEM_TYPES[type_].item][0] if type_ in ITEM_TYPES else kinds.LOAN


def items(view: View, kind: type[Item]) -> dict[str, Known[Item]]:
    """Every item of a kind by its key, each resting on its own row and those of what happened to it."""
    register, happenings, column = REGISTERS[kind]
    happened: dict[str, list[Row[Any]]] = defaultdict(list)
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
