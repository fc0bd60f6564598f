"""`subsidy reconcile bounds`: how far fees, interest and money under way explain themselves, and who says so."""

from ledger.audit.ledger import Ledger
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, money, pass_settings, print_json, table
from ledger.office import bounds
from ledger.words import _


@command("bounds")
@answer_options
@pass_settings
def show_bounds(settings: Settings, as_json: bool) -> None:
    """List how far fees, interest and money in transit explain themselves; beyond, a person decides. For wallets: for
    how many days what was seen of one is good.

    Two people change a bound: `subsidy decide bound`.

    Example:
      subsidy reconcile bounds
    """
    with Ledger.open(settings.db_url).read() as view:
        known = bounds.every(view)
    if as_json:
        print_json(
            [
                {"name": name, "value": bounds.in_words(name, one), "source": one.source, "record": one.record}
                for name, one in known.items()
            ]
        )
        return
    table(
        [_("Bound"), money(_("Value")), _("Rests on"), _("Record")],
        [
            (name, bounds.in_words(name, one), one.source, "-" if one.record is None else one.record)
            for name, one in known.items()
        ],
    )


COMMANDS = (show_bounds,)
