"""Rules of runs: proposals, the entries that follow from one, and what closes a run or takes it back.

An award is what a calculator says, and only replay calculates again. Here an entry is held to its digest: what stands
on a line after its entries is what the digest says, due period by due period, on the terms of the line's grant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from calculators.digest import Digest
from ledger.book.accounts import ACCRUED, AVAILABLE, EXPENSE, PAYABLE, PRIOR_YEARS, RECEIVABLE, RESERVED
from ledger.book.digests import promised_leaf
from ledger.book.posting import reversal_of
from ledger.book.projection import BOOK, in_one_form
from ledger.log import kinds
from ledger.log.tree import root
from ledger.registry.notices import highest_limits
from ledger.registry.openings import used_outside
from ledger.rules.caps import Key, cap_key, lacks
from ledger.rules.codes import Fault, Faults, fault
from ledger.rules.digests import Digests
from ledger.rules.groups import whole
from ledger.rules.payments import standing_runs, unpaid
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import Proposed, Version
from ledger.runs.held import WHOLE
from ledger.runs.occasion import Occasion

_EXPENSES = (EXPENSE, PRIOR_YEARS)
_NO_DAYS: frozenset[str] = frozenset()


class GrantTerms(NamedTuple):
    """What of a grant an award stands on."""

    payee: Any
    envelope: Any
    document: Any

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "GrantTerms":
        """What the fields of a grant say that grants something."""
        return cls(fields["payee"], fields["envelope"], fields["document"])


@dataclass(slots=True)
class Running:
    """The entries of a run as they come, before it is closed."""

    proposal: int
    proposed: Proposed
    first: Logged[kinds.EntryBody]
    # The run's day, on which every entry takes effect, and the last day whose payments have fallen due.
    day: str
    through: str
    count: int = 0
    lines: int = 0
    debit_fen: int = 0
    credit_fen: int = 0
    # The line whose entries are being read, the last of them, and the digest that they rest on.
    line: str = ""
    last: Logged[kinds.EntryBody] | None = None
    digest: Digest | None = None
    # The line's grant, as the run had read it, whether it grants anything, and what of it an award stands on.
    grant: Version[kinds.GrantBody] | None = None
    grants: bool = False
    terms: "GrantTerms | None" = None
    # From which due day on the line's digest holds it, and the days of which it takes something back.
    held_from: str = "9999"
    taken: frozenset[str] = frozenset()
    # Whether it was asked that the line's item is paid by no other grant.
    alone: bool = False
    # Key of a cap -> what was paid outside and what stands after the run, as the first digest says that counts it.
    caps: dict[Key, tuple[int, int]] = field(default_factory=dict)
    # Key of a cap that is over -> what the run's lines have gained of it.
    gained: dict[Key, int] = field(default_factory=dict)
    # What the last line had before the run of keys that are over; None of one that it was not known to use.
    had: Mapping[Key, int | None] = field(default_factory=dict)
    # What was posted on the last line before the run.
    had_fen: int = 0
    # Leaf hashes of the entries, as the proposal promises them.
    leaves: list[bytes] = field(default_factory=list)


class Runs:
    """Judges the entries of runs in log order."""

    def __init__(self, state: Fold) -> None:
        self._state = state
        self._digests = Digests(state.body)
        # By the references in a digest: the caps that its notice states.
        self._stated: dict[str, Mapping[str, int | None]] = {}
        # The openings that were looked at last, and what follows from them under versions of a notice.
        self._paid_outside: tuple[object, dict[str, Mapping[Key, int]]] = None, {}
        self.running: Running | None = None
        # The first counter-entry of a withdrawal that is being read, and how many there were.
        self.undoing: list[Logged[kinds.EntryBody]] = []

    def award(self, record: Logged[kinds.EntryBody]) -> Faults:
        """An award or a true-up."""
        body = record.body
        line = body.get("line", "")
        running = self.running
        if running is None or running.proposal != body["cause"]:
            proposed: Proposed | None = self._state.get("proposal", body["cause"])
            if proposed is None or running is not None:
                yield fault("cause_missing", reason=body["reason"])
                return
            occasion = proposed.occasion
            day, through = occasion.last_day.isoformat(), occasion.ends_before.isoformat()
            running = self.running = Running(body["cause"], proposed, record, day, through)
            yield from stale(self._state, proposed)
        if line != running.line:
            yield from self.line_ends()
            self._line_begins(running, line, body.get("digest"))
        fen = body.get("award_fen", 0)
        if fen > 0 and not running.alone:
            # The entries of a line say nothing of other lines: the first award of one is asked for all.
            running.alone = True
            if self._state.whole("one_grant") is not None:
                yield from self._alone(line, running)
            granted_on = running.grant.fields["granted_on"] if running.grants and running.grant else ""
            if granted_on > day_of(body["recorded_at"]).isoformat() and self._state.whole("as_said") is not None:
                yield fault("granted_ahead", line=line, found=granted_on)
        for reason in self._digests.check(record):
            yield fault("digest_differs", reason=reason)
        yield from self._terms(body, fen, running)
        wrong = _due(body.get("due", ""), running)
        if wrong:
            yield wrong
        running.count += 1
        running.last = record
        if running.proposed.entries_root is not None:
            running.leaves.append(promised_leaf(body))
        if fen > 0:
            running.credit_fen += fen
        else:
            running.debit_fen -= fen

    def _line_begins(self, running: Running, line: str, digest: Digest | None) -> None:
        """What all entries of the next line are held to."""
        state = self._state
        running.line, running.lines, running.digest, running.alone = line, running.lines + 1, digest, False
        running.grant = _at(state.version(kinds.GRANT, line), running.proposed.log_size)
        running.grants, running.terms = granted(running.grant), None
        running.held_from = _held_from(digest)
        taken_back = digest.get("taken_back") if digest else None
        running.taken = frozenset(taken["due"] for taken in taken_back) if taken_back else _NO_DAYS
        used = state.used()
        running.had = {key: used.of_line(line, key) for key in running.proposed.over}
        running.had_fen = sum(state.line(line).dues.values())

    def _terms(self, body: kinds.EntryBody, fen: int, running: Running) -> Faults:
        """The entry has the line's next number, the run's day, the terms of the grant, and the sides of an award."""
        line, grant = running.line, running.grant
        key = f"{BOOK}/{line}/{self._state.line(line).entries}"
        if body["key"] != key:
            yield _differs("key", body["key"], key)
        if body["effective_on"] != running.day:
            yield _differs("effective_on", body["effective_on"], running.day)
        # An award stands on the terms of the grant that the run had read.
        if fen > 0 and grant and running.grants:
            due_terms = running.terms = running.terms or GrantTerms.of(grant.fields)
            terms: Mapping[str, Any] = body.get("terms", {})
            found = terms.get("payee"), terms.get("envelope"), body.get("document")
            if found != due_terms:
                for name, said, expected in zip(GrantTerms._fields, found, due_terms, strict=True):
                    if said != expected:
                        yield _differs(name, "-" if said is None else said, expected)
        if fen < 0 and self._state.whole("as_said") is not None:
            yield from self._reduced(body, grant)
        wrong = _sides(body, fen)
        if wrong:
            yield wrong
        if not in_one_form(body):
            yield fault("terms_differ")

    def _reduced(self, body: kinds.EntryBody, grant: Version[kinds.GrantBody] | None) -> Faults:
        """A reduction is of the payee and the path of what it reduces, or of the grant's, where that was changed."""
        reduced = self._state.award(body["replaces"]) if "replaces" in body else None
        stood = {"payee": reduced.payee, "envelope": reduced.terms.envelope} if reduced else {}
        terms: Mapping[str, Any] = body.get("terms", {})
        for name in ("payee", "envelope"):
            granted_ = grant.fields.get(name) if grant else None
            expected = [of for of in (stood.get(name), granted_) if of]
            if terms.get(name) not in expected:
                yield _differs(name, terms.get(name, "-"), expected[0] if expected else "-")

    def _alone(self, line: str, running: Running) -> Faults:
        """Of an item under a notice one grant alone is paid: the one with money, of several those decided first."""
        state = self._state
        grant = state.stands(kinds.GRANT, line)
        application = state.stands(kinds.APPLICATION, grant.fields["application"]) if grant else None
        if grant is None or application is None:
            return
        item = application.fields["item"]
        for asked in sorted(state.get("supporting", (f"item/{application.fields['notice']}", item)) or ()):
            for other in sorted(state.get("supporting", ("application", asked)) or ()):
                if other == line or sum(state.line(other).dues.values()) <= 0:
                    continue
                stands = state.stands(kinds.GRANT, other)
                day = stands.fields["granted_on"] if stands else ""
                if running.had_fen <= 0 or (day, other) < (grant.fields["granted_on"], line):
                    yield fault("item_granted", line=line, other=other, item=item)

    def line_ends(self) -> Faults:
        """What stands on the line whose entries were read is what its digest says."""
        running = self.running
        if running is None or running.last is None or running.digest is None:
            return
        line, digest, held_from = running.line, running.digest, running.held_from
        owed = {period["due"]: period["award_fen"] for period in digest["periods"]}
        for taken in digest.get("taken_back", ()):
            owed[taken["due"]] = owed.get(taken["due"], 0) - taken["amount_fen"]
        opened: dict[str, int] = {}
        for lines in (self._state.whole("openings") or {}).values():
            for due, fen in lines.get(line, {}).items():
                opened[due] = opened.get(due, 0) + fen
        stands = self._state.line(line).dues
        # On most lines exactly what is owed stands, so that no day has to be looked at.
        for due in sorted(owed.keys() | stands.keys()) if opened or owed != stands else ():
            found = stands.get(due, 0) + opened.get(due, 0)
            if due < held_from and found != owed.get(due, 0) and (due in owed or stands[due]):
                yield fault("due_differs", line=line, due=due, found=found, expected=owed.get(due, 0))
        grant = running.grant
        most_fen = max(owed.values(), default=0)
        if most_fen > 0 and not running.grants:
            # What fell is owed nothing, and what was posted on it comes back.
            yield fault("not_granted", line=line, found=most_fen)
        ceiling_fen = grant.fields.get("ceiling_fen") if grant and not grant.void else None
        total_fen = sum(stands.values())
        if ceiling_fen is not None and total_fen > ceiling_fen:
            yield fault("above_ceiling", line=line, found=total_fen, expected=ceiling_fen)
        yield from self._capped(running, digest, running.had_fen + sum(opened.values()))

    def closed(self, record: Logged[kinds.RunClosedBody]) -> Faults:
        """A run closes its open proposal over exactly its entries, which come to the totals that were approved."""
        body = record.body
        proposed: Proposed | None = self._state.get("proposal", body["proposal"])
        running = self.running
        if proposed is None or (running is not None and running.proposal != body["proposal"]):
            yield fault("run_differs", reason="proposal")
            return
        if body["proposal_leaf"] != proposed.leaf:
            yield fault("run_differs", reason="proposal_leaf")
        if running is None:
            yield from stale(self._state, proposed)
        count = running.count if running else 0
        if body["count"] != count or (running and body["first"] != running.first.seq):
            yield fault("run_differs", reason="first, count")
        found = {
            "lines": running.lines if running else 0,
            "entries": count,
            "debit_fen": running.debit_fen if running else 0,
            "credit_fen": running.credit_fen if running else 0,
        }
        for name, approved in proposed.totals.items():
            if approved != found[name]:
                yield fault("totals_differ", field=name)
        if record.body.get("month", record.body.get("notice")) != proposed.occasion.name:
            yield fault("run_differs", reason="month, notice")
        if running is not None:
            yield from self._used(running)
        promised = proposed.entries_root
        if promised is not None and root(running.leaves if running else []).hex() != promised:
            yield fault("entries_differ")

    def _capped(self, running: Running, digest: Digest, had_fen: int) -> Faults:
        """A line has of its caps what its parts come to; none stands above its limit, unless it did before.

        All digests of a run say alike what stands of a cap. `had_fen` stood on the line before.
        """
        refs = digest["notice"]
        if refs not in self._stated:
            self._stated[refs] = highest_limits(_texts(self._state, refs))
        stated, notice = self._stated[refs] if digest["periods"] else {}, refs.partition("@")[0]
        named = {cap["key"]["cap"] for cap in digest["caps"] if cap["key"].get("notice") == notice}
        for cap_id in sorted(stated.keys() - named):
            yield fault("cap_differs", found=0, expected=digest["award_fen"], key=f"{notice}, {cap_id}")
        for key, found_fen, parts_fen in lacks(digest):
            yield fault("cap_differs", found=found_fen, expected=parts_fen, key=_named(key))
        outside = self._outside(refs)
        for cap in digest["caps"]:
            key = cap_key(cap["key"])
            least_fen = outside.get(key, 0)
            if cap["outside_fen"] < least_fen:
                yield fault("outside_differs", found=cap["outside_fen"], expected=least_fen, key=_named(key))
            stands_fen = cap["others_fen"] + cap["own_fen"]
            total_fen = cap["outside_fen"] + stands_fen
            if running.caps.setdefault(key, (cap["outside_fen"], stands_fen)) != (cap["outside_fen"], stands_fen):
                yield fault("digest_differs", reason="caps")
            if "limit_fen" not in cap:
                continue
            most_fen = stated.get(cap["key"]["cap"]) if cap["key"].get("notice") == notice else None
            if most_fen is not None and cap["limit_fen"] > most_fen:
                yield fault("cap_exceeded", found=cap["limit_fen"], limit=most_fen, key=_named(key))
            if key not in running.proposed.over:
                if total_fen > cap["limit_fen"]:
                    yield fault("cap_exceeded", found=total_fen, limit=cap["limit_fen"], key=_named(key))
                continue
            before_fen = running.had[key]
            if before_fen is None:
                # Of a cap that it did not know, all that stood on the line may have counted.
                before_fen = min(cap["own_fen"], had_fen)
            running.gained[key] = running.gained.get(key, 0) + cap["own_fen"] - before_fen

    def _outside(self, refs: str) -> Mapping[Key, int]:
        """What was paid outside on no line, by the keys that it uses up as these versions of a notice state them."""
        openings = self._state.whole("outside") or {}
        if openings is not self._paid_outside[0]:
            self._paid_outside = openings, {}
        known = self._paid_outside[1]
        if refs not in known:
            known[refs] = used_outside(_texts(self._state, refs), openings) if any(openings.values()) else {}
        return known[refs]

    def _used(self, running: Running) -> Faults:
        """No less of a key is counted than lines have of it, and what is over has gained nothing."""
        used, proposed = self._state.used(), running.proposed
        for key, (outside_fen, stands_fen) in sorted(running.caps.items()):
            has_fen = used.then(key, proposed.moved)
            if has_fen > stands_fen:
                yield fault("cap_differs", found=stands_fen, expected=has_fen, key=_named(key))
            if running.gained.get(key, 0) > 0:
                found_fen = outside_fen + stands_fen
                yield fault("cap_exceeded", found=found_fen, limit=found_fen - running.gained[key], key=_named(key))

    def reversal(self, record: Logged[kinds.EntryBody]) -> Faults:
        """The exact inverse of an entry that nothing was paid of and that was not reversed."""
        seq = record.body.get("reverses", -1)
        award = self._state.award(seq) if 0 <= seq < record.seq else None
        if award is None:
            yield fault("cause_missing", reason="reversal")
            return
        if award.reversed:
            yield fault("already_reversed", found=seq)
        if award.claimed_fen or award.corrected:
            yield fault("already_in_payment", found=seq)
        # The award would be made again, and what was ordered once might be paid by it.
        yield from unpaid(self._state, {"award": seq, "amount_fen": award.top_fen}, award)
        wrong = whole(reversal_of(self._state.body(seq), seq, day_of(record.body["recorded_at"])))(record.body)
        if wrong:
            yield _differs(*wrong)

    def withdrawn(self, record: Logged[kinds.WithdrawalBody]) -> Faults:
        """The latest run of its series is taken back by counter-entries of all its entries."""
        body = record.body
        run = next(
            (standing_run for standing_run in standing_runs(self._state) if standing_run.seq == body["run"]), None
        )
        if run is None:
            yield fault("run_not_closed", found=body["run"])
            return
        series = [
            standing_run for standing_run in standing_runs(self._state) if standing_run.occasion.follows(run.occasion)
        ]
        if series[-1] is not run:
            yield fault("run_not_latest", found=body["run"])
        undone = [entry.body["reverses"] for entry in self.undoing]
        first = self.undoing[0].seq if self.undoing else record.seq
        if undone != list(range(run.first, run.first + run.count)) or (body["first"], body["count"]) != (
            first,
            len(undone),
        ):
            yield fault("run_differs", reason="first, count")


