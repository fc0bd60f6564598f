"""What the bank says of the other side of a line, held against our payees: it fits some of them, none, or is silent.

A contradiction is evidence, silence is not. Silent are: nothing said, a number or name too masked to tell, the unit's
own accounts, and an account that two people have said to be a clearing account of the bank. Names fit in every width
of brackets, cut at either end, and as they formerly were. Clear numbers and names stay in here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ledger.log import kinds
from ledger.office.decisions import CLEARING_ACCOUNT, seconded
from ledger.reconcile.imported import About
from ledger.reconcile.importing import plain_number
from ledger.sheets.columns import fold
from ledger.store.ledger import Vault, View

# Signs that a number or name must leave clear before it can contradict; a name of three is one cut too short.
_DIGITS, _LETTERS = 4, 4
# What banks put for signs that they hide; a number holds no letters of its own.
_HIDDEN = re.compile(r"[^0-9]+")
_HIDDEN_NAME = re.compile(r"[*●○某?x]")


class Counterparties:
    """The payees by everything that a bank may call them, and the accounts that are nobody's."""

    def __init__(self, view: View, vault: Vault) -> None:
        payees = list(view.records(kinds.PAYEE))
        payers = list(view.records(kinds.PAYER))
        sides = (*(row.body for row in payees), *(row.body for row in payers))
        shown = vault.reveal_many(commitment for body in sides for commitment in (body["number"], body["holder"]))
        # Number -> the first reference of the register that carried it: the key of a payee in matching.
        self.owners: dict[str, str] = {}
        self._named: dict[str, set[str]] = defaultdict(set)
        firms: dict[str, set[str]] = defaultdict(set)
        for row in payees:
            number = plain_number(shown.get(row.body["number"], ""))
            if not number:
                continue
            key = self.owners.setdefault(number, row.key)
            firms[row.body["uscc"]].add(key)
            if row.body["holder"] in shown:
                self._named[fold(shown[row.body["holder"]])].add(key)
        for firm in view.records(kinds.ENTITY):
            self._named[fold(firm.body["name"])] |= firms.get(firm.body["key"], set())
        self._silent_numbers = {
            plain_number(shown[row.body["number"]]) for row in payers if row.body["number"] in shown
        }
        self._silent_names = {fold(shown[row.body["holder"]]) for row in payers if row.body["holder"] in shown}
        for about in _clearing(view, vault):
            self._silent_numbers.add(plain_number(about.number))
            self._silent_names.add(fold(about.counterparty))

    def fits(self, counterparty: str, number: str) -> tuple[str, ...] | None:
        """The payees that a name and a number fit; None where they tell nothing. The number goes before the name."""
        plain, name = plain_number(number), fold(counterparty)
        if (plain and plain in self._silent_numbers) or (name and name in self._silent_names):
            return None
        by_number = self._by_number(plain)
        return self._by_name(name) if by_number is None else by_number

    def _by_number(self, number: str) -> tuple[str, ...] | None:
        if number in self.owners:
            return (self.owners[number],)
        parts = _HIDDEN.split(number)
        if sum(map(len, parts)) < _DIGITS:
            return None
        hidden = re.compile(".*".join(map(re.escape, parts)))
        return tuple(sorted({key for one, key in self.owners.items() if hidden.fullmatch(one)}))

    def _by_name(self, name: str) -> tuple[str, ...] | None:
        if len(name) < _LETTERS or _HIDDEN_NAME.search(name):
            return None
        same = (keys for known, keys in self._named.items() if _cut(name, known) or _cut(known, name))
        return tuple(sorted({key for keys in same for key in keys}))


def _cut(short: str, long: str) -> bool:
    """Whether a name is the beginning or the end of another, long enough to tell."""
    return len(short) >= _LETTERS and (long.startswith(short) or long.endswith(short))


def _clearing(view: View, vault: Vault) -> Iterator[About]:
    """The other sides of the lines that two people have said to be a clearing account."""
    lines: Iterable[str] = seconded(view, CLEARING_ACCOUNT)
    rows = [row for row in (view.current(kinds.STATEMENT_LINE, line) for line in lines) if row is not None]
    clear = vault.reveal_many(row.body["about"] for row in rows if "about" in row.body)
    yield from (About.of(text) for text in clear.values())
