"""An order that never left is recalled by two people, and by nobody once anybody outside knows of it."""

from pathlib import Path

import pytest

from ledger.payouts import recall
from ledger.rules import recalls
from tests.audit.attacker import bodies
from tests.reconcile.forms import write
from tests.support.forge import first_fault
from tests.support.till import WALLET, Till, quarters_till

TABLE = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def exported(till: Till) -> str:
    batch: str = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    return batch


def refusal(till: Till, batch: str) -> str:
    said = till.say("pay", "recall", batch, "--reason", "lost")
    assert said.exit_code == 2, said.output
    return said.stderr.rpartition("[")[2].rstrip("]\n")


def asked(till: Till, batch: str) -> str:
    """The number under which the recall waits."""
    assert "waits for somebody else" in till.do("pay", "recall", batch, "--reason", "the stick was lost")
    (waits,) = till.read("approvals")
    assert waits["what"] == f"recall {batch}"
    return str(waits["number"])


def test_two_people_recall_what_never_left_and_it_is_paid_under_another_number(till: Till) -> None:
    batch = exported(till)
    before = till.balances("ind/1301", "ind/1401")
    number = asked(till, batch)
    # One person alone changes nothing, however often it is said.
    assert asked(till, batch) == number
    assert "[approver_is_maker]" in till.say("approve", number).stderr
    assert till.states(batch) == ["exported"]
    assert till.prepare("2024-03")["batches"] == []
    assert f"subsidy pay recall {batch}" in till.as_second("approve", number).output
    assert "1 payout of" in till.do("pay", "recall", batch, "--reason", "the stick was lost")
    assert till.states(batch) == ["fail"]
    # The order is undone: what was instructed is accrued again, 16,862.50 either way.
    assert before == {"ind/1301": "0.00", "ind/1401": "16862.50"}
    assert till.balances("ind/1301", "ind/1401") == {"ind/1301": "16862.50", "ind/1401": "0.00"}
    again = till.prepare("2024-03")["batches"][0]
    assert (again["total"], again["batch"] != batch) == ("16862.50", True)
    till.go(again["batch"])
    assert till.items(again["batch"]) != till.items(batch)
    till.verify()


def test_nothing_is_recalled_that_was_not_exported(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    assert refusal(till, batch) == "not_exported"
    assert "batch_unknown" in refusal(till, "B0")


@pytest.mark.parametrize("state", ["PROCESSING", "PRESUMED_FAIL", "SUCCESS"])
def test_nothing_is_recalled_that_somebody_answered_also_after_two_have_agreed(till: Till, state: str) -> None:
    batch = exported(till)
    number = asked(till, batch)
    till.as_second("approve", number)
    (item,) = till.items(batch)
    amount = ("16862.50", "2024-04-02") if state == "SUCCESS" else ()
    assert till.answer(batch, (item, state, *amount)).exit_code == 0
    assert refusal(till, batch) == "recall_answered"


@pytest.mark.parametrize("names", ["item", "item in words", "memo", "batch"])
def test_nothing_is_recalled_that_a_statement_names(till: Till, names: str) -> None:
    batch = exported(till)
    (item,) = till.items(batch)
    said = {
        "item": ("补助", item),
        "item in words": (f"补助 {item[:8].lower()} {item[8:].lower()}", ""),
        "memo": (f"{batch} 1", ""),
        "batch": (f"代发 {batch}", ""),
    }[names]
    till.on("2024-04-10")
    row = f"2024-04-03,,16862.50,50000.00,{said[0]},{said[1]},,\n"
    file = write(till.folder, "flow.csv", f"账号：{WALLET}\n共1笔\n{TABLE}{row}")
    till.do("reconcile", "import", str(file))
    assert refusal(till, batch) == "recall_on_statement"
    assert till.states(batch) == ["exported"]


def named_by_a_line(till: Till, monkeypatch: pytest.MonkeyPatch) -> str:
    """A batch whose recall two people have agreed to, a line that names it, and a door that looks at no line."""
    batch = exported(till)
    (item,) = till.items(batch)
    till.as_second("approve", asked(till, batch))
    row = f"2024-04-03,,16862.50,50000.00,补助,{item},,\n"
    till.on("2024-04-10")
    till.do("reconcile", "import", str(write(till.folder, "flow.csv", f"账号：{WALLET}\n共1笔\n{TABLE}{row}")))
    monkeypatch.setattr(recall, "line_naming", lambda *_of: "")
    return batch


def test_the_book_refuses_a_recall_that_a_line_names(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(till, named_by_a_line(till, monkeypatch)) == "recall_differs"


def test_verification_finds_a_recall_that_a_line_names(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = named_by_a_line(till, monkeypatch)
    size = till.verify()
    with monkeypatch.context() as unasked:
        unasked.setattr(recalls, "named_by_a_line", lambda *_of: False)
        till.do("pay", "recall", batch, "--reason", "the stick was lost")
    assert first_fault(bodies(till.ledger.path)) == ("recall_differs", size)


def test_an_answer_that_comes_all_the_same_is_disputed(till: Till) -> None:
    batch = exported(till)
    till.as_second("approve", asked(till, batch))
    till.do("pay", "recall", batch, "--reason", "the stick was lost")
    (item,) = till.items(batch)
    assert till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02")).exit_code == 1
    assert till.states(batch) == ["disputed"]
    # What may be paid already is in no second order.
    assert till.prepare("2024-03")["batches"] == []
    till.verify()
