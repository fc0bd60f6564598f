"""Failures on a channel's word alone: what they gave back is not paid again before the account's statement covers them.

Who pays and who brings what the channel said might both be mistaken, or the same person. So another person's statement
has to reach the day on which it was said, or another person decides that nothing was paid.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple, Protocol

from ledger.log import kinds
from ledger.payouts.batches import Item, items, outlines
from ledger.payouts.payables import payouts_naming
from ledger.payouts.states import FINAL, Source, State
from ledger.store.ledger import Row, View, local_day
from ledger.store.rules import since

# What gives claims back and leaves the money at the bank; what came back after it was paid was paid.
_UNPAID = frozenset({State.FAIL, State.PARTIAL})
_CURRENCY = "CNY"


class Covering(Protocol):
    """Of a statement that stands: the days of its balances, "" where it has none, and who brought it."""

    @property
    def opens_on(self) -> str:
        """The first day."""

    @property
    def closes_on(self) -> str:
        """The last day."""

    @property
    def brought_by(self) -> str:
        """The officer who took it in."""


class Days(NamedTuple):
    """The same of a row of the register of statements."""

    opens_on: str
    closes_on: str
    brought_by: str


class Told(NamedTuple):
    """A failure that waits: of which payout, what was said on which day, and by whom the payout and the word came."""

    item: str
    state: State
    day: date
    by: frozenset[str]


def told(item: Item, award: int, senders: Iterable[str]) -> Told | None:
    """The last word of a channel by which an item gave something of `award` back, unless another person has decided.

    `senders` prepared the batch and handed it over.
    """
    last: Row[kinds.OutcomeBody] | None = None
    sent_by = frozenset(senders)
    for row in item.outcomes:
        body = row.body
        kind, state = body["source"]["kind"], State(body["state"])
        if kind == Source.RESULT:
            gives = any(claim["award"] == award and claim["amount_fen"] < 0 for claim in body.get("claims", ()))
            last = row if gives and state in _UNPAID else last
        elif last is not None and state in FINAL and body["actor"] not in sent_by | {last.body["actor"]}:
            last = None
    if last is None:
        return None
    return Told(item.key, State(last.body["state"]), said_on(last), sent_by | {last.body["actor"]})


def said_on(row: Row[kinds.OutcomeBody]) -> date:
    """The day on which somebody brought what a channel said."""
    return local_day(datetime.fromisoformat(row.body["recorded_at"]))


def covered(statements: Iterable[Covering], failure: Told) -> bool:
    """Whether the statements of an account reach the day of a failure, the last of them brought by somebody else."""
    day = failure.day.isoformat()
    known = [one for one in statements if one.opens_on and one.closes_on]
    begun = any(one.opens_on <= day for one in known)
    return begun and any(one.closes_on >= day and one.brought_by not in failure.by for one in known)


def presumed(view: View, awards: Iterable[int]) -> Mapping[int, Told]:
    """Which of these payables a channel alone says were not paid, and the failure that each waits for."""
    wanted = set(awards)
    tried = items(view, payouts_naming(view, wanted))
    if not tried or since(view, "fails_wait") is None:
        return {}
    batches = outlines(view, {item.body["batch"] for item in tried.values()})
    statements: dict[str, list[Days]] = {}
    for row in view.rows(kinds.STATEMENT):
        body = row.body
        if body["currency"] == _CURRENCY:
            days = Days(body.get("opens_on", ""), body.get("closes_on", ""), body["actor"])
            statements.setdefault(body["account"], []).append(days)
    found: dict[int, Told] = {}
    for item in tried.values():
        batch = batches[item.body["batch"]]
        senders = {batch.body["actor"], *batch.sent_by}
        for award in wanted & item.claims.keys():
            failure = told(item, award, senders)
            if failure and not covered(statements.get(batch.body["payer"], ()), failure):
                found[award] = failure
    return found
