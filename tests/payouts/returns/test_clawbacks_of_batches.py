"""Money back from premiums and projects: what registers take back by themselves, and what is clawed back besides."""

from itertools import permutations
from pathlib import Path

import pytest

from ledger.book.balances import posted_awards
from tests.support.batch_office import PREMIUM, STAGED, A, apply, grant, open_batch_office
from tests.support.clawing import HEADINGS, agree, pay, request
from tests.support.copies import ready
from tests.support.signing_office import code
from tests.support.till import PAYERS, Till, staff

PREMIUMS = "policy_no,kind,date,amount\n"
RETURNED = "BD1/returned/2024-12-20/1"
MILESTONES = "project_no,kind,date,amount,done\n"


def batch_till(folder: Path, notice: str, day: str) -> Till:
    """A till of an office that runs batches."""
    office = open_batch_office(folder, notice, day)
    till = Till(folder, day)
    till.files = office.files
    staff(till)
    till.take("payers", PAYERS)
    return till


def post(till: Till, notice: str) -> list[tuple[str, str]]:
    """Run the batch; what was posted as (due, yuan)."""
    return [(one["due"], one["amount"]) for one in till.read("run", "batch", notice)["posted"]]


@ready
def insured(folder: Path) -> Till:
    """A policy of 8 million, half of it awarded on 2 September 2024 and paid."""
    till = batch_till(folder, PREMIUM, "2024-09-02")
    till.take(
        "policies",
        "policy_no,insurer,uscc,item,signed_on,liability,premium,launched_on\n"
        f"BD1,示例财险,{A},SX-1,2024-05-06,200000000,8000000,2024-06-20\n",
    )
    till.take("premiums", PREMIUMS + "BD1,paid,2024-05-20,8000000\n")
    apply(till, PREMIUM, f"SB1,{A},BD1,2024-08-01")
    grant(till, "PF1,SB1,2024-09-02,4000000")
    assert post(till, PREMIUM) == [("2024-05-21", "4000000.00")]
    assert pay(till, PREMIUM) == "4000000.00"
    return till


@ready
def staged(folder: Path) -> Till:
    """A project of 10 million: 60 % of 3 million with the grant, awarded on 3 June 2024 and paid."""
    till = batch_till(folder, STAGED, "2024-06-03")
    till.take("projects", f"project_no,uscc,signed_on,claimed\nXM1,{A},2024-01-05,10000000\n")
    apply(till, STAGED, f"SB1,{A},XM1,2024-03-01")
    grant(till, "PF1,SB1,2024-06-03,3000000")
    assert post(till, STAGED) == [("2024-06-04", "1800000.00")]
    assert pay(till, STAGED) == "1800000.00"
    return till


def surrender(till: Till) -> None:
    """A quarter of the premium comes back from the insurer, and is told on 27 December."""
    till.on("2024-12-27").take("premiums", PREMIUMS + "BD1,returned,2024-12-20,2000000\n")


def owed(till: Till) -> list[str]:
    return [one["owed"] for one in till.read("pay", "owed")]


def listed(till: Till) -> list[tuple[str, str, str, str]]:
    """(number, state, taken back by runs, still owed) of every claw-back."""
    return [(one["key"], one["state"], one["posted"], one["owed"]) for one in till.read("clawback", "list")]


def test_a_surrender_after_payment_is_owed_and_the_claw_back_takes_nothing_more(insured: Till) -> None:
    surrender(insured)
    ask = request("ZH-1", "1,000,000", "--premium", RETURNED)
    # Nothing has gone back yet, so there is nothing to name.
    assert code(insured.say(*ask)) == "clawback_exceeds"
    assert post(insured, PREMIUM) == [("2024-12-21", "-1000000.00")]
    assert owed(insured) == ["1000000.00"]
    assert code(insured.say(*request("ZH-1", "1,000,000.01", "--premium", RETURNED))) == "clawback_exceeds"
    insured.do(*ask)
    agree(insured)
    assert listed(insured) == [("ZH-1", "owed", "1000000.00", "1000000.00")]
    assert post(insured, PREMIUM) == []
    assert owed(insured) == ["1000000.00"]
    # What one claw-back names another cannot.
    assert code(insured.say(*request("ZH-2", "0.01", "--premium", RETURNED))) == "clawback_exceeds"
    recover = ("pay", "recover", "PF1", "1000000", "--on", "2024-12-27", "--document", "SH-1")
    insured.do(*recover)
    assert listed(insured) == [("ZH-1", "settled", "1000000.00", "0.00")]
    assert insured.balances("fin/5001", "fin/2303") == {"fin/5001": "3000000.00", "fin/2303": "0.00"}
    insured.verify()
    insured.do("audit", "replay")


def test_only_premium_that_was_returned_on_the_policy_of_the_line(insured: Till) -> None:
    surrender(insured)
    post(insured, PREMIUM)
    assert code(insured.say(*request("ZH-1", "1", "--premium", "BD1/paid/2024-05-20/1"))) == "refund_differs"
    assert code(insured.say(*request("ZH-1", "1", "--premium", "BD1/returned/2024-12-21/1"))) == "premium_unknown"


def found(till: Till) -> None:
    till.take("inspections", HEADINGS + "JC1,PF1,2024-06-03,claw_back,equipment sold,2024-12-31,\n")


