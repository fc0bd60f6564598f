"""Budget envelopes: paths such as `2025/interest/batch-1`, what was issued to them, and what is used of it.

What the envelopes can bear is checked by `limits`, whoever posts.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from calculators.money import format_yuan
from calculators.problems import N_, Place, refuse
from ledger.book import accounts, balances, charts, limits, periods, posting
from ledger.book.projection import (
    BOOK,
    ancestors,
    available_by_path,
    frozen_by_path,
    limit_row,
    used_by_path,
)
from ledger.log import kinds
from ledger.store import tables
from ledger.store.engine import insert_rows
from ledger.store.ledger import View, Writer, local_day

# The fund year, then names without blanks: 2025/interest/batch-1
_PATH = re.compile(r"\d{4}(/[^\s/@>]+)*")

ISSUED, ADJUSTED, TRANSFERRED, FROZEN, UNFROZEN = "issued", "adjusted", "transferred", "frozen", "unfrozen"


class EnvelopeLine(NamedTuple):
    """A path with what was issued to it, what is used on it and below, and what it has to give itself, in fen.

    `frozen_fen` was set aside: it is neither used nor to be given.
    """

    path: str
    limit_fen: int
    used_fen: int
    available_fen: int
    frozen_fen: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A change of a budget as a document orders it; `to` is the receiving path of a transfer, else empty.

    `amount_fen` is above 0, but for an adjustment, which may take away. It moves the budget from the day `on`; without
    one, from the day on which it is carried out.
    """

    action: str
    path: str
    amount_fen: int
    document: str
    to: str = ""
    on: date | None = None

    @classmethod
    def of(cls, body: kinds.OrderBody) -> "Asked":
        """From the body of an `order` record."""
        on = date.fromisoformat(body["on"]) if "on" in body else None
        return cls(body["action"], body["path"], body["amount_fen"], body["document"], body.get("to", ""), on)


class Effect(NamedTuple):
    """A budget record that a change makes: the path, the action, and what it adds to the path, in fen."""

    path: str
    action: str
    amount_fen: int
    document: str


def effects(asked: Asked) -> list[Effect]:
    """The budget records of a change, in order; a transfer moves the limits below the last common path."""
    if asked.action != TRANSFERRED:
        return [Effect(asked.path, asked.action, asked.amount_fen, asked.document)]
    giving, taking = list(ancestors(asked.path)), list(ancestors(asked.to))
    return [
        *(Effect(path, TRANSFERRED, -asked.amount_fen, asked.document) for path in giving if path not in taking),
        *(Effect(path, TRANSFERRED, asked.amount_fen, asked.document) for path in taking if path not in giving),
    ]


def day_of(body: kinds.BudgetBody) -> date:
    """The day from which a budget record moves its path; one of version 1 does from the day of its recording."""
    return date.fromisoformat(body["on"]) if "on" in body else local_day(datetime.fromisoformat(body["recorded_at"]))


def issue(writer: Writer, path: str, amount_fen: int, document: str, on: date | None = None) -> posting.Posted:
    """Issue a budget indicator to `path`, from outside to a year and from the parent to every other path.

    Answers and refuses as `change` does.
    """
    return change(writer, Asked(ISSUED, path, amount_fen, document, on=on))


def change(writer: Writer, asked: Asked, order: int | None = None) -> posting.Posted:
    """Carry out a change of a budget, on the order at log index `order` where there is one.

    The same document for the same path and amount is answered `same`. Refuses what `check` refuses, and `key_differs`.
    """
    today = local_day(writer.now)
    check(writer, asked, today)
    stood = known(writer, asked)
    if stood:
        return stood
    if asked.action == FROZEN:
        charts.ensure(writer, "ind", accounts.FROZEN)
    there = limits.used(writer)
    records = []
    for effect in effects(asked):
        body = kinds.BudgetBody(
            key=effect.path,
            action=effect.action,
            amount_fen=effect.amount_fen,
            document=effect.document,
            on=(asked.on or today).isoformat(),
        )
        if order is not None:
            body["order"] = order
        record = writer.append(kinds.BUDGET, body)
        records.append(record)
        row = limit_row(record, body)
        if row:
            insert_rows(writer.connection, tables.envelope_limit, [row])
            if effect.path not in there:
                insert_rows(writer.connection, tables.envelope, [(effect.path, 0)])
    return posting.post(writer, [entry_of(asked, records[0], asked.on or today)])[0]


