"""Eligibility: each condition at its edge, met and not met, with code, clause and the words of the worksheet."""

from dataclasses import replace
from typing import Any

import pytest

from calculators.awards.lines import Support, Version, clause_label
from calculators.facts.model import District
from calculators.interest.loan import FixedRate, Spell
from calculators.money import parse_percent
from tests.calculators.lending import award, day, line, loan, notice, only, points, results_of, window

USUAL = loan("L", {"2024-01-20": "1,800,000"}, "2025-01-20", signed_on=day("2024-01-10"))
HAIDIAN = (District(day("2020-01-01"), "海淀区"),)


def outcome(result: Any) -> tuple[bool, list[str], list[str]]:
    """Eligible, the refusal codes, and the conditions as a worksheet words them."""
    digest = result.digest
    texts = [str(condition) for _, found in result.working.conditions for condition in found]
    return digest["eligible"], [refused["code"] for refused in digest["refused"]], texts


def condition(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "basis": "n3", **more}


@pytest.mark.parametrize("on", ["application", "contract", "drawdown"])
@pytest.mark.parametrize(
    ("first", "last", "met"),
    [
        ("15", "31", True),
        ("01", "15", True),
        ("16", "31", False),
        ("01", "14", False),
        ("16", "", False),
        ("15", "", True),
    ],
)
def test_a_window_includes_both_of_its_days(on: str, first: str, last: str, met: bool) -> None:
    lent = loan("L", {"2024-03-15": "1,800,000"}, "2025-01-20", signed_on=day("2024-03-15"))
    to = f"2024-03-{last}" if last else ""
    rules = notice(windows=[window(on, f"2024-03-{first}", to)])
    result = only(results_of(line(lent, rules, applied_on="2024-03-15")))
    assert outcome(result) == (
        met,
        [] if met else [f"window_{on}"],
        [f"window_{on}: 2024-03-15 in 2024-03-{first}..{to}"],
    )


def test_before_anything_is_drawn_no_window_on_the_drawdown_is_missed() -> None:
    rules = notice(windows=[window("drawdown", "2024-06-01"), window("contract", "2024-01-01")])
    result = only(results_of(line(replace(USUAL, movements=()), rules)))
    assert outcome(result) == (True, [], ["window_contract: 2024-01-10 in 2024-01-01.."])


def test_one_of_several_windows_is_enough() -> None:
    windows = [window("application", "2023-01-01", "2023-01-31"), window("application", "2024-01-01", "2024-01-31")]
    assert only(results_of(line(USUAL, notice(windows=windows)))).digest["eligible"]


@pytest.mark.parametrize(
    ("districts", "met", "found"),
    [
        (HAIDIAN, True, "海淀区"),
        ((District(day("2024-01-02"), "海淀区"),), True, "海淀区"),  # since the day of the application
        ((District(day("2024-01-03"), "海淀区"),), False, "-"),  # a day later
        ((*HAIDIAN, District(day("2024-01-01"), "天津市")), False, "天津市"),  # moved away the day before
        ((*HAIDIAN, District(day("2024-01-03"), "天津市")), True, "海淀区"),  # moved away the day after
        ((), False, "-"),
    ],
)
def test_the_district_on_the_day_of_application(districts: tuple[District, ...], met: bool, found: str) -> None:
    rules = notice(eligibility=[condition("registered_in", districts=["海淀区", "朝阳区"])])
    result = only(results_of(line(USUAL, rules, districts=districts)))
    codes = [] if met else ["not_registered"]
    assert outcome(result) == (met, codes, [f"registered_in: {found} in 海淀区, 朝阳区"])


# One support per entity, programme and fund year.

ONE = [condition("one_support_per_year")]


def granted(notice_id: str, on: str, **more: str) -> Support:
    known = {"uscc": "E1", "programme": "test-programme", "year": "2024", "grant": "G-0", **more}
    return Support(known["uscc"], known["programme"], int(known["year"]), notice_id, day(on), known["grant"])


@pytest.mark.parametrize(
    ("other", "count"),
    [
        (granted("other", "2024-01-01"), 1),  # granted the day before
        (granted("other", "2024-01-03"), 0),  # granted the day after: that one is the second
        (granted("other", "2024-01-02", grant="G-K"), 1),  # the same day, the earlier number
        (granted("other", "2024-01-02", grant="G-M"), 0),
        (granted("test-notice", "2024-01-01"), 0),  # another grant under this notice counts as one with it
        (granted("other", "2024-01-01", uscc="E2"), 0),
        (granted("other", "2024-01-01", programme="elsewhere"), 0),
        (granted("other", "2024-01-01", year="2023"), 0),
    ],
)
def test_one_support_per_entity_programme_and_fund_year(other: Support, count: int) -> None:
    result = only(results_of(line(USUAL, notice(eligibility=ONE)), other_supports=[other]))
    codes = ["second_support"] if count else []
    assert outcome(result) == (count == 0, codes, [f"one_support_per_year: {count} <= 0"])


