"""The units that files state for amounts and rates, and what is refused because two readings are possible.

The figures are those of the file, multiplied by its unit: 1000 under 万元 is 1000 x 10,000 yuan = 1,000,000,000 fen.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from calculators.problems import Refused
from ledger.sheets.rows import Reading
from tests.support.bank_rows import LOAN, events, loans, reading, renamed, said, under
from tests.support.desk import workbook

# Amounts and units


@pytest.mark.parametrize(
    "text",
    [
        "￥1,000.00",
        "¥1000",
        "1000元",
        "1,000.00 元",
        "人民币1000元整",
        "RMB 1,000",
        "CNY1000.00",
        "0.1万元",
        "０．１万",
        1000,
    ],
)
def test_an_amount_in_every_form_is_that_amount(text: Any, tmp_path: Path) -> None:
    found = events(tmp_path, amount=text)
    assert (found.problems, [row.cells["amount_fen"] for row in found.rows]) == ([], [100_000])


@pytest.mark.parametrize("text", ["1 000.00", "1,00", 1000.005, "-1000", "壹仟元整", "1000元/月", "约1000"])
def test_what_is_no_amount_for_certain_is_refused(text: Any, tmp_path: Path) -> None:
    assert [problem.code for problem in events(tmp_path, amount=text).problems] == ["amount_malformed"]


@pytest.mark.parametrize(
    "above",
    [
        "示例银行贴息贷款台账（单位：万元）",
        "单位:人民币万元",
        "金额单位：万元   2026年6月",
        "单位：人民币 万元",
        "单位：人民币（万元）",
        "币种：人民币  单位：万元",
        "单 位：万元",
        "单位∶万元",
        "单位：万圆",
        "以下金额均为万元",
        "金额以万元为单位",
        "贷款明细表-万元",
        "贴息贷款台账（万元）",
        "Loans. Unit: 10,000 yuan",
    ],
)
def test_a_unit_in_the_title_holds_for_the_amounts(above: str, tmp_path: Path) -> None:
    found = loans(tmp_path, {"合同金额": 1000}, above=above)
    assert [row.cells["amount_fen"] for row in found.rows] == [1_000_000_000]
    assert [problem.code for problem in found.warnings] == ["unit_converted"]


@pytest.mark.parametrize(
    ("above", "yuan"),
    [
        ("RMB'000", 1_000),
        ("Loans (RMB’000)", 1_000),
        ("In thousands of RMB", 1_000),
        ("Amounts in RMB 000s", 1_000),
        ("(in thousands)", 1_000),
        ("人民币千元", 1_000),
        ("单位：仟元", 1_000),
        ("单位：W元", 10_000),
        ("单位：萬元", 10_000),
        ("Unit: RMB 10k", 10_000),
        ("（除特别说明外，金额单位均为人民币万元）", 10_000),
        ("本表以“万元”为单位", 10_000),
        ("单位：佰万元", 1_000_000),
        ("RMB million", 1_000_000),
        ("单位：亿元", 100_000_000),
    ],
)
def test_a_unit_in_other_words_holds_too(above: str, yuan: int, tmp_path: Path) -> None:
    found = loans(tmp_path, {"合同金额": "0.01"}, above=above)
    # A hundredth of a unit is as many fen as the unit has yuan.
    assert [row.cells["amount_fen"] for row in found.rows] == [yuan]
    assert [problem.code for problem in found.warnings] == ["unit_converted"]


def test_a_conversion_is_said(tmp_path: Path) -> None:
    found = loans(tmp_path, {}, above="单位：万元")
    assert said(found.warnings) == [
        "loans.xlsx:1:1: amounts are in 万元 here, and were multiplied by 10,000 (合同金额); compare the sums with "
        "those of the file [unit_converted]"
    ]


def test_a_unit_below_the_table_and_in_the_name_of_the_sheet_hold_too(tmp_path: Path) -> None:
    found = loans(tmp_path, {}, below=(["注：单位：万元"],))
    assert [row.cells["amount_fen"] for row in found.rows] == [1_000_000_000]
    path = tmp_path / "named.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("台账（万元）")
        page.write_row(0, 0, list(LOAN))
        page.write_row(1, 0, list(LOAN.values()))
    assert [row.cells["amount_fen"] for row in reading(path).rows] == [1_000_000_000]


@pytest.mark.parametrize(
    "above",
    [
        "单户1000万元以下",
        "余额不超过万元的不列",
        "币种：人民币",
        "单位：人民币元",
        "Loans above 5 million yuan",
        "编制单位：万达支行",
        "单位：示例银行万源支行",
        "RMB loans of 2026",
        "贷款明细（每户1000元以上）",
        "贷款明细（1000元）",
    ],
)
def test_what_names_no_unit_or_the_yuan_leaves_yuan(above: str, tmp_path: Path) -> None:
    found = loans(tmp_path, {"合同金额": 1000}, above=above)
    assert ([row.cells["amount_fen"] for row in found.rows], said(found.warnings)) == ([100_000], [])


UNIT = "金额单位：万元"
# Where a workbook says something in no cell of its table.
BESIDE: dict[str, Callable[[xlsxwriter.Workbook, Any], object]] = {
    "printed above": lambda _book, page: page.set_header(f'&L&"SimSun,Bold"&12{UNIT}&RP. &P'),
    "printed below": lambda _book, page: page.set_footer(f"&L{UNIT}"),
    "comment": lambda _book, page: page.write_comment(0, 5, UNIT),
    "text box": lambda _book, page: page.insert_textbox(4, 1, UNIT),
    "prompt": lambda _book, page: page.data_validation(
        1, 5, 1, 5, {"validate": "decimal", "criteria": ">", "value": 0, "input_title": "填写", "input_message": UNIT}
    ),
    "properties": lambda book, _page: book.set_properties({"title": f"台账（{UNIT}）"}),
    "instructions": lambda book, _page: book.add_worksheet("填表说明").write(3, 2, UNIT),
}


def beside(path: Path, what: str, heading: str = "合同金额") -> Reading:
    """A loan under a heading of its amount, and the unit said in one of these places."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("台账")
        row = under(heading, "1000")
        page.write_row(0, 0, list(row))
        page.write_row(1, 0, list(row.values()))
        BESIDE[what](book, page)
    return reading(path)


