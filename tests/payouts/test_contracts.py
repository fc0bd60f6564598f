"""What a contract binds of a wallet's money is not free: two people let it go, or it lapses after its last day."""

from pathlib import Path

import pytest

from tests.audit.attacker import Body, bodies
from tests.support.forge import faults
from tests.support.till import Till, quarters_till

WALLET, OURS = "payer/ecny/C1010211000012/000001", "0012345678905678"
ACCOUNTS = ("fin/1021", "fin/1021.01", "bud/8001")


@pytest.fixture
def till(tmp_path: Path) -> Till:
    """20,000.00 are in the wallet, and 16,862.50 are to be paid."""
    return funded(tmp_path)


def funded(folder: Path, anchor: Path | None = None) -> Till:
    till = quarters_till(folder, anchor=anchor, funding="prefunded")
    till.do("pay", "fund", WALLET, "20000.00", "--on", till.day, "--document", "YK-1")
    return till


def words(till: Till, amount: str, **other: str) -> tuple[str, ...]:
    said = {"purpose": "interest", "condition": "accepted", "until": "2024-06-30", "on": till.day, "document": "HY-1"}
    return ("pay", "bind", "H-7", WALLET, amount, *(w for n, t in {**said, **other}.items() for w in (f"--{n}", t)))


def refusal(till: Till, *said: str) -> str:
    found = till.say(*said)
    assert found.exit_code == 2, found.output
    return found.stderr.rpartition("[")[2].rstrip("]\n")


def let_go(till: Till, amount: str, document: str, step: str = "released") -> None:
    said = ("pay", "unbind", "H-7", amount, "--as", step, "--document", document, "--reason", "accepted on site")
    assert "waits for somebody else" in till.do(*said)
    (waits,) = till.read("approvals")
    assert (waits["what"], waits["amount"]) == (f"contract-{step[:-1] if step == 'released' else 'return'} H-7", amount)
    assert "[approver_is_maker]" in till.say("approve", str(waits["number"])).stderr
    assert "subsidy pay unbind H-7" in till.as_second("approve", str(waits["number"])).output
    assert "Booked as entry" in till.do(*said)
    # Said again, nothing is written.
    assert "booked before" in till.do(*said)


def listed(till: Till) -> tuple[str, ...]:
    (one,) = till.read("pay", "bound")
    return tuple(one[name] for name in ("state", "loaded", "released", "returned", "expired", "bound"))


def test_bound_money_is_no_cash_until_it_is_let_go(till: Till) -> None:
    till.do(*words(till, "5000.00"))
    # Dr 1021.01 / Cr 1021; no budget speaks of it, for nothing was spent: 20,000.00 - 5,000.00.
    assert till.balances(*ACCOUNTS) == dict(zip(ACCOUNTS, ("15000.00", "5000.00", "20000.00"), strict=True))
    assert listed(till) == ("bound", "5000.00", "0.00", "0.00", "0.00", "5000.00")
    # 16,862.50 are to go out, and 15,000.00 are free.
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    assert till.as_second("pay", "approve", batch).exit_code == 0
    assert refusal(till, "pay", "export", batch, "--out", str(till.folder / "order.json")) == "wallet_short"
    # 15,000.00 + 1,862.50 are enough; 3,137.50 stay bound.
    let_go(till, "1862.50", "YS-1")
    assert listed(till) == ("bound", "5000.00", "1862.50", "0.00", "0.00", "3137.50")
    till.do("pay", "export", batch, "--out", str(till.folder / "order.json"))
    # All that is free is on its way, so nothing can be bound.
    assert refusal(till, *words(till, "0.01", document="HY-2")) == "wallet_short"
    let_go(till, "1000.00", "TH-1", step="returned")
    # Until its last day it lapses not; on the day after, all that is left comes back, and nothing is let go any more.
    till.on("2024-06-30")
    assert refusal(till, "pay", "lapse", "H-7", "--document", "DQ-1") == "contract_not_over"
    till.on("2024-07-01")
    assert listed(till)[0] == "over"
    assert "subsidy pay lapse H-7" in till.do("pay", "bound")
    late = ("pay", "unbind", "H-7", "1.00", "--as", "released", "--document", "YS-2", "--reason", "late")
    assert refusal(till, *late) == "contract_over"
    assert refusal(till, *words(till, "1.00", document="HY-2")) == "contract_over"
    till.do("pay", "lapse", "H-7", "--document", "DQ-1")
    assert "booked before" in till.do("pay", "lapse", "H-7", "--document", "DQ-1")
    # 5,000.00 - 1,862.50 - 1,000.00 = 2,137.50 lapsed.
    assert listed(till) == ("done", "5000.00", "1862.50", "1000.00", "2137.50", "0.00")
    assert till.balances(*ACCOUNTS) == dict(zip(ACCOUNTS, ("20000.00", "0.00", "20000.00"), strict=True))
    till.verify()


