"""What a full file leaves out although something is posted on it: it falls only where somebody confirms it by name.

A file of what happened to loans or items leaves out rows of one: all of them, or some of days that are posted already,
as a file does that was cut off in the middle of a loan.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
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
    rows = list(falling) if register.name in POSTED_ON else []
    posted = _posted(view, _kind(register)) if rows else {}
    left_out = _left_out(register, rows, said, posted)
    asked = {key: posted[key].fen for key in left_out if key in posted and posted[key].fen}
    place = Place(source)
    problems = [
        _of_posted(key, left_out[key], fen, place) for key, fen in sorted(asked.items()) if key not in confirmed.keys
    ]
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


class _Posted(NamedTuple):
    """What is posted on the lines that rest on something, in fen, and the last due day (exclusive) of it."""

    fen: int = 0
    due: date = date.min


def _left_out(
    register: Register, falling: Iterable[Row[Any]], said: Iterable[Draft], posted: Mapping[str, _Posted]
) -> dict[str, int]:
    """The keys that a file leaves out: of its own rows, or of what its rows are about; how many rows where not all."""
    if register.name not in _HAPPENED:
        return {row.key: 0 for row in falling}
    about = ABOUT[register.name]
    told = {about.of(draft.fields["data"]) for draft in said}
    found: Counter[str] = Counter()
    for row in falling:
        data = row.body["data"]
        key = about.of(data)
        # What came after all that is posted moves nothing of it.
        day = data.get("due") or (data[register.dated] if register.dated else "")
        if key not in told or day <= posted.get(key, _Posted()).due.isoformat():
            found[key] += 1
    return {key: rows if key in told else 0 for key, rows in sorted(found.items())}


def _posted(view: View, kind: kinds.Kind[Any]) -> dict[str, _Posted]:
    """Key of a row of `kind` -> what is posted on lines that rest on it."""
    lines: dict[str, _Posted] = {}
    for (line, due), award in posted_awards(view).items():
        before = lines.get(line, _Posted())
        lines[line] = _Posted(before.fen + award.amount_fen, max(before.due, due) if award.amount_fen else before.due)
    if kind is kinds.GRANT:
        return lines
    types = {name: versions[0].notice.type for name, versions in notices(view).items()}
    asked = {
        row.key: row.body["item"]
        for row in view.rows(kinds.APPLICATION)
        if register_of(types.get(row.body["notice"], "")) is kind
    }
    found: dict[str, _Posted] = {}
    for grant in view.rows(kinds.GRANT):
        item = asked.get(grant.body["application"])
        if item is not None and grant.key in lines:
            before, more = found.get(item, _Posted()), lines[grant.key]
            found[item] = _Posted(before.fen + more.fen, max(before.due, more.due))
    return found


def _of_posted(key: str, rows: int, fen: int, place: Place) -> Problem:
    if rows:
        return Problem(
            "void_of_posted",
            N_(
                "the full file lacks recorded rows of {key} ({rows}), as one that was cut off does, and {yuan} yuan "
                "are posted on it for days that they tell of"
            ),
            N_("put the rows back; where it is right that they fall, say --confirm-void {key} --reason TEXT"),
            place,
            {"key": key, "rows": rows, "yuan": format_yuan(fen)},
        )
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
