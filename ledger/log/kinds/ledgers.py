"""Records of the ledger itself: how it began, and by which rules it is kept."""

from typing import Literal

from ledger.log.kinds.kind import Kind, Record
from ledger.log.kinds.values import Text, Versioned


class GenesisBody(Record):
    """The first record: what this log is.

    origin: the name of the log
    purpose: `production`, or `demo` where clock, salts and keys are fixed
    log_key: the C2SP verifier key of the log's first key
    software: name and version of the program that made it
    currency, zone: those of the books
    """

    origin: Text
    purpose: Literal["production", "demo"]
    log_key: Text
    software: Text
    currency: Literal["CNY"]
    zone: Literal["Asia/Shanghai"]


class RulesBody(Record):
    """By which rules the records after it stand: written at creation and by `subsidy upgrade`.

    key: `rules`
    book: version of the rules for what may stand in the log
    calculators: names with versions, as they stand in digests
    schemas: the `$schema` of every kind that the program writes
    """

    key: Literal["rules"]
    book: Versioned
    calculators: list[Versioned]
    schemas: list[Versioned]


GENESIS = Kind("genesis", GenesisBody)
RULES = Kind("rules", RulesBody, keyed=True)
