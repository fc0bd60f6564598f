"""Whose word makes sure that a payout was not paid or came back, which statements cover the day of a word; no ledger.

1001 prepared and sent the payout S1, which claims entry 11 with 100 fen and entry 12 with 50; 1003 brings what the
channel says.
"""

from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from ledger.log import kinds
from ledger.payouts import presumed as room
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
def test_the_word_that_waited_for_another_person_before_the_sixth_book(
    words: list[Word], award: int, state: str | None
) -> None:
    found = told(item(*words), award, ["1001"], None)
    assert found == ([Told("S1", State(state), DAY, frozenset({"1001", "1003"}))] if state else [])


def brought_by(match: str) -> frozenset[str]:
    """The key of a match names who brought its lines."""
    return frozenset(filter(None, match.split("+")))


def line(match: str) -> kinds.Source:
    return kinds.Source(kind="statement", name=match)


BACK: Word = (RESULT, "returned", "1003", {11: -100, 12: -50})
SURE = "returned"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param([FAILED], [("fail", "1001 1003")], id="the channel alone, it failed"),
        pytest.param([BACK], [("returned", "1001 1003")], id="the channel alone, it came back"),
        pytest.param(
            [FAILED, (line("1002"), "returned", "1002", {})], [("fail", "1001 1003")], id="a line of a return"
        ),
        pytest.param([(line("1002"), "returned", "1002", {11: -100})], [], id="a line by another person"),
        pytest.param([(line("1001"), "returned", "1002", {11: -100})], [("returned", "1001")], id="by who sent it"),
        pytest.param(
            [(line("1001+1002"), "returned", "1002", {11: -100})],
            [("returned", "1001 1002")],
            id="in part by who sent it",
        ),
        pytest.param([(line(""), "returned", "1002", {11: -100})], [("returned", "1001")], id="of a match of nobody"),
        pytest.param([(line("1001"), "fail", "1002", {11: -100})], [("fail", "1001")], id="it failed, by who sent it"),
        pytest.param([BACK, (line("1002"), SURE, "1002", {})], [], id="sure by a line"),
        pytest.param([BACK, (line("1001"), SURE, "1002", {})], [("returned", "1001 1003")], id="by a sender's line"),
        pytest.param([BACK, (DECISION, SURE, "1002", {})], [], id="sure by a decision"),
        pytest.param([BACK, (DECISION, SURE, "1003", {})], [("returned", "1001 1003")], id="of who brought it"),
        pytest.param(
            [BACK, BACK, (line("1002"), SURE, "1002", {})], [("returned", "1001 1003")], id="a line makes one sure"
        ),
        pytest.param([BACK, BACK, (DECISION, SURE, "1002", {})], [], id="a decision makes all sure"),
        pytest.param([BACK, (STATEMENT, "disputed", "1002", {11: 100})], [], id="it is held again"),
        pytest.param(
            [(RESULT, "partial", "1003", {11: -40}), (RESULT, "returned", "1003", {11: -60})],
            [("partial", "1001 1003"), ("returned", "1001 1003")],
            id="a part not paid, the other came back",
        ),
    ],
)
def test_the_word_that_waits_for_another_person(words: list[Word], expected: list[tuple[str, str]]) -> None:
    found = told(item(*words), 11, ["1001"], brought_by)
    assert [(one.state.value, " ".join(sorted(one.by))) for one in found] == expected


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
    known = [Days(*one, brought_on="2024-05-02") for one in statements]
    assert covered(known, failure, over=True) is covered(known, failure, over=False) is expected
    # Money that came back has a line of its own.
    assert not covered(known, failure._replace(state=State.RETURNED), over=True)


@pytest.mark.parametrize(("brought_on", "expected"), [("2024-04-03", False), ("2024-04-04", True)])
def test_a_statement_of_a_day_counts_once_the_day_is_over(brought_on: str, expected: bool) -> None:
    failure = Told("S1", State.FAIL, DAY, frozenset({"1001", "1003"}))
    known = [Days("2024-04-01", "2024-04-03", "1002", brought_on)]
    assert covered(known, failure, over=True) is expected
    assert covered(known, failure, over=False)


