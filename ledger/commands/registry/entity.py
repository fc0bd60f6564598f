"""`subsidy entity`: show all that the ledger knows of a firm."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import rich_click as click

from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_
from ledger.commands.registry.inspections import FINDINGS, STATES, inspection_json
from ledger.commands.ui.command import group
from ledger.commands.ui.context import Settings, json_option, money, pass_settings, print_json, table
from ledger.registry.operators import operators
from ledger.registry.profile import Profile, profile
from ledger.rules.ledger import Ledger
from ledger.words import _

CHECKS = {"passed": N_("passed"), "failed": N_("failed")}
OUTCOMES = {"granted": N_("granted"), "refused": N_("refused")}


@group()
def entity() -> None:
    """Show all that the ledger knows of a firm.

    Example:
      subsidy entity show 91310115591693856A
    """


@entity.command()
@click.argument("firm", metavar="NAME-OR-USCC")
@json_option
@pass_settings
def show(settings: Settings, firm: str, as_json: bool) -> None:
    """Show a firm by its credit code, its name or a part of it: districts, statuses, payees, applications, grants,
    loans, inspections.

    Example:
      subsidy entity show 91310115591693856A
      subsidy entity show "Example Technology"
    """
    ledger = Ledger.open(settings.db_url)
    with ledger.read() as view:
        found = profile(view, ledger.vault, firm)
        names = {code: one.name_zh for code, one in operators(view).items()}
    if as_json:
        shown = [inspection_json(one) for one in found.inspections]
        print_json({**_with_yuan(asdict(found)), "inspections": shown})
    else:
        _print(found, names)


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
            (one.number, one.grant, one.inspected_on, _(FINDINGS[one.finding]), one.due_on or "-", _(STATES[one.state]))
            for one in found.inspections
        ],
    )


def _section(title: str, columns: list[Any], rows: list[tuple[Any, ...]]) -> None:
    click.echo(f"\n{title}")
    if rows:
        table(columns, rows)
    else:
        click.echo("-")
