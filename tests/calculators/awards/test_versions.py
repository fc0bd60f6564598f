"""Which version of a notice governs a loan: by the date that the notice names, never two at once.

v1 is in force from 2024; v2 amends it from 2024-07-01 on; a loan drawn 2024-03-20 runs to 2025-03-20.
"""

from dataclasses import replace
from typing import Any

import pytest

from calculators.awards.lines import Version
from calculators.awards.versions import NoticeVersion, clashes, excluded_lines, governing_versions
from calculators.facts.model import Application
from calculators.interest.loan import Loan
from calculators.notices.loan import LoanNotice
from calculators.problems import Refused
from tests.calculators import items
from tests.calculators.lending import ASSUMED, award, components, day, line, loan, notice, points

LOAN = loan("L-1", {"2024-03-20": "36,000,000"}, "2025-03-20", signed_on=day("2024-02-01"))


FIXED = items.rule("fixed", amount="1,000")


def version(sign: str, first: str, last: str = "", amends: str = "", **more: Any) -> NoticeVersion:
    """A version whose hash is 64 times `sign`, in force from `first` (to `last`, inclusive)."""
    effective = {"from": first, **({"to": last} if last else {}), **ASSUMED}
    amended = {"amends": f"sha256:{amends * 64}"} if amends else {}
    made = notice(effective=effective, **{"published": first, "governed_by": "accrual_day", **amended, **more})
    return NoticeVersion(f"{made.id}@sha256:{sign * 64}", made)


def governing(*versions: NoticeVersion, lent: Loan = LOAN, applied_on: str = "2024-04-01") -> list[str]:
    """`a 2024-03-20..2024-07-01` per version that governs the loan; `always` for one that governs all of it."""
    application = Application("A-1", lent.uscc, versions[0].notice.id, lent.key, day(applied_on))
    return [days(found) for found in governing_versions(versions, application, lent)]


def days(found: Version) -> str:
    sign = found.ref[-1]
    return f"{sign} {found.starts_on}..{found.ends_before}" if found.ends_before else f"{sign} always"


def refusal(*versions: NoticeVersion, **more: Any) -> str:
    with pytest.raises(Refused) as refused:
        governing(*versions, **more)
    (problem,) = refused.value.problems
    return problem.render()


def test_an_amendment_governs_its_own_days_and_leaves_earlier_ones_alone() -> None:
    v1, v2 = version("1", "2024-01-01"), version("2", "2024-07-01", amends="1")
    assert governing(v1, v2) == ["1 2024-03-20..2024-07-01", "2 2024-07-01..2025-03-20"]
    assert governing(v2, v1) == governing(v1, v2)


def test_a_temporary_amendment_gives_way_again() -> None:
    v1, v2 = version("1", "2024-01-01"), version("2", "2024-07-01", "2024-07-31", amends="1")
    assert governing(v1, v2) == [
        "1 2024-03-20..2024-07-01",
        "2 2024-07-01..2024-08-01",
        "1 2024-08-01..2025-03-20",
    ]


def test_the_last_amendment_of_a_chain_governs() -> None:
    chain = (
        version("1", "2024-01-01"),
        version("2", "2024-07-01", amends="1"),
        version("3", "2024-06-01", amends="2"),
    )
    assert governing(*chain) == ["1 2024-03-20..2024-06-01", "3 2024-06-01..2025-03-20"]


def test_a_version_that_another_would_have_replaced_governs_on_without_a_cut() -> None:
    # v3 amends v2, which begins on 1 July: v3 is in force before and after, as one stretch.
    v2, v3 = version("2", "2024-07-01"), version("3", "2024-01-01", amends="2")
    assert governing(v2, v3) == ["3 2024-03-20..2025-03-20"]


def test_an_amendment_of_a_version_that_is_not_given_stands_for_itself() -> None:
    assert governing(version("2", "2024-01-01", amends="1")) == ["2 2024-03-20..2025-03-20"]


def test_days_outside_every_version_get_nothing() -> None:
    v1 = version("1", "2024-04-01", "2024-12-31")
    assert governing(v1) == ["1 2024-04-01..2025-01-01"]


@pytest.mark.parametrize(
    ("governed_by", "governs"),
    # v2 begins on 2024-03-01: after the contract (02-01), before the drawdown (03-20) and the application (04-01).
    [("contract", "1 always"), ("drawdown", "2 always"), ("application", "2 always")],
)
def test_the_date_that_the_notice_names_selects_for_the_whole_loan(governed_by: str, governs: str) -> None:
    v1 = version("1", "2024-01-01", governed_by=governed_by)
    v2 = version("2", "2024-03-01", amends="1", governed_by=governed_by)
    assert governing(v1, v2) == [governs]


def test_the_first_and_the_last_day_in_force_both_count() -> None:
    for first, last in (("2024-03-20", "2025-01-01"), ("2024-01-01", "2024-03-20")):
        assert governing(version("1", first, last, governed_by="drawdown")) == ["1 always"]
    for first, last in (("2024-03-21", "2025-01-01"), ("2024-01-01", "2024-03-19")):
        assert "[notice_not_in_force]" in refusal(version("1", first, last, governed_by="drawdown"))


