"""What the rules know of the records before: one fold over the log, whose look-ups a source fills where it lacks some.

Verification takes every record of the log and has no source. A write takes what it appends itself; what the records
before it said is loaded from the tables, at the size of the log that the write began with (`tables.Tables`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from calculators.problems import Refused
from ledger.book.payables import new_terms
from ledger.book.periods import CHECKED, REOPENED, last_day
from ledger.book.projection import limit_row
from ledger.log import kinds
from ledger.office.approvals import APPROVE, approval_of
from ledger.office.bounds import value_of
from ledger.office.business_days import CALENDAR
from ledger.office.decisions import SHORTAGE, STOP
from ledger.office.losses import TYPES as LOST
from ledger.office.losses import Doubt
from ledger.office.public_notices import Applied, Noticeboard
from ledger.office.rests import Rest, serves
from ledger.office.witnesses import policy_of
from ledger.payouts.batches import Item
from ledger.payouts.named import references_of
from ledger.payouts.states import WAITING
from ledger.payouts.states import State as PayoutState
from ledger.reconcile.opening_items import shift_fen
from ledger.reconcile.sides import account_and_day, of_account
from ledger.registry.agreements import BOUND, CLOCK, LIFT, asks, final
from ledger.registry.happened import ITEMS, given_fen, item_of
from ledger.registry.openings import on_no_line
from ledger.registry.successions import succeeded
from ledger.rules.kept import Kept
from ledger.rules.records import Logged, Source, day_of
from ledger.rules.values import (
    ASKED,
    COUNTED,
    NO_FIELDS,
    REGISTERS,
    VERSIONS,
    Batch,
    Change,
    Closed,
    Lines,
    Moved,
    Proposed,
    SignedOff,
    Version,
    act_key,
    asked_of,
    freed_by,
    longer,
    opened,
    packed,
    paid_to,
    same,
    supporting,
    used_by,
    without,
)
from ledger.store.ledger import Row
from ledger.store.projection import claim_rows
from ledger.store.rules import SINCE, book_version


class Fold(Kept):
    """What every kind of record says to those after it, and the words in which rules ask for it."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        # When the last record was recorded, and the last one that moved the book or took what a run might have.
        self.last: str | None = source.load("last", ("",)).get("")
        # When somebody last worked: what serves the log alone does not end a rest.
        self.rest = Rest(source.load("worked", ("",)).get(""))
        self.moving: int | None = source.load("moving", ("",)).get("")
        self.schemas = frozenset(source.load("schemas", ("",)).get("", ()))

    def references(self, since: str) -> Iterator[Iterable[str]]:
        """What each bank's line that stands refers to, of those booked on a day or later."""
        if not self._source.whole:
            yield from self._source.load("references", (since,))[since]
        for key, line in list(self.known("statement_line").items()):
            if isinstance(line, Version) and not line.void and account_and_day(key)[1] >= since:
                yield references_of(self.body(line.seq))

    @property
    def board(self) -> Noticeboard:
        """What is or was on public notice; which lines were applied for, it asks here."""
        board = self._begun("board", "", Noticeboard)
        board.applied = self._applied
        return board

    def _applied(self, line: str) -> Applied | None:
        grant = self.version(kinds.GRANT, line)
        application = self.version(kinds.APPLICATION, grant.fields["application"]) if grant else None
        if application is None:
            return None
        return Applied(application.fields["notice"], date.fromisoformat(application.fields["applied_on"]))

    @property
    def stopped(self) -> Mapping[str, int]:
        """Firms and grants that nothing is paid to -> the decision that stopped it."""
        return self.whole("stopped") or {}

    def root(self, size: int) -> bytes | None:
        """The root of the log when it had `size` records; None where nobody can have seen so many."""
        return self._source.root(size)

    # What records change, kind by kind.

    def take(self, record: Logged[Any]) -> None:
        """Know what a record says. Whatever it says, this does not fail: records of earlier rules come this way too."""
        kind, body = record.kind, record.body
        self._source.told(record.leaf)
        self.wrote(record)
        if self._importing and kind not in _BROUGHT:
            self._importing = None
        take = _TAKE.get(kind)
        if take:
            take(self, record)
        if "act" in body:
            self.put("act", act_key(kind, body), record.seq)
        register = REGISTERS.get(kind)
        if register is not None:
            self._version(record, register or body["register"])
        if kind in _MOVING:
            self.moving = record.seq
        moment = body["recorded_at"]
        if self.last is None or moment > self.last or not self.of_the_clock(record) or body.get("opinion") == APPROVE:
            self.last = moment
        if moment != self.rest.worked:
            agreed = body.get("opinion") == APPROVE if self.of_the_clock(record) else None
            self.rest.take(moment, agreed, lambda: serves(kind, body, self.body))

    def of_the_clock(self, record: Logged[Any]) -> bool:
        """Whether a record says that the clock was ahead, or is another person's word on that."""
        kind, body = record.kind, record.body
        if kind == "approval":
            return bool(self.get("clock", body["about"]))
        if kind == "act":
            return bool(body["act"] == CLOCK)
        return kind == "decision" and body["type"] == CLOCK

    def take_row(self, record: Logged[Any]) -> None:
        """Know a row of a register, from which nothing else follows."""
        body = record.body
        self._source.told(record.leaf)
        self._version(record, body["register"] if record.kind == "fact" else record.kind)
        self.last = self.rest.worked = body["recorded_at"]

    def take_rows(self, records: Sequence[Logged[Any]], register: str, keys: Sequence[str]) -> None:
        """Know the first versions of things of which rules ask no field, all of one officer and time."""
        for record in records:
            self._source.told(record.leaf)
        seqs = [record.seq for record in records]
        self._known[VERSIONS + register].update(zip(keys, seqs, strict=True))
        if self._importing:
            self._importing[1].add_new(seqs)
        for record, key in zip(records, keys, strict=True) if self.by_acts else ():
            self.wrote(record)
            if self.unsigned:
                self.unsigned.touch(record, register, key, None)
        self.last = self.rest.worked = records[-1].body["recorded_at"]

    def take_entry(self, record: Logged[kinds.EntryBody]) -> None:
        """Know an entry behind another of the same time."""
        self._source.told(record.leaf)
        self._entry(record)
        self.moving = record.seq

    def _version(self, record: Logged[Any], register: str) -> None:
        body = record.body
        key, name = body["key"], VERSIONS + register
        void = record.kind in ("void", "undo")
        unsigned, importing = self.unsigned, self._importing
        if register not in ASKED and not void and self.get(name, key) is None:
            if unsigned:
                unsigned.touch(record, register, key, None)
            if importing:
                importing[1].add(record.seq, None)
            self._known[name][key] = record.seq
            if register in ITEMS:
                self._given(register, record, None)
            return
        before = self.version_in(register, key)
        versions = before.versions + 1 if before else 1
        stood_at = before.seq if before and not before.void else None
        if unsigned:
            unsigned.touch(record, register, key, stood_at)
        if importing:
            importing[1].add(record.seq, stood_at)
        if before and unsigned and before.seq < unsigned.first.seq:
            unsigned.replaced = max(unsigned.replaced, before.seq)
        if void:
            # What fell keeps what it said: something of it may still be owed.
            fields = before.fields if before else NO_FIELDS
        else:
            key, fields = same(key), asked_of(register, body)
        kept = before if register == "grant" else None
        if register in ITEMS:
            self._given(register, record, before)
        if register in COUNTED:
            if before and not before.void:
                self._uses(used_by(register, before.fields), -1)
            if not void:
                self._uses(used_by(register, fields), 1)
        if register in ("application", "grant"):
            stood = supporting(register, before.fields) if before and not before.void else None
            self.moves("supporting", key, stood, None if void else supporting(register, fields))
        if before and not void and register in ("payee", "grant") and paid_to(before.fields) != paid_to(fields):
            made = Change(record.seq, body["actor"], day_of(body["recorded_at"]))
            self.put("change", (register, key), made)
        self._known[name][key] = packed(Version(record.seq, void, versions, fields, kept))

    def _given(self, register: str, record: Logged[Any], before: Version[Any] | None) -> None:
        """What rows about an item have given of it."""
        body = record.body
        fen = 0 if record.kind == "void" else given_fen(register, body["data"])
        if before and not before.void:
            fen -= given_fen(register, self.body(before.seq)["data"])
        if fen:
            self.add("given_of", (register, item_of(register, body["key"])), fen)

    def _uses(self, used: Iterable[tuple[str, str]], number: int) -> None:
        for about in used:
            self.add("resting", about, number)

    def _budget(self, record: Logged[Any]) -> None:
        row = limit_row(record.seq, record.body)
        if row:
            path = self.path(row[1])
            path.limit_fen = (path.limit_fen or 0) + row[2]

    def _claims(self, record: Logged[Any]) -> None:
        for award, _record, fen in claim_rows(record.seq, record.kind, record.body):
            found = self.award(award)
            if found:
                found.claimed_fen += fen
                found.tries += record.kind == "payout"

    def _payment_batch(self, record: Logged[Any]) -> None:
        self._subject(record)
        self.put("batches", "", (self.whole("batches") or 0) + 1)
        self.put("batch", record.body["key"], Batch(record.seq, record.body))

    def _payout(self, record: Logged[Any]) -> None:
        body: kinds.PayoutBody = record.body
        self._claims(record)
        batch = self.batch(body["batch"])
        self.put("item", body["key"], Item(record.seq, body, batch.state if batch else PayoutState.PREPARED))
        if batch:
            batch.items.append(body["key"])

    def _outcome(self, record: Logged[Any]) -> None:
        body: kinds.OutcomeBody = record.body
        about = body["about"]
        self._claims(record)
        batch = self.batch(about)
        if batch:
            batch.reach(body)
            for found in map(self.item, batch.items):
                if found:
                    before, found.batch_state = found.state, batch.state
                    self._waits(found, batch, before)
            return
        item = self.item(about)
        if item:
            before = item.state
            for award in freed_by(body):
                self.moves("freed", about, None, award)
            item.outcomes.append(Row(record.seq, about, "", record.leaf, body))
            of_item = self.batch(item.body["batch"])
            if of_item:
                self._waits(item, of_item, before)

    def _waits(self, item: Item, batch: Batch, before: PayoutState) -> None:
        """How much a payer has on its way, after a step of an item that stood where `before` says."""
        more = (item.state in WAITING) - (before in WAITING)
        if more:
            payer, fen = batch.body["payer"], more * item.amount_fen
            self.change("waiting", "", lambda of: {**(of or {}), payer: (of or {}).get(payer, 0) + fen})

    def _write_off(self, record: Logged[kinds.WriteOffBody]) -> None:
        self._claims(record)
        item = self.item(record.body["line"])
        if item:
            item.written_off.append((record.seq, record.body["amount_fen"]))

    def _correction(self, record: Logged[Any]) -> None:
        body: kinds.CorrectionBody = record.body
        new = new_terms(body)
        for seq in body["awards"]:
            award = self.award(seq)
            if award:
                award.terms = award.terms.moved(new)
                award.corrected = True
                if "envelope" in new:
                    self.put("moved", "", {**(self.whole("moved") or {}), seq: (award.line, new["envelope"])})

    def _decision(self, record: Logged[kinds.DecisionBody]) -> None:
        self._subject(record)
        if record.body["type"] == CLOCK:
            self.put("clock", record.seq, True)
        elif record.body["type"] == STOP:
            self.put("stopped", "", {**self.stopped, record.body["about"]: record.seq})
        elif record.body["type"] == CALENDAR:
            self._noted(record)
        elif record.body["type"] == SHORTAGE:
            for row in record.body.get("rows", ()):
                self.put("allotted", row["application"], record.body["key"])

    def _proposal(self, record: Logged[Any]) -> None:
        body: kinds.ProposalBody = record.body
        self._subject(record)
        self.put("proposal", record.seq, Proposed.of(record.leaf, body))
        self.put("proposed", "", (*(self.whole("proposed") or ()), record.seq))

    def _aborted(self, record: Logged[Any]) -> None:
        self._ended(record.body["proposal"])

    def _ended(self, proposal: int) -> None:
        """A proposal is no longer open."""
        self.put("proposal", proposal, None)
        self.put("proposed", "", tuple(seq for seq in self.whole("proposed") or () if seq != proposal))

    def _run_closed(self, record: Logged[Any]) -> None:
        body: kinds.RunClosedBody = record.body
        proposed = self.get("proposal", body["proposal"])
        if proposed:
            closed = Closed(record.seq, body["first"], body["count"], proposed.occasion)
            self.put("closed", "", (*(self.whole("closed") or ()), closed))
            if self._used is not None:
                self._used.close(record.seq, proposed.moved)
        self._ended(body["proposal"])

    def _withdrawal(self, record: Logged[Any]) -> None:
        for run in self.whole("closed") or ():
            if run.seq == record.body["run"]:
                run.withdrawn = True
        if self._used is not None:
            self._used.reopen(record.body["run"], lambda line: self.line(line).said, self.body)

    def _period(self, record: Logged[Any]) -> None:
        """Account -> last day signed off, by months in order; a month that is reopened was the last one."""
        body: kinds.PeriodBody = record.body
        self._subject(record)
        signed: tuple[SignedOff, ...] = self.whole("signed") or ()
        if body["state"] == CHECKED:
            accounts = tuple(one["account"] for one in self.body(body["of"]).get("accounts", ()))
            signed = (*signed, SignedOff(body["key"], accounts, record.seq, record.leaf.hex()))
        elif body["state"] == REOPENED:
            signed = signed[:-1]
        self.put("signed", "", signed)

    def signed_until(self, account: str) -> date | None:
        """The last day of an account that is signed off; None where none is."""
        signed = (one for one in reversed(self.whole("signed") or ()) if account in one.accounts)
        return next((last_day(one.month) for one in signed), None)

    def _rules(self, record: Logged[kinds.RulesBody]) -> None:
        self.schemas = frozenset(record.body["schemas"])
        for name, version in SINCE.items():
            if self.whole(name) is None and book_version(record.body) >= version:
                self.put(name, "", record.seq)

    def _noted(self, record: Logged[Any]) -> None:
        """What the board is told; it was loaded before, for what it says then is what stood before."""
        # A text that is no notice, days of no calendar: whoever judges this refuses it.
        with suppress(Refused, ValueError):
            self.board.take(record.kind, record.body["key"], record.body)

    def _notice(self, record: Logged[Any]) -> None:
        self._noted(record)
        key, sha256 = record.body["key"], record.body["sha256"]
        hashes = dict(self.whole("hashes") or {})
        if sha256 not in hashes.get(key, ()):
            hashes[key] = (*hashes.get(key, ()), sha256)
            self.put("hashes", "", hashes)
            self.put("noticed", f"{key}@sha256:{sha256}", record.seq)

    def _approval(self, record: Logged[Any]) -> None:
        body: kinds.ApprovalBody = record.body
        about = body["about"]
        self.put("given", about, (*(self.get("given", about) or ()), approval_of(record.seq, record.leaf, body)))
        said = self.body(about)
        if kinds.kind_of(said) == kinds.ACT.name:
            self.answered(about)
            if body["opinion"] != APPROVE:
                self._turn_down(about, said["first"])
                self.moving = record.seq
        elif kinds.kind_of(said) == kinds.COMPROMISE.name and final(body):
            self._looked_at(said, about, body["opinion"], record.seq)
        elif body["opinion"] == APPROVE and final(body):
            self._agreed(said, about, record.seq)

    def _turn_down(self, number: int, first: int) -> None:
        """What an act wrote is without effect: what stood before it comes again, in records of its own."""
        self.put("falling", "", len(self.undone(number)))
        gone: frozenset[int] = self.whole("withdrawn") or frozenset()
        for seq in reversed(range(first, number)):
            body = self.body(seq)
            kind = kinds.kind_of(body)
            if kind == "import":
                self.put("withdrawn", "", gone := gone | {seq})
            elif kind == "import_withdrawal":
                self.put("withdrawn", "", gone := gone - {body["import"]})
            if kind == "notice":
                key, sha256 = body["key"], body["sha256"]
                hashes = dict(self.whole("hashes"))
                hashes[key] = tuple(one for one in hashes[key] if one != sha256)
                self.put("hashes", "", {name: known for name, known in hashes.items() if known})
                self.put("noticed", f"{key}@sha256:{sha256}", None)
            if kind in ("notice", "decision", "public_notice", "objection"):
                self.board.forget(kind, body["key"], body)

    def _agreed(self, said: Any, about: int, seq: int) -> None:
        """What is in force from approval `seq` on."""
        kind, decided = kinds.kind_of(said), said.get("type")
        self.consented(about)
        if kind == kinds.MAPPING.name:
            self.put("mapping", said["key"], about)
        elif kind == kinds.PERSON.name:
            self.enter(said, seq)
        elif kind == kinds.OPENING.name:
            self._opened(said)
        elif kind == kinds.OPENING_ITEM.name:
            items = self.get("opening_items", said["account"]) or {}
            self.put("opening_items", said["account"], {**items, said["key"]: shift_fen(said)})
        elif kind == kinds.DUTIES.name:
            self.put_in_force(said, seq)
        elif kind == kinds.WITNESS.name:
            self.put("witnesses", "", policy_of(said))
        elif kind == kinds.PAPER.name:
            self.put("papers", "", {*(self.whole("papers") or ()), (said["about"], said["post"])})
        elif kind == kinds.OPERATOR.name:
            runs = date.fromisoformat(said["from"]), date.fromisoformat(said.get("to", "9999-12-31"))
            self.put("operators", "", {**(self.whole("operators") or {}), said["key"]: runs})
        elif kind == kinds.SUCCESSION.name:
            self.put("ended", "", succeeded(self.whole("ended") or {}, said))
        elif decided == CLOCK:
            self.put("floor", "", seq)
        elif decided == BOUND:
            self.put("bounds", "", {**(self.whole("bounds") or {}), said["about"]: value_of(said)})
        elif decided in LOST:
            known: Doubt | None = self.whole("doubt")
            batch = self.batch(said["about"])
            if known is not None and about > known.number:
                items = filter(None, map(self.item, batch.items)) if batch else ()
                claims = [claim for item in items for claim in item.claims] if batch else None
                self.put("doubt", "", known.after(said, claims))
        elif decided == LIFT:
            self.put("stopped", "", {on: at for on, at in self.stopped.items() if on != said["about"] or at > about})

    def _opening(self, record: Logged[Any]) -> None:
        self._subject(record)
        if not asks(record.body):
            self._opened(record.body)

    def _opened(self, body: kinds.OpeningBody) -> None:
        key = body["key"]
        self.put("openings", "", {**(self.whole("openings") or {}), key: opened(body)})
        self.put("outside", "", {**(self.whole("outside") or {}), key: on_no_line(body)})

    def _statement_line(self, record: Logged[Any]) -> None:
        body: kinds.StatementLineBody = record.body
        of: Lines = self.get("lines_of", body["statement"]) or Lines(0, 0, record.seq, {})
        account, day = account_and_day(body["key"])
        place = account, day[:7]
        by_month = {**of.by_month, place: of.by_month.get(place, 0) + body["amount_fen"]}
        lines = Lines(
            of.count + 1,
            of.fen + body["amount_fen"],
            of.first,
            by_month,
            min(of.opens_on or day, day),
            max(of.closes_on, day),
        )
        self.put("lines_of", body["statement"], lines)

    def _statement(self, record: Logged[Any]) -> None:
        """It closes its lines: the same file taken back and brought again has lines of its own."""
        body: kinds.StatementBody = record.body
        lines: Lines | None = self.get("lines_of", body["key"])
        for (account, month), fen in lines.by_month.items() if lines else ():
            self._moves(of_account(account, body["currency"]), Moved(lines={month: fen}))
        self.put("lines_of", body["key"], None)
        self.change("chain", (body["account"], body["currency"]), lambda chain: longer(chain, body))

    def _void(self, record: Logged[kinds.VoidBody]) -> None:
        body = record.body
        if body["register"] == "statement_line":
            line: kinds.StatementLineBody = self.body(body["of"])
            of = self.version(kinds.STATEMENT, line["statement"])
            account, day = account_and_day(body["key"])
            currency = of.fields["currency"] if of else ""
            self._moves(of_account(account, currency), Moved(lines={day[:7]: -line["amount_fen"]}))
        elif body["register"] == "statement":
            fallen = self.version(kinds.STATEMENT, body["key"])
            about = (fallen.fields["account"], fallen.fields["currency"]) if fallen else ("", "")
            self.change("chain", about, lambda chain: without(chain, body["key"]))


