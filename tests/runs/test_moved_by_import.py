"""What a register file changes of what is posted is shown before it is taken: line, amount, what comes next."""

import json
from pathlib import Path
from typing import Any

from tests.runs.test_batch_run import CLAIMS
from tests.runs.test_line_failed import HEADING, HT1, HT2, WRONG, two_loans
from tests.support.batch_office import INCENTIVE, A, apply, grant, open_batch_office, posted
from tests.support.copies import ready
from tests.support.office import LENDER, Office

FULL = ("--mode", "full", "--lender", LENDER)
EVENTS = "contract_no,kind,date,amount\n"
# HT1 bears 18m at 3.55 % over 19 days, half of it: 16,862.50; HT2 1.8m at 3.60 %: 1,710.00.
MARCH = "HT1,drawdown,2024-01-10,10000000\nHT1,drawdown,2024-02-26,8000000\nHT2,drawdown,2024-02-20,1800000\n"


@ready
def office(folder: Path) -> Office:
    """March is run."""
    office = two_loans(folder)
    office.report("2024-03-31")
    office.run("2024-03")
    return office


def bring(office: Office, register: str, text: str, *words: str) -> str:
    return office.take(register, text, *words, "--preview")


def moved(office: Office, register: str, text: str, *words: str) -> list[tuple[str, str, str, str]]:
    said: dict[str, Any] = json.loads(bring(office, register, text, *words, "--json"))
    return [(one["item"], one["line"], one["posted"], one["next_run"]) for one in said["posted"]]


REPORT = (*FULL, "--through", "2024-03-31")


def test_a_drawdown_made_smaller_says_what_the_next_run_takes_back(office: Office) -> None:
    """8m becomes 3.5m: 4.5m x 19 days x 3.55 % / 360 = 8,431.25, half of it 4,215.625; 12,646.875 rounds up."""
    text = EVENTS + MARCH.replace("8000000\nHT2", "3500000\nHT2")
    assert moved(office, "events", text, *REPORT) == [("HT1", "PF1", "16862.50", "-4215.62")]
    (office.folder / "events.csv").write_text(text, encoding="utf-8")
    said = bring(office, "events", text, *REPORT)
    assert "Something is posted on what this file changes:\n" in said
    assert "HT1   PF1    16,862.50  -4,215.62\n" in said
    assert "The next run would take back 4,215.62 yuan; if that is not right, bring the right file before it." in said
    said = office.say("--lang", "zh", "import", "events", str(office.folder / "events.csv"), *REPORT, "--preview")
    assert "下次核算将冲回 4,215.62 元；如不应冲回，请在此之前导入正确的文件。" in said.stdout
    assert "新增 0，变更 1，未变 2，作废 0（贷款变动台账）" in said.stdout
    # Taken in it says so too, and so it comes.
    assert "would take back 4,215.62 yuan" in office.take("events", text, *REPORT)
    assert office.posted("2024-03") == [("2024-03-20", "-4215.62")]


def test_what_was_paid_is_calculated_where_it_changes(tmp_path: Path) -> None:
    """10m over 47 days and 18m over 23 from 10 January, 3.55 %/360: 46,347.22 + 40,825.00.

    The bank says 80,000.00 later: the line is held from there on, and nothing comes back.
    """
    office = two_loans(tmp_path)
    text = "contract_no,due,interest,paid_on\nHT1,2024-03-20,{paid},2024-03-21\n"
    office.report("2024-03-31")
    office.take("receipts", text.format(paid="87172.22"))
    office.run("2024-03")
    assert moved(office, "receipts", text.format(paid="87172.22"), "--mode", "delta") == []
    more = text.format(paid="80000")
    assert moved(office, "receipts", more, "--mode", "delta") == [("HT1", "PF1", "16862.50", "0.00")]


