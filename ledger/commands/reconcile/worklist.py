"""`subsidy reconcile worklist`: the lines that no rule could decide as a workbook, and the filled workbook back."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import rich_click as click

from calculators.money import format_yuan
from calculators.problems import N_, Problem, Refused
from ledger.audit.ledger import Ledger
from ledger.commands.ui import counts
from ledger.commands.ui.command import command
from ledger.commands.ui.context import (
    Settings,
    actor_if_written,
    force_option,
    json_option,
    pass_settings,
    print_json,
    warn,
)
from ledger.commands.ui.progress import progress
from ledger.commands.ui.signing import opened
from ledger.labels.reconciliation import REASONS
from ledger.reconcile.decided import decided
from ledger.reconcile.deciding import Made, Standing, confirm, judge, share_of
from ledger.reconcile.sides import sides
from ledger.sheets.columns import columns
from ledger.sheets.files import Target
from ledger.sheets.read import read_sheet
from ledger.sheets.rows import Reading, Values, read_rows
from ledger.sheets.workbook import SheetColumn, write_workbook
from ledger.words import _, ngettext

REGISTER = "worklist"
WIDTHS = {"line": 62, "candidates": 60, "why_open": 28, "payout": 30, "note": 30}


@command("worklist")
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help=N_("Write the open lines as a workbook."))
@click.option(
    "--filled", type=click.Path(path_type=Path), metavar="FILE", help=N_("Take in a workbook that was filled.")
)
@actor_if_written(N_("Staff number of the officer who decides; compulsory with --filled."))
@force_option
@json_option
@pass_settings
def worklist(
    settings: Settings, xlsx: Path | None, filled: Path | None, actor: str | None, force: bool, as_json: bool
) -> int:
    """Write the open lines with their candidates as a workbook, or take in what was decided in one.

    Rows with a payout, or with what the line is instead, are decisions of the officer named by --actor, with the note
    as their reason; rows without are left open. All rows are taken in, or none. Owner and note of a row that stays
    open stay in the workbook.

    Example:
      subsidy reconcile worklist --xlsx open.xlsx
      subsidy reconcile worklist --filled open.xlsx --actor 1003
    """
    if (xlsx is None) == (filled is None):
        raise click.UsageError(_("give either --xlsx or --filled"))
    ledger = opened(settings)
    if filled is None:
        assert xlsx is not None
        count = _write(ledger, Target(xlsx, force))
        if as_json:
            print_json({"lines": count})
        else:
            click.echo(
                ngettext("{count} open line written: {file}", "{count} open lines written: {file}", count).format(
                    count=count, file=xlsx
                )
            )
        return 0
    if not actor:
        raise click.UsageError(_("say who decides: --actor STAFFNO"))
    made, count = _take(ledger, filled, actor)
    if as_json:
        print_json({"decided": count, "changed": made.changed, "disputed": made.disputed})
    else:
        click.echo(
            _("{lines} decided; {payouts} changed, {disputed} disputed.").format(
                lines=counts.lines(count), payouts=counts.payouts(made.changed), disputed=len(made.disputed)
            )
        )
    for problem in made.problems:
        click.echo(problem.render(_), err=True)
    return 1 if made.disputed or made.problems else 0


def _write(ledger: Ledger, target: Target) -> int:
    with ledger.read() as view, progress(_("Matching")):
        two, before = sides(view, ledger.vault), decided(view)
        listed = judge(two, before).listed
    why = {line: (one.reason.value, one.payouts) for one in listed for line in one.lines}
    why |= dict.fromkeys(sorted(before.kept_back - before.by_line.keys()), ("barred", ()))
    rows = []
    for name in why:
        line, (reason, payouts) = two.lines[name], why[name]
        candidates = "; ".join(f"{payout} {format_yuan(two.payouts[payout].amount_fen)}" for payout in payouts)
        day = date.fromordinal(line.day).isoformat()
        rows.append((name, day, format_yuan(line.amount_fen), _(REASONS[reason]), candidates, "", "", "", ""))
    shown = [SheetColumn(column.heading, WIDTHS.get(column.name, 14)) for column in columns(REGISTER)]
    write_workbook(target, _("Open statement lines"), shown, rows)
    return len(rows)


def _take(ledger: Ledger, path: Path, actor: str) -> tuple[Made, int]:
    """Confirm every row that decides something; refuses with every problem of the workbook, and nothing is written."""
    sheet = read_sheet(path, columns(REGISTER))
    reading = read_rows(sheet, columns(REGISTER))
    warn(reading.warnings)
    chosen = [row for row in reading.rows if "payout" in row.cells or "as" in row.cells]
    _check(reading, chosen)
    made, problems = Made(), [*reading.problems]
    with ledger.write(actor) as writer, progress(_("Writing")):
        two, standing = sides(writer, ledger.vault), Standing.of(decided(writer))
        for row in chosen if not problems else ():
            try:
                confirmed = confirm(
                    writer, two, [row.cells["line"]], _shares(row), row.cells.get("as", ""), row.cells["note"], standing
                )
            except Refused as refused:
                problems += (_placed(reading, row, problem) for problem in refused.problems)
                continue
            made.changed += confirmed.changed
            made.disputed += confirmed.disputed
            made.problems += confirmed.problems
        if problems:
            raise Refused(problems)
    return made, len(chosen)


def _check(reading: Reading, chosen: list[Values]) -> None:
    """Note rows that decide without a note, for or against two things at once, and a line decided twice."""
    lines: dict[str, int] = {}
    for row in chosen:
        if "note" not in row.cells:
            reading.refuse(
                "note_missing",
                N_("the row decides and does not say why"),
                N_("write into the note what shows that it is so"),
                row.line,
                "note",
            )
        first = lines.setdefault(row.cells["line"], row.line)
        if first != row.line:
            reading.refuse(
                "line_twice",
                N_("row {first} decides the same line"),
                N_("name all payouts of a line in one row, with spaces between them"),
                row.line,
                "line",
                first=first,
            )
        try:
            _shares(row)
        except Refused as refused:
            reading.problems += (_placed(reading, row, problem) for problem in refused.problems)


def _shares(row: Values) -> list[tuple[str, int | None]]:
    return [share_of(one) for one in row.cells.get("payout", "").split()]


def _placed(reading: Reading, row: Values, problem: Problem) -> Problem:
    """A problem of a decision, at its row of the workbook."""
    return replace(problem, place=reading.sheet.place(row.line, "payout" if "payout" in row.cells else "as"))


COMMANDS = (worklist,)
