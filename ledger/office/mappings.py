"""Propose and confirm how a lender's files are read: two people, because a mapping decides what every later file says.

Where keys are in use the proposal carries its maker's signature, and the confirmation stands on an approval.
"""

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.office.approvals import APPROVE, refuse_maker, sign, subject
from ledger.office.signing import PrivateKey, append_signed
from ledger.registry.lending import require_lender
from ledger.registry.mapping_proposals import Proposal
from ledger.registry.mappings import CONFIRMED, PROPOSED, Kept, hash_of, in_force, key_of, versions, waiting
from ledger.store.ledger import Writer


def propose(writer: Writer, lender: str, proposal: Proposal, private: PrivateKey | None = None) -> Kept | None:
    """Record a mapping for a second person to confirm; None where it is in force, or waits already.

    Refuses `lender_unknown`, but for a register of loans, which makes a lender known.
    """
    if proposal.register != "loans":
        require_lender(writer, lender)
    key = key_of(proposal.register, lender)
    rules_sha256 = hash_of(key, proposal.rules)
    newest = waiting(writer, proposal.register, lender) or in_force(writer, proposal.register, lender)
    if newest and newest.rules_sha256 == rules_sha256:
        return None
    body = kinds.MappingBody(
        key=key,
        state=PROPOSED,
        version=len(versions(writer, proposal.register, lender)) + 1,
        rules=proposal.rules,
        rules_sha256=rules_sha256,
        file=proposal.file,
        sha256=proposal.sha256,
    )
    append_signed(writer, private, kinds.MAPPING, body)
    return waiting(writer, proposal.register, lender)


def confirm(writer: Writer, lender: str, number: int, private: PrivateKey | None = None) -> tuple[str, Kept]:
    """Confirm the proposal at log index `number`; its register, and the mapping that is in force from now on.

    Refuses `mapping_not_waiting`, `approver_is_maker` and what `approvals.sign` refuses.
    """
    body = writer.record(number) if number < writer.size else {}
    register = str(body.get("key", "")).removesuffix(f"/{lender}")
    waits = waiting(writer, register, lender)
    if waits is None or waits.proposal.seq != number:
        raise refuse(
            "mapping_not_waiting",
            N_("no mapping of {lender} with the number {number} waits to be confirmed"),
            N_("see what waits: `subsidy import map {lender} --show`"),
            lender=lender,
            number=number,
        )
    refuse_maker(writer.actor, waits.proposal.body["actor"], Place(str(number)))
    if private:
        sign(writer, private, subject(writer, number), APPROVE)
    writer.append(
        kinds.MAPPING,
        kinds.MappingBody(
            key=waits.proposal.key,
            state=CONFIRMED,
            rules_sha256=waits.rules_sha256,
            of=number,
            of_leaf=waits.proposal.leaf.hex(),
        ),
    )
    kept = in_force(writer, register, lender)
    assert kept is not None, "the confirmation was written just now"
    return register, kept