def _texts(state: Fold, refs: str) -> list[str]:
    """The texts of versions of a notice, by their references; none where one of them is not in the log."""
    found = [state.get("noticed", ref) for ref in refs.split("+")]
    return [] if None in found else [state.body(seq)["text"] for seq in found]


def _named(key: Key) -> str:
    return ", ".join(value for _name, value in key)


def proposal(state: Fold, record: Logged[kinds.ProposalBody]) -> Faults:
    """A proposal has read no more than stands before it, and is of days that are over and follow on the last run."""
    if record.body["log_size"] > record.seq:
        yield fault("log_size_ahead", found=record.body["log_size"], expected=record.seq)
    if state.whole("as_said") is None:
        return
    occasion = Occasion.of_proposal(record.body)
    if occasion.last_day >= day_of(record.body["recorded_at"]) + timedelta(days=occasion.run != "interest"):
        yield fault("month_not_over", name=occasion.name, day=occasion.last_day)
    before = [run.occasion for run in standing_runs(state) if run.occasion.follows(occasion)]
    if before and occasion.ends_before < before[-1].ends_before:
        yield fault("month_behind", name=occasion.name, day=occasion.last_day, latest=before[-1].last_day)
    if state.whole("at_doors") is not None:
        yield from _waits(state, occasion)


