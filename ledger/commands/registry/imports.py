"""`subsidy import`: take in a register file, after showing what it changes."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.audit.ledger import Ledger
from ledger.commands.registry.holds import held_json, list_holds, print_held
from ledger.commands.registry.mapping import Asked, as_typed, map_, print_used, used_json
from ledger.commands.registry.moved import moved_json, say_moved
from ledger.commands.registry.returned import give_back
from ledger.commands.registry.withdrawals import list_imports, withdraw_import
from ledger.commands.ui import counts
from ledger.commands.ui.command import Command, Group
from ledger.commands.ui.context import (
    Column,
    Settings,
    actor_if_written,
    force_option,
    json_option,
    pass_settings,
    print_json,
    sheet_option,
    table,
    warn,
)
from ledger.commands.ui.progress import progress
from ledger.commands.ui.signing import opened
from ledger.registry.holds import ABOUT, check_held
from ledger.registry.imports import ACTIONS, REGISTERS, Change, Comparison, compare, differences, record, values
from ledger.registry.mappings import MAPPED, form_of, in_force
from ledger.registry.voids import POSTED_ON, Confirmed
from ledger.runs.grants import record_grants
from ledger.sheets.columns import AMOUNTS, columns, day_of, guarded
from ledger.sheets.files import Target
from ledger.sheets.forms import UNTYPED, Form
from ledger.sheets.grids import clean
from ledger.sheets.names import RegisterName
from ledger.sheets.returned import check_returned
from ledger.store.ledger import View
from ledger.words import _

HELP = {
    "entities": N_(
        "Take in firms: credit code, name, history of registered districts, statuses.\n\n"
        "Example:\n"
        "  subsidy import entities firms.xlsx --mode full --preview\n"
        "  subsidy import entities firms.xlsx --mode full --actor 1001"
    ),
    "payees": N_(
        "Take in wallets and bank accounts of firms; numbers go into the vault.\n\n"
        "Example:\n"
        "  subsidy import payees payees.xlsx --mode delta --actor 1001"
    ),
    "payers": N_(
        "Take in the unit's own wallets and accounts that subsidies are paid from; numbers go into the vault.\n\n"
        "Example:\n"
        "  subsidy import payers payers.xlsx --mode full --actor 1001"
    ),
    "wallets": N_(
        "Take in what operators say of firms' wallets: status, freeze, control, class, and the day of it.\n\n"
        "Example:\n"
        "  subsidy import wallets wallets.csv --mode delta --actor 1001"
    ),
    "wallet-requests": N_(
        "Take in where the opening of firms' corporate wallets stands, by the operator's number of the process.\n\n"
        "Example:\n"
        "  subsidy import wallet-requests requests.csv --mode delta --actor 1001"
    ),
    "loans": N_(
        "Take in a lender's loans.\n\n"
        "Example:\n"
        '  subsidy import loans loans.csv --mode full --lender "Bank A" --actor 1001'
    ),
    "events": N_(
        "Take in what happened to a lender's loans; a file with headings alone reports that nothing did.\n\n"
        "Example:\n"
        '  subsidy import events events.csv --mode delta --lender "Bank A" --through 2025-06-30 --actor 1001'
    ),
    "receipts": N_(
        "Take in the interest that a lender says was paid.\n\n"
        "Example:\n"
        "  subsidy import receipts receipts.csv --mode delta --actor 1001"
    ),
    "dishonesty": N_(
        "Take in decisions that name firms as seriously dishonest, and the days on which records were repaired.\n\n"
        "Example:\n"
        "  subsidy import dishonesty dishonesty.csv --mode delta --actor 1001"
    ),
    "policies": N_(
        "Take in insurance policies, one per year of cover.\n\n"
        "Example:\n"
        "  subsidy import policies policies.xlsx --mode delta --actor 1001"
    ),
    "premiums": N_(
        "Take in what was paid for policies and what insurers gave back.\n\n"
        "Example:\n"
        "  subsidy import premiums premiums.csv --mode delta --actor 1001"
    ),
    "claims": N_(
        "Take in what incentives reward: what a firm achieved, and the figure it is measured by.\n\n"
        "Example:\n"
        "  subsidy import claims claims.xlsx --mode delta --actor 1001"
    ),
    "projects": N_(
        "Take in investment and research projects.\n\n"
        "Example:\n"
        "  subsidy import projects projects.xlsx --mode delta --actor 1001"
    ),
    "milestones": N_(
        "Take in what happened to projects: stages reached, audits, acceptance.\n\n"
        "Example:\n"
        "  subsidy import milestones milestones.csv --mode delta --actor 1001"
    ),
    "applications": N_(
        "Take in applications of firms under a notice.\n\n"
        "Example:\n"
        "  subsidy import applications applications.csv --mode delta --actor 1001"
    ),
    "grants": N_(
        "Take in what was decided on applications; a grant reserves its ceiling in the envelope.\n\n"
        "Example:\n"
        "  subsidy import grants grants.csv --mode delta --actor 1001"
    ),
    "inspections": N_(
        "Take in what inspections of supported firms found, and by when it is to be put right.\n\n"
        "Example:\n"
        "  subsidy import inspections inspections.csv --mode delta --actor 1001"
    ),
}
DID = {"new": N_("new"), "changed": N_("changed"), "same": N_("the same"), "void": N_("void")}


class _Imports(Group):
    """The registers by name; of files that none of them takes it says what to do instead."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command for a register; refuses `import_elsewhere` with the command that does what is meant."""
        name, *words = args
        if name == "budget":
            raise refuse(
                "import_elsewhere",
                N_("no register takes a budget file: each of its lines is an order with a document of its own"),
                N_(
                    "give each line with `subsidy budget issue PATH YUAN --document NO`, a change of it with `subsidy "
                    "budget adjust` or `transfer`; `subsidy budget show` says what is issued"
                ),
                Place(f"import {name}"),
            )
        # Alone it lists the imports.
        if name == "list" and any(not word.startswith("-") for word in words):
            raise refuse(
                "import_elsewhere",
                N_("no register takes a list: who gets how much follows from what is granted"),
                N_(
                    "hold a bank's list against a run with `subsidy run compare LIST`; a list for publication is "
                    "written by `subsidy run batch NOTICE --dry-run --list FILE` and put on public notice by `subsidy "
                    "public-notice start`; what a meeting decided on is taken in by `subsidy import "
                    "grants FILE --mode delta`"
                ),
                Place(f"import {name}"),
            )
        return super().resolve_command(ctx, args)


