"""camt.053 and camt.054 in the versions that banks send."""

from pathlib import Path

import pytest

from calculators.problems import Refused
from tests.reconcile.forms import ACCOUNT, balance, camt053, codes, entry, only, statements, stmt, write

OPENING = balance("OPBD", "1000.00", "2025-03-01")


def closing(amount: str) -> str:
    return balance("CLBD", amount, "2025-03-31")


PARTIES_02 = (
    "<Cdtr><Nm>北京示例机械有限公司</Nm></Cdtr><CdtrAcct><Id><Othr><Id>6222020000000001234</Id></Othr></Id></CdtrAcct>"
)
PARTIES_08 = PARTIES_02.replace("<Nm>", "<Pty><Nm>").replace("</Nm>", "</Nm></Pty>")


def payment(e2e: str, amount: str, parties: str = PARTIES_02, extra: str = "") -> str:
    return (
        f"<TxDtls><Refs><EndToEndId>{e2e}</EndToEndId></Refs><Amt Ccy='CNY'>{amount}</Amt>"
        f"<CdtDbtInd>DBIT</CdtDbtInd><RltdPties>{parties}</RltdPties>{extra}</TxDtls>"
    )


@pytest.mark.parametrize(
    ("version", "status", "parties"),
    [
        ("02", "<Sts>BOOK</Sts>", PARTIES_02),
        ("04", "<Sts>BOOK</Sts>", PARTIES_02),
        ("08", "<Sts><Cd>BOOK</Cd></Sts>", PARTIES_08),
    ],
)
def test_a_batch_is_one_line_with_its_payments_below(version: str, status: str, parties: str, tmp_path: Path) -> None:
    batch = (
        "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy='CNY'>300.00</TtlAmt></Btch>"
        + payment("S001", "100.00", parties)
        + payment("S002", "200.00", parties)
        + "</NtryDtls>"
    )
    content = stmt(OPENING + closing("700.00") + entry("300.00", "DBIT", status=status, inside=batch))
    path = write(tmp_path, "a.xml", camt053(content, version))
    statement = only(path)
    (line,) = statement.lines
    assert (statement.account, statement.currency) == (ACCOUNT, "CNY")
    assert (statement.opening_fen, line.amount_fen, statement.closing_fen) == (1000_00, -300_00, 700_00)
    assert [(one.reference, one.amount_fen) for one in line.details] == [("S001", -100_00), ("S002", -200_00)]
    assert {one.counterparty for one in line.details} == {"北京示例机械有限公司"}
    assert {one.number for one in line.details} == {"6222020000000001234"}
    assert codes(path) == [("ok", [])]


def test_a_batch_whose_payments_do_not_come_to_what_it_declares_is_named(tmp_path: Path) -> None:
    batch = (
        "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy='CNY'>300.01</TtlAmt></Btch>"
        + payment("S001", "100.00")
        + payment("S002", "200.00")
        + "</NtryDtls>"
    )
    path = write(tmp_path, "a.xml", camt053(stmt(OPENING + closing("700.00") + entry("300.00", "DBIT", inside=batch))))
    assert [problems for _integrity, problems in codes(path)] == [["batch_sum_differs"]]


def test_a_reversal_has_the_direction_that_its_own_mark_gives(tmp_path: Path) -> None:
    reversed_debit = entry("300.00", "CRDT", before="<RvslInd>true</RvslInd>")
    reversed_credit = entry("40.00", "DBIT", before="<RvslInd>true</RvslInd>")
    content = stmt(OPENING + closing("960.00") + entry("300.00", "DBIT") + reversed_debit + reversed_credit)
    path = write(tmp_path, "a.xml", camt053(content))
    assert [(line.amount_fen, line.reversal) for line in only(path).lines] == [
        (-300_00, False),
        (300_00, True),
        (-40_00, True),
    ]
    # 1000.00 - 300.00 + 300.00 - 40.00 = 960.00: only this reading balances.
    assert codes(path) == [("ok", [])]


