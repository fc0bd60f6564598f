"""Records of payment: batches, payouts, what became of them, and what came back."""

from typing import Annotated, NotRequired, TypedDict

from ledger.log.kinds.kind import Kind, Record
from ledger.log.kinds.registry import Channel
from ledger.log.kinds.values import Amount, Count, Day, Fen, Hash, Identifier, Signature, Text
from ledger.log.shapes import one_of


class ClaimedPart(TypedDict):
    """A part of the payable of entry record `award` that is taken, or, where negative, given back."""

    award: Count
    amount_fen: Amount


class HeldBack(TypedDict):
    """What a batch did not pay, and why.

    about: the award line, or the payout
    """

    about: Text
    code: Text
    amount_fen: Fen


class PaymentBatchBody(Record):
    """A payment order.

    key: batch number
    payer: whose account it leaves
    runs: log indexes of the runs that it pays
    first: log index of its first payout
    channel: digital renminbi or bank
    count, total_fen: of its payouts
    """

    key: Identifier
    channel: Channel
    payer: Text
    runs: list[Count]
    count: Count
    total_fen: Fen
    first: Count
    held: list[HeldBack]


class PayoutBody(Record):
    """One payment of a batch.

    key: item number
    n: its place in the batch, from 1
    payee, payee_record: to whom, and which version of them
    uscc: whose payee it is
    batch: batch number
    """

    key: Identifier
    batch: Identifier
    n: Count
    payee: Text
    payee_record: Count
    uscc: Text
    amount_fen: Amount
    claims: list[ClaimedPart]


class Source(TypedDict):
    """Who says what became of a payment.

    kind: who says it
    name: name of the file, form of the order, or log index of the decision to recall it
    row: row of the file
    """

    kind: Annotated[str, one_of("approval", "export", "result", "statement", "decision", "recall")]
    name: NotRequired[Text]
    sha256: NotRequired[Hash]
    row: NotRequired[Count]


PayoutState = Annotated[
    str,
    one_of(
        "approved",
        "exported",
        "cancelled",
        "processing",
        "unknown",
        "presumed_success",
        "presumed_fail",
        "success",
        "partial",
        "fail",
        "returned",
        "disputed",
    ),
]


class OutcomeBody(Record):
    """A step of a batch or a payout.

    about: batch or item number
    on: day of the event
    amount_fen: money that moved
    state: where it leads
    awards: entries of which all came back, of a payment of an earlier year, whose claims say nothing of it
    """

    about: Identifier
    state: PayoutState
    source: Source
    on: NotRequired[Day]
    amount_fen: NotRequired[Amount]
    reason: NotRequired[Text]
    claims: NotRequired[list[ClaimedPart]]
    awards: NotRequired[list[Count]]
    signature: NotRequired[Signature]


class RecoveryBody(Record):
    """Money that was owed back has come in.

    claims: negative, they settle reductions
    payer: the account that it came to; absent where that lies outside
    """

    line: Text
    amount_fen: Fen
    on: Day
    document: Text
    claims: list[ClaimedPart]
    payer: NotRequired[Text]


class NettingBody(Record):
    """A debt set against a payable."""

    line: Text
    amount_fen: Fen
    on: Day
    claims: list[ClaimedPart]


class WriteOffBody(Record):
    """A debt that two people have given up: no money comes in for it any more.

    line: the line that owes, or the item number of a payout that was paid twice
    on: the day of the write, on which it is booked
    decision: log index of the decision that it carries out
    claims: negative, they settle reductions; none of a payout
    """

    line: Text
    amount_fen: Fen
    on: Day
    document: Text
    decision: Count
    claims: list[ClaimedPart]


class ContractBody(Record):
    """A step of a contract that binds digital renminbi of a wallet: what was loaded, or is free again.

    key: number of the contract
    payer: reference of the wallet
    purpose: what the money is for
    condition: on what it is let go
    expires_on: last day; after it what is left comes back by itself
    step: what happened: loaded, released as its condition is met, returned before its last day, expired after it
    amount_fen: what the step moves
    left_fen: what is bound after it
    on: day of the step
    document: paper that proves it
    decision: log index of the decision of two that it carries out
    """

    key: Text
    payer: Text
    purpose: Text
    condition: Text
    expires_on: Day
    step: Annotated[str, one_of("loaded", "released", "returned", "expired")]
    amount_fen: Fen
    left_fen: Fen
    on: Day
    document: Text
    decision: NotRequired[Count]


# What stays the same from step to step of a contract.
CONTRACT_TERMS = ("payer", "purpose", "condition", "expires_on")


class NewTerms(TypedDict):
    """The terms that a correction gives a payment; what it leaves out stays as it was."""

    function: NotRequired[Text]
    economic: NotRequired[Text]
    economic_unit: NotRequired[Text]
    envelope: NotRequired[Text]


class CorrectionBody(Record, NewTerms):
    """A payment under other codes or another envelope, without moving money.

    item: item number
    economic: economic code of the government's budget
    economic_unit: economic code of the unit's own budget for the same expense
    awards: log indexes of the entries that take the new terms
    """

    item: Text
    on: Day
    document: Text
    reason: Text
    awards: list[Count]


class RevealBody(Record):
    """Somebody looked at clear text.

    about, version: a payee, and which record of it
    sha256: of the encrypted file that was made
    """

    about: Text
    version: Count
    reason: Text
    sha256: Hash


class Cause(TypedDict):
    """Why money is asked back: an inspection, or a premium that was refunded.

    cause: what it is asked back for
    inspection: number of the inspection
    """

    cause: Annotated[str, one_of("inspection", "premium_refund")]
    inspection: NotRequired[Text]
    fact: NotRequired[Count]


class AskedBack(Cause):
    """What the answer to a claw-back takes over from its request."""

    line: Text
    amount_fen: Fen
    reason: Text


class ClawbackBody(Record, AskedBack):
    """追回: money asked back, agreed or refused.

    line: the grant
    fact: log index of the premium that was refunded
    stood_fen, stood_through: what stood on the line when it was agreed
    cause: what it is asked back for
    inspection: number of the inspection
    key: its number
    state: requested, or answered
    text: what the answer adds
    """

    key: Text
    state: Annotated[str, one_of("requested", "agreed", "refused")]
    text: NotRequired[Text]
    document: NotRequired[Text]
    stood_fen: NotRequired[Count]
    stood_through: NotRequired[Day]
    signature: NotRequired[Signature]


PAYMENT_BATCH = Kind("payment_batch", PaymentBatchBody, keyed=True)
PAYOUT = Kind("payout", PayoutBody, keyed=True)
OUTCOME = Kind("outcome", OutcomeBody, version=2, since={"awards": 2})
RECOVERY = Kind("recovery", RecoveryBody)
NETTING = Kind("netting", NettingBody)
WRITE_OFF = Kind("write_off", WriteOffBody)
CONTRACT = Kind("contract", ContractBody, keyed=True)
CORRECTION = Kind("correction", CorrectionBody)
REVEAL = Kind("reveal", RevealBody)
CLAWBACK = Kind("clawback", ClawbackBody, keyed=True)
