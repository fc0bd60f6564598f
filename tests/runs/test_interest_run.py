"""The monthly run over the design's example loan: what it posts, what it repeats, what it corrects, what it refuses.

The figures are those of the example notice: share of 50 % of interest to date is lower than 2 points, so a due period's
award is the difference of half the interest to date, rounded half-up to the fen each time.

    due      interest                                              to date      half, rounded
    03-20    18,000,000 x 19 d                      33,725.00     33,725.00     16,862.50
    06-20    18,000,000 x 50 d + 30,000,000 x 42 d 213,000.00    246,725.00    123,362.50
    09-20    30,000,000 x 92 d                     272,166.67    518,891.67    259,445.84  (259,445.835 is a tie)
    12-20    30,000,000 x 91 d                     269,208.33    788,100.00    394,050.00
"""

from pathlib import Path

import pytest

from ledger.book.digests import digest_at, hash_of
from ledger.store.ledger import Ledger
from tests.support.office import LENDER, NOTICE, USCC, Office, beijing_only, open_office

SECOND, THIRD = "HT1,drawdown,2024-02-26,,8000000,\n", "HT1,drawdown,2024-05-09,,12000000,\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def through_march(office: Office) -> Office:
    office.on("2024-04-01").report("2024-03-31", SECOND)
    return office


def through_june(office: Office) -> Office:
    through_march(office).posted("2024-03")
    office.on("2024-07-01").report("2024-06-30", THIRD)
    return office


def payable(office: Office) -> str:
    """The balance of 2303, subsidies payable: a credit is negative."""
    accounts = office.read("book", "trial-balance")["accounts"]
    return next(account["balance"] for account in accounts if (account["chart"], account["code"]) == ("fin", "2303"))


def test_a_year_of_months_sums_to_the_notice_s_own_award(office: Office) -> None:
    through_march(office)
    assert office.posted("2024-03") == [("2024-03-20", "16862.50")]
    office.on("2024-07-01").report("2024-06-30", THIRD)
    assert office.posted("2024-06") == [("2024-06-20", "106500.00")]
    office.on("2024-10-02").report("2024-09-30")
    assert office.posted("2024-09") == [("2024-09-20", "136083.34")]
    office.on("2025-01-02").report("2024-12-31")
    assert office.posted("2024-12") == [("2024-12-20", "134604.16")]
    office.on("2025-02-03").report("2025-01-31")
    assert office.posted("2025-01") == []  # the window ended on 2024-12-19
    assert payable(office) == "-394050.00"


def test_running_a_month_twice_posts_nothing_and_appends_nothing(office: Office) -> None:
    through_march(office).posted("2024-03")
    before = office.read("run", "list")
    again = office.run("2024-03")
    assert (again["entries"], again["closed"]) == (0, 0)
    assert office.read("run", "list") == before


def test_a_first_run_with_nothing_due_is_still_a_run(office: Office) -> None:
    office.report("2024-02-29")
    assert office.run("2024-02")["entries"] == 0
    assert [(one["month"], one["state"], one["count"]) for one in office.read("run", "list")] == [
        ("2024-02", "closed", 0)
    ]


def test_a_dry_run_writes_nothing(office: Office) -> None:
    outcome = through_march(office).read("run", "interest", "--month", "2024-03", "--dry-run")
    assert [one["amount"] for one in outcome["posted"]] == ["16862.50"]
    assert office.read("run", "list") == []


def test_months_left_out_are_caught_up(office: Office) -> None:
    office.on("2024-07-01").report("2024-06-30", SECOND + THIRD)
    assert office.posted("2024-06") == [("2024-03-20", "16862.50"), ("2024-06-20", "106500.00")]


