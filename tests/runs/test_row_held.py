"""A bad row of a bank's file stops its own loan: the others are run, and what stands on the loan stays."""

import json
from pathlib import Path
from typing import Any

from tests.runs.test_line_failed import HEADING, HT1, HT2, two_loans
from tests.support.copies import ready
from tests.support.office import LENDER, Office

EVENTS = "contract_no,kind,date,end_date,amount,rate\n"
# HT1 draws its third part; of HT2 a row says that 300,000 of 1,800,000 were repaid, in letters.
GOOD = "HT1,drawdown,2024-05-09,,12000000,\n"
BAD = "HT2,repayment,2024-05-20,,三十万,\n"
MENDED = "HT2,repayment,2024-05-20,,300000,\n"
SCOPE = ("--mode", "delta", "--lender", LENDER, "--through", "2024-06-30")


@ready
def office(folder: Path) -> Office:
    """March is run: 16,862.50 for HT1, 1,710.00 for HT2 (19 days at 90.00); June is reported with a bad row."""
    office = two_loans(folder)
    office.report("2024-03-31")
    assert office.posted("2024-03") == [("2024-03-20", "16862.50"), ("2024-03-20", "1710.00")]
    office.on("2024-07-01")
    assert "Held" in office.take("events", EVENTS + GOOD + BAD, *SCOPE, "--hold-bad")
    return office


def verified(office: Office) -> Any:
    """What verification says; without a checkpoint brought along it ends in 3."""
    return json.loads(office.say("audit", "verify", "--json").stdout)


def sound(office: Office) -> None:
    assert verified(office)["damages"] == []
    assert json.loads(office.do("audit", "replay", "--json"))["same"] is True


def test_its_loan_is_held_and_the_others_are_run(office: Office) -> None:
    outcome = office.run("2024-06")
    # 92 days: 18m and from 9 May 30m at 3.55 % / 360, half of it: 213,000.00 / 2.
    assert [(one["line"], one["amount"]) for one in outcome["posted"]] == [("PF1", "106500.00")]
    held = {
        "line": "PF2",
        "code": "row_held",
        "cause": "amount_malformed",
        "fact": "HT2",
        "values": {"register": "event", "file": f"{office.files:02d}-events.csv", "row": "3"},
    }
    assert outcome["held"] == [held]
    assert office.read("run", "show", str(outcome["proposal"]))["held"] == [held]
    assert "HT2: row 3 of" in office.do("run", "show", str(outcome["proposal"]))
    assert "row_held: HT2: row 3 of" in office.do("explain", "PF2")
    [listed] = office.read("import", "holds")
    assert (listed["stops"], listed["row"], listed["problems"][0]["code"]) == ("HT2", 3, "amount_malformed")
    assert "三十万" in office.do("import", "holds")
    sound(office)
    # Nothing new to say: a repeat writes nothing.
    assert office.run("2024-06")["proposal"] == 0


def test_it_falls_with_the_mended_row_and_the_line_is_made_up(office: Office) -> None:
    office.run("2024-06")
    assert "No longer held" in office.take("events", EVENTS + GOOD + MENDED, *SCOPE)
    assert office.read("import", "holds") == []
    # 20 March to 20 June: 61 days of 1.8m and 31 of 1.5m at 3.60 % / 360, half of it: 90.00 and 75.00 a day.
    assert office.posted("2024-06") == [("2024-06-20", "7815.00")]
    sound(office)


def test_a_file_with_another_row_leaves_it_held(office: Office) -> None:
    office.take("events", EVENTS + "HT2,repayment,2024-06-03,,100000,\n", *SCOPE)
    assert [one["stops"] for one in office.read("import", "holds")] == ["HT2"]


def test_an_equal_row_of_a_later_day_is_not_the_held_one_whose_day_was_wrong(office: Office) -> None:
    """HT2 repays 300,000 of 1,800,000 on a day that is none, in a file without `--through`, taken on 1 July."""
    office.take("events", EVENTS + GOOD + MENDED, *SCOPE)
    assert office.read("import", "holds") == []
    row = "HT2,repayment,{},,300000,\n"
    office.take("events", EVENTS + row.format("2024-06-31"), "--mode", "delta", "--hold-bad")
    office.on("2024-08-01").take("events", EVENTS + row.format("2024-07-02"), "--mode", "delta")
    assert [one["stops"] for one in office.read("import", "holds")] == ["HT2"]
    office.take("events", EVENTS + row.format("2024-06-30"), "--mode", "delta")
    assert office.read("import", "holds") == []


def test_the_same_bad_file_again_writes_nothing(office: Office) -> None:
    before = verified(office)["size"]
    office.take("events", EVENTS + GOOD + BAD, *SCOPE, "--hold-bad")
    assert verified(office)["size"] == before


def test_a_full_file_with_a_bad_row_makes_nothing_of_its_loan_void(office: Office) -> None:
    bad = HT2.replace("3.60%", "360%")
    said = json.loads(
        office.take("loans", HEADING + HT1 + bad, "--mode", "full", "--lender", LENDER, "--hold-bad", "--json")
    )
    assert (said["same"], said["void"], [one["stops"] for one in said["held"]]) == (1, 0, ["HT2"])
    # The right file lets the loan go; the row of events is still held.
    office.take("loans", HEADING + HT1 + HT2, "--mode", "full", "--lender", LENDER)
    assert [one["register"] for one in office.read("import", "holds")] == ["event"]


def test_a_new_loan_with_a_bad_row_is_held_not_missing(office: Office) -> None:
    office.take("events", EVENTS + GOOD + MENDED, *SCOPE)
    row = HT1.replace("HT1", "HT3").replace("3.55%", "letters")
    office.take("loans", HEADING + row, "--mode", "delta", "--hold-bad")
    # What happens to it is held with it.
    office.take("events", EVENTS + "HT3,drawdown,2024-05-09,,1000000,\n", *SCOPE, "--hold-bad")
    office.take(
        "applications",
        "application_no,uscc,notice,item,applied_on\n"
        "SB3,91310115591693856A,example-loan-interest-discount,HT3,2024-03-01\n",
    )
    office.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
        "PF3,SB3,granted,2024-03-15,批〔2024〕3号,500000,ecny\n",
    )
    outcome = office.run("2024-06")
    assert [(one["line"], one["code"]) for one in outcome["held"]] == [("PF3", "row_held")] * 2
    assert outcome["refused"] == []
    sound(office)


def test_others_leave_the_room_that_a_held_line_will_need(tmp_path: Path) -> None:
    office = two_loans(tmp_path, cap="20,000")
    office.report("2024-03-31")
    # Both stand in one cap of 20,000.00 per firm and year, of which 1,427.50 are left.
    assert office.posted("2024-03") == [("2024-03-20", "16862.50"), ("2024-03-20", "1710.00")]
    office.on("2024-07-01").take("events", EVENTS + "HT1,drawdown,2024-05-09,,x,\n", *SCOPE, "--hold-bad")
    # PF1 comes first in the order, so the rest is its own, while it is held as well.
    assert office.posted("2024-06") == []
    office.take("events", EVENTS + GOOD, *SCOPE)
    assert office.run("2024-06")["posted"] == [
        {"line": "PF1", "due": "2024-06-20", "amount": "1427.50", "true_up": False}
    ]
    sound(office)
