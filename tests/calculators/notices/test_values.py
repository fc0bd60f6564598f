"""What a value of a file may be: the first and the last that is taken, what is not, and how a quantity is written."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from calculators.money import MAX_FEN, Exact
from calculators.notices.quantities import (
    UNITS,
    YUAN,
    Measured,
    Quantity,
    Reached,
    Told,
    Unit,
    parse_quantity,
    price_of,
    quantity_or_none,
    unit_name,
    unit_or_none,
)
from calculators.notices.values import (
    LABEL_WIDTH,
    Amount,
    Count,
    Day,
    Factor,
    Flag,
    Fraction,
    Label,
    Name,
    Positive,
    Share,
    Spread,
    Text,
    day,
    fen,
    nearest,
    width,
)


def taken(kind: Any, text: object) -> object:
    """The value that a text becomes, or the code for which it is refused."""
    try:
        value: object = TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        return error.errors()[0]["type"]
    return value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Text, " a ", " a "),
        (Text, " ", "value_missing"),
        (Text, ["a"], "value_not_plain"),
        (Amount, "0", 0),
        (Amount, "1,234.56", 123_456),
        (Amount, "-0.01", "amount_malformed"),
        (Amount, "1.001", "amount_malformed"),
        (Amount, "90,071,992,547,409.91", MAX_FEN),
        (Amount, "90,071,992,547,409.92", "amount_malformed"),
        (Positive, "0.01", 1),
        (Positive, "0.00", "amount_malformed"),
        (Positive, "-1", "amount_malformed"),
        (Share, "0.01%", Exact(1, 10_000)),
        (Share, "100%", Exact(1)),
        (Share, "0%", "share_out_of_range"),
        (Share, "-1%", "share_out_of_range"),
        (Share, "100.01%", "share_out_of_range"),
        (Share, "0.5", "rate_without_unit"),
        (Share, "half", "rate_malformed"),
        (Factor, "1000%", Exact(10)),
        (Factor, "1000.01%", "factor_out_of_range"),
        (Factor, "0%", "factor_out_of_range"),
        (Factor, "1BP", Exact(1, 10_000)),
        (Fraction, "45/85", Exact(9, 17)),
        (Fraction, "1/1", Exact(1)),
        (Fraction, "85/45", "share_out_of_range"),
        (Fraction, " 0 / 5 ", "share_out_of_range"),
        (Fraction, "45/x", "rate_malformed"),
        (Fraction, "30%", Exact(3, 10)),
        (Fraction, ["1/2"], "value_not_plain"),
        (Spread, "-150BP", Exact(-150, 10_000)),
        (Spread, "0%", Exact(0)),
        (Day, "1990-01-01", date(1990, 1, 1)),
        (Day, "2099-12-31", date(2099, 12, 31)),
        (Day, "1989-12-31", "date_malformed"),
        (Day, "2100-01-01", "date_malformed"),
        (Day, "2024-02-29", date(2024, 2, 29)),
        (Day, "2023-02-29", "date_malformed"),
        (Day, "20240229", "date_malformed"),
        (Flag, "true", True),
        (Flag, "false", False),
        (Flag, "True", "flag_malformed"),
        (Count, "1", 1),
        (Count, "999999", 999_999),
        (Count, "1000000", "count_malformed"),
        (Count, "0", "count_malformed"),
        (Count, "1.0", "count_malformed"),
        (Count, "１", "count_malformed"),
        (Name, "a", "a"),
        (Name, "a_1", "a_1"),
        (Name, "a" * 24, "a" * 24),
        (Name, "a" * 25, "text_malformed"),
        (Name, "1a", "text_malformed"),
        (Name, "", "value_missing"),
        # Twelve signs that take two places each.
        (Label, "中" * 12, "中" * 12),
        (Label, "中" * 12 + "a", "text_malformed"),
        (Label, "中期1", "中期1"),
    ],
)
def test_a_value_is_taken_or_refused(kind: Any, text: object, value: object) -> None:
    assert taken(kind, text) == value


def test_the_places_that_a_name_takes() -> None:
    assert (width("mid_term"), width("中期"), width("中a"), LABEL_WIDTH) == (8, 4, 3, 24)


def test_what_can_be_read_at_all() -> None:
    assert (fen("0.01"), fen("1 yuan"), fen(None)) == (1, None, None)
    assert (day("2024-02-29"), day("2023-02-29"), day("20240229"), day(5)) == (date(2024, 2, 29), None, None, None)


def test_the_word_that_was_meant() -> None:
    assert nearest("ceilling", ["floor", "ceiling"]) == "ceiling"
    assert nearest("roof", iter(["ceiling"])) is None


# Quantities.


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("5%", Quantity(Exact(1, 20), "%")),
        ("1,234.5 kWh", Quantity(Exact(2_469, 2), "kWh")),
        ("1234.5千瓦时", Quantity(Exact(2_469, 2), "kWh")),
        ("-5 kg", Quantity(Exact(-5), "kg")),
        ("60 yuan/m2", Quantity(Exact(60), "yuan/m2")),
        ("60 元/平方米", Quantity(Exact(60), "yuan/m2")),
        ("0.01 yuan", Quantity(Exact(1, 100), "yuan")),
        ("90071992547409.91 元", Quantity(Exact(MAX_FEN, 100), "yuan")),
        ("-90071992547409.91 元", Quantity(Exact(-MAX_FEN, 100), "yuan")),
    ],
)
def test_a_quantity_is_read_with_its_unit(text: str, quantity: Quantity) -> None:
    assert parse_quantity(text) == quantity_or_none(text) == taken(Measured, text) == taken(Told, text) == quantity


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5 miles", "unit_unknown"),
        ("5 kg/m2", "unit_unknown"),
        ("5 yuan/mile", "unit_unknown"),
        ("kg", "quantity_malformed"),
        ("0.001 yuan", "quantity_malformed"),
        ("90071992547409.92 yuan", "quantity_malformed"),
        ("-90071992547409.92 yuan", "quantity_malformed"),
        ("1.2.3 kg", "quantity_malformed"),
        ("", "quantity_malformed"),
    ],
)
def test_what_is_no_quantity(text: str, code: str) -> None:
    assert taken(Measured, text) == code
    assert quantity_or_none(text) is None
    with pytest.raises(ValueError, match=r"no unit of ours|not a"):
        parse_quantity(text)


def test_a_number_alone_is_yuan_in_a_notice_and_nothing_in_facts() -> None:
    assert taken(Measured, "5") == quantity_or_none("5") == Quantity(Exact(5), YUAN)
    assert taken(Told, "5") == taken(Reached, "5") == "unit_missing"
    with pytest.raises(ValueError, match="no unit of ours: '5'"):
        parse_quantity("5")
    assert taken(Measured, ["5"]) == "quantity_malformed"
    assert quantity_or_none(None) is None


def test_what_was_reached_is_not_below_zero() -> None:
    assert taken(Reached, "0 kg") == Quantity(Exact(0), "kg")
    assert taken(Reached, "-0.1 kg") == "quantity_malformed"
    assert taken(Told, "-0.1 kg") == Quantity(Exact(-1, 10), "kg")


def said(text: object) -> dict[str, Any]:
    """The values of the refusal of a unit."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Unit).validate_python(text)
    return dict(refused.value.errors()[0]["ctx"])