def entry_of(asked: Asked, cause: int, effective_on: date) -> posting.Entry:
    """The entry of a change whose first budget record stands at log index `cause`."""
    return posting.Entry(
        key=_key(asked),
        reason="budget",
        effective_on=effective_on,
        cause=cause,
        document=asked.document,
        postings=_postings(asked),
    )


def known(view: View, asked: Asked) -> posting.Posted | None:
    """The entry of a change that was carried out before; refuses `key_differs` where its amount was another."""
    key = _key(asked)
    stood = posting.known(view, [key]).get(key)
    return stood and _same(view, stood, asked)


def check(view: View, asked: Asked, today: date) -> None:
    """Whether a change can be ordered and, as the envelopes stand now, be carried out.

    Refuses `path_malformed`, `amount_not_positive`, `document_missing`, `transfer_impossible`, `day_in_future`,
    `month_signed_off`, `envelope_unknown`, `envelope_short` (today, or on any day from that of the change on),
    `frozen_short` and, where a limit would fall below what is used, `envelope_committed`.
    """
    _check_form(asked)
    _check_year(asked, today)
    if known(view, asked):
        return
    _check_day(view, asked, today)
    limit_of, used = limits.limits(view), limits.used(view)
    for path in (asked.path, asked.to):
        if path and asked.action != ISSUED and path not in limit_of:
            raise refuse(
                "envelope_unknown",
                N_("no budget was issued to this path"),
                N_("issue one: `subsidy budget issue {path} YUAN --document NO`"),
                Place(path),
                path=path,
            )
    for effect in effects(asked):
        lowered = effect.amount_fen < 0 and limit_of[effect.path] + effect.amount_fen < used[effect.path]
        if lowered:
            raise refuse(
                "envelope_committed",
                N_("limit {limit}, used {used}: {amount} cannot be taken away"),
                N_("take away less, or take back what was granted first"),
                Place(effect.path),
                limit=format_yuan(limit_of[effect.path]),
                used=format_yuan(used[effect.path]),
                amount=format_yuan(-effect.amount_fen),
            )
    moves: dict[tuple[str, str, str], list[int]] = {}
    for line in _postings(asked):
        sides = moves.setdefault((line.chart, line.account, line.terms["envelope"]), [0, 0])
        sides[line.amount_fen < 0] += abs(line.amount_fen)
    limits.check(view, moves)
    on = (asked.on or today).isoformat()
    limits.check_days(view, {path: {on: fen} for path, fen in available_by_path(moves).items()})


def show(view: View) -> list[EnvelopeLine]:
    """Every path that a budget was issued to, in the order of the tree."""
    issued = limits.limits(view)
    cells = balances.totals(view)
    used = used_by_path(cells)
    available = available_by_path(cells)
    frozen = frozen_by_path(cells)
    return [
        EnvelopeLine(path, issued[path], used.get(path, 0), available.get(path, 0), frozen.get(path, 0))
        for path in sorted(issued, key=lambda path: path.split("/"))
    ]


def _key(asked: Asked) -> str:
    kind = "budget" if asked.action == ISSUED else f"budget-{asked.action}"
    path = f"{asked.path}>{asked.to}" if asked.to else asked.path
    return f"{BOOK}/{kind}/{path}@{asked.document}/0"


