"""What the envelopes can bear: the check before a batch is written, and the used amounts moved by it.

The limit of a path is the sum of its budget records; what is used on a path counts on every path above it, and may
exceed no limit. What a path has to give, to grants or to paths below it, is its balance on the account of available
indicators (`ind/1101`), which never falls below 0, as what is frozen (`ind/1102`) does not.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import and_, bindparam, func, select, update

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem, Refused
from ledger.book import accounts, balances
from ledger.book.projection import Cells, available_by_path, frozen_by_path, used_by_path
from ledger.store import tables
from ledger.store.ledger import View, Writer


def check(view: View, moved: Cells) -> None:
    """Refuse what the envelopes cannot bear of a batch that adds `moved`; decreases always pass."""
    asked = {path: fen for path, fen in used_by_path(moved).items() if fen > 0}
    taken = {path: -fen for path, fen in available_by_path(moved).items() if fen < 0}
    thawed = {path: -fen for path, fen in frozen_by_path(moved).items() if fen < 0}
    if not asked and not taken and not thawed:
        return
    allowed = limits(view)
    stood = used(view)
    totals = balances.totals(view) if taken or thawed else {}
    available, frozen = available_by_path(totals), frozen_by_path(totals)
    problems = []
    for path in sorted(asked.keys() | taken.keys() | thawed.keys()):
        limit = allowed.get(path)
        if limit is None:
            problems.append(_unknown(path))
        elif stood[path] + asked.get(path, 0) > limit:
            problems.append(_short(path, limit, stood[path], asked[path]))
        elif taken.get(path, 0) > available.get(path, 0):
            problems.append(_short(path, limit, limit - available.get(path, 0), taken[path]))
        elif thawed.get(path, 0) > frozen.get(path, 0):
            problems.append(_frozen_short(path, frozen.get(path, 0), thawed[path]))
    if problems:
        raise Refused(problems)


def check_days(view: View, moved: Mapping[str, Mapping[str, int]]) -> None:
    """Refuse `envelope_short` where a path would have less than nothing to give on some day.

    `moved` is what a batch adds to what paths have to give, in fen: path -> day (ISO) -> amount. What is available now
    may rest on a budget of a later day than what is taken of it. Days before the batch's earliest are left as they are.
    """
    taken = {path: days for path, days in moved.items() if min(days.values()) < 0}
    stood = available_days(view, taken) if taken else {}
    problems = []
    for path, added in sorted(taken.items()):
        days = stood.get(path, {})
        short = short_on({day: days.get(day, 0) + added.get(day, 0) for day in days.keys() | added.keys()}, added)
        if short:
            day, sum_fen = short
            asked_fen = -sum(fen for on, fen in added.items() if on <= day)
            problems.append(_short_on(path, day, sum_fen + asked_fen, asked_fen))
    if problems:
        raise Refused(problems)


def short_on(days: Mapping[str, int], added: Mapping[str, int]) -> tuple[str, int] | None:
    """The first day, not before the earliest of `added`, on which a path has less than nothing to give, and how much.

    `days` is what entries effective on a day add to that, those of `added` among them; None where there is no such day.
    """
    sum_fen, first = 0, min(added)
    for day in sorted(days):
        sum_fen += days[day]
        if sum_fen < 0 and day >= first:
            return day, sum_fen
    return None


def _short_on(path: str, day: str, available_fen: int, asked_fen: int) -> Problem:
    return Problem(
        "envelope_short",
        N_("on {day} the path has {available} to give, asked {asked}"),
        N_("ask for less, or issue a budget to the path from an earlier day on: --on"),
        Place(path),
        {"day": day, "available": format_yuan(available_fen), "asked": format_yuan(asked_fen)},
    )


def available_days(view: View, paths: Iterable[str]) -> dict[str, dict[str, int]]:
    """Path -> day -> what the entries effective on it add to what the path has to give."""
    entry, posting = tables.entry, tables.posting
    query = (
        select(posting.c.envelope, entry.c.effective_on, func.sum(posting.c.amount_fen))
        .join(entry, and_(entry.c.seq == posting.c.entry, entry.c.tag == posting.c.tag))
        .where(
            posting.c.chart == "ind",
            posting.c.account == accounts.AVAILABLE,
            posting.c.envelope.in_(sorted(paths)),
            entry.c.record < view.size,
        )
        .group_by(posting.c.envelope, entry.c.effective_on)
    )
    found: dict[str, dict[str, int]] = {}
    for path, day, fen in view.connection.execute(query):
        found.setdefault(path, {})[day] = int(fen)
    return found


def move(writer: Writer, moved: Cells) -> None:
    """Bring the used amounts up to a batch that added `moved`."""
    table = tables.envelope
    changes = [{"moved_path": path, "moved_fen": fen} for path, fen in used_by_path(moved).items()]
    if changes:
        statement = update(table).where(table.c.path == bindparam("moved_path"))
        writer.connection.execute(statement.values(used_fen=table.c.used_fen + bindparam("moved_fen")), changes)


def limits(view: View) -> dict[str, int]:
    """Path -> the sum of what was issued to it, in fen."""
    table = tables.envelope_limit
    query = select(table.c.path, func.sum(table.c.amount_fen)).where(table.c.record < view.size).group_by(table.c.path)
    return {path: int(limit_fen) for path, limit_fen in view.connection.execute(query)}


def used(view: View) -> dict[str, int]:
    """Path -> what is used on it and below, in fen, at the view's size.

    The table keeps what is used by the whole log; of less than that it follows from the postings.
    """
    table = tables.envelope
    kept: dict[str, int] = dict(view.connection.execute(select(table.c.path, table.c.used_fen)).all())
    if view.size > (view.connection.scalar(select(func.max(tables.record.c.seq))) or 0):
        return kept
    return dict.fromkeys(limits(view), 0) | used_by_path(balances.totals(view))


def _unknown(path: str) -> Problem:
    return Problem(
        "envelope_unknown",
        N_("no budget was issued to this path"),
        N_("issue one: `subsidy budget issue {path} YUAN --document NO`"),
        Place(path),
        {"path": path},
    )


def _short(path: str, limit_fen: int, used_fen: int, asked_fen: int) -> Problem:
    return Problem(
        "envelope_short",
        N_("limit {limit}, used {used}, asked {asked}"),
        N_("ask for less, or issue a budget to the path first"),
        Place(path),
        {"limit": format_yuan(limit_fen), "used": format_yuan(used_fen), "asked": format_yuan(asked_fen)},
    )


def _frozen_short(path: str, frozen_fen: int, asked_fen: int) -> Problem:
    return Problem(
        "frozen_short",
        N_("frozen {frozen}, asked {asked}"),
        N_("free at most what is frozen; `subsidy budget show` lists it"),
        Place(path),
        {"frozen": format_yuan(frozen_fen), "asked": format_yuan(asked_fen)},
    )
