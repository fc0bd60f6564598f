"""What must hold of mappings: whose rules are confirmed, by somebody else, and that imports name the one in force."""

from typing import Any

from ledger.log import kinds
from ledger.registry.mappings import CONFIRMED, MAPPED, hash_of, key_of
from ledger.rules.records import Logged

# The register that an import names -> that of its mapping's key.
_NAMES = {register.kind.register: name for name, register in MAPPED.items()}


class Mappings:
    """Takes the records of a log one by one, in their order."""

    def __init__(self) -> None:
        # Key -> its last proposal, how many there were, and the log index of the confirmation in force.
        self._proposed: dict[str, Logged[kinds.MappingBody]] = {}
        self._versions: dict[str, int] = {}
        self._in_force: dict[str, int] = {}

    def check(self, record: Logged[Any]) -> str:
        """What is wrong with the next record; empty where nothing is."""
        if record.kind == "mapping":
            return self._mapping(record)
        if record.kind == "import" and "mapping" in record.body:
            body = record.body
            key = key_of(_NAMES.get(body["register"], ""), body.get("lender", ""))
            return "" if self._in_force.get(key) == body["mapping"] else "mapping"
        return ""

    def _mapping(self, record: Logged[kinds.MappingBody]) -> str:
        body = record.body
        key = body["key"]
        if body["state"] == CONFIRMED:
            proposal = self._proposed.get(key)
            if proposal is None or (body.get("of"), body.get("of_leaf"), body["rules_sha256"]) != (
                proposal.seq,
                proposal.leaf.hex(),
                proposal.body["rules_sha256"],
            ):
                return "of, of_leaf, rules_sha256"
            self._in_force[key] = record.seq
            return "actor" if proposal.body["actor"] == body["actor"] else ""
        self._proposed[key] = record
        self._versions[key] = self._versions.get(key, 0) + 1
        if body.get("version") != self._versions[key]:
            return "version"
        return "" if "rules" in body and hash_of(key, body["rules"]) == body["rules_sha256"] else "rules_sha256"
