"""Titles and notes around a table that name units in words which were not understood as those of its columns."""

from calculators.problems import N_, Place, refuse
from ledger.sheets.columns import guarded
from ledger.sheets.rates import speaks_against
from ledger.sheets.units import Unit, loose, unit_of


def hold_amounts(text: str, heading: str, unit: Unit | None, place: Place) -> None:
    """Refuse a text that names another unit than the one in which the amounts under a heading are read; None: yuan."""
    word = next((one for one in loose(text) if unit_of(one) != (unit.yuan if unit else 1)), "")
    if word:
        raise refuse(
            "unit_unclear",
            N_("{text!r} names {word}, and {heading!r} would be read in {unit}"),
            N_(
                "write the unit into the heading of the amounts, for example 合同金额（万元）, "
                "for a mapping say it with --unit; if the text means other amounts, leave it out"
            ),
            place,
            text=guarded(text),
            word=word,
            heading=heading,
            unit=unit.word if unit else "元",
        )


def hold_rates(text: str, heading: str, unit: str, place: Place) -> None:
    """Refuse a text that says other rates than those in which the ones under a heading are read."""
    if speaks_against(text, unit):
        raise refuse(
            "rate_unit_unclear",
            N_("{text!r} speaks of rates by the month, by the day or per mille, and {heading!r} does not"),
            N_(
                "write the unit into the heading of the rates, for example 年利率（%）, for a mapping say "
                "it with --unit; if the text means other rates, leave it out"
            ),
            place,
            text=guarded(text),
            heading=heading,
        )
