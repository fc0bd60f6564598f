"""Files as officers keep them, for every register: titles, notes, sums, sections, units and words of their own.

Each comes in as a workbook, and says the same in each further form in which a desk saves a table.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.copies import ready
from tests.support.desk import FIRM, NOTICE, OTHER_FIRM, Desk, open_desk, workbook

Table = list[list[Any]]
LOAN_HEADINGS = (
    "借款合同号 贷款银行 借款人统一社会信用代码 合同签订日 到期日 合同金额（万元） 计息基准 结息周期 结息日 结息日计息 "
    "年利率 重定价方式"
)
FILES: dict[str, Table] = {
    "entities": [
        ["2026年企业名录"],
        ["序号", "企业名称", "统一社会信用代码", "注册地区", "注册起始日", "资质", "资质起始日"],
        ["1", "甲公司", FIRM, "海淀区", "2015年3月2日", "innovative_sme", "2024.6.1"],
        ["2", "乙公司", OTHER_FIRM, "上海市", "20160101"],
        ["合计", "共2户"],
    ],
    "payees": [
        ["收款账户信息表"],
        ["统一社会信用代码", "收款渠道", "机构代码", "钱包类型", "钱包或账户号码", "户名"],
        [FIRM, "数字人民币", "C1010211000012", "WT09", "0012345678901234", "甲公司"],
        [OTHER_FIRM, "银行账户", "102100000021", "", "11001045100056001234", "乙公司"],
        ["经办：", "张", "复核：", "李"],
    ],
    "payers": [
        ["付款渠道", "机构代码", "钱包或账户号码", "户名", "资金方式"],
        ["银行", "102100000021", "11001045100056009999", "示例财政", "财政零余额"],
    ],
    "loans": [
        ["贷款台账", "", "", "", "", "", "单位：万元"],
        LOAN_HEADINGS.split(),
        ["一、科技型企业"],
        ["HT1", "示例银行", FIRM, "2024-01-08", "2026-01-10", "3000", "实际/360", "按季", "20日", "是", "3.55%"],
        ["二、其他企业"],
        f"HT2 示例银行 {FIRM} 2024-01-08 2026-01-10 500.5 实际/360 按月 20日 否 一年期LPR加25个基点 每年1月1日".split(),
        ["合计", "共2笔", "", "", "", "3500.5"],
    ],
    "events": [
        ["借款合同号", "事项", "日期", "金额"],
        ["HT1", "放款", "2024-02-26", "8,000,000.00元"],
        ["HT1", "提前还款", "2024.03.05", "1,000,000"],
    ],
    "receipts": [["借款合同号", "结息日", "利息", "付息日"], ["HT1", "2024-03-21", "33725.00", "45373"]],
    "policies": [
        ["保单台账（单位：万元）"],
        ["保单号", "统一社会信用代码", "保险公司", "承保产品或发射任务", "签单日", "保险责任限额", "应缴保费"],
        ["BD-01", FIRM, "某财险", "首台套A", "20240105", "1000", "20"],
        ["合计", "", "", "", "", "1000", "20"],
    ],
    "premiums": [
        ["缴费明细"],
        ["保单号", "事项", "日期", "金额（元）", "其中税额"],
        ["BD-01", "交费", "2024/2/1", "200,000.00", "11,320.75"],
        ["注：金额含税"],
    ],
    "claims": [
        ["奖励事项编号", "统一社会信用代码", "达成日", "计奖基数(万元)", "数量"],
        ["JL-1", FIRM, "2024-05-06", "￥1,234.56", "3"],
    ],
    "projects": [
        ["项目清单（金额单位：人民币万元）"],
        ["项目编号", "统一社会信用代码", "合同签订日", "申报投资额"],
        ["XM-1", FIRM, "2024-01-05", "3,000"],
        ["XM-2", OTHER_FIRM, "2024-01-06", "500.5"],
        ["合计", "", "", "3500.5"],
    ],
    "milestones": [
        ["项目编号", "事项", "日期", "阶段或目标名称", "审定投资额"],
        ["XM-1", "阶段", "2024-03-31", "一期"],
        ["XM-1", "审计", "45473", "", "28,000,000"],
    ],
    "dishonesty": [
        ["统一社会信用代码", "认定日", "认定文号", "信用修复日"],
        [OTHER_FIRM, "2020-01-02", "京市监〔2020〕1号"],
    ],
    "applications": [
        ["申报汇总表"],
        ["申报编号", "统一社会信用代码", "通知编号", "申报项目", "申报日", "评审排名"],
        ["SB-1", FIRM, NOTICE, "HT1", "2024-03-01", "1"],
    ],
    "grants": [
        ["批复编号", "申报编号", "结果", "批复日", "批复文号", "批复金额上限（万元）", "额度", "收款人"],
        ["PF-1", "SB-1", "同意", "2024年3月15日", "京财〔2024〕1号", "50", "2024/loan", "数字人民币"],
    ],
    "inspections": [
        ["检查编号", "批复编号", "检查日", "检查结论"],
        ["J-1", "PF-1", "2024-08-01", "合格"],
    ],
}


def page(path: Path, rows: Table) -> Path:
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    path.write_bytes(f"<html><body><table border=1>{table}</table></body></html>".encode("gb18030"))
    return path


def unicode_text(path: Path, rows: Table) -> Path:
    path.write_bytes("\r\n".join("\t".join(row) for row in rows).encode("utf-16"))
    return path


def chinese_csv(path: Path, rows: Table) -> Path:
    path.write_bytes("\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode("gbk"))
    return path


FORMS: list[tuple[str, Callable[[Path, Table], Path]]] = [
    ("page.xls", page),
    ("text.txt", unicode_text),
    ("table.csv", chinese_csv),
]


@ready
def taken(folder: Path) -> Desk:
    """A desk that has taken all of them in, as workbooks."""
    desk = open_desk(folder)
    desk.equip()
    for register, rows in FILES.items():
        assert desk.counts(register, workbook(desk.folder / f"{register}.xlsx", rows))[0] > 0, register
    return desk


def test_each_of_them_is_taken_and_says_the_same_in_every_form(taken: Desk) -> None:
    size = taken.size
    for register, rows in FILES.items():
        for name, write in FORMS:
            new, changed, _same, void = taken.counts(register, write(taken.folder / name, rows))
            assert (new, changed, void) == (0, 0, 0), (register, name)
    assert taken.size == size


def test_what_they_say_is_what_was_meant(taken: Desk) -> None:
    """Amounts in fen: 3,000 x 10,000 yuan are 3,000,000,000; 45473 is 2024-06-30, 545 days after 44928 (2023-01-01)."""
    loans = [taken.body("loan", key)["data"] for key in ("HT1", "HT2")]
    assert [(one["amount_fen"], one["rate"], one["due_every"], one["due_counted"]) for one in loans] == [
        (3_000_000_000, "3.55%", "quarter", True),
        (500_500_000, "LPR1Y+25BP", "month", False),
    ]
    assert taken.body("claim", "JL-1")["data"]["base_fen"] == 1_234_560_000
    assert taken.body("policy", "BD-01")["data"]["premium_fen"] == 20_000_000
    assert [taken.body("milestone", key)["data"]["date"] for key in taken.keys("milestone")] == [
        "2024-06-30",
        "2024-03-31",
    ]
    assert taken.body("grant", "PF-1")["ceiling_fen"] == 50_000_000
    assert taken.body("grant", "PF-1")["payee"].startswith("ecny/C1010211000012/")
    assert [taken.body("payer", key)["funding"] for key in taken.keys("payer")] == ["zero_balance"]
