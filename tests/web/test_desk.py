"""The desk of open lines on a page: what was chosen is kept, and recorded for many lines in one act."""

from ledger.log import kinds
from ledger.reconcile.matching import Kind
from tests.reconcile.test_deciding import AWARD, bring, line_of, match, sent, till
from tests.support.reader import Reader
from tests.support.till import Till

__all__ = ["till"]


def test_what_was_chosen_is_kept_and_decided_for_many_lines_in_one_act(till: Till) -> None:
    """A payout by amount alone, a deduction that is a fee, and 1.00 that nobody knows yet: 33,137.50 - 2.00 - 1.00."""
    _batch, item = sent(till)
    deducted = ("2024-04-04,,2.00,33135.50,扣款,,,", "2024-04-05,,1.00,33134.50,扣款,,,")
    bring(till, f"2024-04-03,,{AWARD},33137.50,补助,,,", *deducted)
    assert match(till) == ([], 0)
    lines = [line_of(till, f"2024-04-0{day}") for day in (3, 4, 5)]
    reader = Reader(f"sqlite:///{till.ledger.path}", till.ledger.anchor.folder)
    chosen: dict[str, str | list[str]] = {
        "line": lines, "what": [item, "fee", ""], "note": ["slip 7", "", "ask the bank"], "reason": "list of charges",
    }  # fmt: skip
    size = till.verify()
    kept = reader.fill("/reconcile", {**chosen, "keep": "on"}, {}).text
    assert till.verify() == size
    assert (f'<option value="{item}" selected>' in kept, 'value="ask the bank"' in kept) == (True, True)
    assert '<option value="fee" selected>' in kept
    # Refused as a whole: who decides is not said. What was chosen is one link away.
    refused = reader.fill("/reconcile", {**chosen, "actor": ""}, {}).text
    assert till.verify() == size
    assert 'href="/reconcile?kept=' in refused
    reader.fill("/reconcile", {**chosen, "actor": "1002"}, {})
    with till.ledger.read() as view:
        made = {row.body["lines"][0]: row.body for row in view.records(kinds.MATCH)}
    assert {line: (body["kind"], body["actor"], body.get("reason")) for line, body in made.items()} == {
        lines[0]: (Kind.ONE_TO_ONE, "1002", "slip 7"),
        lines[1]: ("fee", "1002", "list of charges"),
    }
    assert lines[2] in reader.page("/reconcile")
