"""The worksheet: the example of the design to the letter, and every line that it does not show."""

from typing import Any

import pytest

from calculators.awards.lines import Line, Outside, Version
from calculators.awards.loan import Result
from calculators.explain.loan import render
from calculators.facts.model import Status
from calculators.interest.loan import DayCount
from tests.calculators.lending import (
    ASSUMED,
    cap,
    components,
    day,
    interest_share,
    line,
    loan,
    notice,
    only,
    points,
    quarterly,
    results_of,
    window,
)

# The example notice of DESIGN.md 4: figures stated there and in the issue, not taken from the program.
EXAMPLE = notice(
    id="example-loan-interest-discount",
    windows=[window("accrual_day", "2024-03-01", "2024-12-19")],
    basis=[
        {"id": "n3", "document": "invented notice", "clause": "2"},
        {"id": "guide", "document": "fund guide", "clause": "III.2.2"},
    ],
    eligibility=[{"kind": "one_support_per_year", "basis": "guide"}],
    components=components(points=points("2.0%"), share=interest_share("50%")),
    combine={"kind": "lowest", "compare_over": "to_date", **ASSUMED},
    caps=[cap("entity_year", "entity year", "30,000,000", year_of="fund")],
)
L77 = loan(
    "L-77",
    {"2024-01-10": "10,000,000", "2024-02-26": "8,000,000", "2024-05-09": "12,000,000"},
    "2025-01-10",
    "3.55%",
    due=quarterly(20),
)


def example() -> Result:
    return only(results_of(line(L77, EXAMPLE), through="2025-01-01"))


def test_the_example_of_the_design_prints_its_figures_and_layout() -> None:
    # 18m x 19 d = 33,725.00; 18m x 50 d = 88,750.00 and 30m x 42 d = 124,250.00; 30m x 92 d = 272,166.67;
    # 30m x 91 d = 269,208.33: together 788,100.00, of which half is 394,050.00.
    # 342m + 900m + 1,260m + 2,760m + 2,730m = 7,992m yuan-days, at 2.0%/360 = 444,000.00.
    assert render(example()) == "\n".join(
        [
            "E1 / loan L-77 / example-loan-interest-discount@sha256:0000",
            " eligible      one_support_per_year: 0 <= 0                        guide.III.2.2",
            " interest      03-20   18,000,000 x 19 d x 3.55%/360 =     33,725.00",
            "               06-20   18,000,000 x 50 d x 3.55%/360 =     88,750.00",
            "               06-20   30,000,000 x 42 d x 3.55%/360 =    124,250.00",
            "               09-20   30,000,000 x 92 d x 3.55%/360 =    272,166.67",
            "               12-20   30,000,000 x 91 d x 3.55%/360 =    269,208.33",
            "                                                            total 788,100.00",
            " points        7,992,000,000 yuan-days x 2.0%/360      =    444,000.00  n3.2",
            " share         50% of 788,100.00                       =    394,050.00  n3.2",
            " combine       lowest (to date) -> share                    394,050.00",
            " cap           entity_year 30,000,000, used 0: not binding",
            " award         394,050.00",
        ]
    )


# The rows that the example does not show. 1,800,000 yuan at 3.60 %, ACT/360, bear 180.00 a day.

DRAWN = {"2024-01-20": "1,800,000"}
SWITCH = {
    "kind": "switch",
    "status": "innovative_sme",
    "before": interest_share("20%"),
    "after": interest_share("40%"),
    "basis": "n3",
}


def sheet(one: Line, **more: Any) -> list[str]:
    """The worksheet below its heading."""
    return render(only(results_of(one, **more))).splitlines()[1:]


