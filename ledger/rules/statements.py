"""Rules of the lines of a bank's statement, which come before the statement that closes them."""

from collections.abc import Iterator
from typing import Any

from ledger.log import kinds
from ledger.reconcile.imported import content_of
from ledger.reconcile.sides import CURRENCY
from ledger.rules.codes import fault
from ledger.rules.groups import Found
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import Lines


class Statements:
    """Judges lines and statements in log order; of the lines that are not closed yet, `first` came first."""

    def __init__(self, state: Fold) -> None:
        self._state = state
        self.first: Logged[kinds.StatementLineBody] | None = None
        # The first that is one in yuan by its key, and those that are not.
        self._in_yuan: Logged[Any] | None = None
        self._foreign: list[Logged[Any]] = []

    def line(self, record: Logged[kinds.StatementLineBody]) -> Iterator[Found]:
        """A line that is new, under the account and the day that it says, with the others of its statement."""
        first = self.first = self.first or record
        body = record.body
        if self._state.stands(kinds.STATEMENT_LINE, body["key"]) is not None:
            yield Found(fault("line_repeated", about=body["key"]), record)
        account, day, content, _n = ("", *body["key"].rsplit("/", 3))[-4:]
        if day != body["booked_on"] or not account:
            yield Found(fault("line_key_differs"), record)
        if day > day_of(body["recorded_at"]).isoformat() and self._state.whole("as_said") is not None:
            yield Found(fault("day_in_future", found=day), record)
        if first.body["statement"] != body["statement"]:
            yield Found(fault("row_of_no_group"), first)
        if content != content_of(body, CURRENCY):
            self._foreign.append(record)
        else:
            self._in_yuan = self._in_yuan or record

    def closed(self, record: Logged[kinds.StatementBody]) -> Iterator[Found]:
        """A statement closes as many lines as it says, of that sum, and they are of it."""
        body, lines = record.body, self.first
        if lines and lines.body["statement"] != body["key"]:
            yield Found(fault("row_of_no_group"), lines)
        said: Lines = self._state.get("lines_of", body["key"]) if lines else Lines(0, 0, 0, {})
        if (body["added"], body["first"]) != (said.count, said.first):
            yield Found(fault("group_short", expected=body["added"], found=said.count), record)
        if body["added_fen"] != said.fen:
            yield Found(fault("added_differs", found=said.fen, expected=body["added_fen"]), record)
        if lines:
            yield from self._unlike(body, said, lines)
        self.first, self._in_yuan, self._foreign = None, None, []

    def _unlike(self, body: kinds.StatementBody, said: Lines, lines: Logged[Any]) -> Iterator[Found]:
        """A line of another account, currency or day than the statement that closes it, or unlike its own key."""
        if any(account != body["account"] for account, _month in said.by_month):
            yield Found(fault("line_key_differs"), lines)
        if self._state.whole("as_said") is None:
            return
        if self._in_yuan and body["currency"] != CURRENCY:
            yield Found(fault("line_key_differs"), self._in_yuan)
        for record in self._foreign:
            if record.body["key"].rsplit("/", 2)[1] != content_of(record.body, body["currency"]):
                yield Found(fault("line_key_differs"), record)
        first, last = body.get("opens_on") or said.opens_on, body.get("closes_on") or said.closes_on
        for day in (said.opens_on, said.closes_on):
            if first <= last and not first <= day <= last:
                yield Found(fault("day_of_no_statement", found=day, first=first, last=last), lines)
