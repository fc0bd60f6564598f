"""States of a payout and the steps between them: the table of `docs/contracts.md`, 11.2, as data.

An outcome may be unknown for days: a channel that says "processing", "presumed success" or nothing at all has neither
paid nor refused. Such a payout is *open*: it keeps its claims, so nothing it pays for can be paid by another.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a payout stands."""

    PREPARED = "prepared"
    APPROVED = "approved"
    EXPORTED = "exported"
    CANCELLED = "cancelled"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    PRESUMED_SUCCESS = "presumed_success"
    PRESUMED_FAIL = "presumed_fail"
    SUCCESS = "success"
    PARTIAL = "partial"
    FAIL = "fail"
    RETURNED = "returned"
    DISPUTED = "disputed"


class Source(StrEnum):
    """What a step rests on."""

    APPROVAL = "approval"
    EXPORT = "export"
    RESULT = "result"
    STATEMENT = "statement"
    DECISION = "decision"
    RECALL = "recall"


# Said by a channel that does not know yet.
VAGUE = frozenset({State.PROCESSING, State.UNKNOWN, State.PRESUMED_SUCCESS, State.PRESUMED_FAIL})
# Handed to a channel and not resolved.
OPEN = VAGUE | {State.EXPORTED, State.DISPUTED}
PAID = frozenset({State.SUCCESS, State.PARTIAL})
# Nothing more is expected; a return may still come after a payment.
FINAL = PAID | {State.FAIL, State.RETURNED, State.CANCELLED}

_HEARD = frozenset({Source.RESULT, Source.STATEMENT})
_SAID = _HEARD | {Source.DECISION}
# Handed to a channel that has not said what became of it.
WAITING = VAGUE | {State.EXPORTED}

STEPS: dict[tuple[State, State], frozenset[Source]] = {
    (State.PREPARED, State.APPROVED): frozenset({Source.APPROVAL}),
    (State.APPROVED, State.EXPORTED): frozenset({Source.EXPORT}),
    (State.PREPARED, State.CANCELLED): frozenset({Source.DECISION}),
    (State.APPROVED, State.CANCELLED): frozenset({Source.DECISION}),
    **{(before, after): _HEARD for before in WAITING for after in VAGUE},
    **{(before, after): _SAID for before in WAITING for after in (State.SUCCESS, State.PARTIAL, State.FAIL)},
    # Another person says that nothing was paid, where only the channel had.
    **{(state, state): frozenset({Source.DECISION}) for state in (State.FAIL, State.PARTIAL)},
    # Two people say that the order never left.
    (State.EXPORTED, State.FAIL): _SAID | {Source.RECALL},
    **{(before, State.RETURNED): _SAID for before in (*PAID, State.DISPUTED)},
    (State.RETURNED, State.RETURNED): _SAID,
    **{(before, State.DISPUTED): _HEARD for before in (*PAID, State.FAIL)},
    # The bank takes back what it had said came back.
    (State.RETURNED, State.DISPUTED): frozenset({Source.STATEMENT}),
    **{
        (State.DISPUTED, after): frozenset({Source.STATEMENT, Source.DECISION})
        for after in (State.SUCCESS, State.PARTIAL, State.FAIL)
    },
}


def allowed(before: State, after: State, source: Source) -> bool:
    """Whether a payout may go from one state to the other on such a source."""
    return source in STEPS.get((before, after), ())
