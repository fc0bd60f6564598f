"""What an item holds, what the book says it has paid, and what each further word changes; nothing of a ledger.

An item S1 of 2024 claims entry 11 with 100 fen and entry 12 with 50; another one has a reduction of 40 fen, entry 9,
netted in it. Every figure follows from these by the sentence beside it.
"""

from datetime import date

import pytest

from ledger.log import kinds
from ledger.payouts.batches import Item
from ledger.payouts.settle import Finding, step_of
from ledger.payouts.states import State
from ledger.store.views import Row

TWO = {11: 100, 12: 50}
NETTED = {9: -40, **TWO}
Word = tuple[str, int, dict[int, int]]
IN_2024, IN_2025 = date(2024, 7, 3), date(2025, 2, 4)


def parts(claims: dict[int, int]) -> list[kinds.ClaimedPart]:
    return [kinds.ClaimedPart(award=award, amount_fen=fen) for award, fen in claims.items()]


def said(n: int, word: Word) -> Row[kinds.OutcomeBody]:
    """The n-th outcome: its state, the money that moved (0 for none), the claims given back or taken."""
    state, fen, claims = word
    body = kinds.OutcomeBody(about="S1", state=state, source={"kind": "result"}, on=IN_2024.isoformat())
    if fen:
        body["amount_fen"] = fen
    if claims:
        body["claims"] = parts(claims)
    return Row(30 + n, "S1", "", b"", body)


def item(claims: dict[int, int], *words: Word) -> Item:
    body = kinds.PayoutBody(
        key="S1",
        batch="B1",
        n=1,
        payee="P1",
        payee_record=5,
        uscc="91110000000000000X",
        amount_fen=sum(claims.values()),
        claims=parts(claims),
    )
    return Item(20, body, State.EXPORTED, [said(n, word) for n, word in enumerate(words)])


PAID: Word = ("success", 150, {})
FAILED: Word = ("fail", 0, {11: -100, 12: -50})


@pytest.mark.parametrize(
    ("claims", "words", "held", "booked", "twice_fen", "paid_fen"),
    [
        pytest.param(TWO, [], TWO, {}, 0, 0, id="exported: it holds what it claims and has paid nothing"),
        pytest.param(TWO, [("processing", 0, {})], TWO, {}, 0, 0, id="not known yet: the same"),
        pytest.param(TWO, [PAID], TWO, TWO, 0, 150, id="paid"),
        pytest.param(TWO, [FAILED], {}, {}, 0, 0, id="failed: all is given back"),
        pytest.param(
            TWO,
            [("partial", 120, {12: -30})],
            {11: 100, 12: 20},
            {11: 100, 12: 20},
            0,
            120,
            id="paid in part: 100 + 20 of 150",
        ),
        pytest.param(TWO, [FAILED, PAID], {}, {}, 150, 150, id="paid after it had failed and others took it: twice"),
        pytest.param(
            TWO, [FAILED, PAID, ("returned", 60, {})], {}, {}, 90, 90, id="60 of what was paid twice came back"
        ),
        pytest.param(
            TWO,
            [FAILED, ("success", 150, {11: 100})],
            {11: 100},
            {11: 100},
            50,
            150,
            id="paid after it had failed, and 100 were free: 50 are paid twice",
        ),
        pytest.param(
            TWO,
            [FAILED, ("success", 150, {11: 100}), ("returned", 150, {11: -100})],
            {},
            {},
            0,
            0,
            id="100 booked and 50 twice, and 150 came back",
        ),
        pytest.param(TWO, [PAID, ("fail", 0, {11: -100, 12: -50})], {}, {}, 0, 0, id="paid, and failed after all"),
        pytest.param(TWO, [PAID, ("returned", 150, {11: -100, 12: -50})], {}, {}, 0, 0, id="all of it came back"),
        pytest.param(
            TWO, [PAID, ("returned", 50, {12: -50})], {11: 100}, {11: 100}, 0, 100, id="that of entry 12 came back"
        ),
        pytest.param(
            {11: 100},
            [("success", 100, {}), ("returned", 40, {})],
            {11: 100},
            {11: 60},
            0,
            60,
            id="40 came back in a later year: held on, and 60 of its one payable are paid",
        ),
        pytest.param(
            TWO,
            [PAID, ("returned", 40, {})],
            TWO,
            TWO,
            0,
            110,
            id="40 came back in a later year, and of which of the two is not known any more",
        ),
        pytest.param(TWO, [PAID, ("returned", 150, {})], TWO, {}, 0, 0, id="all came back in a later year: held on"),
    ],
)
def test_what_an_item_holds_and_has_paid(
    claims: dict[int, int],
    words: list[Word],
    held: dict[int, int],
    booked: dict[int, int],
    twice_fen: int,
    paid_fen: int,
) -> None:
    payout = item(claims, *words)
    assert (payout.held, payout.booked, payout.twice_fen, payout.paid_fen) == (held, booked, twice_fen, paid_fen)


@pytest.mark.parametrize(
    ("words", "payment"),
    [
        ([], None),
        ([("processing", 0, {})], None),
        ([PAID], 30),
        ([("partial", 120, {12: -30}), PAID], 31),
        ([PAID, ("returned", 150, {})], 30),
        ([PAID, ("fail", 0, {})], None),
        ([("fail", 0, {}), PAID], 31),
    ],
)
def test_the_outcome_that_said_it_was_paid(words: list[Word], payment: int | None) -> None:
    row = item(TWO, *words).payment
    assert (row and row.seq) == payment


