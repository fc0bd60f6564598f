"""What a run may pay, and which payouts a line names that nobody has explained; nothing of a ledger."""

from collections.abc import Mapping
from typing import Any

import pytest

from ledger.book.payables import Payable, Terms
from ledger.log import kinds
from ledger.payouts import named, payables
from ledger.payouts.payables import RunEntries, open_payables
from ledger.store.views import Row

# A view that nobody asks.
NO_VIEW: Any = None
TERMS = Terms("2024/loan", "c1", "2150599", "50799", "30799")


def test_what_a_run_may_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {
        # Of the run, whose entries are records 10 to 13, with a reduction of an earlier one; not the earlier award.
        ("PF1", 10): (100, "award", True),
        ("PF1", 3): (-20, "true_up", True),
        ("PF1", 5): (30, "award", False),
        # A line of which only reductions are open has nothing to be paid.
        ("PF2", 6): (-5, "true_up", False),
        ("PF4", 11): (-9, "award", False),
        # What was reopened belongs to no run.
        ("PF3", 7): (50, "reopened", True),
        ("PF5", 14): (70, "award", False),
        ("PF6", 12): (1, "award", True),
    }
    found = [
        Payable(award, line, "P1", reason, fen, TERMS, "") for (line, award), (fen, reason, _paid) in parts.items()
    ]
    monkeypatch.setattr(payables, "open_parts", lambda _view: found)
    paid = open_payables(NO_VIEW, [RunEntries(closed=14, first=10, entries=4)])
    assert [(part.line, part.award) for part in paid] == [at for at, (*_said, paid) in parts.items() if paid]


class Lines:
    """Lines of statements, of which L1 is in a match."""

    def rows(self, kind: kinds.Kind[Any]) -> list[Row[Any]]:
        if kind is kinds.MATCH:
            return [Row(90, "m1", "", b"", {"lines": ["L1"]})]
        assert kind is kinds.STATEMENT_LINE
        return [
            Row(84, "L4", "", b"", {"references": ["S0A"]}),
            Row(81, "L1", "", b"", {"references": ["S0C", "S0A"]}),
            Row(82, "L2", "", b"", {"references": ["", "x"], "details": [{"references": ["ｓ0-a"]}]}),
            Row(83, "L3", "", b"", {"references": [], "about": "c3"}),
        ]


class Texts:
    """What the bank wrote of L3, under its commitment."""

    def reveal_many(self, whose: Mapping[str, str]) -> dict[str, str]:
        assert whose == {"c3": "L3"}
        return {"c3": "退款 s0\nB"}


VIEW: Any = Lines()
VAULT: Any = Texts()


def test_which_payouts_an_open_line_names(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []

    def naming(_view: object, awards: list[int]) -> dict[str, int]:
        asked.append(awards)
        return {"S0A": 11, "S0B": 12, "S0C": 13}

    monkeypatch.setattr(named, "payouts_naming", naming)
    # Half width and capitals, without what a form or a line break puts in; the first line in the log is named.
    found = named.tried_on_open_lines(VIEW, VAULT, [11, 12, 13])
    assert found == {11: ("S0A", "L2"), 12: ("S0B", "L3")}
    assert asked == [[11, 12, 13]]


@pytest.mark.parametrize(
    ("numbers", "line"),
    [(["S0C"], "L1"), (["s0 b"], "L3"), (["S0X", "S0A"], "L1"), (["S0X"], ""), ([], ""), (["XX"], ""), (["x"], "L2")],
)
def test_the_first_line_that_names_a_number(numbers: list[str], line: str) -> None:
    assert named.line_naming(VIEW, VAULT, [named.plain(number) for number in numbers]) == line


def test_nothing_is_looked_for_where_nothing_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named, "payouts_naming", lambda *_asked: {})
    assert named.tried_on_open_lines(NO_VIEW, VAULT, [11]) == {}
