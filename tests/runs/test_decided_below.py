"""Decisions below what was computed, from the decision to the runs after it: a meeting (会议核减) and a short budget.

What a decision cuts off is withheld: every later run lists it, and none pays it by itself.
"""

from pathlib import Path
from typing import Any

import pytest

from calculators.money import parse_yuan, plain_yuan
from ledger.book.balances import posted_awards
from ledger.registry.grants import grants
from ledger.resources import fixture
from ledger.store.ledger import Ledger
from tests.runs.test_batch_run import CLAIMS, holds
from tests.support.batch_office import INCENTIVE, A, apply, grant, open_batch_office, shown
from tests.support.office import LENDER, NOTICE, USCC, Office, open_office

MEETING = ("decide", "meeting", "--about", "SB1", "--reason", "minutes, item 4")


def below(run: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """What a run withheld, as (line, decision, most that it allows, amount above it)."""
    return [(one["line"], one["code"], one["limit"], one["amount"]) for one in run["withheld"]]


def test_a_meeting_on_a_loan_binds_every_later_month(tmp_path: Path) -> None:
    """10 million at 3.55 % from 1 March, half of the interest.

    due      interest                       to date      half, rounded
    03-20    10,000,000 x 19 d   18,736.11   18,736.11      9,368.06
    06-20    10,000,000 x 92 d   90,722.22  109,458.33     54,729.17
    09-20    10,000,000 x 92 d   90,722.22  200,180.55    100,090.28
    """
    office = open_office(tmp_path)
    office.opening("none", NOTICE)
    office.on("2024-04-01").report("2024-03-31")
    assert office.posted("2024-03") == [("2024-03-20", "9368.06")]
    office.do(*MEETING, "--amount", "20000", "--document", "JY-1")
    # The meeting leaves room for what is posted: the month stands as it is.
    assert office.posted("2024-03") == []
    office.on("2024-07-01").report("2024-06-30")
    june = office.run("2024-06")
    # 20,000.00 - 9,368.06; above it lie 54,729.17 - 20,000.00.
    assert [(one["due"], one["amount"]) for one in june["posted"]] == [("2024-06-20", "10631.94")]
    assert below(june) == [("PF1", "meeting", "20000.00", "34729.17")]
    office.on("2024-10-02").report("2024-09-30")
    for again in (office.run("2024-09"), office.run("2024-09")):
        assert again["posted"] == []
        assert below(again) == [("PF1", "meeting", "20000.00", "80090.28")]
    assert "80,090.28" in office.do("explain", "PF1")
    # Only a further decision pays more, and no more than it says; one below what is posted takes back.
    office.do(*MEETING, "--amount", "30000", "--document", "JY-2")
    assert office.posted("2024-09") == [("2024-06-20", "10000.00")]
    office.do(*MEETING, "--amount", "25000", "--document", "JY-3")
    assert office.posted("2024-09") == [("2024-06-20", "-5000.00")]
    holds(office)


def test_a_meeting_on_an_item_outlives_every_later_fact(tmp_path: Path) -> None:
    """Half of the base of a tape-out, at most 3 million; the grant says 2 million, the meeting 1.5 million."""
    office = open_batch_office(tmp_path, INCENTIVE, "2023-12-01")
    claim = CLAIMS + f"JL1,{A},2023-06-30,{{base}},category=mpw\n"
    office.take("claims", claim.format(base=4000000))
    apply(office, INCENTIVE, f"SB1,{A},JL1,2023-10-09")
    # Before the grant: the list that the meeting leaves shows it already.
    office.do(*MEETING, "--amount", "1500000", "--document", "JY-1")
    assert shown(office, INCENTIVE) == {"SB1": ("open", "2000000.00", "1500000.00")}
    grant(office, "PF1,SB1,2023-12-01,2000000")
    run = office.read("run", "batch", INCENTIVE)
    assert [(one["due"], one["amount"]) for one in run["posted"]] == [("2023-07-01", "1500000.00")]
    assert below(run) == [("PF1", "meeting", "1500000.00", "500000.00")]
    # Base, and what is then posted and withheld: by the ceiling first, and by the meeting of what that leaves.
    for base, moved, cut in (
        ("6000000", [], [("grant_ceiling", "1000000.00"), ("meeting", "500000.00")]),
        ("2000000", ["-500000.00"], []),
        ("3000000", ["500000.00"], []),
        ("4000000", [], [("meeting", "500000.00")]),
    ):
        office.take("claims", claim.format(base=base))
        run = office.read("run", "batch", INCENTIVE)
        assert ([one["amount"] for one in run["posted"]], [(code, amount) for _, code, _, amount in below(run)]) == (
            moved,
            cut,
        )
    holds(office)


def stands(office: Office) -> dict[str, int]:
    """What every line comes to on the book, in fen; a line without a fen too."""
    found: dict[str, int] = {}
    with Ledger.open(office.url).read() as view:
        for grant in grants(view):
            found[grant] = 0
        for (line, _due), award in posted_awards(view).items():
            found[line] += award.amount_fen
    return found


LENT = "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
TERMS = "2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%"
OTHER = "91310110666007217T"


def two_loans(folder: Path, way: str) -> Office:
    """Two firms with loans of 10 and 5 million; the second one applied a day earlier. Budget: 30,000 yuan."""
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    assert text.count("when_short: refuse") == 1
    path = folder / f"{NOTICE}.yaml"
    path.write_text(text.replace("when_short: refuse", f"when_short: {way}"), encoding="utf-8")
    loans = LENT + f"HT1,{LENDER},{USCC},{TERMS}\nHT2,{LENDER},{OTHER},{TERMS}\n"
    office = open_office(folder, loans, notice=path)
    office.opening("none", NOTICE)
    office.take("entities", f"uscc,name,district,district_from\n{OTHER},示例二企业,海淀区,2015-03-02\n")
    office.take(
        "payees",
        "uscc,channel,institution,wallet_type,number,holder\n"
        f"{OTHER},ecny,C1010211000012,WT09,0012345678905678,示例二企业\n",
    )
    office.take("applications", f"application_no,uscc,notice,item,applied_on\nSB2,{OTHER},{NOTICE},HT2,2024-02-29\n")
    return office


def grant_second(office: Office) -> None:
    office.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
        "PF2,SB2,granted,2024-03-15,批〔2024〕2号,100000,ecny\n",
    )


