"""Rules and effects of payments: batches, payouts, what became of them, and what moves money outside a batch."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from ledger.book.accounts import FREED
from ledger.book.payables import Payable, Terms
from ledger.book.posting import Entry
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.payouts import postings
from ledger.payouts.batches import Item
from ledger.payouts.presumed import covered, is_sure, said_on, senders_of, told
from ledger.payouts.settle import Finding, Step, entries_of, given_up, step_of
from ledger.payouts.states import Source, State, allowed
from ledger.reconcile.sides import CURRENCY
from ledger.registry.agreements import WRITE_OFF
from ledger.rules import payees, recalls, years
from ledger.rules.codes import Faults, fault
from ledger.rules.groups import Differs, whole
from ledger.rules.people import approved
from ledger.rules.records import Logged, day_of
from ledger.rules.state import Fold
from ledger.rules.values import Award, Batch, Closed


def payment_batch(state: Fold, record: Logged[kinds.PaymentBatchBody]) -> Faults:
    """The payer stands and is of the channel; the runs are closed; the payouts come next."""
    body = record.body
    payer = state.stands(kinds.PAYER, body["payer"])
    if state.version(kinds.PAYMENT_BATCH, body["key"]):
        yield fault("batch_differs", reason="key")
    elif payer is None:
        yield fault("payer_unknown", about=body["payer"])
    elif payer.fields["channel"] != body["channel"]:
        yield fault("payer_differs", about=body["payer"], reason="channel")
    elif body["first"] != record.seq + 1:
        yield fault("batch_differs", reason="first")
    closed = {standing_run.seq for standing_run in standing_runs(state)}
    for run in body["runs"]:
        if run not in closed:
            yield fault("run_not_closed", found=run)


def standing_runs(state: Fold) -> Iterator[Closed]:
    """The runs that were closed and not withdrawn, in log order."""
    return (one for one in state.whole("closed") or () if not one.withdrawn)


def payout(state: Fold, record: Logged[kinds.PayoutBody], opener: Logged[kinds.PaymentBatchBody], n: int) -> Faults:
    """The `n`-th payout of the batch `opener`: whom it pays, what it claims, and what number follows."""
    body = record.body
    if body["batch"] != opener.body["key"]:
        yield fault("batch_differs", reason="batch")
        return
    if body["n"] != n:
        yield fault("batch_differs", reason="n")
    awards = [(claim, state.award(claim["award"])) for claim in body["claims"]]
    unknown = next((claim["award"] for claim, award in awards if award is None), None)
    if unknown is not None or not awards:
        yield fault("award_unknown", found=unknown)
        return
    yield from _once(body["claims"])
    known = [(claim, award) for claim, award in awards if award is not None]
    yield from _paid_to(state, body, [award for _claim, award in known])
    yield from payees.paid(state, record)
    yield from _of_runs(state, opener.body, known)
    yield from years.closed(state, record, opener.body["payer"], known)
    yield from _within(known)
    for claim, award in known:
        yield from unpaid(state, claim, award)
    total_fen = sum(claim["amount_fen"] for claim in body["claims"])
    if total_fen != body["amount_fen"] or total_fen <= 0:
        yield fault("amount_differs", found=body["amount_fen"], expected=total_fen)
    number = item_number(state, body["claims"])
    if body["key"] != number:
        yield fault("number_differs", found=body["key"], expected=number)


def _paid_to(state: Fold, body: kinds.PayoutBody, awards: list[Award]) -> Faults:
    """The payee is that of the line's grant in force, else the one that the award named, in the version in force."""
    for award in awards:
        grant = state.stands(kinds.GRANT, award.line)
        payee = grant.fields.get("payee", award.payee) if grant else award.payee
        if payee != body["payee"]:
            yield fault("payee_differs", found=body["payee"], expected=payee)
    version = state.stands(kinds.PAYEE, body["payee"])
    if version is None:
        yield fault("payee_unknown", about=body["payee"])
    elif version.seq != body["payee_record"]:
        yield fault("payee_version", found=body["payee_record"], expected=version.seq)
    elif version.fields["uscc"] != body["uscc"]:
        yield fault("payee_differs", found=body["uscc"], expected=version.fields["uscc"])