# Kinds whose records move the book or take what a run might set a reduction against: they make a proposal stale.
_MOVING = frozenset({"entry", "budget", "payout"})
# Kinds of records in which an import goes on.
_BROUGHT = frozenset(
    {"entity", "payee", "payer", "application", "grant", "inspection", "fact", "wallet", "wallet_request"}
    | {"void", "hold", "entry"}
)
_TAKE = {
    "genesis": Fold._genesis,
    "import": Fold._import,
    "import_withdrawal": Fold._import_withdrawal,
    "rules": Fold._rules,
    "actor": Fold._actor,
    "key": Fold._key,
    "act": Fold._subject,
    "duties": Fold._subject,
    "person": Fold._person,
    "approval": Fold._approval,
    "order": Fold._subject,
    "clawback": Kept._clawback,
    "operator": Fold._subject,
    "paper": Fold._subject,
    "succession": Fold._subject,
    "mapping": Fold._subject,
    "cut": Kept._cut,
    "restore": Kept._restore,
    "log_key": Kept._log_key,
    "witness": Fold._subject,
    "witnessed": Kept._witnessed,
    "compromise": Kept._compromise,
    "budget": Fold._budget,
    "entry": Fold._entry,
    "payment_batch": Fold._payment_batch,
    "payout": Fold._payout,
    "outcome": Fold._outcome,
    "recovery": Fold._claims,
    "netting": Fold._claims,
    "write_off": Fold._write_off,
    "correction": Fold._correction,
    "decision": Fold._decision,
    "match": Fold._match,
    "undo": Fold._undo,
    "proposal": Fold._proposal,
    "run_aborted": Fold._aborted,
    "run_closed": Fold._run_closed,
    "withdrawal": Fold._withdrawal,
    "period": Fold._period,
    "notice": Fold._notice,
    "opening": Fold._opening,
    "opening_item": Fold._subject,
    "public_notice": Fold._noted,
    "objection": Fold._noted,
    "void": Fold._void,
    "statement_line": Fold._statement_line,
    "statement": Fold._statement,
}
