"""Run the cases that stand beside a notice, and say of each whether it comes out as expected."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from calculators.amounts import format_yuan
from calculators.benchmark import Benchmark
from calculators.facts_file import Case, Facts
from calculators.interest_discount import Result, calculate
from calculators.problems import N_, Refused, Say
from calculators.versions import NoticeVersion, governing_versions
from calculators.worksheet import render

__all__ = ["Difference", "difference", "reckon"]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing in which a case came out otherwise.

    `what` is a template filled by `values`; `sheet` is the worksheet as reckoned and `marked` its first differing line
    (counted from 0).
    """

    what: str
    values: dict[str, object]
    sheet: tuple[str, ...]
    marked: int


def reckon(version: NoticeVersion, facts: Facts, benchmark: Benchmark, benchmark_ref: str) -> Result:
    """What a notice comes to on the facts of one loan; raises `Refused` as `governing_versions` and `calculate` do."""
    versions = governing_versions([version], facts.application(version.notice.id), facts.loan)
    return calculate([facts.line(versions)], benchmark, benchmark_ref, facts.through)[0]


def difference(
    version: NoticeVersion, case: Case, benchmark: Benchmark, benchmark_ref: str, say: Say = str
) -> Difference | None:
    """None where the case comes out as expected; else the first difference: refusals, periods, award, worksheet."""
    try:
        result = reckon(version, case.facts, benchmark, benchmark_ref)
    except Refused as refused:
        codes = tuple(problem.code for problem in refused.problems)
        sheet = tuple(problem.render(say) for problem in refused.problems)
        return None if codes == case.expected.refused else _refusals(case, codes, sheet)
    sheet = tuple(render(result, say).splitlines())
    return _figures(case, result.digest, sheet) or _lines(case, tuple(render(result).splitlines()))


def _refusals(case: Case, codes: tuple[str, ...], sheet: tuple[str, ...]) -> Difference:
    expected = ", ".join(case.expected.refused) or "-"
    return Difference(
        N_("refused: expected {expected}, came out {found}"),
        {"expected": expected, "found": ", ".join(codes) or "-"},
        sheet,
        0,
    )


def _figures(case: Case, digest: dict[str, Any], sheet: tuple[str, ...]) -> Difference | None:
    """A difference in the figures, marked at the line of the sheet that carries them."""
    codes = tuple(dict.fromkeys(refused["code"] for refused in digest["refused"]))
    if codes != case.expected.refused:
        found = _refusals(case, codes, sheet)
        # The line after the heading is the first condition.
        return Difference(found.what, found.values, sheet, min(1, len(sheet) - 1))
    last = len(sheet) - 1
    awards = {date.fromisoformat(period["due"]): period["award_fen"] for period in digest["periods"]}
    for due, award_fen in case.expected.periods:
        if awards.get(due, 0) != award_fen:
            values = {"due": due, "expected": format_yuan(award_fen), "found": format_yuan(awards.get(due, 0))}
            return Difference(
                N_("award of the period before {due}: expected {expected}, came out {found}"), values, sheet, last
            )
    if digest["award_fen"] != case.expected.award_fen:
        values = {"expected": format_yuan(case.expected.award_fen), "found": format_yuan(digest["award_fen"])}
        return Difference(N_("award: expected {expected}, came out {found}"), values, sheet, last)
    return None


def _lines(case: Case, sheet: tuple[str, ...]) -> Difference | None:
    """A difference in the worksheet's text, which a case gives in English."""
    if case.expected.worksheet is None:
        return None
    expected = case.expected.worksheet.splitlines()
    for place in range(max(len(expected), len(sheet))):
        wanted = expected[place] if place < len(expected) else ""
        if place >= len(sheet) or sheet[place] != wanted:
            return Difference(
                N_("worksheet, line {line}: expected {expected!r}"),
                {"line": place + 1, "expected": wanted},
                sheet,
                min(place, len(sheet) - 1),
            )
    return None
