"""By which channel money reached firms, month by month, and which firms are without a wallet."""

from pathlib import Path

import pytest

from tests.support.office import USCC
from tests.support.till import Till, open_till, quarters_till, run_quarters

AWARD = "16862.50"
NOTHING = {"amount": "0.00", "firms": 0}
PAYEES = "uscc,channel,institution,wallet_type,number,holder\n"
BANK_PAYER = "channel,institution,number,holder,funding\nbank,102100000021,0200009876543210,示例专户,zero_balance\n"
# The same grant, paid to the firm's account; the change takes another person.
GRANT = (
    "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
    "PF1,SB1,granted,2024-03-15,批〔2024〕1号,500000,bank\n"
)


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def paid(till: Till) -> tuple[str, str]:
    """The first quarter's batch and item, paid on 3 April."""
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.on("2024-04-05").answer(batch, (item, "SUCCESS", AWARD, "2024-04-03"))
    return batch, item


def test_what_came_back_counts_in_its_month(till: Till) -> None:
    batch, item = paid(till)
    till.on("2024-05-08").answer(batch, (item, "RETURNED", AWARD, "2024-05-06"))
    said = till.read("report", "channels")
    assert said["months"] == [
        {"month": "2024-04", "ecny": {"amount": AWARD, "firms": 1}, "bank": NOTHING},
        {"month": "2024-05", "ecny": {"amount": f"-{AWARD}", "firms": 0}, "bank": NOTHING},
    ]
    assert said["without_wallet"] == []


def test_a_firm_that_is_paid_to_an_account_has_no_wallet(till: Till) -> None:
    till.take("payees", f"{PAYEES}{USCC},bank,102100000056,,0200001234567890123,示例企业\n")
    till.take("payers", BANK_PAYER)
    till.take("grants", GRANT)
    said = till.read("report", "channels")
    assert said["months"] == []
    # It has a wallet too; only the grant does not name it.
    assert said["without_wallet"] == [
        {"uscc": USCC, "name": "示例企业", "bank": "0.00", "code": "wallet_unnamed", "process": "", "since": ""}
    ]
    shown = till.do("report", "channels")
    assert "it has a wallet: name that in the grant" in shown


def test_what_an_account_was_paid_is_what_a_wallet_would_take_over(tmp_path: Path) -> None:
    till = open_till(tmp_path)
    till.take("payees", f"{PAYEES}{USCC},bank,102100000056,,0200001234567890123,示例企业\n")
    till.take("payers", BANK_PAYER)
    till.take("grants", GRANT)
    assert till.as_second("payee", "approve", "PF1", "--reason", "called").exit_code == 0
    run_quarters(till)
    (made,) = till.prepare("2024-03")["batches"]
    till.go(made["batch"])
    answer = tmp_path / "counter.csv"
    answer.write_text(f"明细号,支付状态,金额,日期\n{till.items(made['batch'])[0]},成功,{AWARD},2024-04-02\n", "gb18030")
    till.do("pay", "import-result", str(answer))
    said = till.read("report", "channels")
    assert said["months"] == [{"month": "2024-04", "ecny": NOTHING, "bank": {"amount": AWARD, "firms": 1}}]
    assert [(one["uscc"], one["bank"]) for one in said["without_wallet"]] == [(USCC, AWARD)]
    assert "0.00%" in till.do("report", "channels")


def test_the_share_of_a_month_is_shown_to_two_decimals(till: Till) -> None:
    paid(till)
    assert "100.00%" in till.do("report", "channels")
