"""Claw-backs against the book: what may be taken back of a line, asking for it, agreeing to it, what became of it.

Nothing is posted here. An agreed claw-back is an input of the next plan, and the run posts it like everything else: due
minus posted. Money that comes back for it is booked by `ledger.payouts.returns.recoveries`.
"""

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from calculators.digest import Digest
from calculators.money import format_yuan
from calculators.problems import N_, Place, Refused, refuse
from ledger.book.balances import posted_awards
from ledger.book.digests import digest_at
from ledger.log import kinds
from ledger.office.approvals import APPROVE, refuse_maker, sign, subject
from ledger.office.signing import Signer, append_signed
from ledger.payouts.returns.debts import owed
from ledger.registry.clawbacks import AGREED, INSPECTION, PREMIUM_REFUND, REFUSED, REQUESTED, asked
from ledger.registry.openings import outside_awards
from ledger.store import tables
from ledger.store.ledger import Row, View, Writer

OWED, PARTLY, SETTLED = "owed", "partly_settled", "settled"


class Asked(NamedTuple):
    """What somebody asks to be taken back: exactly one of `inspection` and `premium` (keys in their registers)."""

    key: str
    line: str
    amount_fen: int
    reason: str
    inspection: str = ""
    premium: str = ""


class Clawback(NamedTuple):
    """A claw-back as it stands, in fen: `posted_fen` is what runs have taken back, `owed_fen` what is open of that.

    `state` is `requested`, `refused`, `agreed` (in no run yet), `owed`, `partly_settled` or `settled`; what was never
    paid is settled by the reduction itself. `about` is the key of the finding or of the returned premium.
    `answered_by` is empty while it is only requested, `document` unless it was agreed, `text` unless it was refused.
    """

    key: str
    state: str
    line: str
    amount_fen: int
    cause: str
    about: str
    reason: str
    requested_by: str
    answered_by: str
    document: str
    text: str
    posted_fen: int
    owed_fen: int


def request(writer: Writer, wanted: Asked, signer: Signer | None = None) -> bool:
    """Record a request, signed by `signer` where keys are in use; False where the very same one stands already.

    A request that nobody has answered is corrected by asking again under its number. Refuses `grant_unknown`,
    `clawback_answered`, `inspection_unknown`, `finding_differs`, `finding_settled`, `premium_unknown`,
    `refund_differs`, `clawback_exceeds`.
    """
    grant = writer.current(kinds.GRANT, wanted.line)
    if grant is None or grant.body["outcome"] != "granted":
        raise refuse(
            "grant_unknown",
            N_("there is no grant {grant}"),
            N_("import the register of grants first, or correct the number"),
            Place(wanted.key),
            grant=wanted.line,
        )
    before = writer.current(kinds.CLAWBACK, wanted.key)
    if before is not None and before.body["state"] != REQUESTED:
        raise _answered(wanted.key)
    cause = _finding(writer, wanted) if wanted.inspection else _refund(writer, wanted, grant)
    fields: kinds.AskedBack = {
        "line": wanted.line,
        "amount_fen": wanted.amount_fen,
        **cause,
        "reason": wanted.reason,
    }
    if before is not None and asked(before.body) == fields:
        return False
    _check_amount(writer, wanted.key, fields)
    append_signed(writer, signer, kinds.CLAWBACK, _record(wanted.key, REQUESTED, fields))
    return True


def agree(writer: Writer, number: str, document: str, signer: Signer | None = None) -> Clawback:
    """Agree to what somebody else has requested, signed by `signer` where keys are in use.

    Refuses `clawback_unknown`, `clawback_answered`, `approver_is_maker`, `clawback_exceeds`, and what `approvals.sign`
    refuses.
    """
    row = _waiting(writer, number)
    refuse_maker(writer.actor, row.body["actor"], Place(number))
    fields = asked(row.body)
    _check_amount(writer, number, fields)
    # The document is signed with the agreement: no act covers the record of it, which follows.
    if signer and sign(writer, signer, subject(writer, row.seq), APPROVE, document).to_come:
        return next(clawback for clawback in clawbacks(writer) if clawback.key == number)
    body = _record(number, AGREED, fields)
    body["document"] = document
    if fields["cause"] == INSPECTION:
        body["stood_fen"], body["stood_through"] = _stood(writer, fields["line"])
    append_signed(writer, signer, kinds.CLAWBACK, body)
    return next(clawback for clawback in clawbacks(writer) if clawback.key == number)


def turn_down(writer: Writer, number: str, text: str, signer: Signer | None = None) -> None:
    """Refuse a request, or take one's own back; refuses `clawback_unknown`, `clawback_answered`."""
    row = _waiting(writer, number)
    body = _record(number, REFUSED, asked(row.body))
    body["text"] = text
    append_signed(writer, signer, kinds.CLAWBACK, body)


