"""Rules and effects of budgets: the records of one document, and the entry that they make."""

from collections.abc import Iterator, Sequence

from ledger.book.envelopes import ISSUED, TRANSFERRED, Asked, day_of, effects, entry_of, is_path, of_about_this_year
from ledger.book.limits import short_on
from ledger.book.periods import last_day
from ledger.log import kinds
from ledger.rules.codes import Faults, fault
from ledger.rules.groups import Differs, whole
from ledger.rules.records import Logged
from ledger.rules.records import day_of as recorded_on
from ledger.rules.state import Fold


def budget(state: Fold, record: Logged[kinds.BudgetBody]) -> Faults:
    """An amount that can be moved, on a path that has a budget, whose limit stays above what is used."""
    body = record.body
    if day_of(body) > recorded_on(body["recorded_at"]):
        yield fault("day_in_future", found=body["on"])
    fen, path = body["amount_fen"], body["key"]
    yield from _on_a_path_of_its_year(state, body)
    found = state.path(path)
    if fen == 0 or (fen < 0 and body["action"] not in ("adjusted", TRANSFERRED)):
        yield fault("amount_not_positive", found=fen)
    parent = path.rpartition("/")[0]
    if found.limit_fen is None and body["action"] != ISSUED:
        yield fault("envelope_unknown", path=path)
    elif parent and state.path(parent).limit_fen is None:
        yield fault("envelope_unknown", path=parent)
    elif body["action"] not in ("frozen", "unfrozen") and (found.limit_fen or 0) + fen < found.used_fen:
        yield fault("envelope_committed", path=path, limit=found.limit_fen or 0, used=found.used_fen)


def _on_a_path_of_its_year(state: Fold, body: kinds.BudgetBody) -> Faults:
    """What is issued is of about the year in which it is, to a path; months that are signed off stay as they are."""
    if state.whole("as_said") is None:
        return
    path, on = body["key"], day_of(body)
    if not is_path(path):
        yield fault("path_malformed", path=path)
    elif body["action"] == ISSUED and not of_about_this_year(path, on):
        yield fault("year_differs", path=path, day=on)
    signed = state.whole("signed") or ()
    if signed and on <= last_day(signed[-1].month):
        yield fault("period_moved", account=path, day=on, signed=last_day(signed[-1].month))


def asked(records: Sequence[Logged[kinds.BudgetBody]]) -> Asked | None:
    """The change that these records carry out; None where they are those of no one change.

    A transfer leaves a record for every path below the last common one. Where the giver lies above the receiver, or the
    other way about, that common path is the one of the two without a record.
    """
    bodies = [record.body for record in records]
    first = bodies[0]
    on = day_of(first)
    if first["action"] != TRANSFERRED:
        made = Asked(first["action"], first["key"], first["amount_fen"], first["document"], on=on)
    else:
        giving = sorted((body["key"] for body in bodies if body["amount_fen"] < 0), key=len)
        taking = sorted((body["key"] for body in bodies if body["amount_fen"] > 0), key=len)
        giver = giving[-1] if giving else taking[0].rpartition("/")[0]
        taker = taking[-1] if taking else giving[0].rpartition("/")[0]
        made = Asked(TRANSFERRED, giver, abs(first["amount_fen"]), first["document"], taker, on)
    if any(day_of(body) != on for body in bodies):
        return None
    said = [(body["key"], body["action"], body["amount_fen"], body["document"]) for body in bodies]
    return made if said == list(map(tuple, effects(made))) else None


def budget_effects(records: Sequence[Logged[kinds.BudgetBody]]) -> Iterator[Differs]:
    """The one entry of a change."""
    change = asked(records)
    if change is not None:
        first = records[0]
        yield whole(entry_of(change, first.seq, day_of(first.body)))


def left(state: Fold, paths: list[str], given: list[tuple[str, dict[str, int]]]) -> Faults:
    """What every group must leave the book in: on the paths that it moved, and on days from which it took."""
    for name in paths:
        while name:
            path = state.path(name)
            limit_fen = path.limit_fen or 0
            if path.used_fen > limit_fen or path.available_fen < 0 or path.frozen_fen < 0:
                yield fault(
                    "envelope_short",
                    path=name,
                    used=path.used_fen,
                    limit=limit_fen,
                    available=path.available_fen,
                    frozen=path.frozen_fen,
                )
            name = name.rpartition("/")[0]
    for name, added in given:
        # What is there now may rest on a budget of a later day than what is taken of it.
        days = state.get("available_on", name) or {}
        short = short_on(days, added) if min(added.values()) < 0 else None
        if short:
            path = state.path(name)
            yield fault(
                "envelope_short",
                path=f"{name}, {short[0]}",
                used=path.used_fen,
                limit=path.limit_fen or 0,
                available=short[1],
                frozen=path.frozen_fen,
            )
    payable_fen = state.whole("payable") or 0
    if payable_fen > 0:
        yield fault("payable_short", found=payable_fen)
