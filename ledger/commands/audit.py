"""`subsidy audit`: verify, rebuild and replay a ledger."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.problems import N_, Place, refuse
from ledger.audit.damage import Damage
from ledger.audit.ledger import Ledger
from ledger.audit.rebuild import EXCLUDED
from ledger.audit.rebuild import rebuild as rebuild_tables
from ledger.audit.replay import Difference, Replayed
from ledger.audit.replay import replay as replay_runs
from ledger.audit.vault import Opened, open_vault
from ledger.audit.verify import Report, Trust, Verdict
from ledger.audit.verify import verify as verify_ledger
from ledger.commands.computing import computing_options
from ledger.commands.ui import counts
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    json_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    table,
)
from ledger.commands.ui.signing import opened as office
from ledger.engines.using import computing
from ledger.log.checkpoint import BadCheckpoint, VerifierKey
from ledger.office.founding import otherwise, read_sheet
from ledger.store.engine import ledger_path
from ledger.words import _, ngettext

# Why another key took over, as the record says it.
CAUSES = {
    "rotated": N_("the one before signed for it"),
    "lost": N_("the one before was lost"),
    "restored": N_("the ledger was put back from before the change"),
}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@group()
def audit() -> None:
    """Verify, rebuild and replay the ledger.

    Example:
      subsidy audit verify
    """


@audit.command()
@click.option("--checkpoint", type=FILE, help=N_("A checkpoint of this ledger that you kept."))
@click.option("--key", type=FILE, help=N_("The ledger's verifier key (log.vkey), from a source that you trust."))
@click.option("--vault", "with_vault", is_flag=True, help=N_("Open every clear text and order in the vault as well."))
@click.option("--founding", type=FILE, help=N_("The founding sheet of the ledger, as it was signed by hand."))
@json_option
@pass_settings
@click.pass_context
def verify(
    ctx: click.Context,
    settings: Settings,
    checkpoint: Path | None,
    key: Path | None,
    with_vault: bool,
    founding: Path | None,
    as_json: bool,
) -> None:
    """Check every byte, hash, table, balance and guard, and name the first record that is wrong.

    A ledger that agrees with itself may have been computed again from end to end. Only --checkpoint with --key tells
    that it is the one that was signed; a file `schema` that lies beside the checkpoint is compared as well. With
    --vault, clear texts are opened against what was recorded of them; with --founding, who founded the ledger, with
    which keys and duties, is compared with the sheet that both signed on paper. Exit code 0: anchored; 1: damaged; 3:
    consistent, but not anchored.

    Example:
      subsidy audit verify
      subsidy audit verify --checkpoint 2025-06.checkpoint --key log.vkey --vault
    """
    trust = _trust(checkpoint, key)
    paper = read_sheet(_words_of(founding), str(founding)) if founding else {}
    path = ledger_path(settings.db_url)
    if not path.is_file():
        raise refuse(
            "ledger_missing",
            N_("there is no ledger here"),
            N_("make one with `subsidy init`, or name the right one with --db"),
            Place(str(path)),
        )
    report = verify_ledger(path, trust)
    opened = None
    if with_vault and report.verdict is not Verdict.DAMAGED:
        # What the log says of the vault is worth no more than the log.
        ledger = Ledger.open(settings.db_url)
        with ledger.read() as view:
            opened = open_vault(view, ledger.vault)
        report = replace(report, damages=opened.damages)
    if paper and report.verdict is not Verdict.DAMAGED:
        with Ledger.open(settings.db_url).read() as view:
            line = otherwise(view, paper)
        report = replace(report, damages=(Damage("founding_otherwise", {"line": line}),) if line else report.damages)
    if as_json:
        print_json(_report_json(report) | ({"vault": {"opened": opened.opened, "gone": opened.gone}} if opened else {}))
    else:
        _print_report(report, opened)
    ctx.exit(report.verdict)


@audit.command()
@click.option("--into", required=True, metavar="URL", help=N_("The new ledger file to make."))
@answer_options
@pass_settings
@click.pass_context
def rebuild(ctx: click.Context, settings: Settings, into: str, as_json: bool) -> None:
    """Make every table again from the bytes of the log alone, and compare it row by row.

    Exit code 0: all tables are the same; 1: one differs.

    Example:
      subsidy audit rebuild --into sqlite:///rebuilt.db
    """
    ledger = Ledger.open(settings.db_url)
    with ledger.read() as view:
        compared = rebuild_tables(view.connection, into)
    different = any(difference.difference for difference in compared)
    if as_json:
        tables = [
            {
                "table": difference.table,
                "rows": difference.there,
                "rebuilt": difference.made,
                "difference": _damage_json(difference.difference) if difference.difference else None,
            }
            for difference in compared
        ]
        print_json({"same": not different, "tables": tables, "excluded": list(EXCLUDED)})
    else:
        table(
            [_("Table"), money(_("Rows")), money(_("Rebuilt")), _("Comparison")],
            [
                (difference.table, difference.there, difference.made, _damage_text(difference.difference) or _("same"))
                for difference in compared
            ],
        )
        click.echo(_("Left out, because no record holds it:"))
        for excluded in EXCLUDED:
            click.echo(f"  {_(excluded)}")
    ctx.exit(1 if different else 0)


@audit.command()
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def cut(settings: Settings, reason: str, actor: str) -> None:
    """Make a book that somebody wrote to again from its signed records; what is taken away is kept in a file.

    Improper records behind the signed head are cut off, nothing that was signed ever is; tables, indexes and guards are
    made again. Where keys are in use, sign with --key. Nothing is paid before somebody else has agreed.

    Example:
      subsidy audit cut --reason "a row was planted" --actor 1001
    """
    ledger = office(settings)
    done = ledger.cut(actor, reason, ledger.signer)
    removed = done.removed
    click.echo(
        _("Taken away: {cut}, {removed} rows, tables or guards; put back: {restored}. Kept in {file}.").format(
            cut=counts.records(removed.records), removed=removed.removed, restored=removed.restored, file=done.file.name
        )
    )
    click.echo(_("Next, by somebody else: subsidy approve {number}").format(number=done.record))


@audit.command("log-key")
@click.option(
    "--lost",
    type=FILE,
    help=N_("The key is lost: the newest signed head that anybody has (checkpoint of an auditor or a backup)."),
)
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def log_key(settings: Settings, lost: Path | None, reason: str, actor: str) -> None:
    """Let a new key sign the heads of the log: the one in force is old, others may know it, or it is lost.

    The key in force signs for the new one, so who trusts it can follow. With --lost nobody can: the whole log is
    verified against the head given, and auditors get the new log.vkey on paper. Nothing is paid before somebody else
    has agreed. The old private key is deleted; what it signs from now on is found.

    Example:
      subsidy audit log-key --reason "the machine was replaced" --actor 1001
      subsidy audit log-key --lost /media/safe/2025-06-30/checkpoint --reason "disk lost" --actor 1001
    """
    ledger = office(settings)
    if lost:
        number = ledger.lose_key(actor, reason, _words_of(lost), ledger.signer)
    else:
        number = ledger.change_key(actor, reason, ledger.signer)
    home = ledger.anchor
    click.echo(_("From record {number} on heads are signed by {key}.").format(number=number, key=home.verifiers[-1]))
    click.echo(_("Give {file} to the auditor, on paper too.").format(file=home.verifier_file))
    click.echo(_("Next, by somebody else: subsidy approve {number}").format(number=number))


@audit.command()
@computing_options
@answer_options
@pass_settings
@click.pass_context
def replay(ctx: click.Context, settings: Settings, jobs: int, engine: str, as_json: bool) -> None:
    """Calculate every closed run again from facts and notices as recorded then, and compare each digest and posting.

    Exit code 0: all runs are the same; 1: one differs.

    Example:
      subsidy audit replay
    """
    with Ledger.open(settings.db_url).read() as view, computing(jobs, engine) as calculate:
        replayed = list(replay_runs(view, calculate))
    different = any(outcome.difference for outcome in replayed)
    if as_json:
        print_json({"same": not different, "runs": [_replayed_json(outcome) for outcome in replayed]})
    else:
        table(
            [money(_("Run")), _("Month"), money(_("Digests")), money(_("Entries")), _("Comparison")],
            [
                (
                    outcome.run.number,
                    outcome.run.occasion,
                    outcome.digests,
                    outcome.entries,
                    _difference_text(outcome.difference),
                )
                for outcome in replayed
            ],
        )
        click.echo(
            ngettext(
                "{count} closed run calculated again.", "{count} closed runs calculated again.", len(replayed)
            ).format(count=len(replayed))
        )
    ctx.exit(1 if different else 0)


def _trust(checkpoint: Path | None, key: Path | None) -> Trust | None:
    if checkpoint is None and key is None:
        return None
    if checkpoint is None or key is None:
        raise click.UsageError(_("--checkpoint and --key belong together: a checkpoint proves nothing without its key"))
    try:
        verifier = VerifierKey.parse(_words_of(key).strip())
    except BadCheckpoint as error:
        raise refuse(
            "key_malformed",
            N_("this is not a verifier key: {reason}"),
            N_("give the file log.vkey that `subsidy init` made"),
            Place(str(key)),
            reason=error,
        ) from error
    # The anchor keeps the note of the file's schema beside the checkpoint; who copies the one may copy the other.
    schema = checkpoint.with_name("schema")
    return Trust(_words_of(checkpoint), verifier, _words_of(schema) if schema.is_file() else "")


def _words_of(file: Path) -> str:
    """The text of a file that is to be words; a sign that is no text makes it no key and no signed note."""
    return file.read_text(encoding="utf-8", errors="replace")


def _print_report(report: Report, opened: Opened | None) -> None:
    click.echo(
        _("{records}, {entries} read; root {root}").format(
            records=counts.records(report.size), entries=counts.entries(report.entries), root=report.root.hex()
        )
    )
    if opened:
        text = _("the vault: {opened} opened, {gone} not there (erased or lost)")
        click.echo(text.format(opened=opened.opened, gone=opened.gone))
    for damage in report.damages:
        click.echo(_damage_text(damage))
    for key in report.keys:
        text = _("From record {record} on another key signs the heads ({cause}): by {by}, agreed to by {agreed}.")
        values = key._replace(agreed=key.agreed or _("nobody"))
        click.echo(text.format(**values._asdict() | {"cause": _(CAUSES[key.cause])}))
    match report.verdict:
        case Verdict.DAMAGED:
            click.echo(_("DAMAGED"))
        case Verdict.ANCHORED:
            click.echo(
                _("anchored: the first {anchored} records are those that were signed, {after} came after them").format(
                    anchored=report.anchored, after=report.size - report.anchored
                )
            )
        case Verdict.NOT_ANCHORED:
            click.echo(_("internally consistent, NOT ANCHORED"))


def _damage_text(damage: Damage | None) -> str:
    if damage is None:
        return ""
    what = _(damage.what).format(**{name: _word(value) for name, value in damage.values.items()})
    if damage.record is None:
        return f"{what} [{damage.code}]"
    where = _("record {record}").format(record=damage.record)
    return f"{' '.join(filter(None, (where, damage.kind, damage.key)))}: {what} [{damage.code}]"


def _replayed_json(replayed: Replayed) -> dict[str, Any]:
    difference = replayed.difference
    return {
        "run": replayed.run.number,
        **replayed.run.occasion.named,
        "digests": replayed.digests,
        "entries": replayed.entries,
        "difference": difference
        and {
            "record": difference.record,
            "field": difference.field,
            "recorded": difference.recorded,
            "derived": difference.derived,
        },
    }


def _difference_text(difference: Difference | None) -> str:
    if difference is None:
        return _("same")
    return _("record {record}, {field}: recorded {recorded}, derived {derived}").format(
        record=difference.record,
        field=difference.field,
        recorded=difference.recorded,
        derived=difference.derived,
    )


def _word(value: Any) -> Any:
    return _(value) if isinstance(value, str) and value else value


def _damage_json(damage: Damage) -> dict[str, Any]:
    where = {"record": damage.record, "kind": damage.kind, "key": damage.key} if damage.record is not None else {}
    return {"code": damage.code, **where, "values": {name: str(value) for name, value in damage.values.items()}}


def _report_json(report: Report) -> dict[str, Any]:
    return {
        "verdict": report.verdict.name.lower(),
        "size": report.size,
        "entries": report.entries,
        "root": report.root.hex(),
        "anchored": report.anchored,
        "damages": [_damage_json(damage) for damage in report.damages],
        "keys": [key._asdict() for key in report.keys],
    }
