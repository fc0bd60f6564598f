"""Read a notice back in plain sentences, each with its source, so that a leader can sign what the software will do.

One sentence per rule, in the order in which they are applied. What no source says is marked as our assumption, and a
source that nobody has checked as such; both are listed again before the place to sign.
"""

from collections.abc import Iterator

from calculators.amounts import Exact, Rounding, format_percent, format_yuan, plain_exact
from calculators.award_line import clause_label
from calculators.notice import (
    BorrowerFloor,
    Cap,
    Eligibility,
    InterestShare,
    LprShare,
    MaxContractRate,
    MaxLoanMonths,
    Notice,
    OneSupportPerYear,
    Points,
    PurposeIn,
    RegisteredIn,
    SimpleComponent,
    Sourced,
    Switch,
    Window,
)
from calculators.problems import N_, Say
from calculators.versions import NoticeVersion

__all__ = ["read_back"]

# A sentence and the part it rests on.
Sentence = tuple[str, Sourced]

_DATES = {
    "application": N_("the date of the application"),
    "contract": N_("the date of the loan contract"),
    "drawdown": N_("the date of the first drawdown"),
    "accrual_day": N_("each day that bears interest"),
}
_WINDOWS = {
    "application": N_("The application must be dated {days}."),
    "contract": N_("The loan contract must be signed {days}."),
    "drawdown": N_("The first drawdown must lie {days}."),
    "accrual_day": N_("Only interest of days {days} is supported."),
}
_BASES = {
    "accrued": N_("Interest counts as it accrues by the bank's schedule; overdue and extension days never count."),
    "paid": N_("Interest counts as it was really paid, by receipt; overdue and extension days never count."),
}
_PRINCIPAL = {
    "loan": N_("At most {amount} yuan of principal counts per loan."),
    "entity": N_("At most {amount} yuan of principal counts over all loans of a firm."),
}
_COMBINE = {
    "single": N_("This component is the award."),
    "sum": N_("The components are added up."),
    "due_period": N_("The award is the lowest component of each due period."),
    "to_date": N_("The award is the lowest of the components summed to date."),
}
_PER = {
    "entity": N_("firm"),
    "lender": N_("lender"),
    "loan": N_("loan"),
    "year": N_("year"),
}
_YEAR_OF = {
    "fund": N_("the year is the fund year of the notice"),
    "due_date": N_("the year is that of the due period's last day"),
    "accrual_day": N_("the year is that of each day"),
}
_SHORT = {
    "refuse": N_("if it is short, no more is granted"),
    "pro_rata": N_("if it is short, awards are cut in proportion"),
    "ranking": N_("if it is short, awards follow a ranking"),
    "first_come": N_("if it is short, earlier applications come first"),
}
_LEVELS = {
    "central": N_("The central budget pays {share}."),
    "city": N_("The city budget pays {share}."),
    "district": N_("The district budget pays {share}."),
}
_PATHS = {
    "firm_paid": N_("The firm pays its interest first and receives the award."),
    "lender_prepaid": N_("The lender reduces the firm's interest first and receives the award."),
}
_ROUNDING = {
    Rounding.HALF_UP: N_("half up"),
    Rounding.HALF_EVEN: N_("half to even"),
    Rounding.DOWN: N_("down"),
}


def read_back(version: NoticeVersion, title: str, say: Say = str) -> Iterator[str]:
    """The lines to print: heading, numbered sentences with their sources, what is not certain, a place to sign."""
    notice = version.notice
    reader = _Reader(notice, say)
    yield title
    yield version.ref
    yield ""
    assumed: list[str] = []
    resting: dict[str, list[str]] = {}
    for number, (sentence, part) in enumerate(reader.sentences(), 1):
        yield f"{number}. {sentence} [{reader.source(part)}]"
        if part.basis is None:
            assumed.append(str(number))
        else:
            resting.setdefault(part.basis, []).append(str(number))
    if notice.retroactive_basis:
        resting.setdefault(notice.retroactive_basis, [])
    yield ""
    yield say(N_("Sources:"))
    for basis in notice.basis:
        checked = say(N_("checked")) if basis.verified else say(N_("NOT CHECKED"))
        clause = say(N_("clause not read")) if basis.clause == "unknown" else basis.clause
        yield f"- {basis.id}: {basis.document}; {clause}; {checked}"
        if basis.quote:
            yield f'  "{basis.quote}"'
    yield ""
    unchecked = [number for basis in notice.basis if not basis.verified for number in resting[basis.id]]
    yield say(N_("Sentences that no source says (our assumptions): {numbers}")).format(numbers=_listed(assumed))
    yield say(N_("Sentences whose source nobody has checked: {numbers}")).format(numbers=_listed(unchecked))
    yield ""
    yield say(N_("Read and confirmed: ______________  Date: ______________"))


