"""Payees that were changed: the commonest way to steal a payment is a letter with a new account number.

A payee is changed when its own record has a newer version, or when a grant names another payee than before. The change
waits, and somebody other than who recorded it has to agree (a `payee-change` decision recorded after it).
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import func, select

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.office.approvals import act_over, given, refuse_maker
from ledger.office.signing import Signer, append_signed, holds, keys_in_use, public_key
from ledger.registry.drafts import content
from ledger.store import tables
from ledger.store.ledger import Row, View, Writer, local_day

DECISION = "payee-change"


class Change(NamedTuple):
    """The last change of a payee or of a grant's payee: where it stands, by whom, on which day, and who agreed ("")."""

    about: str
    seq: int
    actor: str
    day: date
    approved_by: str


def changes(view: View) -> dict[str, Change]:
    """Reference of a payee, or number of a grant -> its last change; what was never changed is left out."""
    table = tables.item
    query = (
        select(table.c.register, table.c.key)
        .where(table.c.register.in_(("payee", "grant")), table.c.seq < view.size)
        .group_by(table.c.register, table.c.key)
        .having(func.count() > 1)
    )
    found = {}
    for register, key in view.connection.execute(query).all():
        last: Row[kinds.PayeeBody] | Row[kinds.GrantBody] | None
        if register == kinds.PAYEE.register:
            last = _last(view.history(kinds.PAYEE, key), content)
        else:
            last = _last(view.history(kinds.GRANT, key), lambda row: row.body.get("payee"))
        if last is not None:
            found[key] = _change(view, key, last)
    return found


def approve(writer: Writer, about: str, reason: str, signer: Signer | None = None) -> bool:
    """Record that the change of a payee is in order; False where somebody has done so.

    Where keys are in use it is signed by `signer`.

    Refuses `change_unknown` (nothing was changed), `approved_elsewhere` (the act that changed it is approved) and
    `approver_is_maker`.
    """
    change = changes(writer).get(about)
    if change is None:
        raise refuse(
            "change_unknown",
            N_("{about} is neither a payee nor a grant whose payee was changed"),
            N_("`subsidy pay prepare` says which change waits for whom"),
            about=about,
        )
    if change.approved_by:
        return False
    act = act_over(writer, change.seq)
    if act is not None:
        raise refuse(
            "approved_elsewhere",
            N_("record {number} is approved by another command"),
            N_("write `{command}`"),
            number=act.seq,
            command=f"subsidy approve {act.seq}",
        )
    refuse_maker(writer.actor, change.actor, Place(about))
    key = f"{DECISION}/{about}"
    body = kinds.DecisionBody(key=key, type=DECISION, about=about, reason=reason)
    append_signed(writer, signer, kinds.DECISION, body)
    return True


def _last(
    history: Iterable[tuple[Row[kinds.BodyT], bool]], pays: Callable[[Row[kinds.BodyT]], object]
) -> Row[kinds.BodyT] | None:
    """The newest version that pays elsewhere than the one before; `pays` says where the money of a version goes."""
    versions = [row for row, void in history if not void]
    last = None
    for before, after in pairwise(versions):
        if pays(before) != pays(after):
            last = after
    return last


def _change(view: View, about: str, row: Row[kinds.PayeeBody] | Row[kinds.GrantBody]) -> Change:
    approval = view.current(kinds.DECISION, f"{DECISION}/{about}")
    agreed = (
        approval is not None
        and approval.seq > row.seq
        and approval.body["actor"] != row.body["actor"]
        and _signed(view.at(approval.seq), approval.body)
    )
    day = local_day(datetime.fromisoformat(row.body["recorded_at"]))
    act = act_over(view, row.seq)
    if act is not None:
        said = given(view, act.seq)
        by_act = said[-1].actor if len(said) == len(act.steps) else ""
        return Change(about, row.seq, row.body["actor"], day, by_act)
    return Change(about, row.seq, row.body["actor"], day, approval.body["actor"] if approval and agreed else "")


def _signed(before: View, approval: kinds.DecisionBody) -> bool:
    """Whether an approval bears the signature that it needed when it was given."""
    if not keys_in_use(before):
        return True
    key = public_key(before, approval["actor"])
    return bool(key) and "signature" in approval and holds(approval, key)