def _waits(state: Fold, occasion: Occasion) -> Faults:
    """Of one series one proposal is open: another waits for its end."""
    for number in state.whole("proposed") or ():
        open_one: Proposed | None = state.get("proposal", number)
        if open_one is not None and occasion.follows(open_one.occasion):
            yield fault("proposal_waiting", number=number, name=open_one.occasion.name)


def aborted(state: Fold, record: Logged[kinds.RunAbortedBody]) -> Faults:
    """What comes to nothing was proposed and had not ended."""
    if state.get("proposal", record.body["proposal"]) is None:
        yield fault("run_differs", reason="proposal")


def stale(state: Fold, proposed: Proposed) -> Faults:
    """Whether the book or a budget moved after a proposal had read it."""
    moving = state.moving
    if moving is not None and moving >= proposed.log_size:
        yield fault("stale_proposal", moved=moving, read=proposed.log_size)


def granted(grant: Version[kinds.GrantBody] | None) -> bool:
    """Whether a version of a grant says that the line is to have money."""
    return grant is not None and not grant.void and grant.fields["outcome"] == "granted"


def _held_from(digest: Digest | None) -> str:
    """The first due day of a line that its digest holds; what is held whole is held from the first."""
    held = digest["held"] if digest else ()
    return min(("" if item["code"] in WHOLE else item.get("due", "9999") for item in held), default="9999")


