"""Take in a register file: what is new, changed, the same or missing against the ledger, and writing it.

`compare` reads and checks, and writes nothing; `record` appends what `compare` found. A full file speaks for all rows
of its register (of its lender, up to its day); a missing one becomes a void. An import that changes nothing appends
nothing, except that a lender's report of events reaching further than any before is itself a fact.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.registry import holds, voids
from ledger.registry.applications import APPLICATIONS
from ledger.registry.days import ahead
from ledger.registry.drafts import Draft, Register, Scope, Task, content, says_the_same
from ledger.registry.firms import DISHONESTY, ENTITIES
from ledger.registry.grants import GRANTS
from ledger.registry.inspections import INSPECTIONS
from ledger.registry.items import CLAIMS, MILESTONES, POLICIES, PREMIUMS, PROJECTS
from ledger.registry.lending import EVENTS, LOANS, RECEIPTS, reports_more, require_lender
from ledger.registry.mappings import MAPPED, Kept, form_of, in_force, waits
from ledger.registry.payees import PAYEES, PAYERS
from ledger.registry.wallets import WALLET_REQUESTS, WALLETS
from ledger.sheets.columns import AMOUNTS, columns
from ledger.sheets.names import RegisterName
from ledger.sheets.read import Sheet, read_sheet
from ledger.sheets.rows import Reading, read_rows
from ledger.store.ledger import Row, View, Writer, local_day
from ledger.store.vault import Vault

REGISTERS = {
    register.name: register
    for register in (
        ENTITIES,
        DISHONESTY,
        PAYEES,
        PAYERS,
        WALLETS,
        WALLET_REQUESTS,
        LOANS,
        EVENTS,
        RECEIPTS,
        POLICIES,
        PREMIUMS,
        CLAIMS,
        PROJECTS,
        MILESTONES,
        APPLICATIONS,
        GRANTS,
        INSPECTIONS,
    )
}
ACTIONS = ("new", "changed", "same", "void")


@dataclass(frozen=True, slots=True)
class Change:
    """What a file does to one key: `draft` is absent for a void, `before` for a new one."""

    action: str
    key: str
    draft: Draft | None = None
    before: Row[Any] | None = None


def differences(change: Change) -> list[tuple[str, str, str]]:
    """(field, before, after) of a changed key as people read them; what the vault keeps is never shown."""
    if change.draft is None or change.before is None:
        return []
    old, new = (_shown(fields) for fields in (content(change.before), change.draft.fields))
    for field in change.draft.secrets:
        old[field], new[field] = "****", "****"
    shown = [(field, old.get(field, "-"), new.get(field, "-")) for field in sorted(old.keys() | new.keys())]
    return [one for one in shown if one[1] != one[2] or one[0] in change.draft.secrets]


def values(change: Change) -> dict[str, str]:
    """What a file says of a key, by field, as people read it; what the vault keeps is never shown."""
    if change.draft is None:
        return {}
    shown = {**_shown(change.draft.fields), **dict.fromkeys(change.draft.secrets, "****")}
    shown.pop("register", None)
    return shown


def _shown(fields: dict[str, Any]) -> dict[str, str]:
    flat = {**fields, **fields.get("data", {})}
    flat.pop("data", None)
    return {
        name.removesuffix("_fen"): format_yuan(value) if name.endswith("_fen") else _text(value)
        for name, value in flat.items()
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return " ".join(f"{name} {item}" for name, item in value.items())
    return str(value)


@dataclass(frozen=True)
class Comparison:
    """A file against the ledger: every key with what happens to it, and what is strange but taken.

    `rows` were read of it; `sums` are those of its columns of amounts, in fen. `mapping` is the lender's that it was
    read under.
    """

    register: Register
    scope: Scope
    source: str
    sha256: str
    changes: tuple[Change, ...]
    warnings: tuple[Problem, ...]
    reports_more: bool
    rows: int
    sums: dict[str, int]
    mapping: Kept | None
    held: holds.Held
    decisions: tuple[kinds.DecisionBody, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many keys are new, changed, the same and void."""
        counted = Counter(change.action for change in self.changes)
        return {action: counted[action] for action in ACTIONS}

    @property
    def writes(self) -> bool:
        """Whether there is anything to append."""
        changed = any(change.action != "same" for change in self.changes)
        return self.reports_more or changed or bool(self.held.new or self.held.falling)


