"""The one number door: exact money, exact rates, and every rounding of the product.

Money is an `int` of fen. Rates, shares and unrounded amounts are `Exact` rationals. No other module imports `Decimal`
or `Fraction` or rounds; a test holds that. Rounding is half-up away from zero by default (四舍五入, the usage of
Chinese banks); a negative amount rounds by its magnitude, so that a true-up undoes exactly what it corrects.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction as Exact
from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from moneyed import CNY, CURRENCIES, Money

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Exact",
    "Ratio",
    "Rounding",
    "as_money",
    "cumulative_shares",
    "format_minor",
    "format_percent",
    "format_yuan",
    "full_steps",
    "largest_remainder",
    "minor_digits",
    "parse_exact",
    "parse_minor",
    "parse_percent",
    "parse_ratio",
    "parse_yuan",
    "plain_exact",
    "plain_yuan",
    "round_columns",
    "round_exact",
    "round_fen",
    "share_out",
]

# Thousands commas are taken only where they group by three, so that `1,00` is never read as 100; digits are ASCII, for
# `\d` alone takes those of every script.
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_RATIO = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)
MAX_FEN = 2**53 - 1
# Minor units per unit of a currency, by its decimals.
_TENS = (1, 10, 100, 1_000, 10_000)


class Rounding(StrEnum):
    """How a rational becomes an integer; ties are what tells them apart."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


def parse_exact(text: str) -> Exact:
    """The exact value of a plain decimal number; `ValueError` for anything else, exponents and blanks included."""
    return Exact(_plain(text))


def _plain(text: str) -> str:
    """A plain decimal number without separators."""
    cleaned = text.strip()
    if not _NUMBER.fullmatch(cleaned):
        raise ValueError(f"not a plain decimal number: {text!r}")
    return cleaned.replace(",", "")


def parse_yuan(text: str, unit: int = 1) -> int:
    """Fen from yuan as people write them (`33,725.00`), or from units of so many yuan (10,000 for `万元`).

    `ValueError` for a part of a fen or beyond 2^53 fen.
    """
    return _whole(text, unit * 100, 2)


def minor_digits(currency: str) -> int:
    """Decimals of a currency by ISO 4217 code, past ones too: JPY 0, CNY 2, KWD 3; `ValueError` for an unknown code."""
    known = CURRENCIES.get(currency)
    if known is None:
        raise ValueError(f"not a currency: {currency!r}")
    return len(str(known.sub_unit)) - 1


def parse_minor(text: str, digits: int) -> int:
    """Minor units from an amount with at most `digits` decimals; `ValueError` for a part of a unit or beyond 2^53."""
    return _whole(text, _TENS[digits], digits)


def _whole(text: str, units: int, digits: int) -> int:
    """Minor units from a plain decimal number of so many each, in integers alone: a file has millions of them."""
    whole, _point, part = _plain(text).partition(".")
    scale: int = 10 ** len(part)
    amount, rest = divmod(int(whole + part) * units, scale)
    if rest:
        raise ValueError(f"more than {digits} decimals: {text!r}")
    if abs(amount) > MAX_FEN:
        raise ValueError(f"amount too large: {text!r}")
    return amount


# Registers say the same rates again and again.
@lru_cache(maxsize=4096)
def parse_percent(text: str) -> Exact:
    """A rate or share with its unit: `3.55%`, `150BP` (basis points); `ValueError` without a unit."""
    cleaned = text.strip()
    for unit, per in (("%", 100), ("BP", 10_000), ("bp", 10_000)):
        if cleaned.endswith(unit):
            return parse_exact(cleaned.removesuffix(unit)) / per
    raise ValueError(f"a rate or share needs its unit, % or BP: {text!r}")


def parse_ratio(text: str) -> Exact:
    """A part of a whole as a fraction of two whole numbers, `45/85`; `ValueError` for anything else, or above 1."""
    match = _RATIO.fullmatch(text.strip())
    if match is None or not 0 < int(match[1]) <= int(match[2]):
        raise ValueError(f"not a fraction of a whole: {text!r}")
    return Exact(int(match[1]), int(match[2]))


class Ratio(NamedTuple):
    """An exact amount that is only summed and rounded, and so need not be in lowest terms (denominators above 0)."""

    numerator: int
    denominator: int

    def as_integer_ratio(self) -> tuple[int, int]:
        """As the other exact numbers say it."""
        return self


def round_exact(value: Exact | int, mode: Rounding = Rounding.HALF_UP) -> int:
    """The integer next to `value`; magnitudes are rounded, so `round(-x) == -round(x)` in every mode."""
    return _round_ratio(*value.as_integer_ratio(), mode)


def round_fen(value_fen: Exact | int, mode: Rounding = Rounding.HALF_UP, unit_fen: int = 1) -> int:
    """An exact amount in fen rounded to a multiple of `unit_fen` (1 = to the fen, 100 = to the yuan)."""
    return _round_ratio(value_fen.numerator, value_fen.denominator * unit_fen, mode) * unit_fen


def _round_ratio(numerator: int, denominator: int, mode: Rounding) -> int:
    # Every due period of every loan comes through here: plain integers, no rational is built.
    whole, rest = divmod(abs(numerator), denominator)
    if mode is Rounding.HALF_UP:
        whole += 2 * rest >= denominator
    elif mode is Rounding.HALF_EVEN:
        whole += 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
    return whole if numerator >= 0 else -whole


