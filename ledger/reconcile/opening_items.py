"""What bank and book differed by when the ledger began: money under way, and bank's lines that nobody knew.

The old reconciliation statement is carried in item by item, each with its document, by two people. The book's side
begins with the bank's opening balance and these items, so a first month is explained to the fen.
"""

from collections.abc import Iterable

from calculators.problems import N_, Place, refuse
from ledger.book.periods import signed_off, would_change
from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.reconcile.decided import Decided, decided
from ledger.reconcile.imported import spans
from ledger.reconcile.matching import Kind
from ledger.reconcile.sides import CURRENCY
from ledger.registry.agreements import agreed, answers
from ledger.store.ledger import View, Writer, local_day

IN_TRANSIT, UNKNOWN = "in_transit", "unknown"
# The input of a match that names the item which its lines clear.
INPUT = "opening"


def shift_fen(body: kinds.OpeningItemBody) -> int:
    """What the book had more than the bank: what the bank had still to book, or the contrary of what it had booked."""
    return body["amount_fen"] if body["sort"] == IN_TRANSIT else -body["amount_fen"]


def opening_items(view: View) -> dict[str, kinds.OpeningItemBody]:
    """Key -> the item, as two people said it last."""
    return {row.key: row.body for row in agreed(view, kinds.OPENING_ITEM)}


def cleared_by(body: kinds.MatchBody) -> str:
    """The item that a match clears; "" for every other match."""
    if body["kind"] != Kind.OPENING:
        return ""
    return next((one["value"] for one in body["inputs"] if one["name"] == INPUT), "")


def cleared_fen(known: Decided) -> dict[str, int]:
    """Key of an item -> what lines in force have cleared of it."""
    sums: dict[str, int] = {}
    for row in known.in_force:
        key = cleared_by(row.body)
        if key:
            sums[key] = sums.get(key, 0) + row.body["amount_fen"]
    return sums


def fits(shift: int, before: int, fen: int) -> bool:
    """Whether lines of so much clear something of an item of which so much is cleared: its direction, no more."""
    left = shift - before
    return fen * left > 0 and abs(fen) <= abs(left)


def covers(shift: int, cleared: int) -> bool:
    """Whether an item of so much may stand where lines have cleared so much of it: its direction, no more."""
    return not cleared or fits(shift, 0, cleared)


def item_of(view: View, known: Decided, account: str, document: str, fen: int) -> str:
    """The key of the item that lines of an account clear; refuses `opening_item_unknown`, `opening_item_exceeds`."""
    key = f"{account}@{document}"
    body = opening_items(view).get(key)
    if body is None:
        raise refuse(
            "opening_item_unknown",
            N_("no opening item of {account} has the document {document}"),
            N_("`subsidy opening items` lists them; two people enter one with `subsidy opening item`"),
            Place(account),
            account=account,
            document=document,
        )
    if not fits(shift_fen(body), cleared_fen(known).get(key, 0), fen):
        raise refuse(
            "opening_item_exceeds",
            N_("the lines are not what is left of the opening item {document}"),
            N_("`subsidy opening items` shows what is left of it, and in which direction"),
            Place(account),
            document=document,
        )
    return key


def record_item(writer: Writer, body: kinds.OpeningItemBody, signer: Signer | None = None) -> int | None:
    """Ask that an item stood open when the ledger began; None where that was said and not turned down.

    Refuses `payer_unknown`, `day_in_future`, `opening_item_late`, `month_signed_off`, `opening_item_exceeds`.
    """
    account = body["account"]
    if writer.current(kinds.PAYER, account) is None:
        raise refuse(
            "payer_unknown",
            N_("there is no payer {payer}"),
            N_("write its reference as `subsidy pay prepare` shows it"),
            payer=account,
        )
    if body["on"] > local_day(writer.now).isoformat():
        raise refuse("day_in_future", N_("{day} has not come yet"), N_("correct the day"), day=body["on"])
    first = first_day(writer, account)
    if first is not None and body["on"] >= first:
        raise refuse(
            "opening_item_late",
            N_("{day} is not before {first}, where the statements of the account begin"),
            N_("what is of a later day stands on a statement, or is a payout of the ledger"),
            Place(account),
            day=body["on"],
            first=first,
        )
    known = writer.current(kinds.OPENING_ITEM, body["key"])
    if known is not None and {**kinds.own(known.body), "signature": ""} == {**body, "signature": ""}:
        said = answers(writer).get(known.seq)
        if said is None or said.body["opinion"] == "approve":
            return None
    _check_stands(writer, body)
    return append_signed(writer, signer, kinds.OPENING_ITEM, body)


def _check_stands(view: View, body: kinds.OpeningItemBody) -> None:
    """Refuse what would change a month that is signed off, or be less than lines have cleared of the item."""
    account, document = body["account"], body["document"]
    signed = signed_off(view).get(account)
    if signed is not None:
        raise would_change(account, signed, body["on"])
    if not covers(shift_fen(body), cleared_fen(decided(view)).get(body["key"], 0)):
        raise refuse(
            "opening_item_exceeds",
            N_("lines have cleared more of the opening item {document} than that, or the other way"),
            N_("undo their match first: `subsidy reconcile undo MATCH --reason TEXT`"),
            Place(account),
            document=document,
        )


def first_day(view: View, account: str) -> str | None:
    """The first day that the statements of an account tell of."""
    chain = spans(view).get((account, CURRENCY))
    return chain.opens_on if chain else None


def by_account(
    items: Iterable[tuple[str, kinds.OpeningItemBody]],
) -> dict[str, dict[str, kinds.OpeningItemBody]]:
    """Account -> its items."""
    found: dict[str, dict[str, kinds.OpeningItemBody]] = {}
    for key, body in items:
        found.setdefault(body["account"], {})[key] = body
    return found
