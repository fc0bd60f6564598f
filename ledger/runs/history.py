"""The runs of a ledger and their states, read from the log."""

from dataclasses import dataclass
from enum import StrEnum

from calculators.problems import N_, Refused, refuse
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


def closed_run(view: View, name: str) -> Run:
    """A closed run by its number, or the last of a month or a notice; refuses as `find_run` and `not_closed`."""
    found = find_run(view, name)
    if found.state is not State.CLOSED:
        raise not_closed(found)
    return found


_NOT_CLOSED = {
    State.PROPOSED: (
        N_("run {number} of {name} is not posted yet: it waits for a signature"),
        N_("`subsidy approvals` says who can sign: `subsidy approve {number}`"),
    ),
    State.ABORTED: (
        N_("run {number} of {name} was rejected or given up"),
        N_("remedy what it was rejected for and run it again; `subsidy run list` shows all runs"),
    ),
    State.WITHDRAWN: (
        N_("run {number} of {name} was taken back"),
        N_("run it again, or name another run; `subsidy run list` shows all runs"),
    ),
}


def not_closed(run: Run) -> Refused:
    """`run_not_closed`: what became of a run that is not closed, and what to do."""
    what, remedy = _NOT_CLOSED[run.state]
    return refuse("run_not_closed", what, remedy, number=run.number, name=run.occasion)


def find_run(view: View, name: str) -> Run:
    """A run by its number, or the last closed run of a month `YYYY-MM` or of a notice.

    Refuses `run_not_closed` where no run of that name is closed, and `run_unknown`.
    """
    known = runs(view)
    for run in reversed(known):
        if str(run.number) == name or (run.occasion.name == name and run.state is State.CLOSED):
            return run
    open_one = next((run for run in reversed(known) if run.occasion.name == name), None)
    if open_one is not None:
        raise not_closed(open_one)
    raise refuse(
        "run_unknown",
        N_("there is no run {name}"),
        N_("give a number, a month or a notice from `subsidy run list`"),
        name=name,
    )
