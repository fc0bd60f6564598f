"""Eligibility: ordered, named conditions, every one reported whether met or not, with its clause.

First the notice's windows by their dates, then its conditions in its own order. A condition says
what was found and what is wanted, so that a worksheet can show `one_support_per_year: 0 <= 0`; texts are made only when
asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol, runtime_checkable

from dateutil.relativedelta import relativedelta

from calculators.awards.lines import (
    AwardLine,
    Line,
    Support,
    clause_label,
    district_of,
    first_drawdown,
    holds_status,
)
from calculators.awards.unsure import Absent, Waited
from calculators.digest import CheckedCondition, RefusedCode
from calculators.interest.benchmark import Benchmark
from calculators.interest.day_count import add_months
from calculators.interest.segments import segments
from calculators.money import Exact, format_percent, format_yuan
from calculators.notices.loan import (
    FirmInterestAtLeast,
    FirmLoansAtLeast,
    InvestmentAtLeast,
    LoanAmount,
    LoanCondition,
    LoanLongerThan,
    LoanNotice,
    MaxContractRate,
    MaxLoanMonths,
    PurposeIn,
)
from calculators.notices.model import (
    Condition as RuleOfNotice,
)
from calculators.notices.model import (
    HoldsStatus,
    NoOtherMunicipalSupport,
    NoSeriousDishonesty,
    Notice,
    OneSupportPerYear,
    RegisteredIn,
    Window,
)
from calculators.problems import N_, Say


class Supports(NamedTuple):
    """Who was granted what: (entity, programme, fund year) -> notice -> its first grant there.

    `absent` are grants that may count or not: their lines are held without an item.
    """

    granted: Mapping[tuple[str, str, int], Mapping[str, tuple[date, str]]]
    absent: Mapping[tuple[str, str, int], Sequence[tuple[Support, Waited]]]


# The names of conditions, which stand in records; English reads them as they are. A notice's own attributes are not
# here: they are named as its notice names them.
_NAMES = {
    "window_application": N_("window_application"),
    "window_contract": N_("window_contract"),
    "window_drawdown": N_("window_drawdown"),
    "window_launch": N_("window_launch"),
    "registered_in": N_("registered_in"),
    "one_support_per_year": N_("one_support_per_year"),
    "no_serious_dishonesty": N_("no_serious_dishonesty"),
    "no_other_municipal_support": N_("no_other_municipal_support"),
    "holds_status": N_("holds_status"),
    "purpose_in": N_("purpose_in"),
    "max_loan_months": N_("max_loan_months"),
    "loan_longer_than": N_("loan_longer_than"),
    "investment_at_least": N_("investment_at_least"),
    "max_contract_rate": N_("max_contract_rate"),
    "loan_amount": N_("loan_amount"),
    "firm_loans_at_least": N_("firm_loans_at_least"),
    "firm_interest_at_least": N_("firm_interest_at_least"),
    "base_at_least": N_("base_at_least"),
    "figure_in_range": N_("figure_in_range"),
    "firm_total_at_least": N_("firm_total_at_least"),
    "matched_by_other_levels": N_("matched_by_other_levels"),
    "launched_by_application": N_("launched_by_application"),
    "component": N_("component"),
    "units": N_("units"),
    "base": N_("base"),
    "figure": N_("figure"),
    "share": N_("share"),
    "contract": N_("contract"),
    "premium": N_("premium"),
    "borne": N_("borne"),
    "stages": N_("stages"),
}


@runtime_checkable
class Rendered(Protocol):
    """A value that prints itself in the reader's language."""

    def render(self, say: Say = str) -> str:
        """The text."""


class Condition(NamedTuple):
    """One condition as it came out: `found` stands in `relation` to `wanted`, or does not.

    `code` is the refusal code when it is not met, `clause` the label of its source. With `component` it refuses that
    component alone, and what is added to it stands. `waits_for` is the line without which nobody can say whether it is
    met: it is neither met nor refuses.
    """

    name: str
    code: str
    met: bool
    found: object
    relation: str
    wanted: object
    clause: str
    component: str = ""
    waits_for: Waited | None = None

    def __str__(self) -> str:
        return self.render()

    def render(self, say: Say = str) -> str:
        """`name: found relation wanted`, its words passed through `say`."""
        name, found, wanted = say(_NAMES.get(self.name, self.name)), _shown(self.found, say), _shown(self.wanted, say)
        if found == wanted == "-":
            return say(N_("{name}: none")).format(name=name)
        text = N_("{name}: {found} in {wanted}") if self.relation == "in" else N_("{name}: {found} {relation} {wanted}")
        return say(text).format(name=name, found=found, relation=self.relation, wanted=wanted)

    def told(self) -> CheckedCondition:
        """An item of the field `conditions` of a digest."""
        return {
            "name": self.name,
            "met": self.met,
            "found": _shown(self.found),
            "relation": self.relation,
            "wanted": _shown(self.wanted),
            "clause": self.clause,
        }

    def refusal(self) -> RefusedCode:
        """An item of the field `refused` of a digest, for a condition that is not met."""
        refused = RefusedCode(code=self.code, clause=self.clause)
        if self.component:
            refused["component"] = self.component
        return refused


