"""Lines and payouts by their few words, and what matching made of them in short."""

from typing import Any

from ledger.reconcile.matching import Line, Outcome, Payout

Found = tuple[str, str, tuple[str, ...], tuple[tuple[str, int], ...]]


def line(name: str, amount: int, *references: str, day: int = 100, **more: Any) -> Line:
    return Line(name, day, amount, references=references, **more)


def payout(name: str, amount: int, day: int = 100, **more: Any) -> Payout:
    return Payout(name, day, amount, **more)


def in_short(found: Outcome) -> list[Found]:
    return [(one.rule, one.kind, one.lines, tuple(one.payouts)) for one in found.matches]


def listed(found: Outcome) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.reason, one.lines, one.payouts) for one in found.listed]


PAID = payout("S1", 30000, payee="p", vouchers=("V1",), paid_fen=30000)

B1 = [payout("S1", 10000, batch="B1"), payout("S2", 20000, batch="B1"), payout("S3", 45000, batch="B1")]

NOTHING = [("unknown", ("a",), ())]
