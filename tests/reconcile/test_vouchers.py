"""The number under which a channel says that it has paid names the payout on the bank's line as well."""

import json

import pytest
import xlsxwriter

from ledger.log import kinds
from ledger.payouts.results import vouchers
from tests.reconcile.test_deciding import AFTER, AWARD, bring, match, sent, till
from tests.support.till import Till

__all__ = ["till"]

NUMBER = "20240403000123"


def answer(till: Till, batch: str, item: str, voucher: str, name: str = "answer.json") -> bytes:
    """An operator's answer that does not know yet whether it has paid, but under which number."""
    said = {"item_no": item, "state": "PROCESSING", "voucher": voucher}
    content = json.dumps({"request_no": batch, "batch_state": "ACCEPTING", "items": [said]}).encode()
    path = till.folder / name
    path.write_bytes(content)
    till.do("pay", "import-result", str(path))
    return content


@pytest.mark.parametrize(
    ("voucher", "rule"),
    [
        (NUMBER, "voucher"),
        # Seven signs: a running number of any day.
        ("0000123", ""),
    ],
)
def test_a_line_that_bears_the_channels_number_of_a_payout_pays_it(voucher: str, rule: str, till: Till) -> None:
    batch, item = sent(till)
    answer(till, batch, item, voucher)
    bring(till, f"2024-04-03,,{AWARD},{AFTER},补助,{voucher},,")
    assert match(till) == (([("voucher", "one-to-one")], 1) if rule else ([], 0))
    assert till.states(batch) == (["success"] if rule else ["processing"])


def test_the_channels_number_on_a_line_to_somebody_else_pays_nothing(till: Till) -> None:
    batch, item = sent(till)
    answer(till, batch, item, NUMBER)
    bring(till, f"2024-04-03,,{AWARD},{AFTER},补助,{NUMBER},上海另一家有限公司,6222020000000009999")
    assert match(till) == ([], 0)
    assert [one["reason"] for one in till.read("reconcile", "status")["open"]] == ["payee_differs"]
    assert till.states(batch) == ["processing"]


def test_answers_are_kept_byte_for_byte_and_numbers_are_read_from_nothing_else(till: Till) -> None:
    batch, item = sent(till)
    content = answer(till, batch, item, NUMBER)
    with till.ledger.read() as view:
        (digest,) = {row["source"]["sha256"] for row in history(till, item) if row["source"]["kind"] == "result"}
        assert till.ledger.vault.kept(digest) == content
        assert vouchers(view, till.ledger.vault) == {item: (NUMBER,)}


def workbook(till: Till, *pages: tuple[str, str, str]) -> str:
    """A counter's answer of several sheets: name, item no. and voucher no. of each, none of them paid yet."""
    path = till.folder / "answer.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, item, voucher in pages:
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["明细号", "支付状态", "凭证号"])
            page.write_row(1, 0, [item, "处理中", voucher])
    return str(path)


@pytest.mark.parametrize("name", ["四月", "示例"])
def test_numbers_are_read_again_from_the_sheet_that_was_meant(name: str, till: Till) -> None:
    """Its name stands in no record; the rows that were taken in do. 示例 alone would not be read for an answer."""
    _batch, item = sent(till)
    before = f"S{'0' * 23}"
    path = workbook(till, ("三月", before, "20240303000999"), (name, item, NUMBER))
    till.do("pay", "import-result", path, "--sheet", name)
    with till.ledger.read() as view:
        assert vouchers(view, till.ledger.vault) == {item: (NUMBER,)}


def test_of_two_sheets_that_say_the_same_of_a_payout_nobody_knows_whose_number_counts(till: Till) -> None:
    _batch, item = sent(till)
    till.do("pay", "import-result", workbook(till, ("甲", item, NUMBER), ("乙", item, NUMBER[:-1])), "--sheet", "甲")
    with till.ledger.read() as view:
        assert vouchers(view, till.ledger.vault) == {}


def history(till: Till, item: str) -> list[kinds.OutcomeBody]:
    """What was said of a payout, as it stands in the log."""
    with till.ledger.read() as view:
        return [row.body for row in view.records(kinds.OUTCOME) if row.body["about"] == item]
