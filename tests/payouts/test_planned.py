"""What preparing would come to: drafts, what is held and why, which payer pays, what is netted; nothing of a ledger.

Lines are granted to U1 and paid to P1, a wallet, on 2 July 2024, unless it is said otherwise.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from ledger.book.payables import Payable, Terms
from ledger.log import kinds
from ledger.office.public_notices import Obstacle
from ledger.payouts import prepare
from ledger.payouts.checks import Hold
from ledger.payouts.presumed import Told
from ledger.payouts.returns.netting import Net
from ledger.payouts.states import State
from ledger.store.views import Row

TODAY = date(2024, 7, 2)
TERMS = Terms("2024/a", "c1", "2150599", "50799", "30799")
DRAWN, FILLED = "payer/ecny/C1/1", "payer/bank/B1/1"


def owed(award: int, line: str, fen: int, envelope: str = "2024/a", payee: str = "P1") -> Payable:
    return Payable(award, line, payee, "award", fen, TERMS._replace(envelope=envelope), "")


class Asked:
    """What the log and the other rooms answer; each field is what one of them says."""

    def __init__(self, *payables: Payable) -> None:
        self.open_payables = list(payables)
        self.line_holds: dict[str, Obstacle] = {}
        self.presumed: dict[int, Told] = {}
        self.doubt_holds: dict[int, Hold] = {}
        self.recipients: dict[str, str] = {payable.line: "U1" for payable in payables}
        self.successors: dict[str, str] = {}
        self.payee_holds: dict[tuple[str, str], Hold] = {}
        self.tried_on_open_lines: dict[int, tuple[str, str]] = {}
        self.nets: list[Net] = []
        self.wallet: dict[tuple[str, int], Hold] = {}
        self.unclosed: set[int] = set()
        self.grants: dict[str, dict[str, str]] = {
            payable.line: {"application": "A1", "payee": payable.payee} for payable in payables
        }
        self.payers: dict[str, dict[str, str]] = {
            DRAWN: {"channel": "ecny", "funding": "zero_balance"},
            FILLED: {"channel": "bank", "funding": "prefunded"},
        }
        # What the other rooms were asked.
        self.told: dict[str, Any] = {}

    def rows(self, kind: kinds.Kind[Any]) -> list[Row[Any]]:
        bodies: Mapping[str, Mapping[str, str]] = {
            kinds.PAYEE: {"P1": {"channel": "ecny"}, "P2": {"channel": "bank"}},
            kinds.PAYER: self.payers,
            kinds.GRANT: self.grants,
            kinds.APPLICATION: {"A1": {"uscc": "U1"}},
        }[kind]
        return [Row(n, key, "", b"", body) for n, (key, body) in enumerate(bodies.items())]


def planned(monkeypatch: pytest.MonkeyPatch, asked: Asked) -> prepare.Planned:
    for name in ("recipients", "successors"):
        monkeypatch.setattr(prepare, name, lambda _view, name=name: getattr(asked, name))

    def keep(name: str) -> Any:
        def answer(*given: Any) -> object:
            asked.told[name] = [list(one) if hasattr(one, "__next__") else one for one in given[1:]]
            return getattr(asked, name)

        return answer

    for name in (
        "open_payables",
        "line_holds",
        "presumed",
        "doubt_holds",
        "payee_holds",
        "tried_on_open_lines",
        "nets",
    ):
        monkeypatch.setattr(prepare, name, keep(name))
    monkeypatch.setattr(prepare.year_end, "unclosed", keep("unclosed"))
    monkeypatch.setattr(prepare, "Wallets", lambda _view, day: day)

    def wallet_hold(wallets: date, payee: str, fen: int) -> Hold | None:
        assert wallets == TODAY
        return asked.wallet.get((payee, fen))

    monkeypatch.setattr(prepare, "wallet_hold", wallet_hold)
    view: Any = asked
    vault: Any = "the vault"
    runs: Any = ["the run"]
    return prepare.plan(view, vault, runs, TODAY)


def shown(plan: prepare.Planned) -> dict[str, list[tuple[str, str, int]]]:
    """Payer -> what it pays: lines, payee, fen."""
    return {
        payer: [(draft.about, draft.payee, draft.amount_fen) for draft in drafts]
        for payer, drafts in plan.by_payer.items()
    }


def test_a_line_makes_one_payout_to_the_payee_that_its_grant_names_now(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(owed(3, "PF2", 70, payee="P2"), owed(1, "PF1", 100), owed(2, "PF1", -30), owed(4, "PF3", 5))
    asked.grants["PF1"]["payee"] = "P2"
    del asked.grants["PF3"]["payee"]
    # By line; the payers by their reference. 100 - 30 = 70.
    plan = planned(monkeypatch, asked)
    assert shown(plan) == {FILLED: [("PF1", "P2", 70), ("PF2", "P2", 70)], DRAWN: [("PF3", "P1", 5)]}
    assert list(plan.by_payer) == [FILLED, DRAWN]
    assert (plan.held, plan.netted) == ([], [])
    assert [payable.award for payable in plan.by_payer[FILLED][0].payables] == [1, 2]
    # The other rooms are asked about what is to be paid, and of today.
    drafts = plan.by_payer[FILLED] + plan.by_payer[DRAWN]
    assert asked.told == {
        "open_payables": [["the run"]],
        "line_holds": [["PF2", "PF1", "PF1", "PF3"], TODAY],
        "presumed": [[3, 1, 2, 4]],
        # A reduction pays nobody.
        "doubt_holds": [[(3, "PF2", ""), (1, "PF1", ""), (4, "PF3", "")]],
        "payee_holds": ["the vault", TODAY, [("PF1", "P2"), ("PF2", "P2"), ("PF3", "P1")]],
        "tried_on_open_lines": ["the vault", [1, 2, 3, 4]],
        "unclosed": [set()],
        "nets": [[draft.payables for draft in drafts]],
    }


def test_all_lines_of_one_lender_make_one_payout(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(owed(1, "PF1", 100), owed(2, "PF2", 30), owed(3, "PF3", 7), owed(4, "PF4", 9))
    # PF3 is paid to the firm, and whom PF4 is paid to is no registered firm.
    asked.recipients.update(PF1="U9", PF2="U9", PF4="")
    assert shown(planned(monkeypatch, asked)) == {DRAWN: [("PF1, PF2", "P1", 130), ("PF3", "P1", 7), ("PF4", "P1", 9)]}


def test_a_firm_in_the_place_of_another_is_no_lender(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(owed(1, "PF1", 100), owed(2, "PF2", 30))
    asked.recipients.update(PF1="U2", PF2="U2")
    asked.successors["U1"] = "U2"
    assert shown(planned(monkeypatch, asked)) == {DRAWN: [("PF1", "P1", 100), ("PF2", "P1", 30)]}


def test_what_was_granted_and_fell_goes_to_the_payee_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(owed(1, "PF1", 100))
    asked.grants.clear()
    assert shown(planned(monkeypatch, asked)) == {DRAWN: [("PF1", "P1", 100)]}


NOTICE = Obstacle("objection_open", {"number": "YY-1"})
FAILURE = Told("S1", State.FAIL, date(2024, 6, 5), frozenset({"1001"}))


def test_what_is_held_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(
        owed(1, "PF1", 100),
        owed(2, "PF1", 11),
        owed(3, "PF2", 30),
        owed(4, "PF2", 3),
        owed(5, "PF3", 20),
        owed(6, "PF3", -20),
        owed(7, "PF4", 40),
        owed(8, "PF5", 50),
        owed(9, "PF6", 60),
        owed(10, "PF7", 71, payee="P2"),
        owed(11, "PF1", 5, payee="P2"),
        owed(12, "PF8", 1),
    )
    # What stops a line is said of it, also where a part of it waits besides.
    asked.line_holds["PF1"] = NOTICE
    asked.presumed.update({2: FAILURE, 3: FAILURE})
    other = Hold("holder_differs", {"name": "示例"})
    asked.payee_holds.update({("PF4", "P1"): other, ("PF5", "P9"): other})
    asked.tried_on_open_lines.update({7: ("S7", "L7"), 8: ("S8", "L8")})
    asked.wallet[("P1", 60)] = Hold("wallet_limit", {"limit": "0.50"})
    # Two payers of one channel pay for every path.
    asked.payers["payer/bank/B2/1"] = asked.payers[FILLED]
    plan = planned(monkeypatch, asked)
    assert plan.held == [
        # 100 + 11 of one payee, 5 of the other.
        ("PF1", "P1", 111, Hold(*NOTICE)),
        ("PF1", "P2", 5, Hold(*NOTICE)),
        ("PF2", "P1", 30, Hold("fail_presumed", {"item": "S1", "day": date(2024, 6, 5), "state": "fail"})),
        ("PF3", "P1", 0, Hold("nothing_left")),
        ("PF4", "P1", 40, other),
        ("PF5", "P1", 50, Hold("line_open", {"item": "S8", "line": "L8"})),
        ("PF6", "P1", 60, Hold("wallet_limit", {"limit": "0.50"})),
        ("PF7", "P2", 71, Hold("payer_ambiguous", {"channel": "bank", "envelope": "2024/a"})),
    ]
    assert shown(plan) == {DRAWN: [("PF2", "P1", 3), ("PF8", "P1", 1)]}
    # Of what has nothing left nobody asks further.
    _vault, _day, pairs = asked.told["payee_holds"]
    assert ("PF3", "P1") not in pairs


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        # Reference -> the path that it pays for, "" for all.
        ({"one": ""}, "one"),
        ({}, ""),
        ({"one": "2024/b"}, ""),
        ({"one": "2024", "two": ""}, "one"),
        ({"one": "2024", "two": "2024/a"}, "two"),
        ({"one": "2024/a/b", "two": "2024/a"}, "two"),
        # No part of a name is a path above it.
        ({"one": "2024/a2", "two": "202"}, ""),
        ({"one": "2024", "two": "2024"}, "several"),
    ],
)
def test_the_payer_closest_above_the_path_pays(
    monkeypatch: pytest.MonkeyPatch, paths: dict[str, str], expected: str
) -> None:
    asked = Asked(owed(1, "PF1", 100), owed(2, "PF1", 10, envelope="2024/a/x"))
    asked.payers = {"bank": {"channel": "bank", "funding": "prefunded"}}
    for name, path in paths.items():
        asked.payers[name] = {"channel": "ecny", "funding": "prefunded", **({"envelope": path} if path else {})}
    plan = planned(monkeypatch, asked)
    if expected in paths:
        assert shown(plan) == {expected: [("PF1", "P1", 110)]}
        return
    code = "payer_ambiguous" if expected else "payer_missing"
    values = {"channel": "ecny", "envelope": "2024/a, 2024/a/x"}
    assert (plan.by_payer, plan.held) == ({}, [("PF1", "P1", 110, Hold(code, values))])


def test_an_earlier_year_is_drawn_once_its_end_is_booked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(
        owed(1, "PF1", 100, "2023/a"),
        owed(2, "PF1", 10, "2022/a"),
        owed(3, "PF2", 20, "2024/a"),
        owed(4, "PF3", 30, ""),
        owed(5, "PF4", 40, "2022/a", payee="P2"),
    )
    # Whose payer is filled beforehand is not drawn at all.
    asked.unclosed = {2022, 2023}
    plan = planned(monkeypatch, asked)
    # Of several years the first is said.
    assert plan.held == [("PF1", "P1", 110, Hold("year_end_missing", {"year": 2022}))]
    assert shown(plan) == {FILLED: [("PF4", "P2", 40)], DRAWN: [("PF2", "P1", 20), ("PF3", "P1", 30)]}
    # The year that is not over is not asked about, nor is a path of none.
    assert asked.told["unclosed"] == [{2022, 2023}]


def test_what_is_netted_is_in_no_payout(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = owed(1, "PF1", 100), owed(2, "PF1", 10), owed(3, "PF2", 20, payee="P2")
    debt = owed(9, "PF9", -50)
    asked = Asked(first, second, third)
    asked.nets = [Net(debt, first, 30), Net(debt, second, 10), Net(debt, third, 20)]
    plan = planned(monkeypatch, asked)
    # 100 - 30; nothing is left of the others, nor of the batch that would have paid PF2.
    assert shown(plan) == {DRAWN: [("PF1", "P1", 70)]}
    assert [(part.award, part.open_fen) for part in plan.by_payer[DRAWN][0].payables] == [(1, 70)]
    assert plan.netted == asked.nets