def test_what_a_contract_says_once_it_says_always(till: Till) -> None:
    till.do(*words(till, "5000.00"))
    assert "booked before" in till.do(*words(till, "5000.00"))
    assert refusal(till, *words(till, "5000.01")) == "document_differs"
    for name, text in (("purpose", "premium"), ("condition", "none"), ("until", "2024-07-01")):
        assert refusal(till, *words(till, "1.00", document="HY-2", **{name: text})) == "contract_terms"
        # Nor is it taken for what the same document said before.
        assert refusal(till, *words(till, "5000.00", **{name: text})) == "contract_terms"
    assert refusal(till, *words(till, "1.00", document="HY-2", on="2024-04-03")) == "day_in_future"
    assert refusal(till, *words(till, "15000.01", document="HY-2")) == "wallet_short"
    till.do(*words(till, "15000.00", document="HY-2"))
    release = ("pay", "unbind", "H-7", "20000.01", "--as", "released", "--document", "YS-1", "--reason", "x")
    assert refusal(till, *release) == "contract_exceeds"
    assert refusal(till, "pay", "lapse", "H-8", "--document", "DQ-1") == "contract_unknown"
    till.verify()


def test_what_one_wallet_holds_neither_pays_nor_is_bound_for_another(tmp_path: Path) -> None:
    till = funded(tmp_path)
    head = "channel,institution,wallet_type,number,holder,funding,envelope\n"
    rows = "".join(
        f"ecny,C1010211000012,WT09,{number},示例专户,prefunded,{envelope}\n"
        for number, envelope in ((OURS, ""), ("0012345678905679", "2024/elsewhere"))
    )
    till.take("payers", head + rows)
    other = WALLET[:-1] + "2"
    till.do("pay", "fund", other, "500.00", "--on", till.day, "--document", "YK-2")
    # 20,500.00 are in both, of which the other has 500.00.
    aside = tuple(other if word == WALLET else word for word in words(till, "500.01"))
    assert refusal(till, *aside) == "wallet_short"
    till.do(*("500.00" if word == "500.01" else word for word in aside))
    till.do(*words(till, "3137.51", document="HY-2")[:2], "H-8", *words(till, "3137.51", document="HY-2")[3:])
    # 16,862.49 are left in the one that is to pay 16,862.50; both have 500.00 bound, so together they would do.
    till.do("pay", "fund", other, "800.00", "--on", till.day, "--document", "YK-3")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    assert till.as_second("pay", "approve", batch).exit_code == 0
    assert refusal(till, "pay", "export", batch, "--out", str(till.folder / "order.json")) == "wallet_short"
    till.do("pay", "fund", WALLET, "0.01", "--on", till.day, "--document", "YK-4")
    till.do("pay", "export", batch, "--out", str(till.folder / "order.json"))
    till.verify()


def test_money_is_bound_from_a_day_on_which_it_is_there(till: Till) -> None:
    before = "2024-04-01"
    assert refusal(till, *words(till, "0.01", on=before)) == "wallet_short"
    till.do(*words(till, "5000.00"))
    let_go(till.on("2024-04-03"), "1000.00", "YS-1")
    # What was let go on 3 April was not loaded on the day before under the same number.
    assert refusal(till, *words(till, "1.00", document="HY-2", on="2024-04-02")) == "contract_day"
    till.do(*words(till, "1.00", document="HY-2"))
    till.on("2024-07-01").do("pay", "lapse", "H-7", "--document", "DQ-1")
    assert refusal(till, *words(till, "1.00", document="HY-3", on="2024-06-30")) == "contract_day"
    till.verify()


def test_who_asks_for_another_amount_says_whose_place_it_takes(till: Till) -> None:
    till.do(*words(till, "5000.00"))

    def ask(amount: str) -> tuple[str, ...]:
        return ("pay", "unbind", "H-7", amount, "--as", "released", "--document", "YS-1", "--reason", "accepted")

    till.do(*ask("2000.00"))
    (waits,) = till.read("approvals")
    # Nobody has agreed yet, so nothing is displaced.
    assert "place of" not in till.do(*ask("2500.00"))
    (second,) = till.read("approvals")
    assert waits["number"] != second["number"]
    till.as_second("approve", str(second["number"]))
    said = till.do(*ask("3000.00"))
    assert f"place of record {second['number']}, agreed to and not carried out: 2,500.00 under YS-1" in said
    (third,) = till.read("approvals")
    till.as_second("approve", str(third["number"]))
    assert "Booked as entry" in till.do(*ask("3000.00"))
    # It is carried out: who asks for more takes nobody's place.
    more = tuple("YS-2" if word == "YS-1" else word for word in ask("1.00"))
    assert "place of" not in till.do(*more)


