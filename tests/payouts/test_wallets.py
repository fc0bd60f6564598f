"""What is seen of a firm's wallet: it may hold a payment back, and it is no change of the payee."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ledger.log import kinds
from ledger.payouts import wallets as known
from ledger.payouts.checks import Hold, wallet_hold
from ledger.payouts.states import State
from ledger.registry import wallets
from ledger.registry.wallets import Limits, WalletHold, stands_against
from ledger.store.views import Row
from tests.audit.attacker import Body, bodies
from tests.support.forge import faults, find
from tests.support.office import LENDER, NOTICE, USCC
from tests.support.till import Till, quarters_till

SEEN = "payee,seen_on,status,freeze,controlled,wallet_class\n"
REQUESTS = "process_no,uscc,institution,state,state_on\n"
# Half of 33,725.00, as the grant says.
AWARD = "16862.50"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def wallet(till: Till) -> str:
    return str(till.read("entity", "show", USCC)["payees"][0]["key"])


def seen(till: Till, words: str, on: str = "2024-04-02") -> Till:
    """The operator was asked on a day, and said: status, freeze, control, class."""
    till.take("wallets", f"{SEEN}{wallet(till)},{on},{words}\n")
    return till


def held(till: Till) -> list[tuple[str, str]]:
    return [(one["code"], one["amount"]) for one in till.read("pay", "prepare", "2024-03", "--dry-run")["held"]]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("normal,none,no,", ""),
        ("正常,未冻结,否,", ""),
        # Frozen for what goes out alone: it takes in.
        ("normal,debit,no,", ""),
        ("normal,credit,no,", "wallet_frozen"),
        ("normal,all,no,", "wallet_frozen"),
        ("dormant,none,no,", "wallet_dormant"),
        ("closed,none,no,", "wallet_closed"),
        # 16,862.50: class 1 has no limit, class 2 takes 50,000, class 3 takes 5,000; controlled is as class 4.
        ("normal,none,no,1", ""),
        ("normal,none,no,2", ""),
        ("normal,none,no,3", "wallet_limit"),
        ("normal,none,yes,2", "wallet_limit"),
    ],
)
def test_a_state_holds_the_payment_or_does_not(till: Till, words: str, code: str) -> None:
    assert held(seen(till, words)) == ([(code, AWARD)] if code else [])


def test_what_was_seen_is_good_for_the_days_that_two_people_say(till: Till) -> None:
    seen(till, "normal,none,no,")
    # Thirty days as it is shipped: through 2 May.
    assert held(till.on("2024-05-02")) == []
    assert held(till.on("2024-05-03")) == [("wallet_state_stale", AWARD)]
    bound = ("decide", "bound", "--about", "wallet_state", "--document", "D-1", "--reason", "slow")
    assert "[bound_value]" in till.say(*bound, "--amount", "3").stderr
    till.do(*bound, "--days", "31")
    assert held(till) == [("wallet_state_stale", AWARD)]
    (waits,) = till.read("approvals")
    till.as_second("approve", str(waits["number"]))
    assert held(till) == []
    # Another figure that waits changes nothing, and the rule book knows the one in force.
    till.do(*bound, "--days", "1")
    assert held(till) == []
    till.go(till.prepare("2024-03")["batches"][0]["batch"])
    till.verify()


def test_it_is_asked_again_when_the_batch_goes_out(till: Till) -> None:
    seen(till, "normal,none,no,")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.as_second("pay", "approve", batch)
    seen(till, "normal,all,no,")
    refused = till.say("pay", "export", batch, "--out", str(till.folder / "order"))
    assert (refused.exit_code, "[wallet_frozen]" in refused.stderr, "import wallets" in refused.stderr) == (
        2,
        True,
        True,
    )
    # The same payee in the same version: nothing waits, nobody agrees, the batch goes out once the wallet is free.
    seen(till, "normal,none,no,")
    till.export(batch)
    till.verify()


def test_a_day_takes_no_more_than_its_limit() -> None:
    """Class 3 takes 5,000.00 at once and 10,000.00 a day: of three times 4,000.00 the third is too much."""
    state = {"seen_on": "2024-04-02", "status": "normal", "freeze": "none", "controlled": False, "wallet_class": "3"}
    day = date(2024, 4, 2)
    said = [stands_against(state, day, 30, 400_000, before) for before in (0, 400_000, 800_000)]
    assert [one.code if one else "" for one in said] == ["", "", "wallet_limit"]
    assert said[2] is not None
    assert said[2].values == {"amount": "12,000.00", "limit": "10,000.00"}
    # At once 5,000.00 and not a fen more.
    once = [stands_against(state, day, 30, fen, 0) for fen in (500_000, 500_001)]
    assert [one.code if one else "" for one in once] == ["", "wallet_limit"]


class Seen:
    """A log that has seen the wallet P1: class 3, which takes 5,000.00 at once and 10,000.00 a day."""

    seen_on = "2024-04-02"

    def rows(self, kind: kinds.Kind[Any]) -> list[Row[Any]]:
        assert kind is kinds.WALLET
        state = {"status": "normal", "freeze": "none", "controlled": False, "wallet_class": "3"}
        return [Row(9, "P1", "", b"", {**state, "seen_on": self.seen_on})] if self.seen_on else []


def going(number: str, sent_on: date | None, *items: tuple[str, str, int]) -> Any:
    """A batch: state, payee and fen of each payout."""
    payouts = [
        SimpleNamespace(state=State(state), body={"payee": payee}, amount_fen=fen) for state, payee, fen in items
    ]
    return SimpleNamespace(key=number, sent_on=sent_on, items=payouts)


def test_what_goes_to_a_wallet_in_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2024, 4, 2)
    found = [
        going("B0", day, ("exported", "P1", 400_000)),
        going("B1", day, ("success", "P1", 300_000), ("exported", "P2", 900_000)),
        going("B2", None, ("prepared", "P1", 100_000), ("approved", "P1", 100_000)),
        # Of yesterday, and what never reached the wallet.
        going("B3", date(2024, 4, 1), ("success", "P1", 900_000)),
        going("B4", day, ("fail", "P1", 400_000), ("cancelled", "P1", 400_000)),
    ]
    monkeypatch.setattr(known, "batches", lambda _view: found)
    monkeypatch.setattr(known, "bounds", lambda _view: SimpleNamespace(wallet_state_days=30))
    view: Any = Seen()
    # B0 is the one that is asked for: 3,000.00 + 2,000.00 go there besides, and 5,000.00 are left of the day.
    of_day = known.Wallets(view, day, but="B0")
    asked = [("P1", 200_000), ("P1", 300_001), ("P1", 300_000), ("P1", 1), ("P2", 900_000)]
    holds = [of_day.hold(payee, fen) for payee, fen in asked]
    # What is refused counts for nothing; what is not, counts from then on; of P2 nothing was seen.
    assert [one.code if one else "" for one in holds] == ["", "wallet_limit", "", "wallet_limit", ""]
    # Nobody's batch: 4,000.00 less.
    assert [known.Wallets(view, day).hold("P1", fen) is None for fen in (100_000, 100_001)] == [True, False]


def test_what_stands_against_a_payment_is_said_as_other_holds_are() -> None:
    found = WalletHold("wallet_closed", {"seen_on": "2024-04-02"})
    wallets: Any = SimpleNamespace(hold=lambda payee, fen: found if (payee, fen) == ("P1", 7) else None)
    assert wallet_hold(wallets, "P1", 7) == Hold("wallet_closed", {"seen_on": "2024-04-02"})
    assert wallet_hold(wallets, "P1", 8) is None


def test_a_state_is_good_for_the_days_of_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "batches", lambda _view: [])
    monkeypatch.setattr(known, "bounds", lambda _view: SimpleNamespace(wallet_state_days=30))
    view: Any = Seen()
    # 30 days behind 2 April is 2 May.
    held = [known.Wallets(view, date(2024, 5, day)).hold("P1", 1) for day in (2, 3)]
    assert [one.code if one else "" for one in held] == ["", "wallet_state_stale"]


def test_nothing_is_asked_where_no_wallet_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "bounds", lambda _view: pytest.fail("asked"))
    view: Any = Seen()
    view.seen_on = ""
    assert known.Wallets(view, date(2024, 4, 2)).hold("P1", 10**9) is None


def test_what_waits_to_go_out_counts_against_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first quarter's 16,862.50 lie in a batch; with the second quarter's 106,500.00 that is 123,362.50."""
    monkeypatch.setattr(wallets, "limits_of", lambda _wallet, _day: Limits(None, None, 12_000_000))
    till = quarters_till(tmp_path, count=2)
    seen(till, "normal,none,no,1", on="2024-07-02")
    batch = till.prepare("2024-03")["batches"][0]["batch"]

    def planned() -> list[tuple[str, str]]:
        held = till.read("pay", "prepare", "2024-06", "--dry-run")["held"]
        return [(one["code"], one["why"]) for one in held]

    assert planned() == [("wallet_limit", "123,362.50 yuan are more than the 120,000.00 that the wallet takes")]
    till.go(batch)
    assert [code for code, _why in planned()] == ["wallet_limit"]
    # What went out yesterday is of yesterday.
    till.on("2024-07-03")
    assert planned() == []


