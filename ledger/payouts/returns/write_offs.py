"""Debts that will not come back: written off by two people with a document, and no longer owed.

One asks, another agrees, and then it is carried out, on that day. It settles reductions by claims, oldest first, as
money that comes in does; no money moves, and the indicator stays paid.
"""

from typing import NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, refuse
from ledger.book import charts
from ledger.book.accounts import WRITTEN_OFF
from ledger.book.posting import post
from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.payouts import postings
from ledger.payouts.returns.debts import owed_on
from ledger.payouts.returns.recoveries import oldest_first
from ledger.registry.agreements import WRITE_OFF, agreement, answers
from ledger.store.ledger import Row, View, Writer, local_day


class WrittenOff(NamedTuple):
    """The decision that it rests on, and whether it is carried out; until then it waits for another person."""

    number: int
    done: bool


def write_off(
    writer: Writer, line: str, amount_fen: int, document: str, reason: str, signer: Signer | None = None
) -> WrittenOff:
    """Ask for so much of what a line owes to be written off, or carry out what another person has agreed to.

    A document of a line is booked once. Refuses `nothing_owed`, `write_off_too_large`, `document_differs`.
    """
    booked = next((one for one in written_off(writer, line) if one.body["document"] == document), None)
    if booked is not None:
        _check_same(booked, amount_fen)
        return WrittenOff(booked.body["decision"], True)
    debt = owed_on(writer, line)
    if amount_fen > debt.owed_fen:
        raise refuse(
            "write_off_too_large",
            N_("{amount} is to be written off, and {owed} is owed"),
            N_("write off no more than is owed: `subsidy pay owed`"),
            Place(line),
            amount=format_yuan(amount_fen),
            owed=format_yuan(debt.owed_fen),
        )
    body = kinds.DecisionBody(
        key=f"{WRITE_OFF}/{line}",
        type=WRITE_OFF,
        about=line,
        reason=reason,
        document=document,
        amount_fen=amount_fen,
    )
    stands = writer.current(kinds.DECISION, body["key"])
    if stands is None or (stands.body["document"], stands.body["amount_fen"]) != (document, amount_fen):
        return WrittenOff(append_signed(writer, signer, kinds.DECISION, body), False)
    if agreement(writer, stands.seq) is None:
        # What somebody has turned down is asked anew.
        waits = stands.seq not in answers(writer)
        return WrittenOff(stands.seq if waits else append_signed(writer, signer, kinds.DECISION, body), False)
    charts.ensure(writer, "fin", WRITTEN_OFF)
    today = local_day(writer.now)
    settled = oldest_first(debt.reductions, amount_fen)
    record = writer.append(
        kinds.WRITE_OFF,
        kinds.WriteOffBody(
            line=line,
            amount_fen=amount_fen,
            on=today.isoformat(),
            document=document,
            decision=stands.seq,
            claims=[kinds.ClaimedPart(award=each.award, amount_fen=-fen) for each, fen in settled],
        ),
    )
    post(
        writer,
        [
            postings.written_off(line, document, n, each.terms, each.payee, fen, effective_on=today, cause=record)
            for n, (each, fen) in enumerate(settled)
        ],
    )
    return WrittenOff(stands.seq, True)


def written_off(view: View, line: str = "") -> list[Row[kinds.WriteOffBody]]:
    """What was written off, of one line or of all, in log order."""
    return [row for row in view.records(kinds.WRITE_OFF) if line in ("", row.body["line"])]


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
