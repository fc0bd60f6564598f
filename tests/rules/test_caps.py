"""Caps over several lines: what the rule book knows of them from the log alone, and a run that takes more than is left.

A cap of 20,000 yuan for the firm. March: 16,862.50 on HT1 and 1,710.00 on HT2. By June HT1 alone would be due more, and
1,427.50 are left.
"""

from copy import deepcopy
from pathlib import Path

from ledger.rules.judge import Found, Judge
from ledger.rules.records import LogOnly
from ledger.rules.state import Fold
from ledger.rules.tables import Tables
from ledger.store.ledger import Ledger
from tests.audit.attacker import Body, bodies
from tests.runs.test_line_failed import HEADING, HT1, HT2, two_loans
from tests.support.forge import find, forge, logged
from tests.support.office import LENDER, NOTICE, USCC, Office

KEY = tuple(sorted({"notice": NOTICE, "cap": "entity_year", "entity": USCC}.items()))
ALL = 2_000_000


def judged(log: list[Body]) -> tuple[Found | None, Fold]:
    fold = Fold(LogOnly(log.__getitem__))
    judge = Judge(fold)
    found = next(filter(None, map(judge.take, logged(log))), None)
    return found or judge.end(), fold


def log_of(office: Office) -> list[Body]:
    return bodies(Ledger.open(office.url, anchor=office.anchor).path)


def used(office: Office) -> int:
    """What the log says that the firm has of the cap, in fen; the tables say the same, line by line."""
    found, fold = judged(log_of(office))
    assert found is None
    with Ledger.open(office.url, anchor=office.anchor).read() as view:
        there = Fold(Tables(view)).used()
    assert fold.used() == there
    assert fold.used().then(KEY, {}) == there.then(KEY, {})
    return there.then(KEY, {})


def named(log: list[Body], steps: str) -> tuple[str, int, object, object]:
    """The code and the record of what the judge finds in a log that is forged so, and both figures."""
    forged = deepcopy(log)
    forge(forged, steps)
    found, _ = judged(forged)
    assert found is not None
    return found.fault.code, found.record.seq, found.fault.values["found"], found.fault.values["expected"]


def test_who_says_that_its_sibling_has_less_is_found(tmp_path: Path) -> None:
    office = two_loans(tmp_path, cap="20,000")
    office.report("2024-03-31")
    office.run("2024-03")
    office.on("2024-07-01").report("2024-06-30")
    assert office.posted("2024-06") == [("2024-06-20", "1427.50")]
    assert used(office) == ALL
    log = log_of(office)
    closed = find(log, "run_closed 2")
    # PF1 takes its 1,427.50 and the 1,710.00 of PF2 once more; all sums of the run are made to fit.
    fen = 142_750 + 171_000
    postings = "; ".join(f"postings.{at}.amount_fen={sign * fen}" for at, sign in enumerate((1, -1, 1, -1)))
    more = f"alter entry award 3: award_fen={fen}; {postings}; digest.periods.1.award_fen={fen}; "
    more += f"digest.caps.0.own_fen={ALL}"
    sums = f' & alter proposal 2: totals.credit_fen={fen} & alter run_closed 2: proposal_leaf="{{leaf proposal 2}}"'
    # 16,862.50 + 3,137.50 are 20,000.00, and HT2 has 1,710.00 besides.
    says_less = f"{more}; digest.caps.0.others_fen=0{sums}"
    assert named(log, says_less) == ("cap_differs", closed, ALL, ALL + 171_000)
    # Who says the truth of it stands above the limit, and who hides what it takes has less than its parts.
    truth = deepcopy(log)
    forge(truth, more + sums)
    found, _ = judged(truth)
    assert found is not None
    assert (found.fault.code, found.record.seq) == ("cap_exceeded", find(log, "entry award 3"))
    hidden = more.rpartition("; ")[0] + sums
    assert named(log, hidden) == ("cap_differs", find(log, "entry award 3"), ALL - 171_000, ALL)


def test_what_is_taken_back_is_used_no_more(tmp_path: Path) -> None:
    """By a withdrawal of the run, a fact that changes, a loan that falls; and what is free is the other's."""
    office = two_loans(tmp_path, cap="20,000")
    office.report("2024-03-31")
    outcome = office.run("2024-03")
    assert used(office) == 1_686_250 + 171_000
    office.do("run", "withdraw", str(outcome["proposal"]), "--reason", "the rate was wrong")
    assert used(office) == 0
    office.take("loans", HEADING + HT1 + HT2.replace("3.60%", "3.50%"))
    office.run("2024-03")
    # 19 days of 1.8 million at 3.50 %, half of it: 1,662.50.
    assert used(office) == 1_686_250 + 166_250
    office.on("2024-07-01").report("2024-06-30")
    outcome = office.run("2024-06")
    assert used(office) == ALL
    words = ("--confirm-void", "HT2", "--reason", "the bank sold the loan")
    office.take("loans", HEADING + HT1, "--mode", "full", "--lender", LENDER, *words)
    assert sorted(office.posted("2024-06")) == [("2024-03-20", "-1662.50"), ("2024-06-20", "1662.50")]
    assert used(office) == ALL


def test_who_hides_what_was_paid_outside_on_no_line_is_found(tmp_path: Path) -> None:
    """1,000 yuan of the firm's cap; what another firm was paid uses up another amount of it."""
    office = two_loans(tmp_path, cap="20,000")
    path = tmp_path / "paid.csv"
    rows = (f"{USCC},HT9,2024-02-20,300", f"{USCC},,2024-02-20,700", "91110000MA00000011,HT3,2024-02-20,5000")
    path.write_text("\n".join(("uscc,loan,due,amount", *rows, "")), encoding="utf-8")
    office.opening("import", str(path), "--notice", NOTICE)
    office.report("2024-03-31")
    office.run("2024-03")
    log = log_of(office)
    found, fold = judged(log)
    assert found is None
    with Ledger.open(office.url, anchor=office.anchor).read() as view:
        assert Fold(Tables(view)).whole("outside") == fold.whole("outside")
    less = "alter entry award 2: digest.caps.0.outside_fen=99999"
    assert named(log, less) == ("outside_differs", find(log, "entry award 2"), 99_999, 100_000)