def test_a_late_prepayment_shows_as_a_true_up_on_both_digests(office: Office) -> None:
    """The bank reports in July that 2,000,000 was repaid on 20 May.

    06-20: 18m x 50 d + 30m x 11 d + 28m x 31 d = 900m + 330m + 868m = 2,098m yuan-days x 3.55 % / 360 = 206,886.11,
    to date 33,725.00 + 206,886.11 = 240,611.11, half 120,305.555 -> 120,305.56, less 16,862.50 = 103,443.06:
    103,443.06 - 106,500.00 = -3,056.94.
    """
    through_june(office).posted("2024-06")
    office.on("2024-08-01").report("2024-07-31", "HT1,repayment,2024-05-20,,2000000,\n")
    outcome = office.run("2024-07")
    assert outcome["posted"] == [{"line": "PF1", "due": "2024-06-20", "amount": "-3056.94", "true_up": True}]
    [explained] = office.read("explain", "PF1")
    entry = explained["entries"][-1]
    assert (entry["reason"], entry["amount"]) == ("true_up", "-3056.94")
    number = office.read("book", "account", "fin/2303")["postings"][-1]["entry"]
    record = office.read("book", "entry", str(number))
    with Ledger.open(office.url).read() as view:
        replaced = digest_at(view, record["replaces"])
    assert replaced is not None
    assert record["replaced_digest"] == hash_of(replaced)
    assert record["digest"]["award_fen"] - replaced["award_fen"] == -305_694


def test_a_run_taken_back_is_run_again_the_same(office: Office) -> None:
    through_june(office)
    assert office.posted("2024-06") == [("2024-06-20", "106500.00")]
    office.do("run", "withdraw", "2024-06", "--reason", "wrong file")
    assert office.read("run", "list")[-1]["state"] == "withdrawn"
    assert payable(office) == "-16862.50"
    assert office.posted("2024-06") == [("2024-06-20", "106500.00")]


def test_only_the_latest_run_can_be_taken_back(office: Office) -> None:
    through_june(office).posted("2024-06")
    refused = office.say("run", "withdraw", "2024-03", "--reason", "too late")
    assert refused.exit_code == 2
    assert "[run_not_latest]" in refused.stderr


def test_going_back_is_refused(office: Office) -> None:
    through_june(office).posted("2024-06")
    refused = office.say("run", "interest", "--month", "2024-03")
    assert refused.exit_code == 2
    assert refused.stderr == (
        "2024-03 lies before 2024-06, the last month that was run; run 2024-06 again or a later month; "
        "a late fact of 2024-03 shows there as a true-up [month_behind]\n"
    )


def test_a_month_is_run_when_it_is_over(office: Office) -> None:
    through_march(office).on("2024-03-31")
    refused = office.say("run", "interest", "--month", "2024-03")
    assert (refused.exit_code, "[month_not_over]" in refused.stderr) == (2, True)
    assert office.on("2024-04-01").posted("2024-03") == [("2024-03-20", "16862.50")]


@pytest.mark.parametrize("month", ["2024-13", "2024-3", "March", "2024-03-01", "9999-12", "0001-01"])
def test_a_month_is_written_in_one_way(office: Office, month: str) -> None:
    refused = office.say("run", "interest", "--month", month)
    assert (refused.exit_code, "[month_malformed]" in refused.stderr) == (2, True)


def test_a_silent_lender_stops_the_month_until_it_reports(office: Office) -> None:
    office.on("2024-04-01").report("2024-03-30", SECOND)
    refused = office.say("run", "interest", "--month", "2024-03")
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"{LENDER} has not reported its events through 2024-03-31; ")
    assert office.read("run", "list") == []
    office.report("2024-03-31")  # "nothing happened" is a report
    assert office.posted("2024-03") == [("2024-03-20", "16862.50")]


def test_a_silent_lender_may_be_excepted_for_one_month(office: Office) -> None:
    office.on("2024-04-01").report("2024-03-30", SECOND)
    office.do("decide", "lender-exception", "--about", f"{LENDER}/2024-03", "--reason", "system moved, list by letter")
    assert office.posted("2024-03") == [("2024-03-20", "16862.50")]
    office.on("2024-05-02")
    assert office.say("run", "interest", "--month", "2024-04").exit_code == 2


