"""What no answer of a channel may say: nothing of it is taken in, and the payout stays as it was."""

from pathlib import Path

from tests.support.copies import ready
from tests.support.till import Till, open_till, run_quarters


@ready
def till(folder: Path) -> Till:
    """Two batches: the first exported, the second only prepared."""
    return run_quarters(open_till(folder), 2)


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


def test_days_that_cannot_be_are_refused_with_the_payout(till: Till) -> None:
    """Nothing was paid before its order went out, and nothing came back before it was paid; in any kind of answer."""
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    [item] = till.items(batch)
    sent = till.day
    for day in ("1999-01-01", "2024-07-01"):
        assert day < sent
        refused = till.answer(batch, (item, "SUCCESS", "", day))
        assert refused.exit_code == 2
        assert f"{day} lies before {sent}, the day on which the order was handed over" in refused.stderr
        assert item in refused.stderr
    sheet = till.folder / "counter.csv"
    sheet.write_text(f"item_no,state,on\n{item},success,1999-01-01\n", encoding="utf-8")
    assert "[day_before_order]" in till.say("pay", "import-result", str(sheet)).stderr
    decided = till.as_second(
        "pay", "resolve", item, "--state", "success", "--on", "1999-01-01", "--reason", "bank letter 17"
    )
    assert (decided.exit_code, "[day_before_order]" in decided.stderr) == (2, True)
    assert till.states(batch) == ["exported"]
    till.on("2024-07-12")
    assert till.answer(batch, (item, "SUCCESS", "", "2024-07-11")).exit_code == 0
    refused = till.answer(batch, (item, "RETURNED", "16862.50", "2024-07-10"))
    assert (refused.exit_code, "[day_before_payment]" in refused.stderr) == (2, True)
    assert till.states(batch) == ["success"]


def test_a_time_counts_by_its_day_in_beijing(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    [item] = till.items(batch)
    till.on("2024-07-12")
    # 17:30 UTC on the 10th is half past one in Beijing on the 11th.
    assert till.answer(batch, (item, "SUCCESS", "", "2024-07-10T17:30:00Z")).exit_code == 0
    paid = next(entry for entry in till.read("book", "account", "fin/4001")["postings"])
    assert paid["effective_on"] == "2024-07-11"


def test_a_batch_refused_as_a_whole_fails_each_payout_once_and_goes_out_otherwise(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    for _again in range(2):
        assert till.answer(batch, state="ACCEPT_FAIL").exit_code == 0
        assert till.states(batch) == ["fail"]
    [item] = till.items(batch)
    assert [step["state"] for step in till.read("pay", "status", item)["history"]].count("fail") == 1
    # What it held is payable again, under another number, once somebody else is sure of it.
    till.sure(item)
    other = till.prepare("2024-03")["batches"][0]["batch"]
    assert till.items(other) != till.items(batch)
    assert till.go(other).stat().st_size > 0


def test_a_batch_that_was_not_taken_pays_none_whatever_it_says_of_them(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    [item] = till.items(batch)
    refused = till.answer(batch, (item, "SUCCESS", "16862.50"), state="ACCEPT_FAIL")
    assert (refused.exit_code, "[result_contradicts_itself]" in refused.stderr) == (2, True)
    assert till.states(batch) == ["exported"]
    # What it does not know yet of an item of a batch that it never took is not waited for.
    assert till.answer(batch, (item, "PROCESSING"), state="ACCEPT_FAIL").exit_code == 0
    assert till.states(batch) == ["fail"]


def test_the_order_itself_is_no_answer(till: Till) -> None:
    (made,) = till.prepare("2024-03")["batches"]
    order = till.go(made["batch"]).rename(till.folder / "order.json")
    before = till.verify()
    refused = till.say("pay", "import-result", str(order))
    assert refused.exit_code == 2
    assert refused.stderr.startswith(
        "order.json: this is the order itself, which went out at 2024-07-02 12:00, and not the answer to it; "
    )
    assert refused.stderr.endswith("[result_own_order]\n")
    assert till.verify() == before