def _due(due: str, running: Running) -> Fault | None:
    """A run posts what has fallen due and is not held; of days to come only what is taken back."""
    if due >= running.held_from:
        return fault("due_not_posted", line=running.line, due=due, reason="held")
    if due > running.through and due not in running.taken:
        return fault("due_not_posted", line=running.line, due=due, reason="through")
    return None


def _at(version: Version[kinds.GrantBody] | None, size: int) -> Version[kinds.GrantBody] | None:
    """The version of a grant that stood below `size`."""
    while version is not None and version.seq >= size:
        version = version.before
    return version


def _differs(field_: str, found: Any, expected: Any) -> Fault:
    return fault("effect_differs", field=field_, found=found, expected=expected)


def _sides(body: kinds.EntryBody, fen: int) -> Fault | None:
    """What is wrong with the accounts of an award: expense against payable with the indicator, or against a debt."""
    usual = [("fin", EXPENSE, fen), ("fin", PAYABLE, -fen), ("ind", ACCRUED, fen), ("ind", RESERVED, -fen)]
    if [(posting["chart"], posting["account"], posting["amount_fen"]) for posting in body["postings"]] == usual:
        return None
    sums: dict[tuple[str, str], int] = {}
    for posting in body["postings"]:
        place = posting["chart"], posting["account"]
        sums[place] = sums.get(place, 0) + posting["amount_fen"]
    expense = sum(sums.pop(("fin", account), 0) for account in _EXPENSES)
    if ("fin", RECEIVABLE) in sums:
        expected = {("fin", RECEIVABLE): -fen}
    else:
        source = next((account for account in (RESERVED, AVAILABLE) if ("ind", account) in sums), RESERVED)
        expected = {("fin", PAYABLE): -fen, ("ind", ACCRUED): fen, ("ind", source): -fen}
    if expense != fen:
        return _differs("postings", expense, fen)
    if sums != expected:
        return _differs("postings", _text(sums.items()), _text(expected.items()))
    return None


def _text(sums: Iterable[tuple[tuple[str, str], int]]) -> str:
    return ", ".join(f"{chart}/{account} {fen}" for (chart, account), fen in sorted(sums))