def compare(
    view: View,
    vault: Vault,
    name: str,
    path: Path,
    scope: Scope,
    sheet_name: str = "",
    *,
    hold_bad: bool = False,
    confirmed: voids.Confirmed = voids.UNCONFIRMED,
) -> Comparison:
    """What importing the file into the register `name` would do; refuses with every problem of the file.

    `sheet_name` chooses a sheet of a workbook in which several could be the register. With `hold_bad` rows with a
    problem are held, as far as they tell what they are about, and the others are taken. What something is posted on
    falls only where it is `confirmed`.
    """
    register = REGISTERS[name]
    mapping = in_force(view, name, scope.lender) if name in MAPPED and scope.lender else None
    # A mapping may say that the file tells its day itself.
    if mapping is None:
        _check_scope(register, scope)
    if register.dated and register.name != "loans" and scope.lender:
        require_lender(view, scope.lender)
    sheet = _sheet(view, name, path, scope, sheet_name, mapping)
    if mapping:
        scope = _mapped_scope(scope, mapping, sheet)
        _check_scope(register, scope)
    # A preview has no day of its own, so writing asks which days have come.
    today = local_day(view.now) if isinstance(view, Writer) else date.max
    _check_through(scope, today)
    reading = read_rows(sheet, columns(name), twins=register.twins)
    _check_dates(reading, register, scope)
    _check_come(reading, register, today)
    task = Task(view, vault, reading, scope)
    if not hold_bad:
        # The texts have become values, and are as much again.
        sheet.rows.clear()
    sifted = holds.sift(task, register) if hold_bad else holds.Sifted(register.drafts(task))
    if reading.problems:
        raise Refused(sorted(reading.problems, key=lambda problem: (problem.place.line, problem.place.column)))
    changes = _changes(task, register, sifted.drafts, frozenset(hold["about"] for hold in sifted.holds))
    fresh = {change.draft.line for change in changes if change.draft and change.action != "same"}
    rows = [row for row in reading.rows if row.line in fresh or not register.twins]
    settled = holds.settled(view, register, scope, rows, sifted)
    falling = [change.before for change in changes if change.action == "void" and change.before]
    _check_voids(view, register, sheet.source, [row.key for row in falling])
    _check_silence(view, register, sheet.source, [row.key for row in falling])
    return Comparison(
        register=register,
        scope=scope,
        source=sheet.source,
        sha256=sheet.sha256,
        changes=tuple(changes),
        warnings=tuple(reading.warnings),
        reports_more=_reports_more(view, register, scope, sheet.sha256),
        rows=len(reading.rows),
        sums={
            column.name: sum(row.cells.get(f"{column.name}_fen", 0) for row in reading.rows)
            for column in columns(name)
            if column.kind in AMOUNTS and column.name in sheet.headings
        },
        mapping=mapping if sheet.mapped else None,
        held=settled,
        decisions=tuple(voids.decisions(view, register, sheet.source, falling, sifted.drafts, confirmed)),
    )


def _sheet(view: View, name: str, path: Path, scope: Scope, sheet_name: str, mapping: Kept | None) -> Sheet:
    """The file as read under the lender's mapping; refuses one in which nothing stands."""
    try:
        sheet = read_sheet(path, columns(name), sheet_name, form_of(mapping.rules) if mapping else None)
    except Refused as refused:
        # What the template does not know may be what a mapping says that nobody has confirmed yet.
        waiting = waits(view, name, scope.lender) if name in MAPPED and scope.lender else None
        if waiting is None:
            raise
        raise Refused([waiting, *refused.problems]) from None
    if not sheet.headings:
        # A download that failed must not look like a lender without loans, or to whose loans nothing happened.
        raise refuse(
            "file_empty",
            N_("the file is empty, as a download that failed is"),
            N_("bring it again; a lender that reports nothing sends a file with the heading row alone"),
            Place(sheet.source),
        )
    return sheet


