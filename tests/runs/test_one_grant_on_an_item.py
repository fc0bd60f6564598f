"""Of an item one grant is paid under a notice: a ledger that holds two from before goes on with one of them.

March as `test_line_failed` works it out: 33,725.00 of interest on HT1, half of it 16,862.50; by June 106,500.00 more.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

import ledger.store.ledger as store
from calculators.money import parse_yuan
from ledger.log import kinds
from ledger.registry import grants
from tests.registry.test_withdrawals import sound
from tests.runs.test_line_failed import two_loans
from tests.support import copies
from tests.support.office import NOTICE, USCC, Office

AGAIN = f"application_no,uscc,notice,item,applied_on\nSB3,{USCC},{NOTICE},HT1,2024-03-01\n"
GRANT = (
    "grant_no,application_no,outcome,granted_on,document,ceiling,payee\nPF3,SB3,granted,{},批〔2024〕3号,500000,ecny\n"
)
REFUSED = "grant_no,application_no,outcome,granted_on,document,reason\n{0},{1},refused,2024-03-15,批〔2024〕9号,重复\n"


OWN, CHECK = store.own_rules, grants._check_supported


def held_by(other: str) -> dict[str, object]:
    return {"code": "line_failed", "cause": "item_granted", "fact": "HT1", "values": {"other": other}}


@pytest.fixture
def before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A ledger of the release before, which took PF3 for HT1 beside PF1."""

    def earlier(calculators: Iterable[str]) -> kinds.RulesBody:
        return {**OWN(calculators), "book": "book/3"}

    monkeypatch.setattr(store, "own_rules", earlier)
    monkeypatch.setattr(grants, "_check_supported", lambda *_of: None)
    # A copy of what this release built would be of this release.
    monkeypatch.setattr(copies, "_places", {})
    office = two_loans(tmp_path)
    office.report("2024-03-31")
    return office


def carried_over(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "own_rules", OWN)
    monkeypatch.setattr(grants, "_check_supported", CHECK)
    office.do("upgrade")
    office.do("audit", "replay")


def test_where_both_were_posted_on_the_one_decided_first_goes_on(
    before: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    before.take("applications", AGAIN)
    before.take("grants", GRANT.format("2024-03-10"))
    assert sorted(line["line"] for line in before.run("2024-03")["posted"]) == ["PF1", "PF2", "PF3"]
    carried_over(before, monkeypatch)
    before.on("2024-07-01").report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    outcome = before.run("2024-06")
    assert [(one["line"], one["amount"]) for one in outcome["posted"] if one["line"] != "PF2"] == [("PF3", "106500.00")]
    assert outcome["held"] == [{"line": "PF1", **held_by("PF3")}]
    sound(before)


def test_the_one_with_money_goes_on_whichever_was_decided_first(
    before: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "PF1" in {line["line"] for line in before.run("2024-03")["posted"]}
    before.take("applications", AGAIN)
    before.take("grants", GRANT.format("2024-03-10"))
    carried_over(before, monkeypatch)
    before.on("2024-07-01").report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    outcome = before.run("2024-06")
    assert [(one["line"], one["amount"]) for one in outcome["posted"] if one["line"] != "PF2"] == [("PF1", "106500.00")]
    assert outcome["held"] == [{"line": "PF3", **held_by("PF1")}]
    # One of the two is refused: its 16,862.50 + 106,500.00 come back, and the other one is paid that.
    before.take("grants", REFUSED.format("PF1", "SB1"), "--mode", "delta")
    before.on("2024-08-01").report("2024-07-31")
    outcome = before.run("2024-07")
    amounts: dict[str, int] = {}
    for one in outcome["posted"]:
        amounts[one["line"]] = amounts.get(one["line"], 0) + parse_yuan(one["amount"])
    assert (amounts, outcome["held"]) == ({"PF1": -12_336_250, "PF3": 12_336_250}, [])
    sound(before)
