"""What holds a payment up: wrong holders, changed payees, missing payers; and that nothing else of the batch waits."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from ledger.log import kinds
from tests.support.clock import at_noon
from tests.support.office import USCC
from tests.support.till import Till, open_till, quarters_till, run_quarters

PAYEE = "ecny/C1010211000012/000001"
HEADINGS = "uscc,channel,institution,wallet_type,number,holder\n"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def payee(till: Till, holder: str, number: str = "0012345678901234") -> None:
    till.take("payees", HEADINGS + f"{USCC},ecny,C1010211000012,WT09,{number},{holder}\n")


def held(till: Till) -> list[tuple[str, str]]:
    """(line, code) of what preparing March would hold."""
    shown: dict[str, Any] = till.read("pay", "prepare", "2024-03", "--dry-run")
    return [(one["about"], one["code"]) for one in shown["held"]]


def approve(till: Till, about: str, actor: str) -> tuple[int, str]:
    said = till.say("payee", "approve", about, "--reason", "called the firm", "--actor", actor)
    return said.exit_code, said.stderr


def test_a_holder_that_is_not_the_registered_name_is_not_paid(till: Till) -> None:
    payee(till, "示例企业分公司")
    assert held(till) == [("PF1", "holder_differs")]
    assert till.prepare("2024-03")["batches"] == []


def test_width_and_spaces_make_no_other_name(tmp_path: Path) -> None:
    till = open_till(tmp_path)
    till.take("entities", f"uscc,name,district,district_from\n{USCC},示例(北京)企业 A,海淀区,2015-03-02\n")
    payee(till, "示例（北京）企业Ａ")
    till = run_quarters(till)
    # The change itself waits; once it has been agreed to, the name is no obstacle.
    assert approve(till, PAYEE, "1002")[0] == 0
    assert held(till) == []


def test_a_changed_payee_waits_seven_days_and_for_a_second_person(till: Till) -> None:
    payee(till, "示例 企业")
    assert held(till) == [("PF1", "payee_waiting")]
    # Changed on 2 April: 8 April is the sixth day after it, 9 April the seventh.
    assert held(till.on("2024-04-08")) == [("PF1", "payee_waiting")]
    assert held(till.on("2024-04-09")) == [("PF1", "payee_unapproved")]
    own = approve(till, PAYEE, "1001")
    assert (own[0], "[approver_is_maker]" in own[1]) == (2, True)
    assert approve(till, PAYEE, "1002")[0] == 0
    assert held(till) == []
    # A later change waits again, and needs its own approval.
    payee(till, "示例企业")
    assert held(till) == [("PF1", "payee_waiting")]
    assert held(till.on("2024-04-16")) == [("PF1", "payee_unapproved")]


def test_a_payee_that_never_changed_needs_no_approval(till: Till) -> None:
    code, words = approve(till, PAYEE, "1002")
    assert (code, "[change_unknown]" in words) == (2, True)


def test_a_payee_changed_after_preparing_stops_the_export(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.as_second("pay", "approve", batch)
    payee(till, "示例 企业")
    refused = till.say("pay", "export", batch, "--out", str(till.folder / "order.json"))
    assert (refused.exit_code, "[payee_changed_since]" in refused.stderr) == (2, True)


def test_without_a_payer_nothing_is_paid(till: Till) -> None:
    till.take("payers", "channel,institution,wallet_type,number,holder,funding\n", "--mode", "full")
    assert held(till) == [("PF1", "payer_missing")]


def test_the_payer_closest_to_the_envelope_pays(till: Till) -> None:
    heading = "channel,institution,wallet_type,number,holder,funding,envelope\n"
    till.take(
        "payers", heading + "ecny,C1010311000014,WT09,0099999999999999,示例专户,zero_balance,2024/loan-interest\n"
    )
    made = till.read("pay", "prepare", "2024-03", "--dry-run")["batches"]
    assert [one["payer"] for one in made] == ["payer/ecny/C1010311000014/000002"]
    till.take(
        "payers", heading + "ecny,C1010411000013,WT09,0088888888888888,示例专户,zero_balance,2024/loan-interest\n"
    )
    assert held(till) == [("PF1", "payer_ambiguous")]


def test_no_number_is_shown_in_full(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    item = till.items(batch)[0]
    said = [till.do("pay", "status"), till.do("pay", "status", batch), till.do("pay", "status", item)]
    said.append((till.folder / "book.db").read_bytes().decode("latin-1"))
    for number in ("0012345678901234", "0012345678905678"):
        assert [text for text in said if number in text] == []


def test_a_bank_account_is_paid_by_a_transfer_or_at_the_counter(tmp_path: Path) -> None:
    till = open_till(tmp_path)
    till.take("payees", HEADINGS + f"{USCC},bank,102100000056,,0200001234567890123,示例企业\n")
    till.take(
        "payers",
        "channel,institution,number,holder,funding\nbank,102100000021,0200009876543210,示例专户,zero_balance\n",
    )
    heading = "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
    till.take("grants", heading + "PF1,SB1,granted,2024-03-15,批〔2024〕1号,500000,bank\n")
    assert approve(till, "PF1", "1002")[0] == 0
    till = run_quarters(till)
    (made,) = till.prepare("2024-03")["batches"]
    assert made["channel"] == "bank"
    order = till.go(made["batch"])
    document = etree.fromstring(order.read_bytes())
    assert [one.text for one in document.findall(".//{*}CdtrAcct//{*}Othr/{*}Id")] == ["0200001234567890123"]
    refused = till.say("pay", "export", made["batch"], "--out", str(tmp_path / "x.csv"), "--format", "csv")
    assert "[exported_otherwise]" in refused.stderr
    item = till.items(made["batch"])[0]
    answer = tmp_path / "counter.csv"
    answer.write_text(f"明细号,支付状态,金额,日期\n{item},成功,16862.50,2024-04-02\n", encoding="gb18030")
    till.do("pay", "import-result", str(answer))
    assert till.states(made["batch"]) == ["success"]


# What the import of payees refuses may stand in the register all the same: tables of institutions change, and records
# may be older than a rule. So preparing looks again.
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"wallet_type": "WT01"}, "wallet_personal"),
        ({"wallet_type": "WT02"}, "wallet_personal"),
        ({"wallet_type": "WT03"}, "wallet_personal"),
        ({"wallet_type": "WT10"}, None),
        ({"institution": "C1010211000099"}, "institution_unknown"),
        ({"channel": "bank", "institution": "102100000057"}, "cnaps_malformed"),
        # The institution comes before the type of wallet.
        ({"institution": "C1010211000099", "wallet_type": "WT01"}, "institution_unknown"),
    ],
)
def test_a_payee_recorded_before_is_looked_at_again(till: Till, wrong: dict[str, str], code: str | None) -> None:
    recorded_again(till, **wrong)
    assert held(till) == [("PF1", code or "payee_waiting")]


def test_without_clear_text_nothing_is_paid(till: Till) -> None:
    ledger = till.ledger
    with ledger.read() as view:
        payee = view.current(kinds.PAYEE, PAYEE)
    assert payee is not None
    assert held(till) == []
    ledger.vault.erase(payee.body["holder"])
    assert held(till) == [("PF1", "clear_text_missing")]
    assert till.prepare("2024-03")["batches"] == []


def test_an_account_longer_than_a_bank_s_order_takes_is_not_paid(till: Till) -> None:
    # ISO 20022 takes 34 signs of another account identification.
    for signs, code in ((35, "account_too_long"), (34, "payee_waiting")):
        number = till.ledger.vault.commit("payee.number", "6" * signs)
        recorded_again(till, channel="bank", institution="102100000056", number=number)
        assert held(till) == [("PF1", code)]


def recorded_again(till: Till, **other: str) -> None:
    """The payee as a record says it, past the checks of the import."""
    with at_noon(till.day), till.ledger.write("1001") as writer:
        row = writer.current(kinds.PAYEE, PAYEE)
        assert row is not None
        kept = {name: row.body[name] for name in row.body if name not in ("$schema", "actor", "recorded_at")}
        fields = {**kept, **other}
        if fields["channel"] == "bank":
            fields.pop("wallet_type", None)
        writer.append(kinds.PAYEE, kinds.PayeeBody(**fields))


def test_an_award_that_was_reduced_to_nothing_before_it_was_paid_is_held(tmp_path: Path) -> None:
    """18,000,000 were repaid on the first supported day, as the bank says in April: no interest, so no award."""
    till = run_quarters(open_till(tmp_path))
    till.on("2024-05-02").report("2024-04-30", "HT1,repayment,2024-03-01,,18000000,\n")
    till.run("2024-04")
    prepared = till.prepare("2024-03", "2024-04")
    assert (prepared["batches"], [one["code"] for one in prepared["held"]]) == ([], ["nothing_left"])


def test_a_firm_whose_payee_came_with_a_bad_row_waits_for_it(till: Till) -> None:
    row = f"{HEADINGS}{USCC},ecny,C1010211000012,WT09,{{}},示例企业\n"
    till.take("payees", row.format("0012-3456"), "--mode", "delta", "--hold-bad")
    assert held(till) == [("PF1", "payee_row_held")]
    payee(till, "示例企业")
    assert held(till) == []
