"""Tables that Chinese banks and wallet operators let one download."""

from itertools import permutations
from pathlib import Path

import pytest
import xlsxwriter

from calculators.problems import Refused
from ledger.reconcile import readers
from tests.reconcile.forms import codes, only, statements, write

BOC = """中国银行交易流水明细清单
记账日期,记账时间,币别,金额,余额,交易名称,附言,对方账户名,对方卡号/账号,借记卡号
2025-03-05,09:00:00,人民币,"1,300.00","2,000.00",退汇,----------,北京示例机械有限公司,6222******1234,3167
2025-03-03,10:00:00,人民币,"-1,300.00",700.00,网上转账,补助资金,北京示例机械有限公司,6222******1234,3167
"""
ICBC = """明细查询文件下载\t
卡号: 0200001234567890123\t,户名: 北京示例局,
起始日期: 2025-03-01 , 截止日期: 2025-03-31
\t
交易日期\t,摘要\t,交易场所\t,交易金额(收入)\t,交易金额(支出)\t,交易币种\t,记账金额(收入)\t,记账金额(支出)\t,记账币种\t,余额\t,对方户名\t,对方账户
2025-03-03\t,补助\t,网银\t,\t,"1,300.00"\t,人民币\t,\t,"1,300.00"\t,人民币\t,"8,700.00"\t,北京示例机械有限公司\t,6222020000000001234
2025-03-04\t,利息\t,批量\t,12.50\t,\t,人民币\t,12.50\t,\t,人民币\t,"8,712.50"\t,\t,
人民币合计\t,\t,\t,12.50\t,"1,300.00"\t,\t,12.50\t,"1,300.00"\t,\t,\t,\t,
"""
BOCOM = """交通银行交易明细
账号/卡号：6222600000000001234 币种：人民币
序号,交易日期,交易时间,交易类型,借贷,交易金额,余额,对方账号,对方户名,摘要
1,20250304,09:00:00,网银转账,贷,50.00,****,6222020000000001234,北京示例机械有限公司,退款
2,20250303,08:00:00,网银转账,借,300.00,****,6222020000000001234,北京示例机械有限公司,补助
"""
CORPORATE = """账号：0200001234567890123,户名：北京示例局,币种：人民币
期初余额：,1000.00,期末余额：,750.00
交易时间,凭证号,摘要,借方发生额(元),贷方发生额(元),余额(元),对方户名,对方账号
2025/3/3 10:11:12,V001,补助,300.00,,700.00,北京示例机械有限公司,6222020000000001234
2025/3/4 10:11:12,V002,利息,0.00,50.00,750.00,,
合计,,共2笔,300.00,50.00,,,
支出笔数：1,收入笔数：1
本明细仅供参考
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(
    ("text", "shape", "account", "opening", "amounts", "closing"),
    [
        (BOC, "boc", "****3167", 2000_00, [-1300_00, 1300_00], 2000_00),
        (ICBC, "icbc", "0200001234567890123", 10_000_00, [-1300_00, 12_50], 8712_50),
        (BOCOM, "bocom", "6222600000000001234", None, [-300_00, 50_00], None),
        (CORPORATE, "other", "0200001234567890123", 1000_00, [-300_00, 50_00], 750_00),
    ],
)
def test_a_bank_is_told_by_its_headings(
    text: str,
    shape: str,
    account: str,
    opening: int | None,
    amounts: list[int],
    closing: int | None,
    encoding: str,
    tmp_path: Path,
) -> None:
    path = write(tmp_path, "a.csv", text, encoding)
    statement = only(path)
    assert (statement.account, statement.currency) == (account, "CNY")
    assert (statement.opening_fen, statement.closing_fen) == (opening, closing)
    assert [line.amount_fen for line in statement.lines] == amounts
    assert only(path, shape) == statement
    verdicts = {"boc": "unproven", "bocom": "no-balances"}
    assert codes(path)[0][0] == verdicts.get(shape, "ok")
    assert {line.counterparty for line in statement.lines if line.counterparty} == {"北京示例机械有限公司"}


def test_money_that_came_back_is_marked(tmp_path: Path) -> None:
    assert [line.returned for line in only(write(tmp_path, "a.csv", BOC)).lines] == [False, True]
    assert [line.returned for line in only(write(tmp_path, "b.csv", BOCOM)).lines] == [False, True]


@pytest.mark.parametrize(
    ("before", "after", "faults"),
    [
        ("8,712.50", "8,712.51", ["statement_unbalanced", "balance_breaks"]),
        (
            "2025-03-04\t,利息\t,批量\t,12.50\t,\t,人民币\t,12.50",
            "2025-03-04\t,利息\t,批量\t,12.50\t,\t,人民币\t,13.50",
            ["statement_unbalanced", "balance_breaks", "sum_differs"],
        ),
    ],
)
def test_a_changed_amount_or_balance_is_found(before: str, after: str, faults: list[str], tmp_path: Path) -> None:
    assert codes(write(tmp_path, "a.csv", ICBC.replace(before, after))) == [("unbalanced", faults)]


def test_a_row_taken_out_of_the_middle_is_found(tmp_path: Path) -> None:
    rows = CORPORATE.splitlines(keepends=True)
    assert codes(write(tmp_path, "a.csv", "".join(rows[:3] + rows[4:]))) == [
        # 1000.00 + 50.00 is not 750.00, the balance after the second row does not follow, and the bank counted two.
        ("unbalanced", ["statement_unbalanced", "balance_breaks", "count_differs", "count_differs", "sum_differs"])
    ]


def test_declared_counts_are_checked_where_balances_are_masked(tmp_path: Path) -> None:
    text = BOCOM + "借方笔数：2,借方合计：300.00\n"
    assert codes(write(tmp_path, "a.csv", text)) == [("count-mismatch", ["count_differs", "balances_missing"])]


def test_an_amount_in_red_takes_back_an_entry_of_its_side(tmp_path: Path) -> None:
    text = CORPORATE.replace("2025/3/4 10:11:12,V002,利息,0.00,50.00,750.00", "2025/3/4,V002,冲正,-300.00,,1000.00")
    text = text.replace("期末余额：,750.00", "期末余额：,1000.00").split("合计")[0]
    path = write(tmp_path, "a.csv", text)
    assert [(line.amount_fen, line.reversal) for line in only(path).lines] == [(-300_00, False), (300_00, True)]
    assert codes(path) == [("ok", [])]


# 1,000.00 - 300.00 = 700.00, and 700.00 + 50.00 = 750.00.
SIGNED = """期初余额：1000.00
日期,收/支,金额,余额
2025-03-03,支出,-300.00,700.00
2025-03-04,收入,50.00,750.00
"""
# 1,000.00 - 300.00 = 700.00, and 700.00 + 300.00 = 1,000.00.
RED = """期初余额：1000.00
日期,收/支,金额,余额
2025-03-03,支出,300.00,700.00
2025-03-04,支出,-300.00,1000.00
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [(SIGNED, [(-300_00, False), (50_00, False)]), (RED, [(-300_00, False), (300_00, True)])],
)
def test_the_balances_say_what_a_minus_beside_the_word_for_out_means(
    text: str, lines: list[tuple[int, bool]], tmp_path: Path
) -> None:
    path = write(tmp_path, "a.csv", text)
    assert [(line.amount_fen, line.reversal) for line in only(path).lines] == lines
    assert codes(path)[0][0] == "unproven"


