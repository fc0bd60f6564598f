"""The whole way of a claw-back: requested, agreed, reduced by a run, owed, and settled by money or by netting."""

from pathlib import Path

from tests.payouts.returns.test_recoveries import netting_notice
from tests.support.clawing import FOUND, pay, take
from tests.support.till import Till, quarters_till


def recover(till: Till, amount: str, document: str) -> None:
    till.do("pay", "recover", "PF1", amount, "--on", till.day, "--document", document)


def stands(till: Till) -> tuple[list[str], list[tuple[str, str, str]]]:
    """What is owed, and every claw-back as (state, taken back by runs, still owed)."""
    owed = [one["owed"] for one in till.read("pay", "owed")]
    return owed, [(one["state"], one["posted"], one["owed"]) for one in till.read("clawback", "list")]


def test_what_came_in_in_part_is_netted_for_the_rest(tmp_path: Path) -> None:
    till = quarters_till(tmp_path, notice=netting_notice(tmp_path))
    till.take("inspections", FOUND)
    assert pay(till) == "16862.50"
    take(till, "10,000")
    till.on("2024-05-08").report("2024-04-30")
    assert till.posted("2024-04") == [("2024-04-03", "-10000.00")]
    assert stands(till) == (["10000.00"], [("owed", "10000.00", "10000.00")])
    recover(till, "4000", "SH-1")
    assert stands(till) == (["6000.00"], [("partly_settled", "10000.00", "6000.00")])
    till.on("2024-07-02").report("2024-06-30")
    # 18,000,000 x 3.55 % x 92 / 360 = 163,300.00, half of it 81,650.00; 6,000.00 are netted.
    assert till.posted("2024-06") == [("2024-06-20", "81650.00")]
    assert pay(till, "2024-06") == "75650.00"
    assert stands(till) == ([], [("settled", "10000.00", "0.00")])
    # 16,862.50 + 81,650.00 - 10,000.00 are the award, and so much has been paid.
    accounts = ("fin/1218", "fin/2303", "fin/5001", "fin/4001", "bud/7101", "ind/1301", "ind/1501")
    amounts = ("0.00", "0.00", "88512.50", "-88512.50", "88512.50", "0.00", "88512.50")
    assert till.balances(*accounts) == dict(zip(accounts, amounts, strict=True))
    till.verify()


def test_of_a_prior_year_it_goes_to_the_treasury_and_nothing_is_netted(tmp_path: Path) -> None:
    # The ceiling is what the first quarter took, so no later award is there to bear it.
    till = quarters_till(tmp_path, ceiling="16862.50")
    till.take("inspections", FOUND)
    pay(till)
    take(till.on("2025-01-20"), "10,000")
    till.on("2025-02-05").report("2025-01-31")
    assert till.posted("2025-01") == [("2025-01-21", "-10000.00")]
    accounts = ("fin/1218", "fin/3501", "fin/5001", "fin/4001", "bud/7101", "ind/1501")
    # Dr 1218 / Cr 3501: the award was booked, and closed, with last year.
    amounts = ("10000.00", "-10000.00", "16862.50", "-16862.50", "16862.50", "16862.50")
    assert till.balances(*accounts) == dict(zip(accounts, amounts, strict=True))
    assert till.prepare("2025-01") == {"batches": [], "held": [], "netted": []}
    recover(till, "2500", "SH-1")
    recover(till, "7500", "SH-2")
    assert stands(till) == ([], [("settled", "10000.00", "0.00")])
    # Dr 1201 / Cr 1218 and Dr 8001 / Cr 8101.01; the indicator of last year stays used.
    assert till.balances("fin/1218", "fin/1201", "bud/8001", "bud/8101.01", "bud/7101", "ind/1501") == {
        "fin/1218": "0.00",
        "fin/1201": "10000.00",
        "bud/8001": "10000.00",
        "bud/8101.01": "-10000.00",
        "bud/7101": "16862.50",
        "ind/1501": "16862.50",
    }
    till.verify()
