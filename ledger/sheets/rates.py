"""The units that a file states for its rates: in a heading, in a cell; and a rate in them as one a year in per cent.

Per mille is by the month in most lists of banks and by the year in some: a heading of loans' rates has to say which.
"""

import re
import unicodedata
from collections.abc import Mapping

from calculators.money import Exact, format_percent, parse_exact
from calculators.problems import N_, Problem

PERCENT = "%"
# What a heading may say of the rates under it -> how many per cent a year one of them is. 月 is a month, ‰ per mille;
# a month is a twelfth of a year, as banks' own rule for converting rates says.
RATE_UNITS: Mapping[str, Exact] = {PERCENT: Exact(1), "年‰": Exact(1, 10), "月‰": Exact(12, 10), "月%": Exact(12)}
PER_MILLE = "‰"


_BY_MONTH = re.compile(r"月利|月息|[(（]\s*按?月\s*[)）]")
# What a title or a note says of rates, and what shows that it speaks of others or of how they follow from yearly ones.
_SAID_BY_MONTH = re.compile(r"(?<![\d上本])月(?:利率|息)")
_SAID_BY_DAY = re.compile(r"日(?:利率|息)|万分|‱")
_SAID_OF_OTHERS = re.compile(r"年利|年化|罚息|逾期|复利|滞纳|违约|挪用")
# No unit of rates that is known fits these.
_NO_RATE = re.compile(r"日利|日息|[(（]\s*日\s*[)）]|[‱厘]|万分|基点|bp", re.IGNORECASE)
_A_MONTH = re.compile(r"月(?:利率|息率?)")
_RATE_WORDS = {
    "%": PERCENT,
    "百分比": PERCENT,
    "百分之": PERCENT,
    "年%": PERCENT,
    "%/年": PERCENT,
    "p.a.%": PERCENT,
    "%p.a.": PERCENT,
    "‰": PER_MILLE,
    "千分之": PER_MILLE,
    "千分比": PER_MILLE,
    "年‰": "年‰",
    "‰/年": "年‰",
    "月%": "月%",
    "%/月": "月%",
    "月‰": "月‰",
    "‰/月": "月‰",
    "月息‰": "月‰",
}
_BARE = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_TINY = re.compile(r"0+\.(?=\d*[1-9])[0-4]\d*", re.ASCII)


# Which LPR a rate follows: 1Y, 一年期, 5年期以上.
TENOR = re.compile(r"(?<![\d.十])([15一五])(?:年期?(?:以上)?|Y)", re.IGNORECASE)
_OVER_LPR = re.compile(
    r"(?:贷款市场报价利率)?LPR(?:([+-]|加点?|减点?|上浮|下浮)(\d+(?:\.\d+)?)(?:(BPS?|个?基点)|(%|个百分点)))?",
    re.IGNORECASE,
)


def over_lpr(text: str) -> str:
    """A rate over LPR in the words of banks (`一年期LPR加25个基点`) as registers have it (LPR1Y+25BP); else the text.

    What is raised by per cent (上浮10%) is a part of LPR at some banks and points at others, and stays as it is.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    tenors = TENOR.findall(plain)
    match = _OVER_LPR.fullmatch(re.sub(r"\(\)", "", TENOR.sub("", plain)))
    if len(tenors) != 1 or match is None or (match[4] and "浮" in match[1]):
        return text
    tenor = "1" if tenors[0] in "1一" else "5"
    if match[1] is None:
        return f"LPR{tenor}Y"
    sign = "-" if match[1][0] in "-减下" else "+"
    return f"LPR{tenor}Y{sign}{match[2]}{'BP' if match[3] else '%'}"


class Unclear(ValueError):
    """A rate may be read in two ways, or contradicts its heading; `problem` has no place yet."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def rate_unit(word: str) -> str:
    """The unit of rates that a word of a heading names: %, per mille (‰), each by the month or the year; else ""."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return _RATE_WORDS.get("".join(sign for sign in plain if not sign.isspace() and sign not in ",，"), "")


def of_month(base: str, unit: str) -> tuple[str, str]:
    """A heading without its unit, and the unit: 月利率 is the rate of the same name, by the month."""
    if unit not in (PERCENT, PER_MILLE):
        return base, unit
    if _A_MONTH.search(base):
        return _A_MONTH.sub("利率", base), f"月{unit}"
    return base, f"年{unit}" if unit == PER_MILLE and "年" in base else unit


def hints_at_rate(heading: str) -> bool:
    """Whether a heading may state another rate than one a year in per cent: by the month or day, per mille."""
    return (
        any(pattern.search(heading) for pattern in (_BY_MONTH, _NO_RATE)) or PER_MILLE in heading or "千分" in heading
    )


def contradicts(heading: str, unit: str) -> bool:
    """Whether a unit that is said of a rate is not the one that its heading names, as far as that goes."""
    plain = unicodedata.normalize("NFKC", heading)
    return unit in RATE_UNITS and (
        (PER_MILLE in plain and PER_MILLE not in unit)
        or ("%" in plain and "%" not in unit)
        or bool(_BY_MONTH.search(heading)) != ("月" in unit)
        or bool(_NO_RATE.search(heading))
    )


def speaks_against(text: str, unit: str) -> bool:
    """Whether a title or a note says that rates are not in this unit: `利率均为月利率`, `单位：万元、‰`."""
    if _SAID_OF_OTHERS.search(text):
        return False
    per_mille = PER_MILLE in text or "千分" in text
    return (
        (per_mille and PER_MILLE not in unit)
        or (bool(_SAID_BY_MONTH.search(text)) and "月" not in unit)
        or bool(_SAID_BY_DAY.search(text))
    )


def yearly(kind: str, text: str, unit: str) -> str:
    """A rate, share or part (`kind`) under a heading with a unit, in per cent a year; raises `Unclear`."""
    sign = unit[-1]
    plain = unicodedata.normalize("NFKC", text)
    if unit != PERCENT and plain.endswith((PERCENT, PER_MILLE)):
        if not plain.endswith(sign):
            raise Unclear(
                Problem(
                    "unit_differs",
                    N_("{text!r} states another unit than its column"),
                    N_("write the rate in the unit of the heading, or correct the heading"),
                    values={"text": text},
                )
            )
        plain = plain[:-1].strip()
    if not _BARE.fullmatch(plain):
        return text
    number = parse_exact(plain)
    # A cell of 80% is 0.8 where it was saved without its format.
    if _TINY.fullmatch(plain) or (kind == "part" and 0 < number <= 1):
        raise Unclear(
            Problem(
                "rate_tiny",
                N_("{text} under a heading in {sign} may be {text}{sign} or a hundred times as much"),
                N_("write it with its sign, for example {example}"),
                values={
                    "text": plain,
                    "sign": sign,
                    "example": _EXAMPLES.get(kind, "3.45%") if sign == "%" else "3.625‰",
                },
            )
        )
    rate = number * RATE_UNITS.get(unit, RATE_UNITS["年‰"]) / 100
    if unit.startswith("月") and (rate * 10_000).denominator != 1:
        raise Unclear(
            Problem(
                "rate_rounded",
                N_("{text}{sign} a month is {yearly} a year, which no contract says: it was rounded"),
                N_("bring the yearly rate of the contract, with its sign"),
                values={"text": plain, "sign": sign, "yearly": format_percent(rate)},
            )
        )
    return f"{plain}%" if unit == PERCENT else format_percent(rate)


_EXAMPLES = {"share": "1.5%", "part": "80%"}
