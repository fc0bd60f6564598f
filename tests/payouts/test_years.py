"""Which year's appropriation a payment is made of, and whose the money of an earlier year is that comes back."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from ledger.log import kinds
from ledger.store import ledger as store
from tests.support import copies
from tests.support.till import PAYERS, Till, quarters_till

# The first quarter's award (`tests/support/till.py`); 2,000,000.00 were issued for 2024 (`tests/support/office.py`).
AWARD = "16862.50"
ALL = ("fin/1201", "fin/2303", "fin/4001", "fin/3501", "fin/2103", "bud/6001", "bud/7101", "bud/8001", "bud/8101.01")


def balances(till: Till) -> dict[str, str]:
    """Accounts that do not stand at 0."""
    return {account: fen for account, fen in till.balances(*ALL).items() if fen != "0.00"}


def paid(till: Till, day: str, ordered: str = "") -> str:
    """The first quarter's item, paid on a day, by an order of the same or an earlier one."""
    till.on(ordered or day)
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    assert till.on(day).answer(batch, (item, "SUCCESS", AWARD, day)).exit_code == 0
    return item


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def test_what_is_paid_in_its_own_year_is_income_of_it(till: Till) -> None:
    paid(till, "2024-12-30")
    assert balances(till) == {
        "fin/4001": f"-{AWARD}",
        "bud/6001": f"-{AWARD}",
        "bud/7101": AWARD,
    }


def test_what_a_later_year_pays_of_it_is_drawn_from_the_claim_on_the_treasury(till: Till) -> None:
    issued = next(one for one in till.read("budget", "show") if one["path"] == "2024")["limit"]
    said = till.on("2025-01-06").do("budget", "year-end", "2024", "--document", "NJ-2024")
    assert "booked the end of 2024" in said
    # Nothing was drawn in 2024, so all of it is a claim: Dr 1201 / Cr 4001 and Dr 8001 / Cr 6001.
    before = {"fin/2303": f"-{AWARD}", "fin/1201": issued, "fin/4001": f"-{issued}"}
    assert balances(till) == {**before, "bud/8001": issued, "bud/6001": f"-{issued}"}
    paid(till, "2025-01-08")
    left = f"{float(issued) - float(AWARD):.2f}"
    # Dr 2303 / Cr 1201 and Dr 7101 / Cr 8001; the income of 2025 is untouched.
    assert balances(till) == {
        "fin/1201": left,
        "fin/4001": f"-{issued}",
        "bud/8001": left,
        "bud/6001": f"-{issued}",
        "bud/7101": AWARD,
    }
    till.verify()


def test_the_end_of_a_year_is_booked_once_and_made_good_later(till: Till) -> None:
    early = till.on("2024-12-31").say("budget", "year-end", "2024", "--document", "NJ-2024")
    assert (early.exit_code, "[year_not_over]" in early.stderr) == (2, True)
    till.on("2025-01-06").do("budget", "year-end", "2024", "--document", "NJ-2024")
    assert "before, in entry" in till.do("budget", "year-end", "2024", "--document", "NJ-2024")
    again = till.say("budget", "year-end", "2024", "--document", "NJ-2024-2")
    assert "[year_end_booked]" in again.stderr
    other = till.say("budget", "year-end", "2023", "--document", "NJ-2023")
    assert "[envelope_unknown]" in other.stderr
    # 20,000.00 more, which the bureau hears of in January: another entry of the year's last day.
    till.do("budget", "issue", "2024", "20000", "--document", "BUD-2024-9")
    till.do("budget", "year-end", "2024", "--document", "NJ-2024-2")
    last = till.read("book", "account", "fin/1201")["postings"][-1]
    assert (last["effective_on"], last["amount"]) == ("2024-12-31", "20000.00")
    till.verify()


def test_what_a_year_left_is_not_paid_from_before_its_end_is_booked(till: Till) -> None:
    till.on("2025-01-06")
    (held,) = till.prepare("2024-03")["held"]
    assert (held["code"], held["amount"]) == ("year_end_missing", AWARD)
    assert "`subsidy budget year-end 2024 --document NO`" in till.do("pay", "prepare", "2024-03", "--dry-run")
    till.do("budget", "year-end", "2024", "--document", "NJ-2024")
    assert till.prepare("2024-03")["held"] == []


def test_what_came_back_or_was_given_back_within_the_year_goes_where_it_came_from(till: Till) -> None:
    item = paid(till, "2025-01-08", ordered="2024-12-30")
    till.on("2025-02-03").do("pay", "refund", item, "862.50", "--on", "2025-02-03", "--document", "TK-1")
    assert balances(till) == {"fin/1201": "-16000.00", "bud/8001": "-16000.00", "bud/7101": "16000.00"}
    till.verify()
    correct = ("--economic", "50799", "--on", "2025-02-03", "--document", "GZ-1", "--reason", "code")
    assert "[correction_of_parts]" in till.say("pay", "correct", item, *correct).stderr


