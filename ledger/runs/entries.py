"""A plan as entries of the book: the bureau's pairs for an award, and their inverse for a reduction.

A reduction of what was paid already is owed back: it stands on 1218, and no indicator moves before the money comes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from calculators.awards.digests import AwardResult
from calculators.awards.payers import PayerPart, payer_parts
from calculators.digest import Digest
from calculators.notices.model import Payer
from ledger.book.accounts import ACCRUED, AVAILABLE, EXPENSE, PAYABLE, PRIOR_YEARS, RECEIVABLE, RESERVED
from ledger.book.balances import booked_days, last_booked
from ledger.book.digests import digest_hash, hash_of
from ledger.book.payables import Terms as PayableTerms
from ledger.book.payables import corrections, of_the_unit
from ledger.book.posting import Entry, Posting
from ledger.book.projection import BOOK, full_postings
from ledger.log import kinds
from ledger.registry.notices import notices
from ledger.runs.plan import Plan, Step
from ledger.store.ledger import View
from ledger.store.rules import years_apart

# Accrued and not yet paid, so the budget chart has no side yet.


class Terms(NamedTuple):
    """What every posting of a line carries beside its amount, and the indicator account that gives and takes it."""

    envelope: str
    payee: str
    clause: str
    function: str
    economic: str
    economic_unit: str
    document: str
    payers: Sequence[Payer]
    source: str = RESERVED


class Basis(NamedTuple):
    """What an entry follows from: the log index of the proposal, and the line's digest in full or by its hash.

    `replaced` is the hash of the digest by which the due period was posted before, `booked` says when the awards of the
    line were booked, where the entry takes something of them back.
    """

    proposal: int
    digest: Digest | None
    digest_of: str
    replaced: str
    booked: Mapping[date, date]


# Entries read at once for the hashes of their digests: more gain nothing, and hold so many more bodies.
_AT_ONCE = 1024


def entries(view: View, plan: Plan, proposal: int) -> Iterator[Entry]:
    """The entries of a plan in line order, which follow from the record `proposal`.

    The first entry of a line has the line's digest in full, the others name it by its hash.
    """
    results = {result.line.id: result for result in plan.results}
    moved = corrections(view)
    apart = years_apart(view)
    # Runs of releases that knew one economic code are made again as they were.
    of_unit = apart is not None and proposal > apart
    owing = {step.line for step in plan.steps if step.owed_back}
    booked = booked_days(view, owing) if owing else {}
    line = named = ""
    for step, replaced in _with_replaced(view, plan.steps):
        result = results.get(step.line)
        terms = _granted_terms(result, step, of_unit=of_unit) if result else _posted_terms(view, step)
        if step.award_fen < 0 and step.replaces in moved:
            # What was paid on corrected terms is reduced on them; their path has nothing reserved for the grant.
            said = moved[step.replaces]
            new = PayableTerms(terms.envelope, terms.clause, terms.function, terms.economic, terms.economic_unit).moved(
                said
            )
            terms = terms._replace(
                envelope=new.envelope,
                function=new.function,
                economic=new.economic,
                economic_unit=new.economic_unit,
                source=AVAILABLE if "envelope" in said else terms.source,
            )
        first = step.line != line
        if first:
            line, named = step.line, ""
        else:
            named = named or hash_of(step.digest)
        basis = Basis(proposal, step.digest if first else None, named, replaced, booked.get(line, {}))
        yield _entry(plan, step, terms, basis)


def _with_replaced(view: View, steps: Iterable[Step]) -> Iterator[tuple[Step, str]]:
    """The steps, each with the hash of the digest by which its due period was posted before; "" where it was not."""
    left = iter(steps)
    while some := list(islice(left, _AT_ONCE)):
        bodies = view.bodies(kinds.ENTRY, (step.replaces for step in some if step.replaces is not None))
        hashes = {record: digest_hash(body) for record, body in bodies.items()}
        for step in some:
            yield step, "" if step.replaces is None else hashes[step.replaces]


def _granted_terms(result: AwardResult, step: Step, *, of_unit: bool) -> Terms:
    line = result.line
    notice = line.notices[-1]
    codes = notice.classification
    return Terms(
        envelope=line.grant.envelope,
        payee=line.grant.payee,
        clause=f"{notice.id} {result.clause(step.due)}",
        function=codes.function,
        economic=codes.economic_government,
        economic_unit=codes.economic_unit if of_unit else codes.economic_government,
        document=line.grant.document,
        payers=notice.payers,
    )


def _posted_terms(view: View, step: Step) -> Terms:
    """The terms of the entry that is being taken back: its line can no longer be put together."""
    if step.replaces is None:
        raise AssertionError(f"line {step.line} owes {step.award_fen} fen without terms to post it on")
    body = view.body(kinds.ENTRY, step.replaces)
    postings = full_postings(body)
    posting = next(each for each in postings if each["account"] in (PAYABLE, RECEIVABLE))
    expense = next(each for each in postings if each["account"] in (EXPENSE, PRIOR_YEARS))
    return Terms(
        envelope=posting["envelope"],
        payee=posting["payee"],
        clause=posting["clause"],
        function=posting["function"],
        economic=posting["economic"],
        economic_unit=expense["economic"],
        document=body["document"],
        payers=_payers(view, step),
        # A grant that fell has given its reservation back; what returns is free again.
        source=AVAILABLE if any(code["code"] == "grant_fallen" for code in step.digest["refused"]) else RESERVED,
    )


def _payers(view: View, step: Step) -> Sequence[Payer]:
    """Who shares the award of a line that can no longer be put together: the payers of its notice."""
    name = step.digest["notice"].partition("@")[0]
    return notices(view)[name][-1].notice.payers


def _expense(terms: Terms, step: Step) -> list[PayerPart]:
    """The award over the levels of government that share it; one that bears all of it needs no mention."""
    if len(terms.payers) < 2:
        return [PayerPart("", step.award_fen)]
    return [part for part in payer_parts(terms.payers, step.before_fen, step.award_fen) if part.amount_fen]


def _entry(plan: Plan, step: Step, terms: Terms, basis: Basis) -> Entry:
    whole = PayerPart("", step.award_fen)
    last_day = plan.occasion.last_day
    if step.owed_back:
        booked_on = last_booked(basis.booked, step.due) or step.due
        expense = PRIOR_YEARS if booked_on.year < last_day.year else EXPENSE
        sides = [
            *(("fin", expense, 1, part) for part in _expense(terms, step)),
            ("fin", RECEIVABLE, -1, whole),
        ]
    else:
        sides = [
            *(("fin", EXPENSE, 1, part) for part in _expense(terms, step)),
            ("fin", PAYABLE, -1, whole),
            ("ind", ACCRUED, 1, whole),
            ("ind", terms.source, -1, whole),
        ]
    # Postings on one thing share what says so.
    said: dict[tuple[str, str], kinds.TermsBody] = {}

    def on(economic: str, level: str) -> kinds.TermsBody:
        if (economic, level) not in said:
            said[economic, level] = {
                "envelope": terms.envelope,
                "payee": terms.payee,
                "clause": terms.clause,
                "function": terms.function,
                "economic": economic,
                "level": level,
            }
        return said[economic, level]

    postings = tuple(
        Posting(
            chart,
            account,
            sign * part.amount_fen,
            on(terms.economic_unit if of_the_unit(chart, account) else terms.economic, part.level),
        )
        for chart, account, sign, part in sides
    )
    return Entry(
        key=f"{BOOK}/{step.line}/{step.n}",
        reason="award" if step.replaces is None else "true_up",
        effective_on=last_day,
        line=step.line,
        due=step.due,
        award_fen=step.award_fen,
        document=terms.document,
        cause=basis.proposal,
        digest=basis.digest,
        digest_of=basis.digest_of,
        replaces=step.replaces,
        replaced_digest=basis.replaced,
        postings=postings,
    )
