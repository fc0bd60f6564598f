"""Runs, and the lines of one: what it posted or would post, held and refused, beside what the run before it posted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from ledger.log import kinds
from ledger.queries.named import Named, named
from ledger.runs.history import Run, State, find_run
from ledger.runs.history import runs as every_run
from ledger.runs.plan import plan_of
from ledger.store.ledger import Row, View


@dataclass(frozen=True, slots=True)
class HeldLine:
    """What a run does not post until something is known: a due period, or a line as a whole (`due` is None).

    `due` is an exclusive end (ISO text); `ours_fen` and `receipt_fen` are interest as calculated and as the receipt
    has it; `cause`, `fact` and `values` say why a line as a whole is held.
    """

    line: str
    code: str
    due: str | None = None
    ours_fen: int | None = None
    receipt_fen: int | None = None
    cause: str | None = None
    fact: str | None = None
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RefusedBy:
    """A condition that was not met, and the clause that asks for it; `component` where that alone is refused."""

    code: str
    clause: str
    component: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that is due nothing, and why."""

    line: str
    codes: tuple[RefusedBy, ...]


@dataclass(frozen=True, slots=True)
class CapOver:
    """A key of a cap of which more stands than its limit."""

    key: Mapping[str, str]
    limit_fen: int
    over_fen: int


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """A run by its number; `month` or `notice` names it. Where its entries stand are log indexes, 0 unless closed.

    `due_fen` is the sum of its awards, `reduced_fen` that of its reductions.
    """

    run: int
    month: str | None
    notice: str | None
    state: State
    actor: str
    recorded_at: str
    closed: int
    first: int
    count: int
    due_fen: int
    reduced_fen: int
    held: tuple[HeldLine, ...]
    cap_over: tuple[CapOver, ...]
    refused: tuple[RefusedLine, ...]


@dataclass(frozen=True, slots=True)
class RunLine:
    """What a run adds to a line and due period: `due` is its exclusive end, `reason` is `award` or `true_up`.

    `record` is the log index of the entry, None while it is only proposed.
    """

    line: str
    due: str
    amount_fen: int
    reason: str
    record: int | None
    uscc: str | None
    firm: str | None
    item: str | None
    notice: str | None


@dataclass(frozen=True, slots=True)
class Against:
    """What a run posts on a line (`now_fen`) beside what the run before it did (`before_fen`), and how much more."""

    line: str
    firm: str | None
    now_fen: int
    before_fen: int
    difference_fen: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The run before, by number, and every line on which either posts, those that differ most first."""

    before: int | None
    lines: tuple[Against, ...]


def all_runs(view: View, after: int = -1, count: int | None = None) -> tuple[RunAnswer, ...]:
    """The runs in log order, at most `count` with a number above `after`."""
    return tuple(map(_answer, islice((run for run in every_run(view) if run.number > after), count)))


def run_answer(view: View, name: str) -> RunAnswer:
    """A run by its number, or the last closed one of a month or notice; refuses what `find_run` does."""
    return _answer(find_run(view, name))


def run_lines(view: View, name: str, after: int = -1, count: int | None = None) -> tuple[RunLine, ...]:
    """What a run posted, or would post where it waits for signatures; at most `count` with a record behind `after`.

    Of a proposed run nothing is a record yet: all its lines are told at once, calculated again from what it had read.
    """
    run = find_run(view, name)
    if run.state is State.PROPOSED:
        steps = plan_of(view.at(run.proposal["log_size"]), run.occasion).steps
        said = [
            (None, step.line, step.due.isoformat(), step.award_fen, "award" if step.replaces is None else "true_up")
            for step in steps
        ]
        names = named(view, (step.line for step in steps))
        return tuple(_line(one, names) for one in said)
    rows = islice(_entries(view, run, after), count)
    posted = [(row.seq, row.body["line"], row.body["due"], row.body["award_fen"], row.body["reason"]) for row in rows]
    names = named(view, (line for _seq, line, *_rest in posted))
    return tuple(_line(one, names) for one in posted)


def against_before(view: View, name: str) -> Compared:
    """A run line by line against the closed run that came before it in its series."""
    run = find_run(view, name)
    earlier = (one for one in reversed(every_run(view)) if one.number < run.number and one.state is State.CLOSED)
    before = next((one for one in earlier if run.occasion.follows(one.occasion)), None)
    now = _by_line(run_lines(view, str(run.number)))
    then = _by_line(run_lines(view, str(before.number))) if before else Counter[str]()
    lines = sorted(now.keys() | then.keys())
    names = named(view, lines)
    compared = [Against(line, _firm(names, line), now[line], then[line], now[line] - then[line]) for line in lines]
    compared.sort(key=lambda one: (-abs(one.difference_fen), one.line))
    return Compared(before.number if before else None, tuple(compared))


def held_line(held: kinds.HeldPeriod) -> HeldLine:
    """What a proposal says of something held."""
    return HeldLine(
        line=held["line"],
        code=held["code"],
        due=held.get("due"),
        ours_fen=held.get("ours_fen"),
        receipt_fen=held.get("receipt_fen"),
        cause=held.get("cause"),
        fact=held.get("fact"),
        values=held.get("values"),
    )


def refused_line(refused: kinds.RefusedLine) -> RefusedLine:
    """What a proposal says of a line that is due nothing."""
    codes = (RefusedBy(code["code"], code["clause"], code.get("component")) for code in refused["codes"])
    return RefusedLine(refused["line"], tuple(codes))


def cap_over(over: kinds.CapOver) -> CapOver:
    """What a proposal says of a cap above its limit."""
    return CapOver(over["key"], over["limit_fen"], over["over_fen"])


def _answer(run: Run) -> RunAnswer:
    totals = run.proposal["totals"]
    return RunAnswer(
        run=run.number,
        month=run.occasion.named.get("month"),
        notice=run.occasion.named.get("notice"),
        state=run.state,
        actor=run.actor,
        recorded_at=run.recorded_at,
        closed=run.closed,
        first=run.first,
        count=run.count,
        due_fen=totals["credit_fen"],
        reduced_fen=totals["debit_fen"],
        held=tuple(map(held_line, run.proposal["held"])),
        cap_over=tuple(map(cap_over, run.proposal.get("cap_over", ()))),
        refused=tuple(map(refused_line, run.proposal["refused"])),
    )


def _entries(view: View, run: Run, after: int) -> Iterable[Row[kinds.EntryBody]]:
    since = max(run.first, after + 1)
    return view.at(run.first + run.count).records(kinds.ENTRY, since=since) if run.count else ()


def _line(said: tuple[int | None, str, str, int, str], names: Mapping[str, Named]) -> RunLine:
    record, line, due, fen, reason = said
    known = names.get(line)
    if known is None:
        return RunLine(line, due, fen, reason, record, None, None, None, None)
    return RunLine(line, due, fen, reason, record, known.uscc, known.firm, known.item, known.notice)


def _by_line(lines: Iterable[RunLine]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.line] += line.amount_fen
    return sums


def _firm(names: Mapping[str, Named], line: str) -> str | None:
    return names[line].firm if line in names else None
