"""Why this amount: the worksheet of a line step by step, the clauses it rests on, its entries, payments, signatures."""

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from calculators.awards.lines import ASSUMPTION
from calculators.explain.worksheet import Section, Step, steps
from calculators.notices.model import Basis, Notice
from calculators.problems import N_
from ledger.labels.inbox import OPINIONS
from ledger.labels.payments import STATES
from ledger.log import kinds
from ledger.office.approvals import given
from ledger.payouts.states import PAID
from ledger.queries.line import LineAnswer, LineEntry, line_answers
from ledger.registry.notices import notices
from ledger.runs.reports.reasons import REFUSALS
from ledger.store.ledger import View
from ledger.web.asked import Asks, Seen
from ledger.web.looks import PAYOUTS
from ledger.web.titles import titles
from ledger.words import _

router = APIRouter()

SECTIONS = {
    Section.CONDITION: N_("Conditions"),
    Section.INTEREST: N_("Interest"),
    Section.PART: N_("Support"),
    Section.LIMIT: N_("Limits and holds"),
    Section.AWARD: N_("Award"),
}


@router.get("/line/{subject:path}")
@router.get("/entry/{subject:path}")
def line(asks: Asks, subject: str) -> Response:
    """A line by its grant, a loan or other item, or an entry by its key or number."""
    with asks.read() as seen:
        found = line_answers(seen.view, subject)
        return asks.page(
            "line.html",
            seen,
            "firm",
            subject=subject,
            lines=[_line(seen, answer, subject) for answer in found],
            titles=titles(seen.view),
        )


def _line(seen: Seen, answer: LineAnswer, subject: str) -> dict[str, Any]:
    explanation = answer.explanation
    result = explanation.result
    found = steps(result, _) if result else []
    notice = _notice(seen.view, answer)
    bases = {basis.id: basis for basis in notice.basis} if notice else {}
    entry = next((one for one in answer.entries if one.key == subject or str(one.record) == subject), None)
    of_book = seen.view.body(kinds.ENTRY, entry.record) if entry else None
    return {
        "answer": answer,
        "digest": answer.digest,
        "run": explanation.run,
        "steps": [_step(step, bases) for step in found if step.section is not Section.HEAD],
        "sections": {section.value: _(title) for section, title in SECTIONS.items()},
        "unready": [] if result else [_(REFUSALS[one["code"]]) for one in answer.digest["refused"]],
        "clauses": [(basis, _relied(basis, found)) for basis in bases.values() if _relied(basis, found)],
        "assumed": any(step.clause == ASSUMPTION for step in found),
        "entry": entry,
        "postings": _postings(seen.view, of_book) if of_book else [],
        "entries": [(one, _paid(one)) for one in answer.entries],
        "posted_fen": sum(one.amount_fen for one in answer.entries),
        "paid_fen": sum(paid.amount_fen for one in answer.entries for paid in one.payouts if paid.state in PAID),
        "signed": [(one, _(OPINIONS[one.opinion])) for one in given(seen.view, explanation.run.number)],
        "leaf": seen.view.leaf(entry.record).hex() if entry else "",
    }


def _notice(view: View, answer: LineAnswer) -> Notice | None:
    """The notice in the version that governed."""
    ref = str(answer.digest["notice"])
    every = (version for versions in notices(view).values() for version in versions)
    return next((version.notice for version in every if version.ref == ref), None)


def _step(step: Step, bases: Mapping[str, Basis]) -> dict[str, Any]:
    return {"step": step, "section": step.section.value, "basis": _basis(step.clause, bases)}


def _basis(clause: str, bases: Mapping[str, Basis]) -> str:
    """The id of the source that a clause's label begins with."""
    return next((key for key in bases if re.match(rf"{re.escape(key)}(\.|$)", clause)), "")


def _relied(basis: Basis, found: list[Step]) -> list[str]:
    """The labels under which steps rest on a source."""
    return list(dict.fromkeys(step.clause for step in found if _basis(step.clause, {basis.id: basis})))


def _paid(entry: LineEntry) -> list[dict[str, Any]]:
    return [
        {"paid": payout, "word": _(STATES[payout.state]), "look": PAYOUTS[payout.state]} for payout in entry.payouts
    ]


def _postings(view: View, body: kinds.EntryBody) -> list[dict[str, Any]]:
    names = {row.key: row.body for row in view.rows(kinds.ACCOUNT)}
    return [
        {"posting": posting, "account": names[f"{posting['chart']}/{posting['account']}"]}
        for posting in body["postings"]
    ]
