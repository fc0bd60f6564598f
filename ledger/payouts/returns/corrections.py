"""Payment corrections (更正): what was paid moves to another indicator or classification code, and no money moves.

A correction is of awards: everything posted for the lines and due periods that a payout paid takes the new terms, so
what comes back later, or is reduced, is booked on them too.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple, cast

from sqlalchemy import select

from calculators.problems import N_, Place, refuse
from ledger.book.accounts import AVAILABLE, EXPENSE, PAID, PAYABLE, RECEIVABLE, SPENDING
from ledger.book.payables import Terms, awards_with, open_parts
from ledger.book.periods import check_open
from ledger.book.posting import Entry, Posted, Posting, post
from ledger.book.posting import known as known_entries
from ledger.book.projection import BOOK, full_postings
from ledger.log import kinds
from ledger.payouts.batches import Item, bodies, item
from ledger.payouts.payables import payouts_naming, terms
from ledger.payouts.paying import payer_of
from ledger.payouts.postings import PAID_FROM
from ledger.payouts.states import FINAL
from ledger.payouts.states import PAID as PAID_STATES
from ledger.resources import fixture
from ledger.store import tables
from ledger.store.ledger import View, Writer, local_day

_FORMS = {
    "function": (r"\d{7}", N_("a function code is given to its last level, in 7 digits")),
    "economic": (r"5\d{4}", N_("an economic code of the government has 5 digits and begins with 5")),
    "economic_unit": (r"3\d{4}", N_("an economic code of a unit has 5 digits and begins with 3")),
}


class Correction(NamedTuple):
    """What a payout's awards are moved to; "" leaves a term as it is."""

    function: str
    economic: str
    economic_unit: str
    envelope: str

    @property
    def terms(self) -> kinds.NewTerms:
        """The terms it names."""
        new = kinds.NewTerms()
        if self.function:
            new["function"] = self.function
        if self.economic:
            new["economic"] = self.economic
        if self.economic_unit:
            new["economic_unit"] = self.economic_unit
        if self.envelope:
            new["envelope"] = self.envelope
        return new

    def record(self, item: str, on: date, document: str, reason: str, awards: list[int]) -> kinds.CorrectionBody:
        """The `correction` record of a payout, whose entries `awards` take the new terms."""
        body = kinds.CorrectionBody(item=item, on=on.isoformat(), document=document, reason=reason, awards=awards)
        body.update(cast(kinds.CorrectionBody, self.terms))
        return body


def unit_codes() -> dict[str, str]:
    """The government's economic code -> the unit's own for the same expense."""
    with fixture("reference/economic_codes.csv").open(encoding="utf-8") as source:
        return {row["government"]: row["unit"] for row in csv.DictReader(source)}


def paired(new: Correction) -> Correction:
    """With the unit's code where only the government's is said; refuses `economic_unit_missing`."""
    if not new.economic or new.economic_unit:
        return new
    unit = unit_codes().get(new.economic)
    if unit is None:
        raise refuse(
            "economic_unit_missing",
            N_("which code of the unit's own budget goes with {economic} is not known"),
            N_("name it with --economic-unit, 5 digits that begin with 3"),
            economic=new.economic,
        )
    return new._replace(economic_unit=unit)


def correct(writer: Writer, key: str, new: Correction, on: date, document: str, reason: str) -> Posted:
    """Move what the payout `key` paid to other terms, in `fin`, `bud` and `ind`; a document is booked once.

    Refuses `correction_empty`, `code_malformed`, `day_in_future`, `month_signed_off`, `correction_waits`,
    `correction_other_year`, `correction_of_parts`; posting refuses `envelope_unknown` and `envelope_short`.
    """
    _check_form(writer, key, new, on)
    new = paired(new)
    found, payout = item(writer, key)
    about = f"{key}@{document}"
    stood = known_entries(writer, [f"{BOOK}/corrected/{about}/0"])
    if stood:
        return _same(writer, next(iter(stood.values())), key, new, document)
    check_open(writer, found.body["payer"], on)
    group = awards_with(writer, [award for award, fen in payout.held.items() if fen > 0])
    _check_paid(writer, payout, group, on)
    old = terms(writer, group)
    moved = {award: terms_.moved(new.terms) for award, terms_ in old.items()}
    if moved == old:
        raise refuse(
            "correction_empty",
            N_("the payout stands on these terms already"),
            N_("`subsidy pay status {item}` shows the codes and the path; name what is to be another"),
            Place(key),
            item=key,
        )
    record = writer.append(
        kinds.CORRECTION,
        new.record(key, on, document, reason, sorted(group)),
    )
    # What was not paid is caught above.
    assert payout.payment is not None
    paid_on = date.fromisoformat(payout.payment.body["on"])
    cash = payer_of(writer, found.body["payer"]).cash(payout.payment.seq, paid_on)
    sums: Counter[tuple[str, str, Terms, str]] = Counter()
    for award, body in bodies(writer, kinds.ENTRY, group).items():
        for chart, account, fen, level in _moves(body, on):
            for at, sign in ((old[award], -1), (moved[award], 1)):
                sums[chart, cash.account(account, chart, at.envelope), at, level] += sign * fen
            if account == PAID and old[award].envelope != moved[award].envelope:
                sums[chart, AVAILABLE, old[award], level] += fen
                sums[chart, AVAILABLE, moved[award], level] -= fen
    entry = Entry(
        key=f"{BOOK}/corrected/{about}/0",
        reason="corrected",
        effective_on=on,
        cause=record,
        postings=tuple(
            Posting(chart, account, fen, {**at.on(chart, account, payout.body["payee"]), "level": level})
            for (chart, account, at, level), fen in sorted(sums.items())
            if fen
        ),
        document=document,
    )
    return post(writer, [entry])[0]


