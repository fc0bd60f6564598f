"""What one person's file says was not paid, or came back: it is not paid again before somebody else makes it sure.

Who pays and who brings what the channel said might both be mistaken, or the same person. What failed waits until
another person's statement has reached the day on which it was said, and that day was over; what came back, until the
bank's own line of it lies there, brought by another person. Or another person decides.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple, Protocol

from ledger.log import kinds
from ledger.payouts.batches import Item, items, outlines
from ledger.payouts.payables import payouts_naming
from ledger.payouts.states import FINAL, Source, State
from ledger.store.ledger import Row, View, local_day
from ledger.store.rules import since

# What gives claims back and leaves the money at the bank.
_UNPAID = frozenset({State.FAIL, State.PARTIAL})
_CURRENCY = "CNY"
# Key of a match -> who took in the lines that it joins.
Bringers = Callable[[str], frozenset[str]]


class Covering(Protocol):
    """Of a statement that stands: the days of its balances, "" where it has none, by whom and when it was brought."""

    @property
    def opens_on(self) -> str:
        """The first day."""

    @property
    def closes_on(self) -> str:
        """The last day."""

    @property
    def brought_by(self) -> str:
        """The officer who took it in."""

    @property
    def brought_on(self) -> str:
        """The day on which it was taken in."""


class Days(NamedTuple):
    """The same of a row of the register of statements."""

    opens_on: str
    closes_on: str
    brought_by: str
    brought_on: str


class Told(NamedTuple):
    """What waits: of which payout, what was said on which day of how much, and by whom the payout and the word came."""

    item: str
    state: State
    day: date
    by: frozenset[str]
    amount_fen: int = 0

    @property
    def code(self) -> str:
        """Under which code it holds a payment up."""
        return "return_presumed" if self.state is State.RETURNED else "fail_presumed"


def told(item: Item, award: int | None, senders: Iterable[str], bringers: Bringers | None) -> list[Told]:
    """What gave something of `award` back, or anything at all, on one person's word and that nobody else has decided.

    `senders` prepared the batch and handed it over. Without `bringers` nothing is asked of what came back: so it was
    before `book/6`.
    """
    sent_by = frozenset(senders)
    unpaid: Told | None = None
    back: list[Told] = []
    for row in item.outcomes:
        body = row.body
        kind, state = Source(body["source"]["kind"]), State(body["state"])
        claims = [claim["amount_fen"] for claim in body.get("claims", ()) if award in (None, claim["award"])]
        by = _alone(row, kind, sent_by, bringers)
        if is_sure(body):
            back = _less(back, kind, by, body["actor"], sent_by)
        elif bringers and state is State.RETURNED and by is not None:
            waits = award is None or any(fen < 0 for fen in claims)
            back += [Told(item.key, state, said_on(row), by, body.get("amount_fen", 0))] if waits else []
        elif by is not None:
            gives = any(fen < 0 for fen in claims)
            unpaid = Told(item.key, state, said_on(row), by) if gives and state in _UNPAID else unpaid
        elif state in FINAL and (kind is Source.DECISION or not bringers):
            unpaid = None if unpaid and body["actor"] not in unpaid.by else unpaid
        if any(fen > 0 for fen in claims):
            # It is held again, and whatever gives it back is asked for itself.
            back = []
    return [*([unpaid] if unpaid else ()), *back]


def is_sure(body: kinds.OutcomeBody) -> bool:
    """Whether it says again that something came back, and moves nothing: somebody else makes sure of it."""
    return body["state"] == State.RETURNED and "amount_fen" not in body and "claims" not in body


def _alone(
    row: Row[kinds.OutcomeBody], kind: Source, sent_by: frozenset[str], bringers: Bringers | None
) -> frozenset[str] | None:
    """Whose word alone an outcome is, senders included; None where other people stand behind it, or decided it."""
    if kind is Source.RESULT:
        return sent_by | {row.body["actor"]}
    if kind is not Source.STATEMENT or bringers is None:
        return None
    brought_by = bringers(row.body["source"].get("name", ""))
    return sent_by | brought_by if not brought_by or brought_by & sent_by else None


def _less(back: list[Told], kind: Source, by: frozenset[str] | None, actor: str, sent_by: frozenset[str]) -> list[Told]:
    """What still waits once somebody has made sure: a decision speaks of all, a line of one."""
    if kind is Source.DECISION:
        return [one for one in back if actor in one.by | sent_by]
    return back[1:] if by is None else back


def said_on(row: Row[kinds.OutcomeBody]) -> date:
    """The day on which somebody brought what a channel said."""
    return local_day(datetime.fromisoformat(row.body["recorded_at"]))


def covered(statements: Iterable[Covering], failure: Told, *, over: bool) -> bool:
    """Whether the statements of an account reach the day of a failure, the last of them brought by somebody else.

    `over`: that one was brought on a later day, since a file of the day itself may lack what the bank did after it.
    Nothing but its own line shows that money came back.
    """
    if failure.state is State.RETURNED:
        return False
    day = failure.day.isoformat()
    known = [statement for statement in statements if statement.opens_on and statement.closes_on]
    begun = any(one.opens_on <= day for one in known)
    return begun and any(
        one.closes_on >= day and one.brought_by not in failure.by and (one.brought_on > day or not over)
        for one in known
    )


def bringers_of(view: View) -> Bringers:
    """Who took in the lines of a match, by the key of the match; nobody where there is no such match."""
    actors: dict[str, frozenset[str]] = {}

    def of_statement(key: str) -> frozenset[str]:
        if key not in actors:
            row = view.current(kinds.STATEMENT, key)
            actors[key] = frozenset({row.body["actor"]} if row else ())
        return actors[key]

    def of_match(key: str) -> frozenset[str]:
        made = view.current(kinds.MATCH, key)
        lines = view.current_of(kinds.STATEMENT_LINE, made.body["lines"] if made else ()).values()
        return frozenset().union(*(of_statement(line.body["statement"]) for line in lines))

    return of_match


def presumed(view: View, awards: Iterable[int]) -> Mapping[int, Told]:
    """Which of these payables one person alone says were not paid or came back, and what each waits for."""
    wanted = set(awards)
    tried = items(view, payouts_naming(view, wanted))
    if not tried or since(view, "fails_wait") is None:
        return {}
    over = since(view, "returns_wait") is not None
    bringers = bringers_of(view) if over else None
    batches = outlines(view, {item.body["batch"] for item in tried.values()})
    statements: dict[str, list[Days]] = {}
    for row in view.rows(kinds.STATEMENT):
        body = row.body
        if body["currency"] == _CURRENCY:
            days = Days(body.get("opens_on", ""), body.get("closes_on", ""), body["actor"], brought_on(body))
            statements.setdefault(body["account"], []).append(days)
    found: dict[int, Told] = {}
    for item in tried.values():
        batch = batches[item.body["batch"]]
        known = statements.get(batch.body["payer"], [])
        for award in wanted & item.claims.keys():
            waiting = (
                one
                for one in told(item, award, senders_of(batch.body, batch.sent_by), bringers)
                if not covered(known, one, over=over)
            )
            first = next(waiting, None)
            if first:
                found[award] = first
    return found


def brought_on(body: kinds.StatementBody) -> str:
    """The day on which a statement was taken in."""
    return local_day(datetime.fromisoformat(body["recorded_at"])).isoformat()


def senders_of(batch: kinds.PaymentBatchBody, sent_by: Iterable[str]) -> set[str]:
    """Who prepared a batch and handed it over."""
    return {batch["actor"], *sent_by}
