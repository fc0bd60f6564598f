"""What no fact may contradict, rule by rule: the last day and fen that pass, the first that does not, and what is said.

Rows are as a register has them; days are texts, amounts fen.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from calculators.facts.rules import (
    Wrong,
    contract_number,
    event_wrongs,
    is_floating,
    life_wrongs,
    loan_rate,
    loan_wrongs,
    premium_wrongs,
    rate_of,
    repair_wrongs,
    returns_wrongs,
    settlement_columns,
    span_wrongs,
)
from calculators.interest.loan import FixedRate, FloatingRate
from calculators.money import Exact
from tests.calculators.lending import LPR

START = date(2024, 1, 10)


def said(found: Iterable[Wrong]) -> list[tuple[str, str, dict[str, object]]]:
    """Column, code and values of what was found."""
    return [(wrong.column, wrong.code, dict(wrong.values)) for wrong in found]


# Rates.


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("3.55%", FixedRate(START, Exact(355, 10_000))),
        ("LPR1Y", FloatingRate(START, "1y", Exact(0), "fixed")),
        ("LPR 1Y + 25BP", FloatingRate(START, "1y", Exact(25, 10_000), "fixed")),
        ("lpr5y-0.10%", FloatingRate(START, "5y", Exact(-1, 1_000), "fixed")),
    ],
)
def test_a_rate_as_written(text: str, made: FixedRate | FloatingRate) -> None:
    assert rate_of(text, None, START) == made
    assert is_floating(text) is isinstance(made, FloatingRate)


def test_a_rate_over_lpr_is_repriced_as_told() -> None:
    assert rate_of("LPR5Y", "quarter", START) == FloatingRate(START, "5y", Exact(0), "quarter")


@pytest.mark.parametrize("text", ["LPR2Y", "LPR1Y25BP", "LPR1Y+25", "3.55", "", "LPR1Y+"])
def test_what_is_no_rate(text: str) -> None:
    # Against LPR it is, though its spread has no unit.
    assert is_floating(text) is (text == "LPR1Y+25")
    with pytest.raises(ValueError, match=r"a rate or share needs its unit|not a plain decimal number"):
        rate_of(text, None, START)


def test_only_a_text_is_over_lpr() -> None:
    assert not is_floating(None)
    assert not is_floating(["LPR1Y"])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0%", "0%"),
        (" 3.55 % ", "3.55%"),
        ("99.999%", "99.999%"),
        ("９９９９ＢＰ", "9999BP"),
        ("lpr1y - 99.99%", "LPR1Y-99.99%"),
        ("LPR5Y+99.99%", "LPR5Y+99.99%"),
    ],
)
def test_a_rate_at_which_a_bank_lends(text: str, written: str) -> None:
    assert loan_rate(text) == written


@pytest.mark.parametrize("text", ["-0.001%", "100%", "355%", "LPR1Y+100%", "LPR1Y-100%", "LPR1Y-10000BP", "much"])
def test_a_rate_at_which_no_bank_lends(text: str) -> None:
    with pytest.raises(ValueError, match=f"(?i){re.escape(text)}"):
        loan_rate(text)


# Numbers and columns.


def test_a_contract_number_has_no_slash_and_nothing_that_nobody_sees() -> None:
    assert contract_number("HT-2024-1") == "HT-2024-1"
    for text in ("HT/1", "HT\u200b1"):
        with pytest.raises(ValueError, match="HT"):
            contract_number(text)


def test_the_columns_of_a_settlement() -> None:
    assert settlement_columns("custom") == (("due_dates",), ("due_day",))
    assert settlement_columns("month") == settlement_columns("quarter") == ((), ("due_dates",))
    # A word that nobody knows has its own problem.
    assert settlement_columns("week") == settlement_columns(None) == ((), ())


# A loan's own row.

SIGNED = {"signed_on": "2024-01-08", "matures_on": "2025-01-10"}


def test_a_loan_matures_after_it_was_signed() -> None:
    assert said(loan_wrongs(SIGNED, None)) == []
    assert said(loan_wrongs({**SIGNED, "matures_on": "2024-01-09"}, None)) == []
    for day in ("2024-01-08", "2023-12-31"):
        assert said(loan_wrongs({**SIGNED, "matures_on": day}, None)) == [
            ("matures_on", "dates_reversed", {"start": "2024-01-08", "end": day})
        ]
    assert said(loan_wrongs({"signed_on": "2024-01-08"}, None)) == []
    assert said(loan_wrongs({"matures_on": "2024-01-08"}, None)) == []


@pytest.mark.parametrize("sign", [";", "；", "、", ",", "，", "／", "|", "\n"])
@pytest.mark.parametrize("column", ["contract_no", "slip_no"])
def test_a_loan_has_one_number(column: str, sign: str) -> None:
    number = f"HT1{sign}HT2"
    assert said(loan_wrongs({**SIGNED, column: number}, None)) == [(column, "number_several", {"number": number})]
    assert said(loan_wrongs({**SIGNED, column: "HT1-HT2 (3)"}, None)) == []


def test_each_number_of_a_loan_is_looked_at() -> None:
    row = {"contract_no": "1;2", "slip_no": "3;4"}
    assert [wrong.column for wrong in loan_wrongs(row, None)] == ["contract_no", "slip_no"]


def floating(rate: object, on: str | None = "2024-01-08") -> dict[str, Any]:
    return {"rate": rate, **({"signed_on": on} if on else {})}


def test_a_rate_over_lpr_may_come_to_nothing_and_no_less() -> None:
    """LPR 1Y is 3.45 % in January 2024 and 3.35 % from 22 July."""
    assert said(loan_wrongs(floating("LPR1Y-345BP"), LPR)) == []
    assert said(loan_wrongs(floating("LPR1Y-346BP"), LPR)) == [
        ("rate", "rate_below_zero", {"day": "2024-01-08", "rate": "LPR1Y-346BP", "value": "-0.01%"})
    ]
    # Only the day on which it is agreed counts: later 3.35 - 3.45 bears zero.
    assert said(loan_wrongs(floating("LPR1Y-345BP", "2024-07-22"), LPR)) == [
        ("rate", "rate_below_zero", {"day": "2024-07-22", "rate": "LPR1Y-345BP", "value": "-0.1%"})
    ]


def test_what_nobody_can_say_of_a_rate_is_passed_over() -> None:
    below = floating("LPR1Y-346BP")
    assert said(loan_wrongs(below, None)) == []
    assert said(loan_wrongs({"rate": "LPR1Y-346BP"}, LPR)) == []
    # Before the table, and after the last day for which it was checked.
    assert said(loan_wrongs(floating("LPR1Y-346BP", "2018-01-08"), LPR)) == []
    assert said(loan_wrongs(floating("LPR1Y-346BP", "2026-07-21"), LPR)) == []
    for rate in ("3.55%", "LPR1Y-346", "LPR2Y", None, 5):
        assert said(loan_wrongs(floating(rate), LPR)) == []


# An event.


def test_a_later_rate_is_judged_on_its_own_day() -> None:
    event = {"kind": "rate", "date": "2024-07-22", "rate": "LPR1Y-336BP"}
    assert said(event_wrongs(event, LPR)) == [
        ("rate", "rate_below_zero", {"day": "2024-07-22", "rate": "LPR1Y-336BP", "value": "-0.01%"})
    ]
    assert said(event_wrongs({**event, "date": "2024-07-21"}, LPR)) == []
    assert said(event_wrongs({**event, "kind": "drawdown"}, LPR)) == []


def test_what_another_subsidy_pays_is_a_rate_of_its_own() -> None:
    event = {"kind": "other_subsidy", "date": "2024-07-22", "rate": "LPR1Y"}
    assert said(event_wrongs(event, LPR)) == [("rate", "subsidy_rate_floating", {})]
    assert said(event_wrongs({**event, "rate": "1.5%"}, LPR)) == []


def test_an_event_ends_on_its_first_day_or_later() -> None:
    event = {"kind": "overdue", "date": "2024-03-01", "end_date": "2024-03-01"}
    assert said(event_wrongs(event, None)) == []
    assert said(event_wrongs({**event, "end_date": "2024-02-29"}, None)) == [
        ("end_date", "dates_reversed", {"start": "2024-03-01", "end": "2024-02-29"})
    ]


def test_a_span_runs_forward() -> None:
    assert said(span_wrongs("2024-03-01", "2024-03-01", "to")) == []
    assert said(span_wrongs("2024-03-01", None, "to")) == said(span_wrongs(None, "2024-02-29", "to")) == []
    assert said(span_wrongs("2024-03-01", "2024-02-29", "to")) == [
        ("to", "dates_reversed", {"start": "2024-03-01", "end": "2024-02-29"})
    ]


# A loan's life.

DRAWN = {"kind": "drawdown", "date": "2024-01-10", "amount_fen": 1_000}


def lived(*events: dict[str, Any], **loan: str) -> list[tuple[str, str, int | None, str, dict[str, object]]]:
    """Column, code, place, what it contradicts and the values of what a life has wrong."""
    found = life_wrongs({**SIGNED, **loan}, events)
    return [(wrong.column, wrong.code, wrong.place, wrong.against, dict(wrong.values)) for wrong in found]


def test_what_happens_between_signing_and_maturity() -> None:
    """On the day of signing and on that of maturity too; what is repaid or agreed may come later, drawdowns not."""
    assert lived({**DRAWN, "date": "2024-01-08"}, {**DRAWN, "date": "2025-01-10"}) == []
    assert lived(DRAWN, {**DRAWN, "date": "2024-01-07"}) == [
        (
            "date",
            "event_before_signing",
            1,
            "signed_on",
            {"kind": "drawdown", "day": "2024-01-07", "signed_on": "2024-01-08"},
        )
    ]
    assert lived({"date": "2024-01-07"})[0][4]["kind"] == "-"
    assert lived(DRAWN, {**DRAWN, "date": "2025-01-11"}) == [
        (
            "date",
            "event_after_maturity",
            1,
            "matures_on",
            {"kind": "drawdown", "day": "2025-01-11", "matures_on": "2025-01-10"},
        )
    ]
    assert lived(DRAWN, {"kind": "repayment", "date": "2025-01-11", "amount_fen": 1_000}) == []
    assert lived({"kind": "drawdown", "amount_fen": 1}) == []
    assert [wrong.code for wrong in life_wrongs({}, [DRAWN])] == []


def repaid(fen: int, day: str = "2024-02-01") -> dict[str, Any]:
    return {"kind": "repayment", "date": day, "amount_fen": fen}


def test_nobody_repays_what_was_not_drawn() -> None:
    assert lived(DRAWN, repaid(1_000)) == []
    assert lived(DRAWN, repaid(600), repaid(401, "2024-02-02")) == [
        ("amount", "principal_negative", 2, "", {"day": "2024-02-02"})
    ]
    # Rows come in any order; within a day what is given comes first.
    assert lived(repaid(1_000), DRAWN) == []
    assert lived(repaid(1_000, "2024-01-10"), DRAWN) == []
    assert lived(repaid(1_000, "2024-01-09"), DRAWN) == [("amount", "principal_negative", 0, "", {"day": "2024-01-09"})]
    # The first that takes too much is named.
    assert lived(DRAWN, repaid(1_001), repaid(1, "2024-02-02"))[0][2] == 1
    assert lived(DRAWN, {"kind": "rate", "date": "2024-02-01", "amount_fen": 5_000}) == []


def test_a_movement_that_is_not_told_in_full_is_passed_over() -> None:
    assert lived({"kind": "repayment", "date": "2024-02-01"}) == []
    assert lived({"kind": "repayment", "amount_fen": 1}) == []
    assert lived({"date": "2024-02-01", "amount_fen": 1}) == []
    # Told as nothing is told.
    assert lived({"kind": "drawdown", "date": "2024-01-10", "amount_fen": 0}, repaid(1))[0][2] == 1


# Premiums.


def test_no_more_premium_comes_back_than_was_paid() -> None:
    paid = {"kind": "paid", "date": "2024-01-10", "amount_fen": 500}
    back = {"kind": "returned", "date": "2024-03-10", "amount_fen": 500}

    def found(*premiums: dict[str, Any]) -> list[tuple[str, str, int | None, dict[str, object]]]:
        return [(wrong.column, wrong.code, wrong.place, dict(wrong.values)) for wrong in returns_wrongs(premiums)]

    assert found(paid, back) == found(back, paid) == found({**back, "date": "2024-01-10"}, paid) == []
    assert found(paid, {**back, "amount_fen": 501}) == [("amount", "premium_negative", 1, {"day": "2024-03-10"})]
    assert found({**back, "date": "2024-01-09"}, paid) == [("amount", "premium_negative", 0, {"day": "2024-01-09"})]
    for missing in ("kind", "date", "amount_fen"):
        assert found({name: value for name, value in back.items() if name != missing}) == []


def test_the_tax_in_a_premium_is_less_than_the_premium() -> None:
    assert said(premium_wrongs({"amount_fen": 106, "tax_fen": 105})) == []
    assert said(premium_wrongs({"amount_fen": 106, "tax_fen": 106})) == [
        ("tax", "tax_above_amount", {"tax": "1.06", "amount": "1.06"})
    ]
    assert said(premium_wrongs({"amount_fen": 1, "tax_fen": 1})) == [
        ("tax", "tax_above_amount", {"tax": "0.01", "amount": "0.01"})
    ]
    # No tax is no part of anything, and a premium of nothing has a problem of its own.
    assert said(premium_wrongs({"amount_fen": 0, "tax_fen": 0})) == []
    assert said(premium_wrongs({"amount_fen": 1})) == said(premium_wrongs({"tax_fen": 1})) == []


def test_a_record_is_repaired_on_the_day_of_its_decision_or_later() -> None:
    assert said(repair_wrongs({"decided_on": "2024-03-01", "repaired_on": "2024-03-01"})) == []
    assert said(repair_wrongs({"decided_on": "2024-03-01"})) == said(repair_wrongs({"repaired_on": "2024-03-01"})) == []
    assert said(repair_wrongs({"decided_on": "2024-03-01", "repaired_on": "2024-02-29"})) == [
        ("repaired_on", "dates_reversed", {"start": "2024-03-01", "end": "2024-02-29"})
    ]
