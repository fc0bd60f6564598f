"""`subsidy people`: who may act in which post, who stands in for whom, and whose key is in force."""

from datetime import date
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.problems import N_
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
    who_option,
)
from ledger.commands.ui.signing import needed, opened
from ledger.labels.moments import beijing_time
from ledger.office import compromised
from ledger.office.acts import act_words
from ledger.office.challenges import Given
from ledger.office.people import (
    Appointment,
    Person,
    Prover,
    Substitute,
    add,
    end,
    enrol,
    make_key,
    people,
    shown_name,
    substitute,
)
from ledger.office.signing import by_acts, public_keys
from ledger.sheets.columns import day_of
from ledger.store.ledger import Vault, local_day
from ledger.words import _, ngettext

UNCHANGED = N_("This stands already; nothing was written.")


@group("people")
def officers() -> None:
    """Record officers with post and days in office, name substitutes, make keys for signatures.

    Example:
      subsidy people list
    """


@officers.command("add")
@click.argument("staff_no")
@click.option("--post", required=True, metavar="POST", help=N_("The post, as notices name it in their steps."))
@click.option("--document", required=True, metavar="NO", help=N_("Number of the document that appoints the person."))
@click.option("--name", default="", metavar="NAME", help=N_("Name to be shown; it is kept in the vault."))
@click.option("--from", "first", metavar="YYYY-MM-DD", help=N_("First day in office; without it there is none."))
@click.option("--to", "last", metavar="YYYY-MM-DD", help=N_("Last day in office; without it there is none."))
@actor_option
@pass_settings
def add_person(
    settings: Settings,
    staff_no: str,
    post: str,
    document: str,
    name: str,
    first: str | None,
    last: str | None,
    actor: str,
) -> None:
    """Record an officer, or another post or other days of one who is known.

    Example:
      subsidy people add 1002 --post 审核岗 --document 任〔2025〕3号 --from 2025-01-01 --actor 1001
    """
    ledger = opened(settings)
    new = Appointment(staff_no, post, document, _day(first, "--from"), _day(last, "--to"), name.strip())
    with ledger.write(actor) as writer:
        written = add(writer, ledger.vault, new)
        # From then on a key comes with the person: who is here has one.
        keyed = by_acts(writer)
    if not written:
        text = _(UNCHANGED)
    elif keyed:
        text = _("{person} is recorded as {post}.")
    else:
        text = _("{person} is recorded as {post}. Next: subsidy people key {person} --file FILE")
    click.echo(text.format(person=staff_no, post=post))


@officers.command("end")
@click.argument("staff_no")
@click.option("--on", "last", required=True, metavar="YYYY-MM-DD", help=N_("Last day in office."))
@actor_option
@pass_settings
def end_person(settings: Settings, staff_no: str, last: str, actor: str) -> None:
    """Record the last day in office: after it the person writes and signs nothing; what was signed stays valid.

    Example:
      subsidy people end 1002 --on 2025-12-31 --actor 1001
    """
    with opened(settings).write(actor) as writer:
        written = end(writer, staff_no, day_of(last, "--on"))
    click.echo(_("{person} is in office through {day}.").format(person=staff_no, day=last) if written else _(UNCHANGED))


@officers.command("substitute")
@click.argument("staff_no")
@click.option("--by", required=True, metavar="STAFFNO", help=N_("Who stands in for the person."))
@click.option("--from", "first", required=True, metavar="YYYY-MM-DD", help=N_("First day of standing in."))
@click.option("--to", "last", required=True, metavar="YYYY-MM-DD", help=N_("Last day of standing in."))
@actor_option
@pass_settings
def name_substitute(settings: Settings, staff_no: str, by: str, first: str, last: str, actor: str) -> None:
    """Name who signs in the place of a person on certain days.

    Example:
      subsidy people substitute 1002 --by 1004 --from 2025-07-01 --to 2025-07-14 --actor 1001
    """
    named = Substitute(by, day_of(first, "--from"), day_of(last, "--to"))
    with opened(settings).write(actor) as writer:
        written = substitute(writer, staff_no, named)
    click.echo(
        _("{by} stands in for {person} from {first} to {last}.").format(by=by, person=staff_no, first=first, last=last)
        if written
        else _(UNCHANGED)
    )


