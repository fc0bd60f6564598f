"""Payments: every batch, one with its payouts, and one payout with its history and what it pays for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from ledger.log import kinds
from ledger.payouts.batches import Item, batch, item, items, outlines, tally
from ledger.payouts.payables import payouts_naming, terms
from ledger.payouts.states import FINAL, OPEN, State
from ledger.store.ledger import View


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """A payment batch by its number and log index: what it is to pay, what reached payees net, its payouts by state.

    `settled`: nothing more is expected of any of them; `unanswered` went out and have no final answer.
    """

    batch: str
    record: int
    channel: str
    payer: str
    state: State
    prepared_by: str
    prepared_at: str
    count: int
    total_fen: int
    paid_fen: int
    settled: bool
    unanswered: int
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PayoutAnswer:
    """A payout by its number, `n`th of its batch; `payee` is a reference, never a number of a wallet or account.

    `reason` is that of the last thing said of it, "" where there is none.
    """

    item: str
    n: int
    payee: str
    amount_fen: int
    paid_fen: int
    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a payout pays of an award: the entry's log index, its line, and the terms that it stands on."""

    award: int
    line: str
    envelope: str
    function: str
    economic: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Past:
    """A step of a payout or its batch: when, by whom, to what state, and on what that rests."""

    at: str
    actor: str
    state: State
    source: str = ""
    file: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PayoutHistory(PayoutAnswer):
    """A payout with the batch it is in, what it pays for, and all that was said of it, oldest first."""

    batch: str
    awards: tuple[Claimed, ...]
    history: tuple[Past, ...]


def all_batches(view: View, after: int = -1, count: int | None = None) -> tuple[BatchAnswer, ...]:
    """The batches in the order of the log, at most `count` with a record behind `after`."""
    rows = (row for row in sorted(view.rows(kinds.PAYMENT_BATCH)) if row.seq > after)
    return tuple(batch_answer(view, row.key) for row in islice(rows, count))


def batch_answer(view: View, key: str) -> BatchAnswer:
    """One batch; refuses `batch_unknown`."""
    found = tally(view, key)
    body = found.outline.body
    return BatchAnswer(
        batch=key,
        record=found.outline.seq,
        channel=body["channel"],
        payer=body["payer"],
        state=found.state,
        prepared_by=body["actor"],
        prepared_at=body["recorded_at"],
        count=body["count"],
        total_fen=body["total_fen"],
        paid_fen=found.paid_fen,
        settled=found.states.keys() <= FINAL,
        unanswered=found.of(OPEN).payouts,
        states={state.value: one.payouts for state, one in sorted(found.states.items())},
    )


def payouts_of(view: View, key: str) -> tuple[PayoutAnswer, ...]:
    """The payouts of a batch in order; refuses `batch_unknown`."""
    return tuple(map(payout_answer, batch(view, key).items))


def payout_answer(payout: Item) -> PayoutAnswer:
    """One payout."""
    return PayoutAnswer(
        item=payout.key,
        n=payout.body["n"],
        payee=payout.body["payee"],
        amount_fen=payout.amount_fen,
        paid_fen=payout.paid_fen,
        state=payout.state,
        reason=payout.outcomes[-1].body.get("reason", "") if payout.outcomes else "",
    )


def payout_history(view: View, key: str) -> PayoutHistory:
    """A payout by its number, with what it pays for and its history; refuses `item_unknown`."""
    # One payout is asked for, and not all that went out with it.
    payout = items(view, [key]).get(key) or item(view, key)[1]
    found = outlines(view, [payout.body["batch"]])[payout.body["batch"]]
    stands_on = terms(view, payout.claims)
    awards = []
    for claim in payout.body["claims"]:
        line = view.body(kinds.ENTRY, claim["award"]).get("line", "")
        on = stands_on[claim["award"]]
        awards.append(Claimed(claim["award"], line, on.envelope, on.function, on.economic, claim["amount_fen"]))
    prepared = Past(found.body["recorded_at"], found.body["actor"], State.PREPARED)
    said = (_past(each.body) for each in (*found.steps, *payout.outcomes))
    known = payout_answer(payout)
    return PayoutHistory(
        item=known.item,
        n=known.n,
        payee=known.payee,
        amount_fen=known.amount_fen,
        paid_fen=known.paid_fen,
        state=known.state,
        reason=known.reason,
        batch=found.key,
        awards=tuple(awards),
        history=(prepared, *said),
    )


def items_naming(view: View, awards: Iterable[int]) -> list[Item]:
    """The payouts that name any of these entry records, in log order, with what was said of them."""
    return sorted(items(view, payouts_naming(view, awards)).values(), key=lambda found: found.seq)


def _past(body: kinds.OutcomeBody) -> Past:
    source = body["source"]
    return Past(
        at=body["recorded_at"],
        actor=body["actor"],
        state=State(body["state"]),
        source=source["kind"],
        file=source.get("name", ""),
        reason=body.get("reason", ""),
    )
