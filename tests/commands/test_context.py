"""How results are printed: tables that line up and JSON that a program can rely on."""

import pytest

from ledger.commands.ui.context import money, print_json, table, table_text


def test_chinese_signs_count_two_cells_and_money_stands_right() -> None:
    rows = [["北京甲公司", "33,725.00"], ["Beta Ltd", "788,100.00"]]
    assert table_text(["Firm", money("Interest")], rows).splitlines() == [
        "Firm          Interest",
        "----------  ----------",
        "北京甲公司   33,725.00",
        "Beta Ltd    788,100.00",
    ]


def test_a_table_without_rows_keeps_its_heading() -> None:
    assert table_text(["Firm", money("Interest")], []).splitlines() == [
        "Firm  Interest",
        "----  --------",
        "(none)",
    ]


def test_a_row_of_the_wrong_length_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        table_text(["Firm", "City"], [["Beta"]])


def test_no_line_ends_in_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    table(["Firm", "City"], [["Beta", ""]])
    assert capsys.readouterr().out == "Firm  City\n----  ----\nBeta\n"


def test_json_is_sorted_and_indented(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"b": 1, "a": "甲"})
    assert capsys.readouterr().out == '{\n  "a": "甲",\n  "b": 1\n}\n'
