"""What the tables say of the records below one size of the log: the source of a fold while somebody writes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import orjson
from sqlalchemy import func, select

from ledger.book import balances, limits
from ledger.book.accounts import PAYABLE, RECEIVABLE
from ledger.book.payables import corrections
from ledger.book.periods import CHECKED
from ledger.book.projection import available_by_path, frozen_by_path, used_by_path
from ledger.log import kinds
from ledger.log.acts import message_hash
from ledger.office.approvals import APPROVE, given, open_acts, papers, subject_of
from ledger.office.bounds import every
from ledger.office.compromised import suspicions
from ledger.office.decisions import stopped
from ledger.office.duty import history
from ledger.office.duty import in_force as duties_in_force
from ledger.office.founding import founded
from ledger.office.founding import opened as opened_by_two
from ledger.office.losses import doubt
from ledger.office.people import people
from ledger.office.public_notices import without_lines
from ledger.office.rests import last_worked
from ledger.office.signing import burnt, by_acts, public_keys
from ledger.office.turned_down import undone, were
from ledger.office.witnesses import last_note, policy
from ledger.payouts.batches import bodies, items, numbers, outlines, refunded
from ledger.payouts.free_money import held, on_its_way
from ledger.payouts.payables import claimed, payouts_naming, reversed_entries, terms, tries
from ledger.payouts.year_end import drawn, unclosed
from ledger.reconcile.decided import decided
from ledger.reconcile.imported import statements
from ledger.reconcile.opening_items import cleared_fen, opening_items, shift_fen
from ledger.reconcile.sides import account_and_day, of_account
from ledger.registry.agreements import CLOCK, against, agreed, answers, unagreed
from ledger.registry.mappings import in_force
from ledger.registry.notices import notice_rows
from ledger.registry.openings import OnNoLine, on_no_line
from ledger.registry.openings import in_force as in_force_openings
from ledger.registry.operators import added
from ledger.registry.successions import successors
from ledger.registry.withdrawals import did, gone
from ledger.rules import questions, sums
from ledger.rules.caps import Used, numbered
from ledger.rules.records import day_of
from ledger.rules.values import (
    ASKED,
    FILE,
    NO_FIELDS,
    PAYEE_ROW,
    RESTS_ON,
    VERSIONS,
    Award,
    Batch,
    Brought,
    Chain,
    Change,
    Closed,
    Line,
    Moved,
    Path,
    Proposed,
    SignedOff,
    Version,
    asked_of,
    freed_by,
    longer,
    opened,
    packed,
    paid_to,
    supporting,
    used_by,
)
from ledger.runs.occasion import Occasion
from ledger.runs.standing import said_of_caps
from ledger.store import tables
from ledger.store.engine import these
from ledger.store.ledger import View
from ledger.store.log_keys import log_keys
from ledger.store.rules import KEY, SINCE, since

Found = Mapping[Any, Any]


def _of_keys(view: View) -> Mapping[str, Callable[[], Any]]:
    """What is known whole of the log's keys, of witnesses, and of keys that others may have had."""
    return {
        "log_keys": lambda: log_keys(view),
        "witnesses": lambda: policy(view),
        "witnessed": lambda: last_note(view),
        "suspects": lambda: suspicions(view) or None,
        "burnt": lambda: burnt(view),
    }