def round_columns(
    whole: "NDArray[np.int64]", rest: "NDArray[np.int64]", scale: int, mode: Rounding
) -> "NDArray[np.int64]":
    """Whole numbers and `scale`-ths of one (0 to scale - 1), none below zero, in columns; rounds as `round_exact`."""
    match mode:
        case Rounding.HALF_UP:
            more = 2 * rest >= scale
        case Rounding.HALF_EVEN:
            more = (2 * rest > scale) | ((2 * rest == scale) & (whole % 2 == 1))
        case Rounding.DOWN:
            return whole
    found: NDArray[np.int64] = whole + more
    return found


def cumulative_shares(
    values: Iterable[Exact | Ratio | int], mode: Rounding = Rounding.HALF_UP, unit: int = 1
) -> list[int]:
    """Per value its share of the running total rounded to whole `unit`s: the difference of two rounded amounts.

    The shares up to any place sum to the rounded sum of the values up to there, so paying in parts moves nothing.
    """
    shares = []
    # One common denominator instead of a rational per step, as in `_round_ratio`.
    total, scale, rounded = 0, 1, 0
    for value in values:
        numerator, denominator = value.as_integer_ratio()
        if denominator == scale:
            total += numerator
        else:
            common = lcm(scale, denominator)
            total, scale = total * (common // scale) + numerator * (common // denominator), common
        before, rounded = rounded, _round_ratio(total, scale * unit, mode) * unit
        shares.append(rounded - before)
    return shares


def largest_remainder(total: int, weights: Sequence[Exact | int]) -> list[int]:
    """Split `total` in proportion to `weights` so that the parts sum to it (Hamilton's method).

    Every part is its exact share rounded down; the units left over go to the largest remainders, ties to the earlier
    place. A negative total splits as its magnitude. `ValueError` when no weight is positive and the total is not 0.
    """
    # One common denominator instead of a rational per weight, as in `_round_ratio`.
    scale = lcm(*(weight.denominator for weight in weights))
    units = [weight.numerator * (scale // weight.denominator) for weight in weights]
    if any(unit < 0 for unit in units):
        raise ValueError("a weight is negative")
    whole = sum(units)
    if whole == 0:
        if total:
            raise ValueError("nothing to split by: every weight is 0")
        return [0] * len(units)
    sign = -1 if total < 0 else 1
    split = [divmod(abs(total) * unit, whole) for unit in units]
    parts = [part for part, _ in split]
    short = abs(total) - sum(parts)
    if short:
        by_remainder = sorted(range(len(parts)), key=lambda place: (-split[place][1], place))
        for place in by_remainder[:short]:
            parts[place] += 1
    return [sign * part for part in parts]


def full_steps(value: Exact, step: Exact) -> int:
    """How many full steps there are in a value; 0 where it is below the first."""
    return max(0, (value / step).numerator // (value / step).denominator)


def share_out(total: int, wanted: Sequence[int], unit: int = 1) -> list[int]:
    """A total that does not reach over what is `wanted`, in proportion and in whole `unit`s, none above what it wants.

    As `largest_remainder`, but that a share which one more unit would lift above what is wanted stays below. The parts
    sum to the whole units in the total where what is wanted is in whole units too; else a rest that fits nowhere stays.
    """
    whole = sum(wanted)
    if total >= whole:
        return list(wanted)
    units = total // unit
    shares = [Exact(total * want, whole * unit) for want in wanted]
    parts = [share.numerator // share.denominator for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - shares[place], place))
    open_places = [place for place in by_remainder if (parts[place] + 1) * unit <= wanted[place]]
    for place in open_places[: units - sum(parts)]:
        parts[place] += 1
    return [part * unit for part in parts]


def rounded_column(values: Sequence[int], unit: int) -> list[int]:
    """Every value in whole units, so that the parts sum to the rounded sum of the values (half-up).

    Every part is its value rounded down, and one more for the largest remainders, ties to the earlier place: none is a
    whole unit off, and a value without remainder stays as it is.
    """
    parts = [value // unit for value in values]
    short = _round_ratio(sum(values), unit, Rounding.HALF_UP) - sum(parts)
    by_remainder = sorted(range(len(values)), key=lambda place: (-(values[place] % unit), place))
    for place in by_remainder[:short]:
        parts[place] += 1
    return parts


def plain_yuan(fen: int) -> str:
    """Yuan with exactly two decimals and no separators, for files and JSON: 3372500 -> `33725.00`."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def format_yuan(fen: int) -> str:
    """Yuan for people: 3372500 -> `33,725.00`."""
    return format_minor(fen, 2)


def format_minor(units: int, digits: int) -> str:
    """An amount of any currency for people: 33725 with 0 digits -> `33,725`, with 3 -> `33.725`."""
    whole, part = divmod(abs(units), _TENS[digits])
    return f"{'-' if units < 0 else ''}{whole:,}" + (f".{part:0{digits}d}" if digits else "")


def plain_exact(value: Exact, places: int = 12) -> str:
    """A rational as text without loss: a plain decimal where it ends within `places`, else `numerator/denominator`."""
    scaled = value * 10**places
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = f"{abs(scaled.numerator):0{places + 1}d}"
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def format_percent(value: Exact) -> str:
    """A rate for people, never rounded: 71/2000 -> `3.55%`; a fraction where its decimals do not end: `9/17`."""
    percent = plain_exact(value * 100)
    return plain_exact(value) if "/" in percent else f"{percent}%"


def as_money(fen: int) -> Money:
    """`moneyed.Money` in CNY for the edges of the product; exact, since fen are whole."""
    return Money(Decimal(fen) / 100, CNY)
