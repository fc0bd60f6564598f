"""What published loan policies use besides points and shares: receipts of a window, years of support, payment at once.

Amounts are yuan. A loan of these tests is settled monthly on the 20th, not counted, ACT/360, unless it says otherwise.
"""

from typing import Any

import pytest
from pydantic import ValidationError

from calculators.awards.lines import Line
from calculators.explain.loan import render
from calculators.facts.model import Status
from calculators.interest.loan import DayCount, Loan, Receipt, Spell
from calculators.money import parse_yuan
from tests.calculators.lending import (
    ASSUMED,
    award,
    cap,
    components,
    day,
    interest_share,
    line,
    loan,
    notice,
    only,
    periods,
    points,
    quarterly,
    results_of,
    settled_on,
    window,
)

PAID = {"interest": "paid", **ASSUMED}
OPT_OUT = {"basis": "n3"}


def refused(one: Line, *others: Line, **more: Any) -> list[str]:
    """The codes of what the first line was refused for."""
    return [found["code"] for found in results_of(one, *others, **more)[0].digest["refused"]]


# Interest paid between two dates.

# 30,000,000 at 5 %, settled quarterly: 90, 92, 92 and 91 days of 2023 come to the receipts of a published example.
RECEIPTS = {"2023-03-20": "375000.00", "2023-06-20": "383333.33", "2023-09-20": "383333.33", "2023-12-20": "379166.67"}


def lent(paid_on: dict[str, str] | None = None) -> Loan:
    """The loan of the example, drawn half a year before; a receipt is paid on its day but where `paid_on` says."""
    told = {"2022-09-20": "383333.33", "2022-12-20": "379166.67", **RECEIPTS, "2024-03-20": "379166.67"}
    paid = {**{due: due for due in told}, **(paid_on or {})}
    made = loan("L", {"2022-06-20": "30,000,000"}, "2024-06-20", "5%", due=quarterly())
    receipts = tuple(Receipt(day(due), parse_yuan(interest), day(paid[due])) for due, interest in told.items())
    return Loan(**{**{name: getattr(made, name) for name in made.__slots__}, "receipts": receipts})


IN_2023 = notice(
    base=PAID,
    components=components(share=interest_share("40%")),
    windows=[window("paid_day", "2023-01-01", "2023-12-31")],
)


def test_interest_counts_that_was_paid_between_two_days_whatever_days_it_accrued_on() -> None:
    # 40 % of 1,520,833.33 = 608,333.332
    assert award(line(lent(), IN_2023)) == "608333.33"
    # What was due in December 2022 and paid in January counts; what was paid in January 2024 does not.
    late = lent({"2022-12-20": "2023-01-03", "2023-12-20": "2024-01-02"})
    # 379,166.67 + 375,000.00 + 2 x 383,333.33 = 1,520,833.33 as well
    assert award(line(late, IN_2023)) == "608333.33"
    result = only(results_of(line(late, IN_2023)))
    assert periods(result, "interest_fen")["2022-12-20"] == "379166.67"
    assert periods(result, "interest_fen")["2023-12-20"] == "0.00"
    assert "12-20   receipt 379,166.67, 0.00 paid in time" in render(result)


def test_the_cap_of_the_example_limits_what_was_paid() -> None:
    capped = notice(
        base=PAID,
        components=components(share=interest_share("40%")),
        windows=[window("paid_day", "2023-01-01", "2023-12-31")],
        caps=[cap("firm", "entity", "500,000")],
    )
    assert award(line(lent(), capped)) == "500000.00"


def test_a_period_after_the_last_day_of_payment_waits_for_no_receipt() -> None:
    # The period from 2024-03-20 on has no receipt; the one before it begins in 2023 and has one.
    result = only(results_of(line(lent(), IN_2023)))
    assert result.digest["held"] == []
    assert list(periods(result))[-1] == "2024-03-20"
    # Without its receipt that one could still have been paid in December.
    one = lent()
    without = Loan(**{**{name: getattr(one, name) for name in one.__slots__}, "receipts": one.receipts[:-1]})
    held = only(results_of(line(without, IN_2023))).digest["held"]
    assert [(found["due"], found["code"]) for found in held] == [("2024-03-20", "receipt_missing")]


# LPR times a factor, and of the last day of the year before.


