"""Payment corrections: a paid amount under another code or indicator, on all three charts, and nothing else moved."""

from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from calculators.money import plain_yuan
from ledger.store import tables
from tests.payouts.returns.test_recoveries import CORRECTED, owed
from tests.support.copies import ready
from tests.support.till import Till, quarters_till

OTHER = "2024/incentive"
PATH = "2024/loan-interest"
WHY = ("--document", "GZ-1", "--reason", "wrong code")


def paid(till: Till) -> str:
    """Pay the first quarter, 16,862.50 yuan, on 2 April; its item no."""
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02"))
    return item


@ready
def till(folder: Path) -> Till:
    till = quarters_till(folder)
    till.do("budget", "issue", "2024", "20000", "--document", "BUD-2024-3")
    till.do("budget", "issue", OTHER, "20000", "--document", "BUD-2024-4")
    return till


def correct(till: Till, item: str, *words: str) -> str:
    return till.do("pay", "correct", item, *words, "--on", till.day, *WHY)


def refused(till: Till, item: str, *words: str, on: str = "") -> str:
    said = till.say("pay", "correct", item, *words, "--on", on or till.day, *WHY)
    assert said.exit_code == 2, said.output
    return said.stderr.partition("]")[0].rpartition("[")[2]


def by_terms(till: Till, *accounts: str) -> dict[tuple[str, str, str, str], str]:
    """(account, path, function, economic) -> debits less credits in yuan, of what is not 0."""
    posting = tables.posting
    at = [func.coalesce(column, "") for column in (posting.c.envelope, posting.c.function, posting.c.economic)]
    name = posting.c.chart + "/" + posting.c.account
    with till.ledger.read() as view:
        query = select(name, *at, func.sum(posting.c.amount_fen)).group_by(name, *at).where(name.in_(accounts))
        rows = view.connection.execute(query).all()
    return {(account, *terms): plain_yuan(fen) for account, *terms, fen in rows if fen}


def unit(terms: tuple[str, str, str]) -> tuple[str, str, str]:
    """The terms on expense and on the budget chart, which bear the unit's code."""
    path, function, economic = terms
    return path, function, UNITS[economic]


def envelopes(till: Till) -> list[tuple[str, str, str]]:
    """(path, used, available) of every path."""
    return [(one["path"], one["used"], one["available"]) for one in till.read("budget", "show")]


def report(till: Till, month: str) -> dict[str, dict[str, Any]]:
    rows = till.read("report", "budget", "--month", month)["rows"]
    return {f"{one['path']} {one['economic'] or '-'}": one for one in rows}


# The unit's own code for the government's (`fixtures/reference/economic_codes.csv`).
UNITS = {"50702": "31205", "50799": "31299"}
FIN_BUD = ("fin/5001", "fin/4001", "fin/2303", "bud/7101", "bud/6001")


def test_another_code_takes_expense_and_money_on_both_charts(till: Till) -> None:
    item = paid(till)
    before = by_terms(till, *FIN_BUD, "ind/1501")
    old, new = (PATH, "2150517", "50702"), (PATH, "2060404", "50799")
    assert before == {
        ("fin/5001", *unit(old)): "16862.50",
        ("fin/4001", *old): "-16862.50",
        ("bud/7101", *unit(old)): "16862.50",
        ("bud/6001", *unit(old)): "-16862.50",
        ("ind/1501", *old): "16862.50",
    }
    batches = till.read("pay", "status")
    assert "Booked as entry" in correct(till, item, "--function", "2060404", "--economic", "50799")
    assert by_terms(till, *FIN_BUD, "ind/1501") == {
        ("fin/5001", *unit(new)): "16862.50",
        ("fin/4001", *new): "-16862.50",
        ("bud/7101", *unit(new)): "16862.50",
        ("bud/6001", *unit(new)): "-16862.50",
        ("ind/1501", *new): "16862.50",
    }
    (award,) = till.read("pay", "status", item)["awards"]
    assert (award["envelope"], award["function"], award["economic"]) == new
    # No batch knows of it, nothing is owed, and nothing is to be paid.
    assert till.read("pay", "status") == batches
    assert till.prepare("2024-03") == {"batches": [], "held": [], "netted": []}
    assert owed(till) == []
    till.verify()


