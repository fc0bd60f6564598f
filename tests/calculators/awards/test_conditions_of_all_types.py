"""The guide's conditions hold for every type of support, each reported with its clause in digest and worksheet.

Registered in Beijing, no serious dishonesty in three years, one support per fund year, no other municipal support
(guide III.2.1 and III.2.2); exempt only by an approving document; windows. One granted line of each type is due
something until a condition is not met.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from calculators.awards.all import Partition, calculate_all
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine, Support
from calculators.explain.worksheet import worksheet
from calculators.facts.model import Dishonesty, District, Exemption
from tests.calculators import items, lending
from tests.calculators.lending import LPR, day

APPLIED = "2024-06-01"
HAIDIAN = (District(day("2020-01-01"), "海淀区"),)
DOCUMENT = "京政函〔2024〕1号"

GUIDE: list[dict[str, Any]] = [
    {"kind": "registered_in", "districts": ["海淀区", "朝阳区"], "assumption": "true"},
    {"kind": "no_serious_dishonesty", "years": "3", "repaired": "counts", "assumption": "true"},
    {"kind": "one_support_per_year", "exempt": ["key_enterprise"], "assumption": "true"},
    {"kind": "no_other_municipal_support", "exempt": ["major_project", "national_project"], "assumption": "true"},
]
WINDOW = {"on": "application", "from": "2024-05-02", "to": APPLIED, "assumption": "true"}
RULES: dict[str, Any] = {"eligibility": GUIDE, "windows": [WINDOW]}


def loan_line() -> AwardLine:
    lent = lending.loan("L", {"2024-01-20": "1,800,000"}, "2024-05-20")
    return lending.line(lent, lending.notice(**RULES), applied_on=APPLIED, districts=HAIDIAN)


def claim_line() -> AwardLine:
    fixed = items.reward("fixed", items.rule("fixed", amount="1,000"))
    return items.line(items.claim("C"), items.incentive(fixed, **RULES), applied_on=APPLIED, districts=HAIDIAN)


def project_line() -> AwardLine:
    rules = items.staged("start 100% grant", **RULES)
    return items.line(items.project("P", "10,000"), rules, applied_on=APPLIED, districts=HAIDIAN)


def policy_line() -> AwardLine:
    rules = items.premium_notice(**RULES)
    return items.line(items.policy("I", ("2024-03-01", "1,250")), rules, applied_on=APPLIED, districts=HAIDIAN)


LINES = [loan_line, claim_line, project_line, policy_line]
every_type = pytest.mark.parametrize("make", LINES, ids=lambda make: make.__name__)
Make = Callable[[], AwardLine]


def results_of(line: AwardLine, **more: Any) -> AwardResult:
    [result] = calculate_all(Partition([line], LPR, "lpr@test", day("2030-01-01"), **more))
    return result


def refused(line: AwardLine, **more: Any) -> list[str]:
    """The codes of what the line is refused for; a line that is refused is due nothing, any other something."""
    digest = results_of(line, **more).digest
    codes = [found["code"] for found in digest["refused"]]
    assert (digest["award_fen"] > 0) == (not codes) == digest["eligible"]
    return codes


def applied(line: AwardLine, **application: Any) -> AwardLine:
    return replace(line, application=replace(line.application, **application))


def known(line: AwardLine, **entity: Any) -> AwardLine:
    return replace(line, entity=replace(line.entity, **entity))


@every_type
def test_a_line_that_meets_everything_is_due_something(make: Make) -> None:
    assert refused(make()) == []


@every_type
@pytest.mark.parametrize(
    ("on", "met"), [("2024-05-01", False), ("2024-05-02", True), ("2024-06-01", True), ("2024-06-02", False)]
)
def test_the_window_has_both_of_its_days(make: Make, on: str, met: bool) -> None:
    assert refused(applied(make(), applied_on=day(on))) == ([] if met else ["window_application"])


@every_type
@pytest.mark.parametrize(
    ("moved_on", "met"),
    [("2024-06-01", False), ("2024-06-02", True)],  # away from Beijing on the day of the application, the day after
)
def test_the_registered_district_of_the_day_of_the_application_counts(make: Make, moved_on: str, met: bool) -> None:
    away = (*HAIDIAN, District(day(moved_on), "天津市"))
    assert refused(known(make(), districts=away)) == ([] if met else ["not_registered"])


@every_type
@pytest.mark.parametrize(
    ("applied_on", "decided_on", "met"),
    [
        ("2024-06-01", "2021-06-01", True),
        ("2024-06-01", "2021-06-02", False),
        ("2024-05-31", "2021-05-31", True),
        ("2024-06-01", "2024-06-02", True),
    ],
)
def test_three_years_without_serious_dishonesty(make: Make, applied_on: str, decided_on: str, met: bool) -> None:
    line = applied(known(make(), dishonesty=(Dishonesty(day(decided_on), "doc 7"),)), applied_on=day(applied_on))
    assert refused(line) == ([] if met else ["serious_dishonesty"])


@every_type
def test_a_repaired_record_counts_where_the_notice_says_so(make: Make) -> None:
    record = Dishonesty(day("2023-01-01"), "doc 7", day("2023-06-01"))
    assert refused(known(make(), dishonesty=(record,))) == ["serious_dishonesty"]


@every_type
def test_one_support_per_firm_and_fund_year_of_whatever_type(make: Make) -> None:
    earlier = Support("E1", "test-programme", 2024, "another-batch", day("2024-01-01"), "G-0")
    assert refused(make(), supports=[earlier]) == ["second_support"]
    assert refused(make(), supports=[earlier._replace(fund_year=2023)]) == []
    assert refused(make(), supports=[earlier._replace(granted_on=day("2024-01-03"))]) == []


@pytest.mark.parametrize(
    ("first", "second"), list(permutations(LINES, 2)), ids=lambda make: make.__name__.removesuffix("_line")
)
def test_two_lines_of_any_two_types_are_one_support_too_many(first: Make, second: Make) -> None:
    """Under two notices of one programme: the later grant is the second support."""
    one, other = renamed(first(), "notice-1"), renamed(second(), "notice-2")
    other = replace(other, grant=replace(other.grant, granted_on=day("2024-01-03")))
    found = calculate_all(Partition([one, other], LPR, "lpr@test", day("2030-01-01")))
    codes = {result.line.id: [each["code"] for each in result.digest["refused"]] for result in found}
    assert codes == {one.id: [], other.id: ["second_support"]}


def renamed(line: AwardLine, name: str) -> AwardLine:
    if isinstance(line, items.ItemLine):
        return replace(line, notice=line.notice.model_copy(update={"id": name}))
    [version] = line.versions
    return replace(line, versions=(replace(version, notice=version.notice.model_copy(update={"id": name})),))


@every_type
def test_other_support_of_the_city_refuses(make: Make) -> None:
    assert refused(applied(make(), other_support="technology fund")) == ["other_support"]


@every_type
@pytest.mark.parametrize(
    ("kind", "document", "met"),
    [
        ("major_project", DOCUMENT, True),
        ("national_project", DOCUMENT, True),
        ("key_enterprise", DOCUMENT, False),  # this condition does not spare it
        ("major_project", "", False),  # a claim without its approving document
    ],
)
def test_only_an_approving_document_exempts(make: Make, kind: str, document: str, met: bool) -> None:
    line = applied(make(), other_support="technology fund", exemption=Exemption(kind, document))
    assert refused(line) == ([] if met else ["other_support"])


@every_type
def test_an_exempt_key_enterprise_may_have_a_second_support(make: Make) -> None:
    earlier = Support("E1", "test-programme", 2024, "another-batch", day("2024-01-01"), "G-0")
    exempt = applied(make(), exemption=Exemption("key_enterprise", DOCUMENT))
    assert refused(exempt, supports=[earlier]) == []


@every_type
def test_every_condition_is_reported_met_or_not_in_digest_and_worksheet(make: Make) -> None:
    line = applied(known(make(), districts=()), other_support="technology fund")
    result = results_of(line)
    told = result.digest["conditions"][: 1 + len(GUIDE)]
    assert told == [
        {
            "name": "window_application",
            "met": True,
            "found": "2024-06-01",
            "relation": "in",
            "wanted": "2024-05-02..2024-06-01",
            "clause": "assumption",
        },
        {
            "name": "registered_in",
            "met": False,
            "found": "-",
            "relation": "in",
            "wanted": "海淀区, 朝阳区",
            "clause": "assumption",
        },
        {
            "name": "no_serious_dishonesty",
            "met": True,
            "found": "-",
            "relation": "<=",
            "wanted": "2021-06-01",
            "clause": "assumption",
        },
        {
            "name": "one_support_per_year",
            "met": True,
            "found": "0",
            "relation": "<=",
            "wanted": "0",
            "clause": "assumption",
        },
        {
            "name": "no_other_municipal_support",
            "met": False,
            "found": "technology fund",
            "relation": "=",
            "wanted": "-",
            "clause": "assumption",
        },
    ]
    assert result.digest["refused"] == [
        {"code": "not_registered", "clause": "assumption"},
        {"code": "other_support", "clause": "assumption"},
    ]
    sheet = worksheet(result)
    texts = [" ".join(row.split()) for row in sheet.splitlines()]
    assert texts[1:6] == [
        "met window_application: 2024-06-01 in 2024-05-02..2024-06-01 assumption",
        "refused registered_in: - in 海淀区, 朝阳区 assumption",
        "met no_serious_dishonesty: - <= 2021-06-01 assumption",
        "met one_support_per_year: 0 <= 0 assumption",
        "refused no_other_municipal_support: technology fund = - assumption",
    ]