def lpr_share(share: str, fixed_on: str) -> dict[str, Any]:
    return {"kind": "lpr_share", "share": share, "tenor": "1y", "fixed_on": fixed_on, "basis": "n3"}


def test_the_lpr_of_the_last_day_of_the_year_before() -> None:
    """3.45 % on 2023-12-31, 3.10 % on 2024-12-31; 60 % of them: 2.07 % and 1.86 %."""
    over_new_year = loan("L", {"2024-12-01": "3,600,000"}, "2025-01-31", due=settled_on("2025-01-31"))
    rules = notice(components=components(lpr=lpr_share("60%", "last_year_end")))
    # 10,000 a day and 1 %: 31 days x 2.07 = 6,417; 30 days x 1.86 = 5,580
    assert award(line(over_new_year, rules)) == "11997.00"
    sheet = render(only(results_of(line(over_new_year, rules))))
    assert "111,600,000 yuan-days x 2.07%/360" in sheet
    assert "108,000,000 yuan-days x 1.86%/360" in sheet


def test_more_than_the_lpr_but_never_more_than_the_loans_rate() -> None:
    rules = notice(components=components(lpr=lpr_share("130%", "drawdown")))
    # 130 % of 3.45 % = 4.485 %: 3,600,000 x 30 d x 4.485 % / 360 = 13,455.00; at 4 % the loan's own 12,000.00.
    for rate, expected in (("5%", "13455.00"), ("4%", "12000.00")):
        month = loan("L", {"2024-01-20": "3,600,000"}, "2024-02-19", rate, due=settled_on("2024-02-19"))
        assert award(line(month, rules)) == expected


def test_a_highest_rate_as_a_factor_of_the_lpr() -> None:
    asked = {"kind": "max_contract_rate", "tenor": "1y", "times": "130%", "basis": "n3"}
    rules = notice(eligibility=[asked])
    for rate, codes in (("4.485%", []), ("4.4850001%", ["rate_too_high"])):
        assert refused(line(loan("L", {"2024-01-20": "3,600,000"}, "2024-02-19", rate), rules)) == codes


# A component that is earned by repaying in time.

# 300,000 for a year at 9 %: two points always, three more when it is repaid in time, so that the firm bears 4 %.
PROMPT_COMPONENTS = [
    {"id": "always", "rule": points("2%")},
    {"id": "prompt", "rule": points("3%"), "earned": {"by": "repaid_in_time", "basis": "n3"}},
]
PROMPT = notice(
    components=PROMPT_COMPONENTS,
    combine={"kind": "sum", "basis": "n3"},
)
SEASONS = settled_on("2023-07-01", "2024-01-01")


def crop(**more: Any) -> Loan:
    return loan(
        "L", {"2023-01-01": "300,000"}, "2024-01-01", "9%", due=SEASONS, day_count=DayCount.THIRTY_E_360, **more
    )


def test_what_is_earned_by_repaying_in_time_is_due_when_it_is_repaid() -> None:
    repaid = crop(repaid={"2024-01-01": "300,000"})
    result = only(results_of(line(repaid, PROMPT)))
    assert periods(result) == {"2023-07-01": "3000.00", "2024-01-01": "12000.00"}
    # 9 % of 300,000 less 15,000 is 12,000: 4 %.
    assert sum(parse_yuan(one) for one in periods(result, "interest_fen").values()) - result.digest["award_fen"] == (
        1_200_000
    )
    assert periods(only(results_of(line(repaid, PROMPT), through="2023-12-31"))) == {"2023-07-01": "3000.00"}


@pytest.mark.parametrize(
    "late",
    [
        {},
        {"repaid": {"2024-01-01": "299,999.99"}},
        {"repaid": {"2024-01-01": "300,000"}, "spells": (Spell("overdue", day("2023-07-01"), day("2023-07-02")),)},
    ],
)
def test_what_is_not_repaid_in_time_earns_nothing_more(late: dict[str, Any]) -> None:
    lent = crop(**late)
    points_fen = 600_000 if "spells" not in late else 600_000 - 1_667  # one day of 30/360 less: 300,000 x 2 % / 360
    assert only(results_of(line(lent, PROMPT))).digest["award_fen"] == points_fen
    assert " prompt        due only once it is repaid in time" in render(only(results_of(line(lent, PROMPT))))


