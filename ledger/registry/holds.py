"""Rows of a register file that are held: what is wrong with one row stops its own loan, and not the file.

A row that is left out may make another one wrong (a repayment without its drawdown), so rows are left out until nothing
is wrong. What a row is about has to be known, or nobody could be stopped: such a row refuses the file.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.registry.drafts import Draft, Register, Scope, Task
from ledger.registry.operators import shown_code
from ledger.sheets.columns import Allowed, Column, Said, columns, mask
from ledger.sheets.names import RegisterName, register_of_records
from ledger.sheets.read import Sheet, SheetRow
from ledger.sheets.rows import Reading, Values, readable
from ledger.store.ledger import Row, View, local_day

Cells = Mapping[str, Any]


class About(NamedTuple):
    """What a row of a register is about: the register of what it stops, and the columns that name that.

    `key` are the columns that make the key of the row itself, as far as rows of equal key are not numbered.
    """

    register: kinds.Kind[Any]
    named_by: tuple[str, ...]
    key: tuple[str, ...]

    def of(self, cells: Cells) -> str:
        """The key of what a row with these cells is about."""
        return "/".join(str(cells[name]) for name in self.named_by if cells.get(name))


_LOAN = ("contract_no", "slip_no")

# Registers whose bad rows can be held, by the name of their command.
ABOUT = {
    "loans": About(kinds.LOAN, _LOAN, _LOAN),
    "events": About(kinds.LOAN, _LOAN, (*_LOAN, "kind", "date")),
    "receipts": About(kinds.LOAN, _LOAN, (*_LOAN, "due")),
    "policies": About(kinds.POLICY, ("policy_no",), ("policy_no",)),
    "premiums": About(kinds.POLICY, ("policy_no",), ("policy_no", "kind", "date")),
    "claims": About(kinds.CLAIM, ("claim_no",), ("claim_no",)),
    "projects": About(kinds.PROJECT, ("project_no",), ("project_no",)),
    "milestones": About(kinds.PROJECT, ("project_no",), ("project_no", "kind", "stage", "date")),
    "payees": About(kinds.ENTITY, ("uscc",), ("uscc", "channel", "institution")),
}
# Why the rows of the others cannot be held.
NOT_HELD = {
    "entities": N_("a bad row of a firm cannot be held: its rows are one history, which decides on all that it has"),
    "dishonesty": N_("a bad row cannot be held here: a firm that may be named is to be paid nothing at all"),
    "applications": N_("a bad application cannot be held: one that is not taken in gets nothing anyhow"),
    "grants": N_("a bad grant cannot be held: a new one gets nothing anyhow, and one that stands is not to go on"),
    "inspections": N_("a bad inspection cannot be held: what it found stops its grant, whatever is wrong with the row"),
    "wallets": N_("a bad row of a wallet cannot be held: what was seen before goes on until it is too old"),
    "wallet-requests": N_("a bad row cannot be held here: what the operator said before goes on"),
    "payers": N_("a bad payer cannot be held: the unit's own accounts are few, and are corrected at once"),
}
# So many digits in a row may be a number that nobody may see.
_DIGITS = re.compile(r"\d{6,}", re.ASCII)


@dataclass(frozen=True)
class Held:
    """What becomes of a file's bad rows: `holds` are all of them, as records that lack their import.

    `new` are those that do not stand yet; `falling` stand and fall. `problems` are what is wrong with the rows.
    """

    holds: tuple[kinds.HoldBody, ...] = ()
    new: tuple[kinds.HoldBody, ...] = ()
    falling: tuple[Row[kinds.HoldBody], ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def about(self) -> frozenset[str]:
        """What this file's bad rows are about: their standing rows stay."""
        return frozenset(hold["about"] for hold in self.holds)


def standing(view: View) -> list[Row[kinds.HoldBody]]:
    """Every hold in force, in the order in which they were recorded."""
    return sorted(view.rows(kinds.HOLD), key=lambda row: row.seq)


