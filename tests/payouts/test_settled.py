"""What each word comes to: its effect, the outcome in the log, and the entries; on a book of two awards and one order.

S1 claims e1 with 1.00 yuan and e2 with 0.50. B1, which it is of, went out on 2 July 2024; words are heard on the 10th,
unless it is said otherwise. An outcome's number is how many the payout had before.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest

from calculators.problems import Refused
from ledger.book.posting import post
from ledger.log import kinds
from ledger.payouts import postings
from ledger.payouts.batches import Item, batch
from ledger.payouts.payables import terms
from ledger.payouts.presumed import Told
from ledger.payouts.settle import Effect, Finding, settle
from ledger.payouts.states import State
from ledger.store.ledger import Ledger, Writer
from tests.payouts.small_book import Q1, Q2, Clock, budget, order, owed, say, undone
from tests.support.empty_book import OFFICER, empty_book

SENT, HEARD, LATER = (datetime(*day, 4, tzinfo=UTC) for day in ((2024, 7, 2), (2024, 7, 10), (2025, 2, 4)))
# (state, source, amount or None, day or ""), of S1.
Word = tuple[str, str, int | None, str]


class Ordered(NamedTuple):
    ledger: Ledger
    clock: Clock
    e1: int
    e2: int


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordered]:
    clock = Clock(SENT)
    ledger = empty_book(tmp_path_factory.mktemp("settled"), clock)
    with ledger.write(OFFICER) as writer:
        budget(writer)
        awards = [owed("G-1", 0, Q1, 100), owed("G-1", 0, Q2, 50), owed("G-2", 0, Q1, 70)]
        first, second, third = (entry.record for entry in post(writer, awards))
        claims = {first: 100, second: 50}
        order(writer, "B1", ("S1", claims))
        say(writer, "B1", "approved")
        sent = say(writer, "B1", "exported")
        known = terms(writer, claims)
        day = date(2024, 7, 2)
        post(writer, [postings.instructed("B1", claims.items(), known, effective_on=day, cause=sent)])
        order(writer, "B2", ("S2", {third: 70}))
    return Ordered(ledger, clock, first, second)


@contextmanager
def hearing(ordered: Ordered, now: datetime) -> Iterator[Writer]:
    """The book at some time; nothing of what is written stays."""
    ordered.clock.now = now
    with undone(ordered.ledger) as writer:
        yield writer


@pytest.fixture
def writer(ordered: Ordered) -> Iterator[Writer]:
    """The book at the time at which words are heard."""
    with hearing(ordered, HEARD) as writer:
        yield writer


def finding(word: Word, awards: tuple[int, ...] = (), reason: str = "") -> Finding:
    state, source, fen, day = word
    return Finding("S1", State(state), {"kind": source}, date.fromisoformat(day) if day else None, fen, reason, awards)


def names(ordered: Ordered, claims: list[kinds.ClaimedPart]) -> dict[str, int]:
    of = {ordered.e1: "e1", ordered.e2: "e2"}
    return {of[claim["award"]]: claim["amount_fen"] for claim in claims}


def booked(writer: Writer, since: int) -> dict[str, tuple[str, int]]:
    """What the entry is about and its number -> its day, and the fen that it moves on a chart."""
    found = {}
    for row in writer.records(kinds.ENTRY, since=since):
        moved = [
            sum(posting["amount_fen"] for posting in row.body["postings"] if posting["chart"] == chart)
            for chart in ("fin", "bud", "ind")
        ]
        assert moved == [0, 0, 0]
        found[row.body["key"].removeprefix("main/")] = (
            row.body["effective_on"],
            sum(max(0, posting["amount_fen"]) for posting in row.body["postings"] if posting["chart"] == "ind"),
        )
    return found


PAID: Word = ("success", "result", None, "")
PART: Word = ("partial", "result", 120, "")
FAILED: Word = ("fail", "result", None, "")
BACK: Word = ("returned", "result", None, "")
TODAY = "2024-07-10"


@pytest.mark.parametrize(
    ("words", "word", "effect", "said", "claims", "entries"),
    [
        pytest.param(
            [],
            ("processing", "result", None, ""),
            "changed",
            {"state": "processing", "on": TODAY},
            {},
            {},
            id="not known yet",
        ),
        pytest.param(
            [("processing", "result", None, "")], ("processing", "result", None, ""), "same", {}, {}, {}, id="still not"
        ),
        pytest.param(
            [("processing", "result", None, "")],
            ("unknown", "result", None, "2024-07-09"),
            "changed",
            {"state": "unknown", "on": "2024-07-09"},
            {},
            {},
            id="another vague word",
        ),
        pytest.param([PAID], ("processing", "result", None, ""), "late", {}, {}, {}, id="vague after it was paid"),
        pytest.param(
            [],
            ("success", "result", 150, "2024-07-03"),
            "changed",
            {"state": "success", "on": "2024-07-03", "amount_fen": 150},
            {},
            {"paid/S1/0": ("2024-07-03", 150)},
            id="paid",
        ),
        pytest.param([PAID], ("success", "statement", None, ""), "same", {}, {}, {}, id="paid, and said again"),
        pytest.param([PAID], ("success", "statement", 150, ""), "same", {}, {}, {}, id="with its amount"),
        pytest.param([PAID], ("success", "decision", None, ""), "same", {}, {}, {}, id="and decided again"),
        pytest.param(
            [],
            PART,
            "changed",
            {"state": "partial", "on": TODAY, "amount_fen": 120},
            {"e2": -30},
            {"paid/S1/0": (TODAY, 120), "unpaid/S1/0": (TODAY, 30)},
            id="a part",
        ),
        pytest.param([PART], ("partial", "result", 120, ""), "same", {}, {}, {}, id="the same part"),
        pytest.param(
            [PART],
            ("partial", "result", 110, ""),
            "disputed",
            {"state": "disputed", "on": TODAY, "reason": "partial"},
            {"e2": 30},
            {"instruct/S1/1": (TODAY, 30)},
            id="another part: the 30 that are free are held again",
        ),
        pytest.param(
            [("partial", "result", 120, "2024-07-05")],
            ("partial", "decision", 120, ""),
            "changed",
            {"state": "partial", "on": "2024-07-05", "amount_fen": 120},
            {},
            {},
            id="another person makes sure of the part: it stays of its day",
        ),
        pytest.param(
            [],
            FAILED,
            "changed",
            {"state": "fail", "on": TODAY},
            {"e1": -100, "e2": -50},
            {"unpaid/S1/0": (TODAY, 150)},
            id="failed",
        ),
        pytest.param([FAILED], FAILED, "same", {}, {}, {}, id="failed, and said again"),
        pytest.param([FAILED], ("fail", "statement", None, ""), "same", {}, {}, {}, id="by a statement"),
        pytest.param(
            [("fail", "result", None, "2024-07-05")],
            ("fail", "decision", None, ""),
            "changed",
            {"state": "fail", "on": "2024-07-05"},
            {},
            {},
            id="another person makes sure of the failure: it stays of its day",
        ),
        pytest.param(
            [("fail", "statement", None, "")],
            ("fail", "decision", None, ""),
            "same",
            {},
            {},
            {},
            id="nothing is unsure",
        ),
        pytest.param([FAILED], BACK, "late", {}, {}, {}, id="what failed did not come back"),
        pytest.param(
            [PAID],
            FAILED,
            "disputed",
            {"state": "disputed", "on": TODAY, "reason": "fail"},
            {},
            {},
            id="paid and failed",
        ),
        pytest.param(
            [FAILED],
            PAID,
            "disputed",
            {"state": "disputed", "on": TODAY, "reason": "success"},
            {"e1": 100, "e2": 50},
            {"instruct/S1/1": (TODAY, 150)},
            id="failed and paid: what is free is held again",
        ),
        pytest.param(
            [PAID, FAILED], PAID, "late", {}, {}, {}, id="disputed: the channel is not asked which word holds"
        ),
        pytest.param(
            [PAID, FAILED], ("unknown", "statement", None, ""), "late", {}, {}, {}, id="a vague word settles no dispute"
        ),
        pytest.param(
            [PAID, FAILED],
            ("fail", "decision", None, ""),
            "changed",
            {"state": "fail", "on": TODAY},
            {"e1": -100, "e2": -50},
            {"returned/S1/2": (TODAY, 150)},
            id="decided: it failed",
        ),
        pytest.param(
            [FAILED, PAID],
            ("success", "statement", None, ""),
            "changed",
            {"state": "success", "on": TODAY, "amount_fen": 150},
            {},
            {"paid/S1/2": (TODAY, 150)},
            id="the statement: it was paid",
        ),
        pytest.param(
            [PAID],
            BACK,
            "changed",
            {"state": "returned", "on": TODAY, "amount_fen": 150},
            {"e1": -100, "e2": -50},
            {"returned/S1/1": (TODAY, 150)},
            id="came back",
        ),
        pytest.param([PAID, BACK], BACK, "same", {}, {}, {}, id="came back, and said again"),
        pytest.param([PAID, BACK], PAID, "late", {}, {}, {}, id="that it was paid is old news"),
        pytest.param([PAID, BACK], FAILED, "late", {}, {}, {}, id="that it failed as well"),
        pytest.param(
            [PAID, BACK],
            ("disputed", "statement", None, ""),
            "changed",
            {"state": "disputed", "on": TODAY, "reason": "disputed"},
            {"e1": 100, "e2": 50},
            {"instruct/S1/2": (TODAY, 150)},
            id="the bank takes back that it came back",
        ),
        pytest.param(
            [],
            BACK,
            "changed",
            {"state": "fail", "on": TODAY},
            {"e1": -100, "e2": -50},
            {"unpaid/S1/0": (TODAY, 150)},
            id="came back before anybody had said that it was paid",
        ),
        pytest.param(
            [],
            ("returned", "decision", None, ""),
            "changed",
            {"state": "fail", "on": TODAY},
            {"e1": -100, "e2": -50},
            {"unpaid/S1/0": (TODAY, 150)},
            id="somebody decides that it came back",
        ),
        pytest.param(
            [("success", "result", None, "2024-07-05")],
            ("returned", "result", None, "2024-07-05"),
            "changed",
            {"state": "returned", "on": "2024-07-05", "amount_fen": 150},
            {"e1": -100, "e2": -50},
            {"returned/S1/1": ("2024-07-05", 150)},
            id="came back on the day on which it was paid",
        ),
    ],
)
def test_what_a_word_comes_to(
    ordered: Ordered,
    writer: Writer,
    words: list[Word],
    word: Word,
    effect: str,
    said: Mapping[str, object],
    claims: Mapping[str, int],
    entries: Mapping[str, tuple[str, int]],
) -> None:
    for before in words:
        settle(writer, "B1", [finding(before)])
    size = writer.size
    settled = settle(writer, "B1", [finding(word)])
    assert settled.counts == {one.value: int(one.value == effect) for one in Effect}
    assert settled.effects == [("S1", State(word[0]), Effect(effect))]
    outcomes = [row.body for row in writer.records(kinds.OUTCOME, since=size)]
    if not said:
        assert (outcomes, writer.size) == ([], size)
        return
    (outcome,) = outcomes
    told = {name: outcome.get(name) for name in ("state", "on", "amount_fen", "reason") if name in outcome}
    assert (told, outcome["about"], outcome["source"]) == (said, "S1", {"kind": word[1]})
    assert names(ordered, outcome.get("claims", [])) == claims
    assert booked(writer, size) == entries


def test_a_reason_that_is_given_is_kept(writer: Writer) -> None:
    settle(writer, "B1", [finding(PAID)])
    settle(writer, "B1", [finding(FAILED, reason="account closed")])
    (item,) = batch(writer, "B1").items
    assert item.outcomes[-1].body["reason"] == "account closed"


def test_what_came_back_of_one_award_and_then_of_the_other(ordered: Ordered, writer: Writer) -> None:
    settle(writer, "B1", [finding(PAID)])
    size = writer.size
    first, second = finding(BACK, (ordered.e2,)), finding(BACK, (ordered.e1,))
    effects = [settle(writer, "B1", [one]).effects[0][2].value for one in (first, first, second, first)]
    # The same message twice is the same return; once nothing is left with the payee, it is old.
    assert effects == ["changed", "same", "changed", "same"]
    assert booked(writer, size) == {"returned/S1/1": (TODAY, 50), "returned/S1/2": (TODAY, 100)}


def test_what_is_paid_twice_to_the_last_fen_and_comes_back(ordered: Ordered, writer: Writer) -> None:
    """Of 1.50 all but a fen was paid; B3 pays that fen, and then the first payment turns out to be whole."""
    settle(writer, "B1", [finding(("partial", "result", 149, ""))])
    order(writer, "B3", ("S3", {ordered.e2: 1}))
    settle(writer, "B1", [finding(PAID)])
    size = writer.size
    settle(writer, "B1", [finding(("success", "statement", None, ""))])
    assert booked(writer, size) == {"overpaid/S1/2": (TODAY, 1)}
    assert batch(writer, "B1").items[0].twice_fen == 1
    size = writer.size
    settle(writer, "B1", [finding(BACK)])
    # What was paid once is owed again, and the fen that was paid twice is given back.
    assert booked(writer, size) == {"returned/S1/3": (TODAY, 149), "recovered/S1/3": (TODAY, 1)}


@pytest.mark.parametrize(
    ("source", "fen", "awards", "waiting", "sure"),
    [
        pytest.param("decision", None, 0, [150], True, id="a decision of all that came back"),
        pytest.param("decision", 150, 0, [100, 50], True, id="and of its sum"),
        pytest.param("decision", 100, 0, [100, 50], True, id="a decision of one of two returns"),
        pytest.param("decision", 150, 1, [100, 50], False, id="a decision of an award is of that alone"),
        pytest.param("statement", 150, 0, [150], True, id="the bank's line of it"),
        pytest.param("statement", 150, 0, [100, 50], False, id="a line of another amount"),
        pytest.param("statement", None, 0, [150], False, id="a line without an amount"),
        pytest.param("result", 150, 0, [150], False, id="the channel once more"),
        pytest.param("decision", None, 0, [], False, id="nothing waits"),
    ],
)
def test_another_word_makes_sure_of_what_came_back(
    ordered: Ordered,
    writer: Writer,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    fen: int | None,
    awards: int,
    waiting: list[int],
    sure: bool,
) -> None:
    settle(writer, "B1", [finding(("success", "result", None, "2024-07-03"))])
    settle(writer, "B1", [finding(("returned", "result", None, "2024-07-05"))])
    waits = [Told("S1", State.RETURNED, date(2024, 7, 5), frozenset({OFFICER}), one) for one in waiting]
    # A failure that waits besides says nothing of what came back.
    waits.append(Told("S1", State.FAIL, date(2024, 7, 5), frozenset({OFFICER}), 150))
    asked: list[tuple[object, ...]] = []

    def told(item: Item, *of: object) -> list[Told]:
        asked.append((item.key, *of))
        return waits

    monkeypatch.setattr("ledger.payouts.settle.told", told)
    monkeypatch.setattr("ledger.payouts.settle.bringers_of", lambda _writer: "who brought it")
    size = writer.size
    word = finding(("returned", source, fen, ""), (ordered.e2,) * awards)
    done = settle(writer, "B1", [word])
    # Of all that came back, and of who sent it and brought it.
    assert asked in ([], [("S1", None, {OFFICER}, "who brought it")])
    outcomes = [row.body for row in writer.records(kinds.OUTCOME, since=size)]
    if not sure:
        assert (done.counts["same"], outcomes) == (1, [])
        return
    (outcome,) = outcomes
    # It stays of the day on which it came back, and moves nothing.
    assert (outcome["state"], outcome["on"], outcome["source"]["kind"]) == ("returned", "2024-07-05", source)
    assert ("amount_fen" in outcome, "claims" in outcome, booked(writer, size)) == (False, False, {})
    assert done.counts["changed"] == 1


def test_a_payment_of_the_year_before_that_comes_back_is_the_treasury_s_and_is_held_on(ordered: Ordered) -> None:
    with hearing(ordered, LATER) as writer:
        settle(writer, "B1", [finding(("success", "result", None, TODAY))])
        size = writer.size
        settle(writer, "B1", [finding(BACK)])
        (item,) = batch(writer, "B1").items
        assert (item.held, item.booked, item.paid_fen) == ({ordered.e1: 100, ordered.e2: 50}, {}, 0)
        (row,) = writer.records(kinds.ENTRY, since=size)
        # Dr 1201 / Cr 3501 and Dr 8001 / Cr 8101.01; the indicator of a year that is over gets nothing back.
        moved = {f"{one['chart']}/{one['account']}": 0 for one in row.body["postings"]}
        for one in row.body["postings"]:
            moved[f"{one['chart']}/{one['account']}"] += one["amount_fen"]
        assert moved == {"fin/1201": 150, "fin/3501": -150, "bud/8001": 150, "bud/8101.01": -150}
        assert row.body["effective_on"] == "2025-02-04"


def test_a_return_in_another_year_than_the_order_needs_the_payment(ordered: Ordered) -> None:
    with hearing(ordered, LATER) as writer:
        with pytest.raises(Refused) as refused:
            settle(writer, "B1", [finding(("returned", "result", None, "2025-02-04"))])
        assert str(refused.value) == (
            "B1 S1: it came back on 2025-02-04, was ordered on 2024-07-02, and nobody has said in which year it was "
            "paid; say the payment first, by its result, its statement line or "
            "`subsidy pay resolve S1 --state success --on DAY --reason TEXT`; then the return [payment_not_said]"
        )
        # Within the year of the order it was paid and came back in that year.
        assert settle(writer, "B1", [finding(("returned", "result", None, "2024-12-31"))]).counts["changed"] == 1


def test_a_failure_in_another_year_than_the_order_moved_no_money(ordered: Ordered) -> None:
    with hearing(ordered, LATER) as writer:
        assert settle(writer, "B1", [finding(("fail", "result", None, "2025-02-04"))]).counts["changed"] == 1


@pytest.mark.parametrize(
    ("words", "word", "awards", "expected"),
    [
        pytest.param(
            [],
            ("success", "result", None, "2024-07-11"),
            0,
            "2024-07-11 has not come yet; correct the day",
            id="a day to come",
        ),
        pytest.param(
            [],
            ("success", "result", None, "2024-07-01"),
            0,
            "2024-07-01 lies before 2024-07-02, the day on which the order was handed over; "
            "ask the channel for the day; nothing of the file was taken",
            id="before the order",
        ),
        pytest.param(
            [("success", "result", None, "2024-07-05")],
            ("returned", "result", None, "2024-07-04"),
            0,
            "it came back on 2024-07-04, and was paid on 2024-07-05; correct the day",
            id="back before it was paid",
        ),
        pytest.param(
            [],
            ("partial", "result", None, ""),
            0,
            "a partial payment without its amount; add what was paid",
            id="a part without its amount",
        ),
        *(
            pytest.param(
                [],
                (state, "result", fen, ""),
                0,
                f"{yuan} does not fit {state} of a payout of 1.50; "
                "ask the channel what was paid; a part is said as partial, the whole as success",
                id=f"{state} with {yuan}",
            )
            for state, fen, yuan in (
                ("success", 149, "1.49"),
                ("success", 151, "1.51"),
                ("partial", 0, "0.00"),
                ("partial", 150, "1.50"),
                # Of a payout that nobody has heard of only the whole can have come back.
                ("returned", 100, "1.00"),
            )
        ),
        pytest.param(
            [PAID],
            ("returned", "result", 0, ""),
            0,
            "0.00 does not fit returned of a payout of 1.50; "
            "ask the channel what was paid; a part is said as partial, the whole as success",
            id="nothing came back",
        ),
        pytest.param(
            [PART],
            ("returned", "result", 121, ""),
            0,
            "1.21 does not fit returned of a payout of 1.20; "
            "ask the channel what was paid; a part is said as partial, the whole as success",
            id="more back than was paid",
        ),
        pytest.param(
            [PAID],
            ("returned", "result", 60, ""),
            0,
            "0.60 of 1.50 came back, and it is not said for which awards; "
            "name them: `subsidy pay resolve S1 --state returned --award N --reason TEXT` for each",
            id="a part back of two awards",
        ),
        pytest.param(
            [PAID],
            ("returned", "result", 60, ""),
            1,
            "0.60 of 1.50 came back, and it is not said for which awards; "
            "name them: `subsidy pay resolve S1 --state returned --award N --reason TEXT` for each",
            id="an amount that is not the award's",
        ),
        pytest.param(
            [FAILED],
            ("success", "decision", None, ""),
            0,
            "the payout is fail; nobody can decide that it is success; a payment that came back is returned; "
            "a failure that was paid after all needs its statement line",
            id="decided against a failure",
        ),
        pytest.param(
            [],
            ("disputed", "decision", None, ""),
            0,
            "the payout is exported; nobody can decide that it is disputed; a payment that came back is returned; "
            "a failure that was paid after all needs its statement line",
            id="a dispute is decided",
        ),
        pytest.param(
            [PART],
            ("partial", "decision", 110, ""),
            0,
            "the payout is partial; nobody can decide that it is partial; a payment that came back is returned; "
            "a failure that was paid after all needs its statement line",
            id="another part is decided",
        ),
    ],
)
def test_what_cannot_be_said(
    ordered: Ordered, writer: Writer, words: list[Word], word: Word, awards: int, expected: str
) -> None:
    for before in words:
        settle(writer, "B1", [finding(before)])
    size = writer.size
    with pytest.raises(Refused) as refused:
        settle(writer, "B1", [finding(word, (ordered.e2,) * awards)])
    codes = {
        "has not come yet": "day_in_future",
        "lies before": "day_before_order",
        "and was paid on": "day_before_payment",
        "without its amount": "amount_missing",
        "does not fit": "amount_differs",
        "for which awards": "awards_missing",
        "nobody can decide": "step_not_allowed",
    }
    (code,) = (code for words, code in codes.items() if words in expected)
    assert str(refused.value) == f"B1 S1: {expected} [{code}]"
    assert writer.size == size


def test_every_wrong_word_of_an_answer_is_said_and_nothing_is_taken(writer: Writer) -> None:
    source = kinds.Source(kind="result", name="answer.json")
    words = [
        Finding("S1", State.SUCCESS, source, amount_fen=149),
        Finding("S9", State.SUCCESS, source),
        Finding("S1", State.FAIL, source),
    ]
    size = writer.size
    with pytest.raises(Refused) as refused:
        settle(writer, "B1", words)
    assert [problem.render() for problem in refused.value.problems] == [
        "answer.json S1: 1.49 does not fit success of a payout of 1.50; ask the channel what was paid; "
        "a part is said as partial, the whole as success [amount_differs]",
        "answer.json S9: the payout is not in batch B1; check that it is the answer to this batch [item_not_in_batch]",
    ]
    with pytest.raises(Refused) as refused:
        settle(writer, "B2", [Finding("S2", State.SUCCESS, source)])
    assert str(refused.value) == (
        "answer.json S2: the payout is prepared: no channel can know it; "
        "find out who sent this order; nothing of the file was taken [batch_not_exported]"
    )
    assert writer.size == size