@click.group(cls=_Imports)
def imports() -> None:
    """Take in registers from CSV and XLSX files; every problem of a file is listed, and then nothing is written.

    Example:
      subsidy import loans loans.csv --mode full --lender "Bank A" --preview
    """


_CONFIRMING = (
    click.option(
        "--reason", default="", metavar="TEXT", help=N_("Why it is right that they fall; with --confirm-void only.")
    ),
    click.option(
        "--confirm-void",
        "confirm_void",
        multiple=True,
        metavar="KEY",
        help=N_("Let this one fall with a full file although something is posted on it; may be given several times."),
    ),
)


def _confirmed(keys: tuple[str, ...], reason: str) -> Confirmed:
    """What may fall; `--confirm-void` and `--reason` go together."""
    if bool(keys) != bool(reason.strip()):
        raise click.UsageError(_("--confirm-void and --reason go together: name what may fall, and say why"))
    return Confirmed(keys, reason.strip())


def _command(name: str) -> click.Command:
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option(
        "--mode",
        type=click.Choice(["full", "delta"]),
        required=name not in MAPPED,
        help=N_("full: the file is all there is, a missing row becomes void; delta: its rows are new or changed."),
    )
    @sheet_option
    @click.option(
        "--returned",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE.xlsx",
        help=N_("Write the file as it goes back: wrong cells coloured, and a column that says what to change."),
    )
    @force_option
    @click.option(
        "--preview",
        is_flag=True,
        help=N_("Show values, sums, what is new, changed, the same and void; write nothing."),
    )
    @actor_if_written(N_("Staff number; not needed with --preview."))
    @json_option
    @pass_settings
    def command(settings: Settings, /, **options: Any) -> None:
        _import(settings, name, **options)

    if name in POSTED_ON:
        for option in _CONFIRMING:
            command = option(command)
    command = click.option(
        "--hold-bad",
        is_flag=True,
        help=N_("Take the good rows; a bad one is held and stops its own loan or item until it comes well.")
        if name in ABOUT
        else N_("Not for this register, and says why; of other registers bad rows can be held."),
    )(command)
    if REGISTERS[name].by_lender:
        command = click.option("--lender", metavar="NAME", help=N_("The lender the file comes from."))(command)
        command = click.option(
            "--through", metavar="YYYY-MM-DD", help=N_("The last day that the lender's report covers.")
        )(command)
    return click.command(name, cls=Command, help=HELP[name])(command)