def _of_runs(state: Fold, batch: kinds.PaymentBatchBody, known: Iterable[tuple[kinds.ClaimedPart, Award]]) -> Faults:
    """What is paid was awarded by the runs that the batch names, or reopened, and lies below the payer's path."""
    runs = [standing_run for standing_run in standing_runs(state) if standing_run.seq in batch["runs"]]
    payer = state.stands(kinds.PAYER, batch["payer"])
    path = payer.fields.get("envelope", "") if payer else ""
    for claim, award in known:
        of_run = any(run.first <= claim["award"] < run.first + run.count for run in runs)
        if claim["amount_fen"] > 0 and award.reason != "reopened" and not of_run:
            yield fault("award_of_other_run", found=claim["award"])
        if path and not f"{award.terms.envelope}/".startswith(f"{path}/"):
            yield fault("payer_differs", about=batch["payer"], reason="envelope")


def _within(known: Iterable[tuple[kinds.ClaimedPart, Award]]) -> Faults:
    """What is taken is open: never more than what is owed, and nothing of what was taken back."""
    for claim, award in known:
        fen = claim["amount_fen"]
        if not award.bears(fen) or (fen > 0 and award.reversed):
            open_fen = 0 if award.reversed else award.top_fen - award.claimed_fen
            yield fault("claims_exceed", award=claim["award"], found=fen, open=open_fen)


def unpaid(state: Fold, claim: kinds.ClaimedPart, award: Award) -> Faults:
    """What one person's file says was not paid, or came back, is not payable before somebody else makes it sure."""
    if claim["amount_fen"] <= 0 or not award.tries or state.whole("fails_wait") is None:
        return
    over = state.whole("returns_wait") is not None
    for key in state.get("freed", claim["award"]) or ():
        item = state.item(key)
        batch = state.batch(item.body["batch"]) if item else None
        if item is None or batch is None:
            continue
        chain = None
        for one in told(
            item, claim["award"], senders_of(batch.body, batch.sent_by), partial(_bringers, state) if over else None
        ):
            chain = chain or state.get("chain", (batch.body["payer"], CURRENCY))
            if not covered(chain.spans.values() if chain else (), one, over=over):
                yield fault(one.code, about=key, day=one.day, state=one.state.value)


def came_back(state: Fold, item: Item) -> Faults:
    """What came back on one person's word is not owed again either before somebody else makes it sure."""
    batch = state.batch(item.body["batch"])
    if batch is None or state.whole("returns_wait") is None:
        return
    for one in told(item, None, senders_of(batch.body, batch.sent_by), partial(_bringers, state)):
        chain = state.get("chain", (batch.body["payer"], CURRENCY))
        if not covered(chain.spans.values() if chain else (), one, over=True):
            yield fault(one.code, about=item.key, day=one.day, state=one.state.value)


def _bringers(state: Fold, match: str) -> frozenset[str]:
    """Who took in the lines of a match."""
    made = state.stands(kinds.MATCH, match)
    named = state.body(made.seq).get("lines", ()) if made else ()
    lines = [state.version(kinds.STATEMENT_LINE, line) for line in named]
    of = {state.body(line.seq).get("statement", "") for line in lines if line and not line.void}
    statements = [state.version(kinds.STATEMENT, key) for key in sorted(of)]
    return frozenset(state.body(statement.seq)["actor"] for statement in statements if statement)


def _once(claims: Iterable[kinds.ClaimedPart]) -> Faults:
    """Each award is named once: what is taken of it is one sum."""
    named = Counter(claim["award"] for claim in claims)
    for award, times in named.items():
        if times > 1:
            yield fault("claim_repeated", award=award)


def item_number(state: Fold, claims: list[kinds.ClaimedPart]) -> str:
    """The item number that claims make, by how often each was tried before."""
    awards = [state.award(claim["award"]) for claim in claims]
    content = {
        "$schema": "subsidy/payout-key/1",
        "origin": state.origin,
        "claims": claims,
        "tries": [award.tries if award else 0 for award in awards],
    }
    return f"S{sha256(canonical(content)).hexdigest()[:23].upper()}"


def batch_whole(state: Fold, opener: Logged[kinds.PaymentBatchBody], keys: list[str], fen: int) -> Faults:
    """The batch when all of its payouts are there: their sum, and the number that follows from theirs."""
    body = opener.body
    if fen != body["total_fen"]:
        yield fault("batch_differs", reason="total_fen")
    number = (
        f"B{day_of(body['recorded_at']):%Y%m%d}{state.whole('batches'):04d}"
        f"{sha256(''.join(keys).encode()).hexdigest()[:8].upper()}"
    )
    if number != body["key"]:
        yield fault("number_differs", found=body["key"], expected=number)


