"""Caps shared across notices, end to end: what is posted holds its room, the rest is filled by due date and order.

The two loan notices of one direction share 10 million yuan per firm and year: 2 points for fixed assets, 1 point for
working capital. Months are of equal length, so that half a year of 400 million at 2 points is 4 million, and of 500
million at 1 point 2.5 million.
"""

from pathlib import Path

import pytest

from ledger.book.balances import posted_awards
from ledger.resources import fixture
from ledger.store.ledger import Ledger
from tests.runs.test_batch_run import CLAIMS, holds
from tests.support.batch_office import INCENTIVE, PATHS, A, apply, grant, open_batch_office
from tests.support.office import Office

FIXED, WORKING = "gjj-2023-batch-2-direction-2", "gjj-2023-batch-2-direction-2-chain-leader"
LOANS = "2023/loan-interest/batch-2"
# What both notices ask of the project at least.
INVESTED = 5_000_000
PATHS[FIXED] = LOANS
LENT = "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_dates,due_counted,rate,purpose\n"
TERMS = "NOMINAL_MONTH,custom,2023-07-01;2024-01-01,no,4%"


def text_of(notice: str, *changes: tuple[str, str]) -> str:
    text = fixture(f"notices/{notice}.yaml").read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def two_notices(folder: Path, *changes: tuple[str, str]) -> Office:
    """A loan under each notice, the one for working capital granted a day before the other and signed a day after."""
    office = open_batch_office(folder, FIXED, "2023-03-10", text_of(FIXED, *changes))
    status = "uscc,name,district,district_from,status,status_from\n"
    office.take("entities", f"{status}{A},北京示例1公司,海淀区,2015-03-02,chain_leader,2020-01-01\n")
    other = folder / "other.yaml"
    other.write_text(text_of(WORKING, *changes), encoding="utf-8")
    office.do("notice", "add", str(other))
    office.opening("none", WORKING)
    office.take(
        "loans",
        LENT
        + f"HT1,Bank A,{A},2022-12-01,2024-01-02,400000000,{TERMS},fixed_asset\n"
        + f"HT2,Bank A,{A},2022-12-02,2024-01-02,500000000,{TERMS},working_capital\n",
    )
    office.on("2023-04-03")
    office.report("2023-03-31", "HT1,drawdown,2023-01-01,,400000000,\nHT2,drawdown,2023-01-01,,500000000,\n", "Bank A")
    apply(office, FIXED, f"SB1,{A},HT1,2023-02-01,{INVESTED}", ",investment")
    apply(office, WORKING, f"SB2,{A},HT2,2023-02-01,{INVESTED}", ",investment")
    grant(office, "PF1,SB1,2023-03-02,8000000 PF2,SB2,2023-03-01,5000000")
    return office


def stands(office: Office) -> dict[tuple[str, str], int]:
    """What the book says of every line and due period, in yuan."""
    with Ledger.open(office.url).read() as view:
        found = {(line, due.isoformat()): award.amount_fen for (line, due), award in posted_awards(view).items()}
    assert all(fen % 100 == 0 for fen in found.values())
    return {key: fen // 100 for key, fen in found.items()}


@pytest.mark.parametrize(
    ("changes", "second_half", "caps"),
    [
        # By grant date: PF2 takes its 2.5 of the 3.5 million that are left, PF1 the last million.
        (
            (),
            {"PF1": 1_000_000, "PF2": 2_500_000},
            {"PF1": "10,000,000, used 5,000,000: binding", "PF2": "10,000,000, used 5,000,000: not binding"},
        ),
        # By contract date: PF1 takes all of them, and of PF2's 2.5 million nothing is left.
        (
            (("governed_by: application", "governed_by: application\norder: [contract_date, id]"),),
            {"PF1": 3_500_000, "PF2": 0},
            {"PF1": "10,000,000, used 2,500,000: binding", "PF2": "10,000,000, used 7,500,000: binding"},
        ),
    ],
)
def test_a_cap_of_two_notices_fills_by_due_date_then_in_the_stated_order(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], second_half: dict[str, int], caps: dict[str, str]
) -> None:
    """4 and 2.5 million by 1 July; by 1 January 3.5 million are left of 10 for another 4 and 2.5."""
    office = two_notices(tmp_path, *changes)
    office.on("2023-07-03").report("2023-06-30", lender="Bank A")
    office.run("2023-06")
    first_half = {("PF1", "2023-07-01"): 4_000_000, ("PF2", "2023-07-01"): 2_500_000}
    assert stands(office) == first_half
    office.on("2024-01-03").report("2023-12-31", lender="Bank A")
    office.run("2023-12")
    rest = {(line, "2024-01-01"): yuan for line, yuan in second_half.items() if yuan}
    assert stands(office) == {**first_half, **rest}
    for line, said in caps.items():
        assert f"entity_year {said}\n" in office.do("explain", line)
    holds(office)