def record(writer: Writer, vault: Vault, comparison: Comparison) -> dict[str, int]:
    """Append what the comparison found; key -> log index of each record appended.

    The import's own record comes before its rows, so that voids can name it; by which decisions rows fall, before that.
    """
    if not comparison.writes:
        return {}
    register, scope = comparison.register, comparison.scope
    counts = comparison.counts
    body = kinds.ImportBody(
        register=register.kind.register,
        mode="full" if scope.full else "delta",
        file=comparison.source,
        sha256=comparison.sha256,
        new=counts["new"],
        changed=counts["changed"],
        same=counts["same"],
        void=counts["void"],
    )
    if scope.lender:
        body["lender"] = scope.lender
    if scope.through is not None:
        body["through"] = scope.through.isoformat()
    if comparison.mapping:
        body["mapping"] = comparison.mapping.proposal.seq
    writer.extend(kinds.DECISION, comparison.decisions)
    by_import = writer.append(kinds.IMPORT, body)
    wanted = [change.draft for change in comparison.changes if change.action in ("new", "changed") and change.draft]
    stored = writer.extend(register.kind, _bodies(vault, wanted))
    appended = {draft.key: one.seq for draft, one in zip(wanted, stored, strict=True)}
    fallen = [change.before for change in comparison.changes if change.action == "void" and change.before]
    voids = [kinds.void(register.kind, row.key, row.seq, by_import) for row in fallen]
    stored = writer.extend(kinds.VOID, voids)
    _record_holds(writer, comparison.held, by_import)
    return appended | {row.key: one.seq for row, one in zip(fallen, stored, strict=True)}


def _record_holds(writer: Writer, held: holds.Held, by_import: int) -> None:
    new: list[kinds.HoldBody] = [{**hold, "import": by_import} for hold in held.new]
    writer.extend(kinds.HOLD, new)
    writer.extend(kinds.VOID, [kinds.void(kinds.HOLD, row.key, row.seq, by_import) for row in held.falling])


def _bodies(vault: Vault, drafts: Sequence[Draft]) -> Iterator[dict[str, Any]]:
    """The fields of the records, with commitments where the drafts hold clear text."""
    commitments = iter(vault.commit_many([secret for draft in drafts for secret in draft.secrets.values()]))
    for draft in drafts:
        yield {"key": draft.key, **draft.fields, **{field: next(commitments) for field in draft.secrets}}


def _check_scope(register: Register, scope: Scope) -> None:
    needs_day = register.by_lender and register.name != "loans"
    problems = []
    if not register.by_lender and (scope.lender or scope.through):
        problems.append(
            Problem(
                "option_not_used",
                N_("{register} do not come from one lender"),
                N_("leave --lender and --through out"),
                values={"register": RegisterName(register.name)},
            )
        )
    if register.by_lender and not scope.lender and (scope.full or scope.through):
        problems.append(
            Problem(
                "lender_needed",
                N_("a full file, or one with --through, speaks for one lender"),
                N_("add --lender NAME as in the register of loans"),
            )
        )
    if needs_day and scope.full and scope.through is None:
        problems.append(
            Problem(
                "through_needed",
                N_("a full file of {register} speaks up to a day"),
                N_("add --through YYYY-MM-DD, the day the lender's report ends"),
                values={"register": RegisterName(register.name)},
            )
        )
    if problems:
        raise Refused(problems)


def _mapped_scope(scope: Scope, mapping: Kept, sheet: Sheet) -> Scope:
    """How far a file speaks that was read under a mapping: by the option, else by the day that the file tells."""
    if scope.through is not None or "through" not in mapping.rules or not sheet.mapped:
        told = sheet.through if "through" in mapping.rules else None
        if scope.through is not None and told is not None and scope.through > told:
            raise refuse(
                "through_beyond",
                N_("the file says that it speaks up to {stated}, and --through goes on to {through}"),
                N_("leave --through out; for later days ask the lender for a later file"),
                Place(sheet.source),
                stated=told,
                through=scope.through,
            )
        return scope
    if sheet.through is None:
        raise refuse(
            "through_unstated",
            N_("the file does not tell the one day up to which it speaks, as files of this lender do"),
            N_("add --through YYYY-MM-DD, the day the lender's report ends"),
            Place(sheet.source),
        )
    return replace(scope, through=sheet.through)


