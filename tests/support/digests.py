"""A digest for entries that stand for an award without a calculation behind them."""

from datetime import date

from calculators.awards.digests import About, owing_nothing
from calculators.awards.lines import PaidTo
from calculators.digest import Digest

_ROOT = "0" * 64


def digest_of(line: str, award_fen: int = 0) -> Digest:
    """What a calculator would say of a loan on which so much is due, in fen, and nothing else."""
    about = About(line, "91310115591693856A", "HT-1", True, PaidTo(), "n", "interest_discount/2", _ROOT, "lpr")
    return {**owing_nothing(about, date(2024, 7, 1), []), "award_fen": award_fen}
