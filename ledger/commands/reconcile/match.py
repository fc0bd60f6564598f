"""The commands of `subsidy reconcile` that decide: match, confirm, undo; and that say what was decided and why."""

from collections import Counter
from datetime import date
from typing import Any

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.audit.ledger import Ledger
from ledger.commands.ui import counts
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
from ledger.log import kinds
from ledger.reconcile.decided import decided
from ledger.reconcile.deciding import (
    Candidate,
    Made,
    OpenLine,
    confirm,
    find_line,
    judge,
    match_open,
    open_lines,
    share_of,
    undo,
)
from ledger.reconcile.matching import Listed
from ledger.reconcile.sides import Sides, sides
from ledger.store.ledger import local_day
from ledger.words import _, ngettext

REASONS = {
    "ambiguous": N_("more than one reading"),
    "too_many": N_("too many subsets to try them all"),
    "exceeds": N_("more than is open: paid twice, or a wrong amount"),
    "payee_differs": N_("paid to somebody else: the name of a payout, another side"),
    "part_unknown": N_("not every part inside names a payout"),
    "batch_differs": N_("the named batch has another sum"),
    "not_paid": N_("comes back and was never paid"),
    "nothing_taken_back": N_("takes back a line that is not there"),
    "barred": N_("the only reading was undone by a person"),
    "amount": N_("candidates by amount alone"),
    "unknown": N_("nothing of ours"),
}
WHY_NOT = {
    "other_payee": N_("the bank names somebody else"),
    "undone": N_("undone by a person"),
    "later": N_("ordered after the line"),
    "nothing_open": N_("nothing of it is open"),
    "other_amount": N_("another amount is open"),
    "too_long_ago": N_("ordered too long before the line"),
    "not_alone": N_("fits, and so does another"),
    "amount_alone": N_("fits, and not enough says that it is this one"),
}


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
    ledger = Ledger.open(settings.db_url)
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
@reason_option(N_("What shows that it is so; it is recorded."))
@actor_option
@json_option
@pass_settings
def confirm_lines(
    settings: Settings,
    lines: tuple[str, ...],
    payouts: tuple[str, ...],
    kind: str | None,
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
    ledger = Ledger.open(settings.db_url)
    shares = [share_of(payout) for payout in payouts]
    with ledger.write(actor) as writer:
        made = confirm(writer, sides(writer, ledger.vault), lines, shares, kind or "", reason)
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
    with Ledger.open(settings.db_url).write(actor) as writer:
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
                "listed": [_listed_json(one) for one in made.listed],
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


def _listed_json(listed: Listed) -> dict[str, Any]:
    return {
        "reason": listed.reason.value,
        "rule": listed.rule.value,
        "lines": list(listed.lines),
        "payouts": list(listed.payouts),
    }


@command("explain")
@click.argument("line", metavar="LINE")
@json_option
@pass_settings
def explain_line(settings: Settings, line: str, as_json: bool) -> None:
    """Say what a statement line is: its match, by which rule and from what, or why it is open and what it may be.

    LINE is the key of a line, or the last two parts of it.

    Example:
      subsidy reconcile explain 0a9c64e1b2f3d485/1
    """
    ledger = Ledger.open(settings.db_url)
    with ledger.read() as view, progress(_("Matching")):
        two, before = sides(view, ledger.vault), decided(view)
        key = find_line(two.lines, line)
        row = before.by_line.get(key)
        found = None if row else judge(two, before)
        why = next((one for one in found.listed if key in one.lines), None) if found else None
        open_ = open_lines(two, before, found, local_day(ledger.clock())) if found else []
    undone = [one for one in before.undone if key in one.body["lines"]]
    if as_json:
        print_json(
            {
                "line": _line_json(two, key),
                "match": _match_json(row.key, row.body) if row else None,
                "open": _listed_json(why) if why else None,
                "open_line": next((_open_json(two, one) for one in open_ if one.line == key), None),
                "undone": [_match_json(one.key, one.body) for one in undone],
            }
        )
        return
    said = two.lines[key]
    click.echo(f"{key}  {date.fromordinal(said.day)}  {format_yuan(said.amount_fen)}")
    if row:
        _print_match(row.key, row.body)
    elif why:
        click.echo(_("Open: {reason} ({rule}).").format(reason=_(REASONS[why.reason]), rule=why.rule.value))
        _print_payouts(two, why.payouts)
        _print_candidates([(key, each) for one in open_ if one.line == key for each in one.candidates])
    else:
        click.echo(_("Open: not looked at yet, or left to a person. Next: subsidy reconcile match"))
    for undone_match in undone:
        click.echo(
            _("Undone: match {match} by rule {rule}").format(match=undone_match.key, rule=undone_match.body["rule"])
        )


def _print_match(key: str, body: kinds.MatchBody) -> None:
    click.echo(
        _("Match {match}: {kind}, rule {rule}, by {actor}; left open {residual}").format(
            match=key,
            kind=body["kind"],
            rule=body["rule"],
            actor=body["actor"],
            residual=format_yuan(body["residual_fen"]),
        )
    )
    for match_input in body["inputs"]:
        click.echo(f"  {match_input['name']} = {match_input['value']}")
    if "reason" in body:
        click.echo("  " + _("Reason: {reason}").format(reason=body["reason"]))
    for share in body["payouts"]:
        click.echo(f"  {share['payout']}  {format_yuan(share['amount_fen'])}")


def _print_payouts(two: Sides, names: tuple[str, ...]) -> None:
    if names:
        table(
            [_("Payout"), _("Batch"), _("Day"), money(_("Amount")), _("State")],
            [
                (
                    name,
                    two.payouts[name].batch,
                    date.fromordinal(two.payouts[name].day),
                    format_yuan(two.payouts[name].amount_fen),
                    two.items[name][1].state.value,
                )
                for name in names
            ],
        )


def _print_candidates(candidates: list[tuple[str, Candidate]]) -> None:
    """What open lines may be, and why each was not taken."""
    if candidates:
        table(
            [_("Line"), _("Candidate"), money(_("Open")), _("Why not")],
            [(line, one.payout, format_yuan(one.open_fen), _(WHY_NOT[one.why])) for line, one in candidates],
        )


def _open_json(two: Sides, one: OpenLine) -> dict[str, Any]:
    return {
        **_line_json(two, one.line),
        "reason": one.reason.value,
        "rule": one.rule.value,
        "age": one.age,
        "candidates": [
            {"payout": each.payout, "open": plain_yuan(each.open_fen), "why_not": each.why.value}
            for each in one.candidates
        ],
    }


def _line_json(two: Sides, key: str) -> dict[str, Any]:
    said = two.lines[key]
    return {
        "line": key,
        "booked_on": date.fromordinal(said.day).isoformat(),
        "amount": plain_yuan(said.amount_fen),
        "references": list(said.references),
        "payee": said.payee,
        "returned": said.returned,
        "reversal": said.reversal,
    }


def _match_json(key: str, body: kinds.MatchBody) -> dict[str, Any]:
    return {
        "match": key,
        **{name: body[name] for name in ("rule", "kind", "lines", "actor", "recorded_at", "inputs")},
        "payouts": [
            {"payout": share["payout"], "amount": plain_yuan(share["amount_fen"])} for share in body["payouts"]
        ],
        "amount": plain_yuan(body["amount_fen"]),
        "residual": plain_yuan(body["residual_fen"]),
        "reason": body.get("reason", ""),
    }


@command("status")
@json_option
@pass_settings
def show_status(settings: Settings, as_json: bool) -> None:
    """Count what is matched by which rule, and list the lines and payouts that are open; writes nothing.

    Example:
      subsidy reconcile status
    """
    ledger = Ledger.open(settings.db_url)
    with ledger.read() as view, progress(_("Matching")):
        two, before = sides(view, ledger.vault), decided(view)
        found = judge(two, before)
        still_open = open_lines(two, before, found, local_day(ledger.clock()))
    rules = Counter(row.body["rule"] for row in before.in_force for _line in row.body["lines"])
    waiting = [(found_match.rule.value, line) for found_match in found.matches for line in found_match.lines]
    paid = before.paid_fen
    unseen = {
        name: item.amount_fen - paid.get(name, 0)
        for name, item in sorted(two.payouts.items())
        if not item.failed and item.amount_fen > paid.get(name, 0)
    }
    kept_back = sorted(before.kept_back - before.by_line.keys())
    if as_json:
        print_json(
            {
                "lines": len(two.lines),
                "matched": dict(rules),
                "to_match": [line for _rule, line in waiting],
                "left_to_a_person": kept_back,
                "open": [_listed_json(one) for one in found.listed],
                "open_lines": [_open_json(two, one) for one in still_open],
                "payouts_open": [{"payout": name, "amount": plain_yuan(fen)} for name, fen in unseen.items()],
            }
        )
        return
    click.echo(
        _("{lines}, {matched} matched, {open} open; {payouts} that no line has paid yet").format(
            lines=counts.lines(len(two.lines)),
            matched=rules.total(),
            open=len(two.lines) - rules.total(),
            payouts=counts.payouts(len(unseen)),
        )
    )
    if waiting:
        click.echo(_("{lines} can be matched: subsidy reconcile match").format(lines=counts.lines(len(waiting))))
    if still_open:
        table(
            [_("Line"), _("Day"), money(_("Age")), money(_("Amount")), _("Why open"), money(_("Candidates"))],
            [
                (
                    one.line,
                    date.fromordinal(two.lines[one.line].day),
                    one.age,
                    format_yuan(two.lines[one.line].amount_fen),
                    _(REASONS[one.reason]),
                    len(one.candidates),
                )
                for one in still_open
            ],
        )
    _print_candidates([(one.line, each) for one in still_open for each in one.candidates])
    _print_payouts(two, tuple(unseen))


COMMANDS = (match_lines, confirm_lines, undo_match, explain_line, show_status)
