"""What one key cannot do: every attack of the table on one ready ledger, where it is refused and nothing is written.

`attacks.csv` says of each what it needs, in whose name and with whose key the command is given, and its refusal.
"""

import csv
import json
import random
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from ledger.log.kinds import kind_of
from ledger.resources import fixture
from tests.audit.attacker import bodies
from tests.reconcile.forms import write
from tests.support.copies import copy_ledger
from tests.support.office import LENDER, NOTICE, USCC
from tests.support.signing_office import CONSISTENT, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, Three, duties_office

TABLE = Path(__file__).with_name("attacks.csv")
with TABLE.open(encoding="utf-8") as source:
    ATTACKS = list(csv.DictReader(source))
GRANTS = (
    "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
    "PF1,SB1,granted,2024-03-15,批〔2024〕1号,{},ecny\n"
)
INSPECTIONS = "inspection_no,grant_no,inspected_on,finding\nI-1,PF1,2024-04-01,passed\n"
ENTITIES = f"uscc,name,district,district_from\n{USCC},另一企业,海淀区,2015-03-02\n"
CONTRACTED = "payer/ecny/C1010211000012/000002"
PREFUNDED = (
    "channel,institution,wallet_type,number,holder,funding,envelope\n"
    "ecny,C1010211000012,WT09,0012345678905555,示例专户,prefunded,2024/contract\n"
)
LOANS = (
    "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
    f"HT9,{LENDER},{USCC},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%\n"
)
APPLICATIONS = f"application_no,uscc,notice,item,applied_on\nSB9,{USCC},{NOTICE},HT1,2024-03-01\n"
STATEMENT = (
    "账号：0012345678905678\n共1笔\n"
    "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"
    "2024-04-01,1.00,,1.00,利息,,,\n"
)
# A row of each register of facts.
ROWS = {
    "dishonesty": f"uscc,decided_on,document,repaired_on\n{USCC},2019-05-06,D-1,2020-05-06\n",
    "wallets": "payee,seen_on,status,freeze,controlled\necny/C1010211000012/000001,2024-03-04,normal,none,no\n",
    "requests": f"process_no,uscc,institution,state,state_on\nKH1,{USCC},C1010211000012,applied,2024-03-04\n",
    "receipts": "contract_no,due,interest,paid_on\nHT1,2024-03-20,100,2024-03-21\n",
    "policies": f"policy_no,insurer,uscc,item,signed_on,liability,premium\nBD1,x,{USCC},SX1,2024-05-10,900,15\n",
    "claims": f"claim_no,uscc,achieved_on,base\nJL1,{USCC},2024-06-30,3000\n",
    "projects": f"project_no,uscc,signed_on,claimed\nXM1,{USCC},2024-03-01,8000\n",
    "premiums": "policy_no,kind,date,amount\nBD0,paid,2024-05-20,15\n",
    "milestones": "project_no,kind,date,amount\nXM0,audit,2024-05-31,7600\n",
}
# The ledger as it is, copies of it as it goes on by a name in a command, and what is named there.
Ready: TypeAlias = tuple[Three, dict[str, Three], dict[str, object]]
SMALL = """id: small
people_at_least: 2
posts: {maker: 经办岗}
valid_days: {default: 10}
acts:
  run: {record: [proposal], case: run, effect: money, steps: [[any]], exit: none}
"""


def log(office: Three) -> list[dict[str, Any]]:
    return bodies(office.folder / "book.db")


def last(office: Three, kind: str) -> int:
    return max(seq for seq, body in enumerate(log(office)) if kind_of(body) == kind)


def bound(office: Three) -> int:
    """A contract binds money of a prefunded wallet, and the maker has asked to let some of it go; that number."""
    path = office.file("prefunded.csv", PREFUNDED)
    office.done(PAYER, "import", "payers", path, "--mode", "delta")
    office.done(CHECKER, "approve", str(last(office, "act")))
    office.done(PAYER, "pay", "fund", CONTRACTED, "100", "--on", "2024-04-01", "--document", "YK-1")
    terms = ("--purpose", "x", "--condition", "x", "--until", "2024-12-31", "--on", "2024-04-01", "--document", "HY-1")
    office.done(PAYER, "pay", "bind", "HY-1", CONTRACTED, "50", *terms)
    office.done(MAKER, "pay", "unbind", "HY-1", "20", "--as", "released", "--document", "YS-1", "--reason", "x")
    return last(office, "decision")