def outcome(state: Fold, record: Logged[kinds.OutcomeBody]) -> Faults:
    """A step that the table of states allows, on a day that can be, of the money and the claims that follow from it."""
    body = record.body
    about, source = body["about"], body["source"]
    after, said_by = State(body["state"]), Source(source["kind"])
    item = state.item(about)
    batch = state.batch(about) or (state.batch(item.body["batch"]) if item else None)
    if batch is None:
        yield fault("payout_unknown", about=about)
        return
    before = item.state if item else batch.state
    repeated = before is after is State.DISPUTED and said_by is Source.STATEMENT
    if not repeated and not allowed(before, after, said_by):
        yield fault("step_illegal", about=about, before=before.value, after=after.value, source=said_by.value)
        return
    decides = said_by is Source.DECISION and after is not State.CANCELLED
    maker = batch.body["actor"]
    if body["actor"] == maker and (decides or said_by is Source.APPROVAL):
        yield fault("maker_decides", actor=maker, about=about)
    if item is not None and before is after and before in (State.FAIL, State.PARTIAL):
        yield from _made_sure(record, item, {maker, *batch.sent_by})
    if item is not None and before is State.RETURNED and is_sure(body):
        yield from _back_for_sure(state, record, item, batch)
    if (item is None) != (said_by in (Source.APPROVAL, Source.EXPORT)):
        yield fault("step_illegal", about=about, before=before.value, after=after.value, source=said_by.value)
        return
    if said_by in (Source.EXPORT, Source.RESULT) and "sha256" not in source and state.whole("as_said") is not None:
        yield fault("source_missing", about=about)
    if item is not None:
        if said_by is Source.RECALL:
            yield from recalls.recalled(state, record, batch)
        yield from _of_item(state, record, item, batch.sent_on)
    elif "claims" in body or "amount_fen" in body:
        yield fault("claims_differ", found=len(body.get("claims", ())))
    elif after is State.EXPORTED:
        items = [item for item in map(state.item, batch.items) if item]
        held = [(seq, fen, state.award(seq)) for item in items for seq, fen in item.held.items()]
        claims = [(kinds.ClaimedPart(award=seq, amount_fen=fen), award) for seq, fen, award in held if award]
        yield from years.closed(state, record, batch.body["payer"], claims)


def _made_sure(record: Logged[kinds.OutcomeBody], item: Item, sent_by: set[str]) -> Faults:
    """What a channel had said, said again by somebody who neither sent it nor brought that: it changes nothing else."""
    last, body = item.outcomes[-1], record.body
    same = all(last.body.get(name) == body.get(name) for name in ("on", "amount_fen"))
    if last.body["source"]["kind"] != Source.RESULT or not same:
        state = item.state.value
        yield fault("step_illegal", about=item.key, before=state, after=state, source=body["source"]["kind"])
    elif body["actor"] in sent_by | {last.body["actor"]}:
        yield fault("fail_presumed", about=item.key, day=said_on(last), state=item.state.value)


def _back_for_sure(state: Fold, record: Logged[kinds.OutcomeBody], item: Item, batch: Batch) -> Faults:
    """What somebody had said came back: another person says so, or a line of the bank that another person brought."""
    body = record.body
    waiting = [
        one
        for one in told(item, None, senders_of(batch.body, batch.sent_by), partial(_bringers, state))
        if one.state is State.RETURNED
    ]
    made = state.stands(kinds.MATCH, body["source"].get("name", ""))
    by_line = body["source"]["kind"] == Source.STATEMENT
    if not waiting or (by_line and (made is None or state.body(made.seq).get("kind") != "return")):
        kind = body["source"]["kind"]
        yield fault("step_illegal", about=item.key, before="returned", after="returned", source=kind)
    elif not by_line and any(body["actor"] in one.by for one in waiting):
        yield fault("return_presumed", about=item.key, day=waiting[0].day, state=State.RETURNED.value)


