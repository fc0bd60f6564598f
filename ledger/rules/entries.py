"""What a fold knows of the book: of lines and what they are owed, of budget paths, and of what moved on accounts."""

from collections.abc import Mapping
from typing import Any

from ledger.book.accounts import APPROPRIATION, AVAILABLE, FROZEN, PAYABLE, RECEIVABLE, RESERVED, USED, WALLET
from ledger.book.payables import REASONS, Terms, of_the_unit
from ledger.book.projection import BOOK, ancestors
from ledger.log import kinds
from ledger.payouts.batches import Item, refunded_fen
from ledger.payouts.free_money import plus
from ledger.payouts.movements import MOVING, moved_fen
from ledger.payouts.movements import about as moved_about
from ledger.reconcile.opening_items import cleared_by
from ledger.reconcile.sides import account_and_day, of_account
from ledger.rules.caps import Used
from ledger.rules.officers import Officers
from ledger.rules.records import Logged, Source
from ledger.rules.values import (
    FUNDED,
    FUNDING,
    KEYED,
    NO_FIELDS,
    VERSIONS,
    Award,
    Batch,
    Brought,
    Line,
    Moved,
    Path,
    Version,
    same,
)

# Reasons of entries by which money that came back gives to an indicator.
_GIVING_BACK = frozenset({"recovered", "netted"})
_GIVEN = frozenset({RESERVED, AVAILABLE})
# On which an entry owes a payee, or a payee owes.
_OWED = frozenset({PAYABLE, RECEIVABLE})