def test_a_return_is_named_with_its_reason(tmp_path: Path) -> None:
    back = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    inside = "<NtryDtls>" + payment("S001", "300.00", extra=back).replace("DBIT", "CRDT") + "</NtryDtls>"
    content = stmt(OPENING + closing("1300.00") + entry("300.00", "CRDT", inside=inside))
    (line,) = only(write(tmp_path, "a.xml", camt053(content))).lines
    assert (line.amount_fen, line.returned, line.reversal, line.reference) == (300_00, True, False, "S001")
    assert (line.details[0].reason, line.details[0].returned) == ("AC04", True)


def test_a_batch_with_a_return_inside_keeps_both_directions(tmp_path: Path) -> None:
    inside = "<NtryDtls>" + payment("S001", "100.00") + payment("S002", "30.00").replace("DBIT", "CRDT") + "</NtryDtls>"
    content = stmt(OPENING + closing("930.00") + entry("70.00", "DBIT", inside=inside))
    (line,) = only(write(tmp_path, "a.xml", camt053(content))).lines
    assert [one.amount_fen for one in line.details] == [-100_00, 30_00]


def test_details_marked_against_their_entry_follow_the_entry(tmp_path: Path) -> None:
    inside = (
        "<NtryDtls>" + (payment("S001", "100.00") + payment("S002", "200.00")).replace("DBIT", "CRDT") + "</NtryDtls>"
    )
    content = stmt(OPENING + closing("700.00") + entry("300.00", "DBIT", inside=inside))
    (line,) = only(write(tmp_path, "a.xml", camt053(content))).lines
    assert [one.amount_fen for one in line.details] == [-100_00, -200_00]


@pytest.mark.parametrize("status", ["<Sts>PDNG</Sts>", "<Sts>INFO</Sts>", "<Sts><Cd>PDNG</Cd></Sts>"])
def test_what_is_not_booked_is_no_line(status: str, tmp_path: Path) -> None:
    content = stmt(OPENING + closing("1000.00") + entry("300.00", "DBIT", status=status))
    path = write(tmp_path, "a.xml", camt053(content))
    assert only(path).lines == []
    assert codes(path) == [("ok", [])]


def test_balances_on_the_debit_side_are_negative(tmp_path: Path) -> None:
    content = stmt(
        balance("PRCD", "20.00", "2025-03-01", "DBIT")
        + balance("CLBD", "50.00", "2025-03-31", "DBIT")
        + entry("30.00", "DBIT")
    )
    path = write(tmp_path, "a.xml", camt053(content))
    assert (only(path).opening_fen, only(path).closing_fen) == (-20_00, -50_00)
    assert codes(path) == [("ok", [])]


def test_pages_of_a_long_statement_hang_together_by_interim_balances(tmp_path: Path) -> None:
    one = OPENING + balance("ITBD", "900.00", "2025-03-15") + entry("100.00", "DBIT")
    two = balance("ITBD", "900.00", "2025-03-15") + closing("850.00") + entry("50.00", "DBIT", "2025-03-20")
    path = write(tmp_path, "a.xml", camt053(stmt(one, name="P1") + stmt(two, name="P2")))
    assert [(one.opening_fen, one.closing_fen) for one in statements(path)] == [(1000_00, 900_00), (900_00, 850_00)]
    assert codes(path) == [("ok", []), ("ok", [])]


@pytest.mark.parametrize(
    ("currency", "amount", "units"), [("JPY", "1000", 1000), ("KWD", "1.234", 1234), ("USD", "10.5", 1050)]
)
def test_amounts_are_in_the_minor_unit_of_their_currency(
    currency: str, amount: str, units: int, tmp_path: Path
) -> None:
    content = stmt(
        balance("OPBD", "0", "2025-03-01", currency=currency)
        + balance("CLBD", amount, "2025-03-31", currency=currency)
        + entry(amount, "CRDT", currency=currency),
        currency=currency,
    )
    path = write(tmp_path, "a.xml", camt053(content))
    assert [line.amount_fen for line in only(path).lines] == [units]
    assert codes(path) == [("ok", [])]


def test_a_notification_has_no_balances(tmp_path: Path) -> None:
    text = (
        camt053(stmt(entry("300.00", "DBIT")))
        .replace("camt.053", "camt.054")
        .replace("Stmt>", "Ntfctn>")
        .replace("BkToCstmrNtfctn>", "BkToCstmrDbtCdtNtfctn>")
    )
    path = write(tmp_path, "a.xml", text)
    assert only(path).lines[0].amount_fen == -300_00
    assert codes(path) == [("no-balances", ["balances_missing"])]


