"""Rules of public notices and stops: how long a notice has to run, and that nothing is paid of a line that is held up.

The board is that of paying (`public_notices.Noticeboard`), asked at every payout, at every export and of whatever is
netted. These rules are older than the rule book, so they hold for the records of every release.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from calculators.problems import Refused
from ledger.log import kinds
from ledger.office.business_days import CALENDAR, DaysOff
from ledger.office.losses import Doubt, Said
from ledger.office.public_notices import Objection, PublicNotice
from ledger.payouts.states import State
from ledger.registry.notices import public_notice_days
from ledger.rules.codes import Faults, fault
from ledger.rules.payments import standing_runs
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import Award


def readable(_state: Fold, record: Logged[Any]) -> Faults:
    """What a notice asks for and a calendar says can be read, or nobody could tell what is held up."""
    body = record.body
    try:
        if record.kind == "notice":
            public_notice_days(body["text"])
        elif body["type"] == CALENDAR:
            DaysOff.of(body)
    except (Refused, ValueError) as error:
        reason = error.problems[0].code if isinstance(error, Refused) else str(error)
        yield fault("public_notice_differs", reason=reason)


def public_notice(state: Fold, record: Logged[kinds.PublicNoticeBody]) -> Faults:
    """It runs as many business days as its lines ask for, not before they were applied for, under a name of its own."""
    shown = PublicNotice.of(record.body)
    board = state.board
    if shown.days < max(map(board.asked, shown.lines), default=0) or not shown.days:
        yield fault("public_notice_differs", reason="days")
    elif shown.last_day != board.calendar.last_of(shown.starts_on, shown.days):
        yield fault("public_notice_differs", reason="last_day")
    if any(shown.starts_on < board.applied_on(line) for line in shown.lines):
        yield fault("public_notice_differs", reason="starts_on")
    # A line that nobody was granted would be on notice before anybody could object to what it is.
    if any(state.version(kinds.GRANT, line) is None for line in shown.lines) and state.whole("as_said") is not None:
        yield fault("public_notice_differs", reason="lines")
    if shown.name in board.notices:
        yield fault("public_notice_differs", reason="key")
    if shown.run is not None and state.whole("at_doors") is not None and not _awarded_by(state, shown.run, shown.lines):
        yield fault("public_notice_differs", reason="run")


def _awarded_by(state: Fold, number: int, lines: Sequence[str]) -> bool:
    """Whether a run that stands awarded something on each of these lines."""
    run = next(
        (standing_run for standing_run in standing_runs(state) if state.body(standing_run.seq)["proposal"] == number),
        None,
    )
    state.prefetch("line", lines)
    return run is not None and all(
        any(run.first <= seq < run.first + run.count for seq in state.line(line).said) for line in lines
    )


def objection(state: Fold, record: Logged[kinds.ObjectionBody]) -> Faults:
    """It is against lines on notice; settled once, in the words in which it was received."""
    said = Objection.of(record.body)
    shown = state.board.notices.get(said.notice)
    before = state.board.objections.get(said.number)
    if shown is None or not set(said.lines) <= set(shown.lines):
        yield fault("public_notice_differs", reason="notice, lines")
    elif before and (before.settled or before != said._replace(settled=None)):
        yield fault("public_notice_differs", reason="settled")
    elif state.whole("in_its_day") is not None:
        today = day_of(record.body["recorded_at"])
        spans = [(said.received_on, shown.starts_on)]
        spans += [(said.settled.on, said.received_on)] if said.settled else []
        for day, first in spans:
            if not first <= day <= today:
                yield fault("objection_day", day=day, first=first, today=today)


def paid(state: Fold, record: Logged[Any]) -> Faults:
    """What a payout, an export or a netting pays is held up by nothing on the day of the record."""
    doubt: Doubt | None = state.whole("doubt")
    if not state.board.in_use and not state.stopped and not state.whole("ended") and doubt is None:
        return
    kind, body = record.kind, record.body
    if kind == "payout":
        yield from _held(state, record, body["key"], (claim["award"] for claim in body["claims"]))
    elif kind == "netting":
        # What a line is owed settles a debt: that is a payment too. The debt itself may be of a line held up.
        taken = (claim["award"] for claim in body["claims"] if claim["amount_fen"] > 0)
        yield from _held(state, record, body["line"], taken)
    elif kind == "outcome" and body["state"] == State.EXPORTED:
        batch = state.batch(body["about"])
        for item in map(state.item, batch.items if batch else ()):
            if item and item.state is not State.CANCELLED:
                yield from _held(state, record, item.key, item.claims)


def _held(state: Fold, record: Logged[Any], about: str, awards: Iterable[int]) -> Faults:
    """The lines of a payout that nothing may be paid of on the day of the record."""
    day = day_of(record.body["recorded_at"])
    known = {seq: award for seq in awards if (award := state.award(seq))}
    for seq, award in known.items():
        reason = _doubtful(state, record.kind, seq, award)
        if reason:
            yield fault("held_line_paid", about=about, line=award.line, reason=reason)
    for line in sorted({award.line for award in known.values()}):
        reason = "payment_stopped" if _stopped(state, line) else "firm_ended" if _ended(state, line) else None
        if reason is None:
            obstacle = state.board.obstacle(line, day)
            reason = obstacle.code if obstacle else None
        if reason:
            yield fault("held_line_paid", about=about, line=line, reason=reason)


def _doubtful(state: Fold, kind: str, seq: int, award: Award) -> str | None:
    """Why a payable is in doubt since records were lost: nobody has said whether it was paid, or it went out."""
    doubt: Doubt | None = state.whole("doubt")
    if doubt is None:
        return None
    said = doubt.of(seq, award.line, award.due)
    # What went out may be put into a batch, and that batch goes out no more.
    return "restored_unknown" if said is None else "restored_sent" if said is Said.SENT and kind != "payout" else None


def _stopped(state: Fold, line: str) -> bool:
    """A line is stopped by itself, with the firm that it is granted to, and with the firm whose payee it names."""
    stopped = state.stopped
    if not stopped:
        return False
    named = {line}
    grant = state.stands(kinds.GRANT, line)
    if grant is not None:
        application = state.stands(kinds.APPLICATION, grant.fields["application"])
        payee = state.stands(kinds.PAYEE, grant.fields.get("payee", ""))
        named |= {found.fields["uscc"] for found in (application, payee) if found}
    return bool(stopped.keys() & named)


def _ended(state: Fold, line: str) -> bool:
    """Whether the grant of a line names a payee of a firm that ended: its successor's is paid, or nobody."""
    after = state.whole("ended")
    grant = state.stands(kinds.GRANT, line) if after else None
    if grant is None:
        return False
    # A grant that has fallen names no payee: then it is the firm that applied.
    payee = state.stands(kinds.PAYEE, grant.fields.get("payee", ""))
    if payee:
        return payee.fields["uscc"] in after
    application = state.stands(kinds.APPLICATION, grant.fields["application"])
    return application is not None and application.fields["uscc"] in after
