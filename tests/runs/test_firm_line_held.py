"""A condition over a firm's lines is not decided on what is left of them while one is held: nothing is taken back."""

from pathlib import Path
from typing import Any

from tests.registry.test_withdrawals import number, sound
from tests.runs.test_line_failed import HEADING, WRONG, two_loans
from tests.runs.test_row_held import BAD, EVENTS, GOOD, MENDED, SCOPE
from tests.support.copies import ready
from tests.support.office import LENDER, Office

# 19 days of March: 33,725.00 on HT1, 3,420.00 on HT2, together 37,145.00.
LEAST = '  - {kind: firm_interest_at_least, amount: "35,000", basis: guide.III.2.2}\n'


def waits(line: str, item: str, other: str, held: str) -> dict[str, Any]:
    values = {"condition": "firm_interest_at_least", "line": other, "held": held}
    return {"line": line, "code": "line_failed", "cause": "firm_line_held", "fact": item, "values": values}


@ready
def office(folder: Path) -> Office:
    """March is run: both loans of the firm reach the 35,000.00 together, and HT1 alone does not."""
    office = two_loans(folder, condition=LEAST)
    office.report("2024-03-31")
    assert office.posted("2024-03") == [("2024-03-20", "16862.50"), ("2024-03-20", "1710.00")]
    return office


def test_a_line_waits_for_the_one_that_fails_and_goes_on_where_it_reaches_the_least_alone(office: Office) -> None:
    office.on("2024-05-02").take("loans", HEADING + WRONG)
    office.report("2024-04-30", "HT2,drawdown,2019-05-06,,1000000,\n")
    outcome = office.run("2024-04")
    assert (outcome["posted"], outcome["refused"]) == ([], [])
    assert outcome["held"][0] == waits("PF1", "HT1", "PF2", "HT2")
    assert [(one["line"], one["cause"]) for one in outcome["held"][1:]] == [("PF2", "benchmark_unknown")]
    said = office.do("explain", "PF1", "--month", "2024-04")
    assert "HT1: firm_interest_at_least is asked of the firm's lines together, and PF2 (HT2) of them is held" in said
    # 92 days of 18m and from 9 May 30m: 213,000.00 more on HT1 alone, half of it.
    office.on("2024-07-01").report("2024-06-30", GOOD)
    outcome = office.run("2024-06")
    assert [(one["line"], one["amount"]) for one in outcome["posted"]] == [("PF1", "106500.00")]
    assert [one["line"] for one in outcome["held"]] == ["PF2"]
    sound(office)


def test_a_line_waits_for_the_one_that_a_row_holds(office: Office) -> None:
    office.on("2024-05-02")
    bad = BAD.replace("2024-05-20", "2024-04-20")
    office.take("events", EVENTS + bad, *SCOPE[:-1], "2024-04-30", "--hold-bad")
    outcome = office.run("2024-04")
    assert (outcome["posted"], outcome["refused"]) == ([], [])
    assert [(one["line"], one["code"]) for one in outcome["held"]] == [("PF1", "line_failed"), ("PF2", "row_held")]
    assert outcome["held"][0] == waits("PF1", "HT1", "PF2", "HT2")
    # The row is mended: both are decided again, and nothing has changed by March.
    office.take("events", EVENTS + MENDED.replace("2024-05-20", "2024-04-20"), *SCOPE[:-1], "2024-04-30")
    outcome = office.run("2024-04")
    assert (outcome["posted"], outcome["held"], outcome["refused"]) == ([], [], [])
    sound(office)


def test_a_line_waits_for_the_one_whose_lender_has_not_reported(tmp_path: Path) -> None:
    """12m more on HT1 for 18 days: 21,300.00, so 55,025.00 and 3,420.00 reach 57,000.00 together."""
    office = two_loans(tmp_path, condition=LEAST.replace("35,000", "57,000"), second="Bank B")
    office.report("2024-03-31", "HT1,drawdown,2024-03-02,,12000000,\n")
    march = number(office, "event")
    office.report("2024-03-31", lender="Bank B")
    assert office.posted("2024-03") == [("2024-03-20", "27512.50"), ("2024-03-20", "1710.00")]
    office.on("2024-05-02").report("2024-04-30", lender="Bank B")
    confirmed = ("--confirm", "HT1")
    office.do("import", "withdraw", march, "--reason", "the file of another bank", *confirmed)
    office.do("decide", "lender-exception", "--about", f"{LENDER}/2024-04", "--reason", "system moved")
    outcome = office.run("2024-04")
    # Without that report HT1 comes to 33,725.00: nothing of it is taken back, and nothing of its sibling.
    assert (outcome["posted"], outcome["refused"]) == ([], [])
    assert [(one["line"], one["code"]) for one in outcome["held"]] == [
        ("PF1", "lender_not_reported"),
        ("PF2", "line_failed"),
    ]
    assert outcome["held"][1] == waits("PF2", "HT2", "PF1", "HT1")
    sound(office)
