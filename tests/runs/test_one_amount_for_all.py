"""A cap of several notices is one amount, whoever is granted, run or taken back first, at the command line.

Three notices for claims state the same cap: 1,000,000 yuan per firm and year, over all three of them. A claim is worth
what it says. What was worked out wrongly once stands first: 700,000 and 500,000 were both paid.
"""

from itertools import permutations
from pathlib import Path

import pytest

from ledger.resources import fixture
from tests.runs.test_batch_run import CLAIMS, holds
from tests.runs.test_shared_caps import FIXED, INVESTED, LENT, stands, text_of
from tests.support.batch_office import INCENTIVE, PATHS, A, B, apply, grant, open_batch_office
from tests.support.copies import built_once
from tests.support.office import Office

NAMES = ("notice-a", "notice-b", "notice-c")
# Notice -> line, day achieved, claim.
CLAIMED = {
    "notice-a": ("PF-A", "2024-03-11", 700_000),
    "notice-b": ("PF-B", "2024-02-12", 500_000),
    "notice-c": ("PF-C", "2024-01-15", 400_000),
}
DUE = {line: f"{day[:-2]}{int(day[-2:]) + 1}" for line, day, _ in CLAIMED.values()}


def notice_text(name: str) -> str:
    """The shipped notice of tape-outs with one component, the whole of what was claimed, and the shared cap."""
    text = fixture(f"notices/{INCENTIVE}.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("components:\n")
    after = rest[rest.index("envelope:") :]
    others = ", ".join(other for other in NAMES if other != name)
    middle = (
        "components:\n  - id: whole\n    rule: {kind: share_of_base, share: 100%, basis: tape-out}\n"
        "combine: {kind: one, assumption: true}\ncaps:\n"
        '  - {id: entity_year, per: [entity, year], year_of: due_date, amount: "1,000,000",\n'
        f"     shared_with: [{others}], basis: tape-out}}\n"
    )
    dated = before.replace("id: gjj-2023-tape-out", f"id: {name}").replace("to: 2023-12-31", "to: 2024-12-31")
    return dated + middle + after


@built_once
def three_notices(folder: Path, anchor: Path | None = None) -> Office:
    """One firm that claims 700,000, 500,000 and 400,000 under the three notices; nothing is granted."""
    PATHS[NAMES[0]] = PATHS[INCENTIVE]
    office = open_batch_office(folder, NAMES[0], "2024-01-08", notice_text(NAMES[0]), anchor=anchor)
    for name in NAMES[1:]:
        path = folder / f"{name}.yaml"
        path.write_text(notice_text(name), encoding="utf-8")
        office.do("notice", "add", str(path))
        office.opening("none", name)
    office.on("2024-04-01")
    rows = [f"JL-{name},{A},{day},{claim},\n" for name, (_, day, claim) in CLAIMED.items()]
    office.take("claims", CLAIMS + "".join(rows))
    for name in NAMES:
        apply(office, name, f"SB-{name},{A},JL-{name},2024-03-20")
    return office


def granted(office: Office, *names: str) -> None:
    for name in names:
        grant(office, f"{CLAIMED[name][0]},SB-{name},2024-04-01,900000")


def run(office: Office, *names: str) -> None:
    for name in names:
        office.do("run", "batch", name)


def amounts(office: Office) -> dict[str, int]:
    """Line -> yuan on its due day."""
    found = stands(office)
    assert all(due == DUE[line] for line, due in found)
    return {line: yuan for (line, _), yuan in found.items() if yuan}


def test_what_is_left_of_a_million_is_all_that_the_second_gets(tmp_path: Path) -> None:
    office = three_notices(tmp_path)
    granted(office, "notice-a")
    run(office, "notice-a")
    granted(office, "notice-b")
    # B's claim fell due a month before A's, and was granted after A's was posted: 1,000,000 - 700,000.
    run(office, "notice-b")
    assert amounts(office) == {"PF-A": 700_000, "PF-B": 300_000}
    assert "entity_year 2024 1,000,000, used 700,000: binding" in office.do("explain", "PF-B")
    # Nor does A's next run take anything back, or B's give anything more.
    run(office, "notice-a", "notice-b")
    assert amounts(office) == {"PF-A": 700_000, "PF-B": 300_000}
    holds(office)


@pytest.mark.parametrize("order", list(permutations(NAMES)), ids=lambda order: "".join(name[-1] for name in order))
def test_three_that_are_granted_and_run_one_after_the_other(tmp_path: Path, order: tuple[str, ...]) -> None:
    office, left, expected = three_notices(tmp_path), 1_000_000, {}
    for name in order:
        granted(office, name)
        run(office, name)
        line, _, claim = CLAIMED[name]
        expected |= {line: min(claim, left)} if left else {}
        left -= min(claim, left)
    assert amounts(office) == expected
    assert sum(expected.values()) == 1_000_000


@pytest.mark.parametrize("order", [NAMES, NAMES[::-1], ("notice-b", "notice-c", "notice-a")])
def test_three_that_are_granted_before_any_run(tmp_path: Path, order: tuple[str, ...]) -> None:
    """January's 400,000 and February's 500,000 come first, so that 100,000 are left for March, in any order of runs."""
    office = three_notices(tmp_path)
    granted(office, *order)
    run(office, *order[1:], order[0])
    assert amounts(office) == {"PF-C": 400_000, "PF-B": 500_000, "PF-A": 100_000}


def test_a_run_that_was_withdrawn_between_leaves_its_room(tmp_path: Path) -> None:
    office = three_notices(tmp_path)
    granted(office, "notice-a")
    run(office, "notice-a")
    office.do("run", "withdraw", "notice-a", "--reason", "wrong list")
    granted(office, "notice-b")
    run(office, "notice-b", "notice-a")
    # B is due first and nothing stands on A: 500,000, and 500,000 of A's 700,000.
    assert amounts(office) == {"PF-A": 500_000, "PF-B": 500_000}
    holds(office)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # Another award of the firm under A: 600,000 are gone, B gets 400,000, and A nothing.
        (f"{A},,2024-01-20,600000", {"PF-B": 400_000}),
        # A's own line was paid before the ledger: it counts as posted, and B gets the other 300,000.
        (f"{A},PF-A,2024-03-11,700000", {"PF-B": 300_000}),
        # In another year, or to another firm, it uses nothing up.
        (f"{A},,2023-11-20,600000", {"PF-B": 500_000, "PF-A": 500_000}),
        (f"{B},,2024-01-20,600000", {"PF-B": 500_000, "PF-A": 500_000}),
    ],
)
def test_what_was_paid_outside_uses_the_cap_up(tmp_path: Path, row: str, expected: dict[str, int]) -> None:
    office = three_notices(tmp_path)
    granted(office, "notice-a", "notice-b")
    path = tmp_path / "paid.csv"
    path.write_text(f"uscc,line,due,amount\n{row}\n", encoding="utf-8")
    office.opening("import", str(path), "--notice", "notice-a")
    run(office, "notice-a", "notice-b")
    assert amounts(office) == expected


