"""In the invented year a firm merges into another and is paid through it, and a contract binds money of a wallet."""

from ledger.book.balances import totals
from ledger.demo.story import CONTRACT, MERGER_AGREED
from ledger.demo.year import MERGED, MERGED_ON, SUCCESSOR, credit_code
from ledger.log import kinds
from ledger.payouts.batches import batches
from ledger.payouts.contracts import contracts
from ledger.payouts.states import State
from ledger.registry.successions import Ended, ended
from ledger.store.ledger import View
from tests.support.demo import Told


def test_a_firm_that_merged_is_paid_through_its_successor(told: Told, view: View) -> None:
    firm, heir = credit_code(MERGED), credit_code(SUCCESSOR)
    assert ended(view) == {firm: Ended(heir, MERGED_ON.isoformat(), "示例市监〔2025〕9号")}
    # In the month of the merger nothing is paid for its grants: nobody has agreed to their other payee.
    numbers = {row.key for row in view.rows(kinds.APPLICATION) if row.body["uscc"] == firm}
    lines = sorted(row.key for row in view.rows(kinds.GRANT) if row.body["application"] in numbers)
    held = next(
        line for line in told.text.splitlines() if line.startswith(f"$ subsidy pay prepare ... {MERGED_ON:%Y-%m}")
    )
    assert held.endswith("held: " + ", ".join(f"{line} payee_waiting" for line in lines))
    # What it was paid went to its own wallet until then, and to the successor's once another had agreed.
    paid = [
        (item.body["uscc"], f"{made.day:%Y-%m}")
        for made in batches(view)
        for item in made.items
        if item.state is State.SUCCESS and any(view.body(kinds.ENTRY, award)["line"] in lines for award in item.claims)
    ]
    assert {month <= f"{MERGED_ON:%Y-%m}" for uscc, month in paid if uscc == firm} == {True}
    # The run of October is paid in November.
    assert min(month for uscc, month in paid if uscc == heir) > MERGER_AGREED
    assert {uscc for uscc, _month in paid} == {firm, heir}


def test_what_a_contract_bound_is_let_go_and_over(told: Told, view: View) -> None:
    (bound,) = contracts(view, MERGED_ON)
    # 50,000.00 = 20,000.00 + 30,000.00; nothing is left, and all 100,000.00 are free.
    assert bound.contract == CONTRACT
    assert (bound.loaded_fen, bound.released_fen, bound.expired_fen, bound.left_fen) == (
        5_000_000,
        2_000_000,
        3_000_000,
        0,
    )
    sums = {account: debit - credit for (_chart, account, _path), (debit, credit) in totals(view).items()}
    assert (sums["1021"], sums["1021.01"]) == (10_000_000, 0)
    assert told.text.count(f"$ subsidy pay unbind {CONTRACT}") == 2
