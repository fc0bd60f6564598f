"""Interest really paid: which receipts of a due period count, where the notice asks between which days they were paid.

A due period that begins after the last of those days cannot be paid for on one of them (nobody is taken to pay interest
before it begins to accrue), so that nothing waits for its receipt.
"""

from collections.abc import Iterable
from datetime import date

from calculators.awards.lines import Line
from calculators.awards.loan_parts import DuePeriod
from calculators.interest.loan import Receipt
from calculators.interest.segments import Period
from calculators.money import largest_remainder
from calculators.notices.loan import LoanNotice, LoanWindow

__all__ = ["counted_receipts", "hold_of", "may_be_paid", "paid_shares", "paid_windows"]

_EVER = date.max


def counted_receipts(notice: LoanNotice, receipts: Iterable[Receipt]) -> int:
    """What of the receipts counts, in fen: all of them, or those paid on a day of the notice's windows."""
    windows = paid_windows(notice)
    return sum(
        receipt.interest_fen
        for receipt in receipts
        if not windows or any(window.starts_on <= receipt.paid_on < (window.ends_before or _EVER) for window in windows)
    )


def may_be_paid(notice: LoanNotice, period: Period) -> bool:
    """Whether a receipt for the period can still be paid on a day that counts."""
    windows = paid_windows(notice)
    return not windows or any(period.starts_on < (window.ends_before or _EVER) for window in windows)


def paid_windows(notice: LoanNotice) -> list[LoanWindow]:
    """Between which days interest has to be paid to count; none where the notice does not ask."""
    return [window for window in notice.windows if window.on == "paid_day"]


def paid_shares(due: DuePeriod, notice: LoanNotice) -> list[int]:
    """What of the receipts counts under a notice per part, in fen, split over the parts and the rest of the period.

    By exact accrual and largest remainder; what the parts leave is the unsupported rest. Where a receipt is missing our
    own figure stands in, so that a held period keeps its room in the caps.
    """
    paid_fen = due.bank_fen if due.receipt_fen is None else counted_receipts(notice, due.receipts)
    weights = [part.exact_fen for part in due.parts]
    if not due.bank_exact:
        # Nothing accrued: what a receipt says beside that is no interest of any part.
        return [0] * len(weights)
    return largest_remainder(paid_fen, [*weights, due.bank_exact - sum(weights)])[:-1]


def hold_of(line: Line, due: DuePeriod) -> str:
    """Why a due period is not to be paid yet: the code, or empty.

    A hold that was released stays released while both figures stand.
    """
    if (due.period.ends_before, due.bank_fen, due.receipt_fen) in line.released:
        return ""
    notice = due.parts[-1].notice
    if due.receipt_fen is None:
        paid = any(part.notice.base.interest == "paid" for part in due.parts)
        return "receipt_missing" if paid and due.bank_fen else ""
    return "receipt_differs" if abs(due.receipt_fen - due.bank_fen) > notice.tolerance.receipt else ""
