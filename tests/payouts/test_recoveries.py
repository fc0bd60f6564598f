"""What was reduced after it had been paid: netted, owed, and paid back in parts, in the same year and in the next."""

from pathlib import Path

import pytest

from ledger.payouts.postings import recovered_pairs
from tests.payouts.till import Till, open_till, run_quarters

ACCOUNTS = ("fin/2303", "fin/4001", "fin/5001", "bud/7101", "ind/1301", "ind/1501")
# The second drawdown was 6 million, not 8: 16,000,000 x 1.775 % x 19 / 360 = 14,988.89, and 16,862.50 was paid.
CORRECTED = "HT1,drawdown,2024-02-26,,6000000,\n"
REDUCED = "1873.61"


def corrected(till: Till, day: str, month: str, through: str) -> Till:
    """The first quarter paid on 2 April 2024, and the smaller drawdown told before the run of `month`."""
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    till.answer(batch, (till.items(batch)[0], "SUCCESS", "16862.50", "2024-04-02"))
    till.on(day)
    till.report(through, CORRECTED)
    till.run(month)
    return till


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return corrected(run_quarters(open_till(tmp_path)), "2024-05-08", "2024-04", "2024-04-30")


def owed(till: Till) -> list[tuple[str, str, str, str]]:
    names = ("line", "reduced", "payable", "owed")
    return [tuple(one[name] for name in names) for one in till.read("pay", "owed")]


def recover(till: Till, amount: str, document: str, on: str = "2024-05-08") -> tuple[int, str]:
    said = till.say("pay", "recover", "PF1", amount, "--on", on, "--document", document)
    return said.exit_code, said.output


def test_it_is_paid_back_in_two_parts(till: Till) -> None:
    assert owed(till) == [("PF1", REDUCED, "0.00", REDUCED)]
    assert till.balances("fin/2303") == {"fin/2303": REDUCED}
    assert recover(till, "1000", "SH-1")[0] == 0
    assert owed(till) == [("PF1", "873.61", "0.00", "873.61")]
    assert recover(till, "873.61", "SH-2")[0] == 0
    assert owed(till) == []
    assert "Nothing is owed." in till.do("pay", "owed")
    # 14,988.89 stays paid on every chart, and nothing is open.
    assert till.balances(*ACCOUNTS) == {
        "fin/2303": "0.00",
        "fin/4001": "-14988.89",
        "fin/5001": "14988.89",
        "bud/7101": "14988.89",
        "ind/1301": "0.00",
        "ind/1501": "14988.89",
    }
    till.verify()


def test_a_document_is_booked_once_and_never_more_than_is_owed(till: Till) -> None:
    assert recover(till, "1000", "SH-1")[0] == 0
    assert "nothing was written" in recover(till, "1000", "SH-1")[1]
    assert owed(till) == [("PF1", "873.61", "0.00", "873.61")]
    code, words = recover(till, "873.62", "SH-2")
    assert (code, "[recovery_too_large]" in words) == (2, True)
    code, words = recover(till, "1", "SH-2", on="2024-05-09")
    assert (code, "[day_in_future]" in words) == (2, True)
    recover(till, "873.61", "SH-2")
    code, words = recover(till, "0.01", "SH-3")
    assert (code, "[nothing_owed]" in words) == (2, True)


def test_what_came_in_is_not_netted_again(till: Till) -> None:
    recover(till, "1000", "SH-1")
    till.on("2024-07-02")
    till.report("2024-06-30", "")
    (award,) = [one["amount"] for one in till.run("2024-06")["posted"]]
    # 16,000,000 x 1.775 % x 92 / 360 = 72,577.78; 873.61 of the reduction is left to be netted: 71,704.17.
    assert award == "72577.78"
    assert owed(till) == []
    assert [one["total"] for one in till.prepare("2024-06")["batches"]] == ["71704.17"]


def test_of_last_year_s_payment_it_is_the_treasury_s(tmp_path: Path) -> None:
    till = corrected(run_quarters(open_till(tmp_path)), "2024-05-08", "2024-04", "2024-04-30")
    till.on("2025-01-08")
    assert recover(till, REDUCED, "SH-1", on="2025-01-07")[0] == 0
    # Dr 1201 / Cr 2303 and Dr 8001 / Cr 8101.01: the year's appropriation and spending stay as they were closed.
    assert till.balances("fin/2303", "fin/1201", "fin/4001", "bud/8001", "bud/8101.01", "bud/7101", "ind/1301") == {
        "fin/2303": "0.00",
        "fin/1201": REDUCED,
        "fin/4001": "-16862.50",
        "bud/8001": REDUCED,
        "bud/8101.01": "-1873.61",
        "bud/7101": "16862.50",
        "ind/1301": "0.00",
    }
    till.verify()


def test_a_reduction_booked_a_year_after_the_payment_was_no_saving_of_its_own_year() -> None:
    # It was booked Dr 2303 / Cr 5001. A recovery from a prior year is Dr 1201 / Cr 3501, so 5001 gives way to 3501.
    pairs = recovered_pairs("zero_balance", prior_year=True, reduced_later=True)
    fin = [("2303", "5001"), *((debit, credit) for chart, debit, credit in pairs if chart == "fin")]
    sums = {account: 0 for pair in fin for account in pair}
    for debit, credit in fin:
        sums[debit] += 1
        sums[credit] -= 1
    assert {account: times for account, times in sums.items() if times} == {"1201": 1, "3501": -1}