def refuses(conditions: Iterable[Condition]) -> bool:
    """Whether a condition that is not met refuses the whole line."""
    for condition in conditions:
        if not condition.met and not condition.component and condition.waits_for is None:
            return True
    return False


def conditions(
    line: Line, notice: LoanNotice, supports: Supports, benchmark: Benchmark, through: date
) -> list[Condition]:
    """Every condition of `notice` that looks at the line alone, in order.

    Refuses `benchmark_unknown` as `benchmark` does. What a firm's loans come to together is in `loan_firm`.
    """
    return [
        *window_conditions(line, notice),
        *(
            _condition(line, notice, rule, supports, benchmark, through)
            for rule in notice.eligibility
            if not isinstance(rule, FirmLoansAtLeast | FirmInterestAtLeast)
        ),
    ]


def granted_supports(lines: Iterable[AwardLine], others: Iterable[Support], absent: Iterable[Absent] = ()) -> Supports:
    """Who was granted what in a programme's fund year, under which notice and since which grant."""
    granted: dict[tuple[str, str, int], dict[str, tuple[date, str]]] = defaultdict(dict)
    known = [
        Support(
            line.entity.uscc,
            notice.programme,
            notice.fund_year,
            notice.id,
            line.grant.granted_on,
            line.grant.id,
        )
        for line in lines
        for notice in line.notices
    ]
    for support in (*known, *others):
        notices = granted[support.uscc, support.programme, support.fund_year]
        grant = (support.granted_on, support.grant)
        notices[support.notice] = min(grant, notices.get(support.notice, grant))
    unsure: dict[tuple[str, str, int], list[tuple[Support, Waited]]] = defaultdict(list)
    for absent_line in absent:
        for support in absent_line.supports:
            key = support.uscc, support.programme, support.fund_year
            unsure[key].append((support, Waited(absent_line.line, absent_line.item)))
    return Supports(granted, unsure)


def window_conditions(line: AwardLine, notice: Notice) -> Iterator[Condition]:
    """One condition per date that has windows: it lies in one of them.

    Before anything is drawn nobody can say when it will be; nothing is due then either.
    """
    if not notice.windows:
        return
    for name, day in line.dates().items():
        windows = [window for window in notice.windows if window.on == name]
        if windows:
            code = f"window_{name}"
            met = any(_within(window, day) for window in windows)
            yield Condition(code, code, met, day, "in", windows, clause_label(notice, windows[0]))


def _within(window: Window, day: date) -> bool:
    return window.starts_on <= day and (window.last_day is None or day <= window.last_day)


def _condition(
    line: Line, notice: LoanNotice, rule: LoanCondition, supports: Supports, benchmark: Benchmark, through: date
) -> Condition:
    clause = clause_label(notice, rule)
    if exempt := exempted(line, notice, rule):
        return exempt
    match rule:
        case RegisteredIn() | OneSupportPerYear() | NoSeriousDishonesty() | NoOtherMunicipalSupport() | HoldsStatus():
            return common_condition(line, notice, rule, supports)
        case PurposeIn():
            purpose = line.loan.purpose
            met = purpose in rule.purposes
            return Condition(rule.kind, "purpose_excluded", met, purpose or "-", "in", rule.purposes, clause)
        case MaxLoanMonths():
            latest = add_months(first_drawdown(line.loan), rule.months)
            matures_on = line.loan.matures_on
            return Condition(rule.kind, "loan_too_long", matures_on <= latest, matures_on, "<=", latest, clause)
        case LoanLongerThan():
            least = add_months(first_drawdown(line.loan), rule.months)
            matures_on = line.loan.matures_on
            return Condition(rule.kind, "loan_too_short", matures_on > least, matures_on, ">", least, clause)
        case InvestmentAtLeast():
            invested_fen = line.application.investment_fen
            if invested_fen is None:
                return Condition(rule.kind, "investment_missing", False, "-", ">=", format_yuan(rule.amount), clause)
            figures = format_yuan(invested_fen), ">=", format_yuan(rule.amount)
            return Condition(rule.kind, "investment_too_small", invested_fen >= rule.amount, *figures, clause)
        case MaxContractRate():
            first = first_drawdown(line.loan)
            if max(through, benchmark.checked_through) < first:
                # Nothing bears interest yet, and the LPR of that day is not published.
                return Condition(rule.kind, "rate_too_high", True, "-", "<=", "-", clause)
            bound = benchmark.rate(rule.tenor, first) * rule.times + rule.over
            rate = _highest_rate(line, benchmark, through)
            return Condition(rule.kind, "rate_too_high", rate <= bound, rate, "<=", bound, clause)
        case LoanAmount():
            return _loan_amount(line.loan.amount_fen, rule, clause)
        case FirmLoansAtLeast() | FirmInterestAtLeast():
            raise TypeError(rule)


