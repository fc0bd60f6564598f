"""Runs, monthly ones over loans and batches of other items: what may run now, and every reason why not.

How a run is proposed, approved, closed and withdrawn stands in `closing`, for all of them alike.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from calculators.awards.all import Calculate, calculate_all
from calculators.awards.lines import AwardLine, Line
from calculators.problems import N_, Problem, Refused, refuse
from ledger.log import kinds
from ledger.office.decisions import decisions
from ledger.registry.agreements import waiting
from ledger.registry.lending import NEVER_HEARD, heard
from ledger.registry.notices import notices
from ledger.registry.openings import opened_notices
from ledger.runs.closing import Outcome, start
from ledger.runs.history import last_closed
from ledger.runs.lines import LOAN_TYPE, Granted, granted_lines
from ledger.runs.occasion import Month, Occasion
from ledger.runs.plan import Plan, plan_of
from ledger.store.ledger import Ledger, View, local_day


def propose(view: View, month: Month, today: date, calculate: Calculate = calculate_all) -> Plan:
    """The plan of a month if it may run now; refuses with every reason why not."""
    granted = granted_lines(view)
    lines = granted.loan_lines
    _refuse_any(
        [
            *_nothing_granted(view, month, granted),
            *_months_wrong(view, month, today),
            *_openings_missing(view, lines),
            *_lenders_silent(view, month, lines),
        ]
    )
    return plan_of(view, Occasion.of_month(month), granted, calculate=calculate)


def propose_batch(view: View, notice: str, today: date, calculate: Calculate = calculate_all) -> Plan:
    """The plan of a notice's batch up to today if it may run; refuses with every reason why not."""
    versions = notices(view).get(notice)
    if versions is None:
        raise refuse(
            "notice_unknown",
            N_("no notice {name} is registered"),
            N_("see the registered ones with: subsidy notice list"),
            name=notice,
        )
    if versions[0].notice.type == LOAN_TYPE:
        raise refuse(
            "notice_other_run",
            N_("{name} is a notice for loans, which fall due by month"),
            N_("run a month with `subsidy run interest --month YYYY-MM`"),
            name=notice,
        )
    granted = granted_lines(view)
    occasion = Occasion.of_batch(notice, today)
    lines = [line for line in granted.lines if line.notice_id == notice]
    _refuse_any([*_days_wrong(view, occasion), *_openings_missing(view, lines)])
    return plan_of(view, occasion, granted, calculate=calculate)


def run_interest(ledger: Ledger, month: Month, actor: str, calculate: Calculate = calculate_all) -> Outcome:
    """Run a month and close it, as `closing.start` does; refuses as `propose` does."""
    return start(ledger, lambda view, today: propose(view, month, today, calculate), actor)


def run_batch(ledger: Ledger, notice: str, actor: str, calculate: Calculate = calculate_all) -> Outcome:
    """Run a notice's batch up to today and close it, as `closing.start` does; refuses as `propose_batch` does."""
    return start(ledger, lambda view, today: propose_batch(view, notice, today, calculate), actor)


def _refuse_any(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems)


def _nothing_granted(view: View, month: Month, granted: Granted) -> Iterator[Problem]:
    """A first run of nothing would only close the month."""
    unready = any(line.type == LOAN_TYPE for line in granted.unready)
    if granted.loan_lines or unready or last_closed(view, Occasion.of_month(month)) is not None:
        return
    yield Problem(
        "nothing_granted",
        N_("no loan is granted yet: there is nothing to run"),
        N_("import notice, loans, applications and grants first: `subsidy month` says what is missing"),
    )


def _months_wrong(view: View, month: Month, today: date) -> Iterator[Problem]:
    if today < month.ends_before:
        yield Problem(
            "month_not_over",
            N_("{month} is not over"),
            N_("run it from {day} on"),
            values={"month": month, "day": month.ends_before},
        )
    latest = last_closed(view, Occasion.of_month(month))
    if latest is not None and month.ends_before < latest.occasion.ends_before:
        yield Problem(
            "month_behind",
            N_("{month} lies before {latest}, the last month that was run"),
            N_("run {latest} again or a later month; a late fact of {month} shows there as a true-up"),
            values={"month": month, "latest": latest.occasion},
        )


