"""Entering what was paid under a notice before this ledger: one person records it, and it waits for another one."""

from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.registry.agreements import agreement, answers, asks
from ledger.registry.openings import require_notice
from ledger.store.ledger import Writer


def record_opening(writer: Writer, body: kinds.OpeningBody, signer: Signer | None = None) -> int | None:
    """Record the opening position of a notice, which waits for another person; its log index.

    None where the very same one stands already, or waits. Refuses `notice_unknown` and what `append_signed` refuses.
    """
    require_notice(writer, body["key"])
    known = writer.current(kinds.OPENING, body["key"])
    if known is not None and {**kinds.own(known.body), "signature": ""} == {**body, "signature": ""}:
        waits = known.seq not in answers(writer)
        if not asks(known.body) or waits or agreement(writer, known.seq):
            return None
    return append_signed(writer, signer, kinds.OPENING, body)
