"""Records of what people do: people and their keys, approvals, decisions, public notices, evidence."""

from typing import Annotated, Literal, NotRequired, TypedDict

from ledger.log.kinds.kind import Act, Kind, Record, Signed
from ledger.log.kinds.values import REF, UNSIGNED, Count, Day, Fen, Hash, PublicKey, Signature, Text
from ledger.log.shapes import count, one_of

# `from` is a word of Python's, so shapes that have it are written as calls.
Substitute = TypedDict("Substitute", {"by": Text, "from": Day, "to": Day})
_Office = TypedDict("_Office", {"from": NotRequired[Day], "to": NotRequired[Day]})


class ActorBody(Record, _Office):
    """A person of the office.

    key: staff number
    role: `officer`
    post: which post they hold
    name: commitment to the name, which stands in the vault
    from, to: first and last day in office
    document: what appointed them
    substitute: who stands in for them, from and to which day
    """

    key: Text
    role: Literal["officer"]
    post: NotRequired[Text]
    name: NotRequired[Hash]
    document: NotRequired[Text]
    substitute: NotRequired[Substitute]


class KeyBody(Record):
    """A person's signing key.

    key: staff number
    public: Ed25519 public key
    proof: signature by the key itself over the record without proof and signature
    signature: that of the person's previous key
    """

    key: Text
    public: PublicKey
    proof: Signature
    signature: NotRequired[Signature]


class PersonBody(Act, _Office):
    """A person with posts and keys, entered by one officer and in force once another has agreed.

    key: staff number
    posts: posts that are given
    document: what appointed them
    name: commitment to the name, which stands in the vault
    duties: SHA-256 of the set of duties that the posts are of
    public: Ed25519 public key for every day; without it the one before stays in force
    recovery: public key that is kept sealed
    proof, proof_recovery: signatures by these keys themselves over the same bytes
    """

    key: Text
    posts: list[Text]
    document: Text
    name: NotRequired[Hash]
    duties: NotRequired[Hash]
    public: NotRequired[PublicKey]
    recovery: NotRequired[PublicKey]
    proof: NotRequired[Signature]
    proof_recovery: NotRequired[Signature]


class ApprovalBody(Act):
    """One step of the approval of another record, with a signature where keys are in use.

    about, about_leaf: the record signed
    step: place among the steps, from 1
    opinion: for it or against it
    text: what the signer adds
    to_come: how many signatures are to come after this one; absent where it is the last, or against it
    """

    about: Annotated[Count, count, REF]
    about_leaf: Hash
    step: Count
    opinion: Annotated[str, one_of("approve", "reject")]
    text: NotRequired[Text]
    to_come: NotRequired[Count]


class ActBody(Act):
    """What somebody did in one write, signed: the last record of that write, over those before it.

    count: how many records of the write it covers
    root: of the tree over what is signed of each of them
    first: log index of the first of them
    """

    count: Count
    root: Hash
    first: Annotated[Count, count, UNSIGNED]


class DutiesBody(Signed):
    """A set of duties: who signs what. It is in force once another person has agreed to it.

    key: `duties`
    text: the set as it was read
    sha256: hash of the text
    """

    key: Text
    text: Text
    sha256: Hash


class MeetingRow(TypedDict):
    """What a meeting granted an application, and what a short budget allotted it.

    approved_fen: what was granted or computed
    allotted_fen: what it gets of the budget
    """

    application: Text
    approved_fen: Count
    allotted_fen: Count


DecisionType = Annotated[
    str,
    one_of(
        "uscc-override",
        "lender-exception",
        "release-hold",
        "payee-change",
        "calendar",
        "meeting",
        "shortage",
        "confirm-void",
        "clearing-account",
        "paid-elsewhere",
        "carried",
        "clock",
        "stop",
        "lift",
        "recall",
        "restored-sent",
        "restored-unpaid",
        "write-off",
        "contract-release",
        "contract-return",
        "channel",
        "standing",
        "bound",
    ),
]


class CompromiseBody(Signed):
    """A key that somebody else may have had, or what was signed with it and is cleared.

    key: `<person>/<since>`; of what is cleared `<person>/` and the first of the records, or `rest`
    state: `compromised`, or `cleared`
    person: whose key it is
    since: first day from which on it may have signed for another (compromised)
    records: log indexes of what is cleared, signed with it (cleared); absent for all of it
    reason: why; of what is cleared, whether it was confirmed or undone
    """

    key: Text
    state: Literal["compromised", "cleared"]
    person: Text
    since: NotRequired[Day]
    records: NotRequired[list[Count]]
    reason: Text


