"""Loans and items calculated together: caps shared between notices of different types, one support over all types.

The loan bears 100.00 a day at 2 points: drawn 2024-01-20 and settled on the 20th it claims 3,100.00, 2,900.00,
3,100.00, 3,000.00. The claim is a fixed 4,000.00, achieved on 10 March, so due on the 11th.
"""

from dataclasses import replace
from itertools import permutations
from typing import Any

from calculators.awards.all import Partition, calculate_all, calculated_with
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine, Outside
from calculators.explain.item import render_item
from calculators.notices.incentive import IncentiveNotice
from calculators.notices.loan import LoanNotice
from tests.calculators import items, lending
from tests.calculators.lending import LPR, cap, day, loan, notice


def award(amount: str = "4,000", **changes: Any) -> IncentiveNotice:
    fixed = items.reward("fixed", items.rule("fixed", amount=amount))
    return items.incentive(fixed, **{"id": "notice-i", **changes})


def borrowed(rules: LoanNotice, key: str = "L", **more: Any) -> AwardLine:
    return lending.line(loan(key, {"2024-01-20": "1,800,000"}, "2024-05-20"), rules, **more)


def achieved(rules: IncentiveNotice, **more: Any) -> AwardLine:
    return items.line(items.claim("K", achieved_on="2024-03-10"), rules, **more)


def results_of(*lines: AwardLine, **more: Any) -> list[AwardResult]:
    return calculate_all(Partition(lines, LPR, "lpr@test", day("2030-01-01"), **more))


