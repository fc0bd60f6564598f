"""What happened to a firm: its registers, grants, entries and payments in the order of the log, each with its record.

Amounts are integers of fen, negative where something was taken back or came back; days are Beijing days of the record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from ledger.log import kinds
from ledger.payouts.states import PAID, State
from ledger.queries.payments import items_naming
from ledger.registry.profile import naming
from ledger.store import tables
from ledger.store.ledger import View, local_day

# Entries that give an award or take one back.
_AWARDS = ("award", "true_up", "reversal")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: a code, the values that fill its words, and the record that says so.

    `line` is the grant that it is about, "" where it is the firm's or a loan's.
    """

    day: date
    code: str
    values: Mapping[str, object]
    amount_fen: int | None
    record: int
    line: str = ""


def happened(view: View, uscc: str) -> tuple[Event, ...]:
    """Everything, newest first."""
    applications = {row.key: row for row in naming(view, kinds.APPLICATION, uscc) if row.body["uscc"] == uscc}
    grants = {
        row.key: row for row in naming(view, kinds.GRANT, *applications) if row.body["application"] in applications
    }
    found = [
        *_of_firm(view, uscc),
        *_of_loans(view, uscc),
        *(
            _event(row.seq, row.body, "applied", {"application": row.key, "item": row.body["item"]})
            for row in applications.values()
        ),
        *(_granted(row.seq, row.body, row.key) for row in grants.values()),
        *_of_book(view, grants),
    ]
    return tuple(sorted(found, key=lambda event: -event.record))


def _of_firm(view: View, uscc: str) -> Iterator[Event]:
    """What the register of firms says, version by version, and its payees."""
    for row, void in view.history(kinds.ENTITY, uscc):
        if not void:
            yield _event(row.seq, row.body, "firm_registered", {"name": row.body["name"]})
    for payee in view.naming(kinds.PAYEE, [uscc]):
        if payee.body["uscc"] == uscc:
            yield _event(payee.seq, payee.body, "payee_registered", {"channel": payee.body["channel"]})


def _of_loans(view: View, uscc: str) -> Iterator[Event]:
    loans: dict[str, str] = {}
    for row in naming(view, kinds.LOAN, uscc):
        if row.body["data"]["uscc"] == uscc:
            loans[row.key] = row.body["data"]["contract_no"]
            values = {"loan": row.key, "lender": row.body["data"]["lender"]}
            yield _event(row.seq, row.body, "loan_registered", values)
    for event in naming(view, kinds.EVENT, *loans.values()):
        data = event.body["data"]
        if _loan(data) in loans:
            said = {"loan": _loan(data), "day": data["date"], "rate": data.get("rate", "")}
            yield _event(event.seq, event.body, f"loan_{data['kind']}", said, data.get("amount_fen"))


def _granted(seq: int, body: Mapping[str, Any], key: str) -> Event:
    values = {"grant": key, "document": body["document"], "reason": body.get("reason", "")}
    code = "granted" if body["outcome"] == "granted" else "grant_refused"
    return _event(seq, body, code, values, body.get("ceiling_fen"), key)


def _of_book(view: View, grants: Mapping[str, object]) -> Iterator[Event]:
    entry = tables.entry
    rows = view.connection.execute(
        select(entry.c.record, entry.c.line, entry.c.award_fen).where(
            entry.c.line.in_(list(grants)), entry.c.record < view.size
        )
    )
    line_of = {}
    for record, line, fen in rows:
        line_of[int(record)] = str(line)
        body = view.body(kinds.ENTRY, record)
        if body["reason"] in _AWARDS and "due" in body:
            # Its end is exclusive; people say the last day.
            through = date.fromisoformat(body["due"]) - timedelta(days=1)
            values = {"grant": line, "through": through, "key": body["key"]}
            yield _event(record, body, f"posted_{body['reason']}", values, int(fen), str(line))
    for item in items_naming(view, line_of):
        lines = sorted({line_of[award] for award in item.claims if award in line_of})
        before_fen = 0
        for outcome in item.outcomes:
            values = {"item": item.key, "batch": item.body["batch"], "lines": ", ".join(lines)}
            state = State(outcome.body["state"])
            after_fen = outcome.body.get("amount_fen", 0) if state in PAID else before_fen
            if state is State.RETURNED:
                after_fen = before_fen - outcome.body.get("amount_fen", 0)
            moved_fen = after_fen - before_fen
            before_fen = after_fen
            about = lines[0] if len(lines) == 1 else ""
            yield _event(outcome.seq, outcome.body, f"payout_{state.value}", values, moved_fen or None, about)


def _event(
    seq: int,
    body: Mapping[str, Any],
    code: str,
    values: Mapping[str, object],
    amount_fen: int | None = None,
    line: str = "",
) -> Event:
    return Event(local_day(datetime.fromisoformat(body["recorded_at"])), code, values, amount_fen, seq, line)


def _loan(data: Mapping[str, Any]) -> str:
    """The key of the loan that an event is about: its contract, and the slip of the drawdown where it has one."""
    return "/".join(filter(None, (data["contract_no"], data.get("slip_no", ""))))
