"""Commands that were filled in on a page and wait for a signature, or for somebody to fetch their files."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Generic, NamedTuple, TypeVar

from calculators.problems import N_, refuse
from ledger.web.runner import Done, Form

KeptT = TypeVar("KeptT")
# As many are kept in memory, of one officer and of all.
_WAITING, _ALL = 20, 200


class Pending(NamedTuple):
    """A command that was filled in, with its files and what came of it so far.

    `challenge` is what is to be signed before it is recorded, None where nothing is, or nothing any more.
    """

    form: Form
    words: list[str]
    files: Mapping[str, bytes]
    done: Done
    # What was shown is not recorded yet.
    shown: bool = False
    challenge: bytes | None = None
    # The page that it was filled in for, where work goes on there.
    back: str = ""


class Upload(NamedTuple):
    """A file that was brought to be looked at, with what was said of it, and what a command made of it (`done`)."""

    name: str
    content: bytes
    said: Mapping[str, str]
    done: Done | None = None


@dataclass(frozen=True)
class Waiting(Generic[KeptT]):
    """What was filled in and is not over, by a name that nobody guesses; of each officer the oldest is forgotten first.

    Only who filled it in gets it back.
    """

    pending: "OrderedDict[str, tuple[str, KeptT]]" = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, pending: KeptT, officer: str) -> str:
        """Keep it; its name."""
        name = token_hex(16)
        with self.lock:
            self.pending[name] = officer, pending
            own = [key for key, (owner, _kept) in self.pending.items() if owner == officer]
            for key in own[:-_WAITING]:
                del self.pending[key]
            while len(self.pending) > _ALL:
                self.pending.popitem(last=False)
        return name

    def put(self, name: str, pending: KeptT) -> None:
        """Keep another state of what has this name."""
        with self.lock:
            if name in self.pending:
                self.pending[name] = self.pending[name][0], pending

    def get(self, name: str, officer: str) -> KeptT:
        """What an officer kept under a name; refuses `form_gone`."""
        with self.lock:
            owner, found = self.pending.get(name, ("", None))
        if found is None or owner != officer:
            raise refuse(
                "form_gone",
                N_("what was filled in is not kept any more; nothing was written by it"),
                N_("fill the form in again, and sign its new challenge"),
            )
        return found
