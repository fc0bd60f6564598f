"""What a register file asks the ledger to hold: drafts of records, and what is known of a thing already.

A register names its columns' kinds, its way of making drafts and who uses its rows; registers of one row per key share
`Keyed`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from calculators.problems import N_
from ledger.log import kinds
from ledger.registry.spelling import Spellings
from ledger.registry.uscc import passes_check
from ledger.sheets.columns import columns, value_of
from ledger.sheets.names import register_of_records
from ledger.sheets.rows import Reading, Values
from ledger.store.ledger import Row, View
from ledger.store.vault import Vault

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value assembled from records; `leaves` are the leaf hashes of those records, in log order."""

    value: T
    leaves: tuple[bytes, ...]


def known(value: T, rows: Iterable[Row[Any]]) -> Known[T]:
    """`value`, resting on `rows` in any order."""
    return Known(value, tuple(row.leaf for row in sorted(rows, key=lambda row: row.seq)))


def content(row: Row[Any]) -> dict[str, Any]:
    """What a record says, without who recorded it when and under which key."""
    return {name: value for name, value in kinds.own(row.body).items() if name != "key"}


def says_the_same(row: Row[Any], fields: Mapping[str, Any], register: kinds.Kind[Any]) -> bool:
    """Whether a record says what these fields say, however its rates and numbers are written: 3.6% is 3.60%."""
    own = content(row)
    return own == fields or _by_value(own, register) == _by_value(fields, register)


def _by_value(fields: Mapping[str, Any], register: kinds.Kind[Any]) -> dict[str, Any]:
    written = {column.name: column for column in columns(register_of_records(register.register))}
    return {
        name: _by_value(value, register)
        if isinstance(value, dict) and name == "data"
        else value_of(written[name], value)
        if name in written
        else value
        for name, value in fields.items()
    }


@dataclass(frozen=True, slots=True)
class Draft:
    """A record as the file wants it: its key and its other fields, and the line it stands in.

    `secrets` are fields still in clear text, field -> (vault tag, value): they become commitments when written.
    """

    key: str
    fields: dict[str, Any]
    line: int
    secrets: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """How far a file speaks: for everything it leaves out (`full`) or not (`delta`), for one lender, up to a day."""

    full: bool
    lender: str = ""
    through: date | None = None


@dataclass(frozen=True)
class Task:
    """What a register needs to make drafts: the ledger as it stands, the file's rows, and how far it speaks."""

    view: View
    vault: Vault
    reading: Reading
    scope: Scope

    def falls(self, day: str) -> bool:
        """Whether a recorded row of that day falls when the file leaves it out."""
        through = self.scope.through
        return self.scope.full and (through is None or day <= through.isoformat())


@dataclass(frozen=True)
class Register:
    """A register that files can be imported into.

    `name` is that of the command and of the columns, `kind` the kind of its records. `dated` is the value that says
    from when a row is, where a file may speak up to a day only. `users` gives, for keys that other records rest on, the
    register of one of them: such a key cannot fall. `against` tells of the keys that stand against payments, which a
    full file does not lift by saying nothing of them.
    """

    name: str
    kind: kinds.Kind[Any]
    drafts: Callable[[Task], list[Draft]]
    twins: bool = False
    by_lender: bool = False
    dated: str = ""
    users: Callable[[View], dict[str, str]] | None = None
    against: Callable[[View], Callable[[str], bool]] | None = None


def refuse_moved(task: Task, line: int, key: str, column: str, before: str, found: str) -> None:
    """What was awarded for one thing does not become another's."""
    if before != found:
        task.reading.refuse(
            "award_moved",
            N_("{about} has awards as {field} {before}, and would become {found}"),
            N_("refuse that grant and enter another one: what was awarded comes back by the next run"),
            line,
            column,
            about=key,
            field=column,
            before=before,
            found=found,
        )


@dataclass
class Keyed:
    """Makes the drafts of a register whose rows are facts with a key of their own; refuses a key that comes twice."""

    task: Task
    register: kinds.Kind[Any]
    drafts: list[Draft] = field(default_factory=list)
    _lines: dict[str, int] = field(default_factory=dict)
    _spellings: Spellings = field(init=False)

    def __post_init__(self) -> None:
        recorded = self.task.view.keys(self.register)
        # A full file says again what there is.
        self._spellings = Spellings(self.task.reading, [] if self.task.scope.full else recorded, recorded)

    def add(self, row: Values, key: str, column: str) -> None:
        """A draft of the row; `column` is where a key that stands twice is shown."""
        refuse_twice(self.task.reading, self._lines, row.line, column, key)
        self._spellings.hold(row.line, column, key)
        self.drafts.append(Draft(key, fact(self.register, "", row), row.line))


def refuse_twice(reading: Reading, lines: dict[str, int], line: int, column: str, key: str) -> None:
    """Refuse a key that stands in a row above too; `lines` is where keys stand, and learns this one."""
    first = lines.setdefault(key, line)
    if first != line:
        reading.refuse(
            "key_twice",
            N_("{key} stands in row {first} too"),
            N_("remove one of the two rows"),
            line,
            column,
            key=key,
            first=first,
        )


def registered(task: Task, register: kinds.Kind[Any]) -> Mapping[str, Mapping[str, object]]:
    """The rows of a register by key, as its records hold them."""
    return {row.key: row.body.get("data", row.body) for row in task.view.rows(register)}


def warn_unknown_firm(task: Task, row: Values, firms: Mapping[str, object]) -> None:
    """Say that a row's firm is not registered; it may come later, before it applies."""
    code = row.cells["uscc"]
    if code in firms:
        return
    if not passes_check(code):
        task.reading.warn(
            "uscc_check_failed",
            N_("the last character of {code} is not its check digit"),
            N_("compare it with the licence"),
            row.line,
            "uscc",
            code=code,
        )
    task.reading.warn(
        "entity_unknown",
        N_("the firm {code} is not in the register of entities"),
        N_("register it before it applies"),
        row.line,
        "uscc",
        code=code,
    )


def fact(register: kinds.Kind[Any], lender: str, values: Values) -> dict[str, Any]:
    """The fields of a `fact` record: the row's values, with the day it became known beside them; "" is no lender."""
    data = values.cells
    if "known_on" in data:
        data = {name: value for name, value in data.items() if name != "known_on"}
    fields: dict[str, Any] = {"register": register.register, "data": data}
    if lender:
        fields["lender"] = lender
    if "known_on" in values.cells:
        fields["known_on"] = values.cells["known_on"]
    return fields


def refuse_other_lender(task: Task, line: int, column: str, lender: str) -> None:
    """Hold a row to the lender whose file this is."""
    if task.scope.lender and lender != task.scope.lender:
        task.reading.refuse(
            "lender_differs",
            N_("the loan is of {lender}, and the file speaks for {wanted}"),
            N_("remove the row, or correct the lender"),
            line,
            column,
            lender=lender,
            wanted=task.scope.lender,
        )
