"""Records of facts: one shape of `data` per register, its columns as a register file says them.

Amounts are fen under `<column>_fen`, rates and shares stay as written, days are ISO texts; an empty cell is absent.
"""

from typing import Generic, Literal, NotRequired, TypedDict

from ledger.log.kinds.kind import BodyT, Kind, Record
from ledger.log.kinds.values import Count, Day, Fen, Flag, Text

Repriced = Literal["fixed", "january_1", "anniversary", "quarter", "publication"]


class LoanData(TypedDict):
    """A loan as its lender reports it."""

    contract_no: Text
    slip_no: NotRequired[Text]
    lender: Text
    uscc: Text
    signed_on: Day
    matures_on: Day
    amount_fen: Fen
    day_count: Literal["ACT/360", "ACT/365F", "30E/360", "30/360", "ACT/ACT.ISDA", "NOMINAL_MONTH"]
    due_every: Literal["month", "quarter", "custom"]
    due_day: NotRequired[Count]
    due_counted: Flag
    due_dates: NotRequired[list[Day]]
    rate: Text
    repriced: NotRequired[Repriced]
    purpose: NotRequired[Text]


class EventData(TypedDict):
    """What happened to a loan."""

    contract_no: Text
    slip_no: NotRequired[Text]
    kind: Literal["drawdown", "repayment", "rate", "overdue", "extension", "other_subsidy"]
    date: Day
    end_date: NotRequired[Day]
    amount_fen: NotRequired[Fen]
    rate: NotRequired[Text]
    repriced: NotRequired[Repriced]


class ReceiptData(TypedDict):
    """Interest paid for a due period."""

    contract_no: Text
    slip_no: NotRequired[Text]
    due: Day
    interest_fen: Fen
    paid_on: Day


class PolicyData(TypedDict):
    """An insurance policy for one year of cover."""

    policy_no: Text
    uscc: Text
    insurer: Text
    item: Text
    signed_on: Day
    cover_year: NotRequired[Count]
    liability_fen: Fen
    premium_fen: Fen
    contract_amount_fen: NotRequired[Fen]
    launched_on: NotRequired[Day]
    sum_insured_fen: NotRequired[Fen]
    rate: NotRequired[Text]
    units: NotRequired[Text]
    attributes: NotRequired[dict[str, Text]]
    other_levels_fen: NotRequired[Fen]
    figures: NotRequired[dict[str, Text]]


class PremiumData(TypedDict):
    """Premium paid, or given back by the insurer."""

    policy_no: Text
    kind: Literal["paid", "returned"]
    date: Day
    amount_fen: Fen
    tax_fen: NotRequired[Fen]


class ClaimData(TypedDict):
    """What an incentive rewards."""

    claim_no: Text
    uscc: Text
    achieved_on: Day
    base_fen: NotRequired[Fen]
    units: NotRequired[Text]
    other_levels_fen: NotRequired[Fen]
    attributes: NotRequired[dict[str, Text]]
    figures: NotRequired[dict[str, Text]]


class ProjectData(TypedDict):
    """An investment or research project."""

    project_no: Text
    uscc: Text
    signed_on: Day
    claimed_fen: Fen
    attributes: NotRequired[dict[str, Text]]
    other_levels_fen: NotRequired[Fen]
    figures: NotRequired[dict[str, Text]]


class MilestoneData(TypedDict):
    """A stage reached, an audit, the acceptance of a project, a target of it, the review of its performance."""

    project_no: Text
    kind: Literal["stage", "audit", "acceptance", "target", "review"]
    date: Day
    stage: NotRequired[Text]
    amount_fen: NotRequired[Fen]
    done: NotRequired[Text]
    agreed: NotRequired[Text]
    reached: NotRequired[Text]
    score: NotRequired[Text]


class DishonestyData(TypedDict):
    """A decision of serious dishonesty (严重失信)."""

    uscc: Text
    decided_on: Day
    document: Text
    repaired_on: NotRequired[Day]


FactRegister = Literal["loan", "event", "receipt", "policy", "premium", "claim", "project", "milestone", "dishonesty"]


class FactBody(Record, Generic[BodyT]):
    """What a lender or the office reported of a thing: one row of a register of facts, as its file says it.

    key: what names the row in its register
    lender: whose file it stood in (loans, events, receipts)
    data: the row's columns
    known_on: when the bureau learned it; evidence, never a selection
    register: which register of facts it is a row of
    """

    register: FactRegister
    key: Text
    lender: NotRequired[Text]
    data: BodyT
    known_on: NotRequired[Day]


LOAN = Kind("fact", FactBody[LoanData], register="loan")
EVENT = Kind("fact", FactBody[EventData], register="event")
RECEIPT = Kind("fact", FactBody[ReceiptData], register="receipt")
POLICY = Kind("fact", FactBody[PolicyData], register="policy")
PREMIUM = Kind("fact", FactBody[PremiumData], register="premium")
CLAIM = Kind("fact", FactBody[ClaimData], register="claim")
PROJECT = Kind("fact", FactBody[ProjectData], register="project")
MILESTONE = Kind("fact", FactBody[MilestoneData], register="milestone")
DISHONESTY = Kind("fact", FactBody[DishonestyData], register="dishonesty")
FACTS = (LOAN, EVENT, RECEIPT, POLICY, PREMIUM, CLAIM, PROJECT, MILESTONE, DISHONESTY)
