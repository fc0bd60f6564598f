"""Debts that will not come back: written off by two people with a document, and no longer owed.

One asks, another agrees, and then it is carried out, on that day. It settles reductions by claims, oldest first, as
money that comes in does, or what a payout has paid twice, which nobody claims; no money moves, and the indicator stays
paid.
"""

from collections.abc import Sequence
from typing import NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, refuse
from ledger.book import charts
from ledger.book.accounts import WRITTEN_OFF
from ledger.book.payables import Terms
from ledger.book.posting import post
from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.payouts import postings
from ledger.payouts.batches import items
from ledger.payouts.payables import terms
from ledger.payouts.returns.debts import owed_on
from ledger.payouts.returns.recoveries import oldest_first
from ledger.payouts.settle import given_up
from ledger.registry.agreements import WRITE_OFF, agreed_and_open, agreement, answers
from ledger.store.ledger import Row, View, Writer, local_day


class WrittenOff(NamedTuple):
    """The decision that it rests on, and whether it is carried out; until then it waits for another person.

    `instead_of`: in whose place it stands, where that was agreed to and not carried out.
    """

    number: int
    done: bool
    instead_of: Row[kinds.DecisionBody] | None = None


class _Debt(NamedTuple):
    """What is owed, and of which entries: record, terms, payee and fen; `claims` are of a line's."""

    line: str
    owed_fen: int
    parts: Sequence[tuple[int, Terms, str, int]]
    claims: list[kinds.ClaimedPart]


def write_off(
    writer: Writer, about: str, amount_fen: int, document: str, reason: str, signer: Signer | None = None
) -> WrittenOff:
    """Ask for so much of what a line owes, or of what a payout has paid twice, to be written off.

    What another person has agreed to is carried out. A document of a line or payout is booked once. Refuses
    `nothing_owed`, `write_off_too_large`, `document_differs`.
    """
    booked = next((one for one in written_off(writer, about) if one.body["document"] == document), None)
    if booked is not None:
        _check_same(booked, amount_fen)
        return WrittenOff(booked.body["decision"], True)
    debt = _debt(writer, about, amount_fen)
    if amount_fen > debt.owed_fen:
        raise refuse(
            "write_off_too_large",
            N_("{amount} is to be written off, and {owed} is owed"),
            N_("write off no more than is owed: `subsidy pay owed`"),
            Place(about),
            amount=format_yuan(amount_fen),
            owed=format_yuan(debt.owed_fen),
        )
    body = kinds.DecisionBody(
        key=f"{WRITE_OFF}/{about}",
        type=WRITE_OFF,
        about=about,
        reason=reason,
        document=document,
        amount_fen=amount_fen,
    )
    stands = writer.current(kinds.DECISION, body["key"])
    if stands is None or (stands.body["document"], stands.body["amount_fen"]) != (document, amount_fen):
        displaced = agreed_and_open(writer, stands, {one.body["decision"] for one in written_off(writer, about)})
        return WrittenOff(append_signed(writer, signer, kinds.DECISION, body), False, displaced)
    if agreement(writer, stands.seq) is None:
        # What somebody has turned down is asked again.
        waits = stands.seq not in answers(writer)
        return WrittenOff(stands.seq if waits else append_signed(writer, signer, kinds.DECISION, body), False)
    charts.ensure(writer, "fin", WRITTEN_OFF)
    today = local_day(writer.now)
    record = writer.append(
        kinds.WRITE_OFF,
        kinds.WriteOffBody(
            line=about,
            amount_fen=amount_fen,
            on=today.isoformat(),
            document=document,
            decision=stands.seq,
            claims=debt.claims,
        ),
    )
    post(
        writer,
        [
            postings.written_off(about, document, n, each, payee, fen, line=debt.line, effective_on=today, cause=record)
            for n, (_award, each, payee, fen) in enumerate(debt.parts)
        ],
    )
    return WrittenOff(stands.seq, True)


def _debt(view: View, about: str, amount_fen: int) -> _Debt:
    """What is owed on a line or of a payout, and of what so much of it is; refuses `nothing_owed`."""
    payout = items(view, [about]).get(about)
    if payout is None:
        debt = owed_on(view, about)
        settled = oldest_first(debt.reductions, amount_fen)
        claims = [kinds.ClaimedPart(award=each.award, amount_fen=-fen) for each, fen in settled]
        parts = [(each.award, each.terms, each.payee, fen) for each, fen in settled]
        return _Debt(about, debt.owed_fen, parts, claims)
    owed_fen = payout.twice_fen - payout.given_up_fen
    if owed_fen <= 0:
        raise refuse(
            "nothing_owed",
            N_("nothing is owed on {line}"),
            N_("`subsidy pay owed` lists what is; money given back unasked is `subsidy pay refund`"),
            line=about,
        )
    of = given_up(payout, amount_fen)
    known = terms(view, of)
    return _Debt("", owed_fen, [(award, known[award], payout.body["payee"], fen) for award, fen in of.items()], [])


def written_off(view: View, about: str = "") -> list[Row[kinds.WriteOffBody]]:
    """What was written off, of one line or payout or of all, in log order."""
    return [row for row in view.records(kinds.WRITE_OFF) if about in ("", row.body["line"])]


def _check_same(booked: Row[kinds.WriteOffBody], amount_fen: int) -> None:
    if booked.body["amount_fen"] != amount_fen:
        raise refuse(
            "document_differs",
            N_("document {document} was booked with {amount} on {day}"),
            N_("give other money its own document number"),
            Place(booked.body["line"]),
            document=booked.body["document"],
            amount=format_yuan(booked.body["amount_fen"]),
            day=booked.body["on"],
        )