def _of_item(state: Fold, record: Logged[kinds.OutcomeBody], item: Item, sent: date | None) -> Faults:
    body = record.body
    today = day_of(body["recorded_at"])
    on = date.fromisoformat(body["on"]) if "on" in body else today
    after = State(body["state"])
    if on > today:
        yield fault("day_in_future", found=body["on"])
    payment = item.payment
    if after is State.RETURNED and payment is not None and on < date.fromisoformat(payment.body["on"]):
        yield fault("day_before_payment", found=body["on"], before=payment.body["on"])
    if sent is not None and "on" in body and on < sent and after is not State.CANCELLED:
        yield fault("day_before_order", found=body["on"], before=sent)
    source = body["source"]
    if source["kind"] == Source.STATEMENT and item.key not in (state.get("match", source.get("name", "")) or ()):
        yield fault("match_unknown", about=source.get("name", "-"))
    given = {claim["award"]: claim["amount_fen"] for claim in body.get("claims", ())}
    if given.keys() - item.claims.keys() or len(given) < len(body.get("claims", ())):
        yield fault("claims_differ", found=", ".join(map(str, sorted(given.keys() - item.claims.keys()))))
        return
    if after is State.CANCELLED:
        if given != {award: -fen for award, fen in item.held.items()}:
            yield fault("claims_differ", found=sum(given.values()))
        return
    most_fen = item.paid_fen if after is State.RETURNED else item.amount_fen
    if after is State.RETURNED and state.whole("back_once") is not None:
        most_fen -= state.get("refunded", item.key) or 0
    if not 0 <= body.get("amount_fen", 0) <= most_fen:
        yield fault("amount_differs", found=body["amount_fen"], expected=most_fen)
        return
    expected = _expected(state, record, item, on)
    if body.get("amount_fen", 0) != expected.moved_fen:
        yield fault("amount_differs", found=body.get("amount_fen", 0), expected=expected.moved_fen)
    elif given != expected.claims or ("awards" in body and (given or not expected.finding.awards)):
        yield fault("claims_differ", found=sum(given.values()))
    known = [(claim, state.award(claim["award"])) for claim in body.get("claims", ())]
    yield from _within((claim, award) for claim, award in known if award is not None)


def _expected(state: Fold, record: Logged[kinds.OutcomeBody], item: Item, on: date) -> Step:
    """The step that follows from what an outcome says of an item; its rule and its effects ask for the same."""
    last: tuple[int, Step] | None = state.whole("step")
    if last is None or last[0] != record.seq:
        last = record.seq, _step(state, record.body, item, on)
        state.put("step", "", last)
    return last[1]


def _step(state: Fold, body: kinds.OutcomeBody, item: Item, on: date) -> Step:
    after = State(body["state"])
    awards: tuple[int, ...] = ()
    fen = body.get("amount_fen")
    if after is State.PARTIAL and not 0 < (fen or 0) < item.amount_fen:
        # A part is less than the whole; no step comes out as this one does.
        fen = 0
    if item.state is after is State.RETURNED and fen is None:
        # Somebody makes sure of what was said, and nothing moves.
        fen = 0
    if after is State.RETURNED and (len(item.booked) > 1 or item.twice_fen) and fen not in (None, item.paid_fen):
        claims = body.get("claims", ())
        named = not item.twice_fen or sum(claim["amount_fen"] for claim in claims) == -fen
        awards = tuple(claim["award"] for claim in claims) if claims and named else tuple(body.get("awards", ()))
    finding = Finding(item.key, after, body["source"], on, fen, awards=awards)
    keeps = state.whole("returns_wait") is not None
    return step_of(item, finding, after, on, free=lambda: _is_free(state, item), keeps=keeps)


def _is_free(state: Fold, item: Item) -> bool:
    """Whether nobody else has claimed anything of what an item once claimed, and all of it is still owed."""
    held = item.held
    if held == item.claims:
        return True
    awards = {seq: state.award(seq) for seq in item.claims}
    return all(
        award is not None and not award.reversed and award.claimed_fen == held.get(seq, 0)
        for seq, award in awards.items()
    )


