"""What a channel alone says was not paid is not paid again before somebody else's statement reaches that day.

One award of 16,862.50 yuan; 1001 prepares it, sends it and brings the answer of 2 April, unless it is said otherwise.
"""

from pathlib import Path

import pytest

from tests.audit.attacker import Body, bodies
from tests.reconcile.forms import write
from tests.support.forge import find, first_fault, forge
from tests.support.till import WALLET, Till, quarters_till

TABLE = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"
WITHDRAW = ("run", "withdraw", "2024-03", "--reason", "wrong file")


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def failed(till: Till, *said: str) -> tuple[str, str]:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    assert till.answer(batch, (item, *(said or ("FAIL",)))).exit_code == 0
    return batch, item


def statement(till: Till, day: str, actor: str) -> None:
    """A statement of one line, interest of a fen, on a day: its balances are of that day."""
    till.files += 1
    text = f"账号：{WALLET}\n共1笔\n{TABLE}{day},0.01,,{till.files}.01,利息,,,\n"
    path = write(till.folder, f"{till.files}.csv", text)
    said = till.say("reconcile", "import", str(path), "--actor", actor)
    assert said.exit_code == 0, said.output


def held(till: Till) -> list[str]:
    """Why it is not paid again now; nothing where it is."""
    said = till.read("pay", "prepare", "2024-03", "--dry-run")
    assert bool(said["batches"]) != bool(said["held"])
    return [one["code"] for one in said["held"]]


@pytest.mark.parametrize("said", [("FAIL",), ("PARTIAL", "6862.50")])
def test_it_waits_for_a_statement_of_its_day_by_somebody_else(till: Till, said: tuple[str, ...]) -> None:
    failed(till, *said)
    assert held(till) == ["fail_presumed"]
    till.on("2024-04-08")
    statement(till, "2024-04-03", "1002")
    # The account's statements begin after it; nobody has shown the day itself.
    assert held(till) == ["fail_presumed"]


def test_the_statement_of_the_day_lets_it_be_paid(till: Till) -> None:
    failed(till)
    till.on("2024-04-08")
    statement(till, "2024-04-02", "1002")
    assert held(till) == []
    assert till.prepare("2024-03")["batches"][0]["total"] == "16862.50"
    till.verify()


def test_the_statement_of_who_paid_says_nothing(till: Till) -> None:
    failed(till)
    till.on("2024-04-08")
    statement(till, "2024-04-02", "1001")
    assert held(till) == ["fail_presumed"]
    refused = till.say(*WITHDRAW)
    assert (refused.exit_code, "[fail_presumed]" in refused.stderr) == (2, True)


def test_a_day_set_back_gains_nothing(till: Till) -> None:
    """The answer is brought on the 4th and says the 2nd: what the bank did until the 4th is what counts."""
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.on("2024-04-04").answer(batch, (item, "FAIL", "", "2024-04-02"))
    till.on("2024-04-08")
    statement(till, "2024-04-02", "1002")
    assert held(till) == ["fail_presumed"]


def test_who_brought_the_answer_does_not_make_it_sure(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    answer = till.folder / "answer.json"
    words = f'{{"request_no": "{batch}", "batch_state": "FINISH", "items": [{{"item_no": "{item}", "state": "FAIL"}}]}}'
    answer.write_text(words, encoding="utf-8")
    assert till.as_second("pay", "import-result", str(answer)).exit_code == 0
    resolve = ("pay", "resolve", item, "--state", "fail", "--reason", "asked the bank")
    assert "[fail_presumed]" in till.as_second(*resolve).stderr
    assert held(till) == ["fail_presumed"]
    assert till.say(*resolve, "--actor", "1003").exit_code == 0
    assert held(till) == []
    till.verify()


@pytest.fixture
def paid_again(till: Till) -> list[Body]:
    """A failure, the statement of its day by 1002, and the batch that pays it again."""
    failed(till)
    till.on("2024-04-08")
    statement(till, "2024-04-02", "1002")
    till.prepare("2024-03")
    log = bodies(till.ledger.path)
    assert first_fault(log) is None
    return log


@pytest.mark.parametrize(
    ("steps", "code", "where"),
    [
        pytest.param('alter statement: actor="1001"', "fail_presumed", "payout 2", id="brought by who paid"),
        pytest.param("alter statement: opens_on=-; closes_on=-", "fail_presumed", "payout 2", id="of no day"),
        # These are unlike their own lines already.
        pytest.param(
            'alter statement: closes_on="2024-04-01"; opens_on="2024-04-01"',
            "day_of_no_statement",
            "statement_line",
            id="of the day before",
        ),
        pytest.param('alter statement: currency="USD"', "line_key_differs", "statement_line", id="of another account"),
    ],
)
def test_a_payment_that_nothing_covers_is_found(paid_again: list[Body], steps: str, code: str, where: str) -> None:
    forge(paid_again, steps)
    assert first_fault(paid_again) == (code, find(paid_again, where))


def test_a_decision_of_who_sent_it_is_found(till: Till) -> None:
    """1002 makes sure; a forger lets 1003, who had brought the answer, do it."""
    _batch, item = failed(till)
    till.sure(item)
    log = bodies(till.ledger.path)
    forge(log, 'alter outcome fail: actor="1002"')
    assert first_fault(log) == ("fail_presumed", find(log, "outcome fail 2"))
