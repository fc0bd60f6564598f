"""A ledger: a file, the vault beside it, and the anchor elsewhere. Every other room reads and writes through here.

One write is one transaction, all or nothing; when it is committed, the signed head moves forward. A crash between the
two loses nothing: the next write finds the signed tree inside the ledger's and signs what has been added.
"""

import os
import shlex
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal, NamedTuple, Self

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError, DBAPIError, NoResultFound, OperationalError

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.log.checkpoint import Checkpoint, SignerKey
from ledger.log.schema_note import Schema, SchemaNote
from ledger.store import committed, guards
from ledger.store.anchor import Anchor
from ledger.store.days import local_day, local_time, utc_now
from ledger.store.engine import (
    Query,
    ledger_engine,
    ledger_path,
    named_path,
    of_the_machine,
    reading_engine,
    result_code,
    writing_engine,
)
from ledger.store.founding import founding
from ledger.store.interrupted import end_open_proposal
from ledger.store.log_keys import TakesOver, log_keys
from ledger.store.places import check_local, check_private, check_unlinked
from ledger.store.rules import check_rules, check_schema, own_rules, same_rules
from ledger.store.tables import record
from ledger.store.unbroken import Unbroken
from ledger.store.vault import FILE as VAULT_FILE
from ledger.store.vault import Vault
from ledger.store.views import Judge, Row, Stored, View, Writer

__all__ = [
    "Clock",
    "Entropy",
    "Judge",
    "Ledger",
    "Row",
    "Stored",
    "Vault",
    "View",
    "Writer",
    "in_office",
    "local_day",
    "local_time",
    "utc_now",
]

Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]

# What a statement or a look-up ends in that meets what the program never stored.
STRANGE = (DBAPIError, NoResultFound, AssertionError, AttributeError, LookupError, TypeError, ValueError)

# The log index of the last record.
_LAST = Query(select(func.max(record.c.seq)))

# How far clocks of machines may differ.
TOLERANCE = timedelta(seconds=60)


class Upgraded(NamedTuple):
    """What an upgrade brought up to date: the `rules` record, the schema of the file, the vault."""

    rules: bool
    schema: bool
    vault: bool = False