def test_what_was_paid_outside_on_an_event_needs_no_entry(tmp_path: Path) -> None:
    """It counts on the due day of the event that the row names, so that the run finds nothing to post."""
    office = three_notices(tmp_path)
    granted(office, "notice-a")
    path = tmp_path / "paid.csv"
    path.write_text(f"uscc,line,due,amount\n{A},PF-A,2024-03-11,700000\n", encoding="utf-8")
    office.opening("import", str(path), "--notice", "notice-a")
    assert office.read("run", "batch", "notice-a")["posted"] == []


# Per lender.

ACTUAL = "ACT/360,custom,{},no,4%,fixed_asset"
LENDER_CAP = (
    '  - id: entity_year\n    per: [entity, year]\n    year_of: fund\n    amount: "10,000,000"\n'
    "    shared_with: [gjj-2023-batch-2-direction-2-chain-leader]\n"
)


def test_a_later_grant_takes_nothing_from_another_firm_of_the_lender(tmp_path: Path) -> None:
    """10,000,000 at 2 points: 152 days are 84,444.44, 60 days 33,333.33, of which 15,555.56 are left of 100,000."""
    text = text_of(
        FIXED,
        (LENDER_CAP, '  - id: lender\n    per: [lender]\n    amount: "100,000"\n'),
        ("governed_by: application", "governed_by: application\norder: [grant_date]"),
        ("  - {kind: loan_longer_than, months: 12, assumption: true}\n", ""),
    )
    office = open_batch_office(tmp_path, FIXED, "2023-01-10", text)
    office.take(
        "loans",
        LENT
        + f"HT1,Bank A,{A},2023-01-10,2023-06-21,10000000,{ACTUAL.format('2023-06-21')}\n"
        + f"HT2,Bank A,{B},2023-01-10,2023-04-30,10000000,{ACTUAL.format('2023-04-30')}\n",
    )
    office.on("2023-07-03").report(
        "2023-06-30", "HT1,drawdown,2023-01-20,,10000000,\nHT2,drawdown,2023-03-01,,10000000,\n", "Bank A"
    )
    apply(office, FIXED, f"SB1,{A},HT1,2023-02-01,{INVESTED} SB2,{B},HT2,2023-02-01,{INVESTED}", ",investment")
    grant(office, "PF1,SB1,2023-06-01,500000")
    assert office.posted("2023-06") == [("2023-06-21", "84444.44")]
    office.on("2023-12-04").report("2023-11-30", lender="Bank A")
    grant(office, "PF2,SB2,2023-11-01,500000")
    assert office.posted("2023-11") == [("2023-04-30", "15555.56")]
    assert office.posted("2023-11") == []
    holds(office)


