"""What the registers are called, in the language of whoever reads."""

from dataclasses import dataclass

from calculators.problems import N_
from ledger.words import CHINESE, in_chinese, language

# Registers as they are called; the rows of one by the name of their records, where that is another.
_TITLES = {
    "entities": N_("register of firms"),
    "dishonesty": N_("register of dishonesty"),
    "payees": N_("register of payees"),
    "payers": N_("register of payers"),
    "wallets": N_("register of wallets"),
    "wallet-requests": N_("register of wallets that are being opened"),
    "loans": N_("register of loans"),
    "events": N_("register of events"),
    "receipts": N_("register of receipts"),
    "policies": N_("register of policies"),
    "premiums": N_("register of premiums"),
    "claims": N_("register of claims"),
    "projects": N_("register of projects"),
    "milestones": N_("register of milestones"),
    "applications": N_("register of applications"),
    "grants": N_("register of grants"),
    "inspections": N_("register of inspections"),
}
REGISTERS = tuple(_TITLES)
_OF_RECORDS = {
    "entity": "entities",
    "policy": "policies",
    "wallet_request": "wallet-requests",
    **{name.removesuffix("s"): name for name in _TITLES},
}


def register_of_records(kind: str) -> str:
    """The register whose rows are kept as records of `kind`: `events` of `event`."""
    return _OF_RECORDS.get(kind, kind)


@dataclass(frozen=True, slots=True)
class RegisterName:
    """A register as part of a sentence: its title in Chinese, in English the name that commands and records have."""

    name: str

    @property
    def plain(self) -> str:
        """As a record keeps it, in no language."""
        return self.name

    def __str__(self) -> str:
        title = _TITLES.get(register_of_records(self.name))
        return in_chinese(title) if title and language() == CHINESE else self.name

    def __format__(self, _spec: str) -> str:
        return str(self)
