"""`subsidy witness`: signers elsewhere who have seen that the log only grew, and how many of them an order takes."""

import os
from base64 import b64decode, b64encode
from pathlib import Path
from urllib.parse import quote

import rich_click as click

from calculators.problems import N_, Place, Refused, refuse
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import Settings, actor_option, pass_settings, print_json, reason_option
from ledger.commands.ui.signing import opened
from ledger.log.checkpoint import BadCheckpoint, Checkpoint, VerifierKey
from ledger.log.witness import Request, Unseen, asked, consistency, cosign, head_of, key_of
from ledger.office import witnesses
from ledger.store.durable import create, replace
from ledger.store.ledger import utc_now
from ledger.words import _

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
# In the folder of a witness: the private key (name, base64 of 32 bytes) and what it is known by.
PRIVATE, PUBLIC = "witness.key", "witness.vkey"
_WHY = {
    "old_differs": N_("this witness saw {size} records last, and the request begins elsewhere"),
    "head_smaller": N_("this witness has seen {size} records, and the head has fewer: the log was rolled back"),
    "not_consistent": N_("the head was not built on the {size} records that this witness has seen"),
}


@group()
def witness() -> None:
    """Let somebody elsewhere sign heads of the log: a rollback of ledger and anchor together is seen by them.

    Example:
      subsidy witness show
    """


