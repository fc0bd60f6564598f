"""`subsidy month`: where the month stands, step by step, who can bring it on, and with which command."""

import rich_click as click

from calculators.money import plain_yuan
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, json_option, pass_settings, print_json
from ledger.labels.month import STEPS, point_words, stand_words
from ledger.queries.month import MonthAtHand, Point, Stand, Step, month_at_hand, steps_of_month
from ledger.runs.occasion import Month
from ledger.words import _


@command()
@click.argument("month_text", metavar="[YYYY-MM]", required=False)
@as_of_option
@json_option
@pass_settings
def month(settings: Settings, month_text: str | None, as_of: str, as_json: bool) -> None:
    """Show where a month stands: every step from the lenders' reports to the sign-off, and what to do next.

    Without a month: the one after the last that is signed off, else the last that was run.

    Example:
      subsidy month
      subsidy month 2025-06
    """
    with asked_at(settings, as_of) as at:
        asked = Month.parse(month_text) if month_text else month_at_hand(at.view, at.today)
        found = steps_of_month(at.view, at.vault, asked, at.today)
    if as_json:
        print_json(_json(found))
        return
    click.echo(_("{month}, seen on {day} (Beijing)").format(month=found.month, day=at.today))
    for number, step in enumerate(found.steps, 1):
        _print_step(number, step)
    # What a first grant rests on is brought one after the other; each lender has to be heard. Any other command is one
    # way among several, and so are those of one thing that was paid before.
    points = [point for step in found.steps for point in step.points]
    in_turn = any(point.code == "nothing_granted" for point in points)
    all_of_them = any(step.name == "reports" and step.stand is Stand.OPEN for step in found.steps)
    further = _("  then: ") if in_turn else _("  and: ") if all_of_them else _("  or: ")
    other_ways = {text for point in points if point.code == "opening_missing" for text in point.next[1:]}
    for number, text in enumerate(found.next):
        click.echo((_("Next: ") if not number else _("  or: ") if text in other_ways else further) + text)


def _print_step(number: int, step: Step) -> None:
    click.echo(_("{number} {step}: {stand}").format(number=number, step=_(STEPS[step.name]), stand=stand_words(step)))
    for point in step.points if not step.blocked_by else ():
        click.echo(f"    {point_words(point)}")


def _json(found: MonthAtHand) -> dict[str, object]:
    return {
        "month": str(found.month),
        "steps": [
            {
                "step": step.name,
                "state": step.stand.value,
                **({"after": step.blocked_by} if step.blocked_by else {}),
                "points": [_point_json(point) for point in step.points],
            }
            for step in found.steps
        ],
        "next": list(found.next),
    }


def _point_json(point: Point) -> dict[str, object]:
    values = {name: value for name, value in point.values.items() if name != "amount_fen"}
    if "amount_fen" in point.values:
        values["amount"] = plain_yuan(int(str(point.values["amount_fen"])))
    return {
        "code": point.code,
        "state": point.stand.value,
        **values,
        **({"by": list(point.by)} if point.by else {}),
        **({"since": point.since} if point.since else {}),
        **({"next": list(point.next)} if point.next else {}),
    }
