"""The registers of firms (code, name, districts, statuses) and of decisions of serious dishonesty (严重失信).

Several rows of one code build its history. A full file says the whole history; a delta file adds to the one recorded:
a district from another day, a status, or the end of a status.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import pairwise

from calculators.facts.model import Dishonesty, District, Entity, Status
from calculators.facts.rules import repair_wrongs, span_wrongs
from calculators.problems import N_
from ledger.log import kinds
from ledger.registry.drafts import Draft, Keyed, Known, Register, Task, known, registered, warn_unknown_firm
from ledger.registry.uscc import check_of, passes_check, passes_organisation_check
from ledger.registry.wording import Wording, known_words
from ledger.sheets.rows import Reading, Values
from ledger.store.ledger import Row, View


def _dishonesty_drafts(task: Task) -> list[Draft]:
    """One draft per decision, keyed `<uscc>/<decided on>/<document>`."""
    firms = registered(task, kinds.ENTITY)
    made = Keyed(task, kinds.DISHONESTY)
    for row in task.reading.rows:
        cells = row.cells
        for found in repair_wrongs(cells):
            task.reading.refuse(found.code, found.what, found.remedy, row.line, found.column, **found.values)
        warn_unknown_firm(task, row, firms)
        made.add(row, "/".join([cells["uscc"], cells["decided_on"], cells["document"]]), "document")
    return made.drafts


def _against(view: View) -> Callable[[str], bool]:
    """Whether a decision is about a firm that is registered."""
    firms = view.keys(kinds.ENTITY)
    return lambda key: key.partition("/")[0] in firms


DISHONESTY = Register("dishonesty", kinds.DISHONESTY, _dishonesty_drafts, against=_against)


def _entity_drafts(task: Task) -> list[Draft]:
    """One draft per firm in the file."""
    by_code: dict[str, list[Values]] = {}
    words, wording = known_words(task.view), Wording(task.reading)
    for row in task.reading.rows:
        by_code.setdefault(row.cells["uscc"], []).append(row)
        wording.near(row.line, "district", row.cells["district"], words.districts)
        if "status" in row.cells:
            wording.word(row.line, "status", row.cells["status"], words.statuses)
    return [_draft(task, code, rows) for code, rows in by_code.items()]


def _draft(task: Task, code: str, rows: list[Values]) -> Draft:
    reading, first = task.reading, rows[0]
    if not passes_check(code):
        early = N_(
            "the last character of {code} is not its check digit, as in early codes: its organisation code is right"
        )
        reading.warn(
            "uscc_check_failed",
            early if passes_organisation_check(code) else N_("the last character of {code} is not its check digit"),
            N_(
                "compare it with the licence; "
                "nothing is paid until `subsidy decide uscc-override --about {code} --reason TEXT`"
            ),
            first.line,
            "uscc",
            code=code,
        )
    for row in rows[1:]:
        if row.cells["name"] != first.cells["name"]:
            reading.refuse(
                "name_differs",
                N_("{code} has another name in row {first}"),
                N_("write the present registered name in all its rows"),
                row.line,
                "name",
                code=code,
                first=first.line,
            )
    before = None if task.scope.full else task.view.current(kinds.ENTITY, code)
    known_on = [row.cells["known_on"] for row in rows if "known_on" in row.cells]
    fields = {
        "name": first.cells["name"],
        "check": check_of(code),
        "districts": _districts(reading, rows, before.body["districts"] if before else ()),
        "statuses": _statuses(reading, rows, before.body["statuses"] if before else ()),
    }
    if before and "known_on" in before.body:
        known_on.append(before.body["known_on"])
    if known_on:
        fields["known_on"] = max(known_on)
    return Draft(code, fields, first.line)


def _districts(reading: Reading, rows: list[Values], before: Iterable[kinds.District]) -> list[kinds.District]:
    """The history by day; a day in the file replaces the same day of before."""
    history: dict[str, tuple[str, int]] = {}
    for row in rows:
        day, name = row.cells["district_from"], row.cells["district"]
        other, line = history.setdefault(day, (name, row.line))
        if other != name:
            reading.refuse(
                "district_twice",
                N_("row {line} names another district from the same day"),
                N_("correct the day or the district"),
                row.line,
                "district_from",
                line=line,
            )
    merged = {district["from"]: district["name"] for district in before} | {
        day: name for day, (name, _line) in history.items()
    }
    return [{"from": day, "name": merged[day]} for day in sorted(merged)]


def _statuses(reading: Reading, rows: list[Values], before: Iterable[kinds.Status]) -> list[kinds.Status]:
    """The statuses by name and first day; one in the file replaces the one of before with the same first day."""
    statuses = {(status["name"], status["from"]): status for status in before}
    from_file: dict[tuple[str, str], Values] = {}
    for row in rows:
        if "status" not in row.cells:
            for column in ("status_from", "status_to"):
                if column in row.cells:
                    reading.refuse(
                        "status_missing", N_("a day without a status"), N_("name the status"), row.line, column
                    )
            continue
        name, starts_on, ends_on = row.cells["status"], row.cells.get("status_from"), row.cells.get("status_to")
        if starts_on is None:
            reading.refuse("cell_missing", N_("the status has no first day"), N_("fill it in"), row.line, "status_from")
            continue
        for found in span_wrongs(starts_on, ends_on, "status_to"):
            reading.refuse(found.code, found.what, found.remedy, row.line, found.column, **found.values)
        other = from_file.setdefault((name, starts_on), row)
        if other.cells.get("status_to") != ends_on:
            reading.refuse(
                "status_twice",
                N_("row {line} gives the same status another last day"),
                N_("correct one of the two rows"),
                row.line,
                "status_to",
                line=other.line,
            )
        statuses[name, starts_on] = {"name": name, "from": starts_on}
        if ends_on:
            statuses[name, starts_on]["to"] = ends_on
    ordered = [statuses[key] for key in sorted(statuses)]
    _refuse_overlaps(reading, rows[0], ordered)
    return ordered


def _refuse_overlaps(reading: Reading, row: Values, statuses: list[kinds.Status]) -> None:
    for status, later in pairwise(statuses):
        if status["name"] == later["name"] and status.get("to", "9999-12-31") >= later["from"]:
            reading.refuse(
                "status_overlaps",
                N_("{status} from {start} has not ended when it begins again on {again}"),
                N_("give the earlier one its last day"),
                row.line,
                "status",
                status=status["name"],
                start=status["from"],
                again=later["from"],
            )


def _users(view: View) -> dict[str, str]:
    users = {row.body["uscc"]: kinds.PAYEE.register for row in view.rows(kinds.PAYEE)}
    return users | {row.body["uscc"]: kinds.APPLICATION.register for row in view.rows(kinds.APPLICATION)}


ENTITIES = Register("entities", kinds.ENTITY, _entity_drafts, users=_users)


def entities(view: View) -> dict[str, Known[Entity]]:
    """Every firm by its code, with the decisions of serious dishonesty about it."""
    named: dict[str, list[Row[kinds.FactBody[kinds.DishonestyData]]]] = defaultdict(list)
    for row in view.rows(kinds.DISHONESTY):
        named[row.body["data"]["uscc"]].append(row)
    return {
        row.key: known(_entity(row.key, row.body, named.get(row.key, ())), (row, *named.get(row.key, ())))
        for row in view.rows(kinds.ENTITY)
    }


def failed_checks(view: View) -> set[str]:
    """The codes whose check digit is wrong, confirmed or not."""
    return {row.key for row in view.rows(kinds.ENTITY) if row.body["check"] == "failed"}


def _entity(code: str, body: kinds.EntityBody, named: Iterable[Row[kinds.FactBody[kinds.DishonestyData]]]) -> Entity:
    return Entity(
        uscc=code,
        name=body["name"],
        districts=tuple(
            District(date.fromisoformat(district["from"]), district["name"]) for district in body["districts"]
        ),
        statuses=tuple(
            Status(
                status["name"],
                date.fromisoformat(status["from"]),
                date.fromisoformat(status["to"]) + timedelta(days=1) if "to" in status else None,
            )
            for status in body["statuses"]
        ),
        dishonesty=tuple(_dishonesty(row.body["data"]) for row in named),
    )


def _dishonesty(data: kinds.DishonestyData) -> Dishonesty:
    repaired_on = date.fromisoformat(data["repaired_on"]) if "repaired_on" in data else None
    return Dishonesty(date.fromisoformat(data["decided_on"]), data["document"], repaired_on)
