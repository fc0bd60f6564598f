"""Charts as SVG, drawn by the server: bars from zero, never broken, with their figures beside them.

Positions are integers of a tenth of a unit of the drawing, written with one decimal; amounts stand under the chart in a
table, to the fen.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from calculators.money import format_minor, round_fen

# Of the drawing: its width, where bars begin at least and what they leave free behind them, how thick a bar is, how far
# apart bars and groups of them are, and how wide a sign is.
_WIDTH, _LEFT, _RIGHT = 560, 44, 96
_BAR, _GAP, _GROUP_GAP, _SIGN = 15, 3, 12, 7
# 10,000 yuan in fen, and how a tenth of a unit is written.
_WAN_FEN = 1_000_000
_STEPS = (1, 2, 5)


class Bar(NamedTuple):
    """A group of bars that belong together: its name and the amounts in fen, one for each series."""

    name: str
    amounts: tuple[int, ...]


def bars(groups: Sequence[Bar]) -> Markup:
    """Horizontal bars in units of 10,000 yuan, a group below the other; nothing where there is no amount."""
    most = max((abs(fen) for group in groups for fen in group.amounts), default=0)
    if not most:
        return Markup("")
    left = max(_LEFT, 12 + _SIGN * max(len(group.name) for group in groups))
    longest = _WIDTH - left - _RIGHT
    height = _BAR + _GAP
    tall = sum(len(group.amounts) * height + _GROUP_GAP for group in groups)
    drawn = []
    for fen in _ticks(most):
        x = left * 10 + fen * longest * 10 // most
        drawn.append(f'<line class="gr" x1="{_tenths(x)}" y1="0" x2="{_tenths(x)}" y2="{tall}"/>')
        drawn.append(f'<text x="{_tenths(x)}" y="{tall + 16}" text-anchor="middle">{fen // _WAN_FEN:,}</text>')
    y = _GROUP_GAP // 2
    for group in groups:
        middle = y + (len(group.amounts) * height) // 2 + 4
        drawn.append(f'<text x="{left - 8}" y="{middle}" text-anchor="end">{escape(group.name)}</text>')
        for number, fen in enumerate(group.amounts, 1):
            long = max(abs(fen) * longest * 10 // most, 0)
            drawn.append(f'<rect class="c{number}" x="{left}" y="{y}" width="{_tenths(long)}" height="{_BAR}"/>')
            after = left * 10 + long + 60
            drawn.append(f'<text x="{_tenths(after)}" y="{y + 12}">{_wan(fen)}</text>')
            y += height
        y += _GROUP_GAP
    drawn.append(f'<line class="ax" x1="{left}" y1="0" x2="{left}" y2="{tall}"/>')
    return Markup(f'<svg viewBox="0 0 {_WIDTH} {tall + 22}" role="img" aria-hidden="true">{"".join(drawn)}</svg>')


def _ticks(most_fen: int) -> list[int]:
    """At most five round amounts from zero on, at equal distances."""
    step = _WAN_FEN
    while most_fen // step > 4:
        step = _next(step)
    return list(range(0, most_fen + 1, step))


def _next(step: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 ... units."""
    units = step // _WAN_FEN
    power = int("1" + "0" * (len(str(units)) - 1))
    place = _STEPS.index(units // power)
    return (_STEPS[place + 1] * power if place < len(_STEPS) - 1 else 10 * power) * _WAN_FEN


def _wan(fen: int) -> str:
    """In units of 10,000 yuan with two decimals, half-up; the exact amount stands in the table."""
    hundredths = round_fen(abs(fen), unit_fen=_WAN_FEN // 100) // (_WAN_FEN // 100)
    return ("\N{MINUS SIGN}" if fen < 0 else "") + format_minor(hundredths, 2)


def _tenths(value: int) -> str:
    return f"{value // 10}.{value % 10}"