@officers.command("key")
@click.argument("staff_no")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    required=True,
    help=N_("New file for the private key, outside the ledger's folder."),
)
@click.option(
    "--key",
    "old",
    type=click.Path(path_type=Path),
    help=N_("Your key in force, where the person has a key already: the old one, or a colleague's where it is lost."),
)
@who_option
@pass_settings
def new_key(settings: Settings, staff_no: str, file: Path, old: Path | None, actor: str) -> None:
    """Make a key pair: the private half goes into a file that only you may read, the public one into the ledger.

    From the first key on, budgets and payments need two signatures.

    Example:
      subsidy people key 1002 --file ~/1002.key --actor 1002
    """
    public = make_key(opened(settings), actor, staff_no, file, old)
    click.echo(_("Private key of {person}: {file}. Keep it to yourself.").format(person=staff_no, file=file))
    click.echo(_("Public key, for the auditor on paper: {public}").format(public=public))


@officers.command("enrol")
@click.argument("staff_no")
@click.option("--post", required=True, metavar="POST", help=N_("The post, as notices name it in their steps."))
@click.option("--document", required=True, metavar="NO", help=N_("Number of the document that appoints the person."))
@click.option(
    "--public",
    required=True,
    metavar="HEX",
    help=N_("The public key that the person has made with `subsidy sign --new-key STAFFNO@LEDGER --key FILE`."),
)
@click.option(
    "--proof",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_(
        "What `subsidy sign` wrote with the person's own key for the same challenge; compulsory with --signature or "
        "--key, not yet with --challenge."
    ),
)
@click.option("--name", default="", metavar="NAME", help=N_("Name to be shown; it is kept in the vault."))
@click.option("--from", "first", metavar="YYYY-MM-DD", help=N_("First day in office; without it there is none."))
@click.option("--to", "last", metavar="YYYY-MM-DD", help=N_("Last day in office; without it there is none."))
@actor_option
@pass_settings
def enrol_person(settings: Settings, /, staff_no: str, **given: Any) -> None:
    """Enter a person with post and public key in one act; it is in force once another officer has approved.

    The person makes a key on their own machine with `subsidy sign --new-key`. Give the command with --challenge, let
    the new key and your own sign that file, then give it with --signature and --proof. From the first person that was
    entered so, nobody is added and no key made by one person alone.

    Example:
      subsidy people enrol 1004 --post 出纳岗 --document 任〔2026〕3号 --public ... --challenge 1004.challenge
      subsidy sign 1004.challenge --key ~/1001.key --out 1004.signature
      subsidy sign 1004.challenge --key ~/1004.key --out 1004.proof
      subsidy people enrol ... --signature 1004.signature --proof 1004.proof
    """
    ledger = opened(settings)
    days = _day(given["first"], "--from"), _day(given["last"], "--to")
    new = Appointment(staff_no, given["post"], given["document"], *days, given["name"].strip())
    with ledger.write(given["actor"]) as writer:
        number = enrol(writer, ledger.vault, needed(ledger.signer), new, given["public"], _prover(given["proof"]))
    click.echo(
        _("{person} is entered. It counts once somebody else has agreed: subsidy approve {number}").format(
            person=staff_no, number=number
        )
    )


def _prover(proof: Path | None) -> Prover:
    def prove(message: bytes) -> str:
        if proof is None:
            text = _(
                "--proof is missing: the new key has to sign too. Give the command with --challenge FILE, let the new "
                "key sign it with `subsidy sign FILE --key NEWKEY --out PROOF`, then give it with --signature and "
                "--proof PROOF"
            )
            raise click.UsageError(text)
        return Given.read(proof, "proof").sign(message)

    return prove


