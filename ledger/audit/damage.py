"""What verification can find: the kinds of damage, each under a stable code, and where one was found."""

from dataclasses import dataclass, field
from typing import Any

from calculators.problems import N_
from ledger.rules.codes import CODES
from ledger.rules.earlier import EARLIER
from ledger.rules.groups import Found

# Code -> what it says, filled with the values of the damage.
DAMAGE = {
    **{code: text.what for code, text in CODES.items()},
    **EARLIER,
    "empty": N_("there are no records"),
    "unreadable": N_("the file cannot be read: {reason}"),
    "file_damaged": N_("the file is damaged: {reason}"),
    "schema_changed": N_("{type} {name} {how}"),
    "schema_differs": N_("tables or guards of the file are not those of {engine} {version} that were signed for"),
    "schema_note_bad": N_("the schema was not signed with the key given: {reason}"),
    "sequence_gap": N_("this record is missing"),
    "body_malformed": N_("the bytes are not those of a record: {reason}"),
    "body_changed": N_("the bytes were changed after they were hashed"),
    "leaf_changed": N_("the leaf hash was changed"),
    "node_changed": N_("node {index} of level {level} of the tree is not the hash of what stands below it"),
    "projection_missing": N_("table {table} lacks the row {row}"),
    "projection_differs": N_("table {table}, row {row}: {column} is {found} and not {expected}"),
    "projection_surplus": N_("table {table} has a row {row} that no record made"),
    "envelope_differs": N_("envelope {path}: used is {found} and not {expected}"),
    "envelope_exceeded": N_("envelope {path}: {used} used of {limit}, {available} available"),
    "signature_bad": N_("the checkpoint was not signed with the key given: {reason}"),
    "log_key_past": N_(
        "the checkpoint has {checkpoint} records, and is signed by a key that another took over from here"
    ),
    "log_key_differs": N_("genesis names another log key than the one given"),
    "founding_otherwise": N_("the founding sheet says another {line} than the ledger"),
    "vault_differs": N_("the clear text in the vault is not what was recorded"),
    "order_gone": N_("the order that went out does not stand in the vault as it was"),
    "head_lost": N_(
        "the checkpoint of {checkpoint} records is of what was lost before the ledger was put back: records {first} to "
        "{last}"
    ),
    "truncated": N_("the log ends after {size} records, the checkpoint has {checkpoint}"),
    "forked": N_("the first {checkpoint} records are not those that the checkpoint was signed for"),
}


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong: its code, the values its text needs, and the record it was found at, if at one."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)
    record: int | None = None
    kind: str = ""
    key: str = ""

    @classmethod
    def of(cls, found: Found) -> "Damage":
        """What a rule has found."""
        record = found.record
        return cls(found.fault.code, dict(found.fault.values), record.seq, record.kind, record.body.get("key", ""))

    @property
    def what(self) -> str:
        """The English template of the text."""
        return DAMAGE[self.code]
