"""The worksheet of an item: conditions, how each event was calculated, caps, ceiling, award. Layout as in `sheet`."""

from collections.abc import Iterator
from types import MappingProxyType

from calculators.awards.item import ItemResult
from calculators.awards.lines import Row
from calculators.explain.sheet import Section, Sheet, Step
from calculators.money import format_percent, format_yuan
from calculators.notices.quantities import Quantity
from calculators.problems import N_, Say

__all__ = ["ItemSheet", "render_item"]

_TEXT = 40

# The steps that a calculator names; English reads them as they are. A component has its notice's own name.
_STEPS = {
    "counted": N_("counted"),
    "liability": N_("liability"),
    "max_rate": N_("max_rate"),
    "shares": N_("shares"),
    "returned": N_("returned"),
    "investment": N_("investment"),
    "share": N_("share"),
    "granted": N_("granted"),
    "review": N_("review"),
    "stages": N_("stages"),
    "acceptance": N_("acceptance"),
    "sum": N_("sum"),
    "lowest": N_("lowest"),
    "highest": N_("highest"),
    "all_levels": N_("all_levels"),
}


def render_item(result: ItemResult, say: Say = str) -> str:
    """The worksheet as text, its words passed through `say`; figures and identifiers are the same in every language."""
    return "\n".join(ItemSheet(result, say).lines())


class ItemSheet(Sheet):
    """The worksheet of one result; the steps of a part stand above the day of its event."""

    widths = MappingProxyType({Section.PART: _TEXT})

    def __init__(self, result: ItemResult, say: Say) -> None:
        super().__init__(say)
        self.result = result

    def steps(self) -> Iterator[Step]:
        """Every step, in the order in which they are calculated."""
        result, digest = self.result, self.result.digest
        item = self.say(N_("item {key}")).format(key=digest["item"])
        yield Step(Section.HEAD, "", f"{digest['entity']} / {item} / {digest['notice']}")
        if result.failed:
            yield from self.held(digest["held"])
            return
        yield from self.conditions(result.conditions, digest["eligible"])
        yield from self._parts()
        yield from self.caps(result.capped.fills.values())
        yield from self.withheld(digest["withheld"])
        yield from self.held(digest["held"])
        yield from self.taken_back(digest.get("taken_back", ()))
        yield from self.payers(digest["payers"])
        yield self.award(digest["award_fen"])

    def _text(self, row: Row) -> str:
        """What a row says, its quantities in the reader's language."""
        shown = {
            name: value.render(self.say) if isinstance(value, Quantity) else value for name, value in row.values.items()
        }
        return self.say(row.text).format_map(shown)

    def _parts(self) -> Iterator[Step]:
        claimed_fen = 0
        for part in self.result.parts:
            for row in part.rows:
                label = self.named(row.label, _STEPS)
                yield Step(Section.PART, label, self._text(row), row.amount_fen, row.clause, equals=True)
            claimed_fen += part.claim_fen
            text = N_("{on}   before caps {claim}, awarded {award}")
            if part.claim_fen < 0 and part.claim_fen != part.award_fen:
                # A cap had cut the claim before, so what is taken back is less than its fall.
                text = N_("{on}   before caps {claim}, to date {to_date}; awarded {award}")
                if part.proportion:
                    text = N_("{on}   before caps {claim}; {kept} of the award are left: {award}")
            figures = {"claim": part.claim_fen, "award": part.award_fen, "to_date": claimed_fen}
            kept = format_percent(part.proportion.kept) if part.proportion else ""
            said = self.say(text).format(
                on=part.on, kept=kept, **{name: format_yuan(fen) for name, fen in figures.items()}
            )
            yield self.limit(self.say(N_("event")), said)