def outcome_effects(state: Fold, record: Logged[kinds.OutcomeBody]) -> Iterator[Differs]:
    """What an outcome books: the order that goes out, or what a step pays, gives back, or leaves owed."""
    body = record.body
    after = State(body["state"])
    item = state.item(body["about"])
    today = day_of(body["recorded_at"])
    if item is None:
        batch = state.batch(body["about"])
        if after is State.EXPORTED and batch:
            yield whole(_instructed(state, batch, today, record.seq))
        return
    if after is State.CANCELLED:
        return
    batch = state.batch(item.body["batch"])
    assert batch is not None, "a payout stands in its batch"
    on = date.fromisoformat(body["on"]) if "on" in body else today
    step = _expected(state, record, item, on)
    signed = state.signed_until(batch.body["payer"])
    booked_on = on if signed is None else max(on, signed + timedelta(days=1))
    payer = payer_of(state, batch)
    for entry in entries_of(step, record.seq, terms_of(state, item), payer, booked_on):
        yield whole(entry)


def payer_of(state: Fold, batch: Batch) -> postings.Payer:
    """The payer of a batch, in the version in force."""
    found = state.version(kinds.PAYER, batch.body["payer"])
    assert found is not None, "a batch names a payer that stands"
    return postings.Payer(found.fields, state.whole("apart"))


def _instructed(state: Fold, batch: Batch, today: date, cause: int) -> Entry:
    items = [state.item(key) for key in batch.items]
    claims = [claim for item in items if item for claim in item.held.items()]
    known: dict[int, Terms] = {}
    for award, _fen in claims:
        found = state.award(award)
        assert found is not None, "a payout claims awards"
        known[award] = found.terms
    return postings.instructed(batch.body["key"], claims, known, effective_on=today, cause=cause)


def terms_of(state: Fold, item: Item) -> dict[int, Terms]:
    awards = {seq: state.award(seq) for seq in item.claims}
    return {seq: award.terms for seq, award in awards.items() if award}


# Recoveries and nettings: which account gets the indicator back, by which funding and in which year the debt was paid
# follow from payments of the whole line, which the fold does not keep; any of these is taken, and nothing else.


def settlement(state: Fold, record: Logged[Any]) -> Faults:
    """What settles a debt settles as much as it says, of what is open, on a day that has come."""
    body: kinds.RecoveryBody | kinds.NettingBody | kinds.WriteOffBody = record.body
    if date.fromisoformat(body["on"]) > day_of(body["recorded_at"]):
        yield fault("day_in_future", found=body["on"])
    known = [(claim, state.award(claim["award"])) for claim in body["claims"]]
    for claim, award in known:
        if award is None:
            yield fault("award_unknown", found=claim["award"])
            return
        if claim["amount_fen"] < 0 and award.line != body["line"]:
            yield fault("effect_differs", field="line", found=body["line"], expected=award.line)
    yield from _once(body["claims"])
    fens = [claim["amount_fen"] for claim in body["claims"]]
    taken, settled = sum(fen for fen in fens if fen > 0), -sum(fen for fen in fens if fen < 0)
    fen = body["amount_fen"]
    if (taken, settled) != ((fen if record.kind == "netting" else 0), fen) or fen <= 0:
        yield fault("settlement_differs", taken=taken, settled=settled)
    if record.kind == "netting" and len(body["claims"]) != 2:
        # One payable against one debt: the entry knows no more.
        yield fault("claims_differ", found=len(body["claims"]))
    for claim, award in known:
        if award:
            yield from unpaid(state, claim, award)
        if award and claim["amount_fen"] < 0 <= award.top_fen:
            # Only what is owed back is settled: what was paid would be payable again.
            yield fault("claims_exceed", award=claim["award"], found=claim["amount_fen"], open=0)
    yield from _within((claim, award) for claim, award in known if award is not None)


def recovery_effects(state: Fold, record: Logged[kinds.RecoveryBody]) -> Iterator[Differs]:
    """One entry per debt that the money settles."""
    body = record.body
    for n, claim in enumerate(body["claims"]):
        award = state.award(claim["award"])
        if award is not None:
            yield partial(_recovered, state, record, award, n, -claim["amount_fen"])


