"""A budget that does not reach: what each application is allotted, recorded once and never calculated again."""

from collections.abc import Sequence
from typing import NamedTuple

from calculators.awards.shortage import Allotted, Approved, first_come, pro_rata, ranking
from calculators.money import format_yuan
from calculators.notices.loan import LoanNotice
from calculators.notices.model import Envelope
from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.office.decisions import SHORTAGE, allotted
from ledger.registry.notices import notice_text
from ledger.runs.reports.assessment import GRANTED, OPEN, Assessed, assess
from ledger.store.ledger import Writer, local_day


class Allotment(NamedTuple):
    """What an application was approved for and what it is allotted, in fen."""

    application: str
    firm: str
    approved_fen: int
    allotted_fen: int


class Decided(NamedTuple):
    """A decision on a short budget; `same` where it stood already."""

    rows: list[Allotment]
    same: bool


def decide_shortage(writer: Writer, notice: str, budget_fen: int, document: str, reason: str) -> Decided:
    """Allot a budget over the applications of a notice that no earlier shortage has allotted to, and record it.

    Refuses `notice_unknown`, `shortage_not_foreseen`, `nothing_to_allot`, `budget_suffices`, `rank_missing`,
    `grant_missing`, `decision_stands`.
    """
    stated = notice_text(writer, notice)[0].notice
    way = stated.envelope.when_short
    about = f"{notice}/{document}"
    stood = writer.current(kinds.DECISION, f"{SHORTAGE}/{about}")
    found = assess(writer, notice, local_day(writer.now))
    if stood is not None:
        if stood.body["amount_fen"] != budget_fen:
            raise refuse(
                "decision_stands",
                N_("{document} has allotted {amount} yuan, and an allotment is never made again"),
                N_("a further decision needs a document of its own"),
                Place(notice),
                document=document,
                amount=format_yuan(stood.body["amount_fen"]),
            )
        firms = {assessed.application: assessed.firm for assessed in found}
        return Decided([Allotment(firm=firms[row["application"]], **row) for row in stood.body["rows"]], True)
    if way == "refuse":
        raise refuse(
            "shortage_not_foreseen",
            N_("the notice says nothing of sharing a short budget (when_short: refuse)"),
            N_("grant what the budget covers, or amend the notice"),
            Place(notice),
        )
    done = allotted(writer, notice)
    waiting = [
        assessed for assessed in found if assessed.outcome in (GRANTED, OPEN) and assessed.application not in done
    ]
    if isinstance(stated, LoanNotice):
        _check_granted(notice, waiting)
    wanted = [_approved(writer, assessed) for assessed in waiting]
    _check(notice, wanted, budget_fen)
    given = _allot(stated.envelope, notice, waiting, wanted, budget_fen)
    rows = [
        Allotment(assessed.application, assessed.firm, asked.amount_fen, given[assessed.application])
        for assessed, asked in zip(waiting, wanted, strict=True)
    ]
    recorded = [
        kinds.MeetingRow(application=row.application, approved_fen=row.approved_fen, allotted_fen=row.allotted_fen)
        for row in rows
    ]
    writer.append(
        kinds.DECISION,
        kinds.DecisionBody(
            key=f"{SHORTAGE}/{about}",
            type=SHORTAGE,
            about=about,
            reason=reason,
            document=document,
            amount_fen=budget_fen,
            rows=recorded,
        ),
    )
    return Decided(rows, False)


def _approved(writer: Writer, assessed: Assessed) -> Approved:
    """What was granted, a meeting's word included; what an application comes to where nobody has granted anything."""
    amount_fen = assessed.award_fen
    if assessed.outcome == GRANTED:
        grant = writer.current(kinds.GRANT, assessed.grant)
        assert grant is not None, assessed.grant
        amount_fen = min([grant.body["ceiling_fen"], *_meeting(writer, assessed.application)])
    return Approved(assessed.application, amount_fen, assessed.applied_on)


def _meeting(writer: Writer, application: str) -> list[int]:
    decision = writer.current(kinds.DECISION, f"meeting/{application}")
    return [decision.body["amount_fen"]] if decision else []


def _check_granted(notice: str, waiting: Sequence[Assessed]) -> None:
    """A loan that nobody has granted comes, so far, to the due periods that are over: no measure for an allotment."""
    undecided = [assessed.application for assessed in waiting if assessed.outcome == OPEN]
    if undecided:
        raise refuse(
            "grant_missing",
            N_("nobody has decided on {applications}, and what a loan may come to is known from its grant"),
            N_("import what was granted or refused first"),
            Place(notice),
            applications=", ".join(undecided),
        )


def _check(notice: str, wanted: Sequence[Approved], budget_fen: int) -> None:
    total_fen = sum(one.amount_fen for one in wanted)
    if not total_fen:
        raise refuse(
            "nothing_to_allot",
            N_("no application of the notice waits for an allotment"),
            N_("see what became of each with: subsidy run batch {notice} --dry-run"),
            Place(notice),
            notice=notice,
        )
    if total_fen <= budget_fen:
        raise refuse(
            "budget_suffices",
            N_("{total} yuan are approved, and {budget} yuan cover them"),
            N_("nothing is to be decided"),
            Place(notice),
            total=format_yuan(total_fen),
            budget=format_yuan(budget_fen),
        )


def _allot(
    envelope: Envelope, notice: str, waiting: Sequence[Assessed], wanted: Sequence[Approved], budget_fen: int
) -> Allotted:
    unit_fen = envelope.allotted_in
    if envelope.when_short == "pro_rata":
        return pro_rata(wanted, budget_fen, unit_fen)
    if envelope.when_short == "first_come":
        return first_come(wanted, budget_fen, unit_fen)
    ranks = {assessed.application: assessed.rank for assessed in waiting if assessed.rank is not None}
    without = [assessed.application for assessed in waiting if assessed.rank is None]
    if without:
        raise refuse(
            "rank_missing",
            N_("the notice goes by ranks, and no rank is known of {applications}"),
            N_("import the register of applications with the ranks of the review"),
            Place(notice),
            applications=", ".join(without),
        )
    return ranking(wanted, budget_fen, ranks, unit_fen)
