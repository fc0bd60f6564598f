"""People and duties: who is in office, whose key is in force, who can sign each act today, and what nobody could."""

from dataclasses import dataclass
from datetime import date

from ledger.office.duties import Duties, Gap, gaps, office, signers
from ledger.office.duty import in_force, unheld
from ledger.office.people import Substitute, people, shown_name
from ledger.office.signing import public_keys
from ledger.queries.as_of import Moment


@dataclass(frozen=True, slots=True)
class Officer:
    """A person as recorded; `key` is the public key in force in hex, "" where there is none."""

    staff_no: str
    name: str
    post: str
    starts_on: date | None
    last_day: date | None
    in_office: bool
    substitute: Substitute | None
    key: str


@dataclass(frozen=True, slots=True)
class ActOfDuties:
    """An act of the set in force: the posts of each signature in order, and who could give it today, as the first."""

    act: str
    effect: str
    steps: tuple[tuple[str, ...], ...]
    able: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class OfficersAnswer:
    """Everybody, the set of duties in force (None where there is none), its acts, and what could not be signed.

    `unheld` are posts of the set that nobody in office holds.
    """

    people: tuple[Officer, ...]
    duties: Duties | None
    acts: tuple[ActOfDuties, ...]
    gaps: tuple[Gap, ...]
    unheld: tuple[str, ...]


def officers(at: Moment) -> OfficersAnswer:
    """People and duties at a moment."""
    known, keys = people(at.view), public_keys(at.view)
    everybody = tuple(
        Officer(
            person.staff_no,
            shown_name(at.vault, person),
            person.post,
            person.starts_on,
            person.last_day,
            person.in_office(at.today),
            person.substitute,
            keys[person.staff_no].public if person.staff_no in keys else "",
        )
        for person in known.values()
    )
    duties = in_force(at.view)
    if duties is None:
        return OfficersAnswer(everybody, None, (), (), ())
    there = list(known.values())
    here = office(there, at.today)
    acts = tuple(
        ActOfDuties(act, duty.effect, tuple(map(tuple, duty.steps)), tuple(map(tuple, signers(duties, act, here))))
        for act, duty in duties.acts.items()
    )
    missing = tuple(gaps(duties, there, at.today))
    return OfficersAnswer(everybody, duties, acts, missing, tuple(unheld(duties, there, at.today)))
