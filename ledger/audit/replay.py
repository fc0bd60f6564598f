"""Replay: every digest made again from facts and notices as recorded then, every posting from the digests.

For each run that was closed, the plan is made over the records its proposal had read and compared with what stands in
the log: the proposal's roots and totals, then its entries, byte for byte but for who recorded them and when.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from calculators.awards.all import Calculate, calculate_all
from ledger.log import kinds
from ledger.runs.closing import made_again
from ledger.runs.history import Run, runs
from ledger.store.ledger import View


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference of a run: where (record and field), what stands in the log, what the facts give."""

    record: int
    field: str
    recorded: object
    derived: object


@dataclass(frozen=True, slots=True)
class Replayed:
    """One closed run made again: how many digests and entries, and the first difference if there is one."""

    run: Run
    digests: int
    entries: int
    difference: Difference | None


def replay(view: View, calculate: Calculate = calculate_all) -> Iterator[Replayed]:
    """Every closed run of the ledger in log order, withdrawn ones too; `calculate` says what lines are due."""
    for run in runs(view):
        if not run.closed:
            continue
        plan, entries, fields = made_again(view, run.number, run.proposal, calculate)
        derived: list[tuple[int, Mapping[str, Any]]] = [(run.number, fields)]
        derived += list(enumerate(entries, run.first))
        difference = _first_difference(view, derived)
        if difference is None and len(entries) != run.count:
            difference = Difference(run.closed, "count", run.count, len(entries))
        yield Replayed(run, len(plan.digests), len(entries), difference)


def _first_difference(view: View, derived: Iterable[tuple[int, Mapping[str, Any]]]) -> Difference | None:
    for record, fields in derived:
        body = kinds.own(view.record(record))
        for name in sorted(body.keys() | fields.keys()):
            if body.get(name) != fields.get(name):
                return Difference(record, name, body.get(name), fields.get(name))
    return None