for _name in REGISTERS:
    imports.add_command(_command(_name))
for _one in (map_, list_imports, list_holds, withdraw_import):
    imports.add_command(_one)


def _import(
    settings: Settings,
    name: str,
    *,
    file: Path,
    mode: str | None,
    sheet: str,
    preview: bool,
    actor: str | None,
    as_json: bool,
    returned: Path | None,
    force: bool,
    lender: str | None = None,
    through: str | None = None,
    hold_bad: bool = False,
    confirm_void: tuple[str, ...] = (),
    reason: str = "",
) -> None:
    how: dict[str, Any] = {"hold_bad": hold_bad, "confirmed": _confirmed(confirm_void, reason), "as_json": as_json}
    asked = Asked(mode, clean(lender or ""), day_of(through, "--through") if through else None)
    if actor is None and not preview:
        raise click.MissingParameter(param_hint="--actor", param_type="option")
    if hold_bad:
        check_held(name)
    target = Target(returned, force) if returned else None
    if target:
        check_returned(target)
    ledger = opened(settings)
    try:
        if actor is None or preview:
            with ledger.read() as view:
                found = _compare(view, ledger, name, file, asked, sheet, **how, with_new=True)
                moved = say_moved(view, found, as_json=as_json)
        else:
            with ledger.write(actor) as writer:
                found = _compare(writer, ledger, name, file, asked, sheet, **how)
                moved = say_moved(writer, found, as_json=as_json)
                with progress(_("Writing")):
                    (record_grants if name == "grants" else record)(writer, ledger.vault, found)
    except Refused as refused:
        form = _form(ledger, name, asked.lender)
        if target:
            give_back(target, file, name, form, sheet, refused.problems)
        lender = as_typed(asked.lender) if asked.lender else UNTYPED["lender"]
        # A file may be called by an account's number.
        typed = as_typed(str(file)) if guarded(str(file)) == str(file) else UNTYPED["file"]
        known = {"lender": lender, "file": typed}
        said = Refused(_with_known(problem, known) for problem in refused.problems)
        if name in MAPPED and form is None and any(one.code in _HEADINGS for one in refused.problems):
            text = _("If these are the lender's own headings, say once what they mean: {command}")
            # The command line says it below the problems.
            said.add_note(text.format(command=f"subsidy import map {lender} {typed} --register {name} --preview"))
        raise said from refused
    if target:
        give_back(target, file, name, _form(ledger, name, asked.lender), sheet, found.held.problems)
    if as_json:
        print_json({**_as_json(found, preview), **moved_json(moved)})
    else:
        _print_outcome(found, preview)


# Problems of a file whose headings are not the register's.
_HEADINGS = ("column_missing", "headings_missing", "heading_unknown", "heading_other_unit", "heading_other_rate")


def _with_known(problem: Problem, known: Mapping[str, str]) -> Problem:
    """A problem with what is known here where its remedy leaves a place for it."""
    here = {name: known[name] for name, value in problem.values.items() if UNTYPED.get(name) == value}
    return replace(problem, values={**problem.values, **here})


def _form(ledger: Ledger, name: str, lender: str) -> Form | None:
    """The form of a lender's own files of a register, where a mapping says it."""
    with ledger.read() as view:
        mapping = in_force(view, name, lender) if name in MAPPED and lender else None
    return form_of(mapping.rules) if mapping else None


