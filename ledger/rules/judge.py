"""The one judge of both sides: takes records in log order, says what is wrong with the first improper one, and knows
what they say from then on.

A record that causes entries is followed by exactly those, in order, before anything else. Records that announce others
are followed by those; what a closing record covers has come just before it. What every group must leave the book in is
asked when no group is open.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from ledger.book.digests import OF_A_RUN
from ledger.log import kinds
from ledger.payouts.movements import MOVING
from ledger.rules import (
    acts,
    budgets,
    clocks,
    forms,
    ledgers,
    matches,
    moves,
    payees,
    payments,
    people,
    registers,
    runs,
    statements,
)
from ledger.rules.asked import EFFECTS, EVER, RULES
from ledger.rules.codes import Fault, Faults, fault
from ledger.rules.earlier import Earlier
from ledger.rules.groups import Differs, Found, Opened
from ledger.rules.records import Logged, day_of
from ledger.rules.rows import all_known
from ledger.rules.state import Fold
from ledger.rules.values import KEYED
from ledger.store.rules import book_version

# The version of the rules that this book is: records under an earlier one stand under the rules of their time.
SINCE = 2

# What a rule ends in that cannot read a record: a day of no calendar, a digest of other words. It is no proper record.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
_head = itemgetter("$schema", "actor", "recorded_at")
# Reasons of entries of which more is asked than what they follow from: of their keys, and of the months of accounts.
_ASKED_MORE = KEYED | MOVING
# Reasons of entries that are their own record, and of those that close with a run or a withdrawal.
DIRECT = frozenset({"funded", "wallet_interest", "refunded", "reopened", "year_end"})


def judges(rules: kinds.RulesBody) -> bool:
    """Whether records under these rules are judged by this book."""
    return book_version(rules) >= SINCE


def _unreadable(record: Logged[Any], error: Exception) -> Found:
    return Found(fault("improper", reason=repr(error)), record)


class Judge:
    """Judges records one by one, from the `rules` record on that names this book, to the first that is improper."""

    def __init__(self, state: Fold, *, judging: bool = False) -> None:
        self.state = state
        self.judging = judging
        self._earlier = Earlier(state.body)
        self.stopped = False
        self._owed: deque[Differs] = deque()
        # The causes whose entries are owed or, of budgets, still to be known; whether the first entry of them was seen.
        self._causes: list[Logged[Any]] = []
        self._paying = False
        self._opened: Opened | None = None
        self._runs = runs.Runs(state)
        # (chart, code) of accounts that were seen to stand: they do for ever.
        self._accounts: set[tuple[str, str]] = set()
        self._statements = statements.Statements(state)
        # The undoing that disputes payouts, and those of them that are not said to be disputed yet.
        self._undone: Logged[Any] | None = None
        self._disputed: set[str] = set()
        self._orders = people.Orders(state)
        # What a run that is being closed refuses: said before its entries.
        self._refused: list[Logged[kinds.RefusalBody]] = []
        # By whom and when the last record was that was seen to be by an officer; the next one mostly is the same.
        self._seen: tuple[str, str] = ("", "")
        # The last entry since the book was looked at.
        self._booked: Logged[Any] | None = None

    def take_all(self, records: Sequence[Logged[Any]]) -> tuple[int, Found | None]:
        """Judge the next records, and know them: how many are proper, and what is wrong with the one after those."""
        place = 0
        while place < len(records):
            found = self.take(records[place])
            if found:
                return place, found
            place += 1
            last, opened = records[place - 1], self._opened
            if self.stopped:
                continue
            if opened is not None and last.kind in registers.ROWS:
                # Behind a row from which something follows the group goes on: its last row is judged by itself.
                to_come = opened.to_come - (last.kind not in registers.PLAIN)
                rows, found = self._rows(last, records[place : place + max(0, to_come)], opened)
            elif self._runs.running is not None and last is self._runs.running.last:
                rows, found = self._entries(last, records[place:], self._runs.award)
            elif self._paying:
                rows, found = self._entries(last, records[place : place + len(self._owed) - 1], self._follows)
            else:
                continue
            place += rows
            if found:
                self.stopped = True
                return place, found
        return place, None

    def take(self, record: Logged[Any]) -> Found | None:
        """Judge the next record and know it; the first fault found. After that nothing more is judged."""
        if self.stopped:
            return None
        try:
            found = self._take(record)
        except UNREADABLE as error:
            found = _unreadable(record, error)
        if found:
            self.stopped = True
        return found

    def _rows(self, last: Logged[Any], records: Sequence[Logged[Any]], opened: Opened) -> tuple[int, Found | None]:
        """Most of a log: the next rows of an import, as many as are of the kind, form, officer and time of the `last`
        one; how many are proper, and what is wrong with the one after those.
        """
        state, kind, head = self.state, last.kind, _head(last.body)
        by_acts, follows = state.by_acts, kind in EFFECTS
        ahead = (place for place, record in enumerate(records) if record.kind != kind or _head(record.body) != head)
        alike = records[: next(ahead, len(records))]
        rows = 0
        if kind == "fact":
            # With the last of an import it is asked what all of them come to.
            at_once = alike[: opened.to_come - 1]
            try:
                rows = len(at_once) if at_once and all_known(state, at_once, opened) else 0
            except UNREADABLE:
                # What cannot be read is named below.
                rows = 0
        opened.seen += rows
        for record in alike[rows:]:
            try:
                wrong = next(registers.row(state, record, opened), None)
                if follows and wrong is None:
                    self._owes(record)
                wrong = wrong or forms.unclear(state, record)
            except UNREADABLE as error:
                return rows, _unreadable(record, error)
            if wrong:
                return rows, Found(wrong, record)
            if by_acts:
                state.wrote(record)
            state.take_row(record)
            opened.seen += 1
            rows += 1
        return rows, None

    def _entries(
        self, last: Logged[Any], records: Sequence[Logged[Any]], rule: Callable[[Logged[Any]], Faults]
    ) -> tuple[int, Found | None]:
        """The next entries behind the `last` one that are asked by the same `rule`: of the run whose entry that is, or
        of what is owed; as many as are of its form, officer and time, and in a run of its cause.
        """
        state, head, by_acts = self.state, _head(last.body), self.state.by_acts
        running = self._runs.running
        taken = 0
        for record in records:
            body = record.body
            if record.kind != "entry" or _head(body) != head or body["reason"] in _ASKED_MORE:
                break
            if running and (body["reason"] not in OF_A_RUN or body["cause"] != running.proposal):
                break
            try:
                places = {(posting["chart"], posting["account"]) for posting in body["postings"]}
                wrong = None if places <= self._accounts else next(self._unknown(body), None)
                wrong = wrong or next(rule(record), None) or forms.unclear(state, record)
            except UNREADABLE as error:
                return taken, _unreadable(record, error)
            if wrong:
                return taken, Found(wrong, record)
            if by_acts:
                state.wrote(record)
            state.take_entry(record)
            self._booked = record
            taken += 1
        return taken, None

    def _take(self, record: Logged[Any]) -> Found | None:
        opened = self._opened
        if opened is not None and record.kind in registers.PLAIN and opened.record.kind == "import" and opened.open:
            wrong = (
                next(clocks.in_time(self.state, record), None)
                or next(acts.missing(self.state, record), None)
                or next(registers.row(self.state, record, opened), None)
                or next(forms.form(self.state, record), None)
                or self._acting(record)
            )
            opened.seen += 1
            if wrong is None:
                self.state.wrote(record)
                self.state.take_row(record)
            return None if wrong is None else Found(wrong, record)
        found = next(self.faults(record), None)
        return self.know(record) if found is None else found

    def faults(self, record: Logged[Any]) -> Iterator[Found]:
        """Everything that is wrong with the next record, in order of precedence: the first counts."""
        unsigned = self.state.unsigned
        if unsigned is not None:
            yield from (Found(wrong, unsigned.first) for wrong in acts.missing(self.state, record))
        again = registers.again(self._opened)
        yield from self._judge(record, again) if self.judging else self._earlier.check(record)
        yield from (Found(wrong, record) for wrong in self._ever(record, again))

    def know(self, record: Logged[Any]) -> Found | None:
        """Know what the next record says, and what is wrong with the book after it."""
        self.state.take(record)
        if record.kind == "approval":
            self._orders.taken(record)
        found = self._after(record) if self.judging else None
        if record.kind == "rules" and not self.judging and judges(record.body):
            self.judging = True
            found = next(self._earlier.end(), None)
        return found

    @property
    def open(self) -> bool:
        """Whether a group has begun and not ended."""
        return bool(
            self._owed
            or self._causes
            or (self._opened and self._opened.open)
            or self._runs.running
            or self._runs.undoing
            or self._statements.first
            or self._disputed
            or self._orders.owed
            or self._refused
            or (not self.judging and self._earlier.open)
        )

    def end(self) -> Found | None:
        """What is left open after the last record of a write, or of the log."""
        return None if self.stopped else next(self._left(), None)

    def _left(self) -> Iterator[Found]:
        if self._causes:
            yield Found(fault("effect_missing"), self._causes[0])
        if self._opened and self._opened.open:
            opened = self._opened
            yield Found(fault("group_short", expected=opened.expected, found=opened.seen), opened.record)
        if self._runs.running:
            yield Found(fault("half_run"), self._runs.running.first)
        if self._runs.undoing:
            yield Found(fault("half_run"), self._runs.undoing[0])
        if self._statements.first:
            yield Found(fault("row_of_no_group"), self._statements.first)
        if self._disputed and self._undone:
            yield Found(fault("effect_missing"), self._undone)
        if self._refused:
            yield Found(fault("refusal_of_no_run"), self._refused[0])
        for number, approval in self._orders.left():
            yield Found(fault("approvals_missing", subject=number), approval)
        unsigned = self.state.unsigned
        if unsigned is not None:
            yield from (Found(wrong, unsigned.first) for wrong in acts.missing(self.state, None))
        if not self.judging:
            yield from self._earlier.end()

    def _ever(self, record: Logged[Any], again: bool) -> Faults:
        """What is asked of the records of every release: who wrote one, and whose signatures it stands on."""
        if record.seq < 2 or record.kind == "genesis":
            yield from ledgers.founded(record)
        yield from ledgers.unopened(self.state, record)
        yield from forms.form(self.state, record)
        wrong = self._acting(record)
        if wrong:
            yield wrong
        for rule in () if again else EVER.get(record.kind, ()):
            yield from rule(self.state, record)
        if record.kind == "budget":
            yield from self._orders.budget(record)

    def _acting(self, record: Logged[Any]) -> Fault | None:
        """Whether an officer wrote a record; genesis, the first rules and the first officer stand before all others."""
        actor, moment = record.body["actor"], record.body["recorded_at"]
        if (actor, moment) == self._seen or record.seq < 2:
            return None
        if self.state.unopened:
            # Who founds a ledger, and who opens it, is asked by the rules of that.
            return None
        first = record.kind == "actor" and not self.state.people and actor == record.body["key"]
        wrong = None if first else next(people.acting(self.state, actor, day_of(moment)), None)
        # A person's own record changes who is in office.
        self._seen = ("", "") if record.kind == "actor" else (actor, moment)
        return wrong

    def _judge(self, record: Logged[Any], again: bool) -> Iterator[Found]:
        yield from (Found(wrong, record) for wrong in clocks.in_time(self.state, record))
        if record.kind == "entry":
            yield from self._entry(record)
            return
        kind = record.kind
        yield from self._group(record)
        if kind in RULES and not again:
            yield from (Found(wrong, record) for wrong in RULES[kind](self.state, record))
        if kind == "outcome":
            yield from (Found(wrong, record) for wrong in payees.sent(self.state, record))
        if kind in EFFECTS and (kind != "void" or record.body["register"] == "grant"):
            self._owes(record)
        if kind == "budget":
            self._causes.append(record)
        elif kind == "undo":
            self._undone, self._disputed = record, matches.disputed_by(self.state, record)

    def _owes(self, record: Logged[Any]) -> None:
        """The entries that a record makes the book say have to follow."""
        owed = list(EFFECTS[record.kind](self.state, record))
        if owed:
            # The first of them says where they begin; budgets alone are asked again, all of them.
            if not self._causes:
                self._causes.append(record)
            self._owed.extend(owed)

    def _entry(self, record: Logged[kinds.EntryBody]) -> Iterator[Found]:
        body = record.body
        reason = body["reason"]
        if self._opened and self._opened.open:
            yield from self._left()
        if reason in KEYED:
            before = self.state.get("key", body["key"])
            if before is not None:
                yield Found(fault("key_repeated", key=body["key"], before=before), record)
        yield from (Found(wrong, record) for wrong in self._unknown(body))
        causes = self._causes
        if causes and causes[0].kind == "budget" and not self._owed:
            self._owed.extend(budgets.budget_effects(causes))
            if not self._owed:
                yield Found(fault("effect_missing"), causes[0])
        if self._owed:
            yield from (Found(wrong, record) for wrong in self._follows(record))
            self._paying = bool(self._owed)
            if not self._owed:
                self._causes = []
            return
        if reason in OF_A_RUN and not self._runs.undoing:
            for improper in self._runs.award(record):
                yield Found(improper, record)
        elif reason == "reversal" and not self._runs.running:
            yield from (Found(improper, record) for improper in self._runs.reversal(record))
            self._runs.undoing.append(record)
        elif reason in DIRECT and not self._runs.running and not self._runs.undoing:
            yield from (Found(improper, record) for improper in moves.direct(self.state, record))
        else:
            yield Found(fault("cause_missing", reason=reason), record)

    def _follows(self, record: Logged[kinds.EntryBody]) -> Faults:
        """The next entry that is owed is exactly this one."""
        wrong = self._owed[0](record.body)
        if wrong:
            yield fault("effect_differs", **dict(zip(("field", "found", "expected"), wrong, strict=True)))
        self._owed.popleft()

    def _unknown(self, body: kinds.EntryBody) -> Faults:
        """Accounts of an entry that do not stand."""
        for posting in body["postings"]:
            place = posting["chart"], posting["account"]
            if place not in self._accounts:
                account = f"{place[0]}/{place[1]}"
                if self.state.stands(kinds.ACCOUNT, account) is None:
                    yield fault("account_unknown", account=account)
                self._accounts.add(place)

    def _group(self, record: Logged[Any]) -> Iterator[Found]:
        """Whether a record may stand where it does: what a group still lacks comes first."""
        kind = record.kind
        causes, opened = self._causes, self._opened
        in_import = opened is not None and opened.record.kind in registers.OPENERS
        if causes and self._breaks_off(record, in_import=in_import):
            yield Found(fault("effect_missing"), causes[0])
        if self._runs.running and kind != "run_closed":
            yield Found(fault("half_run"), self._runs.running.first)
        if self._runs.undoing and kind != "withdrawal":
            yield Found(fault("half_run"), self._runs.undoing[0])
        if kind == "refusal":
            self._refused.append(record)
        elif self._refused:
            if kind != "run_closed":
                yield Found(fault("refusal_of_no_run"), self._refused[0])
            yield from self._refusals(record)
            self._refused = []
        if self._statements.first and kind not in ("statement_line", "statement"):
            yield Found(fault("row_of_no_group"), self._statements.first)
        if self._disputed and self._undone:
            if kind != "outcome" or record.body["about"] not in self._disputed or record.body["state"] != "disputed":
                yield Found(fault("effect_missing"), self._undone)
            self._disputed.discard(record.body.get("about", ""))
        if opened and opened.open:
            yield from self._row(record, opened)
        elif opened and opened.record.kind == "import" and registers.is_held(record):
            yield from (Found(wrong, record) for wrong in registers.held(self.state, record, opened.record))
        elif causes and in_import and kind != "entry":
            yield Found(fault("effect_missing"), causes[0])
        elif kind in registers.ROWS or kind in (registers.HOLD, "void", "payout"):
            yield Found(fault("row_of_no_group"), record)
        yield from self._opening(record)
        if kind == "run_closed":
            faults = [*self._runs.line_ends()]
            if faults and self._runs.running and self._runs.running.last:
                yield Found(faults[0], self._runs.running.last)
            yield from (Found(wrong, record) for wrong in self._runs.closed(record))
        elif kind == "withdrawal":
            yield from (Found(wrong, record) for wrong in self._runs.withdrawn(record))

    def _refusals(self, record: Logged[kinds.RunClosedBody]) -> Iterator[Found]:
        """Each of them is said by the proposal that is closed."""
        about = record.body.get("proposal", -1)
        proposal = self.state.body(about) if self.state.get("proposal", about) else {}
        said = {refused["line"]: refused["codes"] for refused in proposal.get("refused", ())}
        for refusal in self._refused:
            if said.get(refusal.body["about"]) != refusal.body["codes"]:
                yield Found(fault("refusal_of_no_run"), refusal)

    def _breaks_off(self, record: Logged[Any], *, in_import: bool) -> bool:
        """Whether a record comes before the causes that stand open have made the book say what they make it say."""
        first = self._causes[0]
        if self._paying or (record.kind != first.kind and not in_import):
            return True
        # The records of one transfer belong together; every other change of a budget is one record.
        documents = {first.body.get("document"), record.body.get("document")}
        one_transfer = first.body.get("action") == "transferred" and len(documents) == 1
        return record.kind == "budget" and not one_transfer

    def _row(self, record: Logged[Any], opened: Opened) -> Iterator[Found]:
        kind, announced = record.kind, opened.record.kind
        body = record.body
        if announced in registers.OPENERS:
            if announced != registers.AGAINST and kind not in registers.ROWS and kind not in (registers.HOLD, "void"):
                yield from self._left()
            yield from (Found(wrong, record) for wrong in registers.row(self.state, record, opened))
        elif announced == "payment_batch":
            if kind != "payout":
                yield from self._left()
            opened.keys.append(body["key"])
            opened.fen += body["amount_fen"]
            faults = payments.payout(self.state, record, opened.record, opened.seen + 1)
            yield from (Found(wrong, record) for wrong in faults)
            opened.left["payout"] -= 1
            if not opened.open:
                whole = payments.batch_whole(self.state, opened.record, opened.keys, opened.fen)
                yield from (Found(wrong, opened.record) for wrong in whole)
        else:
            if kind != "void" or body["register"] not in ("statement", "statement_line"):
                yield from self._left()
            yield from self._fallen(record, opened)
            opened.left[body["register"]] -= 1
        opened.seen += 1

    def _fallen(self, record: Logged[kinds.VoidBody], opened: Opened) -> Iterator[Found]:
        body = record.body
        stands = self.state.stands_in(body["register"], body["key"])
        if body["register"] == "statement_line" and self.state.get("held", body["key"]):
            yield Found(fault("match_differs", reason="lines"), record)
        if stands is None or stands.seq != body["of"]:
            yield Found(fault("void_of_nothing", of=body["of"], key=body["key"]), record)
        if body["import"] != opened.record.seq:
            yield Found(fault("void_of_other_import", found=body["import"], expected=opened.record.seq), record)

    def _opening(self, record: Logged[Any]) -> Iterator[Found]:
        """What a record announces, and the lines that a statement closes."""
        kind, body = record.kind, record.body
        if kind in registers.OPENERS and (kind != registers.AGAINST or registers.undoes(self.state, record)):
            self._opened = registers.opened(self.state, record)
        elif kind == "payment_batch":
            self._opened = Opened(record, {"payout": body["count"]}, body["count"])
        elif kind == "statement_withdrawal":
            left = {"statement_line": body["lines"], "statement": len(body["statements"])}
            self._opened = Opened(record, left, sum(left.values()))
        elif self._opened and not self._opened.open and not self._causes and not registers.is_held(record):
            self._opened = None
        if kind == "statement_line":
            yield from self._statements.line(record)
        elif kind == "statement":
            yield from self._statements.closed(record)

    def _after(self, record: Logged[Any]) -> Found | None:
        """What groups must leave the book in; a run or a withdrawal that is now closed."""
        if record.kind == "run_closed":
            self._runs.running = None
        elif record.kind == "withdrawal":
            self._runs.undoing = []
        elif record.kind == "entry":
            self._booked = record
        last = self._booked
        if last is None or self.open:
            return None
        state = self.state
        moved, given = sorted(state.moved_paths), sorted(state.given.items())
        state.moved_paths, state.given, self._booked = set(), {}, None
        return next((Found(wrong, last) for wrong in budgets.left(state, moved, given)), None)