def _loan_amount(amount_fen: int, rule: LoanAmount, clause: str) -> Condition:
    """The contract's amount within its bounds; of two the one that it misses is the one named."""
    least, most = rule.at_least, rule.at_most
    if least is not None and (most is None or amount_fen < least):
        figures = format_yuan(amount_fen), ">=", format_yuan(least)
        return Condition(rule.kind, "loan_out_of_range", amount_fen >= least, *figures, clause)
    assert most is not None, "the rules of the part ask for a bound"
    figures = format_yuan(amount_fen), "<=", format_yuan(most)
    return Condition(rule.kind, "loan_out_of_range", amount_fen <= most, *figures, clause)


def exempted(line: AwardLine, notice: Notice, rule: RuleOfNotice) -> Condition | None:
    """The condition as it is met by whom an approving document exempts from it; None where nothing does."""
    exemption = line.application.exemption
    if exemption and exemption.document and exemption.kind in rule.exempt:
        clause = clause_label(notice, rule)
        return Condition(rule.kind, "", True, exemption.kind, "=", exemption.document, clause)
    return None


def common_condition(
    line: AwardLine,
    notice: Notice,
    rule: RegisteredIn | OneSupportPerYear | NoSeriousDishonesty | NoOtherMunicipalSupport | HoldsStatus,
    supports: Supports,
) -> Condition:
    """A condition that notices of every type may state."""
    clause = clause_label(notice, rule)
    match rule:
        case RegisteredIn():
            district = district_of(line.entity, line.application.applied_on)
            met = district in rule.districts
            return Condition(rule.kind, "not_registered", met, district or "-", "in", rule.districts, clause)
        case OneSupportPerYear():
            return _one_support(line, notice, rule, supports)
        case NoSeriousDishonesty():
            since = line.application.applied_on - relativedelta(years=rule.years)
            latest = _latest_dishonesty(line, rule)
            found = latest or "-"
            return Condition(
                rule.kind, "serious_dishonesty", latest is None or latest <= since, found, "<=", since, clause
            )
        case HoldsStatus():
            held = tuple(
                status for status in rule.statuses if holds_status(line.entity, status, line.application.applied_on)
            )
            return Condition(rule.kind, "status_not_held", bool(held), held or "-", "in", rule.statuses, clause)
        case NoOtherMunicipalSupport():
            other = line.application.other_support
            return Condition(rule.kind, "other_support", not other, other or "-", "=", "-", clause)


def _latest_dishonesty(line: AwardLine, rule: NoSeriousDishonesty) -> date | None:
    """The day of the latest decision up to the application that still counts; None where there is none."""
    applied_on = line.application.applied_on
    counting = [
        dishonesty.decided_on
        for dishonesty in line.entity.dishonesty
        if dishonesty.decided_on <= applied_on
        and not (rule.repaired == "cleared" and dishonesty.repaired_on and dishonesty.repaired_on <= applied_on)
    ]
    return max(counting, default=None)


def _one_support(line: AwardLine, notice: Notice, rule: OneSupportPerYear, supports: Supports) -> Condition:
    """That no other notice of the programme and fund year supported the entity before this one did.

    The first support stands; what comes after it is the second. Grants under one notice count as one. A grant that may
    count or not leaves it open where that decides: one of this notice may be the first, one of another may be earlier.
    """
    key = line.entity.uscc, notice.programme, notice.fund_year
    granted = supports.granted[key]
    count = _earlier(granted, notice.id)
    absent = supports.absent.get(key, ())
    waits = False
    if absent:
        own = _with(granted, (one for one, _ in absent if one.notice == notice.id))
        others = _with(granted, (one for one, _ in absent if one.notice != notice.id))
        waits = (_earlier(own, notice.id) == 0) != (_earlier(others, notice.id) == 0)
    return Condition(
        rule.kind,
        "second_support",
        count == 0 and not waits,
        count,
        "<=",
        0,
        clause_label(notice, rule),
        waits_for=min(waited for _, waited in absent) if waits else None,
    )


def _with(granted: Mapping[str, tuple[date, str]], more: Iterable[Support]) -> Mapping[str, tuple[date, str]]:
    found = dict(granted)
    for support in more:
        grant = support.granted_on, support.grant
        found[support.notice] = min(grant, found.get(support.notice, grant))
    return found


def _earlier(granted: Mapping[str, tuple[date, str]], notice: str) -> int:
    return sum(first < granted[notice] for first in granted.values())


def _highest_rate(line: Line, benchmark: Benchmark, through: date) -> Exact:
    """The highest contract rate that principal bore from the first drawdown to `through`; 0 where none bore any."""
    borne = segments(line.loan, first_drawdown(line.loan), through, benchmark, supported=False)
    return max((segment.rate for segment in borne), default=Exact(0))


def _shown(value: object, say: Say = str) -> str:
    """A value for people: rates in percent, windows as days, lists with commas, quantities with their unit."""
    # To ask whether it renders itself takes longer than all the others.
    if isinstance(value, str | int | date):
        return str(value)
    if isinstance(value, Rendered):
        return value.render(say)
    if isinstance(value, Exact):
        return format_percent(value)
    if isinstance(value, Window):
        return f"{value.starts_on}..{value.last_day or ''}"
    assert isinstance(value, tuple | list), "what a condition finds or wants is one of these"
    return ", ".join(_shown(one, say) for one in value)