def test_what_an_inspection_found_comes_on_top_of_a_surrender_before_it(insured: Till) -> None:
    """3,000,000 are left after the surrender; 500,000 of them are clawed back."""
    surrender(insured)
    post(insured, PREMIUM)
    found(insured)
    insured.do(*request("ZH-1", "500,000", "--inspection", "JC1"))
    agree(insured)
    assert post(insured, PREMIUM) == [("2024-12-28", "-500000.00")]
    assert owed(insured) == ["1500000.00"]
    assert listed(insured) == [("ZH-1", "owed", "500000.00", "500000.00")]


def test_a_surrender_after_the_claw_back_counts_towards_it(insured: Till) -> None:
    """1,500,000 are clawed back; the surrender alone takes 1,000,000 back: 1,500,000 in all."""
    found(insured)
    insured.do(*request("ZH-1", "1,500,000", "--inspection", "JC1"))
    agree(insured)
    assert post(insured, PREMIUM) == [("2024-09-03", "-1500000.00")]
    surrender(insured)
    assert post(insured, PREMIUM) == [("2024-09-03", "1000000.00"), ("2024-12-21", "-1000000.00")]
    assert owed(insured) == ["1500000.00"]
    insured.verify()
    insured.do("audit", "replay")


def test_a_failed_acceptance_takes_back_by_itself(staged: Till) -> None:
    """Half was done: half of the 1,800,000 that were paid comes back, and no further stage is paid."""
    staged.on("2024-10-10").take("milestones", MILESTONES + "XM1,acceptance,2024-10-08,,50%\n")
    assert post(staged, STAGED) == [("2024-10-09", "-900000.00")]
    assert owed(staged) == ["900000.00"]
    assert staged.read("clawback", "list") == []
    staged.do("pay", "recover", "PF1", "900000", "--on", "2024-10-10", "--document", "SH-1")
    assert owed(staged) == []
    staged.verify()


def test_an_acceptance_that_fails_after_the_claw_back_counts_towards_it(staged: Till) -> None:
    """600,000 of 1,800,000 are clawed back. Nothing was done: 1,800,000 come back in all, not 2,400,000."""
    found(staged)
    staged.do(*request("ZH-1", "600,000", "--inspection", "JC1"))
    agree(staged)
    # A batch counts the day on which it is run.
    assert post(staged, STAGED) == [("2024-06-04", "-600000.00")]
    staged.on("2024-10-10").take("milestones", MILESTONES + "XM1,acceptance,2024-10-08,,0%\n")
    post(staged, STAGED)
    assert owed(staged) == ["1800000.00"]
    assert staged.read("explain", "PF1")[0]["digest"]["award_fen"] == 0
    staged.verify()
    staged.do("audit", "replay")


def test_what_was_paid_in_a_prior_year_is_no_saving_of_this_year(staged: Till) -> None:
    """Dr 1218 / Cr 3501: the expense of 2024 stays as it was closed."""
    staged.on("2025-03-03")
    found(staged)
    staged.do(*request("ZH-1", "600,000", "--inspection", "JC1"))
    agree(staged)
    assert post(staged, STAGED) == [("2025-03-04", "-600000.00")]
    assert staged.balances("fin/5001", "fin/3501", "fin/1218", "fin/2303") == {
        "fin/5001": "1800000.00",
        "fin/3501": "-600000.00",
        "fin/1218": "600000.00",
        "fin/2303": "0.00",
    }
    staged.do("pay", "recover", "PF1", "600000", "--on", "2025-03-03", "--document", "SH-1")
    assert listed(staged) == [("ZH-1", "settled", "600000.00", "0.00")]
    assert staged.balances("fin/1218") == {"fin/1218": "0.00"}
    staged.verify()
    staged.do("audit", "replay")


LATER = {
    "audit": lambda till: till.take("milestones", MILESTONES + "XM1,audit,2024-09-02,9000000,\n"),
    "acceptance": lambda till: till.take("milestones", MILESTONES + "XM1,acceptance,2024-10-08,,90%\n"),
    "meeting": lambda till: till.do(
        *("decide", "meeting", "--about", "SB1", "--amount", "2500000", "--document", "JY-1", "--reason", "minutes")
    ),
}


@pytest.mark.parametrize("order", list(permutations(LATER)), ids="-".join)
def test_what_comes_after_the_claw_back_may_come_in_any_order(staged: Till, order: tuple[str, ...]) -> None:
    """600,000 of 1,800,000 are clawed back, so 1,200,000 are kept.

    30 % of the 9 million audited are 2.7 million, the meeting says 2.5; 60 % of that are 1,500,000, and 90 % of it was
    done: 1,350,000. So the claw-back still takes 150,000.
    """
    found(staged)
    staged.do(*request("ZH-1", "600,000", "--inspection", "JC1"))
    agree(staged)
    staged.on("2024-10-10")
    for name in order:
        LATER[name](staged)
        staged.do("run", "batch", STAGED)
    assert post(staged, STAGED) == []
    with staged.ledger.read() as view:
        assert sum(award.amount_fen for award in posted_awards(view).values()) == 120_000_000
    assert owed(staged) == ["600000.00"]
    assert listed(staged)[0][2] == "150000.00"


def test_the_list_of_the_batch_shows_what_was_computed_and_what_is_left(staged: Till) -> None:
    found(staged)
    staged.do(*request("ZH-1", "600,000", "--inspection", "JC1"))
    agree(staged)
    # A list shows what a project comes to when it is carried out: 30 % of 10 million, less 600,000.
    [one] = staged.read("run", "batch", STAGED, "--dry-run")["applications"]
    assert (one["computed"], one["award"]) == ("3000000.00", "2400000.00")
