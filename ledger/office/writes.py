"""A write and the act that ends it: what somebody did in one go, under one signature.

Once two people have entered a person, whatever a person writes is covered by an `act`: a root over what is signed of
each record. What follows from it, and what bears a signature of its own, is not (`ledger.office.acts`).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ledger.log import kinds
from ledger.log.acts import covered_bytes
from ledger.log.kinds import kind_of
from ledger.office.acts import Written, rule_of
from ledger.office.approvals import REJECT, Approval, given
from ledger.office.duties import Duties
from ledger.office.duty import SignsAs, apart_of, in_force, signs_as
from ledger.office.people import OFFICER, people
from ledger.office.signing import Signer, append_act, signer_for
from ledger.store.ledger import View, Writer, local_day


def sign_write(writer: Writer, signer: Signer | None) -> int | None:
    """Sign what a write has appended, as its last record; its log index, None where nothing has to be signed.

    Refuses what `signs_as`, `signer_for` and `append_act` refuse.
    """
    found = written(writer, writer.begun, writer.size)
    if found is None:
        return None
    before = writer.at(writer.begun)
    known, duties = people(before), in_force(before)
    as_what = SignsAs(known[writer.actor].post or OFFICER)
    if duties is not None and found.act in duties.acts:
        day = local_day(writer.now)
        barred = apart(duties, found.act, writer.record(found.first), partial(_signers, writer))
        as_what = signs_as(duties, found.act, 0, writer.actor, known, day, barred)
    body = kinds.ActBody(act=found.act, post=as_what.post, count=found.count, root=found.root, first=found.first)
    if as_what.stands_for:
        body["for"] = as_what.stands_for
    signer = signer_for(writer, signer)
    return append_act(writer, signer, kinds.ACT, body, covered=covered(writer, found.first, writer.size))


def apart(
    duties: Duties, act: str, first: Mapping[str, Any], signers: Callable[[str], Mapping[str, str]]
) -> frozenset[str]:
    """Who gives no signature of an act that takes one: those of the steps that it is kept apart from.

    `first` is the first record of the write, `signers` say of a batch who gave its steps.
    """
    duty = duties.acts[act]
    if len(duty.steps) > 1 or not duty.apart or kind_of(first) != kinds.OUTCOME.name:
        return frozenset()
    return apart_of(duties, act, signers(first["about"]))


def _signers(view: View, batch: str) -> Mapping[str, str]:
    row = view.current(kinds.PAYMENT_BATCH, batch)
    return batch_steps(row.body["actor"], given(view, row.seq)) if row else {}


def batch_steps(maker: str, approvals: Sequence[Approval]) -> Mapping[str, str]:
    """Who gave which step of a batch, in the words of the duties: `pay:1`, `pay:2`."""
    return {"pay:1": maker, **{f"pay:{approval.step + 1}": approval.actor for approval in approvals}}


def written(view: View, first: int, end: int) -> Written | None:
    """What an act has to cover of records `first` up to `end`; None where that is nothing."""
    found: Written | None = None
    for seq in range(first, end):
        body = view.record(seq)
        if _against_an_act(view, body):
            # What comes behind it follows from it.
            return found
        rule = rule_of(body)
        if rule:
            found = found or Written(seq)
            found.take(body, rule)
    return found


def _against_an_act(view: View, body: Mapping[str, Any]) -> bool:
    against = kind_of(body) == kinds.APPROVAL.name and body["opinion"] == REJECT
    return against and kind_of(view.record(body["about"])) == kinds.ACT.name


def covered(view: View, first: int, end: int) -> list[bytes]:
    """What is signed of each record that an act has to cover, of records `first` up to `end`."""
    return [covered_bytes(body) for body in map(view.record, range(first, end)) if rule_of(body)]
