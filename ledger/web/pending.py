"""Commands that were filled in on a page and wait for a signature, or for somebody to fetch their files."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import NamedTuple

from calculators.problems import N_, refuse
from ledger.web.runner import Done, Form

# As many are kept in memory.
_WAITING = 20


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


@dataclass(frozen=True)
class Waiting:
    """What was filled in and is not over, by a name that nobody guesses; the oldest is forgotten first."""

    pending: "OrderedDict[str, Pending]" = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, pending: Pending) -> str:
        """Keep it; its name."""
        name = token_hex(16)
        with self.lock:
            self.pending[name] = pending
            while len(self.pending) > _WAITING:
                self.pending.popitem(last=False)
        return name

    def get(self, name: str) -> Pending:
        """What was kept under a name; refuses `form_gone`."""
        with self.lock:
            found = self.pending.get(name)
        if found is None:
            raise refuse(
                "form_gone",
                N_("what was filled in is not kept any more; nothing was written by it"),
                N_("fill the form in again, and sign its new challenge"),
            )
        return found
