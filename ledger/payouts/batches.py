"""Payment batches as the log has them: a batch, its payouts, and the state of each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

import orjson
from sqlalchemy import bindparam, select

from calculators.problems import N_, refuse
from ledger.book.projection import BOOK
from ledger.log import kinds
from ledger.payouts.states import PAID, State
from ledger.store import tables
from ledger.store.engine import Query, among, fetched, these
from ledger.store.ledger import Row, View, local_day
from ledger.store.remembered import remembered

_ITEM, _RECORD = tables.item, tables.record
# Put together once: they are asked of every batch.
_OUTCOMES = Query(
    select(_ITEM.c.seq, _ITEM.c.key, _RECORD.c.leaf, _RECORD.c.body)
    .join(_RECORD, _RECORD.c.seq == _ITEM.c.seq)
    .where(_ITEM.c.register == "outcome", among(_ITEM.c.key), _ITEM.c.seq < bindparam("size"))
    .order_by(_ITEM.c.seq)
)
# Every payout of a batch with what was said of it, without the rest of the records, since they may be many.
_SAID = (
    "SELECT payout.key, json_extract(asked.body, '$.amount_fen'), json_extract(told.body, '$.state'), "
    "json_extract(told.body, '$.amount_fen') FROM item AS payout JOIN record AS asked ON asked.seq = payout.seq "
    "LEFT JOIN item AS said ON said.register = 'outcome' AND said.key = payout.key AND said.seq < ? "
    "LEFT JOIN record AS told ON told.seq = said.seq "
    "WHERE payout.register = 'payout' AND payout.seq >= ? AND payout.seq < ? ORDER BY payout.seq, said.seq"
)
_BODIES = Query(
    select(_RECORD.c.seq, _RECORD.c.body)
    .where(among(_RECORD.c.seq), _RECORD.c.seq < bindparam("size"))
    .where(_RECORD.c.kind == bindparam("kind"))
)


@dataclass(slots=True)
class Item:
    """A payout: what it says (`body`), and everything that was said of it, oldest first.

    `batch_state` is what its batch as a whole has reached.
    """

    seq: int
    body: kinds.PayoutBody
    batch_state: State
    outcomes: list[Row[kinds.OutcomeBody]] = field(default_factory=list)
    # Of what it has paid twice two people have written off so much: log index, fen.
    written_off: list[tuple[int, int]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Its item no., which is its idempotency key at the channel."""
        return self.body["key"]

    @property
    def amount_fen(self) -> int:
        """What it is to pay."""
        return self.body["amount_fen"]

    @property
    def state(self) -> State:
        """Its own last state, else its batch's."""
        return State(self.outcomes[-1].body["state"]) if self.outcomes else self.batch_state

    @property
    def held(self) -> dict[int, int]:
        """Entry record -> fen of its payable that the item holds now; what it gave back is left out."""
        if not self.outcomes:
            return self.claims
        sums: dict[int, int] = defaultdict(int)
        given = (claim for outcome in self.outcomes for claim in outcome.body.get("claims", ()))
        for claim in chain(self.body["claims"], given):
            sums[claim["award"]] += claim["amount_fen"]
        return {award: fen for award, fen in sums.items() if fen}

    @property
    def claims(self) -> dict[int, int]:
        """Entry record -> fen of its payable that the item was made to pay; reductions that it settles are negative."""
        return {claim["award"]: claim["amount_fen"] for claim in self.body["claims"]}

    @property
    def booked(self) -> dict[int, int]:
        """Entry record -> fen of its payable that the book says the item has paid and that has not come back."""
        return self._paid()[0]

    def came_back(self, refunded_fen: int) -> dict[int, int]:
        """Entry record -> fen that came back of an earlier year's payment: the item holds it, and has not paid it.

        Where all that is left of an award had been given back unasked, the rest of it came back.
        """
        booked = self.booked if self.state in (State.RETURNED, State.FAIL) else self.held
        back = {award: fen for award, fen in self.held.items() if award not in booked}
        if self.state is State.RETURNED and len(booked) == 1:
            ((award, kept_fen),) = booked.items()
            if kept_fen == refunded_fen:
                back[award] = self.held[award] - kept_fen
        return {award: fen for award, fen in back.items() if fen}

    @property
    def twice_fen(self) -> int:
        """What it has paid besides: another payout had claimed it meanwhile, so the payee has it twice."""
        return self._paid()[1]

    @property
    def given_up_fen(self) -> int:
        """What of that is written off: what comes back settles first what is not."""
        return self._paid()[2]

    def _paid(self) -> tuple[dict[int, int], int, int]:
        if not self.outcomes:
            return {}, 0, sum(fen for _seq, fen in self.written_off)
        held, booked, twice_fen, given_up_fen = self.claims, dict[int, int](), 0, 0
        done = 0
        for outcome in self.outcomes:
            while done < len(self.written_off) and self.written_off[done][0] < outcome.seq:
                given_up_fen += self.written_off[done][1]
                done += 1
            given = {claim["award"]: claim["amount_fen"] for claim in outcome.body.get("claims", ())}
            held = _plus(held, given)
            if outcome.body["state"] in PAID:
                booked = held
                twice_fen = outcome.body["amount_fen"] - sum(held.values())
            elif outcome.body["state"] == State.FAIL:
                booked, twice_fen = {}, 0
            elif outcome.body["state"] == State.RETURNED:
                # Without an amount somebody makes sure of a return that was said before.
                moved_fen = outcome.body.get("amount_fen", 0)
                named = sum(booked.get(award, 0) for award in outcome.body.get("awards", ()))
                back_fen = -sum(given.values()) or named or max(0, moved_fen - twice_fen)
                if moved_fen == sum(booked.values()) + twice_fen:
                    booked, back_fen = {}, moved_fen - twice_fen
                elif given:
                    booked = _plus(booked, given)
                elif outcome.body.get("awards"):
                    booked = {award: fen for award, fen in booked.items() if award not in outcome.body["awards"]}
                elif len(booked) == 1:
                    booked = {award: fen - back_fen for award, fen in booked.items()}
                twice_fen -= moved_fen - back_fen
            given_up_fen = min(given_up_fen, max(0, twice_fen))
        return booked, twice_fen, given_up_fen + sum(fen for _seq, fen in self.written_off[done:])

    @property
    def payment(self) -> Row[kinds.OutcomeBody] | None:
        """The outcome that said it was paid, in whole or in part; None while none did."""
        paid = None
        for outcome in self.outcomes:
            if outcome.body["state"] in PAID:
                paid = outcome
            elif outcome.body["state"] == State.FAIL:
                paid = None
        return paid

    @property
    def paid_fen(self) -> int:
        """What has reached the payee and did not come back."""
        paid_fen = 0
        for outcome in self.outcomes:
            paid_fen = paid_after(paid_fen, outcome.body["state"], outcome.body.get("amount_fen"))
        return paid_fen


