"""What must hold of mappings: that their hash is that of their rules, and that imports name the one in force."""

from typing import Any

from ledger.log import kinds
from ledger.registry.mappings import MAPPED, hash_of, key_of
from ledger.rules.records import Logged

# The register that an import names -> that of its mapping's key.
_NAMES = {register.kind.register: name for name, register in MAPPED.items()}


class Mappings:
    """Takes the records of a log one by one, in their order."""

    def __init__(self) -> None:
        # Key -> how many were proposed; log index of a proposal -> its key; key -> the proposal agreed to last.
        self._versions: dict[str, int] = {}
        self._proposed: dict[int, str] = {}
        self._in_force: dict[str, int] = {}

    def check(self, record: Logged[Any]) -> str:
        """What is wrong with the next record; empty where nothing is."""
        body = record.body
        if record.kind == "mapping":
            return self._mapping(record)
        if record.kind == "approval":
            key = self._proposed.get(body["about"])
            if key and body["opinion"] == "approve":
                self._in_force[key] = body["about"]
        elif "mapping" in body:
            key = key_of(_NAMES.get(body["register"], ""), body.get("lender", ""))
            return "" if self._in_force.get(key) == body["mapping"] else "mapping"
        return ""

    def _mapping(self, record: Logged[kinds.MappingBody]) -> str:
        body = record.body
        key = body["key"]
        self._proposed[record.seq] = key
        self._versions[key] = self._versions.get(key, 0) + 1
        if body["version"] != self._versions[key]:
            return "version"
        return "" if hash_of(key, body["rules"]) == body["rules_sha256"] else "rules_sha256"
