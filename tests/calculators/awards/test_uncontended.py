"""Which lines nothing binds; that the passes come to the same for them holds over histories in filling_properties."""

from datetime import date

import pytest

from calculators.awards.caps import CappedLine, Fill, Key, Posted, pools_of
from calculators.awards.filling import fill
from calculators.awards.lines import ItemPart, Proportion
from calculators.awards.loan_parts import Part, Timeline
from calculators.awards.taking import Room
from calculators.awards.uncontended import settle_uncontended
from calculators.interest.segments import Period
from calculators.money import Exact
from calculators.notices.incentive import IncentiveNotice
from tests.calculators import lending
from tests.calculators.items import cap, claim, incentive, line, outside, reward, rule
from tests.calculators.lending import day

DUE = day("2024-05-11")


def claiming(key: str, firm: str, fen: int, cap_of_firm: str, ceiling: str = "90,000") -> CappedLine:
    """A line with one part on 10 May that claims so many fen, under a cap per firm."""
    rules = incentive(reward("fixed", rule("fixed", amount="1")), caps=[cap("firm", "entity", cap_of_firm)])
    one = line(claim(key, uscc=firm), rules, ceiling=ceiling)
    return CappedLine(one, [ItemPart(rules, day("2024-05-10"), 0, fen)])


def left(*lines: CappedLine, posted: dict[str, Posted] | None = None) -> list[str]:
    """The ids of the lines that something may bind."""
    found = settle_uncontended(lines, pools_of(lines), {}, posted or {}, None, {})
    return [one.line.id for one in found]


@pytest.mark.parametrize(("fen", "bound"), [(60_000, []), (60_001, ["G-A", "G-B"])])
def test_a_firm_whose_claims_reach_its_cap_is_free_and_one_fen_more_binds_it_all(fen: int, bound: list[str]) -> None:
    """400.00 and 600.00 yuan are the cap's 1,000.00; the other firm's 999.99 is nobody else's matter."""
    first, second, other = (
        claiming("A", "E1", 40_000, "1,000"),
        claiming("B", "E1", fen, "1,000"),
        claiming("C", "E2", 99_999, "1,000"),
    )
    assert left(first, second, other) == bound
    assert [part.award_fen for part in other.parts] == [99_999]
    assert [part.award_fen for part in first.parts] == ([0] if bound else [40_000])


def test_a_line_above_its_ceiling_binds_those_that_share_a_key_with_it() -> None:
    assert left(claiming("A", "E1", 101, "1,000", ceiling="1"), claiming("B", "E1", 1, "1,000")) == ["G-A", "G-B"]


def test_what_stands_under_a_cap_that_the_last_digest_did_not_know_is_looked_at() -> None:
    """Without the key in what is posted its due days say what stands there."""
    one = claiming("A", "E1", 100, "1,000")
    assert left(one, posted={"G-A": Posted({DUE: 100}, {}, DUE)}) == ["G-A"]


def test_what_is_posted_on_a_later_part_stays_there_under_a_limit_that_grows() -> None:
    """Three of five fen were posted with the later part; its claim moved to the earlier one, and nothing is lowered."""
    rules = lending.notice(caps=[lending.cap("drawn", "loan", share_of_drawdown="1%")])
    lent = lending.line(lending.loan("A", {"2023-12-01": "10,000"}, "2026-01-01"), rules)
    timeline = Timeline(lent.loan.day_count, list)

    def claimed(earlier: int, later: int) -> CappedLine:
        parts = [
            Part(Period(first, end), first, end, lent.versions[0], timeline)
            for first, end in ((day("2024-01-20"), day("2024-02-20")), (day("2024-02-20"), day("2024-03-20")))
        ]
        for part, fen in zip(parts, (earlier, later), strict=True):
            part.claim_fen = fen
        return CappedLine(lent, parts)

    before = claimed(0, 3)
    fill([before], [])
    (key,) = before.fills
    posted = {lent.id: Posted({day("2024-03-20"): 3}, {key: 3}, day("2024-03-21"))}
    moved, as_posted = claimed(5, 0), claimed(2, 3)
    assert left(moved, posted=posted) == [lent.id]
    assert left(as_posted, posted=posted) == []
    fill([moved], [], posted)
    assert [part.award_fen for part in moved.parts] == [2, 3]


