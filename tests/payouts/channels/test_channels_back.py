"""What channels answer: e-CNY batch results, pain.002 of several versions, a counter's sheet; and unsafe files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from calculators.problems import Refused
from ledger.payouts.channels import ecny, pain002, result_sheet
from ledger.payouts.channels.result import MAX_BYTES, ItemResult, Result
from ledger.payouts.results import read_result
from ledger.payouts.states import State
from tests.payouts.orders import FIRST, SECOND

BATCH = "B2025070100010A1B2C3D"


def codes(read: Callable[[bytes, str], Result], content: bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(content, "answer")
    for problem in refused.value.problems:
        assert (problem.place.source, None in problem.values.values()) == ("answer", False), problem
    return [problem.code for problem in refused.value.problems]


WALLETS = """{
  "request_no": "B2025070100010A1B2C3D", "batch_state": "FINISH",
  "items": [
    {"item_no": "S0123456789ABCDEF0123456", "state": "SUCCESS", "amount": "33725.00", "on": "2025-07-01"},
    {"item_no": "SFEDCBA9876543210FEDCBA9", "state": "FAIL", "reason": "钱包已注销"}
  ]
}"""


def test_a_wallet_batch_answer() -> None:
    assert ecny.read(WALLETS.encode(), "answer.json") == Result(
        BATCH,
        (
            ItemResult(FIRST, State.SUCCESS, 1, 3_372_500, date(2025, 7, 1)),
            ItemResult(SECOND, State.FAIL, 2, reason="钱包已注销"),
        ),
    )


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("INIT", State.PROCESSING),
        ("PROCESSING", State.PROCESSING),
        ("PRESUMED_SUCCESS", State.PRESUMED_SUCCESS),
        ("PRESUMED_FAIL", State.PRESUMED_FAIL),
        ("RETURNED", State.RETURNED),
    ],
)
def test_a_state_that_is_not_known_yet_is_never_success(word: str, state: State) -> None:
    answer = ecny.read(WALLETS.replace("SUCCESS", word).encode(), "answer.json")
    assert answer.items[0].state is state


def test_a_batch_that_was_never_taken_fails_as_a_whole() -> None:
    answer = ecny.read(
        f'{{"request_no": "{BATCH}", "batch_state": "ACCEPT_FAIL", "reason": "余额不足", "items": []}}'.encode(), "a"
    )
    assert answer == Result(BATCH, (), State.FAIL, "余额不足")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"SUCCESS"', '"DONE"', ["result_state_unknown"]),
        ('"SUCCESS"', '"success"', ["result_state_unknown"]),
        ('"SUCCESS"', "true", ["result_shape"]),
        ('"FINISH"', '"FINISHED"', ["result_state_unknown"]),
        ('"33725.00"', '"33725"', ["result_amount_malformed"]),
        ('"33725.00"', '"33725.0"', ["result_amount_malformed"]),
        ('"33725.00"', "33725.00", ["result_amount_malformed"]),
        ('"33725.00"', '"-33725.00"', ["result_amount_malformed"]),
        ('"33725.00"', '"0.00"', ["result_amount_malformed"]),
        ('"33725.00"', '"３３７２５.00"', ["result_amount_malformed"]),
        ('"2025-07-01"', '"01.07.2025"', ["result_date_malformed"]),
        ('"2025-07-01"', '"2025-02-30"', ["result_date_malformed"]),
        (SECOND, FIRST, ["result_item_twice"]),
        ('"item_no"', '"item"', ["result_shape", "result_shape"]),
        ('"request_no"', '"batch"', ["result_shape"]),
        ('"items": [', '"items": [7,', ["result_shape"]),
        ('"SUCCESS", "amount": "33725.00"', '"DONE", "amount": "1"',
         ["result_state_unknown", "result_amount_malformed"]),
    ],
)  # fmt: skip
def test_every_problem_of_a_wallet_answer_is_named(old: str, new: str, expected: list[str]) -> None:
    assert old in WALLETS
    assert codes(ecny.read, WALLETS.replace(old, new).encode()) == expected


@pytest.mark.parametrize("content", [b"", b"  \n"])
@pytest.mark.parametrize("read", [ecny.read, pain002.read])
def test_an_empty_answer_says_nothing_of_any_item(read: Callable[[bytes, str], Result], content: bytes) -> None:
    assert codes(read, content) == ["result_empty"]


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b"SUCCESS", b'"x"', b"null"])
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    assert codes(ecny.read, content)[0] in {"result_unreadable", "result_shape"}


def report(version: str, transactions: str, group: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>R1</MsgId><CreDtTm>2025-07-02T08:00:00+08:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{BATCH}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{BATCH}</OrgnlPmtInfId>{transactions}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>""".encode()


def transaction(key: str, state: str, more: str = "") -> str:
    return f"<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId><TxSts>{state}</TxSts>{more}</TxInfAndSts>"


REJECTED = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>账户已销户</AddtlInf></StsRsnInf>"
AMOUNT = '<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">33725.00</InstdAmt></Amt></OrgnlTxRef>'


