"""What an answer says of a batch, of which file it is, and under which numbers a channel has paid; nothing of a ledger.

B1 has the payouts S1 to S3, of which S3 was paid before.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.log import kinds
from ledger.payouts import results
from ledger.payouts.channels.result import ItemResult, Result
from ledger.payouts.settle import Finding, Settled
from ledger.payouts.states import State
from ledger.store.views import Row

CONTENT = b"what the channel said"
SOURCE = {"kind": "result", "name": "answer.json", "sha256": sha256(CONTENT).hexdigest()}


class Log:
    """Payouts and their batches, outcomes, and papers of the vault."""

    def __init__(self) -> None:
        self.batches = {"S1": "B1", "S2": "B1", "S3": "B1", "S9": "B2"}
        self.outcomes: list[dict[str, Any]] = []
        self.papers: dict[str, bytes] = {}

    def current(self, kind: kinds.Kind[Any], key: str) -> Row[Any] | None:
        assert kind is kinds.PAYOUT
        return Row(9, key, "", b"", {"batch": self.batches[key]}) if key in self.batches else None

    def records(self, kind: kinds.Kind[Any]) -> Iterator[Row[Any]]:
        assert kind is kinds.OUTCOME
        return (Row(n, "", "", b"", body) for n, body in enumerate(self.outcomes))

    def keep(self, content: bytes) -> None:
        self.papers[sha256(content).hexdigest()] = content

    def kept(self, digest: str) -> bytes | None:
        return self.papers.get(digest)


def taken(monkeypatch: pytest.MonkeyPatch, result: Result) -> tuple[Log, str, list[Finding]]:
    """The log behind it, the batch, and what is settled."""
    log: Any = Log()
    found: list[Finding] = []
    settled_as: list[str] = []
    settled = Settled()

    def settle(writer: object, key: str, findings: list[Finding]) -> Settled:
        # Nothing is kept of what is refused.
        assert (writer, log.papers) == (log, {})
        settled_as.append(key)
        found.extend(findings)
        return settled

    def batch(_writer: object, key: str) -> object:
        states = {"S1": State.EXPORTED, "S2": State.PROCESSING, "S3": State.SUCCESS}
        assert key == "B1"
        return SimpleNamespace(items=[SimpleNamespace(key=item, state=state) for item, state in states.items()])

    monkeypatch.setattr(results, "settle", settle)
    monkeypatch.setattr(results, "batch", batch)
    key, what = results.take_result(log, log, result, "answer.json", CONTENT)
    assert (what, settled_as) == (settled, [key])
    assert log.papers == {sha256(CONTENT).hexdigest(): CONTENT}
    return log, key, found


def test_what_is_said_of_items_is_settled_with_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    items = (
        ItemResult("S1", State.PARTIAL, 2, 70, date(2024, 7, 3), "short"),
        ItemResult("S2", State.PROCESSING, 4),
    )
    _log, key, found = taken(monkeypatch, Result("B1", items))
    assert key == "B1"
    assert found == [
        Finding("S1", State.PARTIAL, SOURCE | {"row": 2}, date(2024, 7, 3), 70, "short"),
        Finding("S2", State.PROCESSING, SOURCE | {"row": 4}),
    ]


def test_what_is_said_of_the_whole_is_said_of_what_is_open_and_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Result("B1", (ItemResult("S1", State.PROCESSING, 1),), State.FAIL, "no money")
    assert taken(monkeypatch, whole)[2] == [
        # A batch that was never taken pays none, whatever was not known of it.
        Finding("S1", State.FAIL, SOURCE | {"row": 1}),
        Finding("S2", State.FAIL, SOURCE, reason="no money"),
    ]


def test_an_answer_without_a_number_is_of_the_batch_of_its_items(monkeypatch: pytest.MonkeyPatch) -> None:
    items = tuple(ItemResult(item, State.SUCCESS, n) for n, item in enumerate(("S7", "S2"), 1))
    assert taken(monkeypatch, Result("", items))[1] == "B1"


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (
            Result("", (ItemResult("S9", State.SUCCESS, 1), ItemResult("S1", State.SUCCESS, 2))),
            [
                "answer.json: the file answers for several batches: B1, B2; "
                "take in one file per batch [results_of_several_batches]"
            ],
        ),
        (
            Result("", (ItemResult("S7", State.SUCCESS, 1), ItemResult("S8", State.SUCCESS, 2))),
            [
                "answer.json: there is no payout S7; "
                "`subsidy pay status BATCH` lists the payouts of a batch [item_unknown]"
            ],
        ),
        (
            Result(
                "B1",
                (
                    ItemResult("S1", State.SUCCESS, 3),
                    ItemResult("S2", State.FAIL, 4),
                    ItemResult("S3", State.RETURNED, 5),
                ),
                State.FAIL,
            ),
            [
                f"answer.json item {row}: the batch was not taken, and {item} is {state}; "
                "ask the channel which of the two holds; nothing of the file was taken [result_contradicts_itself]"
                for row, item, state in ((3, "S1", "success"), (5, "S3", "returned"))
            ],
        ),
    ],
)
def test_what_no_answer_says(monkeypatch: pytest.MonkeyPatch, result: Result, expected: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        taken(monkeypatch, result)
    assert [problem.render() for problem in refused.value.problems] == expected


def test_words_that_cannot_be_shown_are_named_by_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    items = (ItemResult("S1", State.FAIL, 3, reason="a\u202eb"), ItemResult("S2", State.FAIL, 4, reason="closed"))
    with pytest.raises(Refused) as refused:
        taken(monkeypatch, Result("B1", items, reason="\u202e"))
    assert [str(problem.place) for problem in refused.value.problems] == [
        "answer.json reason",
        "answer.json item 3 reason",
    ]


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("a.json", "ecny"),
        ("a.JSON", "ecny"),
        ("a.xml", "pain002"),
        ("a.csv", "sheet"),
        ("a.xlsx", "sheet"),
        ("a", "sheet"),
    ],
)
def test_which_reader_takes_a_file(monkeypatch: pytest.MonkeyPatch, name: str, reader: str) -> None:
    def named(who: str) -> Callable[..., str]:
        return lambda *told: f"{who} {told}"

    monkeypatch.setattr(results, "_READERS", {".json": named("ecny"), ".xml": named("pain002")})
    monkeypatch.setattr(results.result_sheet, "read", named("sheet"))
    sheet = ("page",) if reader == "sheet" else ()
    assert results.read_answer(CONTENT, name, "page") == f"{reader} {(CONTENT, name, *sheet)}"
    # Without a name the one sheet is meant.
    assert results.read_answer(CONTENT, name) == f"{reader} {(CONTENT, name, *[''][: len(sheet)])}"


def test_the_order_itself_is_no_answer(tmp_path: Path) -> None:
    log: Any = Log()
    path = tmp_path / "order.json"
    path.write_bytes(CONTENT)
    digest = sha256(CONTENT).hexdigest()
    at = "2024-07-01T16:30:00+00:00"
    log.outcomes = [
        {"source": {"kind": "result", "sha256": digest}, "recorded_at": at},
        {"source": {"kind": "export", "sha256": "0" * 64}, "recorded_at": at},
        {"source": {"kind": "export"}, "recorded_at": at},
    ]
    results.check_not_ours(log, path)
    log.outcomes.append({"source": {"kind": "export", "sha256": digest}, "recorded_at": at})
    with pytest.raises(Refused) as refused:
        results.check_not_ours(log, path)
    assert str(refused.value) == (
        "order.json: this is the order itself, which went out at 2024-07-02 00:30, and not the answer to it; "
        "give the order to the bank or operator and take in the file that it answers with; what it answers on paper "
        "goes into the sheet that `subsidy template payout-results` writes [result_own_order]"
    )


def said(name: str, row: int | None, about: str, content: bytes) -> dict[str, Any]:
    source: dict[str, Any] = {"kind": "result", "name": name, "sha256": sha256(content).hexdigest()}
    return {"about": about, "source": source | ({"row": row} if row else {})}


def test_the_numbers_under_which_channels_have_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    log: Any = Log()
    told: Mapping[bytes, list[tuple[str, str]]] = {
        b"one": [("S1", "V-12345678"), ("S2", "V-123456"), ("S3", "V-1234567")],
        b"two": [("S1", "W-87654321"), ("S1", "V-12345678"), ("S3", "")],
        b"gone": [("S2", "X-11111111")],
    }
    for content in (b"one", b"two"):
        log.keep(content)
    log.outcomes = [
        said("a.json", 1, "S1", b"one"),
        said("b.xml", 2, "S1", b"two"),
        # Erased or never kept, of another source, and of a release that named no file.
        said("c.json", 1, "S2", b"gone"),
        {"about": "S1", "source": {"kind": "decision"}},
        {"about": "S1", "source": {"kind": "result", "sha256": sha256(b"one").hexdigest()}},
        {"about": "S1", "source": {"kind": "result", "name": "d.json"}},
    ]

    def read_answer(content: bytes, name: str, _sheet: str = "") -> Result:
        assert name == {b"one": "a.json", b"two": "b.xml"}[content]
        items = [
            ItemResult(item, State.SUCCESS, n, voucher=number) for n, (item, number) in enumerate(told[content], 1)
        ]
        return Result("B1", tuple(items))

    monkeypatch.setattr(results, "read_answer", read_answer)
    # What has fewer than eight letters and digits may be any day's running number.
    assert results.vouchers(log, log) == {"S1": ("V-12345678", "W-87654321"), "S3": ("V-1234567",)}


def test_which_sheet_of_a_workbook_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that says all that stands in the log of it, in its rows; where two do, nobody can say which."""
    log: Any = Log()
    log.keep(CONTENT)
    log.outcomes = [said("w.xlsx", 2, "S1", CONTENT), said("w.xlsx", 3, "S2", CONTENT)]
    pages = {
        "notes": None,
        "one": [("S1", 2, "V-12345678"), ("S2", 3, "V-22345678")],
        "other": [("S1", 2, "V-99999999")],
        "moved": [("S1", 3, "V-88888888"), ("S2", 2, "V-77777777")],
    }

    def read_answer(content: bytes, name: str, page: str) -> Result:
        assert (content, name) == (CONTENT, "w.xlsx")
        rows = pages[page]
        if rows is None:
            raise Refused([])
        return Result("", tuple(ItemResult(item, State.SUCCESS, row, voucher=number) for item, row, number in rows))

    monkeypatch.setattr(results, "has_sheets", lambda content: content == CONTENT)
    monkeypatch.setattr(results, "sheets", lambda _content, _name: [SimpleNamespace(name=name) for name in pages])
    monkeypatch.setattr(results, "read_answer", read_answer)
    assert results.vouchers(log, log) == {"S1": ("V-12345678",), "S2": ("V-22345678",)}
    pages["again"] = pages["one"]
    assert results.vouchers(log, log) == {}
