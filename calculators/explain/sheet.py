"""The layout that the worksheets of all types share: labelled lines, columns of amounts, conditions, caps, ceiling.

Widths count cells, of which a Chinese sign takes two; a longer text pushes its columns out.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from calculators.awards.caps import Fill
from calculators.awards.conditions import Condition
from calculators.awards.failed import CAUSES
from calculators.awards.lines import ASSUMPTION
from calculators.digest import Held
from calculators.money import format_yuan
from calculators.problems import N_, Say

__all__ = ["Section", "Sheet", "Step", "short_yuan"]

# Widths of the layout, in cells.
LABEL, CONDITION, AMOUNT, TOTAL = 14, 52, 14, 61

_WITHHELD = {
    "grant_ceiling": N_("{amount} by decision, above the ceiling {limit}"),
    "meeting": N_("{amount} by decision of a meeting, {document}, which granted {limit}"),
    "shortage": N_("{amount} because the budget is short: {document} allotted {limit}"),
}
# A limit that is no cap of a notice; a cap has its notice's own name.
_LIMITS = {"loan_interest": N_("loan_interest")}
_PAYERS = {
    "central": N_("central budget {amount}"),
    "province": N_("province's budget {amount}"),
    "city": N_("city budget {amount}"),
    "county": N_("county budget {amount}"),
    "district": N_("district budget {amount}"),
}


class Section(StrEnum):
    """Which part of a worksheet a step belongs to."""

    HEAD = "head"
    CONDITION = "condition"
    INTEREST = "interest"
    PART = "part"
    LIMIT = "limit"
    AWARD = "award"


class Step(NamedTuple):
    """A step of a worksheet: what it is called, what it says, what that comes to in fen, and the rule that asks for it.

    `label` and `clause` may be empty; `clause` is the label of a source (`clause_label`). `equals`: the text is a
    product or a sum of which the amount is the result. `total`: the sum of the steps above it. `met` is that of a
    condition.
    """

    section: Section
    label: str
    text: str
    amount_fen: int | None = None
    clause: str = ""
    equals: bool = False
    total: bool = False
    met: bool | None = None


class Sheet:
    """A worksheet being put into words of one language."""

    # How wide the texts of a section with amounts are at least, in cells.
    widths: Mapping[Section, int] = {}

    def __init__(self, say: Say) -> None:
        self.say = say

    def steps(self) -> Iterator[Step]:
        """Every step, in the order in which they are calculated."""
        raise NotImplementedError

    def lines(self) -> Iterator[str]:
        """Every line of the sheet as text: the steps, each in the columns of its section."""
        found = list(self.steps())
        width: defaultdict[Section, int] = defaultdict(int, self.widths)
        for step in found:
            if step.amount_fen is not None and not step.total:
                width[step.section] = max(width[step.section], cells(step.text) + 1)
        for step in found:
            yield self._line(step, width[step.section])

    def _line(self, step: Step, width: int) -> str:
        if step.section is Section.HEAD:
            return step.text
        if step.total:
            total = f"{step.text} {format_yuan(step.amount_fen or 0)}"
            room = max(TOTAL, width + 1 + AMOUNT) - cells(total)
            return f" {pad('', LABEL)}{' ' * room}{total}"
        text = step.text
        if step.section is Section.CONDITION:
            text = f"{pad(text, CONDITION)}{self.source(step.clause)}"
        elif step.section is Section.AWARD:
            text = format_yuan(step.amount_fen or 0)
        elif step.amount_fen is not None:
            sign = "=" if step.equals else " "
            amount = f"{pad(text, width)}{sign}{format_yuan(step.amount_fen):>{AMOUNT}}"
            text = f"{amount}  {self.source(step.clause)}".rstrip()
        return f" {pad(step.label, LABEL)}{text}"

    def limit(self, label: str, text: str) -> Step:
        """What limits, holds or divides the award, in words alone."""
        return Step(Section.LIMIT, label, text)

    def held_whole(self, held: Held) -> str:
        """What holds a line whole: its facts cannot be calculated, or were not all taken in or reported."""
        if held["code"] == "line_failed":
            cause = self.say(CAUSES[held["cause"]]).format_map(held["values"])
            return self.say(N_("line_failed: {fact}: {cause}")).format(fact=held["fact"], cause=cause)
        if held["code"] == "lender_not_reported":
            text = N_("lender_not_reported: {fact}: {lender} has not reported through {day}; nothing is posted")
            return self.say(text).format(fact=held["fact"], **held["values"])
        text = self.say(N_("row_held: {fact}: row {row} of {file} was not taken in ({cause}); nothing is posted"))
        return text.format(fact=held["fact"], cause=held["cause"], **held["values"])

    def held(self, holds: Iterable[Held]) -> Iterator[Step]:
        """A step for each hold that stops the whole award line."""
        return (self.limit(self.say(N_("held")), self.held_whole(hold)) for hold in holds)

    def source(self, clause: str) -> str:
        """The label of a rule's source, which is a word only where there is none."""
        return self.say(N_("assumption")) if clause == ASSUMPTION else clause

    def named(self, name: str, ours: Mapping[str, str]) -> str:
        """A name that the product gives in the reader's language; a name that a notice gives stays as it is."""
        return self.say(ours[name]) if name in ours else name

    def total(self, section: Section, amount_fen: int) -> Step:
        """The sum of the steps above it."""
        return Step(section, "", self.say(N_("total")), amount_fen, total=True)

    def conditions(self, conditions: Iterable[Condition], eligible: bool) -> Iterator[Step]:
        """Every condition, met or not, with its clause."""
        met = self.say(N_("eligible") if eligible else N_("met"))
        found = list(conditions)
        for condition in found:
            label = met if condition.met else self.say(N_("held") if condition.waits_for else N_("refused"))
            text = condition.render(self.say)
            yield Step(Section.CONDITION, label, text, clause=condition.clause, met=condition.met)
        if not found:
            yield self.limit(met, self.say(N_("no conditions")))

    def caps(self, fills: Iterable[Fill]) -> Iterator[Step]:
        """Every cap with its limit, what others used, and whether it cut anything."""
        for fill in fills:
            if fill.limit_fen is None:
                continue
            if fill.over_fen:
                text = self.say(N_("{cap} {limit}, used {used}: above it by {over}"))
            elif fill.binding:
                text = self.say(N_("{cap} {limit}, used {used}: binding"))
            else:
                text = self.say(N_("{cap} {limit}, used {used}: not binding"))
            yield self.limit(
                self.say(N_("cap")),
                text.format(
                    cap=f"{self.named(fill.cap, _LIMITS)} {fill.year}".strip(),
                    limit=short_yuan(fill.limit_fen),
                    used=short_yuan(fill.used_fen),
                    over=short_yuan(fill.over_fen),
                ),
            )

    def withheld(self, withheld: Iterable[Mapping[str, Any]]) -> Iterator[Step]:
        """What lies above the grant's ceiling or a decision below it, where something does."""
        for cut in withheld:
            said = self.say(_WITHHELD[cut["code"]]).format(
                amount=format_yuan(cut["amount_fen"]),
                limit=short_yuan(cut["limit_fen"]),
                document=cut.get("document", "-"),
            )
            yield self.limit(self.say(N_("withheld")), said)

    def taken_back(self, taken: Iterable[Mapping[str, Any]]) -> Iterator[Step]:
        """What claw-backs took of the award, where some were agreed."""
        for part in taken:
            text = N_("{amount} by claw-back {clawback}, due {due}")
            if part["amount_fen"] < part["agreed_fen"]:
                text = N_("{amount} by claw-back {clawback} of {agreed}, due {due}: the award itself has shrunk")
            said = self.say(text).format(
                amount=format_yuan(part["amount_fen"]),
                agreed=format_yuan(part["agreed_fen"]),
                clawback=part["clawback"],
                due=part["due"],
            )
            yield self.limit(self.say(N_("taken back")), said)

    def payers(self, payers: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
        """What each payer bears, where there are several."""
        for payer in payers if len(payers) > 1 else ():
            said = self.say(_PAYERS[payer["level"]]).format(amount=format_yuan(payer["amount_fen"]))
            yield self.limit(self.say(N_("payer")), said)

    def award(self, award_fen: int) -> Step:
        """The last step."""
        return Step(Section.AWARD, self.say(N_("award")), "", award_fen)


def short_yuan(fen: int) -> str:
    """Yuan without decimals where they are whole."""
    return format_yuan(fen).removesuffix(".00")


def cells(text: str) -> int:
    """How wide a text prints: Chinese signs take two cells."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def pad(text: str, width: int) -> str:
    """The text in `width` cells; a longer one is followed by one blank."""
    return text + " " * max(1, width - cells(text))
