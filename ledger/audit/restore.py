"""Put a ledger back from a backup, into an empty place: proved, compared with the anchor, and on record.

The backup is proved by itself; the head in the anchor tells what it lacks. What was paid in the records that are gone
is not known any more, so the record of it blocks paying again (`ledger.office.losses`). All of it is done in a folder
beside the place (`.restore`): the ledger gets its name last, when its new head stands in the anchor.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from calculators.problems import N_, Place, Refused, refuse
from ledger.audit.backup import CHECKPOINT, LEDGER, MANIFEST, SCHEMA, VERIFIER, copying, vault_of
from ledger.audit.ledger import Ledger, Lost
from ledger.audit.verify import Trust, verify
from ledger.log import kinds
from ledger.log.checkpoint import BadCheckpoint, VerifierKey
from ledger.log.checkpoint import verify as verify_checkpoint
from ledger.log.manifest import verify as verify_manifest
from ledger.log.schema_note import Schema
from ledger.log.schema_note import verify as verify_schema
from ledger.office.signing import Signer
from ledger.sheets.files import read_file
from ledger.store import guards
from ledger.store.copying import clear, copy_database, held_folder, sha256_of, taken
from ledger.store.durable import sync_folder
from ledger.store.engine import writing_engine
from ledger.store.ledger import View
from ledger.store.places import check_local, check_unlinked
from ledger.store.rules import check_schema
from ledger.store.vault import FILE as VAULT


class Ask(NamedTuple):
    """Who puts a ledger back, why, with which signer (asked of the ledger as it will be), and where its orders lie."""

    actor: str
    reason: str
    signer: Callable[[Ledger], Signer | None]
    orders: Path | None


class Restored(NamedTuple):
    """A ledger that was put back: the record that says so, and what its backup lacked."""

    record: int
    lost: Lost


def put_back(ledger: Ledger, folder: Path, ask: Ask, calculators: Iterable[str]) -> Restored:
    """Put the backup in `folder` where `ledger` is to be, and record it.

    Refuses `folder_taken`, `restore_finished`, `backup_unproved`, `backup_differs`, `program_too_old`, what is wrong
    with the log or the vault of the backup, `ledger_forked`, `folder_busy`, and what `Ledger.put_back` and
    `Anchor.open` refuse.
    """
    place = ledger.path
    check_unlinked(place)
    check_local(place.parent)
    part = place.with_name(f"{place.name}.restore")
    with held_folder(part, (LEDGER, VAULT), place):
        copy = ledger.elsewhere(part / LEDGER)
        if _is_put_back(copy):
            _name(part, place)
            raise refuse(
                "restore_finished",
                N_("an earlier `subsidy restore` was interrupted at its last step; it is finished now"),
                N_("go on with this ledger: `subsidy approvals` shows what waits"),
                Place(str(place)),
            )
        clear(part)
        try:
            for there in (place, place.with_name(VAULT)):
                if there.exists():
                    raise taken(there)
            lost = _proved(ledger, copy, folder, ask)
            record = copy.put_back(ask.actor, lost, calculators, ask.signer(copy))
            _name(part, place)
        except BaseException:
            # What stands already under the anchor's head, the next attempt finishes.
            with suppress(OSError):
                if not _is_put_back(copy):
                    clear(part)
                    part.rmdir()
            raise
    return Restored(record, lost)


def _is_put_back(copy: Ledger) -> bool:
    """Whether a ledger lacks nothing but its name: it says that it was put back, and its head stands in the anchor."""
    if not copy.path.exists():
        return False
    try:
        with copy.read() as view:
            home = copy.anchor
            known = home.checkpoint(copy.signing_key(view).verifier)
            last = next(reversed(list(view.records(kinds.RESTORE))), None)
            # The record, and the act that signs for it.
            return last is not None and last.seq >= view.size - 2 and view.size == known.size and view.contains(known)
    except (Refused, LookupError):
        # A copy that was not made to its end.
        return False


def _name(part: Path, place: Path) -> None:
    """Give vault and ledger their names, the ledger last."""
    for name, there in ((VAULT, place.with_name(VAULT)), (LEDGER, place)):
        if (part / name).exists():
            os.rename(part / name, there)
    sync_folder(place.parent)
    part.rmdir()


def _proved(ledger: Ledger, copy: Ledger, folder: Path, ask: Ask) -> Lost:
    """Copy a backup, prove the copy, and hold it against the anchor."""
    notes = {name: _words(folder / name) for name in (MANIFEST, CHECKPOINT, SCHEMA, VERIFIER)}
    log_key = notes[VERIFIER].strip()
    try:
        # Which anchor is asked; what counts is the key that lies there.
        key = VerifierKey.parse(log_key)
        home = ledger.anchor_of(key.name)
        # Another one may have taken over since the backup was made.
        signs = home.open(*home.verifiers) if log_key in home.verifiers else home.open(log_key)
        manifest = verify_manifest(notes[MANIFEST], key)
        head = verify_checkpoint(notes[CHECKPOINT], key)
        noted = verify_schema(notes[SCHEMA], key).schema
    except BadCheckpoint as error:
        raise refuse(
            "backup_unproved",
            N_("this is no backup that the key of the log in the anchor has signed: {reason}"),
            N_("name the folder that `subsidy backup` made; set SUBSIDY_ANCHOR to the ledger's own anchor"),
            Place(str(folder)),
            reason=error,
        ) from error
    for kept in manifest.files:
        file = folder / kept.name
        if not file.is_file() or (file.stat().st_size, sha256_of(file)) != (kept.bytes, kept.sha256):
            raise _differs(file)
    with copying(folder):
        copy_database(folder / LEDGER, copy.path, "WAL")
        copy_database(folder / VAULT, copy.vault.path)
    _carry_over(copy.path, noted, Place(str(folder)))
    report = verify(copy.path, Trust(notes[CHECKPOINT], key))
    ledger.refuse_damaged(report.damages, report.anchored)
    if report.size != head.size:
        raise _differs(folder / LEDGER)
    ledger.refuse_damaged(vault_of(ledger, copy.path.parent).damages, report.size)
    known = home.checkpoint(signs.verifier)
    with copy.read() as view:
        if known.size <= head.size and not view.contains(known):
            raise refuse(
                "ledger_forked",
                N_("the first {signed} records of the ledger are not those that were signed for"),
                N_("run `subsidy audit verify` to see where, and go on with a backup that is whole"),
                Place(str(folder)),
                signed=known.size,
            )
        orders = tuple(_unknown_orders(view, ask.orders)) if ask.orders else ()
    digest = sha256(notes[MANIFEST].encode()).hexdigest()
    other = signs if signs.verifier != key else None
    return Lost(head, known, manifest.made_at, digest, notes[SCHEMA], orders, ask.reason, other)


def _carry_over(path: Path, noted: Schema, place: Place) -> None:
    """Make tables and guards those of this release, where a backup has those of an earlier one, as it was signed.

    Refuses `schema_changed` and `program_too_old`.
    """
    with writing_engine(path).begin() as connection:
        check_schema(guards.schema_sha256(connection), noted, guards.own_schema(), place, upgrading=True)
        if noted != guards.own_schema():
            guards.bring_up_to_date(connection)


def _words(file: Path) -> str:
    return read_file(file)[1].decode(errors="replace")


def _differs(file: Path) -> Refused:
    return refuse(
        "backup_differs",
        N_("this file of the backup is not the one that was signed for, or it is gone"),
        N_("take another backup, or another copy of this one"),
        Place(str(file)),
    )


def _unknown_orders(view: View, folder: Path) -> Iterator[kinds.LostOrder]:
    """The files of a folder that no record says to have gone out."""
    known = {row.body["source"].get("sha256") for row in view.records(kinds.OUTCOME)}
    for file in sorted(folder.iterdir()):
        if file.is_file():
            name, content = read_file(file)
            digest = sha256(content).hexdigest()
            if digest not in known:
                yield kinds.LostOrder(file=name, sha256=digest)