def test_a_file_says_of_wallets_what_can_be(till: Till) -> None:
    own = wallet(till)
    seen(till, "normal,none,no,")
    rows = [
        f"{own},2024-04-01,normal,none,no,",
        f"{own},2024-04-03,normal,none,no,",
        "bank/102100099996/000009,2024-04-02,normal,none,no,",
    ]
    path = till.folder / "wallets.csv"
    path.write_text(SEEN + "\n".join(rows) + "\n", encoding="utf-8")
    refused = till.say("import", "wallets", str(path), "--mode", "delta")
    assert refused.exit_code == 2
    assert [line.rpartition("[")[2].rstrip("]") for line in refused.stderr.splitlines()] == [
        "wallet_seen_before",
        "key_twice",
        "day_in_future",
        "payee_no_wallet",
    ]


def test_a_firm_shows_its_wallet_and_one_that_it_opens(till: Till) -> None:
    seen(till, "normal,debit,no,")
    till.take("wallet-requests", f"{REQUESTS}KH-1,{USCC},C1010211000012,in_review,2024-04-01\n")
    shown = till.read("entity", "show", USCC)
    assert shown["payees"][0]["state"]["freeze"] == "debit"
    assert shown["wallet_requests"] == [
        {"key": "KH-1", "uscc": USCC, "institution": "C1010211000012", "state": "in_review", "state_on": "2024-04-01"}
    ]
    text = till.do("--lang", "zh_CN", "entity", "show", USCC)
    assert "只收不付" in text
    assert "审核中" in text


