"""Recorded decisions that a run or an import waits for: overrides, exceptions, releases, each with its reason.

Also what was decided below a computed amount: what a meeting granted, what a short budget allotted, per application."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from calculators.awards.lines import Limit
from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.office.losses import TYPES as LOST
from ledger.office.losses import check_about
from ledger.office.rests import Rest, last_worked
from ledger.office.signing import Signer, append_signed
from ledger.registry.agreements import CARRIED, CLEARING_ACCOUNT, CLOCK, LIFT, PAID_ELSEWHERE, agreed, answers
from ledger.registry.lending import require_lender
from ledger.store.ledger import Row, View, Writer, local_day

MEETING, SHORTAGE, STOP = "meeting", "shortage", "stop"


def limits(view: View) -> dict[str, tuple[Limit, ...]]:
    """Application -> the decisions that bind its line, in the order of recording.

    Of one kind the last decision that names an application binds it.
    """
    found: dict[str, dict[str, Limit]] = {}
    for row in sorted(view.rows(kinds.DECISION), key=lambda row: row.seq):
        for application, limit in _stated(row):
            bound = found.setdefault(application, {})
            bound.pop(limit.code, None)
            bound[limit.code] = limit
    return {application: tuple(bound.values()) for application, bound in found.items()}


def allotted(view: View, notice: str) -> set[str]:
    """The applications that shortages of a notice have allotted something to already."""
    return {row["application"] for decision in shortages(view, notice) for row in decision.body["rows"]}


def shortages(view: View, notice: str) -> list[Row[kinds.DecisionBody]]:
    """The decisions on a short budget of a notice."""
    return [
        row
        for row in view.rows(kinds.DECISION)
        if row.body["type"] == SHORTAGE and row.body["about"].startswith(f"{notice}/")
    ]


def _stated(row: Row[kinds.DecisionBody]) -> list[tuple[str, Limit]]:
    body = row.body
    if body["type"] == MEETING:
        return [(body["about"], Limit("meeting", body["amount_fen"], body["document"]))]
    if body["type"] == SHORTAGE:
        return [
            (meeting_row["application"], Limit("shortage", meeting_row["allotted_fen"], body["document"]))
            for meeting_row in body["rows"]
        ]
    return []


# What is decided on a line of a statement (`carried`: or on a payout); it takes two people.
OF_LINES = (CLEARING_ACCOUNT, PAID_ELSEWHERE, CARRIED)
TYPES = ("uscc-override", "lender-exception", "release-hold", MEETING, STOP, LIFT, CLOCK, *OF_LINES, *sorted(LOST))

_ABOUT = {
    "lender-exception": re.compile(r"(?P<name>.+)/(?P<when>\d{4}-(?:0[1-9]|1[0-2]))"),
    "release-hold": re.compile(r"(?P<name>.+)/(?P<when>\d{4}-\d{2}-\d{2})"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision in force: `figures` are those it was about, in fen (ours, then the receipt's where there is one).

    `document` and `amount_fen` (0 too is a decision) are those of a meeting that granted less than was computed.
    """

    type: str
    about: str
    reason: str
    figures: tuple[int, ...] = ()
    document: str = ""
    amount_fen: int = 0


def decisions(view: View) -> list[Decision]:
    """Every decision in force, by type and subject."""
    return [
        Decision(row.body["type"], row.body["about"], row.body["reason"], tuple(row.body.get("figures", ())))
        for row in view.rows(kinds.DECISION)
    ]


def decide(writer: Writer, decision: Decision, signer: Signer | None = None) -> int | None:
    """Record a decision, one that takes two signed by `signer`; its log index, None where the same one stands.

    Refuses a subject that does not exist or needs no decision.
    """
    key = f"{decision.type}/{decision.about}"
    if decision.type == "uscc-override":
        _check_override(writer, decision.about)
    elif decision.type == "lender-exception":
        lender, _month = about_parts(decision.type, decision.about)
        require_lender(writer, lender)
    elif decision.type == MEETING:
        _check_application(writer, decision.about)
    elif decision.type == CLOCK:
        _check_clock(writer, decision.about)
    elif decision.type in (STOP, LIFT):
        _check_stop(writer, decision)
    elif decision.type in LOST:
        check_about(writer, decision.type, decision.about)
    elif decision.type in OF_LINES and not _is_there(writer, decision):
        raise refuse(
            "line_unknown",
            N_("no line is on the book under {line!r}, or more than one"),
            N_("give its key as `subsidy reconcile status` lists it"),
            line=decision.about,
        )
    body = kinds.DecisionBody(key=key, type=decision.type, about=decision.about, reason=decision.reason)
    if decision.figures:
        body["figures"] = list(decision.figures)
    if decision.type in (CARRIED, *LOST) or (decision.type == STOP and decision.document):
        body["document"] = decision.document
    if decision.type == MEETING:
        body["document"], body["amount_fen"] = decision.document, decision.amount_fen
    known = _standing(writer, decision)
    if known is not None and {**kinds.own(known.body), "signature": ""} == {**body, "signature": ""}:
        said = answers(writer).get(known.seq)
        if said is None or said.body["opinion"] == "approve":
            return None
    return append_signed(writer, signer, kinds.DECISION, body)