def test_lines_are_supports_of_each_other() -> None:
    # Two loans under one notice are one support; the notice of the later grant is the second.
    one, other = notice(eligibility=ONE), notice(id="other", eligibility=ONE)
    again = loan("M", {"2024-01-20": "1,800,000"}, "2024-02-20")
    later = loan("N", {"2024-01-20": "1,800,000"}, "2024-02-20")
    short = loan("L", {"2024-01-20": "1,800,000"}, "2024-02-20")
    lines = line(short, one), line(again, one, granted_on="2024-06-01"), line(later, other, granted_on="2024-03-01")
    assert award(*lines) == "3100.00 3100.00 0.00"
    assert [result.digest["eligible"] for result in results_of(*lines)] == [True, True, False]


# The loan itself.


@pytest.mark.parametrize(("purpose", "met"), [("working_capital", True), ("refinancing", False), ("", False)])
def test_the_purpose_as_registered(purpose: str, met: bool) -> None:
    lent = loan("L", {"2024-01-20": "1,800,000"}, "2025-01-20", purpose=purpose)
    rules = notice(eligibility=[condition("purpose_in", purposes=["working_capital", "fixed_assets"])])
    result = only(results_of(line(lent, rules)))
    codes = [] if met else ["purpose_excluded"]
    assert outcome(result) == (met, codes, [f"purpose_in: {purpose or '-'} in working_capital, fixed_assets"])


@pytest.mark.parametrize(
    ("drawn_on", "matures_on", "met", "latest"),
    [
        ("2024-01-20", "2025-01-20", True, "2025-01-20"),
        ("2024-01-20", "2025-01-21", False, "2025-01-20"),
        ("2024-02-29", "2025-02-28", True, "2025-02-28"),  # a year from a leap day
        ("2024-02-29", "2025-03-01", False, "2025-02-28"),
    ],
)
def test_the_loan_runs_no_longer_than_so_many_months(drawn_on: str, matures_on: str, met: bool, latest: str) -> None:
    rules = notice(eligibility=[condition("max_loan_months", months="12")])
    result = only(results_of(line(loan("L", {drawn_on: "1,800,000"}, matures_on), rules)))
    codes = [] if met else ["loan_too_long"]
    assert outcome(result) == (met, codes, [f"max_loan_months: {matures_on} <= {latest}"])
    longer = notice(eligibility=[condition("loan_longer_than", months="12")])
    result = only(results_of(line(loan("L", {drawn_on: "1,800,000"}, matures_on), longer)))
    codes = ["loan_too_short"] if met else []
    assert outcome(result) == (not met, codes, [f"loan_longer_than: {matures_on} > {latest}"])


@pytest.mark.parametrize(
    ("invested_fen", "code", "found"),
    [
        (500_000_000, "", "5,000,000.00"),
        (499_999_999, "investment_too_small", "4,999,999.99"),
        (None, "investment_missing", "-"),
    ],
)
def test_the_project_of_a_loan_invests_so_much(invested_fen: int | None, code: str, found: str) -> None:
    rules = notice(eligibility=[condition("investment_at_least", amount="5,000,000")])
    made = line(USUAL, rules)
    result = only(results_of(replace(made, application=replace(made.application, investment_fen=invested_fen))))
    codes = [code] if code else []
    assert outcome(result) == (not code, codes, [f"investment_at_least: {found} >= 5,000,000.00"])


@pytest.mark.parametrize(
    ("later", "through", "met", "highest"),
    [
        ("4.95%", "2025-01-20", True, "4.95%"),  # LPR 3.45 % at the first drawdown + 150BP
        ("4.96%", "2025-01-20", False, "4.96%"),
        ("4.96%", "2024-06-01", True, "3.6%"),  # repriced on that day, which is not calculated yet
        ("4.96%", "2024-06-02", False, "4.96%"),
        ("4.96%", "2024-01-20", True, "0%"),  # no day has passed yet
    ],
)
def test_no_day_bears_more_than_lpr_and_a_margin(later: str, through: str, met: bool, highest: str) -> None:
    lent = loan("L", {"2024-01-20": "1,800,000"}, "2025-01-20", rates={"2024-06-01": later})
    assert lent.rates[1] == FixedRate(day("2024-06-01"), parse_percent(later))
    rules = notice(eligibility=[condition("max_contract_rate", tenor="1y", over="150BP")])
    result = only(results_of(line(lent, rules), through=through))
    codes = [] if met else ["rate_too_high"]
    assert outcome(result) == (met, codes, [f"max_contract_rate: {highest} <= 4.95%"])


