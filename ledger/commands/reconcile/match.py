"""The commands of `subsidy reconcile` that decide: match, confirm, undo; and that say what was decided and why."""

from collections.abc import Sequence

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.ui import counts
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import command
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
from ledger.commands.ui.progress import progress
from ledger.commands.ui.signing import opened
from ledger.labels.payments import STATES
from ledger.labels.reconciliation import JOINED, REASONS, RULES, WHY_NOT
from ledger.queries.forms import form
from ledger.queries.reconciliation import MatchAnswer, OpenLine, PayoutOfDesk, desk, line_answer
from ledger.reconcile.deciding import Made, confirm, match_open, share_of, undo
from ledger.reconcile.matching import Kind, Rule
from ledger.reconcile.sides import sides
from ledger.words import _, ngettext


@command("match")
@actor_option
@json_option
@pass_settings
def match_lines(settings: Settings, actor: str, as_json: bool) -> int:
    """Match the open lines of all statements with payouts, and record each match.

    A line is judged by the strongest clue it bears; what has two readings is listed, never chosen. Payouts that
    their lines cover are paid, those that came back are payable again. What was decided before stays. Exit code 1: a
    line contradicts what is known of a payout.

    Example:
      subsidy reconcile match --actor 1003
    """
    ledger = opened(settings)
    with ledger.write(actor) as writer, progress(_("Matching")):
        made = match_open(writer, ledger.vault)
    return _say(made, as_json)


@command("confirm")
@click.argument("lines", metavar="LINE...", nargs=-1, required=True)
@click.option(
    "--payout",
    "payouts",
    multiple=True,
    metavar="ITEM[=AMOUNT]",
    help=N_("A payout that the lines paid or brought back, and how much of it; several times for several."),
)
@click.option(
    "--as",
    "kind",
    type=click.Choice(["fee", "interest", "funding", "refund", "reversal"]),
    help=N_("What the lines are instead."),
)
@click.option(
    "--opening", "opening_item", metavar="NO", default="", help=N_("The document of the opening item that they clear.")
)
@reason_option(N_("What shows that it is so; it is recorded."))
@actor_option
@json_option
@pass_settings
def confirm_lines(
    settings: Settings,
    lines: tuple[str, ...],
    payouts: tuple[str, ...],
    kind: str | None,
    opening_item: str,
    reason: str,
    actor: str,
    as_json: bool,
) -> int:
    """Decide by hand what lines are: payments or returns of payouts, a fee, interest, funding or a refund.

    Funding: the treasury fills a wallet or clears a zero-balance account. Refund: a firm gives money back unasked.
    Reversal: two lines that cancel.

    LINE is the key of a line, or the last two parts of it.

    Example:
      subsidy reconcile confirm 0a9c64e1b2f3d485/1 --payout S0123456789ABCDEF0123456 --reason "slip no. 7" --actor 1003
    """
    ledger = opened(settings)
    shares = [share_of(payout) for payout in payouts]
    with ledger.write(actor) as writer:
        what = kind or (Kind.OPENING if opening_item else "")
        two = sides(writer, ledger.vault)
        made = confirm(writer, two, lines, shares, what, reason, document="" if kind else opening_item)
    return _say(made, as_json)


@command("undo")
@click.argument("match", metavar="MATCH")
@reason_option(N_("Why the match is wrong; it is recorded."))
@actor_option
@json_option
@pass_settings
def undo_match(settings: Settings, match: str, reason: str, actor: str, as_json: bool) -> None:
    """Undo a match by a counter-record; its lines are open again and are never matched so again by a rule.

    A payout that the lines had resolved becomes disputed.

    Example:
      subsidy reconcile undo 0f3a5c7e9b1d2f40 --reason "the slip names another firm" --actor 1003
    """
    with opened(settings).write(actor) as writer:
        made = undo(writer, match, reason)
    if as_json:
        print_json({"match": match, "disputed": made.changed})
    else:
        click.echo(
            ngettext(
                "Match {match} is undone; {count} payout is disputed now.",
                "Match {match} is undone; {count} payouts are disputed now.",
                made.changed,
            ).format(match=match, count=made.changed)
        )


def _say(made: Made, as_json: bool) -> int:
    if as_json:
        print_json(
            {
                "matches": [
                    {
                        "match": key,
                        "rule": found_match.rule.value,
                        "kind": found_match.kind.value,
                        "lines": list(found_match.lines),
                        "payouts": [
                            {"payout": share.payout, "amount": plain_yuan(share.amount_fen)}
                            for share in found_match.payouts
                        ],
                        "amount": plain_yuan(found_match.amount_fen),
                        "residual": plain_yuan(found_match.residual_fen),
                    }
                    for key, found_match in made.matches
                ],
                "listed": form(made.listed),
                "changed": made.changed,
                "disputed": made.disputed,
                "problems": [{"code": wrong.code, "text": wrong.render(_)} for wrong in made.problems],
            }
        )
    else:
        click.echo(
            _("{matches} recorded, {lines} open; {payouts} changed, {disputed} disputed.").format(
                matches=counts.matches(len(made.matches)),
                lines=counts.lines(sum(len(one.lines) for one in made.listed)),
                payouts=counts.payouts(made.changed),
                disputed=len(made.disputed),
            )
        )
        if made.listed:
            click.echo(_("See them with: subsidy reconcile status"))
    for problem in made.problems:
        click.echo(problem.render(_), err=True)
    return 1 if made.disputed or made.problems else 0


