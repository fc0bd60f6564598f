"""Interest really paid: which receipts of a due period count, where the notice asks between which days they were paid.

A due period that begins after the last of those days cannot be paid for on one of them (nobody is taken to pay interest
before it begins to accrue), so that nothing waits for its receipt.
"""

from collections.abc import Iterable

from calculators.interest.loan import Receipt
from calculators.interest.segments import Period
from calculators.notices.loan import LoanNotice

__all__ = ["counted_receipts", "may_be_paid"]


def counted_receipts(notice: LoanNotice, receipts: Iterable[Receipt]) -> int:
    """What of the receipts counts, in fen: all of them, or those paid on a day of the notice's windows."""
    windows = notice.paid_windows
    return sum(
        receipt.interest_fen
        for receipt in receipts
        if not windows or any(first <= receipt.paid_on < end for first, end in windows)
    )


def may_be_paid(notice: LoanNotice, period: Period) -> bool:
    """Whether a receipt for the period can still be paid on a day that counts."""
    windows = notice.paid_windows
    return not windows or any(period.starts_on < end for _, end in windows)