def statement(account: str, actor: str, currency: str = "CNY", **days: str) -> Row[Any]:
    return Row(70, "", "", b"", {"account": account, "actor": actor, "currency": currency, "recorded_at": AT, **days})


MONTH = {"opens_on": "2024-04-01", "closes_on": "2024-04-30"}


@pytest.mark.parametrize(
    ("statements", "told_from", "expected"),
    [
        pytest.param([], 7, [11, 12], id="no statement"),
        pytest.param([statement("payer/1", "1002", **MONTH)], 7, [], id="of the account that paid, by another person"),
        pytest.param([statement("payer/2", "1002", **MONTH)], 7, [11, 12], id="of another account"),
        pytest.param([statement("payer/1", "1002", "USD", **MONTH)], 7, [11, 12], id="in another currency"),
        # Who prepared the batch, who sent it, and who brought the answer.
        *(
            pytest.param([statement("payer/1", actor, **MONTH)], 7, [11, 12], id=f"by {actor}")
            for actor in ("1001", "1004", "1003")
        ),
        pytest.param([statement("payer/1", "1002", opens_on="2024-04-01")], 7, [11, 12], id="of no last day"),
        pytest.param([statement("payer/1", "1002", closes_on="2024-04-30")], 7, [11, 12], id="of no first day"),
        pytest.param(
            [
                statement("payer/1", "1002", opens_on="2024-04-01", closes_on="2024-04-01"),
                statement("payer/1", "1002", opens_on="2024-04-03", closes_on="2024-04-05"),
            ],
            7,
            [],
            id="of two statements",
        ),
        pytest.param(
            [
                statement("payer/1", "1002", opens_on="2024-04-01", closes_on="2024-04-01"),
                statement("payer/1", "1002", closes_on="2024-04-30"),
            ],
            7,
            [11, 12],
            id="begun by one, and the other has no first day",
        ),
        pytest.param([], None, [], id="a log of a release in which no failure waited"),
    ],
)
def test_which_payables_wait(
    monkeypatch: pytest.MonkeyPatch, statements: list[Row[Any]], told_from: int | None, expected: list[int]
) -> None:
    def naming(_view: object, awards: set[int]) -> dict[str, int]:
        assert awards == {11, 12, 13}
        return {"S1": 11}

    def items(_view: object, keys: Iterable[str]) -> dict[str, Item]:
        return {"S1": item(FAILED)} if [*keys] == ["S1"] else {}

    def outlines(_view: object, keys: Iterable[str]) -> dict[str, object]:
        assert [*keys] == ["B1"]
        return {"B1": SimpleNamespace(body={"actor": "1001", "payer": "payer/1"}, sent_by=["1004"])}

    for name, answer in (("payouts_naming", naming), ("items", items), ("outlines", outlines)):
        monkeypatch.setattr(room, name, answer)
    monkeypatch.setattr(room, "since", lambda _view, rule: {"fails_wait": told_from}.get(rule))
    view: Any = SimpleNamespace(rows=lambda kind: statements if kind is kinds.STATEMENT else [])
    failure = Told("S1", State.FAIL, DAY, frozenset({"1001", "1003", "1004"}))
    assert room.presumed(view, [11, 12, 13]) == dict.fromkeys(expected, failure)


def test_nothing_waits_that_was_never_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "payouts_naming", lambda *_asked: {})
    monkeypatch.setattr(room, "items", lambda *_asked: {})
    view: Any = None
    assert room.presumed(view, [11]) == {}


def test_since_the_sixth_book_a_statement_of_the_day_itself_does_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, answer in (
        ("payouts_naming", {"S1": 11}),
        ("items", {"S1": item(FAILED)}),
        ("outlines", {"B1": SimpleNamespace(body={"actor": "1001", "payer": "payer/1"}, sent_by=["1004"])}),
        ("since", 7),
    ):
        monkeypatch.setattr(room, name, lambda *_asked, answer=answer: answer)
    # It was brought on the day of the failure, 3 April in Beijing.
    view: Any = SimpleNamespace(rows=lambda _kind: [statement("payer/1", "1002", **MONTH)])
    assert list(room.presumed(view, [11])) == [11]


