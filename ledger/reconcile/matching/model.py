"""What matching takes and gives: lines and payouts as plain values, matches, and lists of what was not decided.

Amounts are integers of fen; a line's and a match's are signed (a debit to our account negative), a payout's and a
share's are positive. Days are ordinals (`date.toordinal`).
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

# Days after its instruction on which a payout is looked for without its name, and after that on which it comes back so.
WINDOW_DAYS = 10
RETURN_DAYS = 60


class Rule(StrEnum):
    """What a match rests on, strongest first; `amount` is never enough for one, and `person` was decided by hand."""

    REVERSAL = "reversal"
    END_TO_END = "end-to-end"
    VOUCHER = "voucher"
    BATCH = "batch"
    CLASS = "class"
    AMOUNT_PAYEE = "amount-payee"
    PAYEE_SUM = "payee-sum"
    BATCH_TOTAL = "batch-total"
    BATCH_PART = "batch-part"
    AMOUNT = "amount"
    PERSON = "person"


class Kind(StrEnum):
    """What a match joins."""

    ONE_TO_ONE = "one-to-one"
    ONE_TO_MANY = "one-to-many"
    MANY_TO_ONE = "many-to-one"
    PARTIAL = "partial"
    RETURN = "return"
    REVERSAL = "reversal"
    FEE = "fee"
    INTEREST = "interest"
    FUNDING = "funding"
    REFUND = "refund"
    OPENING = "opening"


class Reason(StrEnum):
    """Why a line was not matched."""

    AMBIGUOUS = "ambiguous"
    TOO_MANY = "too_many"
    EXCEEDS = "exceeds"
    PAYEE_DIFFERS = "payee_differs"
    PART_UNKNOWN = "part_unknown"
    BATCH_DIFFERS = "batch_differs"
    NOT_PAID = "not_paid"
    NOTHING_TAKEN_BACK = "nothing_taken_back"
    BARRED = "barred"
    AMOUNT = "amount"
    UNKNOWN = "unknown"


class WhyNot(StrEnum):
    """Why a candidate of an open line was not taken for it; the first that holds."""

    OTHER_PAYEE = "other_payee"
    UNDONE = "undone"
    LATER = "later"
    NOTHING_OPEN = "nothing_open"
    OTHER_AMOUNT = "other_amount"
    TOO_LONG_AGO = "too_long_ago"
    NOT_ALONE = "not_alone"
    AMOUNT_ALONE = "amount_alone"


class Part(NamedTuple):
    """One payment inside a line, as the bank itemised it; signed as the line is. `others` as in `Line`."""

    amount_fen: int
    references: tuple[str, ...] = ()
    others: tuple[str, ...] | None = None

    @property
    def fits(self) -> tuple[str, ...] | None:
        """The payees that its other side may be; None where that is not said."""
        return self.others


class Line(NamedTuple):
    """A booked entry of a payer's account: what matching may use of it.

    `payee` is a key of the other side's account where it is one of ours, `sort` is `fee` or `interest` where the bank
    says so. `others` are the keys of all payees that what the bank says of the other side fits: a payout of any other
    payee is contradicted, and () contradicts every one. None is silence: nothing is said beside `payee`. `inside` are
    the same of payments inside that are no `parts`, because the bank does not say their amounts. `place` is its place
    among the lines of its day.
    """

    id: str
    day: int
    amount_fen: int
    payer: str = ""
    references: tuple[str, ...] = ()
    payee: str = ""
    returned: bool = False
    reversal: bool = False
    sort: str = ""
    parts: tuple[Part, ...] = ()
    others: tuple[str, ...] | None = None
    inside: tuple[tuple[str, ...], ...] = ()
    place: int = 0

    @property
    def fits(self) -> tuple[str, ...] | None:
        """The payees that its other side may be; None where that is not said."""
        return (self.payee,) if self.others is None and self.payee else self.others

    @property
    def told_inside(self) -> tuple[tuple[str, ...], ...]:
        """The payees that each payment inside may be to, of those that say it."""
        return (*self.inside, *(part.others for part in self.parts if part.others is not None))


class Payout(NamedTuple):
    """A payment that was instructed; `id` is its end-to-end id.

    `failed` and `paid_fen` are what the channel said of it; `vouchers` are other numbers that name it.
    """

    id: str
    day: int
    amount_fen: int
    payer: str = ""
    payee: str = ""
    batch: str = ""
    vouchers: tuple[str, ...] = ()
    failed: bool = False
    paid_fen: int = 0


def contradicts(said: Line | Part, payout: Payout) -> bool:
    """Whether the other side of a line, or of a part of one, is somebody else than the payout's payee."""
    return said.fits is not None and payout.payee != "" and payout.payee not in said.fits


def elsewhere(line: Line, payouts: Sequence[Payout]) -> bool:
    """Whether a line shows somebody else than a payout's payee, or a payment inside it somebody who is none of them."""
    payees = {payout.payee for payout in payouts}
    known = bool(payees) and "" not in payees
    return any(contradicts(line, payout) for payout in payouts) or (
        known and any(payees.isdisjoint(one) for one in line.told_inside)
    )


def why_not(line: Line, payout: Payout, open_fen: int, candidates: int, *, undone: bool) -> WhyNot:
    """Why a line was not taken for a payout of which `open_fen` may be paid, or may come back, by it.

    `candidates` is how many the line has, `undone` whether a person has said that it is not this one.
    """
    amount_fen = abs(line.amount_fen)
    said = (
        (WhyNot.OTHER_PAYEE, contradicts(line, payout)),
        (WhyNot.UNDONE, undone),
        (WhyNot.LATER, payout.day > line.day),
        (WhyNot.NOTHING_OPEN, not open_fen),
        (WhyNot.OTHER_AMOUNT, open_fen != amount_fen),
        (WhyNot.TOO_LONG_AGO, line.day - payout.day > (WINDOW_DAYS if line.amount_fen < 0 else RETURN_DAYS)),
        (WhyNot.NOT_ALONE, candidates > 1),
    )
    return next((reason for reason, holds in said if holds), WhyNot.AMOUNT_ALONE)


class Share(NamedTuple):
    """What a match settles of one payout, positive also where it came back."""

    payout: str
    amount_fen: int


class Match(NamedTuple):
    """Lines and payouts that explain each other. `amount_fen` is the sum of the lines.

    `residual_fen` is what is left open of its payouts (of a return: of what was paid); `inputs` say what was compared.
    """

    rule: Rule
    kind: Kind
    lines: tuple[str, ...]
    payouts: tuple[Share, ...]
    amount_fen: int
    residual_fen: int = 0
    inputs: tuple[tuple[str, str], ...] = ()


class Listed(NamedTuple):
    """Lines that were not matched, why, by which rule, and at most 20 of the payouts that they may belong to."""

    reason: Reason
    rule: Rule
    lines: tuple[str, ...]
    payouts: tuple[str, ...]


class Outcome(NamedTuple):
    """What matching found, in an order of its own contents; `open_fen`: payout -> what no match has used of it.

    `undone` are decided matches that a reversal has taken back, each with the id of that line.
    """

    matches: tuple[Match, ...]
    listed: tuple[Listed, ...]
    open_fen: dict[str, int]
    undone: tuple[tuple[Match, str], ...] = ()