def _days_wrong(view: View, occasion: Occasion) -> Iterator[Problem]:
    """A clock set back would take parts back that have fallen due."""
    latest = last_closed(view, occasion)
    if latest is not None and occasion.ends_before < latest.occasion.ends_before:
        yield Problem(
            "day_behind",
            N_("today, {day}, lies before {latest}, the day of the last run of {notice}"),
            N_("set the clock of this machine right, then run it again"),
            values={"day": occasion.last_day, "latest": latest.occasion.last_day, "notice": occasion},
        )


class Report(NamedTuple):
    """How far a lender with granted loans has reported: `through` is None where it never did.

    `excepted`: a decision lets the month run without it. `missing`: the last day of what a report that was taken back
    left unsaid, where a later one stands.
    """

    lender: str
    through: date | None
    excepted: bool
    missing: date | None = None

    def wanted(self, month: Month) -> date:
        """The day through which the next file has to speak."""
        return min(self.missing or month.last_day, month.last_day)

    def covers(self, month: Month) -> bool:
        """Whether the lender has spoken for the whole month."""
        return self.through is not None and self.through >= month.last_day


def reports(view: View, month: Month, lines: Iterable[Line]) -> list[Report]:
    """What every lender of `lines` has reported, by name. No data is never zero: each must have spoken."""
    reports_of = heard(view)
    excepted = {decision.about for decision in decisions(view) if decision.type == "lender-exception"}
    return [
        Report(lender, said.through, f"{lender}/{month}" in excepted, said.missing)
        for lender in sorted({line.loan.lender for line in lines})
        for said in [reports_of.get(lender, NEVER_HEARD)]
    ]


def unopened(view: View, lines: Iterable[AwardLine]) -> list[tuple[str, date]]:
    """The notices of `lines` that paid before this ledger began and whose opening nobody gave, with their first day."""
    begun, known = _begun(view), opened_notices(view)
    governing = {notice.id: notice for line in lines for notice in line.notices}
    found = []
    for notice, rules in sorted(governing.items()):
        accrual = [window.starts_on for window in rules.windows if window.on == "accrual_day"]
        starts_on = min(accrual, default=rules.effective.starts_on)
        if starts_on < begun and notice not in known:
            found.append((notice, starts_on))
    return found


def _begun(view: View) -> date:
    return local_day(datetime.fromisoformat(view.body(kinds.GENESIS, 0)["recorded_at"]))


def _openings_missing(view: View, lines: Iterable[AwardLine]) -> Iterator[Problem]:
    """A notice that paid before this ledger began needs to know what was paid elsewhere."""
    asked = {row.key: row.seq for row in waiting(view, kinds.OPENING)}
    for notice, starts_on in unopened(view, lines):
        if notice in asked:
            yield Problem(
                "opening_missing",
                N_("what was paid under {notice} before this ledger waits for somebody else's word"),
                N_("another officer: `subsidy approve {number}`; `subsidy approvals` shows who can"),
                values={"notice": notice, "number": asked[notice]},
            )
            continue
        yield Problem(
            "opening_missing",
            N_("{notice} began on {start}, before this ledger ({begun})"),
            N_(
                "enter what was paid outside with `subsidy opening import`, or `subsidy opening none {notice}` "
                "if nothing was"
            ),
            values={"notice": notice, "start": starts_on, "begun": _begun(view)},
        )


def _lenders_silent(view: View, month: Month, lines: Iterable[Line]) -> Iterator[Problem]:
    for report in reports(view, month, lines):
        if report.covers(month) or report.excepted:
            continue
        yield Problem(
            "lender_not_reported",
            N_("{lender} has not reported its events through {day}"),
            N_(
                "import its file with `subsidy import events FILE --mode delta --lender {lender} --through {day}` (one "
                "with headings alone reports nothing), or record "
                "`subsidy decide lender-exception --about {lender}/{month} --reason TEXT`"
            ),
            values={"lender": report.lender, "day": report.wanted(month), "month": month},
        )
