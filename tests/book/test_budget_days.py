"""A budget moves from a day of its own: reports of past months show it from then, and no day has less than nothing."""

from datetime import date
from pathlib import Path

from ledger.book import limits
from ledger.book.execution import execution
from ledger.log import kinds
from ledger.store.ledger import Ledger
from tests.reconcile.test_deciding import till as paid_till
from tests.reconcile.test_sign_off import signed_april
from tests.runs.test_budget_orders import office
from tests.support.office import Office, open_office
from tests.support.signing_office import CHECKER, HEAD, code, employ, key, signed
from tests.support.till import Till

__all__ = ["office", "paid_till"]

# 2,000,000 issued to the year 2024 and passed on to 2024/loan-interest on 5 January 2024; 500,000 granted of it on
# 15 March.
PATH = "2024/loan-interest"


def order(office: Office, action: str, *words: str) -> str:
    """A change of a budget; the code of its refusal, or "" where it was carried out."""
    result = office.say("budget", action, *words)
    return "" if result.exit_code == 0 else code(result)


def shown(office: Office, month: str) -> dict[str, tuple[str, str]]:
    """Path -> budget and available at the end of a month."""
    lines = office.read("report", "budget", "--month", month)["rows"]
    return {one["path"]: (one["budget"], one["available"]) for one in lines}


def test_a_budget_counts_from_its_day(office: Office) -> None:
    office.on("2024-05-06")
    assert order(office, "issue", "2024", "100", "--document", "D-9", "--on", "2024-02-10") == ""
    assert order(office, "issue", "2024/other", "60", "--document", "D-10", "--on", "2024-03-10") == ""
    # Passed on whole before, so that 2024 itself has what came on 10 February.
    assert shown(office, "2024-01")["2024"] == ("0.00", "0.00")
    assert shown(office, "2024-02")["2024"] == ("100.00", "100.00")
    assert shown(office, "2024-03")["2024"] == ("40.00", "40.00")
    assert shown(office, "2024-03")["2024/other"] == ("60.00", "60.00")
    with Ledger.open(office.url).read() as view:
        days = [(row.key, row.body["on"]) for row in view.records(kinds.BUDGET)]
    assert days[-2:] == [("2024", "2024-02-10"), ("2024/other", "2024-03-10")]


def test_what_is_used_follows_the_size_of_the_log(office: Office) -> None:
    with Ledger.open(office.url).read() as view:
        grant = next(view.records(kinds.GRANT)).seq
        before, after = limits.used(view.at(grant)), limits.used(view)
    # 500,000.00 granted of the path, and so of the path above it.
    assert (before["2024"], before[PATH]) == (0, 0)
    assert (after["2024"], after[PATH]) == (50_000_000, 50_000_000)


def test_what_a_past_month_showed_is_shown_for_ever_of_the_same_records(office: Office) -> None:
    month, end = date(2024, 3, 1), date(2024, 3, 31)
    ledger = Ledger.open(office.url)
    with ledger.read() as view:
        size, before = view.size, execution(view, month, end)
    office.on("2024-05-06")
    assert order(office, "adjust", PATH, "-1000", "--document", "D-9", "--on", "2024-03-20") == ""
    with ledger.read() as view:
        assert execution(view.at(size), month, end) == before
        assert execution(view, month, end) != before


def test_on_no_day_is_more_passed_on_than_there_is(office: Office) -> None:
    office.on("2024-05-06")
    assert order(office, "issue", "2024", "100", "--document", "D-9", "--on", "2024-04-10") == ""
    # There today, and not on 9 April.
    assert order(office, "issue", "2024/other", "100", "--document", "D-10", "--on", "2024-04-09") == "envelope_short"
    assert order(office, "issue", "2024/other", "100", "--document", "D-10", "--on", "2024-04-10") == ""
    # 1,500,000 are to be given from 15 March on, 2,000,000 before: the later day rules.
    result = office.say("budget", "freeze", PATH, "1500000.01", "--document", "D-11", "--on", "2024-02-01")
    assert code(result) == "envelope_short"
    assert order(office, "freeze", PATH, "1500000", "--document", "D-11", "--on", "2024-02-01") == ""


def test_nothing_is_granted_on_a_day_before_its_budget(office: Office) -> None:
    office.on("2024-05-06")
    for path in ("2024", "2024/loan-interest"):
        assert order(office, "issue", path, "700000", "--document", "D-9", "--on", "2024-04-10") == ""
    # 1,500,000 were there before 10 April: 1,600,000 more are there on 15 April, and not on 15 March.
    heading = "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
    file = office.folder / "more.csv"
    for day, expected in (("2024-03-15", "envelope_short"), ("2024-04-15", "")):
        row = f"PF1,SB1,granted,{day},DOC-1,2100000,ecny\n"
        file.write_text(heading + row, encoding="utf-8")
        result = office.say("import", "grants", str(file), "--mode", "delta")
        assert (code(result) if result.exit_code else "") == expected


def test_a_day_ahead_and_another_day_under_the_same_document(office: Office) -> None:
    office.on("2024-05-06")
    assert order(office, "adjust", "2024", "1", "--document", "D-9", "--on", "2024-05-07") == "day_in_future"
    assert order(office, "adjust", "2024", "1", "--document", "D-9", "--on", "2024-05-05") == ""
    assert order(office, "adjust", "2024", "1", "--document", "D-9", "--on", "2024-05-04") == "key_differs"
    office.on("2024-05-08")
    assert "nothing was written" in office.do("budget", "adjust", "2024", "1", "--document", "D-9")


def test_nothing_moves_a_budget_in_a_signed_month(paid_till: Till) -> None:
    signed_april(paid_till)
    assert order(paid_till, "adjust", "2024", "1", "--document", "D-9", "--on", "2024-04-30") == "month_signed_off"
    assert order(paid_till, "adjust", "2024", "1", "--document", "D-9", "--on", "2024-05-01") == ""


def test_an_order_states_its_day_and_is_carried_out_on_it(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    office = open_office(tmp_path / "ledger")
    employ(office, CHECKER, HEAD)
    office.on("2024-05-06")
    words = ("budget", "adjust", "2024", "100", "--document", "D-9", "--on", "2024-02-10")
    said = office.do(*words, "--actor", CHECKER, "--key", key(office, CHECKER))
    number = said.split()[1]
    office.on("2024-05-08")
    signed(office, number, HEAD)
    with Ledger.open(office.url).read() as view:
        budget = list(view.records(kinds.BUDGET))[-1].body
        entry = list(view.records(kinds.ENTRY))[-1].body
    assert (budget["on"], entry["effective_on"]) == ("2024-02-10", "2024-02-10")
    assert office.say("audit", "verify").exit_code == 3
