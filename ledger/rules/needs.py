"""What rules are going to ask about records of a kind, so that a write looks it up at once and not record by record.

Each step gives look-ups by name and their keys; a later step may rest on what an earlier one has found.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ledger.log import kinds
from ledger.registry.happened import ITEMS, item_of
from ledger.rules.payees import told_by
from ledger.rules.state import Fold
from ledger.rules.values import PAYEE_ROW, supporting

Claiming: TypeAlias = kinds.PayoutBody | kinds.OutcomeBody | kinds.RecoveryBody | kinds.NettingBody | kinds.WriteOffBody
Keys: TypeAlias = Mapping[str, Iterable[Any]]
Need: TypeAlias = Callable[[Fold, Sequence[Any]], Keys]


def _claimed(_state: Fold, bodies: Sequence[Claiming]) -> Keys:
    return {"award": {claim["award"] for body in bodies for claim in body.get("claims", ())}}


def _payees(state: Fold, bodies: Sequence[kinds.PayoutBody]) -> Keys:
    awards = [state.award(claim["award"]) for body in bodies for claim in body["claims"]]
    grants = {("grant", award.line) for award in awards if award}
    payees = {(register, body["payee"]) for body in bodies for register in ("payee", "wallet")}
    return {"version": grants | payees | {("payout", body["key"]) for body in bodies}}


def _of_payees(state: Fold, bodies: Sequence[kinds.PayoutBody]) -> Keys:
    lines = {award.line for body in bodies for claim in body["claims"] if (award := state.award(claim["award"]))}
    payees = {body["payee"] for body in bodies}
    firms = {found.fields["uscc"] for found in (state.version(kinds.PAYEE, payee) for payee in payees) if found}
    return {
        "change": {("payee", payee) for payee in payees} | {("grant", line) for line in lines},
        "resting": {(PAYEE_ROW, uscc) for uscc in firms},
        "version": _applications(state, lines),
    }


def _told(state: Fold, bodies: Sequence[kinds.PayoutBody]) -> Keys:
    """What tells whom the notices of lines pay, where that is not the firm."""
    lines = {award.line for body in bodies for claim in body["claims"] if (award := state.award(claim["award"]))}
    told = [found for found in (told_by(state, line) for line in sorted(lines)) if found and found[1]]
    rows = {(register, application.fields["item"]) for application, register in told}
    firms = {body["uscc"] for body in bodies} | (state.whole("ended") or {}).keys()
    return {"version": rows | {("entity", firm) for firm in firms} if rows else rows}


def _applied(state: Fold, lines: Iterable[str]) -> set[tuple[str, str]]:
    """The applications of lines, where something can hold them up."""
    held = state.board.in_use or state.stopped or state.whole("ended")
    return _applications(state, lines) if held else set()


def _applications(state: Fold, lines: Iterable[str]) -> set[tuple[str, str]]:
    grants = (state.version(kinds.GRANT, line) for line in lines)
    return {("application", grant.fields["application"]) for grant in grants if grant}


def _sent(state: Fold, bodies: Sequence[kinds.OutcomeBody]) -> Keys:
    """Of batches that go out: the payees, the grants of what is paid, and their applications."""
    sent = [state.batch(body["about"]) for body in bodies if body["state"] == "exported"]
    items = [item for batch in sent if batch for item in map(state.item, batch.items) if item]
    awards = (state.award(award) for item in items for award in item.claims)
    lines = {award.line for award in awards if award}
    payees = {(register, item.body["payee"]) for item in items for register in ("payee", "wallet")}
    freed = {award for item in items for award in item.claims}
    return {"version": payees | {("grant", line) for line in lines}, "freed": freed}


def _published(state: Fold, bodies: Sequence[kinds.OutcomeBody]) -> Keys:
    sent = [state.batch(body["about"]) for body in bodies if body["state"] == "exported"]
    items = [item for batch in sent if batch for item in map(state.item, batch.items) if item]
    awards = (state.award(award) for item in items for award in item.claims)
    return {"version": _applied(state, {award.line for award in awards if award})}


def _resting(_state: Fold, bodies: Sequence[kinds.VoidBody]) -> Keys:
    return {"resting": {(body["register"], body["key"]) for body in bodies}}


def _items(_state: Fold, bodies: Sequence[kinds.OutcomeBody]) -> Keys:
    about = {body["about"] for body in bodies}
    matches = {
        body["source"]["name"] for body in bodies if body["source"]["kind"] == "statement" and "name" in body["source"]
    }
    return {"item": about, "batch": about, "match": matches}


def _of_items(state: Fold, bodies: Sequence[kinds.OutcomeBody]) -> Keys:
    items = [state.item(body["about"]) for body in bodies]
    of_batches = [batch for batch in map(state.batch, {body["about"] for body in bodies}) if batch]
    items += [state.item(key) for batch in of_batches for key in batch.items]
    return {
        "batch": {item.body["batch"] for item in items if item},
        "award": {award for item in items if item for award in item.claims},
    }


def _members(state: Fold, bodies: Sequence[kinds.OutcomeBody]) -> Keys:
    batches = [batch for batch in map(state.batch, {body["about"] for body in bodies}) if batch]
    return {"item": {key for batch in batches for key in batch.items}}


def _of_lines(_state: Fold, bodies: Sequence[kinds.EntryBody]) -> Keys:
    lines = {body["line"] for body in bodies if "line" in body}
    envelopes = {envelope for body in bodies for posting in body["postings"] for envelope in _envelopes(body, posting)}
    return {
        "line": lines,
        "version": {("grant", line) for line in lines},
        "path": envelopes,
        "award": _undone(bodies),
    }


def _beside(state: Fold, bodies: Sequence[kinds.EntryBody]) -> Keys:
    """The applications of what is awarded, where another grant may be for the same item."""
    return {"version": {("application", name) for name in _awarded(state, bodies)}}


def _awarded(state: Fold, bodies: Sequence[kinds.EntryBody]) -> set[str]:
    """The applications of what is awarded."""
    grants = [state.stands(kinds.GRANT, body["line"]) for body in bodies if body.get("award_fen", 0) > 0]
    return {grant.fields["application"] for grant in grants if grant}


def _items_awarded(state: Fold, bodies: Sequence[kinds.EntryBody]) -> set[tuple[str, str]]:
    """Under which notices which items are awarded something."""
    found = (state.stands(kinds.APPLICATION, name) for name in _awarded(state, bodies))
    return {about for one in found if one and (about := supporting("application", one.fields))}


def _applied_for(state: Fold, bodies: Sequence[kinds.EntryBody]) -> Keys:
    """Who else has applied for the same item."""
    return {"supporting": _items_awarded(state, bodies) if state.whole("one_grant") is not None else ()}


def _granted(state: Fold, bodies: Sequence[kinds.EntryBody]) -> Keys:
    """What was granted on these applications."""
    if state.whole("one_grant") is None:
        return {}
    items = _items_awarded(state, bodies)
    return {"supporting": {("application", name) for item in items for name in state.get("supporting", item) or ()}}


def _envelopes(body: kinds.EntryBody, posting: kinds.PostingBody) -> Iterable[str]:
    path = posting.get("envelope", body.get("terms", {}).get("envelope", ""))
    while path:
        yield path
        path = path.rpartition("/")[0]


def _undone(bodies: Sequence[kinds.EntryBody]) -> set[int]:
    """What is reversed, and what is reduced."""
    return {body[name] for body in bodies for name in ("reverses", "replaces") if name in body}


def _rows(kind: str, **others: str) -> Need:
    """The versions of the rows themselves, and of what their fields name: field -> register."""

    def need(_state: Fold, bodies: Sequence[Any]) -> Keys:
        own = {(kind or body["register"], body["key"]) for body in bodies}
        named = {(register, body[field]) for body in bodies for field, register in others.items() if field in body}
        return {"version": own | named}

    return need


def _facts(_state: Fold, bodies: Sequence[kinds.FactBody[Any]]) -> Keys:
    """The versions of the rows themselves, and the items that they are about."""
    rows = [(body["register"], body["key"]) for body in bodies]
    items = ((ITEMS[register], item_of(register, key)) for register, key in rows if register in ITEMS)
    return {"version": {*rows, *items}}


def _succession(_state: Fold, bodies: Sequence[kinds.SuccessionBody]) -> Keys:
    return {"version": {("entity", body[name]) for body in bodies for name in ("key", "successor") if name in body}}


def _accrued(_state: Fold, bodies: Sequence[Any]) -> Keys:
    return {"line": {body["key"] for body in bodies if body.get("register", "grant") == "grant"}}


def _joined(_state: Fold, bodies: Sequence[kinds.MatchBody]) -> Keys:
    lines = {line for body in bodies for line in body["lines"]}
    payouts = {share["payout"] for body in bodies for share in body["payouts"]}
    versions = {("statement_line", line) for line in lines} | {("payout", payout) for payout in payouts}
    return {"held": lines, "matched": payouts, "version": versions | {("match", body["key"]) for body in bodies}}


def _lines_and_batches(state: Fold, bodies: Sequence[kinds.MatchBody]) -> Keys:
    """The statements of lines, and the batches of payouts."""
    lines = (state.version(kinds.STATEMENT_LINE, line) for body in bodies for line in body["lines"])
    payouts = (state.version(kinds.PAYOUT, share["payout"]) for body in bodies for share in body["payouts"])
    batches = {payout.fields["batch"] for payout in payouts if payout}
    statements = {("statement", line.fields["statement"]) for line in lines if line}
    return {"version": statements | {("payment_batch", batch) for batch in batches}}


# Kind -> the steps in which what rules ask about its records is looked up.
NEEDS: dict[str, tuple[Need, ...]] = {
    "entry": (_of_lines, _beside, _applied_for, _granted),
    "payout": (_claimed, _payees, _of_payees, _told),
    "outcome": (_items, _members, _of_items, _claimed, _sent, _published),
    "recovery": (_claimed,),
    "netting": (_claimed,),
    "write_off": (_claimed,),
    "contract": (_rows("contract", payer="payer"),),
    "fact": (_facts,),
    "void": (_rows(""), _accrued, _resting),
    "entity": (_rows("entity"),),
    "payee": (_rows("payee", uscc="entity"),),
    "payer": (_rows("payer"),),
    "inspection": (_rows("inspection"),),
    "wallet": (_rows("wallet", key="payee"),),
    "wallet_request": (_rows("wallet_request", uscc="entity"),),
    "application": (_rows("application", uscc="entity", notice="notice"),),
    "grant": (_rows("grant", application="application", payee="payee"), _accrued),
    "hold": (_rows("hold"),),
    "succession": (_succession,),
    "match": (_joined, _lines_and_batches),
    "statement_line": (_rows("statement_line"),),
    "statement": (_rows("statement"),),
}