def stopped(view: View) -> dict[str, Row[kinds.DecisionBody]]:
    """Firms (credit codes) and grants that nothing is paid to -> the decision that stopped it.

    One person stops, at once; two lift a stop, and a later one stands whatever was lifted before it.
    """
    lifted = {row.body["about"]: row.seq for row in agreed(view, kinds.DECISION) if row.body["type"] == LIFT}
    stops = (row for row in view.rows(kinds.DECISION) if row.body["type"] == STOP)
    return {row.body["about"]: row for row in stops if row.seq > lifted.get(row.body["about"], -1)}


def _standing(writer: Writer, decision: Decision) -> Row[kinds.DecisionBody] | None:
    """The record that says the same still, if there is one: what was lifted is stopped again, and lifted again.

    What was said of lost records may have been said otherwise since: only what nobody has answered says the same.
    """
    known = writer.current(kinds.DECISION, f"{decision.type}/{decision.about}")
    if decision.type in LOST:
        return known if known is not None and known.seq not in answers(writer) else None
    stop = stopped(writer).get(decision.about) if decision.type in (STOP, LIFT) else None
    if decision.type == STOP:
        return stop
    return None if known is None or (stop is not None and known.seq < stop.seq) else known


def _check_stop(writer: Writer, decision: Decision) -> None:
    """Whether there is such a firm or grant, and of what is to be lifted, whether it is stopped."""
    about = decision.about
    if writer.current(kinds.ENTITY, about) is None and writer.current(kinds.GRANT, about) is None:
        raise refuse(
            "stop_unknown",
            N_("no firm has the credit code {about}, and no grant that number"),
            N_("give a credit code or the number of a grant: `subsidy entity find TEXT`"),
            about=about,
        )
    if decision.type == LIFT and about not in stopped(writer):
        raise refuse(
            "not_stopped",
            N_("nothing stops what is paid to {about}"),
            N_("see where its money is: `subsidy entity find {about}`"),
            about=about,
        )


def carried(view: View) -> dict[str, str]:
    """Lines and payouts that two people carry as open (待查) -> the document that says so."""
    rows = (row for row in agreed(view, kinds.DECISION) if row.body["type"] == CARRIED)
    return {row.body["about"]: row.body["document"] for row in rows}


def _is_there(view: View, decision: Decision) -> bool:
    """Whether a line, or of what may be carried a payout, is on the book."""
    line = view.current(kinds.STATEMENT_LINE, decision.about)
    return line is not None or (decision.type == CARRIED and view.current(kinds.PAYOUT, decision.about) is not None)


def _check_clock(writer: Writer, about: str) -> None:
    """Whether the log is ahead of the clock, and the day that the clock shows is the one that was said."""
    today = local_day(writer.now).isoformat()
    if about != today:
        raise refuse(
            "clock_day_differs",
            N_("the clock of this machine says {today}, and not {about}"),
            N_("set the clock right first, then give the day that it is with --about {today}"),
            today=today,
            about=about,
        )
    last = writer.record(writer.size - 1)["recorded_at"]
    rests = Rest(last_worked(writer)).before(writer.now.isoformat())
    if datetime.fromisoformat(last) <= writer.now and not rests:
        raise refuse(
            "clock_right",
            N_("the last record is of {last}, which is neither ahead of the clock nor long ago"),
            N_("nothing is to be decided"),
            last=last,
        )


def about_parts(kind: str, about: str) -> tuple[str, str]:
    """`LENDER/YYYY-MM` or `LINE/YYYY-MM-DD` taken apart; refuses `about_malformed`."""
    match = _ABOUT[kind].fullmatch(about)
    if match is not None and kind == "release-hold":
        try:
            date.fromisoformat(match["when"])
        except ValueError:
            match = None
    if match is None:
        form = "LENDER/YYYY-MM" if kind == "lender-exception" else "GRANT/YYYY-MM-DD"
        raise refuse(
            "about_malformed",
            N_("{about!r} does not say what {kind} is about"),
            N_("write --about {form}"),
            about=about,
            kind=kind,
            form=form,
        )
    return match["name"], match["when"]


def _check_application(view: View, number: str) -> None:
    if view.current(kinds.APPLICATION, number) is None:
        raise refuse(
            "application_unknown",
            N_("there is no application {number}"),
            N_("import the register of applications first, or correct the number"),
            number=number,
        )


def _check_override(view: View, code: str) -> None:
    row = view.current(kinds.ENTITY, code)
    if row is None:
        raise refuse(
            "entity_unknown",
            N_("the firm {uscc} is not registered"),
            N_("import the register of entities first, or correct the code"),
            uscc=code,
        )
    if row.body["check"] == "passed":
        raise refuse(
            "override_not_needed",
            N_("the code {uscc} passes its check"),
            N_("nothing is to be decided"),
            uscc=code,
        )


def line_and_due(about: str) -> tuple[str, date]:
    """The line and due period that a release is about; refuses `about_malformed`."""
    line, due = about_parts("release-hold", about)
    return line, date.fromisoformat(due)
