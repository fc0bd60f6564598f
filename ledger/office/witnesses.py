"""Which witnesses there are, how many of them an order takes, and the last head that they have signed.

A policy is a record of two people. What witnesses have signed is a record too, so that whoever reads the log sees it:
with a policy of k, an order goes out once k of them have signed a head that has the batch and its signatures.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.log.checkpoint import BadCheckpoint, VerifierKey
from ledger.log.witness import cosigned, head_of, witness_key
from ledger.office.signing import Signer, append_signed, signer_for
from ledger.registry.agreements import agreed
from ledger.store.ledger import View, Writer

KEY: Final = "witness"


class Policy(NamedTuple):
    """The keys of the witnesses, and how many of them an order takes."""

    keys: tuple[VerifierKey, ...]
    needed: int


def policy_of(body: kinds.WitnessBody) -> Policy:
    """The policy in a record; raises `BadCheckpoint`."""
    return Policy(tuple(map(witness_key, body["keys"])), body["needed"])


def policy(view: View) -> Policy | None:
    """The policy in force; None where there never was one."""
    rows = agreed(view, kinds.WITNESS)
    return policy_of(rows[-1].body) if rows else None


def last_note(view: View) -> str:
    """The last head with what witnesses have signed; "" where there is none."""
    rows = list(view.records(kinds.WITNESSED))
    return rows[-1].body["note"] if rows else ""


def signed_by(note: str, keys: Sequence[VerifierKey]) -> list[str]:
    """The names of those witnesses that have signed a note."""
    return [key.name for key in keys if note and cosigned(note, key) is not None]


def short_of(found: Policy | None, note: str, record: int) -> bool:
    """Whether a policy asks for more than stands under `note` of a log that has record `record`."""
    if found is None or not found.needed:
        return False
    return not note or head_of(note).size <= record or len(signed_by(note, found.keys)) < found.needed


def ask(writer: Writer, keys: Sequence[str], needed: int, reason: str, signer: Signer | None) -> int:
    """Ask for a policy; the log index. Refuses `witness_malformed` and `policy_differs`."""
    try:
        found = {witness_key(key) for key in keys}
    except BadCheckpoint as error:
        raise refuse(
            "witness_malformed",
            N_("this is not the key of a witness: {reason}"),
            N_("give the file that `subsidy witness new` made, or the key that the witness publishes"),
            reason=error,
        ) from error
    if len({key.public for key in found}) < len(keys) or not 0 <= needed <= len(keys):
        raise refuse(
            "policy_differs",
            N_("{needed} of {total} different witnesses cannot be asked for"),
            N_("give each key once, and no more in --needed than there are"),
            needed=needed,
            total=len({key.public for key in found}),
        )
    body = kinds.WitnessBody(key=KEY, keys=sorted(map(str, found)), needed=needed, reason=reason)
    return append_signed(writer, signer_for(writer, signer), kinds.WITNESS, body)


def take(writer: Writer, note: str, lines: Sequence[str]) -> list[str]:
    """Record what witnesses have signed of a head; the names of those of the policy in force.

    Refuses `cosignature_strange`, where none of them has.
    """
    found = policy(writer)
    whole = note + "".join(f"{line}\n" for text in lines for line in text.splitlines() if line)
    names = signed_by(whole, found.keys) if found else []
    if not names:
        raise refuse(
            "cosignature_strange",
            N_("no witness of the policy in force has signed this head"),
            N_("give the request as it was signed, and the answers to it; `subsidy witness show` lists the witnesses"),
        )
    writer.append(kinds.WITNESSED, kinds.WitnessedBody(size=head_of(note).size, note=whole))
    return names
