"""`subsidy entity`: find a firm, show all that the ledger knows of it, and where its money is."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.commands.asking import as_of_option, asked_at
from ledger.commands.registry.inspections import FINDINGS, STATES, inspection_json
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
from ledger.commands.ui.signing import opened
from ledger.labels.firm import FOUND_BY, place_words
from ledger.office.signing import signer_for
from ledger.office.successions import end, go_on
from ledger.queries.firm import GrantMoney, find, firms
from ledger.queries.firm import money as money_of
from ledger.registry.operators import operators
from ledger.registry.profile import Profile, profile
from ledger.registry.successions import Ended
from ledger.sheets.columns import columns, day_of
from ledger.words import _

CHECKS = {"passed": N_("passed"), "failed": N_("failed")}
OUTCOMES = {"granted": N_("granted"), "refused": N_("refused")}


@group()
def entity() -> None:
    """Find a firm, show all that the ledger knows of it, and where its money is.

    Example:
      subsidy entity find HT-2025-001
      subsidy entity show 91310115591693856A
    """


@entity.command("list")
@as_of_option
@answer_options
@pass_settings
def list_all(settings: Settings, as_of: str, as_json: bool) -> None:
    """List every firm, by name.

    Example:
      subsidy entity list
    """
    with asked_at(settings, as_of) as at:
        found = firms(at.view)
    if as_json:
        print_json([{"uscc": firm.uscc, "name": firm.name} for firm in found])
    else:
        table([_("Credit code"), _("Name")], [(firm.uscc, firm.name) for firm in found])


@entity.command("find")
@click.argument("text", metavar="TEXT")
@as_of_option
@answer_options
@pass_settings
def find_text(settings: Settings, text: str, as_of: str, as_json: bool) -> None:
    """Find firms by a part of a present or former name, a code, a contract, policy, claim, project, application or
    grant number, or by the last four digits of a wallet or account.

    Example:
      subsidy entity find HT-2025-001
      subsidy entity find 5678
    """
    with asked_at(settings, as_of) as at:
        found = find(at.view, at.vault, text)
    if as_json:
        print_json([firm._asdict() for firm in found])
        return
    rows = [(firm.uscc, firm.name, _(FOUND_BY[firm.by]), firm.text) for firm in found]
    table([_("Credit code"), _("Name"), _("Found by"), _("Text")], rows)
    if len(found) == 1:
        click.echo(_("Next: {command}").format(command=f"subsidy entity money {found[0].uscc}"))


@entity.command("money")
@click.argument("firm", metavar="NAME-OR-USCC")
@as_of_option
@json_option
@pass_settings
def where_money_is(settings: Settings, firm: str, as_of: str, as_json: bool) -> None:
    """Show where a firm's money is: of each grant what was awarded, paid and is owed back, and what comes next.

    Example:
      subsidy entity money 91310115591693856A
    """
    with asked_at(settings, as_of) as at:
        known = profile(at.view, at.vault, firm)
        found = money_of(at.view, at.vault, known.uscc, at.today)
    if as_json:
        print_json({"uscc": known.uscc, "name": known.name, "grants": [_grant_json(grant) for grant in found]})
        return
    click.echo(f"{known.name}  {known.uscc}")
    for grant in found:
        _print_grant(grant)
    if not found:
        click.echo(_("No grant."))


@entity.command("end")
@click.argument("firm", metavar="USCC")
@click.option("--into", "successor", default="", metavar="USCC", help=N_("The firm that takes its place, if any."))
@click.option("--goes-on", is_flag=True, help=N_("It did not end after all: take back what two people said."))
@click.option("--on", "on_text", required=True, metavar="YYYY-MM-DD", help=N_("The day of it."))
@click.option("--document", required=True, metavar="NO", help=N_("The document it rests on."))
@reason_option(N_("How it ended: merger, struck off; it is recorded."))
@actor_option
@pass_settings
def end_firm(
    settings: Settings,
    firm: str,
    successor: str,
    goes_on: bool,
    on_text: str,
    document: str,
    reason: str,
    actor: str,
) -> None:
    """Say that a firm ended, merged into another or struck off; it counts once another officer has agreed.

    From then on nothing is paid to its payees. What it is owed goes to the successor once the grant names a payee of
    that firm; what it owes, the successor owes. What its grants ask for stays as it is.

    Example:
      subsidy entity end 91310115591693856A --on 2025-06-30 --document GS-1 --reason "struck off" --actor 1001
    """
    how = Ended(successor, day_of(on_text, "--on").isoformat(), document)
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        step = go_on if goes_on else end
        number = step(writer, firm, how, reason, signer_for(writer, ledger.signer))
    if number is None:
        click.echo(_("This is recorded already; nothing was written."))
    else:
        click.echo(_("It counts once somebody else has agreed: subsidy approve {number}").format(number=number))


@entity.command()
@click.argument("firm", metavar="NAME-OR-USCC")
@as_of_option
@answer_options
@pass_settings
def show(settings: Settings, firm: str, as_of: str, as_json: bool) -> None:
    """Show a firm by its credit code, its name or a part of it: districts, statuses, payees, applications, grants,
    loans, inspections.

    Example:
      subsidy entity show 91310115591693856A
      subsidy entity show "Example Technology"
    """
    with asked_at(settings, as_of) as at:
        found = profile(at.view, at.vault, firm)
        names = {code: item.name_zh for code, item in operators(at.view).items()}
    if as_json:
        shown = [inspection_json(inspection) for inspection in found.inspections]
        fields = {**_with_yuan(asdict(found)), "inspections": shown}
        how = found.ended
        print_json({**fields, "ended": how._asdict()} if how else {n: v for n, v in fields.items() if n != "ended"})
    else:
        _print(found, names)


def _print_grant(grant: GrantMoney) -> None:
    ceiling = "-" if grant.ceiling_fen is None else format_yuan(grant.ceiling_fen)
    heading = _("{grant}  {notice}, {item}: ceiling {ceiling}, awarded {posted}, paid {paid}")
    click.echo(
        "\n"
        + heading.format(
            grant=grant.grant,
            notice=grant.notice,
            item=grant.item,
            ceiling=ceiling,
            posted=format_yuan(grant.posted_fen),
            paid=format_yuan(grant.paid_fen),
        )
    )
    for point in grant.points:
        click.echo(f"    {place_words(point)}")
        if "days" in point.values:
            click.echo("    " + _("working days left: {days}").format(days=point.values["days"]))
        for text in point.next:
            click.echo("    " + _("Next: {command}").format(command=text))


def _grant_json(grant: GrantMoney) -> dict[str, object]:
    points = [
        {"code": point.code, **_with_yuan(dict(point.values)), **({"next": list(point.next)} if point.next else {})}
        for point in grant.points
    ]
    ceiling = {} if grant.ceiling_fen is None else {"ceiling": plain_yuan(grant.ceiling_fen)}
    return {
        "grant": grant.grant,
        "notice": grant.notice,
        "item": grant.item,
        **ceiling,
        "awarded": plain_yuan(grant.posted_fen),
        "paid": plain_yuan(grant.paid_fen),
        "owed": plain_yuan(grant.owed_fen),
        "points": points,
    }


def _with_yuan(value: Any) -> Any:
    """Fields in fen as text in yuan, as every JSON output has them."""
    if isinstance(value, list):
        return [_with_yuan(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name.removesuffix("_fen"): plain_yuan(inner) if name.endswith("_fen") else _with_yuan(inner)
        for name, inner in value.items()
    }


def _print(found: Profile, institutions: Mapping[str, str]) -> None:
    _print_head(found)
    _print_registers(found, institutions)


def _print_head(found: Profile) -> None:
    click.echo(f"{found.name}  {found.uscc}")
    click.echo(_("Check digit: {outcome}").format(outcome=_(CHECKS[found.check])))
    if found.check == "failed":
        click.echo(
            _("Confirmed: {reason}").format(reason=found.confirmed)
            if found.confirmed
            else _(
                "Not confirmed: nothing is paid until `subsidy decide uscc-override --about {uscc} --reason TEXT`."
            ).format(uscc=found.uscc)
        )
    if found.ended:
        how = found.ended
        click.echo(
            _("Ended on {day}, {document}; in its place: {successor}").format(
                day=how.on, document=how.document, successor=how.successor or "-"
            )
        )


def _print_registers(found: Profile, institutions: Mapping[str, str]) -> None:
    _section(_("Registered districts"), [_("From"), _("District")], [(d["from"], d["name"]) for d in found.districts])
    _section(
        _("Statuses"),
        [_("Status"), _("From"), _("To")],
        [(status["name"], status["from"], status.get("to", "-")) for status in found.statuses],
    )
    _section(
        _("Payees"),
        [_("Reference"), _("Institution"), _("Wallet type"), _("Number")],
        [
            (p["key"], institutions.get(p["institution"], p["institution"]), p.get("wallet_type", "-"), p["number"])
            for p in found.payees
        ],
    )
    _print_wallets(found, institutions)
    _section(
        _("Applications"),
        [_("Application"), _("Applied on"), _("Notice"), _("Item")],
        [(asked["key"], asked["applied_on"], asked["notice"], asked["item"]) for asked in found.applications],
    )
    _section(
        _("Grants"),
        [_("Grant"), _("Application"), _("Outcome"), _("Decided on"), money(_("Ceiling")), _("Payee or reason")],
        [
            (
                grant["key"],
                grant["application"],
                _(OUTCOMES[grant["outcome"]]),
                grant["granted_on"],
                format_yuan(grant["ceiling_fen"]) if "ceiling_fen" in grant else "-",
                grant.get("payee", grant.get("reason", "-")),
            )
            for grant in found.grants
        ],
    )
    _section(
        _("Loans"),
        [_("Loan"), _("Lender"), _("Signed on"), _("Matures on"), money(_("Yuan")), _("Rate")],
        [
            (
                loan["key"],
                loan["lender"],
                loan["signed_on"],
                loan["matures_on"],
                format_yuan(loan["amount_fen"]),
                loan["rate"],
            )
            for loan in found.loans
        ],
    )
    _section(
        _("Inspections"),
        [_("Inspection"), _("Grant"), _("Inspected on"), _("Finding"), _("Due on"), _("State")],
        [
            (
                inspection.number,
                inspection.grant,
                inspection.inspected_on,
                _(FINDINGS[inspection.finding]),
                inspection.due_on or "-",
                _(STATES[inspection.state]),
            )
            for inspection in found.inspections
        ],
    )


def _print_wallets(found: Profile, institutions: Mapping[str, str]) -> None:
    """What was seen of its wallets, and those that it is opening."""
    seen = [(p["key"], p["state"]) for p in found.payees if "state" in p]
    if seen:
        _section(
            _("Wallets as seen"),
            [_("Reference"), _("Seen on"), _("Status"), _("Freeze"), _("Controlled"), _("Class")],
            [
                (
                    key,
                    state["seen_on"],
                    _said("wallets", "status", state["status"]),
                    _said("wallets", "freeze", state["freeze"]),
                    _said("wallets", "controlled", "yes" if state["controlled"] else "no"),
                    _said("wallets", "wallet_class", state["wallet_class"]) if "wallet_class" in state else "-",
                )
                for key, state in seen
            ],
        )
    if found.wallet_requests:
        _section(
            _("Wallets being opened"),
            [_("Process"), _("Institution"), _("State"), _("As of")],
            [
                (
                    wallet_request["key"],
                    institutions.get(wallet_request["institution"], wallet_request["institution"]),
                    _said("wallet-requests", "state", wallet_request["state"]),
                    wallet_request["state_on"],
                )
                for wallet_request in found.wallet_requests
            ],
        )


def _said(register: str, column: str, value: str) -> str:
    """A value of a choice in the language of whoever reads."""
    return {one.name: one for one in columns(register)}[column].worded(value)


def _section(title: str, columns: list[Any], rows: list[tuple[Any, ...]]) -> None:
    click.echo(f"\n{title}")
    if rows:
        table(columns, rows)
    else:
        click.echo("-")
