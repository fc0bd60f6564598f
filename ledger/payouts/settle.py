"""The one way in which results, statement lines and decisions change a payout.

A finding says a state of one item. What is said again changes nothing; a vague word after a final one is late and
changes nothing; what contradicts a final state makes the item disputed, which holds whatever is still free of what it
pays for. Only a final failure and a return within the year give payables back.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem, Refused
from ledger.book.accounts import AVAILABLE
from ledger.book.payables import Terms
from ledger.book.periods import signed_off
from ledger.book.posting import Entry, post
from ledger.log import kinds
from ledger.office.signing import Signer, by_acts, signature_of
from ledger.payouts import postings
from ledger.payouts.batches import Batch, Item, batch, refunded
from ledger.payouts.payables import claimed, reversed_entries, terms
from ledger.payouts.paying import payer_of, ready
from ledger.payouts.presumed import bringers_of, senders_of, told
from ledger.payouts.states import FINAL, OPEN, PAID, VAGUE, Source, State, allowed
from ledger.store.ledger import View, Writer, local_day

# Outcomes booked by one round: more gain nothing, and hold so many more entries at once.
_AT_ONCE = 2048


class Finding(NamedTuple):
    """What somebody says of an item.

    `source` is the record's own field; `awards` names the entries that a partial return is of, where it does not
    follow from the amount.
    """

    item: str
    state: State
    source: kinds.Source
    on: date | None = None
    amount_fen: int | None = None
    reason: str = ""
    awards: tuple[int, ...] = ()


class Effect(StrEnum):
    """What a finding came to."""

    CHANGED = "changed"
    SAME = "same"
    LATE = "late"
    DISPUTED = "disputed"


@dataclass(slots=True)
class Settled:
    """The effect on each item, in the order of the findings."""

    effects: list[tuple[str, State, Effect]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings came to what."""
        counted = Counter(effect for _item, _state, effect in self.effects)
        return {effect.value: counted[effect] for effect in Effect}


class Step(NamedTuple):
    """A finding that changes its item: the state it leads to, the money it moves, the claims it gives back or takes.

    `booked` is what the book says afterwards that the item has paid, `twice_fen` what it has paid besides: what had
    been claimed by another payout meanwhile, so that the payee has it twice.
    """

    item: Item
    finding: Finding
    state: State
    on: date
    moved_fen: int
    claims: dict[int, int]
    booked: dict[int, int]
    twice_fen: int


def settle(writer: Writer, key: str, findings: Sequence[Finding], signer: Signer | None = None) -> Settled:
    """Record what is said of items of the batch `key` and book it; all or nothing.

    A decision is signed by `signer` where keys are in use.

    Refuses `item_not_in_batch`, `batch_not_exported`, `day_in_future`, `day_before_order`, `day_before_payment`,
    `payment_not_said`, `amount_missing`, `amount_differs`, `awards_missing`, `step_not_allowed`.
    """
    found = batch(writer, key)
    items = {item.key: item for item in found.items}
    today = local_day(writer.now)
    settled = Settled()
    changing: list[tuple[Item, Finding, State]] = []
    problems: list[Problem] = []
    for finding in findings:
        item = items.get(finding.item)
        sure = item is not None and _makes_sure(writer, found, item, finding)
        wrong = [] if sure else _wrong(writer, found, item, finding, today)
        if wrong or item is None:
            problems += wrong
            continue
        effect, state = (Effect.CHANGED, item.state) if sure else _effect(item, finding)
        if sure or (effect is Effect.CHANGED and item.state is state in (State.FAIL, State.PARTIAL)):
            # Another person, or the bank, makes sure of what was said: it stays of its day.
            finding = finding._replace(on=date.fromisoformat(item.outcomes[-1].body["on"]))
        if sure:
            finding = finding._replace(amount_fen=0, awards=())
        settled.effects.append((item.key, finding.state, effect))
        if effect in (Effect.CHANGED, Effect.DISPUTED):
            changing.append((item, finding, state))
    if problems:
        raise Refused(problems)
    _write(writer, found, changing, signer)
    return settled


