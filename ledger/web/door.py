"""Who may come in: one person who brings the token that the program printed, or officers by their own keys."""

import hmac
import threading
from collections.abc import Mapping
from typing import Protocol

from ledger.audit.ledger import Ledger
from ledger.office.sign_in import SignIn
from ledger.store.ledger import Entropy

_BYTES = 32
# The path that takes the token, and the one where an officer signs in; they are open to everybody, and so are the style
# sheet and the icon.
ENTER, SIGN_IN = "/enter", "/sign-in"
# In the anchor's folder: it is the service account's.
TOKENS = "tokens.db"


class Door(Protocol):
    """Says from whom a request comes; `entrance` is where a browser is led that nobody is in with, "" for none."""

    entrance: str

    def who(self, cookies: Mapping[str, str]) -> str | None:
        """The staff number of who is in, "" for whoever sits at this machine, None for nobody."""


class OneToken:
    """A door for one session, which ends with the program; `token` opens it once and is worth nothing afterwards."""

    COOKIE = "subsidy_console"
    entrance = ""

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

    def who(self, cookies: Mapping[str, str]) -> str | None:
        """Whoever has the session that was given out."""
        return "" if self._used and _same(cookies.get(self.COOKIE, ""), self._session) else None


class Officers:
    """A door for officers, each with an own token in a cookie; this host alone and encrypted where it can be."""

    PLAIN, ENCRYPTED = "subsidy_officer", "__Host-subsidy_officer"
    entrance = SIGN_IN

    def __init__(self, ledger: Ledger, sign_in: SignIn) -> None:
        self.ledger, self.sign_in = ledger, sign_in

    def cookie(self, scheme: str) -> str:
        """The name of the cookie."""
        return self.ENCRYPTED if scheme == "https" else self.PLAIN

    def who(self, cookies: Mapping[str, str]) -> str | None:
        """The officer whose token the cookie holds."""
        token = cookies.get(self.ENCRYPTED) or cookies.get(self.PLAIN, "")
        if not token:
            return None
        with self.ledger.read() as view:
            return self.sign_in.who(view, token)


def sign_in_of(ledger: Ledger) -> SignIn:
    """Who signs in to a ledger."""
    return SignIn(ledger.anchor.folder / TOKENS, ledger.clock)


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())
