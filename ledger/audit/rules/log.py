"""What must hold between the records of a log: balance, keys, reversals, whole runs, batches, months, and who signed.

The rule book (`ledger.rules`) was asked before writing; here the same functions are asked again of whatever stands in
the log. What this and the other modules here ask besides is asked of records of every release. Records come in log
order.
"""

from collections.abc import Iterator
from typing import Any

from ledger.audit.damage import Damage
from ledger.audit.rules.matches import Matches
from ledger.audit.rules.paid import Payments
from ledger.audit.rules.periods import Periods
from ledger.audit.rules.published import Publications
from ledger.book.digests import OF_A_RUN
from ledger.book.projection import in_one_form, is_inverse
from ledger.log import kinds
from ledger.rules.digests import Digests
from ledger.rules.judge import Judge
from ledger.rules.records import Logged, LogOnly, Read
from ledger.rules.state import Fold
from ledger.store.rules import follows


class Rules:
    """Takes the records of a log one by one; `read(seq)` gives the body of an earlier one."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._judge = Judge(Fold(LogOnly(read)))
        self._payments = Payments()
        self._published = Publications(read)
        self._digests = Digests(read)
        self._kept_by: kinds.RulesBody | None = None
        self._accounts: set[tuple[str, str]] = set()
        self._keys: dict[str, int] = {}
        self._reversed: set[int] = set()
        # Log index of a proposal -> its leaf, until it is closed or aborted.
        self._proposals: dict[int, str] = {}
        self._closed: dict[int, kinds.RunClosedBody] = {}
        # Entries of a run, and reversals, since something was closed or withdrawn.
        self._uncovered: list[int] = []
        self._causes: set[int] = set()
        self._undone: dict[int, int] = {}
        self._matches = Matches(read)
        self._periods = Periods(read)

    def check(self, record: Logged[Any]) -> Iterator[Damage]:
        """What is wrong with the next record."""
        seq, kind, body, leaf = record
        found = self._judge.take(record)
        if found:
            yield _found(found.record, found.fault.code, **found.fault.values)
        if kind == "entry":
            yield from self._entry(record)
        elif kind == "account":
            self._accounts.add((body["chart"], body["code"]))
        elif kind == "rules":
            if self._kept_by is not None and not follows(self._kept_by, body):
                yield _found(record, "rules_lowered")
            self._kept_by = body
        elif kind == "proposal":
            self._proposals[seq] = leaf.hex()
        elif kind == "run_aborted":
            if self._proposals.pop(body["proposal"], None) is None:
                yield _found(record, "run_differs", reason="proposal")
        elif kind == "run_closed":
            yield from self._run_closed(record)
        elif kind == "withdrawal":
            yield from self._withdrawal(record)
        else:
            yield from (_found(record, "match_differs", reason=reason) for reason in self._matches.check(record))
        if (kind == "genesis") != (seq == 0):
            yield _found(record, "genesis_repeated" if seq else "genesis_missing")
        if seq == 1 and kind != "rules":
            yield _found(record, "rules_missing")
        yield from self._payments.check(record)
        yield from self._periods.check(record)
        yield from self._published.check(record)

    @property
    def open(self) -> bool:
        """Whether a group has begun and not ended, so that the log cannot end here."""
        return self._judge.open or bool(self._uncovered)

    def end(self) -> Iterator[Damage]:
        """What is left open after the last record: a group that it never closed."""
        found = self._judge.end()
        if found:
            yield _found(found.record, found.fault.code, **found.fault.values)
        if self._uncovered:
            seq = self._uncovered[0]
            body = self._read(seq)
            yield Damage("half_run", {}, seq, "entry", body["key"])
        yield from self._payments.end()

    def _entry(self, record: Logged[kinds.EntryBody]) -> Iterator[Damage]:
        seq, _kind, body, _leaf = record
        if not self._judge.judging:
            yield from self._of_earlier_rules(record)
        key = body["key"]
        before = self._keys.setdefault(key, seq)
        if before != seq:
            yield _found(record, "key_repeated", key=key, before=before)
        if body["reason"] in OF_A_RUN:
            self._uncovered.append(seq)
            self._causes.add(body["cause"])
        reverses = body.get("reverses")
        if reverses is not None:
            self._undone[seq] = reverses
            if not self._is_reversal(seq, body):
                yield _found(record, "reversal_differs", reverses=reverses)

    def _of_earlier_rules(self, record: Logged[kinds.EntryBody]) -> Iterator[Damage]:
        """What the rule book asks of its own records: accounts, balance, form, cause and digest of an entry."""
        seq, _kind, body, _leaf = record
        sums: dict[str, int] = {}
        for posting in body["postings"]:
            chart = posting["chart"]
            if (chart, posting["account"]) not in self._accounts:
                yield _found(record, "account_unknown", account=f"{chart}/{posting['account']}")
            sums[chart] = sums.get(chart, 0) + posting["amount_fen"]
        for chart, amount in sums.items():
            if amount:
                yield _found(record, "unbalanced", chart=chart, amount=amount)
        if not in_one_form(body):
            yield _found(record, "terms_differ")
        if body["cause"] >= seq:
            yield _found(record, "cause_differs", cause=body["cause"])
        for reason in self._digests.check(record):
            yield _found(record, "digest_differs", reason=reason)

    def _is_reversal(self, seq: int, body: kinds.EntryBody) -> bool:
        reverses = body["reverses"]
        if reverses >= seq or reverses in self._reversed or body["cause"] != reverses:
            return False
        self._reversed.add(reverses)
        return is_inverse(body, self._read(reverses))

    def _run_closed(self, record: Logged[kinds.RunClosedBody]) -> Iterator[Damage]:
        body = record.body
        leaf = self._proposals.pop(body["proposal"], None)
        covered = list(range(body["first"], body["first"] + body["count"]))
        if leaf is None:
            yield _found(record, "run_differs", reason="proposal")
        elif leaf != body["proposal_leaf"]:
            yield _found(record, "run_differs", reason="proposal_leaf")
        elif self._uncovered != covered:
            yield _found(record, "run_differs", reason="first, count")
        elif self._causes - {body["proposal"]}:
            yield _found(record, "run_differs", reason="cause")
        self._uncovered, self._causes = [], set()
        self._closed[record.seq] = body

    def _withdrawal(self, record: Logged[kinds.WithdrawalBody]) -> Iterator[Damage]:
        body = record.body
        run = self._closed.pop(body["run"], None)
        counter_entries = range(body["first"], body["first"] + body["count"])
        if run is None:
            yield _found(record, "run_differs", reason="run")
        elif sorted(self._undone.get(seq, -1) for seq in counter_entries) != list(
            range(run["first"], run["first"] + run["count"])
        ):
            yield _found(record, "run_differs", reason="first, count")


def _found(record: Logged[Any], code: str, **values: Any) -> Damage:
    return Damage(code, values, record.seq, record.kind, record.body.get("key", ""))
