"""Quantities with their unit: `340,000,000 yuan`, `1,234.5 kWh`, `5%`, `60 yuan/m2`.

Units are never converted: what is to be compared, added or multiplied is in the same unit or is refused. A number
without a unit is yuan where a notice writes it, as all its amounts are, and nothing where a fact is told.
"""

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from calculators.money import MAX_FEN, Exact, format_percent, format_yuan, parse_exact, plain_exact
from calculators.notices.values import nearest, wrong
from calculators.problems import N_, Say

__all__ = [
    "PERCENT",
    "UNITS",
    "YUAN",
    "Measured",
    "Quantity",
    "Reached",
    "Told",
    "Unit",
    "parse_quantity",
    "price_of",
    "quantity_or_none",
    "unit_name",
    "unit_or_none",
]

YUAN, PERCENT = N_("yuan"), "%"

# Unit -> how it is written in Chinese. A price is in `yuan/` and one of them. `points` are those of a score.
UNITS: Mapping[str, str] = {
    YUAN: "元",
    PERCENT: "%",
    "points": "分",
    "days": "天",
    "months": "个月",
    "persons": "人",
    "pieces": "件",
    "sets": "台套",
    "kg": "千克",
    "t": "吨",
    "m2": "平方米",
    "m3": "立方米",
    "kW": "千瓦",
    "kWh": "千瓦时",
    "PFLOPS": "PFLOPS",
}
_BY_NAME = {name: unit for unit, chinese in UNITS.items() for name in (unit, chinese)}
_PRICE = f"{YUAN}/"


class Quantity(NamedTuple):
    """An exact number of a unit; of `%` the share itself, so that 5% is 1/20."""

    value: Exact
    unit: str

    @property
    def fen(self) -> Exact:
        """An amount of yuan in fen, unrounded."""
        assert self.unit == YUAN, self.unit
        return self.value * 100

    def __str__(self) -> str:
        return self.render()

    def plain(self) -> str:
        """`1234.5 kWh`, `5%`, `340000000 yuan`: for records, without separators."""
        if self.unit == PERCENT:
            return format_percent(self.value)
        return f"{plain_exact(self.value)} {self.unit}"

    def render(self, say: Say = str) -> str:
        """`1,234.5 kWh`, `5%`, `340,000,000.00`: yuan stand without their name, as amounts do everywhere."""
        if self.unit == PERCENT:
            return format_percent(self.value)
        if self.unit == YUAN and self.fen.denominator == 1:
            return format_yuan(self.fen.numerator)
        return f"{_grouped(self.value)} {unit_name(self.unit, say)}"


def unit_name(unit: str, say: Say = str) -> str:
    """The unit in the reader's language: `kWh`, `yuan/m2`; 千瓦时, 元/平方米."""
    # Registers read the Chinese names, so they stand here and not in the catalogue; that says which language it is.
    in_chinese = say(YUAN) == UNITS[YUAN]
    return "/".join(UNITS[part] if in_chinese else part for part in unit.split("/"))


def price_of(unit: str) -> str:
    """The unit of a price for one `unit`."""
    return _PRICE + unit


def parse_quantity(text: str) -> Quantity:
    """A number and its unit; `ValueError` without a unit, with an unknown one, or for yuan that are no whole fen."""
    number, unit = _parted(text.strip())
    known = _unit(unit)
    if known is None:
        raise ValueError(f"no unit of ours: {text!r}")
    return _of(number, known)


def quantity_or_none(text: object) -> Quantity | None:
    """The quantity as a notice writes it, where there is one: for rules between parts that may be malformed."""
    try:
        return _measured(text)
    except PydanticCustomError:
        return None


def unit_or_none(text: object) -> str | None:
    """The unit of that name, where there is one."""
    return _unit(text) if isinstance(text, str) else None


def _of(number: str, unit: str) -> Quantity:
    value = parse_exact(number)
    if unit == PERCENT:
        return Quantity(value / 100, unit)
    if unit == YUAN and ((value * 100).denominator != 1 or abs(value * 100) > MAX_FEN):
        raise ValueError(f"not an amount of yuan: {number!r}")
    return Quantity(value, unit)


def _parted(text: str) -> tuple[str, str]:
    """The number at the beginning, and what stands after it."""
    number = text[: len(text) - len(text.lstrip("+-.,0123456789"))]
    return number, text[len(number) :].strip()


def _unit(name: str) -> str | None:
    """The unit of that name, in either language; a price by its two parts."""
    whole, _slash, part = name.partition("/")
    if not part:
        return _BY_NAME.get(name)
    if _BY_NAME.get(whole) == YUAN and part in _BY_NAME:
        return price_of(_BY_NAME[part])
    return None


def _grouped(value: Exact) -> str:
    text = plain_exact(value)
    if "/" in text:
        return text
    whole, point, decimals = text.partition(".")
    return f"{int(whole):,}{point}{decimals}"


def _unit_text(value: object) -> str:
    unit = unit_or_none(value)
    if unit is None:
        raise _unknown(value if isinstance(value, str) else "...")
    return unit


def _unknown(name: str) -> PydanticCustomError:
    meant = nearest(name.casefold(), [known.casefold() for known in _BY_NAME])
    known = next((unit for word, unit in _BY_NAME.items() if word.casefold() == meant), None)
    return wrong(
        "unit_unknown",
        N_("{value!r} is no unit"),
        N_("did you mean {meant}?") if known else N_("write one of: {known}, or yuan/ and one of them"),
        value=name,
        meant=known,
        known=", ".join(UNITS),
    )


def _measured(value: object) -> Quantity:
    text = value.strip() if isinstance(value, str) else ""
    number, name = _parted(text)
    unit = _unit(name) if name else YUAN
    if unit is None and number:
        raise _unknown(name)
    try:
        return _of(number, unit or YUAN)
    except ValueError:
        raise wrong(
            "quantity_malformed",
            N_("{value!r} is not a quantity"),
            N_("write a number with its unit, such as 5%, 1,234.5 kWh or 60 yuan/m2; one without a unit is yuan"),
            value=text if isinstance(value, str) else "...",
        ) from None


def _told(value: object) -> Quantity:
    """As facts tell it: the unit is written."""
    found = _measured(value)
    if not _parted(str(value).strip())[1]:
        raise wrong(
            "unit_missing",
            N_("{value!r} has no unit"),
            N_("write it behind the number: {value} yuan, or what else it is"),
            value=value,
        )
    return found


def _reached(value: object) -> Quantity:
    found = _told(value)
    if found.value < 0:
        raise wrong(
            "quantity_malformed",
            N_("{value!r} is less than nothing"),
            N_("write what was reached, 0 or more"),
            value=value,
        )
    return found


# A unit; a quantity of a notice, yuan where it has no unit; a quantity of a fact, which has its unit; one of a fact
# that is 0 or more.
Unit = Annotated[str, BeforeValidator(_unit_text)]
Measured = Annotated[Quantity, BeforeValidator(_measured)]
Told = Annotated[Quantity, BeforeValidator(_told)]
Reached = Annotated[Quantity, BeforeValidator(_reached)]
