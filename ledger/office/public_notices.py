"""Public notices (公示): awards are shown to everybody for some business days before they are paid.

Whoever objects in that time, or takes the application back, holds up the lines it names until that is settled; an
objection that comes later still holds what has not gone out. `Noticeboard` is that rule, for paying and verification
alike: it takes records in log order, wherever they come from.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.office.business_days import CALENDAR, Calendar, DaysOff
from ledger.registry.agreements import in_effect
from ledger.registry.notices import notice_rows, public_notice_days
from ledger.store.ledger import Row, View, Writer, local_day

OBJECTION, WITHDRAWAL = "objection", "withdrawal"
DISMISSED, UPHELD = "dismissed", "upheld"

# Code -> (why a line is not paid, what to do).
OBSTACLES = {
    "application_withdrawn": (
        N_("the firm takes its application back ({number})"),
        N_(
            "nothing is paid; `subsidy public-notice settle {number} --outcome dismissed --on DAY --reason TEXT` "
            "where it stays after all"
        ),
    ),
    "objection_upheld": (
        N_("an objection was upheld ({number})"),
        N_("correct the award, then `subsidy public-notice start` it again with --line {line}"),
    ),
    "objection_open": (
        N_("an objection is not settled ({number})"),
        N_("look into it, then `subsidy public-notice settle {number} --outcome dismissed --on DAY --reason TEXT`"),
    ),
    "public_notice_missing": (
        N_("the notice asks for public notice, and there was none (business days: {days})"),
        N_("`subsidy public-notice start RUN --on DAY --name NAME`"),
    ),
    "public_notice_running": (
        N_("the public notice {name} runs to {last_day}"),
        N_("prepare again after that day"),
    ),
}

_SETTLED = {
    DISMISSED: N_("{number} was dismissed on {day}"),
    UPHELD: N_("{number} was upheld on {day}"),
}


class Obstacle(NamedTuple):
    """Why a line may not be paid: a code of `OBSTACLES`, and what fills its texts."""

    code: str
    values: Mapping[str, object]


class PublicNotice(NamedTuple):
    """Lines on public notice from `starts_on` to `last_day`, both inclusive; `days` are business days.

    `run` is the number of the run whose lines they are, else None.
    """

    name: str
    lines: tuple[str, ...]
    run: int | None
    starts_on: date
    days: int
    last_day: date
    document: str

    @classmethod
    def of(cls, body: kinds.PublicNoticeBody) -> "PublicNotice":
        """From the body of a `public_notice` record."""
        return cls(
            body["key"],
            tuple(body["lines"]),
            body.get("run"),
            date.fromisoformat(body["starts_on"]),
            body["days"],
            date.fromisoformat(body["last_day"]),
            body.get("document", ""),
        )


class Settled(NamedTuple):
    """How an objection or withdrawal ended: `dismissed` lets the lines go on, `upheld` does not."""

    on: date
    outcome: str
    reason: str


class Objection(NamedTuple):
    """An objection, or a firm that takes its application back, received on a day; `settled` is None while it waits."""

    number: str
    notice: str
    cause: str
    lines: tuple[str, ...]
    received_on: date
    reason: str
    settled: Settled | None = None

    @classmethod
    def of(cls, body: kinds.ObjectionBody) -> "Objection":
        """From the body of an `objection` record."""
        settled = body.get("settled")
        return cls(
            body["key"],
            body["notice"],
            body["cause"],
            tuple(body["lines"]),
            date.fromisoformat(body["received_on"]),
            body["reason"],
            settled and Settled(date.fromisoformat(settled["on"]), settled["outcome"], settled["reason"]),
        )


class Applied(NamedTuple):
    """The notice that a line was applied for under, and the day."""

    notice: str
    on: date


class Noticeboard:
    """What is or was on public notice, and what was said against it, as of the records taken so far.

    `applied(line)` gives the notice that a line was applied for under, and the day of that: of the applications and
    grants that were taken, unless somebody who has them elsewhere puts another look-up there.
    """

    applied: "Callable[[str], Applied | None]"

    def __init__(self) -> None:
        self.applied = self._applied
        self.notices: dict[str, PublicNotice] = {}
        self.objections: dict[str, Objection] = {}
        self.calendar = Calendar()
        # Notice id -> the days its last version asks for; application -> notice id, and its day; line -> application.
        self._asked: dict[str, int] = {}
        self._notice_of: dict[str, str] = {}
        self._applied_on: dict[str, date] = {}
        self._application_of: dict[str, str] = {}
        # What is not granted any more keeps what it asks for: something of it may still be owed.
        self._granted: set[str] = set()
        # Line -> its last public notice, and the objections that name it in the order of their first record. Upheld
        # ones are left out where the line was put on notice again.
        self._shown: dict[str, str] = {}
        self._against: dict[str, list[str]] = defaultdict(list)
        # What was said of both, in log order: what of it falls has to be forgotten.
        self._told: list[tuple[str, str, Any]] = []

    @property
    def in_use(self) -> bool:
        """Whether any notice asks for public notice, or any line ever was on it."""
        return any(self._asked.values()) or bool(self.notices)

    def take(self, kind: str, key: str, body: Any) -> None:
        """Take the next record; kinds that say nothing of this are passed over."""
        if kind == "application":
            self._notice_of[key] = body["notice"]
            self._applied_on[key] = date.fromisoformat(body["applied_on"])
        elif kind == "grant":
            self._application_of[key] = body["application"]
            (self._granted.add if body["outcome"] == "granted" else self._granted.discard)(key)
        elif kind == "void" and body["register"] == "grant":
            self._granted.discard(key)
        elif kind == "notice":
            self._asked[key] = public_notice_days(body["text"])
        elif kind == "decision" and body["type"] == CALENDAR:
            self.calendar.recorded[int(body["about"])] = DaysOff.of(body)
        else:
            self._publish(kind, key, body)

    def forget(self, kind: str, key: str, body: Any) -> None:
        """A record was turned down: as if it had not been taken. What stood before it is taken again by its own."""
        if kind == "notice":
            self._asked.pop(key, None)
        elif kind == "decision" and body["type"] == CALENDAR:
            self.calendar.recorded.pop(int(body["about"]), None)
        elif (kind, key, body) in self._told:
            self._told.remove((kind, key, body))
            told, self._told = self._told, []
            self.notices, self.objections = {}, {}
            self._shown, self._against = {}, defaultdict(list)
            for one in told:
                self._publish(*one)

    def _publish(self, kind: str, key: str, body: Any) -> None:
        if kind in ("public_notice", "objection"):
            self._told.append((kind, key, body))
        if kind == "public_notice":
            shown = PublicNotice.of(body)
            self.notices[key] = shown
            for line in shown.lines:
                self._shown[line] = key
                self._against[line] = [one for one in self._against[line] if not self._is_upheld(one)]
        elif kind == "objection":
            against = Objection.of(body)
            for line in against.lines:
                if key not in self.objections:
                    self._against[line].append(key)
            self.objections[key] = against

    def asked(self, line: str) -> int:
        """How many business days of public notice a line asks for; 0 for none."""
        applied = self.applied(line)
        return self._asked.get(applied.notice, 0) if applied else 0

    def applied_on(self, line: str) -> date:
        """The day on which a line was applied for: nothing of it can have been published before."""
        applied = self.applied(line)
        return applied.on if applied else date.min

    def _applied(self, line: str) -> "Applied | None":
        application = self._application_of.get(line, "")
        if application not in self._notice_of:
            return None
        return Applied(self._notice_of[application], self._applied_on[application])

    def lines_of(self, notice: str) -> list[str]:
        """The lines granted under a notice, in order."""
        return sorted(line for line in self._granted if self._notice_of.get(self._application_of[line]) == notice)

    def obstacle(self, line: str, day: date) -> Obstacle | None:
        """Why a line may not be paid on a day; None where nothing of this stands against it."""
        against = [self.objections[number] for number in self._against.get(line, ())]
        for code, stands in (
            ("application_withdrawn", _withdrawn),
            ("objection_upheld", _upheld),
            ("objection_open", _waits),
        ):
            number = next((one.number for one in against if stands(one)), None)
            if number is not None:
                return Obstacle(code, {"number": number, "line": line})
        if line not in self._shown:
            days = self.asked(line)
            return Obstacle("public_notice_missing", {"days": days}) if days else None
        shown = self.notices[self._shown[line]]
        if day <= shown.last_day:
            return Obstacle("public_notice_running", {"name": shown.name, "last_day": shown.last_day})
        return None

    def _is_upheld(self, number: str) -> bool:
        return _upheld(self.objections[number])


def _withdrawn(objection: Objection) -> bool:
    return objection.cause == WITHDRAWAL and not (objection.settled and objection.settled.outcome == DISMISSED)


def _upheld(objection: Objection) -> bool:
    return objection.cause == OBJECTION and objection.settled is not None and objection.settled.outcome == UPHELD


def _waits(objection: Objection) -> bool:
    return objection.cause == OBJECTION and objection.settled is None


def noticeboard(view: View) -> Noticeboard:
    """The board as a view has it; lines and their notices are read only where something is asked of any."""
    board = without_lines(view)
    if board.in_use:
        of: tuple[kinds.Kind[Any], ...] = (kinds.APPLICATION, kinds.GRANT, kinds.VOID)
        _take_all(board, [(row.seq, kind.name, row) for kind in of for row in view.records(kind)])
    return board


def without_lines(view: View) -> Noticeboard:
    """The board as a view has it, to which nobody has told which lines were applied for."""
    board = Noticeboard()
    for notice in notice_rows(view):
        board.take(kinds.NOTICE.name, notice.key, notice.body)
    for decision in view.rows(kinds.DECISION):
        board.take(kinds.DECISION.name, decision.key, decision.body)
    of: tuple[kinds.Kind[Any], ...] = (kinds.PUBLIC_NOTICE, kinds.OBJECTION)
    _take_all(board, [(row.seq, kind.name, row) for kind in of for row in in_effect(view, kind)])
    return board


def _take_all(board: Noticeboard, rows: Iterable[tuple[int, str, Row[Any]]]) -> None:
    """Take records with their kinds in log order: what was upheld before a line was on notice again is over."""
    for _seq, kind, row in sorted(rows, key=itemgetter(0)):
        board.take(kind, row.key, row.body)


def obstacles(view: View, lines: Iterable[str], day: date) -> dict[str, Obstacle]:
    """Which of these lines may not be paid on a day, and why."""
    board = noticeboard(view)
    if not board.in_use:
        return {}
    found = {line: board.obstacle(line, day) for line in sorted(set(lines))}
    return {line: obstacle for line, obstacle in found.items() if obstacle}


class Start(NamedTuple):
    """What is to be put on public notice: of `lines` those that wait for it, or exactly `chosen` where it names any."""

    name: str
    lines: Sequence[str]
    chosen: Sequence[str]
    starts_on: date
    document: str = ""
    run: int | None = None


def start(writer: Writer, new: Start) -> PublicNotice:
    """Put lines on public notice from a day on, for as many business days as their notices ask for at most.

    Refuses `public_notice_exists`, `nothing_to_publish`, `line_not_to_publish` (each line chosen that asks for no
    public notice or does not wait for one), `public_notice_too_early` (each line that was applied for after the first
    day), and `calendar_unknown`.
    """
    if writer.current(kinds.PUBLIC_NOTICE, new.name) is not None:
        raise refuse(
            "public_notice_exists",
            N_("there is a public notice {name} already"),
            N_("choose another name; `subsidy public-notice show {name}` shows the first"),
            name=new.name,
        )
    board = noticeboard(writer)
    waiting = [line for line in sorted(set(new.lines)) if _waits_for_notice(board, line, new)]
    wrong = sorted(set(new.chosen) - set(waiting))
    if wrong:
        raise Refused(_not_to_publish(line) for line in wrong)
    if not waiting:
        raise refuse(
            "nothing_to_publish",
            N_("none of these lines waits for public notice"),
            N_("`subsidy public-notice show` lists what is or was on notice"),
        )
    early = [line for line in waiting if new.starts_on < board.applied_on(line)]
    if early:
        raise Refused(_too_early(line, board.applied_on(line)) for line in early)
    days = max(board.asked(line) for line in waiting)
    body = kinds.PublicNoticeBody(
        key=new.name,
        lines=waiting,
        starts_on=new.starts_on.isoformat(),
        days=days,
        last_day=board.calendar.last_of(new.starts_on, days).isoformat(),
    )
    if new.run is not None:
        body["run"] = new.run
    if new.document:
        body["document"] = new.document
    writer.append(kinds.PUBLIC_NOTICE, body)
    return PublicNotice.of(body)


def _waits_for_notice(board: Noticeboard, line: str, new: Start) -> bool:
    """An upheld objection is published again only where the line is chosen: somebody must have corrected it first."""
    obstacle = board.obstacle(line, new.starts_on)
    code = obstacle.code if obstacle else ""
    if new.chosen:
        return line in new.chosen and board.asked(line) > 0 and code in ("public_notice_missing", "objection_upheld")
    return code == "public_notice_missing"


def _not_to_publish(line: str) -> Problem:
    return Problem(
        "line_not_to_publish",
        N_("the line {line} does not wait for public notice here"),
        N_("leave it out; `subsidy public-notice show` lists what is or was on notice"),
        Place(),
        {"line": line},
    )


def _too_early(line: str, applied_on: date) -> Problem:
    return Problem(
        "public_notice_too_early",
        N_("{line} was applied for on {day}, after the first day of public notice"),
        N_("write the day on which it was published; check the year"),
        Place(),
        {"line": line, "day": applied_on},
    )


def enter(writer: Writer, new: Objection) -> bool:
    """Record an objection or a withdrawal of an application; False where that very one stands already.

    Refuses `public_notice_unknown`, `objection_exists`, `line_not_on_notice` (each line) and `objection_day`.
    """
    row = writer.current(kinds.PUBLIC_NOTICE, new.notice)
    if row is None:
        raise unknown(new.notice)
    known = writer.current(kinds.OBJECTION, new.number)
    body = _worded(new)
    if known is not None:
        if kinds.own(known.body) == body:
            return False
        raise refuse(
            "objection_exists",
            N_("{number} is recorded already, and says something else"),
            N_("give this one another number"),
            number=new.number,
        )
    shown = PublicNotice.of(row.body)
    wrong = sorted(set(new.lines) - set(shown.lines))
    if wrong:
        raise Refused(
            Problem(
                "line_not_on_notice",
                N_("the public notice {name} does not name the line {line}"),
                N_("`subsidy public-notice show {name}` lists its lines"),
                Place(),
                {"name": shown.name, "line": line},
            )
            for line in wrong
        )
    _check_day(new.received_on, shown.starts_on, local_day(writer.now))
    writer.append(kinds.OBJECTION, body)
    return True


def settle(writer: Writer, number: str, settled: Settled) -> Objection:
    """Settle an objection or a withdrawal; refuses `objection_unknown`, `objection_settled` and `objection_day`."""
    row = writer.current(kinds.OBJECTION, number)
    if row is None:
        raise refuse(
            "objection_unknown",
            N_("there is no objection {number}"),
            N_("`subsidy public-notice show NAME` lists those against a public notice"),
            number=number,
        )
    before = Objection.of(row.body)
    if before.settled:
        raise refuse(
            "objection_settled",
            _SETTLED[before.settled.outcome],
            N_("what comes after that is an objection of its own"),
            number=number,
            day=before.settled.on,
        )
    _check_day(settled.on, before.received_on, local_day(writer.now))
    after = before._replace(settled=settled)
    writer.append(kinds.OBJECTION, _worded(after))
    return after


def unknown(name: str) -> Refused:
    """`public_notice_unknown`, to be raised."""
    return refuse(
        "public_notice_unknown",
        N_("there is no public notice {name}"),
        N_("`subsidy public-notice show` lists them"),
        name=name,
    )


def _worded(objection: Objection) -> kinds.ObjectionBody:
    """The `objection` record of it."""
    body = kinds.ObjectionBody(
        key=objection.number,
        notice=objection.notice,
        cause=objection.cause,
        lines=sorted(set(objection.lines)),
        received_on=objection.received_on.isoformat(),
        reason=objection.reason,
    )
    if objection.settled:
        settled = objection.settled
        body["settled"] = kinds.Settlement(on=settled.on.isoformat(), outcome=settled.outcome, reason=settled.reason)
    return body


def _check_day(day: date, first: date, today: date) -> None:
    if not first <= day <= today:
        raise refuse(
            "objection_day",
            N_("{day} does not lie between {first} and today, {today}"),
            N_("write the day on which it was received or settled"),
            day=day,
            first=first,
            today=today,
        )