def _listed(numbers: list[str]) -> str:
    return ", ".join(sorted(numbers, key=int)) or "-"


class _Reader:
    """One notice being read back in one language."""

    def __init__(self, notice: Notice, say: Say) -> None:
        self.notice = notice
        self.say = say

    def source(self, part: Sourced) -> str:
        return self.say(N_("assumption")) if part.basis is None else clause_label(self.notice, part)

    def fill(self, template: str, **values: object) -> str:
        return self.say(template).format_map(values)

    def sentences(self) -> Iterator[Sentence]:
        """Every rule in the order in which it is applied."""
        yield from self._force()
        for window in self.notice.windows:
            yield self.fill(_WINDOWS[window.on], days=self.days(window)), window
        for condition in self.notice.eligibility:
            yield self._condition(condition), condition
        yield from self._base()
        for component in self.notice.components:
            rule = component.rule
            sentences = self._switch(rule) if isinstance(rule, Switch) else [(self.component(rule), rule)]
            for sentence, part in sentences:
                yield f"{component.id}: {sentence}", part
        combine = self.notice.combine
        yield self.say(_COMBINE[combine.compare_over or combine.kind]), combine
        for cap in self.notice.caps:
            yield from self._cap(cap)
        yield from self._money()

    def days(self, window: Window) -> str:
        if window.last_day is None:
            return self.fill(N_("from {first} on"), first=window.starts_on)
        return self.fill(N_("from {first} to {last}"), first=window.starts_on, last=window.last_day)

    def _force(self) -> Iterator[Sentence]:
        notice, effective = self.notice, self.notice.effective
        selector = self.say(_DATES[notice.governed_by])
        if effective.last_day is None:
            sentence = self.fill(
                N_("This version is in force from {first} on; {selector} decides."),
                first=effective.starts_on,
                selector=selector,
            )
        else:
            sentence = self.fill(
                N_("This version is in force from {first} to {last}; {selector} decides."),
                first=effective.starts_on,
                last=effective.last_day,
                selector=selector,
            )
        yield sentence, effective
        if notice.amends:
            template = (
                N_("It changes the version {hash}, also for days before it was published (source: {basis}).")
                if notice.retroactive
                else N_("It changes the version {hash} and leaves earlier days alone.")
            )
            yield self.fill(template, hash=notice.amends, basis=notice.retroactive_basis), effective

    def _condition(self, rule: Eligibility) -> str:
        match rule:
            case RegisteredIn():
                return self.fill(
                    N_("On the date of the application the firm is registered in one of: {districts}."),
                    districts=", ".join(rule.districts),
                )
            case OneSupportPerYear():
                return self.fill(
                    N_("A firm gets one support of the programme {programme} in the fund year {year}."),
                    programme=self.notice.programme,
                    year=self.notice.fund_year,
                )
            case PurposeIn():
                return self.fill(N_("The loan's purpose is one of: {purposes}."), purposes=", ".join(rule.purposes))
            case MaxLoanMonths():
                return self.fill(
                    N_("The loan runs at most {months} months from its first drawdown."), months=rule.months
                )
            case MaxContractRate():
                return self.fill(
                    N_("The loan's rate never lies above {bound} of the date of the first drawdown."),
                    bound=_over_lpr(rule.tenor, rule.over),
                )

    def _base(self) -> Iterator[Sentence]:
        base = self.notice.base
        yield self.say(_BASES[base.interest]), base
        if base.principal_cap:
            cap = base.principal_cap
            yield self.fill(_PRINCIPAL[cap.per], amount=format_yuan(cap.amount)), cap
        if base.months_from_first_drawdown:
            limit = base.months_from_first_drawdown
            yield (
                self.fill(N_("Support ends {months} months after the first drawdown."), months=limit.months),
                limit,
            )

    def _switch(self, rule: Switch) -> Iterator[Sentence]:
        yield (
            self.fill(
                N_("before the firm has the status {status}: {rule}"),
                status=rule.status,
                rule=self.component(rule.before),
            ),
            rule.before,
        )
        yield (
            self.fill(
                N_("from the day on which the firm has the status {status}: {rule}"),
                status=rule.status,
                rule=self.component(rule.after),
            ),
            rule.after,
        )
        yield self.fill(N_("the day on which the status {status} begins decides."), status=rule.status), rule

    def component(self, rule: SimpleComponent) -> str:
        match rule:
            case Points():
                if rule.at_most_rate_share is None:
                    return self.fill(N_("{points} per year on the principal."), points=format_percent(rule.points))
                if rule.at_most_rate_share == 1:
                    return self.fill(
                        N_("{points} per year on the principal, at most the loan's rate."),
                        points=format_percent(rule.points),
                    )
                return self.fill(
                    N_("{points} per year on the principal, at most {share} of the loan's rate."),
                    points=format_percent(rule.points),
                    share=format_percent(rule.at_most_rate_share),
                )
            case LprShare():
                return self.fill(
                    N_("{share} of the LPR ({tenor}) of {day} on the principal, at most the loan's rate."),
                    share=format_percent(rule.share),
                    tenor=rule.tenor,
                    day=self.say(_DATES[rule.fixed_on]),
                )
            case InterestShare():
                return self.fill(N_("{share} of the interest."), share=format_percent(rule.share))
            case BorrowerFloor():
                return self.fill(
                    N_("the firm bears {floor}, the fund the rest of the loan's rate up to {ceiling}; LPR of {day}."),
                    floor=_over_lpr(rule.tenor, rule.borrower_over),
                    ceiling=_over_lpr(rule.tenor, rule.ceiling_over),
                    day=self.say(_DATES[rule.fixed_on]),
                )
            case _:
                return self.fill(
                    N_("what the loan's rate lies above the LPR ({tenor}) of {day}, at most {ceiling} per year."),
                    tenor=rule.tenor,
                    day=self.say(_DATES[rule.fixed_on]),
                    ceiling=format_percent(rule.ceiling),
                )

    def _cap(self, cap: Cap) -> Iterator[Sentence]:
        per = self.say(N_(" and ")).join(self.say(_PER[dimension]) for dimension in cap.per)
        yield (
            self.fill(
                N_("{id}: at most {limit} per {per}."),
                id=cap.id,
                limit=self.limit(cap.amount, cap.share_of_drawdown),
                per=per,
            ),
            cap,
        )
        if cap.year_of:
            yield f"{cap.id}: {self.say(_YEAR_OF[cap.year_of])}.", cap
        if cap.shared_with:
            others = ", ".join(cap.shared_with)
            yield self.fill(N_("{id}: awards under {others} use it up too."), id=cap.id, others=others), cap
        if cap.when_status:
            when = cap.when_status
            yield (
                self.fill(
                    N_("{id}: from the day on which the firm has the status {status} the limit is {limit}."),
                    id=cap.id,
                    status=when.status,
                    limit=self.limit(when.amount, when.share_of_drawdown),
                ),
                when,
            )

    def limit(self, amount_fen: int | None, share: Exact | None) -> str:
        if amount_fen is not None:
            return self.fill(N_("{amount} yuan"), amount=format_yuan(amount_fen))
        return self.fill(N_("{share} of the principal drawn"), share=format_percent(share or Exact(0)))

    def _money(self) -> Iterator[Sentence]:
        notice = self.notice
        envelope, rounding, classes = notice.envelope, notice.rounding, notice.classification
        yield (
            self.fill(
                N_("The money comes from the envelope {path}; {short}."),
                path=envelope.path,
                short=self.say(_SHORT[envelope.when_short]),
            ),
            envelope,
        )
        for payer in notice.payers:
            yield self.fill(_LEVELS[payer.level], share=format_percent(payer.share)), payer
        yield self.say(_PATHS[notice.payment.path]), notice.payment
        yield (
            self.fill(
                N_("Interest is rounded once per due period to the fen, {mode}."),
                mode=self.say(_ROUNDING[rounding.interest.mode]),
            ),
            rounding.interest,
        )
        yield (
            self.fill(
                N_("The award is rounded once on its cumulative amount to the fen, {mode}."),
                mode=self.say(_ROUNDING[rounding.award.mode]),
            ),
            rounding.award,
        )
        yield (
            self.fill(
                N_("A due period is held where the bank's interest differs from ours by more than {amount} yuan."),
                amount=format_yuan(notice.tolerance.receipt),
            ),
            notice.tolerance,
        )
        yield (
            self.fill(
                N_("Budget classification: function {function}, economic {government} / {unit}."),
                function=classes.function,
                government=classes.economic_government,
                unit=classes.economic_unit,
            ),
            classes,
        )


def _over_lpr(tenor: str, over: Exact) -> str:
    """`LPR1Y-150BP`, as loan rates are written."""
    points = plain_exact(over * 10_000)
    return f"LPR{tenor.upper()}{'' if points.startswith('-') else '+'}{points}BP"