def _makes_sure(writer: Writer, found: Batch, item: Item, finding: Finding) -> bool:
    """Whether it says again of a payout that it came back, which so far one person's file alone has said."""
    source = Source(finding.source["kind"])
    if not item.state is finding.state is State.RETURNED or source not in (Source.STATEMENT, Source.DECISION):
        return False
    waiting = told(item, None, senders_of(found.body, found.sent_by), bringers_of(writer))
    said = [one.amount_fen for one in waiting if one.state is State.RETURNED]
    whole = source is Source.DECISION and not finding.awards and finding.amount_fen in (None, sum(said))
    return bool(said) and (whole or finding.amount_fen in said)


def _effect(item: Item, finding: Finding) -> tuple[Effect, State]:
    """What a finding does to an item that stands where it does, and where it leads."""
    before, after, source = item.state, finding.state, Source(finding.source["kind"])
    if before is State.DISPUTED and (source is Source.RESULT or after in VAGUE):
        # A channel that contradicted itself is not asked which of its words holds.
        return Effect.LATE, before
    if after in VAGUE:
        late = Effect.LATE if before in FINAL else Effect.CHANGED
        return (Effect.SAME if before is after else late), after
    if before is State.RETURNED:
        # What is said of the payment itself is news of before it came back.
        if after is State.DISPUTED:
            return Effect.CHANGED, after
        if after is not State.RETURNED:
            return Effect.LATE, before
        return (Effect.CHANGED if _another_return(item, finding) else Effect.SAME), after
    if before is State.FAIL and after is State.RETURNED:
        return Effect.LATE, before
    if before is after and finding.amount_fen in (None, item.outcomes[-1].body.get("amount_fen")):
        # What only the channel had said is sure once another person says it too.
        sure = source is not Source.DECISION or item.outcomes[-1].body["source"]["kind"] != Source.RESULT
        return (Effect.CHANGED if not sure and allowed(before, after, source) else Effect.SAME), before
    if after is State.RETURNED and not item.paid_fen:
        # It came back before we heard that it had gone out: nothing was paid.
        return Effect.CHANGED, State.FAIL
    if allowed(before, after, source):
        return Effect.CHANGED, after
    return Effect.DISPUTED, State.DISPUTED


def _another_return(item: Item, finding: Finding) -> bool:
    """Whether a second return is of something else than the first, whose message may simply come twice."""
    if not item.paid_fen:
        return False
    if finding.awards:
        return all(award in item.held for award in finding.awards)
    return finding.amount_fen not in (None, item.outcomes[-1].body.get("amount_fen"))


def _wrong(view: View, found: Batch, item: Item | None, finding: Finding, today: date) -> list[Problem]:
    place = Place(str(finding.source.get("name", found.key)), key=finding.item)
    if item is None:
        return [
            Problem(
                "item_not_in_batch",
                N_("the payout is not in batch {batch}"),
                N_("check that it is the answer to this batch"),
                place,
                {"batch": found.key},
            )
        ]
    if item.state in (State.PREPARED, State.APPROVED, State.CANCELLED):
        return [
            Problem(
                "batch_not_exported",
                N_("the payout is {state}: no channel can know it"),
                N_("find out who sent this order; nothing of the file was taken"),
                place,
                {"state": item.state.value},
            )
        ]
    if finding.on is not None and finding.on > today:
        return [
            Problem(
                "day_in_future",
                N_("{day} has not come yet"),
                N_("correct the day"),
                place,
                {"day": finding.on},
            )
        ]
    early = _too_early(found, item, finding, place) or _of_which_year(found, item, finding, today, place)
    if early:
        return [early]
    if Source(finding.source["kind"]) is Source.DECISION and not _may_decide(item, finding):
        return [
            Problem(
                "step_not_allowed",
                N_("the payout is {state}; nobody can decide that it is {after}"),
                N_("a payment that came back is returned; a failure that was paid after all needs its statement line"),
                place,
                {"state": item.state.value, "after": finding.state.value},
            )
        ]
    return _too_much(view, item, finding, place) or _wrong_amount(item, finding, place)


