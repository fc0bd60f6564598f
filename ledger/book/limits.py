"""What the envelopes can bear: the check before a batch is written, and the used amounts moved by it.

The limit of a path is the sum of its budget records; what is used on a path counts on every path above it, and may
exceed no limit. What a path has to give, to grants or to paths below it, is its balance on the account of available
indicators (`ind/1101`), which never falls below 0, as what is frozen (`ind/1102`) does not.
"""

from sqlalchemy import bindparam, func, select, update

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem, Refused
from ledger.book import balances
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
    """Path -> what is used on it and below, in fen, as of now whatever the view's size."""
    table = tables.envelope
    return dict(view.connection.execute(select(table.c.path, table.c.used_fen)).all())


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
