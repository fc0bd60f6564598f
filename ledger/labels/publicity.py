"""What is said against a public notice, and how it ends, in words."""

from calculators.problems import N_
from ledger.office.public_notices import DISMISSED, OBJECTION, UPHELD, WITHDRAWAL

CAUSES = {OBJECTION: N_("objection"), WITHDRAWAL: N_("application taken back")}
OUTCOMES = {DISMISSED: N_("dismissed"), UPHELD: N_("upheld")}
