"""Audit: which head was signed, what an auditor needs of it, what was cut off, and what proves the rest."""

from fastapi import APIRouter
from starlette.responses import Response

from calculators.problems import N_, Refused
from ledger.audit.ledger import Ledger
from ledger.log import kinds
from ledger.log.checkpoint import Checkpoint
from ledger.web.asked import Asks
from ledger.web.looks import OK, STOP, WAIT
from ledger.words import _

router = APIRouter()

SIGNED = {
    True: (N_("agrees with the signed head"), OK),
    False: (N_("does not agree with the signed head"), STOP),
    None: (N_("no signed head at hand"), WAIT),
}


@router.get("/audit")
def audit(asks: Asks) -> Response:
    """What can be shown without reading the whole log; the checks that read it are forms."""
    with asks.read() as seen:
        known, note, key = _signed(asks.ledger)
        word, look = SIGNED[seen.head.signed]
        return asks.page(
            "audit.html",
            seen,
            "audit",
            known=known,
            note=note,
            key=key,
            word=_(word),
            look=look,
            cuts=[(row.seq, row.body) for row in seen.view.records(kinds.CUT)],
            rules=[(row.seq, row.body) for row in seen.view.records(kinds.RULES)],
        )


def _signed(ledger: Ledger) -> tuple[Checkpoint | None, str, str]:
    """The head that was signed last, its note, and the key that it is checked by; None where it is not at hand."""
    home = ledger.anchor
    try:
        with ledger.read() as newest:
            key = ledger.signing_key(newest).verifier
        return home.checkpoint(key), home.checkpoint_file.read_text(encoding="utf-8"), str(key)
    except (Refused, OSError):
        return None, "", ""
