"""An order that never left is recalled: two people say so, and what it holds is free again under another number.

One asks, another agrees, and then it is carried out. As soon as anybody outside has said anything of the batch, it has
left, and what became of it is asked or resolved payout by payout.
"""

from typing import NamedTuple

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.payouts.batches import Batch, Item, batch
from ledger.payouts.named import line_naming, numbers_of
from ledger.payouts.settle import Finding, settle
from ledger.payouts.states import Source, State
from ledger.registry.agreements import RECALL, agreement, answers
from ledger.store.ledger import Vault, Writer


class Recalled(NamedTuple):
    """The decision that it rests on, and how many payouts are free again; 0 while it waits for another person."""

    number: int
    payouts: int


def recall(writer: Writer, vault: Vault, key: str, reason: str, signer: Signer | None = None) -> Recalled:
    """Ask for the recall of a batch, or carry out what another person has agreed to.

    Refuses `not_exported`, `recall_answered`, `recall_on_statement`.
    """
    found = batch(writer, key)
    _check(writer, vault, found)
    stands = writer.current(kinds.DECISION, f"{RECALL}/{key}")
    if stands is not None and agreement(writer, stands.seq) is not None:
        source = kinds.Source(kind=Source.RECALL.value, name=str(stands.seq))
        findings = [Finding(each.key, State.FAIL, source, reason=stands.body["reason"]) for each in _out(found)]
        settle(writer, key, findings)
        return Recalled(stands.seq, len(findings))
    if stands is not None and stands.seq not in answers(writer):
        return Recalled(stands.seq, 0)
    body = kinds.DecisionBody(key=f"{RECALL}/{key}", type=RECALL, about=key, reason=reason)
    return Recalled(append_signed(writer, signer, kinds.DECISION, body), 0)


def _out(found: Batch) -> list[Item]:
    return [each for each in found.items if each.state is not State.CANCELLED]


def _check(writer: Writer, vault: Vault, found: Batch) -> None:
    if found.state is not State.EXPORTED:
        raise refuse(
            "not_exported",
            N_("batch {batch} is {state}: there is no order to be recalled"),
            N_("what has not been exported is called off with `subsidy pay cancel {batch} --reason TEXT`"),
            Place(found.key),
            batch=found.key,
            state=found.state.value,
        )
    answered = next((each for each in found.items if each.outcomes and each.state is not State.CANCELLED), None)
    if answered is not None:
        raise refuse(
            "recall_answered",
            N_("payout {item} is {state}: somebody outside knows of the batch, so it has left"),
            N_("ask the channel, or `subsidy pay resolve` each payout with what you know"),
            Place(found.key),
            item=answered.key,
            state=answered.state.value,
        )
    practice = writer.body(kinds.GENESIS, 0)["purpose"] == "practice"
    line = line_naming(writer, vault, numbers_of(found.key, (each.body for each in found.items), practice=practice))
    if line:
        raise refuse(
            "recall_on_statement",
            N_("line {line} of a statement names the batch or a payout of it, so it has left"),
            N_("see what the line is: `subsidy reconcile status`"),
            Place(found.key),
            line=line,
        )
