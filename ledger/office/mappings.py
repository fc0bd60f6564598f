"""Propose how a lender's files are read: it takes two people, because a mapping decides what every later file says."""

from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.registry.lending import require_lender
from ledger.registry.mapping_proposals import Proposal
from ledger.registry.mappings import Kept, hash_of, in_force, key_of, versions, waiting
from ledger.store.ledger import Writer


def propose(writer: Writer, lender: str, proposal: Proposal, signer: Signer | None = None) -> Kept | None:
    """Record a mapping that waits for a second person; None where it is in force, or waits already.

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
        version=len(versions(writer, proposal.register, lender)) + 1,
        rules=proposal.rules,
        rules_sha256=rules_sha256,
        file=proposal.file,
        sha256=proposal.sha256,
    )
    append_signed(writer, signer, kinds.MAPPING, body)
    return waiting(writer, proposal.register, lender)