def _check_dates(reading: Reading, register: Register, scope: Scope) -> None:
    if scope.through is None:
        return
    through = scope.through.isoformat()
    for row in reading.rows:
        if row.cells[register.dated] > through:
            reading.refuse(
                "after_through",
                N_("{day} lies after {through}, the day this file speaks up to"),
                N_("correct the day, or give --through the day the report ends"),
                row.line,
                register.dated,
                day=row.cells[register.dated],
                through=through,
            )


def _check_through(scope: Scope, today: date) -> None:
    """No lender has reported of days that have not come."""
    if scope.through is not None and scope.through > today:
        raise refuse(
            "day_in_future",
            N_("{day} has not come yet, and nobody can have reported up to it"),
            N_("give --through the day the report ends"),
            Place("--through"),
            day=scope.through,
        )


def _check_come(reading: Reading, register: Register, today: date) -> None:
    for row in reading.rows:
        for column, day in ahead(register.kind.register, row.cells, today):
            reading.refuse(
                "day_in_future", N_("{day} has not come yet"), N_("correct the day"), row.line, column, day=day
            )


def _changes(task: Task, register: Register, drafts: list[Draft], held: frozenset[str]) -> list[Change]:
    """What becomes of every key; standing rows of what is `held` stay, whatever a full file lacks."""
    stays = holds.kept(register, held)
    recorded = {row.key: row for row in task.view.rows(register.kind, task.scope.lender or None)}
    changes = []
    for draft in drafts:
        before = recorded.pop(draft.key, None)
        if before is None:
            changes.append(Change("new", draft.key, draft))
        elif draft.secrets or not says_the_same(before, draft.fields, register.kind):
            changes.append(Change("changed", draft.key, draft, before))
        else:
            changes.append(Change("same", draft.key, draft, before))
    if task.scope.full:
        for key, row in sorted(recorded.items()):
            day = row.body["data"][register.dated] if register.dated else ""
            if task.falls(day) and not stays(row):
                changes.append(Change("void", key, before=row))
    return changes


def _check_voids(view: View, register: Register, source: str, falling: list[str]) -> None:
    """What other records rest on cannot fall: those are to be taken back first."""
    if not falling or register.users is None:
        return
    users = register.users(view)
    problems = [
        Problem(
            "still_used",
            N_("{key} is missing in the full file, and a record of register {user} rests on it"),
            N_("put the row back, or take that record back first"),
            Place(source),
            {"key": key, "user": RegisterName(users[key])},
        )
        for key in falling
        if key in users
    ]
    if problems:
        raise Refused(problems)


def _check_silence(view: View, register: Register, source: str, falling: list[str]) -> None:
    """What stands against a payment is lifted by a row that says so, never by a file that says nothing of it."""
    if not falling or register.against is None:
        return
    against = register.against(view)
    problems = [
        Problem(
            "lifted_by_silence",
            N_("{key} is missing in the full file, and stands against payments until a row says otherwise"),
            N_(
                "add its row with what holds now (of a wallet the state seen last, of a decision its repair); where it "
                "never was so, take that import back: `subsidy import withdraw NUMBER --reason TEXT`"
            ),
            Place(source),
            {"key": key},
        )
        for key in falling
        if against(key)
    ]
    if problems:
        raise Refused(problems)


def _reports_more(view: View, register: Register, scope: Scope, sha256: str) -> bool:
    """Whether a file is a report of events that reaches further than those in force."""
    if register.name != "events" or scope.through is None:
        return False
    return reports_more(view, scope.lender, full=scope.full, through=scope.through, file=sha256)