def test_a_loan_that_is_repaid_early_has_earned_what_accrued_until_then() -> None:
    # Three points on 300,000 for six months and a month: 5,250 with the period in which it was repaid.
    early = crop(repaid={"2023-08-01": "300,000"})
    assert periods(only(results_of(line(early, PROMPT)))) == {"2023-07-01": "3000.00", "2024-01-01": "5750.00"}
    # On the day itself on which the half year is due it is due with that.
    on_the_day = crop(repaid={"2023-07-01": "300,000"})
    assert periods(only(results_of(line(on_the_day, PROMPT)))) == {"2023-07-01": "7500.00", "2024-01-01": "0.00"}
    # Support of six months has ended by then: 4,500 more with its last period.
    short = notice(
        components=PROMPT_COMPONENTS,
        combine={"kind": "sum", "basis": "n3"},
        base={"interest": "accrued", "months_from_first_drawdown": {"months": "6", **ASSUMED}, **ASSUMED},
    )
    assert periods(only(results_of(line(early, short)))) == {"2023-07-01": "7500.00"}


# Shares that decline by year of support.


def test_another_share_for_each_year_of_support() -> None:
    """3,600,000 at 3.6 % for three years and a day from 31 January 2020; years end on the last day of the month."""
    years = [interest_share(share) for share in ("50%", "30%")]
    rules = notice(components=components(share={"kind": "by_year", "years": years, "basis": "n3"}))
    ends = ("2020-07-31", "2021-07-31", "2022-07-31")
    long = loan("L", {"2020-01-31": "3,600,000"}, "2022-07-31", due=settled_on(*ends))
    # 360 a day: 182 x 50 %; 184 x 50 % + 181 x 30 %; 184 x 30 % and then nothing.
    assert periods(only(results_of(line(long, rules)))) == {
        "2020-07-31": "32760.00",
        "2021-07-31": "52668.00",
        "2022-07-31": "19872.00",
    }
    sheet = render(only(results_of(line(long, rules))))
    assert "50% of 131,760.00" in sheet
    assert "30% of 131,400.00" in sheet


# Paid once.


def once(rule: dict[str, str], **more: Any) -> Any:
    """A notice of one component that is paid once."""
    return notice(components=components(once={"basis": "n3", **rule}), not_bounded_by_interest=OPT_OUT, **more)


def test_a_share_of_what_was_drawn_is_paid_once_for_each_drawdown() -> None:
    lent = loan("L", {"2024-01-25": "6,000,000", "2024-03-25": "4,000,000"}, "2024-05-20")
    rules = once({"kind": "one_off", "share": "1%"})
    assert periods(only(results_of(line(lent, rules)))) == {
        "2024-02-20": "60000.00",
        "2024-03-20": "0.00",
        "2024-04-20": "40000.00",
        "2024-05-20": "0.00",
    }
    sheet = render(only(results_of(line(lent, rules), through="2024-03-20")))
    assert " once          1% of 6,000,000.00 drawn                =     60,000.00  n3.2" in sheet


def test_what_is_drawn_on_a_due_day_belongs_to_the_period_that_begins_with_it() -> None:
    """5.00 on the first day, a fen on the day on which January is due; what is repaid on it is no drawdown."""
    lent = loan("L", {"2024-01-25": "5", "2024-02-20": "0.01"}, "2024-03-20", repaid={"2024-02-20": "1"})
    assert periods(only(results_of(line(lent, once({"kind": "one_off", "share": "100%"}))))) == {
        "2024-02-20": "5.00",
        "2024-03-20": "0.01",
    }


# 500,000 repaid in ten yearly instalments, two points, 8 % a year: the Commission's own example.
INSTALMENTS = loan(
    "L",
    {"2020-01-01": "500,000"},
    "2030-01-01",
    "10%",
    repaid={f"{year}-01-01": "50,000" for year in range(2021, 2031)},
    due=settled_on(*(f"{year}-01-01" for year in range(2021, 2031))),
    day_count=DayCount.THIRTY_E_360,
)
EQUIVALENT = {"kind": "grant_equivalent", "points": "2%", "reference_rate": "8%"}


