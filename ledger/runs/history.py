"""The runs of a ledger and their states, read from the log."""

from dataclasses import dataclass
from enum import StrEnum

from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.runs.occasion import Occasion
from ledger.store.ledger import View


class State(StrEnum):
    """Where a run stands; only `closed` runs count for what comes next."""

    PROPOSED = "proposed"
    CLOSED = "closed"
    ABORTED = "aborted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Run:
    """A run by the log index of its proposal, which is its number.

    `closed`, `first` and `count` say where its entries stand (log indexes); they are 0 unless it was closed.
    """

    number: int
    occasion: Occasion
    state: State
    actor: str
    recorded_at: str
    proposal: kinds.ProposalBody
    closed: int = 0
    first: int = 0
    count: int = 0

    @property
    def steps(self) -> list[str]:
        """The posts that must approve it, in order; empty where nobody must."""
        return list(self.proposal.get("steps", ()))


def runs(view: View) -> list[Run]:
    """Every run in log order."""
    closed = {row.body["proposal"]: row for row in view.records(kinds.RUN_CLOSED)}
    aborted = {row.body["proposal"] for row in view.records(kinds.RUN_ABORTED)}
    withdrawn = {row.body["run"] for row in view.records(kinds.WITHDRAWAL)}
    found = []
    for row in view.records(kinds.PROPOSAL):
        closing = closed.get(row.seq)
        state = State.ABORTED if row.seq in aborted else State.PROPOSED
        if closing is not None:
            state = State.WITHDRAWN if closing.seq in withdrawn else State.CLOSED
        found.append(
            Run(
                number=row.seq,
                occasion=Occasion.of_proposal(row.body),
                state=state,
                actor=row.body["actor"],
                recorded_at=row.body["recorded_at"],
                proposal=row.body,
                closed=closing.seq if closing else 0,
                first=closing.body["first"] if closing else 0,
                count=closing.body["count"] if closing else 0,
            )
        )
    return found


def last_closed(view: View, occasion: Occasion) -> Run | None:
    """The run that one for `occasion` follows: the last closed one of its series that was not withdrawn."""
    series = (run for run in reversed(runs(view)) if occasion.follows(run.occasion))
    return next((run for run in series if run.state is State.CLOSED), None)


def find_run(view: View, name: str) -> Run:
    """A run by its number, or the last closed run of a month `YYYY-MM` or of a notice.

    Refuses `run_not_closed` where runs of that name were proposed only, and `run_unknown`.
    """
    known = runs(view)
    for run in reversed(known):
        if str(run.number) == name or (run.occasion.name == name and run.state is State.CLOSED):
            return run
    if any(run.occasion.name == name for run in known):
        raise refuse(
            "run_not_closed",
            N_("no run of {name} is closed"),
            N_("see how far it is with `subsidy run list`, and name it by its number"),
            name=name,
        )
    raise refuse(
        "run_unknown",
        N_("there is no run {name}"),
        N_("give a number, a month or a notice from `subsidy run list`"),
        name=name,
    )