def _postings(asked: Asked) -> tuple[posting.Posting, posting.Posting]:
    """What takes and what gives; an adjustment that takes away is the inverse."""
    path, parent = asked.path, asked.path.rpartition("/")[0]
    outside = (accounts.AVAILABLE, parent) if parent else (accounts.ISSUED, path)
    (account, envelope), (other, giver) = {
        ISSUED: ((accounts.AVAILABLE, path), outside),
        ADJUSTED: ((accounts.AVAILABLE, path), outside),
        TRANSFERRED: ((accounts.AVAILABLE, asked.to), (accounts.AVAILABLE, path)),
        FROZEN: ((accounts.FROZEN, path), (accounts.AVAILABLE, path)),
        UNFROZEN: ((accounts.AVAILABLE, path), (accounts.FROZEN, path)),
    }[asked.action]
    return (
        posting.Posting("ind", account, asked.amount_fen, {"envelope": envelope}),
        posting.Posting("ind", other, -asked.amount_fen, {"envelope": giver}),
    )


def _check_form(asked: Asked) -> None:
    for path in (asked.path, asked.to):
        if path and not is_path(path):
            raise refuse(
                "path_malformed",
                N_("{path} is not a budget path"),
                N_("write the fund year and names below it, such as 2025/interest/batch-1"),
                path=path,
            )
    if asked.amount_fen == 0 or (asked.amount_fen < 0 and asked.action != ADJUSTED):
        raise refuse(
            "amount_not_positive",
            N_("{amount} is not an amount to be moved"),
            N_("write more than 0.00; only an adjustment may take away"),
            Place(asked.path),
            amount=format_yuan(asked.amount_fen),
        )
    if not asked.document.strip():
        raise refuse(
            "document_missing",
            N_("no document number is given"),
            N_("name the document that orders it"),
            Place(asked.path),
        )
    if asked.to and (asked.to == asked.path or asked.to.split("/")[0] != asked.path.split("/")[0]):
        raise refuse(
            "transfer_impossible",
            N_("from {path} to {to} nothing can be transferred"),
            N_("name two different paths of one fund year"),
            path=asked.path,
            to=asked.to,
        )


def is_path(text: str) -> bool:
    """Whether a text is a budget path: a fund year, and names below it."""
    return _PATH.fullmatch(text) is not None


def of_about_this_year(path: str, day: date) -> bool:
    """Whether a year is that of a day, or the one before or after: from outside nothing is issued further off.

    Below a year it comes from the path above, whenever that is.
    """
    return "/" in path or abs(int(path) - day.year) <= 1


def _check_year(asked: Asked, today: date) -> None:
    on = asked.on or today
    if asked.action == ISSUED and not of_about_this_year(asked.path, on):
        raise refuse(
            "year_differs",
            N_("it would be issued on {day}, which is no year of {path}"),
            N_("correct the year; what was issued in a year before is entered from its day on: --on"),
            Place(asked.path),
            path=asked.path,
            day=on,
        )


def _check_day(view: View, asked: Asked, today: date) -> None:
    """A budget is not moved ahead of time, nor on a day of a month that is signed off."""
    if asked.on is None:
        return
    if asked.on > today:
        raise refuse(
            "day_in_future",
            N_("{day} has not come yet"),
            N_("correct the day"),
            Place(asked.path, key="--on"),
            day=asked.on,
        )
    signed = periods.last_month(view)
    if signed and asked.on <= periods.last_day(signed):
        raise refuse(
            "month_signed_off",
            N_("months up to {month} are signed off, and {day} lies before the end of the last"),
            N_("move the budget from a later day on"),
            Place(asked.path, key="--on"),
            month=signed,
            day=asked.on,
        )


def _same(view: View, stood: posting.Posted, asked: Asked) -> posting.Posted:
    body = view.body(kinds.ENTRY, stood.record)
    if body["postings"][0]["amount_fen"] != asked.amount_fen:
        raise refuse(
            "key_differs",
            N_("this document moved {amount} here"),
            N_("order a change under its own document number"),
            Place(body["key"], key="amount_fen"),
            amount=format_yuan(body["postings"][0]["amount_fen"]),
        )
    if asked.on and body["effective_on"] != asked.on.isoformat():
        raise refuse(
            "key_differs",
            N_("this document moved the budget from {day} on"),
            N_("order a change under its own document number"),
            Place(body["key"], key="effective_on"),
            day=body["effective_on"],
        )
    return stood
