"""What the look-ups of the rule book hold: the shapes that both of their sources fill."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

from ledger.book.payables import Terms
from ledger.log import kinds
from ledger.payouts.states import State
from ledger.rules.caps import Has, Key, cap_key, numbered
from ledger.runs.occasion import Occasion

# Reasons of entries whose key follows from what somebody wrote, so that only the book tells whether it was used.
KEYED = frozenset({"budget", "corrected", "funded", "wallet_interest", "recovered", "refunded", "reopened", "year_end"})


@dataclass(slots=True)
class Award:
    """What an entry owes on its line, and what was claimed of it: fen, negative for a debt or a reduction."""

    line: str
    due: str
    payee: str
    reason: str
    top_fen: int
    terms: Terms
    claimed_fen: int = 0
    tries: int = 0
    reversed: bool = False
    corrected: bool = False

    def bears(self, fen: int) -> bool:
        """Whether so much more can be claimed of it: all claims together lie between 0 and what it owes."""
        return min(0, self.top_fen) <= self.claimed_fen + fen <= max(0, self.top_fen)


@dataclass(slots=True)
class Batch:
    """A payment batch: its log index and record, where it stands as a whole, and its items in order."""

    seq: int
    body: kinds.PaymentBatchBody
    state: State = State.PREPARED
    items: list[str] = field(default_factory=list)
    # The day on which it was handed to its channel, if it was.
    sent_on: date | None = None


class Version(NamedTuple):
    """The last version of a thing in a register: how many there were, and those of its fields that rules ask for.

    `before` is the version before it, of grants alone: a run is judged by what it had read.
    """

    seq: int
    void: bool
    versions: int
    fields: Mapping[str, Any]
    before: "Version | None" = None


@dataclass(slots=True)
class Path:
    """A budget path in fen: its limit (None where nothing was ever issued), what it and the paths below use, what it
    has to give itself, and what is frozen on it.
    """

    limit_fen: int | None = None
    used_fen: int = 0
    available_fen: int = 0
    frozen_fen: int = 0


@dataclass(slots=True)
class Line:
    """An award line: how many entries moved its award, what stands per due day, and what reductions kept.

    `said` are the log indexes of its award entries that stand: the last one rests on the digest in force.
    """

    entries: int = 0
    said: "array[int]" = field(default_factory=lambda: array("q"))
    dues: dict[str, int] = field(default_factory=dict)
    # (account, path) -> fen that reductions after payment kept of indicators, or money that came back gave to them
    kept: dict[tuple[str, str], int] = field(default_factory=dict)

    def say(self, seq: int, body: kinds.EntryBody) -> None:
        """Know an award entry, or the reversal of one."""
        if "reverses" not in body:
            self.said.append(seq)
        elif body["reverses"] in self.said:
            self.said.remove(body["reverses"])


@dataclass(slots=True)
class Moved:
    """What moved on an account that is paid from, month by month: by the bank's lines, and by entries of the book."""

    lines: dict[str, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Moved") -> None:
        """Take what moved besides."""
        for mine, more in ((self.lines, other.lines), (self.entries, other.entries)):
            for month, fen in more.items():
                mine[month] = mine.get(month, 0) + fen


class SignedOff(NamedTuple):
    """A month that two people have signed off: the record of the second, and the accounts whose balances it has."""

    month: str
    accounts: tuple[str, ...]
    seq: int
    leaf: str


@dataclass(slots=True, frozen=True)
class Lines:
    """The lines of a statement that is not closed yet: how many, their sum, the first, and by (account, month)."""

    count: int
    fen: int
    first: int
    by_month: Mapping[tuple[str, str], int]


class Proposed(NamedTuple):
    """A proposal: its leaf hash, what it read and promised, and what its run is for."""

    leaf: str
    log_size: int
    totals: kinds.Totals
    occasion: Occasion
    # The keys of caps of which more stands than their limit, by themselves and not by this run.
    over: frozenset[Key]
    # Line -> what it has of keys, where the run posts nothing on it and found it under others.
    moved: Mapping[str, Has]

    @classmethod
    def of(cls, leaf: bytes, body: kinds.ProposalBody) -> "Proposed":
        """What the record of a proposal says."""
        over = frozenset(cap_key(cap_over["key"]) for cap_over in body.get("cap_over", ()))
        moved = {one["line"]: numbered(one["caps"]) for one in body.get("moved", ())}
        return cls(leaf.hex(), body["log_size"], body["totals"], Occasion.of_proposal(body), over, moved)


@dataclass(slots=True)
class Closed:
    """A run that was closed: its record, its entries, and what it was for."""

    seq: int
    first: int
    count: int
    occasion: Occasion
    withdrawn: bool = False


# Register -> the fields that rules ask for. A version of any other register is known by its log index alone.
ASKED: dict[str, tuple[str, ...]] = {
    "payer": ("funding", "channel", "envelope", "prior_year"),
    "payee": ("uscc", "channel"),
    "application": ("uscc", "notice", "applied_on"),
    "grant": ("outcome", "ceiling_fen", "envelope", "payee", "document", "application", "granted_on"),
    "account": ("chart", "code", "side"),
    "statement_line": ("amount_fen", "reversal", "returned"),
    "payout": ("amount_fen",),
    "statement": ("currency",),
}


def refunded_fen(body: kinds.EntryBody) -> int:
    """What an entry says was given back unasked: its debits on the financial chart."""
    return sum(
        posting["amount_fen"] for posting in body["postings"] if posting["chart"] == "fin" and posting["amount_fen"] > 0
    )


class Source(Protocol):
    """Where a fold finds what it was not told: the tables at one size of the log.

    It is `whole` where it was told everything, so that nothing is to be found elsewhere.
    """

    whole: bool

    def load(self, name: str, keys: Iterable[Any]) -> Mapping[Any, Any]:
        """Look-up `name` -> what stands there under these keys; those of which nothing stands are left out."""

    def body(self, seq: int) -> Any:
        """What record `seq` says."""
