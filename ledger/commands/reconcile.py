"""`subsidy reconcile`: read what banks and wallet operators say, and hold it against the book."""

from pathlib import Path

import rich_click as click

from calculators.amounts import format_minor
from calculators.problems import N_
from ledger.commands.context import json_option, money, print_json, table
from ledger.reconcile import readers
from ledger.reconcile.integrity import Examined, examine
from ledger.reconcile.statements import as_json, shown
from ledger.registry.columns import mask
from ledger.words import _

VERDICTS = {
    "ok": N_("complete: balances and lines agree"),
    "unbalanced": N_("unbalanced"),
    "count-mismatch": N_("counts or sums differ"),
    "gap": N_("a statement is missing before it"),
    "no-balances": N_("no balances, cannot be proved complete"),
}


@click.group()
def reconcile() -> None:
    """Read statements of banks and wallet operators, and hold them against the book.

    Example:
      subsidy reconcile read statement.xml
    """


@reconcile.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "wanted",
    metavar="NAME",
    help=N_(
        "camt.053, camt.054, mt940, bkrs, ecny-result, ecny-flow, boc, icbc, bocom, other, or a column mapping in CSV; "
        "without it the file tells."
    ),
)
@json_option
def read(file: Path, wanted: str | None, as_json: bool) -> int:
    """Read a statement without a ledger, check that it is complete, and show its lines.

    Exit code 1: the file is well formed, but its balances, counts or sums contradict each other. Exit code 2: it cannot
    be read. Account numbers are never shown in full.

    Example:
      subsidy reconcile read statement.csv
      subsidy reconcile read statement.sta --format mt940 --json
    """
    document = readers.read(file, wanted)
    examined = examine(document.source.name, document.statements)
    if as_json:
        print_json({"statements": [_json(one) for one in examined]})
    else:
        _print(document.format, examined)
    for one in examined:
        for problem in one.problems:
            click.echo(problem.render(_), err=True)
    return 1 if any(one.faulty for one in examined) else 0


def _json(one: Examined) -> dict[str, object]:
    return as_json(one.statement, one.integrity)


def _print(name: str, examined: list[Examined]) -> None:
    for one in examined:
        statement = one.statement
        click.echo(
            _("{format}, account {account}, {currency}, {count} lines: {verdict}").format(
                format=name,
                account=mask(statement.account) if statement.account else "-",
                currency=statement.currency,
                count=len(statement.lines),
                verdict=_(VERDICTS[one.integrity]),
            )
        )

        def amount(units: int | None, digits: int = statement.digits) -> str:
            return "-" if units is None else format_minor(units, digits)

        table(
            [_("Day"), money(_("Amount")), _("Mark"), _("Reference"), _("Other side"), _("Text")],
            [
                ("", amount(statement.opening_fen), _("opening"), "", "", ""),
                *(
                    (
                        line.booked_on,
                        amount(line.amount_fen),
                        _("returned") if line.returned else _("reversal") if line.reversal else "",
                        line.reference,
                        shown(line.counterparty, line.number),
                        shown(line.text, line.number),
                    )
                    for line in statement.lines
                ),
                ("", amount(statement.closing_fen), _("closing"), "", "", ""),
            ],
        )
