"""A debt that will not come back is given up by two people, once, and no more of it than is owed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.audit.attacker import Body, bodies
from tests.payouts.returns.test_recoveries import ACCOUNTS, REDUCED, netting_till, owed, recover
from tests.payouts.test_never_twice import effect, exported
from tests.support.forge import faults, find
from tests.support.office import USCC
from tests.support.till import Till, quarters_till


@pytest.fixture
def till(tmp_path: Path) -> Till:
    """1,873.61 is owed back on PF1, and the notice would set it against later awards of the line."""
    return netting_till(tmp_path)


def asked(till: Till, amount: str = "873.61", document: str = "HX-1") -> str:
    """The number under which a write-off waits."""
    words = ("pay", "write-off", "PF1", amount, "--document", document, "--reason", "struck off")
    assert "waits for somebody else" in till.do(*words)
    (waits,) = till.read("approvals")
    assert (waits["what"], waits["amount"]) == ("write-off PF1", amount)
    return str(waits["number"])


def carried_out(till: Till, amount: str = "873.61", document: str = "HX-1") -> Till:
    till.as_second("approve", asked(till, amount, document))
    words = ("pay", "write-off", "PF1", amount, "--document", document, "--reason", "struck off")
    assert "yuan of PF1 are written off" in till.do(*words)
    return till


def signed_fen(text: str) -> int:
    return int(text.replace(".", ""))


def refusal(till: Till, amount: str, document: str, line: str = "PF1") -> str:
    said = till.say("pay", "write-off", line, amount, "--document", document, "--reason", "struck off")
    assert said.exit_code == 2, said.output
    return said.stderr.rpartition("[")[2].rstrip("]\n")


def test_two_people_give_up_what_is_left_of_a_debt(till: Till) -> None:
    assert recover(till, "1000", "SH-1")[0] == 0
    before = till.balances(*ACCOUNTS)
    # 1,873.61 - 1,000.00
    assert before["fin/1218"] == "873.61"
    number = asked(till)
    # One person alone changes nothing, however often it is said.
    assert asked(till) == number
    assert "[approver_is_maker]" in till.say("approve", number).stderr
    assert owed(till) == [("PF1", "873.61", "0.00")]
    assert "subsidy pay write-off PF1" in till.as_second("approve", number).output
    words = ("pay", "write-off", "PF1", "873.61", "--document", "HX-1", "--reason", "struck off")
    assert "873.61 yuan of PF1 are written off" in till.do(*words)
    # Dr 5301 / Cr 1218 and nothing else: no money moved, so no budget entry, and the indicator stays paid.
    after = till.balances(*ACCOUNTS, "fin/5301")
    assert after == {**before, "fin/1218": "0.00", "fin/5301": "873.61"}
    assert till.read("pay", "owed") == [
        {"line": "PF1", "written_off": "873.61", "on": "2024-05-08", "document": "HX-1"}
    ]
    assert "Written off:" in till.do("pay", "owed")
    places = till.read("entity", "money", "91310115591693856A")["grants"][0]["points"]
    assert [place["amount"] for place in places if place["code"] == "written_off"] == ["873.61"]
    # Said again, nothing is written.
    size = till.verify()
    assert "are written off" in till.do(*words)
    assert till.verify() == size


def test_what_comes_in_after_it_was_given_up_has_its_entry(till: Till) -> None:
    """It is a refund of the payout: appropriation and expense the other way round, as accounts.md has it; no debt."""
    carried_out(till, REDUCED)
    names = ("fin/1218", "fin/4001", "fin/5001", "fin/5301", "bud/6001", "bud/7101", "ind/1101", "ind/1501")
    before = till.balances(*names)
    (batch,) = till.read("pay", "status")
    (item,) = till.items(batch["batch"])
    till.do("pay", "refund", item, "500.00", "--on", till.day, "--document", "TK-1")
    after = till.balances(*names)
    moved = {name: signed_fen(after[name]) - signed_fen(before[name]) for name in names}
    assert {name: fen for name, fen in moved.items() if fen} == {
        "fin/4001": 50_000,
        "fin/5001": -50_000,
        "bud/6001": 50_000,
        "bud/7101": -50_000,
        "ind/1101": 50_000,
        "ind/1501": -50_000,
    }
    # It is owed no more, and what was given up stays said.
    assert [one["written_off"] for one in till.read("pay", "owed")] == [REDUCED]
    till.verify()


def test_what_is_given_up_is_not_netted(till: Till) -> None:
    carried_out(till, "873.61")
    till.on("2024-07-02").report("2024-06-30", "")
    till.run("2024-06")
    # 16,000,000 x 1.775 % x 92 / 360 = 72,577.78, less the 1,000.00 that are owed still.
    planned = till.read("pay", "prepare", "2024-06", "--dry-run")
    assert [one["total"] for one in planned["batches"]] == ["71577.78"]


def test_no_more_is_given_up_than_is_owed_when_it_is_asked_and_when_it_is_done(till: Till) -> None:
    assert refusal(till, "1873.62", "HX-1") == "write_off_too_large"
    assert refusal(till, "1.00", "HX-1", line="PF9") == "nothing_owed"
    till.as_second("approve", asked(till, REDUCED))
    # A part comes in before it is carried out.
    assert recover(till, "0.01", "SH-1")[0] == 0
    assert refusal(till, REDUCED, "HX-1") == "write_off_too_large"
    carried_out(till, "1000.00", "HX-2")
    assert refusal(till, "873.60", "HX-2") == "document_differs"
    # 1,873.61 - 0.01 - 1,000.00
    assert till.read("pay", "owed")[0]["owed"] == "873.60"
    till.verify()


def test_what_was_turned_down_is_asked_anew(till: Till) -> None:
    number = asked(till)
    assert till.as_second("reject", number, "--reason", "the liquidator pays").exit_code == 0
    assert asked(till) != number


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Body]:
    folder, anchor = tmp_path_factory.mktemp("given-up"), tmp_path_factory.mktemp("anchor")
    return bodies(carried_out(netting_till(folder / "till", anchor=anchor)).ledger.path)


def of_another_amount(log: list[Body], seq: int) -> None:
    log[seq]["amount_fen"] -= 1
    log[seq]["claims"][0]["amount_fen"] += 1


def under_another_document(log: list[Body], seq: int) -> None:
    log[seq]["document"] = "HX-2"


def on_another_day(log: list[Body], seq: int) -> None:
    log[seq]["on"] = "2024-05-07"


def by_another_decision(log: list[Body], seq: int) -> None:
    log[seq]["decision"] -= 1


def turned_down(log: list[Body], seq: int) -> None:
    assert log[seq - 1]["$schema"].startswith("subsidy/account/")
    log[seq - 2]["opinion"] = "reject"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (of_another_amount, "write_off_differs"),
        (under_another_document, "write_off_differs"),
        (on_another_day, "write_off_differs"),
        (by_another_decision, "write_off_differs"),
        (turned_down, "approvals_missing"),
    ],
)
def test_a_log_in_which_it_was_given_up_otherwise_is_found(
    log: list[Body], change: Callable[[list[Body], int], None], code: str
) -> None:
    assert faults(log) == []
    changed = [dict(body) for body in log]
    seq = find(changed, "write_off")
    changed[seq]["claims"] = [dict(claim) for claim in changed[seq]["claims"]]
    change(changed, seq)
    assert faults(changed)[0] == (code, seq)


def test_a_decision_is_carried_out_once(log: list[Body]) -> None:
    seq = find(log, "write_off")
    # 1,873.61 is owed, so 873.61 fits twice (1,747.22); the second time its entry has the key of the first.
    again = [*log, dict(log[seq]), {**log[find(log, "entry written_off")], "cause": len(log)}]
    assert ("key_repeated", len(log) + 1) in faults(again)


def twice(tmp_path: Path) -> tuple[Till, str, str]:
    """6,862.50 of 16,862.50 were said to be paid, another payout paid the rest, and then all of the first had gone out.

    So the payee has 10,000.00 twice.
    """
    till = quarters_till(tmp_path)
    batch, item = exported(till)
    effect(till, batch, item, "PARTIAL", "6862.50")
    till.sure(item, "partial", "--amount", "6862.50")
    second, rest = exported(till)
    effect(till, second, rest, "SUCCESS")
    effect(till, batch, item, "SUCCESS")
    till.sure(item, "success")
    return till, batch, item


def given_up(till: Till, item: str, amount: str, document: str) -> None:
    words = ("pay", "write-off", item, amount, "--document", document, "--reason", "struck off")
    assert "waits for somebody else" in till.do(*words)
    (waits,) = till.read("approvals")
    assert (waits["what"], waits["amount"]) == (f"write-off {item}", amount)
    assert "[approver_is_maker]" in till.say("approve", str(waits["number"])).stderr
    assert f"subsidy pay write-off {item}" in till.as_second("approve", str(waits["number"])).output
    assert f"{item} are written off" in till.do(*words)


def test_two_people_give_up_what_was_paid_twice(tmp_path: Path) -> None:
    till, _batch, item = twice(tmp_path)
    names = (*ACCOUNTS, "fin/5301")
    before = till.balances(*ACCOUNTS)
    assert before["fin/1218"] == "10000.00"
    assert refusal(till, "10000.01", "HX-1", item) == "write_off_too_large"
    given_up(till, item, "4000.00", "HX-1")
    # Dr 5301 / Cr 1218, and nothing else: 10,000.00 - 4,000.00.
    assert till.balances(*names) == {**before, "fin/1218": "6000.00", "fin/5301": "4000.00"}
    assert [(one.get("payout"), one.get("owed"), one.get("written_off")) for one in till.read("pay", "owed")] == [
        (item, "6000.00", None),
        (None, None, "4000.00"),
    ]
    places = till.read("entity", "money", USCC)["grants"][0]["points"]
    assert [place["amount"] for place in places if place["code"] == "written_off"] == ["4000.00"]
    assert refusal(till, "4000.01", "HX-1", item) == "document_differs"
    given_up(till, item, "6000.00", "HX-2")
    assert till.balances("fin/1218", "fin/5301") == {"fin/1218": "0.00", "fin/5301": "10000.00"}
    assert refusal(till, "0.01", "HX-3", item) == "nothing_owed"
    till.verify()


def test_what_was_paid_twice_and_comes_back_after_all_is_owed_again_first(tmp_path: Path) -> None:
    till, batch, item = twice(tmp_path)
    given_up(till, item, "4000.00", "HX-1")
    assert effect(till, batch, item, "RETURNED", "16862.50") == (0, "changed")
    # 4,000.00 are owed again (Dr 1218 / Cr 5301), then 10,000.00 come in for it, and 6,862.50 are payable again.
    accounts = ("fin/2303", "fin/4001", "fin/1218", "fin/5301")
    assert till.balances(*accounts) == dict(zip(accounts, ("-6862.50", "-10000.00", "0.00", "0.00"), strict=True))
    assert [one for one in till.read("pay", "owed") if "owed" in one] == []
    till.verify()


def test_more_than_was_paid_twice_given_up_is_found(tmp_path: Path) -> None:
    till, _batch, item = twice(tmp_path)
    given_up(till, item, "4000.00", "HX-1")
    log = bodies(till.ledger.path)
    assert faults(log) == []
    (decided,) = (body for body in log if body.get("type") == "write-off")
    decided["amount_fen"] = log[find(log, "write_off")]["amount_fen"] = 1_000_001
    assert ("settlement_differs", find(log, "write_off")) in faults(log)
