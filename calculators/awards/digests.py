"""Digests put together, in one order: what a line is about, what its calculator found, caps, decisions, claw-backs.

Every type of support comes through here, and so does a line that no calculator can take: its digest owes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from calculators.awards.caps import CappedLine
from calculators.awards.conditions import Condition
from calculators.awards.lines import AwardLine, PaidTo, withheld_by
from calculators.awards.payers import TakenBack, payers_of
from calculators.digest import SCHEMA, AwardedPeriod, Digest, Held, InterestBound, RefusedCode, TakenBackPart
from calculators.notices.model import Payer

__all__ = ["About", "AwardResult", "Found", "digest_of", "owing_nothing", "take_back"]


class AwardResult(Protocol):
    """What came out for a line of whatever type of support."""

    @property
    def line(self) -> AwardLine:
        """The line."""

    @property
    def digest(self) -> Digest:
        """Its digest."""

    @property
    def capped(self) -> CappedLine:
        """What it drew on caps."""

    def with_digest(self, digest: Digest) -> "AwardResult":
        """The same with another digest."""

    def clause(self, due: date) -> str:
        """Where the rule stands by which the due period was calculated, as `clause_label` has it."""


class About(NamedTuple):
    """What a digest is about; `on_loan` says whether `item` is the key of a loan.

    `notice` is a reference, `calculator` has its version, `benchmark` is the reference of a loan's.
    """

    line: str
    uscc: str
    item: str
    on_loan: bool
    paid_to: PaidTo
    notice: str
    calculator: str
    facts_root: str
    benchmark: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a calculator found for a line whose caps are filled.

    `eligible` says whether no condition refuses the whole line; `bound` is that of a loan by its interest. A line that
    `failed` is held whole: nobody knows what it is due, so it is not refused, and nothing is taken back of it.
    """

    eligible: bool
    conditions: Sequence[Condition]
    periods: list[AwardedPeriod]
    withheld_fen: int
    held: list[Held] = field(default_factory=list)
    bound: InterestBound | None = None
    failed: bool = False


def digest_of(capped: CappedLine, calculator: str, through: date, found: Found, benchmark: str = "") -> Digest:
    """The digest of a line; `benchmark` is the reference of the one that a loan was calculated with."""
    line, payers = capped.line, capped.line.notices[-1].payers
    digest = owing_nothing(_about(line, calculator, benchmark), through, _refused(found))
    digest["eligible"] = found.eligible
    digest["conditions"] = [condition.told() for condition in found.conditions]
    digest["periods"] = found.periods
    if found.bound:
        digest["interest_bound"] = found.bound
    digest["held"] = found.held
    digest["caps"] = capped.told()
    digest["withheld"] = withheld_by(line, found.withheld_fen)
    digest["withheld_fen"] = found.withheld_fen
    digest["award_fen"] = sum(period["award_fen"] for period in found.periods)
    digest["payers"] = payers_of(payers, digest["award_fen"])
    return digest if found.failed else take_back(digest, line.taken_back, payers)


def owing_nothing(about: About, through: date, refused: list[RefusedCode]) -> Digest:
    """The digest of a line that is due nothing, for what `refused` says; every other digest begins as this one."""
    digest = Digest(
        {
            "$schema": SCHEMA,
            "line": about.line,
            "entity": about.uscc,
            "pay_to": about.paid_to.who,
            "notice": about.notice,
            "calculator": about.calculator,
            "facts": about.facts_root,
            "through": through.isoformat(),
            "eligible": False,
            "conditions": [],
            "refused": refused,
            "periods": [],
            "held": [],
            "caps": [],
            "withheld": [],
            "withheld_fen": 0,
            "payers": [],
            "award_fen": 0,
        }
    )
    if about.on_loan:
        digest["loan"], digest["benchmark"] = about.item, about.benchmark
    else:
        digest["item"] = about.item
    if about.paid_to.who != "firm":
        digest[about.paid_to.who] = about.paid_to.name
    return digest


def _about(line: AwardLine, calculator: str, benchmark: str) -> About:
    return About(
        line=line.id,
        uscc=line.entity.uscc,
        item=line.item_key,
        on_loan=line.on_loan,
        paid_to=line.paid_to,
        notice="+".join(line.notice_refs),
        calculator=calculator,
        facts_root=line.facts_root,
        benchmark=benchmark,
    )


def _refused(found: Found) -> list[RefusedCode]:
    return [
        condition.refusal()
        for condition in found.conditions
        if not condition.met and condition.waits_for is None and not found.failed
    ]


def take_back(digest: Digest, agreed: Iterable[TakenBack], payers: Sequence[Payer]) -> Digest:
    """A digest less what was agreed, in that order: `taken_back`, `award_fen`, `payers`; unchanged where nothing is.

    A claw-back that falls due on or after a held due period waits with it. One that has nothing left to take counts
    with 0.
    """
    periods = [(date.fromisoformat(period["due"]), period["award_fen"]) for period in digest["periods"]]
    held_from = min((date.fromisoformat(held["due"]) for held in digest["held"]), default=date.max)
    last_due = date.fromisoformat(digest["through"])
    taken: list[TakenBackPart] = []
    taken_fen = 0
    for clawback in agreed:
        if clawback.due > last_due or clawback.due >= held_from:
            continue
        # What it was agreed on, as that comes out now: a later part counts where it takes away, as a refund does.
        now_fen = sum(fen for due, fen in periods if due <= clawback.stood_through or fen < 0) - taken_fen
        kept_fen = clawback.stood_fen - clawback.amount_fen
        amount_fen = min(clawback.amount_fen, max(0, now_fen - kept_fen))
        taken.append(
            TakenBackPart(
                due=clawback.due.isoformat(),
                clawback=clawback.clawback,
                agreed_fen=clawback.amount_fen,
                amount_fen=amount_fen,
            )
        )
        taken_fen += amount_fen
    if not taken:
        return digest
    award_fen = digest["award_fen"] - taken_fen
    return {**digest, "taken_back": taken, "payers": payers_of(payers, award_fen), "award_fen": award_fen}
