"""`subsidy demo`: an invented fund year from its input files to the audit, told step by step."""

import shlex
from datetime import date
from pathlib import Path

import rich_click as click

from calculators.problems import N_, refuse
from ledger.commands.audit import audit
from ledger.commands.book import book
from ledger.commands.run.explain import explain
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings
from ledger.demo.batches import run_batches
from ledger.demo.story import MONTHS, anchor_of, bind_money, explained, forge, open_demo, prepare, run_year
from ledger.runs.occasion import Month
from ledger.store.places import check_folder
from ledger.words import _, language


@command()
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help=N_("A folder for the demo; its checkpoint and keys go to a folder beside it, named with -anchor."),
)
def demo(out: Path) -> None:
    """Run an invented fund year: firms, banks and loans that do not exist, on notices that do.

    Leaves ledger.db, vault.db and the input files in the folder. The same every time, to the byte.

    Example:
      subsidy demo --out demo-out
    """
    check_folder(out)
    prepare(out)
    if out.exists() and any(out.iterdir()):
        raise refuse(
            "folder_not_empty",
            N_("{folder} holds something that is not a demo"),
            N_("name a new folder with --out"),
            folder=out,
        )
    story = open_demo(out, click.echo)
    run_year(story)
    run_batches(story)
    story.cashier.reconcile(Month(2026, 1))
    story.cashier.pay(MONTHS[-1], story.clock.day)
    story.clock.day = date(2026, 4, 2)
    story.cashier.reconcile(Month(2026, 3))
    bind_money(story)
    settings = Settings(story.url, language())
    for sight, loan in explained(story.year):
        click.echo("\n" + sight, nl=False)
        _show(explain, ["explain", loan], settings)
    _show(book, ["book", "trial-balance"], settings)
    anchor = anchor_of(out)
    trusted = ["--checkpoint", str(anchor / "checkpoint"), "--key", str(anchor / "log.vkey")]
    _show(audit, ["audit", "verify", *trusted], settings)
    forged = forge(story)
    click.echo("\n" + _("One byte of a copy is changed now, a digit of an amount:"), nl=False)
    _show(audit, ["audit", "verify", *trusted], Settings(f"sqlite:///{forged}", language()))
    click.echo(_("The demo is in {folder}. Go on with: subsidy --db {url} run list").format(folder=out, url=story.url))


def _show(command: click.Command, words: list[str], settings: Settings) -> None:
    """Give a command as an officer would type it, and show what it answers."""
    click.echo("\n$ " + shlex.join(["subsidy", "--db", settings.db_url, *words]))
    command.main(words[1:], prog_name=f"subsidy {words[0]}", obj=settings, standalone_mode=False)
