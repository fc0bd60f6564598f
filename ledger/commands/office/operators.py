"""`subsidy operator`: who runs digital renminbi wallets, and adding one."""

from datetime import date

import rich_click as click

from calculators.problems import N_
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group, not_blank
from ledger.commands.ui.context import (
    Settings,
    actor_option,
    pass_settings,
    print_json,
    table,
)
from ledger.commands.ui.signing import opened
from ledger.log import kinds
from ledger.office.operators import add as record
from ledger.office.signing import signer_for
from ledger.registry.agreements import waiting
from ledger.registry.operators import Operator, operators
from ledger.sheets.columns import day_of
from ledger.words import _


@group()
def operator() -> None:
    """Operators of digital renminbi wallets: list them, add one with its source.

    Example:
      subsidy operator list
    """


@operator.command()
@click.argument("code")
@click.option("--name", required=True, metavar="NAME", callback=not_blank, help=N_("Its name in Chinese."))
@click.option("--name-en", default="", metavar="NAME", help=N_("Its name in English."))
@click.option("--from", "starts_on", required=True, metavar="YYYY-MM-DD", help=N_("First day of its wallets."))
@click.option("--to", "last_day", default="", metavar="YYYY-MM-DD", help=N_("Last day, where it is known."))
@click.option(
    "--source",
    required=True,
    metavar="TEXT",
    callback=not_blank,
    help=N_("Where its code is published; it is recorded."),
)
@actor_option
@pass_settings
def add(
    settings: Settings,
    code: str,
    name: str,
    name_en: str,
    starts_on: str,
    last_day: str,
    source: str,
    actor: str,
) -> None:
    """Record an operator and its code, or its new days; it counts once another person has agreed.

    Example:
      subsidy operator add C0000000000000 --name 示例银行 --from 2026-06-01 --source "letter 12 of 2026" --actor 1001
    """
    new = Operator(
        code,
        name,
        name_en.strip(),
        day_of(starts_on, "--from"),
        day_of(last_day, "--to") if last_day else date.max,
        source,
    )
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        number = record(writer, new, signer_for(writer, ledger.signer))
    if number is not None:
        click.echo(
            _("Operator {code} is recorded. Next, by somebody else: subsidy approve {number}").format(
                code=code, number=number
            )
        )
    else:
        click.echo(_("Operator {code} stands recorded like that; nothing was written.").format(code=code))


@operator.command("list")
@answer_options
@pass_settings
def list_operators(settings: Settings, as_json: bool) -> None:
    """List the operators with their days and sources, and those that wait for a second person.

    Example:
      subsidy operator list
    """
    with opened(settings).read() as view:
        known, waits = operators(view), waiting(view, kinds.OPERATOR)
    if as_json:
        print_json([*(_json(one) for one in known.values()), *(_waiting_json(row.body) for row in waits)])
        return
    table(
        [_("Institution code"), _("Name"), _("From"), _("To"), _("Source"), _("Note")],
        [
            *(
                (
                    known_operator.code,
                    known_operator.name_zh,
                    _day(known_operator.starts_on),
                    _day(known_operator.last_day),
                    known_operator.source or "-",
                    "",
                )
                for known_operator in known.values()
            ),
            *(
                (
                    row.key,
                    row.body["name_zh"],
                    row.body["from"],
                    row.body.get("to", "-"),
                    row.body["source"],
                    _("waits for a second person"),
                )
                for row in waits
            ),
        ],
    )


def _day(day: date) -> str:
    return "-" if day in (date.min, date.max) else day.isoformat()


def _json(institution: Operator) -> dict[str, object]:
    said: dict[str, object] = {
        "code": institution.code,
        "name_zh": institution.name_zh,
        "name_en": institution.name_en,
        "waits": False,
    }
    if institution.source:
        said |= {"from": institution.starts_on.isoformat(), "source": institution.source}
    if institution.last_day != date.max:
        said["to"] = institution.last_day.isoformat()
    return said


def _waiting_json(body: kinds.OperatorBody) -> dict[str, object]:
    said = {name: value for name, value in kinds.own(body).items() if name not in ("key", "signature")}
    return {"code": body["key"], "name_en": "", **said, "waits": True}
