"""Lines that cannot be calculated: they are held whole with the cause and its figures, and keep what is posted.

Nobody can say that less is due on a line whose facts contradict each other, so nothing is taken back from it either.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from calculators.awards.conditions import Condition, refuses
from calculators.awards.lines import Outside
from calculators.awards.unsure import Waited
from calculators.digest import Held
from calculators.interest.benchmark import BENCHMARK_UNKNOWN
from calculators.interest.segments import BALANCE_NEGATIVE, RATE_MISSING
from calculators.money import format_yuan
from calculators.problems import N_, Problem

__all__ = ["CAUSES", "contradiction", "failed", "held_whole", "openings_ahead", "waiting", "waiting_for"]

# Conditions that no applicant misses: where one is not met, facts of the line contradict each other or the notice. To
# refuse the line would take back what was posted on it because of a slip.
CONTRADICTIONS = {
    "premium_differs": N_("the premium is {found}; sum insured x rate x units are {wanted}"),
    "returned_above_paid": N_("more premium was returned than was paid: what was borne falls to {found}"),
    "stage_unknown": N_("stages reached are {found}; the notice knows {wanted}"),
}

# Why a line cannot be calculated, by the code of the problem; the templates are filled by what the hold holds.
CAUSES = {
    "balance_negative": BALANCE_NEGATIVE,
    "rate_missing": RATE_MISSING,
    "benchmark_unknown": BENCHMARK_UNKNOWN,
    "opening_ahead": N_("{amount} yuan were paid outside for what falls due on {due}, after the last day of this run"),
    "opening_misplaced": N_(
        "{amount} yuan were paid outside for {day}; by the facts of today nothing falls due then or in that year, only "
        "from {first} to {last}: correct the facts, or import the opening with the day that was paid for"
    ),
    "item_taken_back": N_(
        "{amount} yuan are posted on it, and the import that told of it was taken back: import the right file, or "
        "withdraw the grant"
    ),
    "item_granted": N_(
        "{other} supports the same item under the same notice, and only one of them is paid: refuse one of the two "
        "grants"
    ),
    "firm_line_held": N_(
        "{condition} is asked of the firm's lines together, and {line} ({held}) of them is held; it ends with that hold"
    ),
    "firm_line_before": N_(
        "{rule} leaves what {line} ({held}) does not take, and that one is held; it ends with that hold"
    ),
    **CONTRADICTIONS,
}


def contradiction(conditions: Iterable[Condition]) -> Problem | None:
    """The first of a line's conditions that is not met because its facts contradict each other or its notice."""
    return next(
        (
            _contradicted(condition)
            for condition in conditions
            if not condition.met and condition.code in CONTRADICTIONS
        ),
        None,
    )


def waiting(conditions: Sequence[Condition]) -> Problem | None:
    """That a condition waits for another line of the firm, which is held; None where another one refuses anyway."""
    waits = next((condition for condition in conditions if condition.waits_for), None)
    if waits is None or waits.waits_for is None or refuses(conditions):
        return None
    return failed("firm_line_held", condition=waits.name, line=waits.waits_for.line, held=waits.waits_for.item)


def waiting_for(waited: Waited, rule: str) -> Problem:
    """That a line waits for another one of the firm, because by a rule it gets what that one leaves."""
    return failed("firm_line_before", rule=rule, line=waited.line, held=waited.item)


def _contradicted(condition: Condition) -> Problem:
    told = condition.told()
    return failed(condition.code, found=told["found"], wanted=told["wanted"])


def failed(code: str, **values: object) -> Problem:
    """Why a line cannot be calculated; what remedies it is the fact that the cause names."""
    return Problem(code, CAUSES[code], "", values=values)


def held_whole(fact: str, cause: Problem) -> Held:
    """The entry of a digest's `held` for a line held whole, whatever is due on it: code, the item's key, figures."""
    values = {name: str(value) for name, value in cause.values.items()}
    return Held(code="line_failed", cause=cause.code, fact=fact, values=values)


def openings_ahead(outside: Iterable[Outside], through: date) -> dict[str, Problem]:
    """By line id: that something was paid outside for what falls due after `through` (exclusive), the last of it.

    Until a run gets there nobody can say which of what falls due earlier it was paid for: to pay that would be to pay
    twice, and what was paid ahead of its day is no debt.
    """
    last: dict[str, Outside] = {}
    for paid in outside:
        if paid.line and paid.amount_fen and paid.due > through:
            last[paid.line] = max(last.get(paid.line, paid), paid, key=lambda payment: payment.due)
    return {
        line: failed("opening_ahead", amount=format_yuan(paid.amount_fen), due=paid.due) for line, paid in last.items()
    }
