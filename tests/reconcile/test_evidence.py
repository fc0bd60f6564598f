"""What a line says of the other side: agreement and contradiction are evidence, silence is none."""

import pytest

from ledger.reconcile.evidence import Evidence, Payee, fold, of

# A firm that was called 北京示例机械厂 before.
PAYEE = Payee(frozenset(map(fold, ("北京示例机械有限公司", "北京示例机械厂"))), "6222020000000001234")
OTHER = "6222020000000009999"


@pytest.mark.parametrize(
    ("name", "number", "evidence"),
    [
        ("北京示例机械有限公司", "", Evidence.AGREES),
        ("北京示例机械厂", "", Evidence.AGREES),
        ("北京 示例机械 有限公司", "", Evidence.AGREES),
        ("", "6222020000000001234", Evidence.AGREES),
        # The right firm at another account of its, the right account under another name.
        ("北京示例机械有限公司", OTHER, Evidence.AGREES),
        ("北京某某厂", "6222020000000001234", Evidence.AGREES),
        ("", "", Evidence.SILENT),
        ("北京**机械有限公司", "", Evidence.SILENT),
        ("北京＊＊＊", "6222****9999", Evidence.SILENT),
        ("北京示例机械有", "", Evidence.SILENT),
        ("北京示例机械有限公司(补助)", "", Evidence.SILENT),
        ("示例机械（北京）有限公司", "", Evidence.SILENT),
        ("待清算资金", "", Evidence.SILENT),
        ("", "1234", Evidence.SILENT),
        ("", "0000000001234", Evidence.SILENT),
        ("张三", "", Evidence.CONTRADICTS),
        ("上海另一家有限公司", OTHER, Evidence.CONTRADICTS),
        ("", OTHER, Evidence.CONTRADICTS),
    ],
)
def test_a_name_and_a_number_say(name: str, number: str, evidence: Evidence) -> None:
    assert of(PAYEE, name, number) is evidence


def test_nothing_is_said_of_a_payee_of_whom_nothing_is_known() -> None:
    assert of(Payee(frozenset({""}), ""), "张三", OTHER) is Evidence.SILENT
