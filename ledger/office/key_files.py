"""Private keys in files of their owners: a way to sign (`signing.Signer`) where the key lies on this machine.

A private key never enters the ledger: it stands in a file of its owner's, outside the ledger's folder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from calculators.problems import N_, Place, refuse
from ledger.log.checkpoint import BadCheckpoint, SignerKey
from ledger.office.signing import Seen
from ledger.store.durable import create
from ledger.store.places import check_folder

_OTHERS = 0o077


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """A person's private key, read from a file; never shown."""

    path: Path
    signer: SignerKey

    @property
    def place(self) -> Place:
        """Where the key lies."""
        return Place(str(self.path))

    @property
    def public(self) -> str:
        """The public half in hex, as a `key` record holds it."""
        return self.signer.verifier.public.hex()

    def seen(self, now: Seen) -> Seen:
        """What there is: it is signed at once."""
        return now

    def sign(self, message: bytes, _covered: Sequence[bytes] = ()) -> str:
        """The signature over these bytes, in hex."""
        return Ed25519PrivateKey.from_private_bytes(self.signer.seed).sign(message).hex()

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
                N_(
                    "name the file of your private key with --key; if you have none, `subsidy sign --new-key "
                    "STAFFNO@LEDGER --key FILE` makes one"
                ),
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
                N_("name the file that holds your key as it was made"),
                Place(str(path)),
            ) from error
        return cls(path, signer)

    @classmethod
    def make(cls, path: Path, name: str, seed: bytes, ledger: Path) -> "PrivateKey":
        """A new key in a new file that only its owner may read; `name` (staff number and log) stands in it.

        Refuses `signing_key_exists`, `signing_key_inside_ledger` and what `check_folder` refuses.
        """
        path = path.expanduser()
        _check_outside(path, ledger)
        check_folder(path.parent)
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


def own_key(path: Path, name: str, ledger: Path, seed: bytes) -> PrivateKey:
    """The key in a file, which is made from `seed` under `name` where there is none.

    Refuses what `PrivateKey.read` and `PrivateKey.make` refuse.
    """
    if path.expanduser().exists():
        return PrivateKey.read(path, ledger)
    return PrivateKey.make(path, name, seed, ledger)


@dataclass(frozen=True)
class KeyFile:
    """A file that is said to hold a private key; read when something is signed, and not before."""

    path: Path
    ledger: Path

    @cached_property
    def key(self) -> PrivateKey:
        """What stands in it; refuses what `PrivateKey.read` refuses."""
        return PrivateKey.read(self.path, self.ledger)

    @property
    def place(self) -> Place:
        """Where the key lies."""
        return Place(str(self.path.expanduser()))

    def seen(self, now: Seen) -> Seen:
        """What there is: it is signed at once."""
        return now

    def sign(self, message: bytes, _covered: Sequence[bytes] = ()) -> str:
        """The signature over these bytes, in hex; refuses what `PrivateKey.read` refuses."""
        return self.key.sign(message)


def key_file(path: Path | None, ledger: Path) -> KeyFile | None:
    """The key in the file `path`, which is read where something is to be signed; None where no file is named."""
    return KeyFile(path, ledger) if path else None


def _check_outside(path: Path, ledger: Path) -> None:
    if path.resolve().is_relative_to(ledger.resolve().parent):
        raise refuse(
            "signing_key_inside_ledger",
            N_("a key inside the ledger's folder would be copied with it"),
            N_("keep it in a folder of your own"),
            Place(str(path)),
        )
