"""Public notices (公示): which there were and are, and of one what stands against paying each of its lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.office.public_notices import Noticeboard, Obstacle, noticeboard, unknown
from ledger.office.public_notices import Objection as OnBoard
from ledger.office.public_notices import PublicNotice as Shown
from ledger.queries.named import named
from ledger.store.ledger import View


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """A public notice from its first to its last day, of so many business days and lines; `open` are objections.

    `run` is the number of the run whose lines they are.
    """

    name: str
    starts_on: date
    last_day: date
    days: int
    lines: int
    open: int
    run: int | None
    document: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """How an objection ended: `dismissed` or `upheld`."""

    on: date
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection, or an application taken back (`cause` is `objection` or `withdrawal`); `settled` while it waits."""

    number: str
    cause: str
    lines: tuple[str, ...]
    received_on: date
    reason: str
    settled: Settled | None


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """A line with what stands against paying it: a code and the values of its text, None where nothing does."""

    line: str
    firm: str | None
    held: str | None
    values: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class PublicNoticeAnswer:
    """One public notice with its lines and what was said against it."""

    notice: PublicNotice
    lines: tuple[PublishedLine, ...]
    objections: tuple[Objection, ...]


def public_notices(view: View) -> tuple[PublicNotice, ...]:
    """Every public notice, by first day and name."""
    board = noticeboard(view)
    shown = sorted(board.notices.values(), key=lambda notice: (notice.starts_on, notice.name))
    return tuple(_notice(board, notice) for notice in shown)


def public_notice(view: View, name: str, today: date) -> PublicNoticeAnswer:
    """One public notice as it stands on a day; refuses `public_notice_unknown`."""
    board = noticeboard(view)
    if name not in board.notices:
        raise unknown(name)
    shown = board.notices[name]
    names = named(view, shown.lines)
    lines = (
        _line(line, names[line].firm if line in names else None, board.obstacle(line, today)) for line in shown.lines
    )
    against = (_objection(one) for one in _against(board, shown))
    return PublicNoticeAnswer(_notice(board, shown), tuple(lines), tuple(against))


def _against(board: Noticeboard, shown: Shown) -> list[OnBoard]:
    return [objection for objection in board.objections.values() if objection.notice == shown.name]


def _notice(board: Noticeboard, shown: Shown) -> PublicNotice:
    return PublicNotice(
        name=shown.name,
        starts_on=shown.starts_on,
        last_day=shown.last_day,
        days=shown.days,
        lines=len(shown.lines),
        open=sum(objection.settled is None for objection in _against(board, shown)),
        run=shown.run,
        document=shown.document or None,
    )


def _line(line: str, firm: str | None, held: Obstacle | None) -> PublishedLine:
    if held is None:
        return PublishedLine(line, firm, None, None)
    return PublishedLine(line, firm, held.code, {name: str(value) for name, value in held.values.items()})


def _objection(one: OnBoard) -> Objection:
    settled = Settled(*one.settled) if one.settled else None
    return Objection(one.number, one.cause, one.lines, one.received_on, one.reason, settled)
