"""A backup: ledger, vault and what the anchor has signed, as files that prove themselves and each other.

It is made while others write. The copy is verified to its last record before the log's key signs its head and the list
of files, so that nobody finds out on a bad day what it is worth. The log's key itself is in no backup.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import NamedTuple

from calculators.problems import N_, Place, refuse
from ledger.audit.ledger import Ledger
from ledger.audit.vault import Opened, open_vault
from ledger.audit.verify import Trust, verify
from ledger.log.checkpoint import Checkpoint
from ledger.log.checkpoint import sign as sign_checkpoint
from ledger.log.manifest import Kept, Manifest
from ledger.log.manifest import sign as sign_manifest
from ledger.store import guards
from ledger.store.copying import copy_database, new_folder, sha256_of
from ledger.store.durable import create
from ledger.store.rules import upgrade_needed
from ledger.store.vault import FILE as VAULT

LEDGER, CHECKPOINT, SCHEMA, VERIFIER, MANIFEST = "ledger.db", "checkpoint", "schema", "log.vkey", "manifest"
_LISTED = (LEDGER, VAULT, CHECKPOINT, SCHEMA, VERIFIER)


class Backup(NamedTuple):
    """A backup that was made: where, what is in it, how far its log goes, and what of its vault was opened."""

    folder: Path
    manifest: Manifest
    head: Checkpoint
    entries: int
    vault: Opened


def back_up(ledger: Ledger, folder: Path) -> Backup:
    """Make a backup of `ledger` in the new folder `folder`, while others go on writing.

    Refuses `backup_failed`, `upgrade_needed`, what is wrong with the ledger or its vault, and what `Anchor.open` and
    `new_folder` refuse.
    """
    home = ledger.anchor
    with ledger.read() as view:
        key = ledger.signing_key(view)
    if home.schema(key.verifier).schema != guards.own_schema():
        raise upgrade_needed(Place(str(ledger.path)))
    # What was signed before the copy is begun is in it.
    known = home.checkpoint_file.read_text(encoding="utf-8")
    with new_folder(folder, (*_LISTED, MANIFEST)) as part:
        with copying(folder):
            copy_database(ledger.path, part / LEDGER)
            # Clear text is kept before a record names it: what the copy of the log names is there by now.
            copy_database(ledger.vault.path, part / VAULT)
        # By the note of now: an upgrade may have been signed for meanwhile.
        schema = home.schema_file.read_text(encoding="utf-8")
        report = verify(part / LEDGER, Trust(known, key.verifier, schema))
        ledger.refuse_damaged(report.damages, report.anchored)
        opened = vault_of(ledger, part)
        ledger.refuse_damaged(opened.damages, report.size)
        head = Checkpoint(key.name, report.size, report.root)
        for name, text in ((CHECKPOINT, sign_checkpoint(head, key)), (SCHEMA, schema), (VERIFIER, f"{key.verifier}\n")):
            create(part / name, text.encode(), 0o600)
        made_at = ledger.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        manifest = Manifest(key.name, made_at, tuple(_listed(part)))
        create(part / MANIFEST, sign_manifest(manifest, key).encode(), 0o600)
    return Backup(folder, manifest, head, report.entries, opened)


def vault_of(ledger: Ledger, folder: Path) -> Opened:
    """What the log of a copy in `folder` names of the vault beside it, opened."""
    copy = ledger.elsewhere(folder / LEDGER)
    with copy.read() as view:
        return open_vault(view, copy.vault)


@contextmanager
def copying(place: Path) -> Iterator[None]:
    """What copies databases; refuses `backup_failed` where the disk does not let it."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise refuse(
            "backup_failed",
            N_("the copy could not be made to its end ({reason}); nothing of it is left to be taken for one"),
            N_("see to the disk and its room, then give the command again"),
            Place(str(place)),
            reason=error,
        ) from error


def _listed(folder: Path) -> Iterator[Kept]:
    for name in _LISTED:
        path = folder / name
        yield Kept(name, path.stat().st_size, sha256_of(path))
