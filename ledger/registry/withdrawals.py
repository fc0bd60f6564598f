"""Take an import back: what it brought falls, what it changed or made fall stands again, by records of their own.

Afterwards the registers are as if nobody had brought the file. What was paid since on a line that rests on it stays
paid, so such an import is not taken back.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.book.balances import posted_awards
from ledger.book.payables import claimed_by_line
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.registry.agreements import in_effect
from ledger.registry.drafts import Draft, Register, content
from ledger.registry.holds import ABOUT
from ledger.registry.imports import REGISTERS, Change
from ledger.sheets.names import RegisterName
from ledger.store.ledger import Row, View, Writer

_OF_KIND = {register.kind.register: register for register in REGISTERS.values()}


class Imported(NamedTuple):
    """An import as it is listed: its record, and whether it was taken back."""

    row: Row[kinds.ImportBody]
    withdrawn: bool


class Version(NamedTuple):
    """A key of an import, of a register: what stands now, what stood before the import (None where nothing), and what
    the import recorded of it.
    """

    kind: kinds.Kind[Any]
    key: str
    now: Row[Any] | None
    before: Row[Any] | None
    did: Row[Any]


class Withdrawn(NamedTuple):
    """What taking back did: the register, its changes as an import has them, and the records by key."""

    register: Register
    changes: list[Change]
    appended: dict[str, int]
    voids: int
    restored: int


def imports(view: View) -> list[Imported]:
    """Every import, in log order."""
    fallen = gone(view)
    return [Imported(row, row.seq in fallen) for row in view.records(kinds.IMPORT)]


def withdraw(writer: Writer, number: int, reason: str, confirmed: Collection[str] = ()) -> Withdrawn:
    """Take the import at log index `number` back; what something is posted on has to be `confirmed` by its key.

    Refuses `import_unknown`, `import_withdrawn`, and all of `import_superseded`, `still_used`, `import_paid`; where
    none of these stands in the way, all of `import_posted`, `void_not_asked`.
    """
    row = _import(writer, number)
    register = _OF_KIND[row.body["register"]]
    versions = list(_versions(writer, row))
    problems = [
        *_superseded(row, versions),
        *_used(writer, register, versions),
        *_paid(writer, register, row, versions),
    ]
    problems = problems or list(_posted(writer, register, row, versions, confirmed))
    if problems:
        raise Refused(problems)
    falling = [version for version in versions if version.before is None and version.now is not None]
    standing = [(version, version.before) for version in versions if version.before is not None]
    body: kinds.ImportWithdrawalBody = {
        "import": number,
        "register": row.body["register"],
        "reason": reason,
        "voids": len(falling),
        "restored": len(standing),
    }
    if "lender" in row.body:
        body["lender"] = row.body["lender"]
    by = writer.append(kinds.IMPORT_WITHDRAWAL, body)
    appended: dict[str, int] = {}
    for kind in (register.kind, kinds.HOLD):
        again = [(one.key, kinds.own(before.body)) for one, before in standing if one.kind is kind]
        gone = [(one.key, one.now.seq) for one in falling if one.kind is kind and one.now]
        stored = writer.extend(kind, [fields for _key, fields in again])
        stored += writer.extend(kinds.VOID, [kinds.void(kind, key, seq, by) for key, seq in gone])
        if kind is register.kind:
            appended = dict(zip([key for key, _ in (*again, *gone)], [one.seq for one in stored], strict=True))
    changes = [_change(version) for version in versions if version.kind is register.kind]
    return Withdrawn(register, changes, appended, len(falling), len(standing))


def did(view: View, number: int) -> Iterator[tuple[int, int | None]]:
    """What the import at log index `number` did, in the order of the log: a record, and the version before it."""
    row = next((row for row in view.records(kinds.IMPORT, since=number) if row.seq == number), None)
    done = _versions(view, row) if row else ()
    yield from sorted((one.did.seq, one.before.seq if one.before else None) for one in done)


def gone(view: View) -> set[int]:
    """The imports that are without effect: taken back, or of an act that was turned down."""
    stands = {row.seq for row in in_effect(view, kinds.IMPORT)}
    turned_down = {row.seq for row in view.records(kinds.IMPORT)} - stands
    return turned_down | {row.body["import"] for row in in_effect(view, kinds.IMPORT_WITHDRAWAL)}


def _import(view: View, number: int) -> Row[kinds.ImportBody]:
    row = next((row for row in view.records(kinds.IMPORT, since=number) if row.seq == number), None)
    if row is None:
        raise refuse(
            "import_unknown",
            N_("record {number} is no import"),
            N_("`subsidy import list` shows the numbers of imports"),
            number=number,
        )
    if number in gone(view):
        raise refuse(
            "import_withdrawn",
            N_("import {number} was taken back before"),
            N_("nothing is to be done; import the right file"),
            number=number,
        )
    return row


def _versions(view: View, row: Row[kinds.ImportBody]) -> Iterator[Version]:
    """What the import did, key by key: its rows, its voids, its holds and those that it made fall."""
    register = _OF_KIND[row.body["register"]].kind
    known = {kind: view.versions(kind) for kind in (register, kinds.HOLD)}
    for kind, key, did in _records(view, row):
        history = known[kind][key]
        before = [one for one in history if one[0] < did.seq][-1:]
        # Mostly nothing has come after the import.
        own = kind_of(did.body) != "void" and history[-1][0] == did.seq
        now = did if own else _row(view, key, history[-1:])
        yield Version(kind, key, now, _row(view, key, before), did)


def _records(view: View, row: Row[kinds.ImportBody]) -> Iterator[tuple[kinds.Kind[Any], str, Row[Any]]]:
    """(kind, key, record) of the records of an import: its rows follow it at once, voids and holds name it."""
    register = _OF_KIND[row.body["register"]].kind
    for record in islice(view.records(register, since=row.seq + 1), row.body["new"] + row.body["changed"]):
        yield register, record.key, record
    for void in view.records(kinds.VOID, since=row.seq + 1):
        if void.body["import"] == row.seq:
            yield kinds.HOLD if void.body["register"] == "hold" else register, void.key, void
    # A hold that stands again after a later import was taken back names its import too.
    held: dict[str, Row[kinds.HoldBody]] = {}
    for hold in view.records(kinds.HOLD, since=row.seq + 1):
        if hold.body["import"] == row.seq:
            held.setdefault(hold.key, hold)
    for key, hold in held.items():
        yield kinds.HOLD, key, hold


def _row(view: View, key: str, last: Iterable[tuple[int, bool]]) -> Row[Any] | None:
    """The version that stands last, None for a void or none at all."""
    for seq, void in last:
        if not void:
            body = view.record(seq)
            return Row(seq, key, body.get("lender", ""), view.leaf(seq), body)
    return None


def _superseded(row: Row[kinds.ImportBody], versions: Iterable[Version]) -> Iterator[Problem]:
    """A key of which a later record says something else than the import did."""
    for version in versions:
        said = None if kind_of(version.did.body) == "void" else kinds.own(version.did.body)
        now = kinds.own(version.now.body) if version.now else None
        if said != now:
            yield Problem(
                "import_superseded",
                N_("{key} was changed again after this import"),
                N_("take the later import back first; `subsidy import list` shows them"),
                Place(row.body["file"]),
                {"key": version.key},
            )


def _used(view: View, register: Register, versions: Iterable[Version]) -> Iterator[Problem]:
    users = register.users(view) if register.users else {}
    for version in versions:
        if version.kind is register.kind and version.before is None and version.now and version.key in users:
            yield Problem(
                "still_used",
                N_("a record of register {user} rests on {key}, which this import brought"),
                N_("take that record back first"),
                values={"key": version.key, "user": RegisterName(users[version.key])},
            )


def _paid(view: View, register: Register, row: Row[kinds.ImportBody], versions: Iterable[Version]) -> Iterator[Problem]:
    """Lines that rest on what the import did, and of which something posted since is paid or on its way."""
    claimed = claimed_by_line(view, row.seq)
    if not any(claimed.values()):
        return
    rests_on, touched = _RESTS_ON.get(register.name), _touched(register, versions)
    for line, named in _lines(view):
        if claimed[line] and rests_on and named[rests_on] in touched:
            yield Problem(
                "import_paid",
                N_("{yuan} yuan of {line} were paid, or are on their way, after this import"),
                N_("bring the right file over it: the next run posts the difference and asks for what is too much"),
                Place(row.body["file"]),
                {"line": line, "yuan": format_yuan(claimed[line])},
            )


def _posted(
    view: View, register: Register, row: Row[kinds.ImportBody], versions: Iterable[Version], confirmed: Collection[str]
) -> Iterator[Problem]:
    """What the import told of, and something is posted on: the next run may take that back."""
    rests_on, touched = _RESTS_ON.get(register.name), _touched(register, versions)
    lines: Counter[str] = Counter()
    for (line, _due), award in posted_awards(view).items():
        lines[line] += award.amount_fen
    posted: Counter[str] = Counter()
    # Where the money goes changes nothing of what is posted.
    if rests_on is not None and rests_on != "payee":
        for line, named in _lines(view):
            if named[rests_on] in touched:
                posted[named[rests_on]] += lines[line]
    asked = {key: fen for key, fen in sorted(posted.items()) if fen}
    place = Place(row.body["file"])
    for key, fen in asked.items():
        if key not in confirmed:
            yield Problem(
                "import_posted",
                N_("{yuan} yuan are posted on {key}, of which this import tells: the next run may take them back"),
                N_("where it is right that the import falls, say --confirm {key}"),
                place,
                {"key": key, "yuan": format_yuan(fen)},
            )
    for key in confirmed:
        if key not in asked:
            yield Problem(
                "void_not_asked",
                N_("{key} is nothing that this import tells of, or nothing is posted on it"),
                N_("leave out --confirm {key}, or correct the key"),
                place,
                {"key": key},
            )


def _touched(register: Register, versions: Iterable[Version]) -> set[str]:
    """The keys of what the rows of an import are about."""
    return {
        _about(register, body)
        for version in versions
        for body in (version.now, version.before)
        if body is not None and version.kind is register.kind
    }


# What of a line the rows of a register are about: its grant, application, firm, payee, or item.
_RESTS_ON = {
    **dict.fromkeys(ABOUT, "item"),
    "entities": "firm",
    "dishonesty": "firm",
    "payees": "payee",
    "applications": "application",
    "grants": "grant",
}


def _about(register: Register, row: Row[Any]) -> str:
    """The key of what a recorded row is about, as `_lines` names it."""
    if register.name == "dishonesty":
        return str(row.body["data"]["uscc"])
    if _RESTS_ON.get(register.name) == "item":
        return ABOUT[register.name].of(row.body["data"])
    return row.key


def _lines(view: View) -> Iterator[tuple[str, dict[str, str]]]:
    """Every line that was ever granted, with what it rests on by name."""
    applications = {row.key: row.body for row in view.records(kinds.APPLICATION)}
    for key, grant in {row.key: row.body for row in view.records(kinds.GRANT)}.items():
        asked = applications[grant["application"]]
        yield (
            key,
            {
                "grant": key,
                "application": grant["application"],
                "firm": asked["uscc"],
                "payee": grant.get("payee", ""),
                "item": asked["item"],
            },
        )


def _change(version: Version) -> Change:
    """What taking back does to a key, as an import of it would."""
    if version.before is None:
        return Change("void", version.key, before=version.now)
    draft = Draft(version.key, content(version.before), 0)
    return Change("changed" if version.now else "new", version.key, draft, version.now)
