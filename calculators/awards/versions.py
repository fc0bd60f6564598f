"""Which version of a notice governs a loan, and which notices exclude each other.

A version is in force on the days of its `effective`; where an amendment of it is in force too, the amendment is. The
date named by `governed_by` selects: one version for the whole loan, or, by accrual day, each version its own days.
Two versions, or two notices of one exclusion group, that both match are an error naming both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, pairwise

from calculators.awards.lines import AwardLine, Version, first_drawdown
from calculators.facts.model import Application
from calculators.interest.loan import Loan
from calculators.notices.loan import LoanNotice
from calculators.notices.model import Notice
from calculators.problems import N_, Place, Problem, Refused, refuse

__all__ = [
    "NoticeVersion",
    "ambiguous",
    "clashes",
    "excluded_lines",
    "governing_version",
    "governing_versions",
    "other_type",
]


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """A notice as registered: `ref` is `id@sha256:<64 hex>`."""

    ref: str
    notice: Notice

    @property
    def hash(self) -> str:
        """`sha256:<64 hex>`, the form that `amends` takes."""
        return self.ref.partition("@")[2]

    def covers(self, day: date) -> bool:
        """Whether `day` is one of the version's effective days."""
        effective = self.notice.effective
        return effective.starts_on <= day and (effective.last_day is None or day <= effective.last_day)


def governing_versions(versions: Sequence[NoticeVersion], application: Application, loan: Loan) -> tuple[Version, ...]:
    """The versions that govern a loan, by the accrual days they govern; all of one notice.

    Raises `Refused`: `notice_ambiguous` where two match, `notice_not_in_force` where none does, `notice_other_type` for
    a notice that is not for loans.
    """
    selector = versions[0].notice.governed_by
    if not isinstance(versions[0].notice, LoanNotice):
        raise other_type(versions[0].notice, application)
    if selector == "accrual_day":
        governing = _by_accrual_day(versions, application, loan)
    else:
        dates = {
            "application": application.applied_on,
            "contract": loan.signed_on,
            "drawdown": first_drawdown(loan),
        }
        found = _only(versions, dates[selector], application.id)
        governing = [_loan_version(found)] if found else []
    if not governing:
        raise _not_in_force(versions[0].notice, application)
    return tuple(governing)


def _not_in_force(notice: Notice, application: Application) -> Refused:
    return refuse(
        "notice_not_in_force",
        N_("no version of the notice {notice} is in force on the {selector} date"),
        N_("check that date and the effective days of the notice"),
        Place(application.id),
        notice=notice.id,
        selector=notice.governed_by,
    )


def governing_version(
    versions: Sequence[NoticeVersion], application: Application, dates: Mapping[str, date]
) -> NoticeVersion:
    """The one version that governs an item that is no loan, by the date that the notice names.

    Raises `Refused`: `notice_ambiguous` where two match, `notice_not_in_force` where none does.
    """
    notice = versions[0].notice
    # A claim has no contract of its own: then the application decides.
    day = dates.get(notice.governed_by, application.applied_on)
    found = _only(versions, day, application.id)
    if found is None:
        raise _not_in_force(notice, application)
    return found


def clashes(versions: Sequence[NoticeVersion]) -> list[tuple[date, NoticeVersion, NoticeVersion]]:
    """The first day of every stretch of days on which two versions match, with both."""
    return [
        (day, first, second) for day in _edges(versions) for first, second in combinations(_in_force(versions, day), 2)
    ]


def excluded_lines(lines: Iterable[AwardLine]) -> dict[str, Problem]:
    """Line id -> problem `notice_ambiguous`, for lines of one item under two notices of one exclusion group.

    Both lines are named: which of the two counts is for a person to decide, by refusing one of the grants.
    """
    by_item: dict[tuple[str, str, str], list[AwardLine]] = defaultdict(list)
    for line in lines:
        for group in {notice.exclusion_group for notice in line.notices}:
            if group is not None:
                by_item[line.notices[0].type, line.application.item, group].append(line)
    found: dict[str, Problem] = {}
    for (_type, item, group), together in sorted(by_item.items()):
        for combination, other in combinations(together, 2):
            if combination.notice_id != other.notice_id:
                problem = Problem(
                    "notice_ambiguous",
                    N_("{first} and {second} of the exclusion group {group} both govern {item}"),
                    N_("refuse one of the two grants"),
                    Place(combination.id),
                    {"first": combination.notice_refs[0], "second": other.notice_refs[0], "group": group, "item": item},
                )
                found.setdefault(combination.id, problem)
                found.setdefault(other.id, problem)
    return found


def _by_accrual_day(versions: Sequence[NoticeVersion], application: Application, loan: Loan) -> list[Version]:
    """Each version with the stretch of the loan's days that it governs."""
    edges = [first_drawdown(loan), *_edges(versions), loan.matures_on]
    days = sorted({day for day in edges if edges[0] <= day <= edges[-1]})
    governing: list[Version] = []
    for starts_on, ends_before in pairwise(days):
        found = _only(versions, starts_on, application.id)
        if found and governing and (governing[-1].ref, governing[-1].ends_before) == (found.ref, starts_on):
            governing[-1] = replace(governing[-1], ends_before=ends_before)
        elif found:
            governing.append(replace(_loan_version(found), starts_on=starts_on, ends_before=ends_before))
    return governing


def _loan_version(found: NoticeVersion) -> Version:
    # An amendment cannot change the type, so that all versions are of the first one's.
    assert isinstance(found.notice, LoanNotice), found.ref
    return Version(found.ref, found.notice)


def other_type(notice: Notice, application: Application) -> Refused:
    """The refusal `notice_other_type`: what is applied for is no matter of this notice."""
    return refuse(
        "notice_other_type",
        N_("{item} does not belong to the notice {notice}, whose type is {type}"),
        N_("correct the notice or the item of the application"),
        Place(application.id),
        item=application.item,
        notice=notice.id,
        type=notice.type,
    )


def _only(versions: Sequence[NoticeVersion], day: date, subject: str) -> NoticeVersion | None:
    """The version in force on `day`; none is None, two are `notice_ambiguous`."""
    found = _in_force(versions, day)
    if len(found) > 1:
        raise Refused(ambiguous(found[0], found[1], day, Place(subject)))
    return found[0] if found else None


def ambiguous(first: NoticeVersion, second: NoticeVersion, day: date, place: Place) -> Problem:
    """Two versions that match on one day."""
    return Problem(
        "notice_ambiguous",
        N_("{first} and {second} are both in force on {day}"),
        N_("register an amendment of one of them that leaves a single version on each day"),
        place,
        {"first": first.ref, "second": second.ref, "day": day},
    )


def _in_force(versions: Sequence[NoticeVersion], day: date) -> list[NoticeVersion]:
    covering = [version for version in versions if version.covers(day)]
    replaced = {ancestor for version in covering for ancestor in _ancestors(version, versions)}
    return [version for version in covering if version.hash not in replaced]


def _ancestors(version: NoticeVersion, versions: Sequence[NoticeVersion]) -> set[str]:
    """The hashes of every version that `version` amends, the amended ones' own included."""
    by_hash = {notice_version.hash: notice_version for notice_version in versions}
    found: set[str] = set()
    amended = version.notice.amends
    while amended is not None and amended not in found:
        found.add(amended)
        amended = by_hash[amended].notice.amends if amended in by_hash else None
    return found


def _edges(versions: Iterable[NoticeVersion]) -> list[date]:
    """The days on which some version begins or has ended."""
    spans = [version.notice.effective for version in versions]
    return sorted({span.starts_on for span in spans} | {span.ends_before for span in spans if span.ends_before})