def _too_early(found: Batch, item: Item, finding: Finding, place: Place) -> Problem | None:
    """A day before what it rests on: the order for whatever is said of it, the payment for a return."""
    day, sent = finding.on, found.sent_on
    if day is not None and sent is not None and day < sent:
        return Problem(
            "day_before_order",
            N_("{day} lies before {sent}, the day on which the order was handed over"),
            N_("ask the channel for the day; nothing of the file was taken"),
            place,
            {"day": day, "sent": sent},
        )
    if finding.state is State.RETURNED and item.payment is not None and (day or date.max) < _paid_on(item):
        return Problem(
            "day_before_payment",
            N_("it came back on {found}, and was paid on {before}"),
            N_("correct the day"),
            place,
            {"found": day, "before": _paid_on(item)},
        )
    return None


def _of_which_year(found: Batch, item: Item, finding: Finding, today: date, place: Place) -> Problem | None:
    """A return of what nobody has said was paid, in another year than the order: nothing tells the payment's year."""
    day, sent = finding.on or today, found.sent_on
    if sent is None or sent.year == day.year or finding.state is not State.RETURNED:
        return None
    if _effect(item, finding) != (Effect.CHANGED, State.FAIL):
        return None
    return Problem(
        "payment_not_said",
        N_("it came back on {day}, was ordered on {sent}, and nobody has said in which year it was paid"),
        N_(
            "say the payment first, by its result, its statement line or "
            "`subsidy pay resolve {item} --state success --on DAY --reason TEXT`; then the return"
        ),
        place,
        {"day": day, "sent": sent, "item": item.key},
    )


def _may_decide(item: Item, finding: Finding) -> bool:
    """Whether a decision may lead there; a decision that says what stands already is let through as the same."""
    after = finding.state
    return (
        (item.state is after and finding.amount_fen in (None, item.outcomes[-1].body.get("amount_fen")))
        or (allowed(item.state, after, Source.DECISION) and not item.state is after in (State.FAIL, State.PARTIAL))
        or (after is State.RETURNED and item.state in OPEN)
    )


def _too_much(view: View, item: Item, finding: Finding, place: Place) -> list[Problem]:
    """What comes back, with what was given back unasked, is at most what was paid."""
    if finding.state is not State.RETURNED or not item.paid_fen or _effect(item, finding)[0] is not Effect.CHANGED:
        return []
    refunded_fen = refunded(view, item.key)
    left_fen = item.paid_fen - refunded_fen
    back, twice_fen = _returned(item, finding) or ({}, finding.amount_fen or 0)
    if not refunded_fen or sum(back.values()) + twice_fen <= left_fen:
        return []
    return [
        Problem(
            "returned_too_much",
            N_("{refunded} of it was given back before (`subsidy pay refund`), so {left} can come back still"),
            N_("say what came back besides: `subsidy pay resolve {item} --state returned --amount YUAN --reason TEXT`"),
            place,
            {"refunded": format_yuan(refunded_fen), "left": format_yuan(left_fen), "item": item.key},
        )
    ]