def test_the_terms_of_a_loan_and_what_falls_are_calculated_too(office: Office) -> None:
    # 3.50 % instead of 3.60 %: 1.8m x 19 x 3.5 % / 360 = 3,325.00, half of it 1,662.50.
    lower = HEADING + HT1 + HT2.replace("3.60%", "3.50%")
    assert moved(office, "loans", lower, *FULL) == [("HT2", "PF2", "1710.00", "-47.50")]
    words = (*FULL, "--confirm-void", "HT2", "--reason", "the bank sold the loan")
    assert moved(office, "loans", HEADING + HT1, *words) == [("HT2", "PF2", "1710.00", "-1710.00")]


def test_nothing_is_said_of_days_after_what_is_posted(office: Office) -> None:
    assert moved(office, "events", EVENTS + MARCH, *REPORT) == []
    office.on("2024-05-02")
    later = EVENTS + MARCH + "HT1,drawdown,2024-04-09,12000000\n"
    assert moved(office, "events", later, *FULL, "--through", "2024-04-30") == []
    # One that comes late is of days that are posted: 1m over 9 days from 11 March, 887.50, half of it.
    late = EVENTS + "HT1,drawdown,2024-03-11,1000000\n"
    assert moved(office, "events", late, "--mode", "delta") == [("HT1", "PF1", "16862.50", "443.75")]


def test_what_refuses_a_firm_is_told_of_all_its_lines(tmp_path: Path) -> None:
    honest = "  - {kind: no_serious_dishonesty, years: 3, repaired: counts, basis: guide.III.2.2}\n"
    office = two_loans(tmp_path, condition=honest)
    office.report("2024-03-31")
    office.run("2024-03")
    text = "uscc,decided_on,document\n91310115591693856A,2023-05-04,失信〔2023〕1号\n"
    assert moved(office, "dishonesty", text, "--mode", "delta") == [
        ("HT1", "PF1", "16862.50", "-16862.50"),
        ("HT2", "PF2", "1710.00", "-1710.00"),
    ]


def test_a_line_that_cannot_be_calculated_any_more_keeps_what_is_posted(office: Office) -> None:
    """The lender takes a contract of 2019 for HT2: no LPR is known for its day, so the line is held."""
    text = EVENTS + MARCH + "HT2,drawdown,2019-05-06,1000000\n"
    office.take("loans", HEADING + HT1 + WRONG, *FULL)
    assert moved(office, "events", text, *REPORT) == [("HT2", "PF2", "1710.00", "0.00")]


def test_a_line_loses_by_what_a_file_says_of_another_one(tmp_path: Path) -> None:
    """The firm's interest of March is 33,725.00 + 3,420.00; with 3.50 % instead of 3.60 % it comes to 37,050.00."""
    least = '  - {kind: firm_interest_at_least, amount: "37,100", basis: guide.III.2.2}\n'
    office = two_loans(tmp_path, condition=least)
    office.report("2024-03-31")
    office.run("2024-03")
    lower = HEADING + HT1 + HT2.replace("3.60%", "3.50%")
    assert moved(office, "loans", lower, *FULL) == [
        ("HT1", "PF1", "16862.50", "-16862.50"),
        ("HT2", "PF2", "1710.00", "-1710.00"),
    ]


def test_a_claim_made_smaller_is_calculated_with_its_batch(tmp_path: Path) -> None:
    """A tape-out by MPW gets half of its cost: 4,000,000 make 2,000,000, 3,000,000 make 1,500,000."""
    office = open_batch_office(tmp_path, INCENTIVE, "2023-12-01")
    row = f"JL1,{A},2023-06-30,{{base}},category=mpw\n"
    office.take("claims", CLAIMS + row.format(base=4000000))
    apply(office, INCENTIVE, f"SB1,{A},JL1,2023-10-09")
    grant(office, "PF1,SB1,2023-12-01,2000000")
    assert posted(office, INCENTIVE) == [("PF1", "2023-07-01", "2000000.00")]
    text = CLAIMS + row.format(base=3000000)
    assert moved(office, "claims", text, "--mode", "full") == [("JL1", "PF1", "2000000.00", "-500000.00")]
    assert moved(office, "claims", CLAIMS + row.format(base=4000000), "--mode", "full") == []