@pytest.mark.parametrize("document", ["YK@1", "YK/1@2"])
def test_a_document_is_booked_whatever_signs_its_number_has(till: Till, document: str) -> None:
    till.do("pay", "fund", WALLET, "1.00", "--on", till.day, "--document", document)
    till.do("pay", "wallet-interest", WALLET, "0.01", "--on", till.day, "--document", document)
    till.do(*words(till, "1.00", document=document))
    at = tuple("H@7" if word == "H-7" else word for word in words(till, "1.00"))
    assert refusal(till, *at) == "contract_malformed"
    till.verify()


def test_an_account_without_money_of_its_own_binds_none(tmp_path: Path) -> None:
    till = quarters_till(tmp_path)
    assert refusal(till, *words(till, "1.00")) == "payer_not_prefunded"
    assert refusal(till, *("pay/x" if word == WALLET else word for word in words(till, "1.00"))) == "payer_unknown"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Body]:
    folder, anchor = tmp_path_factory.mktemp("bound"), tmp_path_factory.mktemp("anchor")
    (folder / "till").mkdir()
    till = funded(folder / "till", anchor)
    till.do(*words(till, "5000.00"))
    let_go(till, "2000.00", "YS-1")
    till.on("2024-07-01").do("pay", "lapse", "H-7", "--document", "DQ-1")
    return bodies(till.ledger.path)


def changed(log: list[Body], n: int, **fields: object) -> tuple[list[Body], int]:
    """The log with other words in its n-th step."""
    seq = [at for at, body in enumerate(log) if body["$schema"].startswith("subsidy/contract/")][n]
    return [{**body, **fields} if at == seq else dict(body) for at, body in enumerate(log)], seq


@pytest.mark.parametrize(
    ("n", "fields", "code"),
    [
        pytest.param(0, {"amount_fen": 2_000_001, "left_fen": 2_000_001}, "wallet_short", id="more than is there"),
        pytest.param(0, {"left_fen": 500_001}, "contract_differs", id="more is bound than was loaded"),
        pytest.param(0, {"on": "2024-04-01"}, "wallet_short", id="on a day on which nothing was there"),
        pytest.param(0, {"key": "H@7"}, "contract_differs", id="under a number that parts in two"),
        pytest.param(1, {"on": "2024-04-01"}, "contract_differs", id="let go before it was loaded"),
        pytest.param(0, {"expires_on": "2024-04-01"}, "contract_differs", id="loaded after its last day"),
        pytest.param(1, {"step": "loaded", "left_fen": 700_000}, "contract_differs", id="a decision that binds"),
        pytest.param(1, {"purpose": "premium"}, "contract_differs", id="for another purpose"),
        pytest.param(1, {"amount_fen": 200_001, "left_fen": 299_999}, "contract_differs", id="more than was decided"),
        pytest.param(1, {"document": "YS-2"}, "contract_differs", id="under another document"),
        pytest.param(1, {"decision": 3}, "contract_differs", id="by no decision of it"),
        pytest.param(1, {"step": "expired"}, "contract_differs", id="over before its last day"),
        pytest.param(2, {"amount_fen": 299_999, "left_fen": 1}, "contract_differs", id="a part lapses"),
        pytest.param(2, {"on": "2024-07-02"}, "day_in_future", id="tomorrow"),
    ],
)
def test_another_step_than_its_terms_allow_is_found(log: list[Body], n: int, fields: Body, code: str) -> None:
    assert faults(log) == []
    otherwise, seq = changed(log, n, **fields)
    assert (code, seq) in faults(otherwise)


def test_what_another_person_turned_down_is_not_let_go(log: list[Body]) -> None:
    otherwise, seq = changed(log, 1)
    approval = max(at for at in range(seq) if otherwise[at]["$schema"].startswith("subsidy/approval/"))
    otherwise[approval]["opinion"] = "reject"
    assert ("approvals_missing", seq) in faults(otherwise)


def test_a_decision_lets_go_once(log: list[Body]) -> None:
    """2,000.00 fit into the 3,000.00 that are left, but their document is booked."""
    otherwise, seq = changed(log, 1)
    again = {**otherwise[seq], "left_fen": 100_000}
    entry = {**otherwise[seq + 1], "cause": seq + 2}
    assert "key_repeated" in [code for code, _at in faults([*otherwise[: seq + 2], again, entry])]
