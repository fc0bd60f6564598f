"""Records of reconciliation: statements, their lines, matches, the monthly sign-off."""

from typing import Annotated, NotRequired, TypedDict

from ledger.log.kinds.kind import Kind, Record
from ledger.log.kinds.values import Amount, Count, Day, Fen, Flag, Hash, Identifier, Month, Signature, Text
from ledger.log.shapes import one_of


class StatementBody(Record):
    """A bank's statement of one account.

    key: `<first 16 of sha256>/<place in the file>`
    account: the payer, else `account/<number>`
    number: commitment to the account's number
    currency: of the account
    format: format of the file
    integrity: whether something outside its lines proves it complete, nothing does, or it has no balances at all
    decision: log index of the standing decision under which it was taken in, where nothing proves it complete
    name: the statement's own number
    opens_on, closes_on: days of its balances
    opening_fen, closing_fen: its balances
    lines: lines in the file
    added, added_fen: lines new to the book, and their sum
    first: log index of the first of them; 0 where there is none
    """

    key: Text
    account: Text
    number: Hash
    currency: Text
    format: Text
    file: Text
    sha256: Hash
    integrity: Annotated[str, one_of("ok", "unproven", "no-balances")]
    decision: NotRequired[Count]
    name: NotRequired[Text]
    opens_on: NotRequired[Day]
    closes_on: NotRequired[Day]
    opening_fen: NotRequired[Fen]
    closing_fen: NotRequired[Fen]
    lines: Count
    added: Count
    added_fen: Fen
    first: Count


class Detail(TypedDict):
    """One payment inside a line of a statement.

    currency: where it is not that of the account
    reversal: takes another one back
    returned: a payment that came back
    references: texts by which it can be matched
    """

    amount_fen: NotRequired[Fen]
    currency: NotRequired[Text]
    reversal: Flag
    returned: Flag
    reason: NotRequired[Text]
    references: list[Text]


class StatementLineBody(Record):
    """One line of a statement; credits positive.

    key: `<account>/<day>/<16 hex>/<n>`
    about: commitment to what the line says of the other side
    statement: key of its statement
    booked_on: day of booking
    balance_fen: balance after it
    reversal: takes another one back
    returned: a payment that came back
    references: texts by which it can be matched
    """

    key: Text
    statement: Text
    booked_on: Day
    amount_fen: Fen
    balance_fen: NotRequired[Fen]
    reversal: Flag
    returned: Flag
    references: list[Text]
    about: NotRequired[Hash]
    details: NotRequired[list[Detail]]


class StatementWithdrawalBody(Record):
    """Statements taken back.

    statements: log indexes
    lines: how many fall
    key: first 16 hex digits of the file's sha256
    """

    key: Text
    statements: list[Count]
    lines: Count
    reason: Text


class QuarantineProblem(TypedDict):
    """What is wrong with a statement.

    place: where in the file
    difference, declared, listed: by how much, what the file says, and what its lines come to
    """

    code: Text
    place: Text
    difference: NotRequired[Text]
    declared: NotRequired[Text]
    listed: NotRequired[Text]


class QuarantineBody(Record):
    """A statement file that does not add up and is put aside.

    key: first 16 hex digits of the file's sha256
    format: format of the file
    """

    key: Text
    file: Text
    sha256: Hash
    format: Text
    problems: list[QuarantineProblem]


class PaidPart(TypedDict):
    """What of a payout a match accounts for.

    payout: item number
    """

    payout: Identifier
    amount_fen: Amount


class MatchInput(TypedDict):
    """What a match rests on.

    name, value: what was compared, and its value
    """

    name: Text
    value: Text


MatchRule = Annotated[
    str,
    one_of(
        "reversal",
        "end-to-end",
        "voucher",
        "batch",
        "class",
        "amount-payee",
        "payee-sum",
        "batch-total",
        "batch-part",
        "person",
    ),
]
MatchKind = Annotated[
    str,
    one_of(
        "one-to-one",
        "one-to-many",
        "many-to-one",
        "partial",
        "return",
        "reversal",
        "fee",
        "interest",
        "funding",
        "opening",
        "refund",
    ),
]


class MatchBody(Record):
    """Lines of statements and what they are.

    amount_fen: sum of the lines
    residual_fen: what is left open
    reason: a person's
    key: from lines and payouts (contracts, 1)
    rule: by which rule, or by whom
    kind: what the lines are to the payouts
    lines: keys of the statement lines
    """

    key: Text
    rule: MatchRule
    kind: MatchKind
    lines: list[Text]
    payouts: list[PaidPart]
    amount_fen: Fen
    residual_fen: Count
    inputs: list[MatchInput]
    reason: NotRequired[Text]


class UndoBody(Record):
    """A match taken back.

    key: that of the match
    of: its log index
    reversal: the line by which the bank took back what the match rests on; absent where a person undid it
    """

    key: Text
    of: Count
    reason: Text
    reversal: NotRequired[Text]


# `class` is a word of Python's, so this shape is written as a call.
Explained = TypedDict("Explained", {"class": Text, "amount_fen": Amount})


class AccountBalances(TypedDict):
    """What a month's statement of balances says of an account.

    account: key of the account
    through: day up to which statements reach
    brought_fen: explained difference brought from the month before
    bank_fen, book_fen: balance by the bank, and by the book
    explained: why the two differ, class by class
    """

    account: Text
    through: NotRequired[Day]
    brought_fen: Fen
    bank_fen: Fen
    book_fen: Fen
    explained: list[Explained]


class PeriodBody(Record):
    """A month's reconciliation: made, checked, reopened.

    of, of_leaf: the version that it answers
    key: the month
    state: where the sign-off stands
    log_size: how many records it has read
    """

    key: Month
    state: Annotated[str, one_of("made", "checked", "reopened")]
    log_size: NotRequired[Count]
    accounts: NotRequired[list[AccountBalances]]
    of: NotRequired[Count]
    of_leaf: NotRequired[Hash]
    reason: NotRequired[Text]
    signature: NotRequired[Signature]


class OpeningItemBody(Record):
    """What bank and book differed by when the ledger began; in force once another person has agreed.

    key: `<account>@<document>`
    account: reference of the payer
    sort: whether the book had it and the bank had still to book it, or the bank had booked what nobody knew
    amount_fen: as the bank books it, a credit positive; 0 takes the item back
    on: day of it, before the account's first statement
    document: paper of the old books that shows it
    """

    key: Text
    account: Text
    sort: Annotated[str, one_of("in_transit", "unknown")]
    amount_fen: Fen
    on: Day
    document: Text
    reason: Text
    signature: NotRequired[Signature]


OPENING_ITEM = Kind("opening_item", OpeningItemBody, keyed=True)
STATEMENT = Kind("statement", StatementBody, keyed=True)
STATEMENT_LINE = Kind("statement_line", StatementLineBody, keyed=True)
STATEMENT_WITHDRAWAL = Kind("statement_withdrawal", StatementWithdrawalBody)
QUARANTINE = Kind("quarantine", QuarantineBody, keyed=True)
MATCH = Kind("match", MatchBody, keyed=True)
UNDO = Kind("undo", UndoBody)
PERIOD = Kind("period", PeriodBody, keyed=True)