def test_an_opening_is_followed_until_the_wallet_is_there(till: Till) -> None:
    """A firm that has a bank account alone: what would move its money to a wallet says how far that is."""
    other = "91310110666007217T"
    till.take("entities", f"uscc,name,district,district_from\n{other},示例集团,海淀区,2015-03-02\n")
    till.take("payees", f"uscc,channel,institution,number,holder\n{other},bank,102100099996,0200123456789,示例集团\n")
    till.take(
        "loans",
        "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
        f"HT2,{LENDER},{other},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%\n",
    )
    till.take("applications", f"application_no,uscc,notice,item,applied_on\nSB2,{other},{NOTICE},HT2,2024-04-01\n")
    till.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
        "PF2,SB2,granted,2024-04-02,批〔2024〕2号,500000,bank\n",
    )
    codes, texts = [], []
    for state, day in (("", ""), ("applied", "2024-03-28"), ("opened", "2024-04-01"), ("refused", "2024-04-02")):
        if state:
            till.take("wallet-requests", f"{REQUESTS}KH-1,{other},C1010211000012,{state},{day}\n")
        (one,) = till.read("report", "channels")["without_wallet"]
        codes.append((one["code"], one["process"], one["since"]))
        texts.append(till.do("report", "channels"))
    assert codes == [
        ("bank_only", "", ""),
        ("wallet_opening", "KH-1", "2024-03-28"),
        ("wallet_opened", "KH-1", "2024-04-01"),
        ("bank_only", "", ""),
    ]
    assert "process KH-1, as of 2024-03-28" in " ".join(texts[1].split())
    again = till.folder / "again.csv"
    again.write_text(f"{REQUESTS}KH-1,{USCC},C9,applied,2024-04-03\n", encoding="utf-8")
    refused = till.say("import", "wallet-requests", str(again), "--mode", "delta")
    assert sorted(line.rpartition("[")[2].rstrip("]") for line in refused.stderr.splitlines()) == [
        "day_in_future",
        "institution_unknown",
        "process_of_another",
    ]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Body]:
    """A wallet that was asked after, a process, and a batch that went out."""
    folder, anchor = tmp_path_factory.mktemp("seen"), tmp_path_factory.mktemp("anchor")
    till = seen(quarters_till(folder / "till", anchor=anchor), "normal,none,no,")
    till.take("wallet-requests", f"{REQUESTS}KH-1,{USCC},C1010211000012,applied,2024-04-02\n")
    till.go(till.prepare("2024-03")["batches"][0]["batch"])
    return bodies(till.ledger.path)


