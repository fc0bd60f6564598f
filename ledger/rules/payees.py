"""Rules of who is paid: rows about a firm's payees that were held, and payees that were changed.

A changed payee waits, and somebody else than who changed it agrees; the same where a grant names another payee. What is
paid belongs to whom the notice pays: the firm, the lender of its loan, its insurer.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from calculators.digest import Digest
from ledger.log import kinds
from ledger.office.bounds import WALLET_STATE, shipped_days
from ledger.payouts.batches import Item
from ledger.payouts.changes import DECISION
from ledger.payouts.checks import WAITING_DAYS
from ledger.payouts.free_money import Held, least_fen
from ledger.payouts.states import State
from ledger.registry import payment_paths
from ledger.registry.notices import notice_of
from ledger.registry.successions import heir
from ledger.registry.uscc import check_of
from ledger.registry.wallets import stands_against
from ledger.rules.codes import Faults, fault
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import PAYEE_ROW, Change, Version
from ledger.sheets.columns import fold


def paid(state: Fold, record: Logged[kinds.PayoutBody]) -> Faults:
    """Nothing stands against the payee of a payout, or against the choice of it, on the day of the record."""
    body = record.body
    payee, today = body["payee"], day_of(body["recorded_at"])
    version = state.stands(kinds.PAYEE, payee)
    if version and state.get("resting", (PAYEE_ROW, version.fields["uscc"])):
        yield fault("payee_held", about=payee, reason="payee_row_held")
    lines = {award.line for award in (state.award(claim["award"]) for claim in body["claims"]) if award}
    if version and state.whole("as_said") is not None:
        yield from _sound(state, version, payee, today)
    if state.whole("as_said") is not None:
        for line in sorted(lines):
            if not _pays(state, line, body["uscc"]):
                yield fault("payee_not_recipient", about=line, found=body["uscc"])
        for line in sorted(lines):
            if any(pending(state, line)):
                yield fault("payee_held", about=line, reason="clawback_pending")
    yield from _wallet(state, payee, today, body["amount_fen"], 0)
    for register, key in (("payee", payee), *(("grant", line) for line in sorted(lines))):
        change: Change | None = state.get("change", (register, key))
        if change is None:
            continue
        if today < change.day + timedelta(days=WAITING_DAYS):
            yield fault("payee_held", about=key, reason="payee_waiting")
        # Under duties the act that changed it is agreed to, and nothing goes out before that.
        if change.seq > state.duties_since:
            continue
        agreed = state.stands(kinds.DECISION, f"{DECISION}/{key}")
        if agreed is None or agreed.seq < change.seq or state.body(agreed.seq)["actor"] == change.actor:
            yield fault("payee_held", about=key, reason="payee_unapproved")


def _sound(state: Fold, version: Version[kinds.PayeeBody], payee: str, today: date) -> Faults:
    """A firm whose code passes its check, or somebody has seen its licence; an operator that runs wallets that day."""
    uscc, code = version.fields["uscc"], version.fields["institution"]
    if check_of(uscc) == "failed" and state.stands(kinds.DECISION, f"uscc-override/{uscc}") is None:
        yield fault("payee_held", about=payee, reason="uscc_override_missing")
    runs = (state.whole("operators") or {}).get(code) if version.fields["channel"] == "ecny" else None
    if runs and not runs[0] <= today <= runs[1]:
        yield fault("payee_held", about=payee, reason="operator_not_running")


def pending(state: Fold, line: str) -> Sequence[str]:
    """The claw-backs of a line that are agreed and in no run yet, by the digest that the line rests on."""
    agreed = (state.whole("clawed") or {}).get(line)
    digest = _digest(state, line) if agreed else None
    if not agreed or (digest is not None and not digest["eligible"]):
        return ()
    took = {part["clawback"] for part in digest.get("taken_back", ())} if digest else set()
    return [clawback for clawback in agreed if clawback not in took]


def _digest(state: Fold, line: str) -> Digest | None:
    """The digest that a line rests on: in full in the first of its entries in a run."""
    said = state.line(line).said
    seq = said[-1] if said else -1
    body = state.body(seq) if said else {}
    while "digest_of" in body:
        seq -= 1
        body = state.body(seq)
    found: Digest | None = body.get("digest")
    return found


def _wallet(state: Fold, payee: str, today: date, fen: int, of_day_fen: int) -> Faults:
    """What was seen of a payee's wallet last stands against no payment of `fen`, besides what goes to it that day."""
    seen = state.stands(kinds.WALLET, payee)
    if seen is None:
        return
    days = (state.whole("bounds") or {}).get(WALLET_STATE, shipped_days(WALLET_STATE))
    hold = stands_against(seen.fields, today, days, fen, of_day_fen)
    if hold:
        yield fault("payee_held", about=payee, reason=hold.code)


