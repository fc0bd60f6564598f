"""Run the cases that stand beside a notice, and say of each whether it comes out as expected."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from calculators.awards.all import ITEM_TYPES
from calculators.awards.item import calculate_items
from calculators.awards.loan import calculate
from calculators.awards.versions import NoticeVersion, governing_version, governing_versions, other_type
from calculators.digest import Digest
from calculators.explain.worksheet import worksheet
from calculators.files.facts import Case, Facts
from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import Loan
from calculators.money import format_yuan
from calculators.notices.item import ItemNotice
from calculators.problems import N_, Refused, Say

__all__ = ["Calculated", "Difference", "calculate_facts", "difference", "refusals"]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing in which a case came out otherwise.

    `what` is a template filled by `values`; `sheet` is the worksheet as calculated and `marked` its first differing
    line (counted from 0).
    """

    what: str
    values: dict[str, object]
    sheet: tuple[str, ...]
    marked: int


@dataclass(frozen=True, slots=True)
class Calculated:
    """What a notice came to on one item: the digest, and the worksheet in the language of `say`."""

    digest: Digest
    worksheet: Callable[[Say], str]


def calculate_facts(version: NoticeVersion, facts: Facts, benchmark: Benchmark, benchmark_ref: str) -> Calculated:
    """What a notice comes to on the facts of one item.

    Raises `Refused` as `governing_versions`, `governing_version` and `calculate` do; `notice_other_type` where the item
    is no matter of the notice.
    """
    notice, item = version.notice, facts.item
    application = facts.application(notice.id)
    outside, supports = facts.outside(notice.id), facts.supports(notice)
    if isinstance(item, Loan):
        versions = governing_versions([version], application, item)
        line = facts.line(item, versions)
        result = calculate([line], benchmark, benchmark_ref, facts.through, outside, supports)[0]
        return Calculated(result.digest, partial(worksheet, result))
    if not (isinstance(notice, ItemNotice) and isinstance(item, ITEM_TYPES[notice.type].item)):
        raise other_type(notice, application)
    item_line = facts.item_line(item, version.ref, notice)
    governing_version([version], application, item_line.dates())
    kind = ITEM_TYPES[notice.type]
    sheet = calculate_items([item_line], kind.calculator, facts.through, outside, supports)[0]
    return Calculated(sheet.digest, partial(worksheet, sheet))


def difference(
    version: NoticeVersion, case: Case, benchmark: Benchmark, benchmark_ref: str, say: Say = str
) -> Difference | None:
    """None where the case comes out as expected; else the first difference: refusals, periods, award, worksheet."""
    try:
        result = calculate_facts(version, case.facts, benchmark, benchmark_ref)
    except Refused as refused:
        codes = tuple(problem.code for problem in refused.problems)
        sheet = tuple(problem.render(say) for problem in refused.problems)
        return None if codes == case.expected.refused else _refusals(case, codes, sheet)
    sheet = tuple(result.worksheet(say).splitlines())
    return _figures(case, result.digest, sheet) or _lines(case, tuple(result.worksheet(str).splitlines()))


def _refusals(case: Case, codes: tuple[str, ...], sheet: tuple[str, ...]) -> Difference:
    expected = ", ".join(case.expected.refused) or "-"
    return Difference(
        N_("refused: expected {expected}, came out {found}"),
        {"expected": expected, "found": ", ".join(codes) or "-"},
        sheet,
        0,
    )


def _figures(case: Case, digest: Digest, sheet: tuple[str, ...]) -> Difference | None:
    """A difference in the figures, marked at the line of the sheet that carries them."""
    codes = refusals(digest)
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


def refusals(digest: Digest) -> tuple[str, ...]:
    """The codes of why a line gets nothing, or a part of it does not; one that is held whole says so as a refusal."""
    causes = [held["cause"] for held in digest["held"] if held["code"] == "line_failed"]
    return tuple(dict.fromkeys([*causes, *(refused["code"] for refused in digest["refused"])]))


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
