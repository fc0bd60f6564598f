"""Whether the file is the one the product makes: every table, index and guard, its pages, and what genesis says."""

from collections.abc import Iterator

from sqlalchemy import Connection

from calculators.problems import N_
from ledger.audit.damage import Damage
from ledger.store.inspection import expected_objects, file_problems, schema_objects

MISSING = N_("is missing")
CHANGED = N_("was changed")
FOREIGN = N_("does not belong to a ledger")


def schema_damages(connection: Connection) -> Iterator[Damage]:
    """Objects that are missing, changed or foreign, in order of type and name."""
    there, expected = schema_objects(connection), expected_objects()
    for kind, name in sorted(there.keys() | expected.keys()):
        if (kind, name) not in there:
            how = MISSING
        elif (kind, name) not in expected:
            how = FOREIGN
        elif there[kind, name] != expected[kind, name]:
            how = CHANGED
        else:
            continue
        yield Damage("schema_changed", {"type": kind, "name": name, "how": how})


def file_damages(connection: Connection) -> Iterator[Damage]:
    """Pages and indexes that SQLite finds broken."""
    for line in file_problems(connection):
        yield Damage("file_damaged", {"reason": line})


def readable(damages: list[Damage]) -> bool:
    """Whether the tables can be read as they were made; a changed guard does not hinder that, a changed table does."""
    return not any(damage.values["type"] == "table" and damage.values["how"] != FOREIGN for damage in damages)
