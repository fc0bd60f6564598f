"""The register of receipts: the interest that a lender says was paid for a due period."""

from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.happenings import numbered


def drafts(task: Task) -> list[Draft]:
    """One draft per row."""
    return numbered(task, "receipt", ("due",), "interest_fen")


REGISTER = Register("receipts", "receipt", "fact", drafts, twins=True, by_lender=True, dated="paid_on")
