"""How an officer signs at the command line: with a key that lies here, or elsewhere, by challenge and signature."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import NoReturn

import rich_click as click
from click.exceptions import Exit

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.commands.ui.command import AFTERWARDS
from ledger.commands.ui.context import WAY, Settings
from ledger.log.canonical import parse
from ledger.office.approvals import Approval, capacity, given, held_by, open_acts, still_waits, subject
from ledger.office.challenges import Elsewhere, Given, challenge
from ledger.office.duty import named
from ledger.office.key_files import KeyFile, key_file
from ledger.office.people import people
from ledger.office.signing import Signer, signer_for
from ledger.queries.signers import able_next, newcomer, next_post, others_in_office
from ledger.registry.agreements import asks
from ledger.sheets.files import Target
from ledger.store import committed
from ledger.store.ledger import View, Writer, local_day
from ledger.words import _, listed

# How many things are named that an act holds.
SHOWN = 3


def needed(signer: Signer | None) -> Signer:
    """The signer of what is always signed; a key file is read before anything else is looked at."""
    if signer is None:
        raise click.MissingParameter(param_hint="--key", param_type="option")
    return signer.key if isinstance(signer, KeyFile) else signer


def agreeing(writer: Writer, signer: Signer | None, number: int | None) -> Signer | None:
    """The signer of a word on what somebody else recorded at log index `number`, None where nothing is there."""
    try:
        return signer_for(writer, signer)
    except Refused:
        if number is not None:
            # Who may not sign is told that, and not to make a key.
            check_able(writer, number, writer.actor, local_day(writer.now))
        raise


def check_able(view: View, number: int, actor: str, day: date) -> None:
    """Refuse whoever may not sign what waits, before a key is asked for, which would not help."""
    try:
        about, earlier = subject(view, number), given(view, number)
    except Refused:
        # What is not approved any more, or otherwise, the command says by itself.
        return
    if still_waits(about, earlier) and actor in people(view):
        capacity(about, earlier, actor, people(view), day)


def opened(settings: Settings, field: str = "signature") -> Ledger:
    """The ledger of a command, with the signer that it names; `field` is what a signature fills that comes in a file.

    Where the key is elsewhere, what is to be signed ends the command, with the challenge and nothing recorded.
    """
    ledger = Ledger.open(settings.db_url)
    sign_for(ledger, ledger.path, field)
    if ctx := click.get_current_context(silent=True):
        ctx.meta[AFTERWARDS] = partial(_tell_what_waits, ledger)
    return ledger


def sign_for(ledger: Ledger, place: Path, field: str = "signature") -> Signer | None:
    """Who signs what is written to `ledger`, as the command at hand names it; no key lies where `place` does."""
    way: dict[str, Path | None] = ctx.meta.get(WAY, {}) if (ctx := click.get_current_context(silent=True)) else {}
    asking, brought = way.get("--challenge"), way.get("--signature")
    if asking and brought:
        raise click.UsageError(_("--challenge or --signature, not both"))
    ledger.vault.again = bool(asking or brought)
    if brought:
        ledger.signer = Given.read(brought, field)
    elif asking:
        ledger.signer = _asking(ledger, asking)
    else:
        ledger.signer = key_file(way.get("--key"), place)
    return ledger.signer


def print_next(ledger: Ledger, last: Approval) -> None:
    """Say that a signature is recorded which others have still to follow, and who can give the next one."""
    day = local_day(ledger.clock())
    with ledger.read() as view:
        post, able = next_post(view, last.about), named(able_next(view, last.about, day), people(view))
    text = _("Signed as {post} by {actor}. Next to sign number {number}: {next} (can sign: {able}).")
    click.echo(text.format(post=last.post, actor=last.actor, number=last.about, next=post, able=able))


def _tell_what_waits(ledger: Ledger) -> None:
    """Say on standard error whose signature what was just written waits for, where duties ask for one."""
    number, day = ledger.act, local_day(ledger.clock())
    if number is None:
        _tell_who_is_missing(ledger)
        return
    with ledger.read() as view:
        if number not in open_acts(view):
            return
        able, post = named(able_next(view, number, day), people(view)), next_post(view, number)
        held = list(dict.fromkeys(one.words for one in held_by(view, number)))
    more = _(" and {count} more").format(count=len(held) - SHOWN) if len(held) > SHOWN else ""
    text = _("It waits for the signature of {post} (can sign: {able}) and holds {held}: subsidy approve {number}")
    click.echo(text.format(post=post, able=able, held=listed(held[:SHOWN]) + more, number=number), err=True)


def _tell_who_is_missing(ledger: Ledger) -> None:
    """Say how a second person comes in, where what was just written waits for one and nobody else is in office."""
    written = committed.spans()
    if not written:
        return
    with ledger.read() as view:
        body = view.record(view.size - 1)
        if not asks(body) or others_in_office(view, body["actor"], local_day(ledger.clock())):
            return
        command = newcomer(view, "POST")
    click.echo(_("Nobody else is in office yet. First: {command}").format(command=command), err=True)


def _asking(ledger: Ledger, file: Path) -> Elsewhere:
    target = Target(file)
    target.check()

    def ask(message: bytes, covered: Sequence[bytes]) -> NoReturn:
        with ledger.read() as view:
            target.write(challenge(view, ledger.vault, message, covered), private=True)
        click.echo(_("Nothing is recorded yet. Sign {file}: subsidy sign {file} --key FILE").format(file=file))
        if "public" in parse(message):
            text = _("The new key signs it too: subsidy sign {file} --key NEWKEY --out PROOF")
            click.echo(text.format(file=file))
            click.echo(
                _("Then give this command again with --signature FILE --proof PROOF in the place of --challenge.")
            )
        else:
            click.echo(_("Then give this command again with --signature FILE in the place of --challenge."))
        raise Exit(0)

    return Elsewhere(ask)