def test_another_indicator_gets_the_payment_and_the_first_one_is_free_again(till: Till) -> None:
    item = paid(till)
    correct(till, item, "--envelope", OTHER)
    # 20,000.00 - 16,862.50 = 3,137.50 are left of the other one; 1,500,000.00 + 16,862.50 are free of the first.
    assert {path: (used, available) for path, used, available in envelopes(till) if path != "2024"} == {
        OTHER: ("16862.50", "3137.50"),
        PATH: ("483137.50", "1516862.50"),
    }
    assert by_terms(till, "ind/1501") == {("ind/1501", OTHER, "2150517", "50702"): "16862.50"}
    till.verify()


def test_the_report_of_the_budget_shows_it_as_paid_and_not_as_returned(till: Till) -> None:
    item = paid(till)
    correct(till.on("2024-05-06"), item, "--envelope", OTHER)
    rows = report(till.on("2024-06-03"), "2024-05")
    figures = ("paid_month", "paid_year", "returned")
    assert [rows[f"{OTHER} 50702"][name] for name in figures] == ["16862.50", "16862.50", "0.00"]
    (first,) = [row for row in rows.values() if row["path"] == PATH]
    # April's payment is taken out in May.
    assert [first[name] for name in figures] == ["-16862.50", "0.00", "0.00"]


def test_a_document_is_booked_once(till: Till) -> None:
    item = paid(till)
    correct(till, item, "--economic", "50799")
    assert "nothing was written" in correct(till, item, "--economic", "50799")
    assert refused(till, item, "--economic", "50701") == "document_differs"


def test_a_code_whose_other_side_is_not_known_is_named_with_it(till: Till) -> None:
    item = paid(till)
    assert refused(till, item, "--economic", "50801") == "economic_unit_missing"
    correct(till, item, "--economic", "50801", "--economic-unit", "31101")
    assert by_terms(till, "fin/5001", "bud/7101", "ind/1501") == {
        ("fin/5001", PATH, "2150517", "31101"): "16862.50",
        ("bud/7101", PATH, "2150517", "31101"): "16862.50",
        ("ind/1501", PATH, "2150517", "50801"): "16862.50",
    }
    till.verify()


def test_a_correction_may_be_corrected(till: Till) -> None:
    item = paid(till)
    correct(till, item, "--economic", "50799")
    till.do("pay", "correct", item, "--economic", "50702", "--on", till.day, "--document", "GZ-2", "--reason", "back")
    assert by_terms(till, "bud/7101") == {("bud/7101", PATH, "2150517", "31205"): "16862.50"}


def test_what_comes_back_comes_back_to_where_it_was_moved(till: Till) -> None:
    item = paid(till)
    batch = till.read("pay", "status", item)["batch"]
    correct(till, item, "--envelope", OTHER, "--economic", "50799")
    till.on("2024-04-05").answer(batch, (item, "RETURNED", "16862.50", "2024-04-05"))
    till.sure(item, "returned")
    new = (OTHER, "2150517", "50799")
    # The award was booked and paid on the old terms, and is owed again on the new ones.
    open_again = {("fin/2303", *new): "-16862.50", ("ind/1301", *new): "16862.50"}
    assert by_terms(till, "fin/2303", "fin/4001", "bud/7101", "ind/1301", "ind/1501") == open_again
    (batch,) = [one["batch"] for one in till.prepare("2024-03")["batches"]]
    till.go(batch)
    till.answer(batch, (till.items(batch)[0], "SUCCESS", "16862.50", "2024-04-05"))
    assert by_terms(till, "fin/2303", "bud/7101", "ind/1501") == {
        ("bud/7101", *unit(new)): "16862.50",
        ("ind/1501", *new): "16862.50",
    }
    till.verify()


