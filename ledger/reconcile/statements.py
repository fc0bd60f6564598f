"""The one shape in which every reader gives a statement, and how it is shown: never with an account number in clear.

Amounts are signed integers of the currency's minor unit (fen for CNY), a credit to the account positive. Days are ISO
texts. A text that a file does not give is empty, a balance that it does not give is None.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from calculators.clear import visible, without_hidden
from ledger.sheets.columns import mask


class Detail(NamedTuple):
    """One payment inside a booked entry, such as one of a batch.

    `currency` is filled only where it is not the statement's; `reason` is the code of a return. `references` are all
    identifiers given, the one shown first; `number` is the other side's account in clear and is never shown.
    """

    amount_fen: int | None
    reversal: bool = False
    returned: bool = False
    reference: str = ""
    counterparty: str = ""
    text: str = ""
    currency: str = ""
    reason: str = ""
    references: tuple[str, ...] = ()
    number: str = ""


class Line(NamedTuple):
    """One booked entry. `place` is its line in the file, `balance_fen` the balance after it where one is shown."""

    place: int
    booked_on: str
    amount_fen: int
    reversal: bool = False
    returned: bool = False
    reference: str = ""
    counterparty: str = ""
    text: str = ""
    details: tuple[Detail, ...] = ()
    references: tuple[str, ...] = ()
    number: str = ""
    balance_fen: int | None = None


class Declared(NamedTuple):
    """What a file says of its own lines; debit sums are positive. None where it says nothing."""

    lines: int | None = None
    credits: int | None = None
    debits: int | None = None
    credit_fen: int | None = None
    debit_fen: int | None = None
    net_fen: int | None = None


class Batch(NamedTuple):
    """A batch inside an entry: what it declares, and what its details come to (None: they do not say)."""

    place: int
    declared: int | None
    listed: int
    declared_fen: int | None = None
    listed_fen: int | None = None


@dataclass
class Statement:
    """The lines of one account in one currency, oldest first, with the balances around them.

    `account` is in clear. `digits` are the decimals of the currency. `opens_on` and `closes_on` are the days of the
    balances. `pending` lines are named by the file as not booked; they are counted only against what it declares.
    `opening_stated`, `closing_stated`: the balance stands beside the lines in the file, and was not taken from one of
    them.
    """

    account: str
    currency: str
    digits: int
    place: int = 1
    name: str = ""
    opening_fen: int | None = None
    closing_fen: int | None = None
    opening_stated: bool = True
    closing_stated: bool = True
    opens_on: str = ""
    closes_on: str = ""
    lines: list[Line] = field(default_factory=list)
    pending: list[Line] = field(default_factory=list)
    declared: Declared = field(default_factory=Declared)
    batches: list[Batch] = field(default_factory=list)


# What may be an account number inside a free text: an IBAN, a card number in groups of four, or many digits.
_NUMBERS = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}[A-Z0-9]{10,30}(?![A-Za-z0-9])|\d{4}(?:[ -]\d{4}){2,}(?:[ -]?\d{1,3})?|\d{11,}"
)


def shown(text: str, number: str = "") -> str:
    """A free text without the account numbers in it, and with what it hides: whoever pays in chooses its words."""
    plain = without_hidden(text)
    masked = plain.replace(number, mask(number)) if len(number) > 4 else plain
    masked = _NUMBERS.sub(lambda found: mask(found[0].replace(" ", "").replace("-", "")), masked)
    # A number is masked though something hidden stands inside it, which is left out then.
    return visible(text) if masked == plain else masked


def as_json(statement: Statement, integrity: str) -> dict[str, Any]:
    """The statement as `subsidy reconcile read --json` prints it."""
    said: dict[str, Any] = {
        "account": mask(statement.account) if statement.account else "",
        "currency": statement.currency,
        "opening_fen": statement.opening_fen,
        "closing_fen": statement.closing_fen,
        "integrity": integrity,
        "lines": [_line(line) for line in statement.lines],
    }
    if statement.pending:
        said["pending"] = [_line(line) for line in statement.pending]
    return said


def _line(line: Line) -> dict[str, Any]:
    return {
        "booked_on": line.booked_on,
        "amount_fen": line.amount_fen,
        "reversal": line.reversal,
        "returned": line.returned,
        "reference": visible(line.reference),
        "counterparty": shown(line.counterparty, line.number),
        "text": shown(line.text, line.number),
        "details": [_detail(detail, line) for detail in line.details],
    }


def _detail(detail: Detail, line: Line) -> dict[str, Any]:
    known: dict[str, Any] = {
        "booked_on": line.booked_on,
        "amount_fen": detail.amount_fen,
        "reversal": detail.reversal,
        "returned": detail.returned,
        "reference": visible(detail.reference),
        "counterparty": shown(detail.counterparty, detail.number),
        "text": shown(detail.text, detail.number),
    }
    if detail.currency:
        known["currency"] = detail.currency
    if detail.reason:
        known["reason"] = detail.reason
    return known
