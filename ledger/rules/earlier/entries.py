"""Entries of a book whose rules asked little of causes: balance, keys, reversals, whole runs, and digests."""

from collections.abc import Iterator
from typing import Any

from ledger.book.digests import OF_A_RUN
from ledger.book.projection import in_one_form, is_inverse
from ledger.log import kinds
from ledger.rules.digests import Digests
from ledger.rules.earlier.codes import found
from ledger.rules.groups import Found
from ledger.rules.records import Logged, Read


class Entries:
    """Takes the records of a log one by one; `read(seq)` gives the body of an earlier one."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._digests = Digests(read)
        self._accounts: set[tuple[str, str]] = set()
        self._keys: dict[str, int] = {}
        self._reversed: set[int] = set()
        # Log index of a proposal -> its leaf, until it is closed or aborted.
        self._proposals: dict[int, str] = {}
        self._closed: dict[int, kinds.RunClosedBody] = {}
        # Entries of a run since something was closed or withdrawn.
        self._uncovered: list[Logged[kinds.EntryBody]] = []
        self._causes: set[int] = set()
        self._undone: dict[int, int] = {}

    def check(self, record: Logged[Any]) -> Iterator[Found]:
        """What is wrong with the next record."""
        seq, kind, body, leaf = record
        if kind == "entry":
            yield from self._entry(record)
        elif kind == "account":
            self._accounts.add((body["chart"], body["code"]))
        elif kind == "proposal":
            self._proposals[seq] = leaf.hex()
        elif kind == "run_aborted":
            if self._proposals.pop(body["proposal"], None) is None:
                yield found(record, "run_differs", reason="proposal")
        elif kind == "run_closed":
            yield from self._run_closed(record)
        elif kind == "withdrawal":
            yield from self._withdrawal(record)

    @property
    def open(self) -> bool:
        """Whether entries of a run were not closed yet."""
        return bool(self._uncovered)

    def end(self) -> Iterator[Found]:
        """The first entry of a run that was never closed."""
        if self._uncovered:
            yield found(self._uncovered[0], "half_run")

    def _entry(self, record: Logged[kinds.EntryBody]) -> Iterator[Found]:
        seq, _kind, body, _leaf = record
        yield from self._postings(record)
        if body["cause"] >= seq:
            yield found(record, "cause_differs", cause=body["cause"])
        for reason in self._digests.check(record):
            yield found(record, "digest_differs", reason=reason)
        key = body["key"]
        before = self._keys.setdefault(key, seq)
        if before != seq:
            yield found(record, "key_repeated", key=key, before=before)
        if body["reason"] in OF_A_RUN:
            self._uncovered.append(record)
            self._causes.add(body["cause"])
        reverses = body.get("reverses")
        if reverses is not None:
            self._undone[seq] = reverses
            if not self._is_reversal(seq, body):
                yield found(record, "reversal_differs", reverses=reverses)

    def _postings(self, record: Logged[kinds.EntryBody]) -> Iterator[Found]:
        body = record.body
        sums: dict[str, int] = {}
        for posting in body["postings"]:
            chart = posting["chart"]
            if (chart, posting["account"]) not in self._accounts:
                yield found(record, "account_unknown", account=f"{chart}/{posting['account']}")
            sums[chart] = sums.get(chart, 0) + posting["amount_fen"]
        for chart, amount in sums.items():
            if amount:
                yield found(record, "unbalanced", chart=chart, amount=amount)
        if not in_one_form(body):
            yield found(record, "terms_differ")

    def _is_reversal(self, seq: int, body: kinds.EntryBody) -> bool:
        reverses = body["reverses"]
        if reverses >= seq or reverses in self._reversed or body["cause"] != reverses:
            return False
        self._reversed.add(reverses)
        return is_inverse(body, self._read(reverses))

    def _run_closed(self, record: Logged[kinds.RunClosedBody]) -> Iterator[Found]:
        body = record.body
        leaf = self._proposals.pop(body["proposal"], None)
        covered = list(range(body["first"], body["first"] + body["count"]))
        if leaf is None:
            yield found(record, "run_differs", reason="proposal")
        elif leaf != body["proposal_leaf"]:
            yield found(record, "run_differs", reason="proposal_leaf")
        elif [entry.seq for entry in self._uncovered] != covered:
            yield found(record, "run_differs", reason="first, count")
        elif self._causes - {body["proposal"]}:
            yield found(record, "run_differs", reason="cause")
        self._uncovered, self._causes = [], set()
        self._closed[record.seq] = body

    def _withdrawal(self, record: Logged[kinds.WithdrawalBody]) -> Iterator[Found]:
        body = record.body
        run = self._closed.pop(body["run"], None)
        counter_entries = range(body["first"], body["first"] + body["count"])
        if run is None:
            yield found(record, "run_differs", reason="run")
        elif sorted(self._undone.get(seq, -1) for seq in counter_entries) != list(
            range(run["first"], run["first"] + run["count"])
        ):
            yield found(record, "run_differs", reason="first, count")
