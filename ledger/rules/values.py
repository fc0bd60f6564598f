"""What the look-ups of the rule book hold: the shapes that both of their sources fill."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from sys import intern
from typing import Any, Generic, NamedTuple

from ledger.book.payables import Terms
from ledger.log import kinds
from ledger.log.acts import message_hash
from ledger.payouts.states import Source, State
from ledger.reconcile.chain import Span, together
from ledger.rules.caps import Has, Key, cap_key, numbered
from ledger.rules.records import day_of
from ledger.runs.occasion import Occasion

# Reasons of entries whose key follows from what somebody wrote, so that only the book tells whether it was used.
KEYED = frozenset(
    {
        "bound",
        "budget",
        "corrected",
        "funded",
        "unbound",
        "wallet_interest",
        "recovered",
        "refunded",
        "reopened",
        "written_off",
        "year_end",
    }
)


def act_key(kind: str, body: Mapping[str, Any]) -> tuple[str, int, str]:
    """Under what an act is remembered: its kind, the size that it saw, and the hash of what was signed."""
    return kind, body["head"]["size"], message_hash(body)


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
    # The day on which it was handed to its channel, if it was, and by whom.
    sent_on: date | None = None
    sent_by: list[str] = field(default_factory=list)

    def reach(self, body: kinds.OutcomeBody) -> None:
        """Know what was said of the batch as a whole."""
        self.state = State(body["state"])
        if self.state is State.EXPORTED:
            self.sent_on = self.sent_on or day_of(body["recorded_at"])
            self.sent_by.append(body["actor"])


class Said(Mapping[str, Any]):
    """Fields of a record, in less than half the room of a dict: there is one for each thing in a register."""

    __slots__ = ("_names", "_values")

    def __init__(self, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self._names, self._values = names, values

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[self._names.index(name)]
        except ValueError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def asked_of(register: str, body: Mapping[str, Any]) -> Any:
    """What a record says of that which rules ask about its register."""
    asked = ASKED.get(register)
    if asked is None:
        return NO_FIELDS
    try:
        names, values = asked, [body[name] for name in asked]
    except KeyError:
        there = tuple([name for name in asked if name in body])
        names, values = _NAMES.setdefault(there, there), [body[name] for name in there]
    return Said(names, tuple([intern(said) if type(said) is str and len(said) < _HASH else said for said in values]))


def same(value: Any) -> Any:
    """A value, and of texts that are said again and again, such as keys, one and the same object."""
    return intern(value) if type(value) is str and len(value) < _HASH else value


# Hashes are said once.
_HASH = 64
_NAMES: dict[tuple[str, ...], tuple[str, ...]] = {}
NO_FIELDS: Any = Said((), ())
# Before the name of a register: the look-up of the last versions of its things.
VERSIONS = "version/"


class Version(NamedTuple, Generic[kinds.BodyT]):
    """The last version of a thing in a register: how many there were, and those of its fields that rules ask for.

    `fields` has the types of its kind, of the fields that `ASKED` names.

    `before` is the version before it with all before that, of grants alone: a run is judged by what it had read.
    """

    seq: int
    void: bool
    versions: int
    fields: kinds.BodyT
    before: "Version[kinds.BodyT] | None" = None


def packed(version: Version[Any]) -> Version[Any] | int:
    """A version as it is kept: of a first one that stands, and of which rules ask no field, the log index says all."""
    return version.seq if version.versions == 1 and not version.void and not version.fields else version


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


class Change(NamedTuple):
    """The last version of a payee, or of a grant, that pays elsewhere than the one before: by whom, and when."""

    seq: int
    actor: str
    day: date


@dataclass(slots=True)
class Brought:
    """What an import did, key by key in log order: its record, and the version that stood before, -1 for none."""

    seqs: "array[int]" = field(default_factory=lambda: array("q"))
    before: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, seq: int, before: int | None) -> None:
        """Know one more."""
        self.seqs.append(seq)
        self.before.append(-1 if before is None else before)

    def add_new(self, seqs: Sequence[int]) -> None:
        """Know more of them, before which none stood."""
        self.seqs.extend(seqs)
        self.before.extend([-1] * len(seqs))


class Chain(NamedTuple):
    """The statements of an account that stand, by key in the order in which they came, and what they make together."""

    spans: Mapping[str, Span]
    whole: Span | None


@dataclass(slots=True)
class Moved:
    """What moved on an account that is paid from, month by month: by the bank's lines, and by entries of the book."""

    lines: dict[str, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)

    def plus(self, other: "Moved") -> "Moved":
        """With what moved besides."""
        for mine, more in ((self.lines, other.lines), (self.entries, other.entries)):
            for month, fen in more.items():
                mine[month] = mine.get(month, 0) + fen
        return self


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
    # The first day and the last of them.
    opens_on: str = ""
    closes_on: str = ""


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
    # What it says of the entries of its run; None of one by an earlier release.
    entries_root: str | None

    @classmethod
    def of(cls, leaf: bytes, body: kinds.ProposalBody) -> "Proposed":
        """What the record of a proposal says."""
        over = frozenset(cap_key(cap_over["key"]) for cap_over in body.get("cap_over", ()))
        moved = {one["line"]: numbered(one["caps"]) for one in body.get("moved", ())}
        occasion, promised = Occasion.of_proposal(body), body.get("entries_root")
        return cls(leaf.hex(), body["log_size"], body["totals"], occasion, over, moved, promised)


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
    "payer": ("funding", "channel", "envelope", "prior_year", "institution", "number"),
    "payee": ("uscc", "channel", "institution", "wallet_type", "number", "holder"),
    "application": ("uscc", "notice", "item", "applied_on"),
    "grant": ("outcome", "ceiling_fen", "envelope", "payee", "document", "application", "granted_on"),
    "account": ("chart", "code", "side"),
    "statement_line": ("amount_fen", "reversal", "returned", "statement"),
    "payout": ("amount_fen", "batch"),
    "statement": ("account", "currency", "sha256"),
    "payment_batch": ("payer",),
    "clawback": ("inspection",),
    "hold": ("register", "about"),
    "wallet": ("seen_on", "status", "freeze", "controlled", "wallet_class"),
    "wallet_request": ("uscc",),
}
# Register -> the fields in which its records name others that they rest on, with the register of those.
RESTS_ON: dict[str, tuple[tuple[str, str], ...]] = {
    "payee": (("uscc", "entity"),),
    "application": (("uscc", "entity"),),
    "grant": (("application", "application"), ("payee", "payee")),
    "payment_batch": (("payer", "payer"),),
    "clawback": (("inspection", "inspection"),),
}
# What is counted besides, as if it rested on something: statements of a file, rows about a firm's payees that are held.
FILE, PAYEE_ROW = "file", "payee_row"


