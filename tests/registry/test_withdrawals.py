"""An import that is taken back leaves no trace in what is due: the right file then gives what it would have given."""

import json
from pathlib import Path
from typing import Any

from tests.runs.test_line_failed import HEADING, HT1, HT2, two_loans
from tests.support.copies import ready
from tests.support.office import LENDER, NOTICE, USCC, Office
from tests.support.till import Till, open_till

EVENTS = "contract_no,kind,date,end_date,amount,rate\n"
FIRST = "HT1,drawdown,2024-01-10,,10000000,\nHT1,drawdown,2024-02-26,,8000000,\nHT2,drawdown,2024-02-20,,1800000,\n"
RIGHT = FIRST + "HT1,drawdown,2024-05-09,,12000000,\nHT2,repayment,2024-05-20,,300000,\n"
# One drawdown is missing, one is another, one is too much, and a row cannot be read.
WRONG = (
    "HT1,drawdown,2024-01-10,,10000000,\nHT1,drawdown,2024-02-26,,800000,\nHT1,drawdown,2024-03-05,,5000000,\n"
    "HT2,drawdown,2024-02-20,,all of it,\n"
)
FULL = ("--mode", "full", "--lender", LENDER, "--through", "2024-06-30")


def number(office: Office, register: str) -> str:
    """The last import of a register."""
    return str([one["number"] for one in office.read("import", "list") if one["register"] == register][-1])


def withdraw(office: Office, register: str, *posted: str) -> str:
    """Take the last import of a register back; `posted` are the keys that something is posted on."""
    confirmed = [word for key in posted for word in ("--confirm", key)]
    return office.do("import", "withdraw", number(office, register), "--reason", "the file of another bank", *confirmed)


def state(office: Office) -> dict[str, Any]:
    """What is due, what is held, what the registers say, and the balances; nothing that tells how it came about."""
    proposal = office.read("run", "interest", "--month", "2024-06", "--dry-run")
    return {
        "posted": [(one["line"], one["due"], one["amount"]) for one in proposal["posted"]],
        "held": proposal["held"],
        "refused": proposal["refused"],
        "holds": office.read("import", "holds"),
        "loans": office.read("entity", "show", USCC)["loans"],
        "balances": {
            (one["chart"], one["code"]): one["balance"] for one in office.read("book", "trial-balance")["accounts"]
        },
    }


def march(folder: Path) -> Office:
    """Two loans, March run; it is the second of July."""
    folder.mkdir()
    office = two_loans(folder)
    office.report("2024-03-31")
    office.run("2024-03")
    return office.on("2024-07-02")


def right(office: Office) -> Office:
    office.take("events", EVENTS + RIGHT, *FULL)
    return office


def sound(office: Office) -> None:
    assert json.loads(office.say("audit", "verify", "--json").stdout)["damages"] == []
    assert json.loads(office.do("audit", "replay", "--json"))["same"] is True
    office.do("audit", "rebuild", "--into", f"sqlite:///{office.folder}/again.db")


def test_the_right_file_gives_what_it_gives_without_the_wrong_one(tmp_path: Path) -> None:
    never = state(right(march(tmp_path / "never")))
    # 18m and from 9 May 30m at 3.55 %, half: 106,500.00. 61 days at 90.00 and 31 at 75.00: 7,815.00.
    assert never["posted"] == [("PF1", "2024-06-20", "106500.00"), ("PF2", "2024-06-20", "7815.00")]
    office = march(tmp_path / "wrong")
    office.take("events", EVENTS + WRONG, *FULL, "--hold-bad")
    assert state(office)["held"][0]["code"] == "row_held"
    assert state(office)["posted"] != never["posted"]
    # Taken back: 8m again, 5m no more; the hold falls. HT2 kept its rows all the while.
    assert "2 rows fall, 1 stand again" in withdraw(office, "event", "HT1")
    said = office.say("run", "interest", "--month", "2024-06", "--dry-run")
    assert "[lender_not_reported]" in said.stderr
    assert state(right(office)) == never
    office.run("2024-06")
    sound(office)
    listed = [one["withdrawn"] for one in office.read("import", "list") if one["register"] == "event"]
    assert (listed.count(True), listed[-2:]) == (1, [True, False])


def test_a_run_in_between_is_made_up_to_the_fen(tmp_path: Path) -> None:
    never = right(march(tmp_path / "never"))
    never.run("2024-06")
    office = march(tmp_path / "wrong")
    office.take("events", EVENTS + FIRST + "HT1,drawdown,2024-04-09,,12000000,\n", *FULL)
    office.run("2024-06")
    withdraw(office, "event", "HT1")
    right(office).run("2024-06")
    assert state(office) == state(never)
    sound(office)


