"""Taking back the import of a loan holds its line, and takes no money back until somebody says what is right."""

from pathlib import Path

from tests.registry.test_withdrawals import number, sound, withdraw
from tests.runs.test_line_failed import HEADING, HT1, two_loans
from tests.support.copies import ready
from tests.support.office import NOTICE, USCC, Office

HT3 = HT1.replace("HT1", "HT3")
DRAWN = "HT3,drawdown,2024-02-20,,1800000,\n"


@ready
def office(folder: Path) -> Office:
    """1.8m of HT3 at 3.55 %/360: 19 days of March at 177.50, half of it 1,686.25. Then its events and loan fall."""
    office = two_loans(folder)
    office.take("loans", HEADING + HT3, "--mode", "delta")
    office.report("2024-03-31", DRAWN)
    office.take("applications", f"application_no,uscc,notice,item,applied_on\nSB3,{USCC},{NOTICE},HT3,2024-03-01\n")
    office.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
        "PF3,SB3,granted,2024-03-15,批〔2024〕3号,500000,ecny\n",
    )
    assert office.posted("2024-03")[2:] == [("2024-03-20", "1686.25")]
    withdraw(office.on("2024-05-02"), "event", "HT3")
    withdraw(office, "loan", "HT3")
    office.report("2024-03-31")
    office.report("2024-04-30")
    return office


def test_its_line_is_held_by_name_until_the_right_file_comes(office: Office) -> None:
    outcome = office.run("2024-04")
    assert (outcome["posted"], outcome["refused"]) == ([], [])
    assert outcome["held"] == [
        {
            "line": "PF3",
            "code": "line_failed",
            "cause": "item_taken_back",
            "fact": "HT3",
            "values": {"amount": "1,686.25"},
        }
    ]
    assert (
        "HT3: 1,686.25 yuan are posted on it, and the import that told of it was taken back: import the right file, or "
        "withdraw the grant"
    ) in office.do("run", "show", str(outcome["proposal"]))
    # The right file: 800,000 were drawn, 19 days at 78.888...: 1,498.89, half of it 749.45 (749.445); 936.80 too much.
    office.take("loans", HEADING + HT3, "--mode", "delta")
    rows = DRAWN.replace("1800000", "800000")
    office.take("events", "contract_no,kind,date,end_date,amount,rate\n" + rows, "--mode", "delta")
    outcome = office.run("2024-04")
    assert [(one["line"], one["amount"]) for one in outcome["posted"]] == [("PF3", "-936.80")]
    assert outcome["held"] == []
    sound(office)


def test_the_award_comes_back_with_the_grant(office: Office) -> None:
    grants = number(office, "grant")
    office.do("import", "withdraw", grants, "--reason", "the loan was never made", "--confirm", "PF3")
    outcome = office.run("2024-04")
    assert [(one["line"], one["amount"]) for one in outcome["posted"]] == [("PF3", "-1686.25")]
    assert [one["codes"][0]["code"] for one in outcome["refused"]] == ["grant_fallen"]
    sound(office)
