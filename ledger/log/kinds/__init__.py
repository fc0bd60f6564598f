"""The kinds of records, each declared once: its type for code, its check for bytes, its meaning for the reference page.

Read `kind.py` (what a kind is), then the module of a subject. A record is checked twice: before it is written, where a
problem is our own defect, and by verification, which asks whether thousands are `well_formed` and looks at one only to
say what is wrong with it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.log import shapes
from ledger.log.kinds import book, facts, imports, ledgers, mappings, office, payouts, reconcile, registry, runs
from ledger.log.kinds.book import (
    ACCOUNT,
    BUDGET,
    ENTRY,
    ORDER,
    TERMS,
    AccountBody,
    BudgetAction,
    BudgetBody,
    Chart,
    EntryBody,
    OrderBody,
    PostingBody,
    Reason,
    TermsBody,
)
from ledger.log.kinds.facts import (
    CLAIM,
    DISHONESTY,
    EVENT,
    FACTS,
    LOAN,
    MILESTONE,
    POLICY,
    PREMIUM,
    PROJECT,
    RECEIPT,
    ClaimData,
    DishonestyData,
    EventData,
    FactBody,
    FactRegister,
    LoanData,
    MilestoneData,
    PolicyData,
    PremiumData,
    ProjectData,
    ReceiptData,
    Repriced,
)
from ledger.log.kinds.imports import HOLD, IMPORT_WITHDRAWAL, HeldProblem, HoldBody, ImportWithdrawalBody
from ledger.log.kinds.kind import COMMON, BodyT, Kind, Record, SignedT, own
from ledger.log.kinds.ledgers import CUT, GENESIS, RULES, CutBody, GenesisBody, RulesBody
from ledger.log.kinds.mappings import (
    MAPPING,
    GivenValue,
    MappedHeading,
    MappedWord,
    MappingBody,
    MappingRules,
    SameAs,
)
from ledger.log.kinds.office import (
    ACTOR,
    APPROVAL,
    DECISION,
    EVIDENCE,
    KEY,
    OBJECTION,
    PUBLIC_NOTICE,
    ActorBody,
    ApprovalBody,
    DecisionBody,
    DecisionType,
    EvidenceBody,
    KeyBody,
    MeetingRow,
    ObjectionBody,
    PublicNoticeBody,
    Settlement,
    Substitute,
)
from ledger.log.kinds.payouts import (
    CLAWBACK,
    CORRECTION,
    NETTING,
    OUTCOME,
    PAYMENT_BATCH,
    PAYOUT,
    RECOVERY,
    REVEAL,
    AskedBack,
    Cause,
    ClaimedPart,
    ClawbackBody,
    CorrectionBody,
    HeldBack,
    NettingBody,
    NewTerms,
    OutcomeBody,
    PaymentBatchBody,
    PayoutBody,
    PayoutState,
    RecoveryBody,
    RevealBody,
    Source,
)
from ledger.log.kinds.reconcile import (
    MATCH,
    PERIOD,
    QUARANTINE,
    STATEMENT,
    STATEMENT_LINE,
    STATEMENT_WITHDRAWAL,
    UNDO,
    AccountBalances,
    Detail,
    Explained,
    MatchBody,
    MatchInput,
    MatchKind,
    MatchRule,
    PaidPart,
    PeriodBody,
    QuarantineBody,
    QuarantineProblem,
    StatementBody,
    StatementLineBody,
    StatementWithdrawalBody,
    UndoBody,
)
from ledger.log.kinds.registry import (
    APPLICATION,
    BENCHMARK,
    ENTITY,
    GRANT,
    IMPORT,
    INSPECTION,
    NOTICE,
    OPENING,
    OPERATOR,
    PAYEE,
    PAYER,
    REFUSAL,
    VOID,
    ApplicationBody,
    BenchmarkBody,
    Channel,
    District,
    EntityBody,
    GrantBody,
    ImportBody,
    Imported,
    InspectionBody,
    NoticeBody,
    OfRun,
    OpeningBody,
    OpeningRow,
    OperatorBody,
    PayeeBody,
    PayerBody,
    RefusalBody,
    Status,
    VoidBody,
    void,
)
from ledger.log.kinds.runs import (
    PROPOSAL,
    RUN_ABORTED,
    RUN_CLOSED,
    WITHDRAWAL,
    CapOver,
    GivenApproval,
    HeldPeriod,
    MovedCaps,
    Occasioned,
    OwnCap,
    ProposalBody,
    RefusedLine,
    RunAbortedBody,
    RunClosedBody,
    Totals,
    WithdrawalBody,
)

__all__ = [
    "ACCOUNT",
    "ACTOR",
    "APPLICATION",
    "APPROVAL",
    "BENCHMARK",
    "BUDGET",
    "CLAIM",
    "CLAWBACK",
    "COMMON",
    "CORRECTION",
    "CUT",
    "DECISION",
    "DISHONESTY",
    "ENTITY",
    "ENTRY",
    "EVENT",
    "EVIDENCE",
    "FACTS",
    "GENESIS",
    "GRANT",
    "HOLD",
    "IMPORT",
    "IMPORT_WITHDRAWAL",
    "INSPECTION",
    "KEY",
    "KINDS",
    "LOAN",
    "MAPPING",
    "MATCH",
    "MILESTONE",
    "NETTING",
    "NOTICE",
    "OBJECTION",
    "OPENING",
    "OPERATOR",
    "ORDER",
    "OUTCOME",
    "PAYEE",
    "PAYER",
    "PAYMENT_BATCH",
    "PAYOUT",
    "PERIOD",
    "POLICY",
    "PREMIUM",
    "PROJECT",
    "PROPOSAL",
    "PUBLIC_NOTICE",
    "QUARANTINE",
    "RECEIPT",
    "RECOVERY",
    "REFUSAL",
    "REGISTERS",
    "RESERVED",
    "REVEAL",
    "RULES",
    "RUN_ABORTED",
    "RUN_CLOSED",
    "SCHEMAS",
    "STATEMENT",
    "STATEMENT_LINE",
    "STATEMENT_WITHDRAWAL",
    "TERMS",
    "UNDO",
    "VOID",
    "WITHDRAWAL",
    "AccountBalances",
    "AccountBody",
    "ActorBody",
    "ApplicationBody",
    "ApprovalBody",
    "AskedBack",
    "BenchmarkBody",
    "BodyT",
    "BudgetAction",
    "BudgetBody",
    "CapOver",
    "Cause",
    "Channel",
    "Chart",
    "ClaimData",
    "ClaimedPart",
    "ClawbackBody",
    "CorrectionBody",
    "CutBody",
    "DecisionBody",
    "DecisionType",
    "Detail",
    "DishonestyData",
    "District",
    "EntityBody",
    "EntryBody",
    "EventData",
    "EvidenceBody",
    "Explained",
    "FactBody",
    "FactRegister",
    "GenesisBody",
    "GivenApproval",
    "GivenValue",
    "GrantBody",
    "HeldBack",
    "HeldPeriod",
    "HeldProblem",
    "HoldBody",
    "ImportBody",
    "ImportWithdrawalBody",
    "Imported",
    "InspectionBody",
    "KeyBody",
    "Kind",
    "LoanData",
    "MappedHeading",
    "MappedWord",
    "MappingBody",
    "MappingRules",
    "MatchBody",
    "MatchInput",
    "MatchKind",
    "MatchRule",
    "MeetingRow",
    "MilestoneData",
    "MovedCaps",
    "NettingBody",
    "NewTerms",
    "NoticeBody",
    "ObjectionBody",
    "Occasioned",
    "OfRun",
    "OpeningBody",
    "OpeningRow",
    "OperatorBody",
    "OrderBody",
    "OutcomeBody",
    "OwnCap",
    "PaidPart",
    "PayeeBody",
    "PayerBody",
    "PaymentBatchBody",
    "PayoutBody",
    "PayoutState",
    "PeriodBody",
    "PolicyData",
    "PostingBody",
    "PremiumData",
    "ProjectData",
    "ProposalBody",
    "PublicNoticeBody",
    "QuarantineBody",
    "QuarantineProblem",
    "Reason",
    "ReceiptData",
    "Record",
    "RecoveryBody",
    "RefusalBody",
    "RefusedLine",
    "Repriced",
    "RevealBody",
    "RulesBody",
    "RunAbortedBody",
    "RunClosedBody",
    "SameAs",
    "Settlement",
    "SignedT",
    "Source",
    "StatementBody",
    "StatementLineBody",
    "StatementWithdrawalBody",
    "Status",
    "Substitute",
    "TermsBody",
    "Totals",
    "UndoBody",
    "VoidBody",
    "WithdrawalBody",
    "check_record",
    "kind_of",
    "own",
    "void",
    "well_formed",
]

_DECLARED: list[Kind[Any]] = [
    kind
    for module in (ledgers, office, book, registry, facts, imports, mappings, runs, payouts, reconcile)
    for kind in vars(module).values()
    if isinstance(kind, Kind)
]

# Kind -> its declaration; those of registers of facts share `fact`.
KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in _DECLARED}
# The `$schema` of everything that is written now.
SCHEMAS = frozenset(kind.schema for kind in _DECLARED)
# Register -> the kind whose records are its rows.
REGISTERS: dict[str, Kind[Any]] = {
    kind.register: kind for kind in _DECLARED if kind.keyed or kind.name in ("fact", "import", "outcome")
}

# Named in the contracts and not written yet.
RESERVED = frozenset({"seal", "restore"})

_CHECKS: dict[str, shapes.Check] = {
    **{name: kind.check for name, kind in KINDS.items()},
    "fact": shapes.ByField("register", {kind.register: kind.check for kind in facts.FACTS}),
}
_SCHEMAS = {kind.schema: name for name, kind in KINDS.items()}


def kind_of(body: Mapping[str, Any]) -> str:
    """The kind that a record says it is; "" where it says none."""
    schema = body.get("$schema")
    if type(schema) is not str:
        return ""
    if schema in _SCHEMAS:
        return _SCHEMAS[schema]
    parts = schema.split("/")
    return parts[1] if len(parts) == 3 and parts[0] == "subsidy" and parts[2] == "1" else ""


def check_record(body: Mapping[str, Any]) -> list[str]:
    """What is wrong with a record, field by field (`postings[1].account: absent`); empty where nothing is."""
    kind = kind_of(body)
    if kind in RESERVED:
        return [f"$schema: {kind} is a reserved name"]
    if kind not in _CHECKS:
        return [f"$schema: no kind of record: {body.get('$schema')!r}"]
    return [f"{place.removeprefix('.')}: {what}" for place, what in _CHECKS[kind](body)]


def well_formed(kind: str, bodies: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all are records of this kind in which `check_record` finds nothing."""
    return kind in _CHECKS and _CHECKS[kind].all_right(bodies)