class Ledger:
    """A ledger of one book. Making the object opens nothing; `clock` gives aware times, `entropy(n)` n random bytes."""

    def __init__(self, path: Path, clock: Clock, entropy: Entropy, anchor_folder: Path | None = None) -> None:
        self.path = path
        self.clock = clock
        self.entropy = entropy
        # Once a genesis was read; it never changes.
        self._origin = ""
        self.vault = Vault(path.with_name(VAULT_FILE), entropy, lambda: self._origin or self.origin)
        self._anchor_folder = anchor_folder
        self._unbroken = Unbroken(path)
        # Whether an error over rows is being explained.
        self._explains = False

    @classmethod
    def open(
        cls, url: str, *, clock: Clock = utc_now, entropy: Entropy = os.urandom, anchor: Path | None = None
    ) -> Self:
        """The ledger at `url`; `anchor` overrides where its anchor is looked for.

        Refuses `database_unsupported` and `ledger_missing`.
        """
        path = ledger_path(url)
        if not path.is_file():
            raise refuse(
                "ledger_missing",
                N_("there is no ledger here"),
                N_("make one with `subsidy init`, or name the right one with --db"),
                Place(str(path)),
            )
        return cls(path, clock, entropy, anchor)

    @classmethod
    def create(
        cls,
        url: str,
        *,
        actor: str,
        calculators: Iterable[str],
        purpose: Literal["production", "practice", "demo"] = "practice",
        duties: str = "",
        fill: Callable[[Writer], None] = lambda _writer: None,
        clock: Clock = utc_now,
        entropy: Entropy = os.urandom,
        anchor: Path | None = None,
    ) -> Self:
        """A new ledger with its vault, its anchor and its first records: genesis, rules, and `actor` as an officer.

        Under a set of `duties` (its text) it is founded by two people: `fill` enters `actor` as the first of them.
        `calculators` are the names with versions that runs calculate by; `fill` appends what comes with a new ledger.
        Where this fails or is interrupted there is no ledger, and the next attempt clears what is left.
        Refuses `database_unsupported`, `ledger_exists`, `folder_missing`, `ledger_on_share`, `write_failed` and what
        `Anchor.create`, `founding` and `check_unlinked` refuse.
        """
        check_unlinked(named_path(url))
        ledger = cls(ledger_path(url), clock, entropy, anchor)
        ledger._check_free()
        with founding(ledger.path) as made:
            origin = f"subsidy-{entropy(8).hex()}"
            home = ledger.anchor_of(origin)
            made.anchored(home)
            verifier = home.create(origin, entropy(32), guards.own_schema())
            if not ledger.vault.path.exists():
                made.also(ledger.vault.path)
            ledger.vault.create(origin)
            made.touch()
            try:
                with ledger_engine(made.file).begin() as connection:
                    guards.create_schema(connection)
                    writer = Writer(connection, 0, actor, clock(), ledger._judge(View(connection, 0)))
                    genesis = kinds.GenesisBody(
                        origin=origin,
                        purpose=purpose,
                        log_key=str(verifier),
                        software=f"subsidy-ledger {version('subsidy-ledger')}",
                        currency="CNY",
                        zone="Asia/Shanghai",
                    )
                    if duties:
                        genesis["duties"] = duties
                    writer.append(kinds.GENESIS, genesis)
                    writer.append(kinds.RULES, own_rules(calculators))
                    if not duties:
                        writer.append(kinds.ACTOR, kinds.ActorBody(key=actor, role="officer"))
                    fill(writer)
                    if writer.judge:
                        writer.judge.end()
                    head = Checkpoint(origin, writer.size, writer.root())
            except DBAPIError as error:
                if not of_the_machine(error):
                    raise
                raise ledger._write_failed(error) from error
            key = home.open(str(verifier))
            home.advance(key, home.checkpoint(verifier), head, ledger._head_beyond)
        ledger._note(0, head)
        return ledger

    @property
    def genesis(self) -> kinds.GenesisBody:
        """What the first record says; refuses `not_a_ledger`."""
        with self.read() as view:
            return self._genesis(view)

    @property
    def origin(self) -> str:
        """The name of the log."""
        return str(self.genesis["origin"])

    def signing_key(self, view: View) -> SignerKey:
        """The key that signs the heads of the log; refuses what `Anchor.open` refuses."""
        return self.anchor_of(self._genesis(view)["origin"]).open(*log_keys(view))

    @property
    def anchor(self) -> Anchor:
        """Where the signed head and its key are kept."""
        return self.anchor_of(self.origin)

    @contextmanager
    def read(self, *, proved: bool = False) -> Iterator[View]:
        """The ledger as it is now; writes by others do not show. What money is going to rest on is read `proved`.

        Refuses `not_a_ledger`, `wal_unreadable`, `ledger_unreadable`, and what is wrong with a book that somebody else
        wrote to; where it is proved, what `Anchor.open` refuses as well.
        """
        with self._explaining(), self._read(kept=proved) as view:
            if proved:
                self._unbroken.begin(view.connection)
                self._check_head(view, self._signed(view), proved=True)
                self._unbroken.read()
            yield view

    def steps(self) -> AbstractContextManager[None]:
        """Steps that follow on each other: what one has proved is not proved again while nobody else writes."""
        return self._unbroken.steps()

    @contextmanager
    def _read(self, *, kept: bool = False) -> Iterator[View]:
        try:
            engine = reading_engine(self.path)
            opened = self._unbroken.connection(engine) if kept else engine.connect()
        except DatabaseError as error:
            raise self._not_a_ledger() from error
        try:
            with opened as connection, connection.begin():
                yield View(connection, self._size(connection))
        except DBAPIError as error:
            if not of_the_machine(error):
                raise
            raise refuse(
                "ledger_unreadable",
                N_("the ledger cannot be read to its end ({reason})"),
                N_("see to the disk; `subsidy audit verify` says whether the file is whole"),
                Place(str(self.path)),
                reason=error.orig,
            ) from error

    @contextmanager
    def write(self, actor: str, *, closes: int | None = None, proved: bool = False) -> Iterator[Writer]:
        """One transaction by `actor`; leaving the block commits it, an exception takes all of it back.

        What money rests on is written `proved`: every row that it may read is first held against the signed records.
        A proposal without steps of approval that was left open is recorded as aborted first, except the one this write
        `closes` (log index); one that waits for approvals stays open.
        Refuses, before anything is written: `ledger_on_share`, `ledger_exposed`, `ledger_busy`, `ledger_read_only`,
        `not_a_ledger`, what `Anchor.open`
        refuses, `schema_changed`, `ledger_behind_checkpoint`, `ledger_forked`, `program_too_old`, `upgrade_needed`,
        `actor_unknown`, `actor_not_in_office`, `stale_proposal`, and what a book is damaged by that others wrote to.
        """
        with self._explaining(), self._write(actor, closes, upgrading=False, proved=proved) as writer:
            yield writer

    def upgrade(self, actor: str, calculators: Iterable[str]) -> Upgraded:
        """Carry a ledger of an earlier release over to this one; does nothing where it is of this one.

        Refuses what `write` refuses, but for `upgrade_needed`.
        """
        own, schema = own_rules(calculators), guards.own_schema()
        with self.read() as view:
            noted = self._noted(view)
            done = Upgraded(not same_rules(self._rules(view), own), noted.schema != schema)
        if any(done):
            self._upgrade(actor, own, schema, noted.origin, done)
        return done._replace(vault=self.vault.adopt())

    def _upgrade(self, actor: str, own: kinds.RulesBody, schema: Schema, origin: str, done: Upgraded) -> None:
        with self._write(actor, None, upgrading=True, proved=False) as writer:
            self._carry_over(writer, own, done)
            size = writer.size
        if done.schema:
            self._sign_schema(SchemaNote(origin, schema, size))

    def _carry_over(self, writer: Writer, own: kinds.RulesBody, done: Upgraded) -> None:
        check_rules(self._rules(writer), own, Place(str(self.path)), upgrading=True)
        if done.schema:
            guards.bring_up_to_date(writer.connection)
        if done.rules:
            writer.append(kinds.RULES, own)

    def _sign_schema(self, note: SchemaNote) -> None:
        with self.read() as view:
            self.anchor.sign_schema(self.signing_key(view), note)

    @contextmanager
    def _write(
        self,
        actor: str,
        closes: int | None,
        *,
        upgrading: bool,
        proved: bool,
        remake: Callable[[Connection, Checkpoint], None] | None = None,
        gone: tuple[Checkpoint, Checkpoint] | None = None,
        next_key: TakesOver | None = None,
    ) -> Iterator[Writer]:
        """A write; `remake` is given the file and the signed head before anything else is read from it.

        `gone`: the head of the anchor is the first of these, its records are gone, and the file has the second one.
        `next_key` signs the head of the write, and all that come.
        """
        place = Place(str(self.path))
        head: Checkpoint | None = None
        try:
            with self._begin_write() as connection:
                genesis = self._genesis(View(connection, 1))
                for file in (self.path, self.vault.path):
                    check_private(file)
                home = self.anchor_of(genesis["origin"])
                before = log_keys(View(connection, self._size(connection)))
                if next_key and next_key.known:
                    key, known, note = next_key.key, next_key.known, None
                else:
                    key = home.open(*before)
                    known, note = home.checkpoint(key.verifier), home.schema(key.verifier)
                if gone and known != gone[0]:
                    raise home.moved()
                if remake:
                    remake(connection, known)
                first = self._size(connection)
                there = View(connection, first)
                note = note or SchemaNote(genesis["origin"], guards.own_schema(), first)
                noted, schema = note.schema, guards.schema_sha256(connection)
                check_schema(schema, noted, guards.own_schema(), place, upgrading=upgrading)
                stands = self._unbroken.begin(connection)
                self._check_head(there, gone[1] if gone else known, proved=proved and not stands)
                if not (next_key and next_key.known) and str(key.verifier) != log_keys(there)[-1]:
                    raise home.differs()
                rules = self._rules(there)
                check_rules(rules, own_rules(rules["calculators"]), place, upgrading=upgrading)
                writer = Writer(connection, first, actor, self._now(there), self._judge(there))
                self._check_actor(writer)
                end_open_proposal(writer, closes)
                yield writer
                self._finish(writer)
                if writer.judge:
                    writer.judge.end()
                head = Checkpoint(genesis["origin"], writer.size, writer.root())
        except DBAPIError as error:
            if not of_the_machine(error):
                raise
            self._unbroken.break_off()
            if head is None or not self._stands(head):
                raise self._write_failed(error) from error
            self._note(first, head)
            raise self._head_unsigned(home, str(error.orig)) from error
        self._unbroken.written(proved=proved or stands)
        self._note(first, head)
        try:
            if gone:
                home.go_back(key, known, head)
                if next_key:
                    home.sign_schema(key, note)
            elif next_key:
                home.take_over(before, next_key.key, head, note, self._head_beyond)
            else:
                home.advance(key, known, head, self._head_beyond)
        except OSError as error:
            raise self._head_unsigned(home, error.strerror or str(error)) from error

    def _finish(self, writer: Writer) -> None:
        """What an office puts under what a write has appended, before it is committed."""

    def _now(self, view: View) -> datetime:
        """The time of a write: that of the last record, where the clock is behind it by no more than clocks differ."""
        now, last = self.clock(), datetime.fromisoformat(view.record(view.size - 1)["recorded_at"])
        return last if now < last <= now + TOLERANCE else now

    def _note(self, first: int, head: Checkpoint) -> None:
        if head.size > first:
            committed.note(str(self.path), first, head.size - 1)

    def _stands(self, head: Checkpoint) -> bool:
        """Whether the ledger holds the tree of `head`, whose commit failed; refuses `write_doubtful`."""
        try:
            with self.read() as view:
                return view.size >= head.size and view.at(head.size).root() == head.root
        except Refused as refused:
            raise refuse(
                "write_doubtful",
                N_("the disk failed while the ledger was written, and whether that stands cannot be read now"),
                N_("see to the disk, then look with `subsidy audit verify` before you give the command again"),
                Place(str(self.path)),
            ) from refused

    def _write_failed(self, error: DBAPIError) -> Refused:
        return refuse(
            "write_failed",
            N_("the ledger could not be written to its end ({reason}), and nothing of that write stands"),
            N_("see to the disk and its room, then give the command again"),
            Place(str(self.path)),
            reason=error.orig,
        )

    def _head_unsigned(self, home: Anchor, reason: str) -> Refused:
        return refuse(
            "head_unsigned",
            N_("what was written stands, but its head could not be signed ({reason})"),
            N_("do not give the command again; see to the disks of ledger and anchor ({folder}): the next write signs"),
            Place(str(self.path)),
            reason=reason,
            folder=home.folder,
        )

    def _check_actor(self, writer: Writer) -> None:
        today = local_day(writer.now)
        there = self._in_office(writer, writer.actor, today)
        if there is None:
            raise refuse(
                "actor_unknown",
                N_("the ledger knows no officer {actor}"),
                N_("give the staff number of an officer with --actor; `subsidy people --help` says how one is entered"),
                actor=writer.actor,
            )
        if not there:
            raise refuse(
                "actor_not_in_office",
                N_("{actor} is not in office on {day}"),
                N_("act as somebody who is; `subsidy people list` shows from when to when"),
                actor=writer.actor,
                day=today,
            )

    def _in_office(self, view: View, staff_no: str, day: date) -> bool | None:
        """Whether somebody may act on a day; None for nobody known. Who was entered by two, the store does not know."""
        known = view.current(kinds.ACTOR, staff_no)
        return None if known is None else in_office(known.body, day)

    def _judge(self, _view: View) -> Judge | None:
        """Who judges what a write appends to `view`: nobody, where rules are not known (`ledger.audit.ledger`)."""
        return None

    def _prove(self, view: View, head: Checkpoint, *, money: bool) -> None:
        """Refuse what is improper behind `head`, and for `money` what no record makes; nobody looks here."""

    def _explained(self) -> Refused | None:
        """What is wrong with the file, where somebody can tell."""
        return None

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """An error over rows that no statement of ours can have stored is the file's, where one can say what it is."""
        try:
            yield
        except STRANGE as error:
            if self._explains:
                # What is read to explain another error meets the same rows.
                raise
            self._explains = True
            try:
                refused = self._explained()
            finally:
                self._explains = False
            if refused is None:
                raise
            raise refused from error

    def _noted(self, view: View) -> SchemaNote:
        key = self.signing_key(view).verifier
        return self.anchor_of(key.name).schema(key)

    def _rules(self, view: View) -> kinds.RulesBody:
        """The rules that the ledger is kept by."""
        row = view.current(kinds.RULES, "rules")
        if row is None:
            raise self._not_a_ledger()
        return row.body

    def elsewhere(self, path: Path) -> Self:
        """The same ledger in another file, with the same anchor, clock and entropy."""
        return type(self)(path, self.clock, self.entropy, self._anchor_folder)

    def anchor_of(self, origin: str) -> Anchor:
        """The anchor of the log `origin`, where the ledger's own is looked for."""
        return Anchor(self._anchor_folder, self.path) if self._anchor_folder else Anchor.find(origin, self.path)

    def _check_free(self) -> None:
        if self.path.exists():
            raise refuse(
                "ledger_exists",
                N_("there is a file here already"),
                N_("name another file with --db; a ledger is never written over"),
                Place(str(self.path)),
            )
        if not self.path.parent.is_dir():
            raise refuse(
                "folder_missing",
                N_("the folder of the ledger does not exist"),
                N_("make the folder (`mkdir -p {folder}`), or name another with --db"),
                Place(str(self.path)),
                folder=shlex.quote(str(self.path.parent)),
            )
        check_unlinked(self.vault.path)
        check_local(self.path)

    @contextmanager
    def _begin_write(self) -> Iterator[Connection]:
        check_local(self.path)
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(self._unbroken.connection(writing_engine(self.path)))
                stack.enter_context(connection.begin())
            except OperationalError as error:
                raise self._cannot_write(error) from error
            except DatabaseError as error:
                raise self._not_a_ledger() from error
            yield connection

    def _size(self, connection: Connection) -> int:
        try:
            last = _LAST.value(connection)
        except DatabaseError as error:
            raise self._not_a_ledger() from error
        return 0 if last is None else int(last) + 1

    def _genesis(self, view: View) -> kinds.GenesisBody:
        try:
            genesis = view.body(kinds.GENESIS, 0)
            complete = isinstance(genesis, dict) and {"origin", "log_key"} <= genesis.keys()
        except (LookupError, ValueError) as error:
            raise self._not_a_ledger() from error
        except DatabaseError as error:
            if of_the_machine(error) or self.path.stat().st_size:
                raise
            # A file of no bytes, which SQLite takes for a database without tables.
            raise self._not_a_ledger() from error
        if not complete:
            raise self._not_a_ledger()
        self._origin = genesis["origin"]
        return genesis

    def _signed(self, view: View) -> Checkpoint:
        """The head that was signed last."""
        key = self.signing_key(view).verifier
        return self.anchor_of(key.name).checkpoint(key)

    def _check_head(self, view: View, known: Checkpoint, *, proved: bool) -> None:
        """Whether the tree of the signed head is in the log and nothing improper behind it; if `proved`, every row."""
        self._check_contains(view, known)
        if proved or view.size > known.size:
            self._prove(view, known, money=proved)

    def _check_contains(self, view: View, known: Checkpoint) -> None:
        if known.size > view.size:
            raise refuse(
                "ledger_behind_checkpoint",
                N_("the ledger has {size} records, but {signed} were signed for: its last records are gone"),
                N_("go on with the newest copy; a copy taken while in use needs its -wal file as well"),
                Place(str(self.path)),
                size=view.size,
                signed=known.size,
            )
        if not view.contains(known):
            raise refuse(
                "ledger_forked",
                N_("the first {signed} records of the ledger are not those that were signed for"),
                N_("run `subsidy audit verify` to see where, and go on with a backup that is whole"),
                Place(str(self.path)),
                signed=known.size,
            )

    def _head_beyond(self, known: Checkpoint) -> Checkpoint:
        """The ledger's head as it is now, after checking that the tree of `known` is in it."""
        with self.read() as view:
            self._check_contains(view, known)
            return Checkpoint(known.origin, view.size, view.root())

    def _cannot_write(self, error: OperationalError) -> Refused:
        if result_code(error) == sqlite3.SQLITE_BUSY:
            return refuse(
                "ledger_busy",
                N_("somebody else is writing to the ledger"),
                N_("try again when they have finished"),
                Place(str(self.path)),
            )
        return refuse(
            "ledger_read_only",
            N_("the ledger cannot be written: {reason}"),
            N_("make room on its disk, or put it into a folder that you may write to"),
            Place(str(self.path)),
            reason=error.orig,
        )

    def _not_a_ledger(self) -> Refused:
        return refuse(
            "not_a_ledger",
            N_("this file is not a ledger, or its first record is gone"),
            N_("name the right file with --db, or go on with a backup"),
            Place(str(self.path)),
        )


def in_office(person: kinds.ActorBody, day: date) -> bool:
    """Whether an `actor` record lets its person act on a day; its days are inclusive, an absent one is open."""
    today = day.isoformat()
    return bool(person.get("from", today) <= today <= person.get("to", today))
