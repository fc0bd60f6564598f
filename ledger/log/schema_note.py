"""The schema of a ledger's file as a C2SP signed note: by which tables and guards the records are kept.

It lies beside the checkpoint and outside the log, so that logs are equal on every engine and a new release can add an
index. Its text has four lines: origin; `schema`, engine and version; SHA-256 of the schema text in hex; log size.
"""

import re
from typing import NamedTuple

from ledger.log.checkpoint import BadCheckpoint, SignerKey, VerifierKey, sign_note, verify_note

# The second line is no number, so no reader takes it for a checkpoint.
_TEXT = re.compile(r"([^\s+]+)\nschema ([a-z]+) ([1-9][0-9]{0,8})\n([0-9a-f]{64})\n(0|[1-9][0-9]{0,18})\n")


class Schema(NamedTuple):
    """A schema: the engine, our version of its tables and guards there, SHA-256 of the schema text in hex."""

    engine: str
    version: int
    sha256: str


class SchemaNote(NamedTuple):
    """That the log `origin` is kept by `schema` from `size` records on."""

    origin: str
    schema: Schema
    size: int


def sign(note: SchemaNote, key: SignerKey) -> str:
    """The signed note, ready to be written to a file."""
    schema = note.schema
    text = f"{note.origin}\nschema {schema.engine} {schema.version}\n{schema.sha256}\n{note.size}\n"
    return sign_note(text, key)


def verify(note: str, key: VerifierKey) -> SchemaNote:
    """What `note` says, signed by `key` and of the log that `key` is named after; else `BadCheckpoint`."""
    found = _TEXT.fullmatch(verify_note(note, key))
    if found is None:
        raise BadCheckpoint("not the four lines of a schema note: origin, schema, hash, size")
    origin, engine, version, sha256, size = found.groups()
    if origin != key.name:
        raise BadCheckpoint(f"a schema of {origin!r}, not of {key.name!r}")
    return SchemaNote(origin, Schema(engine, int(version), sha256), int(size))
