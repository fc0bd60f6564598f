"""Public notices: whether each ran as long as it had to, and whether anything was paid of a line that was held up.

The rule is that of paying (`public_notices.Noticeboard`), asked at every payout, at every export and of whatever is
netted, with what stood in the log at that place.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from calculators.problems import Refused
from ledger.audit.damage import Damage
from ledger.log import kinds
from ledger.office.public_notices import Noticeboard, Objection, PublicNotice
from ledger.payouts.states import State
from ledger.rules.records import Logged, Read
from ledger.store.ledger import local_day

_OF_LINES = ("notice", "decision", "application", "grant", "void", "public_notice", "objection")
_READ = ("payout", "netting", "outcome", *_OF_LINES)


class Publications:
    """Takes the records of a log one by one, in their order; `read(seq)` gives the body of an earlier one."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._board = Noticeboard()
        # Batch no. -> item no. -> the entry records it pays for, until it goes out or is cancelled.
        self._waiting: dict[str, dict[str, list[int]]] = {}
        self._batch_of: dict[str, str] = {}

    def check(self, record: Logged[Any]) -> Iterable[Damage]:
        """What is wrong with the next record."""
        return self._check(record) if record.kind in _READ else ()

    def _check(self, record: Logged[Any]) -> Iterator[Damage]:
        kind, body = record.kind, record.body
        if kind == "payout":
            awards = [claim["award"] for claim in body["claims"]]
            self._waiting.setdefault(body["batch"], {})[body["key"]] = awards
            self._batch_of[body["key"]] = body["batch"]
            yield from self._held(record, body["key"], awards)
        elif kind == "netting":
            # What a line is owed settles a debt: that is a payment too. The debt itself may be of a line held up.
            awards = [claim["award"] for claim in body["claims"] if claim["amount_fen"] > 0]
            yield from self._held(record, body["line"], awards)
        elif kind == "outcome":
            yield from self._outcome(record)
        elif kind in _OF_LINES:
            try:
                yield from self._differing(record)
                self._board.take(kind, body["key"], body)
            except (Refused, ValueError) as error:
                reason = error.problems[0].code if isinstance(error, Refused) else str(error)
                yield _found(record, "public_notice_differs", reason=reason)

    def _outcome(self, record: Logged[kinds.OutcomeBody]) -> Iterator[Damage]:
        about, state = record.body["about"], record.body["state"]
        if state == State.CANCELLED and about in self._batch_of:
            self._waiting.get(self._batch_of[about], {}).pop(about, None)
        elif state == State.EXPORTED:
            for item, awards in self._waiting.pop(about, {}).items():
                yield from self._held(record, item, awards)

    def _held(self, record: Logged[Any], item: str, awards: list[int]) -> Iterator[Damage]:
        """The lines of a payout that nothing may be paid of on the day of the record."""
        if not self._board.in_use:
            return
        day = local_day(datetime.fromisoformat(record.body["recorded_at"]))
        for line in sorted({self._line(award, record.seq) for award in awards}):
            obstacle = self._board.obstacle(line, day)
            if obstacle:
                yield _found(record, "held_line_paid", about=item, line=line, reason=obstacle.code)

    def _line(self, award: int, seq: int) -> str:
        """The line of an entry record; "" for what is no entry before it, which other rules name."""
        return str(self._read(award).get("line", "")) if award < seq else ""

    def _differing(self, record: Logged[Any]) -> Iterator[Damage]:
        """A public notice that is too short or ends too early, or an objection against what is not on notice."""
        if record.kind == "public_notice":
            shown = PublicNotice.of(record.body)
            if shown.days < max(map(self._board.asked, shown.lines), default=0) or not shown.days:
                yield _found(record, "public_notice_differs", reason="days")
            elif shown.last_day != self._board.calendar.last_of(shown.starts_on, shown.days):
                yield _found(record, "public_notice_differs", reason="last_day")
            if any(shown.starts_on < self._board.applied_on(line) for line in shown.lines):
                yield _found(record, "public_notice_differs", reason="starts_on")
            if shown.name in self._board.notices:
                yield _found(record, "public_notice_differs", reason="key")
        elif record.kind == "objection":
            yield from self._objection(record, Objection.of(record.body))

    def _objection(self, record: Logged[Any], objection: Objection) -> Iterator[Damage]:
        shown = self._board.notices.get(objection.notice)
        before = self._board.objections.get(objection.number)
        if shown is None or not set(objection.lines) <= set(shown.lines):
            yield _found(record, "public_notice_differs", reason="notice, lines")
        elif before and (before.settled or before != objection._replace(settled=None)):
            yield _found(record, "public_notice_differs", reason="settled")


def _found(record: Logged[Any], code: str, **values: Any) -> Damage:
    return Damage(code, values, record.seq, record.kind, record.body.get("key", ""))
