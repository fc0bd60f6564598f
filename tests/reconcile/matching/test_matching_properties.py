"""What holds of matching whatever the lines: order and files do not matter, sums tie, nothing is matched wrongly."""

import random
from collections import defaultdict

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.reconcile.matching import Kind, Line, Match, Outcome, Payout, match
from ledger.reconcile.matching.subsets import exact
from tests.reconcile.worlds import crowded, paid_world
from tests.support.seeds import examples

SEEDS = st.integers(0, 10**9)


@given(seed=SEEDS, order=st.randoms(use_true_random=False))
@settings(max_examples=examples(300), deadline=None)
def test_no_order_matters(seed: int, order: random.Random) -> None:
    lines, payouts = crowded(seed)
    found = match(lines, payouts)
    order.shuffle(lines)
    order.shuffle(payouts)
    assert match(lines, payouts) == found


def in_files(lines: list[Line], payouts: list[Payout], cuts: list[int]) -> Outcome:
    """The outcome of matching after each file: a file holds the days up to a cut, the last one all that is left."""
    decided: list[Match] = []
    seen = frozenset[str]()
    for cut in [*sorted(cuts), 10**9]:
        # Payouts of days to come are not known yet.
        here = [one for one in lines if one.day <= cut]
        found = match(here, [one for one in payouts if one.day <= cut], decided, seen)
        decided = remaining(decided, found)
        seen = frozenset(one.id for one in here)
    return found._replace(matches=tuple(sorted(decided)), undone=())


def remaining(decided: list[Match], found: Outcome) -> list[Match]:
    """The matches in force after a call: those before that no reversal took back, and the new ones."""
    fallen = [one for one, _by in found.undone]
    return [*(one for one in decided if one not in fallen), *found.matches]


@given(seed=SEEDS, cuts=st.lists(st.integers(739_000, 739_012), max_size=4))
@settings(max_examples=examples(400), deadline=None)
def test_cutting_a_statement_into_files_by_days_changes_nothing(seed: int, cuts: list[int]) -> None:
    lines, payouts = crowded(seed)
    assert in_files(lines, payouts, cuts) == match(lines, payouts)


@given(seed=SEEDS, cut=st.integers(1, 13))
@example(seed=21903, cut=6)  # what a reversal takes back comes with a later file,
@example(seed=783796, cut=9)  # also when the reversal had been taken for a return,
@example(seed=456459470, cut=9)  # or a later file shows that it may take back another line just as well
@example(seed=624207, cut=1)  # and of a payment that came back the bank takes nothing back by itself
@settings(max_examples=examples(300), deadline=None)
def test_a_later_file_of_whatever_days_disturbs_nothing_decided(seed: int, cut: int) -> None:
    lines, payouts = crowded(seed)
    first = match(lines[:cut], payouts)
    second = match(lines, payouts, first.matches, frozenset(one.id for one in lines[:cut]))
    kept = remaining(list(first.matches), second)
    check_sums(lines, payouts, kept)
    again = match(lines, payouts, kept, frozenset(one.id for one in lines))
    assert (again.matches, again.undone, again.listed) == ((), (), second.listed)
    # Only what the bank itself took back has fallen, or what a reversal took back that may be another line's by now.
    takes_back = {line: one for one in second.matches if one.kind is Kind.REVERSAL for line in one.lines}
    for fallen, by in second.undone:
        assert next(one for one in lines if one.id == by).reversal
        now = takes_back.get(by)
        assert {*now.lines} & {*fallen.lines} if now else (fallen.kind is Kind.REVERSAL and by in fallen.lines)
    moved = {line for one, _by in second.undone for line in one.lines}
    assert {one for one in first.matches if not moved & {*one.lines}} <= {*kept}


@given(seed=SEEDS)
@settings(max_examples=examples(300), deadline=None)
def test_every_line_has_one_place_and_sums_tie(seed: int) -> None:
    lines, payouts = crowded(seed)
    found = match(lines, payouts)
    placed = [name for one in (*found.matches, *found.listed) for name in one.lines]
    assert sorted(placed) == sorted(one.id for one in lines)
    used = check_sums(lines, payouts, found.matches)
    assert found.open_fen == {one.id: one.amount_fen - used[one.id] for one in payouts}


