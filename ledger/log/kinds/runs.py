"""Records of runs: proposed, closed, aborted, withdrawn."""

from typing import Literal, NotRequired, TypedDict

from calculators.digest import Held, RefusedCode
from ledger.log.kinds.kind import Kind, Record
from ledger.log.kinds.registry import OfRun
from ledger.log.kinds.values import Count, Day, Fen, Hash, Text


class Totals(TypedDict):
    """Control totals of what a run posts: debits and credits of the payable.

    lines: lines with an entry
    entries: entries
    debit_fen: reductions
    credit_fen: awards
    """

    lines: Count
    entries: Count
    debit_fen: Fen
    credit_fen: Fen


class RefusedLine(TypedDict):
    """A line that is due nothing, and why."""

    line: Text
    codes: list[RefusedCode]


class GivenApproval(TypedDict):
    """An approval under which a run was closed.

    step: place among the steps, from 0
    record, leaf: log index and leaf hash of the approval
    """

    step: Count
    record: Count
    leaf: Hash


class HeldPeriod(Held):
    """What a line's digest holds: a due period, or the line whole."""

    line: Text


class Occasioned(OfRun):
    """What a proposal says of its run's occasion.

    run: loans of a month, or items of one notice
    """

    run: Literal["interest", "batch"]
    through: NotRequired[Day]


class OwnCap(TypedDict):
    """What a line has of one key of a cap.

    key: its notice and cap, and what tells this amount from others
    own_fen: what stands on the line under it
    """

    key: dict[str, str]
    own_fen: Fen


class MovedCaps(TypedDict):
    """A line on which nothing is posted, but what stands on it counts under other keys of caps than before.

    caps: what the line has of each of its keys from this run on
    """

    line: Text
    caps: list[OwnCap]


class CapOver(TypedDict):
    """A key of a cap of which more stands than its limit: nothing is added, and only a decision recovers it.

    key: its notice and cap, and what tells this amount from others
    limit_fen: what it allows
    over_fen: what stands beyond it
    """

    key: dict[str, str]
    limit_fen: Fen
    over_fen: Fen


class ProposalBody(Record, Occasioned):
    """What a run would post, before anybody agrees to it.

    through: last day of a batch
    log_size: how many records it has read
    facts_root, digest_root: over the facts and the digests of its lines
    entries_root: over the entries that its run will post
    held, refused: what is not posted, and why
    cap_over: of which caps more stands than their limit
    moved: lines without an entry whose amounts count under other keys of caps than before
    steps: posts that must approve it, in order
    run: loans of a month, or items of one notice
    digests: how many digests there are
    benchmark: reference of the benchmark
    calculators: names with versions
    notices: references of the notice versions that governed
    """

    log_size: Count
    facts_root: Hash
    digest_root: Hash
    entries_root: Hash
    digests: Count
    benchmark: NotRequired[Text]
    calculators: list[Text]
    notices: list[Text]
    totals: Totals
    held: list[HeldPeriod]
    refused: list[RefusedLine]
    cap_over: NotRequired[list[CapOver]]
    moved: NotRequired[list[MovedCaps]]
    steps: NotRequired[list[Text]]


class RunClosedBody(Record, OfRun):
    """A run was posted.

    proposal, proposal_leaf: the proposal
    first, count: its entries
    """

    proposal: Count
    proposal_leaf: Hash
    first: Count
    count: Count
    approvals: list[GivenApproval]


class RunAbortedBody(Record):
    """A proposal came to nothing.

    cause: a refusal code, `rejected` or `interrupted`
    proposal: log index of the proposal
    """

    proposal: Count
    cause: Text


class WithdrawalBody(Record, OfRun):
    """A posted run was taken back by counter-entries.

    run: log index of its `run_closed`
    first, count: its counter-entries
    """

    run: Count
    first: Count
    count: Count
    reason: Text


PROPOSAL = Kind("proposal", ProposalBody, version=2, since={"entries_root": 2})
RUN_CLOSED = Kind("run_closed", RunClosedBody)
RUN_ABORTED = Kind("run_aborted", RunAbortedBody)
WITHDRAWAL = Kind("withdrawal", WithdrawalBody)
