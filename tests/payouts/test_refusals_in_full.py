"""Refusals about a payout to their last sign: where, what with which values, and what to do.

The first quarter of PF1, 16,862.50 yuan (tests/support/till.py), is paid on 2 April 2024, and that of the second is
exported on 2 July. What another test shows a refusal for is not shown again; here its words are.
"""

import pytest

from tests.support.till import PAYER, QUARTERS, Till, quarters_till

ON = ("--on", "2024-07-02", "--document", "D-1")
LATE = ("--on", "2024-07-03", "--document", "D-1")
WHY = ("--reason", "as agreed")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Till, dict[str, str]]:
    """The till, and the numbers of its two batches and their payouts: what is refused leaves it as it was."""
    till = quarters_till(tmp_path_factory.mktemp("till"), anchor=tmp_path_factory.mktemp("anchor") / "it")
    numbers = {}
    for n, (month, day, events) in enumerate(QUARTERS[:2], 1):
        till.on(day)
        if n == 2:
            till.report(f"{month}-30", events)
            till.run(month)
        numbers[f"batch{n}"] = till.prepare(month)["batches"][0]["batch"]
        (numbers[f"item{n}"],) = till.items(numbers[f"batch{n}"])
        till.go(numbers[f"batch{n}"])
    till.answer(numbers["batch1"], (numbers["item1"], "SUCCESS", "16862.50", "2024-04-02"))
    return till, numbers


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("pay", "refund", "{item1}", "16,862.51", *ON),
            "{item1}: 16,862.51 was given back, and 16,862.50 is what it was paid and has kept; "
            "check the payout and the amount against the bank's statement [refund_too_large]",
        ),
        (
            ("pay", "refund", "{item1}", "1", *LATE),
            "2024-07-03 has not come yet; correct the day [day_in_future]",
        ),
        (
            ("pay", "refund", "{item2}", "0.01", *ON),
            "{item2}: 0.01 was given back, and 0.00 is what it was paid and has kept; "
            "check the payout and the amount against the bank's statement [refund_too_large]",
        ),
        (
            ("pay", "fund", "payer/ecny/x/1", "1", *ON),
            "there is no payer payer/ecny/x/1; write its reference as `subsidy pay prepare` shows it [payer_unknown]",
        ),
        (
            ("pay", "fund", PAYER, "1", *ON),
            f"{PAYER} draws on the appropriation with each payment and holds no money; "
            "correct its funding in the register of payers if it does [payer_not_prefunded]",
        ),
        (
            ("pay", "reopen", "{item1}", "--envelope", "2024", "--document", "D-1"),
            "{item1}: nothing that the payout paid in a prior year came back, of an award in full; what came back "
            "within its year can be prepared at once; `subsidy pay status {item1}` shows its history [not_returned]",
        ),
        (
            ("pay", "recover", "PF1", "1", *ON),
            "nothing is owed on PF1; `subsidy pay owed` lists what is; "
            "money given back unasked is `subsidy pay refund` [nothing_owed]",
        ),
        (
            ("pay", "recover", "PF1", "1", *LATE),
            "2024-07-03 has not come yet; correct the day [day_in_future]",
        ),
        (
            ("pay", "cancel", "{item2}", *WHY),
            "{batch2}: {item2} is exported: the channel may pay it at any time; "
            "wait for its result, ask the channel, or `subsidy pay resolve` with what you know [already_exported]",
        ),
        (
            ("pay", "approve", "{batch2}"),
            "{batch2}: the batch is exported and cannot become approved; batches are prepared, approved, then "
            "exported; `subsidy pay status {batch2}` shows where this one is [batch_not_waiting]",
        ),
        (
            ("pay", "export", "{batch2}", "--format", "xlsx", "--out", "order"),
            "{batch2}: xlsx is not a format of channel ecny; use --format ecny [format_other_channel]",
        ),
        (
            ("pay", "export", "{batch2}", "--out", "order.xlsx"),
            "{batch2}: a file that ends with .xlsx is not ecny; "
            "give the file the ending of its format: ecny .json [format_differs]",
        ),
        (
            ("pay", "recall", "{batch1}", *WHY),
            "{batch1}: payout {item1} is success: somebody outside knows of the batch, so it has left; "
            "ask the channel, or `subsidy pay resolve` each payout with what you know [recall_answered]",
        ),
        (
            ("pay", "status", "B1"),
            "there is no payment batch B1; `subsidy pay status` lists the batches [batch_unknown]",
        ),
        (
            ("pay", "resolve", "S1", "--state", "success", *WHY),
            "there is no payout S1; `subsidy pay status BATCH` lists the payouts of a batch [item_unknown]",
        ),
        (
            ("pay", "resolve", "{item1}", "--state", "fail", *WHY),
            "{batch1} {item1}: the payout is success; nobody can decide that it is fail; a payment that came back is "
            "returned; a failure that was paid after all needs its statement line [step_not_allowed]",
        ),
        (
            ("pay", "resolve", "{item2}", "--state", "success", "--on", "2024-07-03", *WHY),
            "{batch2} {item2}: 2024-07-03 has not come yet; correct the day [day_in_future]",
        ),
        (
            ("pay", "resolve", "{item2}", "--state", "success", "--on", "2024-07-01", *WHY),
            "{batch2} {item2}: 2024-07-01 lies before 2024-07-02, the day on which the order was handed over; "
            "ask the channel for the day; nothing of the file was taken [day_before_order]",
        ),
        (
            ("pay", "resolve", "{item1}", "--state", "returned", "--on", "2024-04-01", *WHY),
            "{batch1} {item1}: 2024-04-01 lies before 2024-04-02, the day on which the order was handed over; "
            "ask the channel for the day; nothing of the file was taken [day_before_order]",
        ),
        (
            ("pay", "resolve", "{item2}", "--state", "partial", *WHY),
            "{batch2} {item2}: a partial payment without its amount; add what was paid [amount_missing]",
        ),
        (
            ("pay", "resolve", "{item2}", "--state", "partial", "--amount", "106,500.00", *WHY),
            "{batch2} {item2}: 106,500.00 does not fit partial of a payout of 106,500.00; ask the channel what was "
            "paid; a part is said as partial, the whole as success [amount_differs]",
        ),
        (
            ("pay", "resolve", "{item1}", "--state", "returned", "--amount", "16,862.51", *WHY),
            "{batch1} {item1}: 16,862.51 does not fit returned of a payout of 16,862.50; ask the channel what was "
            "paid; a part is said as partial, the whole as success [amount_differs]",
        ),
        (
            ("pay", "correct", "{item1}", *ON, *WHY),
            "{item1}: nothing is said that the payment is to be moved to; name a --function, an --economic or "
            "--economic-unit code, or an --envelope [correction_empty]",
        ),
        (
            ("pay", "correct", "{item1}", "--economic", "30799", *ON, *WHY),
            "{item1}: '30799' is not a code of this kind (economic); "
            "an economic code of the government has 5 digits and begins with 5 [code_malformed]",
        ),
        (
            ("pay", "correct", "{item1}", "--economic", "59999", *ON, *WHY),
            "which code of the unit's own budget goes with 59999 is not known; "
            "name it with --economic-unit, 5 digits that begin with 3 [economic_unit_missing]",
        ),
        (
            ("pay", "correct", "{item1}", "--function", "2150599", *LATE, *WHY),
            "2024-07-03 has not come yet; correct the day [day_in_future]",
        ),
        (
            ("pay", "correct", "{item2}", "--function", "2150599", *ON, *WHY),
            "{item2}: the payout and what belongs to its awards is not paid and settled in whole; "
            "wait for the results, pay the rest, or book what is owed back; then correct [correction_waits]",
        ),
        (
            ("budget", "year-end", "2024", "--document", "D-1"),
            "2024 is not over; book it after the last day of the year [year_not_over]",
        ),
        (
            ("budget", "year-end", "2023", "--document", "D-1"),
            "2023: no budget was issued to this path; "
            "issue one: `subsidy budget issue 2023 YUAN --document NO` [envelope_unknown]",
        ),
        (
            ("payee", "approve", "PF1", *WHY),
            "PF1 is neither a payee nor a grant whose payee was changed; "
            "`subsidy pay prepare` says which change waits for whom [change_unknown]",
        ),
        (
            ("clawback", "request", "ZH-1", "--line", "PF9", "--inspection", "JC-1", "--amount", "1", *WHY),
            "ZH-1: there is no grant PF9; import the register of grants first, or correct the number [grant_unknown]",
        ),
        (
            ("clawback", "request", "ZH-1", "--line", "PF1", "--inspection", "JC-1", "--amount", "1", *WHY),
            "ZH-1: there is no inspection JC-1; "
            "import the register of inspections first, or correct the number [inspection_unknown]",
        ),
        (
            ("clawback", "agree", "ZH-1", "--document", "D-1"),
            "there is no claw-back ZH-1; `subsidy clawback list` shows them [clawback_unknown]",
        ),
    ],
)
def test_what_is_refused_is_said_in_full(
    told: tuple[Till, dict[str, str]], words: tuple[str, ...], expected: str
) -> None:
    till, numbers = told
    said = till.say(*(word.format(**numbers) for word in words), actor="1002")
    assert (said.exit_code, said.stderr) == (2, expected.format(**numbers) + "\n")