class Sifted(NamedTuple):
    """The drafts of a file's good rows, the holds of the others, and what is wrong with those."""

    drafts: list[Draft]
    holds: Sequence[kinds.HoldBody] = ()
    problems: Sequence[Problem] = ()


def check_held(name: str) -> None:
    """Refuse `hold_not_kept`: rows of a register that are not about a thing of their own cannot be held."""
    if name in ABOUT:
        return
    raise refuse(
        "hold_not_kept",
        NOT_HELD[name],
        N_(
            "have the rows corrected that --returned FILE.xlsx marks, or bring the good ones alone with --mode delta, "
            "and stop whom a bad one names with `subsidy decide stop --about KEY --reason TEXT`"
        ),
        Place("--hold-bad"),
    )


def sift(task: Task, register: Register) -> Sifted:
    """The drafts of the good rows of `task.reading`, which keeps those alone, and the holds of the others.

    Refuses with what is wrong with the file as a whole, and `row_of_nobody`.
    """
    return _Sieve(task, register).sift()


def settled(view: View, register: Register, scope: Scope, rows: Sequence[Values], sifted: Sifted) -> Held:
    """Which of a file's holds are new, and which of those that stand fall, after its good `rows` were taken.

    Of a register whose rows may be equal `rows` are those that were not recorded before: another row that looks like
    a held one is not that row corrected.
    """
    stand = {row.key: row for row in standing(view) if row.body["register"] == register.kind.register}
    again = {hold["key"] for hold in sifted.holds}
    new = tuple(hold for hold in sifted.holds if hold["key"] not in stand)
    well = _Well(view, register, rows)
    falling = tuple(row for row in stand.values() if row.key not in again and _falls(row.body, register, scope, well))
    return Held(tuple(sifted.holds), new, falling, tuple(sifted.problems))


def kept(register: Register, about: frozenset[str]) -> Callable[[Row[Any]], bool]:
    """Whether a recorded row of `register` stays because of a hold, whatever a full file lacks."""
    if not about:
        return lambda _row: False
    known = ABOUT[register.name]
    if known.register is register.kind:
        return lambda row: row.key in about
    return lambda row: known.of(row.body.get("data", row.body)) in about


def _falls(hold: kinds.HoldBody, register: Register, scope: Scope, well: "_Well") -> bool:
    if scope.full:
        if scope.lender != (hold.get("lender", "") if register.by_lender else ""):
            return False
        day = hold.get("day", "")
        return scope.through is None or day <= scope.through.isoformat()
    alone = ABOUT[register.name].register is register.kind
    return (alone or hold["mode"] == "delta") and well.has(hold)


class _Well:
    """The good rows of a file, by the ways in which a hold knows its row again.

    Where rows may be equal, a row makes one hold fall and no second.
    """

    def __init__(self, view: View, register: Register, rows: Sequence[Values]) -> None:
        self._view, self._register = view, register
        self._about = ABOUT.get(register.name)
        self._columns = columns(register.name)
        self._good = rows

    @cached_property
    def _rows(self) -> dict[str, list[Values]]:
        """The rows by what they are about; mostly no hold stands, and nobody asks."""
        found: dict[str, list[Values]] = defaultdict(list)
        if self._about is not None:
            for row in self._good:
                found[self._about.of(row.cells)].append(row)
        return found

    def has(self, hold: kinds.HoldBody) -> bool:
        """Whether the row of a hold is among them."""
        rows = self._rows.get(hold["about"], [])
        found = next((place for place, row in enumerate(rows) if self._is(row, hold)), None)
        if found is not None and self._register.twins:
            del rows[found]
        return found is not None

    def _is(self, row: Values, hold: kinds.HoldBody) -> bool:
        assert self._about is not None, "rows of other registers are not held"
        if hold.get("row_key") == _joined(self._about.key, row.cells):
            return True
        wrong = tuple(hold["columns"])
        return hold["rest"] == _rest(row.cells, self._columns, wrong) and self._was_told(row, hold)

    def _was_told(self, row: Values, hold: kinds.HoldBody) -> bool:
        """Whether the file of a hold could tell of a row's day: next month's equal row is another one.

        A day that could be read is in `rest`, and so the same; one that could not lies no later than the file spoke
        for, or where it does not say that, than the day on which it was taken.
        """
        if not self._register.dated:
            return True
        told = self._view.body(kinds.IMPORT, hold["import"])
        taken = local_day(datetime.fromisoformat(told["recorded_at"])).isoformat()
        return str(row.cells.get(self._register.dated, "")) <= str(told.get("through", taken))