def test_receipts_their_parts_and_a_held_period() -> None:
    # 5,220.01 x 10/29 = 1,800.0034 and x 19/29 = 3,420.0066, which gets the fen left over.
    # 20 % of 5,580.00 + 1,800.00 = 1,476.00; 40 % of 3,420.01 = 1,368.004.
    lent = loan("L", DRAWN, "2024-04-20", receipts={"2024-02-20": "5,580.00", "2024-03-20": "5,220.01"})
    rules = notice(base={"interest": "paid", **ASSUMED}, components=components(share=SWITCH))
    assert sheet(line(lent, rules, statuses=(Status("innovative_sme", day("2024-03-01")),))) == [
        " eligible      no conditions",
        " interest      02-20   receipt 5,580.00              =      5,580.00",
        "               03-20   receipt 5,220.01 x 10/29      =      1,800.00",
        "               03-20   receipt 5,220.01 x 19/29      =      3,420.01",
        "                                                             total 10,800.01",
        " share         20% of 7,380.00                         =      1,476.00  n3.2",
        "               40% of 3,420.01                         =      1,368.00  n3.2",
        "                                                              total 2,844.00",
        " combine       single -> share                                2,844.00",
        " held          2024-04-20   receipt_missing: ours 5,580.00, no receipt",
        " award         2,844.00",
    ]


def test_a_receipt_that_differs_shows_both_figures() -> None:
    lent = loan("L", DRAWN, "2024-03-20", receipts={"2024-02-20": "5,580.02"})
    assert sheet(line(lent)) == [
        " eligible      no conditions",
        " held          2024-02-20   receipt_differs: ours 5,580.00, receipt 5,580.02",
        " held          2024-03-20   earlier_period_held: ours 5,220.00, no receipt",
        " award         0.00",
    ]


def test_rates_caps_and_what_a_decision_withheld() -> None:
    # Points at most half of the rate: 0.9 % of 1.8m x 41 d, then 1.8 % of 1.8m x 50 d: 1,845.00 + 4,500.00.
    # Half of 2,790 + 900 + 3,420 + 5,580 = 12,690 is 6,345.00.
    # The cap leaves 5,000 - 500.50 = 4,499.50, the ceiling 4,000: 499.50 are withheld.
    lent = loan("L", DRAWN, "2024-04-20", "1.80%", rates={"2024-03-01": "3.60%"})
    rules = notice(
        components=components(points=points("2.0%", at_most_rate_share="50%"), share=interest_share("50%")),
        combine={"kind": "sum", **ASSUMED},
        caps=[cap("yearly", "entity year", "5,000", year_of="due_date")],
    )
    paid = Outside("test-notice", "E1", "", "", "", day("2024-02-01"), 50_050)
    assert sheet(line(lent, rules, ceiling="4,000"), outside=[paid]) == [
        " eligible      no conditions",
        " interest      02-20   1,800,000 x 31 d x 1.8%/360   =      2,790.00",
        "               03-20   1,800,000 x 10 d x 1.8%/360   =        900.00",
        "               03-20   1,800,000 x 19 d x 3.6%/360   =      3,420.00",
        "               04-20   1,800,000 x 31 d x 3.6%/360   =      5,580.00",
        "                                                             total 12,690.00",
        " points        73,800,000 yuan-days x 0.9%/360         =      1,845.00  n3.2",
        "               90,000,000 yuan-days x 1.8%/360         =      4,500.00  n3.2",
        "                                                              total 6,345.00",
        " share         50% of 12,690.00                        =      6,345.00  n3.2",
        " combine       sum -> points + share                         12,690.00",
        " cap           yearly 2024 5,000, used 500.50: binding",
        " withheld      499.50 by decision, above the ceiling 4,000",
        " award         4,000.00",
    ]


def test_the_lowest_of_each_due_period_names_them_in_their_order() -> None:
    # Half of 180.00 (90.00) a day against 100.00 in February; half of 240.00 (120.00) against 100.00 in March.
    lent = loan("L", DRAWN, "2024-03-20", rates={"2024-02-20": "4.80%"})
    both = components(points=points("2.0%"), share=interest_share("50%"))
    rules = notice(components=both, combine={"kind": "lowest", "compare_over": "due_period", **ASSUMED})
    # 31 x 90.00 + 29 x 100.00
    assert " combine       lowest (due period) -> share, points           5,690.00" in sheet(line(lent, rules))


