"""People: who may act in which post from when to when, who stands in for whom, and whose key is in force.

A change is a new version of the person's record; what was signed before it stays as valid as it was. Names stand in
the vault. Somebody must always be left in office, or nothing could be written any more.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.log.acts import signed_bytes
from ledger.office.key_files import PrivateKey, key_file
from ledger.office.signing import Signer, public_key, signature_of
from ledger.store.ledger import Ledger, Row, Vault, View, Writer, in_office, local_day

NAME = "person.name"
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

    def in_office(self, day: date) -> bool:
        """Whether the person may act on a day."""
        return (self.starts_on or day) <= day <= (self.last_day or day)


def people(view: View) -> dict[str, Person]:
    """Everybody who ever was an officer, by staff number, as last recorded."""
    return {row.key: Person.of(row.body) for row in view.rows(kinds.ACTOR)}


def public_keys(view: View) -> dict[str, str]:
    """The public keys in force in hex, by staff number."""
    return {row.key: row.body["public"] for row in view.rows(kinds.KEY)}


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
    known = writer.current(kinds.ACTOR, new.staff_no)
    body = kinds.ActorBody(key=new.staff_no, role="officer", post=new.post, document=new.document)
    if new.starts_on:
        body["from"] = new.starts_on.isoformat()
    if new.last_day:
        body["to"] = new.last_day.isoformat()
    if known and "name" in known.body:
        body["name"] = known.body["name"]
    if known and "substitute" in known.body:
        body["substitute"] = known.body["substitute"]
    if new.name and body.get("name") not in vault.find(NAME, [new.name]).get(new.name, set()):
        body["name"] = vault.commit(NAME, new.name)
    return _record(writer, known, body)


def end(writer: Writer, staff_no: str, last_day: date) -> bool:
    """Record the last day in office of a person; False where it stands already.

    Refuses `person_unknown`, `dates_reversed` and `last_officer`.
    """
    known = _known(writer, staff_no)
    starts_on = _day(known.body.get("from"))
    if starts_on and last_day < starts_on:
        raise _reversed(staff_no, starts_on, last_day)
    return _record(writer, known, {**_said(known), "to": last_day.isoformat()})


def substitute(writer: Writer, staff_no: str, named: Substitute) -> bool:
    """Record who stands in for a person; False where it stands already.

    Refuses `person_unknown` (of either), `substitute_same`, `dates_reversed`.
    """
    known = _known(writer, staff_no)
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
    return _record(writer, known, {**_said(known), "substitute": days})


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


def _said(known: Row[kinds.ActorBody]) -> kinds.ActorBody:
    """What is recorded of a person, for a next version of it."""
    # What the writer adds may be absent from the type: without it, the record has still the same one.
    return cast(kinds.ActorBody, kinds.own(known.body))


def _record(writer: Writer, known: Row[kinds.ActorBody] | None, body: kinds.ActorBody) -> bool:
    if known is not None and kinds.own(known.body) == body:
        return False
    staff_no = body["key"]
    others = [row.body for row in writer.rows(kinds.ACTOR) if row.key != staff_no]
    today = local_day(writer.now)
    if not any("to" not in other and in_office(other, today) for other in [*others, body]):
        raise refuse(
            "last_officer",
            N_("after the last day of {person} nobody would be left in office"),
            N_("add somebody whose office has no end first"),
            person=staff_no,
        )
    writer.append(kinds.ACTOR, body)
    return True


def _known(view: View, staff_no: str) -> Row[kinds.ActorBody]:
    row = view.current(kinds.ACTOR, staff_no)
    if row is None:
        raise refuse(
            "person_unknown",
            N_("the ledger knows nobody with the staff number {person}"),
            N_("add the person first: `subsidy people add {person} --post POST --document NO`"),
            person=staff_no,
        )
    return row


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