SHORT = ("decide", "shortage", "--about", NOTICE, "--document", "JY-4", "--reason", "budget of the year")


@pytest.mark.parametrize(
    ("way", "most"),
    [
        # Granted are 500,000 and 100,000: 30,000 x 5/6 and x 1/6.
        ("pro_rata", {"PF1": "25000.00", "PF2": "5000.00"}),
        # SB2 came first: its 100,000 take all there is.
        ("first_come", {"PF1": "0.00", "PF2": "30000.00"}),
    ],
)
def test_a_short_budget_for_loans_binds_every_later_month(tmp_path: Path, way: str, most: dict[str, str]) -> None:
    """Half of the interest to date of 10 million as above, and of 5 million: 9,368.05 / 2 by 20 March, 4,684.03.

    By 20 June: 9,368.06 + 45,361.11 = 54,729.17 of the first; (9,368.06 + 45,361.11) / 2 = 27,364.59 of the second.
    """
    office = two_loans(tmp_path, way)
    grant_second(office)
    office.on("2024-04-01").report("2024-03-31", "HT2,drawdown,2024-01-10,,5000000,\n")
    office.do(*SHORT, "--amount", "30000")
    office.run("2024-03")
    office.on("2024-07-01").report("2024-06-30")
    june = office.run("2024-06")
    calculated = {"PF1": "54729.17", "PF2": "27364.59"}
    assert stands(office) == {line: min(parse_yuan(most[line]), parse_yuan(calculated[line])) for line in most}
    assert below(june) == [
        (line, "shortage", most[line], plain_yuan(parse_yuan(calculated[line]) - parse_yuan(most[line])))
        for line in most
        if parse_yuan(calculated[line]) > parse_yuan(most[line])
    ]
    holds(office)


def test_a_loan_that_nobody_has_granted_has_no_part_in_a_short_budget(tmp_path: Path) -> None:
    """By April it has come to a fraction of what it will, and an allotment would bind it to that for good."""
    office = two_loans(tmp_path, "pro_rata")
    office.on("2024-04-01").report("2024-03-31", "HT2,drawdown,2024-01-10,,5000000,\n")
    answer = office.say(*SHORT, "--amount", "30000")
    assert (answer.exit_code, answer.stderr) == (
        2,
        f"{NOTICE}: nobody has decided on SB2, and what a loan may come to is known from its grant; import what was "
        "granted or refused first [grant_missing]\n",
    )
    grant_second(office)
    assert "30,000.00 yuan are allotted" in office.do(*SHORT, "--amount", "30000")
