"""One loan that cannot be calculated does not stop the month for the others, and keeps what was posted on it."""

from pathlib import Path

from ledger.resources import fixture
from tests.support.office import LENDER, NOTICE, USCC, Office, open_office

HEADING = "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate,repriced\n"
HT1 = f"HT1,{LENDER},{USCC},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%,\n"
HT2 = f"HT2,{LENDER},{USCC},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.60%,\n"
# The lender takes another contract for HT2 by mistake: one of 2019, before anybody published an LPR.
WRONG = f"HT2,{LENDER},{USCC},2019-05-06,2026-01-10,30000000,ACT/360,quarter,20,no,LPR1Y+25BP,fixed\n"


def two_loans(folder: Path, cap: str = "30,000,000", condition: str = "", second: str = LENDER) -> Office:
    """HT1 and HT2 under the example notice, chosen by the date of the application; HT2 bears 3.60 % on 1,800,000.

    `condition` is one more line of its eligibility, `second` the lender of HT2.
    """
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    notice = folder / "by-application.yaml"
    text = text.replace("governed_by: drawdown", "governed_by: application").replace('"30,000,000"', f'"{cap}"')
    text = text.replace("eligibility:\n", f"eligibility:\n{condition}")
    notice.write_text(text, encoding="utf-8")
    office = open_office(folder, HEADING + HT1 + HT2.replace(LENDER, second), notice=notice)
    rows = {LENDER: "HT1,drawdown,2024-02-26,,8000000,\n"}
    rows[second] = rows.get(second, "") + "HT2,drawdown,2024-02-20,,1800000,\n"
    for lender, events in rows.items():
        office.report("2024-02-29", events, lender=lender)
    office.take("applications", f"application_no,uscc,notice,item,applied_on\nSB2,{USCC},{NOTICE},HT2,2024-03-01\n")
    office.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
        "PF2,SB2,granted,2024-03-15,批〔2024〕2号,500000,ecny\n",
    )
    return office.on("2024-04-01")


def test_a_line_that_fails_is_held_keeps_what_is_posted_and_stops_nobody(tmp_path: Path) -> None:
    office = two_loans(tmp_path)
    office.report("2024-03-31")
    # 19 days from 1 March: HT1 half of 33,725.00; HT2 half of 19 x 180.00.
    assert office.posted("2024-03") == [("2024-03-20", "16862.50"), ("2024-03-20", "1710.00")]
    office.on("2024-07-01").take("loans", HEADING + WRONG)
    office.report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\nHT2,drawdown,2019-05-06,,1000000,\n")
    outcome = office.run("2024-06")
    assert [(one["line"], one["amount"]) for one in outcome["posted"]] == [("PF1", "106500.00")]
    held = {
        "line": "PF2",
        "code": "line_failed",
        "cause": "benchmark_unknown",
        "fact": "HT2",
        "values": {"day": "2019-05-06", "first": "2019-08-20", "last": "2026-07-20"},
    }
    assert outcome["held"] == [held]
    # The proposal is what is approved: what it holds stands in it.
    shown = office.read("run", "show", str(outcome["proposal"]))["held"]
    assert shown == [held]
    said = office.do("run", "show", str(outcome["proposal"]))
    assert "HT2: no LPR is known for 2019-05-06: the table runs from 2019-08-20 to 2026-07-20" in said
    assert "line_failed: HT2: no LPR is known for 2019-05-06" in office.do("explain", "PF2")
    # The fact is corrected, and the line goes on: 19 + 92 days at 90.00 less what was posted.
    office.take(
        "events",
        "contract_no,kind,date,amount\n"
        "HT1,drawdown,2024-01-10,10000000\nHT1,drawdown,2024-02-26,8000000\nHT1,drawdown,2024-05-09,12000000\n"
        "HT2,drawdown,2024-02-20,1800000\n",
        *("--mode", "full", "--lender", LENDER, "--through", "2024-06-30"),
        *("--confirm-void", "HT2", "--reason", "the drawdown of 2019 is another contract's"),
    )
    office.take("loans", HEADING + HT2)
    assert office.posted("2024-06") == [("2024-06-20", "8280.00")]