def _wrong_amount(item: Item, finding: Finding, place: Place) -> list[Problem]:
    state, amount_fen = finding.state, finding.amount_fen
    if state is State.PARTIAL and amount_fen is None:
        what = N_("a partial payment without its amount")
        return [Problem("amount_missing", what, N_("add what was paid"), place)]
    most = item.paid_fen if state is State.RETURNED and item.paid_fen else item.amount_fen
    fits = {
        State.SUCCESS: amount_fen in (None, item.amount_fen),
        State.PARTIAL: amount_fen is not None and 0 < amount_fen < item.amount_fen,
        # Of a payout that nobody has heard of yet only the whole can have come back.
        State.RETURNED: amount_fen in (None, most) or (item.paid_fen > 0 and 0 < (amount_fen or 0) < most),
    }
    if item.state is State.RETURNED and state is not State.DISPUTED:
        return [] if _effect(item, finding)[0] is not Effect.CHANGED else _unnamed(item, finding, most, place)
    if not fits.get(state, True):
        return [
            Problem(
                "amount_differs",
                N_("{said} does not fit {state} of a payout of {amount}"),
                N_("ask the channel what was paid; a part is said as partial, the whole as success"),
                place,
                {"said": format_yuan(amount_fen or 0), "state": state.value, "amount": format_yuan(most)},
            )
        ]
    return _unnamed(item, finding, most, place) if state is State.RETURNED and item.paid_fen else []


def _unnamed(item: Item, finding: Finding, most: int, place: Place) -> list[Problem]:
    """A return that does not say which awards it is of, where that does not follow from its amount."""
    if _returned(item, finding) is not None:
        return []
    return [
        Problem(
            "awards_missing",
            N_("{said} of {amount} came back, and it is not said for which awards"),
            N_("name them: `subsidy pay resolve {item} --state returned --award N --reason TEXT` for each"),
            place,
            {"said": format_yuan(finding.amount_fen or 0), "amount": format_yuan(most), "item": item.key},
        )
    ]


def step_of(
    item: Item, finding: Finding, state: State, today: date, free: Callable[[], bool], *, keeps: bool = True
) -> Step:
    """What a finding that leads an item to `state` changes.

    `free` says whether nobody else has anything of what the item once claimed; `keeps`, whether of a payment of an
    earlier year a second return leaves with the item what the first did, as it does since `book/6`.
    """
    on = finding.on or today
    held, booked, twice_fen = item.held, item.booked, item.twice_fen
    later = item.paid_fen > 0 and _paid_on(item).year != on.year
    moved_fen = 0
    if state in PAID:
        moved_fen = item.amount_fen if state is State.SUCCESS else finding.amount_fen or 0
        wanted = _filled(item.claims, moved_fen)
        # What it gave back before is taken again where nobody else has it.
        booked = wanted if free() else _within(wanted, held)
        after, twice_fen = booked, moved_fen - sum(booked.values())
        if later:
            # What comes back of an earlier year's payment is not payable by itself.
            after = _plus(after, _less(_within(item.booked, held), _within(item.booked, booked)))
    elif state is State.FAIL:
        after = booked if later else {}
        booked, twice_fen = {}, 0
    elif state is State.RETURNED:
        back, back_twice_fen = _returned(item, finding) or ({}, 0)
        moved_fen = sum(back.values()) + back_twice_fen
        kept = _less(booked, back)
        after = (held if keeps and item.state is State.RETURNED else booked) if later else kept
        if finding.amount_fen == 0:
            # Somebody makes sure of what was said before.
            after = held
        booked, twice_fen = kept, twice_fen - back_twice_fen
    elif state is State.DISPUTED:
        after = item.claims if free() else held
    else:
        after = held
    return Step(item, finding, state, on, moved_fen, _less(after, held), booked, twice_fen)


def _filled(claims: dict[int, int], paid_fen: int) -> dict[int, int]:
    """What a sum pays of claims: reductions are settled in whole, then payables are filled in log order."""
    left = paid_fen - sum(fen for fen in claims.values() if fen < 0)
    filled = {}
    for award, fen in sorted(claims.items()):
        filled[award] = fen if fen < 0 else min(fen, left)
        left -= max(0, filled[award])
    return {award: fen for award, fen in filled.items() if fen}


def _within(claims: dict[int, int], most: dict[int, int]) -> dict[int, int]:
    """Claims cut to others of the same sign."""
    cut = {award: (min if fen > 0 else max)(fen, most.get(award, 0)) for award, fen in claims.items()}
    return {award: fen for award, fen in cut.items() if fen}