def test_a_reduction_after_it_is_owed_and_recovered_where_it_was_moved(till: Till) -> None:
    item = paid(till)
    correct(till, item, "--envelope", OTHER, "--economic", "50799")
    till.on("2024-05-08").report("2024-04-30", CORRECTED)
    assert till.posted("2024-04") == [("2024-03-20", "-1873.61")]
    new = (OTHER, "2150517", "50799")
    assert by_terms(till, "fin/1218", "fin/5001") == {
        ("fin/1218", *new): "1873.61",
        ("fin/5001", *unit(new)): "14988.89",
    }
    assert refused(till, item, "--economic", "50702") == "document_differs"
    till.do("pay", "recover", "PF1", "1873.61", "--on", "2024-05-08", "--document", "SH-1")
    # 20,000.00 - 14,988.89 = 5,011.11 are free there; the grant's own reservation gets nothing.
    assert by_terms(till, "fin/1218", "fin/5001", "fin/4001", "bud/7101", "ind/1501") == {
        ("fin/5001", *unit(new)): "14988.89",
        ("fin/4001", *new): "-14988.89",
        ("bud/7101", *unit(new)): "14988.89",
        ("ind/1501", *new): "14988.89",
    }
    assert {path: available for path, _used, available in envelopes(till) if path != "2024"} == {
        OTHER: "5011.11",
        PATH: "1516862.50",
    }
    till.verify()


def test_what_was_reduced_and_came_back_is_not_moved(till: Till) -> None:
    item = paid(till)
    till.on("2024-05-08").report("2024-04-30", CORRECTED)
    till.run("2024-04")
    assert refused(till, item, "--economic", "50799") == "correction_waits"
    till.do("pay", "recover", "PF1", "1873.61", "--on", "2024-05-08", "--document", "SH-1")
    correct(till, item, "--economic", "50799")
    new = (PATH, "2150517", "50799")
    # 16,862.50 - 1,873.61, and nothing stays under the old code.
    assert by_terms(till, "fin/5001", "fin/4001", "bud/7101", "bud/6001", "ind/1501") == {
        ("fin/5001", *unit(new)): "14988.89",
        ("fin/4001", *new): "-14988.89",
        ("bud/7101", *unit(new)): "14988.89",
        ("bud/6001", *unit(new)): "-14988.89",
        ("ind/1501", *new): "14988.89",
    }
    till.verify()


def test_a_run_whose_payment_was_corrected_is_not_taken_back(till: Till) -> None:
    item = paid(till)
    batch = till.read("pay", "status", item)["batch"]
    correct(till, item, "--economic", "50799")
    till.on("2024-04-05").answer(batch, (item, "RETURNED", "16862.50", "2024-04-05"))
    said = till.say("run", "withdraw", "2024-03", "--reason", "wrong")
    assert (said.exit_code, "[already_in_payment]" in said.stderr) == (2, True)


def test_each_refusal_in_its_order(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    (item,) = till.items(batch)
    assert refused(till, item) == "correction_empty"
    assert refused(till, item, "--function", "2150") == "code_malformed"
    assert refused(till, item, "--economic", "5079") == "code_malformed"
    assert refused(till, item, "--economic", "50799", on="2024-04-03") == "day_in_future"
    assert refused(till, "S0", "--economic", "50799") == "item_unknown"
    assert refused(till, item, "--economic", "50799") == "correction_waits"
    till.go(batch)
    assert refused(till, item, "--economic", "50799") == "correction_waits"
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02"))
    assert refused(till, item, "--economic", "50702") == "correction_empty"
    assert refused(till, item, "--envelope", "2024/nowhere") == "envelope_unknown"
    assert refused(till, item, "--envelope", "2024") == "envelope_short"
    size = till.verify()
    assert refused(till.on("2025-01-08"), item, "--economic", "50799") == "correction_other_year"
    till.do("pay", "refund", item, "1", "--on", "2024-04-03", "--document", "TK-1")
    assert refused(till, item, "--economic", "50799", on="2024-04-03") == "correction_of_parts"
    assert till.verify() == size + 1
