"""What is asked of the form of every record: the rules in force name it, and its words show what they say."""

from typing import Any

from calculators.clear import hidden_at
from ledger.log import kinds
from ledger.rules.codes import Fault, Faults, fault
from ledger.rules.records import Logged
from ledger.rules.state import Fold

# What people wrote, or a file of theirs says. What a bank calls a statement is the bank's, and is shown with its signs.
_WORDS = ("reason", "document", "name", "post")
_OF_OTHERS = frozenset({"statement", "statement_line"})
# Kind -> those of them that its records have.
_WORDS_OF = {
    name: tuple(word for word in _WORDS if not kind.fields.keys().isdisjoint((word, f"{word}?")))
    for name, kind in kinds.KINDS.items()
    if name not in _OF_OTHERS
}


def form(state: Fold, record: Logged[Any]) -> Faults:
    """Whether a record has a form that the rules in force do not name, as an earlier release's, or hides a sign."""
    schema, named = record.body["$schema"], state.schemas
    if named and schema not in named:
        yield fault("schema_unnamed", schema=schema)
    wrong = unclear(state, record)
    if wrong:
        yield wrong


def unclear(state: Fold, record: Logged[Any]) -> Fault | None:
    """Whether what people wrote hides a sign."""
    for name in _WORDS_OF.get(record.kind, ()):
        text = record.body.get(name)
        if type(text) is str and hidden_at(text) >= 0 and state.whole("as_said") is not None:
            return fault("text_unprintable", name=name)
    return None
