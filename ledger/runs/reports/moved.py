"""What a register file moves of what is posted: the last runs made again over the registers as the file leaves them.

Read before the file is taken in. Nothing is asked where it tells of nothing that something is posted on; mostly it
tells of days after those.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from calculators.problems import Problem, Refused
from ledger.book.balances import posted_awards
from ledger.log import kinds
from ledger.log.kinds import BodyT, Kind
from ledger.registry.holds import ABOUT
from ledger.registry.imports import Change, Comparison
from ledger.registry.items import register_of
from ledger.registry.notices import notices
from ledger.runs.history import last_closed
from ledger.runs.lines import LOAN_TYPE
from ledger.runs.occasion import Occasion
from ledger.runs.plan import plan_of
from ledger.store.ledger import Row, View

# Registers whose rows say what happened on a day: a new row moves what is posted where that lies after its day.
_HAPPENED = frozenset({"events", "premiums", "milestones"})


class Moved(NamedTuple):
    """A line on which something is posted, in fen; `next_fen` is what the next run then posts on it besides.

    It is the last run made again; None where that cannot be calculated.
    """

    line: str
    item: str
    posted_fen: int
    next_fen: int | None


class Effect(NamedTuple):
    """The lines that a file moves or tells of, and why it cannot be said what the next run makes of them."""

    moved: tuple[Moved, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def taken_back_fen(self) -> int:
        """What the next run takes back."""
        return -sum(one.next_fen for one in self.moved if one.next_fen is not None and one.next_fen < 0)


NOTHING = Effect()


class _Line(NamedTuple):
    """A line on which something is posted: what it is for, in fen up to which due day (exclusive)."""

    line: str
    application: str
    uscc: str
    item: str
    notice: str
    type: str
    fen: int
    due: date


def effect(view: View, comparison: Comparison) -> Effect:
    """What the file changes of what is posted, with the lines that it moves without telling of them."""
    changes = [change for change in comparison.changes if change.action != "same"]
    if not changes:
        return NOTHING
    lines = list(_lines(view))
    touched = _touched(comparison.register.name, changes, lines)
    if not touched:
        return NOTHING
    posted = {line.line: line for line in lines}
    after = _Supposed(view, comparison)
    now: Counter[str] = Counter()
    then: Counter[str] = Counter()
    try:
        for occasion in _series(view, [line for line in lines if line.line in touched]):
            for of, sums in ((view, now), (after, then)):
                for step in plan_of(of, occasion).steps:
                    sums[step.line] += step.award_fen
    except Refused as refused:
        told = [Moved(line, posted[line].item, posted[line].fen, None) for line in sorted(touched)]
        return Effect(tuple(told), refused.problems)
    # A file of firms tells of many lines and mostly moves none. What lines lose of which it tells nothing is said of
    # them nowhere else.
    named = {line for line in touched if comparison.register.name in ABOUT or then[line]}
    named |= {line for line, fen in then.items() if fen < min(0, now[line]) and line in posted}
    return Effect(tuple(Moved(line, posted[line].item, posted[line].fen, then[line]) for line in sorted(named)))


def _lines(view: View) -> Iterator[_Line]:
    fen: Counter[str] = Counter()
    dues: dict[str, date] = defaultdict(lambda: date.min)
    for (line, due), award in posted_awards(view).items():
        fen[line] += award.amount_fen
        if award.amount_fen:
            dues[line] = max(dues[line], due)
    if not any(fen.values()):
        return
    types = {name: versions[0].notice.type for name, versions in notices(view).items()}
    asked = {row.key: row.body for row in view.rows(kinds.APPLICATION)}
    for grant in view.rows(kinds.GRANT):
        body = asked.get(grant.body["application"])
        if body is not None and fen[grant.key]:
            about = body["uscc"], body["item"], body["notice"], types.get(body["notice"], LOAN_TYPE)
            yield _Line(grant.key, grant.body["application"], *about, fen[grant.key], dues[grant.key])


def _touched(register: str, changes: Iterable[Change], lines: Iterable[_Line]) -> set[str]:
    """The lines that a file tells of for days which something is posted for."""
    said: dict[str, str] = {}
    for change in changes:
        for about, day in _about(register, change):
            said[about] = min(said.get(about, day), day)
    found = set()
    for line in lines:
        for about in _named_by(register, line):
            if about in said and said[about] <= line.due.isoformat():
                found.add(line.line)
    return found


def _about(register: str, change: Change) -> Iterator[tuple[str, str]]:
    """What a changed row is about, with the day from which it may move something: any, but of a new happening."""
    bodies = [change.draft.fields] if change.draft else []
    bodies += [change.before.body] if change.before else []
    for body in bodies:
        data = body.get("data", body)
        if register in _HAPPENED:
            yield ABOUT[register].of(data), data["date"] if change.action == "new" else ""
        elif register == "receipts":
            # A further receipt takes nothing back, and most of them come after the run.
            if change.action != "new":
                yield ABOUT[register].of(data), ""
        elif register == "dishonesty":
            yield data["uscc"], ""
        else:
            yield change.key, ""


def _named_by(register: str, line: _Line) -> Iterable[str]:
    """By which key rows of a register tell of a line; by none where they do not."""
    if register in ("entities", "dishonesty"):
        return (line.uscc,)
    if register == "applications":
        return (line.application,)
    if register == "grants":
        return (line.line,)
    about = ABOUT.get(register)
    return (line.item,) if about and about.register is register_of(line.type) else ()


def _series(view: View, lines: Iterable[_Line]) -> Iterator[Occasion]:
    """The last run of each series that posted on some lines."""
    series = {
        Occasion("interest", "", date.min) if line.type == LOAN_TYPE else Occasion("batch", line.notice, date.min)
        for line in lines
    }
    for one in sorted(series, key=lambda occasion: (occasion.run, occasion.name)):
        run = last_closed(view, one)
        if run is not None:
            yield run.occasion


class _Supposed(View):
    """The registers as they will be once a file is taken in; of records, the import alone is added."""

    def __init__(self, view: View, comparison: Comparison) -> None:
        super().__init__(view.connection, view.size)
        self._comparison = comparison
        changed = [change for change in comparison.changes if change.action != "same"]
        self._gone = {
            comparison.register.kind: {change.key for change in changed},
            kinds.HOLD: {row.key for row in comparison.held.falling},
        }
        self._new: dict[Kind[Any], list[Row[Any]]] = {
            comparison.register.kind: [
                self._row(change.key, change.draft.fields) for change in changed if change.draft is not None
            ],
            kinds.HOLD: [self._row(hold["key"], {**hold, "import": view.size}) for hold in comparison.held.new],
        }

    def _row(self, key: str, fields: Any) -> Row[Any]:
        return Row(self.size, key, fields.get("lender", ""), bytes(32), {"key": key, **fields})

    def rows(self, register: Kind[BodyT], lender: str | None = None) -> Iterator[Row[BodyT]]:
        """The rows of a register, those of the file among them."""
        found = super().rows(register, lender)
        if register not in self._gone:
            return found
        stays = [row for row in found if row.key not in self._gone[register]]
        new = [row for row in self._new[register] if lender is None or row.lender == lender]
        return iter(sorted([*stays, *new], key=lambda row: row.key))

    def keys(self, register: Kind[Any]) -> dict[str, str]:
        """The keys of a register, those of the file among them."""
        return {row.key: row.lender for row in self.rows(register)}

    def records(self, kind: Kind[BodyT], since: int = 0) -> Iterator[Row[BodyT]]:
        """The records of a kind, the import that a report of events will be among them."""
        yield from super().records(kind, since)
        scope = self._comparison.scope
        if kind is kinds.IMPORT and scope.lender and scope.through is not None:
            body: Any = {
                "register": self._comparison.register.kind.register,
                "mode": "full" if scope.full else "delta",
                "lender": scope.lender,
                "through": scope.through.isoformat(),
                "sha256": self._comparison.sha256,
            }
            yield self._row("", body)
