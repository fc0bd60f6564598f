"""What a calculator of loan interest discounts is given: award lines, awards paid outside, other supports.

Shapes only. An award line is one granted loan under one notice; its digest and worksheet come from
`interest_discount.calculate`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from calculators.facts import Application, Entity, Grant, Loan
from calculators.notice import Notice, Sourced


@dataclass(frozen=True, slots=True)
class Version:
    """A notice version by its reference (`id@sha256:<hex>`) and the accrual days that it governs; None = open."""

    ref: str
    notice: Notice
    starts_on: date = date.min
    ends_before: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One granted loan under one notice.

    `versions` are the notice's versions by the days they govern, without overlap (mostly one). `facts_root` is the hex
    root over the records the line rests on. `released` holds (due, our interest, receipt) of held due periods that
    somebody released: it counts while both figures (fen; None = no receipt) still stand.
    """

    id: str
    versions: tuple[Version, ...]
    entity: Entity
    application: Application
    grant: Grant
    loan: Loan
    facts_root: str
    released: frozenset[tuple[date, int, int | None]] = frozenset()

    @property
    def notice_id(self) -> str:
        """The notice, whatever its version."""
        return self.versions[0].notice.id


class Outside(NamedTuple):
    """An award paid outside this ledger for the due period that ends before `due`; unknown texts are empty.

    It uses up the room of caps, except for a line that is reckoned itself: there the line's own award does.
    """

    notice: str
    uscc: str
    line: str
    lender: str
    loan: str
    due: date
    amount_fen: int


class Support(NamedTuple):
    """A granted support of an entity that is not among the lines, for the rule of one support per fund year."""

    uscc: str
    programme: str
    fund_year: int
    notice: str
    granted_on: date
    grant: str


class OrderKey(NamedTuple):
    """A line's place where lines compete for one cap or one principal: the notice's stated order, then the id.

    Notices that state different orders stand in blocks, each in its own order.
    """

    stated: tuple[str, ...]
    values: tuple[str, ...]
    id: str


def order_key(line: Line) -> OrderKey:
    """The key that sorts competing lines; dates in ISO form sort as text."""
    values: Mapping[str, str] = {
        "grant_date": line.grant.granted_on.isoformat(),
        "contract_date": line.loan.signed_on.isoformat(),
        "id": line.id,
    }
    stated = line.versions[-1].notice.order
    return OrderKey(stated, tuple(values[name] for name in stated), line.id)


def first_drawdown(loan: Loan) -> date:
    """The day of the first drawdown, from which accrual runs; the day of signing while nothing is drawn."""
    return min((movement.on for movement in loan.movements), default=loan.signed_on)


def holds_status(entity: Entity, status: str, day: date) -> bool:
    """Whether the entity holds the status on `day`: from the day it gained it until it ended."""
    return any(
        held.name == status and held.starts_on <= day and (held.ends_before is None or day < held.ends_before)
        for held in entity.statuses
    )


def clause_label(notice: Notice, rule: Sourced) -> str:
    """Where a rule stands, short: the basis id, then the clause where one is known (`guide.III.2.2`); `assumption`."""
    if rule.basis is None:
        return "assumption"
    clause = next((basis.clause for basis in notice.basis if basis.id == rule.basis), "unknown")
    # An id may carry its clause already (`n3.2`, clause 3.2).
    return rule.basis if clause == "unknown" or rule.basis.endswith(clause) else f"{rule.basis}.{clause}"
