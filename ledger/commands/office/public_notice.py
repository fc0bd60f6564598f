"""`subsidy public-notice`: put awards on public notice, record objections and withdrawals, settle them, show it all."""

from collections.abc import Sequence
from typing import Any

import rich_click as click

from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.ui import counts
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    money,
    pass_settings,
    print_json,
    reason_option,
    table,
)
from ledger.commands.ui.signing import opened
from ledger.labels.publicity import CAUSES, OUTCOMES
from ledger.log import kinds
from ledger.office.public_notices import (
    DISMISSED,
    OBJECTION,
    OBSTACLES,
    UPHELD,
    WITHDRAWAL,
    Objection,
    Settled,
    Start,
    enter,
    noticeboard,
    obstacles,
    settle,
    start,
)
from ledger.queries.forms import form
from ledger.queries.publicity import PublicNotice, PublicNoticeAnswer, PublishedLine, public_notices
from ledger.queries.publicity import public_notice as public_notice_answer
from ledger.runs.history import Run, closed_run, find_run
from ledger.sheets.columns import day_of
from ledger.store.ledger import View, local_day
from ledger.words import _, listed

line_option = click.option(
    "--line", "lines", multiple=True, required=True, metavar="GRANT", help=N_("A line that it is about; repeatable.")
)
number_option = click.option("--number", required=True, metavar="NO", help=N_("The number it is filed under."))
received_option = click.option(
    "--on", "day", required=True, metavar="YYYY-MM-DD", help=N_("The day on which it was received.")
)


@group("public-notice")
def public_notice() -> None:
    """Put awards on public notice (公示), record objections and withdrawals, and settle them.

    Example:
      subsidy public-notice show
    """


@public_notice.command("start")
@click.argument("what", metavar="RUN|NOTICE")
@click.option("--on", "day", required=True, metavar="YYYY-MM-DD", help=N_("The first day of public notice."))
@click.option("--name", required=True, metavar="NAME", help=N_("What it is called, such as GS-2025-1."))
@click.option("--document", default="", metavar="NO", help=N_("Number of the document that was published."))
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="GRANT",
    help=N_("Only this line, also where an objection to it was upheld and it was corrected; repeatable."),
)
@actor_option
@pass_settings
def begin(
    settings: Settings, what: str, day: str, name: str, document: str, lines: tuple[str, ...], actor: str
) -> None:
    """Put the lines of a closed run, or all granted lines of a notice, on public notice, if they ask for it.

    Example:
      subsidy public-notice start 2025-06 --on 2025-07-01 --name GS-2025-1 --document 公示〔2025〕1号 --actor 1001
    """
    starts_on = day_of(day, "--on")
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        found, run = _lines(writer, what)
        shown = start(writer, Start(name.strip(), found, lines, starts_on, document.strip(), run))
    click.echo(
        _("{name}: {lines} on public notice for {days}, to {last_day}.").format(
            name=shown.name,
            lines=counts.lines(len(shown.lines)),
            days=counts.business_days(shown.days),
            last_day=shown.last_day,
        )
    )
    click.echo(
        _(
            "They can be paid after that day. Meanwhile: subsidy public-notice object {name} "
            "--number NO --line LINE --on DAY --reason TEXT"
        ).format(name=name)
    )


@public_notice.command("object")
@click.argument("name", metavar="NAME")
@number_option
@line_option
@received_option
@reason_option(N_("What is objected; it stands in the record."))
@actor_option
@pass_settings
def objecting(
    settings: Settings, name: str, number: str, lines: tuple[str, ...], day: str, reason: str, actor: str
) -> None:
    """Record an objection: what it names is not paid before it is settled, also where it comes late.

    Example:
      subsidy public-notice object GS-2025-1 --number YY-1 --line G-2 --on 2025-07-03 --reason TEXT --actor 1001
    """
    _enter(settings, Objection(number, name, OBJECTION, lines, day_of(day, "--on"), reason), actor)


@public_notice.command("withdraw-application")
@click.argument("name", metavar="NAME")
@number_option
@line_option
@received_option
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def withdrawing(
    settings: Settings, name: str, number: str, lines: tuple[str, ...], day: str, reason: str, actor: str
) -> None:
    """Record that a firm takes its application back: what is left of the lines is not paid.

    Example:
      subsidy public-notice withdraw-application GS-2025-1 --number CH-1 --line G-2 --on 2025-07-03 --reason TEXT
    """
    _enter(settings, Objection(number, name, WITHDRAWAL, lines, day_of(day, "--on"), reason), actor)


