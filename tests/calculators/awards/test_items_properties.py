"""What holds of every group of premiums and incentives: parts sum to the award, no cap is exceeded, nothing paid twice.

Neither the order of lines or of facts nor the days up to which they are calculated moves a fen. A failing test shows
its example and the seed of the run; `SUBSIDY_TEST_SEED` runs the same examples again.
"""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from calculators.awards.item import ItemResult
from calculators.awards.lines import ItemLine, Outside
from calculators.explain.item import render_item
from calculators.facts.model import Claim, Policy, Premium
from calculators.money import Exact, format_yuan, parse_yuan, plain_yuan
from tests.calculators.items import (
    cap,
    claim,
    incentive,
    line,
    outside,
    policy,
    premium_notice,
    premium_share,
    results_of,
    reward,
    rule,
)
from tests.support.seeds import SEED, examples

FIRST, END = date(2023, 11, 1), date(2026, 2, 1)
DAYS = st.dates(FIRST, END - timedelta(days=2))
CUTS = st.lists(DAYS, max_size=4)
FIRMS = st.sampled_from(["E1", "E2"])
CEILINGS = st.sampled_from(["90,000,000,000", "20,000.55", "777.77"])

FIRM_YEAR = cap("firm_year", "entity year", "30,000.01", year_of="due_date")
BY_YEAR = (premium_share("90%", "1"), premium_share("33%", "2"), premium_share("12.5%", "3 4"))
PREMIUM_NOTICES = (
    premium_notice(*BY_YEAR, id="premium-a", max_rate="3%", caps=[FIRM_YEAR, cap("each", "item", "9,999.99")]),
    premium_notice(
        *BY_YEAR,
        id="premium-b",
        paid="in_full",
        tax="true",
        max_rate="2.7%",
        liability={"contract_times": "5", "amount": "400,000"},
        caps=[cap("firm", "entity", "25,000")],
    ),
)
RUNGS = [("1,000", "11"), ("5,000", "77.77"), ("20,000", "500"), ("100,000", "9,000.01")]
LADDER = rule("ladder", rungs=[{"reach": reach, "amount": amount} for reach, amount in RUNGS])
BANDS = [{"from": "10", "share": "10%"}, {"from": "1,000", "share": "3.3%"}, {"from": "50,000", "share": "7%"}]
INCENTIVE_NOTICES = (
    incentive(reward("ladder", LADDER), id="incentive-a", caps=[{**FIRM_YEAR, "amount": "7,000.03"}]),
    incentive(
        reward("marginal", rule("bands", mode="marginal", bands=BANDS), kind="band"),
        reward("whole", rule("bands", mode="whole", bands=BANDS), kind="whole"),
        reward("share", rule("share_of_base", share="33%", at_least="0.07", at_most="20,000"), kind="share"),
        reward("units", rule("per_unit", amount="1.11", at_most="88"), kind="units"),
        id="incentive-b",
        all_levels={"share": "40%", "basis": "n8"},
        caps=[cap("each", "item", "15,000"), cap("firm", "entity", "22,222.22")],
    ),
    incentive(
        reward("share", rule("share_of_base", share="1.7%")),
        reward("bands", rule("bands", mode="marginal", bands=BANDS)),
        combine="sum",
        id="incentive-c",
    ),
)


@pytest.fixture(autouse=True)
def _tell_the_seed() -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")


