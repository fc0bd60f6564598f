"""What a ledger for practice says on everything that leaves it, so that nobody takes it for the office's."""

from contextvars import ContextVar

from calculators.problems import N_

WORD = N_("LEDGER FOR PRACTICE: nothing in it counts, and nothing is paid by it")
# The word as it stands on what is written now; "" in an office's ledger.
MARK: ContextVar[str] = ContextVar("mark", default="")


def marked(width: int) -> list[list[str]]:
    """The last rows of a list of so many columns: one with the word, or none."""
    word = MARK.get()
    return [[word, *[""] * (width - 1)]] if word else []
