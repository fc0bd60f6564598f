"""Records of the book's own terms: accounts, budget indicators, orders that move them, entries."""

from typing import Annotated, NotRequired, TypedDict

from calculators.digest import Digest
from ledger.log import shapes
from ledger.log.kinds.kind import Kind, Record
from ledger.log.kinds.values import Amount, Count, Day, Fen, Flag, Hash, Signature, Text

Chart = Annotated[str, shapes.one_of("fin", "bud", "ind")]
BudgetAction = Annotated[str, shapes.one_of("issued", "adjusted", "transferred", "frozen", "unfrozen")]


class AccountBody(Record):
    """An account of a chart.

    key: `<chart>/<code>`
    code: its number in the chart
    verified: whether code and name were checked against the official chart
    chart: `fin` financial, `bud` budget accounting, `ind` budget indicators
    name_en, name_zh: its name
    side: where it grows
    """

    key: Text
    chart: Chart
    code: Text
    name_en: Text
    name_zh: Text
    side: Annotated[str, shapes.one_of("debit", "credit")]
    verified: Flag


class BudgetBody(Record):
    """What moved a budget indicator.

    key: the path
    order: log index of the order that asked for it
    action: what the document ordered
    amount_fen: what it adds to the path, below zero what it takes
    on: day from which it moves the path; of a record of version 1 the day on which it was recorded
    """

    key: Text
    action: BudgetAction
    amount_fen: Fen
    document: Text
    on: Day
    order: NotRequired[Count]


class OrderBody(Record):
    """A budget movement that waits for its approvals.

    to: the path that a transfer goes to
    action, path: what is to be done to which path
    on: day from which it is to move the path; without it that of its approval
    """

    action: BudgetAction
    path: Text
    to: NotRequired[Text]
    amount_fen: Fen
    document: Text
    on: NotRequired[Day]
    signature: NotRequired[Signature]


class TermsBody(TypedDict):
    """What an amount is posted on: an entry has here what all of its postings share, a posting what is its own.

    This is the one place that declares them: the columns of the table, the reference page and the checks follow.

    envelope: budget path
    payee: reference of the payee
    clause: notice and place in it
    function, economic: classification codes
    level: which level of government pays
    """

    envelope: NotRequired[Text]
    payee: NotRequired[Text]
    clause: NotRequired[Text]
    function: NotRequired[Text]
    economic: NotRequired[Text]
    level: NotRequired[Text]


# In the order of their columns in the table of postings, which are made from these.
TERMS = tuple(TermsBody.__annotations__)


class PostingBody(TermsBody):
    """One posting of an entry: an amount on an account, debits positive.

    chart: chart of the account
    """

    chart: Chart
    account: Text
    amount_fen: Amount


Reason = Annotated[
    str,
    shapes.one_of(
        "budget",
        "grant",
        "award",
        "true_up",
        "reversal",
        "instruct",
        "paid",
        "overpaid",
        "unpaid",
        "returned",
        "reopened",
        "refunded",
        "recovered",
        "netted",
        "written_off",
        "corrected",
        "funded",
        "wallet_interest",
        "bound",
        "unbound",
        "year_end",
    ),
]


class EntryBody(Record):
    """A double entry, balanced per chart.

    key: `<book>/<line>/<n>` for awards, `<book>/<kind>/<id>/<n>` otherwise
    cause: log index of the record that it follows from
    line: the grant whose award it moves
    due: exclusive end of the due period
    award_fen: what it adds to the award
    document: number of the paper that orders it
    reverses: log index of the entry that it takes back
    digest: what the award rests on; in the first entry of a line in a run
    digest_of: hash of that digest, in the others
    replaces: log index of the entry by which the due period was posted before
    replaced_digest: hash of the digest that this one rests on
    terms: what all postings share
    reason: what kind of event it books
    effective_on: day on which it takes effect
    """

    key: Text
    reason: Reason
    effective_on: Day
    cause: Count
    line: NotRequired[Text]
    due: NotRequired[Day]
    award_fen: NotRequired[Fen]
    document: NotRequired[Text]
    reverses: NotRequired[Count]
    digest: NotRequired[Digest]
    digest_of: NotRequired[Hash]
    replaces: NotRequired[Count]
    replaced_digest: NotRequired[Hash]
    terms: NotRequired[TermsBody]
    postings: Annotated[list[PostingBody], shapes.AtLeast(2)]


ACCOUNT = Kind("account", AccountBody, keyed=True)
BUDGET = Kind("budget", BudgetBody, keyed=True, version=2, since={"on": 2})
ORDER = Kind("order", OrderBody, version=2, since={"on": 2})
ENTRY = Kind("entry", EntryBody, version=2)
