"""What every notice says, in plain sentences with the part each rests on; a type of support adds its own between.

A reader belongs to one notice and one language. `sentences` gives the rules in the order in which they are applied.
"""

from collections.abc import Iterable, Iterator, Mapping

from calculators.awards.lines import clause_label
from calculators.money import Rounding, format_percent, format_yuan
from calculators.notices.dimensions import LABELS
from calculators.notices.model import (
    AwardRounding,
    Cap,
    Condition,
    HoldsStatus,
    NoOtherMunicipalSupport,
    NoSeriousDishonesty,
    Notice,
    OneSupportPerYear,
    RegisteredIn,
    RoundingStep,
    Sourced,
    Window,
)
from calculators.problems import N_, Say

__all__ = ["Reader", "Sentence"]

# A sentence and the part it rests on.
Sentence = tuple[str, Sourced]

_EXEMPT = {
    "major_project": N_("a major project"),
    "key_enterprise": N_("a key enterprise"),
    "national_project": N_("a national project"),
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
_NETTING = {
    "nothing": N_("What is owed back has to come in; no later award is set against it."),
    "line": N_("What is owed back is set against later awards of the same line."),
    "firm": N_("What is owed back is set against whatever the firm is owed later."),
}
_LEVELS = {
    "central": N_("The central budget pays {share}."),
    "province": N_("The province's budget pays {share}."),
    "city": N_("The city budget pays {share}."),
    "county": N_("The county budget pays {share}."),
    "district": N_("The district budget pays {share}."),
}
_ROUNDING = {
    Rounding.HALF_UP: N_("half up"),
    Rounding.HALF_EVEN: N_("half to even"),
    Rounding.DOWN: N_("down"),
}

_BUSINESS_DAYS = (N_("{count} business day"), N_("{count} business days"))
_YEARS = (N_("{count} year"), N_("{count} years"))


class Reader:
    """One notice being read back in one language; `dates` and `windows` name what the type's dates are called."""

    dates: Mapping[str, str] = {}
    windows: Mapping[str, str] = {}

    def __init__(self, notice: Notice, say: Say) -> None:
        self.notice = notice
        self.say = say

    def source(self, part: Sourced) -> str:
        """The label of the part's source."""
        return self.say(N_("assumption")) if part.basis is None else clause_label(self.notice, part)

    def fill(self, template: str, **values: object) -> str:
        """A marked sentence in the reader's language, with its values."""
        return self.say(template).format_map(values)

    def counted(self, forms: tuple[str, str], count: int) -> str:
        """A count with its thing, in the form of `forms` (for one, for more) that it asks for."""
        singular, plural = forms
        return self.fill(singular if count == 1 else plural, count=count)

    def listed(self, words: Iterable[str]) -> str:
        """Several words in a row, as the reader's language parts them."""
        return self.say(N_(", ")).join(words)

    def sentences(self) -> Iterator[Sentence]:
        """Every rule in the order in which it is applied."""
        yield from self._force()
        for window in self.notice.windows:
            yield self.fill(self.windows[window.on], days=self._days(window)), window
        for condition in self.notice.eligibility:
            yield self.condition(condition), condition
            if condition.exempt:
                who = self.listed(self.say(_EXEMPT[kind]) for kind in condition.exempt)
                yield self.fill(N_("This does not bind {who} with an approving document."), who=who), condition
        yield from self.rules()
        for cap in self.notice.caps:
            yield from self.cap(cap)
        yield from self._money()
        yield from self.closing()
        yield self._classes()

    def rules(self) -> Iterator[Sentence]:
        """What the type of support calculates; each type says it."""
        raise NotImplementedError

    def closing(self) -> Iterator[Sentence]:
        """How the type of support pays, rounds and checks; each type says it."""
        raise NotImplementedError

    def _days(self, window: Window) -> str:
        if window.last_day is None:
            return self.fill(N_("from {first} on"), first=window.starts_on)
        return self.fill(N_("from {first} to {last}"), first=window.starts_on, last=window.last_day)

    def _force(self) -> Iterator[Sentence]:
        notice, effective = self.notice, self.notice.effective
        selector = self.say(self.dates[notice.governed_by])
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

    def condition(self, rule: Condition) -> str:
        """A condition that every type may state; a type with more of them asks here last."""
        match rule:
            case RegisteredIn():
                return self.fill(
                    N_("On the date of the application the firm is registered in one of: {districts}."),
                    districts=self.listed(rule.districts),
                )
            case OneSupportPerYear():
                return self.fill(
                    N_("A firm gets one support of the programme {programme} in the fund year {year}."),
                    programme=self.notice.programme,
                    year=self.notice.fund_year,
                )
            case NoSeriousDishonesty(repaired="counts"):
                return self.fill(
                    N_("No serious dishonesty, repaired or not, lies within {years} before the application."),
                    years=self.counted(_YEARS, rule.years),
                )
            case NoSeriousDishonesty():
                return self.fill(
                    N_("No serious dishonesty that is not repaired lies within {years} before the application."),
                    years=self.counted(_YEARS, rule.years),
                )
            case HoldsStatus():
                return self.fill(
                    N_("On the date of the application the firm has one of these statuses: {statuses}."),
                    statuses=self.listed(rule.statuses),
                )
            case NoOtherMunicipalSupport():
                return self.say(N_("The applicant has no other municipal support for the same item."))
        raise TypeError(rule)

    def cap(self, cap: Cap) -> Iterator[Sentence]:
        """A cap with its year and who else fills it."""
        per = self.say(N_(" and ")).join(self.say(LABELS[dimension]) for dimension in cap.per)
        yield self.fill(N_("{id}: at most {limit} per {per}."), id=cap.id, limit=self.limit(cap), per=per), cap
        if cap.year_of:
            yield self.fill(N_("{id}: {sentence}."), id=cap.id, sentence=self.say(_YEAR_OF[cap.year_of])), cap
        if cap.shared_with:
            others = self.listed(cap.shared_with)
            yield self.fill(N_("{id}: awards under {others} use it up too."), id=cap.id, others=others), cap

    def limit(self, cap: Cap) -> str:
        """The limit of a cap, in words."""
        return self.fill(N_("{amount} yuan"), amount=format_yuan(cap.amount or 0))

    def rounding(self, template: str, step: RoundingStep) -> Sentence:
        """How a step rounds; the template has a place for the {mode}."""
        return self.fill(template, mode=self.say(_ROUNDING[step.mode])), step

    def award_rounding(self, step: AwardRounding, plain: str, in_units: str) -> Sentence:
        """How the award rounds; of the two templates the one with a place for the {unit} where it has one."""
        unit = format_yuan(step.unit).removesuffix(".00")
        template = in_units if step.in_units else plain
        return self.fill(template, mode=self.say(_ROUNDING[step.mode]), unit=unit), step

    def _money(self) -> Iterator[Sentence]:
        envelope = self.notice.envelope
        yield (
            self.fill(
                N_("The money comes from the envelope {path}; {short}."),
                path=envelope.path,
                short=self.say(_SHORT[envelope.when_short]),
            ),
            envelope,
        )
        if envelope.allotted_in > 1:
            yield (
                self.fill(
                    N_("What a short budget allots is in whole {unit} yuan; a rest that fits nowhere stays in it."),
                    unit=format_yuan(envelope.allotted_in).removesuffix(".00"),
                ),
                envelope,
            )
        approval = self.notice.approval
        if approval and approval.steps:
            posts = ", ".join(step.post for step in approval.steps)
            yield (
                self.fill(N_("A run is posted after it was signed, in this order, by: {posts}."), posts=posts),
                approval,
            )
        if approval and approval.public_notice:
            days = self.counted(_BUSINESS_DAYS, approval.public_notice.days)
            yield self.fill(N_("Nothing is paid before {days} of public notice."), days=days), approval
        netting = self.notice.netting
        yield self.say(_NETTING[netting.against]), netting
        for payer in self.notice.payers:
            yield self.fill(_LEVELS[payer.level], share=format_percent(payer.share)), payer

    def _classes(self) -> Sentence:
        classes = self.notice.classification
        return (
            self.fill(
                N_("Budget classification: function {function}, economic {government} / {unit}."),
                function=classes.function,
                government=classes.economic_government,
                unit=classes.economic_unit,
            ),
            classes,
        )
