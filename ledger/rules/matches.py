"""Rules of matches: the lines and payouts that one joins, and what must follow where one is taken back."""

from ledger.log import kinds
from ledger.payouts.states import Source, State
from ledger.reconcile.decided import key_of, rests_on
from ledger.reconcile.matching import Kind
from ledger.reconcile.sides import account_and_day, of_account
from ledger.rules import opening_items
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged
from ledger.rules.state import Fold
from ledger.rules.values import Version


def match(state: Fold, record: Logged[kinds.MatchBody]) -> Faults:
    """Its lines are on the book and in no other match, its sums are theirs, and no payout is paid above its amount."""
    body = record.body
    lines = [state.stands(kinds.STATEMENT_LINE, one) for one in body["lines"]]
    repeated = len(set(body["lines"])) < len(body["lines"])
    if not lines or repeated or None in lines or any(state.get("held", one) for one in body["lines"]):
        yield fault("match_differs", reason="lines")
        return
    if sum(line.fields["amount_fen"] for line in lines if line) != body["amount_fen"]:
        yield fault("match_differs", reason="amount_fen")
    shares = {paid_part["payout"]: paid_part["amount_fen"] for paid_part in body["payouts"]}
    payouts = {name: state.stands(kinds.PAYOUT, name) for name in shares}
    if None in payouts.values() or len(shares) < len(body["payouts"]):
        yield fault("match_differs", reason="payouts")
        return
    if shares and sum(shares.values()) != abs(body["amount_fen"]):
        yield fault("match_differs", reason="payouts")
    if body["key"] != key_of(body["lines"], body["payouts"]):
        yield fault("match_differs", reason="key")
    if body["kind"] == Kind.OPENING:
        yield from opening_items.clears(state, body)
    left_fen = 0
    if body["kind"] != Kind.RETURN:
        for name, fen in shares.items():
            payout = payouts[name]
            of_payout_fen = payout.fields["amount_fen"] - (state.get("matched", name) or 0) - fen if payout else 0
            left_fen += of_payout_fen
            if of_payout_fen < 0:
                yield fault("match_differs", reason="residual_fen")
    if state.whole("as_said") is None:
        return
    if body["kind"] != Kind.RETURN and body["residual_fen"] != left_fen:
        yield fault("match_differs", reason="residual_fen")
    yield from _alike(state, body, [line for line in lines if line], [payout for payout in payouts.values() if payout])


# Kind of a match that names no payout -> the directions of its lines.
_OF_NO_PAYOUT = {
    Kind.FEE: (-1,),
    Kind.FUNDING: (-1, 1),
    Kind.INTEREST: (1,),
    Kind.OPENING: (-1, 1),
    Kind.REFUND: (1,),
    Kind.REVERSAL: (0,),
}


def _alike(
    state: Fold,
    body: kinds.MatchBody,
    lines: list[Version[kinds.StatementLineBody]],
    payouts: list[Version[kinds.PayoutBody]],
) -> Faults:
    """Lines of one account and direction, which is that of the kind; they pay what was sent from there."""
    statements = [state.version(kinds.STATEMENT, line.fields["statement"]) for line in lines]
    accounts = {
        of_account(account_and_day(name)[0], statement.fields["currency"] if statement else "")
        for name, statement in zip(body["lines"], statements, strict=True)
    }
    batches = [state.version(kinds.PAYMENT_BATCH, payout.fields["batch"]) for payout in payouts]
    if len(accounts) > 1 or {batch.fields["payer"] for batch in batches if batch} - accounts:
        yield fault("match_differs", reason="payer")
    kind, fen = Kind(body["kind"]), body["amount_fen"]
    directions = _OF_NO_PAYOUT.get(kind, (1 if kind is Kind.RETURN else -1,))
    one_way = kind is Kind.REVERSAL or all((line.fields["amount_fen"] > 0) == (fen > 0) for line in lines)
    if (fen > 0) - (fen < 0) not in directions or not one_way or bool(payouts) == (kind in _OF_NO_PAYOUT):
        yield fault("match_differs", reason="kind")


def undo(state: Fold, record: Logged[kinds.UndoBody]) -> Faults:
    """It takes back the match of its key that is in force, and no return that was booked on its word."""
    body = record.body
    stands = state.stands(kinds.MATCH, body["key"])
    if stands is None or stands.seq != body["of"]:
        yield fault("match_differs", reason="of")
        return
    made: kinds.MatchBody = state.body(body["of"])
    if "reversal" in body:
        if not _takes_back(state, body["reversal"], made):
            yield fault("match_differs", reason="reversal")
        return
    for share in made["payouts"] if made["kind"] == "return" else ():
        item = state.item(share["payout"])
        if item and item.state is State.RETURNED and item.outcomes[-1].body["source"].get("name") == body["key"]:
            yield fault("return_booked", about=item.key)


def _takes_back(state: Fold, name: str, made: kinds.MatchBody) -> bool:
    """Whether a line may take a match back: a reversal of the amount of one of its lines, or that is in it itself."""
    line = state.stands(kinds.STATEMENT_LINE, name)
    if line is None or not line.fields["reversal"] or line.fields["returned"]:
        return False
    others = [state.stands(kinds.STATEMENT_LINE, one) for one in made["lines"]]
    account = name.rsplit("/", 3)[0]
    same = all(one.rsplit("/", 3)[0] == account for one in made["lines"])
    return same and (
        name in made["lines"]
        or any(other and other.fields["amount_fen"] == -line.fields["amount_fen"] for other in others)
    )


def disputed_by(state: Fold, record: Logged[kinds.UndoBody]) -> set[str]:
    """The payouts that had succeeded on the word of a statement's lines: undoing their match disputes them.

    Where the bank took a line back, whatever rests on it does not stand any more, by whosever word it did.
    """
    made: kinds.MatchBody = state.body(record.body["of"])
    back = made["kind"] == "return"
    if back and "reversal" not in record.body:
        return set()
    items = [state.item(share["payout"]) for share in made["payouts"]]
    if "reversal" in record.body:
        return {
            payout.key
            for payout in items
            if payout and rests_on(payout.state, payout.outcomes, record.body["key"], back=back)
        }
    return {
        item.key
        for item in items
        if item and item.state is State.SUCCESS and item.outcomes[-1].body["source"]["kind"] == Source.STATEMENT
    }