class Tables:
    """Look-ups over a view; what no record below its size said is left out."""

    whole = False

    def __init__(self, view: View) -> None:
        self._view = view
        # Payees and grants of more than one version, once somebody has asked.
        self._repeated: set[tuple[str, str]] | None = None
        # What every application and grant is about, once somebody has asked.
        self._about: dict[tuple[str, str], tuple[str, ...]] | None = None
        self._of: dict[str, Callable[[Iterable[Any]], Found]] = {
            "award": self._awards,
            "item": lambda keys: items(view, keys),
            "batch": self._batches,
            "path": self._paths,
            "line": self._lines,
            "proposal": self._proposals,
            "match": self._matches,
            "clock": self._clocks,
            "held": self._held,
            "matched": self._matched,
            "cleared": self._cleared,
            "opening_items": self._opening_items,
            "refunded": self._refunded,
            "subject": self._subjects,
            "given": self._given,
            "mapping": self._mappings,
            **self._of_imports_and_years(),
            "noticed": self._noticed,
            "key": self._keys,
            "moved_on": self._moved_on,
            "resting": self._counted,
            "supporting": self._supporting,
            "change": self._changes,
            "available_on": lambda keys: limits.available_days(view, keys),
            "chain": self._chains,
            "act": self._acts,
            "undone": lambda keys: {seq: undone(view, seq) for seq in keys},
            "were": lambda keys: {seq: were(view, seq) for seq in keys},
            "freed": self._freed,
            "references": lambda days: sums.references(view, days),
        }
        self._wholes: dict[str, Callable[[], Any]] = {
            "last": self._last,
            "moving": self._moving,
            "worked": lambda: last_worked(view),
            "moved": self._moved,
            "signed": self._signed,
            "payable": self._payable,
            "batches": self._count_of_batches,
            "closed": lambda: tuple(self._closed()),
            "openings": self._openings,
            "outside": self._outside,
            "hashes": self._hashes,
            **{name: partial(since, view, name) for name in SINCE},
            "schemas": self._schemas,
            "used": self._used,
            "people": lambda: people(view),
            "signers": lambda: {staff_no: key.public for staff_no, key in public_keys(view).items()},
            "wallet": lambda: held(view),
            "doubt": lambda: doubt(view),
            "floor": self._floor,
            **_of_keys(view),
            "origin": lambda: view.body(kinds.GENESIS, 0)["origin"],
            "keyed": lambda: {staff_no: key.since for staff_no, key in public_keys(view).items()},
            "duties": lambda: duties_in_force(view),
            "duties_since": lambda: next((seq for seq, _duties in history(view)), None),
            "open_acts": lambda: open_acts(view),
            "by_two": lambda: by_acts(view),
            "founded": lambda: founded(view),
            "opened": lambda: opened_by_two(view),
            "waiting": lambda: on_its_way(view),
            "board": lambda: without_lines(view),
            "ended": lambda: successors(view),
            "withdrawn": lambda: frozenset(gone(view)),
            "unagreed": lambda: unagreed(view),
            "proposed": lambda: tuple(sorted(self._proposals(row.seq for row in view.records(kinds.PROPOSAL)))),
            "accounts": self._accounts,
            "clawed": lambda: sums.clawed(view),
            "papers": lambda: papers(view),
            "operators": lambda: {key: (one.starts_on, one.last_day) for key, one in added(view).items()},
            "bounds": lambda: {name: one.value for name, one in every(view).items() if one.record is not None},
            "stopped": lambda: {about: row.seq for about, row in stopped(view).items()},
        }

    def load(self, name: str, keys: Iterable[Any]) -> Found:
        """What look-up `name` says under these keys."""
        if name in self._wholes:
            return {"": self._wholes[name]()}
        if name.startswith(VERSIONS):
            return self._versions(name.removeprefix(VERSIONS), keys)
        return self._of[name](keys) if name in self._of else {}

    def body(self, seq: int) -> Any:
        """What record `seq` says, one too that the write has appended itself."""
        text = questions.BODY.value(self._view.connection, seq=seq)
        if text is None:
            raise LookupError(f"no record {seq}")
        return orjson.loads(text)

    def told(self, leaf: bytes) -> None:
        """What a write appends is not in the tables yet: nobody can have seen it."""

    def root(self, size: int) -> bytes | None:
        """The root of the log when it had `size` records; None where the write began with fewer.

        Of a new ledger what has been made of it can be seen: who founds it signs that.
        """
        if size > self._view.size > 0:
            return None
        return View(self._view.connection, size).root()

    # By key

    def _versions(self, register: str, keys: Iterable[str]) -> Found:
        rows: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        asked = {"register": register, "size": self._view.size, **these(list(keys))}
        for key, seq, void in questions.VERSIONS_OF.fetch(self._view.connection, **asked):
            rows[key].append((seq, bool(void)))
        # The last two, and what a void took back: it keeps what that said. Of a grant all.
        wanted = [
            seq
            for found in rows.values()
            for seq, void in (found if register == "grant" else found[-3:])
            if not void and register in ASKED
        ]
        texts = questions.BODIES.fetch(self._view.connection, **these(wanted)) if wanted else ()
        bodies_of = {seq: orjson.loads(text) for seq, text in texts}
        return {key: packed(self._version(register, found, bodies_of)) for key, found in rows.items()}

    def _version(self, register: str, rows: list[tuple[int, bool]], bodies_of: Mapping[int, Any]) -> Version[Any]:
        last: Version[Any] | None = None
        for n, (seq, void) in enumerate(rows, 1):
            fields = asked_of(register, bodies_of[seq]) if seq in bodies_of else NO_FIELDS
            if void and last:
                fields = last.fields
            last = Version(seq, void, n, fields, last if register == "grant" else None)
        assert last is not None, "what is looked up has a row"
        return last

    def _awards(self, keys: Iterable[int]) -> Found:
        view, wanted = self._view, list(keys)
        of, taken, tried = terms(view, wanted), claimed(view, wanted), tries(view, wanted)
        undone, corrected = reversed_entries(view, wanted), corrections(view)
        found: dict[int, Award] = {}
        awards = view.connection.execute(questions.AWARDS, {"size": view.size, **these(wanted)})
        for seq, line, due, payee, reason, top_fen in awards:
            found[seq] = Award(
                line,
                due,
                payee,
                reason,
                int(top_fen),
                of[seq],
                taken.get(seq, 0),
                tried.get(seq, 0),
                seq in undone,
                seq in corrected,
            )
        return found

    def _batches(self, keys: Iterable[str]) -> Found:
        return {
            key: Batch(
                batch.seq, batch.body, batch.state, numbers(self._view, batch.body), batch.sent_on, batch.sent_by
            )
            for key, batch in outlines(self._view, keys).items()
        }

    def _paths(self, keys: Iterable[str]) -> Found:
        limit_of, cells = limits.limits(self._view), balances.totals(self._view)
        used, available, frozen = used_by_path(cells), available_by_path(cells), frozen_by_path(cells)
        return {
            key: Path(limit_of.get(key), used.get(key, 0), available.get(key, 0), frozen.get(key, 0)) for key in keys
        }

    def _lines(self, keys: Iterable[str]) -> Found:
        connection, found = self._view.connection, defaultdict[str, Line](Line)
        asked = {"size": self._view.size, **these(set(keys))}
        for line, due, count, fen in questions.DUES.fetch(connection, **asked):
            found[line].entries += count
            found[line].dues[due] = int(fen)
        for line, seq in questions.SAID.fetch(connection, **asked):
            found[line].said.append(seq)
        for line, account, envelope, fen in connection.execute(questions.KEPT, asked):
            found[line].kept[account, envelope] = int(fen) if account == RECEIVABLE else -int(fen)
        return dict(found)

    def _proposals(self, keys: Iterable[int]) -> Found:
        view = self._view
        said = bodies(view, kinds.PROPOSAL, keys)
        ended = {row.body["proposal"] for row in view.records(kinds.RUN_CLOSED)}
        ended |= {row.body["proposal"] for row in view.records(kinds.RUN_ABORTED)}
        return {seq: Proposed.of(view.leaf(seq), body) for seq, body in said.items() if seq not in ended}

    def _freed(self, keys: Iterable[int]) -> Found:
        """Award -> the payouts that gave something of it back, or took it again, on the word of a file."""
        wanted, found = set(keys), defaultdict[int, set[str]](set)
        for key, item in items(self._view, payouts_naming(self._view, wanted)).items():
            for outcome in item.outcomes:
                for award in wanted.intersection(freed_by(outcome.body)):
                    found[award].add(key)
        return {award: tuple(sorted(keys)) for award, keys in found.items()}

    def _matches(self, keys: Iterable[str]) -> Found:
        found = {}
        for key in keys:
            made = [row for row, void in self._view.history(kinds.MATCH, key) if not void]
            if made:
                found[key] = tuple(share["payout"] for share in made[-1].body["payouts"])
        return found

    def _clocks(self, keys: Iterable[int]) -> Found:
        said = bodies(self._view, kinds.DECISION, keys)
        return {seq: True for seq, body in said.items() if body["type"] == CLOCK}

    def _held(self, keys: Iterable[str]) -> Found:
        by_line = decided(self._view).by_line
        return {key: True for key in keys if key in by_line}

    def _matched(self, keys: Iterable[str]) -> Found:
        paid_fen = decided(self._view).paid_fen
        return {key: paid_fen[key] for key in keys if key in paid_fen}

    def _cleared(self, keys: Iterable[str]) -> Found:
        sums = cleared_fen(decided(self._view))
        return {key: sums[key] for key in keys if key in sums}

    def _opening_items(self, keys: Iterable[str]) -> Found:
        found: dict[str, dict[str, int]] = {}
        for key, body in opening_items(self._view).items():
            found.setdefault(body["account"], {})[key] = shift_fen(body)
        return {key: found[key] for key in keys if key in found}

    def _refunded(self, keys: Iterable[str]) -> Found:
        return {key: fen for key in keys if (fen := refunded(self._view, key))}

    def _subjects(self, keys: Iterable[int]) -> Found:
        view = self._view
        found = {
            seq: subject_of(seq, view.leaf(seq), view.record(seq), duties_in_force(view.at(seq)))
            for seq in keys
            if 0 <= seq < view.size
        }
        return {seq: subject for seq, subject in found.items() if subject}

    def _given(self, keys: Iterable[int]) -> Found:
        return {seq: tuple(given(self._view, seq)) for seq in keys if 0 <= seq < self._view.size}

    def _mappings(self, keys: Iterable[str]) -> Found:
        found = {key: in_force(self._view, *key.split("/", 1)) for key in keys}
        return {key: kept.proposal.seq for key, kept in found.items() if kept}

    def _of_imports_and_years(self) -> dict[str, Callable[[Iterable[Any]], Found]]:
        view = self._view
        return {
            "drawn": lambda years: {year: drawn(view, year) for year in years},
            "year_closed": lambda years: dict.fromkeys(set(years) - unclosed(view, years), True),
            "brought": lambda numbers: {number: self._brought(number) for number in numbers},
            "funded_on": lambda keys: sums.funded(view, keys),
            "given_of": lambda keys: sums.given_of(view, keys),
            "naming": lambda facts: sums.naming(view, facts),
            "allotted": lambda keys: sums.allotted(view, keys),
        }

    def _brought(self, number: int) -> Brought:
        done = Brought()
        for seq, before in did(self._view, number):
            done.add(seq, before)
        return done

    def _accounts(self) -> frozenset[str]:
        """The accounts on which anything was ever moved, by a line or by an entry."""
        currency = {row.key: row.body["currency"] for row in self._view.records(kinds.STATEMENT)}
        lines = {
            of_account(account_and_day(row.key)[0], currency[row.body["statement"]])
            for row in self._view.records(kinds.STATEMENT_LINE)
        }
        return frozenset(lines | {account for account, _month, _fen in sums.movements(self._view)})

    def _noticed(self, keys: Iterable[str]) -> Found:
        refs = {f"{row.key}@sha256:{row.body['sha256']}": row.seq for row in notice_rows(self._view)}
        return {key: refs[key] for key in keys if key in refs}

    def _keys(self, keys: Iterable[str]) -> Found:
        asked = {"size": self._view.size, **these(keys)}
        return {key: int(record) for key, record in self._view.connection.execute(questions.KEYS, asked)}

    def _moved_on(self, keys: Iterable[str]) -> Found:
        """The lines and entries of accounts, as `Fold` adds them up: account by account of all that there are."""
        found: dict[str, Moved] = {}
        currency = {row.key: row.body["currency"] for row in self._view.records(kinds.STATEMENT)}
        for line in self._view.rows(kinds.STATEMENT_LINE):
            account, day = account_and_day(line.key)
            moved = Moved(lines={day[:7]: line.body["amount_fen"]})
            found.setdefault(of_account(account, currency[line.body["statement"]]), Moved()).plus(moved)
        for account, month, fen in sums.movements(self._view):
            found.setdefault(account, Moved()).plus(Moved(entries={month: fen}))
        return {key: found[key] for key in keys if key in found}

    def _counted(self, keys: Iterable[tuple[str, str]]) -> Found:
        """How many records rest on each of these."""
        wanted = set(keys)
        asked = {register for register, _key in wanted}
        found: Counter[tuple[str, str]] = Counter()
        for name, fields in RESTS_ON.items():
            if asked & {of for _field, of in fields}:
                found.update(self._resting(name))
        for name, of in (("statement", FILE), ("hold", PAYEE_ROW)):
            if of in asked:
                found.update(self._resting(name))
        return {key: found[key] for key in wanted if found[key]}

    def _resting(self, name: str) -> Iterator[tuple[str, str]]:
        for row in self._view.rows(kinds.KINDS[name]):
            yield from used_by(name, row.body)

    def _supporting(self, keys: Iterable[tuple[str, str]]) -> Found:
        """The applications for an item under a notice, the grants that an application has."""
        if self._about is None:
            found: dict[tuple[str, str], set[str]] = defaultdict(set)
            for name in (kinds.APPLICATION.name, kinds.GRANT.name):
                for row in self._view.rows(kinds.KINDS[name]):
                    about = supporting(name, row.body)
                    if about:
                        found[about].add(row.key)
            self._about = {about: tuple(sorted(known)) for about, known in found.items()}
        return {key: self._about[key] for key in keys if key in self._about}

    def _changes(self, keys: Iterable[tuple[str, str]]) -> Found:
        """The last change of payees and of the payees of grants."""
        item = tables.item
        if self._repeated is None:
            query = (
                select(item.c.register, item.c.key)
                .where(item.c.register.in_(("payee", "grant")), item.c.seq < self._view.size)
                .group_by(item.c.register, item.c.key)
                .having(func.count() > 1)
            )
            self._repeated = {(register, key) for register, key in self._view.connection.execute(query)}
        found = {}
        for register, key in self._repeated.intersection(keys):
            said: dict[str, Any] | None = None
            for row, void in self._view.history(kinds.KINDS[register], key):
                if void:
                    continue
                fields = {name: row.body[name] for name in ASKED[register] if name in row.body}
                if said is not None and paid_to(said) != paid_to(fields):
                    day = day_of(row.body["recorded_at"])
                    found[register, key] = Change(row.seq, row.body["actor"], day)
                said = fields
        return found

    def _chains(self, keys: Iterable[tuple[str, str]]) -> Found:
        found: dict[tuple[str, str], Chain] = {}
        for row in statements(self._view):
            about = row.body["account"], row.body["currency"]
            found[about] = longer(found.get(about), row.body)
        return {key: found[key] for key in keys if key in found}

    def _acts(self, keys: Iterable[tuple[str, int, str]]) -> Found:
        """Acts that were accepted: what is signed again can only have been recorded behind the head that it names."""
        found = {}
        for key in keys:
            kind, size, hashed = key
            since = self._view.records(kinds.KINDS[kind], since=size)
            seq = next((row.seq for row in since if "act" in row.body and message_hash(row.body) == hashed), None)
            if seq is not None:
                found[key] = seq
        return found

    # Whole

    def _floor(self) -> int | None:
        """The last record that breaks with what was seen before it: a cut, a ledger put back, a clock set right."""
        cuts = [row.seq for row in self._view.records(kinds.CUT)]
        cuts += [row.seq for row in self._view.records(kinds.RESTORE)]
        clocks = {row.seq for row in agreed(self._view, kinds.DECISION) if row.body["type"] == CLOCK}
        set_right = [row.seq for about, row in answers(self._view).items() if about in clocks]
        return max((*cuts, *set_right), default=None)

    def _used(self) -> Used:
        used = Used()
        for digest, caps in said_of_caps(self._view):
            used.put(digest["line"], numbered(caps))
        return used

    def _schemas(self) -> list[str]:
        rules = self._view.current(kinds.RULES, KEY)
        return rules.body["schemas"] if rules else []

    def _last(self) -> str | None:
        """What was said of the clock moves it only where another person has agreed."""
        said = [row for row in self._view.records(kinds.DECISION) if row.body["type"] == CLOCK]
        answered = {row.seq: row.body for row in self._view.records(kinds.APPROVAL)} if said else {}
        about = {row.seq for row in said}
        acts = self._view.records(kinds.ACT) if said else iter(())
        about |= {row.seq for row in acts if row.body["act"] == CLOCK}
        aside: list[str] = []
        for seq in range(self._view.size - 1, -1, -1):
            moment = str(self._view.record(seq)["recorded_at"])
            answer = answered.get(seq)
            if seq in about or (answer and answer["about"] in about and answer["opinion"] != APPROVE):
                aside.append(moment)
                continue
            return max(moment, *aside) if aside else moment
        return None

    def _moving(self) -> int | None:
        connection, size = self._view.connection, self._view.size
        posted, moved = questions.POSTED.value(connection, size=size), questions.MOVED.value(connection, size=size)
        return max((seq for seq in (posted, moved, *against(self._view)) if seq is not None), default=None)

    def _moved(self) -> dict[int, tuple[str, str]]:
        entry = tables.entry
        moved = {award: new["envelope"] for award, new in corrections(self._view).items() if "envelope" in new}
        query = select(entry.c.record, entry.c.line).where(entry.c.record.in_(moved))
        return {seq: (line, moved[seq]) for seq, line in self._view.connection.execute(query)} if moved else {}

    def _signed(self) -> tuple[SignedOff, ...]:
        view = self._view

        def accounts(made: int) -> tuple[str, ...]:
            return tuple(of_account["account"] for of_account in view.record(made).get("accounts", ()))

        return tuple(
            SignedOff(row.key, accounts(row.body["of"]), row.seq, row.leaf.hex())
            for row in view.rows(kinds.PERIOD)
            if row.body["state"] == CHECKED
        )

    def _payable(self) -> int:
        cells = balances.totals(self._view)
        return sum(
            debit - credit
            for (chart, account, _), (debit, credit) in cells.items()
            if (chart, account) == ("fin", PAYABLE)
        )

    def _count_of_batches(self) -> int:
        return sum(1 for _row in self._view.records(kinds.PAYMENT_BATCH))

    def _closed(self) -> Iterator[Closed]:
        view = self._view
        withdrawn = {row.body["run"] for row in view.records(kinds.WITHDRAWAL)}
        for row in view.records(kinds.RUN_CLOSED):
            occasion = Occasion.of_proposal(view.body(kinds.PROPOSAL, row.body["proposal"]))
            yield Closed(row.seq, row.body["first"], row.body["count"], occasion, row.seq in withdrawn)

    def _openings(self) -> dict[str, Mapping[str, Mapping[str, int]]]:
        return {row.key: opened(row.body) for row in in_force_openings(self._view)}

    def _outside(self) -> dict[str, OnNoLine]:
        return {row.key: on_no_line(row.body) for row in in_force_openings(self._view)}

    def _hashes(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for row in notice_rows(self._view):
            found[row.key] = (*found.get(row.key, ()), row.body["sha256"])
        return found
