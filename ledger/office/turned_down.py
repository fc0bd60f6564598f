"""What an act wrote is without effect once somebody has turned it down: what follows from that, record by record.

Of each thing that it wrote a version of, the version before stands again by a record of its own, or, where there was
none, a `void` says that none stands. Nobody chooses these records: they follow from the log, so that whoever reads it
finds them as whoever writes them does.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.acts import rule_of
from ledger.office.people import Person, people, record_of
from ledger.store.ledger import View
from ledger.store.projection import item_row

ACTOR = kinds.ACTOR.register
_OF_REGISTER: Mapping[str, kinds.Kind[Any]] = {kind.register: kind for kind in (*kinds.KINDS.values(), *kinds.FACTS)}
# Registers whose versions an act can have written and somebody can turn down.
_FALLING = frozenset(
    {
        *(kind.register for kind in kinds.FACTS),
        *("entity", "payee", "payer", "wallet", "wallet_request", "application", "grant", "inspection", "hold"),
        *("benchmark", "decision", "notice", "objection", "public_notice", ACTOR),
    }
)
# What announces versions and is none.
_ANNOUNCES = frozenset({"import", "import_withdrawal"})
# What has moved the book, or is a word of its own, is undone by a command that is signed in its turn.
_INSTEAD = {
    "outcome": "subsidy pay resolve ITEM --state STATE --reason TEXT",
    "correction": "subsidy pay correct ITEM --document NO --reason TEXT",
    "withdrawal": "subsidy run interest --month YYYY-MM",
    "period": "subsidy reconcile sign-off --month YYYY-MM",
    "clawback": "subsidy clawback request LINE YUAN --reason TEXT",
}


class Undo(NamedTuple):
    """A version that falls, of (register, key): its log index, and that of the one which stands again, if any does."""

    register: str
    key: str
    last: int
    before: int | None


def falls(body: Mapping[str, Any]) -> bool:
    """Whether what a record says can be without effect afterwards."""
    register = body["register"] if kind_of(body) in ("fact", "void") else kind_of(body)
    return kind_of(body) in _ANNOUNCES or register in _FALLING


def in_order(touched: Mapping[tuple[str, str], tuple[int, int | None]]) -> list[Undo]:
    """What falls of (register, key) -> last version of the act and version before it: what came last falls first."""
    found = [Undo(register, key, last, before) for (register, key), (last, before) in touched.items()]
    return list(reversed(found))


def undoing(view: View, number: int) -> list[Undo]:
    """What follows from turning down the act at log index `number`.

    Refuses `act_done` where it cannot be turned down, and `act_superseded` where others have written since.
    """
    touched: dict[tuple[str, str], tuple[int, int | None]] = {}
    for seq, body in _covered(view, number):
        if not falls(body):
            raise _done(number, body)
        row = item_row(seq, kind_of(body), body)
        if row is None or kind_of(body) in _ANNOUNCES:
            continue
        place = row.register, row.key
        touched[place] = seq, touched[place][1] if place in touched else _stood(view, row.register, row.key, seq)
    for (register, key), (last, _before) in touched.items():
        newest = view.history(_OF_REGISTER[register], key)[-1][0].seq
        if not says_the_same(view.record(newest), view.record(last)):
            raise refuse(
                "act_superseded",
                N_("{key} was changed again by record {newer}, after record {number}"),
                N_("take that back, or have it turned down, first"),
                Place(str(number)),
                key=key,
                newer=newest,
                number=number,
            )
    return in_order(touched)


def undone(view: View, number: int) -> dict[tuple[str, str], tuple[int, int | None]]:
    """The same of an act that waits, as the rules know it: (register, key) -> its last version, and the one before."""
    try:
        return {(one.register, one.key): (one.last, one.before) for one in reversed(undoing(view, number))}
    except Refused:
        return {}


def were(view: View, number: int) -> dict[str, Person | None]:
    """The persons of whom the act at log index `number` wrote a version, as they were before it."""
    known = people(view.at(view.body(kinds.ACT, number)["first"]))
    return {key: known.get(key) for register, key in undone(view, number) if register == ACTOR}


def follows(view: View, number: int, undo: Undo, by: int) -> tuple[kinds.Kind[Any], dict[str, Any]]:
    """What is recorded behind approval `by` against act `number`: what stands again, or that nothing does."""
    if undo.register == ACTOR:
        body = record_of(view.at(view.body(kinds.ACT, number)["first"]), undo.key)
        assert body is not None, "a person who was changed was known before"
        return kinds.ACTOR, dict(body)
    if undo.before is None:
        kind = _OF_REGISTER[undo.register]
        return kinds.VOID, dict(kinds.void(kind, undo.key, view.history(kind, undo.key)[-1][0].seq, by))
    return _OF_REGISTER[undo.register], said(view.record(undo.before))


def said(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says again that another writes: all but whose it is, and when."""
    return {name: value for name, value in kinds.own(body).items() if name != "signature"}


def says_the_same(body: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two versions say the same of a thing, or both that none stands."""
    kind = kind_of(body)
    return kind == kind_of(other) and (kind == kinds.VOID.name or said(body) == said(other))


def _covered(view: View, number: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for seq in range(view.body(kinds.ACT, number)["first"], number):
        body = view.record(seq)
        if rule_of(body):
            yield seq, body


def _stood(view: View, register: str, key: str, seq: int) -> int | None:
    before = [(row.seq, void) for row, void in view.history(_OF_REGISTER[register], key) if row.seq < seq]
    return before[-1][0] if before and not before[-1][1] else None


def _done(number: int, body: Mapping[str, Any]) -> Refused:
    return refuse(
        "act_done",
        N_("record {number} has moved the book, and that is not undone by a signature against it"),
        N_("it holds what it is about until another signs it; undo it with `{command}`, which is signed in its turn"),
        Place(str(number)),
        number=number,
        command=_INSTEAD.get(kind_of(body), "subsidy month"),
    )
