"""Published examples of policies: premiums by the unit, a capped base, and statements of rates and caps.

The figures are rows of a collection of published policy examples, named by their row. Premiums and awards pass through
notices of `data/notices`; statements are reckoned on a loan of one year whose arithmetic stands beside them.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from calculators.amounts import Exact, format_yuan, parse_percent, parse_yuan
from calculators.facts import DayCount, Policy
from calculators.facts_file import Case, load_cases
from calculators.interest_discount import calculate
from calculators.load import load_notice, notice_ref, read_file
from calculators.loan_notice import LoanNotice
from calculators.notice_cases import reckon
from calculators.versions import NoticeVersion
from ledger.registry.benchmarks import shipped
from tests.calculators.lending import components, day, interest_share, line, loan, notice, points, settled_on

RULES = Path(__file__).parent / "data" / "notices"
REF, LPR = shipped()


def version(name: str) -> NoticeVersion:
    text = read_file(RULES / f"{name}.yaml")
    found = load_notice(text, name)
    return NoticeVersion(notice_ref(found, text), found)


def case(name: str, row: str) -> Case:
    beside = RULES / f"{name}.cases.yaml"
    (found,) = (one for one in load_cases(read_file(beside), name) if one.origin == f"row {row} of the policy cases")
    return found


# Row, sum insured per unit, rate, premium; in yuan.
PREMIUMS = [
    ("I10", "1100", "4.5%", "49.50"),
    ("I11", "800", "4.5%", "36.00"),
    ("I12", "700", "2.72%", "19.04"),
    ("I13", "400", "4.5%", "18.00"),
    ("I14", "400", "4.5%", "18.00"),
    ("I15", "300", "2.72%", "8.16"),
    ("I16", "300", "3.4%", "10.20"),
    ("I17", "800", "5.5%", "44.00"),
    ("I18", "1500", "6%", "90.00"),
    ("I19", "550", "0.118%", "0.65"),  # 0.649, half up
    ("I20", "800", "0.15%", "1.20"),
    ("I21", "20", "4.5%", "0.90"),
    ("I22", "60", "4.5%", "2.70"),
]


@pytest.mark.parametrize(("row", "sum_insured", "rate", "premium"), PREMIUMS)
def test_a_published_premium_is_supported_and_one_a_fen_off_is_not(
    row: str, sum_insured: str, rate: str, premium: str
) -> None:
    one = case("premium-by-the-unit", row).facts
    assert isinstance(one.item, Policy)
    assert one.item.rating is not None
    assert (one.item.rating.sum_insured_fen, one.item.rating.rate) == (parse_yuan(sum_insured), parse_percent(rate))
    digest = reckon(version("premium-by-the-unit"), one, LPR, REF).digest
    assert format_yuan(digest["award_fen"]) == premium
    for fen in (-1, 1):
        off = replace(one, item=replace(one.item, premium_fen=one.item.premium_fen + fen))
        refused = reckon(version("premium-by-the-unit"), off, LPR, REF).digest["refused"]
        assert [found["code"] for found in refused] == ["premium_differs"]


@pytest.mark.parametrize(
    ("row", "name", "award"),
    [
        ("P16", "points-of-five-years", "50,000.00"),  # 1,000,000 x 1 % = 10,000 a year, five years
        ("P20", "share-of-capped-base", "1,200,000.00"),  # 20,000,000 x 6 %
    ],
)
def test_a_published_ceiling(row: str, name: str, award: str) -> None:
    digest = reckon(version(name), case(name, row).facts, LPR, REF).digest
    assert format_yuan(digest["award_fen"]) == award
    if row == "P16":
        assert {format_yuan(period["award_fen"]) for period in digest["periods"]} == {"10,000.00"}


def of_principal(rules: LoanNotice, rate: str, principal: str = "1,000,000", drawn_on: str = "2023-01-05") -> Exact:
    """The award on a loan of 365 days as a share of its principal."""
    ends = f"{int(drawn_on[:4]) + 1}{drawn_on[4:]}"
    lent = loan("L", {drawn_on: principal}, ends, rate, due=settled_on(ends), day_count=DayCount.ACT_365F)
    digest = calculate([line(lent, rules)], LPR, REF, day("2030-01-01"))[0].digest
    return Exact(digest["award_fen"], parse_yuan(principal))


def floor(ceiling: str) -> LoanNotice:
    """The borrower bears LPR-150BP, the fund the rest up to LPR plus `ceiling`."""
    rule = {"kind": "borrower_floor", "tenor": "1y", "borrower_over": "-150BP", "ceiling_over": ceiling}
    return notice(components=components(floor={**rule, "fixed_on": "drawdown", "basis": "n3"}))


def test_row_p09_the_fund_bears_two_and_a_half_points_and_halves_of_it() -> None:
    # LPR 3.65 %; a loan at the ceiling of 4.65 %: 4.65 - (3.65 - 1.50) = 2.50 %.
    whole = of_principal(floor("100BP"), "4.65%")
    assert whole == parse_percent("2.5%")
    assert (whole / 2, whole / 4) == (parse_percent("1.25%"), parse_percent("0.625%"))


def test_row_p10_the_borrower_bears_lpr_less_150_points() -> None:
    # LPR 3.85 % in January 2021; the rest of a loan at 3.85 % is 1.50 %, so the borrower bears 2.35 %.
    fund = of_principal(floor("100BP"), "3.85%", drawn_on="2021-01-05")
    assert parse_percent("3.85%") - fund == parse_percent("2.35%")


@pytest.mark.parametrize(
    ("row", "rate", "rules", "net"),
    [
        ("P13", "3.2%", {"points": points("2.5%")}, "0.7%"),
        ("P14", "3%", {"points": points("2.0%")}, "1%"),
        ("P15", "2.34%", {"share": interest_share("50%")}, "1.17%"),
    ],
)
def test_rows_p13_p14_p15_what_the_firm_bears(row: str, rate: str, rules: dict[str, dict[str, str]], net: str) -> None:
    principal = "245,000,000" if row == "P13" else "1,000,000"
    award = of_principal(notice(components=components(**rules)), rate, principal)
    assert parse_percent(rate) - award == parse_percent(net)


@pytest.mark.parametrize(("cap", "base"), [("500", "50,000"), ("1,000", "100,000"), ("3,000", "300,000")])
def test_row_p17_a_cap_on_one_point_is_a_cap_on_the_principal(cap: str, base: str) -> None:
    one_point = notice(components=components(points=points("1.0%")))
    assert of_principal(one_point, "3%", base) * parse_yuan(base) == parse_yuan(cap)