def test_a_unit_in_another_spelling_is_meant_to_be_ours() -> None:
    assert (taken(Unit, "kWh"), taken(Unit, "千瓦时"), taken(Unit, "yuan/m2")) == ("kWh", "kWh", "yuan/m2")
    assert (unit_or_none("吨"), unit_or_none("ton"), unit_or_none(["t"])) == ("t", None, None)
    assert (said("KWH")["meant"], said("KWH")["value"]) == ("kWh", "KWH")
    assert said("KWH")["remedy"] == "did you mean {meant}?"
    unknown = said("furlong")
    assert (unknown["meant"], unknown["known"]) == (None, ", ".join(UNITS))
    assert unknown["remedy"] == "write one of: {known}, or yuan/ and one of them"
    assert said(["kg"])["value"] == "..."


@pytest.mark.parametrize(
    ("quantity", "plain", "shown", "in_chinese"),
    [
        (Quantity(Exact(2_469, 2), "kWh"), "1234.5 kWh", "1,234.5 kWh", "1,234.5 千瓦时"),
        (Quantity(Exact(1, 20), "%"), "5%", "5%", "5%"),
        (Quantity(Exact(340_000_000), "yuan"), "340000000 yuan", "340,000,000.00", "340,000,000.00"),
        (Quantity(Exact(1, 3), "yuan"), "1/3 yuan", "1/3 yuan", "1/3 元"),
        (Quantity(Exact(1, 1_000), "yuan"), "0.001 yuan", "0.001 yuan", "0.001 元"),
        (Quantity(Exact(-1_200), "kg"), "-1200 kg", "-1,200 kg", "-1,200 千克"),
        (Quantity(Exact(60), "yuan/m2"), "60 yuan/m2", "60 yuan/m2", "60 元/平方米"),
    ],
)
def test_a_quantity_is_written_for_records_and_for_readers(
    quantity: Quantity, plain: str, shown: str, in_chinese: str
) -> None:
    assert quantity.plain() == plain
    assert quantity.render() == str(quantity) == shown
    assert quantity.render({"yuan": "元"}.__getitem__) == in_chinese


def test_units() -> None:
    assert (price_of("kg"), unit_name("yuan/kg")) == ("yuan/kg", "yuan/kg")
    assert Quantity(Exact(1, 200), "yuan").fen == Exact(1, 2)
    with pytest.raises(AssertionError, match="kg"):
        _ = Quantity(Exact(1), "kg").fen