def test_the_grant_equivalent_of_points_over_ten_instalments() -> None:
    """10,000 / 1.08 + 9,000 / 1.08^2 + ... + 1,000 / 1.08^10 = 41,123.98, published without its fen."""
    # In tens of thousandths: the same sum by hand, since (10 - a) / 0.08 with a = (1 - 1.08^-10) / 0.08 = 6.7100814.
    assert award(line(INSTALMENTS, once(EQUIVALENT))) == "41123.98"
    whole_yuan = {
        "interest": {"mode": "half_up", **ASSUMED},
        "award": {"mode": "down", "unit": "1", "basis": "n3"},
    }
    result = only(results_of(line(INSTALMENTS, once(EQUIVALENT, rounding=whole_yuan)), through="2021-01-01"))
    assert result.digest["award_fen"] == 4_112_300
    assert " once          2.0% a year of the principal, at 8.0% a year on 2020-01-01=     41,123.98  n3.2" in (
        render(result).replace(" =", "=")
    )


def test_the_grant_equivalent_of_a_part_of_a_year_is_discounted_by_its_days() -> None:
    """3,600,000 for 183 of 366 days at 2 points: 36,600; 1 + 8 % / 2 = 1.04: 35,192.31."""
    half = loan("L", {"2024-01-01": "3,600,000"}, "2024-07-02", due=settled_on("2024-07-02"))
    assert award(line(half, once(EQUIVALENT))) == "35192.31"


@pytest.mark.parametrize(
    ("first", "worth"),
    [
        # 183 of the 366 days of the year that begins with the drawdown: 36,600 / 1.04.
        ("2023-12-01", "35192.31"),
        # 548 days of 200.00 are 109,600; a whole year, then 183 days of the next: 109,600 / (1.08 x 1.04).
        ("2022-12-01", "97578.35"),
    ],
)
def test_a_year_of_the_discount_begins_on_the_day_of_the_drawdown(first: str, worth: str) -> None:
    lent = loan("L", {first: "3,600,000"}, "2024-06-01", due=settled_on("2024-06-01"))
    assert award(line(lent, once(EQUIVALENT))) == worth


def test_what_is_paid_once_says_that_the_interest_does_not_bound_it() -> None:
    for rule in ({"kind": "one_off", "share": "1%"}, EQUIVALENT):
        with pytest.raises(ValidationError, match="no interest to date would reach it"):
            notice(components=components(once={"basis": "n3", **rule}))
        with pytest.raises(ValidationError, match="does not limit"):
            once(
                rule,
                base={"interest": "accrued", "principal_cap": {"per": "loan", "amount": "5", **ASSUMED}, **ASSUMED},
            )


# A firm's loans together, and the size of one.


@pytest.mark.parametrize(("amount", "codes"), [("999,999.99", ["loan_out_of_range"]), ("1,000,000", [])])
def test_the_smallest_loan(amount: str, codes: list[str]) -> None:
    rules = notice(eligibility=[{"kind": "loan_amount", "at_least": "1,000,000", "basis": "n3"}])
    assert refused(line(loan("L", {"2024-01-25": amount}, "2024-05-20"), rules)) == codes


@pytest.mark.parametrize(("amount", "codes"), [("1,000,000.01", ["loan_out_of_range"]), ("1,000,000", [])])
def test_the_largest_loan(amount: str, codes: list[str]) -> None:
    asked = {"kind": "loan_amount", "at_least": "1,000", "at_most": "1,000,000", "basis": "n3"}
    assert refused(line(loan("L", {"2024-01-25": amount}, "2024-05-20"), notice(eligibility=[asked]))) == codes


def test_the_loans_of_a_firm_reach_a_sum_together() -> None:
    rules = notice(eligibility=[{"kind": "firm_loans_at_least", "amount": "1,000,000", "basis": "n3"}])
    first = line(loan("A", {"2024-01-20": "600,000"}, "2024-02-20"), rules)
    second = line(loan("B", {"2024-01-20": "400,000"}, "2024-02-20"), rules)
    stranger = line(loan("X", {"2024-01-20": "400,000"}, "2024-02-20", uscc="E2"), rules)
    assert refused(first, second) == []
    assert refused(first, stranger) == ["firm_loans_too_small"]
    # 31 days at 2 points: 1,033.33 and 688.89
    assert award(first, second, stranger) == "1033.33 688.89 0.00"


