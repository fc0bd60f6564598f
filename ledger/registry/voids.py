"""What a full file leaves out although something is posted on it: it falls only where somebody confirms it by name."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem, Refused
from ledger.book.balances import posted_awards
from ledger.log import kinds
from ledger.registry.drafts import Register
from ledger.registry.items import register_of
from ledger.registry.notices import notices
from ledger.store.ledger import View

CONFIRMED = "confirm-void"
# Registers whose rows awards are posted on, by the name of their command.
POSTED_ON = frozenset({"loans", "policies", "claims", "projects", "grants"})


class Confirmed(NamedTuple):
    """The keys that may fall although something is posted on them, and why."""

    keys: Sequence[str] = ()
    reason: str = ""


UNCONFIRMED = Confirmed()


def decisions(
    view: View, register: Register, source: str, falling: Iterable[str], confirmed: Confirmed
) -> list[kinds.DecisionBody]:
    """The decisions by which keys of `register` may fall that something is posted on, each with what that is.

    Refuses `void_of_posted` where one is not confirmed, and `void_not_asked` where one is that does not fall so.
    """
    falling = list(falling)
    posted = _posted(view, register) if falling else Counter[str]()
    asked = {key: posted[key] for key in falling if posted[key]}
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


def _posted(view: View, register: Register) -> Counter[str]:
    """Key of a row -> what is posted on lines that rest on it, in fen."""
    lines: Counter[str] = Counter()
    for (line, _due), award in posted_awards(view).items():
        lines[line] += award.amount_fen
    if register.kind is kinds.GRANT:
        return lines
    types = {name: versions[0].notice.type for name, versions in notices(view).items()}
    asked = {
        row.key: row.body["item"]
        for row in view.rows(kinds.APPLICATION)
        if register_of(types.get(row.body["notice"], "")) is register.kind
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
