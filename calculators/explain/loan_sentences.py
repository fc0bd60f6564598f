"""What a notice for loan interest discounts says, in plain sentences."""

from collections.abc import Iterator

from calculators.explain.sentences import Reader, Sentence
from calculators.money import Exact, format_percent, format_yuan, plain_exact
from calculators.notices.loan import (
    WHOLE,
    FirmInterestAtLeast,
    FirmLoansAtLeast,
    InvestmentAtLeast,
    LoanAmount,
    LoanCap,
    LoanLongerThan,
    LoanNotice,
    MaxContractRate,
    MaxLoanMonths,
    PurposeIn,
)
from calculators.notices.loan_components import (
    BorrowerFloor,
    ByYear,
    GrantEquivalent,
    InterestShare,
    LprShare,
    OneOff,
    Points,
    SimpleComponent,
    Switch,
)
from calculators.notices.model import ASSUMED, Cap, Condition
from calculators.problems import N_, Say

__all__ = ["LoanReader"]

AnyRule = SimpleComponent | Switch | ByYear | OneOff | GrantEquivalent

DATES = {
    "application": N_("the date of the application"),
    "contract": N_("the date of the loan contract"),
    "drawdown": N_("the date of the first drawdown"),
    "accrual_day": N_("each day that bears interest"),
    "last_year_end": N_("the last day of the year before"),
}
_WINDOWS = {
    "application": N_("The application must be dated {days}."),
    "contract": N_("The loan contract must be signed {days}."),
    "drawdown": N_("The first drawdown must lie {days}."),
    "accrual_day": N_("Only interest of days {days} is supported."),
    "paid_day": N_("Interest counts that was paid on days {days}."),
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
_BOUND = N_(
    "The award to date is at most the interest that is supported, and all awards on one loan are at most the loan's"
    " interest to date."
)
_PATHS = {
    "firm_paid": N_("The firm pays its interest first and receives the award."),
    "lender_prepaid": N_("The lender reduces the firm's interest first and receives the award."),
}

_MONTHS = (N_("{count} month"), N_("{count} months"))


class LoanReader(Reader):
    """A loan notice being read back."""

    dates = DATES
    windows = _WINDOWS
    notice: LoanNotice

    def __init__(self, notice: LoanNotice, say: Say) -> None:
        super().__init__(notice, say)

    def rules(self) -> Iterator[Sentence]:
        """Base, components and how they combine."""
        yield from self._base()
        for component in self.notice.components:
            for sentence, part in self._rule(component.rule):
                yield self.fill(N_("{id}: {sentence}"), id=component.id, sentence=sentence), part
            if component.earned:
                sentence = self.say(
                    N_(
                        "it is due only once the loan is repaid in time: nothing left at its maturity, and no overdue"
                        " or extension days before."
                    )
                )
                yield self.fill(N_("{id}: {sentence}"), id=component.id, sentence=sentence), component.earned
        combine = self.notice.combine
        yield self.say(_COMBINE[combine.compare_over or combine.kind]), combine
        opted_out = self.notice.not_bounded_by_interest
        if opted_out:
            yield self.say(N_("The award may be more than the interest.")), opted_out
        else:
            yield self.say(_BOUND), ASSUMED

    def condition(self, rule: Condition) -> str:
        """A condition on the loan, or one that every type may state."""
        match rule:
            case PurposeIn():
                return self.fill(N_("The loan's purpose is one of: {purposes}."), purposes=self.listed(rule.purposes))
            case MaxLoanMonths():
                return self.fill(
                    N_("The loan runs at most {months} from its first drawdown."),
                    months=self.counted(_MONTHS, rule.months),
                )
            case LoanLongerThan():
                return self.fill(
                    N_("The loan runs longer than {months} from its first drawdown."),
                    months=self.counted(_MONTHS, rule.months),
                )
            case InvestmentAtLeast():
                return self.fill(
                    N_("The project that the loan is for invests at least {amount} yuan in all."),
                    amount=format_yuan(rule.amount),
                )
            case MaxContractRate():
                return self.fill(
                    N_("The loan's rate never lies above {bound} of the date of the first drawdown."),
                    bound=_over_lpr(rule.tenor, rule.over, rule.times),
                )
            case LoanAmount():
                return self._loan_amount(rule)
            case FirmLoansAtLeast():
                return self.fill(
                    N_("The contracts of all of a firm's loans under the notice come to at least {amount} yuan."),
                    amount=format_yuan(rule.amount),
                )
            case FirmInterestAtLeast():
                text = N_(
                    "The interest that counts of all of a firm's loans under this notice is at least {amount} yuan."
                )
                return self.fill(text, amount=format_yuan(rule.amount))
        return super().condition(rule)

    def _loan_amount(self, rule: LoanAmount) -> str:
        bounds = [(N_("at least {amount} yuan"), rule.at_least), (N_("at most {amount} yuan"), rule.at_most)]
        said = self.listed(self.fill(text, amount=format_yuan(bound)) for text, bound in bounds if bound is not None)
        return self.fill(N_("The loan's contract is for {bounds}."), bounds=said)

    def _base(self) -> Iterator[Sentence]:
        base = self.notice.base
        yield self.say(_BASES[base.interest]), base
        if base.principal_cap:
            cap = base.principal_cap
            yield self.fill(_PRINCIPAL[cap.per], amount=format_yuan(cap.amount)), cap
        if base.months_from_first_drawdown:
            limit = base.months_from_first_drawdown
            yield (
                self.fill(
                    N_("Support ends {months} after the first drawdown."), months=self.counted(_MONTHS, limit.months)
                ),
                limit,
            )

    def _rule(self, rule: AnyRule) -> Iterator[Sentence]:
        """The sentences of a component's rule, one for each rule inside it."""
        match rule:
            case Switch():
                yield from self._switch(rule)
            case ByYear():
                for year, own in enumerate(rule.years, 1):
                    text = N_("in year {year} from the first drawdown: {rule}")
                    yield self.fill(text, year=year, rule=self.component(own)), own
                yield self.fill(N_("after year {year} nothing."), year=len(rule.years)), rule
            case OneOff():
                text = N_("{share} of the principal drawn, once for each drawdown.")
                yield self.fill(text, share=format_percent(rule.share)), rule
            case GrantEquivalent():
                text = N_(
                    "what {points} per year on the principal over the whole loan is worth on the day of the first"
                    " drawdown at {rate} a year, once."
                )
                points, rate = format_percent(rule.points), format_percent(rule.reference_rate)
                yield self.fill(text, points=points, rate=rate), rule
            case _:
                yield self.component(rule), rule

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
            case Points(others_within_rate=True):
                return self.fill(
                    N_(
                        "{points} per year on the principal, with what other subsidies pay on the loan at most the"
                        " loan's rate."
                    ),
                    points=format_percent(rule.points),
                )
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
                    day=self.say(DATES[rule.fixed_on]),
                )
            case InterestShare():
                return self.fill(N_("{share} of the interest."), share=format_percent(rule.share))
            case BorrowerFloor():
                return self.fill(
                    N_("the firm bears {floor}, the fund the rest of the loan's rate up to {ceiling}; LPR of {day}."),
                    floor=_over_lpr(rule.tenor, rule.borrower_over, WHOLE),
                    ceiling=_over_lpr(rule.tenor, rule.ceiling_over, WHOLE),
                    day=self.say(DATES[rule.fixed_on]),
                )
            case _:
                return self.fill(
                    N_("what the loan's rate lies above the LPR ({tenor}) of {day}, at most {ceiling} per year."),
                    tenor=rule.tenor,
                    day=self.say(DATES[rule.fixed_on]),
                    ceiling=format_percent(rule.ceiling),
                )

    def cap(self, cap: Cap) -> Iterator[Sentence]:
        """A cap, and its other limit from a status on."""
        yield from super().cap(cap)
        if isinstance(cap, LoanCap) and cap.when_status:
            when = cap.when_status
            yield (
                self.fill(
                    N_("{id}: from the day on which the firm has the status {status} the limit is {limit}."),
                    id=cap.id,
                    status=when.status,
                    limit=self._amount(when.amount, when.share_of_drawdown),
                ),
                when,
            )

    def limit(self, cap: Cap) -> str:
        """Yuan, or a share of what was drawn."""
        return self._amount(cap.amount, cap.share_of_drawdown if isinstance(cap, LoanCap) else None)

    def _amount(self, amount_fen: int | None, share: Exact | None) -> str:
        if amount_fen is not None:
            return self.fill(N_("{amount} yuan"), amount=format_yuan(amount_fen))
        return self.fill(N_("{share} of the principal drawn"), share=format_percent(share or Exact(0)))

    def closing(self) -> Iterator[Sentence]:
        """The payment path, the two roundings, the tolerance."""
        notice = self.notice
        yield self.say(_PATHS[notice.payment.path]), notice.payment
        yield self.rounding(N_("Interest is rounded once per due period to the fen, {mode}."), notice.rounding.interest)
        yield self.award_rounding(
            notice.rounding.award,
            N_("The award is rounded once on its cumulative amount to the fen, {mode}."),
            N_(
                "The award is rounded once on its cumulative amount to whole {unit} yuan, {mode}; what a cap or a"
                " decision cuts is not rounded again."
            ),
        )
        yield (
            self.fill(
                N_("A due period is held where the bank's interest differs from ours by more than {amount} yuan."),
                amount=format_yuan(notice.tolerance.receipt),
            ),
            notice.tolerance,
        )


def _over_lpr(tenor: str, over: Exact, times: Exact) -> str:
    """`LPR1Y-150BP`, as loan rates are written; `130% x LPR1Y` where a factor stands before it."""
    points = plain_exact(over * 10_000)
    benchmark = f"LPR{tenor.upper()}" if times == 1 else f"{format_percent(times)} x LPR{tenor.upper()}"
    if over == 0 and times != 1:
        return benchmark
    return f"{benchmark}{'' if points.startswith('-') else '+'}{points}BP"