def test_a_receipt_that_differs_holds_its_period_and_the_later_ones(office: Office) -> None:
    """Ours for 21 December to 20 March: 10m x 47 d + 18m x 23 d = 884m yuan-days x 3.55 % / 360 = 87,172.22."""
    through_march(office)
    office.take(
        "receipts",
        "contract_no,due,interest,paid_on\nHT1,2024-03-20,80000.00,2024-03-21\n",
        "--mode", "delta", "--lender", LENDER,
    )  # fmt: skip
    outcome = office.run("2024-03")
    assert outcome["posted"] == []
    assert outcome["held"] == [
        {"line": "PF1", "due": "2024-03-20", "code": "receipt_differs", "ours": "87172.22", "receipt": "80000.00"}
    ]
    office.on("2024-07-01").report("2024-06-30", THIRD)
    assert office.posted("2024-06") == []  # the later period waits too
    office.do("decide", "release-hold", "--about", "PF1/2024-03-20", "--reason", "the bank booked the rest in April")
    assert office.posted("2024-06") == [("2024-03-20", "16862.50"), ("2024-06-20", "106500.00")]


def test_a_firm_outside_beijing_is_refused_by_name_and_clause(tmp_path: Path) -> None:
    office = open_office(tmp_path, notice=beijing_only(tmp_path))
    office.take("entities", f"uscc,name,district,district_from\n{USCC},示例企业,廊坊市,2015-03-02\n")
    outcome = through_march(office).run("2024-03")
    assert outcome["posted"] == []
    assert outcome["refused"] == [{"line": "PF1", "codes": [{"code": "not_registered", "clause": "guide.III.2.2"}]}]


def test_a_firm_that_moved_to_beijing_before_it_applied_is_not_refused(tmp_path: Path) -> None:
    office = open_office(tmp_path, notice=beijing_only(tmp_path))
    heading = "uscc,name,district,district_from\n"
    moved = f"{USCC},示例企业,廊坊市,2015-03-02\n{USCC},示例企业,海淀区,2024-02-01\n"
    office.take("entities", heading + moved, "--mode", "full")
    assert through_march(office).posted("2024-03") == [("2024-03-20", "16862.50")]


def test_what_was_paid_comes_back_when_the_loan_falls_out_of_the_bank_s_register(office: Office) -> None:
    through_march(office).posted("2024-03")
    other = "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
    other += f"HT2,{LENDER},{USCC},2024-01-08,2026-01-10,1000000,ACT/360,quarter,20,no,3.55%\n"
    right = ("--confirm-void", "HT1", "--reason", "the bank says that it was repaid elsewhere")
    office.on("2024-05-06").take("loans", other, "--mode", "full", "--lender", LENDER, *right)
    office.report("2024-04-30")
    # The loan is gone, and whose it was is said all the same.
    assert f"PF1   {USCC}  HT1 " in office.do("run", "interest", "--month", "2024-04", "--dry-run")
    outcome = office.run("2024-04")
    assert [(one["due"], one["amount"]) for one in outcome["posted"]] == [("2024-03-20", "-16862.50")]
    assert outcome["refused"] == [{"line": "PF1", "codes": [{"clause": "registers", "code": "loan_unknown"}]}]


def test_the_ceiling_granted_is_never_passed(tmp_path: Path) -> None:
    """Granted 100,000.00 in all: 16,862.50 in March, then 83,137.50 of the 106,500.00 of June."""
    office = open_office(tmp_path, ceiling="100000")
    through_march(office).posted("2024-03")
    office.on("2024-07-01").report("2024-06-30", THIRD)
    assert office.posted("2024-06") == [("2024-06-20", "83137.50")]


def test_a_notice_older_than_the_ledger_waits_for_its_opening_position(tmp_path: Path) -> None:
    office = open_office(tmp_path, day="2024-08-01")
    office.on("2024-09-02").report("2024-08-31", SECOND + THIRD)
    refused = office.say("run", "interest", "--month", "2024-08")
    assert (refused.exit_code, "[opening_missing]" in refused.stderr) == (2, True)
    path = tmp_path / "paid.csv"
    path.write_text(
        f"uscc,line,due,amount\n{USCC},PF1,2024-03-20,16862.50\n{USCC},PF1,2024-06-20,100000.00\n", encoding="utf-8"
    )
    office.opening("import", str(path), "--notice", NOTICE)
    assert office.posted("2024-08") == [("2024-06-20", "6500.00")]
