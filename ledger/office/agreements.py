"""The second person's word on what takes two (`ledger.registry.agreements`): one way, whatever was asked for."""

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.approvals import APPROVE, REJECT, Approval, sign, subject
from ledger.office.signing import Signer
from ledger.store.ledger import Writer


def agree(writer: Writer, number: int, text: str = "", signer: Signer | None = None) -> Approval:
    """Agree to record `number`, signed where keys are in use: from now on it is in force.

    Refuses `nothing_to_approve`, `not_waiting` and what `approvals.sign` refuses.
    """
    return _answer(writer, number, APPROVE, text, signer)


def turn_down(writer: Writer, number: int, text: str, signer: Signer | None = None) -> Approval:
    """Say no to record `number`, which ends it; refuses as `agree` does."""
    return _answer(writer, number, REJECT, text, signer)


def _answer(writer: Writer, number: int, opinion: str, text: str, signer: Signer | None) -> Approval:
    about = subject(writer, number)
    body = writer.record(number)
    stands = writer.current(kinds.KINDS[kind_of(body)], body["key"])
    if stands is None or stands.seq != number:
        raise refuse(
            "not_waiting",
            N_("nothing waits for a signature here any more"),
            N_("see how it ended: `subsidy approvals {number}`"),
            Place(str(number)),
            number=number,
        )
    return sign(writer, signer, about, opinion, text)
