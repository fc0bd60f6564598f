"""What is wrong with an answer of a channel, to the last sign: where, which word of it, and what to do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.payouts.channels import ecny, pain002, result_sheet
from ledger.payouts.channels.result import Result
from ledger.payouts.states import State
from tests.payouts.channels.test_channels_back import AMOUNT, BATCH, REJECTED, codes, report, transaction
from tests.payouts.orders import FIRST, SECOND


def said(read: Callable[[bytes, str], Result], content: bytes) -> list[str]:
    """Every problem of an answer as it is shown, without the remedy."""
    with pytest.raises(Refused) as refused:
        read(content, "answer")
    return [
        f"{problem.place}: {problem.what.format(**problem.values)} [{problem.code}]"
        for problem in refused.value.problems
    ]


WORDS = "INIT, PROCESSING, SUCCESS, FAIL, PRESUMED_SUCCESS, PRESUMED_FAIL, PARTIAL, RETURNED"


def remedy(read: Callable[[bytes, str], Result], content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(content, "answer")
    (problem,) = refused.value.problems
    return problem.remedy.format(**problem.values)


def wallets(*items: object, **other: object) -> bytes:
    return json.dumps({"request_no": BATCH, "batch_state": "FINISH", "items": items, **other}).encode()


def item(**other: object) -> dict[str, object]:
    return {"item_no": FIRST, "state": "SUCCESS", **other}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[1]", ["answer: the file is not a JSON object [result_shape]"]),
        (b"\xff", ["answer: the file is not JSON (UnicodeDecodeError) [result_unreadable]"]),
        (b"{\n7", ["answer:2:1: the file is not JSON (Expecting property name enclosed in double quotes) [{}]"]),
        (wallets(request_no=7), ["answer request_no: request_no is missing or not text [result_shape]"]),
        (wallets(batch_state=""), ["answer batch_state: batch_state is missing or not text [result_shape]"]),
        (wallets(batch_state="DONE"), ["answer batch_state: 'DONE' is not a state of this format [{}]"]),
        (wallets(items=7), ["answer items: items is not a list [result_shape]"]),
        (wallets(items=None), ["answer items: items is not a list [result_shape]"]),
        (wallets(item(), 7), ["answer item 2: an item is not a JSON object [result_shape]"]),
        (wallets(item(state="DONE")), ["answer item 1 state: 'DONE' is not a state of this format [{}]"]),
        (wallets(item(state=None)), ["answer item 1 state: state is missing or not text [result_shape]"]),
        (wallets(item(item_no="")), ["answer item 1 item_no: item_no is missing or not text [result_shape]"]),
        (wallets(item(voucher=7)), ["answer item 1 voucher: voucher is missing or not text [result_shape]"]),
        *(
            (
                wallets(item(amount=amount)),
                [f"answer item 1 amount: '{amount}' is not an amount above 0 in yuan with exactly two decimals [{{}}]"],
            )
            for amount in ("1.5", "1.500", ".50", "1.5x", "1,000.00", "0.00", "1.2.30", 7)
        ),
        # Beyond 2^53 fen, which are 90,071,992,547,409.92 yuan; a long run of digits is shown by its end.
        (
            wallets(item(amount="99999999999999.99")),
            ["answer item 1 amount: '****9.99' is not an amount above 0 in yuan with exactly two decimals [{}]"],
        ),
        (wallets(item(on="2025-02-30")), ["answer item 1 on: '2025-02-30' is not a date [result_date_malformed]"]),
        (
            wallets(item(), item(state="FAIL")),
            [f"answer item 2: {FIRST} stands in place 1 too [result_item_twice]"],
        ),
        (b'{"request_no": "B1", "request_no": "B2"}', ["answer request_no: request_no stands twice [{}]"]),
        (
            f'{{"items": [{{"item_no": "{FIRST}", "state": "FAIL", "state": "SUCCESS"}}]}}'.encode(),
            [f"answer state: state of {FIRST} stands twice [result_key_twice]"],
        ),
    ],
)
def test_what_is_wrong_with_a_wallet_answer(content: bytes, expected: list[str]) -> None:
    found = said(ecny.read, content)
    code = found[0].rpartition("[")[2].rstrip("]")
    assert found[: len(expected)] == [text.format(code) for text in expected]


def test_the_words_that_are_known_are_named() -> None:
    asked = "a new word of a channel is never guessed: known are {}; nothing of the file was taken"
    assert remedy(ecny.read, wallets(item(state="DONE"))) == asked.format(WORDS)
    assert remedy(ecny.read, wallets(batch_state="DONE")) == asked.format("ACCEPTING, FINISH, ACCEPT_FAIL")
    states = "ACSC, ACCC, RJCT, PDNG, ACTC, ACCP, ACSP, RCVD"
    assert remedy(pain002.read, report("10", transaction(FIRST, "DONE"))) == asked.format(states)
    whole = report("10", "", "<GrpSts>DONE</GrpSts>")
    assert remedy(pain002.read, whole) == asked.format(f"{states}, PART, ACWC")


def test_a_batch_that_is_being_taken_names_no_item() -> None:
    assert ecny.read(f'{{"request_no": "{BATCH}", "batch_state": "ACCEPTING"}}'.encode(), "answer") == Result(BATCH, ())


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (report("10", "").replace(b"OrgnlGrpInfAndSts", b"Group"), ["OrgnlGrpInfAndSts"]),
        (report("10", "").replace(b"CstmrPmtStsRpt", b"Report"), ["OrgnlGrpInfAndSts"]),
        (report("10", "").replace(BATCH.encode(), b"", 1), ["OrgnlMsgId"]),
        (report("10", transaction("", "ACSC") * 2), ["item 1 OrgnlEndToEndId", "item 2 OrgnlEndToEndId"]),
    ],
)
def test_what_a_report_has_to_say(content: bytes, places: list[str]) -> None:
    shown = [f"answer {place}: {place.split()[-1]} is missing [result_shape]" for place in places]
    assert said(pain002.read, content) == shown


NO_STATE = "'DONE' is not a state of this format [result_state_unknown]"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (report("10", transaction(FIRST, "DONE")), [f"answer item 1 TxSts: {NO_STATE}"]),
        (report("10", "", "<GrpSts>DONE</GrpSts>"), [f"answer GrpSts: {NO_STATE}"]),
        (report("10", "<PmtInfSts>DONE</PmtInfSts>"), [f"answer PmtInfSts: {NO_STATE}"]),
        (
            report("10", transaction(FIRST, "ACSC", AMOUNT.replace("CNY", "USD"))),
            ["answer item 1 InstdAmt: the amount is in USD, and all payouts are in CNY [result_currency]"],
        ),
        (
            report("10", transaction(FIRST, "ACSC", AMOUNT.replace(' Ccy="CNY"', ""))),
            ["answer item 1 InstdAmt: the amount is in -, and all payouts are in CNY [result_currency]"],
        ),
        (
            report("10", transaction(FIRST, "ACSC", AMOUNT.replace("33725.00", "33725"))),
            [
                "answer item 1 InstdAmt: '33725' is not an amount above 0 in yuan with exactly two decimals "
                "[result_amount_malformed]"
            ],
        ),
        (
            report("10", transaction(FIRST, "ACSC", "<AccptncDtTm>25 July</AccptncDtTm>")),
            ["answer item 1 AccptncDtTm: '25 July' is not a date [result_date_malformed]"],
        ),
        (
            report("10", "").replace(b"pain.002", b"camt.054"),
            [
                "answer: this is not a payment status report pain.002, but "
                "urn:iso:std:iso:20022:tech:xsd:camt.054.001.10 [result_other_message]"
            ],
        ),
        (
            b"<html><body>Session expired</body></html>",
            ["answer: this is not a payment status report pain.002, but html [result_other_message]"],
        ),
    ],
)
def test_what_is_wrong_with_a_report(content: bytes, expected: list[str]) -> None:
    assert said(pain002.read, content) == expected


@pytest.mark.parametrize("of", ["GrpSts", "PmtInfSts"])
def test_why_the_whole_was_refused_is_read(of: str) -> None:
    """A bank that refuses the message, or the payment in it, says why beside that and names no transaction."""
    refused = f"<{of}>RJCT</{of}>{REJECTED}"
    content = report("10", "", refused) if of == "GrpSts" else report("10", refused)
    assert pain002.read(content, "r.xml") == Result(BATCH, (), State.FAIL, "AC04 账户已销户")
    both = report("10", f"<PmtInfSts>RJCT</PmtInfSts>{REJECTED}", f"<GrpSts>RJCT</GrpSts>{REJECTED}")
    assert pain002.read(both, "r.xml").reason == "AC04 账户已销户 AC04 账户已销户"
    # What is said beside another state refuses nothing.
    assert pain002.read(content.replace(b">RJCT<", b">PART<"), "r.xml") == Result(BATCH, ())


def test_a_reason_without_words_is_none() -> None:
    empty = "<StsRsnInf><Rsn><Cd/></Rsn><AddtlInf/></StsRsnInf>"
    assert pain002.read(report("10", transaction(FIRST, "RJCT", empty)), "r.xml").items[0].reason == ""


def test_a_document_type_is_refused_and_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    """Neither the file that it names, whether or not there is one, nor what an entity stands for."""
    head, _, rest = report("10", transaction("&x;", "ACSC")).partition(b"\n")
    for name in ("no-such.dtd", "secret.txt"):
        (tmp_path / "secret.txt").write_text("this is no declaration")
        declared = f'<!DOCTYPE Document SYSTEM "file://{tmp_path}/{name}">'.encode()
        assert codes(pain002.read, head + declared + rest.replace(b"&x;", b"S1")) == ["result_doctype"]
    gone = f'<!DOCTYPE Document [<!ENTITY x SYSTEM "file://{tmp_path}/no-such.txt">]>'.encode()
    assert codes(pain002.read, head + gone + rest) == ["result_doctype"]


def test_what_lies_too_deep_is_no_report() -> None:
    assert codes(pain002.read, b"<a>" * 300 + b"</a>" * 300) == ["result_unreadable"]


def test_what_is_wrong_with_a_counters_sheet() -> None:
    twice = f"item_no,state\n{FIRST},success\n{SECOND},fail\n{FIRST},fail\n".encode()
    assert said(result_sheet.read, twice) == [f"answer:4:1 item_no: {FIRST} stands in place 2 too [result_item_twice]"]
    assert said(result_sheet.read, b"item_no,state\n") == ["answer: the file is empty [result_empty]"]
