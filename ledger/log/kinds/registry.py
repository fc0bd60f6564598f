"""Records of what is known: notices, firms, payees, applications, grants, imports, openings."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict, get_args

from calculators.digest import RefusedCode
from ledger.log.kinds.facts import FactRegister
from ledger.log.kinds.kind import Kind, Record, Signed
from ledger.log.kinds.values import Benchmarked, Count, Day, Fen, Hash, Month, Signature, Text
from ledger.log.shapes import one_of

# `from` is a word of Python's, so shapes that have it are written as calls.
District = TypedDict("District", {"from": Day, "name": Text})
Status = TypedDict("Status", {"name": Text, "from": Day, "to": NotRequired[Day]})

_Span = TypedDict("_Span", {"from": Day, "to": NotRequired[Day]})

Channel = Annotated[str, one_of("ecny", "bank")]


class BenchmarkBody(Record):
    """A published benchmark.

    key: `lpr`
    checked_through: up to which day the source was checked
    rows: [effective from, one-year rate, five-year rate], in per cent
    source: where it is published
    """

    key: Text
    source: Text
    checked_through: Day
    rows: list[Benchmarked]


class NoticeBody(Record):
    """A notice as registered.

    sha256: of the text's UTF-8 bytes
    amends: sha256 of the version amended
    key: id of the notice
    text: the notice, YAML
    """

    key: Text
    sha256: Hash
    text: Text
    amends: NotRequired[Hash]


class EntityBody(Record):
    """A firm.

    key: unified social credit code
    check: whether its check digit is right
    known_on: the latest of its rows
    name: registered name
    districts: where it was registered, from which day
    statuses: which status it held, and when
    """

    key: Text
    name: Text
    check: Annotated[str, one_of("passed", "failed")]
    districts: list[District]
    statuses: list[Status]
    known_on: NotRequired[Day]


class PayeeBody(Record):
    """A wallet or account of a firm.

    key: its reference
    number, holder: commitments; the clear text stands in the vault
    channel: digital renminbi wallet or bank account
    """

    key: Text
    uscc: Text
    channel: Channel
    institution: Text
    wallet_type: NotRequired[Text]
    number: Hash
    holder: Hash


class PayerBody(Record):
    """A wallet or account that the unit pays from.

    envelope: pays only for this path and below
    key: its reference
    channel: digital renminbi wallet or bank account
    number, holder: commitments; the clear text stands in the vault
    funding: drawn from the appropriation with each payment, or filled beforehand
    prior_year: what becomes of an earlier year's money that comes back: `quota` to be used again, or the `treasury`'s
    """

    key: Text
    channel: Channel
    institution: Text
    wallet_type: NotRequired[Text]
    number: Hash
    holder: Hash
    funding: Literal["zero_balance", "prefunded"]
    envelope: NotRequired[Text]
    prior_year: NotRequired[Literal["quota", "treasury"]]


class WalletBody(Record):
    """What was seen of a firm's digital renminbi wallet; no part of the payee, so that seeing it changes no account.

    key: reference of the payee
    seen_on: day on which the operator was asked
    status: whether it is in use
    freeze: what is frozen: nothing, what goes out (`debit`), what comes in (`credit`), or `all`
    controlled: whether its operator holds it to the limits of an anonymous wallet
    wallet_class: class of a personal wallet, 1 to 4
    """

    key: Text
    seen_on: Day
    status: Annotated[str, one_of("normal", "dormant", "closed")]
    freeze: Annotated[str, one_of("none", "debit", "credit", "all")]
    controlled: bool
    wallet_class: NotRequired[Annotated[str, one_of("1", "2", "3", "4")]]


class WalletRequestBody(Record):
    """A corporate wallet that a firm has asked for: where that stands, each state a version.

    key: the operator's number of the process
    uscc: the firm
    institution: code of the operator
    state: where it stands
    state_on: day of that state
    """

    key: Text
    uscc: Text
    institution: Text
    state: Annotated[str, one_of("applied", "in_review", "opened", "refused")]
    state_on: Day


class ApplicationBody(Record):
    """申报: a firm asks for support of one item.

    item: loan, policy, claim or project
    evidence: hashes of files
    key: application number
    applied_on: day of the application
    rank: from the review, 1 the best
    other_support: other support that the project has
    exemption: exception that the notice names
    exemption_document: what proves the exception
    investment_fen: what the project of a loan invests in all
    """

    key: Text
    uscc: Text
    notice: Text
    item: Text
    applied_on: Day
    rank: NotRequired[Count]
    other_support: NotRequired[Text]
    exemption: NotRequired[Literal["major_project", "key_enterprise", "national_project"]]
    exemption_document: NotRequired[Text]
    investment_fen: NotRequired[Fen]
    evidence: list[Hash]


class GrantBody(Record):
    """批复: what became of an application.

    key: grant number, which names the award line
    outcome: whether it was granted
    granted_on: day of the decision
    ceiling_fen: the most that is paid
    payee: reference of the payee
    """

    key: Text
    application: Text
    outcome: Literal["granted", "refused"]
    granted_on: Day
    document: Text
    ceiling_fen: NotRequired[Count]
    envelope: NotRequired[Text]
    payee: NotRequired[Text]
    reason: NotRequired[Text]


class InspectionBody(Record):
    """An inspection of what a grant paid for.

    key: inspection number
    grant: the grant inspected
    inspected_on: day of the inspection
    finding: nothing, something to be put right, or money to be taken back
    detail: what was found
    due_on: by when it is to be put right
    settled_on: when it was
    """

    key: Text
    grant: Text
    inspected_on: Day
    finding: Literal["passed", "rectify", "claw_back"]
    detail: NotRequired[Text]
    due_on: NotRequired[Day]
    settled_on: NotRequired[Day]


Imported = Annotated[
    str,
    one_of(
        *get_args(FactRegister),
        "entity",
        "payee",
        "payer",
        "wallet",
        "wallet_request",
        "application",
        "grant",
        "inspection",
        "statement",
        "statement_line",
        "hold",
        # Of an act that was turned down, since `subsidy/void/2`.
        "benchmark",
        "decision",
        "notice",
        "objection",
        "public_notice",
    ),
]

_Import = TypedDict("_Import", {"import": Count})


class VoidBody(Record, _Import):
    """A row of a register falls.

    of: log index of the version that falls
    import: log index of what says so: the import, its withdrawal, that of a statement, or the approval against an act
    register, key: what falls
    """

    register: Imported
    key: Text
    of: Count


def void(register: Kind[Any], key: str, of: int, by: int) -> VoidBody:
    """The `void` of version `of` of (register, key), as the record at log index `by` says."""
    return {"register": register.register, "key": key, "of": of, "import": by}


class ImportBody(Record):
    """A register file taken in.

    through: up to which day it speaks for its lender
    file: its base name
    new, changed, same, void: counts of rows
    register: whose rows they are
    mode: whether a row that is missing in the file falls
    lender: whose file it is
    mapping: log index of the mapping that the file was read under
    """

    register: Text
    mode: Literal["full", "delta"]
    lender: NotRequired[Text]
    through: NotRequired[Day]
    file: Text
    sha256: Hash
    new: Count
    changed: Count
    same: Count
    void: Count
    mapping: NotRequired[Count]


class OperatorBody(Record, _Span):
    """An institution that runs digital renminbi wallets; from its approval on payees may name it.

    key: institution code, 14 characters
    name_zh, name_en: its name in Chinese and in English
    from, to: first and last day on which wallets may be paid there
    source: where it is published
    """

    key: Text
    name_zh: Text
    name_en: NotRequired[Text]
    source: Text
    signature: NotRequired[Signature]


class SuccessionBody(Record):
    """A firm that ended, by merger or struck off, and who takes its place; in force once another person has agreed.

    key: credit code of the firm
    state: whether it has ended, or goes on after all
    on: day of it
    document: what says so
    successor: credit code of the firm that takes its place; absent where there is none
    """

    key: Text
    state: Annotated[str, one_of("ended", "goes_on")]
    on: Day
    document: Text
    reason: Text
    successor: NotRequired[Text]
    signature: NotRequired[Signature]


class OpeningRow(TypedDict):
    """An award that was paid before this ledger.

    lender, loan: name and key of the loan
    due: exclusive end of the due period
    """

    uscc: Text
    line: NotRequired[Text]
    lender: NotRequired[Text]
    loan: NotRequired[Text]
    due: Day
    amount_fen: Fen


class OpeningBody(Signed):
    """What was paid under a notice before this ledger; no rows say that nothing was.

    In force once another person has agreed; of version 1 at once.
    key: the notice
    """

    key: Text
    rows: list[OpeningRow]
    file: NotRequired[Text]
    sha256: NotRequired[Hash]


class OfRun(TypedDict):
    """What a run was for: a month, or the notice of a batch."""

    month: NotRequired[Month]
    notice: NotRequired[Text]


class RefusalBody(Record, OfRun):
    """Why a line is due nothing.

    key: `<month or notice>/<line>`
    about: the line
    month, notice: what the run was for, one of the two
    """

    key: Text
    about: Text
    codes: list[RefusedCode]


BENCHMARK = Kind("benchmark", BenchmarkBody, keyed=True)
NOTICE = Kind("notice", NoticeBody, keyed=True)
ENTITY = Kind("entity", EntityBody, keyed=True)
PAYEE = Kind("payee", PayeeBody, keyed=True)
PAYER = Kind("payer", PayerBody, keyed=True)
WALLET = Kind("wallet", WalletBody, keyed=True)
WALLET_REQUEST = Kind("wallet_request", WalletRequestBody, keyed=True)
APPLICATION = Kind("application", ApplicationBody, keyed=True, version=2, since={"investment_fen": 2})
GRANT = Kind("grant", GrantBody, keyed=True)
INSPECTION = Kind("inspection", InspectionBody, keyed=True)
VOID = Kind("void", VoidBody, version=2, since={"register": 1})
IMPORT = Kind("import", ImportBody)
OPERATOR = Kind("operator", OperatorBody, keyed=True)
SUCCESSION = Kind("succession", SuccessionBody, keyed=True)
OPENING = Kind("opening", OpeningBody, keyed=True, version=2, since={"signature": 2})
REFUSAL = Kind("refusal", RefusalBody, keyed=True)
