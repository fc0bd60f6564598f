"""Runs that were killed: the next write says that they were given up."""

from itertools import chain

from sqlalchemy import func, literal_column, select

from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.store.engine import Query
from ledger.store.tables import record
from ledger.store.views import View, Writer

# The last proposal. The second condition is the partial index's.
_LAST = Query(
    select(func.max(record.c.seq)).where(record.c.kind == "proposal", record.c.kind != literal_column("'entry'"))
)


def end_open_proposal(writer: Writer, closes: int | None) -> None:
    """Record the last proposal as aborted if nothing ended it and it waits for nobody: its run was killed."""
    if closes is not None and _ended(writer, closes):
        raise refuse(
            "stale_proposal",
            N_("proposal {proposal} was ended by somebody else"),
            N_("run the month again"),
            proposal=closes,
        )
    # Only the last can have been killed: each write ends the one before.
    last = _LAST.value(writer.connection)
    # Behind the log only what two people say of the clock can be written; the write after that ends the proposal.
    if writer.judge and writer.judge.behind(writer.recorded_at):
        return
    if last not in (None, closes) and not writer.record(last).get("steps") and not _ended(writer, last):
        writer.append(kinds.RUN_ABORTED, kinds.RunAbortedBody(proposal=last, cause="interrupted"))


def _ended(view: View, proposal: int) -> bool:
    closed = (row.body["proposal"] for row in view.records(kinds.RUN_CLOSED, since=proposal))
    aborted = (row.body["proposal"] for row in view.records(kinds.RUN_ABORTED, since=proposal))
    return proposal in chain(closed, aborted)
