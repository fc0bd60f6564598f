"""Every code that an answer can have is called something."""

from typing import get_args, get_type_hints

from ledger.labels.happened import EVENTS
from ledger.labels.inbox import TASKS
from ledger.labels.payments import STATES
from ledger.labels.records import KINDS
from ledger.labels.runs import STATES as RUN_STATES
from ledger.log import kinds
from ledger.log.kinds.facts import EventData
from ledger.payouts.states import State
from ledger.queries.inbox import Task
from ledger.queries.month import Stand
from ledger.runs.history import State as RunState
from ledger.web import looks


def test_records_tasks_and_states_have_words() -> None:
    assert KINDS.keys() == kinds.KINDS.keys()
    assert TASKS.keys() == set(Task)
    assert STATES.keys() == set(State)
    assert RUN_STATES.keys() == set(RunState)


def test_whatever_happens_to_a_loan_has_words() -> None:
    of_loans = {f"loan_{kind}" for kind in get_args(get_type_hints(EventData)["kind"])}
    assert of_loans <= EVENTS.keys()


def test_every_state_has_a_look() -> None:
    assert looks.PAYOUTS.keys() == set(State)
    assert looks.RUNS.keys() == set(RunState)
    assert looks.STANDS.keys() == set(Stand)