@st.composite
def policies(draw: st.DrawFn, key: str) -> Policy:
    """Premium paid in up to four instalments and up to three returns, never more than was paid by then."""
    moved: list[Premium] = []
    borne = tax_borne = 0
    for on in sorted(draw(st.lists(DAYS, min_size=1, max_size=7))):
        if borne and draw(st.booleans()):
            back = draw(st.integers(1, borne) | st.just(borne))
            # Net of tax too, no more comes back than was paid: the tax in it is at least what net cannot bear.
            tax = draw(st.integers(max(0, back - (borne - tax_borne)), min(back, tax_borne)))
            moved.append(Premium(on, -back, -tax))
            borne, tax_borne = borne - back, tax_borne - tax
        else:
            fen = draw(st.integers(1, 3_000_000))
            tax = draw(st.integers(0, fen // 10))
            moved.append(Premium(on, fen, tax))
            borne, tax_borne = borne + fen, tax_borne + tax
    paid = sum(one.amount_fen for one in moved if one.amount_fen > 0)
    made = policy(
        key,
        liability=plain_yuan(draw(st.integers(0, 100_000_000))),
        contract=plain_yuan(draw(st.integers(1, 20_000_000))),
        uscc=draw(FIRMS),
        item=draw(st.sampled_from(["launch 1", "launch 2"])),
        cover_year=draw(st.integers(1, 4)),
    )
    return replace(made, premiums=tuple(moved), premium_fen=draw(st.integers(1, paid)))


@st.composite
def claims(draw: st.DrawFn, key: str) -> Claim:
    return claim(
        key,
        plain_yuan(draw(st.integers(1, 20_000_000))),
        draw(DAYS).isoformat(),
        uscc=draw(FIRMS),
        units=draw(st.integers(1, 99)),
        other_levels_fen=draw(st.integers(0, 300_000) | st.just(0)),
        attributes={"kind": draw(st.sampled_from(["band", "whole", "share", "units"]))},
    )


@st.composite
def premium_lines(draw: st.DrawFn) -> list[ItemLine]:
    count = draw(st.integers(1, 5))
    return [
        line(draw(policies(f"P{place}")), draw(st.sampled_from(PREMIUM_NOTICES)), ceiling=draw(CEILINGS))
        for place in range(count)
    ]


@st.composite
def incentive_lines(draw: st.DrawFn) -> list[ItemLine]:
    count = draw(st.integers(1, 6))
    return [
        line(draw(claims(f"C{place}")), draw(st.sampled_from(INCENTIVE_NOTICES)), ceiling=draw(CEILINGS))
        for place in range(count)
    ]


GROUPS = premium_lines() | incentive_lines()
OUTSIDE = st.lists(
    st.builds(
        outside,
        st.sampled_from(["0.01", "77.77", "5,000"]),
        due=st.sampled_from(["2024-02-01", "2025-01-01", "2025-02-01"]),
        notice=st.sampled_from(["premium-a", "premium-b", "incentive-a", "incentive-b"]),
        uscc=FIRMS,
        line=st.sampled_from(["", "G-C0", "G-P0"]),
    ),
    max_size=3,
)


def parts_by_due(results: list[ItemResult]) -> dict[tuple[str, str], int]:
    return {
        (result.line.id, period["due"]): period["award_fen"]
        for result in results
        for period in result.digest["periods"]
    }


def calculated(lines: list[ItemLine], paid: list[Outside], through: date = END) -> list[ItemResult]:
    return results_of(*lines, through=through.isoformat(), outside=paid)


@seed(SEED)
@settings(deadline=None, max_examples=examples(150))
@given(GROUPS, OUTSIDE)
def test_parts_sum_to_the_award_and_none_ends_below_zero(lines: list[ItemLine], paid: list[Outside]) -> None:
    for result in calculated(lines, paid):
        digest = result.digest
        awarded = [period["award_fen"] for period in digest["periods"]]
        assert sum(awarded) == digest["award_fen"] == sum(part.award_fen for part in result.parts)
        assert all(sum(awarded[:place]) >= 0 for place in range(len(awarded) + 1))
        assert all(sum(awarded[:place]) <= result.line.grant.ceiling_fen for place in range(len(awarded) + 1))
        assert digest["withheld_fen"] >= 0


@seed(SEED)
@settings(deadline=None, max_examples=examples(150))
@given(GROUPS, OUTSIDE)
def test_no_cap_is_exceeded(lines: list[ItemLine], paid: list[Outside]) -> None:
    """Each cap added up again from the digests alone; what was paid outside may exceed one by itself."""
    used: dict[tuple[str, ...], int] = defaultdict(int)
    for result in calculated(lines, paid):
        one = result.line
        for period in result.digest["periods"]:
            year = str((date.fromisoformat(period["due"]) - timedelta(days=1)).year)
            for limit in one.notice.caps:
                own = {"entity": one.entity.uscc, "item": one.own("item"), "year": year}
                used[one.notice.id, limit.id, *(own[name] for name in limit.per)] += period["award_fen"]
    calculated_lines = {one.id for one in lines}
    for notice in (*PREMIUM_NOTICES, *INCENTIVE_NOTICES):
        for limit in notice.caps:
            for key, fen in used.items():
                if key[:2] != (notice.id, limit.id):
                    continue
                taken = sum(
                    row.amount_fen
                    for row in paid
                    if row.line not in calculated_lines
                    and row.notice in {notice.id, *limit.shared_with}
                    and (notice.id, limit.id, *(_of(row, name) for name in limit.per)) == key
                )
                assert fen <= max(0, limit.amount - taken), key


def _of(row: Outside, dimension: str) -> str:
    return {"entity": row.uscc, "item": row.loan, "year": str((row.due - timedelta(days=1)).year)}[dimension]


@seed(SEED)
@settings(deadline=None, max_examples=examples(100))
@given(GROUPS, OUTSIDE, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_arrive_is_of_no_matter(
    lines: list[ItemLine], paid: list[Outside], chance: random.Random
) -> None:
    expected = calculated(lines, paid)
    shuffled = [replace(one, item=_shuffled(one.item, chance)) for one in lines]
    chance.shuffle(shuffled)
    chance.shuffle(paid)
    again = calculated(shuffled, paid)
    assert [result.digest for result in again] == [result.digest for result in expected]
    assert [render_item(result) for result in again] == [render_item(result) for result in expected]


def _shuffled(item: Any, chance: random.Random) -> Any:
    if not isinstance(item, Policy):
        return item
    return replace(item, premiums=tuple(chance.sample(item.premiums, len(item.premiums))))


@seed(SEED)
@settings(deadline=None, max_examples=examples(100))
@given(GROUPS, OUTSIDE, CUTS)
def test_splitting_the_calendar_moves_nothing(lines: list[ItemLine], paid: list[Outside], cuts: list[date]) -> None:
    """What was due by a day is due by every later one: nothing is added to it, nothing taken away.

    A day before what a line was paid elsewhere holds the line (`opening_ahead`): there is nothing to compare.
    """
    names = {line.id for line in lines}
    last_paid = max((one.due for one in paid if one.line in names), default=date.min)
    final = parts_by_due(calculated(lines, paid))
    # On the days on which something falls due, and the day before each, besides any others.
    dues = sorted({date.fromisoformat(due) for _, due in final})[:4]
    for cut in [*cuts, *dues, *(due - timedelta(days=1) for due in dues)]:
        if cut < last_paid:
            continue
        so_far = parts_by_due(calculated(lines, paid, cut))
        assert so_far == {key: fen for key, fen in final.items() if date.fromisoformat(key[1]) <= cut}


def amounts(*edges: int) -> st.SearchStrategy[list[int]]:
    """Amounts far from each other, some fen apart, or some fen around one of the edges of bands and bounds, in fen."""
    near = st.lists(st.integers(0, 12), min_size=2, max_size=6)
    return (
        st.lists(st.integers(1, 30_000_000), min_size=2, max_size=6)
        | st.builds(_from, st.integers(1, 30_000_000), near)
        | st.builds(_from, st.sampled_from(edges).map(lambda edge: edge - 5), near)
    )


def _from(least: int, more: list[int]) -> list[int]:
    return [least + each for each in more]


@seed(SEED)
@settings(deadline=None, max_examples=examples(150))
@given(amounts(1_000, 100_000, 5_000_000), st.sampled_from(["share", "bands", "sum"]))
def test_a_larger_base_never_gets_less(bases: list[int], kind: str) -> None:
    share, bands = rule("share_of_base", share="33%", at_least="1"), rule("bands", mode="marginal", bands=BANDS)
    rewards = {"share": [reward("s", share)], "bands": [reward("b", bands)]}
    rewards["sum"] = rewards["share"] + rewards["bands"]
    notice = incentive(*rewards[kind], combine="sum" if kind == "sum" else "one")
    rising = [line(claim(f"C{place}", plain_yuan(fen)), notice) for place, fen in enumerate(sorted(bases))]
    awarded = [result.digest["award_fen"] for result in results_of(*rising)]
    assert awarded == sorted(awarded)


@seed(SEED)
@settings(deadline=None, max_examples=examples(150))
@given(amounts(12_000_000))
def test_a_larger_premium_never_gets_less(premiums: list[int]) -> None:
    notice = premium_notice(max_rate="3%")
    rising = [
        line(policy(f"P{place}", ("2024-05-10", plain_yuan(fen)), liability="4,000,000"), notice)
        for place, fen in enumerate(sorted(premiums))
    ]
    awarded = [result.digest["award_fen"] for result in results_of(*rising)]
    assert awarded == sorted(awarded)


@seed(SEED)
@settings(deadline=None, max_examples=examples(150))
@given(st.lists(st.tuples(DAYS, st.integers(1, 20_000_000)), min_size=1, max_size=6), st.integers(0, 1_200_000))
def test_a_ladder_pays_the_highest_rung_once_and_nothing_twice(
    reached: list[tuple[date, int]], before_fen: int
) -> None:
    notice = incentive(reward("ladder", LADDER))
    lines = [line(claim(f"C{n}", plain_yuan(fen), on.isoformat()), notice) for n, (on, fen) in enumerate(reached)]
    results = results_of(*lines, outside=[outside(plain_yuan(before_fen))])
    highest = max(fen for _on, fen in reached)
    rungs = [parse_yuan(amount) for reach, amount in RUNGS if parse_yuan(reach) <= highest]
    # What was paid outside counts as paid; beyond the highest rung it cannot be taken back.
    assert sum(result.digest["award_fen"] for result in results) == max(0, max(rungs, default=0) - before_fen)


@seed(SEED)
@settings(deadline=None, max_examples=examples(150))
@given(policies("P"))
def test_a_premium_pays_its_share_of_what_is_borne_to_half_a_fen(one: Policy) -> None:
    """Without caps the award is the exact share of the premium that counts of what is borne at last."""
    share = {1: Exact(9, 10), 2: Exact(33, 100), 3: Exact(1, 8), 4: Exact(1, 8)}[one.cover_year]
    digest = results_of(line(one, premium_notice(*BY_YEAR, max_rate="3%")))[0].digest
    # The ceiling is rounded down to the fen.
    counted = min(one.base_fen, one.liability_fen * 3 // 100)
    assert abs(digest["award_fen"] - share * counted) <= Exact(1, 2)
    if one.base_fen == 0:
        assert digest["award_fen"] == 0


@seed(SEED)
@settings(deadline=None, max_examples=examples(150))
@given(st.integers(1, 20_000_000), st.integers(1, 4))
def test_each_extra_rounding_moves_at_most_half_a_fen(base_fen: int, components: int) -> None:
    """A sum of components rounds once for each: it lies within as many halves of a fen from the exact sum."""
    shares = [Exact(17 * place, 1000) for place in range(1, components + 1)]
    notice = incentive(
        *(
            reward(f"s{place}", rule("share_of_base", share=f"{1.7 * place:.1f}%"))
            for place in range(1, components + 1)
        ),
        combine="sum" if components > 1 else "one",
    )
    awarded = results_of(line(claim("C", plain_yuan(base_fen)), notice))[0].digest["award_fen"]
    assert abs(awarded - sum(shares) * base_fen) <= Exact(components, 2)


@seed(SEED)
@settings(deadline=None, max_examples=examples(100))
@given(policies("P"), st.sampled_from(["9,999.99", "77.77", "0.01"]), CEILINGS)
def test_what_is_awarded_is_what_is_claimed_at_last_within_the_limits(one: Policy, limit: str, ceiling: str) -> None:
    """A cap per item and a ceiling look at what a claim has come to, not at how it came there."""
    notice = premium_notice(*BY_YEAR, caps=[cap("each", "item", limit)])
    (result,) = results_of(line(one, notice, ceiling=ceiling))
    claimed = 0
    for part in result.parts:
        claimed += part.claim_fen
    assert 0 <= result.digest["award_fen"] <= min(claimed, parse_yuan(limit), parse_yuan(ceiling))
    assert result.digest["award_fen"] == min(claimed, parse_yuan(limit), parse_yuan(ceiling))


@seed(SEED)
@settings(deadline=None, max_examples=examples(100))
@given(policies("P"), st.sampled_from(["9,999.99", "77.77", "0.01"]), CEILINGS)
def test_in_proportion_a_return_takes_of_the_award_what_it_is_of_the_premium(
    one: Policy, limit: str, ceiling: str
) -> None:
    """To half a fen, and never more than is claimed at last."""
    returned = {"rule": "award_proportional", "basis": "n8"}
    notice = premium_notice(*BY_YEAR, caps=[cap("each", "item", limit)], returned=returned)
    (result,) = results_of(line(one, notice, ceiling=ceiling))
    claimed = awarded = borne = 0
    for part in result.parts:
        before_fen, uncut = awarded, awarded == claimed
        claimed, awarded = claimed + part.claim_fen, awarded + part.award_fen
        assert 0 <= awarded <= claimed
        if part.base_fen < borne and not uncut:
            kept = Exact(part.base_fen, borne) * before_fen
            assert abs(awarded - min(kept, claimed)) <= Exact(1, 2)
        borne = part.base_fen


@seed(SEED)
@settings(deadline=None, max_examples=examples(100))
@given(GROUPS, OUTSIDE)
def test_every_worksheet_survives_a_gbk_console_and_ends_in_its_award(
    lines: list[ItemLine], paid: list[Outside]
) -> None:
    for result in calculated(lines, paid):
        sheet = render_item(result)
        sheet.encode("gbk")
        assert sheet.splitlines()[-1].split() == ["award", format_yuan(result.digest["award_fen"])]
        days = [part.on for part in result.parts]
        assert all(first < second for first, second in pairwise(days))
