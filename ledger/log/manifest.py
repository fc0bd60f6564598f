"""What a backup consists of, as a C2SP signed note: each file with its length and hash, signed by the log's key.

Its text: origin; `backup` and the time; a line per file, in this order: SHA-256 in hex, number of bytes, name.
"""

import re
from typing import NamedTuple

from ledger.log.checkpoint import BadCheckpoint, SignerKey, VerifierKey, sign_note, verify_note

# The second line is no number, so no reader takes it for a checkpoint.
_TEXT = re.compile(
    r"(?P<origin>[^\s+]+)\nbackup (?P<made_at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n"
    r"(?P<files>(?:[0-9a-f]{64} (?:0|[1-9][0-9]{0,18}) [a-z][a-z.]*\n)+)"
)


class Kept(NamedTuple):
    """A file of a backup: its name, how many bytes, their SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str


class Manifest(NamedTuple):
    """A backup of the log `origin`: when it was made (UTC), and its files in order."""

    origin: str
    made_at: str
    files: tuple[Kept, ...]


def sign(manifest: Manifest, key: SignerKey) -> str:
    """The signed note, ready to be written to a file."""
    lines = "".join(f"{file.sha256} {file.bytes} {file.name}\n" for file in manifest.files)
    return sign_note(f"{manifest.origin}\nbackup {manifest.made_at}\n{lines}", key)


def verify(note: str, key: VerifierKey) -> Manifest:
    """What `note` says, signed by `key` and of the log that `key` is named after; else `BadCheckpoint`."""
    found = _TEXT.fullmatch(verify_note(note, key))
    if found is None:
        raise BadCheckpoint("not the lines of a manifest: origin, time, files")
    if found["origin"] != key.name:
        raise BadCheckpoint(f"a backup of {found['origin']!r}, not of {key.name!r}")
    files = (line.split(" ") for line in found["files"].splitlines())
    kept = tuple(Kept(name, int(length), sha256) for sha256, length, name in files)
    return Manifest(found["origin"], found["made_at"], kept)