def told_by(state: Fold, line: str) -> tuple[Version[kinds.ApplicationBody], str] | None:
    """The application of a granted line, and the register that tells whom its notice pays, "" where it is the firm."""
    grant = state.stands(kinds.GRANT, line)
    application = state.stands(kinds.APPLICATION, grant.fields["application"]) if grant else None
    notice = state.stands(kinds.NOTICE, application.fields["notice"]) if application else None
    if application is None or notice is None:
        return None
    register: str | None = state.get("told_by", notice.seq)
    if register is None:
        register = payment_paths.told_by(notice_of(state.body(notice.seq)["text"]))
        state.put("told_by", notice.seq, register)
    return application, register


def _pays(state: Fold, line: str, uscc: str) -> bool:
    """Whether the notice of a line pays this firm, as it stands on the day of the record."""
    told = told_by(state, line)
    if told is None:
        return True
    (application, register), after = told, state.whole("ended") or {}
    if not register:
        return heir(application.fields["uscc"], after) == uscc
    row = state.stands_in(register, application.fields["item"])
    if row is None:
        return False
    name = fold(payment_paths.told_of(state.body(row.seq)))
    # Of that name may be the firm itself, and whoever ended and has it as successor.
    named = [state.stands(kinds.ENTITY, firm) for firm in (uscc, *sorted(after)) if heir(firm, after) == uscc]
    return any(firm is not None and fold(state.body(firm.seq)["name"]) == name for firm in named)


def sent(state: Fold, record: Logged[kinds.OutcomeBody]) -> Faults:
    """What goes out goes to the payees that were checked when it was prepared, and the wallet holds it."""
    batch = state.batch(record.body["about"])
    if batch is None or record.body["state"] != State.EXPORTED:
        return
    items = [item for item in map(state.item, batch.items) if item and item.state is not State.CANCELLED]
    for item in items:
        version = state.stands(kinds.PAYEE, item.body["payee"])
        if version is None or version.seq != item.body["payee_record"]:
            expected = version.seq if version else "-"
            yield fault("payee_version", found=item.body["payee_record"], expected=expected)
    yield from _disputed_elsewhere(state, items)
    of_day_fen: dict[str, int] = {}
    for item in items:
        payee = item.body["payee"]
        yield from _wallet(state, payee, day_of(record.body["recorded_at"]), item.amount_fen, of_day_fen.get(payee, 0))
        of_day_fen[payee] = of_day_fen.get(payee, 0) + item.amount_fen
    if not _prefunded(state, batch.body["payer"]):
        return
    needed_fen = sum(item.amount_fen for item in items)
    # A bank may pay before its funding is entered, so only what goes out is held to it.
    there_fen = free_fen(state, batch.body["payer"], day_of(record.body["recorded_at"]))
    if needed_fen > there_fen:
        yield fault("wallet_short", needed=needed_fen, there=there_fen)


def _disputed_elsewhere(state: Fold, items: Sequence[Item]) -> Faults:
    """Nothing goes out of what another payout may have paid, because its channel contradicts itself."""
    if state.whole("at_doors") is None:
        return
    for item in items:
        for key in sorted({key for award in item.held for key in state.get("freed", award) or ()} - {item.key}):
            other = state.item(key)
            if other is not None and other.state is State.DISPUTED:
                yield fault("paid_elsewhere", about=item.key, other=key)


def free_fen(state: Fold, payer: str, since: date) -> int:
    """What a payer's account holds on every day from one on, less what is on its way."""
    waiting: Mapping[str, int] = state.whole("waiting") or {}
    held: Held = state.whole("wallet") or {}
    if state.whole("own_money") is None:
        # Every account's money was taken for one.
        on_its_way_fen = sum(fen for name, fen in waiting.items() if _prefunded(state, name))
        return sum(fen for days in held.values() for fen in days.values()) - on_its_way_fen
    return least_fen(held.get(payer, {}), since) - waiting.get(payer, 0)


def _prefunded(state: Fold, key: str) -> bool:
    """Whether a payer pays out of money that was moved there before."""
    payer = state.stands(kinds.PAYER, key)
    return payer is not None and payer.fields["funding"] == "prefunded"