def _returned(item: Item, finding: Finding) -> tuple[dict[int, int], int] | None:
    """Entry record -> fen that came back, and what of it had been paid twice; None where the finding leaves it open."""
    booked, amount_fen = item.booked, finding.amount_fen
    whole_fen = sum(booked.values()) + item.twice_fen
    if amount_fen in (None, whole_fen) and not finding.awards:
        return booked, item.twice_fen
    if item.state is State.DISPUTED and item.held != booked:
        # Half of a disputed payment cannot come back before it is decided how much was paid.
        return None
    if finding.awards:
        back = {award: booked.get(award, 0) for award in finding.awards}
        return (back, 0) if amount_fen in (None, sum(back.values())) and all(back.values()) else None
    # What the payee has twice is owed, so it comes back first; the rest of one payable without any doubt.
    twice_fen = min(amount_fen or 0, item.twice_fen)
    rest_fen = (amount_fen or 0) - twice_fen
    if not rest_fen:
        return {}, twice_fen
    return (dict.fromkeys(booked, rest_fen), twice_fen) if len(booked) == 1 else None


def _is_free(writer: Writer, item: Item) -> bool:
    """Whether nobody else has claimed anything of what an item once claimed, and all of it is still owed."""
    held = item.held
    if held == item.claims:
        return True
    others = any(fen != held.get(award, 0) for award, fen in claimed(writer, item.claims).items())
    return not others and not reversed_entries(writer, item.claims)


def _paid_on(item: Item) -> date:
    assert item.payment is not None
    return date.fromisoformat(item.payment.body["on"])


def _write(
    writer: Writer, found: Batch, changing: Sequence[tuple[Item, Finding, State]], signer: Signer | None
) -> None:
    today = local_day(writer.now)
    payer = ready(writer, payer_of(writer, found.body["payer"]))
    # What is heard late of a month that is signed off is booked in the open one.
    signed = signed_off(writer).get(found.body["payer"])
    for start in range(0, len(changing), _AT_ONCE):
        steps = [
            step_of(item, finding, state, today, free=partial(_is_free, writer, item))
            for item, finding, state in changing[start : start + _AT_ONCE]
        ]
        said = [_outcome(step) for step in steps]
        if signer and not by_acts(writer):
            for body in said:
                body["signature"] = signature_of(writer, signer, kinds.OUTCOME, body)
        stored = writer.extend(kinds.OUTCOME, said)
        known = terms(writer, (claim["award"] for step in steps for claim in step.item.body["claims"]))
        entries: list[Entry] = []
        for step, (record, _leaf) in zip(steps, stored, strict=True):
            booked_on = step.on if signed is None else max(step.on, signed + timedelta(days=1))
            entries += entries_of(step, record, known, payer, booked_on)
        post(writer, entries)


def _outcome(step: Step) -> kinds.OutcomeBody:
    body = kinds.OutcomeBody(
        about=step.item.key, state=step.state.value, source=step.finding.source, on=step.on.isoformat()
    )
    if step.moved_fen:
        body["amount_fen"] = step.moved_fen
    reason = step.finding.reason or (step.finding.state.value if step.state is State.DISPUTED else "")
    if reason:
        body["reason"] = reason
    if step.state is State.RETURNED and step.finding.awards and not step.claims and any(step.booked.values()):
        body["awards"] = sorted(step.finding.awards)
    if step.claims:
        body["claims"] = [kinds.ClaimedPart(award=award, amount_fen=fen) for award, fen in sorted(step.claims.items())]
    return body


