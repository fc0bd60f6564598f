"""What is asked of the form of every record: the rules in force name it, and its words show what they say."""

from typing import Any

from calculators.clear import hidden_at
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged
from ledger.rules.state import Fold

# What people wrote, or a file of theirs says. What a bank calls a statement is the bank's, and is shown with its signs.
_WORDS = ("reason", "document", "name", "post")
_OF_OTHERS = frozenset({"statement", "statement_line"})


def form(state: Fold, record: Logged[Any]) -> Faults:
    """Whether a record has a form that the rules in force do not name, as an earlier release's, or hides a sign."""
    schema, named = record.body["$schema"], state.schemas
    if named and schema not in named:
        yield fault("schema_unnamed", schema=schema)
    if record.kind in _OF_OTHERS or state.whole("as_said") is None:
        return
    for name in _WORDS:
        text = record.body.get(name, "")
        if type(text) is str and hidden_at(text) >= 0:
            yield fault("text_unprintable", name=name)