FIRM: Key = (("cap", "firm"), ("entity", "E1"), ("notice", "test-notice"))


def test_what_a_free_line_says_of_its_keys() -> None:
    """Of 1,000.00 A has 400.00 and B 100.00; 5.00 were paid outside, 7.00 stand on a line of another run."""
    first, second = claiming("A", "E1", 40_000, "1,000"), claiming("B", "E1", 10_000, "1,000")
    rooms = {FIRM: Room(outside_fen=500, posted_fen=700)}
    posted = {"G-A": Posted({DUE: 300}, {FIRM: 300}, DUE)}
    assert settle_uncontended([first, second], pools_of([first, second]), rooms, posted, None, {}) == []
    assert first.fills == {FIRM: Fill(FIRM, 100_000, 100_000, 500, 10_700, 0, 40_000, 300)}
    assert second.fills == {FIRM: Fill(FIRM, 100_000, 100_000, 500, 40_700, 0, 10_000, 0)}


@pytest.mark.parametrize(
    ("room", "bound"),
    [
        (Room(outside_fen=50_000, posted_fen=10_000), []),
        (Room(outside_fen=50_001, posted_fen=10_000), ["G-A"]),
        (Room(outside_fen=50_000, posted_fen=10_001), ["G-A"]),
    ],
    ids=["full", "paid_outside", "posted"],
)
def test_what_was_paid_outside_and_what_stands_elsewhere_take_room(room: Room, bound: list[str]) -> None:
    """400.00 claimed, 500.00 paid outside and 100.00 on other lines are 1,000.00."""
    one = claiming("A", "E1", 40_000, "1,000")
    found = settle_uncontended([one], pools_of([one]), {FIRM: room}, {}, None, {})
    assert [left.line.id for left in found] == bound


def test_a_key_that_limits_nothing_is_used_up_all_the_same() -> None:
    """Notice A's cap is shared with B, which states none: B's claim counts at A's key, and nothing limits B itself."""
    states = incentive(
        reward("fixed", rule("fixed", amount="1")), id="a", caps=[cap("firm", "entity", "10", shared_with=["b"])]
    )
    shares = incentive(reward("fixed", rule("fixed", amount="1")), id="b")

    def both(fen: int) -> list[CappedLine]:
        made = [(line(claim("A"), states), states, 400), (line(claim("B"), shares), shares, fen)]
        return [CappedLine(one, [ItemPart(rules, day("2024-05-10"), 0, own)]) for one, rules, own in made]

    first, second = both(600)
    key = (("cap", "firm"), ("entity", "E1"), ("notice", "a"))
    assert left(first, second) == []
    assert second.fills == {key: Fill(key, None, None, 0, 400, 0, 600, 0)}
    # 4.00 and 6.01 are above 10.00: the one that the cap limits is bound, and with it who shares its key.
    assert left(*both(601)) == ["G-A", "G-B"]


def two_parts(earlier: int, later: int, **more: date) -> CappedLine:
    """A line of firm E1 that claims twice, in May and in June, under a cap of 10.00 per firm."""
    rules = incentive(reward("fixed", rule("fixed", amount="1")), caps=[cap("firm", "entity", "10")])
    parts = [ItemPart(rules, day(on), 0, fen) for on, fen in (("2024-05-10", earlier), ("2024-06-10", later))]
    return CappedLine(line(claim("A"), rules), parts, **more)


def test_the_claims_of_all_parts_count() -> None:
    """4.00 and 6.00 are the cap's 10.00, and one fen more is above it; what takes back anything is looked at."""
    assert left(two_parts(400, 600)) == []
    assert left(two_parts(400, 601)) == ["G-A"]
    assert left(two_parts(400, 0)) == []
    assert left(two_parts(400, -1)) == ["G-A"]


