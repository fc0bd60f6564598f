"""Who runs commands of people elsewhere, for tests: as `subsidy serve` makes it, in processes of its own."""

from cli import cli
from ledger.audit.ledger import Ledger
from ledger.commands.answered import Answered
from ledger.commands.runner import ANSWERS, Beside


def runner(ledger: Ledger, *, proved: bool = False) -> Beside:
    """Runs commands on a ledger; its answers are kept beside it, where no test looks for an anchor."""
    return Beside(cli, ledger.path.absolute(), Answered(ledger.path.with_name(ANSWERS), ledger.clock), proved)
