"""The anchor: the signed head of a log and the key that signs it, kept outside the ledger's folder.

A chain of hashes in a database does not notice that its tail is gone, that all of it was computed again or that an old
backup was put back. The head kept elsewhere does: every write asks whether the ledger still contains the tree that was
signed last, and whether its tables and guards are those that were signed for. The folder holds `log.key` (private),
`log.vkey` (verifier key, to be given to auditors), `checkpoint`, `schema` and `lock`; `earlier.vkeys` where other keys
signed before this one, and `log.key.next` while one is taking over.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from calculators.problems import N_, Place, Refused, refuse
from ledger.log.checkpoint import BadCheckpoint, Checkpoint, SignerKey, VerifierKey, sign, verify
from ledger.log.schema_note import Schema, SchemaNote
from ledger.log.schema_note import sign as sign_schema
from ledger.log.schema_note import verify as verify_schema
from ledger.log.tree import EMPTY_ROOT
from ledger.store.durable import replace, sync_folder

# The private key's file: by it a folder is known for an anchor, whatever else lies there.
KEY_FILE = "log.key"
_OTHERS = 0o077


class Anchor:
    """The anchor folder of one ledger; making the object touches nothing."""

    def __init__(self, folder: Path, ledger: Path) -> None:
        self.folder = folder.expanduser().resolve()
        self.ledger = ledger

    @classmethod
    def find(cls, origin: str, ledger: Path) -> "Anchor":
        """`SUBSIDY_ANCHOR`, else `~/.local/share/subsidy/<origin>`; `ledger` is the ledger's file."""
        named = os.environ.get("SUBSIDY_ANCHOR")
        return cls(Path(named) if named else Path.home() / ".local" / "share" / "subsidy" / origin, ledger)

    @property
    def key_file(self) -> Path:
        """The private key."""
        return self.folder / KEY_FILE

    @property
    def next_file(self) -> Path:
        """The private key that takes over once a record says so."""
        return self.folder / "log.key.next"

    @property
    def earlier_file(self) -> Path:
        """The verifier keys before the one in force, a line each."""
        return self.folder / "earlier.vkeys"

    @property
    def verifier_file(self) -> Path:
        """The verifier key."""
        return self.folder / "log.vkey"

    @property
    def checkpoint_file(self) -> Path:
        """The signed head."""
        return self.folder / "checkpoint"

    @property
    def lock_file(self) -> Path:
        """What one holds who moves the head."""
        return self.folder / "lock"

    @property
    def mark_file(self) -> Path:
        """The mark of an anchor whose ledger is not complete; it names the ledger's file."""
        return self.folder / "unfinished"

    @property
    def schema_file(self) -> Path:
        """The signed note of the file's schema."""
        return self.folder / "schema"

    def create(self, origin: str, seed: bytes, schema: Schema) -> VerifierKey:
        """Make the folder, a key from 32 bytes of `seed`, and the checkpoint and schema of the empty log.

        The folder bears a mark until `finish`. Refuses `anchor_inside_ledger`, `anchor_unfinished` and `anchor_taken`:
        a key is never written over.
        """
        self._check_place()
        if self.mark_file.exists():
            raise refuse(
                "anchor_unfinished",
                N_("{folder} is the anchor of a ledger whose `subsidy init` was interrupted: {ledger}"),
                N_("give `subsidy init` again for that ledger, or set SUBSIDY_ANCHOR to a folder of its own"),
                folder=self.folder,
                ledger=os.fsdecode(self.mark_file.read_bytes()),
            )
        if any(file.exists() for file in (self.key_file, self.verifier_file, self.checkpoint_file, self.schema_file)):
            raise refuse(
                "anchor_taken",
                N_("{folder} is the anchor of another ledger already"),
                N_("set SUBSIDY_ANCHOR to a folder of its own"),
                folder=self.folder,
            )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check_mode(self.folder)
        self._replace(self.mark_file, os.fsencode(self.ledger))
        key = SignerKey(origin, seed)
        self._replace(self.key_file, f"{key}\n")
        self._replace(self.verifier_file, f"{key.verifier}\n")
        self._replace(self.checkpoint_file, sign(Checkpoint(origin, 0, EMPTY_ROOT), key))
        self.sign_schema(key, SchemaNote(origin, schema, 0))
        return key.verifier

    def finish(self) -> None:
        """Take the mark away: the ledger is complete."""
        self.mark_file.unlink()
        sync_folder(self.folder)

    def discard(self) -> None:
        """Take away what `create` made, where the mark says that it was made for this ledger and never finished."""
        for beside in self.folder.glob(f".{self.mark_file.name}.*"):
            beside.unlink()
        if self.mark_file.is_file() and self.mark_file.read_bytes() == os.fsencode(self.ledger):
            self.remove()

    def remove(self) -> None:
        """Take away what `create` made."""
        for file in (self.key_file, self.verifier_file, self.checkpoint_file, self.schema_file, self.lock_file):
            file.unlink(missing_ok=True)
            for beside in self.folder.glob(f".{file.name}.*"):
                beside.unlink()
        self.mark_file.unlink(missing_ok=True)
        # What else lies there is somebody's, and the folder stays.
        with suppress(OSError):
            self.folder.rmdir()

    def open(self, *log_keys: str) -> SignerKey:
        """The signing key of the log that had these verifier keys in order, after looking at folder and modes.

        It is the last of them, but where what names that stands behind the signed head. A key that took over, and was
        interrupted, does so now. Refuses `anchor_inside_ledger`, `anchor_missing`, `anchor_exposed`, `anchor_differs`.
        """
        self._check_place()
        self._go_on(log_keys)
        if not all(file.is_file() for file in (self.key_file, self.checkpoint_file, self.schema_file)):
            raise refuse(
                "anchor_missing",
                N_("{folder} does not hold key, checkpoint and schema of this ledger"),
                N_("set SUBSIDY_ANCHOR to the folder that `subsidy init` named; without it nothing can be written"),
                Place(str(self.ledger)),
                folder=self.folder,
            )
        self._check_mode(self.folder)
        self._check_mode(self.key_file)
        key = self._private(self.key_file)
        if key is None or str(key.verifier) not in log_keys:
            raise self.differs()
        return key

    @property
    def verifiers(self) -> tuple[str, ...]:
        """The verifier keys that are known here, in their order; the last one is in force."""
        files = (self.earlier_file, self.verifier_file)
        return tuple(key for file in files if file.is_file() for key in file.read_text(encoding="utf-8").split())

    def holds_key(self, *log_keys: str) -> bool:
        """Whether the private key of one of these lies here."""
        key = self._private(self.key_file)
        return key is not None and str(key.verifier) in log_keys

    def note(self) -> str:
        """The text of the signed head; "" where there is none."""
        try:
            return self.checkpoint_file.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def next_key(self, origin: str, seed: bytes) -> SignerKey:
        """A key of the log `origin` that can take over, made of 32 bytes of `seed`: the one made last, if there is one.

        Refuses `anchor_inside_ledger` and `anchor_exposed`.
        """
        self._check_place()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check_mode(self.folder)
        there = self._private(self.next_file)
        if there is not None and there.name == origin:
            return there
        key = SignerKey(origin, seed)
        self._replace(self.next_file, f"{key}\n")
        return key

    def take_over(
        self,
        before: tuple[str, ...],
        key: SignerKey,
        head: Checkpoint,
        schema: SchemaNote,
        look: Callable[[Checkpoint], Checkpoint],
    ) -> None:
        """Let `key` sign from now on, and `head` first; the keys `before` it are known as such.

        Where a head of one of them is not in it, `look` refuses.
        """
        with self._locked():
            present = self._head_of(before)
            if present is not None and present.size > head.size:
                head = look(present)
            self._put(before, key, head, schema)

    def _go_on(self, log_keys: tuple[str, ...]) -> None:
        """Finish what `take_over` began, where the log says already that the next key is in force."""
        key = self._private(self.next_file)
        if key is None or str(key.verifier) != log_keys[-1]:
            return
        with self._locked():
            head, schema = self._head_of(log_keys), self._schema_of(log_keys)
            if head is not None and schema is not None:
                self._put(log_keys[:-1], key, head, schema)

    def _put(self, before: tuple[str, ...], key: SignerKey, head: Checkpoint, schema: SchemaNote) -> None:
        self._replace(self.earlier_file, "".join(f"{one}\n" for one in before))
        self._replace(self.checkpoint_file, sign(head, key))
        self.sign_schema(key, schema)
        self._replace(self.verifier_file, f"{key.verifier}\n")
        # From here on the old key is nowhere any more.
        self._replace(self.key_file, f"{key}\n")
        self.next_file.unlink(missing_ok=True)
        sync_folder(self.folder)

    def _head_of(self, log_keys: tuple[str, ...]) -> Checkpoint | None:
        """The signed head, by one of these keys; None where there is none."""
        for key in map(VerifierKey.parse, reversed(log_keys)):
            with suppress(BadCheckpoint, OSError, UnicodeDecodeError):
                return verify(self.checkpoint_file.read_text(encoding="utf-8"), key)
        return None

    def _schema_of(self, log_keys: tuple[str, ...]) -> SchemaNote | None:
        for key in map(VerifierKey.parse, reversed(log_keys)):
            with suppress(BadCheckpoint, OSError, UnicodeDecodeError):
                return verify_schema(self.schema_file.read_text(encoding="utf-8"), key)
        return None

    def _private(self, file: Path) -> SignerKey | None:
        """The private key in a file; None where there is none."""
        try:
            return SignerKey.parse(file.read_text(encoding="utf-8").strip())
        except (BadCheckpoint, UnicodeDecodeError, FileNotFoundError):
            return None

    def checkpoint(self, key: VerifierKey) -> Checkpoint:
        """The head signed last; refuses `anchor_differs` unless `key` signed it."""
        try:
            return verify(self.checkpoint_file.read_text(encoding="utf-8"), key)
        except (BadCheckpoint, UnicodeDecodeError) as error:
            raise self.differs() from error

    def schema(self, key: VerifierKey) -> SchemaNote:
        """The schema signed for last; refuses `anchor_differs` unless `key` signed it."""
        try:
            return verify_schema(self.schema_file.read_text(encoding="utf-8"), key)
        except (BadCheckpoint, UnicodeDecodeError) as error:
            raise self.differs() from error

    def sign_schema(self, key: SignerKey, note: SchemaNote) -> None:
        """Put `note` in the place of the last one."""
        self._replace(self.schema_file, sign_schema(note, key))

    def advance(
        self, key: SignerKey, known: Checkpoint, head: Checkpoint, look: Callable[[Checkpoint], Checkpoint]
    ) -> None:
        """Replace the checkpoint `known` by `head`, unless somebody moved it meanwhile: compare and swap.

        Then `look(present)` must say what the ledger's head is now, having checked that it contains `present`.
        """
        with self._locked():
            if self._private(self.key_file) != key:
                # Another key has taken over meanwhile: its first head has all that stood before it.
                return
            present = self.checkpoint(key.verifier)
            head = head if present == known else look(present)
            if head != present:
                self._replace(self.checkpoint_file, sign(head, key))

    def go_back(self, key: SignerKey, known: Checkpoint, head: Checkpoint) -> None:
        """Put `head` in the place of the checkpoint `known`, whose records are gone; that one is kept beside it.

        Refuses `anchor_moved`, where somebody moved it meanwhile.
        """
        with self._locked():
            text = self.checkpoint_file.read_text(encoding="utf-8")
            if self.checkpoint(key.verifier) != known:
                raise self.moved()
            self._replace(self.folder / f"checkpoint.lost-{known.size}", text)
            self._replace(self.checkpoint_file, sign(head, key))

    def moved(self) -> Refused:
        """The refusal of who takes the ledger for lost, and somebody is writing to it."""
        return refuse(
            "anchor_moved",
            N_("the signed head in {folder} has moved meanwhile: somebody writes to another copy of this ledger"),
            N_("find that copy, and go on with it; a ledger that lives is not put back from a backup"),
            Place(str(self.ledger)),
            folder=self.folder,
        )

    def put_schema(self, note: str) -> None:
        """Put a schema note that was signed before in the place of the last one."""
        self._replace(self.schema_file, note)

    def _check_place(self) -> None:
        if self.folder.is_relative_to(self.ledger.parent):
            raise refuse(
                "anchor_inside_ledger",
                N_("the anchor {folder} lies inside the ledger's folder, where one copy would take both"),
                N_("set SUBSIDY_ANCHOR to a folder elsewhere, or put the ledger into a folder of its own"),
                Place(str(self.ledger)),
                folder=self.folder,
            )

    def _check_mode(self, path: Path) -> None:
        if path.stat().st_mode & _OTHERS:
            raise refuse(
                "anchor_exposed",
                N_("others than its owner may use {path}"),
                N_("take their rights away: chmod go-rwx {path}"),
                path=path,
            )

    def differs(self) -> Refused:
        """The refusal of an anchor that is not this ledger's."""
        return refuse(
            "anchor_differs",
            N_("key, checkpoint or schema in {folder} are not those of this ledger"),
            N_("set SUBSIDY_ANCHOR to this ledger's own anchor folder, or put the folder back from a backup"),
            Place(str(self.ledger)),
            folder=self.folder,
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _replace(self, path: Path, content: str | bytes) -> None:
        """Put `content` in the place of a file so that a crash leaves the old one or the new one."""
        replace(path, content.encode() if isinstance(content, str) else content, 0o600)