ALL_BACK = {11: -100, 12: -50}


@pytest.mark.parametrize(
    ("claims", "words", "finding", "free", "moved_fen", "changes", "booked", "twice_fen"),
    [
        pytest.param(TWO, [], ("success",), True, 150, {}, TWO, 0, id="paid: the whole amount"),
        pytest.param(TWO, [], ("success",), False, 150, {}, TWO, 0, id="paid: what it holds nobody else has"),
        pytest.param(
            TWO, [], ("partial", 120), False, 120, {12: -30}, {11: 100, 12: 20}, 0, id="the first payables are filled"
        ),
        pytest.param(
            NETTED,
            [],
            ("partial", 70),
            True,
            70,
            {12: -40},
            {9: -40, 11: 100, 12: 10},
            0,
            id="the reduction is settled in whole: 70 + 40 = 100 + 10",
        ),
        pytest.param(
            NETTED,
            [],
            ("partial", 50),
            True,
            50,
            {11: -10, 12: -50},
            {9: -40, 11: 90},
            0,
            id="50 + 40 = 90, and nothing reaches entry 12",
        ),
        pytest.param(TWO, [], ("fail",), True, 0, ALL_BACK, {}, 0, id="failed: all is given back"),
        pytest.param(TWO, [], ("processing",), True, 0, {}, {}, 0, id="not known yet: nothing changes"),
        pytest.param(TWO, [PAID], ("returned",), True, 150, ALL_BACK, {}, 0, id="came back whole"),
        pytest.param(TWO, [PAID], ("returned", 150), True, 150, ALL_BACK, {}, 0, id="came back whole, and says so"),
        pytest.param(
            TWO, [PAID], ("returned", None, (12,)), True, 50, {12: -50}, {11: 100}, 0, id="that of entry 12 came back"
        ),
        pytest.param(
            TWO, [PAID], ("returned", 50, (12,)), True, 50, {12: -50}, {11: 100}, 0, id="that of entry 12, in fen"
        ),
        pytest.param(
            {11: 100},
            [("success", 100, {})],
            ("returned", 40),
            True,
            40,
            {11: -40},
            {11: 60},
            0,
            id="40 of its one payable came back",
        ),
        pytest.param(
            TWO, [PAID], ("returned", None, (), IN_2025), True, 150, {}, {}, 0, id="came back whole in a later year"
        ),
        pytest.param(
            TWO,
            [PAID],
            ("returned", None, (12,), IN_2025),
            True,
            50,
            {},
            {11: 100},
            0,
            id="that of entry 12 in a later year: held on",
        ),
        pytest.param(
            TWO,
            [PAID],
            ("fail", None, (), IN_2025),
            True,
            0,
            {},
            {},
            0,
            id="failed after all, in a later year: held on",
        ),
        pytest.param(
            {11: 100},
            [("success", 100, {}), ("returned", 40, {})],
            ("returned", None, (), IN_2025),
            True,
            60,
            {},
            {},
            0,
            id="the rest came back in a later year as well: all is held on",
        ),
        pytest.param(TWO, [FAILED], ("success",), True, 150, TWO, TWO, 0, id="paid after all, and all of it is free"),
        pytest.param(TWO, [FAILED], ("success",), False, 150, {}, {}, 150, id="paid after all, and others have it"),
        pytest.param(
            TWO,
            [("partial", 120, {12: -30})],
            ("success",),
            False,
            150,
            {},
            {11: 100, 12: 20},
            30,
            id="paid in whole after all, and others have the 30",
        ),
        pytest.param(
            TWO,
            [("partial", 120, {12: -30})],
            ("success",),
            True,
            150,
            {12: 30},
            TWO,
            0,
            id="paid in whole after all, and the 30 are free",
        ),
        pytest.param(
            TWO,
            [PAID],
            ("partial", 120, (), IN_2025),
            True,
            120,
            {},
            {11: 100, 12: 20},
            0,
            id="paid in part after all, in a later year: the 30 that came back are not payable by themselves",
        ),
        pytest.param(
            TWO, [FAILED, PAID], ("returned", 60), False, 60, {}, {}, 90, id="60 of what was paid twice came back"
        ),
        pytest.param(TWO, [FAILED], ("disputed",), True, 0, TWO, {}, 0, id="disputed: it holds what is free"),
        pytest.param(TWO, [FAILED], ("disputed",), False, 0, {}, {}, 0, id="disputed, and others have it"),
    ],
)
def test_what_a_word_changes(
    claims: dict[int, int],
    words: list[Word],
    finding: tuple[str] | tuple[str, int | None] | tuple[str, int | None, tuple[int, ...], date],
    free: bool,
    moved_fen: int,
    changes: dict[int, int],
    booked: dict[int, int],
    twice_fen: int,
) -> None:
    state, amount_fen, awards, on = (*finding, *(None, (), IN_2024)[len(finding) - 1 :])
    word = Finding("S1", State(state), {"kind": "result"}, on, amount_fen, awards=awards)
    step = step_of(item(claims, *words), word, State(state), date(2026, 1, 1), lambda: free)
    assert (step.moved_fen, step.claims, step.booked, step.twice_fen) == (moved_fen, changes, booked, twice_fen)
    assert (step.state, step.on) == (state, on)


def test_a_word_without_a_day_is_of_the_day_on_which_it_is_heard() -> None:
    step = step_of(item(TWO), Finding("S1", State.SUCCESS, {"kind": "result"}), State.SUCCESS, IN_2025, lambda: True)
    assert step.on == IN_2025