def test_a_message_in_gbk_and_one_in_utf_16_are_read(tmp_path: Path) -> None:
    inside = "<NtryDtls>" + payment("S001", "300.00") + "</NtryDtls>"
    text = camt053(stmt(OPENING + closing("700.00") + entry("300.00", "DBIT", inside=inside)))
    for encoding, declared in (("gbk", "GBK"), ("utf-16", "UTF-16")):
        path = write(tmp_path, f"{declared}.xml", text.replace("UTF-8", declared), encoding)
        assert only(path).lines[0].counterparty == "北京示例机械有限公司"


def test_the_own_account_is_never_the_other_side(tmp_path: Path) -> None:
    own = f"<Dbtr><Nm>北京示例局</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id></DbtrAcct>"
    inside = "<NtryDtls>" + payment("S001", "300.00", own + PARTIES_02).replace("DBIT", "CRDT") + "</NtryDtls>"
    content = stmt(OPENING + closing("1300.00") + entry("300.00", "CRDT", inside=inside))
    (line,) = only(write(tmp_path, "a.xml", camt053(content))).lines
    assert line.counterparty == "北京示例机械有限公司"


def test_every_fault_of_a_message_is_named_at_once(tmp_path: Path) -> None:
    broken = entry("1,000.00", "DBIT") + "\n" + entry("10.00", "BOTH") + "\n" + entry("1.005", "DBIT", "31.03.2025")
    path = write(tmp_path, "a.xml", camt053(stmt(OPENING + broken)))
    with pytest.raises(Refused) as refused:
        statements(path)
    assert [problem.code for problem in refused.value.problems] == [
        "statement_amount",
        "camt_direction_missing",
        "statement_amount",
        "statement_day",
    ]


def test_a_report_of_the_day_is_not_a_statement(tmp_path: Path) -> None:
    path = write(tmp_path, "a.xml", camt053("").replace("camt.053", "camt.052").replace("Stmt", "AcctRpt"))
    for wanted in (None, "camt.053"):
        with pytest.raises(Refused, match="camt_other_message"):
            statements(path, wanted)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        # 17:30 in Greenwich is 01:30 of the next day in Beijing; 01:30 there is 17:30 of the day before in Greenwich.
        ("2025-03-30T17:30:00Z", "2025-03-31"),
        ("2025-03-31T01:30:00+08:00", "2025-03-31"),
        ("2025-03-31T01:30:00", "2025-03-31"),
    ],
)
def test_a_balance_at_a_moment_is_of_its_day_in_beijing(moment: str, day: str, tmp_path: Path) -> None:
    close = closing("900.00").replace("<Dt><Dt>2025-03-31</Dt></Dt>", f"<Dt><DtTm>{moment}</DtTm></Dt>")
    found = only(write(tmp_path, "a.xml", camt053(stmt(OPENING + entry("100.00", "DBIT") + close))))
    assert (found.closes_on, found.closing_fen) == (day, 90_000)


def test_a_balance_of_a_day_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    close = closing("900.00").replace("2025-03-31", "2025-02-30")
    path = write(tmp_path, "a.xml", camt053(stmt(OPENING + entry("100.00", "DBIT") + close)))
    with pytest.raises(Refused) as caught:
        statements(path)
    assert ["Bal/Dt" in str(problem.place) for problem in caught.value.problems] == [True]


def test_a_value_day_that_is_none_of_the_statement_s_is_no_day_of_booking(tmp_path: Path) -> None:
    days = ("2025-02-27", "2025-03-05", "2025-04-02")
    entries = "".join(entry("1.00", "DBIT", day).replace("BookgDt>", "ValDt>") for day in days)
    around = balance("OPBD", "1000.00", "2025-03-01"), balance("CLBD", "997.00", "2025-03-31")
    found = only(write(tmp_path, "value.xml", camt053(stmt("".join(around) + entries))))
    assert [line.booked_on for line in found.lines] == ["2025-03-31", "2025-03-05", "2025-03-31"]