def test_a_line_that_is_held_or_gives_back_in_proportion_is_looked_at() -> None:
    assert left(two_parts(400, 600, held_from=day("2024-06-01"))) == ["G-A"]
    in_proportion = two_parts(400, 0)
    part = in_proportion.parts[1]
    assert isinstance(part, ItemPart)
    part.proportion = Proportion(Exact(1), 0)
    assert left(in_proportion) == ["G-A"]


def test_a_line_that_the_run_does_not_post_or_that_was_paid_outside_is_looked_at() -> None:
    one = claiming("A", "E1", 100, "1,000")
    pools = pools_of([one])
    assert settle_uncontended([one], pools, {}, {}, {"G-A"}, {}) == []
    assert settle_uncontended([one], pools, {}, {}, {"G-B"}, {}) == [one]
    paid = outside("0.01", due="2024-05-11", line="G-A")
    assert settle_uncontended([one], pools, {}, {}, None, {"G-A": [paid]}) == [one]
    assert settle_uncontended([one], pools, {}, {}, {"G-A"}, {"G-A": [paid]}) == [one]


YEARLY = incentive(
    reward("fixed", rule("fixed", amount="1")), caps=[cap("yearly", "entity year", "1", year_of="due_date")]
)


def in_year(key: str, year: str, fen: int, rules: IncentiveNotice = YEARLY) -> CappedLine:
    """A line of firm E1 that claims so many fen in May of a year, under a cap of 1.00 a year."""
    return CappedLine(line(claim(key), rules), [ItemPart(rules, day(f"{year}-05-10"), 0, fen)])


def of_year(year: str) -> Key:
    return (("cap", "yearly"), ("due_date", year), ("entity", "E1"), ("notice", "test-notice"))


@pytest.mark.parametrize(
    ("year", "stands", "award"),
    [
        ("2022", Posted({DUE: 1}, {of_year("2022"): 1}, DUE), 99),
        ("2023", Posted({day("2023-05-11"): 1}, {}, DUE), 99),
        ("2025", Posted({day("2023-05-11"): 1}, {}, DUE), 100),
    ],
    ids=["by_its_key", "by_its_due_day", "elsewhere"],
)
def test_what_stands_on_a_line_that_is_not_posted_takes_room(year: str, stands: Posted, award: int) -> None:
    """A claims in 2024 and keeps the fen that it has posted in another year; B claims the whole 1.00 of that year."""
    waits, other = in_year("A", "2024", 1), in_year("B", year, 100)
    lines, posted = [waits, other], {"G-A": stands}
    found = settle_uncontended(lines, pools_of(lines), {}, posted, {"G-B"}, {})
    assert [one.line.id for one in found] == (["G-A"] if award == 100 else ["G-A", "G-B"])
    fill(lines, [], posted, {"G-B"})
    assert [part.award_fen for part in other.parts] == [award]


@pytest.mark.parametrize("year", ["2023", "2025"])
def test_where_a_bound_line_was_paid_outside_nobody_is_free(year: str) -> None:
    bound, other = in_year("A", "2024", 1), in_year("B", year, 1)
    paid = outside("0.01", due="2023-05-11", line="G-A")
    found = settle_uncontended([bound, other], pools_of([bound, other]), {}, {}, None, {"G-A": [paid]})
    assert [one.line.id for one in found] == (["G-A"] if year == "2025" else ["G-A", "G-B"])


def lent(key: str, firm: str, lender: str, fen: int) -> CappedLine:
    """A loan's line that claims so many fen, under caps of 1.00 per firm and per lender."""
    rules = lending.notice(caps=[lending.cap("firm", "entity", "1"), lending.cap("bank", "lender", "1")])
    loan = lending.loan(key, {"2023-12-01": "10,000"}, "2026-01-01", uscc=firm, lender=lender)
    one = lending.line(loan, rules)
    first, end = day("2024-01-20"), day("2024-02-20")
    part = Part(Period(first, end), first, end, one.versions[0], Timeline(loan.day_count, list))
    part.claim_fen = fen
    return CappedLine(one, [part])


