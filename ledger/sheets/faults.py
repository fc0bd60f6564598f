"""How the refusal of a cell reads, by the kind of its column: code, what is wrong, how to remedy it."""

import re
from dataclasses import dataclass

from calculators.clear import unclear
from calculators.problems import N_, Place, Problem
from ledger.sheets.rates import TENOR
from ledger.sheets.units import Differs, Foreign


@dataclass(frozen=True)
class Fault:
    """How the refusal of a cell reads: code, what is wrong, how to remedy it."""

    code: str
    what: str
    remedy: str


FAULTS = {
    "contract": Fault(
        "identifier_slash",
        N_("{text!r} has a slash, which separates contract and slip number"),
        N_("write it with a hyphen, in every register alike"),
    ),
    "secret": Fault(
        "number_malformed",
        N_("{text} is not a wallet or account number"),
        N_("write 1 to 68 digits or Latin letters, formatted as text"),
    ),
    "uscc": Fault(
        "uscc_malformed",
        N_("{text!r} is not a unified social credit code"),
        N_("write its 18 digits and capital letters; I, O, S, V and Z do not occur"),
    ),
    "amount": Fault(
        "amount_malformed",
        N_("{text!r} is not an amount above 0 in yuan"),
        N_("write digits with at most two decimals, for example 1,234,567.89"),
    ),
    "amount_or_zero": Fault(
        "amount_malformed",
        N_("{text!r} is not an amount of 0 or more in yuan"),
        N_("write digits with at most two decimals, for example 1,234,567.89"),
    ),
    "date": Fault("date_malformed", N_("{text!r} is not a date"), N_("write YYYY-MM-DD, for example 2025-06-20")),
    "dates": Fault(
        "date_malformed",
        N_("{text!r} is not a list of dates, each later than the one before"),
        N_("write YYYY-MM-DD;YYYY-MM-DD"),
    ),
    "day": Fault("day_malformed", N_("{text!r} is not a day of the month"), N_("write a number from 1 to 31")),
    "rate": Fault(
        "rate_malformed",
        N_("{text!r} is not a rate"),
        N_("write it as text with its unit: 3.55%, LPR1Y+25BP or LPR5Y-10BP"),
    ),
    "share": Fault(
        "rate_malformed",
        N_("{text!r} is not a rate above 0% and below 100%"),
        N_("write it as text with its unit, for example 1.5%"),
    ),
    "part": Fault(
        "part_malformed",
        N_("{text!r} is not a part from 0% to 100%"),
        N_("write it as text with its unit, for example 80%"),
    ),
    "count": Fault(
        "count_malformed",
        N_("{text!r} is not a whole number above 0"),
        N_("write digits only, at most 999,999"),
    ),
    "number": Fault(
        "number_not_positive",
        N_("{text!r} is not a number above 0"),
        N_("write a plain decimal number, for example 12.5"),
    ),
    "name": Fault(
        "name_malformed",
        N_("{text!r} is not a name as notices write it"),
        N_("write it as in the notice: small Latin letters or Chinese characters, digits and _"),
    ),
    "attributes": Fault(
        "attributes_malformed",
        N_("{text!r} is not a list of attributes, each named once"),
        N_("write name=value; name=value, the names in small Latin letters as in the notice"),
    ),
    "quantity": Fault(
        "quantity_malformed",
        N_("{text!r} is not a quantity with its unit"),
        N_("write number and unit, such as 100000000 yuan or 1200.5 kWh"),
    ),
    "score": Fault(
        "score_malformed", N_("{text!r} is not a score of 0 or more"), N_("write a plain decimal number, such as 87.5")
    ),
    "figures": Fault(
        "figures_malformed",
        N_("{text!r} is not a list of figures with their units, each named once"),
        N_("write name=number unit; name=number unit, such as output=340000000 yuan; power=1200.5 kWh"),
    ),
    "choice": Fault("choice_unknown", N_("{text!r} is not among the choices"), N_("write one of: {choices}")),
    "flag": Fault("choice_unknown", N_("{text!r} is not among the choices"), N_("write one of: {choices}")),
    "hashes": Fault(
        "hash_malformed",
        N_("{text!r} is not a list of SHA-256 sums"),
        N_("write 64 hexadecimal digits per file, ; between them"),
    ),
}


FOREIGN = Fault(
    "currency_other",
    N_("{text!r} names another currency than the yuan"),
    N_("bring the amounts in yuan: the subsidy is calculated on them"),
)
_DIFFERS = Fault(
    "unit_differs",
    N_("{text!r} states another unit than its column"),
    N_("write the amount in the unit of the heading, or correct the heading"),
)


_OTHER_RATE = Fault(
    "rate_other",
    N_("{text!r} is a rate by the month, by the day or per mille"),
    N_(
        "write the yearly rate in per cent; per mille a month times 12 and divided by 10 is per cent a year: "
        "3.625‰ a month is 4.35%"
    ),
)


_NO_TENOR = Fault(
    "rate_tenor",
    N_("{text!r} does not say whether it follows the LPR of one year or that of five"),
    N_(
        "write it as the contract has it, LPR1Y+25BP or LPR5Y+25BP; in a lender's own form say it once with "
        "--word 'rate:{text}=LPR1Y+25BP'"
    ),
)
_FACTOR = Fault(
    "rate_factor",
    N_("{text!r} raises or lowers LPR by a part of itself, and the register takes points that are added to it"),
    N_(
        "write the points of the contract, for example LPR1Y+35BP; if it names none, write the yearly rate itself, "
        "and a new one as an event of kind rate"
    ),
)
_LPR = re.compile(r"LPR|报价利率", re.IGNORECASE)
_BY_PART = re.compile(r"[上下]浮[\d.]+[%％]|[*×x][\d.]+", re.IGNORECASE)

# The kinds of cells that hold a text as it was written.
_CLEAR = {"text", "identifier", "contract"}


def fault_of(kind: str, text: str, error: ValueError) -> Fault:
    """What is wrong with a cell of a column of this kind that was not read; a text may be unclear besides."""
    if isinstance(error, Foreign):
        return FOREIGN
    if isinstance(error, Differs):
        return _DIFFERS
    if kind == "rate" and _LPR.search(text):
        return _FACTOR if _BY_PART.search(text) else FAULTS[kind] if TENOR.search(text) else _NO_TENOR
    if kind == "rate" and any(sign in text for sign in "‰‱月日厘"):
        return _OTHER_RATE
    problem = unclear(text) if kind in _CLEAR else None
    return Fault(problem.code, problem.what, problem.remedy) if problem else FAULTS[kind]


def day_from_number(place: Place) -> Problem:
    """The warning of a column whose days are numbers."""
    return Problem(
        "day_from_number",
        N_("days stand here as numbers, as a spreadsheet keeps them"),
        N_("compare the days with those of the file"),
        place,
    )


def rows_hidden(count: int, place: Place) -> Problem:
    """The warning of rows that nobody saw who looked at the sheet."""
    return Problem(
        "rows_hidden",
        N_("rows of the sheet are hidden ({count}), and were read like the others"),
        N_("show all rows and compare"),
        place,
        {"count": count},
    )
