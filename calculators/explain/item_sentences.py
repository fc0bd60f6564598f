"""What notices that rest on one item say alike, in plain sentences: dates, conditions, the one rounding."""

from collections.abc import Iterable, Iterator

from calculators.explain.sentences import Reader, Sentence
from calculators.money import format_yuan
from calculators.notices.item import AttributeIn, BaseAtLeast, ItemNotice, LaunchedByApplication, Match
from calculators.notices.model import Condition
from calculators.problems import N_

__all__ = ["ItemReader"]

_DATES = {
    "application": N_("the date of the application"),
    "contract": N_("the date of the contract"),
}
_WINDOWS = {
    "application": N_("The application must be dated {days}."),
    "contract": N_("The contract must be signed {days}."),
    "launch": N_("The launch must take place {days}."),
}


class ItemReader(Reader):
    """An item's notice being read back."""

    notice: ItemNotice
    dates = _DATES
    windows = _WINDOWS

    def condition(self, rule: Condition) -> str:
        """A condition on the item, or one that every type may state."""
        match rule:
            case AttributeIn():
                values = self.listed(rule.values)
                return self.fill(
                    N_("The item's {attribute} is one of: {values}."), attribute=rule.attribute, values=values
                )
            case BaseAtLeast():
                return self.fill(N_("The base is at least {amount} yuan."), amount=format_yuan(rule.amount))
            case LaunchedByApplication():
                return self.say(N_("The launch took place on the day of the application or before."))
        return super().condition(rule)

    def closing(self) -> Iterator[Sentence]:
        """The one rounding."""
        yield self.rounding(
            N_("The award is rounded once per event on its cumulative amount to the fen, {mode}."),
            self.notice.rounding.award,
        )

    def where(self, when: Iterable[Match]) -> str:
        """Which items a part of the notice is for: ` (category = mpw)`; empty for all."""
        asked = self.listed(f"{match.attribute} = {match.value}" for match in when)
        return f" ({asked})" if asked else ""
