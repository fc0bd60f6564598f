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


def came_back(till: Till, amount: str = "") -> tuple[str, str]:
    """1001 prepares, sends, brings the answer that it was paid, and the answer that it came back."""
    batch, item = failed(till, "SUCCESS")
    said = till.on("2024-04-03").answer(batch, (item, "RETURNED", amount, "2024-04-03"))
    assert said.exit_code == 0, said.output
    return batch, item


def lines(till: Till, item: str, actor: str, *back: str) -> None:
    """The statement of the payment on 2 April, and of what came back of it on the 3rd."""
    left = 50000 - 16862.5
    rows = [f"2024-04-02,,16862.50,{left:.2f},补助,{item},,"]
    for amount in back:
        left += float(amount)
        rows.append(f"2024-04-03,{amount},,{left:.2f},退回 {item},,,")
    text = f"账号：{WALLET}\n共{len(rows)}笔\n{TABLE}" + "".join(f"{row}\n" for row in rows)
    till.files += 1
    path = write(till.folder, f"{till.files}.csv", text)
    said = till.say("reconcile", "import", str(path), "--actor", actor)
    assert said.exit_code == 0, said.output
    said = till.say("reconcile", "match", "--actor", "1003")
    assert said.exit_code == 0, said.output


@pytest.mark.parametrize(("amount", "code"), [("", "return_presumed"), ("862.50", "already_in_payment")])
def test_what_came_back_by_one_persons_file_is_not_paid_again(till: Till, amount: str, code: str) -> None:
    came_back(till, amount)
    till.on("2024-04-08")
    statement(till, "2024-04-04", "1002")
    # Statements of those days by somebody else show no money that came back: they make nothing sure.
    assert held(till) == ["return_presumed"]
    refused = till.say(*WITHDRAW)
    assert (refused.exit_code, f"[{code}]" in refused.stderr) == (2, True)
    till.verify()


@pytest.mark.parametrize(("actor", "why"), [("1002", []), ("1001", ["return_presumed"])])
def test_the_banks_line_of_it_lets_it_be_paid(till: Till, actor: str, why: list[str]) -> None:
    batch, item = came_back(till)
    till.on("2024-04-08")
    lines(till, item, actor, "16862.50")
    assert held(till) == why
    assert till.states(batch) == ["returned"]
    assert till.balances("fin/2303", "fin/4001") == {"fin/2303": "-16862.50", "fin/4001": "0.00"}
    till.verify()


def test_each_line_makes_its_own_part_sure(till: Till) -> None:
    """Of 16,862.50 the channel says that 862.50 came back, then 600.00; the bank shows one, then the other."""
    batch, item = came_back(till, "862.50")
    assert till.answer(batch, (item, "RETURNED", "600.00", "2024-04-03")).exit_code == 0
    till.on("2024-04-08")
    lines(till, item, "1002", "862.50")
    assert held(till) == ["return_presumed"]
    rows = f"2024-04-09,600.00,,34600.00,退回 {item},,,\n"
    till.on("2024-04-10")
    path = write(till.folder, "later.csv", f"账号：{WALLET}\n共1笔\n{TABLE}{rows}")
    assert till.as_second("reconcile", "import", str(path)).exit_code == 0
    assert till.say("reconcile", "match", "--actor", "1003").exit_code == 0
    assert held(till) == []
    # 16,862.50 - 862.50 - 600.00 stay paid.
    assert till.balances("fin/4001") == {"fin/4001": "-15400.00"}
    assert till.prepare("2024-03")["batches"][0]["total"] == "1462.50"
    till.verify()


def test_another_person_makes_sure_that_it_came_back(till: Till) -> None:
    _batch, item = came_back(till)
    resolve = ("pay", "resolve", item, "--state", "returned", "--reason", "slip 7 of the bank")
    assert till.say(*resolve).exit_code == 2
    assert held(till) == ["return_presumed"]
    assert till.as_second(*resolve).exit_code == 0
    assert held(till) == []
    # Nothing moved: what was paid and came back is booked once.
    assert till.balances("fin/2303", "fin/4001") == {"fin/2303": "-16862.50", "fin/4001": "0.00"}
    size = till.verify()
    assert till.as_second(*resolve).exit_code == 0
    assert till.verify() == size