def _record(number: str, state: str, said: kinds.AskedBack) -> kinds.ClawbackBody:
    body = kinds.ClawbackBody(
        key=number,
        state=state,
        line=said["line"],
        amount_fen=said["amount_fen"],
        cause=said["cause"],
        reason=said["reason"],
    )
    if "inspection" in said:
        body["inspection"] = said["inspection"]
    if "fact" in said:
        body["fact"] = said["fact"]
    return body


def _waiting(view: View, number: str) -> Row[kinds.ClawbackBody]:
    row = view.current(kinds.CLAWBACK, number)
    if row is None:
        raise refuse(
            "clawback_unknown",
            N_("there is no claw-back {number}"),
            N_("`subsidy clawback list` shows them"),
            number=number,
        )
    if row.body["state"] != REQUESTED:
        raise _answered(number)
    return row


def clawbacks(view: View) -> list[Clawback]:
    """Every claw-back with what became of it, by line and number.

    What a line owes is owed for its latest claw-backs, because money that comes in settles the oldest reduction first.
    """
    owed_fen = {one.line: one.owed_fen for one in owed(view)}
    posted = _posted(view)
    found = []
    for row in sorted(view.rows(kinds.CLAWBACK), key=lambda row: -row.seq):
        posted_fen = posted.get(row.key)
        open_fen = min(posted_fen or 0, owed_fen.get(row.body["line"], 0))
        if open_fen:
            owed_fen[row.body["line"]] -= open_fen
        found.append(_clawback(view, row, posted_fen, open_fen))
    return sorted(found, key=lambda clawback: (clawback.line, clawback.key))


def pending(view: View) -> dict[str, str]:
    """Line -> a claw-back of it that is agreed and in no run yet: until then nothing of the line is paid."""
    posted = _posted(view)
    return {
        row.body["line"]: row.key
        for row in view.rows(kinds.CLAWBACK)
        if row.body["state"] == AGREED and row.key not in posted
    }


def _posted(view: View) -> dict[str, int]:
    """Agreed claw-back -> what the runs have taken back for it, in fen; one that no run has counted is left out.

    0 where nothing was left to be taken: the award itself had shrunk, or the whole line has fallen.
    """
    found: dict[str, int] = {}
    digests: dict[str, Digest | None] = {}
    for row in view.rows(kinds.CLAWBACK):
        body = row.body
        if body["state"] != AGREED:
            continue
        if body["cause"] == PREMIUM_REFUND:
            found[row.key] = body["amount_fen"]
            continue
        if body["line"] not in digests:
            digests[body["line"]] = _last_digest(view, body["line"])
        digest = digests[body["line"]]
        if digest is None:
            continue
        took = {part["clawback"]: part["amount_fen"] for part in digest.get("taken_back", ())}
        if row.key in took or not digest["eligible"]:
            found[row.key] = took.get(row.key, 0)
    return found


def _last_digest(view: View, line: str) -> Digest | None:
    """The digest that a line was last posted by and that was not withdrawn; None where none stands."""
    entry = tables.entry
    undone = select(entry.c.reverses).where(entry.c.reverses.is_not(None), entry.c.record < view.size)
    query = select(func.max(entry.c.record)).where(
        entry.c.line == line,
        entry.c.award_fen.is_not(None),
        entry.c.reverses.is_(None),
        entry.c.record.not_in(undone),
        entry.c.record < view.size,
    )
    last = view.connection.scalar(query)
    return None if last is None else digest_at(view, last)


def _clawback(view: View, row: Row[kinds.ClawbackBody], posted_fen: int | None, owed_fen: int) -> Clawback:
    body = row.body
    state = body["state"]
    if posted_fen is not None:
        state = SETTLED if not owed_fen else OWED if owed_fen == posted_fen else PARTLY
    asked_by = [
        version.body["actor"]
        for version, _void in view.history(kinds.CLAWBACK, row.key)
        if version.body["state"] == REQUESTED
    ]
    return Clawback(
        key=row.key,
        state=state,
        line=body["line"],
        amount_fen=body["amount_fen"],
        cause=body["cause"],
        about=body["inspection"] if body["cause"] == INSPECTION else view.body(kinds.PREMIUM, body["fact"])["key"],
        reason=body["reason"],
        requested_by=asked_by[-1],
        answered_by=body["actor"] if body["state"] != REQUESTED else "",
        document=body.get("document", ""),
        text=body.get("text", ""),
        posted_fen=posted_fen or 0,
        owed_fen=owed_fen,
    )