@officers.command("compromised")
@click.argument("staff_no")
@click.option("--since", required=True, metavar="YYYY-MM-DD", help=N_("First day on which others may have had it."))
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def say_compromised(settings: Settings, staff_no: str, since: str, reason: str, actor: str) -> None:
    """Say that others may have had an officer's key, from a day on; its owner may say so, or anybody else.

    At once nothing goes out any more that rests on what the key has signed since. With another officer's agreement it
    signs nothing more, and two others enter a new one (`subsidy people enrol`). What it has signed is listed by
    `subsidy people signed`, undone by its own commands, and cleared by two others with `subsidy people cleared`.

    Example:
      subsidy people compromised 1002 --since 2025-06-01 --reason "laptop stolen" --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        number = compromised.say(writer, staff_no, day_of(since, "--since"), reason, ledger.signer)
        size = len(list(compromised.suspicions(writer).in_doubt(writer.record, writer.size, staff_no)))
    click.echo(
        ngettext(
            "{count} record that was signed with it holds what is paid: subsidy people signed {person}",
            "{count} records that were signed with it hold what is paid: subsidy people signed {person}",
            size,
        ).format(count=size, person=staff_no)
    )
    click.echo(
        _("The key signs nothing more once somebody else has agreed: subsidy approve {number}").format(number=number)
    )


@officers.command("cleared")
@click.argument("staff_no")
@click.option(
    "--record",
    "records",
    multiple=True,
    type=click.IntRange(0),
    metavar="NUMBER",
    help=N_("A record that `subsidy people signed` lists; several may be given. Without one all of them."),
)
@reason_option(N_("Whether it was confirmed or undone, and how you know; it stands in the record."))
@actor_option
@pass_settings
def clear_signed(settings: Settings, staff_no: str, records: tuple[int, ...], reason: str, actor: str) -> None:
    """Clear what was signed with a key that others may have had: it was looked at, and confirmed or undone.

    Two others than its owner do this; then it holds up no payment any more.

    Example:
      subsidy people cleared 1002 --record 118 --reason "she signed it in my presence" --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        number = compromised.clear(writer, staff_no, records, reason, ledger.signer)
    click.echo(_("It counts once somebody else has agreed: subsidy approve {number}").format(number=number))


@officers.command("signed")
@click.argument("staff_no")
@answer_options
@pass_settings
def list_signed(settings: Settings, staff_no: str, as_json: bool) -> None:
    """List what was signed with an officer's key while others may have had it, and what it holds up.

    Example:
      subsidy people signed 1002
    """
    with opened(settings).read() as view:
        found = [
            (seq, view.record(seq), held) for seq, person, held in compromised.held_in_doubt(view) if person == staff_no
        ]
    if as_json:
        print_json(
            [
                {
                    "record": seq,
                    "act": body["act"],
                    "recorded_at": body["recorded_at"],
                    "about": body.get("about"),
                    "holds": [{"what": one.what, "key": one.key} for one in held],
                }
                for seq, body, held in found
            ]
        )
        return
    table(
        [money(_("Record")), _("Act"), _("Time"), _("Holds")],
        [
            (
                seq,
                act_words(body["act"]),
                beijing_time(body["recorded_at"]),
                ", ".join(one.words for one in held) or "-",
            )
            for seq, body, held in found
        ],
    )


@officers.command("list")
@answer_options
@pass_settings
def list_people(settings: Settings, as_json: bool) -> None:
    """List officers with post, days in office, substitute and the beginning of the public key.

    Example:
      subsidy people list
    """
    ledger = opened(settings)
    today = local_day(ledger.clock())
    with ledger.read() as view:
        known, keys = people(view), {who: key.public for who, key in public_keys(view).items()}
    if as_json:
        print_json([_json(ledger.vault, person, keys.get(person.staff_no), today) for person in known.values()])
        return
    table(
        [_("Staff no."), _("Officer"), _("Post"), _("From"), _("To"), _("In office"), _("Substitute"), _("Public key")],
        [
            (
                person.staff_no,
                shown_name(ledger.vault, person),
                person.post or "-",
                person.starts_on or "-",
                person.last_day or "-",
                _("yes") if person.in_office(today) else _("no"),
                _substitute(person.substitute),
                keys.get(person.staff_no, "-")[:16],
            )
            for person in known.values()
        ],
    )
    click.echo(_("Name of the ledger, for keys: {name}").format(name=ledger.origin))


def _substitute(named: Substitute | None) -> str:
    return f"{named.by} {named.starts_on}..{named.last_day}" if named else "-"


def _json(vault: Vault, person: Person, key: str | None, today: date) -> dict[str, Any]:
    named = person.substitute
    optional = {
        "post": person.post or None,
        "from": person.starts_on and person.starts_on.isoformat(),
        "to": person.last_day and person.last_day.isoformat(),
        "public_key": key,
        "substitute": named and {"by": named.by, "from": named.starts_on.isoformat(), "to": named.last_day.isoformat()},
    }
    return {
        "staff_no": person.staff_no,
        "name": shown_name(vault, person),
        "in_office": person.in_office(today),
        **{name: value for name, value in optional.items() if value},
    }


def _day(text: str | None, option: str) -> date | None:
    return day_of(text, option) if text else None
