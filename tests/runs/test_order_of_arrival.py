"""Whatever order facts, grants and decisions arrive in, and whenever a batch is run between, the end is the same.

Registers that others rest on (notice, firms, items, applications) come first; after them everything may come in any
order: audits, acceptances, grants, what a meeting decided and what a short budget allotted.
"""

import random
from pathlib import Path

import pytest

from ledger.book.balances import posted_awards
from ledger.log import kinds
from ledger.office.decisions import SHORTAGE
from ledger.store.ledger import Ledger
from tests.support.batch_office import STAGED, A, B, C, apply, grant, open_batch_office
from tests.support.clock import at_noon
from tests.support.office import Office
from tests.support.seeds import SEED

ORDERS = 6
# What each line comes to. PF1: 30 % of 9 million audited are 2.7 million, a meeting says 2 million. PF2: 6 million,
# allotted 4 million, accepted at half: 60 % of 4 million by half. PF3: allotted 5 of 9 million, 60 % of them.
ENDS = {"PF1": 200_000_000, "PF2": 120_000_000, "PF3": 300_000_000}
MILESTONES = "project_no,kind,date,amount,done\n"


def shortage(office: Office) -> None:
    """The allotment as it was decided, whatever was known by then."""
    rows = [
        {"application": "SB2", "approved_fen": 600_000_000, "allotted_fen": 400_000_000},
        {"application": "SB3", "approved_fen": 900_000_000, "allotted_fen": 500_000_000},
    ]
    with at_noon(office.day), Ledger.open(office.url).write("1001") as writer:
        writer.append(
            kinds.DECISION,
            kinds.DecisionBody(
                key=f"{SHORTAGE}/{STAGED}/JY-2",
                type=SHORTAGE,
                about=f"{STAGED}/JY-2",
                reason="short",
                document="JY-2",
                amount_fen=900_000_000,
                rows=rows,
            ),
        )


def meeting(office: Office) -> None:
    words = ("--about", "SB1", "--amount", "2000000", "--document", "JY-1", "--reason", "minutes")
    office.do("decide", "meeting", *words)


ARRIVALS = [
    lambda office: office.take("milestones", MILESTONES + "XM1,audit,2024-09-02,9000000,\n"),
    lambda office: office.take("milestones", MILESTONES + "XM1,acceptance,2024-10-08,,100%\n"),
    lambda office: office.take("milestones", MILESTONES + "XM2,acceptance,2024-10-09,,50%\n"),
    lambda office: grant(office, "PF1,SB1,2024-06-03,3000000"),
    lambda office: grant(office, "PF2,SB2,2024-06-03,6000000"),
    lambda office: grant(office, "PF3,SB3,2024-06-03,9000000"),
    meeting,
    shortage,
]


@pytest.mark.parametrize("turn", range(ORDERS))
def test_any_order_of_arrival_ends_in_the_same(tmp_path: Path, turn: int) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    draw = random.Random(f"{SEED} {turn}")
    office = open_batch_office(tmp_path, STAGED, "2024-12-02")
    office.take(
        "projects",
        f"project_no,uscc,signed_on,claimed\nXM1,{A},2024-01-05,10000000\nXM2,{B},2024-01-05,20000000\n"
        f"XM3,{C},2024-01-05,30000000\n",
    )
    apply(office, STAGED, f"SB1,{A},XM1,2024-03-01 SB2,{B},XM2,2024-03-02 SB3,{C},XM3,2024-03-03")
    for arrive in draw.sample(ARRIVALS, len(ARRIVALS)):
        arrive(office)
        if draw.random() < 0.5:
            office.do("run", "batch", STAGED)
    office.do("run", "batch", STAGED)
    ends: dict[str, int] = {}
    with Ledger.open(office.url).read() as view:
        for (line, _due), award in posted_awards(view).items():
            ends[line] = ends.get(line, 0) + award.amount_fen
    assert ends == ENDS
    assert office.read("run", "batch", STAGED)["posted"] == []
