"""Who may come in: for one person on one machine, whoever brings the token that the program printed, once."""

import hmac
import threading
from collections.abc import Mapping
from typing import Protocol

from ledger.store.ledger import Entropy

_BYTES = 32
# The path that takes the token; it is open to everybody, and so are the style sheet and the icon.
ENTER = "/enter"


class Door(Protocol):
    """Says whether a request comes from somebody who is in."""

    def admits(self, cookies: Mapping[str, str]) -> bool:
        """Whether the cookies of a request show a session."""


class OneToken:
    """A door for one session, which ends with the program; `token` opens it once and is worth nothing afterwards."""

    COOKIE = "subsidy_console"

    def __init__(self, entropy: Entropy) -> None:
        self.token = entropy(_BYTES).hex()
        self._session = entropy(_BYTES).hex()
        self._used = False
        self._lock = threading.Lock()

    def enter(self, token: str) -> str | None:
        """The session for the token; None for any other text, and for the token a second time."""
        with self._lock:
            if self._used or not _same(token, self.token):
                return None
            self._used = True
            return self._session

    def admits(self, cookies: Mapping[str, str]) -> bool:
        """Whether the session was given out and the cookie shows it."""
        return self._used and _same(cookies.get(self.COOKIE, ""), self._session)


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())