def test_a_return_within_the_year_undoes_the_payment(till: Till) -> None:
    item = paid(till, "2025-01-08", ordered="2024-12-30")
    batch = till.read("pay", "status", item)["batch"]
    correct = ("--economic", "50799", "--on", "2025-01-08", "--document", "GZ-1", "--reason", "code")
    till.do("pay", "correct", item, *correct)
    till.on("2025-02-03").answer(batch, (item, "RETURNED", AWARD, "2025-02-03"))
    assert balances(till) == {"fin/2303": f"-{AWARD}"}
    till.verify()


def test_a_return_in_another_year_than_the_order_waits_for_word_of_the_payment(till: Till) -> None:
    till.on("2024-12-30")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    before = balances(till)
    refused = till.on("2025-02-03").answer(batch, (item, "RETURNED", AWARD, "2025-02-03"))
    assert (refused.exit_code, "[payment_not_said]" in refused.stderr, balances(till)) == (2, True, before)
    refused = till.as_second("pay", "resolve", item, "--state", "returned", "--reason", "letter 3")
    assert (refused.exit_code, "[payment_not_said]" in refused.stderr) == (2, True)
    # Paid in 2024, so it is income of that year and stands; what came back is owed to the payer, and to nobody else.
    said = till.as_second(
        *("pay", "resolve", item, "--state", "success", "--on", "2024-12-31", "--reason", "letter 4"),
    )
    assert said.exit_code == 0, said.output
    assert till.answer(batch, (item, "RETURNED", AWARD, "2025-02-03")).exit_code == 0
    assert till.states(batch) == ["returned"]
    assert till.prepare("2024-03")["batches"] == []
    till.verify()


def test_an_earlier_year_s_money_is_the_treasury_s_where_the_bureau_says_so(till: Till) -> None:
    item = paid(till, "2024-12-30")
    batch = till.read("pay", "status", item)["batch"]
    till.take("payers", PAYERS.replace("funding\n", "funding,prior_year\n").replace("balance\n", "balance,treasury\n"))
    before = balances(till)
    till.on("2025-02-03").answer(batch, (item, "RETURNED", AWARD, "2025-02-03"))
    # Dr 1002 / Cr 2103, and the budget has nothing to say.
    assert balances(till) == {**before, "fin/2103": f"-{AWARD}"}
    assert till.balances("fin/1002") == {"fin/1002": AWARD}
    till.verify()


def test_a_refund_of_an_earlier_year_goes_there_too(till: Till) -> None:
    item = paid(till, "2024-12-30")
    till.take("payers", PAYERS.replace("funding\n", "funding,prior_year\n").replace("balance\n", "balance,treasury\n"))
    till.on("2025-02-03").do("pay", "refund", item, "862.50", "--on", "2025-02-03", "--document", "TK-1")
    assert till.balances("fin/1002", "fin/2103") == {"fin/1002": "862.50", "fin/2103": "-862.50"}
    till.verify()


def test_what_an_earlier_release_booked_stays_and_comes_back_as_it_was_booked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = store.own_rules
    (tmp_path / "book").mkdir()

    def earlier(calculators: Iterable[str]) -> kinds.RulesBody:
        return {**own(calculators), "book": "book/2"}

    with monkeypatch.context() as patched:
        patched.setattr(store, "own_rules", earlier)
        patched.setattr(copies, "_places", {})
        till = quarters_till(tmp_path / "book", anchor=tmp_path / "anchor")
        first = paid(till, "2025-01-08", ordered="2024-12-30")
    # That release took every payment for income of the year in which it was made.
    assert balances(till) == {"fin/4001": f"-{AWARD}", "bud/6001": f"-{AWARD}", "bud/7101": AWARD}
    till.do("upgrade")
    till.verify()
    batch = till.read("pay", "status", first)["batch"]
    till.on("2025-02-03").answer(batch, (first, "RETURNED", AWARD, "2025-02-03"))
    assert balances(till) == {"fin/2303": f"-{AWARD}"}
    till.do("budget", "year-end", "2024", "--document", "NJ-2024")
    till.sure(first, "returned")
    again = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(again)
    till.answer(again, (till.items(again)[0], "SUCCESS", AWARD, "2025-02-03"))
    # All of the 2,000,000.00 issued is a claim, and the payment is drawn from it: 2,000,000.00 - 16,862.50.
    assert balances(till) == {
        "fin/1201": "1983137.50",
        "fin/4001": "-2000000.00",
        "bud/7101": AWARD,
        "bud/8001": "1983137.50",
        "bud/6001": "-2000000.00",
    }
    till.verify()
