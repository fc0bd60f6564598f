"""A plan as entries of the book: the bureau's pairs for an award, and their inverse for a reduction."""

from collections.abc import Iterator
from typing import NamedTuple

from calculators.award_line import clause_label
from ledger.book.posting import Entry, Posting
from ledger.log.canonical import canonical
from ledger.log.tree import leaf_hash
from ledger.runs.lines import AnyLine
from ledger.runs.plan import Plan, Step
from ledger.store.ledger import View

# Accrued and not yet paid, so the budget chart has no side yet.
EXPENSE, PAYABLE = "5001", "2303"
ACCRUED, RESERVED, AVAILABLE = "1301", "1201", "1101"


class Terms(NamedTuple):
    """What every posting of a line carries beside its amount, and the indicator account that gives and takes it."""

    envelope: str
    payee: str
    clause: str
    function: str
    economic: str
    document: str
    source: str = RESERVED


def entries(view: View, plan: Plan) -> Iterator[Entry]:
    """The entries of a plan in line order, each justified by its digest in full."""
    lines = {line.id: line for line in plan.lines}
    for step in plan.steps:
        line = lines.get(step.line)
        terms = _granted_terms(line) if line else _posted_terms(view, step)
        yield _entry(view, plan, step, terms)


def _granted_terms(line: AnyLine) -> Terms:
    notice = line.notices[-1]
    return Terms(
        envelope=line.grant.envelope,
        payee=line.grant.payee,
        clause=f"{notice.id} {clause_label(notice, notice.main_rule)}",
        function=notice.classification.function,
        economic=notice.classification.economic_government,
        document=line.grant.document,
    )


def _posted_terms(view: View, step: Step) -> Terms:
    """The terms of the entry that is being taken back: its line can no longer be put together."""
    if step.replaces is None:
        raise AssertionError(f"line {step.line} owes {step.award_fen} fen without terms to post it on")
    body = view.record(step.replaces)
    posting = body["postings"][0]
    return Terms(
        envelope=posting["envelope"],
        payee=posting["payee"],
        clause=posting["clause"],
        function=posting["function"],
        economic=posting["economic"],
        document=body["document"],
        # A grant that fell has given its reservation back; what returns is free again.
        source=AVAILABLE if any(code["code"] == "grant_fallen" for code in step.digest["refused"]) else RESERVED,
    )


def _entry(view: View, plan: Plan, step: Step, terms: Terms) -> Entry:
    postings = tuple(
        Posting(
            chart=chart,
            account=account,
            amount_fen=sign * step.award_fen,
            envelope=terms.envelope,
            payee=terms.payee,
            clause=terms.clause,
            function=terms.function,
            economic=terms.economic,
        )
        for chart, debit, credit in (("fin", EXPENSE, PAYABLE), ("ind", ACCRUED, terms.source))
        for account, sign in ((debit, 1), (credit, -1))
    )
    return Entry(
        key=f"main/{step.line}/{step.n}",
        reason="award" if step.replaces is None else "true_up",
        effective_on=plan.occasion.last_day,
        line=step.line,
        due=step.due,
        award_fen=step.award_fen,
        document=terms.document,
        inputs=leaf_hash(canonical(step.digest)).hex(),
        digest=step.digest,
        replaced_digest=None if step.replaces is None else view.record(step.replaces)["digest"],
        postings=postings,
    )
