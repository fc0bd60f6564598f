"""The incentive: each rule of a component at its edges, the ladder over several claims, all levels of government."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from calculators.awards.lines import ItemLine
from calculators.explain.item import render_item
from tests.calculators.items import (
    awards,
    cap,
    claim,
    incentive,
    line,
    outside,
    periods,
    refused,
    results_of,
    reward,
    rule,
)

LADDER = rule(
    "ladder",
    # In hundreds of millions of yuan of revenue: 0.1, 0.3, 0.5, 1.
    rungs=[
        {"reach": "10,000,000", "amount": "1,000,000"},
        {"reach": "30,000,000", "amount": "3,000,000"},
        {"reach": "50,000,000", "amount": "5,000,000"},
        {"reach": "100,000,000", "amount": "10,000,000"},
    ],
)


def one(what: Mapping[str, Any], base: str, **more: Any) -> list[str]:
    """What a claim of `base` is awarded under a notice of one component."""
    return awards(line(claim("C", base, **more), incentive(reward("it", what))))


@pytest.mark.parametrize(
    ("limits", "base", "award"),
    [
        ({}, "1,000,000.01", "200,000.00"),  # 20% = 200,000.002
        ({}, "0.02", "0.00"),  # 0.004
        ({}, "0.03", "0.01"),  # 0.006
        ({"at_most": "500"}, "2,500.00", "500.00"),  # 20% is exactly the bound
        ({"at_most": "500"}, "2,500.05", "500.00"),  # 500.01
        ({"at_least": "100"}, "500.00", "100.00"),
        ({"at_least": "100"}, "499.95", "100.00"),  # 99.99
        ({"base_at_most": "20,000,000"}, "20,000,000", "4,000,000.00"),
        ({"base_at_most": "20,000,000"}, "20,000,000.05", "4,000,000.00"),
        ({"base_at_most": "1,000", "at_least": "300"}, "5,000", "300.00"),  # 200, and at least 300
    ],
)
def test_a_share_of_the_base_with_floor_and_ceiling(limits: dict[str, str], base: str, award: str) -> None:
    assert one(rule("share_of_base", share="20%", **limits), base) == [award]


def test_a_tie_rounds_up_and_by_the_notices_word_to_even() -> None:
    share = rule("share_of_base", share="50%")
    assert one(share, "0.01") == ["0.01"]
    even = incentive(reward("it", share), rounding={"award": {"mode": "half_even", "assumption": "true"}})
    assert awards(line(claim("C", "0.01"), even)) == ["0.00"]


@pytest.mark.parametrize(("mode", "award"), [("half_up", "0.02"), ("half_even", "0.02"), ("down", "0.01")])
@pytest.mark.parametrize("bands", ["whole", "marginal"])
def test_bands_round_as_the_notice_says(bands: str, mode: str, award: str) -> None:
    # 50% of 0.03 = 0.015
    what = rule("bands", mode=bands, bands=[{"from": "0", "share": "50%"}])
    notice = incentive(reward("it", what), rounding={"award": {"mode": mode, "assumption": "true"}})
    assert awards(line(claim("C", "0.03"), notice)) == [award]


def test_a_table_pays_the_row_that_fits() -> None:
    table = incentive(
        reward("national", rule("fixed", amount="2,000,000"), grade="national", scope="factory"),
        reward("city", rule("fixed", amount="500,000"), grade="city"),
    )
    national = claim("A", attributes={"grade": "national", "scope": "factory"})
    city = claim("B", attributes={"grade": "city", "scope": "factory"})
    assert awards(line(national, table), line(city, table)) == ["2,000,000.00", "500,000.00"]


@pytest.mark.parametrize(
    "attributes",
    [{}, {"grade": "district"}, {"grade": "national"}, {"grade": "national", "scope": "workshop"}],
)
def test_a_claim_that_no_row_fits_is_refused(attributes: dict[str, str]) -> None:
    table = incentive(
        reward("national", rule("fixed", amount="2,000,000"), grade="national", scope="factory"),
        reward("city", rule("fixed", amount="500,000"), grade="city"),
    )
    assert refused(line(claim("C", attributes=attributes), table)) == ["component_missing"]


def test_rows_that_a_claim_could_fit_together_do_not_load() -> None:
    national = reward("national", rule("fixed", amount="2"), grade="national")
    # A national factory would fit both rows.
    factory = reward("factory", rule("fixed", amount="1"), scope="factory")
    with pytest.raises(ValidationError, match=r"components_overlap|could fit"):
        incentive(national, factory)
    assert incentive(national, factory, combine="sum").combine.kind == "sum"


@pytest.mark.parametrize(
    "what",
    [
        rule("bands", mode="whole", bands=[{"from": "10", "share": "1%"}, {"from": "10", "share": "2%"}]),
        rule("ladder", rungs=[{"reach": "10", "amount": "1"}, {"reach": "10", "amount": "2"}]),
        rule("ladder", rungs=[{"reach": "10", "amount": "1"}, {"reach": "11", "amount": "1"}]),
    ],
)
def test_steps_rise(what: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="does not lie above"):
        incentive(reward("it", what))


def test_components_that_fit_are_added_up_each_rounded_once() -> None:
    notice = incentive(
        reward("share", rule("share_of_base", share="50%")),
        reward("units", rule("per_unit", amount="0.01", at_most="0.02")),
        reward("export", rule("fixed", amount="7"), export="yes"),
        combine="sum",
    )
    # 50% of 0.01 = 0.005 -> 0.01; 3 x 0.01 = 0.03, at most 0.02; no export.
    assert awards(line(claim("C", "0.01", units=3), notice)) == ["0.03"]


@pytest.mark.parametrize(
    ("mode", "base", "award"),
    [
        # whole: 10% of the whole base up to 100, 20% of the whole from 100 on.
        ("whole", "9.99", "0.00"),
        ("whole", "10.00", "1.00"),
        ("whole", "99.99", "10.00"),  # 9.999
        ("whole", "100.00", "20.00"),
        # marginal: 10% of what lies from 10 to 100, 20% of what lies above.
        ("marginal", "9.99", "0.00"),
        ("marginal", "10.00", "0.00"),
        ("marginal", "10.05", "0.01"),  # 0.005
        ("marginal", "100.00", "9.00"),
        ("marginal", "150.00", "19.00"),  # 9 + 10
    ],
)
def test_bands_of_both_modes(mode: str, base: str, award: str) -> None:
    bands = [{"from": "10", "share": "10%"}, {"from": "100", "share": "20%"}]
    assert one(rule("bands", mode=mode, bands=bands), base) == [award]


def test_a_band_of_the_whole_base_may_pay_an_amount() -> None:
    bands = rule("bands", mode="whole", bands=[{"from": "0", "share": "1%"}, {"from": "100", "amount": "30"}])
    assert [one(bands, base) for base in ("99", "100", "1000")] == [["0.99"], ["30.00"], ["30.00"]]
    # An amount of nothing is an amount.
    nothing = rule("bands", mode="whole", bands=[{"from": "0", "amount": "0"}, {"from": "100", "amount": "30"}])
    assert one(nothing, "99") == ["0.00"]


@pytest.mark.parametrize(
    ("base", "award"),
    [
        ("9,999,999.99", "0.00"),
        ("10,000,000", "1,000,000.00"),
        ("99,999,999.99", "5,000,000.00"),
        ("100,000,000", "10,000,000.00"),
    ],
)
def test_the_rung_reached_pays_its_amount(base: str, award: str) -> None:
    assert one(LADDER, base) == [award]


def test_rising_pays_the_difference_and_standing_or_falling_nothing() -> None:
    notice = incentive(reward("ladder", LADDER))
    lines = [
        line(claim("A", "12,000,000", "2023-12-31"), notice),  # rung 1: 1,000,000
        line(claim("B", "60,000,000", "2024-12-31"), notice),  # rung 3: 5,000,000 - 1,000,000
        line(claim("C", "40,000,000", "2025-12-31"), notice),  # fallen to rung 2: nothing
        line(claim("D", "55,000,000", "2026-12-31"), notice),  # rung 3 again: nothing
        line(claim("E", "100,000,000", "2027-12-31"), notice),  # rung 4: 10,000,000 - 5,000,000
    ]
    expected = ["1,000,000.00", "4,000,000.00", "0.00", "0.00", "5,000,000.00"]
    assert awards(*lines) == expected
    assert awards(*reversed(lines)) == expected


def test_another_firms_claims_and_another_notices_claims_are_no_earlier_ones() -> None:
    notice, other = incentive(reward("ladder", LADDER)), incentive(reward("ladder", LADDER), id="other-notice")
    lines = [
        line(claim("A", "10,000,000", "2023-12-31"), notice),
        line(claim("B", "30,000,000", "2024-12-31", uscc="E2"), notice),
        line(claim("C", "30,000,000", "2024-12-31"), other),
    ]
    assert awards(*lines) == ["1,000,000.00", "3,000,000.00", "3,000,000.00"]


def test_what_was_paid_outside_is_not_paid_again() -> None:
    notice = incentive(reward("ladder", LADDER))
    lines = [
        line(claim("A", "30,000,000", "2024-12-31"), notice),
        line(claim("B", "50,000,000", "2025-12-31"), notice),
    ]
    # 1,000,000 were paid for the first rung: 3,000,000 - 1,000,000, then 5,000,000 - 3,000,000.
    assert awards(*lines, outside=[outside("1,000,000")]) == ["2,000,000.00", "2,000,000.00"]
    # In two amounts the same.
    assert awards(*lines, outside=[outside("400,000"), outside("600,000")]) == ["2,000,000.00", "2,000,000.00"]
    # 4,000,000 outside are more than the second rung: nothing, then the rest of 5,000,000.
    assert awards(*lines, outside=[outside("4,000,000")]) == ["0.00", "1,000,000.00"]
    # Outside on the line itself: the line's own award, which its postings already count.
    assert awards(*lines, outside=[outside("3,000,000", line="G-A")]) == ["3,000,000.00", "2,000,000.00"]
    # Another firm's, another notice's.
    others = [outside("1,000,000", uscc="E2"), outside("1,000,000", notice="other-notice")]
    assert awards(*lines, outside=others) == ["3,000,000.00", "2,000,000.00"]


def test_what_a_cap_cut_off_a_rung_is_not_made_up_on_the_next() -> None:
    yearly = cap("yearly", "entity year", "5,000,000", year_of="due_date")
    notice = incentive(reward("ladder", LADDER), caps=[yearly])
    lines = [
        line(claim("A", "100,000,000", "2024-12-31"), notice),  # 10,000,000, capped at 5,000,000
        line(claim("B", "120,000,000", "2025-12-31"), notice),  # the same rung: nothing
    ]
    assert periods(*lines) == [("2025-01-01", "5,000,000.00"), ("2026-01-01", "0.00")]


def test_a_claim_that_is_refused_is_no_earlier_one() -> None:
    notice = incentive(
        reward("ladder", LADDER),
        eligibility=[{"kind": "attribute_in", "attribute": "field", "values": ["space"], "basis": "n8"}],
    )
    lines = [
        line(claim("A", "10,000,000", "2023-12-31"), notice),
        line(claim("B", "30,000,000", "2024-12-31", attributes={"field": "space"}), notice),
    ]
    assert refused(*lines) == ["attribute_excluded"]
    assert awards(*lines) == ["0.00", "3,000,000.00"]


@pytest.mark.parametrize(
    ("others", "award"),
    [
        (0, "3.33"),  # 50% of 6.67 = 3.335: all levels together stay within it, rounded down; the share alone is 40%
        (100, "2.33"),
        (333, "0.00"),
        (900, "0.00"),
    ],
)
def test_all_levels_together_stay_within_their_share(others: int, award: str) -> None:
    notice = incentive(
        reward("it", rule("share_of_base", share="80%")),
        all_levels={"share": "50%", "basis": "n8"},
    )
    assert awards(line(claim("C", "6.67", other_levels_fen=others), notice)) == [award]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (rule("share_of_base", share="50%", at_least="100"), "base_missing"),
        (rule("bands", mode="whole", bands=[{"from": "0", "amount": "5"}]), "base_missing"),
        (LADDER, "base_missing"),
        (rule("per_unit", amount="5"), "units_missing"),
    ],
)
def test_a_figure_that_is_not_there_is_not_zero(what: dict[str, Any], code: str) -> None:
    assert refused(line(claim("C"), incentive(reward("it", what)))) == [code]


def test_the_worksheet_shows_base_share_bound_and_clause() -> None:
    notice = incentive(
        reward("mpw", rule("share_of_base", share="50%", at_most="3,000,000"), category="mpw"),
        caps=[cap("firm", "entity", "2,500,000")],
    )
    one = line(claim("C", "8,000,000", attributes={"category": "mpw"}), notice, ceiling="2,000,000")
    assert render_item(results_of(one)[0]).splitlines() == [
        "E1 / item C / test-notice@sha256:0000",
        " eligible      component: mpw in mpw                               assumption",
        " eligible      base: 8,000,000.00 > 0.00                           n8.3",
        " mpw           50% of 8,000,000.00                     =  4,000,000.00  n8.3",
        "               at most 3,000,000.00                    =  3,000,000.00  n8.3",
        " event         2024-06-01   before caps 3,000,000.00, awarded 2,000,000.00",
        " cap           firm 2,500,000, used 0: binding",
        " withheld      500,000.00 by decision, above the ceiling 2,000,000",
        " award         2,000,000.00",
    ]


def figures(one: ItemLine, **more: Any) -> list[str]:
    """The lines of the worksheet between conditions and caps, blanks folded."""
    lines = [" ".join(text.split()) for text in render_item(results_of(one, **more)[0]).splitlines()[1:]]
    return [text for text in lines if text.split()[0] not in ("eligible", "payer", "award")]


def test_the_worksheet_adds_up_components_and_bounds_them_by_other_levels() -> None:
    notice = incentive(
        reward("share", rule("share_of_base", share="20%", base_at_most="1,000", at_least="300")),
        reward("units", rule("per_unit", amount="50", at_most="120")),
        reward("fixed", rule("fixed", amount="7")),
        combine="sum",
        all_levels={"share": "10%", "basis": "n8"},
    )
    assert figures(line(claim("C", "5,000", units=3, other_levels_fen=10_000), notice)) == [
        "of 5,000.00 count at most = 1,000.00 n8.3",
        "share 20% of 1,000.00 = 200.00 n8.3",
        "at least 300.00 = 300.00 n8.3",
        "units 3 x 50.00 = 150.00 n8.3",
        "at most 120.00 = 120.00 n8.3",
        "fixed fixed amount = 7.00 n8.3",
        "sum 300.00 + 120.00 + 7.00 = 427.00 assumption",
        "all_levels 10% of 5,000.00 less 100.00 of other levels = 400.00 n8.3",
        "event 2024-06-01 before caps 400.00, awarded 400.00",
    ]
    # Other levels pay more than the share of all: nothing is left, and the room shows no amount below zero.
    assert figures(line(claim("C", "5,000", units=3, other_levels_fen=60_000), notice))[-2:] == [
        "all_levels 10% of 5,000.00 less 600.00 of other levels = 0.00 n8.3",
        "event 2024-06-01 before caps 0.00, awarded 0.00",
    ]


def test_the_worksheet_of_two_components_shows_their_sum_and_of_one_none() -> None:
    notice = incentive(
        reward("a", rule("fixed", amount="3")), reward("b", rule("fixed", amount="4"), export="yes"), combine="sum"
    )
    assert figures(line(claim("C", attributes={"export": "yes"}), notice))[2] == "sum 3.00 + 4.00 = 7.00 assumption"
    assert figures(line(claim("C"), notice))[1:] == ["event 2024-06-01 before caps 3.00, awarded 3.00"]


def test_the_worksheet_shows_a_bound_only_where_it_cut_something() -> None:
    notice = incentive(
        reward("it", rule("share_of_base", share="20%", base_at_most="1,000", at_least="200", at_most="200"))
    )
    assert figures(line(claim("C", "1,000"), notice)) == [
        "it 20% of 1,000.00 = 200.00 n8.3",
        "event 2024-06-01 before caps 200.00, awarded 200.00",
    ]


def test_the_worksheet_shows_every_band_with_their_sum() -> None:
    bands = [{"from": "10", "share": "10%"}, {"from": "100", "share": "20%"}]
    marginal = incentive(reward("bands", rule("bands", mode="marginal", bands=bands)))
    # 90.00 and 50.03 lie in the bands: 9.00 + 10.006 = 19.006, of which the lines are shares that add up.
    assert figures(line(claim("C", "150.03"), marginal))[:-1] == [
        "bands 10% of the 90.00 from 10.00 on = 9.00 n8.3",
        "20% of the 50.03 from 100.00 on = 10.01 n8.3",
        "all bands = 19.01 n8.3",
    ]
    # A single band needs no sum.
    assert figures(line(claim("C", "60"), marginal))[:-1] == ["bands 10% of the 50.00 from 10.00 on = 5.00 n8.3"]
    assert figures(line(claim("C", "9"), marginal))[:-1] == ["bands 9.00 lies below the first band, 10.00 = 0.00 n8.3"]
    whole = incentive(reward("bands", rule("bands", mode="whole", bands=[*bands, {"from": "500", "amount": "99"}])))
    assert figures(line(claim("C", "150"), whole))[:-1] == ["bands 20% of 150.00, band from 100.00 on = 30.00 n8.3"]
    assert figures(line(claim("C", "600"), whole))[:-1] == ["bands band of 600.00, from 500.00 on = 99.00 n8.3"]


def test_the_worksheet_shows_the_rung_and_what_was_paid_before() -> None:
    notice = incentive(reward("ladder", LADDER))
    low = line(claim("A", "9,999,999.99"), notice)
    assert figures(low)[0] == "ladder 9,999,999.99 lies below the first rung, 10,000,000.00 = 0.00 n8.3"
    first, second = line(claim("A", "10,000,000"), notice), line(claim("B", "60,000,000", "2024-12-31"), notice)
    assert figures(first) == [
        "ladder 10,000,000.00 reaches the rung of 10,000,000.00 = 1,000,000.00 n8.3",
        "event 2024-06-01 before caps 1,000,000.00, awarded 1,000,000.00",
    ]
    sheet = render_item(results_of(first, second, outside=[outside("1,200,000")])[1]).splitlines()
    # 1,000,000 of what was paid outside stood for the first rung, 200,000 are left: 5,000,000 - 1,000,000 - 200,000.
    assert [" ".join(text.split()) for text in sheet[3:6]] == [
        "ladder 60,000,000.00 reaches the rung of 50,000,000.00 = 5,000,000.00 n8.3",
        "less 1,000,000.00 of earlier claims, 200,000.00 outside = 3,800,000.00 n8.3",
        "event 2024-12-31 before caps 3,800,000.00, awarded 3,800,000.00",
    ]


@pytest.mark.parametrize(("units", "award"), [(1, "5.00"), (2, "10.00"), (3, "12.00"), (0, "0.00")])
def test_an_amount_for_each_unit(units: int, award: str) -> None:
    notice = incentive(reward("it", rule("per_unit", amount="5", at_most="12")))
    assert awards(line(claim("C", units=units), notice)) == [award]


def test_the_conditions_name_the_components_that_fit() -> None:
    notice = incentive(reward("a", rule("fixed", amount="1")), reward("b", rule("per_unit", amount="2")), combine="sum")
    (result,) = results_of(line(claim("C", units=2), notice))
    assert [(one.name, str(one)) for one in result.conditions] == [
        ("component", "component: a, b in a, b"),
        ("units", "units: 2 > 0"),
    ]
    assert result.digest["calculator"] == "incentive/1"
    (missing,) = results_of(line(claim("C"), incentive(reward("a", rule("fixed", amount="1"), grade="city"))))
    assert [str(one) for one in missing.conditions] == ["component: - in a"]


def test_categories_fill_one_ceiling_over_all_of_a_firms_claims() -> None:
    share = {name: rule("share_of_base", share="50%", at_most="20,000,000") for name in ("frontier", "beijing")}
    notice = incentive(
        *(reward(name, what, category=name) for name, what in share.items()),
        caps=[
            cap("batch", "entity", "30,000,000"),
            cap("year", "entity year", "30,000,000", year_of="fund", shared_with=["batch-2"]),
        ],
    )
    lines = [
        line(claim("A", "50,000,000", "2024-02-01", attributes={"category": "frontier"}), notice),  # 20,000,000
        line(claim("B", "30,000,000", "2024-03-01", attributes={"category": "beijing"}), notice),  # 10,000,000 left
        line(claim("C", "30,000,000", "2024-03-01", uscc="E2", attributes={"category": "beijing"}), notice),
    ]
    assert awards(*lines) == ["20,000,000.00", "10,000,000.00", "15,000,000.00"]
    # Another batch of the year paid 8,000,000 to E1 outside: 22,000,000 of the year are left, 2,000,000 for B.
    other = [outside("8,000,000", notice="batch-2")]
    assert awards(*lines, outside=other) == ["20,000,000.00", "2,000,000.00", "15,000,000.00"]
