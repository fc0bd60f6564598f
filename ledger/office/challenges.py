"""Signing on another machine: a challenge goes out, a signature comes back, and the same record is made again.

Who signs elsewhere is a `Signer` as a key file is. The first time the record is made it asks, which ends the write, so
that nothing is written; the second time it has the answer, and what was signed must be what is made.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.log.canonical import NotCanonical, canonical, parse
from ledger.office import writes
from ledger.office.sign import CHALLENGE, SECRET, SIGNATURE
from ledger.office.signing import Seen
from ledger.store.ledger import Vault, View


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A signer who is not here: asked for a signature, it gives what is to be signed to `ask`, which ends the write."""

    ask: Callable[[bytes, Sequence[bytes]], NoReturn]
    place = Place("")

    def seen(self, now: Seen) -> Seen:
        """What is shown in the challenge."""
        return now

    def sign(self, message: bytes, covered: Sequence[bytes] = ()) -> str:
        """Ends the write."""
        self.ask(message, covered)


@dataclass(frozen=True, slots=True)
class Given:
    """A signature that was given elsewhere: the message under it, and where it was read."""

    place: Place
    message: bytes
    signature: str

    @classmethod
    def read(cls, path: Path, field: str = "signature") -> "Given":
        """The signature in a file, or the proof of a new key; refuses `signature_malformed`."""
        place = Place(str(path))
        try:
            said = parse(path.read_bytes().rstrip(b"\n"))
            message = said["message"].encode()
            given = cls(place, message, said[field])
            wrong = said["$schema"] != SIGNATURE or not {"head", "valid_until"} <= parse(message).keys()
        except (OSError, NotCanonical, KeyError, AttributeError):
            wrong = True
        if wrong:
            raise refuse(
                "signature_malformed",
                N_("this is no signature under an act"),
                N_("name the file that `subsidy sign` wrote for the challenge"),
                place,
            )
        return given

    @property
    def said(self) -> dict[str, Any]:
        """What was signed."""
        return parse(self.message)

    def seen(self, _now: Seen) -> Seen:
        """What stood in the challenge."""
        return Seen(self.said["head"], self.said["valid_until"])

    def sign(self, message: bytes, _covered: Sequence[bytes] = ()) -> str:
        """The signature, where it is under this message; refuses `signed_otherwise`, naming the first field."""
        if message == self.message:
            return self.signature
        mine, theirs = parse(message), self.said
        names = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
        raise refuse(
            "signed_otherwise",
            N_("what was signed is not what is to be recorded now: {field} was {signed} and is {now}"),
            N_("give the command as it was given for the challenge, or make a new challenge and sign that"),
            self.place,
            field=names[0],
            signed=theirs.get(names[0], "-"),
            now=mine.get(names[0], "-"),
        )


def challenge(view: View, vault: Vault, message: bytes, covered: Sequence[bytes] = ()) -> bytes:
    """The file that goes to who signs: the message, the records that it names, and what is behind their commitments.

    What an act has a root over comes with it: `covered` of the message itself, else of the act that it is about.
    """
    said = parse(message)
    refs = kinds.KINDS[kinds.kind_of(said)].refs
    named = [view.record(said[field]) for field in refs if field in said]
    for body in named:
        if kinds.kind_of(body) == kinds.ACT.name:
            covered = writes.covered(view, body["first"], said["about"])
    wanted = dict(commitment for body in (said, *named, *map(parse, covered)) for commitment in _commitments(body))
    openings = [
        {"tag": opened.tag, "salt": opened.salt.hex(), "value": opened.value}
        for _commitment, opened in sorted(vault.openings(wanted).items())
    ]
    return canonical(
        {
            "$schema": CHALLENGE,
            "message": message.decode(),
            "records": [canonical(body).decode() for body in named],
            "covered": [body.decode() for body in covered],
            "openings": openings,
        }
    )


def _commitments(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The commitments of a record, each with whose it is."""
    yield from ((body[field], body["key"]) for field in SECRET if "key" in body and _is_hash(body.get(field)))


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64
