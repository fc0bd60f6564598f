"""What was decided of statement lines: matches in force, matches undone, and the counter-record that undoes one."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.payouts.states import PAID, State
from ledger.reconcile.matching import Kind, Match, Rule, Share
from ledger.store.collector import paused
from ledger.store.ledger import Row, View
from ledger.store.remembered import remembered

MATCH, UNDO = "match", "undo"


class Decided(NamedTuple):
    """Matches by their records, in log order: those in force, those that a person undid, those that the bank took back.

    `taken_back`: each with the reversal that did.
    """

    in_force: list[Row[kinds.MatchBody]]
    undone: list[Row[kinds.MatchBody]]
    taken_back: list[tuple[Row[kinds.MatchBody], str]]

    @property
    def by_line(self) -> dict[str, Row[kinds.MatchBody]]:
        """Line -> the match in force that it is in."""
        return {line: row for row in self.in_force for line in row.body["lines"]}

    @property
    def banned(self) -> frozenset[tuple[str, str]]:
        """Pairs (line, payout) that a person has undone."""
        return frozenset(
            (line, share["payout"])
            for row in self.undone
            for line in row.body["lines"]
            for share in row.body["payouts"]
        )

    @property
    def kept_back(self) -> frozenset[str]:
        """Lines of undone matches that named no payout: only a person decides of them again."""
        return frozenset(line for row in self.undone if not row.body["payouts"] for line in row.body["lines"])

    @property
    def looked_at(self) -> int:
        """The log index before which matching has seen every line: that of the last match made by a rule."""
        every = chain(self.in_force, self.undone, (row for row, _line in self.taken_back))
        return max((row.seq for row in every if row.body["rule"] != Rule.PERSON), default=0)

    @property
    def paid_fen(self) -> dict[str, int]:
        """Payout -> what lines say was paid of it."""
        return self._sums(back=False)

    @property
    def back_fen(self) -> dict[str, int]:
        """Payout -> what lines say came back of it."""
        return self._sums(back=True)

    def _sums(self, *, back: bool) -> dict[str, int]:
        sums: dict[str, int] = defaultdict(int)
        for row in self.in_force:
            if (row.body["kind"] == Kind.RETURN) == back:
                for share in row.body["payouts"]:
                    sums[share["payout"]] += share["amount_fen"]
        return sums


@remembered
@paused()
def decided(view: View) -> Decided:
    """Every match of the book."""
    fallen = {row.body["of"]: row.body.get("reversal", "") for row in view.records(kinds.UNDO)}
    known = Decided([], [], [])
    for row in view.records(kinds.MATCH):
        by = fallen.get(row.seq)
        if by is None:
            known.in_force.append(row)
        elif by:
            known.taken_back.append((row, by))
        else:
            known.undone.append(row)
    return known


def rests_on(state: State, outcomes: Sequence[Row[kinds.OutcomeBody]], key: str, *, back: bool) -> bool:
    """Whether a payout is what a match says, so that it is disputed once the bank takes the match's line back.

    A payment that the bank takes back is none, whoever had said that it was paid.
    """
    if back:
        return state is State.RETURNED and outcomes[-1].body["source"].get("name") == key
    return state in PAID


def as_match(body: kinds.MatchBody) -> Match:
    """A match as matching speaks of it."""
    return Match(
        Rule(body["rule"]),
        Kind(body["kind"]),
        tuple(body["lines"]),
        tuple(Share(paid_part["payout"], paid_part["amount_fen"]) for paid_part in body["payouts"]),
        body["amount_fen"],
        body["residual_fen"],
        tuple((match_input["name"], match_input["value"]) for match_input in body["inputs"]),
    )


def key_of(lines: Sequence[str], payouts: Sequence[kinds.PaidPart]) -> str:
    """The key of the match of these lines with these parts of payouts."""
    said = canonical({"$schema": "subsidy/match-key/1", "lines": list(lines), "payouts": list(payouts)})
    return sha256(said).hexdigest()[:16]


def fields(match: Match, reason: str = "") -> kinds.MatchBody:
    """A match as its record says it; its key follows from the lines and payouts that it joins."""
    lines = list(match.lines)
    payouts = [kinds.PaidPart(payout=share.payout, amount_fen=share.amount_fen) for share in match.payouts]
    body = kinds.MatchBody(
        key=key_of(lines, payouts),
        rule=match.rule.value,
        kind=match.kind.value,
        lines=lines,
        payouts=payouts,
        amount_fen=match.amount_fen,
        residual_fen=match.residual_fen,
        inputs=[kinds.MatchInput(name=name, value=value) for name, value in match.inputs],
    )
    if reason:
        body["reason"] = reason
    return body
