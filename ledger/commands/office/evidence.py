"""`subsidy evidence`: attach files by their hash, and check that a folder still holds them unchanged."""

from dataclasses import asdict
from pathlib import Path

import rich_click as click

from calculators.problems import N_
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import Settings, actor_option, pass_settings, print_json, table
from ledger.commands.ui.progress import progress
from ledger.commands.ui.signing import opened
from ledger.office.evidence import REGISTERS, Finding, Named, attach, check, read_files, read_folder
from ledger.office.papers import scan
from ledger.office.signing import signer_for
from ledger.sheets.columns import day_of
from ledger.words import _

# As many signs of a hash as tell files apart for people; JSON has them all.
_SHOWN = 16


@group()
def evidence() -> None:
    """Attach contracts, slips and minutes to records by their hash, and check that the files are still the same.

    Example:
      subsidy evidence check archive/2025
    """


@evidence.command("attach")
@click.argument("register", type=click.Choice(REGISTERS), metavar="REGISTER")
@click.argument("key")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@actor_option
@pass_settings
def attach_files(settings: Settings, register: str, key: str, files: tuple[Path, ...], actor: str) -> None:
    """Record the SHA-256, the base name and the length of FILES as evidence for a record of REGISTER: application,
    grant, decision, inspection, loan, event, receipt, policy, premium, claim, project, milestone, dishonesty.

    The files stay where they are; keep them where `subsidy evidence check` can find them. A base name stands in the
    ledger for ever: no names of people, no account numbers in it.

    Example:
      subsidy evidence attach application SB-7 contract.pdf audit-report.pdf --actor 1001
      subsidy evidence attach decision meeting/SB-7 minutes.pdf --actor 1001
    """
    with progress(_("Reading")):
        items = read_files(files)
    with opened(settings).write(actor) as writer:
        written = attach(writer, register, key, items)
    table(
        [_("File"), _("SHA-256"), _("What")],
        [
            (item.file, item.sha256[:_SHOWN], _("attached") if new else _("stands already"))
            for item, new in zip(items, written, strict=True)
        ],
    )


@evidence.command("scan")
@click.argument("run", type=click.IntRange(0), metavar="RUN")
@click.option("--file", required=True, type=click.Path(path_type=Path), metavar="FILE", help=N_("The scan."))
@click.option("--post", required=True, metavar="POST", help=N_("The post that signed on the paper."))
@click.option("--on", "day", required=True, metavar="YYYY-MM-DD", help=N_("The day beside the signature."))
@actor_option
@pass_settings
def scan_paper(settings: Settings, run: int, file: Path, post: str, day: str, actor: str) -> None:
    """Record that a step of RUN, which its notice asks for, was signed on paper: the hash of the scan, which two people
    look at. Once another officer has agreed, `subsidy approve` gives that step, and it is shown as on paper.

    A step of the duties is never given so. The file stays where it is; `subsidy evidence check` finds it.

    Example:
      subsidy evidence scan 64 --file approval-form.pdf --post 处长 --on 2025-07-03 --actor 1001
    """
    signed_on = day_of(day, "--on")
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        number = scan(writer, run, post.strip(), signed_on, file, signer_for(writer, ledger.signer))
    click.echo(
        _("Recorded; it counts once somebody else has looked at the paper: subsidy approve {number}").format(
            number=number
        )
    )


@evidence.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
@answer_options
@pass_settings
def check_folder(settings: Settings, folder: Path, as_json: bool) -> int:
    """Hold every file below FOLDER against the hashes that applications, facts and decisions name.

    A file may lie in any folder below it, under any name: its content counts. Missing and differing files are named,
    with exit code 1; files that no record names are listed besides.

    Example:
      subsidy evidence check archive/2025
    """
    with progress(_("Reading")):
        items = read_folder(folder)
    with opened(settings).read() as view:
        found = check(view, items)
    if as_json:
        print_json(
            {
                "complete": found.complete,
                "present": [asdict(named) for named in found.present],
                "differing": [{**asdict(named), "found": list(files)} for named, files in found.differing],
                "missing": [asdict(named) for named in found.missing],
                "unnamed": list(found.unnamed),
            }
        )
    else:
        _print(found)
    return 0 if found.complete else 1


def _print(found: Finding) -> None:
    rows = [
        *((_("differs"), *_cells(named), "; ".join(files)) for named, files in found.differing),
        *((_("missing"), *_cells(named), "-") for named in found.missing),
        *((_("named nowhere"), "-", "-", "-", file) for file in found.unnamed),
    ]
    if rows:
        table([_("What"), _("Record"), _("File"), _("SHA-256"), _("Found")], rows)
    click.echo(
        _("Unchanged: {present} of {named}. Differing: {differing}. Missing: {missing}.").format(
            present=len(found.present),
            named=len(found.present) + len(found.differing) + len(found.missing),
            differing=len(found.differing),
            missing=len(found.missing),
        )
    )
    if not found.complete:
        click.echo(_("Put the missing files into the folder; of a file that differs, find the one that was attached."))


def _cells(named: Named) -> tuple[str, str, str]:
    return f"{named.register}/{named.key}", named.file or "-", named.sha256[:_SHOWN]