def test_a_line_is_bound_through_others_however_many_lie_between() -> None:
    """A is above its firm's cap, B is A's firm's too and C lends of B's bank; D shares nothing with any of them."""
    lines = [
        lent("A", "E1", "Bank One", 101),
        lent("B", "E1", "Bank Two", 1),
        lent("C", "E2", "Bank Two", 1),
        lent("D", "E3", "Bank Three", 100),
    ]
    for given in (lines, lines[::-1]):
        assert sorted(left(*given)) == ["G-A", "G-B", "G-C"]
    assert [part.award_fen for part in lines[3].parts] == [100]


def test_a_line_that_claims_all_of_its_ceiling_is_free() -> None:
    assert left(claiming("A", "E1", 100, "1,000", ceiling="1")) == []


@pytest.mark.parametrize(
    ("claims", "posted", "bound"),
    [
        # (month, fen): the first part lacks 3 of its 5, and nobody keeps them later.
        ([(1, 5), (2, 0)], {1: 2}, False),
        # The later part keeps 3 where it claims 1, and no earlier one lacks anything: it is lowered.
        ([(1, 2), (2, 1)], {1: 2, 2: 3}, False),
        ([(1, 3), (2, 1)], {1: 2, 2: 3}, True),
        ([(1, 3), (2, 3)], {1: 2, 2: 3}, False),
        # What lacks in the first is kept by the third, though the second has all that it claims.
        ([(1, 3), (2, 2), (3, 1)], {2: 2, 3: 2}, True),
        # Two parts of one due day: what the one keeps is not the other's.
        ([(1, 1), (2, 5), (2, 0)], {2: 5}, False),
        # Taken back more than was paid: nothing is kept there.
        ([(1, 1), (2, 0)], {2: -1}, False),
    ],
)
def test_whether_a_later_part_keeps_more_than_it_claims(
    claims: list[tuple[int, int]], posted: dict[int, int], bound: bool
) -> None:
    """Under a limit that grows a later part keeps what an earlier one lacks."""
    rules = lending.notice(caps=[lending.cap("drawn", "loan", share_of_drawdown="1%")])
    loan = lending.loan("A", {"2023-12-01": "10,000"}, "2026-01-01")
    one = lending.line(loan, rules)
    parts = []
    for month, fen in claims:
        first, end = date(2024, month, 1), date(2024, month, 20)
        part = Part(Period(first, end), first, end, one.versions[0], Timeline(loan.day_count, list))
        part.claim_fen = fen
        parts.append(part)
    key = (("cap", "drawn"), ("loan", "A"), ("notice", "test-notice"))
    stood = {date(2024, month, 20): fen for month, fen in posted.items()}
    found = left(CappedLine(one, parts), posted={"G-A": Posted(stood, {key: sum(stood.values())}, DUE)})
    assert found == (["G-A"] if bound else [])


def grown(*limits: tuple[str, int]) -> CappedLine:
    """A loan's line with a part per (drawn so far, claim in fen), under a cap of one per cent of what was drawn."""
    rules = lending.notice(caps=[lending.cap("drawn", "loan", share_of_drawdown="1%")])
    days = [date(2024, month, 20) for month in range(1, len(limits) + 2)]
    drawn = {on.isoformat(): amount for on, (amount, _fen) in zip(days, limits, strict=False)}
    loan = lending.loan("A", drawn, "2026-01-01")
    one = lending.line(loan, rules)
    parts = []
    for first, end, (_amount, fen) in zip(days, days[1:], limits, strict=False):
        part = Part(Period(first, end), first, end, one.versions[0], Timeline(loan.day_count, list))
        part.claim_fen = fen
        parts.append(part)
    return CappedLine(one, parts)


def test_the_lowest_limit_on_any_part_must_reach_for_all() -> None:
    """One per cent of 100 yuan is 1.00, of 300 in all 3.00: both parts come to 1.01, above the first limit."""
    free, bound = grown(("100", 60), ("200", 40)), grown(("100", 60), ("200", 41))
    assert left(free) == []
    (found,) = free.fills.values()
    assert (found.limit_fen, found.most_fen, found.own_fen) == (300, 300, 100)
    assert left(bound) == ["G-A"]