def _recovered(
    state: Fold, record: Logged[kinds.RecoveryBody], debt: Award, n: int, fen: int, body: kinds.EntryBody
) -> tuple[str, Any, Any] | None:
    """The entry is one of those that a recovery can make: by whichever funding and in whichever year it was paid."""
    said = record.body
    on = date.fromisoformat(said["on"])
    payer = state.version(kinds.PAYER, said["payer"]) if "payer" in said else None
    fundings = (payer.fields["funding"],) if payer else (postings.ZERO_BALANCE, postings.PREFUNDED)
    treasury = payer is not None and payer.fields.get("prior_year") == postings.TREASURY
    ways = [
        *(
            (postings.Cash(funding, year), False, freed)
            for funding in fundings
            for year in (on.year, 0)
            for freed in FREED
        ),
        *((postings.Cash(funding, on.year, treasury), True, "") for funding in fundings),
        (postings.NO_CASH, True, ""),
    ]
    return _one_of(
        body,
        (
            postings.entry(
                "recovered",
                f"{said['line']}@{said['document']}",
                n,
                postings.recovered_pairs(cash, prior_year, freed),
                {debt.terms: fen},
                effective_on=on,
                cause=record.seq,
                cash=cash,
                payee=body.get("terms", {}).get("payee", ""),
                document=said["document"],
                line=said["line"],
            )
            for cash, prior_year, freed in ways
        ),
    )


def netting_effects(state: Fold, record: Logged[kinds.NettingBody]) -> Iterator[Differs]:
    """One entry: the debt against the payable."""
    awards = {claim["amount_fen"] > 0: (claim["award"], state.award(claim["award"])) for claim in record.body["claims"]}
    payable, debt = awards.get(True), awards.get(False)
    if payable and debt and payable[1] and debt[1]:
        yield partial(_netted, record, (payable[0], payable[1]), (debt[0], debt[1]))


def _netted(
    record: Logged[kinds.NettingBody], payable: tuple[int, Award], debt: tuple[int, Award], body: kinds.EntryBody
) -> tuple[str, Any, Any] | None:
    said = record.body
    payee = body.get("terms", {}).get("payee", "")

    def side(seq: int, award: Award) -> Payable:
        return Payable(seq, award.line, payee, award.reason, 0, award.terms, award.due)

    return _one_of(
        body,
        (
            postings.netted(
                str(record.seq),
                side(*debt),
                side(*payable),
                said["amount_fen"],
                prior_year=prior_year,
                freed=freed,
                effective_on=date.fromisoformat(said["on"]),
                cause=record.seq,
            )
            for prior_year in (False, True)
            for freed in FREED
        ),
    )


def write_off(state: Fold, record: Logged[kinds.WriteOffBody]) -> Faults:
    """What is given up is what two people have decided of the line, last, and no more than it owes."""
    body = record.body
    last = state.stands(kinds.DECISION, f"{WRITE_OFF}/{body['line']}")
    said = state.body(last.seq) if last else {}
    if last is None or last.seq != body["decision"]:
        yield fault("write_off_differs", about=body["line"], reason="decision")
    elif not approved(state, last.seq):
        yield fault("approvals_missing", subject=last.seq)
    for name in ("amount_fen", "document"):
        if said and said.get(name) != body[name]:
            yield fault("write_off_differs", about=body["line"], reason=name)
    if body["on"] != day_of(body["recorded_at"]).isoformat():
        yield fault("write_off_differs", about=body["line"], reason="on")
    item = state.item(body["line"])
    if item is None:
        yield from settlement(state, record)
    elif body["claims"] or not 0 < body["amount_fen"] <= item.twice_fen - item.given_up_fen:
        yield fault("settlement_differs", taken=body["amount_fen"], settled=item.twice_fen - item.given_up_fen)


def write_off_effects(state: Fold, record: Logged[kinds.WriteOffBody]) -> Iterator[Differs]:
    """One entry per debt that is given up, or per payable that a payout has paid twice."""
    body = record.body
    item = state.item(body["line"])
    of = (
        given_up(item, body["amount_fen"])
        if item
        else {claim["award"]: -claim["amount_fen"] for claim in body["claims"]}
    )
    for n, (award, fen) in enumerate(of.items()):
        debt = state.award(award)
        if debt is not None:
            entry = postings.written_off(
                body["line"],
                body["document"],
                n,
                debt.terms,
                item.body["payee"] if item else debt.payee,
                fen,
                line="" if item else body["line"],
                effective_on=date.fromisoformat(body["on"]),
                cause=record.seq,
            )
            yield whole(entry)


def _one_of(body: kinds.EntryBody, entries: Iterable[Entry]) -> tuple[str, Any, Any] | None:
    """Nothing where the entry is one of these, else how it differs from the first."""
    wrong = [whole(entry)(body) for entry in entries]
    return None if None in wrong else wrong[0]
