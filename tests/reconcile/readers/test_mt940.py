"""SWIFT MT940, compared with the library mt-940 wherever that is right (it is not for `RC`)."""

from pathlib import Path

import mt940 as library
import pytest

from calculators.problems import Refused
from ledger.reconcile import readers
from tests.reconcile.forms import ACCOUNT, codes, mt940, only, statements, write

STRUCTURED = """:86:166?00GUTSCHRIFT?20EREF+S001?21SVWZ+Subsidy 2025 Q1 for a fir
m?22 in Beijing?32BEIJING SHILI?33 JIXIE?316222020000000001234"""
CODE_WORDS = ":86:/EREF/S002//BENM//NAME/BEIJING SHILI//REMI/Subsidy 2025\n Q1/"


def test_each_mark_has_its_direction(tmp_path: Path) -> None:
    entries = "\n".join(
        f":61:250303{day}{mark}{amount},NTRFS00{n}"
        for n, (day, mark, amount) in enumerate(
            [("0303", "D", 300), ("0304", "C", 50), ("0305", "RD", 300), ("0306", "RC", 50), ("0307", "DR", 10)]
        )
    )
    path = write(tmp_path, "a.sta", mt940(entries, closing="C250331CNY990,00"))
    lines = only(path).lines
    assert [(line.booked_on, line.amount_fen, line.reversal) for line in lines] == [
        ("2025-03-03", -300_00, False),
        ("2025-03-04", 50_00, False),
        ("2025-03-05", 300_00, True),
        ("2025-03-06", -50_00, True),
        # The R of DR is a funds code (third letter of a currency), no reversal.
        ("2025-03-07", -10_00, False),
    ]
    # 1000 - 300 + 50 + 300 - 50 - 10 = 990
    assert codes(path) == [("ok", [])]


def test_the_library_agrees_but_for_the_reversal_of_a_credit() -> None:
    entries = (
        ":61:2503030303C50,00NTRFA\n:61:2503030303D20,00NTRFB\n:61:2503030303RD20,00NTRFC\n:61:2503030303RC50,00NTRFD"
    )
    theirs = [int(one.data["amount"].amount * 100) for one in library.parse(mt940(entries))]
    assert theirs == [50_00, -20_00, 20_00, 50_00]  # the last one is wrong: a credit is taken back
    assert sum(theirs) != 0


def test_the_library_reads_the_same_amounts_days_and_balances(tmp_path: Path) -> None:
    entries = f":61:2412310102D300,55NTRFS001//B1\n{STRUCTURED}\n:61:250102C7,NMSCNONREF\n:86:interest"
    text = mt940(entries, "C241231CNY1000,00", "C250102CNY706,45")
    statement = only(write(tmp_path, "a.sta", text))
    (theirs,) = [library.parse(text)]
    assert [line.amount_fen for line in statement.lines] == [int(one.data["amount"].amount * 100) for one in theirs]
    assert [line.booked_on for line in statement.lines] == ["2025-01-02", "2025-01-02"]
    assert statement.opening_fen == int(theirs.data["final_opening_balance"].amount.amount * 100)
    assert statement.closing_fen == int(theirs.data["final_closing_balance"].amount.amount * 100)


def test_field_86_over_several_lines_in_its_three_forms(tmp_path: Path) -> None:
    free = ":86:" + "A" * 65 + "\nB\nnext line"
    entries = "\n".join(
        f":61:2503030303D1,00NTRFNONREF//B{n}\n{about}" for n, about in enumerate([STRUCTURED, CODE_WORDS, free])
    )
    lines = only(write(tmp_path, "a.sta", mt940(entries, closing="C250331CNY997,"))).lines
    assert (lines[0].reference, lines[0].counterparty) == ("S001", "BEIJING SHILI JIXIE")
    assert (lines[0].text, lines[0].number) == (
        "GUTSCHRIFT Subsidy 2025 Q1 for a firm in Beijing",
        "6222020000000001234",
    )
    assert (lines[1].reference, lines[1].counterparty, lines[1].text) == ("S002", "BEIJING SHILI", "Subsidy 2025 Q1")
    assert lines[2].text == "A" * 65 + "B next line"
    assert lines[1].references == ("S002", "B1")


def test_returned_items_and_expected_entries(tmp_path: Path) -> None:
    entries = ":61:2503030303C300,NRTIS001\n:86:退汇\n:61:2503040304EC80,NTRFS002"
    statement = only(write(tmp_path, "a.sta", mt940(entries, closing="C250331CNY1300,")))
    assert [(line.returned, line.amount_fen) for line in statement.lines] == [(True, 300_00)]
    assert [line.amount_fen for line in statement.pending] == [80_00]


def test_the_entry_day_takes_the_year_next_to_its_value_day(tmp_path: Path) -> None:
    entries = ":61:2501021231C1,NTRFA\n:61:2412310102C1,NTRFB\n:61:2402290229C1,NTRFC"
    lines = only(write(tmp_path, "a.sta", mt940(entries, closing="C250331CNY1003,"))).lines
    assert [line.booked_on for line in lines] == ["2024-12-31", "2025-01-02", "2024-02-29"]


