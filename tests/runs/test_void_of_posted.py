"""A full file does not make void what something is posted on, until somebody confirms it by name."""

import json
from pathlib import Path

from ledger.log import kinds
from ledger.store.ledger import Ledger
from tests.runs.test_line_failed import HEADING, HT1, HT2, two_loans
from tests.support.copies import ready
from tests.support.office import LENDER, Office

FULL = ("--mode", "full", "--lender", LENDER)
WHY = ("--reason", "the bank sold the loan")


@ready
def office(folder: Path) -> Office:
    """March is run: 16,862.50 for HT1, 1,710.00 for HT2."""
    office = two_loans(folder)
    office.report("2024-03-31")
    office.run("2024-03")
    return office


def bring(office: Office, text: str, *words: str) -> str:
    """What a refused file is told."""
    path = office.folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    said = office.say("import", "loans", str(path), *FULL, *words)
    assert said.exit_code == 2, said.output
    return said.stderr


def test_a_loan_that_is_missing_is_named_with_what_is_posted_on_it(office: Office) -> None:
    assert bring(office, HEADING + HT1) == (
        "list.csv: HT2 is missing in the full file, and 1,710.00 yuan are posted on it, which the next run would take "
        "back; put the row back; where it is right that it falls, say --confirm-void HT2 --reason TEXT "
        "[void_of_posted]\n"
    )
    # Headings alone leave out both; a file that brought nothing at all is refused before that.
    assert [line.split(" is missing")[0] for line in bring(office, HEADING).splitlines()] == [
        "list.csv: HT1",
        "list.csv: HT2",
    ]
    assert "[file_empty]" in bring(office, "")


def test_what_is_confirmed_falls_with_the_reason_on_record(office: Office) -> None:
    # One of two is not enough, and a key that does not fall is a slip of the pen.
    assert "list.csv: HT1 is missing" in bring(office, HEADING, "--confirm-void", "HT2", *WHY)
    assert "[void_not_asked]" in bring(office, HEADING + HT1 + HT2, "--confirm-void", "HT2", *WHY)
    assert "go together" in bring(office, HEADING + HT1, "--confirm-void", "HT2")
    said = office.take("loans", HEADING + HT1, *FULL, "--confirm-void", "HT2", *WHY, "--json")
    assert json.loads(said)["void"] == 1
    with Ledger.open(office.url, anchor=office.anchor).read() as view:
        decision = view.current(kinds.DECISION, "confirm-void/loan/HT2")
    assert decision is not None
    assert (decision.body["reason"], decision.body["figures"]) == ("the bank sold the loan", [171000])
    # What was posted on it comes back with the next run.
    office.on("2024-05-02").report("2024-04-30")
    assert office.posted("2024-04") == [("2024-03-20", "-1710.00")]


def test_a_grant_that_something_is_posted_on_is_guarded_too(office: Office) -> None:
    path = office.folder / "grants.csv"
    path.write_text(
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
        "PF1,SB1,granted,2024-03-15,批〔2024〕1号,500000,ecny\n",
        encoding="utf-8",
    )
    said = office.say("import", "grants", str(path), "--mode", "full")
    assert (said.exit_code, "PF2 is missing in the full file, and 1,710.00 yuan" in said.stderr) == (2, True)


def test_a_report_that_was_cut_off_takes_no_money_back_either(office: Office) -> None:
    """HT2's drawdown alone bears its 1,710.00: a full report without any row of HT2 would make it fall."""
    path = office.folder / "report.csv"
    full = ("import", "events", str(path), *FULL, "--through", "2024-03-31")
    with Ledger.open(office.url, anchor=office.anchor).read() as view:
        rows = [row.body["data"] for row in view.rows(kinds.EVENT) if row.body["data"]["contract_no"] == "HT1"]
    said = [f"HT1,{row['kind']},{row['date']},{row['amount_fen'] // 100}\n" for row in rows]
    path.write_text("contract_no,kind,date,amount\n" + "".join(said), encoding="utf-8")
    answer = office.say(*full)
    assert (answer.exit_code, answer.stderr.split(", which")[0]) == (
        2,
        "report.csv: HT2 is missing in the full file, and 1,710.00 yuan are posted on it",
    )
    # A row of it that says something else does not replace what is posted on.
    rest = "HT2,drawdown,2024-03-02,1\n"
    path.write_text(path.read_text(encoding="utf-8") + rest, encoding="utf-8")
    assert "the full file lacks recorded rows of HT2 (1), " in office.say(*full).stderr
    path.write_text(path.read_text(encoding="utf-8").removesuffix(rest), encoding="utf-8")
    assert json.loads(office.do(*full, "--confirm-void", "HT2", *WHY, "--json"))["void"] == 1
    with Ledger.open(office.url, anchor=office.anchor).read() as view:
        decision = view.current(kinds.DECISION, "confirm-void/event/HT2")
    assert decision is not None
    assert decision.body["figures"] == [171000]


def test_a_report_that_was_cut_off_inside_a_loan_is_refused(office: Office) -> None:
    """The file ends after HT1's first drawdown: the second bears 8 of the 18 million that March was posted on."""
    path = office.folder / "report.csv"
    full = ("import", "events", str(path), *FULL, "--through", "2024-04-30")
    rows = "contract_no,kind,date,amount\nHT2,drawdown,2024-02-20,1800000\nHT1,drawdown,2024-01-10,10000000\n"
    # Of a day after all that is posted: it may be corrected.
    office.on("2024-05-02").report("2024-04-30", "HT1,drawdown,2024-04-09,,12000000,\n")
    path.write_text(rows, encoding="utf-8")
    answer = office.say(*full)
    assert (answer.exit_code, answer.stderr) == (
        2,
        "report.csv: the full file lacks recorded rows of HT1 (1), as one that was cut off does, and 16,862.50 yuan "
        "are posted on it for days that they tell of; put the rows back; where it is right that they fall, say "
        "--confirm-void HT1 --reason TEXT [void_of_posted]\n",
    )
    path.write_text(rows + "HT1,drawdown,2024-02-26,8000000\n", encoding="utf-8")
    assert json.loads(office.do(*full, "--json"))["void"] == 1


def test_nothing_is_awarded_on_a_grant_of_a_day_to_come(tmp_path: Path) -> None:
    """A slip of the pen: 2025 for 2024. The run names each such line, and nothing of it is written."""
    office = two_loans(tmp_path)
    office.report("2024-03-31")
    rows = "".join(f"PF{n},SB{n},granted,2025-03-15,批〔2024〕1号,500000,ecny\n" for n in (1, 2))
    heading = "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
    office.take("grants", heading + rows)
    refused = office.say("run", "interest", "--month", "2024-03")
    assert (refused.exit_code, refused.stderr.count("[granted_ahead]")) == (2, 2)
    assert "PF2 is granted on 2025-03-15, a day that has not come" in refused.stderr
    assert office.read("run", "list") == []
    office.take("grants", heading + rows.replace("2025", "2024"))
    assert office.posted("2024-03") == [("2024-03-20", "16862.50"), ("2024-03-20", "1710.00")]