def test_what_was_paid_ahead_is_held_and_settled_by_the_run_that_reaches_it(tmp_path: Path) -> None:
    """Half a year of 400 million at 2 points is 4 million; 3 of them for January were paid before the ledger began.

    July's run, which ends before, had asked the 3 million back as a debt and paid July's 4 million beside.
    """
    office = open_batch_office(tmp_path, FIXED, "2023-03-10", text_of(FIXED))
    terms = "NOMINAL_MONTH,custom,2023-07-01;2024-01-01,no,4%"
    office.take("loans", LENT + f"HT1,Bank A,{A},2022-12-01,2024-01-02,400000000,{terms},fixed_asset\n")
    office.report("2023-03-10", "HT1,drawdown,2023-01-01,,400000000,\n", "Bank A")
    apply(office, FIXED, f"SB1,{A},HT1,2023-02-01,{INVESTED}", ",investment")
    grant(office, "PF1,SB1,2023-03-02,8000000")
    path = tmp_path / "paid.csv"
    path.write_text("uscc,line,due,amount\n" + f"{A},PF1,2024-01-01,3000000\n", encoding="utf-8")
    office.opening("import", str(path), "--notice", FIXED)
    office.on("2023-07-03").report("2023-06-30", lender="Bank A")
    outcome = office.run("2023-06")
    assert outcome["posted"] == []
    values = {"due": "2024-01-01", "amount": "3,000,000.00"}
    held = {"line": "PF1", "code": "line_failed", "cause": "opening_ahead", "fact": "HT1", "values": values}
    assert outcome["held"] == [held]
    office.on("2024-01-03").report("2023-12-31", lender="Bank A")
    office.run("2023-12")
    assert stands(office) == {("PF1", "2023-07-01"): 4_000_000, ("PF1", "2024-01-01"): 1_000_000}
    holds(office)


def test_an_opening_that_later_facts_moved_off_its_line_holds_it(tmp_path: Path) -> None:
    """3 of 4 million for July 2023 were paid outside. The bank then corrects the due days: there is none in 2023."""
    office = open_batch_office(tmp_path, FIXED, "2023-03-10", text_of(FIXED))
    loan = f"HT1,Bank A,{A},2022-12-01,2024-07-01,400000000,NOMINAL_MONTH,custom,%s;2024-07-01,no,4%%,fixed_asset\n"
    office.take("loans", LENT + loan % "2023-07-01")
    office.report("2023-03-10", "HT1,drawdown,2023-01-01,,400000000,\n", "Bank A")
    apply(office, FIXED, f"SB1,{A},HT1,2023-02-01,{INVESTED}", ",investment")
    grant(office, "PF1,SB1,2023-03-02,8000000")
    path = tmp_path / "paid.csv"
    path.write_text("uscc,line,due,amount\n" + f"{A},PF1,2023-07-01,3000000\n", encoding="utf-8")
    office.opening("import", str(path), "--notice", FIXED)
    office.take("loans", LENT + loan % "2024-03-01")
    office.on("2024-04-02").report("2024-03-31", lender="Bank A")
    outcome = office.run("2024-03")
    values = {"amount": "3,000,000.00", "day": "2023-06-30", "first": "2024-02-29", "last": "2024-02-29"}
    held = {"line": "PF1", "code": "line_failed", "cause": "opening_misplaced", "fact": "HT1", "values": values}
    assert (outcome["posted"], outcome["held"]) == ([], [held])
    said = office.do("run", "interest", "--month", "2024-03", "--dry-run")
    assert "3,000,000.00 yuan were paid outside for 2023-06-30; by the facts of today nothing falls due" in said
    # The opening is written for the day that it was paid for, as the bank has it now.
    path.write_text("uscc,line,due,amount\n" + f"{A},PF1,2024-03-01,3000000\n", encoding="utf-8")
    office.opening("import", str(path), "--notice", FIXED)
    assert office.run("2024-03")["held"] == []
    holds(office)