def paid_after(paid_fen: int, state: str, amount_fen: int | None) -> int:
    """What has reached the payee and did not come back, once an outcome was said of a payout that had paid so much."""
    if state in PAID:
        assert amount_fen is not None, "what was paid has an amount"
        return amount_fen
    if state == State.RETURNED:
        # Who only makes sure of what came back already moves nothing.
        return paid_fen - (amount_fen or 0)
    return 0 if state == State.FAIL else paid_fen


@dataclass(slots=True)
class Batch:
    """A payment batch: its record and its payouts in order."""

    seq: int
    body: kinds.PaymentBatchBody
    steps: list[Row[kinds.OutcomeBody]]
    items: list[Item]

    @property
    def key(self) -> str:
        """Its batch no."""
        return self.body["key"]

    @property
    def state(self) -> State:
        """What the batch as a whole has reached: prepared, approved, exported, or cancelled with all its items."""
        if self.items and all(item.state is State.CANCELLED for item in self.items):
            return State.CANCELLED
        return _reached(self.steps)

    @property
    def sent_on(self) -> date | None:
        """The day on which it was handed to its channel; None while it was not."""
        sent = next((step for step in self.steps if step.body["state"] == State.EXPORTED), None)
        return sent and local_day(datetime.fromisoformat(sent.body["recorded_at"]))

    @property
    def sent_by(self) -> list[str]:
        """Who handed it to its channel."""
        return [step.body["actor"] for step in self.steps if step.body["state"] == State.EXPORTED]

    @property
    def day(self) -> date:
        """The day it was prepared on."""
        return local_day(datetime.fromisoformat(self.body["recorded_at"]))


@remembered
def batch(view: View, key: str) -> Batch:
    """A batch with its items; refuses `batch_unknown`."""
    row = _known(view, key)
    said = outcomes(view, [key]).get(key, [])
    return Batch(row.seq, row.body, said, _items(view, row.body, _reached(said)))


