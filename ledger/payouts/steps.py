"""Approve, export and cancel a batch: the steps before a channel has a say.

Export is recorded before anybody sees the file. A process that dies in between leaves a batch that counts as exported,
whose outcome is unknown and whose payables are held; exporting again gives the same bytes with the same numbers.
"""

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256

from calculators.money import format_yuan
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.book.posting import post
from ledger.log import kinds
from ledger.office.approvals import APPROVE, refuse_maker, sign, subject
from ledger.office.signing import Signer
from ledger.payouts import postings, year_end
from ledger.payouts.batches import Batch, Item, batch, bodies, item, outcomes
from ledger.payouts.channels import ecny, pain001, sheet
from ledger.payouts.channels.instruction import Instruction, Order, Party, memo_of
from ledger.payouts.checks import HOLDS, LINE_HOLDS, doubt_holds, line_holds, wallet_hold
from ledger.payouts.free_money import held, least_fen, on_its_way
from ledger.payouts.payables import payouts_naming, terms
from ledger.payouts.paying import body_of
from ledger.payouts.states import OPEN, Source, State, allowed
from ledger.payouts.wallets import Wallets
from ledger.store.ledger import Row, Vault, View, Writer, local_day

# Channel -> format -> how it is written, and the ending of its file; the first is the usual one.
FORMATS = {
    "ecny": {"ecny": (ecny.write, ".json")},
    "bank": {"pain001": (pain001.write, ".xml"), "xlsx": (sheet.write_xlsx, ".xlsx"), "csv": (sheet.write_csv, ".csv")},
}


def format_of(found: Batch, ending: str, form: str | None) -> str:
    """The format that a file's ending and `form` ask for; the channel's first where neither says any.

    Refuses `format_differs` where the ending is that of another format, or of none of the channel's.
    """
    forms = FORMATS[found.body["channel"]]
    by_ending = {its_ending: name for name, (_write, its_ending) in forms.items()}
    known = {its_ending for others in FORMATS.values() for _write, its_ending in others.values()}
    said = by_ending.get(ending.lower())
    if ending.lower() not in known:
        return form or next(iter(forms))
    if said is None or (form is not None and form != said):
        raise refuse(
            "format_differs",
            N_("a file that ends with {ending} is not {form}"),
            N_("give the file the ending of its format: {endings}"),
            Place(found.key),
            ending=ending,
            form=form or "|".join(forms),
            endings=", ".join(f"{name} {its_ending}" for its_ending, name in by_ending.items()),
        )
    return said


def approve(writer: Writer, key: str, signer: Signer | None = None) -> Batch:
    """Approve a batch for payment, signed by `signer` where keys are in use.

    Refuses `batch_not_waiting`, `approver_is_maker`, and what `approvals.sign` refuses.
    """
    found = batch(writer, key)
    _check_step(found, State.APPROVED, Source.APPROVAL)
    check_second_person(writer, found)
    if signer and sign(writer, signer, subject(writer, found.seq), APPROVE).to_come:
        return found
    writer.append(
        kinds.OUTCOME, kinds.OutcomeBody(about=key, state=State.APPROVED.value, source={"kind": Source.APPROVAL.value})
    )
    return batch(writer, key)


def check_second_person(writer: Writer, found: Batch) -> None:
    """Refuse `approver_is_maker` where the writer prepared the batch himself."""
    refuse_maker(writer.actor, found.body["actor"], Place(found.key))


def export(writer: Writer, vault: Vault, key: str, form: str) -> tuple[Batch, bytes]:
    """Record that a batch goes to its channel in the format `form`, and book the instruction; the order's bytes.

    The bytes are kept in the vault and their hash stands in the record before anybody sees them. A batch exported in
    the same format before is left as it is, and gives the same bytes. Refuses `batch_not_waiting`,
    `format_other_channel`, `exported_otherwise`, `order_differs`, `payee_changed_since`, `paid_elsewhere`,
    `wallet_short`, the codes of `checks.LINE_HOLDS` and of wallets, and what `instruction` refuses.
    """
    found = batch(writer, key)
    channel = found.body["channel"]
    if form not in FORMATS[channel]:
        raise refuse(
            "format_other_channel",
            N_("{form} is not a format of channel {channel}"),
            N_("use --format {forms}"),
            Place(key),
            form=form,
            channel=channel,
            forms="|".join(FORMATS[channel]),
        )
    if found.state is State.EXPORTED:
        _check_same_form(found, form)
        return found, _again(writer, vault, found, form)
    _check_step(found, State.EXPORTED, Source.EXPORT)
    problems = [
        *_changed_payees(writer, found),
        *_disputed_payables(writer, found),
        *_stopped_lines(writer, found, local_day(writer.now)),
        *_doubtful(writer, found),
        *_held_wallets(writer, found, local_day(writer.now)),
        *_unclosed(writer, found, local_day(writer.now).year),
        *_short_wallet(writer, found),
    ]
    if problems:
        raise Refused(problems)
    content = _written(found, form, instruction(writer, vault, found, writer.head(kinds.OUTCOME)["recorded_at"]))
    source = kinds.Source(kind=Source.EXPORT.value, name=form, sha256=vault.keep(content))
    record = writer.append(kinds.OUTCOME, kinds.OutcomeBody(about=key, state=State.EXPORTED.value, source=source))
    claims = [claim for payout in found.items for claim in payout.held.items()]
    known = terms(writer, (award for award, _fen in claims))
    post(writer, [postings.instructed(key, claims, known, effective_on=local_day(writer.now), cause=record)])
    return batch(writer, key), content


