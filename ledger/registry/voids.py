"""What a full file leaves out although something is posted on it: it falls only where somebody confirms it by name.

A file of what happened to loans or items leaves one out where it has no row of it and all that is recorded of it falls.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem, Refused
from ledger.book.balances import posted_awards
from ledger.log import kinds
from ledger.registry.drafts import Draft, Register
from ledger.registry.holds import ABOUT
from ledger.registry.items import register_of
from ledger.registry.notices import notices
from ledger.store.ledger import Row, View

CONFIRMED = "confirm-void"
# What awards are posted on, by the name of its register's command.
_THEMSELVES = frozenset({"loans", "policies", "claims", "projects", "grants"})
# Registers whose rows say what happened to one of these.
_HAPPENED = frozenset({"events", "receipts", "premiums", "milestones"})
POSTED_ON = _THEMSELVES | _HAPPENED


class Confirmed(NamedTuple):
    """The keys that may fall although something is posted on them, and why."""

    keys: Sequence[str] = ()
    reason: str = ""


UNCONFIRMED = Confirmed()


def decisions(
    view: View,
    register: Register,
    source: str,
    falling: Iterable[Row[Any]],
    said: Iterable[Draft],
    confirmed: Confirmed,
) -> list[kinds.DecisionBody]:
    """The decisions by which what is posted on may be left out, each with what that is.

    `falling` are the rows of `register` that fall, `said` what the file says.
    Refuses `void_of_posted` where one is not confirmed, and `void_not_asked` where one is that does not fall so.
    """
    left_out = _left_out(register, falling, said) if register.name in POSTED_ON else []
    posted = _posted(view, _kind(register)) if left_out else Counter[str]()
    asked = {key: posted[key] for key in left_out if posted[key]}
    place = Place(source)
    problems = [_of_posted(key, fen, place) for key, fen in sorted(asked.items()) if key not in confirmed.keys]
    problems += [_not_asked(key, place) for key in confirmed.keys if key not in asked]
    if problems:
        raise Refused(problems)
    name = register.kind.register
    return [
        kinds.DecisionBody(
            key=f"{CONFIRMED}/{name}/{key}",
            type=CONFIRMED,
            about=f"{name}/{key}",
            reason=confirmed.reason,
            figures=[fen],
        )
        for key, fen in sorted(asked.items())
    ]


def _kind(register: Register) -> kinds.Kind[Any]:
    """Of what awards are posted on: the rows of a register, or what they are about."""
    return ABOUT[register.name].register if register.name in _HAPPENED else register.kind


def _left_out(register: Register, falling: Iterable[Row[Any]], said: Iterable[Draft]) -> list[str]:
    """The keys that a file leaves out: of its own rows, or of what its rows are about."""
    if register.name not in _HAPPENED:
        return [row.key for row in falling]
    about = ABOUT[register.name]
    told = {about.of(draft.fields["data"]) for draft in said}
    return sorted({about.of(row.body["data"]) for row in falling} - told)


def _posted(view: View, kind: kinds.Kind[Any]) -> Counter[str]:
    """Key of a row of `kind` -> what is posted on lines that rest on it, in fen."""
    lines: Counter[str] = Counter()
    for (line, _due), award in posted_awards(view).items():
        lines[line] += award.amount_fen
    if kind is kinds.GRANT:
        return lines
    types = {name: versions[0].notice.type for name, versions in notices(view).items()}
    asked = {
        row.key: row.body["item"]
        for row in view.rows(kinds.APPLICATION)
        if register_of(types.get(row.body["notice"], "")) is kind
    }
    found: Counter[str] = Counter()
    for grant in view.rows(kinds.GRANT):
        item = asked.get(grant.body["application"])
        if item is not None:
            found[item] += lines[grant.key]
    return found


def _of_posted(key: str, fen: int, place: Place) -> Problem:
    return Problem(
        "void_of_posted",
        N_("{key} is missing in the full file, and {yuan} yuan are posted on it, which the next run would take back"),
        N_("put the row back; where it is right that it falls, say --confirm-void {key} --reason TEXT"),
        place,
        {"key": key, "yuan": format_yuan(fen)},
    )


def _not_asked(key: str, place: Place) -> Problem:
    return Problem(
        "void_not_asked",
        N_("{key} does not fall with this file, or nothing is posted on it"),
        N_("leave out --confirm-void {key}, or correct the key"),
        place,
        {"key": key},
    )