class Entries(Officers):
    """What entries say to the records after them."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        # Budget paths that were moved since somebody last asked; of those that give, what was given by day.
        self.moved_paths: set[str] = set()
        self.given: dict[str, dict[str, int]] = {}
        # The terms that awards stand on: few, and each of them once.
        self._terms: dict[Terms, Terms] = {}
        # The import whose rows are being taken, and what it did.
        self._importing: tuple[int, Brought] | None = None
        # The accounts that were moved since this was begun.
        self._accounts: set[str] = set()
        # Budget path -> itself and the paths above it.
        self._upwards: dict[str, list[Path]] = {}

    def version(self, kind: kinds.Kind[kinds.BodyT], key: str) -> Version[kinds.BodyT] | None:
        """The last version of what `key` names among the records of a kind, a void included."""
        return self.version_in(kind.register, key)

    def version_in(self, register: str, key: str) -> Version[Any] | None:
        """The last version of (register, key), a void included."""
        known: Mapping[str, Version[Any] | int | None] = self._known[VERSIONS + register]
        found = known[key] if key in known else self.get(VERSIONS + register, key)
        return Version(found, False, 1, NO_FIELDS) if isinstance(found, int) else found

    def stands(self, kind: kinds.Kind[kinds.BodyT], key: str) -> Version[kinds.BodyT] | None:
        """The version in force; None where there is none or it was taken back."""
        return self.stands_in(kind.register, key)

    def stands_in(self, register: str, key: str) -> Version[Any] | None:
        """The version of (register, key) in force."""
        found = self.version_in(register, key)
        return None if found is None or found.void else found

    def known(self, register: str) -> Mapping[str, Version[Any] | int]:
        """The versions of a register that were taken or asked for."""
        return self._known[VERSIONS + register]

    def award(self, seq: int) -> Award | None:
        """What the entry at log index `seq` owes; None for one that owes nothing."""
        found: Award | None = self.get("award", seq)
        return found

    def item(self, key: str) -> Item | None:
        """A payout with everything that was said of it."""
        found: Item | None = self.get("item", key)
        return found

    def batch(self, key: str) -> Batch | None:
        """A payment batch by its number."""
        found: Batch | None = self.get("batch", key)
        return found

    def path(self, path: str) -> Path:
        """A budget path; one that nothing was ever issued to has no limit."""
        return self._begun("path", path, Path)

    def line(self, key: str) -> Line:
        """An award line; one that nothing was posted on has no entries."""
        return self._begun("line", key, Line)

    def account_of(self, body: kinds.EntryBody) -> str:
        """The account on which an entry moves money that is one of `MOVING`."""
        name = moved_about(body["reason"], body["key"])
        item = self.item(name)
        batch = self.batch(item.body["batch"]) if item else None
        if batch is not None:
            return batch.body["payer"]
        if body["reason"] == "recovered":
            cause = self.body(body["cause"])
            if kinds.kind_of(cause) == "recovery":
                return str(cause.get("payer", ""))
        return name

    def used(self) -> Used:
        """What lines have of the keys of caps; known from the first time that it is asked for."""
        found: Used | None = self.whole("used")
        if found is None:
            found = Used()
            self.put("used", "", found)
        return found

    def accrued(self, line: str) -> int:
        """What of a ceiling is not reserved any more: what was posted, and reductions that kept their indicator."""
        found = self.line(line)
        elsewhere = set((self.whole("moved") or {}).values())
        kept = sum(
            fen for (account, path), fen in found.kept.items() if account != AVAILABLE or (line, path) not in elsewhere
        )
        return sum(found.dues.values()) + kept

    def _entry(self, record: Logged[Any]) -> None:
        body: kinds.EntryBody = record.body
        reason, line, due = body["reason"], same(body.get("line", "")), same(body.get("due", ""))
        shared: Any = body.get("terms", {})
        owes = reason in REASONS
        top_fen = payable_fen = 0
        place: Any = shared
        payee = ""
        used: dict[str, int] = {}
        unit = ""
        of_all = shared.get("envelope", "")
        gave_back = line and reason in _GIVING_BACK
        for posting in body["postings"]:
            account, fen, chart = posting["account"], posting["amount_fen"], posting["chart"]
            if chart == "ind":
                envelope = posting.get("envelope", of_all)
                if account in USED:
                    used[envelope] = used.get(envelope, 0) + fen
                else:
                    self._indicator(account, envelope, fen, body["effective_on"])
                if gave_back and account in _GIVEN:
                    self._keep(line, account, envelope, -fen)
            elif account == WALLET and chart == "fin":
                self._holds(self.account_of(body), body["effective_on"], fen)
            elif account in _OWED and chart == "fin":
                if account == PAYABLE:
                    payable_fen += fen
                elif line and (owes or reason == "reversal"):
                    self._keep(line, account, posting.get("envelope", of_all), fen)
                if owes:
                    top_fen -= fen
                    place = {**shared, **posting} if len(posting) > 3 else shared
                    payee = place.get("payee", "")
            elif account == APPROPRIATION and chart == "fin":
                year = int(body["effective_on"][:4])
                self.put("drawn", year, (self.get("drawn", year) or 0) - fen)
            elif owes and of_the_unit(chart, account):
                unit = posting.get("economic") or shared.get("economic", "")
        for envelope, fen in used.items():
            if fen:
                self.moved_paths.add(envelope)
                for path in self._upward(envelope):
                    path.used_fen += fen
        if payable_fen:
            self.put("payable", "", (self.whole("payable") or 0) + payable_fen)
        if owes:
            get = place.get
            terms = Terms(get("envelope", ""), get("clause", ""), get("function", ""), get("economic", ""), unit)
            known = self._terms.setdefault(terms, terms)
            self.put("award", record.seq, Award(line, due, same(payee), same(reason), top_fen, known))
        if reason == "refunded":
            item = body["key"].removeprefix(f"{BOOK}/refunded/").partition("@")[0]
            self.put("refunded", item, (self.get("refunded", item) or 0) + refunded_fen(body))
        if reason == "year_end":
            self.put("year_closed", int(body["effective_on"][:4]), True)
        if reason in KEYED:
            self.put("key", body["key"], record.seq)
        if reason in MOVING:
            fen = moved_fen(body)
            if fen:
                month = body["effective_on"][:7]
                self._moves(self.account_of(body), Moved(entries={month: fen}))
                if reason == FUNDED:
                    self.fund(self.account_of(body), month, -fen)
        if "award_fen" in body:
            of_line = self.line(line)
            of_line.entries += 1
            of_line.dues[due] = of_line.dues.get(due, 0) + body["award_fen"]
            of_line.say(record.seq, body)
            known_caps = self._used
            if known_caps is not None:
                known_caps.enter(line, body, of_line.said, self.body)
        undone = self.award(body["reverses"]) if "reverses" in body else None
        if undone:
            undone.reversed = True

    def _upward(self, envelope: str) -> list[Path]:
        found = self._upwards.get(envelope)
        if found is None:
            found = self._upwards[envelope] = [self.path(above) for above in ancestors(envelope)]
        return found

    @property
    def _used(self) -> Used | None:
        found: Used | None = self._known["used"].get("")
        return found

    def fund(self, account: str, month: str, fen: int) -> None:
        """Bring what lines show of what was moved to an account nearer to what entries say, or further away."""
        self.change("funded_on", account, lambda before: {**(before or {}), month: (before or {}).get(month, 0) + fen})

    def _moves(self, account: str, moved: Moved) -> None:
        if account not in self._accounts:
            self._accounts.add(account)
            self.change("accounts", "", lambda before: (before or frozenset()) | {account})
        self.change("moved_on", account, lambda before: (before or Moved()).plus(moved))

    def _holds(self, account: str, on: str, fen: int) -> None:
        self.change("wallet", "", lambda before: plus(before or {}, account, on, fen))

    def _keep(self, line: str, account: str, envelope: str, fen: int) -> None:
        kept = self.line(line).kept
        kept[account, envelope] = kept.get((account, envelope), 0) + fen

    def _indicator(self, account: str, envelope: str, fen: int, day: str) -> None:
        self.moved_paths.add(envelope)
        if account == AVAILABLE:
            self.path(envelope).available_fen += fen
            given = self.given.setdefault(envelope, {})
            given[day] = given.get(day, 0) + fen
            self.change("available_on", envelope, lambda days: {**(days or {}), day: (days or {}).get(day, 0) + fen})
        elif account == FROZEN:
            self.path(envelope).frozen_fen += fen

    def _import(self, record: Logged[Any]) -> None:
        """What it does follows: rows, what falls, rows that it holds, and the entries of grants."""
        self._importing = record.seq, Brought()
        self.put("brought", record.seq, self._importing[1])

    def _import_withdrawal(self, record: Logged[Any]) -> None:
        self.put("withdrawn", "", (self.whole("withdrawn") or frozenset()) | {record.body["import"]})

    def _match(self, record: Logged[Any]) -> None:
        names = tuple(share["payout"] for share in record.body["payouts"])
        self.put("match", record.body["key"], names)
        self._joined(record.body, 1)

    def _undo(self, record: Logged[Any]) -> None:
        made = self.body(record.body["of"])
        if made.get("lines"):
            self._joined(made, -1)

    def _joined(self, body: kinds.MatchBody, sign: int) -> None:
        """Line -> whether it is in a match in force; payout -> fen that lines in force have paid of it."""
        for line in body["lines"]:
            self.put("held", line, sign > 0)
            if body["kind"] == FUNDING:
                self._funds(line, sign)
        item = cleared_by(body)
        if item:
            self.put("cleared", item, (self.get("cleared", item) or 0) + sign * body["amount_fen"])
        if body["kind"] != "return":
            for share in body["payouts"]:
                paid_fen = self.get("matched", share["payout"]) or 0
                self.put("matched", share["payout"], paid_fen + sign * share["amount_fen"])

    def _funds(self, line: str, sign: int) -> None:
        """A line shows that an account was filled, or no more."""
        said = self.version(kinds.STATEMENT_LINE, line)
        of = self.version(kinds.STATEMENT, said.fields["statement"]) if said else None
        if said and of:
            account, day = account_and_day(line)
            self.fund(of_account(account, of.fields["currency"]), day[:7], sign * said.fields["amount_fen"])