@pytest.mark.parametrize("what", BESIDE)
def test_a_unit_that_stands_in_no_cell_is_refused_where_no_heading_tells_one(what: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="'合同金额' would be read in 元") as refused:
        beside(tmp_path / "loans.xlsx", what)
    assert [problem.code for problem in refused.value.problems] == ["unit_unclear"]
    for heading, fen in (("合同金额（万元）", 1_000_000_000), ("合同金额（元）", 100_000)):
        found = beside(tmp_path / "told.xlsx", what, heading)
        assert [row.cells["amount_fen"] for row in found.rows] == [fen]


@pytest.mark.parametrize("ending", ["xlsx", "csv", "xls"])
def test_a_unit_in_the_name_of_the_file_is_refused_where_the_table_tells_none(ending: str, tmp_path: Path) -> None:
    rows = [list(LOAN), list(LOAN.values())]
    page = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    text = {"csv": "\n".join(",".join(row) for row in rows), "xls": f"<html><table>{page}</table></html>"}
    for name, refuses in (("台账（单位：万元）", True), ("2026年1000万元以上贷款", False)):
        path = tmp_path / f"{name}.{ending}"
        if ending in text:
            path.write_text(text[ending], encoding="utf-8")
        else:
            workbook(path, rows)
        if refuses:
            with pytest.raises(Refused, match="names 万元"):
                reading(path)
        else:
            assert [row.cells["amount_fen"] for row in reading(path).rows] == [100_000]


def test_a_remark_in_front_of_a_row_does_not_make_it_a_note(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "remarks.xlsx",
        [["贷款用途", *LOAN], ["备注：展期", *LOAN.values()], ["制表：", "张三", "复核：", "李四"]],
    )
    assert [row.cells["amount_fen"] for row in reading(path).rows] == [100_000]


@pytest.mark.parametrize(
    "heading",
    [
        "合同金额（万元）",
        "合同金额(单位：万元)",
        "合同金额/万元",
        "合同金额 万元",
        "合同金额（万元，人民币）",
        "合同金额（人民币，万元）",
        "合同金额（人民币：万元）",
        "合同金额（万元）（人民币）",
        "合同金额万",
        "合同金额/万",
        "Contract amount (RMB 10k)",
    ],
)
def test_a_unit_in_the_heading_holds_for_its_column(heading: str, tmp_path: Path) -> None:
    found = renamed(tmp_path, heading, 1000, "１０００")
    assert [row.cells["amount_fen"] for row in found.rows] == [1_000_000_000, 1_000_000_000]


def test_the_unit_of_a_heading_goes_before_that_of_the_title(tmp_path: Path) -> None:
    found = renamed(tmp_path, "合同金额（元）", 1000, above="单位：万元")
    assert [row.cells["amount_fen"] for row in found.rows] == [100_000]