def test_a_register_of_loans_is_taken_back_with_what_it_changed_and_made_void(tmp_path: Path) -> None:
    office = march(tmp_path / "loans")
    right(office)
    before = state(office)
    office.take(
        *("loans", HEADING + HT1.replace("3.55%", "3.95%") + HT2.replace("HT2", "HT7")),
        *("--mode", "full", "--lender", LENDER, "--confirm-void", "HT2", "--reason", "sold"),
    )
    assert state(office) != before
    assert "1 rows fall, 2 stand again" in withdraw(office, "loan", "HT1", "HT2")
    assert state(office) == before
    sound(office)


def test_grants_are_taken_back_with_what_they_reserved(tmp_path: Path) -> None:
    office = march(tmp_path / "grants")
    before = office.read("budget", "show")
    heading = "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
    office.take("applications", f"application_no,uscc,notice,item,applied_on\nSB3,{USCC},{NOTICE},HT7,2024-03-01\n")
    rows = "PF1,SB1,granted,2024-03-15,批3,600000,ecny\nPF3,SB3,granted,2024-03-15,批3,200000,ecny\n"
    office.take("grants", heading + rows)
    assert office.read("budget", "show") != before
    # An application that a grant rests on stays.
    said = office.say("import", "withdraw", number(office, "application"), "--reason", "wrong")
    assert (said.exit_code, "[still_used]" in said.stderr) == (2, True)
    withdraw(office, "grant", "PF1")
    assert office.read("budget", "show") == before
    withdraw(office, "application")
    sound(office)


def test_of_two_imports_the_later_one_goes_first(tmp_path: Path) -> None:
    office = march(tmp_path / "two")
    office.take("loans", HEADING + HT1.replace("3.55%", "3.95%"), "--mode", "delta")
    first = number(office, "loan")
    office.take("loans", HEADING + HT1.replace("3.55%", "3.45%"), "--mode", "delta")
    said = office.say("import", "withdraw", first, "--reason", "wrong")
    assert (said.exit_code, said.stderr.rpartition(" ")[2]) == (2, "[import_superseded]\n")
    withdraw(office, "loan", "HT1")
    office.do("import", "withdraw", first, "--reason", "wrong", "--confirm", "HT1")
    rates = {one["key"]: one["rate"] for one in office.read("entity", "show", USCC)["loans"]}
    assert rates == {"HT1": "3.55%", "HT2": "3.60%"}
    again = office.say("import", "withdraw", first, "--reason", "wrong")
    assert (again.exit_code, "[import_withdrawn]" in again.stderr) == (2, True)
    unknown = office.say("import", "withdraw", "0", "--reason", "wrong")
    assert (unknown.exit_code, "[import_unknown]" in unknown.stderr) == (2, True)


def test_a_hold_that_stands_again_falls_once_with_its_own_import(tmp_path: Path) -> None:
    office = right(march(tmp_path / "again"))
    before = state(office)
    delta = ("--mode", "delta", "--lender", LENDER)
    office.take("events", EVENTS + "HT2,repayment,2024-06-03,,x,\n", *delta, "--hold-bad")
    first = number(office, "event")
    office.take("events", EVENTS + "HT2,repayment,2024-06-03,,100000,\n", *delta)
    assert office.read("import", "holds") == []
    withdraw(office, "event", "HT2")
    assert [one["stops"] for one in office.read("import", "holds")] == ["HT2"]
    assert "1 rows fall, 0 stand again" in office.do("import", "withdraw", first, "--reason", "wrong")
    assert state(office) == before
    sound(office)


@ready
def till(folder: Path) -> Till:
    """March is run on a second drawdown: 16,862.50 yuan for PF1."""
    till = open_till(folder)
    till.on("2024-04-02").report("2024-03-31", "HT1,drawdown,2024-02-26,,8000000,\n")
    till.run("2024-03")
    return till


def test_what_was_paid_since_is_named(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    said = till.say("import", "withdraw", number(till, "event"), "--reason", "wrong")
    assert said.exit_code == 2
    assert "16,862.50 yuan of PF1 were paid, or are on their way, after this import; " in said.stderr
    till.go(batch)
    assert "[import_paid]" in till.say("import", "withdraw", number(till, "event"), "--reason", "wrong").stderr
    till.verify()


def test_what_was_paid_before_the_import_does_not_stop_it(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    till.on("2024-05-02").report("2024-04-30", "HT1,drawdown,2024-04-09,,12000000,\n")
    till.do("import", "withdraw", number(till, "event"), "--reason", "wrong", "--confirm", "HT1")
    till.verify()
