"""The layout that the worksheets of all types share: labelled lines, columns of amounts, conditions, caps, ceiling.

Widths count cells, of which a Chinese sign takes two; a longer text pushes its columns out.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from calculators.awards.caps import Fill
from calculators.awards.conditions import Condition
from calculators.awards.failed import CAUSES
from calculators.awards.lines import ASSUMPTION
from calculators.digest import Held
from calculators.money import format_yuan
from calculators.problems import N_, Say

__all__ = ["AMOUNT", "Sheet", "cells", "pad", "short_yuan"]

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


class Sheet:
    """A worksheet being rendered in one language."""

    def __init__(self, say: Say) -> None:
        self.say = say

    def labelled(self, label: str, text: str) -> str:
        """A line of the sheet: its label, then what it says."""
        return f" {pad(label, LABEL)}{text}"

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

    def held(self, holds: Iterable[Held]) -> Iterator[str]:
        """A line for each hold that stops the whole award line."""
        return (self.labelled(self.say(N_("held")), self.held_whole(hold)) for hold in holds)

    def source(self, clause: str) -> str:
        """The label of a rule's source, which is a word only where there is none."""
        return self.say(N_("assumption")) if clause == ASSUMPTION else clause

    def named(self, name: str, ours: Mapping[str, str]) -> str:
        """A name that the product gives in the reader's language; a name that a notice gives stays as it is."""
        return self.say(ours[name]) if name in ours else name

    def total(self, amount_fen: int, width: int) -> str:
        """A line with the sum of the amounts above it, under texts `width` cells wide."""
        total = f"{self.say(N_('total'))} {format_yuan(amount_fen)}"
        room = max(TOTAL, width + 1 + AMOUNT) - cells(total)
        return self.labelled("", " " * room + total)

    def conditions(self, conditions: Iterable[Condition], eligible: bool) -> Iterator[str]:
        """Every condition, met or not, with its clause."""
        met = self.say(N_("eligible") if eligible else N_("met"))
        found = list(conditions)
        for condition in found:
            label = met if condition.met else self.say(N_("held") if condition.waits_for else N_("refused"))
            yield self.labelled(label, f"{pad(condition.render(self.say), CONDITION)}{self.source(condition.clause)}")
        if not found:
            yield self.labelled(met, self.say(N_("no conditions")))

    def caps(self, fills: Iterable[Fill]) -> Iterator[str]:
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
            yield self.labelled(
                self.say(N_("cap")),
                text.format(
                    cap=f"{self.named(fill.cap, _LIMITS)} {fill.year}".strip(),
                    limit=short_yuan(fill.limit_fen),
                    used=short_yuan(fill.used_fen),
                    over=short_yuan(fill.over_fen),
                ),
            )

    def withheld(self, withheld: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        """What lies above the grant's ceiling or a decision below it, where something does."""
        for cut in withheld:
            said = self.say(_WITHHELD[cut["code"]]).format(
                amount=format_yuan(cut["amount_fen"]),
                limit=short_yuan(cut["limit_fen"]),
                document=cut.get("document", "-"),
            )
            yield self.labelled(self.say(N_("withheld")), said)

    def taken_back(self, taken: Iterable[Mapping[str, Any]]) -> Iterator[str]:
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
            yield self.labelled(self.say(N_("taken back")), said)

    def payers(self, payers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """What each payer bears, where there are several."""
        for payer in payers if len(payers) > 1 else ():
            said = self.say(_PAYERS[payer["level"]]).format(amount=format_yuan(payer["amount_fen"]))
            yield self.labelled(self.say(N_("payer")), said)

    def award(self, award_fen: int) -> str:
        """The last line."""
        return self.labelled(self.say(N_("award")), format_yuan(award_fen))


def short_yuan(fen: int) -> str:
    """Yuan without decimals where they are whole."""
    return format_yuan(fen).removesuffix(".00")


def cells(text: str) -> int:
    """How wide a text prints: Chinese signs take two cells."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def pad(text: str, width: int) -> str:
    """The text in `width` cells; a longer one is followed by one blank."""
    return text + " " * max(1, width - cells(text))
