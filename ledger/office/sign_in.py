"""Signing in to a server: an officer signs a text that is used once, with the key that the log has, and gets a token.

Nothing is issued that the log does not bear: a token is worth what the key was worth that asked for it. It ends with
its day's work, when its officer signs out, and at once when the log says so: an act that replaces the key, or ends the
term of office. What is kept of it is its hash.
"""

import hmac
import os
import sqlite3
import threading
from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from calculators.problems import N_, Place, Refused, refuse
from ledger.log.canonical import NotCanonical, canonical, parse
from ledger.office.people import people
from ledger.office.sign import CHALLENGE, SIGN_IN, SIGNATURE
from ledger.office.signing import public_keys, verifies
from ledger.store.ledger import Clock, Entropy, View, local_day
from ledger.store.places import check_private

# A working day, and as long as it takes to sign.
HOURS, MINUTES = 12, 10
_BYTES = 32
# As many are asked for and not signed at a time; the oldest is forgotten first.
_ASKED = 1000
_LONGEST = 64
_TABLE = (
    "CREATE TABLE IF NOT EXISTS token (hash TEXT PRIMARY KEY, actor TEXT NOT NULL, public TEXT NOT NULL, "
    "since TEXT NOT NULL, until TEXT NOT NULL, ended TEXT) STRICT"
)


class Opened(NamedTuple):
    """A token for whom, and until when it is good at most; only its holder has it."""

    token: str
    actor: str
    until: datetime


@dataclass(frozen=True)
class SignIn:
    """Who is in: tokens by their hash in the file `path`, which is made by the first; `clock` says when."""

    path: Path
    clock: Clock
    entropy: Entropy = os.urandom
    asked: "OrderedDict[str, datetime]" = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, view: View, actor: str) -> bytes:
        """The challenge that somebody signs who wants to come in; it is good once, and for ten minutes.

        It is given for any staff number: who asks learns nothing of who is here.
        """
        until = self.clock() + timedelta(minutes=MINUTES)
        message = canonical(
            {
                "$schema": SIGN_IN,
                "act": "session.open",
                "actor": actor.strip()[:_LONGEST],
                "nonce": self.entropy(_BYTES).hex(),
                "origin": view.record(0)["origin"],
                "valid_until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )
        with self.lock:
            self.asked[message.decode()] = until
            while len(self.asked) > _ASKED:
                self.asked.popitem(last=False)
        told = {"$schema": CHALLENGE, "message": message.decode(), "records": [], "covered": [], "openings": []}
        return canonical(told)

    def enter(self, view: View, signed: bytes) -> Opened:
        """A token for who brings the signature under a challenge.

        Refuses `sign_in_malformed`, `sign_in_gone` for a challenge that was not given, is too old or was used, and
        `sign_in_wrong` where the signature is not that of a key in force of somebody in office.
        """
        message, signature = _read(signed)
        now = self.clock()
        with self.lock:
            until = self.asked.pop(message, None)
        if until is None or until < now:
            raise refuse(
                "sign_in_gone",
                N_("what was signed is no challenge of this server, or was used, or is older than {minutes} minutes"),
                N_("sign in again, and sign its new challenge"),
                minutes=MINUTES,
            )
        actor = str(parse(message.encode())["actor"])
        key = public_keys(view).get(actor)
        if key is None or not _in_office(view, actor, now) or not verifies(key.public, signature, message.encode()):
            raise refuse(
                "sign_in_wrong",
                N_("this is not the signature of somebody in office with a key that is in force"),
                N_("sign with your own key; `subsidy people list` on the server shows who is in office with which key"),
            )
        opened = Opened(self.entropy(_BYTES).hex(), actor, now + timedelta(hours=HOURS))
        with self.lock, closing(self._opened()) as there, there:
            kept = (_hash(opened.token), actor, key.public, now.isoformat(), opened.until.isoformat())
            there.execute("INSERT INTO token (hash, actor, public, since, until) VALUES (?, ?, ?, ?, ?)", kept)
        return opened

    def who(self, view: View, token: str) -> str | None:
        """The staff number of whose token this is; None where it is nobody's, or is not good any more."""
        if not token or not self.path.exists():
            return None
        with self.lock, closing(self._opened()) as there:
            row = there.execute(
                "SELECT actor, public, until FROM token WHERE hash = ? AND ended IS NULL", (_hash(token),)
            ).fetchone()
        if row is None:
            return None
        actor, public, until = row
        now = self.clock()
        key = public_keys(view).get(actor)
        if datetime.fromisoformat(until) <= now or key is None or not hmac.compare_digest(key.public, public):
            return None
        return str(actor) if _in_office(view, actor, now) else None

    def leave(self, token: str) -> None:
        """End a token."""
        with self.lock, closing(self._opened()) as there, there:
            ended = (self.clock().isoformat(), _hash(token))
            there.execute("UPDATE token SET ended = ? WHERE hash = ? AND ended IS NULL", ended)

    def _opened(self) -> sqlite3.Connection:
        if not self.path.exists():
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        check_private(self.path)
        made = sqlite3.connect(self.path)
        made.execute(_TABLE)
        return made


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _in_office(view: View, actor: str, now: datetime) -> bool:
    known = people(view).get(actor)
    return known is not None and known.in_office(local_day(now))


def _read(signed: bytes) -> tuple[str, str]:
    """The message and the signature of the file that the tool wrote."""
    try:
        said: dict[str, Any] = parse(signed.rstrip(b"\n"))
        message, signature = said["message"], said["signature"]
        if said["$schema"] != SIGNATURE or len(bytes.fromhex(signature)) != 64 or type(message) is not str:
            raise _malformed()
    except (NotCanonical, KeyError, TypeError, ValueError) as error:
        raise _malformed() from error
    return message, signature


def _malformed() -> Refused:
    return refuse(
        "sign_in_malformed",
        N_("this is no signature under a challenge"),
        N_("bring the file that `subsidy sign` wrote for the challenge of this page"),
        Place("signature"),
    )