def test_a_unit_in_a_cell_holds_for_the_cell(tmp_path: Path) -> None:
    found = renamed(tmp_path, "合同金额", "1000万元", "1000元")
    assert [row.cells["amount_fen"] for row in found.rows] == [1_000_000_000, 100_000]
    assert [problem.code for problem in found.warnings] == ["unit_converted"]


def test_a_plain_number_among_cells_with_units_is_refused(tmp_path: Path) -> None:
    found = renamed(tmp_path, "合同金额", "1000万元", "2000")
    assert said(found.problems) == [
        "loans.xlsx:3:6 合同金额: '2000' has no unit, and other cells of the column have; write the unit into each "
        "cell, or once into the heading: 合同金额（万元） [unit_missing]"
    ]


@pytest.mark.parametrize(
    ("heading", "value", "shown", "code"),
    [
        ("合同金额", 10_000_000, "#,##0,", "format_scaled"),
        ("合同金额", 10_000_000, '#,##0.0,,"m"', "format_scaled"),
        ("合同金额", 1000, '#,##0"K"', "format_scaled"),
        ("合同金额", 1000, '0.00"亿元"', "format_scaled"),
        ("年利率", 2.875, '0.000"‰"', "rate_other"),
    ],
)
def test_a_format_that_shows_another_number_than_the_value_is_refused(
    heading: str, value: float, shown: str, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "loans.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, list(LOAN))
        page.write_row(1, 0, list(LOAN.values()))
        page.write_number(1, list(LOAN).index(heading), value, book.add_format({"num_format": shown}))
    assert [problem.code for problem in reading(path).problems] == [code]


def test_a_format_with_commas_between_digits_is_the_value(tmp_path: Path) -> None:
    path = tmp_path / "loans.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, list(LOAN))
        page.write_row(1, 0, list(LOAN.values()))
        for shown in (
            "#,##0.00",
            '#,##0.00"元"',
            "#,##0_);[Red](#,##0)",
            '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ',
        ):
            page.write_number(1, list(LOAN).index("合同金额"), 1000, book.add_format({"num_format": shown}))
    assert [row.cells["amount_fen"] for row in reading(path).rows] == [100_000]


def test_an_amount_in_a_column_that_is_not_read_is_no_unit(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        loans(tmp_path, {"备注": "10000元"})
    assert [problem.code for problem in refused.value.problems] == ["heading_unknown"]


def test_a_cell_that_contradicts_its_heading_is_refused(tmp_path: Path) -> None:
    found = renamed(tmp_path, "合同金额（万元）", "1000元")
    assert [problem.code for problem in found.problems] == ["unit_differs"]


@pytest.mark.parametrize("text", ["$1000", "1000美元", "US$1,000.00", "1000 USD"])
def test_other_money_in_a_cell_is_refused_as_such(text: str, tmp_path: Path) -> None:
    assert [problem.code for problem in events(tmp_path, amount=text).problems] == ["currency_other"]


def test_a_company_after_the_word_unit_is_no_unit(tmp_path: Path) -> None:
    found = loans(tmp_path, {}, above="填报单位：示例银行")
    assert [row.cells["amount_fen"] for row in found.rows] == [100_000]


@pytest.mark.parametrize(
    ("above", "code"),
    [
        ("单位：元、万元", "unit_ambiguous"),
        ("单位：元/万元", "unit_ambiguous"),
        ("单位：美元", "currency_other"),
        ("单位：万美元", "currency_other"),
        ("USD'000", "currency_other"),
        ("币种：USD", "currency_other"),
        ("单位：分", "unit_unknown"),
        ("单位：K", "unit_unknown"),
        ("Unit: lots", "unit_unknown"),
        ("Unit: RMB 1,000", "unit_unknown"),
    ],
)
def test_units_that_say_two_things_or_other_money_are_refused(above: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        loans(tmp_path, {}, above=above)
    assert [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.parametrize("value", [3.45, "3.45", "3.45%", "３．４５"])
def test_a_rate_under_a_heading_in_per_cent(value: Any, tmp_path: Path) -> None:
    found = renamed(tmp_path, "年利率（%）", value, instead="年利率")
    assert [row.cells["rate"] for row in found.rows] == ["3.45%"]


@pytest.mark.parametrize("value", [34.5, "34.5", "34.5‰"])
def test_a_rate_under_a_heading_per_mille_a_year(value: Any, tmp_path: Path) -> None:
    found = renamed(tmp_path, "年利率（‰）", value, instead="年利率")
    assert [row.cells["rate"] for row in found.rows] == ["3.45%"]
    assert [problem.code for problem in found.warnings] == ["rate_converted"]


@pytest.mark.parametrize(("heading", "value"), [("年利率（‰）", "3.45%"), ("年利率（‰）", 0.0345)])
def test_a_rate_that_contradicts_its_heading_per_mille_is_refused(heading: str, value: Any, tmp_path: Path) -> None:
    found = renamed(tmp_path, heading, value, instead="年利率")
    assert [problem.code for problem in found.problems] in (["unit_differs"], ["rate_tiny"])


@pytest.mark.parametrize("heading", ["月利率‰", "月利率（‰）", "年利率(bp)", "日利率", "月息（厘）"])
def test_a_heading_of_another_rate_is_told_as_such(heading: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        renamed(tmp_path, heading, 2.875, instead="年利率")
    # One cell, one problem: that the yearly rate is missing follows from it.
    assert [problem.code for problem in refused.value.problems] == ["heading_other_rate"]


@pytest.mark.parametrize("value", [1, 0.8, "0.8", "1"])
def test_a_part_that_may_be_a_hundredth_is_refused(value: Any, tmp_path: Path) -> None:
    """A cell of 80 % is 0.8 where it was saved without its format."""
    path = workbook(
        tmp_path / "milestones.xlsx",
        [["项目编号", "事项", "日期", "完成比例（%）"], ["XM-1", "验收", "2026-06-20", value]],
    )
    assert [problem.code for problem in reading(path, "milestones").problems] == ["rate_tiny"]


@pytest.mark.parametrize("value", [0.0345, "0.0345", 0.35])
def test_a_rate_that_may_be_a_hundredth_is_refused(value: Any, tmp_path: Path) -> None:
    found = renamed(tmp_path, "年利率（%）", value, instead="年利率")
    assert [problem.code for problem in found.problems] == ["rate_tiny"]


# What titles and notes say otherwise


@pytest.mark.parametrize("title", ["单位：元（部分为万元）", "（万元 下同）", "本金栏万元，利息栏元"])
def test_a_unit_in_a_title_that_was_not_understood_is_refused_and_never_yuan(title: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        loans(tmp_path, {}, above=title)
    assert {one.code for one in refused.value.problems} == {"unit_unclear"}


@pytest.mark.parametrize("title", ["500万元以下贷款明细", "千万元以上贷款明细", "单笔限额为伍佰万元", "贷款明细"])
def test_an_amount_in_a_title_is_no_unit(title: str, tmp_path: Path) -> None:
    assert loans(tmp_path, {}, above=title).problems == []


@pytest.mark.parametrize("title", ["利率均为月利率", "单位：元、‰", "贷款明细（利率：千分之）", "利率为日利率"])
def test_rates_that_a_title_says_otherwise_are_refused(title: str, tmp_path: Path) -> None:
    """A rate of 0.29 % a month is 3.48 % a year: read as yearly it would be a twelfth."""
    with pytest.raises(Refused) as refused:
        loans(tmp_path, {}, above=title)
    assert {one.code for one in refused.value.problems} == {"rate_unit_unclear"}


@pytest.mark.parametrize("title", ["日利率=年利率/360", "逾期按日利率万分之五计罚息", "2026年1月利息"])
def test_a_title_that_speaks_of_other_rates_is_none_of_these(title: str, tmp_path: Path) -> None:
    assert loans(tmp_path, {}, above=title).problems == []


def test_headings_with_their_units_go_before_the_title(tmp_path: Path) -> None:
    names = {"合同金额": "合同金额（元）", "年利率": "年利率（%）"}
    row = {names.get(name, name): value for name, value in {**LOAN, "年利率": "3.45"}.items()}
    title = "单位：元（部分为万元）、月利率‰"
    found = reading(workbook(tmp_path / "loans.xlsx", [[title], list(row), list(row.values())]))
    assert [(one.cells["amount_fen"], one.cells["rate"]) for one in found.rows] == [(100_000, "3.45%")]


@pytest.mark.parametrize(
    "title", ["单位：万元", "（金额单位：人民币万元）", "贷款明细（万元）", "单位：元、万元", "单位：户、万元"]
)
@pytest.mark.parametrize("heading", ["合同金额（万元）", "合同金额（单位：人民币万元）", "合同金额/万元"])
def test_a_unit_that_title_and_heading_state_alike_counts_once(title: str, heading: str, tmp_path: Path) -> None:
    """1000 x 10,000 yuan = 1,000,000,000 fen; where the title names several, the heading says which."""
    row = {heading if name == "合同金额" else name: value for name, value in LOAN.items()}
    found = reading(workbook(tmp_path / "loans.xlsx", [[title], list(row), list(row.values())]))
    assert [one.cells["amount_fen"] for one in found.rows] == [1_000_000_000]
