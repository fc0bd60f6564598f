"""An office of eight, one for each post, that two people founded and that works under the set `full`."""

from pathlib import Path

from tests.support.copies import built_once
from tests.support.founded import founded_office
from tests.support.office import LENDER, NOTICE, USCC
from tests.support.three_office import CHECKER, MAKER, PAYER, POSTS, Three, put_in_force

LEADER, PAYCHECKER, RECONCILER, ADMINISTRATOR, GUARDIAN = "1004", "1005", "1006", "1007", "1008"
MORE = {LEADER: "处长", PAYCHECKER: "支付审核岗", RECONCILER: "对账岗", ADMINISTRATOR: "系统管理岗", GUARDIAN: "监督岗"}
EIGHT = {**POSTS, **MORE}
GRANTS = (
    "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
    "PF1,SB1,granted,2024-03-15,批〔2024〕1号,500000,ecny\n"
)
LOANS = (
    "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
    f"HT1,{LENDER},{USCC},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%\n"
)
EVENTS = "contract_no,kind,date,end_date,amount,rate\nHT1,drawdown,2024-01-10,,10000000,\n"
PAYEES = (
    f"uscc,channel,institution,wallet_type,number,holder\n{USCC},ecny,C1010211000012,WT09,0012345678901234,示例企业\n"
)
PAYERS = (
    "channel,institution,wallet_type,number,holder,funding\n"
    "ecny,C1010211000012,WT09,0012345678905678,示例专户,zero_balance\n"
)


@built_once
def eight_office(folder: Path, anchor: Path | None = None) -> Three:
    """The eight, under the set `three`."""
    office = founded_office(folder, anchor=anchor)
    for staff_no, post in MORE.items():
        office.enrol(staff_no, post, MAKER, CHECKER)
    return office


@built_once
def full_office(folder: Path, anchor: Path | None = None) -> Three:
    """The eight, under the set `full`."""
    return put_in_force(eight_office(folder, anchor=anchor), "full")


def last(said: str) -> str:
    """The number at the end of what a command printed."""
    return said.split()[-1].rstrip(".")


def brought_in(office: Three, *after_maker: str, notice: Path | None = None) -> None:
    """What has to be known before a month can be run, each command signed by who makes it and by those after."""
    from ledger.resources import fixture

    def signed(staff_no: str, *words: str, then: tuple[str, ...] = after_maker) -> None:
        office.done(staff_no, *words)
        (number,) = [str(one["number"]) for one in office.read("approvals")]
        for other in then:
            office.done(other, "approve", number)
        assert office.read("approvals") == []

    delta = ("--mode", "delta")
    signed(MAKER, "notice", "add", str(notice or fixture(f"notices/{NOTICE}.yaml")))
    for path, document in (("2024", "BUD-2024-1"), ("2024/loan-interest", "BUD-2024-2")):
        signed(MAKER, "budget", "issue", path, "2000000", "--document", document, "--on", "2024-01-01")
    entities = office.file("entities.csv", f"uscc,name,district,district_from\n{USCC},示例企业,海淀区,2015-03-02\n")
    office.done(MAKER, "import", "entities", entities, *delta)
    two = after_maker[:1]
    signed(MAKER, "import", "payees", office.file("payees.csv", PAYEES), *delta, then=two)
    payer_checks = (PAYCHECKER,) if len(after_maker) > 1 else two
    signed(PAYER, "import", "payers", office.file("payers.csv", PAYERS), *delta, then=payer_checks)
    office.on("2024-04-01")
    office.done(MAKER, "import", "loans", office.file("loans.csv", LOANS), *delta)
    applied = f"application_no,uscc,notice,item,applied_on\nSB1,{USCC},{NOTICE},HT1,2024-03-01\n"
    office.done(MAKER, "import", "applications", office.file("applications.csv", applied), *delta)
    signed(MAKER, "import", "grants", office.file("grants.csv", GRANTS), *delta)
    signed(MAKER, "opening", "none", NOTICE, then=two)
    whose = ("--lender", LENDER, "--through", "2024-03-31")
    office.done(MAKER, "import", "events", office.file("events.csv", EVENTS), *delta, *whose)
