"""What happened to a firm, in words."""

from calculators.problems import N_
from ledger.labels.payments import STATES
from ledger.payouts.states import State
from ledger.queries.happened import Event
from ledger.words import _

EVENTS = {
    "firm_registered": N_("the register of firms: {name}"),
    "payee_registered": N_("an account to be paid to was registered"),
    "loan_registered": N_("loan {loan} of {lender} was registered"),
    "loan_drawdown": N_("drawdown of {loan} on {day}"),
    "loan_repayment": N_("repayment of {loan} on {day}"),
    "loan_rate": N_("{loan}: the rate from {day} on is {rate}"),
    "loan_overdue": N_("{loan} is overdue from {day} on"),
    "loan_extension": N_("{loan} is extended from {day} on"),
    "loan_other_subsidy": N_("{loan} gets another subsidy from {day} on"),
    "applied": N_("application {application} for {item}"),
    "granted": N_("{grant} was granted, {document}"),
    "grant_refused": N_("{grant} was turned down, {document}: {reason}"),
    "posted_award": N_("posted: {grant}, period through {through}"),
    "posted_true_up": N_("true-up: {grant}, period through {through}"),
    "posted_reversal": N_("taken back: {grant}, period through {through}"),
}
PAYOUT = N_("payout {item} of {lines}: {state}")
_PAYOUT = "payout_"


def event_words(event: Event) -> str:
    """What happened."""
    if event.code.startswith(_PAYOUT):
        state = _(STATES[State(event.code.removeprefix(_PAYOUT))])
        return _(PAYOUT).format(state=state, **event.values)
    return _(EVENTS[event.code]).format_map(dict(event.values))
