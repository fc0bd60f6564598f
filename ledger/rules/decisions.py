"""Rules of decisions: each stands under what it decides, that is there, and it can be decided so."""

from calculators.problems import Refused
from ledger.log import kinds
from ledger.office.bounds import is_bound
from ledger.office.decisions import MEETING, SHORTAGE, STOP, line_and_due
from ledger.office.losses import TYPES as LOST
from ledger.office.losses import Doubt, sent_through
from ledger.registry.agreements import (
    BOUND,
    CARRIED,
    CLEARING_ACCOUNT,
    CLOCK,
    CONTRACT_RELEASE,
    CONTRACT_RETURN,
    LIFT,
    PAID_ELSEWHERE,
    RECALL,
    RESTORED_SENT,
    STANDING,
    WRITE_OFF,
)
from ledger.registry.happened import ITEMS
from ledger.registry.voids import CONFIRMED
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold

# Type -> the registers of one of which something has to be there under what it is about.
_THERE = {
    "uscc-override": ("entity",),
    MEETING: ("application",),
    STOP: ("entity", "grant"),
    LIFT: ("entity", "grant"),
    RECALL: ("payment_batch",),
}
_THERE_SINCE_7 = {WRITE_OFF: ("grant", "payout")}
_THERE_SINCE_8 = {
    CARRIED: ("statement_line", "payout"),
    CLEARING_ACCOUNT: ("statement_line",),
    PAID_ELSEWHERE: ("statement_line",),
    CONTRACT_RELEASE: ("contract",),
    CONTRACT_RETURN: ("contract",),
}


def decision(state: Fold, record: Logged[kinds.DecisionBody]) -> Faults:
    """A decision stands under what it decides, and that is there."""
    body = record.body
    about, type_ = body["about"], body["type"]
    if state.whole("as_said") is None:
        return
    at_doors = state.whole("at_doors") is not None
    there = _THERE | (_THERE_SINCE_7 if state.whole("in_its_day") is not None else {})
    registers = (there | (_THERE_SINCE_8 if at_doors else {})).get(type_)
    if body["key"] != f"{type_}/{about}":
        yield fault("decision_of_nothing", about=about, reason="key")
    elif registers and not any(state.version_in(register, about) for register in registers):
        yield fault("decision_of_nothing", about=about, reason="about")
    elif type_ in LOST:
        yield from _of_what_was_lost(state, record)
    elif at_doors:
        yield from _decides(state, record)


def _of_what_was_lost(state: Fold, record: Logged[kinds.DecisionBody]) -> Faults:
    about = record.body["about"]
    doubt: Doubt | None = state.whole("doubt")
    if doubt is None or not doubt.may_be(
        record.body["type"], about, lambda kind, key: state.version_in(kind, key) is not None
    ):
        yield fault("decision_of_nothing", about=about, reason="about")
    elif record.body["type"] == RESTORED_SENT and state.whole("in_its_day") is not None:
        # Nothing has been paid that falls due on a day to come.
        through = sent_through(about)[1]
        if (
            state.version(kinds.PAYMENT_BATCH, about) is None
            and through > day_of(record.body["recorded_at"]).isoformat()
        ):
            yield fault("day_in_future", found=through)


def _decides(state: Fold, record: Logged[kinds.DecisionBody]) -> Faults:
    """Whether what it is about can be decided so, by its type."""
    body = record.body
    about, type_ = body["about"], body["type"]
    if type_ == CLOCK:
        yield from _clock(state, record)
    elif type_ == SHORTAGE:
        yield from _shared_out(state, body)
    elif not _of_something(state, body):
        yield fault("decision_of_nothing", about=about, reason="about")


def _of_something(state: Fold, body: kinds.DecisionBody) -> bool:
    """Whether there is what is lifted, released, confirmed to fall, bounded, or let in."""
    about, type_ = body["about"], body["type"]
    if type_ == LIFT:
        return about in state.stopped
    if type_ == "release-hold":
        try:
            line, _due = line_and_due(about)
        except Refused:
            return False
        return state.version(kinds.GRANT, line) is not None
    if type_ == CONFIRMED:
        register, _, key = about.partition("/")
        # Of rows about what happened to something, it names that.
        return state.stands_in(ITEMS.get(register, register), key) is not None
    if type_ == BOUND:
        return is_bound(body)
    if type_ == STANDING:
        return state.stands(kinds.PAYER, about.rpartition("/")[0]) is not None
    return True


def _clock(state: Fold, record: Logged[kinds.DecisionBody]) -> Faults:
    """The day of the record is said, and the log is ahead of it or has rested for long."""
    moment, about = record.body["recorded_at"], record.body["about"]
    today = day_of(moment)
    if about != today.isoformat():
        yield fault("clock_day_differs", found=about, expected=today)
    elif state.last is not None and moment >= state.last and not state.rest.before(moment):
        yield fault("clock_right", last=state.last)


def _shared_out(state: Fold, body: kinds.DecisionBody) -> Faults:
    """A short budget is shared out among who applied, each of them once."""
    for row in body.get("rows", ()):
        application = row["application"]
        if state.stands(kinds.APPLICATION, application) is None:
            yield fault("decision_of_nothing", about=application, reason="rows")
        before = state.stands(kinds.DECISION, state.get("allotted", application) or "")
        if before is not None:
            yield fault("decision_stands", about=application, before=before.seq)
