"""Rules of what a log begins with, and of the rules that it is kept by."""

from collections.abc import Iterator
from typing import Any

from ledger.log import kinds
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged
from ledger.rules.state import Fold
from ledger.store.rules import follows


def founded(record: Logged[Any]) -> Iterator[Any]:
    """The first record is the genesis record, and no other one; the second says by which rules the log is kept."""
    seq, kind = record.seq, record.kind
    if (kind == "genesis") != (seq == 0):
        yield fault("genesis_repeated" if seq else "genesis_missing")
    if seq == 1 and kind != "rules":
        yield fault("rules_missing")


def rules(state: Fold, record: Logged[kinds.RulesBody]) -> Faults:
    """Rules know everything that those before them knew."""
    before = state.version("rules", record.body["key"])
    if before and not follows(state.body(before.seq), record.body):
        yield fault("rules_lowered")
