"""`subsidy public-notice`: put awards on public notice, record objections and withdrawals, settle them, show it all."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import rich_click as click

from calculators.problems import N_, refuse
from ledger.audit.ledger import Ledger
from ledger.commands.ui import counts
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
from ledger.log import kinds
from ledger.office.public_notices import (
    DISMISSED,
    OBJECTION,
    OBSTACLES,
    UPHELD,
    WITHDRAWAL,
    Noticeboard,
    Objection,
    PublicNotice,
    Settled,
    Start,
    enter,
    noticeboard,
    obstacles,
    settle,
    start,
    unknown,
)
from ledger.runs.history import Run, State, find_run
from ledger.sheets.columns import day_of
from ledger.store.ledger import View, local_day
from ledger.words import _

CAUSES = {OBJECTION: N_("objection"), WITHDRAWAL: N_("application taken back")}
OUTCOMES = {DISMISSED: N_("dismissed"), UPHELD: N_("upheld")}

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
    ledger = Ledger.open(settings.db_url)
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
    ledger = Ledger.open(settings.db_url)
    with ledger.write(actor) as writer:
        after = settle(writer, number, settled)
    if outcome == DISMISSED:
        text = _("{number} is dismissed: {lines} can be paid when nothing else stands against it.")
    else:
        text = _("{number} is upheld: {lines} is not paid.")
    click.echo(text.format(number=number, lines=", ".join(after.lines)))


@public_notice.command("show")
@click.argument("name", metavar="[NAME]", required=False)
@json_option
@pass_settings
def showing(settings: Settings, name: str | None, as_json: bool) -> None:
    """List public notices; with a name its lines, each with what stands against paying it today, and its objections.

    Example:
      subsidy public-notice show
      subsidy public-notice show GS-2025-1
    """
    ledger = Ledger.open(settings.db_url)
    with ledger.read() as view:
        board = noticeboard(view)
    today = local_day(ledger.clock())
    if name is None:
        _print_all(board, as_json)
        return
    if name not in board.notices:
        raise unknown(name)
    shown = board.notices[name]
    if as_json:
        print_json(_one_json(board, shown, today))
    else:
        _print_one(board, shown, today)


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
    run = find_run(view, what)
    if run.state is not State.CLOSED:
        raise refuse(
            "run_not_closed",
            N_("run {number} of {month} is not closed"),
            N_("put closed runs on public notice; `subsidy run list` shows them"),
            number=run.number,
            month=run.occasion,
        )
    return _posted_lines(view, run), run.number


def _posted_lines(view: View, run: Run) -> list[str]:
    entries = view.at(run.first + run.count).records(kinds.ENTRY, since=run.first)
    return sorted({row.body["line"] for row in entries if "line" in row.body})


def _enter(settings: Settings, new: Objection, actor: str) -> None:
    ledger = Ledger.open(settings.db_url)
    with ledger.write(actor) as writer:
        written = enter(writer, new)
    if not written:
        click.echo(_("This stands already; nothing was written."))
        return
    click.echo(
        _("{number} is recorded: {lines} is not paid before it is settled.").format(
            number=new.number, lines=", ".join(new.lines)
        )
    )
    click.echo(
        _("Next: subsidy public-notice settle {number} --outcome dismissed --on DAY --reason TEXT, or upheld").format(
            number=new.number
        )
    )


def _print_all(board: Noticeboard, as_json: bool) -> None:
    shown = sorted(board.notices.values(), key=lambda notice: (notice.starts_on, notice.name))
    if as_json:
        print_json([_notice_json(board, notice) for notice in shown])
        return
    table(
        [_("Name"), _("From"), _("To"), money(_("Days")), money(_("Lines")), money(_("Open objections"))],
        [
            (
                notice.name,
                notice.starts_on,
                notice.last_day,
                notice.days,
                len(notice.lines),
                len(list(_open(board, notice))),
            )
            for notice in shown
        ],
    )


def _print_one(board: Noticeboard, shown: PublicNotice, today: date) -> None:
    click.echo(
        _("{name}: {days}, {first} to {last_day}").format(
            name=shown.name, days=counts.business_days(shown.days), first=shown.starts_on, last_day=shown.last_day
        )
    )
    rows = []
    for line in shown.lines:
        obstacle = board.obstacle(line, today)
        texts = OBSTACLES[obstacle.code] if obstacle else ()
        rows.append((line, *((_(text).format(**obstacle.values) for text in texts) if obstacle else (_("free"), "-"))))
    table([_("Line"), _("State"), _("What to do")], rows)
    against = list(_against(board, shown))
    if not against:
        return
    click.echo("")
    table(
        [_("Number"), _("What"), _("Received"), _("Lines"), _("Reason"), _("Outcome"), _("Settled")],
        [
            (
                objection.number,
                _(CAUSES[objection.cause]),
                objection.received_on,
                ", ".join(objection.lines),
                objection.reason,
                _(OUTCOMES[objection.settled.outcome]) if objection.settled else _("not settled"),
                objection.settled.on if objection.settled else "-",
            )
            for objection in against
        ],
    )


def _against(board: Noticeboard, shown: PublicNotice) -> Iterable[Objection]:
    return (objection for objection in board.objections.values() if objection.notice == shown.name)


def _open(board: Noticeboard, shown: PublicNotice) -> Iterable[Objection]:
    return (one for one in _against(board, shown) if one.settled is None)


def _notice_json(board: Noticeboard, notice: PublicNotice) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": notice.name,
        "starts_on": notice.starts_on.isoformat(),
        "last_day": notice.last_day.isoformat(),
        "days": notice.days,
        "lines": len(notice.lines),
        "open": len(list(_open(board, notice))),
    }
    if notice.run is not None:
        fields["run"] = notice.run
    if notice.document:
        fields["document"] = notice.document
    return fields


def _one_json(board: Noticeboard, shown: PublicNotice, today: date) -> dict[str, Any]:
    found = ((line, board.obstacle(line, today)) for line in shown.lines)
    return {
        **_notice_json(board, shown),
        "lines": [{"line": line, **({"held": held.code} if held else {})} for line, held in found],
        "objections": [_objection_json(one) for one in _against(board, shown)],
    }


def _objection_json(objection: Objection) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "number": objection.number,
        "cause": objection.cause,
        "lines": list(objection.lines),
        "received_on": objection.received_on.isoformat(),
        "reason": objection.reason,
    }
    if objection.settled:
        fields["settled"] = {**objection.settled._asdict(), "on": objection.settled.on.isoformat()}
    return fields
