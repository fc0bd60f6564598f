"""What may be asked back of a line, by whom it is answered, and what became of it; on a log of two grants.

G-1 was awarded 100.00 yuan on 31 March and 20.00 on 30 June 2024; inspection JC-1 found something. The policy PL-1 that
G-2 supports had 30.00 of its premium returned on 30 March, which took 9.00 of its award back on the day after.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.book.posting import post, reversal
from ledger.log import kinds
from ledger.payouts.returns import clawbacks
from ledger.payouts.returns.clawbacks import Asked, Clawback
from ledger.store.ledger import Ledger, Writer
from tests.payouts.small_book import NOW, Q1, Q2, TODAY, Clock, Undone, budget, owed
from tests.support.empty_book import OFFICER, empty_book

RETURNED, PAID = "PL-1/returned/2024-03-30/1", "PL-1/paid/2024-03-30/1"


def grant(writer: Writer, key: str, application: str, outcome: Any = "granted") -> None:
    body = kinds.GrantBody(key=key, application=application, outcome=outcome, granted_on="2024-03-15", document="D-1")
    writer.append(kinds.GRANT, body)


def inspection(writer: Writer, key: str, of: str, finding: Any, settled_on: str = "") -> None:
    body = kinds.InspectionBody(key=key, grant=of, inspected_on="2024-04-01", finding=finding)
    if settled_on:
        body["settled_on"] = settled_on
    writer.append(kinds.INSPECTION, body)


def premium(writer: Writer, key: str, kind: Any, policy_no: str = "PL-1") -> int:
    data = kinds.PremiumData(policy_no=policy_no, kind=kind, date="2024-03-30", amount_fen=3_000)
    return writer.append(kinds.PREMIUM, kinds.FactBody(key=key, register="premium", data=data))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    found = empty_book(tmp_path_factory.mktemp("asked"), Clock(NOW))
    with found.write(OFFICER) as writer:
        for number in ("1002", "1003"):
            writer.append(kinds.ACTOR, kinds.ActorBody(key=number, role="officer"))
        budget(writer)
        for number, item in (("A1", "HT1"), ("A2", "PL-1")):
            body = kinds.ApplicationBody(
                key=number, uscc="U1", notice="n", item=item, applied_on="2024-01-05", evidence=[]
            )
            writer.append(kinds.APPLICATION, body)
        grant(writer, "G-1", "A1")
        grant(writer, "G-2", "A2")
        grant(writer, "G-3", "A1", "refused")
        inspection(writer, "JC-1", "G-1", "claw_back")
        inspection(writer, "JC-2", "G-1", "rectify")
        inspection(writer, "JC-3", "G-1", "claw_back", "2024-04-02")
        inspection(writer, "JC-4", "G-2", "claw_back")
        premium(writer, RETURNED, "returned")
        premium(writer, PAID, "paid")
        premium(writer, "PL-9/returned/2024-03-30/1", "returned", "PL-9")
        post(writer, [owed("G-1", 0, Q1, 10_000), owed("G-1", 0, Q2, 2_000), owed("G-2", 0, date(2024, 2, 1), 3_000)])
        post(writer, [owed("G-2", 1, Q1, -900)])
    return found


@contextmanager
def by(ledger: Ledger, actor: str) -> Iterator[Writer]:
    """The log as an officer writes it; nothing of that stays."""
    with suppress(Undone), ledger.write(actor) as writer:
        yield writer
        raise Undone


@pytest.fixture
def writer(ledger: Ledger) -> Iterator[Writer]:
    with by(ledger, "1002") as writer:
        yield writer


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def wanted(fen: int, key: str = "ZH-1", line: str = "G-1", inspection: str = "JC-1", premium: str = "") -> Asked:
    return Asked(key, line, fen, "equipment sold", inspection, premium)


def of_premium(fen: int, key: str = "ZH-2", premium: str = RETURNED, line: str = "G-2") -> Asked:
    return wanted(fen, key, line, "", premium)


def agreed(writer: Writer, asked: Asked) -> None:
    """As 1003 would have agreed; the record alone."""
    fields = {"cause": "inspection", "inspection": asked.inspection}
    if asked.premium:
        row = writer.current(kinds.PREMIUM, asked.premium)
        assert row is not None
        fields = {"cause": "premium_refund", "fact": row.seq}
    body = kinds.ClawbackBody(
        key=asked.key,
        state="agreed",
        line=asked.line,
        amount_fen=asked.amount_fen,
        reason=asked.reason,
        document="D-9",
        stood_fen=12_000,
        stood_through="2024-06-30",
        **fields,
    )
    writer.append(kinds.CLAWBACK, body)


def test_a_request_stands_as_it_is_asked(writer: Writer) -> None:
    assert clawbacks.request(writer, wanted(5_000)) is True
    body = writer.body(kinds.CLAWBACK, writer.size - 1)
    assert {name: value for name, value in body.items() if name not in ("$schema", "actor", "recorded_at")} == {
        "key": "ZH-1",
        "state": "requested",
        "line": "G-1",
        "amount_fen": 5_000,
        "cause": "inspection",
        "inspection": "JC-1",
        "reason": "equipment sold",
    }
    # The very same stands; another amount takes its place.
    size = writer.size
    assert (clawbacks.request(writer, wanted(5_000)), writer.size) == (False, size)
    assert (clawbacks.request(writer, wanted(5_001)), writer.size) == (True, size + 1)
    (shown,) = clawbacks.clawbacks(writer)
    assert shown == Clawback(
        key="ZH-1",
        state="requested",
        line="G-1",
        amount_fen=5_001,
        cause="inspection",
        about="JC-1",
        reason="equipment sold",
        requested_by="1002",
        answered_by="",
        document="",
        text="",
        posted_fen=0,
        owed_fen=0,
    )


def exceeds(number: str, amount: str, line: str, left: str) -> str:
    return (
        f"{number}: {amount} is asked back of {line}, and {left} can be; ask for no more than the runs have posted and "
        "nobody has taken back; run first what is not posted yet [clawback_exceeds]"
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            wanted(1, line="G-9"),
            "ZH-1: there is no grant G-9; import the register of grants first, or correct the number [grant_unknown]",
        ),
        (
            wanted(1, line="G-3"),
            "ZH-1: there is no grant G-3; import the register of grants first, or correct the number [grant_unknown]",
        ),
        (
            wanted(1, inspection="JC-9"),
            "ZH-1: there is no inspection JC-9; "
            "import the register of inspections first, or correct the number [inspection_unknown]",
        ),
        (
            wanted(1, inspection="JC-2"),
            "ZH-1: inspection JC-2 is of grant G-1 and says rectify; "
            "name an inspection of G-1 whose finding is claw_back [finding_differs]",
        ),
        (
            wanted(1, inspection="JC-4"),
            "ZH-1: inspection JC-4 is of grant G-2 and says claw_back; "
            "name an inspection of G-1 whose finding is claw_back [finding_differs]",
        ),
        (
            wanted(1, inspection="JC-3"),
            "ZH-1: what inspection JC-3 found was settled on 2024-04-02; "
            "name a finding that is open, or correct the register of inspections [finding_settled]",
        ),
        (
            of_premium(1, premium="PL-1/returned/2024-03-30/2"),
            "ZH-2: there is no premium PL-1/returned/2024-03-30/2 in the register; "
            "write it as `subsidy import premiums` lists it: POLICY/returned/DAY/1 [premium_unknown]",
        ),
        *(
            (
                of_premium(1, premium=key, line=line),
                f"ZH-2: {key} is not a premium that was returned on the policy of {line}; "
                f"name the returned premium of the policy that {line} supports [refund_differs]",
            )
            for key, line in ((PAID, "G-2"), ("PL-9/returned/2024-03-30/1", "G-2"), (RETURNED, "G-1"))
        ),
        # 100.00 + 20.00 stand on the line, and 9.00 were taken back for the premium.
        (wanted(12_001), exceeds("ZH-1", "120.01", "G-1", "120.00")),
        (wanted(0), exceeds("ZH-1", "0.00", "G-1", "120.00")),
        (wanted(-1), exceeds("ZH-1", "-0.01", "G-1", "120.00")),
        (of_premium(901), exceeds("ZH-2", "9.01", "G-2", "9.00")),
    ],
)
def test_what_cannot_be_asked_back(writer: Writer, asked: Asked, expected: str) -> None:
    size = writer.size
    assert refusal(lambda: clawbacks.request(writer, asked)) == expected
    assert writer.size == size


def test_all_that_stands_can_be_asked_back(writer: Writer) -> None:
    assert clawbacks.request(writer, wanted(12_000))
    assert clawbacks.request(writer, of_premium(900))
    body = writer.body(kinds.CLAWBACK, writer.size - 1)
    row = writer.current(kinds.PREMIUM, RETURNED)
    assert row is not None
    assert (body["cause"], body["fact"], "inspection" in body) == ("premium_refund", row.seq, False)
    assert [one.about for one in clawbacks.clawbacks(writer)] == ["JC-1", RETURNED]


def test_what_is_agreed_and_in_no_run_is_taken_already(writer: Writer) -> None:
    agreed(writer, wanted(4_000, "ZH-5"))
    assert clawbacks.pending(writer) == {"G-1": "ZH-5"}
    assert refusal(lambda: clawbacks.request(writer, wanted(8_001))) == exceeds("ZH-1", "80.01", "G-1", "80.00")
    assert clawbacks.request(writer, wanted(8_000))
    # A request alone takes nothing.
    assert clawbacks.request(writer, wanted(8_000, "ZH-6"))
    # Another one's refund of the same premium counts, and its own does not.
    agreed(writer, of_premium(400, "ZH-7"))
    assert refusal(lambda: clawbacks.request(writer, of_premium(501))) == exceeds("ZH-2", "5.01", "G-2", "5.00")
    assert clawbacks.request(writer, of_premium(500))
    # That is in the award by itself, and waits for no run.
    assert clawbacks.pending(writer) == {"G-1": "ZH-5"}
    # More than stands was agreed to, since the award shrank: nothing is left, and no less.
    agreed(writer, wanted(9_000, "ZH-8"))
    assert refusal(lambda: clawbacks.request(writer, wanted(1, "ZH-9"))) == exceeds("ZH-9", "0.01", "G-1", "0.00")


ANSWERED = (
    "ZH-1: claw-back ZH-1 has been answered, and the answer stands; "
    "ask under another number; `subsidy clawback list` shows what became of this one [clawback_answered]"
)


def test_another_person_agrees(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    clawbacks.request(writer, wanted(5_000))
    assert refusal(lambda: clawbacks.agree(writer, "ZH-1", "D-1")) == (
        "ZH-1: 1002 made this, and nobody approves what he or she made; "
        "let somebody else sign; `subsidy people list` shows who is in office [approver_is_maker]"
    )
    monkeypatch.setattr(clawbacks, "refuse_maker", lambda *_who: None)
    outside = [
        SimpleNamespace(line="G-1", due=date(2024, 8, 1), amount_fen=70),
        SimpleNamespace(line="G-2", due=date(2025, 1, 1), amount_fen=1),
    ]
    monkeypatch.setattr(clawbacks, "outside_awards", lambda _view: outside)
    signed: list[object] = []
    real = clawbacks.append_signed

    def append_signed(writer: Writer, signer: object, kind: Any, body: Any) -> int:
        signed.append(signer)
        return real(writer, None, kind, body)

    def sign(_writer: Writer, signer: object, _about: object, _opinion: str, text: str) -> SimpleNamespace:
        # The document is signed with the agreement.
        signed.append((signer, text))
        return SimpleNamespace(to_come=False)

    with monkeypatch.context() as with_key:
        with_key.setattr(clawbacks, "append_signed", append_signed)
        with_key.setattr(clawbacks, "sign", sign)
        with_key.setattr(clawbacks, "subject", lambda _writer, _seq: None)
        signer: Any = "the key of 1002"
        shown = clawbacks.agree(writer, "ZH-1", "D-1", signer)
    # The approval, and the record.
    assert signed == [(signer, "D-1"), signer]
    assert (shown.state, shown.document, shown.answered_by, shown.amount_fen) == ("agreed", "D-1", "1002", 5_000)
    body = writer.body(kinds.CLAWBACK, writer.size - 1)
    # 100.00 + 20.00 by the runs and 0.70 before them; the last due day of either.
    assert (body["stood_fen"], body["stood_through"], body["document"]) == (12_070, "2024-08-01", "D-1")
    for act in (
        lambda: clawbacks.agree(writer, "ZH-1", "D-2"),
        lambda: clawbacks.turn_down(writer, "ZH-1", "no"),
        lambda: clawbacks.request(writer, wanted(1)),
    ):
        assert refusal(act) == ANSWERED
    assert refusal(lambda: clawbacks.agree(writer, "ZH-9", "D-1")) == (
        "there is no claw-back ZH-9; `subsidy clawback list` shows them [clawback_unknown]"
    )
    # A second one stands on what the first leaves: 120.00 - 50.00, and what was paid before.
    clawbacks.request(writer, wanted(7_000, "ZH-3"))
    clawbacks.agree(writer, "ZH-3", "D-3")
    assert writer.body(kinds.CLAWBACK, writer.size - 1)["stood_fen"] == 7_070


def test_a_refund_of_premium_stands_on_nothing(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clawbacks, "refuse_maker", lambda *_who: None)
    clawbacks.request(writer, of_premium(900))
    shown = clawbacks.agree(writer, "ZH-2", "D-1")
    # It is counted as soon as it is agreed to, since the award has fallen by it; nothing of it is owed here.
    assert (shown.state, shown.posted_fen, shown.owed_fen) == ("settled", 900, 0)
    assert "stood_fen" not in writer.body(kinds.CLAWBACK, writer.size - 1)


def test_a_request_is_turned_down_with_a_reason(writer: Writer) -> None:
    clawbacks.request(writer, wanted(5_000))
    clawbacks.turn_down(writer, "ZH-1", "nothing was sold")
    (shown,) = clawbacks.clawbacks(writer)
    assert (shown.state, shown.text, shown.answered_by, shown.document) == ("refused", "nothing was sold", "1002", "")
    assert refusal(lambda: clawbacks.turn_down(writer, "ZH-1", "no")) == ANSWERED


def digest(*taken: tuple[str, int], eligible: bool = True) -> dict[str, Any]:
    parts = [{"clawback": number, "amount_fen": fen} for number, fen in taken]
    return {"eligible": eligible, **({"taken_back": parts} if parts else {})}


@pytest.mark.parametrize(
    ("said", "owed_fen", "expected"),
    [
        # Number -> state, taken back by runs, still owed.
        (None, 0, {"ZH-1": ("agreed", 0, 0), "ZH-3": ("agreed", 0, 0)}),
        (digest(), 0, {"ZH-1": ("agreed", 0, 0), "ZH-3": ("agreed", 0, 0)}),
        (digest(("ZH-1", 5_000)), 0, {"ZH-1": ("settled", 5_000, 0), "ZH-3": ("agreed", 0, 0)}),
        (digest(("ZH-1", 5_000)), 5_000, {"ZH-1": ("owed", 5_000, 5_000), "ZH-3": ("agreed", 0, 0)}),
        (digest(("ZH-1", 5_000)), 1, {"ZH-1": ("partly_settled", 5_000, 1), "ZH-3": ("agreed", 0, 0)}),
        # The award itself had shrunk: nothing was left to be taken.
        (digest(("ZH-1", 0)), 9, {"ZH-1": ("settled", 0, 0), "ZH-3": ("agreed", 0, 0)}),
        # Money settles the oldest first: what is owed is owed for the latest.
        (
            digest(("ZH-1", 5_000), ("ZH-3", 300)),
            1_000,
            {"ZH-1": ("partly_settled", 5_000, 700), "ZH-3": ("owed", 300, 300)},
        ),
        (
            digest(("ZH-1", 5_000), ("ZH-3", 300)),
            200,
            {"ZH-1": ("settled", 5_000, 0), "ZH-3": ("partly_settled", 300, 200)},
        ),
        # The whole line has fallen.
        (digest(eligible=False), 0, {"ZH-1": ("settled", 0, 0), "ZH-3": ("settled", 0, 0)}),
    ],
)
def test_what_became_of_it(
    writer: Writer,
    monkeypatch: pytest.MonkeyPatch,
    said: dict[str, Any] | None,
    owed_fen: int,
    expected: dict[str, tuple[str, int, int]],
) -> None:
    for asked in (wanted(5_000), wanted(300, "ZH-3")):
        clawbacks.request(writer, asked)
        agreed(writer, asked)
    # Of a premium it is counted by itself, before any run looks.
    clawbacks.request(writer, of_premium(1, "ZH-0"))
    agreed(writer, of_premium(1, "ZH-0"))
    (last,) = post(writer, [owed("G-1", 2, Q2, 5)])

    def digest_at(_view: object, record: int) -> dict[str, Any] | None:
        # The line's last entry, and none that was withdrawn.
        assert record == last.record
        return said

    (undone,) = post(writer, [owed("G-1", 3, Q2, 6)])
    post(writer, [reversal(writer, undone.record, TODAY)])
    post(writer, [owed("G-2", 4, Q2, 7)])
    monkeypatch.setattr(clawbacks, "digest_at", digest_at)
    debts = [SimpleNamespace(line="G-1", owed_fen=owed_fen), SimpleNamespace(line="G-2", owed_fen=10_000)]
    monkeypatch.setattr(clawbacks, "owed", lambda _view: debts)
    found = {one.key: (one.state, one.posted_fen, one.owed_fen) for one in clawbacks.clawbacks(writer)}
    assert found == {**expected, "ZH-0": ("owed", 1, 1)}
    waiting = [number for number, (state, _posted, _owed) in expected.items() if state == "agreed"]
    assert clawbacks.pending(writer) == ({"G-1": waiting[-1]} if waiting else {})


def test_they_are_shown_by_line_and_number(writer: Writer) -> None:
    clawbacks.request(writer, of_premium(1, "ZH-0"))
    for number in ("ZH-3", "ZH-1"):
        clawbacks.request(writer, wanted(1, number))
    assert [one.key for one in clawbacks.clawbacks(writer)] == ["ZH-1", "ZH-3", "ZH-0"]
