"""What was tried in a ledger for practice, brought to an office's: notices, mappings, and files of registers.

No record is carried over: each step is a write of its own, signed as any other, and what the office's ledger has is
left as it is. So where a step has to wait for somebody else, all is given again later, and goes on from there.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.office.mappings import propose
from ledger.registry.agreements import agreed
from ledger.registry.drafts import Scope
from ledger.registry.imports import REGISTERS, compare, record
from ledger.registry.mapping_proposals import Proposal
from ledger.registry.notices import add_notice, notice_rows
from ledger.registry.withdrawals import imports
from ledger.runs.grants import record_grants
from ledger.store.ledger import Row, Vault, View, Writer

_NAMES = {register.kind.register: name for name, register in REGISTERS.items()}


class Step(NamedTuple):
    """Something to bring: its record in the ledger for practice, what it is, and its name; a register of a file."""

    row: Row[Any]
    what: str
    name: str
    register: str = ""


class Brought(NamedTuple):
    """What a step came to: the counts of a file's rows by action, or whether anything was written; None for no file."""

    written: bool | None
    counts: Mapping[str, int]


def steps(view: View) -> list[Step]:
    """What a ledger for practice has to bring, in the order in which it came there; refuses `not_practice`."""
    if view.body(kinds.GENESIS, 0)["purpose"] != "practice":
        raise refuse(
            "not_practice",
            N_("this is no ledger for practice"),
            N_("name the one that `subsidy init --practice` made; an office's ledger goes on in its own file"),
            Place("--from-practice"),
        )
    return sorted(_steps(view), key=lambda step: step.row.seq)


def _steps(view: View) -> Iterator[Step]:
    yield from (Step(row, "notice", row.key) for row in notice_rows(view))
    # Of the mappings the last that was agreed to.
    yield from {row.key: Step(row, "mapping", row.key) for row in agreed(view, kinds.MAPPING)}.values()
    for one in imports(view):
        if not one.withdrawn:
            body = one.row.body
            yield Step(one.row, "import", body["file"], _NAMES[body["register"]])


def bring(writer: Writer, vault: Vault, step: Step, files: Mapping[str, Path]) -> Brought:
    """Write a step as its own command would, unless it stands; `files` are those at hand, by the hash of their bytes.

    Refuses what that command refuses.
    """
    body = step.row.body
    if step.what == "notice":
        return Brought(not add_notice(writer, body["text"], f"{step.name}.yaml").same, {})
    if step.what == "mapping":
        register, _slash, lender = step.name.partition("/")
        proposal = Proposal(register, body["rules"], body["file"], body["sha256"], (), (), {})
        return Brought(propose(writer, lender, proposal) is not None, {})
    if body["sha256"] not in files:
        return Brought(None, {})
    if any(_source(one.row.body) == _source(body) for one in imports(writer) if not one.withdrawn):
        return Brought(False, {})
    through = date.fromisoformat(body["through"]) if "through" in body and "mapping" not in body else None
    scope = Scope(body["mode"] == "full", body.get("lender", ""), through)
    found = compare(writer, vault, step.register, files[body["sha256"]], scope)
    (record_grants if step.register == "grants" else record)(writer, vault, found)
    return Brought(found.writes, found.counts)


def _source(body: kinds.ImportBody) -> tuple[str, str, str]:
    return body["register"], body.get("lender", ""), body["sha256"]
