"""Budget orders: a change of a budget asked for by one person and carried out by the signature of another.

Once anybody has a key, a budget is changed in no other way. The order carries its maker's signature; the approval,
the budget records and the entry come together in one transaction, or not at all.
"""

from typing import NamedTuple

from calculators.problems import N_, Place, refuse
from ledger.book import envelopes
from ledger.book.envelopes import Asked
from ledger.book.posting import Posted
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.approvals import APPROVE, REJECT, Approval, sign, subject
from ledger.office.signing import Signer, append_signed, signer_for
from ledger.registry.agreements import final
from ledger.store.ledger import Ledger, Row, View, local_day


class Ordered(NamedTuple):
    """What became of a change that was asked for: the entry it made, or the number of the order that waits."""

    posted: Posted | None
    order: int = 0


def ask(ledger: Ledger, asked: Asked, actor: str, signer: Signer | None) -> Ordered:
    """Carry a change out where nobody has a key, else have `signer` order it.

    What was carried out before is answered `same`. Refuses what `envelopes.check` refuses, `signing_key_needed`,
    `order_waiting`, and what `append_signed` refuses.
    """
    with ledger.write(actor) as writer:
        stood = envelopes.known(writer, asked)
        if stood:
            return Ordered(stood)
        signed_by = signer_for(writer, signer)
        if signed_by is None:
            return Ordered(envelopes.change(writer, asked))
        envelopes.check(writer, asked, local_day(writer.now))
        for row in waiting(writer):
            if Asked.of(row.body) == asked:
                raise refuse(
                    "order_waiting",
                    N_("the same is ordered by {maker} and waits for a second signature"),
                    N_("have it approved: `subsidy approve {number}`"),
                    Place(asked.path),
                    maker=row.body["actor"],
                    number=row.seq,
                )
        body = kinds.OrderBody(
            action=asked.action, path=asked.path, amount_fen=asked.amount_fen, document=asked.document
        )
        if asked.to:
            body["to"] = asked.to
        if asked.on:
            body["on"] = asked.on.isoformat()
        return Ordered(None, append_signed(writer, signed_by, kinds.ORDER, body))


def is_order(view: View, number: int) -> bool:
    """Whether record `number` is a budget order."""
    return number < view.size and kind_of(view.record(number)) == "order"


def waiting(view: View) -> list[Row[kinds.OrderBody]]:
    """The orders that nobody has approved or rejected, in log order."""
    decided = {row.body["about"] for row in view.records(kinds.APPROVAL) if final(row.body)}
    return [row for row in view.records(kinds.ORDER) if row.seq not in decided]


def approve(ledger: Ledger, number: int, actor: str, signer: Signer, text: str = "") -> tuple[Approval, Posted | None]:
    """Have `signer` sign the next step of an order; the last signature carries it out, before it nothing is posted.

    Refuses `nothing_to_approve`, what `approvals.sign` refuses, and what `envelopes.change`
    refuses as the envelopes stand now: then the order goes on waiting.
    """
    with ledger.write(actor) as writer:
        approval = sign(writer, signer, subject(writer, number), APPROVE, text)
        if approval.to_come:
            return approval, None
        return approval, envelopes.change(writer, Asked.of(writer.body(kinds.ORDER, number)), order=number)


def reject(ledger: Ledger, number: int, actor: str, signer: Signer, reason: str) -> Approval:
    """Sign against an order, which ends it; refuses as `approve` does to sign."""
    with ledger.write(actor) as writer:
        return sign(writer, signer, subject(writer, number), REJECT, reason)