def _compare(
    view: View,
    ledger: Ledger,
    name: str,
    file: Path,
    asked: Asked,
    sheet: str,
    *,
    hold_bad: bool,
    confirmed: Confirmed,
    as_json: bool,
    with_new: bool = False,
) -> Comparison:
    """Compare the file and say what it changes, before anything is written."""
    with progress(_("Reading and comparing")):
        scope = asked.scope(view, name)
        found = compare(view, ledger.vault, name, file, scope, sheet, hold_bad=hold_bad, confirmed=confirmed)
    warn(found.warnings)
    if not as_json:
        print_used(found)
        if with_new:
            _print_new(found)
        _print_changes(found)
        print_held(found.held)
        # Without a preview too, where what stands in the file is not what is written.
        if with_new or any(warning.code.startswith("unit_") for warning in found.warnings):
            _print_sums(found)
    return found


def _as_json(found: Comparison, preview: bool) -> dict[str, Any]:
    return {
        "register": found.register.name,
        "mode": "full" if found.scope.full else "delta",
        "file": found.source,
        "preview": preview,
        "written": found.writes and not preview,
        **used_json(found),
        **found.counts,
        "sums": {name: plain_yuan(fen) for name, fen in found.sums.items()},
        "rows": [_row_json(found, change) for change in found.changes],
        **held_json(found.held),
        "warnings": [
            {"code": warning.code, "place": str(warning.place), "text": warning.render(_)} for warning in found.warnings
        ],
    }


def _row_json(found: Comparison, change: Change) -> dict[str, Any]:
    row: dict[str, Any] = {"key": change.key, "change": change.action}
    if change.draft is not None:
        row["row"] = change.draft.line
    if found.register.name == "entities" and change.draft is not None:
        row |= {"uscc": change.key, "name": change.draft.fields["name"]}
        row["gb32100_check"] = change.draft.fields["check"] == "passed"
    if change.action == "new":
        row["values"] = values(change)
    changed = differences(change)
    if changed:
        row["fields"] = [{"field": field, "before": before, "after": after} for field, before, after in changed]
    return row


def _print_new(found: Comparison) -> None:
    """The values of every new key, a column for each that some key has."""
    new = [(change.key, values(change)) for change in found.changes if change.action == "new"]
    titles = _titles(found)
    names = dict.fromkeys(name for _key, row in new for name in row)
    ordered = dict.fromkeys([*(name for name in titles if name in names), *names])
    if new:
        table(
            [_("New"), *(titles.get(name, Column(name)) for name in ordered)],
            [(key, *(row.get(name, "") for name in ordered)) for key, row in new],
        )


def _titles(found: Comparison) -> dict[str, Column]:
    """The columns of the register under the names of a record's fields, in the reader's language."""
    # A record names what it points to without the `_no` of the column.
    return {
        name: Column(column.title, right=column.kind in AMOUNTS and name == column.name)
        for column in columns(found.register.name)
        for name in dict.fromkeys((column.name, column.name.removesuffix("_no")))
    }


def _print_changes(found: Comparison) -> None:
    """Every field of a key that is recorded and does not stay as it is."""
    titles = _titles(found)
    listed = [
        (_(DID[change.action]), change.key, titles[field].title if field in titles else field, before, after)
        for change in found.changes
        if change.action in ("changed", "void")
        for field, before, after in differences(change) or [("", "", "")]
    ]
    if listed:
        table([_("What"), _("Key"), _("Field"), _("Before"), _("After")], listed)


def _print_sums(found: Comparison) -> None:
    titles = {column.name: column.title for column in columns(found.register.name)}
    for name, fen in found.sums.items():
        click.echo(
            _("{column}: {sum} yuan in {rows}").format(
                column=titles[name], sum=format_yuan(fen), rows=counts.rows(found.rows)
            )
        )


def _print_outcome(found: Comparison, preview: bool) -> None:
    counts = _("new {new}, changed {changed}, unchanged {same}, void {void} ({register})")
    click.echo(
        counts.format(
            **{action: found.counts[action] for action in ACTIONS}, register=RegisterName(found.register.name)
        )
    )
    if not found.changes and not found.held.holds and found.scope.through is not None:
        click.echo(
            _("{lender} reports nothing through {day}.").format(lender=found.scope.lender, day=found.scope.through)
        )
    if preview:
        click.echo(_("Nothing was written. Leave out --preview to import."))
    elif not found.writes and not found.changes and not found.held.holds:
        click.echo(_("The file has no rows; nothing was written."))
    elif not found.writes:
        click.echo(_("The ledger holds all of it already; nothing was written."))