def test_a_loan_before_every_version_is_refused_with_the_date_that_was_looked_at() -> None:
    assert refusal(version("1", "2024-03-21", governed_by="drawdown")) == (
        "A-1: no version of the notice test-notice is in force on the drawdown date; check that date and the effective"
        " days of the notice [notice_not_in_force]"
    )


def test_a_notice_for_what_is_no_loan_governs_none() -> None:
    rules = items.incentive(items.reward("r", FIXED), id="notice-i", governed_by="application")
    assert refusal(NoticeVersion(f"notice-i@sha256:{'1' * 64}", rules)) == (
        "A-1: L-1 does not belong to the notice notice-i, whose type is incentive; correct the notice or the item of "
        "the application [notice_other_type]"
    )


def test_two_versions_that_both_match_are_an_error_naming_both() -> None:
    v1 = version("1", "2024-01-01")
    forks = version("2", "2024-07-01", amends="1"), version("3", "2024-09-01", amends="1")
    assert refusal(v1, *forks) == (
        f"A-1: {forks[0].ref} and {forks[1].ref} are both in force on 2024-09-01; register an amendment of one of them"
        " that leaves a single version on each day [notice_ambiguous]"
    )
    assert [(str(on), one.ref[-1], other.ref[-1]) for on, one, other in clashes([v1, *forks])] == [
        ("2024-09-01", "2", "3")
    ]


def test_forks_on_different_days_are_no_error() -> None:
    v1 = version("1", "2024-01-01")
    forks = version("2", "2024-07-01", "2024-08-31", amends="1"), version("3", "2024-09-01", amends="1")
    assert clashes([v1, *forks]) == []


def test_a_change_of_points_counts_each_version_by_its_days() -> None:
    # 36,000,000 x 1.0%/360 = 1,000.00 a day: v1 gives 2,000.00 for 103 d, v2 1,000.00 for the other 262 d.
    v1 = version("1", "2024-01-01")
    v2 = version("2", "2024-07-01", amends="1", components=components(points=points("1.0%")))
    application = Application("A-1", "E1", v1.notice.id, "L-1", day("2024-04-01"))
    assert award(line(LOAN, *governing_versions([v1, v2], application, LOAN))) == "468000.00"


@pytest.mark.parametrize("per", ["loan", "entity"])
def test_a_cap_on_principal_that_an_amendment_lifts_counts_until_then(per: str) -> None:
    # 36,000,000 x 2.0%/360 = 2,000.00 a day; of 9,000,000 500.00: 103 d under the cap, the other 262 d in full.
    base = {"interest": "accrued", "principal_cap": {"per": per, "amount": "9,000,000", **ASSUMED}, **ASSUMED}
    v1, v2 = version("1", "2024-01-01", base=base), version("2", "2024-07-01", amends="1")
    application = Application("A-1", "E1", v1.notice.id, "L-1", day("2024-04-01"))
    # 51,500.00 + 524,000.00
    assert award(line(LOAN, *governing_versions([v1, v2], application, LOAN))) == "575500.00"


def grouped(name: str, group: str | None) -> LoanNotice:
    return notice(id=name, **({"exclusion_group": group} if group else {}))


def test_two_notices_of_one_exclusion_group_on_one_loan_are_an_error_naming_both() -> None:
    one, other = line(LOAN, grouped("n-a", "city"), grant="G-1"), line(LOAN, grouped("n-b", "city"), grant="G-2")
    found = excluded_lines([one, other])
    assert sorted(found) == ["G-1", "G-2"]
    assert found["G-2"].render() == (
        "G-1: n-a@sha256:0000 and n-b@sha256:0000 of the exclusion group city both govern L-1; refuse one of"
        " the two grants [notice_ambiguous]"
    )


def test_of_one_item_it_may_be_more_than_loans() -> None:
    one = items.line(items.claim("C-1"), items.incentive(items.reward("r", FIXED), id="n-a", exclusion_group="city"))
    other = items.line(items.claim("C-1"), items.incentive(items.reward("r", FIXED), id="n-b", exclusion_group="city"))
    found = excluded_lines([one, replace(other, id="G-2")])
    assert sorted(found) == ["G-2", "G-C-1"]
    assert [problem.values["first"] for problem in found.values()] == ["n-a@sha256:0000"] * 2
    assert (list(one.notice_refs), list(line(LOAN).notice_refs)) == (["n-a@sha256:0000"], ["test-notice@sha256:0000"])


def test_other_notices_stack() -> None:
    other_loan = loan("L-2", {"2024-03-20": "1"}, "2025-03-20")
    assert excluded_lines([line(LOAN, grouped("n-a", "city")), line(LOAN, grouped("n-b", "state"))]) == {}
    assert excluded_lines([line(LOAN, grouped("n-a", None)), line(LOAN, grouped("n-b", None))]) == {}
    assert excluded_lines([line(LOAN, grouped("n-a", "city")), line(other_loan, grouped("n-b", "city"))]) == {}