def cancel(writer: Writer, key: str, reason: str) -> int:
    """Cancel a batch, or one payout of it by its item no., before it is exported; answers how many payouts.

    Refuses `already_exported`: what a channel may have is resolved by what it says, never called off here.
    """
    if writer.current(kinds.PAYOUT, key) is not None:
        found, payout = item(writer, key)
        chosen = [payout]
    else:
        found = batch(writer, key)
        chosen = [payout for payout in found.items if payout.state is not State.CANCELLED]
    wrong = [payout for payout in chosen if not allowed(payout.state, State.CANCELLED, Source.DECISION)]
    if wrong:
        raise refuse(
            "already_exported",
            N_("{item} is {state}: the channel may pay it at any time"),
            N_("wait for its result, ask the channel, or `subsidy pay resolve` with what you know"),
            Place(found.key),
            item=wrong[0].key,
            state=wrong[0].state.value,
        )
    writer.extend(kinds.OUTCOME, (_given_back(payout, reason) for payout in chosen))
    return len(chosen)


def instruction(view: View, vault: Vault, found: Batch, exported_at: str) -> Instruction:
    """What the channel is told, in clear text; the same for the same batch for ever.

    `exported_at` is the time of the record that it goes out. Refuses `vault_unknown` and `vault_differs`.
    """
    payer = body_of(view, found.body["payer"])
    payees = bodies(view, kinds.PAYEE, (payout.body["payee_record"] for payout in found.items))
    whose = {body[field]: body["key"] for body in (payer, *payees.values()) for field in ("number", "holder")}
    clear = vault.reveal_many(whose)
    for commitment, name in whose.items():
        if commitment not in clear:
            vault.reveal(commitment, name)
    made_at = datetime.fromisoformat(exported_at)
    practice = view.body(kinds.GENESIS, 0)["purpose"] == "practice"
    return Instruction(
        batch=found.key,
        made_at=made_at,
        pay_on=local_day(made_at),
        payer=_party(payer, clear),
        orders=tuple(
            Order(
                payout.key,
                payout.body["n"],
                payout.amount_fen,
                _party(payees[payout.body["payee_record"]], clear),
                memo_of(found.key, payout.body["n"], practice=practice),
            )
            for payout in found.items
            if payout.state is not State.CANCELLED
        ),
    )


def ending(found: Batch, form: str) -> str:
    """How the name of an order in the format `form` ends."""
    return FORMATS[found.body["channel"]][form][1]


def _again(view: View, vault: Vault, found: Batch, form: str) -> bytes:
    """The bytes of an order that went out, as they were kept, or made again where they still come out the same."""
    body = _exported(found).body
    digest = body["source"].get("sha256")
    kept = vault.kept(digest) if digest else None
    if kept is not None:
        return kept
    content = _written(found, form, instruction(view, vault, found, body["recorded_at"]))
    if digest and sha256(content).hexdigest() != digest:
        raise refuse(
            "order_differs",
            N_("the order that went out is gone from the vault, and the one made now is another"),
            N_("take the order from the channel, or put the vault back from a backup"),
            Place(found.key),
        )
    return content


def _written(found: Batch, form: str, told: Instruction) -> bytes:
    return FORMATS[found.body["channel"]][form][0](told)


def _exported(found: Batch) -> Row[kinds.OutcomeBody]:
    return next(step for step in found.steps if step.body["state"] == State.EXPORTED)


def _party(body: kinds.PayeeBody | kinds.PayerBody, clear: dict[str, str]) -> Party:
    return Party(body["institution"], clear[body["number"]], clear[body["holder"]])


def _given_back(payout: Item, reason: str) -> kinds.OutcomeBody:
    return kinds.OutcomeBody(
        about=payout.key,
        state=State.CANCELLED.value,
        source=kinds.Source(kind=Source.DECISION.value),
        reason=reason,
        claims=[kinds.ClaimedPart(award=award, amount_fen=-fen) for award, fen in sorted(payout.held.items())],
    )


def _check_step(found: Batch, after: State, source: Source) -> None:
    if not allowed(found.state, after, source):
        raise refuse(
            "batch_not_waiting",
            N_("the batch is {state} and cannot become {after}"),
            N_("batches are prepared, approved, then exported; `subsidy pay status {batch}` shows where this one is"),
            Place(found.key),
            state=found.state.value,
            after=after.value,
            batch=found.key,
        )


def _check_same_form(found: Batch, form: str) -> None:
    before = _exported(found).body["source"]["name"]
    if before != form:
        raise refuse(
            "exported_otherwise",
            N_("the batch went out as {before}, and a second order in another form could be paid as well"),
            N_("export it again with --format {before}, which gives the same file"),
            Place(found.key),
            before=before,
        )