def page_of(view: View, key: str, after: int, count: int) -> Batch:
    """A batch with at most `count` of its items, those behind the one of number `after`; refuses `batch_unknown`."""
    row = _known(view, key)
    said = outcomes(view, [key]).get(key, [])
    return Batch(row.seq, row.body, said, _items(view, row.body, _reached(said), after, count))


def _items(
    view: View, body: kinds.PaymentBatchBody, reached: State, after: int = 0, count: int | None = None
) -> list[Item]:
    """The payouts of a batch in order, all or at most `count` behind number `after`; they are numbered from 1."""
    until = body["first"] + body["count"]
    first = min(body["first"] + after, until)
    if count is not None:
        until = min(until, first + count)
    found = [Item(payout.seq, payout.body, reached) for payout in view.at(until).records(kinds.PAYOUT, since=first)]
    heard = outcomes(view, (item.key for item in found))
    for item in found:
        item.outcomes = heard.get(item.key, [])
    _write_off(view, found)
    return found


def _known(view: View, key: str) -> Row[kinds.PaymentBatchBody]:
    row = view.current(kinds.PAYMENT_BATCH, key)
    if row is None:
        raise refuse(
            "batch_unknown",
            N_("there is no payment batch {batch}"),
            N_("`subsidy pay status` lists the batches"),
            batch=key,
        )
    return row


class Sum(NamedTuple):
    """How many payouts, and what they are to pay together."""

    payouts: int = 0
    amount_fen: int = 0


class Tally(NamedTuple):
    """A batch with its payouts summed up: by state, and what all of them have paid net."""

    outline: Batch
    state: State
    states: Mapping[State, Sum]
    paid_fen: int

    def of(self, states: Collection[State]) -> Sum:
        """The payouts that are in one of these states."""
        found = [self.states[state] for state in states if state in self.states]
        return Sum(sum(one.payouts for one in found), sum(one.amount_fen for one in found))


class Stands(NamedTuple):
    """A payout without what was said of it: its number, what it is to pay, where it stands, what it has paid net."""

    key: str
    amount_fen: int
    state: State
    paid_fen: int


def stands(view: View, outline: Batch) -> Iterator[Stands]:
    """Where every payout of a batch stands, in order; `outline` is the batch without its items."""
    reached = _reached(outline.steps)
    first, until = outline.body["first"], min(outline.body["first"] + outline.body["count"], view.size)
    rows = fetched(view.connection, _SAID, (view.size, first, until))
    for key, of_payout in groupby(rows, key=itemgetter(0)):
        state, own_fen, amount_fen = reached, 0, 0
        for _payout, to_pay_fen, said, said_fen in of_payout:
            amount_fen = to_pay_fen
            if said is not None:
                state, own_fen = State(said), paid_after(own_fen, said, said_fen)
        yield Stands(key, amount_fen, state, own_fen)


def tally(view: View, key: str) -> Tally:
    """Where the payouts of a batch stand, without holding them; refuses `batch_unknown`."""
    row = _known(view, key)
    steps = outcomes(view, [key]).get(key, [])
    outline = Batch(row.seq, row.body, steps, [])
    states: dict[State, Sum] = {}
    paid_fen = 0
    for one in stands(view, outline):
        before = states.get(one.state, Sum())
        states[one.state] = Sum(before.payouts + 1, before.amount_fen + one.amount_fen)
        paid_fen += one.paid_fen
    return Tally(
        outline,
        State.CANCELLED if states.keys() == {State.CANCELLED} else _reached(steps),
        states,
        paid_fen,
    )


def tallies(view: View) -> list[Tally]:
    """Every batch summed up, in the order of the log."""
    return [tally(view, row.key) for row in sorted(view.rows(kinds.PAYMENT_BATCH))]


def outlines(view: View, keys: Iterable[str]) -> dict[str, Batch]:
    """Batch no. -> that batch without its items; those that are not there are left out."""
    rows = view.current_of(kinds.PAYMENT_BATCH, keys)
    said = outcomes(view, rows)
    return {key: Batch(row.seq, row.body, said.get(key, []), []) for key, row in rows.items()}


