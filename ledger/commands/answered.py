"""What writing commands of people elsewhere were answered, under the key of each request: for ever, and never files.

So a client that lost the answer asks again and does nothing twice. A request is noted before it is run: where the
machine stops in between, nobody knows what became of it, and it is not run again under the same key.
"""

import os
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson

from calculators.problems import N_, refuse
from ledger.store.ledger import Clock
from ledger.web.runner import Done

_TABLE = (
    "CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, asked TEXT NOT NULL, at TEXT NOT NULL, "
    "code INTEGER, out TEXT, err TEXT) STRICT"
)


@dataclass(frozen=True)
class Answered:
    """The answers in the file `path`, which is made by the first; `clock` says when."""

    path: Path
    clock: Clock
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, key: str, words: Sequence[str], files: Mapping[str, bytes]) -> Done | None:
        """What this request was answered; None for a new key, which is noted.

        Refuses `idempotency_key_used` for another request under the key, `answer_lost` where it was never answered.
        """
        hashed = _hash(words, files)
        with self.lock, closing(self._opened()) as there, there:
            row = there.execute("SELECT asked, code, out, err FROM answer WHERE key = ?", (key,)).fetchone()
            if row is None:
                noted = (key, hashed, self.clock().isoformat())
                there.execute("INSERT INTO answer (key, asked, at) VALUES (?, ?, ?)", noted)
                return None
        asked, code, out, err = row
        if asked != hashed:
            raise refuse(
                "idempotency_key_used",
                N_("this key was given for another request"),
                N_("make a new key for every command; repeat one only with the same words and files"),
            )
        if code is None:
            raise refuse(
                "answer_lost",
                N_("this command was begun and the machine stopped before its answer was kept"),
                N_("see with `subsidy month` whether it stands, and give it under a new key only if it does not"),
            )
        return Done(code, out, err, {}, again=True)

    def end(self, key: str, done: Done) -> None:
        """Keep the answer under a key that was noted, without its files."""
        with self.lock, closing(self._opened()) as there, there:
            kept = (done.code, done.out, done.err, key)
            there.execute("UPDATE answer SET code = ?, out = ?, err = ? WHERE key = ?", kept)

    def forget(self, key: str) -> None:
        """Forget a key that was noted for what wrote nothing."""
        with self.lock, closing(self._opened()) as there, there:
            there.execute("DELETE FROM answer WHERE key = ? AND code IS NULL", (key,))

    def _opened(self) -> sqlite3.Connection:
        if not self.path.exists():
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        made = sqlite3.connect(self.path)
        made.execute("PRAGMA synchronous = FULL")
        made.execute(_TABLE)
        return made


def _hash(words: Sequence[str], files: Mapping[str, bytes]) -> str:
    """SHA-256 over the words and the hashes of the files."""
    hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
    return sha256(orjson.dumps([list(words), hashes], option=orjson.OPT_SORT_KEYS)).hexdigest()
