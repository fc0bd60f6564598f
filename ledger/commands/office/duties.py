"""`subsidy duties`: show who signs what, and whether the people of a ledger can work under it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import rich_click as click

from ledger.audit.ledger import Ledger
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import Settings, actor_option, money, pass_settings, print_json, table
from ledger.commands.ui.signing import opened
from ledger.labels.duties import EFFECTS
from ledger.office.acts import act_words
from ledger.office.duties import Duties, Gap, duties_of, gaps, office, signers, text_of
from ledger.office.duty import POSTS, ask_for, few_words, unheld
from ledger.office.people import people
from ledger.office.signing import signer_for
from ledger.queries.signers import newcomer
from ledger.store.ledger import local_day
from ledger.words import _, listed

set_argument = click.argument("name", metavar="[three|full|FILE]", default="three")


@group()
def duties() -> None:
    """Show who signs what, and whether the people in office can work under it.

    Two sets come with the program: three, for an office of three people, and full, for eight or more.

    Example:
      subsidy duties show three
    """


@duties.command()
@set_argument
@answer_options
def show(name: str, as_json: bool) -> None:
    """List the acts of a set of duties with the posts that sign each, in order and each by another person.

    Example:
      subsidy duties show three
    """
    found = _read(name)
    if as_json:
        print_json([{"act": act, "effect": duty.effect, "steps": duty.steps} for act, duty in found.acts.items()])
        return
    table(
        [_("Act"), _("Signed by"), _("Does"), _("Apart from")],
        [
            (act_words(act), _steps(found, duty.steps), _(EFFECTS[duty.effect]), _apart(duty.apart))
            for act, duty in found.acts.items()
        ],
    )


@duties.command()
@set_argument
@answer_options
@pass_settings
@click.pass_context
def check(ctx: click.Context, settings: Settings, name: str, as_json: bool) -> None:
    """Try a set of duties on the people in office: with everybody there, and with each of them away in turn.

    Says for each post who can sign today, and, where something could not be signed, which post is missing, for which
    acts, and what to do about it; then the exit code is 1. --json lists every act and step.

    Example:
      subsidy duties check three
    """
    found = _read(name)
    ledger = Ledger.open(settings.db_url)
    today = local_day(ledger.clock())
    with ledger.read() as view:
        known = list(people(view).values())
        entering = newcomer(view, next(iter(unheld(found, known, today)), "POST"))
    here = office(known, today)
    able = {act: signers(found, act, here) for act in found.acts}
    missing = gaps(found, known, today)
    few = len(here.present) < found.people_at_least
    if as_json:
        print_json(
            {
                "people": len(here.present),
                "people_at_least": found.people_at_least,
                "can_sign": able,
                "gaps": [{**gap._asdict(), "posts": list(gap.posts)} for gap in missing],
            }
        )
    else:
        _print(found, able, missing, entering)
        if few:
            click.echo(few_words(len(here.present), found.people_at_least))
            click.echo(_("Enter people: {commands}").format(commands=entering))
        if not missing and not few:
            click.echo(_("Everything can be signed, whoever is away."))
    ctx.exit(1 if missing or few else 0)


@duties.command()
@click.argument("name", metavar="[three|full|FILE]")
@actor_option
@pass_settings
def change(settings: Settings, name: str, actor: str) -> None:
    """Ask for a set of duties to be in force, signed with your key; it is, once another officer has approved it.

    From then on the rule book asks of every act who may sign it, and nothing is paid while one waits for a signature.

    Example:
      subsidy duties change three --key ~/1001.key --actor 1001
    """
    text = text_of(name)
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        number = ask_for(writer, text, name, signer_for(writer, ledger.signer))
    click.echo(
        _("The set is asked for. It is in force once somebody else has agreed: subsidy approve {number}").format(
            number=number
        )
    )


def _print(found: Duties, able: dict[str, list[list[str]]], missing: list[Gap], entering: str) -> None:
    by_post = {
        _step(found, step): listed(able[act][number]) or _("nobody")
        for act, duty in found.acts.items()
        for number, step in enumerate(duty.steps)
    }
    table([_("Post"), _("Who can sign today")], sorted(by_post.items()))
    if not missing:
        return
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    # What nobody could sign while everybody is there is not said of each who is away again.
    always = {(gap.act, gap.step) for gap in missing if not gap.absent}
    for gap in missing:
        if gap.absent and (gap.act, gap.step) in always:
            continue
        alike[gap.absent, _step(found, gap.posts)].append(act_words(gap.act))
    click.echo()
    click.echo(_("What could not be signed:"))
    table(
        [_("Away"), _("Nobody signs as"), money(_("Acts")), _("For example")],
        [(absent or _("nobody"), posts, len(acts), acts[0]) for (absent, posts), acts in alike.items()],
    )
    if any(not absent for absent, _posts in alike):
        click.echo(_("A post that nobody holds: {commands}").format(commands=entering))
    away = sorted({absent for absent, _posts in alike if absent})
    if away:
        text = _(
            "Somebody who is away needs a substitute, {people}: "
            "subsidy people substitute STAFFNO --by STAFFNO --from YYYY-MM-DD --to YYYY-MM-DD"
        )
        click.echo(text.format(people=listed(away)))


def _read(name: str) -> Duties:
    return duties_of(text_of(name), name)


def _apart(steps: Iterable[str]) -> str:
    """Steps of other acts (`pay:2`) in words."""
    named = (step.rpartition(":") for step in steps)
    return (
        listed(_("{act}, signature {step}").format(act=act_words(act), step=step) for act, _colon, step in named) or "-"
    )


def _steps(found: Duties, steps: Any) -> str:
    return " > ".join(_step(found, step) for step in steps)


def _step(found: Duties, posts: Any) -> str:
    """The posts of a step in words: those of the set by the names that the office gives them."""
    return "/".join(_(POSTS[post]) if post in POSTS else found.posts.get(post, post) for post in posts)
