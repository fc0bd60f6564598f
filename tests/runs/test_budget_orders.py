"""Budgets adjusted, transferred, frozen: never below what is committed, twice signed where keys are in use, and safe
when several processes want the last of one at once.
"""

from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.book.envelopes import issue
from ledger.store.ledger import Ledger
from tests.support.office import Office, open_office
from tests.support.processes import barrier, process
from tests.support.signing_office import CHECKER, CONSISTENT, HEAD, code, employ, key, sign, signed, verdict

# 2,000,000 issued to the year and passed on to this path; 500,000 of it granted, so 1,500,000 are left to give.
PATH = "2024/loan-interest"
POSTERS = 6


@pytest.fixture
def office(tmp_path: Path) -> Office:
    folder = tmp_path / "ledger"
    folder.mkdir()
    return open_office(folder)


def change(office: Office, action: str, *words: str, document: str = "BUD-9") -> str:
    """A change of a budget; the code of its refusal, or "" where it was carried out."""
    result = office.say("budget", action, *words, "--document", document)
    return "" if result.exit_code == 0 else code(result)


def shown(office: Office) -> dict[str, tuple[str, str, str, str]]:
    """Path -> limit, used, available, frozen in yuan."""
    return {
        one["path"]: (one["limit"], one["used"], one["available"], one["frozen"])
        for one in office.read("budget", "show")
    }


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("-1500000.01", "envelope_committed"),
        ("-1600000", "envelope_committed"),
        ("-1500000", ""),
        ("0", "amount_not_positive"),
    ],
)
def test_an_adjustment_takes_nothing_that_is_granted(office: Office, amount: str, expected: str) -> None:
    before = shown(office)
    assert change(office, "adjust", PATH, amount) == expected
    if expected:
        assert shown(office) == before
    else:
        # What is taken away goes back to where it came from.
        assert shown(office) == {
            "2024": ("2000000.00", "500000.00", "1500000.00", "0.00"),
            PATH: ("500000.00", "500000.00", "0.00", "0.00"),
        }
    assert verdict(office) == CONSISTENT


def test_what_is_frozen_is_neither_taken_nor_given(office: Office) -> None:
    assert change(office, "freeze", PATH, "200000") == ""
    assert shown(office)[PATH] == ("2000000.00", "500000.00", "1300000.00", "200000.00")
    # 2,000,000 - 1,400,000 = 600,000 would cover what is granted, but only 1,300,000 are free.
    assert change(office, "adjust", PATH, "-1400000", document="BUD-10") == "envelope_short"
    assert change(office, "issue", f"{PATH}/batch-1", "1300000.01", document="BUD-11") == "envelope_short"
    assert change(office, "unfreeze", PATH, "200000.01", document="BUD-12") == "frozen_short"
    assert change(office, "unfreeze", PATH, "200000", document="BUD-13") == ""
    assert shown(office)[PATH] == ("2000000.00", "500000.00", "1500000.00", "0.00")
    assert verdict(office) == CONSISTENT


def test_a_transfer_moves_what_is_free_and_leaves_the_year_alone(office: Office) -> None:
    assert change(office, "issue", "2024", "1000") == ""
    assert change(office, "issue", "2024/premium", "1000") == ""
    assert change(office, "transfer", PATH, "2024/premium", "1500000.01") == "envelope_committed"
    assert change(office, "transfer", PATH, "2025/premium", "1") == "transfer_impossible"
    assert change(office, "transfer", PATH, "2024/nobody", "1") == "envelope_unknown"
    assert change(office, "transfer", PATH, "2024/premium", "1500000") == ""
    assert shown(office) == {
        "2024": ("2001000.00", "500000.00", "0.00", "0.00"),
        PATH: ("500000.00", "500000.00", "0.00", "0.00"),
        "2024/premium": ("1501000.00", "0.00", "1501000.00", "0.00"),
    }
    assert verdict(office) == CONSISTENT


def test_a_document_moves_a_budget_once(office: Office) -> None:
    assert change(office, "adjust", PATH, "-1000") == ""
    before = shown(office)
    assert change(office, "adjust", PATH, "-1000") == ""
    assert change(office, "adjust", PATH, "-2000") == "key_differs"
    assert shown(office) == before


@pytest.mark.parametrize("words", [("adjust", PATH, "-1000"), ("freeze", PATH, "1000"), ("issue", "2024", "1000")])
def test_where_keys_are_in_use_two_people_sign(office: Office, words: tuple[str, ...]) -> None:
    employ(office, CHECKER, HEAD)
    before = shown(office)
    assert change(office, *words) == "signing_key_needed"
    order = office.do("budget", *words, "--document", "BUD-9", "--key", key(office, CHECKER), "--actor", CHECKER)
    number = order.split()[1]
    assert shown(office) == before
    assert code(sign(office, number, CHECKER)) == "approver_is_maker"
    signed(office, number, HEAD)
    assert shown(office) != before
    assert verdict(office) == CONSISTENT


def test_an_order_that_the_budget_cannot_bear_any_more_is_not_carried_out(office: Office) -> None:
    employ(office, CHECKER, HEAD)
    numbers = []
    for document in ("BUD-9", "BUD-10"):
        order = office.do("budget", "adjust", PATH, "-1000000", "--document", document,
                          "--key", key(office, CHECKER), "--actor", CHECKER)  # fmt: skip
        numbers.append(order.split()[1])
    signed(office, numbers[0], HEAD)
    # 500,000 are left to give.
    assert code(sign(office, numbers[1], HEAD)) == "envelope_committed"
    assert shown(office)[PATH] == ("1000000.00", "500000.00", "500000.00", "0.00")
    assert verdict(office) == CONSISTENT


def take_the_rest(url: str, number: int, start: Barrier) -> None:
    """Pass all that is left on to a path of one's own; the exit code says how it ended."""
    ledger = Ledger.open(url)
    start.wait()
    try:
        with ledger.write("1001") as writer:
            issue(writer, f"{PATH}/batch-{number}", 150_000_000, f"BUD-{number}")
    except Refused as refused:
        raise SystemExit(2 if refused.problems[0].code == "envelope_short" else 3) from None


def test_of_many_processes_that_want_the_last_of_a_budget_one_gets_it(office: Office) -> None:
    start = barrier(POSTERS)
    posters = [process(take_the_rest, office.url, number, start) for number in range(POSTERS)]
    for poster in posters:
        poster.start()
    for poster in posters:
        poster.join(120)
    assert sorted(poster.exitcode for poster in posters if poster.exitcode is not None) == [0] + [2] * (POSTERS - 1)
    below = [path for path in shown(office) if path.startswith(f"{PATH}/")]
    assert len(below) == 1
    assert shown(office)[PATH] == ("2000000.00", "500000.00", "0.00", "0.00")
    assert verdict(office) == CONSISTENT