def _moves(body: kinds.EntryBody, on: date) -> Iterator[tuple[str, str, int, str]]:
    """(chart, account, fen, level) that an award and its payment stand with; a reduction that came back, negative.

    Expense of a year that is closed stays where it was.
    """
    of_year = date.fromisoformat(body["effective_on"]).year == on.year
    paid_fen = 0
    for line in full_postings(body):
        if of_year and (line["chart"], line["account"]) == ("fin", EXPENSE):
            yield "fin", EXPENSE, line["amount_fen"], line.get("level", "")
        if line["chart"] == "fin" and line["account"] in (PAYABLE, RECEIVABLE):
            paid_fen -= line["amount_fen"]
    yield "fin", PAID_FROM, -paid_fen, ""
    yield "bud", SPENDING, paid_fen, ""
    yield "bud", PAID_FROM, -paid_fen, ""
    yield "ind", PAID, paid_fen, ""


def is_term(name: str, value: str) -> bool:
    """Whether a new term has the form of its kind; a path is looked up elsewhere."""
    return name not in _FORMS or re.fullmatch(_FORMS[name][0], value, re.ASCII) is not None


def _check_form(writer: Writer, key: str, new: Correction, on: date) -> None:
    if not new.terms:
        raise refuse(
            "correction_empty",
            N_("nothing is said that the payment is to be moved to"),
            N_("name a --function, an --economic or --economic-unit code, or an --envelope"),
            Place(key),
        )
    for name, (_form, why) in _FORMS.items():
        value = getattr(new, name)
        if value and not is_term(name, value):
            raise refuse(
                "code_malformed",
                N_("{value!r} is not a code of this kind ({name})"),
                why,
                Place(key),
                value=value,
                name=name,
            )
    if on > local_day(writer.now):
        raise refuse("day_in_future", N_("{day} has not come yet"), N_("correct the day"), day=on)


def _check_paid(view: View, payout: Item, group: Iterable[int], on: date) -> None:
    """Everything about these awards is paid or settled, by payouts alone, in the year of the correction."""
    awards = set(group)
    unsettled = {part.award for account in (PAYABLE, RECEIVABLE) for part in open_parts(view, account)} & awards
    payouts = [item(view, key)[1] for key in payouts_naming(view, awards)]
    if not awards or unsettled or payout.state not in PAID_STATES or any(each.state not in FINAL for each in payouts):
        raise refuse(
            "correction_waits",
            N_("the payout and what belongs to its awards is not paid and settled in whole"),
            N_("wait for the results, pay the rest, or book what is owed back; then correct"),
            Place(payout.key),
        )
    days = [date.fromisoformat(each.payment.body["on"]) for each in payouts if each.payment is not None]
    if any(day.year != on.year for day in days):
        raise refuse(
            "correction_other_year",
            N_("it was paid in {year}, and that year's accounts are closed"),
            N_("a payment is corrected in the year in which it was made"),
            Place(payout.key),
            year=min(days).year,
        )
    if _otherwise(view, awards, {each.key for each in payouts}):
        raise refuse(
            "correction_of_parts",
            N_("a part of it was netted, written off, or given back unasked"),
            N_("ask the treasury to correct the part by hand, and keep its document"),
            Place(payout.key),
        )


def _otherwise(view: View, awards: set[int], payouts: set[str]) -> bool:
    """Whether something about these awards was settled without a payout or a recovery."""
    claim, record = tables.claim, tables.record
    netted = (
        select(claim.c.award)
        .join(record, record.c.seq == claim.c.record)
        .where(record.c.kind.in_(("netting", "write_off")), claim.c.record < view.size)
    )
    if awards & set(view.connection.scalars(netted)):
        return True
    entry = tables.entry
    refunds = select(entry.c.key).where(entry.c.reason == "refunded", entry.c.record < view.size)
    return any(key.split("/")[2].partition("@")[0] in payouts for key in view.connection.scalars(refunds))


def _same(view: View, posted: Posted, key: str, new: Correction, document: str) -> Posted:
    """The entry of a document that was booked before; refuses `document_differs`."""
    before = next(
        row.body
        for row in view.records(kinds.CORRECTION)
        if (row.body["item"], row.body["document"]) == (key, document)
    )
    wrong = [name for name in Correction._fields if before.get(name, "") != getattr(new, name)]
    if wrong:
        raise refuse(
            "document_differs",
            N_("this document moved it to another {name}"),
            N_("give a second correction its own document number"),
            Place(key, key=wrong[0]),
            name=wrong[0],
        )
    return posted