@pytest.mark.parametrize("version", ["03", "10", "14"])
def test_a_status_report_of_any_version(version: str) -> None:
    accepted = "<AccptncDtTm>2025-07-01T16:00:00+08:00</AccptncDtTm>"
    content = report(version, transaction(FIRST, "ACSC", accepted + AMOUNT) + transaction(SECOND, "RJCT", REJECTED))
    assert pain002.read(content, "r.xml") == Result(
        BATCH,
        (
            ItemResult(FIRST, State.SUCCESS, 1, 3_372_500, date(2025, 7, 1)),
            ItemResult(SECOND, State.FAIL, 2, reason="AC04 账户已销户"),
        ),
    )


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("ACCC", State.SUCCESS),
        ("ACSC", State.SUCCESS),
        ("RJCT", State.FAIL),
        ("PDNG", State.PROCESSING),
        ("ACTC", State.PROCESSING),
        ("ACCP", State.PROCESSING),
        ("ACSP", State.PROCESSING),
        ("RCVD", State.PROCESSING),
    ],
)
def test_accepted_is_not_paid(word: str, state: State) -> None:
    assert pain002.read(report("10", transaction(FIRST, word)), "r.xml").items[0].state is state


def test_only_a_rejection_of_the_group_speaks_for_items_that_are_not_named() -> None:
    group = "<GrpSts>{}</GrpSts>"
    assert pain002.read(report("10", "", group.format("RJCT")), "r.xml").everything is State.FAIL
    for said in ("ACSC", "ACTC", "PART", "PDNG"):
        assert pain002.read(report("10", "", group.format(said)), "r.xml").everything is None
    # The banks list the transactions of a rejected message beside it, each rejected or with its last state.
    both = pain002.read(report("10", transaction(FIRST, "RJCT", REJECTED), group.format("RJCT")), "r.xml")
    assert (both.everything, [one.state for one in both.items]) == (State.FAIL, [State.FAIL])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (report("10", transaction(FIRST, "PART")), ["result_state_unknown"]),
        (report("10", transaction(FIRST, "XXXX")), ["result_state_unknown"]),
        (report("10", "", "<GrpSts>DONE</GrpSts>"), ["result_state_unknown"]),
        (report("10", transaction("", "ACSC")), ["result_shape"]),
        (report("10", transaction(FIRST, "ACSC") + transaction(FIRST, "RJCT")), ["result_item_twice"]),
        (report("10", transaction(FIRST, "ACSC", AMOUNT.replace("CNY", "USD"))), ["result_currency"]),
        (report("10", transaction(FIRST, "ACSC", AMOUNT.replace("33725.00", "33725"))), ["result_amount_malformed"]),
        (report("10", "").replace(b"pain.002", b"camt.054"), ["result_other_message"]),
        (report("10", "").replace(b"OrgnlGrpInfAndSts", b"Group"), ["result_shape"]),
        (report("10", "").replace(BATCH.encode(), b"", 1), ["result_shape"]),
        (b"<html><body>Session expired</body></html>", ["result_other_message"]),
        (report("10", "")[:200], ["result_unreadable"]),
        (b"plainly no XML", ["result_unreadable"]),
    ],
)
def test_every_problem_of_a_report_is_named(content: bytes, expected: list[str]) -> None:
    assert codes(pain002.read, content) == expected


def test_no_entity_is_expanded_and_nothing_is_loaded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    head, _, rest = report("10", transaction("&x;", "ACSC")).partition(b"\n")
    external = head + f'<!DOCTYPE Document [<!ENTITY x SYSTEM "file://{secret}">]>'.encode() + rest
    assert codes(pain002.read, external) == ["result_doctype"]
    tenfold = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
    laughs = head + f'<!DOCTYPE D [<!ENTITY x0 "ha">{tenfold}<!ENTITY x "&x9;">]>'.encode() + rest
    assert codes(pain002.read, laughs)[0] in {"result_doctype", "result_unreadable"}


def test_an_answer_has_a_size_limit() -> None:
    for read in (ecny.read, pain002.read):
        assert codes(read, b"[" * (MAX_BYTES + 1)) == ["result_too_large"]


def test_a_number_in_a_wrong_place_is_not_repeated_in_full() -> None:
    wrong = WALLETS.replace('"33725.00"', '"0098765432101234"')
    with pytest.raises(Refused) as refused:
        ecny.read(wrong.encode(), "answer.json")
    assert "0098765432101234" not in str(refused.value)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("X" * 40, "X" * 40),
        ("X" * 41, "X" * 40),
        # More than twelve digits may be an account: the last four stand.
        ("1234567890123", "****0123"),
        ("123456789012", "123456789012"),
        ("2025-07-01T16:00:00", "2025-07-01T16:00:00"),
    ],
)
def test_a_word_that_is_not_known_is_repeated_in_short(state: str, shown: str) -> None:
    with pytest.raises(Refused) as refused:
        ecny.read(WALLETS.replace('"SUCCESS"', f'"{state}"').encode(), "answer.json")
    assert str(refused.value).startswith(f"answer.json item 1 state: {shown!r} is not a state of this format")


