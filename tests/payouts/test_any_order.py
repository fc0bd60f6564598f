"""Whatever is said of payouts, in whatever order: what is held and what is offered is never more than what is owed.

A random walk over everything that can be done between preparing and the last answer: orders that get lost, answers that
come twice, late, or against each other, decisions of other officers. The seed is printed.
"""

import random
from datetime import date
from pathlib import Path

import pytest

from calculators.money import plain_yuan
from ledger.payouts.batches import Batch, Item, batches
from ledger.payouts.payables import RunEntries
from ledger.payouts.prepare import plan
from ledger.payouts.states import OPEN, State
from ledger.runs.history import find_run
from tests.support.till import Till, quarters_till

AWARD_FEN = 1_686_250
DAY = date(2024, 4, 2)
# Answers of the channel and their amounts; the whole is said without one.
SAID = (
    ("INIT",),
    ("PROCESSING",),
    ("PRESUMED_SUCCESS",),
    ("PRESUMED_FAIL",),
    ("SUCCESS",),
    ("FAIL",),
    ("PARTIAL", "6862.50"),
    ("RETURNED",),
    ("RETURNED", "862.50"),
)
DECIDED = (("success",), ("fail",), ("returned",), ("partial", "--amount", "6862.50"), ("partial", "--amount", "900"))


def known(till: Till) -> tuple[list[Batch], int, int]:
    """Every batch, what preparing would pay now, and what waits for another person's word, in fen."""
    with till.ledger.read() as view:
        run = find_run(view, "2024-03")
        planned = plan(view, till.ledger.vault, [RunEntries(run.closed, run.first, run.count)], DAY)
        assert {one.hold.code for one in planned.held} <= {"fail_presumed", "return_presumed"}
        offered_fen = sum(one.amount_fen for drafts in planned.by_payer.values() for one in drafts)
        return batches(view), offered_fen, sum(one.amount_fen for one in planned.held)


def step(till: Till, dice: random.Random, found: list[Batch]) -> str:
    """Do one thing to one batch; what was done, for the message of a failure."""
    items = [(batch.key, one) for batch in found for one in batch.items]
    if not items or dice.random() < 0.2:
        said = till.say("pay", "prepare", "2024-03")
        assert said.exit_code == 0, said.output
        return "prepare"
    key, one = dice.choice(items[-3:])
    if one.state in (State.PREPARED, State.APPROVED) and dice.random() < 0.7:
        till.as_second("pay", "approve", key)
        said = till.say("pay", "export", key, "--out", str(till.folder / key))
        # Refused where another payout may have paid it after all.
        assert said.exit_code == 0 or "[paid_elsewhere]" in said.stderr, said.output
        return f"export {one.key} -> {said.exit_code}"
    what = dice.choice(("answer", "answer", "answer", "decide", "cancel"))
    if one.state in (State.FAIL, State.PARTIAL, State.RETURNED) and dice.random() < 0.5:
        what = "sure"
    words: tuple[str, ...] = ()
    if what == "answer":
        words = dice.choice(SAID)
        said = till.answer(key, (one.key, *words))
    elif what == "decide":
        words = dice.choice(DECIDED)
        said = till.as_second("pay", "resolve", one.key, "--reason", "letter", "--state", *words)
    elif what == "sure":
        # A third officer makes sure of what was said last, as it was said.
        amount = plain_yuan(one.paid_fen) if one.state is State.PARTIAL else ""
        words = (one.state.value, *(("--amount", amount) if amount else ()))
        said = till.say("pay", "resolve", one.key, "--reason", "slip", "--state", *words, "--actor", "1003")
    else:
        said = till.say("pay", "cancel", one.key, "--reason", "stop")
    # Done, contradicted or refused, and never a crash.
    assert said.exit_code in (0, 1, 2), said.output
    assert said.exception is None or isinstance(said.exception, SystemExit), repr(said.exception)
    return f"{what} {one.key} {' '.join(words)} -> {said.exit_code}"


def check(till: Till, found: list[Batch], offered_fen: int, waiting_fen: int) -> None:
    """No fen is held twice, and none is lost: what payouts hold, what is offered and what waits make what is owed."""
    items: list[Item] = [one for batch in found for one in batch.items]
    held_fen = sum(sum(one.held.values()) for one in items)
    assert held_fen + offered_fen + waiting_fen == AWARD_FEN
    assert all(fen > 0 for one in items for fen in one.held.values())
    for one in items:
        # What the channel may still pay holds what it would pay, save where it had said that it failed.
        failed = any(each.body["state"] == State.FAIL for each in one.outcomes)
        if one.state in OPEN and not failed:
            assert sum(one.held.values()) in (one.amount_fen, one.paid_fen)
        if one.state in (State.FAIL, State.CANCELLED):
            assert not one.held
    # What the channel is believed to have paid is on the book: what others had claimed meanwhile, as owed back.
    paid_fen = sum(one.paid_fen for one in items)
    twice_fen = sum(one.twice_fen for one in items)
    assert till.balances("fin/4001", "bud/7101", "ind/1501", "fin/2303", "fin/1218") == {
        "fin/4001": plain_yuan(-paid_fen),
        "bud/7101": plain_yuan(paid_fen),
        "ind/1501": plain_yuan(paid_fen),
        "fin/2303": plain_yuan(paid_fen - twice_fen - AWARD_FEN),
        "fin/1218": plain_yuan(twice_fen),
    }


@pytest.mark.parametrize("seed", [20240402, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in (7, 1218))])
def test_no_fen_is_held_twice_whatever_is_said(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    dice = random.Random(seed)
    till = quarters_till(tmp_path)
    done: list[str] = []
    for _n in range(50):
        done.append(step(till, dice, known(till)[0]))
        try:
            check(till, *known(till))
        except AssertionError as error:
            raise AssertionError("\n".join([*done, str(error)])) from error
    assert len(done) > len({one.key for batch in known(till)[0] for one in batch.items}) > 1
    till.verify()
