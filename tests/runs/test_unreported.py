"""What was reported and taken back is not reported, whatever later reports stand: nothing is taken back for that."""

import json
from datetime import date
from pathlib import Path

from ledger.log import kinds
from ledger.registry.lending import Heard, heard
from ledger.store.ledger import Ledger
from tests.registry.test_withdrawals import number, sound
from tests.runs.test_line_failed import two_loans
from tests.support.copies import ready
from tests.support.office import LENDER, Office

THIRD = "HT1,drawdown,2024-03-02,,12000000,\n"


@ready
def office(folder: Path) -> Office:
    """March is reported and run, April is reported; then the file of March is taken back."""
    office = two_loans(folder)
    office.report("2024-03-31", THIRD)
    march = number(office, "event")
    # 1 to 20 March, 18m x 19 d and 12m x 18 d at 3.55 % / 360: 55,025.00, half of it; HT2 half of 19 x 180.00.
    assert office.posted("2024-03") == [("2024-03-20", "27512.50"), ("2024-03-20", "1710.00")]
    office.on("2024-05-02").report("2024-04-30")
    said = office.say("import", "withdraw", march, "--reason", "the file of another bank")
    assert (said.exit_code, said.stderr.partition(": ")[2]) == (
        2,
        "27,512.50 yuan are posted on HT1, of which this import tells: the next run may take them back; where it is "
        "right that the import falls, say --confirm HT1 [import_posted]\n",
    )
    wrong = office.say("import", "withdraw", march, "--reason", "x", "--confirm", "HT1", "--confirm", "HT2")
    assert wrong.stderr.endswith("leave out --confirm HT2, or correct the key [void_not_asked]\n")
    office.do("import", "withdraw", march, "--reason", "the file of another bank", "--confirm", "HT1")
    return office


def test_a_later_report_does_not_speak_for_what_was_taken_back(office: Office) -> None:
    said = office.say("run", "interest", "--month", "2024-04")
    assert said.exit_code == 2
    assert said.stderr.startswith(f"{LENDER} has not reported its events through 2024-03-31; ")
    # April's own file once more says nothing of March, and writes nothing.
    assert "nothing was written" in office.report("2024-04-30")
    assert "[lender_not_reported]" in office.say("run", "interest", "--month", "2024-04").stderr
    # The right file fills the gap: 18m x 19 d and 6m x 18 d are 44,375.00, half of it 22,187.50; 5,325.00 too much.
    office.report("2024-03-31", THIRD.replace("12000000", "6000000"))
    assert office.posted("2024-04") == [("2024-03-20", "-5325.00")]
    sound(office)


def test_a_month_without_a_report_moves_nothing_that_is_posted(office: Office) -> None:
    """Without March's file the loan looks smaller: 16,862.50 instead of 27,512.50, which nobody has said."""
    office.do("decide", "lender-exception", "--about", f"{LENDER}/2024-04", "--reason", "system moved")
    outcome = office.run("2024-04")
    held = {
        "line": "PF1",
        "code": "lender_not_reported",
        "cause": "lender_not_reported",
        "fact": "HT1",
        "values": {"lender": LENDER, "day": "2024-03-19"},
    }
    assert (outcome["posted"], outcome["held"]) == ([], [held])
    said = office.do("run", "interest", "--month", "2024-04", "--dry-run")
    assert f"would move what is posted: {LENDER}, days through 2024-03-19" in said
    assert f"lender_not_reported: HT1: {LENDER} has not reported through 2024-03-19" in office.do(
        "explain", "PF1", "--month", "2024-04"
    )
    assert json.loads(office.say("audit", "verify", "--json").stdout)["damages"] == []


def test_reports_in_force_join_on_to_each_other(office: Office) -> None:
    def now() -> Heard:
        with Ledger.open(office.url).read() as view:
            return heard(view)[LENDER]

    def last() -> str:
        return number(office, "event")

    april = last()
    assert now() == Heard(date(2024, 2, 29), date(2024, 3, 31))
    # A full file speaks for all days up to its own.
    heading = "contract_no,kind,date,end_date,amount,rate\n"
    rows = "HT1,drawdown,2024-01-10,,10000000,\nHT1,drawdown,2024-02-26,,8000000,\nHT2,drawdown,2024-02-20,,1800000,\n"
    office.take("events", heading + rows, "--mode", "full", "--lender", LENDER, "--through", "2024-03-31")
    assert now() == Heard(date(2024, 4, 30), None)
    office.do("import", "withdraw", last(), "--reason", "wrong")
    assert now() == Heard(date(2024, 2, 29), date(2024, 3, 31))
    office.report("2024-03-31")
    assert now() == Heard(date(2024, 4, 30), None)
    office.do("import", "withdraw", april, "--reason", "wrong")
    assert now() == Heard(date(2024, 3, 31), None)
    # A file for days that are reported adds no day.
    with Ledger.open(office.url).read() as view:
        before = len(list(view.records(kinds.IMPORT)))
    office.report("2024-03-15")
    with Ledger.open(office.url).read() as view:
        assert len(list(view.records(kinds.IMPORT))) == before