def test_an_answer_of_exactly_the_largest_size_is_read() -> None:
    assert codes(ecny.read, b"[" + b" " * (MAX_BYTES - 2) + b"]") == ["result_shape"]


@pytest.mark.parametrize("read", [ecny.read, pain002.read])
def test_where_an_answer_is_larger_both_sizes_are_named(read: Callable[[bytes, str], Result]) -> None:
    with pytest.raises(Refused, match="the file has 67108865 bytes, and no answer is larger than 67108864"):
        read(b"[" * (MAX_BYTES + 1), "answer")


def test_items_that_are_no_list_are_refused() -> None:
    with pytest.raises(Refused, match=r"^answer\.json items: items is not a list"):
        ecny.read(f'{{"request_no": "{BATCH}", "batch_state": "FINISH", "items": 7}}'.encode(), "answer.json")


def test_where_an_answer_breaks_off_is_named() -> None:
    with pytest.raises(Refused, match=r"^a\.json:2:1: the file is not JSON \(Expecting property name"):
        ecny.read(b"{\n7", "a.json")
    with pytest.raises(Refused, match=r"^a\.xml:1:1: .*Start tag expected"):
        pain002.read(b"plainly no XML", "a.xml")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_counter_answers_in_chinese(encoding: str) -> None:
    text = (
        f'明细号,支付状态,金额,日期,原因\n{FIRST},成功,"33,725.00",2025年7月1日,\n{SECOND},退回,1120.05,,账户已销户\n'
    )
    assert result_sheet.read(text.encode(encoding), "results.csv") == Result(
        "",
        (
            ItemResult(FIRST, State.SUCCESS, 2, 3_372_500, date(2025, 7, 1)),
            ItemResult(SECOND, State.RETURNED, 3, 112_005, reason="账户已销户"),
        ),
    )


def test_the_number_under_which_a_channel_paid_is_read_from_every_answer() -> None:
    number = "20250701000123"
    wallets = WALLETS.replace('"on": "2025-07-01"', f'"voucher": "{number}"')
    told = report("10", transaction(FIRST, "ACSC", f"<AcctSvcrRef>{number}</AcctSvcrRef>"))
    counter = f"明细号,支付状态,凭证号\n{FIRST},成功,{number}\n"
    answers = (
        ecny.read(wallets.encode(), "answer.json"),
        pain002.read(told, "answer.xml"),
        result_sheet.read(counter.encode(), "answer.csv"),
    )
    assert [answer.items[0].voucher for answer in answers] == [number] * 3
    assert codes(ecny.read, wallets.replace(f'"{number}"', "20250701").encode()) == ["result_shape"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"item_no,state\n{FIRST},paid\n", ["choice_unknown"]),
        (f"item_no,state\n{FIRST},\n", ["cell_missing"]),
        (f"item_no,state\n{FIRST},success\n{FIRST},fail\n", ["result_item_twice"]),
        (f"item_no,state,amount\n{FIRST},success,0\n", ["amount_malformed"]),
        (f"item_no,state,on\n{FIRST},success,2025-02-30\n", ["date_malformed"]),
        # One wrong heading is one problem: it is told which column it was to be.
        (f"item_no,status\n{FIRST},success\n", ["heading_unknown"]),
        ("item_no,state\n", ["result_empty"]),
    ],
)
def test_every_problem_of_a_counters_sheet_is_named(text: str, expected: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        result_sheet.read(text.encode(), "results.csv")
    assert sorted(problem.code for problem in refused.value.problems) == expected


def test_a_counters_workbook_of_several_sheets_is_read_where_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, item in (("甲", FIRST), ("乙", SECOND)):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["明细号", "支付状态"])
            page.write_row(1, 0, [item, "成功"])
    with pytest.raises(Refused, match="sheet_ambiguous"):
        read_result(path)
    assert [one.item for one in read_result(path, "乙")[0].items] == [SECOND]


def test_a_counters_workbook_of_one_sheet_needs_no_name(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("甲")
        page.write_row(0, 0, ["明细号", "支付状态"])
        page.write_row(1, 0, [FIRST, "成功"])
    content = path.read_bytes()
    assert [one.item for one in result_sheet.read(content, "results.xlsx").items] == [FIRST]


def test_a_counters_sheet_in_another_unit_says_so() -> None:
    text = f"单位：万元\nitem_no,state,amount\n{FIRST},partial,1.5\n"
    found = result_sheet.read(text.encode(), "results.csv")
    assert [one.amount_fen for one in found.items] == [1_500_000]
    assert [problem.code for problem in found.warnings] == ["unit_converted"]


def test_an_answer_without_sheets_takes_no_name_of_one(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(
        Refused, match=r"^answer\.json: a file of this kind has no sheets; leave --sheet out \[option_not_used\]$"
    ):
        read_result(path, "甲")