def _changed_payees(view: View, found: Batch) -> list[Problem]:
    """Payees that are not any more what was checked when the batch was prepared."""
    present = {row.key: row.seq for row in view.rows(kinds.PAYEE)}
    return [
        Problem(
            "payee_changed_since",
            N_("the payee of {item} was changed after the batch was prepared"),
            N_("`subsidy pay cancel {item} --reason TEXT`, then prepare again: the change is checked there"),
            Place(found.key),
            {"item": payout.key},
        )
        for payout in found.items
        if payout.state is not State.CANCELLED and present.get(payout.body["payee"]) != payout.body["payee_record"]
    ]


def _disputed_payables(view: View, found: Batch) -> list[Problem]:
    """Payables that another payout named whose channel says two things: it may have paid them after all."""
    mine = {award: payout.key for payout in found.items for award in payout.held}
    # Those of the batch itself are among them: what has not gone out is not open.
    others = payouts_naming(view, mine)
    said = outcomes(view, others)
    return [
        Problem(
            "paid_elsewhere",
            N_("{item} pays for what {other} may have paid: its channel contradicts itself"),
            N_("resolve {other} first, by a statement line or `subsidy pay resolve`"),
            Place(found.key),
            {"item": mine[award], "other": other},
        )
        for other, award in sorted(others.items())
        if other in said and said[other][-1].body["state"] in OPEN
    ]


def _short_wallet(writer: Writer, found: Batch) -> Iterator[Problem]:
    """What is paid out of money moved there before is there, less what is on its way already.

    A bank may pay before its funding is entered, so only what goes out is held to it, never what is said to be paid.
    """
    payer = found.body["payer"]
    if body_of(writer, payer)["funding"] != postings.PREFUNDED:
        return
    there_fen = least_fen(held(writer).get(payer, {}), local_day(writer.now))
    on_its_way_fen = on_its_way(writer, but=found.key).get(payer, 0)
    needed_fen = sum(payout.amount_fen for payout in found.items if payout.state is not State.CANCELLED)
    if needed_fen > there_fen - on_its_way_fen:
        yield Problem(
            "wallet_short",
            N_("{needed} yuan are to go out, and {payer} has {there} to pay from, {on_its_way} of it on its way"),
            N_("enter what was moved there: `subsidy pay fund {payer} YUAN --on DAY --document NO`"),
            Place(found.key),
            {
                "needed": format_yuan(needed_fen),
                "there": format_yuan(there_fen),
                "on_its_way": format_yuan(on_its_way_fen),
                "payer": payer,
            },
        )


def _stopped_lines(view: View, found: Batch, today: date) -> list[Problem]:
    """Lines that were stopped, objected to, or whose application was taken back, since the batch was prepared."""
    entries = bodies(view, kinds.ENTRY, (award for payout in found.items for award in payout.held))
    stopped = line_holds(view, (entry["line"] for entry in entries.values()), today)
    return [
        Problem(
            stopped[line].code,
            LINE_HOLDS[stopped[line].code][0],
            N_(
                "`subsidy pay cancel {item} --reason TEXT`, then prepare again: "
                "it is paid once nothing stands against it any more"
            ),
            Place(found.key, key=line),
            {**stopped[line].values, "item": payout.key},
        )
        for payout in found.items
        for line in sorted({entries[award]["line"] for award in payout.held})
        if line in stopped
    ]


def _doubtful(view: View, found: Batch) -> Iterator[Problem]:
    """What may have been paid in records that were lost."""
    entries = bodies(view, kinds.ENTRY, (award for payout in found.items for award in payout.held))
    holds = doubt_holds(view, ((seq, entry["line"], entry["due"]) for seq, entry in entries.items()))
    for payout in found.items:
        hold = next((holds[award] for award in payout.held if award in holds), None)
        if hold:
            yield Problem(hold.code, *HOLDS[hold.code], Place(found.key, key=payout.key), hold.values)


def _unclosed(view: View, found: Batch, year: int) -> Iterator[Problem]:
    """What is drawn as quota from an earlier year, whose end was not booked when it turned."""
    payer = view.current(kinds.PAYER, found.body["payer"])
    if payer is None or payer.body["funding"] != postings.ZERO_BALANCE:
        return
    known = terms(view, (award for payout in found.items for award in payout.held))
    years = {int(term.envelope.partition("/")[0]) for term in known.values() if term.envelope}
    for late in sorted(year_end.unclosed(view, (one for one in years if one < year))):
        yield Problem("year_end_missing", *HOLDS["year_end_missing"], Place(found.key), {"year": late})


def _held_wallets(view: View, found: Batch, today: date) -> Iterator[Problem]:
    """Wallets whose state stands against their payment now."""
    wallets = Wallets(view, today, but=found.key)
    for payout in found.items:
        if payout.state is State.CANCELLED:
            continue
        hold = wallet_hold(wallets, payout.body["payee"], payout.amount_fen)
        if hold:
            yield Problem(hold.code, *HOLDS[hold.code], Place(found.key, key=payout.key), hold.values)
