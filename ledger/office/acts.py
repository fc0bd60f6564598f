"""Which act a record is, in the words of the duties (`fixtures/duties`): what somebody does, and not how it is kept."""

from collections.abc import Mapping
from typing import Any

from ledger.log.kinds import kind_of

# A new person; another key of one who is known.
ENROL, REPLACE_KEY = "people.enrol", "people.key.replace"
# Kind -> its act, where its records are all of one.
_OF_KIND = {
    "clawback": "clawback",
    "cut": "audit.cut",
    "mapping": "import.map",
    "opening": "opening.set",
    "operator": "operator.register",
    "payment_batch": "pay",
    "period": "reconcile.sign-off",
    "proposal": "run",
}
# Kind -> the field that tells its acts apart, and the act of each of its words.
_OF_FIELD = {
    "decision": (
        "type",
        {
            "bound": "standing.decide",
            "carried": "reconcile.overrule",
            "channel": "operator.register",
            "clearing-account": "reconcile.overrule",
            "clock": "clock",
            "lift": "lift",
            "paid-elsewhere": "reconcile.overrule",
            "recall": "pay.recall",
            "standing": "standing.decide",
        },
    ),
    "order": (
        "action",
        {
            "adjusted": "budget.adjust",
            "frozen": "budget.freeze",
            "issued": "budget.issue",
            "transferred": "budget.adjust",
            "unfrozen": "budget.adjust",
        },
    ),
}


def act_of(body: Mapping[str, Any]) -> str:
    """The act that a record is which asks for a second signature; "" for one that asks for none."""
    if "act" in body:
        return str(body["act"])
    kind = kind_of(body)
    if kind in _OF_FIELD:
        field, acts = _OF_FIELD[kind]
        return acts.get(body[field], "")
    return _OF_KIND.get(kind, "")
