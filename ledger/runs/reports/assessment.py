"""The applications of a notice judged as one batch, whether anybody has decided on them or not.

It is what a meeting has before it: who gets what, which caps cut it, and who is refused and why. Nothing is posted
from it; what is posted follows from the granted lines alone (`plan`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple, NotRequired

from calculators.awards.all import Calculate, Partition, calculate_all, calculated_with
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine, ItemLine
from calculators.digest import CheckedCondition, RefusedCode, Withheld
from calculators.facts.model import Acceptance, Application, Grant, Project
from calculators.money import Exact
from ledger.book.balances import posted_awards
from ledger.log import kinds
from ledger.registry.benchmarks import benchmark
from ledger.registry.drafts import Known
from ledger.registry.grants import grants
from ledger.registry.openings import outside_awards
from ledger.runs.held import WHOLE, held_results, stopped, unsure
from ledger.runs.lines import Facts, Granted, known_facts, lines_of
from ledger.runs.plan import supports
from ledger.runs.standing import standing
from ledger.store.ledger import View

GRANTED, OPEN, REFUSED, DECLINED = "granted", "open", "refused", "declined"

# Above every amount a ledger can hold, and what nobody has decided on is bound by no decision.
UNBOUND_FEN = 2**53 - 1


class Refusal(RefusedCode):
    """A condition not met, or a decision with its reason in somebody's words."""

    reason: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Assessed:
    """An application and what it comes to, in fen: `computed_fen` after caps, `award_fen` after ceiling and decisions.

    `outcome` is `granted`, `open` (nobody has decided), `refused` (a rule is not met) or `declined` (by decision).
    `caps` are the ids of those that cut something, `withheld` what ceiling and decisions cut, as digests have it.
    """

    application: str
    uscc: str
    firm: str
    item: str
    applied_on: date
    rank: int | None
    outcome: str
    grant: str = ""
    computed_fen: int = 0
    award_fen: int = 0
    caps: tuple[str, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    conditions: tuple[CheckedCondition, ...] = ()
    refused: tuple[Refusal, ...] = ()


class Batch(NamedTuple):
    """The registers as one batch is calculated on them: what is known, the grants, and what nobody has decided on."""

    facts: Facts
    granted: Mapping[str, Known[Grant]]
    unbound: bool = False
    calculate: Calculate = calculate_all


# The last sign there is, for private use: no grant's number begins with it, and every one sorts before it.
_LAST = "\U0010fffd"


def assess(view: View, notice: str, day: date, calculate: Calculate = calculate_all) -> list[Assessed]:
    """Every application under a notice, those that may get something first, by rank, day and number."""
    return assess_batch(view, Batch(known_facts(view), grants(view), calculate=calculate), notice, day)


def assess_batch(view: View, batch: Batch, notice: str, day: date) -> list[Assessed]:
    """The same over facts and grants of the caller's own; `unbound` leaves ceilings and decisions aside."""
    asked = {key: item.value for key, item in batch.facts.applications.items() if item.value.notice == notice}
    decided = {row.body["application"]: row for row in view.rows(kinds.GRANT)}
    declined = {} if batch.unbound else {key: row for key, row in decided.items() if row.body["outcome"] == "refused"}
    made = _lines(batch, asked, declined.keys(), day)
    results = {result.line.application.id: result for result in _calculate(view, batch, made, asked, day)}
    unready = {line.line: line for line in made.unready}
    ranks = {row.key: row.body.get("rank") for row in view.rows(kinds.APPLICATION)}
    firms = {uscc: known.value.name for uscc, known in batch.facts.entities.items()}
    of_application = {known.value.application: known.value.id for known in batch.granted.values()}
    found = []
    for key, application in asked.items():
        grant = of_application.get(key, "")
        assessed = Assessed(
            key, application.uscc, firms[application.uscc], application.item, application.applied_on, ranks[key], OPEN
        )
        if key in declined:
            found.append(replace(assessed, outcome=DECLINED, refused=(_declined(declined[key].body),)))
        elif key in results:
            found.append(_judged(assessed, grant, results[key]))
        else:
            code = unready[grant or _draft_id(key)].code
            found.append(
                replace(assessed, grant=grant, outcome=REFUSED, refused=(Refusal(code=code, clause="registers"),))
            )
    return sorted(found, key=_place)


def _place(assessed: Assessed) -> tuple[bool, bool, int, date, str]:
    return (
        bool(assessed.refused),
        assessed.rank is None,
        assessed.rank or 0,
        assessed.applied_on,
        assessed.application,
    )


def _draft_id(application: str) -> str:
    """The line of an application that has no grant; it sorts after every grant of the same day."""
    return f"{_LAST}{application}"


def _lines(batch: Batch, asked: Mapping[str, Application], declined: Iterable[str], day: date) -> Granted:
    """The granted lines of all notices, and of this one the applications that nobody has decided on."""
    passed_over = {known.value.application for known in batch.granted.values()} | set(declined)
    drafts = [
        Known(Grant(_draft_id(key), key, day, UNBOUND_FEN, "-", "-", "-"), ())
        for key in sorted(asked.keys() - passed_over)
    ]
    known = list(batch.granted.values())
    facts = batch.facts
    if batch.unbound:
        known = [
            Known(replace(thing.value, ceiling_fen=UNBOUND_FEN), thing.leaves)
            if thing.value.application in asked
            else thing
            for thing in known
        ]
        bounds = {key: bound for key, bound in facts.limits.items() if key not in asked}
        facts = facts._replace(limits=bounds, taken_back={})
    made = lines_of(facts, [*known, *drafts])
    return made._replace(
        lines=tuple(_carried_out(line, day) if line.application.id in asked else line for line in made.lines)
    )


def _carried_out(line: AwardLine, day: date) -> AwardLine:
    """A project that nobody has accepted yet as if it were accepted in full."""
    if isinstance(line, ItemLine) and isinstance(line.item, Project) and line.item.acceptance is None:
        return replace(line, item=replace(line.item, acceptance=Acceptance(day, Exact(1))))
    return line


def _calculate(
    view: View, batch: Batch, made: Granted, asked: Mapping[str, Application], day: date
) -> list[AwardResult]:
    notices = {line.notice_id for line in made.lines if line.application.id in asked}
    lines = calculated_with(made.lines, notices)
    ids = {line.id for line in lines}
    rates_ref, rates = benchmark(view)
    others = supports(line for line in made.lines if line.id not in ids)
    # What is posted holds its room, but not under a notice that is only thought of.
    stands = {} if batch.unbound else standing(view, posted_awards(view))
    posts = {line.id for line in lines if line.application.id in asked}
    outside = outside_awards(view)
    by_holds = stopped(view)
    through, held = day + timedelta(days=1), unsure(made, by_holds)
    results = batch.calculate(Partition(lines, rates, rates_ref, through, outside, others, stands, posts, held))
    results = held_results(results, by_holds)
    return [result for result in results if result.line.application.id in asked]


def _judged(assessed: Assessed, grant: str, result: AwardResult) -> Assessed:
    digest = result.digest
    taken_fen = sum(taken_back_part["amount_fen"] for taken_back_part in digest.get("taken_back", ()))
    # Nobody can say what a line that failed or is stopped comes to before its fact is corrected.
    failed = list(dict.fromkeys(held["code"] for held in digest["held"] if held["code"] in WHOLE))
    refused = [_refusal(code) for code in digest["refused"]]
    refused += [Refusal(code=code, clause="registers") for code in failed]
    outcome = REFUSED if refused else GRANTED if grant else OPEN
    return replace(
        assessed,
        grant=grant,
        outcome=outcome,
        computed_fen=digest["award_fen"] + digest["withheld_fen"] + taken_fen,
        award_fen=digest["award_fen"],
        caps=tuple(dict.fromkeys(_binding(result))),
        withheld=tuple(digest["withheld"]),
        conditions=tuple(digest["conditions"]),
        refused=tuple(refused),
    )


def _binding(result: AwardResult) -> Iterator[str]:
    return (fill.cap for fill in result.capped.fills.values() if fill.binding)


def _refusal(code: RefusedCode) -> Refusal:
    refusal = Refusal(code=code["code"], clause=code["clause"])
    if "component" in code:
        refusal["component"] = code["component"]
    return refusal


def _declined(body: kinds.GrantBody) -> Refusal:
    return Refusal(code="declined", clause=body["document"], reason=body["reason"])
