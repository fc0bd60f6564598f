"""Open the vault: every clear text against the commitment that stands in the log, every order against its hash.

The log proves that a commitment is old; only opening it tells that the number behind it is still the one that was
recorded. What the vault does not hold was erased or lost, and is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from calculators.problems import Refused
from ledger.audit.damage import Damage
from ledger.log import kinds
from ledger.store.ledger import Vault, View

# Commitments opened together.
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Opened:
    """How many clear texts and orders were opened, how many are not there, and which are not what was recorded."""

    opened: int
    gone: int
    damages: tuple[Damage, ...]


def open_vault(view: View, vault: Vault) -> Opened:
    """Every clear text and order that the log names; refuses `vault_missing`, `vault_foreign`, `vault_unusable`."""
    opened = gone = 0
    damages: list[Damage] = []
    committed = _committed(view)
    while part := dict(islice(committed, _MANY)):
        # Asked one by one only where something in so many is wrong.
        try:
            found = len(vault.reveal_many(dict.fromkeys(part, "")))
        except Refused:
            found, wrong = _one_by_one(vault, part)
            damages += wrong
        opened, gone = opened + found, gone + len(part) - found
    for record, key, digest in _orders(view):
        if vault.kept(digest) is None:
            damages.append(Damage("order_gone", {}, record, kinds.OUTCOME.name, key))
        else:
            opened += 1
    return Opened(opened, gone, tuple(damages))


def _one_by_one(vault: Vault, part: dict[str, tuple[int, str, str]]) -> tuple[int, list[Damage]]:
    found, wrong = 0, []
    for commitment, (record, kind, key) in part.items():
        try:
            found += len(vault.reveal_many({commitment: key}))
        except Refused as refused:
            if refused.problems[0].code != "vault_differs":
                raise
            found += 1
            wrong.append(Damage("vault_differs", {}, record, kind, key))
    return found, wrong


def _committed(view: View) -> Iterator[tuple[str, tuple[int, str, str]]]:
    """Each commitment of the log with the record, kind and key that it stands in."""
    for payee in view.records(kinds.PAYEE):
        for commitment in (payee.body["number"], payee.body["holder"]):
            yield commitment, (payee.seq, kinds.PAYEE.name, payee.key)
    for payer in view.records(kinds.PAYER):
        for commitment in (payer.body["number"], payer.body["holder"]):
            yield commitment, (payer.seq, kinds.PAYER.name, payer.key)
    for person in view.records(kinds.ACTOR):
        if "name" in person.body:
            yield person.body["name"], (person.seq, kinds.ACTOR.name, person.key)
    for statement in view.records(kinds.STATEMENT):
        yield statement.body["number"], (statement.seq, kinds.STATEMENT.name, statement.key)
    for line in view.records(kinds.STATEMENT_LINE):
        if "about" in line.body:
            yield line.body["about"], (line.seq, kinds.STATEMENT_LINE.name, line.key)


def _orders(view: View) -> Iterator[tuple[int, str, str]]:
    """Record, batch and hash of each order that went out."""
    for row in view.records(kinds.OUTCOME):
        source = row.body["source"]
        if source["kind"] == "export" and "sha256" in source:
            yield row.seq, row.body["about"], source["sha256"]