@public_notice.command("settle")
@click.argument("number", metavar="NO")
@click.option(
    "--outcome",
    required=True,
    type=click.Choice([DISMISSED, UPHELD]),
    help=N_("dismissed: the lines can be paid; upheld: they are not."),
)
@click.option("--on", "day", required=True, metavar="YYYY-MM-DD", help=N_("The day on which it was settled."))
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def settling(settings: Settings, number: str, outcome: str, day: str, reason: str, actor: str) -> None:
    """Settle an objection or a withdrawal by its number.

    Example:
      subsidy public-notice settle YY-1 --outcome dismissed --on 2025-07-08 --reason "contract is in force" --actor 1001
    """
    settled = Settled(day_of(day, "--on"), outcome, reason)
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        after = settle(writer, number, settled)
    if outcome == DISMISSED:
        text = _("{number} is dismissed: {lines} can be paid when nothing else stands against it.")
    else:
        text = _("{number} is upheld: {lines} is not paid.")
    click.echo(text.format(number=number, lines=listed(after.lines)))


@public_notice.command("show")
@click.argument("name", metavar="[NAME]", required=False)
@as_of_option
@answer_options
@pass_settings
def showing(settings: Settings, name: str | None, as_of: str, as_json: bool) -> None:
    """List public notices; with a name its lines, each with what stands against paying it today, and its objections.

    Example:
      subsidy public-notice show
      subsidy public-notice show GS-2025-1
    """
    with asked_at(settings, as_of) as at:
        if name is None:
            notices = public_notices(at.view)
            print_json(form(notices)) if as_json else _print_all(notices)
        else:
            found = public_notice_answer(at.view, name, at.today)
            print_json({**form(found.notice), **_parts(found)}) if as_json else _print_one(found)


def print_to_publish(ledger: Ledger, number: int) -> None:
    """Say how many lines of a closed run still wait for public notice; nothing where none does."""
    with ledger.read() as view:
        waiting = obstacles(view, _posted_lines(view, find_run(view, str(number))), local_day(ledger.clock()))
    count = sum(obstacle.code == "public_notice_missing" for obstacle in waiting.values())
    if count:
        text = _(
            "Lines to put on public notice: {count}. Next: subsidy public-notice start {number} --on DAY --name NAME"
        )
        click.echo(text.format(count=count, number=number))


def _lines(view: View, what: str) -> tuple[list[str], int | None]:
    """The lines of a closed run with its number, or the granted lines of a notice."""
    if next((row for row in view.records(kinds.NOTICE) if row.key == what), None):
        return noticeboard(view).lines_of(what), None
    run = closed_run(view, what)
    return _posted_lines(view, run), run.number


def _posted_lines(view: View, run: Run) -> list[str]:
    entries = view.at(run.first + run.count).records(kinds.ENTRY, since=run.first)
    return sorted({row.body["line"] for row in entries if "line" in row.body})


def _enter(settings: Settings, new: Objection, actor: str) -> None:
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        written = enter(writer, new)
    if not written:
        click.echo(_("This stands already; nothing was written."))
        return
    click.echo(
        _("{number} is recorded: {lines} is not paid before it is settled.").format(
            number=new.number, lines=listed(new.lines)
        )
    )
    click.echo(
        _("Next: subsidy public-notice settle {number} --outcome dismissed --on DAY --reason TEXT, or upheld").format(
            number=new.number
        )
    )


def _print_all(notices: Sequence[PublicNotice]) -> None:
    table(
        [_("Name"), _("From"), _("To"), money(_("Days")), money(_("Lines")), money(_("Open objections"))],
        [
            (notice.name, notice.starts_on, notice.last_day, notice.days, notice.lines, notice.open)
            for notice in notices
        ],
    )


def _print_one(found: PublicNoticeAnswer) -> None:
    shown = found.notice
    click.echo(
        _("{name}: {days}, {first} to {last_day}").format(
            name=shown.name, days=counts.business_days(shown.days), first=shown.starts_on, last_day=shown.last_day
        )
    )
    table([_("Line"), _("State"), _("What to do")], [(line.line, *_state(line)) for line in found.lines])
    if not found.objections:
        return
    click.echo("")
    table(
        [_("Number"), _("What"), _("Received"), _("Lines"), _("Reason"), _("Outcome"), _("Settled")],
        [
            (
                objection.number,
                _(CAUSES[objection.cause]),
                objection.received_on,
                listed(objection.lines),
                objection.reason,
                _(OUTCOMES[objection.settled.outcome]) if objection.settled else _("not settled"),
                objection.settled.on if objection.settled else "-",
            )
            for objection in found.objections
        ],
    )


def _state(line: PublishedLine) -> tuple[str, str]:
    """What stands against a line, and what to do."""
    if line.held is None:
        return _("free"), "-"
    why, todo = OBSTACLES[line.held]
    return _(why).format(**line.values or {}), _(todo).format(**line.values or {})


def _parts(found: PublicNoticeAnswer) -> dict[str, Any]:
    """Lines and objections, where the list has how many lines there are."""
    return {"lines": form(found.lines), "objections": form(found.objections)}
