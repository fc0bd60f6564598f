"""Why this amount: how a line was calculated, what was posted on it, and where the money of each entry is."""

from dataclasses import dataclass

from calculators.digest import Digest
from ledger.book.balances import entry_record, last_entry, record_of_key
from ledger.book.digests import digest_hash
from ledger.payouts.states import State
from ledger.queries.named import Named, named
from ledger.queries.payments import items_naming
from ledger.runs.occasion import Month
from ledger.runs.reports.explain import Explanation, explain_entry, explain_loan
from ledger.store.ledger import View


@dataclass(frozen=True, slots=True)
class PaidBy:
    """A payout that an entry's money went into: how much of it, and where the payout stands."""

    item: str
    batch: str
    state: State
    amount_fen: int


@dataclass(frozen=True, slots=True)
class LineEntry:
    """An entry of a line: its key and log index, its due period's exclusive end, and what it added.

    `reason` is `award`, `true_up` or `reversal`; `digest` and `replaced_digest` are hashes in hex.
    """

    key: str
    record: int
    due: str
    amount_fen: int
    reason: str
    digest: str
    replaced_digest: str | None
    payouts: tuple[PaidBy, ...]


@dataclass(frozen=True)
class LineAnswer:
    """A line as a run calculated it; `explanation.result`, where it is not None, renders the worksheet."""

    explanation: Explanation
    named: Named | None
    entries: tuple[LineEntry, ...]

    @property
    def digest(self) -> Digest:
        """What stands in the log of it."""
        return self.explanation.digest


def line_answers(view: View, subject: str, month: Month | None = None) -> list[LineAnswer]:
    """Of an entry (its number or key), every line of a loan or other item, or one line by its grant number.

    With `month`, as the last closed run of that month calculated it. Refuses what `explain_entry` and `explain_loan`
    do.
    """
    record = _entry(view, subject)
    if record is not None:
        return [_answer(view, explain_entry(view, record))]
    return [_answer(view, found) for found in explain_loan(view, subject, month)]


def _entry(view: View, subject: str) -> int | None:
    """The log index of the entry that `subject` names by number or key, if it names one."""
    if subject.isdecimal() and 1 <= int(subject) <= last_entry(view):
        return entry_record(view, int(subject))
    return record_of_key(view, subject)


def _answer(view: View, found: Explanation) -> LineAnswer:
    records = {body["key"]: record_of_key(view, body["key"]) or 0 for body in found.entries}
    items = items_naming(view, records.values())
    entries = []
    for body in found.entries:
        record = records[body["key"]]
        paid = [
            PaidBy(item.key, item.body["batch"], item.state, item.claims[record])
            for item in items
            if record in item.claims
        ]
        entries.append(
            LineEntry(
                key=body["key"],
                record=record,
                due=body["due"],
                amount_fen=body["award_fen"],
                reason=body["reason"],
                digest=digest_hash(body),
                replaced_digest=body.get("replaced_digest"),
                payouts=tuple(paid),
            )
        )
    return LineAnswer(found, named(view, [found.line]).get(found.line), tuple(entries))