def test_what_came_back_of_another_payable_waits_for_that_one() -> None:
    words = item((RESULT, "returned", "1003", {12: -50}))
    assert [len(told(words, award, ["1001"], brought_by)) for award in (11, 12, 13)] == [0, 1, 0]
    # Of any at all, also where it is not said of which.
    of_none = item((RESULT, "returned", "1003", {}))
    of_none.outcomes[0].body["amount_fen"] = 50
    assert len(told(of_none, None, ["1001"], brought_by)) == 1


@pytest.mark.parametrize(
    ("state", "more", "expected"),
    [
        ("returned", {}, True),
        ("returned", {"amount_fen": 50}, False),
        ("returned", {"claims": []}, False),
        ("fail", {}, False),
    ],
)
def test_what_makes_sure_says_it_again_and_moves_nothing(state: str, more: dict[str, Any], expected: bool) -> None:
    body: Any = {"state": state, **more}
    assert room.is_sure(body) is expected


def test_how_much_came_back_is_kept() -> None:
    words = item((RESULT, "returned", "1003", {11: -100}))
    words.outcomes[0].body["amount_fen"] = 100
    assert [one.amount_fen for one in told(words, 11, ["1001"], brought_by)] == [100]
    del words.outcomes[0].body["amount_fen"]
    assert [one.amount_fen for one in told(words, 11, ["1001"], brought_by)] == [0]


@pytest.mark.parametrize(("from_book_6", "waits"), [(None, []), (7, [11, 12])])
def test_what_came_back_waits_since_the_sixth_book(
    monkeypatch: pytest.MonkeyPatch, from_book_6: int | None, waits: list[int]
) -> None:
    rules = {"fails_wait": 3, "returns_wait": from_book_6}
    for name, answer in (
        ("payouts_naming", {"S1": 11}),
        ("items", {"S1": item(BACK)}),
        ("outlines", {"B1": SimpleNamespace(body={"actor": "1001", "payer": "payer/1"}, sent_by=["1004"])}),
    ):
        monkeypatch.setattr(room, name, lambda *_asked, answer=answer: answer)
    monkeypatch.setattr(room, "since", lambda _view, rule: rules.get(rule))
    # No statement covers what came back: money has a line of its own.
    view: Any = SimpleNamespace(rows=lambda _kind: [statement("payer/1", "1002", **MONTH)])
    found = room.presumed(view, [11, 12])
    assert sorted(found) == waits
    assert {(one.code, one.by) for one in found.values()} <= {("return_presumed", frozenset({"1001", "1003", "1004"}))}


def test_who_took_in_the_lines_of_a_match() -> None:
    class Log:
        def __init__(self) -> None:
            self.asked: list[str] = []

        def current(self, kind: kinds.Kind[Any], key: str) -> Row[Any] | None:
            if kind is kinds.MATCH:
                return Row(9, key, "", b"", {"lines": ["L1", "L2", "L3"]}) if key == "m1" else None
            assert kind is kinds.STATEMENT
            self.asked.append(key)
            return Row(8, key, "", b"", {"actor": f"by {key}"}) if key != "gone" else None

        def current_of(self, kind: kinds.Kind[Any], keys: Iterable[str]) -> dict[str, Row[Any]]:
            assert kind is kinds.STATEMENT_LINE
            of = {"L1": "s1", "L2": "s2", "L3": "gone"}
            return {key: Row(7, key, "", b"", {"statement": of[key]}) for key in keys}

    log: Any = Log()
    bringers = room.bringers_of(log)
    assert bringers("m1") == {"by s1", "by s2"}
    assert bringers("m2") == frozenset()
    # Each statement is looked up once.
    assert (bringers("m1"), sorted(log.asked)) == ({"by s1", "by s2"}, ["gone", "s1", "s2"])