def test_a_value_day_that_is_none_of_the_statement_s_is_no_day_of_booking(tmp_path: Path) -> None:
    """Without an entry day an entry is of its value day, and where that lies outside, of the closing day."""
    days = ("250227", "250228", "250331", "250402")
    entries = "\n".join((*(f":61:{day}D1,00NMSCNONREF" for day in days), ":61:2504020330D1,00NMSCNONREF"))
    found = only(write(tmp_path, "value.sta", mt940(entries, closing="C250331CNY995,00")))
    assert [line.booked_on for line in found.lines] == [
        *("2025-03-31", "2025-02-28", "2025-03-31", "2025-03-31"),
        "2025-03-30",
    ]


def test_a_message_in_its_swift_envelope_and_with_windows_line_ends(tmp_path: Path) -> None:
    text = "{1:F01BANKCNBJAXXX0000000000}{2:O940}{4:\n" + mt940(":61:2503030303C5,NTRFA", closing="C250331CNY1005,")
    path = write(tmp_path, "a.sta", text.replace("\n-\n", "\n-}\n").replace("\n", "\r\n"))
    assert codes(path) == [("ok", [])]
    assert only(path).account.endswith(ACCOUNT)


def test_declared_counts_and_sums(tmp_path: Path) -> None:
    right = ":61:2503030303C5,NTRFA\n:61:2503030303D5,NTRFB\n:90D:1CNY5,\n:90C:1CNY5,"
    assert codes(write(tmp_path, "a.sta", mt940(right))) == [("ok", [])]
    wrong = right.replace("90D:1CNY5,", "90D:2CNY6,")
    assert codes(write(tmp_path, "b.sta", mt940(wrong))) == [("count-mismatch", ["count_differs", "sum_differs"])]


def test_a_currency_without_decimals(tmp_path: Path) -> None:
    text = mt940(":61:2503030303C500,NTRFA", "C250228JPY1000,", "C250331JPY1500,")
    path = write(tmp_path, "a.sta", text)
    assert [line.amount_fen for line in only(path).lines] == [500]
    with pytest.raises(Refused, match="statement_amount"):
        statements(write(tmp_path, "b.sta", text.replace("C500,", "C500,5")))


def test_pages_of_a_day_follow_each_other_whichever_comes_first(tmp_path: Path) -> None:
    one = mt940(":61:2503030303C5,NTRFA", "C250303CNY100,", "C250303CNY105,").replace(":62F:", ":62M:")
    two = mt940(":61:2503030303C5,NTRFB", "C250303CNY105,", "C250303CNY110,").replace(":60F:", ":60M:")
    three = mt940(":61:2503030303C5,NTRFB", "C250303CNY115,", "C250303CNY120,").replace(":60F:", ":60M:")
    assert codes(write(tmp_path, "a.sta", one + two)) == [("ok", [])] * 2
    assert codes(write(tmp_path, "b.sta", two + one)) == [("ok", [])] * 2
    assert codes(write(tmp_path, "c.sta", one + three)) == [("ok", []), ("gap", ["statement_gap"])]


def test_lines_of_field_86_that_look_like_fields_or_like_the_end(tmp_path: Path) -> None:
    text = (
        ":61:2503030303D1,00NTRFA\n:86:at 12-09-2014T16\n:26:37 first\n:20:15 second\n:25:59 third\n-\nfourth\n"
        ":61:2503040304D2,00NTRFB\n:86:last\n-\n:28:00 of it"
    )
    path = write(tmp_path, "a.sta", mt940(text, closing="C250331CNY997,00"))
    assert [line.text for line in only(path).lines] == [
        "at 12-09-2014T16 :26:37 first :20:15 second :25:59 third - fourth",
        "last - :28:00 of it",
    ]
    assert codes(path) == [("ok", [])]


def test_messages_without_their_first_field_follow_each_other(tmp_path: Path) -> None:
    one = mt940(":61:2503030303D1,00NTRFA", closing="C250303CNY999,00").replace(":20:STARTUMSE\n", "")
    two = mt940(":61:2503040304D2,00NTRFB", "C250303CNY999,00", "C250304CNY997,00").replace(":20:STARTUMSE\n", "")
    for text in (one + two, (one + two).replace("\n-\n", "\n")):
        path = write(tmp_path, "a.sta", text)
        assert [[line.amount_fen for line in each.lines] for each in statements(path)] == [[-1_00], [-2_00]]
        assert codes(path) == [("ok", [])] * 2


def test_an_interim_report_is_read_by_its_own_name_whatever_it_is_called(tmp_path: Path) -> None:
    text = (
        f":20:R1\n:25:{ACCOUNT}\n:28C:1/1\n:34F:CNY0,00\n:13D:2501021200+0800\n:61:2501020102D10,00NTRFA\n:86:t\n"
        ":90D:1CNY10,00\n:90C:0CNY0,00\n-\n"
    )
    path = write(tmp_path, "a.sta", text)
    assert (readers.read(path).format, readers.read(path, "mt940").format) == ("mt942", "mt942")
    assert [line.amount_fen for line in only(path).lines] == [-10_00]
    assert codes(path) == [("no-balances", ["balances_missing"])]
    assert codes(write(tmp_path, "b.sta", text.replace(":90D:1", ":90D:2")))[0][0] == "count-mismatch"