def _joined(names: Iterable[str], cells: Cells) -> str:
    return "/".join(str(cells.get(name, "")) for name in names)


def _rest(cells: Cells, known: Iterable[Column], wrong: Iterable[str] = ()) -> str:
    """The hash of the readable cells outside the columns `wrong`; nothing that the vault keeps goes into it."""
    left_out = {name for column in known if column.secret for name in (column.name,)} | set(wrong)
    said = {name: value for name, value in cells.items() if name.removesuffix("_fen") not in left_out}
    return sha256(canonical({"$schema": "", **said})).hexdigest()


@dataclass
class _Sieve:
    """Leaves rows out of a reading until nothing is wrong with the others."""

    task: Task
    register: Register
    found: dict[int, list[Problem]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.about = ABOUT[self.register.name]
        self.columns = columns(self.register.name)
        self.reading: Reading = self.task.reading
        self.sheet: Sheet = self.reading.sheet
        self.lines: dict[int, SheetRow] = {row.line: row for row in self.sheet.rows}
        self.known = self._known()
        self.secret = any(column.secret for column in self.columns)

    def sift(self) -> Sifted:
        warnings = list(self.reading.warnings)
        while True:
            self._leave_out()
            self.reading.warnings[:] = warnings
            drafts = self.register.drafts(self.task)
            lines = {row.line for row in self.reading.rows}
            if not any(problem.place.line in lines for problem in self.reading.problems):
                break
        self._refuse()
        return Sifted(drafts, self._holds(), [wrong for line in sorted(self.found) for wrong in self.found[line]])

    def _leave_out(self) -> None:
        """Take every row with a problem out of the reading."""
        for problem in self.reading.problems:
            self.found[problem.place.line].append(problem)
        self.reading.problems.clear()
        alone = self.about.register is self.register.kind
        gone = {self._about(line) for line in self.found if line in self.lines} if alone else set()
        self.reading.rows = [
            row for row in self.reading.rows if row.line not in self.found and self.about.of(row.cells) not in gone
        ]

    def _refuse(self) -> None:
        """Refuse what no row can be held for: what is wrong with the file, and rows that nobody could be stopped by."""
        refused = list(self.reading.problems)
        for line, problems in self.found.items():
            if line not in self.lines:
                refused += problems
            elif self._about(line) is None:
                refused += [*problems, self._of_nobody(line)]
        if refused:
            raise Refused(sorted(refused, key=lambda problem: (problem.place.line, problem.place.column)))

    def _about(self, line: int) -> str | None:
        """What the row is about; None where it does not tell, or tells of what nobody knows."""
        row = self.lines[line]
        cells = readable(self.sheet, row, self.columns)
        for column in self.columns:
            if column.name not in self.about.named_by:
                continue
            written = column.name in row.cells or (line, column.name) in self.sheet.faulty
            if column.name not in cells and (written or column.required):
                return None
        key = self.about.of(cells)
        return key if self.known is None or key in self.known else None

    def _known(self) -> set[str] | None:
        """What is registered, or held itself; None where the rows of this register are what they are about."""
        if self.about.register is self.register.kind:
            return None
        view, of = self.task.view, self.about.register
        held = {row.body["about"] for row in view.rows(kinds.HOLD) if row.body["of"] == of.register}
        return held | view.keys(of).keys()

    def _of_nobody(self, line: int) -> Problem:
        return Problem(
            "row_of_nobody",
            N_("the row cannot be held, because it does not tell a registered {register} that could be stopped"),
            N_("correct the number in this row, or have it corrected; without it the file cannot be taken"),
            self.sheet.place(line),
            {"register": self.about.register.register},
        )

    def _holds(self) -> list[kinds.HoldBody]:
        made: dict[str, kinds.HoldBody] = {}
        for hold in (self._hold(line) for line in sorted(self.found)):
            key, number = hold["key"], 1
            # Where rows may be equal, two bad ones are two, also where they differ only in what cannot be read.
            while self.register.twins and hold["key"] in made:
                number += 1
                hold["key"] = f"{key}/{number}"
            made[hold["key"]] = hold
        return list(made.values())

    def _hold(self, line: int) -> kinds.HoldBody:
        about, problems, scope = self._about(line), self.found[line], self.task.scope
        assert about is not None, f"row {line} is held of nobody"
        cells = readable(self.sheet, self.lines[line], self.columns)
        wrong = list(dict.fromkeys(name for problem in problems for name in self._columns_of(problem)))
        register = self.register.kind.register
        hold: kinds.HoldBody = {
            "key": f"{register}/{about}/{_rest(cells, self.columns, wrong if self.secret else ())[:16]}",
            "register": register,
            "of": self.about.register.register,
            "about": about,
            "mode": "full" if scope.full else "delta",
            "file": self.sheet.source,
            "sha256": self.sheet.sha256,
            "row": line,
            "columns": wrong,
            "rest": _rest(cells, self.columns, wrong),
            "problems": [self._told(problem) for problem in problems],
            "import": 0,
        }
        lender = scope.lender or str(cells.get("lender", "")) or self._lender(about)
        if self.register.by_lender and lender:
            hold["lender"] = lender
        required = {column.name for column in self.columns if column.required}
        # In a register with numbers that nobody may see any column may hold one by mistake.
        spoilt = {*wrong} if self.secret else set()
        if all(name not in spoilt and (name in cells or name not in required) for name in self.about.key):
            hold["row_key"] = _joined(self.about.key, cells)
        if self.register.dated and self.register.dated in cells:
            hold["day"] = cells[self.register.dated]
        return hold

    def _columns_of(self, problem: Problem) -> list[str]:
        """The columns that a cell with a problem fills; none where the whole row is meant, which has no heading."""
        at = problem.place.column if problem.place.key else 0
        return [name for name, (number, _heading) in self.sheet.headings.items() if number == at]

    def _lender(self, about: str) -> str:
        row = self.task.view.current(self.about.register, about)
        return row.lender if row else ""

    def _told(self, problem: Problem) -> kinds.HeldProblem:
        told = kinds.HeldProblem(
            code=problem.code,
            what=problem.what,
            remedy=problem.remedy,
            values={name: self._shown(value) for name, value in problem.values.items()},
        )
        if problem.place.key:
            told["column"] = problem.place.key
        return told

    def _shown(self, value: object) -> str:
        text = value.plain if isinstance(value, Allowed | RegisterName | Said) else str(value)
        if self.secret:
            return text if shown_code(text) == text else _DIGITS.sub(lambda found: mask(found[0]), text)
        return text


def sentences(hold: kinds.HoldBody, say: Callable[[str], str]) -> Iterator[tuple[str, str, str, str]]:
    """(code, heading of the column or "", what is wrong, how to remedy it) of a hold, in the reader's language."""
    words = _words(register_of_records(hold["register"]))
    for held_problem in hold["problems"]:
        values = {
            name: words.get(text, text) if name in _WORDED else text for name, text in held_problem["values"].items()
        }
        what, remedy = (say(text).format_map(values) for text in (held_problem["what"], held_problem["remedy"]))
        yield held_problem["code"], held_problem.get("column", ""), what, remedy


# The values of a problem that a record keeps in no language, and that whoever reads it gets in words.
_WORDED = ("choices", "case")


@cache
def _words(register: str) -> Mapping[str, Allowed | Said]:
    """What a record keeps of choices and cases of a register -> what says them in the reader's language."""
    choosing = [column for column in columns(register) if column.choices]
    cases = [Said(column, value) for column in choosing for value in ("", *column.choices)]
    said: list[Allowed | Said] = [*(column.allowed for column in choosing), *cases]
    return {one.plain: one for one in said}
