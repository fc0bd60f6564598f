"""What the bank says of the other side of a line, held against our payees: it fits some of them, none, or is silent.

A contradiction is evidence, silence is not. Silent are: nothing said, a number or name too masked to tell, the line's
own account, and an account that two people have said to be a clearing account of the bank. Names fit in every width of
brackets, cut, and as they formerly were. Clear numbers and names stay in here.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from ledger.log import kinds
from ledger.reconcile.imported import About
from ledger.reconcile.importing import plain_number
from ledger.reconcile.parts import SHORTEST, Texts
from ledger.registry.agreements import CLEARING_ACCOUNT, agreed
from ledger.store.ledger import Vault, View

# Digits of a whole number, digits that a hidden one must leave clear, and signs of a name: fewer tell nothing.
_DIGITS, _CLEAR, _LETTERS = 8, 4, SHORTEST
# What banks put for signs that they hide; a number holds no letters of its own.
_HIDDEN = re.compile(r"[^0-9]+")
_LONG, _SHORT = "有限责任公司", "有限公司"
_HIDDEN_NAME = re.compile(r"[*×●○某?]|xx")


class Counterparties:
    """The payees by everything that a bank may call them, and the accounts that are nobody's."""

    def __init__(self, view: View, vault: Vault) -> None:
        payees = list(view.records(kinds.PAYEE))
        payers = list(view.records(kinds.PAYER))
        sides = (*((row.key, row.body) for row in payees), *((row.key, row.body) for row in payers))
        shown = vault.reveal_many({body[field]: key for key, body in sides for field in ("number", "holder")})
        # Number -> the first reference of the register that carried it: the key of a payee in matching; log index of a
        # version of a payee -> the same.
        self.owners: dict[str, str] = {}
        self.of_record: dict[int, str] = {}
        self._named: dict[str, set[str]] = defaultdict(set)
        firms: dict[str, set[str]] = defaultdict(set)
        for row in payees:
            number = plain_number(shown.get(row.body["number"], ""))
            if not number:
                continue
            key = self.of_record[row.seq] = self.owners.setdefault(number, row.key)
            firms[row.body["uscc"]].add(key)
            if row.body["holder"] in shown:
                for form in forms(shown[row.body["holder"]]):
                    self._named[form].add(key)
        for firm in view.records(kinds.ENTITY):
            for form in forms(firm.body["name"]):
                self._named[form] |= firms.get(firm.body["key"], set())
        self._clearing_numbers: set[str] = set()
        # Payer -> the numbers that its account has had: a bank may show it as the other side of its own lines.
        self._own_numbers: dict[str, set[str]] = defaultdict(set)
        for payer in payers:
            self._own_numbers[payer.key].add(plain_number(shown.get(payer.body["number"], "")))
        self._silent_names = {folded(shown[row.body["holder"]]) for row in payers if row.body["holder"] in shown}
        for about in _clearing(view, vault):
            self._clearing_numbers.add(plain_number(about.number))
            self._silent_names.add(folded(about.counterparty))
        # What was asked before: a bank says the same of a payee on each of its lines.
        self._fitting: dict[tuple[str, str, str], tuple[str, ...] | None] = {}

    def payee(self, payer: str, counterparty: str, number: str) -> str:
        """The payee that the other side is beyond doubt: by its whole number, or by a masked one and its whole name.

        "" where that is not said. A masked number alone fits strangers as well.
        """
        plain = plain_number(number)
        if plain in self.owners:
            return self.owners[plain]
        named = self._named.get(folded(counterparty), set()) if len(_HIDDEN.split(plain)) > 1 else set()
        fit = self.fits(payer, counterparty, number) if named else None
        return fit[0] if fit is not None and len(fit) == 1 and fit[0] in named else ""

    def fits(self, payer: str, counterparty: str, number: str) -> tuple[str, ...] | None:
        """The payees that a name and a number on a line of `payer`'s account fit; None where they tell nothing.

        A whole number goes before the name. Of a part of a number several accounts may be the owners: there the name
        has to fit as well.
        """
        asked = (payer, counterparty, number)
        if asked not in self._fitting:
            self._fitting[asked] = self._fits(payer, plain_number(number), folded(counterparty))
        return self._fitting[asked]

    def _fits(self, payer: str, plain: str, name: str) -> tuple[str, ...] | None:
        if plain and (plain in self._clearing_numbers or plain in self._own_numbers.get(payer, ())):
            return None
        by_number = self._by_number(plain)
        if by_number is not None and (not by_number or plain in self.owners):
            return by_number
        by_name = None if name in self._silent_names else self._by_name(name)
        if by_number is None or by_name is None:
            return by_name if by_number is None else by_number
        return tuple(sorted({*by_number} & {*by_name}))

    def _by_number(self, number: str) -> tuple[str, ...] | None:
        if number in self.owners:
            return (self.owners[number],)
        parts = _HIDDEN.split(number)
        if len(parts) > 1:
            hidden = re.compile(".*".join(map(re.escape, parts)))
            if sum(map(len, parts)) < _CLEAR:
                return None
            found = self._numbers.around(parts)
            return tuple(sorted({self.owners[known] for known in found if hidden.fullmatch(known)}))
        if len(number) < _DIGITS:
            return None
        return tuple(sorted({self.owners[known] for known in self._numbers.sharing(number)}))

    def _by_name(self, name: str) -> tuple[str, ...] | None:
        if len(name) < _LETTERS:
            return None
        if name in self._named:
            return tuple(sorted(self._named[name]))
        same = {*self._names.sharing(name), *self._mixed.get("".join(sorted(name)), ())}
        return tuple(sorted({key for known in same for key in self._named[known]}))

    @cached_property
    def _numbers(self) -> Texts:
        return Texts(self.owners)

    @cached_property
    def _names(self) -> Texts:
        return Texts(self._named)

    @cached_property
    def _mixed(self) -> dict[str, list[str]]:
        """The letters of a name in order -> the names that have them: some banks write a name from the other end."""
        mixed: dict[str, list[str]] = defaultdict(list)
        for name in self._named:
            mixed["".join(sorted(name))].append(name)
        return mixed


def folded(name: str) -> str:
    """A name for comparing: half width, small, letters and digits alone; "" where signs of it are hidden."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "" if _HIDDEN_NAME.search(plain) else "".join(filter(str.isalnum, plain))


def forms(name: str) -> set[str]:
    """A registered name for comparing: a company with limited liability is written in two ways that mean the same."""
    plain = folded(name)
    return {plain, plain.replace(_LONG, _SHORT), plain.replace(_SHORT, _LONG)}


def _clearing(view: View, vault: Vault) -> Iterator[About]:
    """The other sides of the lines that two people have said to be a clearing account."""
    lines = {row.body["about"] for row in agreed(view, kinds.DECISION) if row.body["type"] == CLEARING_ACCOUNT}
    rows = [row for row in (view.current(kinds.STATEMENT_LINE, line) for line in lines) if row is not None]
    clear = vault.reveal_many({row.body["about"]: row.key for row in rows if "about" in row.body})
    yield from (About.of(text) for text in clear.values())
