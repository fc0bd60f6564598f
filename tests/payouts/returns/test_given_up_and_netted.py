"""Debts given up and set against payables, and the numbers of batches and payouts; on a book of two awards.

It is 10 July 2024, unless it is said otherwise; S1 paid G-1 on the 3rd (`paid_book.py`).
"""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest

from ledger.book.payables import Payable, open_parts
from ledger.book.posting import Posted, post
from ledger.log import kinds
from ledger.payouts import prepare
from ledger.payouts.checks import Hold
from ledger.payouts.payables import RunEntries
from ledger.payouts.prepare import Draft, Held, Made, Planned
from ledger.payouts.returns import netting, write_offs
from ledger.payouts.returns.netting import Net
from ledger.payouts.returns.write_offs import WrittenOff
from ledger.store.ledger import Row, Writer
from tests.payouts.returns.paid_book import (
    DRAWN,
    HEARD,
    LATER,
    Paid,
    booked,
    paid_book,
    payee_of,
    reduced,
    refusal,
)
from tests.payouts.small_book import PAYEE, PAYER, Q1, Q2, order, owed, say


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Paid:
    return paid_book(tmp_path_factory.mktemp("paid"))


@pytest.fixture
def writer(paid: Paid) -> Iterator[Writer]:
    with paid.at(HEARD) as writer:
        yield writer


