"""What the registers of policies, claims, projects and of what happens to them share: one row per key, known owners."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from calculators.problems import N_
from ledger.registry.drafts import Draft, Task
from ledger.registry.firms import passes_check
from ledger.registry.lending import fact
from ledger.registry.rows import Values


@dataclass
class Keyed:
    """Makes the drafts of a register whose rows are facts with a key of their own; refuses a key that comes twice."""

    task: Task
    register: str
    drafts: list[Draft] = field(default_factory=list)
    _lines: dict[str, int] = field(default_factory=dict)

    def add(self, row: Values, key: str, column: str) -> None:
        """A draft of the row; `column` is where a key that stands twice is shown."""
        first = self._lines.setdefault(key, row.line)
        if first != row.line:
            self.task.reading.refuse(
                "key_twice",
                N_("{key} stands in row {first} too"),
                N_("remove one of the two rows"),
                row.line,
                column,
                key=key,
                first=first,
            )
        self.drafts.append(Draft(key, fact(self.register, "", row), row.line))


def registered(task: Task, register: str) -> Mapping[str, Mapping[str, object]]:
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
