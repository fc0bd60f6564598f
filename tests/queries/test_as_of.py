"""As it was believed: what is asked of the log at a size, a day or a checkpoint is what was answered then.

A till pays its first quarter, reads a statement, matches it and signs April off; after every step each question is
asked, and at the end each is asked again as of every step.
"""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.book import limits
from ledger.queries.as_of import Moment, moment
from ledger.queries.budget import envelopes, execution_answer
from ledger.queries.channels import channels
from ledger.queries.firm import find, firms, money
from ledger.queries.forms import form
from ledger.queries.inbox import inbox
from ledger.queries.line import line_answers
from ledger.queries.month import steps_of_month
from ledger.queries.payments import all_batches, payout_history, payouts_of
from ledger.queries.publicity import public_notices
from ledger.queries.reconciliation import desk
from ledger.queries.runs import all_runs, run_lines
from ledger.runs.occasion import Month
from tests.reconcile.test_deciding import bring, match, paid
from tests.reconcile.test_sign_off import sign_off
from tests.support.clock import at_noon
from tests.support.office import USCC
from tests.support.till import Till, quarters_till

MONTH = Month(2024, 4)
QUESTIONS: dict[str, Callable[[Moment], Any]] = {
    "inbox": lambda at: inbox(at.view, at.today),
    "runs": lambda at: all_runs(at.view),
    "lines": lambda at: run_lines(at.view, "2024-03"),
    "why": lambda at: [answer.entries for answer in line_answers(at.view, "HT1")],
    "batches": lambda at: [(one, payouts_of(at.view, one.batch)) for one in all_batches(at.view)],
    "payouts": lambda at: [
        payout_history(at.view, payout.item)
        for batch in all_batches(at.view)
        for payout in payouts_of(at.view, batch.batch)
    ],
    "envelopes": lambda at: envelopes(at.view),
    "used": lambda at: limits.used(at.view),
    "execution": lambda at: execution_answer(at.view, MONTH).rows,
    "desk": desk,
    "month": lambda at: steps_of_month(at.view, at.vault, MONTH, at.today).steps,
    "firms": lambda at: [firms(at.view), find(at.view, at.vault, "示例")],
    "money": lambda at: money(at.view, at.vault, USCC, at.today),
    "notices": lambda at: public_notices(at.view),
    "channels": lambda at: channels(at.view),
}


@pytest.fixture
def till(tmp_path: Path) -> Till:
    folder = tmp_path / "book"
    folder.mkdir()
    return quarters_till(folder)


def ask(till: Till, as_of: str = "") -> tuple[str, dict[str, Any]]:
    """Every answer as of a moment, and that moment as size and root."""
    with at_noon(till.day), till.ledger.read() as view:
        at = moment(view, till.ledger.vault, date.fromisoformat(till.day), as_of)
        return f"{at.view.size}@{at.view.root().hex()}", {name: form(ask(at)) for name, ask in QUESTIONS.items()}


def test_every_question_is_answered_as_it_was(till: Till) -> None:
    believed = [ask(till)]
    till.on("2024-04-03").do("budget", "issue", "2024", "1000", "--document", "D-9", "--on", "2024-04-03")
    believed.append(ask(till))
    till.do("budget", "issue", "2024/other", "500", "--document", "D-11", "--on", "2024-04-03")
    believed.append(ask(till))
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    believed.append(ask(till))
    till.as_second("pay", "approve", batch)
    believed.append(ask(till))
    till.export(batch)
    believed.append(ask(till))
    till.on("2024-04-10")
    bring(till, paid(till.items(batch)[0]))
    believed.append(ask(till))
    match(till)
    believed.append(ask(till))
    till.on("2024-05-06")
    assert sign_off(till, "2024-04").exit_code == 0
    believed.append(ask(till))
    assert sign_off(till, "2024-04", "--check", actor="1002").exit_code == 0
    # The program answers otherwise after each step, or nothing would be shown here.
    assert all(before[1] != after[1] for before, after in pairwise(believed))
    for checkpoint, answers in believed:
        again = ask(till, checkpoint)[1]
        assert {name: again[name] for name in answers if again[name] != answers[name]} == {}, checkpoint


def test_a_day_is_what_was_known_at_its_end(till: Till) -> None:
    before = ask(till)[0]
    till.on("2024-04-03").do("budget", "issue", "2024", "1000", "--document", "D-9", "--on", "2024-04-03")
    till.on("2024-04-04").do("budget", "issue", "2024", "1000", "--document", "D-10", "--on", "2024-04-03")
    now = ask(till)[0]
    assert ask(till, "2024-04-02")[0] == before
    assert ask(till, "2024-04-04")[0] == now
    shown = till.read("budget", "show", "--as-of", "2024-04-03")
    # 2,000,000 and D-9; D-10 came a day later.
    assert [one["limit"] for one in shown if one["path"] == "2024"] == ["2001000.00"]


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        ("yesterday", "as_of_malformed"),
        ("2024-02-30", "as_of_malformed"),
        ("7@abc", "as_of_malformed"),
        ("0", "as_of_beyond"),
        ("100000", "as_of_beyond"),
        # The ledger begins on 5 January 2024, and it is 2 April.
        ("2024-01-04", "as_of_beyond"),
        ("2024-04-03", "as_of_beyond"),
        (f"7@{'0' * 64}", "as_of_differs"),
    ],
)
def test_what_is_no_moment_of_this_log_is_refused(till: Till, as_of: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(till, as_of)
    assert [problem.code for problem in refused.value.problems] == [code]
