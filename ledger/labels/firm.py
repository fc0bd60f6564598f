"""Where a firm's money is, in words, and by what a firm was found."""

from calculators.money import format_yuan
from calculators.problems import N_
from ledger.payouts.checks import HOLDS as PAY_HOLDS
from ledger.queries.firm import Point
from ledger.runs.reports.reasons import HOLDS, REFUSALS
from ledger.words import _

FOUND_BY = {
    "name": N_("name"),
    "former_name": N_("former name"),
    "code": N_("credit code"),
    "number": N_("last digits"),
    "loan": N_("contract no."),
    "policy": N_("policy"),
    "claim": N_("claim"),
    "project": N_("project"),
    "application": N_("application"),
    "grant": N_("grant"),
}
# Where money of a grant is.
PLACES = {
    "refused": N_("the application was refused: {reason}"),
    "batch_waits": N_("{amount} yuan in payment batch {batch}, which waits for a second officer"),
    "batch_approved": N_("{amount} yuan in payment batch {batch}, approved and not handed over"),
    "on_its_way": N_("{amount} yuan handed over as {item}; the answer is missing"),
    "disputed": N_("{amount} yuan as {item}: the answers contradict each other"),
    "came_back": N_("{amount} yuan as {item} failed or came back"),
    "held_back": N_("{amount} yuan awarded and held back: {reason}"),
    "to_prepare": N_("{amount} yuan awarded and in no payment batch yet"),
    "owes": N_("{amount} yuan are owed back"),
    "written_off": N_("{amount} yuan were owed back and are written off since {day}, {document}"),
    "paid": N_("{amount} yuan paid, last on {day}"),
    "held_in_run": N_("held in the run {run}: {reason}"),
    "refused_in_run": N_("nothing is due by the run {run}: {reason}"),
    "run_waits": N_("run {run} waits for its signatures"),
    "nothing_posted": N_("nothing was posted yet"),
}
# What the reason of a place is said by.
REASONS = {
    "held_back": {code: why for code, (why, _todo) in PAY_HOLDS.items()},
    "held_in_run": HOLDS,
    "refused_in_run": REFUSALS,
}


def place_words(point: Point) -> str:
    """Where money is, and why it is held there."""
    values = dict(point.values)
    if "amount_fen" in values:
        values["amount"] = format_yuan(int(str(values["amount_fen"])))
    if point.code in REASONS:
        reason = str(values["reason"])
        values["reason"] = _(REASONS[point.code].get(reason, reason)).format_map(values)
    return _(PLACES[point.code]).format_map(values)
