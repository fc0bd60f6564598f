"""That another key signs the heads of a log from now on, as a C2SP signed note: by the new key, and by the one before.

Its text has six lines: origin; `log key`; the verifier key before; the new one; how many records the log had under the
last head that is known; base64 of the root over them. The one before it does not sign where it is lost.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from contextlib import suppress
from typing import NamedTuple

from ledger.log.checkpoint import BadCheckpoint, SignerKey, VerifierKey, sign_note, verify_note

# The second line is no number, so no reader takes it for a checkpoint.
_TEXT = re.compile(r"([^\s+]+)\nlog key\n(\S+)\n(\S+)\n(0|[1-9][0-9]{0,18})\n(\S{44})\n")


class KeyNote(NamedTuple):
    """That the heads of the log `origin` are signed by `after` from now on, and were by `before`.

    `size` and `root` are of the last head by the key before.
    """

    origin: str
    before: VerifierKey
    after: VerifierKey
    size: int
    root: bytes


class Proved(NamedTuple):
    """A note that the new key has signed, and whether the one before it has as well."""

    note: KeyNote
    by_both: bool


def sign(note: KeyNote, *keys: SignerKey) -> str:
    """The signed note, by the new key and by the one before, if that is at hand."""
    root = b64encode(note.root).decode()
    return sign_note(f"{note.origin}\nlog key\n{note.before}\n{note.after}\n{note.size}\n{root}\n", *keys)


def verify(text: str) -> Proved:
    """What a note says that the key which it names has signed; else `BadCheckpoint`.

    It proves nothing of a log: who trusts the key before trusts the new one only where both have signed.
    """
    found = _TEXT.fullmatch(text.rpartition("\n\n")[0] + "\n")
    if found is None:
        raise BadCheckpoint("not the six lines of a change of keys: origin, word, two keys, size, root")
    origin, before, after, size, encoded = found.groups()
    note = KeyNote(origin, VerifierKey.parse(before), VerifierKey.parse(after), int(size), _root(encoded))
    if (note.before.name, note.after.name) != (origin, origin) or note.before == note.after:
        raise BadCheckpoint(f"not two keys of {origin!r}")
    verify_note(text, note.after)
    by_both = False
    with suppress(BadCheckpoint):
        verify_note(text, note.before)
        by_both = True
    return Proved(note, by_both)


def _root(encoded: str) -> bytes:
    try:
        root = b64decode(encoded, validate=True)
    except (NotBase64, ValueError) as error:
        raise BadCheckpoint("not base64") from error
    if len(root) != 32 or b64encode(root).decode() != encoded:
        raise BadCheckpoint("the root is not 32 bytes long")
    return root