@command("explain")
@click.argument("line", metavar="LINE")
@as_of_option
@answer_options
@pass_settings
def explain_line(settings: Settings, line: str, as_of: str, as_json: bool) -> None:
    """Say what a statement line is: its match, by which rule and from what, or why it is open and what it may be.

    LINE is the key of a line, or the last two parts of it.

    Example:
      subsidy reconcile explain 0a9c64e1b2f3d485/1
    """
    with asked_at(settings, as_of) as at, progress(_("Matching")):
        found = line_answer(at, line)
    if as_json:
        print_json(
            {
                "line": form(found.line),
                "match": form(found.match),
                "open": form(found.listed),
                "open_line": form(found.open_line),
                "undone": form(found.undone),
            }
        )
        return
    said = found.line
    click.echo(f"{said.line}  {said.booked_on}  {format_yuan(said.amount_fen)}")
    if found.match:
        _print_match(found.match)
    elif found.listed:
        why, rule = _(REASONS[found.listed.reason]), _(RULES[found.listed.rule])
        click.echo(_("Open: {reason} ({rule}).").format(reason=why, rule=rule))
        _print_payouts(found.payouts)
        _print_candidates([found.open_line] if found.open_line else [])
    else:
        click.echo(_("Open: not looked at yet, or left to a person. Next: subsidy reconcile match"))
    for undone in found.undone:
        click.echo(
            _("Undone: match {match} by rule {rule}").format(match=undone.match, rule=_(RULES[Rule(undone.rule)]))
        )


def _print_match(found: MatchAnswer) -> None:
    click.echo(
        _("Match {match}: {kind}, rule {rule}, by {actor}; left open {residual}").format(
            match=found.match,
            kind=_(JOINED[Kind(found.kind)]),
            rule=_(RULES[Rule(found.rule)]),
            actor=found.actor,
            residual=format_yuan(found.residual_fen),
        )
    )
    for named in found.inputs:
        click.echo(f"  {named.name} = {named.value}")
    if found.reason:
        click.echo("  " + _("Reason: {reason}").format(reason=found.reason))
    for share in found.payouts:
        click.echo(f"  {share.payout}  {format_yuan(share.amount_fen)}")


def _print_payouts(payouts: Sequence[PayoutOfDesk]) -> None:
    if payouts:
        table(
            [_("Payout"), _("Batch"), _("Day"), money(_("Amount")), _("State")],
            [
                (
                    payout.payout,
                    payout.batch,
                    payout.ordered_on,
                    format_yuan(payout.ordered_fen),
                    _(STATES[payout.state]),
                )
                for payout in payouts
            ],
        )


def _print_candidates(lines: Sequence[OpenLine]) -> None:
    """What open lines may be, and why each was not taken."""
    candidates = [(line.line, candidate) for line in lines for candidate in line.candidates]
    if candidates:
        table(
            [_("Line"), _("Candidate"), money(_("Open")), _("Why not")],
            [(line, one.payout, format_yuan(one.open_fen), _(WHY_NOT[one.why_not])) for line, one in candidates],
        )


@command("status")
@as_of_option
@answer_options
@pass_settings
def show_status(settings: Settings, as_of: str, as_json: bool) -> None:
    """Count what is matched by which rule, and list the lines and payouts that are open; writes nothing.

    Example:
      subsidy reconcile status
    """
    with asked_at(settings, as_of) as at, progress(_("Matching")):
        found = desk(at)
    matched = sum(found.matched.values())
    if as_json:
        print_json(
            {
                "lines": found.lines,
                "matched": form(found.matched),
                "to_match": list(found.to_match),
                "left_to_a_person": list(found.left_to_a_person),
                "open": form(found.listed),
                "open_lines": form(found.open_lines),
                "payouts_open": [
                    {"payout": payout.payout, "amount": plain_yuan(payout.open_fen)} for payout in found.payouts
                ],
            }
        )
        return
    click.echo(
        _("{lines}, {matched} matched, {open} open; {payouts} that no line has paid yet").format(
            lines=counts.lines(found.lines),
            matched=matched,
            open=found.lines - matched,
            payouts=counts.payouts(len(found.payouts)),
        )
    )
    if found.to_match:
        click.echo(_("{lines} can be matched: subsidy reconcile match").format(lines=counts.lines(len(found.to_match))))
    if found.open_lines:
        table(
            [_("Line"), _("Day"), money(_("Age")), money(_("Amount")), _("Why open"), money(_("Candidates"))],
            [
                (
                    open_line.line,
                    open_line.booked_on,
                    open_line.age,
                    format_yuan(open_line.amount_fen),
                    _(REASONS[open_line.reason]),
                    len(open_line.candidates),
                )
                for open_line in found.open_lines
            ],
        )
    _print_candidates(found.open_lines)
    _print_payouts(found.payouts)


COMMANDS = (match_lines, confirm_lines, undo_match, explain_line, show_status)
