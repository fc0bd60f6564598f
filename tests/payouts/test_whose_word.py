"""Whose word makes sure that a payout was not paid, and which statements cover the day of a word; nothing of a ledger.

1001 prepared and sent the payout S1, which claims entry 11 with 100 fen and entry 12 with 50; 1003 brings what the
channel says.
"""

from datetime import date

import pytest

from ledger.log import kinds
from ledger.payouts.batches import Item
from ledger.payouts.presumed import Days, Told, covered, told
from ledger.payouts.states import State
from ledger.store.views import Row

# Source, state, by whom, the claims given back or taken.
Word = tuple[kinds.Source, str, str, dict[int, int]]
RESULT, DECISION, STATEMENT = (kinds.Source(kind=kind) for kind in ("result", "decision", "statement"))
# 16:30 in London, 00:30 of the next day in Beijing.
AT, DAY = "2024-04-02T16:30:00+00:00", date(2024, 4, 3)


def item(*words: Word) -> Item:
    body = kinds.PayoutBody(
        key="S1",
        batch="B1",
        n=1,
        payee="P1",
        payee_record=5,
        uscc="91110000000000000X",
        amount_fen=150,
        claims=[kinds.ClaimedPart(award=11, amount_fen=100), kinds.ClaimedPart(award=12, amount_fen=50)],
    )
    outcomes = []
    for n, (source, state, actor, claims) in enumerate(words):
        said = kinds.OutcomeBody(about="S1", state=state, source=source, actor=actor, recorded_at=AT)
        if claims:
            said["claims"] = [kinds.ClaimedPart(award=award, amount_fen=fen) for award, fen in claims.items()]
        outcomes.append(Row(30 + n, "S1", "", b"", said))
    return Item(20, body, State.EXPORTED, outcomes)


FAILED: Word = (RESULT, "fail", "1003", {11: -100, 12: -50})


@pytest.mark.parametrize(
    ("words", "award", "state"),
    [
        pytest.param([], 11, None, id="nobody has said anything"),
        pytest.param([FAILED], 11, "fail", id="the channel alone"),
        pytest.param([FAILED], 12, "fail", id="of its other payable as well"),
        pytest.param([FAILED], 13, None, id="nothing of this one was given back"),
        pytest.param([(RESULT, "partial", "1003", {12: -20})], 12, "partial", id="a part was not paid"),
        pytest.param([(RESULT, "partial", "1003", {12: -20})], 11, None, id="and this one was"),
        pytest.param([(RESULT, "returned", "1003", {11: -100, 12: -50})], 11, None, id="what came back was paid"),
        pytest.param([(RESULT, "success", "1003", {11: 100})], 11, None, id="taken, not given back"),
        pytest.param([(DECISION, "fail", "1001", {11: -100, 12: -50})], 11, None, id="a decision is no channel's word"),
        pytest.param([FAILED, (RESULT, "unknown", "1003", {})], 11, "fail", id="a vague word after it"),
        pytest.param([FAILED, (DECISION, "fail", "1002", {})], 11, None, id="another person decides"),
        pytest.param([FAILED, (STATEMENT, "fail", "1002", {})], 11, None, id="another person's statement"),
        pytest.param([FAILED, (DECISION, "fail", "1001", {})], 11, "fail", id="who sent it decides"),
        pytest.param([FAILED, (DECISION, "fail", "1003", {})], 11, "fail", id="who brought the answer decides"),
        pytest.param([FAILED, (DECISION, "disputed", "1002", {})], 11, "fail", id="a dispute decides nothing"),
        pytest.param([(DECISION, "fail", "1002", {}), FAILED], 11, "fail", id="another person had said so before"),
    ],
)
def test_the_word_that_waits_for_another_person(words: list[Word], award: int, state: str | None) -> None:
    found = told(item(*words), award, ["1001"])
    assert found == (Told("S1", State(state), DAY, frozenset({"1001", "1003"})) if state else None)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([], False, id="none"),
        pytest.param([("2024-04-01", "2024-04-30", "1002")], True, id="of the month, by another person"),
        pytest.param([("2024-04-03", "2024-04-03", "1002")], True, id="of the day alone"),
        pytest.param([("2024-04-04", "2024-04-30", "1002")], False, id="begins behind it"),
        pytest.param([("2024-04-01", "2024-04-02", "1002")], False, id="ends before it"),
        pytest.param([("2024-04-01", "2024-04-30", "1001")], False, id="by who sent it"),
        pytest.param([("2024-04-01", "2024-04-30", "1003")], False, id="by who brought the answer"),
        pytest.param(
            [("2024-04-01", "2024-04-02", "1001"), ("2024-04-04", "2024-04-05", "1002")],
            True,
            id="begun by one, reached by another person's",
        ),
        pytest.param(
            [("2024-04-01", "2024-04-02", "1002"), ("2024-04-04", "2024-04-05", "1001")],
            False,
            id="reached by who sent it",
        ),
        pytest.param(
            [("", "2024-04-30", "1002"), ("2024-04-01", "2024-04-02", "1002")], False, id="one of no first day"
        ),
        pytest.param(
            [("2024-04-01", "", "1002"), ("2024-04-04", "2024-04-30", "1002")], False, id="one of no last day"
        ),
    ],
)
def test_what_covers_the_day_of_a_word(statements: list[tuple[str, str, str]], expected: bool) -> None:
    failure = Told("S1", State.FAIL, DAY, frozenset({"1001", "1003"}))
    assert covered([Days(*one) for one in statements], failure) is expected
