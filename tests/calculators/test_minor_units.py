"""Amounts of any currency in its minor unit, as ISO 4217 counts its decimals."""

import pytest

from calculators.money import format_minor, minor_digits, parse_minor


@pytest.mark.parametrize(
    ("currency", "digits"), [("CNY", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("BHD", 3), ("DEM", 2)]
)
def test_the_decimals_of_a_currency(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("code", ["RMB", "cny", "", "人民币"])
def test_a_code_that_is_none(code: str) -> None:
    with pytest.raises(ValueError, match="not a currency"):
        minor_digits(code)


@pytest.mark.parametrize(
    ("text", "digits", "units", "printed"),
    [
        ("1,234.50", 2, 123450, "1,234.50"),
        ("-0.07", 2, -7, "-0.07"),
        ("1234", 0, 1234, "1,234"),
        ("1234.000", 0, 1234, "1,234"),
        ("1.234", 3, 1234, "1.234"),
        ("-12345.6", 3, -12345600, "-12,345.600"),
        ("0", 3, 0, "0.000"),
    ],
)
def test_an_amount_is_read_and_printed_exactly(text: str, digits: int, units: int, printed: str) -> None:
    assert parse_minor(text, digits) == units
    assert format_minor(units, digits) == printed


@pytest.mark.parametrize(
    ("text", "digits"), [("1.5", 0), ("1.005", 2), ("1.0005", 3), ("1e3", 2), ("90071992547409.92", 2)]
)
def test_a_part_of_a_unit_or_too_much_is_refused(text: str, digits: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kinds of refusal differ, the type is the contract
        parse_minor(text, digits)
