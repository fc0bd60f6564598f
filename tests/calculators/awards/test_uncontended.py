"""Which lines nothing binds; that the passes come to the same for them holds over histories in filling_properties."""

import pytest

from calculators.awards.caps import CappedLine, Posted, pools_of
from calculators.awards.filling import fill
from calculators.awards.lines import ItemPart
from calculators.awards.loan_parts import Part, Timeline
from calculators.awards.uncontended import settle_uncontended
from calculators.interest.segments import Period
from tests.calculators import lending
from tests.calculators.items import cap, claim, incentive, line, reward, rule
from tests.calculators.lending import day

DUE = day("2024-05-11")


def claiming(key: str, firm: str, fen: int, cap_of_firm: str, ceiling: str = "90,000") -> CappedLine:
    """A line with one part on 10 May that claims so many fen, under a cap per firm."""
    rules = incentive(reward("fixed", rule("fixed", amount="1")), caps=[cap("firm", "entity", cap_of_firm)])
    one = line(claim(key, uscc=firm), rules, ceiling=ceiling)
    return CappedLine(one, [ItemPart(rules, day("2024-05-10"), 0, fen)])


def left(*lines: CappedLine, posted: dict[str, Posted] | None = None) -> list[str]:
    """The ids of the lines that something may bind."""
    found = settle_uncontended(lines, pools_of(one.line for one in lines), {}, posted or {}, None, {})
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