# Together.


def test_every_condition_is_reported_in_order_and_nothing_is_due() -> None:
    rules = notice(
        windows=[
            window("drawdown", "2030-01-01"),
            window("contract", "2030-01-01"),
            window("application", "2030-01-01"),
            window("accrual_day", "2024-01-01"),
        ],
        eligibility=[
            condition("max_loan_months", months="1"),
            condition("purpose_in", purposes=["working_capital"]),
            condition("registered_in", districts=["海淀区"]),
        ],
    )
    digest = only(results_of(line(USUAL, rules))).digest
    assert digest["refused"] == [
        {"code": "window_application", "clause": "assumption"},
        {"code": "window_contract", "clause": "assumption"},
        {"code": "window_drawdown", "clause": "assumption"},
        {"code": "loan_too_long", "clause": "n3.2"},
        {"code": "not_registered", "clause": "n3.2"},
    ]
    assert (digest["eligible"], digest["periods"], digest["held"], digest["award_fen"]) == (False, [], [], 0)


def test_only_the_days_of_a_version_whose_conditions_are_met_count() -> None:
    # The first version has no condition; the second, from 1 March on, asks for another purpose.
    strict = notice(eligibility=[condition("purpose_in", purposes=["fixed_assets"])])
    first = Version("n@sha256:01", notice(), ends_before=day("2024-03-01"))
    second = Version("n@sha256:02", strict, day("2024-03-01"))
    digest = only(results_of(line(USUAL, first, second))).digest
    assert (digest["eligible"], [refused["code"] for refused in digest["refused"]]) == (True, ["purpose_excluded"])
    assert digest["award_fen"] == 410_000  # 31 d + 10 days of February x 100.00


@pytest.mark.parametrize(
    ("basis_id", "clause", "label"),
    [
        ("n3", "2", "n3.2"),
        ("guide", "III.2.2", "guide.III.2.2"),
        ("n3.2", "3.2", "n3.2"),  # the id carries its clause already
        ("press", "unknown", "press"),
    ],
)
def test_the_label_of_a_clause(basis_id: str, clause: str, label: str) -> None:
    rule = {**points("2.0%"), "basis": basis_id}
    rules = notice(
        basis=[{"id": basis_id, "document": "invented", "clause": clause}], components=[{"id": "points", "rule": rule}]
    )
    component = rules.components[0].rule
    assert clause_label(rules, component) == label
    assert clause_label(rules, component.model_copy(update={"basis": None, "assumption": True})) == "assumption"


def test_a_loan_that_never_bore_interest_bears_no_rate_too_high() -> None:
    # Granted and not drawn yet, or repaid on the day it was drawn: no principal bore any rate, and nothing is due.
    rules = notice(eligibility=[condition("max_contract_rate", tenor="1y", over="150BP")])
    undrawn = replace(USUAL, movements=())
    returned = loan("L", {"2024-01-20": "1,800,000"}, "2025-01-20", repaid={"2024-01-20": "1,800,000"})
    for lent in (undrawn, returned):
        result = only(results_of(line(lent, rules)))
        assert outcome(result) == (True, [], ["max_contract_rate: 0% <= 4.95%"])
        assert result.digest["award_fen"] == 0


@pytest.mark.parametrize(
    ("drawn_on", "shown"),
    [("2026-07-20", "max_contract_rate: 0% <= 4.5%"), ("2026-07-21", "max_contract_rate: none")],
)
def test_the_bound_is_known_where_the_lpr_of_the_first_drawdown_is(drawn_on: str, shown: str) -> None:
    """The table is checked through 20 July 2026: 3.00 % + 150BP. Before anything is drawn no rate was borne."""
    rules = notice(eligibility=[condition("max_contract_rate", tenor="1y", over="150BP")])
    result = only(results_of(line(loan("L", {drawn_on: "1,800,000"}, "2027-01-20"), rules), through="2026-07-01"))
    assert outcome(result) == (True, [], [shown])


def test_a_rate_that_overdue_principal_bore_counts_too() -> None:
    # All of it is overdue from 1 June on and bears 5 %, above 3.45 % + 150BP, in those days only.
    overdue = (Spell("overdue", day("2024-06-01"), None),)
    lent = loan("L", {"2024-01-20": "1,800,000"}, "2025-01-20", rates={"2024-06-01": "5%"}, spells=overdue)
    result = only(
        results_of(line(lent, notice(eligibility=[condition("max_contract_rate", tenor="1y", over="150BP")])))
    )
    assert outcome(result) == (False, ["rate_too_high"], ["max_contract_rate: 5% <= 4.95%"])
