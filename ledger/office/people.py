"""People: who may act in which post from when to when, who stands in for whom, and whose key is in force.

A change is a new version of the person's record; what was signed before it stays as valid as it was. Names stand in
the vault. Somebody must always be left in office, or nothing could be written any more.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.log.acts import signed_bytes
from ledger.log.kinds import kind_of
from ledger.office.acts import ENROL, REPLACE_KEY
from ledger.office.key_files import PrivateKey, key_file
from ledger.office.signing import Signer, append_act, by_acts, public_key, signature_of
from ledger.registry.agreements import enrolled
from ledger.store.ledger import Ledger, Vault, View, Writer, local_day

NAME = "person.name"
# What an officer without a post signs as, where any post will do.
OFFICER = "officer"
# Gives the signature by a new key over a message, in hex.
Prover = Callable[[bytes], str]
_STAFF_NO = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Substitute:
    """Who stands in for a person, on which days (both inclusive)."""

    by: str
    starts_on: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Person:
    """An officer as recorded; `name` is a commitment or empty, open days are None, both days are inclusive."""

    staff_no: str
    post: str
    name: str
    starts_on: date | None
    last_day: date | None
    substitute: Substitute | None

    @classmethod
    def of(cls, body: kinds.ActorBody) -> "Person":
        """From the body of an `actor` record."""
        named = body.get("substitute")
        return cls(
            staff_no=body["key"],
            post=body.get("post", ""),
            name=body.get("name", ""),
            starts_on=_day(body.get("from")),
            last_day=_day(body.get("to")),
            substitute=named
            and Substitute(named["by"], date.fromisoformat(named["from"]), date.fromisoformat(named["to"])),
        )

    @classmethod
    def entered(cls, body: kinds.PersonBody, before: "Person | None") -> "Person":
        """From the body of a `person` record in force; who stands in for them stays as it was."""
        return cls(
            staff_no=body["key"],
            post=body["posts"][0],
            name=body.get("name", ""),
            starts_on=_day(body.get("from")),
            last_day=_day(body.get("to")),
            substitute=before.substitute if before else None,
        )

    def in_office(self, day: date) -> bool:
        """Whether the person may act on a day."""
        return (self.starts_on or day) <= day <= (self.last_day or day)


def people(view: View) -> dict[str, Person]:
    """Everybody who ever was an officer, by staff number, as last recorded."""
    rows = {row.key: row for row in view.rows(kinds.ACTOR)}
    found = {key: Person.of(row.body) for key, row in rows.items()}
    for seq, row in enrolled(view):
        if row.key not in rows or rows[row.key].seq < seq:
            found[row.key] = Person.entered(row.body, found.get(row.key))
    return found


def concerned(body: Mapping[str, Any]) -> str:
    """Whom a record is about that others alone agree to: its person, or whose key it is; "" for nobody."""
    if kind_of(body) == kinds.PERSON.name:
        return str(body["key"])
    return str(body["person"]) if kind_of(body) == kinds.COMPROMISE.name else ""


def shown_name(vault: Vault, person: Person) -> str:
    """The name of a person for the screen; the staff number where there is none, or it was erased."""
    if not person.name:
        return person.staff_no
    try:
        return vault.reveal(person.name, person.staff_no)
    except Refused as refused:
        # An erased name must not hide who signed; a vault that is gone is another matter.
        if refused.problems[0].code != "vault_unknown":
            raise
        return person.staff_no


@dataclass(frozen=True, slots=True)
class Appointment:
    """What `add` records of a person."""

    staff_no: str
    post: str
    document: str
    starts_on: date | None = None
    last_day: date | None = None
    name: str = ""


def add(writer: Writer, vault: Vault, new: Appointment) -> bool:
    """Record a person, or another post or other days of a known one; False where that stands already.

    Refuses `staff_no_malformed`, `dates_reversed` and `last_officer`.
    """
    _check_staff_no(new.staff_no)
    if new.starts_on and new.last_day and new.last_day < new.starts_on:
        raise _reversed(new.staff_no, new.starts_on, new.last_day)
    known = record_of(writer, new.staff_no)
    body = kinds.ActorBody(key=new.staff_no, role="officer", post=new.post, document=new.document)
    if new.starts_on:
        body["from"] = new.starts_on.isoformat()
    if new.last_day:
        body["to"] = new.last_day.isoformat()
    if known and "name" in known:
        body["name"] = known["name"]
    if known and "substitute" in known:
        body["substitute"] = known["substitute"]
    if new.name and body.get("name") not in vault.find(NAME, [new.name]).get(new.name, set()):
        body["name"] = vault.commit(NAME, new.name)
    return _record(writer, known, body)


def enrol(writer: Writer, vault: Vault, signer: Signer, new: Appointment, public: str, prover: Prover) -> int:
    """Enter a person with post and key in one act, signed by the actor; its log index. Another must agree to it.

    `public` is the key's public half in hex, `prover` gives the signature by the key itself. For somebody who is known
    it replaces the key: their own old one signs nothing more. Refuses `staff_no_malformed`, `dates_reversed`,
    `person_concerned`, and what `append_act` refuses.
    """
    _check_staff_no(new.staff_no)
    if new.starts_on and new.last_day and new.last_day < new.starts_on:
        raise _reversed(new.staff_no, new.starts_on, new.last_day)
    known = people(writer)
    body = kinds.PersonBody(
        act=REPLACE_KEY if new.staff_no in known else ENROL,
        post=known[writer.actor].post or OFFICER,
        key=new.staff_no,
        posts=[new.post],
        document=new.document,
        public=public,
    )
    if new.starts_on:
        body["from"] = new.starts_on.isoformat()
    if new.last_day:
        body["to"] = new.last_day.isoformat()
    if new.name:
        there = vault.find(NAME, [new.name]).get(new.name)
        body["name"] = min(there) if there else vault.commit(NAME, new.name)
    return append_act(writer, signer, kinds.PERSON, body, lambda message: {"proof": prover(message)})


def end(writer: Writer, staff_no: str, last_day: date) -> bool:
    """Record the last day in office of a person; False where it stands already.

    Refuses `person_unknown`, `dates_reversed` and `last_officer`.
    """
    said = _known(writer, staff_no)
    starts_on = _day(said.get("from"))
    if starts_on and last_day < starts_on:
        raise _reversed(staff_no, starts_on, last_day)
    return _record(writer, said, {**said, "to": last_day.isoformat()})


def substitute(writer: Writer, staff_no: str, named: Substitute) -> bool:
    """Record who stands in for a person; False where it stands already.

    Refuses `person_unknown` (of either), `substitute_same`, `dates_reversed`.
    """
    said = _known(writer, staff_no)
    _known(writer, named.by)
    if named.by == staff_no:
        raise refuse(
            "substitute_same",
            N_("{person} cannot stand in for himself or herself"),
            N_("name somebody else"),
            person=staff_no,
        )
    if named.last_day < named.starts_on:
        raise _reversed(staff_no, named.starts_on, named.last_day)
    days: kinds.Substitute = {
        "by": named.by,
        "from": named.starts_on.isoformat(),
        "to": named.last_day.isoformat(),
    }
    return _record(writer, said, {**said, "substitute": days})


def make_key(ledger: Ledger, actor: str, staff_no: str, file: Path, old: Path | None) -> str:
    """Make a key pair of a person: the private half into a new `file`, the public one into the ledger; its hex.

    A person who had a key gets another one only with a signature by the actor's key in force, read from `old`: the
    person's own old key, or a colleague's where that is lost. Refuses `person_unknown`, `signing_key_needed` and what
    `PrivateKey` and `signature_of` refuse; then no file is left.
    """
    _check_staff_no(staff_no)
    made = PrivateKey.make(file, f"{staff_no}@{ledger.origin}", ledger.entropy(32), ledger.path)
    try:
        with ledger.write(actor) as writer:
            _known(writer, staff_no)
            _record_key(writer, staff_no, made, key_file(old, ledger.path))
    except BaseException:
        _discard_unless_recorded(ledger, staff_no, made)
        raise
    return made.public


def _discard_unless_recorded(ledger: Ledger, staff_no: str, made: PrivateKey) -> None:
    """Take a key away again that nothing names; one that the ledger holds, or may hold, is the only one there is."""
    # The failure that brought us here is the one to tell of.
    with suppress(Refused, OSError), ledger.read() as view:
        if public_key(view, staff_no) != made.public:
            made.path.unlink(missing_ok=True)


def _record_key(writer: Writer, staff_no: str, made: PrivateKey, old: Signer | None) -> None:
    signed = {**writer.head(kinds.KEY), "key": staff_no, "public": made.public}
    body = kinds.KeyBody(key=staff_no, public=made.public, proof=made.sign(signed_bytes(signed)))
    if not public_key(writer, staff_no):
        writer.append(kinds.KEY, body)
        return
    if old is None:
        raise refuse(
            "signing_key_needed",
            N_("{person} has a key, and another one is not taken unsigned"),
            N_(
                "sign with --key: the old key of {person}, or, where it is lost, that of the colleague named by --actor"
            ),
            person=staff_no,
        )
    body["signature"] = signature_of(writer, old, kinds.KEY, body)
    writer.append(kinds.KEY, body)


def _record(writer: Writer, before: kinds.ActorBody | None, body: kinds.ActorBody) -> bool:
    if before == body:
        return False
    staff_no = body["key"]
    others = [person for person in people(writer).values() if person.staff_no != staff_no]
    today = local_day(writer.now)
    if not any(one.last_day is None and one.in_office(today) for one in [*others, Person.of(body)]):
        raise refuse(
            "last_officer",
            N_("after the last day of {person} nobody would be left in office"),
            N_("add somebody whose office has no end first"),
            person=staff_no,
        )
    writer.append(kinds.ACTOR, body)
    return True


def record_of(view: View, staff_no: str) -> kinds.ActorBody | None:
    """What is in force of a person, for a next version of it; None for nobody known."""
    person = people(view).get(staff_no)
    if person is None:
        return None
    row = view.current(kinds.ACTOR, staff_no)
    if row is not None and Person.of(row.body) == person:
        # What the writer adds may be absent from the type: without it, the record has still the same one.
        return cast(kinds.ActorBody, kinds.own(row.body))
    (*_before, entered) = (row.body for _seq, row in enrolled(view) if row.key == staff_no)
    body = kinds.ActorBody(key=staff_no, role="officer", post=person.post, document=entered["document"])
    for name in ("name", "from", "to"):
        if name in entered:
            body[name] = entered[name]
    if row is not None and "substitute" in row.body:
        body["substitute"] = row.body["substitute"]
    return body


def _known(view: View, staff_no: str) -> kinds.ActorBody:
    said = record_of(view, staff_no)
    if said is None:
        raise refuse(
            "person_unknown",
            N_("the ledger knows nobody with the staff number {person}"),
            N_("enter the person first: `subsidy people enrol {person} --post POST --document NO --public HEX`")
            if by_acts(view)
            else N_("add the person first: `subsidy people add {person} --post POST --document NO`"),
            person=staff_no,
        )
    return said


def _check_staff_no(staff_no: str) -> None:
    if not _STAFF_NO.fullmatch(staff_no):
        raise refuse(
            "staff_no_malformed",
            N_("{text!r} is not a staff number"),
            N_("write Latin letters, digits, hyphens, dots or underscores, without blanks"),
            text=staff_no,
        )


def _reversed(staff_no: str, first: date, last: date) -> Refused:
    return refuse(
        "dates_reversed",
        N_("the last day {last} lies before the first, {first}"),
        N_("correct one of the two days"),
        Place(staff_no),
        last=last,
        first=first,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
