"""A firm that ended: what it is owed waits for its successor's payee, and what it owes, the successor owes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.audit.attacker import Body, bodies
from tests.payouts.returns.test_recoveries import REDUCED, netting_till
from tests.support.forge import faults, find
from tests.support.office import LENDER, NOTICE, USCC
from tests.support.till import Till, quarters_till

HEIR = "91310110666007217T"
PAYEES = "uscc,channel,institution,wallet_type,number,holder\n"
GRANTS = "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"


def with_heir(till: Till) -> Till:
    """The firm that takes the place of the other is registered, with a wallet of its own."""
    till.take("entities", f"uscc,name,district,district_from\n{HEIR},示例集团,海淀区,2015-03-02\n")
    till.take("payees", f"{PAYEES}{HEIR},ecny,C1010211000012,WT09,0099887766554433,示例集团\n")
    return till


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return with_heir(quarters_till(tmp_path))


def asked(till: Till, *words: str, firm: str = USCC) -> str:
    """The number under which it waits that a firm ended."""
    said = ("entity", "end", firm, "--on", "2024-04-01", "--document", "GS-1", "--reason", "merged", *words)
    assert "once somebody else has agreed" in till.do(*said)
    (waits,) = till.read("approvals")
    word = "goes_on" if "--goes-on" in words else "ended"
    assert waits["what"] == " > ".join([f"{word} {firm}", *(one for one in words if not one.startswith("--"))])
    return str(waits["number"])


def ended(till: Till, *words: str, firm: str = USCC) -> Till:
    agreed = till.as_second("approve", asked(till, *words, firm=firm))
    assert f"subsidy entity show {firm}" in agreed.output
    return till


def held(till: Till) -> list[tuple[str, str]]:
    return [(one["code"], one["amount"]) for one in till.prepare("2024-03")["held"]]


def refusals(till: Till, firm: str, *words: str, on: str = "2024-04-01") -> list[str]:
    said = till.say("entity", "end", firm, "--on", on, "--document", "GS-1", "--reason", "merged", *words)
    assert said.exit_code == 2, said.output
    return [line.rpartition("[")[2].rstrip("]") for line in said.stderr.splitlines()]


def test_it_is_paid_to_the_payee_of_the_successor(till: Till) -> None:
    number = asked(till, "--into", HEIR)
    assert "[approver_is_maker]" in till.say("approve", number).stderr
    till.as_second("approve", number)
    # Half of 33,725.00, as the grant of the firm that ended says.
    assert held(till) == [("firm_ended", "16862.50")]
    shown = till.read("entity", "show", USCC)
    assert shown["ended"] == {"successor": HEIR, "on": "2024-04-01", "document": "GS-1"}
    (place,) = till.read("entity", "money", USCC)["grants"][0]["points"]
    assert (place["code"], place["reason"], place["amount"]) == ("held_back", "firm_ended", "16862.50")
    # The grant names the payee of the other firm: a change, which waits seven days and for a second person.
    till.take("grants", f"{GRANTS}PF1,SB1,granted,2024-03-15,批〔2024〕1号,500000,ecny\n")
    assert held(till) == [("payee_waiting", "16862.50")]
    till.on("2024-04-09").as_second("payee", "approve", "PF1", "--reason", "the merger")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    with till.ledger.read() as view:
        assert [view.record(seq)["uscc"] for seq in range(view.size) if "payee_record" in view.record(seq)] == [HEIR]
    till.verify()


def test_what_was_prepared_before_does_not_go_out(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.as_second("pay", "approve", batch)
    ended(till)
    refused = till.say("pay", "export", batch, "--out", str(till.folder / "order"))
    assert (refused.exit_code, "[firm_ended]" in refused.stderr) == (2, True)


def test_without_a_successor_it_stays_held_until_two_say_that_the_firm_goes_on(till: Till) -> None:
    ended(till)
    assert held(till) == [("firm_ended", "16862.50")]
    # Nobody else's payee can be named in its place.
    (other,) = till.read("entity", "show", HEIR)["payees"]
    path = till.folder / "grants.csv"
    path.write_text(f"{GRANTS}PF1,SB1,granted,2024-03-15,批〔2024〕1号,500000,{other['key']}\n", encoding="utf-8")
    refused = till.say("import", "grants", str(path), "--mode", "delta")
    assert (refused.exit_code, "[payee_unknown]" in refused.stderr) == (2, True)
    ended(till, "--goes-on")
    assert len(till.prepare("2024-03")["batches"]) == 1
    till.verify()


def test_what_cannot_be_is_refused_at_once(till: Till) -> None:
    assert refusals(till, "91310115591693856B", "--into", "91310115591693856C", on="2024-04-03") == [
        "entity_unknown",
        "entity_unknown",
        "day_in_future",
    ]
    assert refusals(till, USCC, "--goes-on") == ["not_ended"]
    assert refusals(till, USCC, "--into", USCC) == ["succession_of_itself"]
    ended(till, "--into", HEIR)
    assert refusals(till, HEIR, "--into", USCC) == ["succession_of_itself"]


def test_a_debt_goes_over_and_is_netted_against_what_the_successor_is_owed(tmp_path: Path) -> None:
    till = with_heir(netting_till(tmp_path, "firm"))
    till.take(
        "loans",
        "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
        f"HT2,{LENDER},{HEIR},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%\n",
    )
    till.take("applications", f"application_no,uscc,notice,item,applied_on\nSB2,{HEIR},{NOTICE},HT2,2024-04-01\n")
    till.take("grants", f"{GRANTS}PF2,SB2,granted,2024-05-08,批〔2024〕2号,500000,ecny\n")
    till.on("2024-07-02").report("2024-06-30", "HT2,drawdown,2024-05-09,,10000000,\n")
    till.run("2024-06")
    assert till.read("pay", "prepare", "2024-06", "--dry-run")["netted"] == [
        {"debt": "PF1", "against": "PF1", "amount": REDUCED}
    ]
    ended(till, "--into", HEIR)
    assert [(one["line"], one["owed"], one["successor"]) for one in till.read("pay", "owed")] == [
        ("PF1", REDUCED, HEIR)
    ]
    # What the firm that ended is owed is held; its debt is set against the successor's award.
    # 10,000,000 x 3.55 % x 42 / 360 = 41,416.67, half of it 20,708.34, less 1,873.61.
    prepared = till.prepare("2024-06")
    assert prepared["netted"] == [{"debt": "PF1", "against": "PF2", "amount": REDUCED}]
    assert [one["total"] for one in prepared["batches"]] == ["18834.73"]
    assert [(one["about"], one["code"]) for one in prepared["held"]] == [("PF1", "firm_ended")]
    till.verify()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Body]:
    """Ended after it was paid: nothing is improper."""
    folder, anchor = tmp_path_factory.mktemp("ended"), tmp_path_factory.mktemp("anchor")
    till = with_heir(quarters_till(folder / "till", anchor=anchor))
    number = asked(till, "--into", HEIR)
    till.prepare("2024-03")
    till.as_second("approve", number)
    return bodies(till.ledger.path)


def itself(log: list[Body]) -> int:
    log[find(log, "succession")]["successor"] = USCC
    return find(log, "succession")


def going_on(log: list[Body]) -> int:
    log[find(log, "succession")]["state"] = "goes_on"
    return find(log, "succession")


def of_tomorrow(log: list[Body]) -> int:
    log[find(log, "succession")]["on"] = "2024-04-03"
    return find(log, "succession")


def of_nobody(log: list[Body]) -> int:
    log[find(log, "succession")]["key"] = "91310115591693856B"
    return find(log, "succession")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (itself, "succession_differs"),
        (going_on, "succession_differs"),
        (of_tomorrow, "day_in_future"),
        (of_nobody, "entity_unknown"),
    ],
)
def test_a_log_that_says_what_cannot_be_is_found(
    log: list[Body], change: Callable[[list[Body]], int], code: str
) -> None:
    assert faults(log) == []
    changed = [dict(body) for body in log]
    seq = change(changed)
    assert (code, seq) in faults(changed)


def test_a_payout_after_it_is_found(log: list[Body]) -> None:
    """The same records, the approval before the batch."""
    batch, payout, approval = log[-3:]
    seq = len(log) - 1
    moved = [*log[:-3], approval, {**batch, "first": seq}, payout]
    assert ("held_line_paid", seq) in faults(moved)
