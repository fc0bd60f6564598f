"""Reconciling: which lines are open and why, what they may be and why not, which payouts no line has paid."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.log import kinds
from ledger.payouts.states import State
from ledger.queries.as_of import Moment
from ledger.reconcile import deciding
from ledger.reconcile.decided import decided
from ledger.reconcile.deciding import find_line, judge, open_lines
from ledger.reconcile.matching import Listed, Reason, Rule, WhyNot
from ledger.reconcile.sides import Sides, sides


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A statement line: `payee` is the reference of whose account it names, "" where that is nobody known."""

    line: str
    booked_on: date
    amount_fen: int
    references: tuple[str, ...]
    payee: str
    returned: bool
    reversal: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payout that an open line may be, what of it the line could settle, and why it was not taken."""

    payout: str
    open_fen: int
    why_not: WhyNot


@dataclass(frozen=True, slots=True)
class OpenLine(StatementLine):
    """A line that nobody has decided: its one reason, the rule that came nearest, its age in days, its candidates."""

    reason: Reason
    rule: Rule
    age: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class PayoutOfDesk:
    """A payout that went out: what was ordered, on which day and in which batch, and what no line has paid of it."""

    payout: str
    batch: str
    ordered_on: date
    ordered_fen: int
    open_fen: int
    state: State


@dataclass(frozen=True)
class Desk:
    """The two sides: `matched` counts lines by rule, `to_match` are lines that a rule would match now.

    `left_to_a_person` are lines whose match was undone; `listed` groups what no rule decides; `payouts` wait for lines.
    """

    lines: int
    matched: Mapping[str, int]
    to_match: tuple[str, ...]
    left_to_a_person: tuple[str, ...]
    listed: tuple[Listed, ...]
    open_lines: tuple[OpenLine, ...]
    payouts: tuple[PayoutOfDesk, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a payout a match is about."""

    payout: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Input:
    """What a rule went by."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """A match as it was recorded; `reason` is "" where a rule made it."""

    match: str
    rule: str
    kind: str
    lines: tuple[str, ...]
    actor: str
    recorded_at: str
    inputs: tuple[Input, ...]
    payouts: tuple[Share, ...]
    amount_fen: int
    residual_fen: int
    reason: str


@dataclass(frozen=True)
class LineOfDesk:
    """One line: its match, or why it is open, as what (`open_line`) and which payouts it may be; what was undone."""

    line: StatementLine
    match: MatchAnswer | None
    listed: Listed | None
    open_line: OpenLine | None
    payouts: tuple[PayoutOfDesk, ...]
    undone: tuple[MatchAnswer, ...]


def desk(at: Moment) -> Desk:
    """Both sides as matching sees them; nothing is written."""
    two, before = sides(at.view, at.vault), decided(at.view)
    found = judge(two, before)
    paid = before.paid_fen
    unseen = {
        name: payout.amount_fen - paid.get(name, 0)
        for name, payout in sorted(two.payouts.items())
        if not payout.failed and payout.amount_fen > paid.get(name, 0)
    }
    return Desk(
        lines=len(two.lines),
        matched=dict(Counter(row.body["rule"] for row in before.in_force for _line in row.body["lines"])),
        to_match=tuple(line for match in found.matches for line in match.lines),
        left_to_a_person=tuple(sorted(before.kept_back - before.by_line.keys())),
        listed=tuple(found.listed),
        open_lines=tuple(_open(two, open_line) for open_line in open_lines(two, before, found, at.today)),
        payouts=tuple(_payout(two, name, fen) for name, fen in unseen.items()),
    )


def line_answer(at: Moment, name: str) -> LineOfDesk:
    """One line by its key or the last two parts of it; refuses `line_unknown`."""
    two, before = sides(at.view, at.vault), decided(at.view)
    key = find_line(two.lines, name)
    row = before.by_line.get(key)
    undone = tuple(_match(one.key, one.body) for one in before.undone if key in one.body["lines"])
    if row:
        return LineOfDesk(_line(two, key), _match(row.key, row.body), None, None, (), undone)
    found = judge(two, before)
    why = next((one for one in found.listed if key in one.lines), None)
    still = next((open_line for open_line in open_lines(two, before, found, at.today) if open_line.line == key), None)
    paid = before.paid_fen
    payouts = (
        (_payout(two, payout, two.payouts[payout].amount_fen - paid.get(payout, 0)) for payout in why.payouts)
        if why
        else ()
    )
    return LineOfDesk(_line(two, key), None, why, _open(two, still) if still else None, tuple(payouts), undone)


def _line(two: Sides, key: str) -> StatementLine:
    said = two.lines[key]
    booked_on = date.fromordinal(said.day)
    return StatementLine(
        key, booked_on, said.amount_fen, tuple(said.references), said.payee, said.returned, said.reversal
    )


def _open(two: Sides, one: deciding.OpenLine) -> OpenLine:
    said = _line(two, one.line)
    return OpenLine(
        line=said.line,
        booked_on=said.booked_on,
        amount_fen=said.amount_fen,
        references=said.references,
        payee=said.payee,
        returned=said.returned,
        reversal=said.reversal,
        reason=one.reason,
        rule=one.rule,
        age=one.age,
        candidates=tuple(Candidate(*each) for each in one.candidates),
    )


def _payout(two: Sides, name: str, open_fen: int) -> PayoutOfDesk:
    payout = two.payouts[name]
    state = two.items[name][1].state
    return PayoutOfDesk(name, payout.batch, date.fromordinal(payout.day), payout.amount_fen, open_fen, state)


def _match(key: str, body: kinds.MatchBody) -> MatchAnswer:
    return MatchAnswer(
        match=key,
        rule=body["rule"],
        kind=body["kind"],
        lines=tuple(body["lines"]),
        actor=body["actor"],
        recorded_at=body["recorded_at"],
        inputs=tuple(Input(one["name"], one["value"]) for one in body["inputs"]),
        payouts=tuple(Share(payout["payout"], payout["amount_fen"]) for payout in body["payouts"]),
        amount_fen=body["amount_fen"],
        residual_fen=body["residual_fen"],
        reason=body.get("reason", ""),
    )
