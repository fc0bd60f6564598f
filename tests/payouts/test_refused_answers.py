"""What no answer of a channel may say: nothing of it is taken in, and the payout stays as it was."""

from pathlib import Path

import pytest

from tests.support.till import Till, open_till, run_quarters


@pytest.fixture
def till(tmp_path: Path) -> Till:
    """Two batches: the first exported, the second only prepared."""
    return run_quarters(open_till(tmp_path), 2)


def test_answers_that_do_not_fit(till: Till) -> None:
    first = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(first)
    second = till.prepare("2024-06")["batches"][0]["batch"]
    [item], [other] = till.items(first), till.items(second)
    # 16,862.50 yuan is the first quarter's award (tests/support/till.py).
    for batch, answer, code in (
        (first, (other, "SUCCESS"), "item_not_in_batch"),
        (second, (other, "SUCCESS"), "batch_not_exported"),
        (first, (item, "SUCCESS", "16862.49"), "amount_differs"),
        (first, (item, "SUCCESS", "16862.51"), "amount_differs"),
    ):
        refused = till.answer(batch, answer)
        assert (refused.exit_code, f"[{code}]" in refused.stderr) == (2, True), (code, refused.stderr)
    several = till.folder / "counter.csv"
    several.write_text(f"item_no,state\n{item},success\n{other},success\n", encoding="utf-8")
    refused = till.say("pay", "import-result", str(several))
    assert (refused.exit_code, "[results_of_several_batches]" in refused.stderr) == (2, True)
    assert (till.states(first), till.states(second)) == (["exported"], ["prepared"])
