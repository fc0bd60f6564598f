"""The digest: what a calculator says of one award line, as canonical values; every field is declared here.

It is what an award rests on: entries of the book hold it in full or by its hash, a proposal the root over all of them.
Amounts are integers of fen, days are texts in ISO form; `through` and `due` are exclusive. Changed bytes are a new
`SCHEMA`. `awards.digests` puts digests together; the log holds their bytes to these types.
"""

from typing import Annotated, Final, Literal, NotRequired, TypedDict

__all__ = [
    "SCHEMA",
    "AwardedPeriod",
    "CapUse",
    "CheckedCondition",
    "Digest",
    "Held",
    "InterestBound",
    "PayerShare",
    "RefusedCode",
    "TakenBackPart",
    "Withheld",
    "item_of",
]

SCHEMA: Final = "subsidy/digest/2"

# The mark beside a type names the check that the log holds bytes to (`ledger.log.kinds.values`).
Text = Annotated[str, "text"]
Day = Annotated[str, "day"]
Hash = Annotated[str, "sha256"]


class CheckedCondition(TypedDict):
    """A condition, met or not.

    met: whether it is met
    found, relation, wanted: the texts of the worksheet
    """

    name: Text
    met: bool
    found: str
    relation: Text
    wanted: str
    clause: Text


class RefusedCode(TypedDict):
    """A condition that was not met, with the clause that asks for it.

    component: of the notice, where it refuses that component alone and what is added to it stands
    """

    code: Text
    clause: Text
    component: NotRequired[Text]


class AwardedPeriod(TypedDict):
    """What one due period comes to.

    due: exclusive end of the due period
    bank_fen: our interest of the bank's whole due period; of a loan
    interest_fen: the supported part of it; of a loan
    base_fen: what an item's part was calculated on, 0 where there is no such figure
    award_fen: what it adds to the award
    """

    due: Day
    bank_fen: NotRequired[int]
    interest_fen: NotRequired[int]
    base_fen: NotRequired[int]
    award_fen: int


class Held(TypedDict):
    """What is not posted until a receipt, a fact or a release says more: a due period, or a line that failed whole.

    ours_fen, receipt_fen: interest as calculated, and as the receipt has it
    cause, fact, values: why a line cannot be calculated (a refusal code), on which fact, and its figures
    due: exclusive end of the due period; absent where the line failed whole
    """

    code: Text
    due: NotRequired[Day]
    ours_fen: NotRequired[int]
    receipt_fen: NotRequired[int]
    cause: NotRequired[Text]
    fact: NotRequired[Text]
    values: NotRequired[dict[str, str]]


class InterestBound(TypedDict):
    """How the bound by the interest came out over the periods that are not held.

    combined_fen: what the components combined to
    interest_fen: the interest
    claim_fen: the lower of them, to date
    """

    combined_fen: int
    interest_fen: int
    claim_fen: int


class CapUse(TypedDict):
    """A key of a cap that the line uses.

    key: its notice and cap, and what tells this amount from others
    limit_fen: the highest on the line's parts; absent where the key does not limit the line
    outside_fen: paid outside on no line
    others_fen: what stands on all other lines
    reserved_fen: kept free for what is calculated and not posted yet
    own_fen: what stands on the line after the run
    """

    key: dict[str, str]
    limit_fen: NotRequired[int]
    outside_fen: int
    others_fen: int
    reserved_fen: int
    own_fen: int


class Withheld(TypedDict):
    """What one decision cut of what the earlier ones had left.

    code: `grant_ceiling`, `meeting` or `shortage`
    limit_fen: the most that it allows on the line
    amount_fen: what it cut
    """

    code: Text
    limit_fen: int
    amount_fen: int
    document: NotRequired[Text]


class TakenBackPart(TypedDict):
    """What an agreed claw-back takes of the award.

    due: exclusive end of the day of agreement
    clawback: its number
    agreed_fen: what was agreed
    amount_fen: what is left to take
    """

    due: Day
    clawback: Text
    agreed_fen: int
    amount_fen: int


class PayerShare(TypedDict):
    """What one level of government bears of the award."""

    level: Text
    amount_fen: int


_Schema = TypedDict("_Schema", {"$schema": Literal["subsidy/digest/2"]})


class Digest(_Schema):
    """What a calculator says of one award line.

    entity: unified social credit code of the firm
    loan, item: key of what is supported, one of the two
    pay_to: who receives the award
    lender, insurer: its name where it is paid to one
    notice: reference of the version, or references joined by `+`
    benchmark: reference of the benchmark; of a loan
    calculator: its name with version
    facts: root over the records that the line rests on
    through: the day before which it calculates
    eligible: whether the line is refused by no condition
    conditions: every one, met or not
    refused: those that are not met
    withheld_fen: the sum of `withheld`
    payers: they sum to the award
    award_fen: the award to date
    """

    line: Text
    entity: Text
    loan: NotRequired[Text]
    item: NotRequired[Text]
    pay_to: Literal["firm", "lender", "insurer"]
    lender: NotRequired[Text]
    insurer: NotRequired[Text]
    notice: Text
    benchmark: NotRequired[Text]
    calculator: Text
    facts: Hash
    through: Day
    eligible: bool
    conditions: list[CheckedCondition]
    refused: list[RefusedCode]
    periods: list[AwardedPeriod]
    interest_bound: NotRequired[InterestBound]
    held: list[Held]
    caps: list[CapUse]
    withheld: list[Withheld]
    withheld_fen: int
    taken_back: NotRequired[list[TakenBackPart]]
    payers: list[PayerShare]
    award_fen: int


def item_of(digest: Digest) -> str:
    """The key of the loan or other item that a digest is about."""
    return digest["loan"] if "loan" in digest else digest["item"]
