"""Rules of what a log begins with, and of the rules that it is kept by."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from ledger.log import kinds
from ledger.office.acts import acts_named
from ledger.office.duty import incomplete, set_of
from ledger.registry.agreements import FOUND, OPEN
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged
from ledger.rules.state import Fold
from ledger.store.rules import follows

# What a ledger begins with, before who founds it.
_BEGINS = frozenset({"account", "benchmark"})


def founded(record: Logged[Any]) -> Iterator[Any]:
    """The first record is the genesis record, and no other one; the second says by which rules the log is kept."""
    seq, kind = record.seq, record.kind
    if (kind == "genesis") != (seq == 0):
        yield fault("genesis_repeated" if seq else "genesis_missing")
    if seq == 1 and kind != "rules":
        yield fault("rules_missing")
    if kind == "genesis" and record.body["$schema"] == kinds.GENESIS.schema:
        text, purpose = record.body.get("duties", ""), record.body["purpose"]
        if bool(text) != (purpose == "production") and purpose != "demo":
            yield fault("founding_differs", reason="purpose")


def unopened(state: Fold, record: Logged[Any]) -> Faults:
    """Until the second person has signed, nothing is written but what a ledger begins with, and founders."""
    if not state.unopened or record.kind == "person" or record.seq < 2:
        return
    if state.people or record.kind not in _BEGINS:
        yield fault("ledger_unopened")
    elif record.body["actor"] != state.body(0)["actor"]:
        yield fault("founding_differs", reason="actor")


def founder(state: Fold, record: Logged[kinds.PersonBody]) -> Faults:
    """Who founds a ledger, and who opens it: each of the two signs, with a key of their own, all that stands before."""
    body, genesis = record.body, state.body(0)
    if not state.unopened or body["act"] != (OPEN if state.people else FOUND):
        yield fault("founding_differs", reason="act")
        return
    if body["actor"] != body["key"] or (not state.people and body["actor"] != genesis["actor"]):
        yield fault("founding_differs", reason="actor")
    if body["key"] in state.people or body.get("public", "") in ("", *state.signers.values()):
        yield fault("founding_differs", reason="the same person or key")
    whole = not incomplete(set_of(genesis["duties"]), acts_named(state.schemas))
    if body.get("duties") != sha256(genesis["duties"].encode()).hexdigest() or not whole:
        yield fault("founding_differs", reason="duties")
    if body["head"]["size"] != record.seq:
        yield fault("founding_differs", reason="head")


def rules(state: Fold, record: Logged[kinds.RulesBody]) -> Faults:
    """Rules know everything that those before them knew."""
    before = state.version(kinds.RULES, record.body["key"])
    if before and not follows(state.body(before.seq), record.body):
        yield fault("rules_lowered")