# The reason of an entry that fills an account, and the kind of a match of the lines that show it.
FUNDED, FUNDING = "funded", "funding"
# Registers whose records rest on others, and are counted there.
COUNTED = frozenset({*RESTS_ON, "statement", "hold"})
# Kind -> the register that its records are versions in; "" where the record names it.
REGISTERS = {
    **{kind.name: kind.name for kind in kinds.KINDS.values() if kind.keyed},
    "fact": "",
    "void": "",
    "undo": "match",
}


def used_by(register: str, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a record rests on, as (register, key)."""
    for name, of in RESTS_ON.get(register, ()):
        if name in fields:
            yield of, fields[name]
    if register == "statement":
        yield FILE, fields["sha256"]
    elif register == "hold" and fields.get("register") == "payee":
        yield PAYEE_ROW, fields["about"]


def supporting(register: str, fields: Mapping[str, Any]) -> tuple[str, str] | None:
    """What an application or a grant that stands is about: an item under a notice, or an application."""
    if register == "application":
        return same(f"item/{fields['notice']}"), fields["item"]
    return ("application", fields["application"]) if fields.get("outcome") == "granted" else None


def freed_by(body: kinds.OutcomeBody) -> Iterator[int]:
    """The awards of which an outcome gives back or takes something on the word of a file."""
    if body["source"]["kind"] in (Source.RESULT, Source.STATEMENT):
        yield from (claim["award"] for claim in body.get("claims", ()))


def paid_to(fields: Mapping[str, Any]) -> object:
    """Where the money of a version of a grant, or of a payee, goes."""
    return fields.get("payee") if "ceiling_fen" in fields or "outcome" in fields else dict(fields)


def opened(body: kinds.OpeningBody) -> Mapping[str, Mapping[str, int]]:
    """Line -> due day -> fen that an opening position says were paid before this ledger."""
    lines: dict[str, dict[str, int]] = {}
    for row in body["rows"]:
        if "line" in row:
            dues = lines.setdefault(row["line"], {})
            dues[row["due"]] = dues.get(row["due"], 0) + row["amount_fen"]
    return lines


def without(chain: Chain | None, key: str) -> Chain:
    """The statements of an account without one of them."""
    spans = {name: span for name, span in chain.spans.items() if name != key} if chain else {}
    whole: Span | None = None
    for span in spans.values():
        whole = together(whole, span) or whole
    return Chain(spans, whole)


def longer(chain: Chain | None, body: kinds.StatementBody) -> Chain:
    """The statements of an account with one more."""
    known, span = chain or Chain({}, None), Span.of(body)
    return Chain({**known.spans, body["key"]: span}, together(known.whole, span) or known.whole)
