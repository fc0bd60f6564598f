"""States of payouts, and what an answer changed, in words."""

from calculators.problems import N_
from ledger.payouts.states import State

STATES = {
    State.PREPARED: N_("prepared"),
    State.APPROVED: N_("approved"),
    State.EXPORTED: N_("exported, no answer yet"),
    State.CANCELLED: N_("cancelled"),
    State.PROCESSING: N_("processing"),
    State.UNKNOWN: N_("unknown"),
    State.PRESUMED_SUCCESS: N_("presumed success"),
    State.PRESUMED_FAIL: N_("presumed fail"),
    State.SUCCESS: N_("success"),
    State.PARTIAL: N_("partially paid"),
    State.FAIL: N_("fail"),
    State.RETURNED: N_("returned"),
    State.DISPUTED: N_("disputed"),
}
EFFECTS = {
    "changed": N_("changed"),
    "same": N_("said before"),
    "late": N_("late, no change"),
    "disputed": N_("contradicts"),
}
CHANNELS = {"ecny": N_("digital renminbi"), "bank": N_("bank account")}
CONTRACT_STATES = {"bound": N_("bound"), "over": N_("over, something is left"), "done": N_("nothing is left")}
