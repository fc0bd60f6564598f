"""The registers of items that are no loans (policies, incentive claims, projects) and of what happened to them.

`data` of a fact holds the row's columns, as for loans: fen under `<column>_fen`, rates and shares as written, days in
ISO form, `attributes` and `figures` as objects of texts.
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
from calculators.notices.quantities import parse_quantity
from calculators.problems import N_
from ledger.log import kinds
from ledger.registry.drafts import Draft, Keyed, Known, Register, Task, fact, known, registered, warn_unknown_firm
from ledger.registry.ordinals import number_rows
from ledger.registry.spelling import Spellings
from ledger.registry.wording import Wording, known_words
from ledger.sheets.rows import Reading, Values, only_with
from ledger.store.ledger import Row, View

Data = Mapping[str, Any]

RATING = {"sum_insured": "sum_insured_fen", "rate": "rate", "units": "units"}


def _policy_drafts(task: Task) -> list[Draft]:
    """One draft per policy."""
    firms = registered(task, kinds.ENTITY)
    made = Keyed(task, kinds.POLICY)
    words, wording = known_words(task.view, "insurance_premium"), Wording(task.reading)
    # Caps per item count by the text.
    products = _products(task)
    for row in task.reading.rows:
        products.hold(row.line, "item", row.cells["item"])
        wording.attributes(row.line, row.cells.get("attributes", {}), words.attributes)
        _check_rating(task.reading, row)
        warn_unknown_firm(task, row, firms)
        made.add(row, row.cells["policy_no"], "policy_no")
    return made.drafts


def _products(task: Task) -> Spellings:
    again = {row.cells["policy_no"] for row in task.reading.rows}
    items = {key: str(data["item"]) for key, data in registered(task, kinds.POLICY).items()}
    standing = (item for key, item in items.items() if not task.scope.full and key not in again)
    return Spellings(task.reading, standing, items.values())


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
    words, wording = known_words(task.view, "incentive"), Wording(task.reading)
    for row in task.reading.rows:
        wording.attributes(row.line, row.cells.get("attributes", {}), words.attributes)
        warn_unknown_firm(task, row, firms)
        made.add(row, row.cells["claim_no"], "claim_no")
    return made.drafts


CLAIMS = Register("claims", kinds.CLAIM, _claim_drafts)


def _project_drafts(task: Task) -> list[Draft]:
    """One draft per project."""
    firms = registered(task, kinds.ENTITY)
    made = Keyed(task, kinds.PROJECT)
    words, wording = known_words(task.view, "allocated_subsidy"), Wording(task.reading)
    for row in task.reading.rows:
        wording.attributes(row.line, row.cells.get("attributes", {}), words.attributes)
        warn_unknown_firm(task, row, firms)
        made.add(row, row.cells["project_no"], "project_no")
    return made.drafts


PROJECTS = Register("projects", kinds.PROJECT, _project_drafts)


# kind -> (cells it needs, cells it has no use for)
STAGE_CELLS = {
    "stage": (["stage"], ["amount_fen", "done", "agreed", "reached", "score"]),
    "audit": (["amount_fen"], ["stage", "done", "agreed", "reached", "score"]),
    "acceptance": (["done"], ["stage", "amount_fen", "agreed", "reached", "score"]),
    "target": (["stage", "agreed"], ["amount_fen", "done", "score"]),
    "review": ([], ["stage", "amount_fen", "done", "agreed", "reached"]),
}


def _milestone_drafts(task: Task) -> list[Draft]:
    """One draft per row, keyed `<project>/<kind>` and for stages and targets their name, for audits their day."""
    projects = registered(task, kinds.PROJECT)
    made = Keyed(task, kinds.MILESTONE)
    words, wording = known_words(task.view, "allocated_subsidy"), Wording(task.reading)
    for row in task.reading.rows:
        cells = row.cells
        if cells["kind"] == "stage" and "stage" in cells:
            wording.word(row.line, "stage", cells["stage"], words.stages)
        needed, barred = STAGE_CELLS[cells["kind"]]
        only_with(task.reading, row, needed, barred, "kind")
        _check_target(task.reading, row)
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


def _check_target(reading: Reading, row: Values) -> None:
    """What was agreed is something, and what was reached of it is in the same unit."""
    if "agreed" not in row.cells:
        return
    agreed = parse_quantity(row.cells["agreed"])
    if agreed.value == 0:
        reading.refuse(
            "target_of_nothing",
            N_("{value} is no target"),
            N_("write what was agreed, above 0"),
            row.line,
            "agreed",
            value=row.cells["agreed"],
        )
    reached = row.cells.get("reached")
    if reached is not None and parse_quantity(reached).unit != agreed.unit:
        reading.refuse(
            "unit_differs",
            N_("{value} is in {found}, and {unit} belongs here"),
            N_("write it in {unit}, or correct the figure or its unit"),
            row.line,
            "reached",
            value=reached,
            found=parse_quantity(reached).unit,
            unit=agreed.unit,
        )


def _milestone_key(row: Values) -> str:
    cells = row.cells
    name = cells["date"] if cells["kind"] == "audit" else cells.get("stage", "")
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
        key=key,
        uscc=data["uscc"],
        achieved_on=_day(data["achieved_on"]),
        base_fen=data.get("base_fen", 0),
        units=parse_exact(data.get("units", "0")),
        other_levels_fen=data.get("other_levels_fen", 0),
        attributes=_attributes(data),
        figures=_figures(data),
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
        premiums=tuple(_premium(premium) for premium in sorted(premiums, key=lambda premium: str(premium["date"]))),
        contract_fen=data.get("contract_amount_fen"),
        launched_on=_day(data["launched_on"]) if "launched_on" in data else None,
        rating=Rating(data["sum_insured_fen"], parse_percent(data["rate"]), parse_exact(data["units"]))
        if rated
        else None,
        attributes=_attributes(data),
        other_levels_fen=data.get("other_levels_fen", 0),
        figures=_figures(data),
    )


def _premium(data: Data) -> Premium:
    sign = -1 if data["kind"] == "returned" else 1
    return Premium(_day(data["date"]), sign * data["amount_fen"], sign * data.get("tax_fen", 0))


def _project(key: str, data: Data, milestones: Iterable[Data]) -> Project:
    of: dict[str, list[Data]] = defaultdict(list)
    for milestone in sorted(milestones, key=lambda milestone: str(milestone["date"])):
        of[milestone["kind"]].append(milestone)
    accepted = next(
        (Acceptance(_day(milestone["date"]), parse_percent(milestone["done"])) for milestone in of["acceptance"]), None
    )
    return Project(
        key=key,
        uscc=data["uscc"],
        signed_on=_day(data["signed_on"]),
        claimed_fen=data["claimed_fen"],
        audits=tuple(Audit(_day(milestone["date"]), milestone["amount_fen"]) for milestone in of["audit"]),
        stages=tuple(Stage(milestone["stage"], _day(milestone["date"])) for milestone in of["stage"]),
        acceptance=accepted,
        targets=tuple(
            _target(milestone) for milestone in sorted(of["target"], key=lambda milestone: str(milestone["stage"]))
        ),
        review=next((Review(_day(milestone["date"]), _score(milestone)) for milestone in of["review"]), None),
        attributes=_attributes(data),
        other_levels_fen=data.get("other_levels_fen", 0),
        figures=_figures(data),
    )


def _target(data: Data) -> Target:
    reached = data.get("reached")
    return Target(data["stage"], parse_quantity(data["agreed"]), None if reached is None else parse_quantity(reached))


def _score(data: Data) -> Exact | None:
    return parse_exact(data["score"]) if "score" in data else None


def _attributes(data: Data) -> Attributes:
    return tuple(sorted(data.get("attributes", {}).items()))


def _figures(data: Data) -> Figures:
    return tuple(sorted((name, parse_quantity(text)) for name, text in data.get("figures", {}).items()))


def _day(text: str) -> date:
    return date.fromisoformat(text)