def _finding(view: View, wanted: Asked) -> kinds.Cause:
    row = view.current(kinds.INSPECTION, wanted.inspection)
    if row is None:
        raise refuse(
            "inspection_unknown",
            N_("there is no inspection {inspection}"),
            N_("import the register of inspections first, or correct the number"),
            Place(wanted.key),
            inspection=wanted.inspection,
        )
    if row.body["grant"] != wanted.line or row.body["finding"] != "claw_back":
        raise refuse(
            "finding_differs",
            N_("inspection {inspection} is of grant {grant} and says {finding}"),
            N_("name an inspection of {line} whose finding is claw_back"),
            Place(wanted.key),
            inspection=wanted.inspection,
            grant=row.body["grant"],
            finding=row.body["finding"],
            line=wanted.line,
        )
    if "settled_on" in row.body:
        raise refuse(
            "finding_settled",
            N_("what inspection {inspection} found was settled on {day}"),
            N_("name a finding that is open, or correct the register of inspections"),
            Place(wanted.key),
            inspection=wanted.inspection,
            day=row.body["settled_on"],
        )
    return {"cause": INSPECTION, "inspection": wanted.inspection}


def _refund(view: View, wanted: Asked, grant: Row[kinds.GrantBody]) -> kinds.Cause:
    row = view.current(kinds.PREMIUM, wanted.premium)
    if row is None:
        raise refuse(
            "premium_unknown",
            N_("there is no premium {premium} in the register"),
            N_("write it as `subsidy import premiums` lists it: POLICY/returned/DAY/1"),
            Place(wanted.key),
            premium=wanted.premium,
        )
    application = view.current(kinds.APPLICATION, grant.body["application"])
    data = row.body["data"]
    if data["kind"] != "returned" or application is None or application.body["item"] != data["policy_no"]:
        raise refuse(
            "refund_differs",
            N_("{premium} is not a premium that was returned on the policy of {line}"),
            N_("name the returned premium of the policy that {line} supports"),
            Place(wanted.key),
            premium=wanted.premium,
            line=wanted.line,
        )
    return {"cause": PREMIUM_REFUND, "fact": row.seq}


def _check_amount(view: View, number: str, fields: kinds.AskedBack) -> None:
    """Hold an amount against what is left to be taken back; refuses `clawback_exceeds`."""
    if fields["cause"] == INSPECTION:
        left_fen = _posted_on(view, fields["line"]) - _coming(view, fields["line"])
    else:
        left_fen = _refunded(view, fields) - _named(view, number, fields["fact"])
    if not 0 < fields["amount_fen"] <= left_fen:
        raise refuse(
            "clawback_exceeds",
            N_("{amount} is asked back of {line}, and {left} can be"),
            N_("ask for no more than the runs have posted and nobody has taken back; run first what is not posted yet"),
            Place(number),
            amount=format_yuan(fields["amount_fen"]),
            line=fields["line"],
            left=format_yuan(max(0, left_fen)),
        )


def _posted_on(view: View, line: str) -> int:
    """What the runs have awarded on a line, less what they have taken back, in fen."""
    return sum(award.amount_fen for (of, _due), award in posted_awards(view).items() if of == line)


def _coming(view: View, line: str) -> int:
    """What agreed claw-backs of a line will take that no run has counted yet, in fen."""
    posted = _posted(view)
    waiting = [row.body for row in view.rows(kinds.CLAWBACK) if row.body["state"] == AGREED and row.key not in posted]
    return sum(int(body["amount_fen"]) for body in waiting if body["line"] == line)


def _stood(view: View, line: str) -> tuple[int, str]:
    """What a claw-back is agreed on: what stands on the line, what was paid outside too, and its last due day."""
    outside = [award for award in outside_awards(view) if award.line == line]
    dues = [due for (of, due) in posted_awards(view) if of == line] + [one.due for one in outside]
    stood_fen = _posted_on(view, line) - _coming(view, line) + sum(one.amount_fen for one in outside)
    return stood_fen, max(dues).isoformat()


def _refunded(view: View, fields: kinds.AskedBack) -> int:
    """What the runs have taken back of a line for a returned premium, in fen."""
    due = date.fromisoformat(view.body(kinds.PREMIUM, fields["fact"])["data"]["date"]) + timedelta(days=1)
    award = posted_awards(view).get((fields["line"], due))
    return -award.amount_fen if award else 0


def _named(view: View, number: str, fact: int) -> int:
    """What other agreed claw-backs have named of the same returned premium, in fen."""
    others = [row.body for row in view.rows(kinds.CLAWBACK) if row.key != number and row.body["state"] == AGREED]
    return sum(int(body["amount_fen"]) for body in others if body.get("fact") == fact)


def _answered(number: str) -> Refused:
    return refuse(
        "clawback_answered",
        N_("claw-back {number} has been answered, and the answer stands"),
        N_("ask under another number; `subsidy clawback list` shows what became of this one"),
        Place(number),
        number=number,
    )