@pytest.mark.parametrize(
    "rows",
    [
        ["2025-03-04,支出,-300.00,"],
        ["2025-03-03,支出,300.00,", "2025-03-04,支出,-300.00,"],
        ["2025-03-03,支出,300.00,****", "2025-03-04,支出,-300.00,****"],
        # Its own balance alone says nothing: 1,000.00 or 400.00 may stand before it.
        ["2025-03-04,支出,-300.00,700.00"],
    ],
)
def test_what_a_minus_means_is_never_taken_from_another_row(rows: list[str], tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "日期,收/支,金额,余额\n" + "".join(f"{row}\n" for row in rows))
    with pytest.raises(Refused) as refused:
        statements(path)
    assert [(problem.code, problem.place.line, problem.place.column) for problem in refused.value.problems] == [
        ("minus_unclear", len(rows) + 1, 3)
    ]
    for word, fen, reversal in (("reversal", 300_00, True), ("direction", -300_00, False)):
        words = f"date,日期\ndirection,收/支\namount,金额\nbalance,余额\nminus,{word}\n"
        line = only(path, str(write(tmp_path, f"{word}.csv", words))).lines[-1]
        assert (line.amount_fen, line.reversal) == (fen, reversal)


def test_a_minus_in_the_column_for_out_is_proved_or_refused_too(tmp_path: Path) -> None:
    table = "交易日期,收入,支出,余额\n2025-03-03,,-300.00,700.00\n"
    with pytest.raises(Refused, match="minus_unclear"):
        statements(write(tmp_path, "a.csv", table))
    for opening, fen in (("400.00", 300_00), ("1000.00", -300_00)):
        path = write(tmp_path, "b.csv", f"期初余额：{opening}\n{table}")
        assert [line.amount_fen for line in only(path).lines] == [fen]


