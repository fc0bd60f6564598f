"""Rows of events, receipts and premiums, numbered among rows of one key: what happened to a known item.

Two equal rows are legitimate here (two repayments of one amount on one day), so a row's key ends in an ordinal. Rows
that are already recorded keep the ordinal they have; the others fill the ordinals left, the smallest amount first.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from calculators.facts.loan import loan_key
from calculators.problems import N_
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.registry.drafts import Draft, Task, fact, refuse_other_lender, says_the_same
from ledger.sheets.rows import Values
from ledger.store.ledger import Row, View

Fields = dict[str, Any]


# Register -> the fields that the keys of its rows are made of, behind contract and slip and before the ordinal.
_PARTS = {"event": ("kind", "date"), "receipt": ("due",)}


def numbered(task: Task, register: kinds.Kind[Any], amount: str) -> list[Draft]:
    """Drafts of rows that happened to known loans, keyed `<contract>/<slip>/<parts>/<ordinal>`."""
    lenders = task.view.keys(kinds.LOAN)
    wanted: dict[str, list[tuple[Fields, int]]] = defaultdict(list)
    for row in task.reading.rows:
        lender = _lender(task, row, lenders)
        if lender is not None:
            cells = row.cells
            stem = _stem_of(register.register, cells)
            wanted[stem].append((fact(register, lender, row), row.line))
    return number_rows(task, register, wanted, amount)


def number_rows(
    task: Task, register: kinds.Kind[Any], wanted: Mapping[str, list[tuple[Fields, int]]], amount: str
) -> list[Draft]:
    """Drafts of rows by the stem of their key, each (its fields, its line in the file), numbered among their equals."""
    recorded = _by_stem(task.view, register, task.scope.lender)
    made: list[Draft] = []
    for stem, group in wanted.items():
        if len(group) == 1 and stem not in recorded:
            ((fields, line),) = group
            made.append(Draft(f"{stem}/1", fields, line))
            continue
        made += _number(task, register, stem, group, recorded.get(stem, []), amount)
    return made


def _lender(task: Task, row: Values, lenders: dict[str, str]) -> str | None:
    key = loan_key(row.cells)
    if key not in lenders:
        task.reading.refuse(
            "loan_unknown",
            N_("loan {key} is not registered"),
            N_("import the register of loans first, or correct contract and slip number"),
            row.line,
            "contract_no",
            key=key,
        )
        return None
    refuse_other_lender(task, row.line, "contract_no", lenders[key])
    return lenders[key]


def _by_stem(view: View, register: kinds.Kind[Any], lender: str) -> dict[str, list[Row[Any]]]:
    recorded: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in view.rows(register, lender or None):
        recorded[row.key.rpartition("/")[0]].append(row)
    return recorded


def _number(
    task: Task,
    register: kinds.Kind[Any],
    stem: str,
    group: list[tuple[Fields, int]],
    recorded: list[Row[Any]],
    amount: str,
) -> Iterator[Draft]:
    left = list(recorded)
    changed = []
    for fields, line in group:
        twin = next((row for row in left if says_the_same(row, fields, register)), None)
        if twin is None:
            changed.append((fields, line))
        else:
            left.remove(twin)
            yield Draft(twin.key, fields, line)
    if not task.scope.full and len(left) > len(changed) > 0:
        task.reading.refuse(
            "correction_ambiguous",
            N_("{count} recorded rows could be the one that this row corrects"),
            N_("give all rows of that loan or policy and day, the unchanged ones too"),
            changed[0][1],
            "",
            count=len(left),
        )
        return
    changed.sort(key=lambda drafted: (drafted[0]["data"].get(amount, 0), canonical({"$schema": "", **drafted[0]})))
    taken = {row.key for row in recorded}
    ordinals = iter(range(1, len(taken) + len(changed) + 1))
    free = (key for ordinal in ordinals if (key := f"{stem}/{ordinal}") not in taken)
    corrected = [row.key for row in sorted(left, key=lambda row: row.body["data"].get(amount, 0))]
    for place, (fields, line) in enumerate(changed):
        yield Draft(corrected[place] if place < len(corrected) else next(free), fields, line)


def under_its_own(register: str, key: str, data: Mapping[str, Any]) -> bool:
    """Whether a row about a loan stands under the numbers and days that it says: a second name counts it twice."""
    if register == "loan":
        return key == loan_key(data)
    if register not in _PARTS:
        return True
    stem, _slash, ordinal = key.rpartition("/")
    return stem == _stem_of(register, data) and ordinal.isdecimal()


def _stem_of(register: str, cells: Mapping[str, Any]) -> str:
    return "/".join([cells["contract_no"], cells.get("slip_no", ""), *[cells[part] for part in _PARTS[register]]])
