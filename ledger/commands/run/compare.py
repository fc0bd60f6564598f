"""`subsidy run compare`: a bank's list of subsidies per loan against what a run posted."""

from pathlib import Path
from typing import Any

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.ui.command import command
from ledger.commands.ui.context import (
    Settings,
    force_option,
    json_option,
    pass_settings,
    print_json,
    sheet_option,
    spare,
    table,
    warn,
)
from ledger.runs.history import find_run
from ledger.runs.reports.compare import REASONS, Compared, Comparison, compare, run_to_compare
from ledger.sheets.files import Target
from ledger.sheets.workbook import SheetColumn, write_workbook
from ledger.words import _


@command("compare")
@click.argument("file", metavar="LIST", type=click.Path(path_type=Path))
@click.option("--run", "name", metavar="RUN|YYYY-MM", help=N_("The run; without it the last of a month."))
@sheet_option
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help=N_("Write the answer as a workbook too."))
@force_option
@json_option
@pass_settings
def compare_list(
    settings: Settings, file: Path, name: str | None, sheet: str, xlsx: Path | None, force: bool, as_json: bool
) -> int:
    """Hold a bank's list of subsidies per loan against a closed run: ours, the difference, one reason per row.

    Loans of the same banks that the run posted and the list lacks are added. The sums tie to the run. Exit code 1: a
    row differs. `subsidy template bank-list` makes an empty list.

    Example:
      subsidy run compare list.xlsx
      subsidy run compare list.xlsx --run 2024-03 --xlsx answer.xlsx
    """
    with Ledger.open(settings.db_url).read() as view:
        found = compare(view, run_to_compare(view, find_run(view, name) if name else None), file, sheet)
    warn(found.warnings)
    if xlsx is not None:
        _write(found, Target(xlsx, force))
    if as_json:
        print_json(_json(found))
    else:
        _print(found, xlsx)
    return 1 if any(row.reason for row in found.rows) else 0


def _json(found: Comparison) -> dict[str, Any]:
    return {
        "run": found.run.number,
        "month": found.run.occasion.name,
        "file": found.source,
        "rows": [
            {
                "row": row.row or None,
                "loan": row.loan,
                "due": row.due or None,
                "theirs": _yuan_or_none(row.theirs_fen),
                "ours": _yuan_or_none(row.ours_fen),
                "difference": plain_yuan(row.difference_fen),
                "reason": row.reason or None,
                "note": row.note or None,
            }
            for row in found.rows
        ],
        "totals": {
            "list": plain_yuan(found.list_fen),
            "ours": plain_yuan(found.ours_fen),
            "difference": plain_yuan(found.list_fen - found.ours_fen),
            "other_lenders": plain_yuan(found.others_fen),
            "run": plain_yuan(found.run_fen),
        },
    }


def _yuan_or_none(fen: int | None) -> str | None:
    return None if fen is None else plain_yuan(fen)


def _why(compared: Compared) -> str:
    """The reason in words; for a row that only one side has, which side."""
    if compared.reason == "absent":
        return _("not posted by the run") if compared.row else _("not in the list")
    return _(REASONS[compared.reason]) if compared.reason else ""


def _sums(found: Comparison) -> str:
    return _("ours {ours} and other lenders {others} make the run's {run} yuan").format(
        ours=format_yuan(found.ours_fen), others=format_yuan(found.others_fen), run=format_yuan(found.run_fen)
    )


def _titles() -> list[str]:
    return [
        _("Row"),
        _("Loan"),
        _("Period ends"),
        _("List"),
        _("Ours"),
        _("Difference"),
        _("Reason"),
        _("In words"),
        _("Figures"),
    ]


def _print(found: Comparison, xlsx: Path | None) -> None:
    numbers = {0, 3, 4, 5}
    # The code of a reason and its figures are said in words too.
    ranks = {6: 2, 8: 1}
    table(
        [spare(title, ranks.get(place, 0), right=place in numbers) for place, title in enumerate(_titles())],
        [
            *(
                (
                    row.row or "-",
                    row.loan,
                    row.due or "-",
                    "-" if row.theirs_fen is None else format_yuan(row.theirs_fen),
                    "-" if row.ours_fen is None else format_yuan(row.ours_fen),
                    format_yuan(row.difference_fen),
                    row.reason,
                    _why(row),
                    row.note,
                )
                for row in found.rows
            ),
            (
                "",
                _("Total"),
                "",
                format_yuan(found.list_fen),
                format_yuan(found.ours_fen),
                format_yuan(found.list_fen - found.ours_fen),
                "",
                "",
                "",
            ),
        ],
    )
    click.echo(f"{found.run.occasion.name}: {_sums(found)}")
    if xlsx is not None:
        click.echo(_("Written: {file}").format(file=xlsx))


def _write(found: Comparison, target: Target) -> None:
    widths = (6, 24, 12, 16, 16, 16, 12, 36, 24)
    columns = [
        SheetColumn(title, width, fen=place in (3, 4, 5))
        for place, (title, width) in enumerate(zip(_titles(), widths, strict=True))
    ]
    rows = [
        (
            str(row.row) if row.row else None,
            row.loan,
            row.due or None,
            row.theirs_fen,
            row.ours_fen,
            row.difference_fen,
            row.reason,
            _why(row),
            row.note,
        )
        for row in found.rows
    ]
    difference = found.list_fen - found.ours_fen
    total = (None, _("Total"), None, found.list_fen, found.ours_fen, difference, None, None, None)
    title = _("List {file} against the run of {month}").format(file=found.source, month=found.run.occasion.name)
    write_workbook(target, title, columns, rows, total, [_sums(found)])
