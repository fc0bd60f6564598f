"""Sign records and check signatures: which bytes a person signs, and where private keys are kept.

What is signed is the record itself without its signatures, so that whoever has the bytes of the log has the bytes that
were signed. A private key never enters the ledger: it stands in a file of its owner's, outside the ledger's folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.log.checkpoint import BadCheckpoint, SignerKey
from ledger.store.durable import create
from ledger.store.ledger import View, Writer

SIGNATURES = ("signature", "proof")
_OTHERS = 0o077


def signed_bytes(body: Mapping[str, Any]) -> bytes:
    """What the signatures of a record stand under: its canonical bytes without the fields that hold them."""
    return canonical({name: value for name, value in body.items() if name not in SIGNATURES})


def holds(body: Mapping[str, Any], public: str, field: str = "signature") -> bool:
    """Whether the signature in `field` of a record was made with the key whose public half is `public` (hex)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(body[field]), signed_bytes(body))
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """A person's private key, read from a file; never shown."""

    path: Path
    signer: SignerKey

    @property
    def public(self) -> str:
        """The public half in hex, as a `key` record holds it."""
        return self.signer.verifier.public.hex()

    def sign(self, body: Mapping[str, Any]) -> str:
        """The signature over a record, in hex; `body` holds all of its fields but the signatures."""
        return Ed25519PrivateKey.from_private_bytes(self.signer.seed).sign(signed_bytes(body)).hex()

    @classmethod
    def read(cls, path: Path, ledger: Path) -> "PrivateKey":
        """The key in a file; `ledger` is the ledger's file, in whose folder no key may lie.

        Refuses `signing_key_missing`, `signing_key_inside_ledger`, `signing_key_exposed`, `signing_key_malformed`.
        """
        path = path.expanduser()
        if not path.is_file():
            raise refuse(
                "signing_key_missing",
                N_("there is no key here"),
                N_("name the file of your private key with --key; `subsidy people key` makes one"),
                Place(str(path)),
            )
        _check_outside(path, ledger)
        if path.stat().st_mode & _OTHERS:
            raise refuse(
                "signing_key_exposed",
                N_("others than its owner may use this key"),
                N_("take their rights away: chmod 600 {path}"),
                Place(str(path)),
                path=path,
            )
        try:
            signer = SignerKey.parse(path.read_text(encoding="utf-8").strip())
        except (BadCheckpoint, UnicodeDecodeError) as error:
            raise refuse(
                "signing_key_malformed",
                N_("this is not a private key, or a part of it is gone"),
                N_("name the file that `subsidy people key` made"),
                Place(str(path)),
            ) from error
        return cls(path, signer)

    @classmethod
    def make(cls, path: Path, name: str, seed: bytes, ledger: Path) -> "PrivateKey":
        """A new key in a new file that only its owner may read; `name` (staff number and log) stands in it.

        Refuses `signing_key_exists` and `signing_key_inside_ledger`.
        """
        path = path.expanduser()
        _check_outside(path, ledger)
        signer = SignerKey(name, seed)
        try:
            create(path, f"{signer}\n".encode(), 0o600)
        except FileExistsError as error:
            raise refuse(
                "signing_key_exists",
                N_("there is a file here already, and a key is never written over"),
                N_("name another file"),
                Place(str(path)),
            ) from error
        return cls(path, signer)


def append_signed(writer: Writer, key: PrivateKey | None, kind: kinds.Kind[kinds.SignedT], body: kinds.SignedT) -> int:
    """Append a record that carries its actor's signature; its log index. Refuses what `check_owner` refuses.

    Without a signature where there is no key (see `key_for`).
    """
    if key is not None:
        check_owner(writer, key)
        body["signature"] = key.sign({**writer.head(kind), **body})
    return writer.append(kind, body)


def check_owner(writer: Writer, key: PrivateKey) -> None:
    """Whether a key is the one in force of the write's actor: `signing_key_unrecorded`, `signing_key_differs`."""
    known = public_key(writer, writer.actor)
    if not known:
        raise refuse(
            "signing_key_unrecorded",
            N_("the ledger knows no key of {actor}"),
            N_("make one with `subsidy people key {actor} --file FILE`"),
            actor=writer.actor,
        )
    if known != key.public:
        raise _differs(key, writer.actor)


def key_for(writer: Writer, ledger: Path, key: Path | None) -> PrivateKey | None:
    """The key in the file `key`, for what needs a second person's signature; None while nobody has a key.

    Refuses `signing_key_needed` where keys are in use and none is named, and what `PrivateKey.read` refuses.
    """
    if not keys_in_use(writer):
        return None
    if key is None:
        raise refuse(
            "signing_key_needed",
            N_("keys are in use here, so this needs your signature"),
            N_("name the file of your private key with --key FILE"),
        )
    return PrivateKey.read(key, ledger)


def public_key(view: View, staff_no: str) -> str:
    """The public key in force of a person, in hex; empty where there is none."""
    row = view.current(kinds.KEY, staff_no)
    return row.body["public"] if row else ""


def keys_in_use(view: View) -> bool:
    """Whether any key was ever recorded: from then on what asks for two people asks for two signatures."""
    return next(iter(view.records(kinds.KEY)), None) is not None


def _check_outside(path: Path, ledger: Path) -> None:
    if path.resolve().is_relative_to(ledger.resolve().parent):
        raise refuse(
            "signing_key_inside_ledger",
            N_("a key inside the ledger's folder would be copied with it"),
            N_("keep it in a folder of your own"),
            Place(str(path)),
        )


def _differs(key: PrivateKey, actor: str) -> Refused:
    return refuse(
        "signing_key_differs",
        N_("this is not the key in force of {actor}"),
        N_("sign with the key recorded last; `subsidy people list` shows its beginning"),
        Place(str(key.path)),
        actor=actor,
    )