def test_nothing_is_due_until_the_interest_of_a_firm_reaches_the_least_and_then_all_of_it() -> None:
    """3,600,000 and 1,800,000 at 3.6 %: 360 and 180 a day."""
    # By 20 February 31 x 360 = 11,160; by 20 March 29 x 540 = 15,660 more.
    rules = notice(eligibility=[{"kind": "firm_interest_at_least", "amount": "26,820", "basis": "n3"}])
    ends = ("2024-02-20", "2024-03-20")
    first = line(loan("A", {"2024-01-20": "3,600,000"}, "2024-03-20", due=settled_on(*ends)), rules)
    second = line(loan("B", {"2024-02-20": "1,800,000"}, "2024-03-20", due=settled_on("2024-03-20")), rules)
    early = results_of(first, second, through="2024-02-20")[0]
    assert (early.digest["eligible"], early.digest["periods"], early.digest["award_fen"]) == (False, [], 0)
    assert " refused       firm_interest_at_least: 11,160.00 >= 26,820.00" in render(early)
    assert refused(first, second, through="2024-02-20") == ["firm_interest_too_small"]
    assert award(first, second, through="2024-03-20") == "12000.00 2900.00"
    assert refused(first, through="2024-03-20") == ["firm_interest_too_small"]


def test_a_status_is_asked_of_a_loans_firm_as_well() -> None:
    rules = notice(eligibility=[{"kind": "holds_status", "statuses": ["innovative_sme"], "basis": "n3"}])
    lent = loan("L", {"2024-01-25": "5"}, "2024-05-20")
    assert refused(line(lent, rules)) == ["status_not_held"]
    assert refused(line(lent, rules, statuses=(Status("innovative_sme", day("2024-01-01")),))) == []


# Awards in hundreds of yuan.


def test_an_award_in_hundreds_of_yuan_is_rounded_on_its_cumulative_amount_and_bounded_by_whole_hundreds() -> None:
    hundreds = {"interest": {"mode": "half_up", **ASSUMED}, "award": {"mode": "half_up", "unit": "100", "basis": "n3"}}
    lent = loan("L", {"2024-01-20": "3,600,000"}, "2024-04-20")
    # 200 a day: 6,200, 5,800, 6,200 are hundreds already; 2.0 points of 3,645,000 are not.
    odd = loan("O", {"2024-01-20": "3,645,000"}, "2024-04-20")
    assert periods(only(results_of(line(lent, notice(rounding=hundreds))))) == {
        "2024-02-20": "6200.00",
        "2024-03-20": "5800.00",
        "2024-04-20": "6200.00",
    }
    # 202.50 a day: 6,277.50 -> 6,300; 12,150.00 -> 12,200; 18,427.50 -> 18,400
    assert periods(only(results_of(line(odd, notice(rounding=hundreds))))) == {
        "2024-02-20": "6300.00",
        "2024-03-20": "5900.00",
        "2024-04-20": "6200.00",
    }
    sheet = render(only(results_of(line(odd, notice(rounding=hundreds)))))
    assert "rounded to whole 100.00" in sheet
    # 4 points on a loan at 3.6 %: the interest of 11,300.00 - 0.50 leaves 11,200.
    bounded = loan("B", {"2024-01-20": "3,645,000"}, "2024-02-20")
    rules = notice(rounding=hundreds, components=components(points=points("4%")))
    # 31 x 364.50 = 11,299.50
    assert award(line(bounded, rules)) == "11200.00"


# What does not load.


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"windows": [window("paid_day", "2024-01-01")]}, "the day of payment says nothing"),
        ({"eligibility": [{"kind": "loan_amount", "basis": "n3"}]}, "has no bound"),
        ({"eligibility": [{"kind": "loan_amount", "at_least": "2", "at_most": "1", "basis": "n3"}]}, "no figure lies"),
        (
            {
                "components": [
                    {"id": "a", "rule": points("2%")},
                    {"id": "b", "rule": points("3%"), "earned": {"by": "repaid_in_time", "basis": "n3"}},
                ],
                "combine": {"kind": "lowest", "compare_over": "to_date", **ASSUMED},
            },
            "cannot be the lowest before",
        ),
        ({"components": components(lpr=lpr_share("1001%", "drawdown"))}, "not above 0% and at most 1000%"),
        (
            {"rounding": {"interest": ASSUMED, "award": {"mode": "down", "unit": "0", **ASSUMED}}},
            "not an amount above 0",
        ),
    ],
)
def test_a_notice_that_contradicts_itself_does_not_load(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        notice(**changes)