def figures(results: list[AwardResult]) -> dict[str, list[int]]:
    """Line id -> award per period in yuan."""
    return {result.line.id: [period["award_fen"] // 100 for period in result.digest["periods"]] for result in results}


# One amount of 8,000 per firm, stated on both sides.
LOANS = notice(id="notice-l", caps=[cap("joint", "entity", "8,000", shared_with=["notice-i"])])
CLAIMS = award(caps=[items.cap("joint", "entity", "8,000", shared_with=["notice-l"])])


def test_a_cap_stated_by_both_notices_limits_both() -> None:
    # Each side's cap is an amount of its own that both use up. 20 February 3,100; 11 March 4,000; 20 March 900 left.
    assert figures(results_of(borrowed(LOANS), achieved(CLAIMS))) == {"G-K": [4000], "G-L": [3100, 900, 0, 0]}


def test_a_cap_stated_by_one_notice_limits_only_its_lines() -> None:
    assert figures(results_of(borrowed(notice(id="notice-l")), achieved(CLAIMS))) == {
        "G-K": [4000],
        "G-L": [3100, 2900, 3100, 3000],
    }
    # The other way round the loan's cap counts the claim: 8,000 - 4,000 are left for the loan.
    assert figures(results_of(borrowed(LOANS), achieved(award()))) == {"G-K": [4000], "G-L": [3100, 900, 0, 0]}


def test_an_event_of_new_years_day_uses_up_the_new_year() -> None:
    # 8,000 a year by accrual days. 2024: 3,100, 3,000 and 12 days, 1,200. 2025: the claim 4,000, then 19 days, 1,900,
    # and of the last 3,100 the 2,100 left.
    rules = notice(
        id="notice-l",
        caps=[cap("calendar", "entity year", "8,000", year_of="accrual_day", shared_with=["notice-i"])],
    )
    lent = lending.line(loan("L", {"2024-10-20": "1,800,000"}, "2025-02-20"), rules)
    claimed = items.line(items.claim("K", achieved_on="2025-01-01"), award())
    assert figures(results_of(lent, claimed)) == {"G-K": [4000], "G-L": [3100, 3000, 3100, 2100]}


def test_a_cap_per_item_is_used_up_by_the_loan_that_is_the_item() -> None:
    each = award(caps=[items.cap("each", "item", "5,000", shared_with=["notice-l"])])
    lent, other = borrowed(notice(id="notice-l")), items.line(items.claim("L", achieved_on="2024-03-10"), each)
    # 3,100 of 5,000 went to loan L on 20 February; K is another item.
    assert figures(results_of(lent, replace(other, id="G-M"))) == {"G-L": [3100, 2900, 3100, 3000], "G-M": [1900]}
    assert figures(results_of(lent, achieved(each)))["G-K"] == [4000]


def test_the_worksheet_says_what_others_used_and_which_cap_bound() -> None:
    tight = award(
        "6,000",
        caps=[
            items.cap("joint", "entity", "8,000", shared_with=["notice-l"]),
            items.cap("own", "entity", "9,000"),
        ],
    )
    result = next(one for one in results_of(borrowed(LOANS), achieved(tight)) if one.line.id == "G-K")
    sheet = render_item(result).splitlines()
    # 3,100 of 8,000 went to the loan on 20 February; 4,900 are left of the 6,000 claimed.
    assert " cap           joint 8,000, used 3,100: binding" in sheet
    assert " cap           own 9,000, used 0: not binding" in sheet
    assert sheet[-1] == " award         4,900.00"


def test_paid_outside_uses_up_a_shared_cap_of_either_type() -> None:
    paid = Outside("notice-i", "E1", "", "", "", day("2024-01-01"), 500_000)
    # 3,000 are left: all to the loan on 20 February, which ends before the claim falls due.
    assert figures(results_of(borrowed(LOANS), achieved(CLAIMS), outside=[paid])) == {
        "G-K": [0],
        "G-L": [3000, 0, 0, 0],
    }


def test_the_order_of_the_lines_is_of_no_matter() -> None:
    lines = borrowed(LOANS), borrowed(LOANS, "M"), achieved(CLAIMS)
    found = [[result.digest for result in results_of(*each)] for each in permutations(lines)]
    assert all(one == found[0] for one in found)


def test_lines_of_one_type_alone_come_out_as_that_type_calculates_them() -> None:
    lines = borrowed(LOANS), borrowed(LOANS, "M")
    assert [result.digest for result in results_of(*lines)] == [result.digest for result in lending.results_of(*lines)]
    claim = achieved(CLAIMS)
    assert [result.digest for result in results_of(claim)] == [result.digest for result in items.results_of(claim)]


def test_one_support_per_firm_and_fund_year_counts_every_type() -> None:
    one = [{"kind": "one_support_per_year", "assumption": "true"}]
    loans, claims = notice(id="notice-l", eligibility=one), award(eligibility=one)
    first = borrowed(loans, granted_on="2024-01-02"), achieved(claims, granted_on="2024-01-03")
    assert {result.line.id: result.digest["eligible"] for result in results_of(*first)} == {"G-L": True, "G-K": False}
    then = borrowed(loans, granted_on="2024-01-04"), achieved(claims, granted_on="2024-01-03")
    assert {result.line.id: result.digest["eligible"] for result in results_of(*then)} == {"G-L": False, "G-K": True}


def test_lines_are_calculated_with_those_whose_notices_share_a_cap_over_however_many_notices() -> None:
    # l names i, i names j, k stands alone; from each of the three the other two are reached, whoever names whom.
    names_i = notice(id="notice-l", caps=[cap("one", "entity", "1", shared_with=["notice-i"])])
    names_j = award(caps=[items.cap("two", "entity", "1", shared_with=["notice-j"])])
    lines = [
        borrowed(names_i),
        achieved(names_j),
        items.line(items.claim("J"), award(id="notice-j")),
        items.line(items.claim("Z"), award(id="notice-k")),
    ]
    for name in ("notice-l", "notice-i", "notice-j"):
        assert [line.id for line in calculated_with(lines, [name])] == ["G-L", "G-K", "G-J"]
    assert [line.id for line in calculated_with(lines, ["notice-k"])] == ["G-Z"]
    assert calculated_with(lines, []) == []


def test_lines_are_calculated_with_those_on_the_same_loan_whatever_their_notices() -> None:
    """L is supported under l and m, M under m and n; a claim whose key is a loan's is on no loan."""
    lines = [
        borrowed(notice(id="notice-l"), grant="G-1"),
        borrowed(notice(id="notice-m"), grant="G-2"),
        borrowed(notice(id="notice-m"), "M", grant="G-3"),
        borrowed(notice(id="notice-n"), "M", grant="G-4"),
        items.line(items.claim("L"), award()),
        borrowed(notice(id="notice-o"), "O", grant="G-5"),
    ]
    for name in ("notice-l", "notice-m", "notice-n"):
        assert [line.id for line in calculated_with(lines, [name])] == ["G-1", "G-2", "G-3", "G-4"]
    assert [line.id for line in calculated_with(lines, ["notice-i", "notice-o"])] == ["G-L", "G-5"]
