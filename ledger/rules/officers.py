"""What a fold knows of the log's name, of people and of their keys."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.log import kinds
from ledger.office.acts import Written, rule_of
from ledger.office.approvals import Subject, still_waits, subject_of
from ledger.office.duties import Duties
from ledger.office.duty import rests_on_another, set_of
from ledger.office.people import Person
from ledger.registry.agreements import FOUNDING, OPEN
from ledger.rules.lookups import Lookups
from ledger.rules.records import Logged


@dataclass(slots=True)
class Unsigned:
    """What somebody has written that no act covers yet: the first record of it, and what it comes to.

    `replaced` is the newest version that it takes the place of.
    """

    first: Logged[Any]
    written: Written
    replaced: int = -1
    # Of each thing that it wrote a version of: the last one, and the one that stood before; of persons what they were.
    touched: dict[tuple[str, str], tuple[int, int | None]] = field(default_factory=dict)
    people: dict[str, Person | None] = field(default_factory=dict)
    # Whether the last record is one that the act has to cover, and whether others have to sign that act.
    covering: bool = True
    waits: bool = False

    def touch(self, record: Logged[Any], register: str, key: str, before: int | None) -> None:
        """Know a version that it wrote; of facts only where somebody could turn them down, for there are many."""
        if self.covering and (self.waits or record.kind != "fact"):
            known = self.touched.get((register, key))
            self.touched[register, key] = record.seq, known[1] if known else before


class Officers(Lookups):
    """Who may write and sign, as the records before say."""

    # The forms of records that the rules in force name; none before the first rules.
    schemas: frozenset[str]

    @property
    def people(self) -> Mapping[str, Person]:
        """Staff number -> everybody who ever was an officer."""
        return self.whole("people") or {}

    @property
    def signers(self) -> Mapping[str, str]:
        """Staff number -> public key in force, in hex; nobody's while no key is in use."""
        return self.whole("signers") or {}

    @property
    def duties(self) -> Duties | None:
        """The set of duties in force; None where there is none."""
        found: Duties | None = self.whole("duties")
        return found

    @property
    def duties_since(self) -> int:
        """The log index from which on any set of duties is in force; that of no record where none is."""
        found: int | None = self.whole("duties_since")
        return sys.maxsize if found is None else found

    @property
    def by_acts(self) -> bool:
        """Whether whatever a person writes is covered by an act: since two have entered one, and acts are named."""
        return bool(self.whole("by_two")) and kinds.ACT.schema in self.schemas

    @property
    def founded(self) -> bool:
        """Whether the ledger is one that two people found, under a set of duties."""
        return bool(self.whole("founded"))

    @property
    def unopened(self) -> bool:
        """Whether the second of these has still to sign."""
        return self.founded and not self.whole("opened")

    @property
    def unsigned(self) -> "Unsigned | None":
        """What somebody has written that no act covers yet."""
        return self._known["unsigned"].get("")

    def wrote(self, record: Logged[Any]) -> None:
        """Know what an act has still to cover, or that one covers it."""
        unsigned = self.unsigned
        if record.kind == kinds.ACT.name:
            if unsigned is not None and self.duties and rests_on_another(self.duties, record.body["act"]):
                self.put("undone", record.seq, unsigned.touched)
                self.put("were", record.seq, unsigned.people)
            self.put("unsigned", "", None)
            return
        falling = self.whole("falling")
        if falling and record.kind != "entry":
            # It follows from a signature against an act.
            self.put("falling", "", falling - 1)
            return
        rule = rule_of(record.body) if self.by_acts else ""
        if rule and unsigned is None:
            unsigned = Unsigned(record, Written(record.seq))
            self.put("unsigned", "", unsigned)
        if unsigned is None:
            return
        unsigned.covering = bool(rule)
        if rule:
            unsigned.written.take(record.body, rule)
            word = rule if isinstance(rule, str) else rule.act
            unsigned.waits = unsigned.waits or (self.duties is not None and rests_on_another(self.duties, word))

    def undone(self, number: int) -> Mapping[tuple[str, str], tuple[int, int | None]]:
        """What falls where somebody turns act `number` down: (register, key) -> its last version, the one before."""
        return self.get("undone", number) or {}

    def _actor(self, record: Logged[Any]) -> None:
        if self.unsigned is not None:
            self.unsigned.people.setdefault(record.body["key"], self.people.get(record.body["key"]))
        self.put("people", "", {**self.people, record.body["key"]: Person.of(record.body)})

    def _genesis(self, record: Logged[kinds.GenesisBody]) -> None:
        self.put("origin", "", record.body.get("origin", ""))
        self.put("log_keys", "", (record.body.get("log_key", ""),))
        text = record.body.get("duties", "")
        self.put("founded", "", bool(text))
        if text:
            self.put("duties", "", set_of(text))
            self.put("duties_since", "", record.seq)

    def _person(self, record: Logged[kinds.PersonBody]) -> None:
        self._subject(record)
        if record.body["act"] in FOUNDING:
            self.enter(record.body, record.seq)
        if record.body["act"] == OPEN:
            self.put("opened", "", True)

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

    def burn(self, staff_no: str, below: int) -> None:
        """The key of somebody signs nothing more, where it was in force before log index `below`."""
        keyed: Mapping[str, int] = self.whole("keyed") or {}
        if staff_no in self.signers and keyed[staff_no] < below:
            self.put("burnt", "", (self.whole("burnt") or frozenset()) | {self.signers[staff_no]})
            self.put("signers", "", {who: key for who, key in self.signers.items() if who != staff_no})
            self.put("keyed", "", {who: at for who, at in keyed.items() if who != staff_no})

    def _subject(self, record: Logged[Any]) -> None:
        """What waits for approvals from now on."""
        subject = subject_of(record.seq, record.leaf, record.body, self.duties)
        if subject:
            self.put("subject", record.seq, subject)
            if record.kind == kinds.ACT.name:
                self.put("open_acts", "", (*(self.whole("open_acts") or ()), record.seq))

    def answered(self, about: int) -> None:
        """An act is no longer open once all its signatures are there."""
        subject: Subject | None = self.get("subject", about)
        if subject is None or not still_waits(subject, self.get("given", about)):
            self.put("open_acts", "", tuple(seq for seq in self.whole("open_acts") or () if seq != about))

    def put_in_force(self, body: kinds.DutiesBody, seq: int) -> None:
        """Somebody else has agreed to a set of duties, with record `seq`."""
        self.put("duties", "", set_of(body["text"]))
        if self.whole("duties_since") is None:
            self.put("duties_since", "", seq)