def test_a_mapping_that_knows_no_such_minus_names_its_line(tmp_path: Path) -> None:
    mapping = write(tmp_path, "m.csv", "field,heading\ndate,日期\namount,金额\nminus,red\n")
    with pytest.raises(Refused, match=r"m\.csv:4:2: 'red' does not say .*\[mapping_minus\]"):
        statements(write(tmp_path, "a.csv", RED), str(mapping))


# One day of four lines: 1,000.00 - 10.00 = 990.00, - 20.00 = 970.00, - 30.00 = 940.00, + 20.00 = 960.00.
DAY = [
    "2025-03-03,,10.00,990.00,补助,V1",
    "2025-03-03,,20.00,970.00,补助,V2",
    "2025-03-03,,30.00,940.00,补助,V3",
    "2025-03-03,20.00,,960.00,退汇,V2",
]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_day_in_any_order_is_the_same_day(order: tuple[int, ...], tmp_path: Path) -> None:
    rows = ["2025-03-02,5.00,,1000.00,存入,V0", *(DAY[place] for place in order), "2025-03-04,,60.00,900.00,补助,V4"]
    text = "交易日期,收入,支出,余额,摘要,凭证号\n" + "".join(f"{row}\n" for row in rows)
    path = write(tmp_path, "a.csv", text)
    assert [line.reference for line in only(path).lines] == ["V0", "V1", "V2", "V3", "V2", "V4"]
    assert (only(path).opening_fen, only(path).closing_fen) == (995_00, 900_00)
    assert codes(path)[0][0] == "unproven"


def test_a_day_whose_balances_do_not_follow_stays_unbalanced(tmp_path: Path) -> None:
    text = "交易日期,收入,支出,余额,摘要,凭证号\n" + "".join(f"{row}\n" for row in (DAY[0], DAY[2]))
    # 990.00 - 30.00 is 960.00, not 940.00.
    assert codes(write(tmp_path, "a.csv", text))[0][0] == "unbalanced"


# Bank of Communications with the words of its own download; the balances are masked by letters.
BOCOM_WORDS = """序号,交易日期,交易时间,交易类型,借贷,交易金额,余额,对方账号,对方户名,交易地点,摘要
1,2025-03-03,08:00:00,网上支付,借 Dr,300.00,****,6222020000000001234,北京示例机械有限公司,网络支付,补助
2,2025-03-04,00:00:00,存款利息,贷 Cr,1.20,****,,应付利息,批处理,
"""
# ICBC's credit download: 合计金额 below the columns, a balance masked by letters, padding inside the quotation marks.
ICBC_CREDIT = """明细查询文件下载

卡号: 1234****5678,"卡别名: "

交易日期,记账日期,摘要,交易场所,交易国家或地区简称,交易金额(收入),交易金额(支出),交易币种,记账金额(收入),记账金额(支出),记账币种,余额,对方户名
2025-03-02 ,2025-03-03 ,"消费 ",示例,," ","300.00 ",人民币," ","300.00 ",人民币,"xx,yyy.zz ","示例 ",
2025-03-04 ,2025-03-04 ,"退款 ",示例,,"1.20 "," ",人民币,"1.20 "," ",人民币,"xx,yyy.zz ","示例 ",

合计金额,,,,,"1.20 ","300.00 ", ,"1.20 ","300.00 ",
"""


@pytest.mark.parametrize(
    ("text", "shape", "days", "amounts"),
    [
        (BOCOM_WORDS, "bocom", ["2025-03-03", "2025-03-04"], [-300_00, 1_20]),
        (ICBC_CREDIT, "icbc", ["2025-03-03", "2025-03-04"], [-300_00, 1_20]),
    ],
)
def test_words_and_masks_of_real_downloads(
    text: str, shape: str, days: list[str], amounts: list[int], tmp_path: Path
) -> None:
    path = write(tmp_path, "a.csv", text, "gb18030")
    assert readers.read(path).format == shape
    assert [(line.booked_on, line.amount_fen) for line in only(path).lines] == list(zip(days, amounts, strict=True))
    assert codes(path) == [("no-balances", ["balances_missing"])]


