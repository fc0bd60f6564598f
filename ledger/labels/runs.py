"""States of runs in words."""

from calculators.problems import N_
from ledger.runs.history import State

STATES = {
    State.PROPOSED: N_("proposed"),
    State.CLOSED: N_("posted"),
    State.ABORTED: N_("aborted"),
    State.WITHDRAWN: N_("withdrawn"),
}
