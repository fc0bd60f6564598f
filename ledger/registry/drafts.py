"""What a register file asks the ledger to hold: drafts of records, and the circumstances they are made in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.registry.rows import Reading
from ledger.store.ledger import View
from ledger.store.vault import Vault


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

    `name` is that of the command and of the columns, `item` that of its records in the ledger, `kind` their record
    kind. `dated` is the value that says from when a row is, where a file may speak up to a day only. `users` gives, for
    keys that other records rest on, the register of one of them: such a key cannot fall.
    """

    name: str
    item: str
    kind: str
    drafts: Callable[[Task], list[Draft]]
    twins: bool = False
    by_lender: bool = False
    dated: str = ""
    users: Callable[[View], dict[str, str]] | None = None