def entries_of(
    step: Step, record: int, known: Mapping[int, Terms], payer: postings.Payer, booked_on: date
) -> Iterable[Entry]:
    """What a step books; each entry's number counts the outcomes that the item had before."""
    item, n, payment = step.item, len(step.item.outcomes), step.item.payment
    # What comes back does so to where it had been paid out of.
    going = payer.cash(record, step.on)
    coming = payer.cash(payment.seq, _paid_on(item)) if payment else going

    def entry(
        reason: str, pairs: Iterable[postings.Pair], claims: dict[int, int], cash: postings.Cash = going
    ) -> Entry:
        amounts = postings.parts(claims.items(), known)
        payee = item.body["payee"]
        return postings.entry(
            reason, item.key, n, pairs, amounts, effective_on=booked_on, cause=record, cash=cash, payee=payee
        )

    before, claimed_first = item.booked, item.claims
    paid = _less(step.booked, before) if step.state in PAID else {}
    back = _less(before, step.booked)
    if sum(paid.values()) <= 0:
        paid = {}
    else:
        back = {}
    # Ordered and not paid: a dispute keeps it so, every other step pays it or gives it back.
    taken = {award: fen for award, fen in step.claims.items() if fen * claimed_first[award] > 0}
    ordered = _less(_plus(item.held, taken), before)
    open_still = ordered if step.state is State.DISPUTED or step.state not in FINAL else {}
    unpaid = _less(_less(ordered, paid), open_still)
    prior_year = payment is not None and bool(item.paid_fen) and _paid_on(item).year != step.on.year
    if taken:
        yield entry("instruct", postings.instruct_pairs(), taken)
    if paid:
        yield entry("paid", postings.paid_pairs(), paid)
    if unpaid:
        yield entry("unpaid", postings.unpaid_pairs(), unpaid)
    if back:
        yield entry("returned", postings.returned_pairs(coming, prior_year), back, coming)
    # What is paid twice rests on what others hold of the same payables.
    twice = _less(_twice(item, step.booked, step.twice_fen), _twice(item, before, item.twice_fen))
    if sum(twice.values()) > 0:
        yield entry("overpaid", postings.overpaid_pairs(), twice)
    elif twice:
        owed_again = restored(item, -sum(twice.values()))
        if owed_again:
            # What was written off comes in: first it is owed again.
            yield entry("written_off", postings.OWED_AGAIN, owed_again)
        pairs = postings.recovered_pairs(coming, prior_year, AVAILABLE)
        yield entry("recovered", pairs, _less({}, twice), coming)


def _twice(item: Item, booked: dict[int, int], twice_fen: int) -> dict[int, int]:
    """Which of its payables a sum paid twice is of: those that it has not paid on the book, in log order."""
    return _filled(_less(item.claims, booked), twice_fen) if twice_fen else {}


def restored(item: Item, back_fen: int) -> dict[int, int]:
    """What of money that was paid twice and comes back had been written off: fen by payable."""
    fen = back_fen - (item.twice_fen - item.given_up_fen)
    return _part(_twice(item, item.booked, item.twice_fen), item.twice_fen - back_fen, fen) if fen > 0 else {}


def given_up(item: Item, fen: int) -> dict[int, int]:
    """Of which payables a sum is that is written off of what an item has paid twice: in log order, behind the last."""
    return _part(_twice(item, item.booked, item.twice_fen), item.given_up_fen, fen)


def _part(parts: dict[int, int], skipped_fen: int, fen: int) -> dict[int, int]:
    """So much of a sum by payable, behind what is skipped of it."""
    found = {}
    for award, part in sorted(parts.items()):
        skip = min(skipped_fen, part)
        taken = min(fen, part - skip)
        skipped_fen, fen = skipped_fen - skip, fen - taken
        found[award] = taken
    return {award: taken for award, taken in found.items() if taken}


def _plus(one: dict[int, int], more: dict[int, int]) -> dict[int, int]:
    if not more:
        return one
    sums = {award: one.get(award, 0) + more.get(award, 0) for award in sorted(one.keys() | more.keys())}
    return {award: fen for award, fen in sums.items() if fen}


def _less(one: dict[int, int], less: dict[int, int]) -> dict[int, int]:
    if one == less or not less:
        return {} if less else one
    return _plus(one, {award: -fen for award, fen in less.items()})