class Signed:
    """Who signs what is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: Any) -> None:
        self.by: list[object] = []
        real = room.append_signed

        def append_signed(writer: Writer, signer: object, kind: Any, body: Any) -> int:
            self.by.append(signer)
            place: int = real(writer, None, kind, body)
            return place

        monkeypatch.setattr(room, "append_signed", append_signed)


def test_a_debt_is_given_up_once_another_person_agrees(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = reduced(writer, "G-1", 1, Q1, 30), reduced(writer, "G-1", 1, Q2, 20)
    other = reduced(writer, "G-2", 1, Q1, 5)
    signed = Signed(monkeypatch, write_offs)
    signer: Any = "the key of 1001"

    def ask(fen: int, document: str = "HX-1", line: str = "G-1") -> WrittenOff:
        return write_offs.write_off(writer, line, fen, document, "struck off", signer)

    assert refusal(lambda: ask(51)) == (
        "G-1: 0.51 is to be written off, and 0.50 is owed; "
        "write off no more than is owed: `subsidy pay owed` [write_off_too_large]"
    )
    asked = ask(40)
    assert (asked, signed.by) == ((writer.size - 1, False, None), [signer])
    body = writer.body(kinds.DECISION, asked.number)
    told = {name: body.get(name) for name in ("key", "type", "about", "reason", "document", "amount_fen")}
    assert told == {
        "key": "write-off/G-1",
        "type": "write-off",
        "about": "G-1",
        "reason": "struck off",
        "document": "HX-1",
        "amount_fen": 40,
    }
    # It waits; another amount or document is another thing, and what was turned down is asked anew.
    size = writer.size
    assert (ask(40), writer.size) == (asked, size)
    assert ask(41) == (size, False, None)
    assert ask(41, "HX-2") == (size + 1, False, None)
    monkeypatch.setattr(write_offs, "answers", lambda _writer: {size + 1: "no"})
    again = ask(41, "HX-2")
    assert (again, signed.by) == ((size + 2, False, None), [signer] * 4)
    # Agreed to, it is carried out.
    monkeypatch.setattr(write_offs, "agreement", lambda _writer, number: number == again.number or None)
    size = writer.size
    assert ask(41, "HX-2") == (again.number, True, None)
    (row,) = writer.records(kinds.WRITE_OFF, since=size)
    said = {name: row.body[name] for name in ("line", "amount_fen", "on", "document", "decision", "claims")}
    assert said == {
        "line": "G-1",
        "amount_fen": 41,
        "on": "2024-07-10",
        "document": "HX-2",
        "decision": again.number,
        # The oldest first: 30, and 11 of the 20.
        "claims": [{"award": first, "amount_fen": -30}, {"award": second, "amount_fen": -11}],
    }
    found = [Posted(0, entry.seq, False) for entry in writer.records(kinds.ENTRY, since=size)]
    assert booked(writer, found) == [
        (f"written_off/G-1@HX-2/{n}", "2024-07-10", {"fin/5301": fen, "fin/1218": -fen})
        for n, fen in ((0, 30), (1, 11))
    ]
    entry = writer.body(kinds.ENTRY, found[0].record)
    assert (entry["line"], entry["document"], entry["cause"]) == ("G-1", "HX-2", row.seq)
    assert {payee_of(entry, posting) for posting in entry["postings"]} == {PAYEE}
    # A document is carried out once, with one amount, on one line.
    size = writer.size
    assert (ask(41, "HX-2"), writer.size) == ((again.number, True, None), size)
    assert refusal(lambda: ask(9, "HX-2")) == (
        "G-1: document HX-2 was booked with 0.41 on 2024-07-10; give other money its own document number "
        "[document_differs]"
    )
    assert ask(5, "HX-2", "G-2").done is False
    assert [one.seq for one in write_offs.written_off(writer)] == [row.seq]
    assert [one.seq for one in write_offs.written_off(writer, "G-1")] == [row.seq]
    assert write_offs.written_off(writer, "G-2") == []
    # All that is left may be given up.
    assert ask(9, "HX-3").done is False
    assert other


def debt_of(writer: Writer, award: int) -> Payable:
    return next(part for part in open_parts(writer, "1218") if part.award == award)


SAME_YEAR = {"fin/2303": 30, "fin/1218": -30, "ind/1101": 30, "ind/1301": -30}
OTHER_YEAR = {
    "fin/2303": 30,
    "fin/1218": -30,
    "bud/7101": 30,
    "bud/8101.01": -30,
    "ind/1501": 30,
    "ind/1301": -30,
}


@pytest.mark.parametrize(
    ("line", "now", "expected"),
    [
        pytest.param("G-1", HEARD, SAME_YEAR, id="paid this year"),
        pytest.param("G-1", LATER, OTHER_YEAR, id="paid last year"),
        pytest.param("G-2", LATER, SAME_YEAR, id="with the channel still: nothing was spent in any year"),
        pytest.param("G-7", HEARD, OTHER_YEAR, id="paid elsewhere"),
    ],
)
def test_a_debt_is_set_against_a_payable(paid: Paid, line: str, now: datetime, expected: dict[str, int]) -> None:
    with paid.at(now) as writer:
        debt = debt_of(writer, reduced(writer, line, 1, Q1, 30))
        (award,) = post(writer, [owed("G-5", 0, Q1, 90)])
        payable = next(part for part in open_parts(writer) if part.award == award.record)
        size = writer.size
        netting.book(writer, [Net(debt, payable, 30)])
        (row,) = writer.records(kinds.NETTING, since=size)
        day = "2024-07-10" if now is HEARD else "2025-02-04"
        said = {name: row.body[name] for name in ("line", "amount_fen", "on", "claims")}
        assert said == {
            "line": line,
            "amount_fen": 30,
            "on": day,
            "claims": [{"award": award.record, "amount_fen": 30}, {"award": debt.award, "amount_fen": -30}],
        }
        found = [Posted(0, entry.seq, False) for entry in writer.records(kinds.ENTRY, since=size)]
        assert booked(writer, found) == [(f"netted/{row.seq}/0", day, expected)]
        assert writer.body(kinds.ENTRY, found[0].record)["cause"] == row.seq


def test_how_far_a_notice_lets_debts_be_netted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lines:
        def rows(self, kind: kinds.Kind[Any]) -> list[Row[Any]]:
            bodies = {
                kinds.GRANT: {"G-1": "A1", "G-2": "A2", "G-3": "A3"},
                kinds.APPLICATION: {"A1": "firm", "A2": "none", "A3": "line"},
            }[kind]
            name = "application" if kind is kinds.GRANT else "notice"
            return [Row(n, key, "", b"", {name: value}) for n, (key, value) in enumerate(bodies.items())]

    def version(against: str) -> object:
        return SimpleNamespace(notice=SimpleNamespace(netting=SimpleNamespace(against=against)))

    # The last version of a notice counts.
    known = {
        "firm": [version("nothing"), version("line"), version("firm")],
        "none": [version("firm"), version("firm"), version("nothing")],
        "line": [version("line")],
    }
    monkeypatch.setattr(netting, "notices", lambda _view: known)
    monkeypatch.setattr(netting, "recipients", lambda _view: {})
    view: Any = Lines()
    found = {line: netting.netted_on(view, line) for line in ("G-1", "G-2", "G-3", "G-9")}
    assert found == {"G-1": "firm", "G-2": "", "G-3": "line", "G-9": ""}


def test_a_batch_and_its_numbers_follow_from_what_they_pay(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `docs/contracts.md`, 11.1, says: numbers are hashes of what is paid, and of how often it was tried."""
    body = kinds.PayeeBody(
        key=PAYEE, uscc="U7", channel="ecny", institution="C1010411000013", number="0" * 64, holder="0" * 64
    )
    place = writer.append(kinds.PAYEE, body)
    owing = [owed("G-5", 0, Q1, 90), owed("G-6", 0, Q1, 10), owed("G-7", 0, Q1, 8)]
    awards = [one.record for one in post(writer, owing)]
    order(writer, "B3", ("S9", {awards[1]: 10}))
    say(writer, "S9", "fail", claims={awards[1]: -10})
    parts = {part.award: part for part in open_parts(writer)}
    drafts = [Draft(PAYEE, [parts[award]]) for award in awards]
    held = [Held("PF9", PAYEE, 7, Hold("holder_differs", {"name": "x"}))]
    planned = Planned({PAYER: drafts[:2], DRAWN: drafts[2:]}, held, [])
    monkeypatch.setattr(prepare, "plan", lambda *_asked: planned)
    vault: Any = None
    size = writer.size
    made = prepare.prepare(writer, vault, [RunEntries(closed=14, first=10, entries=4)])
    origin = writer.body(kinds.GENESIS, 0)["origin"]
    numbers = []
    for award, fen, tries in zip(awards, (90, 10, 8), (0, 1, 0), strict=True):
        claims = [{"amount_fen": fen, "award": award}]
        told = {"$schema": "subsidy/payout-key/1", "claims": claims, "origin": origin, "tries": [tries]}
        written = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
        numbers.append("S" + sha256(written).hexdigest()[:23].upper())
    # B1, B2 and B3 were before; of the day in Shanghai.
    first = "B202407100004" + sha256("".join(numbers[:2]).encode()).hexdigest()[:8].upper()
    second = "B202407100005" + sha256(numbers[2].encode()).hexdigest()[:8].upper()
    assert made == ((Made(first, "ecny", PAYER, 2, 100), Made(second, "ecny", DRAWN, 1, 8)), tuple(held), ())
    (batch, _other) = writer.records(kinds.PAYMENT_BATCH, since=size)
    said = {name: value for name, value in batch.body.items() if name not in ("$schema", "actor", "recorded_at")}
    assert said == {
        "key": first,
        "channel": "ecny",
        "payer": PAYER,
        "runs": [14],
        "count": 2,
        "total_fen": 100,
        "first": batch.seq + 1,
        "held": [{"about": "PF9", "code": "holder_differs", "amount_fen": 7}],
    }
    payouts = [row.body for row in writer.records(kinds.PAYOUT, since=size)]
    assert [{name: one[name] for name in ("key", "batch", "n", "amount_fen", "claims")} for one in payouts[:2]] == [
        {
            "key": key,
            "batch": first,
            "n": n,
            "amount_fen": fen,
            "claims": [{"award": award, "amount_fen": fen}],
        }
        for n, key, award, fen in ((1, numbers[0], awards[0], 90), (2, numbers[1], awards[1], 10))
    ]
    assert {(one["payee"], one["payee_record"], one["uscc"]) for one in payouts} == {(PAYEE, place, "U7")}
