"""Payments: every batch, one with its payouts, and one payout with its history."""

from collections.abc import Iterable

from fastapi import APIRouter
from starlette.responses import Response

from ledger.labels.payments import CHANNELS, CONTRACT_STATES, STATES
from ledger.payouts.batches import page_of
from ledger.payouts.contracts import contracts
from ledger.payouts.states import State
from ledger.queries.named import named
from ledger.queries.payments import BatchAnswer, all_batches, batch_answer, payout_answer, payout_history
from ledger.web.asked import Asks, Seen
from ledger.web.looks import NONE, OK, PAYOUTS, STOP, WAIT
from ledger.words import _

router = APIRouter()

# As many payouts stand on a page.
AT_ONCE = 200


@router.get("/payments")
def every(asks: Asks) -> Response:
    """Every batch, the newest first."""
    with asks.read() as seen:
        found = [(batch, _(STATES[batch.state]), _look(batch)) for batch in reversed(all_batches(seen.view))]
        bound = [(contract, _(CONTRACT_STATES[contract.state])) for contract in contracts(seen.view, seen.today)]
        return asks.page("payments.html", seen, "payments", batches=found, channels=_channels(), bound=bound)


@router.get("/batch/{key}")
def one_batch(asks: Asks, key: str) -> Response:
    """One batch with its payouts."""
    with asks.read() as seen:
        after = int(asks.after()) if asks.after().isdecimal() else 0
        found = page_of(seen.view, key, after, AT_ONCE)
        last = found.items[-1].body["n"] if found.items else 0
        more = last if last < found.body["count"] else None
        of_item = {item.key: item for item in found.items}
        payouts = list(map(payout_answer, of_item.values()))
        lines = {item.key: _lines(seen, item.claims) for item in of_item.values()}
        names = named(seen.view, [line for every in lines.values() for line in every])
        answer = batch_answer(seen.view, key)
        return asks.page(
            "batch.html",
            seen,
            "payments",
            batch=answer,
            look=_look(answer),
            state=_(STATES[answer.state]),
            channels=_channels(),
            payouts=[
                (payout, _(STATES[payout.state]), PAYOUTS[payout.state], lines[payout.item], of_item[payout.item])
                for payout in payouts
            ],
            names=names,
            more=more,
            steps=[(step, _(STATES[State(step.body["state"])])) for step in found.steps],
        )


@router.get("/payout/{key}")
def one_payout(asks: Asks, key: str) -> Response:
    """One payout: what it pays for and what was said of it."""
    with asks.read() as seen:
        found = payout_history(seen.view, key)
        return asks.page(
            "payout.html",
            seen,
            "payments",
            payout=found,
            state=_(STATES[found.state]),
            look=PAYOUTS[found.state],
            history=[(one, _(STATES[one.state]), PAYOUTS[one.state]) for one in reversed(found.history)],
            names=named(seen.view, [award.line for award in found.awards]),
        )


def _channels() -> dict[str, str]:
    return {key: _(text) for key, text in CHANNELS.items()}


def _lines(seen: Seen, awards: Iterable[int]) -> list[str]:
    found = (seen.view.record(award).get("line", "") for award in awards)
    return list(dict.fromkeys(found))


def _look(found: BatchAnswer) -> str:
    """Done where nothing more is expected and all arrived, stopped where something did not."""
    if found.state.value == "cancelled":
        return NONE
    if not found.settled or found.unanswered:
        return WAIT
    return OK if found.paid_fen == found.total_fen else STOP
