"""A write and the act that ends it: what somebody did in one go, under one signature.

Once two people have entered a person, whatever a person writes is covered by an `act`: a root over what is signed of
each record. What follows from it, and what bears a signature of its own, is not (`ledger.office.acts`).
"""

from ledger.log import kinds
from ledger.log.acts import covered_bytes
from ledger.office.acts import Written, rule_of
from ledger.office.people import OFFICER, people
from ledger.office.signing import Signer, append_act, signer_for
from ledger.store.ledger import View, Writer


def sign_write(writer: Writer, signer: Signer | None) -> int | None:
    """Sign what a write has appended, as its last record; its log index, None where nothing has to be signed.

    Refuses what `signer_for` and `append_act` refuse.
    """
    found = written(writer, writer.begun, writer.size)
    if found is None:
        return None
    person = people(writer.at(writer.begun))[writer.actor]
    body = kinds.ActBody(
        act=found.act, post=person.post or OFFICER, count=found.count, root=found.root, first=found.first
    )
    signer = signer_for(writer, signer)
    return append_act(writer, signer, kinds.ACT, body, covered=covered(writer, found.first, writer.size))


def written(view: View, first: int, end: int) -> Written | None:
    """What an act has to cover of records `first` up to `end`; None where that is nothing."""
    found: Written | None = None
    for seq in range(first, end):
        body = view.record(seq)
        rule = rule_of(body)
        if rule:
            found = found or Written(seq)
            found.take(body, rule)
    return found


def covered(view: View, first: int, end: int) -> list[bytes]:
    """What is signed of each record that an act has to cover, of records `first` up to `end`."""
    return [covered_bytes(body) for body in map(view.record, range(first, end)) if rule_of(body)]