def test_a_line_that_who_sent_it_brought_waits_for_another_person(till: Till) -> None:
    """1001 sends, and brings the statement with the payment and its return: one person's file as well."""
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.on("2024-04-08")
    lines(till, item, "1001", "16862.50")
    assert till.states(batch) == ["returned"]
    assert held(till) == ["return_presumed"]
    assert till.as_second("pay", "resolve", item, "--state", "returned", "--reason", "slip").exit_code == 0
    assert held(till) == []
    till.verify()


def of_that_day(till: Till, row: str) -> None:
    """A line of interest of 2 April, which follows the one before it; 1002 brings it."""
    till.files += 1
    text = f"账号：{WALLET}\n共1笔\n{TABLE}2024-04-02,{row},利息,{till.files},,\n"
    said = till.as_second("reconcile", "import", str(write(till.folder, f"{till.files}.csv", text)))
    assert said.exit_code == 0, said.output


def test_a_statement_of_the_day_itself_says_nothing_of_its_rest(till: Till) -> None:
    """1002 brings statements that close on 2 April on that day, before and after the channel says that it failed."""
    of_that_day(till, "0.01,,1.01")
    failed(till)
    assert held(till) == ["fail_presumed"]
    of_that_day(till, "0.01,,1.02")
    till.on("2024-04-03")
    assert held(till) == ["fail_presumed"]
    of_that_day(till, "0.01,,1.03")
    assert held(till) == []
    till.verify()


def test_a_second_return_of_a_later_year_gives_nothing_back(till: Till) -> None:
    """Paid in 2024; in 2025 862.50 and then the rest come back: all of it waits for a budget of 2025."""
    batch, item = failed(till, "SUCCESS")
    till.on("2025-01-08")
    for amount in ("862.50", "16000.00"):
        assert till.answer(batch, (item, "RETURNED", amount, "2025-01-07")).exit_code == 0
    said = till.read("pay", "prepare", "2024-03", "--dry-run")
    assert (said["batches"], said["held"]) == ([], [])
    till.do("budget", "issue", "2025", "50000", "--document", "B-2025-1")
    reopen = ("pay", "reopen", item, "--document", "B-2025-2", "--envelope", "2025")
    refused = till.say(*reopen)
    assert (refused.exit_code, "[return_presumed]" in refused.stderr) == (2, True)
    assert till.as_second("pay", "resolve", item, "--state", "returned", "--reason", "slip").exit_code == 0
    till.do(*reopen)
    assert till.prepare("2024-03")["batches"][0]["total"] == "16862.50"
    till.verify()


def test_a_return_that_who_brought_the_answer_made_sure_is_found(till: Till) -> None:
    """1003 brings that it came back and 1002 makes sure; a forger lets 1003 do both."""
    batch, item = failed(till, "SUCCESS")
    answer = till.folder / "back.json"
    words = f'"request_no": "{batch}", "batch_state": "FINISH"'
    answer.write_text(f'{{{words}, "items": [{{"item_no": "{item}", "state": "RETURNED"}}]}}', encoding="utf-8")
    assert till.say("pay", "import-result", str(answer), "--actor", "1003").exit_code == 0
    resolve = ("pay", "resolve", item, "--state", "returned", "--reason", "slip")
    assert "[return_presumed]" in till.say(*resolve, "--actor", "1003").stderr
    assert till.as_second(*resolve).exit_code == 0
    log = bodies(till.ledger.path)
    assert first_fault(log) is None
    forge(log, 'alter outcome returned 2: actor="1003"')
    assert first_fault(log) == ("return_presumed", find(log, "outcome returned 2"))


def test_a_return_that_only_who_sent_it_showed_is_found(till: Till) -> None:
    """1002 brought the bank's line, and it is paid again; a forger lets 1001, who sent it, have brought it."""
    _batch, item = came_back(till)
    till.on("2024-04-08")
    lines(till, item, "1002", "16862.50")
    till.prepare("2024-03")
    log = bodies(till.ledger.path)
    assert first_fault(log) is None
    forge(log, 'alter statement: actor="1001"')
    assert first_fault(log) == ("return_presumed", find(log, "payout 2"))
