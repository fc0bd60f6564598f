"""Mappings: how a lender's own files are read, as the ledger keeps them.

The mapping in force of (register, lender) is the last one that another person agreed to. Proposing is an act of
officers (`ledger.office.mappings`), agreeing the one of all that takes two (`ledger.office.agreements`).
"""

from hashlib import sha256
from typing import NamedTuple

from calculators.problems import N_, Problem
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.registry.agreements import answers
from ledger.registry.drafts import Register
from ledger.registry.lending import EVENTS, LOANS, RECEIPTS
from ledger.sheets.columns import fold
from ledger.sheets.forms import Form, FormHeading
from ledger.sheets.names import RegisterName
from ledger.store.ledger import Row, View

# The registers whose files come from lenders.
MAPPED: dict[str, Register] = {register.name: register for register in (LOANS, EVENTS, RECEIPTS)}
_SCHEMA = "subsidy/mapping-rules/1"


class Kept(NamedTuple):
    """A mapping that was proposed, and what another person said to it."""

    proposal: Row[kinds.MappingBody]
    answer: Row[kinds.ApprovalBody] | None

    @property
    def agreed(self) -> bool:
        """Whether somebody agreed to it."""
        return self.answer is not None and self.answer.body["opinion"] == "approve"

    @property
    def rules(self) -> kinds.MappingRules:
        """How files are read."""
        return self.proposal.body["rules"]

    @property
    def version(self) -> int:
        """Its number under its key, from 1."""
        return self.proposal.body["version"]

    @property
    def rules_sha256(self) -> str:
        """The hash of its rules."""
        return self.proposal.body["rules_sha256"]


def key_of(register: str, lender: str) -> str:
    """The key of the mappings of a lender's files for a register."""
    return f"{register}/{lender}"


def hash_of(key: str, rules: kinds.MappingRules) -> str:
    """SHA-256 of the canonical bytes of a mapping's rules with its key, in hex."""
    return sha256(canonical({"$schema": _SCHEMA, "key": key, **rules})).hexdigest()


def form_of(rules: kinds.MappingRules) -> Form:
    """A mapping as the reader of files takes it."""
    also: dict[str, list[str]] = {}
    for same in rules["same"]:
        also.setdefault(same["heading"], []).append(same["column"])
    return Form(
        headings=tuple(
            FormHeading(
                rule["at"],
                rule["heading"],
                (*([rule["column"]] if "column" in rule else []), *also.get(rule["heading"], [])),
                rule.get("unit", ""),
            )
            for rule in rules["headings"]
        ),
        words={(rule["column"], fold(rule["word"])): rule["value"] for rule in rules["words"]},
        given={rule["column"]: rule["value"] for rule in rules["given"]},
        sheet=rules.get("sheet", ""),
        reads_day="through" in rules,
    )


def versions(view: View, register: str, lender: str) -> list[Kept]:
    """Every mapping of a lender's files for a register that was ever proposed, oldest first."""
    said = answers(view)
    rows = (row for row, _void in view.history(kinds.MAPPING, key_of(register, lender)))
    return [Kept(row, said.get(row.seq)) for row in rows]


def in_force(view: View, register: str, lender: str) -> Kept | None:
    """The last mapping that somebody agreed to; None where there is none."""
    agreed = [version for version in versions(view, register, lender) if version.agreed]
    return agreed[-1] if agreed else None


def waits(view: View, register: str, lender: str) -> Problem | None:
    """That a lender's files cannot be read yet, as nobody has answered its first mapping; None where that is not so."""
    proposed = waiting(view, register, lender)
    if proposed is None or in_force(view, register, lender):
        return None
    return Problem(
        "mapping_waits",
        N_("mapping {version} of {lender} for {register}, proposed by {actor}, waits for a second person"),
        N_(
            "let an officer other than {actor} confirm it with `subsidy approve {number}`, or bring the file "
            "in the form of `subsidy template` with --mode"
        ),
        values={
            "version": proposed.version,
            "lender": lender,
            "register": RegisterName(register),
            "actor": proposed.proposal.body["actor"],
            "number": proposed.proposal.seq,
        },
    )


def waiting(view: View, register: str, lender: str) -> Kept | None:
    """The proposal that nobody has answered and none took the place of."""
    last = versions(view, register, lender)[-1:]
    return last[0] if last and last[0].answer is None else None