def month(office: Office, name: str) -> None:
    day = {"2023-06": "2023-06-30", "2023-12": "2023-12-31"}[name]
    office.report(day, lender="Bank A")
    office.run(name)


def loan_and_tape_out(folder: Path) -> Office:
    """A loan and a tape-out that share 10 million: 4 million due on 1 July, and half of 12 million due on 1 June."""
    office = open_batch_office(
        folder, FIXED, "2024-01-03", text_of(FIXED, (f"shared_with: [{WORKING}]", f"shared_with: [{INCENTIVE}]"))
    )
    other = folder / "tape-out.yaml"
    cap = '{id: entity_year, per: [entity, year], year_of: fund, amount: "30,000,000"'
    shared = f'{{id: entity_year, per: [entity, year], year_of: fund, shared_with: [{FIXED}], amount: "10,000,000"'
    other.write_text(text_of(INCENTIVE, (cap, shared)), encoding="utf-8")
    office.do("notice", "add", str(other))
    office.opening("none", INCENTIVE)
    for path in ("2023", "2023/incentive", PATHS[INCENTIVE]):
        office.do("budget", "issue", path, "10000000", "--document", f"BUD-{path}", "--on", "2023-01-01")
    office.take("loans", LENT + f"HT1,Bank A,{A},2022-12-01,2024-01-02,400000000,{TERMS},fixed_asset\n")
    office.report("2023-03-31", "HT1,drawdown,2023-01-01,,400000000,\n", "Bank A")
    office.take("claims", CLAIMS + f"JL1,{A},2023-05-31,12000000,category=frontier_full_mask\n")
    apply(office, FIXED, f"SB1,{A},HT1,2023-02-01,{INVESTED}", ",investment")
    apply(office, INCENTIVE, f"SB2,{A},JL1,2023-06-01")
    grant(office, "PF1,SB1,2023-03-02,8000000")
    return office


def tape_out(office: Office) -> None:
    grant(office, "PF2,SB2,2023-06-02,8000000")


@pytest.mark.parametrize(
    "order",
    [("2023-06", "batch", "2023-12"), ("batch", "2023-06", "2023-12"), ("2023-06", "2023-12", "batch")],
    ids=" ".join,
)
def test_lines_granted_before_either_run_share_alike_whichever_runs_first(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    """The tape-out's 6 million are due first, so 4 are left for July: each run keeps the other's room free.

    Then the audit counts 14 instead of 12 million of the tape-out. Its claim rises to 7, but 4 are posted on the loan
    and hold their room: what is posted is not taken from anybody because somebody else may claim more.
    """
    office = loan_and_tape_out(tmp_path)
    tape_out(office)
    for step in order:
        if step == "batch":
            office.do("run", "batch", INCENTIVE)
        else:
            month(office, step)
    assert stands(office) == {("PF1", "2023-07-01"): 4_000_000, ("PF2", "2023-06-01"): 6_000_000}
    office.take("claims", CLAIMS + f"JL1,{A},2023-05-31,14000000,category=frontier_full_mask\n")
    office.run("2023-12")
    office.do("run", "batch", INCENTIVE)
    assert stands(office) == {("PF1", "2023-07-01"): 4_000_000, ("PF2", "2023-06-01"): 6_000_000}
    holds(office)


def test_a_later_grant_gets_what_the_posted_one_leaves(tmp_path: Path) -> None:
    """The loan's 8 million (4 by July, 4 by January) are posted before the tape-out is granted, which claims 6."""
    office = loan_and_tape_out(tmp_path)
    month(office, "2023-06")
    month(office, "2023-12")
    loan = {("PF1", "2023-07-01"): 4_000_000, ("PF1", "2024-01-01"): 4_000_000}
    assert stands(office) == loan
    tape_out(office)
    office.do("run", "batch", INCENTIVE)
    # 10 less 8, though the tape-out fell due a month before the loan.
    assert stands(office) == {**loan, ("PF2", "2023-06-01"): 2_000_000}
    assert "entity_year 10,000,000, used 8,000,000: binding" in office.do("explain", "PF2")
    office.run("2023-12")
    office.do("run", "batch", INCENTIVE)
    assert stands(office) == {**loan, ("PF2", "2023-06-01"): 2_000_000}
    holds(office)


def test_a_withdrawn_run_leaves_its_room_to_who_runs_next(tmp_path: Path) -> None:
    office = loan_and_tape_out(tmp_path)
    month(office, "2023-06")
    month(office, "2023-12")
    tape_out(office)
    office.do("run", "withdraw", "2023-12", "--reason", "wrong list")
    office.do("run", "batch", INCENTIVE)
    # July's 4 million stand; of the 6 left the tape-out of June gets all, and nothing of January is posted again.
    half = {("PF1", "2023-07-01"): 4_000_000, ("PF1", "2024-01-01"): 0, ("PF2", "2023-06-01"): 6_000_000}
    assert stands(office) == half
    office.run("2023-12")
    assert stands(office) == half
    holds(office)