def test_conditions_not_met_stand_beside_those_that_are() -> None:
    rules = notice(
        windows=[window("contract", "2030-01-01")],
        eligibility=[{"kind": "purpose_in", "purposes": ["working_capital"], "basis": "n3"}],
    )
    assert sheet(line(loan("L", DRAWN, "2024-03-20"), rules)) == [
        " refused       window_contract: 2024-01-20 in 2030-01-01..         assumption",
        " met           purpose_in: working_capital in working_capital      n3.2",
        " award         0.00",
    ]


def test_each_version_of_a_notice_has_its_blocks() -> None:
    lent = loan("L", DRAWN, "2024-02-20")
    first = Version("n@sha256:01", notice(), ends_before=day("2024-02-01"))
    second = Version("n@sha256:02", notice(components=components(points=points("1.0%"))), day("2024-02-01"))
    heading, *lines = render(only(results_of(line(lent, first, second)))).splitlines()
    assert heading == "E1 / loan L / n@sha256:01+n@sha256:02"
    # 12 days of January at 100.00, 19 of February at 50.00
    assert lines[-5:] == [
        " points        21,600,000 yuan-days x 2.0%/360         =      1,200.00  n3.2",
        " combine       single -> points                               1,200.00",
        " points        34,200,000 yuan-days x 1.0%/360         =        950.00  n3.2",
        " combine       single -> points                                 950.00",
        " award         2,150.00",
    ]


@pytest.mark.parametrize(
    ("day_count", "interest", "basis"),
    [
        # A month from 20 January to 20 February 2024: 31 actual days, 30 of 360, a twelfth, 31/366 of a leap year.
        ("ACT/365F", "1,800,000 x 31 d x 3.6%/365", "55,800,000 yuan-days x 2.0%/365"),
        ("30E/360", "1,800,000 x 30 d x 3.6%/360", "54,000,000 yuan-days x 2.0%/360"),
        ("NOMINAL_MONTH", "1,800,000 x 1 m x 3.6%/12", "1,800,000 yuan-months x 2.0%/12"),
        ("ACT/ACT.ISDA", "1,800,000 x 31/366 y x 3.6%", "9300000/61 yuan-years x 2.0%"),
    ],
)
def test_each_day_count_is_written_in_its_own_units(day_count: str, interest: str, basis: str) -> None:
    text = "\n".join(sheet(line(loan("L", DRAWN, "2024-02-20", day_count=DayCount(day_count)))))
    assert interest in text
    assert basis in text


def test_the_lines_of_a_period_add_up_to_its_rounded_interest() -> None:
    lent = loan("L", {"2024-03-01": "50", "2024-03-02": "0.10", "2024-03-03": "0.10"}, "2024-03-04")
    # 0.5 + 0.501 + 0.502 = 1.503 fen: 2 fen over three segments, each of which would round to 1 by itself.
    assert sheet(line(lent))[1:5] == [
        " interest      03-04   50 x 1 d x 3.6%/360           =          0.00",
        "               03-04   50.10 x 1 d x 3.6%/360        =          0.01",
        "               03-04   50.20 x 1 d x 3.6%/360        =          0.01",
        "                                                                  total 0.02",
    ]


def test_due_dates_show_their_year_where_they_lie_in_several() -> None:
    lent = loan("L", {"2024-11-20": "1,800,000"}, "2025-02-20")
    assert [text[15:25] for text in sheet(line(lent))[1:4]] == ["2024-12-20", "2025-01-20", "2025-02-20"]


def test_words_pass_through_the_catalogue_and_columns_stay_in_line() -> None:
    chinese = {
        "interest": "利息",
        "total": "合计",
        "award": "补贴额",
        "loan {key}": "贷款 {key}",
        "eligible": "符合条件",
    }
    text = render(only(results_of(line(loan("L", DRAWN, "2024-02-20")))), lambda text: chinese.get(text, text))
    assert text.splitlines() == [
        "E1 / 贷款 L / test-notice@sha256:0000",
        " 符合条件      no conditions",
        " 利息          02-20   1,800,000 x 31 d x 3.6%/360   =      5,580.00",
        "                                                               合计 5,580.00",
        " points        55,800,000 yuan-days x 2.0%/360         =      3,100.00  n3.2",
        " combine       single -> points                               3,100.00",
        " 补贴额        3,100.00",
    ]