def of_nobody(log: list[Body]) -> tuple[str, int]:
    log[find(log, "wallet")]["key"] = "ecny/C1010211000012/000099"
    return "payee_unknown", find(log, "wallet")


def of_tomorrow(log: list[Body]) -> tuple[str, int]:
    log[find(log, "wallet")]["seen_on"] = "2024-04-03"
    return "day_in_future", find(log, "wallet")


def asked_for_tomorrow(log: list[Body]) -> tuple[str, int]:
    log[find(log, "wallet_request")]["state_on"] = "2024-04-03"
    return "day_in_future", find(log, "wallet_request")


def asked_for_by_nobody(log: list[Body]) -> tuple[str, int]:
    log[find(log, "wallet_request")]["uscc"] = "91310115591693856B"
    return "entity_unknown", find(log, "wallet_request")


def frozen(log: list[Body]) -> tuple[str, int]:
    log[find(log, "wallet")]["freeze"] = "all"
    return "payee_held", find(log, "payout")


def old(log: list[Body]) -> tuple[str, int]:
    log[find(log, "wallet")]["seen_on"] = "2024-03-02"
    return "payee_held", find(log, "payout")


def above_its_class(log: list[Body]) -> tuple[str, int]:
    log[find(log, "wallet")]["wallet_class"] = "4"
    return "payee_held", find(log, "payout")


@pytest.mark.parametrize(
    "change", [of_nobody, of_tomorrow, asked_for_tomorrow, asked_for_by_nobody, frozen, old, above_its_class]
)
def test_a_log_that_says_what_cannot_be_is_found(
    log: list[Body], change: Callable[[list[Body]], tuple[str, int]]
) -> None:
    assert faults(log) == []
    changed = [dict(body) for body in log]
    wanted = change(changed)
    assert wanted in faults(changed)


def test_a_full_file_without_the_row_lifts_no_freeze(till: Till) -> None:
    seen(till, "normal,all,no,")
    till.files += 1
    path = till.folder / "all.csv"
    path.write_text(SEEN, encoding="utf-8")
    refused = till.say("import", "wallets", str(path), "--mode", "full")
    assert (refused.exit_code, "[lifted_by_silence]" in refused.stderr) == (2, True)
    assert held(till) == [("wallet_frozen", AWARD)]
    path.write_text(f"{SEEN}{wallet(till)},2024-04-02,normal,none,no,\n", encoding="utf-8")
    till.do("import", "wallets", str(path), "--mode", "full")
    assert held(till) == []
    till.verify()


def test_an_empty_class_leaves_the_limit_of_the_class_that_was_seen(till: Till) -> None:
    """Class 3 takes 5,000 in one payment; a later row says nothing of the class, another says that it is 2."""
    seen(till, "normal,none,no,3")
    assert held(seen(till.on("2024-04-03"), "normal,none,no,", "2024-04-03")) == [("wallet_limit", AWARD)]
    assert held(seen(till, "normal,none,no,2", "2024-04-03")) == []
    till.verify()


def test_what_an_import_lifted_by_silence_is_found(till: Till) -> None:
    seen(till, "normal,none,no,3")
    seen(till, "normal,none,no,2", "2024-04-02")
    log = bodies(till.ledger.path)
    assert faults(log) == []
    del log[find(log, "wallet 2")]["wallet_class"]
    assert faults(log)[0] == ("lifted_by_silence", find(log, "wallet 2"))
    fallen = [*log[: find(log, "wallet 2")]]
    opener = {**log[find(log, "wallet 2") - 1], "new": 0, "changed": 0, "void": 1, "mode": "full"}
    void = {"$schema": "subsidy/void/1", "actor": "1001", "recorded_at": opener["recorded_at"], "register": "wallet"}
    fallen[-1] = opener
    fallen.append({**void, "key": wallet(till), "of": find(log, "wallet"), "import": len(fallen) - 1})
    assert faults(fallen)[0] == ("lifted_by_silence", len(fallen) - 1)
