"""Which bytes a person signs: those of the record, without what no signature can stand under.

An *act* is a record that says which act it is (`act`). Its signer knows neither when it is going to be recorded nor the
signatures, so these are left out; everything else stands under the signature (docs/contracts.md, 9). A record of an
earlier form is signed by the program that writes it, with its time.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ledger.log.canonical import canonical
from ledger.log.kinds import KINDS, kind_of

# What every signed message begins with; a key signs nothing else.
PREFIX = b'{"$schema":"subsidy/'
_SIGNATURES = frozenset({"signature", "proof"})
# What of a record no act says that covers it: signatures, its time, and where in the log it and its like stand.
_PLACED = _SIGNATURES | {"recorded_at", "import", "first"}


def signed_bytes(body: Mapping[str, Any]) -> bytes:
    """The message under the signatures of a record; `body` may have them or not."""
    left_out = KINDS[kind_of(body)].unsigned if "act" in body else _SIGNATURES
    return canonical({name: value for name, value in body.items() if name not in left_out})


def message_hash(body: Mapping[str, Any]) -> str:
    """SHA-256 of an act's message in hex: an act is accepted once."""
    return sha256(signed_bytes(body)).hexdigest()


def covered_bytes(body: Mapping[str, Any]) -> bytes:
    """What an act says of a record that it covers: its bytes without what nobody knows before it is written."""
    return canonical({name: value for name, value in body.items() if name not in _PLACED})
