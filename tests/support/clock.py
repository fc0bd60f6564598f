"""The day that a test says it is: noon in Shanghai, and no second passes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import freezegun
import freezegun.api
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# The one module that asks for the time (tests/test_house.py holds this).
ASKS = "ledger.store.days"


class _Clock:
    """The one clock of a process. To stop it takes a look through all modules, to set it once stopped takes none."""

    def __init__(self) -> None:
        self.freezer: Any = None
        self.stopped: Any = None
        # The moments of the blocks that are open, the innermost last.
        self.shown: list[datetime] = []

    def show(self, moment: datetime) -> None:
        """Stand at `moment` from now on."""
        if self.freezer is None:
            _know_whose_clock()
            self.freezer = freezegun.freeze_time(moment)
            self.stopped = self.freezer.start()
        else:
            self.stopped.move_to(moment)

    def go(self) -> None:
        """Go on with the time that it is."""
        if self.freezer is not None:
            self.freezer.stop()
        self.freezer = self.stopped = None


_CLOCK = _Clock()


@contextmanager
def at_noon(day: str) -> Iterator[None]:
    """For the length of a `with` block, it is noon in Shanghai on `day` (ISO), for this process.

    After the outermost block the clock stands still until the test, or what is set up for it, ends: to let it go and
    stop it again for each command of an office is a tenth of what the command takes.
    """
    _CLOCK.shown.append(datetime.combine(date.fromisoformat(day), time(4), UTC))
    _CLOCK.show(_CLOCK.shown[-1])
    try:
        yield
    finally:
        _CLOCK.shown.pop()
        if _CLOCK.shown:
            _CLOCK.show(_CLOCK.shown[-1])


def let_time_pass() -> None:
    """What a test that stopped the clock is followed by, and what is set up for one, unless it holds the clock."""
    if not _CLOCK.shown:
        _CLOCK.go()


def _show_cryptography_the_true_type() -> None:
    """Make a certificate: the type of days that the first one of a process meets is what all later ones must have."""
    name, day = x509.Name([]), datetime(2024, 1, 1, tzinfo=UTC)
    key = Ed25519PrivateKey.generate()
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made.not_valid_before(day).not_valid_after(day).sign(key, None)


@cache
def _know_whose_clock() -> None:
    """Only one module asks for the time, so no other is looked through for it, and pools and deadlines keep theirs.

    Whose clock is asked is told by the module that asks, not by those that called it: commands are called by click.
    """
    _show_cryptography_the_true_type()
    # What is left out is named by how it begins, so each as short as it can be without meaning the one as well.
    parts = [name.split(".") for name in sys.modules]
    beginnings = {".".join(part[:depth]) for part in parts for depth in (1, 2, 3)}
    others = {name for name in beginnings if not ASKS.startswith(name)}
    shortest = [name for name in others if name.rpartition(".")[0] not in others]
    freezegun.configure(extend_ignore_list=shortest)
    freezegun.api.call_stack_inspection_limit = 1
