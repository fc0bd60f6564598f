"""`subsidy what-if`: what a draft of a notice would cost, over the registered facts, without touching the book."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.awards.versions import NoticeVersion
from calculators.files.yaml import load_notice, notice_ref, read_file
from calculators.money import Exact, format_percent, format_yuan, plain_yuan
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.computing import computing_options
from ledger.commands.run.award_list import OUTCOMES
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, force_option, json_option, money, pass_settings, print_json, table
from ledger.commands.ui.progress import progress
from ledger.engines.using import computing
from ledger.runs.reports.what_if import Change, Sums, WhatIf
from ledger.runs.reports.what_if import what_if as compared
from ledger.sheets.files import Target
from ledger.sheets.lists import write_list
from ledger.store.ledger import local_day
from ledger.words import _, listed


@command("what-if")
@click.option(
    "--notice", "draft", required=True, type=click.Path(path_type=Path), metavar="FILE", help=N_("The draft: a notice.")
)
@click.option(
    "--against", metavar="ID", help=N_("The notice whose applications are taken; without it the draft's own id.")
)
@click.option(
    "--list",
    "list_to",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=N_("Write every application too: an .xlsx or a .csv."),
)
@force_option
@computing_options
@json_option
@pass_settings
def what_if(
    settings: Settings,
    draft: Path,
    against: str | None,
    list_to: Path | None,
    force: bool,
    jobs: int,
    engine: str,
    as_json: bool,
) -> None:
    """Calculate the registered applications under a draft and under the notice in force; nothing is written.

    Ceilings of grants, meetings and allotments are left aside on both sides: they were made under the notice in force.

    Example:
      subsidy what-if --notice draft.yaml --against example-incentive
      subsidy what-if --notice draft.yaml --against example-incentive --list draft.xlsx
    """
    text = read_file(draft)
    notice = load_notice(text, draft.name)
    ledger = Ledger.open(settings.db_url)
    drafted = NoticeVersion(notice_ref(notice, text), notice)
    day = local_day(ledger.clock())
    with ledger.read() as view, progress(_("Calculating")), computing(jobs, engine) as calculate:
        found = compared(view, drafted, against or notice.id, day, draft.name, calculate)
    if list_to is not None:
        titles = [title for title, _cell in _columns()]
        write_list(Target(list_to, force), found.against, titles, _cells(found.changes), day)
    if as_json:
        print_json(_json(found))
        return
    _print(found)
    if list_to is not None:
        click.echo(_("Every application is in {file}.").format(file=list_to))


def _print(found: WhatIf) -> None:
    now, then = found.now, found.then
    table(
        ["", money(_("In force")), money(_("Draft")), money(_("Difference"))],
        [
            (_("Cost"), *(format_yuan(fen) for fen in (now.cost_fen, then.cost_fen, then.cost_fen - now.cost_fen))),
            (_("Supported"), now.supported, then.supported, then.supported - now.supported),
            *((_("Cut by cap {cap}").format(cap=cap), *_counts(cap, now, then)) for cap in _caps(now, then)),
        ],
    )
    click.echo(
        _("More: {winners}. Less: {losers}. The same: {same}.").format(
            winners=len(found.winners),
            losers=len(found.losers),
            same=len(found.changes) - len(found.winners) - len(found.losers),
        )
    )
    click.echo(_budget(found))
    changed = [*found.winners, *found.losers]
    if changed:
        table(
            [title if place < 3 else money(title) for place, (title, _cell) in enumerate(_columns()[:6])],
            [row[:6] for row in _cells(changed)],
        )
    click.echo(_("Nothing was written to the ledger."))


def _budget(found: WhatIf) -> str:
    if not found.limit_fen:
        return _("No budget is issued to {path}.").format(path=found.envelope)
    return _("The draft takes {share} of the {budget} yuan issued to {path}.").format(
        share=format_percent(_share(found.then.cost_fen, found.limit_fen)),
        budget=format_yuan(found.limit_fen),
        path=found.envelope,
    )


def _share(part_fen: int, whole_fen: int) -> Exact:
    """To a hundredth of a per cent, cut off."""
    return Exact(part_fen * 10_000 // whole_fen, 10_000)


def _caps(*sides: Sums) -> list[str]:
    return sorted({cap for side in sides for cap in side.caps})


def _counts(cap: str, now: Sums, then: Sums) -> tuple[int, int, int]:
    before, after = now.caps.get(cap, 0), then.caps.get(cap, 0)
    return before, after, after - before


def _columns() -> list[tuple[str, Any]]:
    """Headings of the list of applications, each with what stands below it."""
    return [
        (_("Application"), lambda change: change.now.application),
        (_("Firm"), lambda change: change.now.firm),
        (_("Item"), lambda change: change.now.item),
        (_("In force"), lambda change: format_yuan(change.now.award_fen)),
        (_("Draft"), lambda change: format_yuan(change.then.award_fen)),
        (_("Difference"), lambda change: format_yuan(change.difference_fen)),
        (_("Outcome in force"), lambda change: _(OUTCOMES[change.now.outcome])),
        (_("Outcome of the draft"), lambda change: _(OUTCOMES[change.then.outcome])),
        (_("Cut by, in force"), lambda change: listed(change.now.caps)),
        (_("Cut by, draft"), lambda change: listed(change.then.caps)),
    ]


def _cells(changes: Sequence[Change]) -> list[list[str]]:
    columns = _columns()
    return [[cell(change) for _title, cell in columns] for change in changes]


def _json(found: WhatIf) -> dict[str, Any]:
    budget = {} if found.limit_fen is None else {"budget": plain_yuan(found.limit_fen)}
    return {
        "against": found.against,
        "envelope": found.envelope,
        **budget,
        "now": _sums_json(found.now),
        "then": _sums_json(found.then),
        "winners": len(found.winners),
        "losers": len(found.losers),
        "applications": [
            {
                "application": change.now.application,
                "uscc": change.now.uscc,
                "firm": change.now.firm,
                "item": change.now.item,
                "now": plain_yuan(change.now.award_fen),
                "then": plain_yuan(change.then.award_fen),
                "difference": plain_yuan(change.difference_fen),
                "refused_now": list(change.now.refused),
                "refused_then": list(change.then.refused),
            }
            for change in found.changes
        ],
    }


def _sums_json(side: Sums) -> dict[str, Any]:
    return {"cost": plain_yuan(side.cost_fen), "supported": side.supported, "caps": dict(side.caps)}