@witness.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", required=True, metavar="NAME", help=N_("Name of the witness, as an address: unit.example/w1."))
def new(folder: Path, name: str) -> None:
    """Make the key of a witness, on the witness's own machine; it needs no ledger.

    Example:
      subsidy witness new ~/witness --name superior.example/w1
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / PRIVATE).exists():
        raise refuse(
            "witness_taken",
            N_("there is a key of a witness here already"),
            N_("name another folder; a key is never written over"),
            Place(PRIVATE),
        )
    seed = os.urandom(32)
    create(folder / PRIVATE, f"{name} {b64encode(seed).decode()}\n".encode(), 0o600)
    create(folder / PUBLIC, f"{key_of(name, seed)}\n".encode(), 0o644)
    click.echo(_("Give the office this key: {key}").format(key=key_of(name, seed)))


@witness.command()
@click.argument("request", type=FILE)
@click.option(
    "--folder", required=True, type=FOLDER, help=N_("The folder of the witness, as `subsidy witness new` made it.")
)
@click.option(
    "--log", type=FILE, help=N_("The verifier key of the log (log.vkey): the first time, and when it was changed.")
)
@click.option("--out", type=click.Path(path_type=Path), help=N_("Where the cosignature goes; REQUEST.cosignature."))
def sign(request: Path, folder: Path, log: Path | None, out: Path | None) -> None:
    """Sign a head as a witness: only one that was built on the last head that this witness has signed.

    Example:
      subsidy witness sign head.request --folder ~/witness --log log.vkey
    """
    try:
        name, _blank, encoded = (folder / PRIVATE).read_text("utf-8").strip().partition(" ")
        wanted = Request.parse(request.read_text("utf-8", errors="replace"))
        origin = head_of(wanted.note).origin
        # Whoever asks chose the origin: it names a file in this folder and none elsewhere.
        key_file, seen_file = (folder / f"{quote(origin, safe='')}.{kind}" for kind in ("vkey", "checkpoint"))
        text = (log or key_file).read_text("utf-8")
        key = VerifierKey.parse(text)
        seen = head_of(seen_file.read_text("utf-8")) if seen_file.exists() else None
        asked(wanted, key, seen)
    except FileNotFoundError as error:
        raise refuse(
            "log_unknown",
            N_("this witness has no {file}"),
            N_("the first time give the log's key with --log; the folder is that of `subsidy witness new`"),
            Place(str(request)),
            file=Path(str(error.filename)).name,
        ) from error
    except BadCheckpoint as error:
        raise refuse(
            "request_malformed",
            N_("this is no request with a head of that log: {reason}"),
            N_("give the file that `subsidy witness ask` wrote"),
            Place(str(request)),
            reason=error,
        ) from error
    except Unseen as wrong:
        raise _unseen(wrong, request) from wrong
    # Kept before anybody gets the signature: what is signed is never signed otherwise.
    replace(key_file, f"{key}\n".encode(), 0o600)
    replace(seen_file, wanted.note.encode(), 0o600)
    line = cosign(wanted.note, name, b64decode(encoded), int(utc_now().timestamp()))
    target = out or request.with_name(f"{request.name}.cosignature")
    replace(target, line.encode(), 0o644)
    click.echo(_("Signed: the head over {size} records. {file}").format(size=head_of(wanted.note).size, file=target))


def _unseen(wrong: Unseen, request: Path) -> Refused:
    return refuse(
        wrong.code,
        _WHY[wrong.code],
        N_(
            "`subsidy witness ask --old {size} --out FILE`; where that does not help, tell the superior unit and the "
            "auditor"
        ),
        Place(str(request)),
        size=wrong.size,
    )


@witness.command("ask")
@click.option(
    "--old",
    type=click.IntRange(0),
    metavar="SIZE",
    help=N_("How many records the witness saw last; else those of the last head here."),
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help=N_("Where the request goes."))
@pass_settings
def ask_witness(settings: Settings, old: int | None, out: Path) -> None:
    """Write a request to witnesses: the signed head, and the proof that it was built on what they saw last.

    Example:
      subsidy witness ask --out head.request
    """
    ledger = opened(settings)
    note = ledger.anchor.note()
    with ledger.read() as view:
        head = ledger.anchor.checkpoint(ledger.signing_key(view).verifier)
        last = witnesses.last_note(view)
        known = old if old is not None else (head_of(last).size if last else 0)
        if known > head.size:
            raise refuse(
                "old_ahead",
                N_("the log has {size} records, fewer than {old}"),
                N_("where a witness has seen more, the log was rolled back: tell the auditor"),
                size=head.size,
                old=known,
            )
        proof = consistency(known, head.size, view.node)
    replace(out, str(Request(known, tuple(proof), note)).encode(), 0o644)
    click.echo(
        _(
            "{file}: the head over {size} records, from {old} on. Next, elsewhere: subsidy witness sign {file} "
            "--folder DIR"
        ).format(file=out, size=head.size, old=known)
    )


@witness.command("take")
@click.argument("request", type=FILE)
@click.argument("cosignatures", type=FILE, nargs=-1, required=True)
@actor_option
@pass_settings
def take_signed(settings: Settings, request: Path, cosignatures: tuple[Path, ...], actor: str) -> None:
    """Record what witnesses have signed of a head.

    Example:
      subsidy witness take head.request head.request.cosignature --actor 1003
    """
    ledger = opened(settings)
    try:
        note = Request.parse(request.read_text("utf-8", errors="replace")).note
        head_of(note)
    except BadCheckpoint as error:
        raise refuse(
            "request_malformed",
            N_("this is no request with a head of that log: {reason}"),
            N_("give the file that `subsidy witness ask` wrote"),
            Place(str(request)),
            reason=error,
        ) from error
    with ledger.write(actor) as writer:
        names = witnesses.take(
            writer, note, [cosignature.read_text("utf-8", errors="replace") for cosignature in cosignatures]
        )
    click.echo(
        _("The head over {size} records is signed by: {names}").format(size=head_of(note).size, names=", ".join(names))
    )


@witness.command("policy")
@click.argument("keys", type=FILE, nargs=-1)
@click.option(
    "--needed", required=True, type=click.IntRange(0), metavar="K", help=N_("How many of them an order takes; 0: none.")
)
@reason_option(N_("Why; it stands in the record."))
@actor_option
@pass_settings
def set_policy(settings: Settings, keys: tuple[Path, ...], needed: int, reason: str, actor: str) -> None:
    """Say which witnesses there are, and how many of them have to sign before an order goes out; it takes two people.

    Example:
      subsidy witness policy w1.vkey w2.vkey --needed 1 --reason "letter of the superior unit" --actor 1001
    """
    ledger = opened(settings)
    with ledger.write(actor) as writer:
        texts = [file.read_text("utf-8", errors="replace") for file in keys]
        number = witnesses.ask(writer, texts, needed, reason, ledger.signer)
    click.echo(_("It counts once somebody else has agreed: subsidy approve {number}").format(number=number))


@witness.command("show")
@answer_options
@pass_settings
def show_witnesses(settings: Settings, as_json: bool) -> None:
    """Show the witnesses, how many of them an order takes, and the last head that they signed.

    Example:
      subsidy witness show
    """
    with opened(settings).read() as view:
        found, note = witnesses.policy(view), witnesses.last_note(view)
    head = head_of(note) if note else Checkpoint("", 0, b"")
    names = witnesses.signed_by(note, found.keys) if found else []
    if as_json:
        keys = [str(key) for key in found.keys] if found else []
        print_json({"keys": keys, "needed": found.needed if found else 0, "size": head.size, "signed_by": names})
        return
    if found is None or not found.keys:
        click.echo(
            _("There is no witness: who puts ledger and anchor back together is found with a head kept elsewhere only.")
        )
        return
    for key in found.keys:
        click.echo(str(key))
    click.echo(_("An order takes {needed} of {total}.").format(needed=found.needed, total=len(found.keys)))
    if note:
        click.echo(
            _("The head over {size} records is signed by: {names}").format(size=head.size, names=", ".join(names))
        )
