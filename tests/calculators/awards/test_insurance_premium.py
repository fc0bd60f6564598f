"""The premium subsidy: what counts, the share by year of cover, endorsements, returns, premiums by the unit."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from calculators.explain.item import render_item
from calculators.facts.model import Premium, Rating
from calculators.money import Exact, parse_yuan
from tests.calculators.items import (
    ASSUMED,
    awards,
    cap,
    day,
    held,
    line,
    outside,
    periods,
    policy,
    premium_notice,
    premium_share,
    refused,
    results_of,
)

MAY = ("2024-05-10", "1,000,000")


def test_a_share_of_what_was_paid_rounded_once() -> None:
    # 80% of 33.33 = 26.664
    assert awards(line(policy("P", ("2024-05-10", "33.33")), premium_notice())) == ["26.66"]


@pytest.mark.parametrize(
    ("mode", "award", "back"),
    [("half_up", "26.66", "-13.33"), ("half_even", "26.66", "-13.33"), ("down", "26.65", "-13.33")],
)
def test_the_award_rounds_as_the_notice_says(mode: str, award: str, back: str) -> None:
    # 80% of 33.32 = 26.656; half of it comes back: 13.328, which leaves 13.33, or 13.32 rounded down.
    rounding = {"award": {"mode": mode, **ASSUMED}, "premium": {"mode": "half_up", **ASSUMED}}
    moved = policy("P", ("2024-05-10", "33.32"), ("2024-08-10", "-16.66"))
    assert [amount for _, amount in periods(line(moved, premium_notice(rounding=rounding)))] == [award, back]


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        ("in_full", [("2024-07-02", "800.00")]),
        # 80% of 400.00, then of 600.00 more.
        ("as_paid", [("2024-05-11", "320.00"), ("2024-07-02", "480.00")]),
    ],
)
def test_instalments(paid: str, due: list[tuple[str, str]]) -> None:
    instalments = policy("P", ("2024-05-10", "400"), ("2024-07-01", "600"))
    assert periods(line(instalments, premium_notice(paid=paid))) == due


def test_a_fen_that_is_not_paid_holds_a_premium_to_be_paid_in_full() -> None:
    short = policy("P", ("2024-05-10", "999.99"), premium="1,000")
    assert periods(line(short, premium_notice(paid="in_full"))) == []
    paid = replace(short, premiums=(*short.premiums, Premium(day("2024-05-10"), 1)))
    assert periods(line(paid, premium_notice(paid="in_full"))) == [("2024-05-11", "800.00")]


@pytest.mark.parametrize(
    ("liability", "bounds", "contract", "award"),
    [
        # 3% of the liability against a premium of 1,000,000, of which 80% is paid.
        ("33,333,333.34", {}, None, "800,000.00"),  # 1,000,000.0002, the premium is the lower
        ("33,333,333.33", {}, None, "799,999.99"),  # 999,999.9999, rounded down to 999,999.99: 799,999.992
        ("20,000,000", {}, None, "480,000.00"),  # 600,000
        ("20,000,000", {"amount": "10,000,000"}, None, "240,000.00"),  # 300,000
        ("20,000,000", {"contract_times": "5"}, "3,000,000", "360,000.00"),  # of 15,000,000: 450,000
        ("20,000,000", {"contract_times": "5"}, "4,000,000", "480,000.00"),  # 5 x 4,000,000 is the liability
        ("20,000,000", {"contract_times": "5", "amount": "10,000,000"}, "3,000,000", "240,000.00"),
        ("20,000,000", {"contract_times": "5", "amount": "18,000,000"}, "3,000,000", "360,000.00"),
    ],
)
def test_the_rate_that_counts_and_the_liability_it_is_of(
    liability: str, bounds: dict[str, str], contract: str | None, award: str
) -> None:
    notice = premium_notice(max_rate="3%", **({"liability": bounds} if bounds else {}))
    assert awards(line(policy("P", MAY, liability=liability, contract=contract), notice)) == [award]


def test_a_contract_that_is_not_known_is_not_zero() -> None:
    notice = premium_notice(max_rate="3%", liability={"contract_times": "5"})
    assert refused(line(policy("P", MAY, liability="20,000,000"), notice)) == ["contract_missing"]


@pytest.mark.parametrize(("deducted", "award"), [("false", "848.00"), ("true", "800.00")])
def test_the_tax_counts_or_not_by_the_notices_word(deducted: str, award: str) -> None:
    # 1,060 with 60 of tax: 80% of 1,060 = 848, of 1,000 = 800.
    taxed = replace(policy("P"), premium_fen=106_000, premiums=(Premium(day("2024-05-10"), 106_000, 6_000),))
    assert awards(line(taxed, premium_notice(tax=deducted, paid="in_full"))) == [award]


def test_the_share_falls_with_the_year_of_cover_and_ends() -> None:
    notice = premium_notice(
        premium_share("80%", "1"),
        premium_share("60%", "2 3", level="national"),
        premium_share("50%", "2", level="city"),
    )
    lines = [
        line(policy("P1", MAY, cover_year=1), notice),
        line(policy("P2", MAY, cover_year=2, attributes={"level": "national"}), notice),
        line(policy("P3", MAY, cover_year=2, attributes={"level": "city"}), notice),
        line(policy("P4", MAY, cover_year=3, attributes={"level": "national"}), notice),
        line(policy("P5", MAY, cover_year=3, attributes={"level": "city"}), notice),
        line(policy("P6", MAY, cover_year=4, attributes={"level": "national"}), notice),
    ]
    assert awards(*lines) == ["800,000.00", "600,000.00", "500,000.00", "600,000.00", "0.00", "0.00"]
    assert refused(*lines) == ["share_missing", "share_missing"]


@pytest.mark.parametrize(
    "shares",
    [
        [premium_share("80%"), premium_share("60%", "2")],
        [premium_share("80%", "1 2"), premium_share("60%", "2 3")],
        [premium_share("80%", "1", level="city"), premium_share("60%", "1")],
        [premium_share("80%", "1", level="city"), premium_share("60%", "1", scope="factory")],
    ],
)
def test_shares_that_a_policy_could_fit_together_do_not_load(shares: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError, match="could fit"):
        premium_notice(*shares)


def test_an_endorsement_pays_more_and_a_return_takes_back_its_share() -> None:
    moved = policy(
        "P", ("2024-05-10", "1,000.00"), ("2024-06-10", "0.01"), ("2024-09-10", "-333.33"), premium="1,000.00"
    )
    # 80% of 1,000.00; of 1,000.01 = 800.008; of the 666.68 borne = 533.344.
    assert periods(line(moved, premium_notice(paid="in_full"))) == [
        ("2024-05-11", "800.00"),
        ("2024-06-11", "0.01"),
        ("2024-09-11", "-266.67"),
    ]


def test_a_return_first_lowers_what_was_paid_beyond_the_ceiling() -> None:
    # 3% of 20,000 = 600 counts of 1,000 paid; 750 borne still reach it, 500 do not: 80% of 600, of 600, of 500.
    moved = policy("P", ("2024-05-10", "1,000"), ("2024-09-10", "-250"), ("2024-10-10", "-250"), liability="20,000")
    assert periods(line(moved, premium_notice(max_rate="3%"))) == [
        ("2024-05-11", "480.00"),
        ("2024-09-11", "0.00"),
        ("2024-10-11", "-80.00"),
    ]
    # 5,000,000 paid, 3,000,000 counts, 2,000,000 returned: 3,000,000 are borne, and nothing is taken back.
    moved = policy("Q", ("2024-05-10", "5,000,000"), ("2024-09-10", "-2,000,000"), liability="100,000,000")
    assert awards(line(moved, premium_notice(max_rate="3%"))) == ["2,400,000.00"]


def test_a_cap_limits_what_is_taken_back_and_does_not_scale_it() -> None:
    # 50% of 2,000,000 within 500,000; 1,000,000 comes back on the same day or later: 50% of 1,000,000 is 500,000.
    notice = premium_notice(premium_share("50%"), caps=[cap("each", "item", "500,000")])
    for returned_on in ("2024-05-10", "2024-09-10"):
        moved = policy("P", ("2024-05-10", "2,000,000"), (returned_on, "-1,000,000"))
        assert awards(line(moved, notice)) == ["500,000.00"]
    # 12,000,000 paid, 3,000,000 returned: min(50% of 9,000,000, 5,000,000) = 4,500,000.
    notice = premium_notice(premium_share("50%"), caps=[cap("launch", "item", "5,000,000")])
    moved = policy("P", ("2024-05-10", "12,000,000"), ("2025-02-03", "-3,000,000"))
    assert periods(line(moved, notice)) == [("2024-05-11", "5,000,000.00"), ("2025-02-04", "-500,000.00")]


def test_what_is_claimed_grows_and_shrinks_and_the_cap_looks_at_what_it_comes_to() -> None:
    """Claims of 1,000, -400, -300, +200, +600 under a cap of 500 come to 500, 500, 300, 500, 500."""
    notice = premium_notice(premium_share("100%"), caps=[cap("each", "item", "500")])
    moved = policy(
        "P",
        ("2024-05-10", "1,000"),
        ("2024-06-10", "-400"),
        ("2024-07-10", "-300"),
        ("2024-08-10", "200"),
        ("2024-09-10", "600"),
    )
    amounts = [amount for _, amount in periods(line(moved, notice))]
    assert amounts == ["500.00", "0.00", "-200.00", "200.00", "0.00"]
    # A ceiling limits in the same way, and what it withholds is what is still claimed above it: 1,100 - 500.
    bounded = line(moved, premium_notice(premium_share("100%")), ceiling="500")
    assert [amount for _, amount in periods(bounded)] == amounts
    (result,) = results_of(bounded, through="2024-06-11")
    assert result.digest["withheld_fen"] == 10_000
    assert results_of(bounded, through="2024-07-11")[0].digest["withheld"] == []


def test_a_return_takes_back_what_no_year_may_keep() -> None:
    """Caps of 400 a year and 500 in all: 1,000, and in the next year -700 and +700, come to 400, 300, 500."""
    caps = [cap("yearly", "item year", "400", year_of="due_date"), cap("total", "item", "500")]
    notice = premium_notice(premium_share("100%"), caps=caps)
    moved = policy("P", ("2024-05-10", "1,000"), ("2025-05-10", "-700"), ("2025-06-10", "700"))
    assert [amount for _, amount in periods(line(moved, notice))] == ["400.00", "-100.00", "200.00"]


IN_PROPORTION = {"rule": "award_proportional", "basis": "n8"}


@pytest.mark.parametrize(("mode", "left"), [("half_up", "0.03"), ("half_even", "0.02"), ("down", "0.02")])
def test_a_proportion_is_taken_back_where_a_source_says_so(mode: str, left: str) -> None:
    # 2.40 of 3.00 are claimed and 0.05 awarded; half of the premium comes back, and of the award 0.025 are left.
    rounding = {"award": {"mode": mode, **ASSUMED}, "premium": {"mode": "half_up", **ASSUMED}}
    notice = premium_notice(rounding=rounding, caps=[cap("each", "item", "0.05")], returned=IN_PROPORTION)
    moved = policy("P", ("2024-05-10", "3"), ("2024-08-10", "-1.50"))
    assert awards(line(moved, notice)) == [left]


def test_in_proportion_the_whole_comes_back_with_the_whole_and_what_no_limit_cut_follows_the_premium() -> None:
    moved = policy("P", ("2024-05-10", "1,000"), ("2024-09-10", "-250"), ("2024-10-10", "-750"))
    capped = premium_notice(caps=[cap("each", "item", "500")], returned=IN_PROPORTION)
    # 800 cut to 500; of that a quarter, then the rest.
    assert [amount for _, amount in periods(line(moved, capped))] == ["500.00", "-125.00", "-375.00"]
    free = premium_notice(returned=IN_PROPORTION)
    assert [amount for _, amount in periods(line(moved, free))] == ["800.00", "-200.00", "-600.00"]
    # By a ceiling 300 of the 800 are withheld, of which a quarter is no longer claimed.
    (result,) = results_of(line(moved, free, ceiling="500"), through="2024-09-11")
    assert (result.digest["award_fen"], result.digest["withheld_fen"]) == (37_500, 22_500)


def test_that_a_proportion_is_taken_back_is_never_assumed() -> None:
    with pytest.raises(ValidationError, match="never assumed"):
        premium_notice(returned={"rule": "award_proportional", **ASSUMED})


def test_room_that_comes_back_goes_to_who_was_cut() -> None:
    # 100 for the firm. P's 80 come back, so Q's 80 and the 8 for its next 10.00 of premium have room: 88 of 100.
    notice = premium_notice(caps=[cap("firm", "entity", "100")])
    returned = policy("P", ("2024-05-10", "100"), ("2024-07-10", "-100"))
    endorsed = policy("Q", ("2024-06-10", "100"), ("2024-08-10", "10"))
    assert periods(line(returned, notice), line(endorsed, notice)) == [
        ("2024-05-11", "80.00"),
        ("2024-07-11", "-80.00"),
        ("2024-06-11", "80.00"),
        ("2024-08-11", "8.00"),
    ]


def test_what_is_given_back_frees_room_of_the_amount_it_had_used_only() -> None:
    yearly = cap("yearly", "entity year", "500", year_of="due_date")
    notice = premium_notice(premium_share("100%"), caps=[yearly])
    lines = [
        line(policy("A", ("2024-05-10", "400"), ("2024-07-10", "-300")), notice),
        line(policy("B", ("2024-08-10", "450")), notice),
        line(policy("C", ("2023-08-10", "500"), ("2025-01-10", "-500")), notice),
        line(policy("D", ("2025-02-10", "800")), notice),
    ]
    # 400 - 300 leave 400 of 2024 for B; what C gives back in 2025 was of the room of 2023.
    assert awards(*lines) == ["100.00", "400.00", "0.00", "500.00"]


def test_two_events_of_a_day_are_one_part_and_their_order_is_of_no_matter() -> None:
    one_day = policy("P", ("2024-05-10", "1,000"), ("2024-05-10", "-400"))
    assert periods(line(one_day, premium_notice())) == [("2024-05-11", "480.00")]
    again = replace(one_day, premiums=one_day.premiums[::-1])
    assert periods(line(again, premium_notice())) == [("2024-05-11", "480.00")]


def test_more_returned_than_paid_is_held() -> None:
    early = policy("P", ("2024-05-10", "-400"), ("2024-05-11", "1,000"))
    assert held(line(early, premium_notice())) == ["returned_above_paid"]
    # The premium without its tax decides where tax is taken off: 100 of 1,000 paid were no tax, 200 come back.
    taxed = replace(
        early,
        premiums=(Premium(day("2024-05-10"), 100_000, 90_000), Premium(day("2024-05-11"), -20_000)),
        premium_fen=0,
    )
    assert held(line(taxed, premium_notice(tax="true"))) == ["returned_above_paid"]
    assert held(line(taxed, premium_notice())) == []


def test_caps_per_launch_firm_and_year_with_what_was_paid_outside() -> None:
    notice = premium_notice(
        premium_share("50%"),
        caps=[cap("launch", "item", "5,000,000"), cap("firm", "entity year", "10,000,000", year_of="due_date")],
    )
    lines = [
        line(policy("A", ("2024-05-10", "9,000,000"), item="launch 1"), notice),  # 4,500,000
        line(policy("B", ("2024-06-10", "9,000,000"), item="launch 1"), notice),  # 500,000 left of the launch
        line(policy("C", ("2024-07-10", "9,000,000"), item="launch 2"), notice),  # 4,500,000
        line(policy("D", ("2024-08-10", "9,000,000"), item="launch 3"), notice),  # 500,000 left of the firm's year
        line(policy("E", ("2025-01-10", "9,000,000"), item="launch 4"), notice),  # another year
    ]
    assert awards(*lines) == ["4,500,000.00", "500,000.00", "4,500,000.00", "500,000.00", "4,500,000.00"]
    taken = [outside("9,000,000", due="2024-03-01")]
    assert awards(*lines, outside=taken) == ["1,000,000.00", "0.00", "0.00", "0.00", "4,500,000.00"]


@pytest.mark.parametrize(("mode", "premium"), [("half_up", "0.65"), ("half_even", "0.65"), ("down", "0.64")])
def test_a_premium_by_the_unit_rounds_as_the_notice_says(mode: str, premium: str) -> None:
    # 550 x 0.00118 = 0.649
    rounding = {"award": {"mode": "half_up", **ASSUMED}, "premium": {"mode": mode, **ASSUMED}}
    rated = policy("P", ("2024-05-10", premium), rating=Rating(parse_yuan("550"), Exact("0.00118"), Exact(1)))
    assert refused(line(rated, premium_notice(rounding=rounding))) == []


def by_the_unit(sum_insured: str, rate: str, units: str, premium: str) -> list[str]:
    rating = Rating(parse_yuan(sum_insured), Exact(rate), Exact(units))
    return held(line(policy("P", ("2024-05-10", premium), rating=rating), premium_notice()))


@pytest.mark.parametrize(
    ("sum_insured", "rate", "units", "premium", "wrong"),
    [
        ("550", "0.00118", "1", "0.65", "0.64"),  # 0.649
        # 0.649 x 1,000 = 649.00: rounding before the multiplication would make 650.00.
        ("550", "0.00118", "1000", "649.00", "650.00"),
        ("300", "0.0272", "12.5", "102.00", "102.01"),
        ("0.50", "0.01", "1", "0.01", "0.00"),  # 0.005
    ],
)
def test_a_premium_by_the_unit_is_rounded_after_the_multiplication(
    sum_insured: str, rate: str, units: str, premium: str, wrong: str
) -> None:
    assert by_the_unit(sum_insured, rate, units, premium) == []
    assert by_the_unit(sum_insured, rate, units, wrong) == ["premium_differs"]


def test_a_window_on_a_launch_that_did_not_take_place_is_missed() -> None:
    notice = premium_notice(windows=[{"on": "launch", "from": "2024-04-01", **ASSUMED}])
    assert refused(line(policy("P", MAY), notice)) == ["window_launch"]
    assert refused(line(policy("P", MAY, launched_on=day("2024-04-01")), notice)) == []


def test_the_worksheet_shows_what_counted_and_every_event() -> None:
    notice = premium_notice(
        premium_share("80%", "1 2 3"),
        max_rate="3%",
        liability={"contract_times": "5", "amount": "500,000,000"},
        tax="true",
        caps=[cap("firm", "entity", "1,000,000")],
    )
    taxed = replace(
        policy("P", liability="100,000,000", contract="12,000,000"),
        premium_fen=parse_yuan("2,120,000"),
        premiums=(
            Premium(day("2024-05-10"), parse_yuan("2,120,000"), parse_yuan("120,000")),
            Premium(day("2024-09-10"), -parse_yuan("530,000"), -parse_yuan("30,000")),
        ),
    )
    assert render_item(results_of(line(taxed, notice))[0]).splitlines() == [
        "E1 / item P / test-notice@sha256:0000",
        " eligible      share: 80% in 80%                                   n8.3",
        " eligible      contract: 12,000,000.00 > 0.00                      n8.3",
        " eligible      borne: 1,500,000.00 >= 0.00                         assumption",
        " counted       paid 2,120,000.00 less tax 120,000.00                        =  2,000,000.00  n8.3",
        " liability     100,000,000.00, at most 5 x 12,000,000.00 and 500,000,000.00 = 60,000,000.00  n8.3",
        " max_rate      3% of the liability 60,000,000.00                            =  1,800,000.00  n8.3",
        " shares        80% of 1,800,000.00, cover year 1                            =  1,440,000.00  n8.3",
        " event         2024-05-10   before caps 1,440,000.00, awarded 1,000,000.00",
        " counted       paid 2,120,000.00 less tax 120,000.00                        =  2,000,000.00  n8.3",
        " returned      less 500,000.00 returned                                     =  1,500,000.00  assumption",
        " liability     100,000,000.00, at most 5 x 12,000,000.00 and 500,000,000.00 = 60,000,000.00  n8.3",
        " max_rate      3% of the liability 60,000,000.00                            =  1,800,000.00  n8.3",
        " shares        80% of 1,500,000.00, cover year 1                            =  1,200,000.00  n8.3",
        "               less 1,440,000.00 of earlier events                          =   -240,000.00",
        " event         2024-09-10   before caps -240,000.00, to date 1,200,000.00; awarded 0.00",
        " cap           firm 1,000,000, used 0: binding",
        " award         1,000,000.00",
    ]


@pytest.mark.parametrize(
    ("bounds", "row"),
    [
        ({"amount": "9,000"}, "liability 20,000.00, at most 9,000.00 = 9,000.00 n8.3"),
        ({"contract_times": "5"}, "liability 20,000.00, at most 5 x 3,000.00 = 15,000.00 n8.3"),
        ({"contract_times": "7"}, "liability 20,000.00, at most 7 x 3,000.00 = 20,000.00 n8.3"),
    ],
)
def test_the_worksheet_shows_which_liability_counts(bounds: dict[str, str], row: str) -> None:
    notice = premium_notice(max_rate="3%", liability=bounds)
    one = line(policy("P", ("2024-05-10", "500"), liability="20,000", contract="3,000"), notice)
    rows = [" ".join(text.split()) for text in render_item(results_of(one)[0]).splitlines()]
    assert "counted paid 500.00 = 500.00 n8.3" in rows
    assert row in rows


def test_the_conditions_name_the_figures_that_differ() -> None:
    shares = [premium_share("80%", "1"), premium_share("60%", "2"), {"share": "40%", "years": ["4"], **ASSUMED}]
    notice = premium_notice(*shares, max_rate="3%", liability={"contract_times": "5"})
    rating = Rating(parse_yuan("550"), Exact("0.00118"), Exact(1))
    one = policy("P", ("2024-05-10", "0.64"), liability="20,000", cover_year=3, rating=rating)
    (result,) = results_of(line(one, notice))
    assert [(one.name, str(one), one.code, one.clause) for one in result.conditions] == [
        ("share", "share: - in 80%, 60%, 40%", "share_missing", "assumption"),
        ("contract", "contract: - > 0.00", "contract_missing", "n8.3"),
        ("premium", "premium: 0.64 = 0.65", "premium_differs", "assumption"),
        ("borne", "borne: 0.64 >= 0.00", "returned_above_paid", "assumption"),
    ]
    assert result.digest["calculator"] == "insurance_premium/2"
    assert result.digest["periods"] == []


def test_a_part_is_calculated_on_the_premium_borne_so_far() -> None:
    taxed = replace(
        policy("P"),
        premium_fen=106_000,
        premiums=(Premium(day("2024-05-10"), 106_000, 6_000), Premium(day("2024-09-10"), -53_000, -3_000)),
    )
    for deducted, bases in (("false", [106_000, 53_000]), ("true", [100_000, 50_000])):
        (result,) = results_of(line(taxed, premium_notice(tax=deducted)))
        assert [period["base_fen"] for period in result.digest["periods"]] == bases


def test_a_policy_without_payments_is_due_nothing() -> None:
    (result,) = results_of(line(policy("P", premium="1,000"), premium_notice()))
    assert (result.digest["eligible"], result.digest["periods"], result.digest["award_fen"]) == (True, [], 0)
    assert [str(one) for one in result.conditions] == ["share: 80% in 80%", "borne: 0.00 >= 0.00"]


# Premium that the fund pays straight to the insurer.

DIRECT = premium_notice(paid="own_share")


def test_the_premium_counts_once_the_firm_has_paid_its_own_share() -> None:
    # 80 % of 1,000 are the fund's, 200 the firm's.
    own = policy("P", ("2024-05-10", "199.99"), ("2024-05-20", "0.01"), premium="1,000")
    assert periods(line(own, DIRECT)) == [("2024-05-21", "800.00")]
    (result,) = results_of(line(own, DIRECT))
    assert (result.digest["pay_to"], result.digest["insurer"]) == ("insurer", "Insurer One")
    assert "premium 1,000.00, of which the firm has paid its part" in render_item(result)
    short = policy("Q", ("2024-05-10", "199.99"), premium="1,000")
    assert periods(line(short, DIRECT)) == []


def test_what_the_ceiling_leaves_of_a_premium_is_the_firms() -> None:
    # 2 % of 20,000 = 400 count: 320 are the fund's, 680 the firm's.
    rules = premium_notice(paid="own_share", max_rate="2%")
    for paid, expected in (("679.99", []), ("680", [("2024-05-11", "320.00")])):
        own = policy("P", ("2024-05-10", paid), premium="1,000", liability="20,000")
        assert periods(line(own, rules)) == expected


def test_what_the_insurer_returns_lowers_what_the_fund_has_paid() -> None:
    own = policy("P", ("2024-05-10", "200"), ("2024-09-10", "-100"), premium="1,000")
    # 900 are borne: 720 of them the fund's.
    assert periods(line(own, DIRECT)) == [("2024-05-11", "800.00"), ("2024-09-11", "-80.00")]


def test_tax_of_what_is_not_paid_yet_is_not_known() -> None:
    with pytest.raises(ValidationError, match="has no tax told yet"):
        premium_notice(paid="own_share", tax="true")


def test_a_share_for_a_status_and_a_range_of_the_premium() -> None:
    small = {"share": "50%", "basis": "n8", "when": [{"figure": "base", "below": "1,000"}]}
    large = {"share": "30%", "basis": "n8", "when": [{"figure": "base", "at_least": "1,000"}]}
    rules = premium_notice(small, large)
    for premium, award in (("999.99", "500.00"), ("1,000", "300.00")):
        assert awards(line(policy("P", ("2024-05-10", premium)), rules)) == [award]


def test_an_award_in_hundreds_of_yuan() -> None:
    steps = {"award": {"mode": "down", "unit": "100", "basis": "n8"}, "premium": {"mode": "half_up", **ASSUMED}}
    assert awards(line(policy("P", ("2024-05-10", "1,249.99")), premium_notice(rounding=steps))) == ["900.00"]
