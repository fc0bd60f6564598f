"""The number under which a channel says that it has paid names the payout on the bank's line as well."""

import json

import pytest

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


def history(till: Till, item: str) -> list[kinds.OutcomeBody]:
    """What was said of a payout, as it stands in the log."""
    with till.ledger.read() as view:
        return [row.body for row in view.records(kinds.OUTCOME) if row.body["about"] == item]