def items(view: View, keys: Iterable[str]) -> dict[str, Item]:
    """Item no. -> that item; those that are not there are left out."""
    rows = view.current_of(kinds.PAYOUT, keys)
    said = outcomes(view, {*rows, *(row.body["batch"] for row in rows.values())})
    found = {
        key: Item(row.seq, row.body, _reached(said.get(row.body["batch"], ())), said.get(key, []))
        for key, row in rows.items()
    }
    _write_off(view, found.values())
    return found


def _write_off(view: View, found: Iterable[Item]) -> None:
    """Tell items of what was written off of them; paid twice is what was paid after something else had been said."""
    perhaps = {item.key: item for item in found if len(item.outcomes) > 1 and item.twice_fen}
    for row in view.records(kinds.WRITE_OFF) if perhaps else ():
        if row.body["line"] in perhaps:
            perhaps[row.body["line"]].written_off.append((row.seq, row.body["amount_fen"]))


def numbers(view: View, body: kinds.PaymentBatchBody) -> list[str]:
    """The item numbers of a batch, in order."""
    table = tables.item
    until = min(body["first"] + body["count"], view.size)
    of_batch = table.c.register == kinds.PAYOUT.register, table.c.seq >= body["first"], table.c.seq < until
    return list(view.connection.scalars(select(table.c.key).where(*of_batch).order_by(table.c.seq)))


def batches(view: View) -> list[Batch]:
    """Every batch in the order of the log."""
    return [batch(view, row.key) for row in sorted(view.rows(kinds.PAYMENT_BATCH))]


def waiting(view: View) -> list[Tally]:
    """The batches that nobody has approved, cancelled or exported yet, in the order of the log."""
    rows = sorted(view.rows(kinds.PAYMENT_BATCH))
    said = outcomes(view, (row.key for row in rows))
    found = (tally(view, row.key) for row in rows if row.key not in said)
    return [order for order in found if order.state is State.PREPARED]


def item(view: View, key: str) -> tuple[Batch, Item]:
    """An item by its number, with its batch; refuses `item_unknown`."""
    row = view.current(kinds.PAYOUT, key)
    if row is None:
        raise refuse(
            "item_unknown",
            N_("there is no payout {item}"),
            N_("`subsidy pay status BATCH` lists the payouts of a batch"),
            item=key,
        )
    its_batch = batch(view, row.body["batch"])
    return its_batch, next(payout for payout in its_batch.items if payout.key == key)


def refunded(view: View, key: str) -> int:
    """What the payee of an item gave back of its own accord, in fen."""
    prefix = f"{BOOK}/refunded/{key}"
    entry = tables.entry
    of_item = select(entry.c.record).where(entry.c.key > f"{prefix}@", entry.c.key < f"{prefix}A")
    found = list(view.connection.scalars(of_item.where(entry.c.record < view.size)))
    return sum(map(refunded_fen, bodies(view, kinds.ENTRY, found).values()))


def refunded_fen(body: kinds.EntryBody) -> int:
    """What an entry says was given back unasked: its debits on the financial chart."""
    return sum(
        posting["amount_fen"] for posting in body["postings"] if posting["chart"] == "fin" and posting["amount_fen"] > 0
    )


def outcomes(view: View, keys: Iterable[str]) -> dict[str, list[Row[kinds.OutcomeBody]]]:
    """Everything said of each batch or item, oldest first; those that nothing was said of are left out."""
    found: dict[str, list[Row[kinds.OutcomeBody]]] = defaultdict(list)
    for seq, key, leaf, body in _OUTCOMES.fetch(view.connection, size=view.size, **these(keys)):
        found[key].append(Row(seq, key, "", leaf, orjson.loads(body)))
    return found


def bodies(view: View, kind: kinds.Kind[kinds.BodyT], records: Iterable[int]) -> dict[int, kinds.BodyT]:
    """What each of these records of the log says, which are of one kind."""
    found = _BODIES.fetch(view.connection, size=view.size, kind=kind.name, **these(records))
    return {seq: orjson.loads(body) for seq, body in found}


def _reached(steps: Sequence[Row[kinds.OutcomeBody]]) -> State:
    """What a batch as a whole has reached, by what was said of it."""
    return State(steps[-1].body["state"]) if steps else State.PREPARED


def _plus(one: dict[int, int], more: dict[int, int]) -> dict[int, int]:
    sums = {award: one.get(award, 0) + more.get(award, 0) for award in one.keys() | more.keys()}
    return {award: fen for award, fen in sums.items() if fen}
