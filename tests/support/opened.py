"""A new ledger as most tests begin: one officer, nothing signed yet. It is invented, and its first record says so.

The office's own way, by two people with keys, is what `tests/office/test_founding.py` goes through.
"""

from pathlib import Path

from calculators.awards.all import CALCULATORS
from ledger.audit.ledger import Ledger
from ledger.commands.init import fill
from tests.support.clock import at_noon


def open_ledger(url: str, day: str = "", anchor: Path | None = None, actor: str = "1001") -> Ledger:
    """The ledger at `url`, made at noon of a day, or now; what `subsidy init --practice` makes, of another purpose."""
    if day:
        with at_noon(day):
            return open_ledger(url, anchor=anchor, actor=actor)
    return Ledger.create(url, actor=actor, calculators=CALCULATORS, purpose="demo", fill=fill, anchor=anchor)
