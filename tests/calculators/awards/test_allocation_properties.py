"""What holds of every split: payers' parts sum, short budgets are fair to a fen, staged subsidies lie below all bounds.

And of all types together: caps shared between them hold, and neither the order in which facts, grants and decisions
arrive nor the days on which they are run moves a fen. A failing test shows its example and the seed of the run;
`SUBSIDY_TEST_SEED` runs the same examples again.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st

from calculators.awards.all import Partition, calculate_all
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine, ItemLine, Limit, Line, Outside
from calculators.awards.payers import payer_parts, split_over_payers
from calculators.awards.shortage import Approved, first_come, pro_rata, ranking
from calculators.facts.model import Acceptance, Audit, Project, Stage
from calculators.interest.loan import Spell
from calculators.money import Exact
from calculators.notices.allocation import AllocatedSubsidyNotice
from calculators.notices.model import Payer
from tests.calculators import items, lending
from tests.calculators.lending import LPR, day
from tests.support.seeds import SEED, examples

START, END = date(2024, 1, 1), date(2026, 1, 1)
DAYS = st.dates(START, date(2025, 12, 30))
MONEY = st.integers(0, 10**11)


@pytest.fixture(autouse=True)
def _tell_the_seed() -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")


# Payers.


@st.composite
def payers(draw: st.DrawFn) -> tuple[Payer, ...]:
    """Two or three levels of government, with shares in hundredths of a per cent that sum to 100 %."""
    cuts = draw(st.lists(st.integers(1, 9_999), min_size=1, max_size=2, unique=True).map(sorted))
    edges = [0, *cuts, 10_000]
    levels = ("central", "city", "district")
    return tuple(
        Payer.model_validate({"level": level, "share": f"{high - low}BP", "assumption": "true"})
        for level, (low, high) in zip(levels, pairwise(edges), strict=False)
    )


@seed(SEED)
@settings(deadline=None)
@given(payers(), st.integers(-(10**13), 10**13))
def test_the_payers_parts_sum_and_each_lies_within_a_fen_of_its_share(who: tuple[Payer, ...], fen: int) -> None:
    parts = split_over_payers(who, fen)
    assert sum(part.amount_fen for part in parts) == fen
    assert all(abs(part.amount_fen - payer.share * fen) < 1 for payer, part in zip(who, parts, strict=True))


@seed(SEED)
@settings(deadline=None)
@given(payers(), st.lists(st.integers(-(10**6), 10**9), max_size=12), st.integers(0, 10**9))
def test_in_how_many_amounts_a_line_is_paid_moves_no_payer(
    who: tuple[Payer, ...], amounts: list[int], before: int
) -> None:
    """True-ups included; what went before is what the line had already."""
    borne = dict.fromkeys((payer.level for payer in who), 0)
    at = before
    for amount in amounts:
        parts = payer_parts(who, at, amount)
        assert sum(part.amount_fen for part in parts) == amount
        for part in parts:
            borne[part.level] += part.amount_fen
        at += amount
    assert borne == {part.level: part.amount_fen for part in payer_parts(who, before, sum(amounts))}


# Short budgets.

APPROVED = st.lists(st.tuples(MONEY, st.dates(START, date(2024, 1, 4))), max_size=12).map(
    lambda rows: [Approved(f"G-{place}", fen, on) for place, (fen, on) in enumerate(rows)]
)


@seed(SEED)
@settings(deadline=None)
@given(APPROVED, MONEY, st.randoms(use_true_random=False))
def test_an_allotment_spends_the_budget_exactly_and_gives_nobody_more_than_approved(
    lines: list[Approved], budget: int, chance: random.Random
) -> None:
    ranks = {one.line: chance.randint(1, 4) for one in lines}
    shuffled = chance.sample(lines, len(lines))
    for first, again in (
        (pro_rata(lines, budget), pro_rata(shuffled, budget)),
        (first_come(lines, budget), first_come(shuffled, budget)),
        (ranking(lines, budget, ranks), ranking(shuffled, budget, ranks)),
    ):
        assert first == again
        assert sum(first.values()) == min(budget, sum(one.amount_fen for one in lines))
        assert all(0 <= first[one.line] <= one.amount_fen for one in lines)


@seed(SEED)
@settings(deadline=None)
@given(APPROVED, MONEY)
def test_pro_rata_is_fair_to_one_fen(lines: list[Approved], budget: int) -> None:
    total = sum(one.amount_fen for one in lines)
    assume(total > budget)
    allotted = pro_rata(lines, budget)
    for one in lines:
        assert abs(allotted[one.line] - Exact(one.amount_fen * budget, total)) < 1
        for other in lines:
            if one.amount_fen <= other.amount_fen:
                assert allotted[one.line] <= allotted[other.line] + 1


@seed(SEED)
@settings(deadline=None)
@given(APPROVED, MONEY)
def test_who_came_later_gets_something_only_when_all_who_came_before_got_everything(
    lines: list[Approved], budget: int
) -> None:
    allotted = first_come(lines, budget)
    for one in lines:
        if allotted[one.line]:
            earlier = [other for other in lines if other.applied_on < one.applied_on]
            assert all(allotted[other.line] == other.amount_fen for other in earlier)


# Staged subsidies.

RULES = (
    items.staged(
        "start 50% grant",
        "mid 30% stage",
        "rest 20% acceptance",
        id="notice-a",
        caps=[items.cap("joint", "entity year", "1,000,000.01", year_of="due_date", shared_with=["notice-l"])],
    ),
    items.staged(
        "mid 33.33% stage", "rest 66.67% acceptance", at_most="777,777.77", before_audit="nothing", id="notice-b"
    ),
)


def near(fen: int, most: int) -> st.SearchStrategy[int]:
    """Amounts that come within eight fen of `fen`, its half or its double, far more, and any other up to `most`."""
    about = st.sampled_from([fen, fen // 2, 2 * fen]).flatmap(lambda each: st.integers(each - 8, each + 8))
    return about | st.integers(2 * fen, 20 * fen) | st.integers(1, most)


# What half of 30 % of an investment needs to fill the cap of the first of the rules.
INVESTED = near(100_000_001 * 20 // 3, 10**9)


@st.composite
def projects(draw: st.DrawFn, key: str = "P") -> Project:
    audits = draw(st.lists(st.tuples(DAYS, INVESTED), max_size=3, unique_by=lambda row: row[0]))
    stages = draw(st.none() | DAYS)
    accepted = draw(st.none() | st.tuples(DAYS, st.integers(0, 10_000)))
    return Project(
        key,
        draw(st.sampled_from(["E1", "E2"])),
        START,
        draw(INVESTED),
        tuple(Audit(*row) for row in audits),
        (Stage("mid", stages),) if stages else (),
        Acceptance(accepted[0], Exact(accepted[1], 10_000)) if accepted else None,
    )


CEILINGS = st.sampled_from(["50,000,000", "400,000.55", "1"])
LIMITS = st.lists(
    st.builds(Limit, st.sampled_from(["meeting", "shortage"]), st.integers(0, 10**8), st.just("doc 9")), max_size=2
)


@st.composite
def project_lines(draw: st.DrawFn, key: str = "P") -> ItemLine:
    rules = draw(st.sampled_from(RULES))
    made = items.line(draw(projects(key)), rules, ceiling=draw(CEILINGS), granted_on=draw(DAYS).isoformat())
    return replace(made, limits=tuple(draw(LIMITS)))


def together(lines: list[AwardLine], through: date = END, outside: list[Outside] | None = None) -> list[AwardResult]:
    return calculate_all(Partition(lines, LPR, "lpr@test", through, outside or ()))


def awards(results: list[AwardResult]) -> dict[tuple[str, str], int]:
    return {
        (result.line.id, period["due"]): period["award_fen"]
        for result in results
        for period in result.digest["periods"]
    }


@seed(SEED)
@settings(deadline=None)
@given(project_lines())
def test_a_staged_subsidy_sums_and_lies_below_every_bound(line: ItemLine) -> None:
    [result] = together([line])
    digest, project = result.digest, line.item
    assert isinstance(project, Project)
    assert sum(period["award_fen"] for period in digest["periods"]) == digest["award_fen"] >= 0
    assert sum(payer["amount_fen"] for payer in digest["payers"]) == digest["award_fen"]
    assert sum(cut["amount_fen"] for cut in digest["withheld"]) == digest["withheld_fen"] >= 0
    limit = min([line.grant.ceiling_fen, *(each.amount_fen for each in line.limits)])
    investment = max([project.claimed_fen, *(audit.amount_fen for audit in project.audits)])
    so_far = 0
    for period in digest["periods"]:
        so_far += period["award_fen"]
        # Half a fen is the one rounding of the cumulative amount.
        assert 0 <= so_far <= min(limit, Exact(3, 10) * investment + Exact(1, 2))
        if line.notice.id == "notice-b":
            assert so_far <= 77_777_777


@seed(SEED)
@settings(deadline=None)
@given(projects(), CEILINGS)
def test_what_a_project_comes_to_is_one_rounding_of_what_it_exactly_is(project: Project, ceiling: str) -> None:
    """Without caps: share x investment below the ceiling x percents x part done, however many events there were."""
    assume(project.acceptance is not None)
    accepted = project.acceptance
    assert accepted is not None
    rules = items.staged("start 50% grant", "mid 30% stage", "rest 20% acceptance")
    line = items.line(project, rules, ceiling=ceiling, granted_on="2024-01-01")
    [result] = together([line])
    last = max(project.audits, key=lambda audit: audit.on).amount_fen if project.audits else project.claimed_fen
    last = min(last, project.claimed_fen)
    mid = any(stage.on <= accepted.on for stage in project.stages)
    percent = Exact(1) if accepted.done == 1 else Exact(8 if mid else 5, 10)
    exact = min(Exact(3, 10) * last, Exact(line.grant.ceiling_fen)) * percent * accepted.done
    assert abs(result.digest["award_fen"] - exact) <= Exact(1, 2)


# Far from each other, or some fen apart.
AMOUNTS = st.lists(st.integers(0, 10**9), min_size=2, max_size=4) | st.builds(
    lambda least, more: [least + each for each in more],
    st.integers(0, 10**7),
    st.lists(st.integers(0, 300), min_size=2, max_size=4),
)


@seed(SEED)
@settings(deadline=None)
@given(projects(), AMOUNTS, CEILINGS, st.sampled_from(RULES))
def test_a_larger_investment_never_gets_less(
    project: Project, audited: list[int], ceiling: str, rules: AllocatedSubsidyNotice
) -> None:
    """The same events with the same days; only what the one audit found differs."""
    uncapped = rules.model_copy(update={"caps": ()})
    rising = [
        items.line(replace(project, key=f"P{place}", audits=(Audit(START, fen),)), uncapped, ceiling=ceiling)
        for place, fen in enumerate(sorted(audited))
    ]
    awarded = [result.digest["award_fen"] for result in together([*rising])]
    assert awarded == sorted(awarded)


# All types together, with a cap that two types share.

LOANS = lending.notice(
    id="notice-l",
    caps=[lending.cap("joint", "entity year", "70,000.33", year_of="due_date", shared_with=["notice-a", "notice-c"])],
)
CLAIMS = items.incentive(
    items.reward("share", items.rule("share_of_base", share="12.5%")),
    id="notice-c",
    caps=[items.cap("own", "entity", "400,000", shared_with=["notice-a"])],
)
POLICIES = items.premium_notice(id="notice-p", caps=[items.cap("own", "entity", "300,000.07")])
# The notice that states a cap, all that use it up, the limit in fen, and whether it is per year.
SHARED = (
    ("notice-l", ("notice-l", "notice-a", "notice-c"), 7_000_033, True),
    ("notice-a", ("notice-a", "notice-l"), 100_000_001, True),
    ("notice-c", ("notice-c", "notice-a"), 40_000_000, False),
    ("notice-p", ("notice-p",), 30_000_007, False),
)


# What a full year of a loan (at 2 %), a claim (at 12.5 %) and a policy (at 80 %) need to fill the cap of their notice.
LENT = near(7_000_033 * 50, 10**9)
CLAIMED = near(40_000_000 * 8, 10**9)
INSURED = near(30_000_007 * 5 // 4, 10**8)
# Mostly nothing below the caps, or what lies there would hide them.
CUTS = st.sampled_from([True, False, False]).flatmap(lambda cut: LIMITS if cut else st.just([]))


@st.composite
def mixtures(draw: st.DrawFn) -> list[AwardLine]:
    """Up to seven lines of two firms and four types, mostly of one firm; some cut by a meeting or by a short budget.

    A claim, a policy and two loans are always among them, so that they meet below a shared cap, and on one due date.
    """
    lines: list[AwardLine] = []
    for place in range(draw(st.integers(4, 7))):
        key, uscc = f"K{place}", draw(st.sampled_from(["E1", "E1", "E1", "E2"]))
        always = ("claim", "loan", "loan", "policy")
        others = st.sampled_from(["loan", "claim", "policy", "project", "project"])
        kind = always[place] if place < len(always) else draw(others)
        on = draw(st.dates(START, date(2025, 6, 1)))
        made: AwardLine
        if kind == "loan":
            fen = draw(LENT)
            ends = on + timedelta(days=draw(st.integers(1, 400)))
            later = on + timedelta(days=draw(st.integers(1, 300)))
            lent = lending.loan(
                key,
                {on.isoformat(): lending.yuan(fen)},
                ends.isoformat(),
                repaid={later.isoformat(): lending.yuan(draw(st.integers(0, fen)))},
                rates={later.isoformat(): "4.10%"},
                spells=(
                    Spell("overdue", on, later, draw(st.integers(0, fen))),
                    Spell("extension", later, later + timedelta(days=9), None),
                ),
                uscc=uscc,
            )
            made = lending.line(lent, LOANS)
        elif kind == "claim":
            base = lending.yuan(draw(CLAIMED))
            made = items.line(items.claim(key, base, on.isoformat(), uscc=uscc), CLAIMS)
        elif kind == "policy":
            paid = draw(INSURED)
            back = on + timedelta(days=draw(st.integers(1, 200)))
            returned = draw(st.integers(0, paid))
            rows = [(on.isoformat(), lending.yuan(paid))]
            rows += [(back.isoformat(), lending.yuan(-returned))] if returned else []
            made = items.line(items.policy(key, *rows, premium=lending.yuan(paid), uscc=uscc), POLICIES)
        else:
            made = replace(draw(project_lines(key)), limits=())
        ceiling = draw(st.sampled_from([10**11, 10**11, 10**11, 10**8, 12_345_678]))
        grant = replace(made.grant, ceiling_fen=ceiling, granted_on=draw(st.dates(START, date(2024, 1, 3))))
        lines.append(replace(made, grant=grant, limits=tuple(draw(CUTS))))
    return lines


OUTSIDE = st.lists(
    st.builds(
        Outside,
        notice=st.sampled_from(["notice-a", "notice-c", "notice-l"]),
        uscc=st.sampled_from(["E1", "E2"]),
        line=st.just(""),
        lender=st.just(""),
        loan=st.just(""),
        due=st.sampled_from([date(2024, 6, 20), date(2025, 1, 1), date(2025, 6, 20)]),
        amount_fen=st.integers(0, 3 * 10**7),
    ),
    max_size=2,
)


def shuffled(line: AwardLine, chance: random.Random) -> AwardLine:
    """The same facts in another order of arrival."""

    def mixed(facts: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(facts, len(facts)))

    if isinstance(line, Line):
        lent = line.loan
        return replace(
            line,
            loan=replace(
                lent,
                movements=mixed(lent.movements),
                rates=mixed(lent.rates),
                spells=mixed(lent.spells),
                receipts=mixed(lent.receipts),
            ),
        )
    if isinstance(line.item, Project):
        return replace(line, item=replace(line.item, audits=mixed(line.item.audits), stages=mixed(line.item.stages)))
    if isinstance(line.item, items.Policy):
        return replace(line, item=replace(line.item, premiums=mixed(line.item.premiums)))
    return line


@seed(SEED)
@settings(deadline=None)
@given(mixtures(), OUTSIDE, st.randoms(use_true_random=False))
def test_facts_grants_and_decisions_may_arrive_in_any_order(
    lines: list[AwardLine], outside: list[Outside], chance: random.Random
) -> None:
    expected = [result.digest for result in together(lines, outside=outside)]
    again = [shuffled(line, chance) for line in chance.sample(lines, len(lines))]
    found = together(again, outside=chance.sample(outside, len(outside)))
    assert [result.digest for result in found] == expected


@seed(SEED)
@settings(deadline=None, max_examples=examples(30))
@given(mixtures(), OUTSIDE)
def test_the_days_on_which_lines_are_run_move_nothing(lines: list[AwardLine], outside: list[Outside]) -> None:
    """But for room that a later return makes again: others get at most that much more for what fell due before."""
    final = awards(together(lines, outside=outside))
    for month in range(1, 24, 3):
        through = date(2024 + month // 12, month % 12 + 1, 1)
        so_far = awards(together(lines, through, outside))
        due = {key: fen for key, fen in final.items() if day(key[1]) <= through}
        returned_fen = -sum(min(0, fen) for key, fen in final.items() if key not in due)
        if returned_fen:
            assert so_far.keys() == due.keys()
            assert 0 <= sum(due.values()) - sum(so_far.values()) <= returned_fen
        else:
            assert so_far == due


@seed(SEED)
@settings(deadline=None)
@given(mixtures(), OUTSIDE)
def test_no_cap_ceiling_or_decision_is_exceeded(lines: list[AwardLine], outside: list[Outside]) -> None:
    """Each bound added up again from the digests alone."""
    results = together(lines, outside=outside)
    for result in results:
        line, digest = result.line, result.digest
        assert 0 <= digest["award_fen"] <= min([line.grant.ceiling_fen, *(each.amount_fen for each in line.limits)])
        assert sum(cut["amount_fen"] for cut in digest["withheld"]) == digest["withheld_fen"] >= 0
        assert sum(payer["amount_fen"] for payer in digest["payers"]) == digest["award_fen"]
    assert [used for used in taken(results, outside) if used.fen > used.limit_fen] == []


class Used(NamedTuple):
    """What a cap allows one of its own lines, and what stands below it when that line has got something."""

    owner: str
    limit_fen: int
    fen: int


def taken(results: list[AwardResult], outside: list[Outside]) -> Iterator[Used]:
    """A cap binds the lines of its own notice: whenever one of them gets something, all that used the cap up before,
    what was paid outside included, leave room for it. Those who only use it up may go beyond it by themselves.
    """
    rows = [
        (day(period["due"]), result.line.notices[0].id, result.line.entity.uscc, period["award_fen"])
        for result in results
        for period in result.digest["periods"]
    ]
    for owner, sharers, limit_fen, yearly in SHARED:
        for due, name, uscc, fen in rows:
            if name != owner or fen <= 0:
                continue

            def same(other: date, due: date = due, yearly: bool = yearly) -> bool:
                return not yearly or year(other) == year(due)

            before = [
                each
                for when, who, whose, each in rows
                if whose == uscc and same(when)
                # All is known here: what a line gives back has made room, on whatever day it falls due.
                if (who in sharers and (when < due or each < 0)) or (when == due and who == owner)
            ]
            paid = [one.amount_fen for one in outside if one.uscc == uscc and one.notice in sharers and same(one.due)]
            yield Used(owner, limit_fen, sum(before) + sum(paid))


def year(due: date) -> int:
    return (due - timedelta(days=1)).year
