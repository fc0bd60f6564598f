"""What is asked about one line is calculated over its cap group, and comes out as in the plan of all lines."""

from pathlib import Path

from ledger.log import kinds
from ledger.runs.group import Group, group_of, part_of_plan
from ledger.runs.history import State, runs
from ledger.runs.occasion import Month, Occasion
from ledger.runs.plan import plan_of
from ledger.store.ledger import Ledger
from tests.runs.test_one_amount_for_all import LENDER_CAP
from tests.runs.test_shared_caps import FIXED, INVESTED, LENT, TERMS, text_of
from tests.support.batch_office import A, B, apply, grant, open_batch_office
from tests.support.demo import Told


def test_every_line_of_the_year_comes_out_as_in_the_plan_of_all(told: Told) -> None:
    ledger = Ledger.open(f"sqlite:///{told.out}/ledger.db")
    smaller = 0
    with ledger.read() as view:
        for run in [run for run in runs(view) if run.state is State.CLOSED][::5]:
            at = view.at(run.proposal["log_size"])
            whole = plan_of(at, run.occasion)
            for digest in whole.digests:
                line = digest["line"]
                part = part_of_plan(at, run.occasion, group_of(view, lines=[line]))
                assert [one for one in part.digests if one["line"] == line] == [digest]
                assert [one for one in part.steps if one.line == line] == [
                    one for one in whole.steps if one.line == line
                ]
                smaller += len(part.digests) < len(whole.digests)
    assert smaller > 0


def test_a_cap_over_firms_makes_all_lines_of_its_notice_the_group(tmp_path: Path) -> None:
    """A cap per lender: what firm A's loan leaves is what firm B's can have."""
    text = text_of(FIXED, (LENDER_CAP, '  - id: lender\n    per: [lender]\n    amount: "100,000"\n'))
    office = open_batch_office(tmp_path, FIXED, "2023-01-10", text)
    office.on("2023-03-02")
    loans = [f"HT{n},Bank A,{firm},2022-12-01,2024-01-02,4000000,{TERMS},fixed_asset\n" for n, firm in ((1, A), (2, B))]
    office.take("loans", LENT + "".join(loans))
    apply(office, FIXED, f"SB1,{A},HT1,2023-02-01,{INVESTED} SB2,{B},HT2,2023-02-01,{INVESTED}", ",investment")
    grant(office, "PF1,SB1,2023-03-02,500000 PF2,SB2,2023-03-01,500000")
    with Ledger.open(office.url).read() as view:
        group = group_of(view, lines=["PF1"])
        assert (group.firms, group.items, group.lines) == ({A}, {"HT1"}, {"PF1"})
        plan = part_of_plan(view, Occasion.of_month(Month(2023, 6)), group)
        assert [digest["line"] for digest in plan.digests] == ["PF1", "PF2"]


def test_a_firm_has_been_whose_application_it_ever_was(tmp_path: Path) -> None:
    """An application moved from one firm to another ties both: what was posted under the first still uses its room."""
    office = open_batch_office(tmp_path, FIXED, "2023-01-10")
    with Ledger.open(office.url).write("1001") as writer:
        for firm in (A, B):
            asked = kinds.ApplicationBody(
                key="SB1", uscc=firm, notice=FIXED, item="HT1", applied_on="2023-02-01", evidence=[]
            )
            writer.append(kinds.APPLICATION, asked)
        assert group_of(writer, firms=[A]).firms == {A, B}
        assert group_of(writer, items=["HT2"]) == Group(frozenset(), frozenset(), frozenset({"HT2"}), frozenset())
