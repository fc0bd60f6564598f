"""What a fold knows of the log's name, of people and of their keys."""

from collections.abc import Mapping
from typing import Any

from ledger.log import kinds
from ledger.office.people import Person
from ledger.rules.lookups import Lookups
from ledger.rules.records import Logged


class Officers(Lookups):
    """Who may write and sign, as the records before say."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Staff number -> everybody who ever was an officer."""
        return self.whole("people") or {}

    @property
    def signers(self) -> Mapping[str, str]:
        """Staff number -> public key in force, in hex; nobody's while no key is in use."""
        return self.whole("signers") or {}

    def _actor(self, record: Logged[Any]) -> None:
        self.put("people", "", {**self.people, record.body["key"]: Person.of(record.body)})

    def _genesis(self, record: Logged[kinds.GenesisBody]) -> None:
        self.put("origin", "", record.body.get("origin", ""))

    def _key(self, record: Logged[Any]) -> None:
        self.put("keyed", "", {**(self.whole("keyed") or {}), record.body["key"]: record.seq})
        self.put("signers", "", {**self.signers, record.body["key"]: record.body["public"]})

    def enter(self, body: kinds.PersonBody, seq: int) -> None:
        """Somebody else has agreed to a person, with record `seq`: it is in force."""
        self.put("people", "", {**self.people, body["key"]: Person.entered(body, self.people.get(body["key"]))})
        self.put("by_two", "", True)
        if "public" in body:
            self.put("signers", "", {**self.signers, body["key"]: body["public"]})
            self.put("keyed", "", {**(self.whole("keyed") or {}), body["key"]: seq})