class DecisionBody(Record):
    """What somebody decided that a run, an import or a payment waits for.

    key: `<type>/<about>`
    figures: fen, ours and then the receipt's where there is one
    holidays, workdays: days of the business calendar
    amount_fen: what a meeting granted, up to which a fee or interest explains itself (bound), or what is given up of a
        debt (write-off), or let go by a contract
    days: working days for which money under way explains itself, days for which the state of a wallet is good (bound)
    rows: how a short budget is shared out
    type: what is decided
    about: on what: a firm, lender and month, due period, payee, year, application, register and key, line of a
        statement, payer and format of statements, bound, or what is paid no more (stop) and again (lift): a firm or a
        grant; the payment batch that never left (recall); the line that owes (write-off); a contract; an operator and
        the host of its interface (channel); what may have been paid before the ledger was put back: a batch, a line, a
        line and the last due day of what went out, or `restore/` and the number of that record for all the rest
    document: its number; of a channel the SHA-256 of the certificate that the host shows
    ended_by: what ended a standing decision or a channel: the beginning of the hash of a file that was put aside, or
        `person`
    """

    key: Text
    type: DecisionType
    about: Text
    reason: Text
    figures: NotRequired[list[Fen]]
    holidays: NotRequired[list[Day]]
    workdays: NotRequired[list[Day]]
    signature: NotRequired[Signature]
    document: NotRequired[Text]
    amount_fen: NotRequired[Count]
    days: NotRequired[Count]
    rows: NotRequired[list[MeetingRow]]
    ended_by: NotRequired[Text]


class PublicNoticeBody(Record):
    """Awards on public notice (公示).

    key: its name
    lines: grants published
    run: log index of the run it is of
    starts_on: first day of the notice
    days: working days it lasts
    last_day: the last of them
    """

    key: Text
    lines: list[Text]
    run: NotRequired[Count]
    starts_on: Day
    days: Count
    last_day: Day
    document: NotRequired[Text]


class Settlement(TypedDict):
    """How an objection ended.

    outcome: whether the line is paid after all
    """

    on: Day
    outcome: Annotated[str, one_of("dismissed", "upheld")]
    reason: Text


class ObjectionBody(Record):
    """An objection to lines on public notice, or their withdrawal.

    notice: the public notice
    key: its number
    cause: somebody objects, or the applicant withdraws
    lines: grants that are held up
    received_on: day on which it came in
    """

    key: Text
    notice: Text
    cause: Annotated[str, one_of("objection", "withdrawal")]
    lines: list[Text]
    received_on: Day
    reason: Text
    settled: NotRequired[Settlement]


class EvidenceBody(Record):
    """A file attached to a record by its hash.

    key: `<register>/<key>/<sha256>`
    about: log index of the record
    bytes: length of the file
    """

    key: Text
    about: Count
    file: Text
    bytes: Count
    sha256: Hash


class PaperBody(Signed):
    """A step of a notice that was signed on paper: the file of the paper, in force once another person has agreed.

    key: `<run>/<post>`
    about, about_leaf: the run that the paper approves
    post: the post that signed it
    signed_on: the day on the paper
    file: base name of the scan
    bytes: length of the scan
    sha256: of the scan
    """

    key: Text
    about: Annotated[Count, count, REF]
    about_leaf: Hash
    post: Text
    signed_on: Day
    file: Text
    bytes: Count
    sha256: Hash


ACTOR = Kind("actor", ActorBody, keyed=True)
PERSON = Kind("person", PersonBody, keyed=True, version=2)
KEY = Kind("key", KeyBody, keyed=True)
_SINCE = {"act": 2, "head": 2, "origin": 2, "valid_until": 2, "to_come": 3}
APPROVAL = Kind("approval", ApprovalBody, version=3, since=_SINCE)
ACT = Kind("act", ActBody)
DUTIES = Kind("duties", DutiesBody, keyed=True)
DECISION = Kind("decision", DecisionBody, keyed=True)
COMPROMISE = Kind("compromise", CompromiseBody, keyed=True)
PUBLIC_NOTICE = Kind("public_notice", PublicNoticeBody, keyed=True)
OBJECTION = Kind("objection", ObjectionBody, keyed=True)
EVIDENCE = Kind("evidence", EvidenceBody, keyed=True)
PAPER = Kind("paper", PaperBody, keyed=True)