def check_sums(lines: list[Line], payouts: list[Payout], matches: list[Match] | tuple[Match, ...]) -> dict[str, int]:
    """No line twice; lines sum to shares; nothing is paid beyond its amount nor comes back beyond what was paid."""
    amounts = {one.id: one.amount_fen for one in lines}
    in_matches = [name for one in matches for name in one.lines]
    assert len(in_matches) == len(set(in_matches))
    used: dict[str, int] = defaultdict(int)
    back: dict[str, int] = defaultdict(int)
    for one in matches:
        total = sum(share.amount_fen for share in one.payouts)
        assert sum(amounts[name] for name in one.lines) == one.amount_fen
        if one.kind is Kind.RETURN:
            assert total == one.amount_fen > 0
        elif one.kind is Kind.REVERSAL:
            assert (one.amount_fen, one.payouts) == (0, ())
        elif one.kind in (Kind.FEE, Kind.INTEREST):
            assert one.payouts == ()
        else:
            assert total == -one.amount_fen > 0
        for share in one.payouts:
            assert share.amount_fen > 0
            (back if one.kind is Kind.RETURN else used)[share.payout] += share.amount_fen
    for one in payouts:
        assert used[one.id] <= one.amount_fen
        assert back[one.id] <= max(used[one.id], one.paid_fen)
    return used


@given(seed=SEEDS)
@settings(max_examples=examples(300), deadline=None)
def test_no_match_is_wrong(seed: int) -> None:
    world = paid_world(seed)
    found = match(world.lines, world.payouts)
    wrong = [
        (one.rule, one.lines, one.payouts)
        for one in found.matches
        if {name for line in one.lines for name in world.truth[line]} != {share.payout for share in one.payouts}
    ]
    assert wrong == []


def test_most_of_a_year_of_payments_is_matched() -> None:
    # Not only never wrong: of 200 worlds, at least nine lines in ten that bear more than an amount are matched.
    theirs = matched = 0
    for seed in range(200):
        world = paid_world(seed)
        found = match(world.lines, world.payouts)
        done = {name for one in found.matches for name in one.lines}
        bare = {one.id for one in world.lines if not (one.references or one.parts or one.payee)}
        ours = {name for name, paid in world.truth.items() if paid} - bare
        theirs += len(ours)
        matched += len(ours & done)
    assert matched * 10 >= theirs * 9, f"{matched} of {theirs}"


@given(
    amounts=st.lists(st.integers(1, 30), min_size=1, max_size=11), total=st.integers(1, 150), smallest=st.integers(1, 2)
)
@settings(max_examples=examples(400), deadline=None)
def test_subsets_are_those_that_trying_all_finds(amounts: list[int], total: int, smallest: int) -> None:
    every = {
        tuple(place for place in range(len(amounts)) if mask >> place & 1)
        for mask in range(1 << len(amounts))
        if sum(amounts[place] for place in range(len(amounts)) if mask >> place & 1) == total
    }
    wanted = {one for one in every if len(one) >= smallest}
    found = exact(amounts, total, smallest)
    assert found.complete
    assert set(found.subsets) <= wanted
    assert len(found.subsets) == min(len(wanted), 2)


def test_an_unrelated_debit_to_a_payee_is_seldom_taken_for_a_sum() -> None:
    """100 open batches of 12 payouts to few payees: of 3,000 debits that are none of them, at most 1 in 1,000."""
    draw = random.Random(20_241_101)
    payouts = [
        Payout(
            f"S{n:05}", 739_000 + n // 120, draw.randrange(10_000, 50_000_000), payee=f"p{n % 100}", batch=f"B{n // 12}"
        )
        for n in range(1_200)
    ]
    wrong = 0
    for n in range(3_000):
        stranger = Line("a", 739_000 + draw.randrange(12), -draw.randrange(10_000, 90_000_000), payee=f"p{n % 100}")
        own = [one for one in payouts if one.payee == stranger.payee]
        wrong += bool(match([stranger], own).matches)
    assert wrong <= 3