ALIPAY = """导出信息：
支付宝账户：office@example.org
起始时间：[2025-03-01 00:00:00]    终止时间：[2025-03-31 23:59:59]
共4笔记录
收入：1笔 1.20元
支出：2笔 300.00元
不计收支：1笔 300.00元

特别提示：
6.因统计逻辑不同，明细金额直接累加后，可能会和下方统计金额不一致；
交易时间     ,交易分类 ,交易对方,对方账号,商品说明,收/支  ,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,
2025-03-05 09:00:00 ,退款,北京示例机械有限公司,/,退款,不计收支,300.00,余额,退款成功,F003,,,
2025-03-04 09:00:00 ,收益,示例基金,/,收益,收入,1.20,余额宝,交易成功,F002,,,
2025-03-03 10:00:00 ,转账,北京示例机械有限公司,xm***@example.org,补助,支出,300.00,余额,交易成功,F001,S001,,
2025-03-03 09:00:00 ,转账,北京示例机械有限公司,/,补助,支出,300.00,,交易关闭,F000,,,
"""


def test_the_download_of_alipay_counts_what_it_does_not_count_in(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", ALIPAY, "gb18030")
    statement = only(path)
    assert readers.read(path).format == "alipay"
    # Four records: two that moved money, one that neither came in nor went out, one that was closed unpaid.
    assert [(line.reference, line.amount_fen) for line in statement.lines] == [("F001", -300_00), ("F002", 1_20)]
    assert [line.reference for line in statement.pending] == ["F003", "F000"]
    assert codes(path) == [("no-balances", ["balances_missing"])]
    (missing,) = codes(write(tmp_path, "b.csv", ALIPAY.replace("共4笔", "共5笔")))
    assert missing == ("count-mismatch", ["count_differs", "balances_missing"])


@pytest.mark.parametrize(
    "time",
    ["20250107093000", "202501070930", "20250107", "2025-01-07 09:30", "2025/1/7T09:30:00.5+08:00", "2025年1月7日"],
)
def test_a_day_may_have_its_time_behind_it(time: str, tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", f"交易时间,收入,支出,余额\n{time},5.00,,5.00\n")
    assert [line.booked_on for line in only(path).lines] == ["2025-01-07"]


def test_every_sheet_of_a_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    head = ["交易日期", "收入", "支出", "余额", "凭证号"]
    with xlsxwriter.Workbook(path) as book:
        for name, row in (("1", ["2025-03-03", "", 10, 90, "V1"]), ("2", ["2025-03-04", "", 10, 80, "V2"])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["账号", "0200001234567890123"])
            sheet.write_row(1, 0, head)
            sheet.write_row(2, 0, row)
        book.add_worksheet("说明").write_row(0, 0, ["本明细仅供参考"])
    found = statements(path)
    assert [[line.reference for line in one.lines] for one in found] == [["V1"], ["V2"]]
    assert [one for one, _codes in codes(path)] == ["unproven", "unproven"]


def test_text_that_a_csv_file_writes_as_a_formula(tmp_path: Path) -> None:
    text = (
        '账号：0200001234567890123\n交易日期,收入,支出,余额,凭证号\n2025-03-03,,10.00,90.00,="00012345678901234567"\n'
    )
    assert only(write(tmp_path, "a.csv", text)).lines[0].reference == "00012345678901234567"


def test_two_accounts_in_one_file_are_two_statements(tmp_path: Path) -> None:
    text = """交易日期,账号,币种,收入,支出,余额,摘要
2025-03-03,1111222233334444,人民币,,300.00,700.00,补助
2025-03-03,1111222233334444,美元,10.00,,10.00,利息
2025-03-03,5555666677778888,人民币,5.00,,5.00,利息
"""
    found = statements(write(tmp_path, "a.csv", text))
    assert [(one.account[-4:], one.currency, len(one.lines)) for one in found] == [
        ("4444", "CNY", 1),
        ("4444", "USD", 1),
        ("8888", "CNY", 1),
    ]


def test_a_workbook_with_numbers_and_days_in_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["账号", "0200001234567890123"])
        sheet.write_row(1, 0, ["交易日期", "凭证号", "借方发生额", "贷方发生额", "余额", "对方户名", "摘要"])
        sheet.write_number(2, 0, 45719, day)  # 2025-03-03
        sheet.write_row(2, 1, [7, 300.1, "", 699.9, "=北京示例机械有限公司", "补助"])
        sheet.write_string(2, 5, "=北京示例机械有限公司")
        sheet.write_row(3, 0, ["2025-03-04", 8, "", 0.1, 700, "", "利息"])
    statement = only(path)
    assert statement.account == "0200001234567890123"
    assert [(line.booked_on, line.amount_fen, line.reference) for line in statement.lines] == [
        ("2025-03-03", -300_10, "7"),
        ("2025-03-04", 10, "8"),
    ]
    assert codes(path) == [("unproven", ["completeness_unproven"])]


def test_the_flow_list_of_a_wallet(tmp_path: Path) -> None:
    text = """交易时间,钱包编号,交易类型,交易流水号,收支方向,交易金额,钱包余额,对方钱包名称,对方钱包编号,附言
2025-03-03 10:00:00,0011000022223333,转账,F001,支出,300.00,700.00,北京示例机械有限公司,0022000033334444,S001
2025-03-21 00:00:00,0011000022223333,结息,F002,收入,0.35,700.35,,,
"""
    path = write(tmp_path, "a.csv", text)
    assert [(line.reference, line.amount_fen) for line in only(path).lines] == [("F001", -300_00), ("F002", 35)]
    assert codes(path) == [("unproven", ["completeness_unproven"])]


def test_an_office_s_own_mapping(tmp_path: Path) -> None:
    mapping = write(tmp_path, "our-bank.csv", "field,heading\ndate,哪天\nin,进\nout,出\nbalance,剩\nreference,号\n")
    text = "哪天,号,进,出,剩\n2025-03-03,V1,,300.00,700.00\n"
    path = write(tmp_path, "a.csv", text)
    with pytest.raises(Refused, match="statement_headings"):
        statements(path)
    (line,) = only(path, str(mapping)).lines
    assert (line.amount_fen, line.reference) == (-300_00, "V1")


def test_a_mapping_that_cannot_be_used_names_its_lines(tmp_path: Path) -> None:
    mapping = write(tmp_path, "m.csv", "field,heading\ndata,哪天\nin,进\n")
    with pytest.raises(Refused, match=r"m\.csv:2:1: a mapping has no field 'data'.*\[mapping_field\]"):
        statements(write(tmp_path, "a.csv", BOC), str(mapping))
    mapping = write(tmp_path, "m.csv", "field,heading\ndate,哪天\nin,进\n")
    with pytest.raises(Refused, match="mapping_incomplete"):
        statements(write(tmp_path, "a.csv", BOC), str(mapping))


def test_a_statement_without_a_line_keeps_its_balance(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "账号,0200001234567890123,期初余额,700.00\n交易日期,收入,支出,余额\n")
    assert (only(path).opening_fen, only(path).closing_fen, only(path).lines) == (700_00, 700_00, [])
    assert codes(path) == [("unproven", ["completeness_unproven"])]


@pytest.mark.parametrize(
    ("above", "verdict"),
    [
        ("", "unproven"),
        ("期初余额：1000.00\n", "unproven"),
        ("期末余额：680.00\n", "unproven"),
        ("期初余额：1000.00\n期末余额：680.00\n", "ok"),
        ("期初余额：****\n期末余额：680.00\n", "unproven"),
        ("共2笔\n", "ok"),
        ("支出笔数：2\n", "unproven"),
        ("支出笔数：2,收入笔数：0\n", "ok"),
        ("支出合计：320.00,收入合计：0.00\n", "ok"),
    ],
)
def test_what_stands_outside_the_rows_proves_them_whole(above: str, verdict: str, tmp_path: Path) -> None:
    # 1,000.00 - 300.00 = 700.00, and 700.00 - 20.00 = 680.00.
    rows = "交易日期,收入,支出,余额\n2025-03-03,,300.00,700.00\n2025-03-04,,20.00,680.00\n"
    path = write(tmp_path, "a.csv", above + rows)
    assert codes(path)[0][0] == verdict
    # A last row that is not there: its own count, sum or balance misses it, and nothing else does.
    cut = codes(write(tmp_path, "b.csv", above + rows.rsplit("2025", 1)[0]))[0][0]
    assert (cut in ("unbalanced", "count-mismatch")) == (verdict == "ok" or "680.00" in above or "支出笔数" in above)


def test_every_fault_of_a_table_is_named_with_its_cell(tmp_path: Path) -> None:
    text = """交易日期,摘要,收入,支出,余额,对方户名
2025-02-30,补助,,300.00,700.00,某
2025-03-04,利息,,,750.00,某
2025-03-05,利息,5,5,750.00,某
2025-03-06,利息,1.005,,750.00,某
"""
    with pytest.raises(Refused) as refused:
        statements(write(tmp_path, "a.csv", text))
    assert [(problem.code, problem.place.line, problem.place.column) for problem in refused.value.problems] == [
        ("statement_day", 2, 1),
        ("amount_missing", 3, 3),
        ("amount_twice", 4, 4),
        ("statement_amount", 5, 3),
    ]
