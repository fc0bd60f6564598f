"""How a state looks on a page: done, waiting, stopped, or none of these; always beside its word."""

from ledger.payouts.states import State as PayoutState
from ledger.queries.month import Stand
from ledger.runs.history import State as RunState

OK, WAIT, STOP, NONE = "ok", "wait", "stop", ""

STANDS = {Stand.DONE: OK, Stand.OPEN: STOP, Stand.WAITS: WAIT, Stand.BLOCKED: NONE, Stand.NOTHING: NONE}
PAYOUTS = {
    PayoutState.SUCCESS: OK,
    PayoutState.PRESUMED_SUCCESS: WAIT,
    PayoutState.PARTIAL: WAIT,
    PayoutState.FAIL: STOP,
    PayoutState.PRESUMED_FAIL: STOP,
    PayoutState.RETURNED: STOP,
    PayoutState.DISPUTED: STOP,
    PayoutState.CANCELLED: NONE,
    PayoutState.PREPARED: WAIT,
    PayoutState.APPROVED: WAIT,
    PayoutState.EXPORTED: WAIT,
    PayoutState.PROCESSING: WAIT,
    PayoutState.UNKNOWN: WAIT,
}
RUNS = {RunState.CLOSED: OK, RunState.PROPOSED: WAIT, RunState.ABORTED: STOP, RunState.WITHDRAWN: STOP}
# Where a firm's money is.
PLACES = {
    "paid": OK,
    "owes": STOP,
    "came_back": STOP,
    "disputed": STOP,
    "held_back": STOP,
    "held_in_run": STOP,
    "written_off": NONE,
    "refused": NONE,
    "refused_in_run": NONE,
    "nothing_posted": NONE,
}