def asked_for(office: Three) -> dict[str, object]:
    """The maker says that the payer's key is in other hands, changes the key of the log, and asks for witnesses."""
    office.done(MAKER, "people", "compromised", PAYER, "--since", "2024-04-01", "--reason", "x")
    office.done(MAKER, "witness", "policy", witness(office), "--needed", "1", "--reason", "x")
    office.done(MAKER, "audit", "log-key", "--reason", "x")
    kinds_of = {"doubted": "compromise", "doubted_policy": "witness", "doubted_log_key": "log_key"}
    batch = next(body["key"] for body in log(office) if kind_of(body) == "payment_batch")
    return {"doubted_batch": batch, **{name: last(office, kind) for name, kind in kinds_of.items()}}


def witness(office: Three) -> str:
    """The public key of a witness."""
    folder = office.folder.with_name(f"{office.folder.name}-witness")
    if not folder.exists():
        office.say("witness", "new", str(folder), "--name", "witness.example/w1", actor=None)
    return str(folder / "witness.vkey")


def backup(office: Three) -> Path:
    folder = office.folder.with_name("backup")
    result = office.say("backup", str(folder), actor=None)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    """A batch, a grant, an order, a run and a contract's release that wait; the same once the batch is approved, or
    once 1003's key is in doubt and the log has another; and what attackers bring."""
    folder = tmp_path_factory.mktemp("attacked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUBSIDY_ANCHOR", str(folder / "anchor"))
        office = duties_office(folder / "ledger", anchor=folder / "anchor")
        batch = str(json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--json"))["batches"][0]["batch"])
        release = bound(office)
        office.done(MAKER, "budget", "adjust", "2024", "5,000", "--document", "D-1")
        order = last(office, "order")
        office.done(MAKER, "import", "grants", office.file("grant.csv", GRANTS.format(600000)), "--mode", "delta")
        act = last(office, "act")
        office.on("2024-07-02")
        events = office.file("events.csv", "contract_no,kind,date,end_date,amount,rate\n")
        whose = ("--lender", "Bank A", "--through", "2024-06-30")
        office.done(MAKER, "import", "events", events, "--mode", "delta", *whose)
        imported = last(office, "import")
        for name in ("policies", "projects"):
            text = ROWS[name].replace("BD1", "BD0").replace("XM1", "XM0")
            office.done(MAKER, "import", name, office.file(f"first-{name}.csv", text), "--mode", "delta")
        run = json.loads(office.done(MAKER, "run", "interest", "--month", "2024-06", "--json"))["proposal"]
        copy_ledger(office.folder, folder / "anchor", folder / "further", folder / "further-anchor")
        further = office.at(folder / "further", folder / "further-anchor")
        further.done(CHECKER, "pay", "approve", batch)
        copy_ledger(office.folder, folder / "anchor", folder / "doubted", folder / "doubted-anchor")
        doubted = office.at(folder / "doubted", folder / "doubted-anchor")
        yield (
            office,
            {"{approved}": further, "{doubted": doubted},
            {
                **asked_for(doubted),
                **{name: office.file(f"{name}.csv", text) for name, text in ROWS.items()},
                "release": release,
                "contracted": CONTRACTED,
                "loans": office.file("loans.csv", LOANS),
                "applications": office.file("applications.csv", APPLICATIONS),
                "statement": write(office.folder, "flow.csv", STATEMENT),
                "witness": witness(office),
                "backup": backup(office),
                "batch": batch,
                "approved": batch,
                "order": order,
                "run": run,
                "act": act,
                "import": imported,
                "out": office.folder / "out.json",
                "new": office.keys / "new.key",
                "key": office.key(MAKER),
                "small": office.file("small.yaml", SMALL),
                "notice": fixture("notices/bj-equipment-loan-2024.yaml"),
                "inspections": office.file(
                    "i.csv", "inspection_no,grant_no,inspected_on,finding\nI-1,PF1,2024-04-01,passed\n"
                ),
                "entities": office.file(
                    "e.csv", f"uscc,name,district,district_from\n{USCC},另一企业,海淀区,2015-03-02\n"
                ),
                "grants": office.file("grants.csv", GRANTS.format(700000)),
                "payees": office.file(
                    "payees.csv",
                    "uscc,channel,institution,wallet_type,number,holder\n"
                    f"{USCC},ecny,C1010211000012,WT09,0012345678904321,示例企业\n",
                ),
                "payers": office.file(
                    "payers.csv",
                    "channel,institution,wallet_type,number,holder,funding\n"
                    "ecny,C1010211000012,WT09,0012345678904444,示例专户,zero_balance\n",
                ),
            },
        )


@pytest.mark.parametrize("row", ATTACKS, ids=lambda row: f"{row['attack']}, {row['needs']}")
def test_one_key_is_not_enough(ready: Ready, row: dict[str, str]) -> None:
    office, later, names = ready
    office = next((one for word, one in later.items() if word in row["command"]), office)
    size = len(log(office))
    words = shlex.split(row["command"].format(**names))
    result = office.by(row["actor"], *words, key=row["key"])
    assert result.exit_code == 2, result.output
    assert f"[{row['code']}]" in result.stderr
    assert len(log(office)) == size


def test_the_nine_commands_that_had_the_money_out_are_refused_one_by_one(
    ready: Ready,
) -> None:
    """One officer, colleagues of his own making with keys of his own making, both steps of a run, and the payment."""
    office, _further, names = ready
    size, mine = len(log(office)), office.keys / "mine.key"
    for actor, words in (
        (MAKER, "people add 1008 --post 复核岗 --document D"),
        (MAKER, f"people key 1008 --file {mine}"),
        (MAKER, "people add 1009 --post 出纳岗 --document D"),
        ("1008", "approve {run}"),
        ("1009", "approve {run}"),
        (MAKER, "public-notice start {run} --on 2024-04-02 --name GS-1"),
        ("1009", "pay prepare 2024-03"),
        ("1008", "pay approve {batch}"),
        ("1009", "pay export {batch} --out {out}"),
    ):
        result = office.by(actor, *shlex.split(words.format(**names)), key=MAKER)
        assert result.exit_code == 2, (words, result.output)
    assert len(log(office)) == size


# What somebody can give with the own key at all, again and again until nothing more comes of it.
OWN = (
    "approve {act}",
    "approve {order}",
    "approve {run}",
    "approve {release}",
    "approve {last}",
    "audit log-key --reason x",
    "budget adjust 2024 7,000 --document D-7",
    "clawback request ZH-1 --line PF1 --amount 1 --inspection I-1 --reason x",
    "decide stop --about PF1 --reason x",
    "decide lift --about PF1 --reason x",
    "duties change three",
    "import grants {grants} --mode delta",
    "import inspections {inspections} --mode delta",
    "import payees {payees} --mode delta",
    "import payers {payers} --mode delta",
    "import withdraw {import} --reason x",
    "opening item {contracted} 10 --as unknown --on 2024-01-01 --document D --reason x",
    "pay bind HY-2 {contracted} 10 --purpose x --condition x --until 2024-12-31 --on 2024-07-01 --document D",
    "pay fund {contracted} 90 --on 2024-07-01 --document D",
    "pay unbind HY-1 10 --as returned --document D --reason x",
    "pay prepare 2024-03",
    "pay prepare 2024-06",
    "pay approve {batch}",
    "pay export {batch} --out {out}",
    "people cleared 1002 --reason x",
    "people compromised 1002 --since 2024-07-02 --reason x",
    "reject {order} --reason x",
    "run interest --month 2024-06",
    "run withdraw 2024-03 --reason x",
    "witness policy --needed 0 --reason x",
)


@pytest.mark.parametrize("attacker", [MAKER, CHECKER, PAYER])
def test_one_key_alone_gets_no_money_out(ready: Ready, tmp_path: Path, attacker: str) -> None:
    """A search with the rule book itself: everything that one key can give, in an order drawn with a seed."""
    office, _further, names = ready
    anchor = office.anchor
    assert anchor is not None
    copy_ledger(office.folder, anchor, tmp_path / "ledger", tmp_path / "anchor")
    mine = office.at(tmp_path / "ledger", tmp_path / "anchor")
    draw = random.Random(f"{attacker} 13")
    words = [*OWN, *draw.sample(OWN, len(OWN))]
    written = 0
    for said in words:
        before = len(log(mine))
        mine.by(attacker, *shlex.split(said.format(**{**names, "last": before - 1})))
        written += len(log(mine)) - before
    # It is no empty search: much of it is recorded, and none of it sends an order.
    assert written > 5
    states = [body["state"] for body in log(mine) if kind_of(body) == "outcome"]
    assert "exported" not in states
    assert verdict(mine) == CONSISTENT
