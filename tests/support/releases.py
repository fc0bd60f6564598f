"""Other releases of the program, as far as a ledger can tell: a later one makes an index more, an earlier knew less."""

import pytest

from ledger.audit import cut, verify
from ledger.log import kinds
from ledger.store import guards, inspection, ledger

LATER_INDEX = "CREATE INDEX entry_payee ON entry (key, line)"


def later_schema(patched: pytest.MonkeyPatch) -> None:
    """From here on the program makes files with one more index, and guards `record` in other words."""
    made = guards.create_schema

    def create(connection: guards.Connection) -> None:
        made(connection)
        connection.exec_driver_sql(LATER_INDEX)
        (guard,) = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'record_delete'").one()
        connection.exec_driver_sql("DROP TRIGGER record_delete")
        connection.exec_driver_sql(guard.replace("never deleted", "never, ever deleted"))

    def schema() -> guards.Schema:
        with guards.create_engine("sqlite://", poolclass=guards.NullPool).begin() as connection:
            create(connection)
            return guards.Schema(guards.ENGINE, guards.VERSION + 1, guards.schema_sha256(connection))

    patched.setattr(guards, "own_schema", schema)
    patched.setattr(guards, "create_schema", create)
    patched.setattr(inspection, "create_schema", create)
    # Made once by the program of today, of whichever test came first.
    for reader in (cut, verify):
        patched.setattr(reader, "expected_objects", inspection.expected_objects.__wrapped__)


def earlier_kinds(patched: pytest.MonkeyPatch) -> None:
    """From here on the program knows no record of what was shown in clear, and one without a version 2 of entries."""
    own = ledger.own_rules

    def rules(calculators: object) -> kinds.RulesBody:
        body = own(calculators)
        known = [one for one in body["schemas"] if one != "subsidy/reveal/1"]
        body["schemas"] = [one.replace("entry/2", "entry/1") for one in known]
        return body

    patched.setattr(ledger, "own_rules", rules)


def earlier_book(patched: pytest.MonkeyPatch) -> None:
    """From here on the program keeps ledgers by the first rules of the book, which asked little of causes."""
    own = ledger.own_rules

    def rules(calculators: object) -> kinds.RulesBody:
        body = own(calculators)
        body["book"] = "book/1"
        return body

    patched.setattr(ledger, "own_rules", rules)
