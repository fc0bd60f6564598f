"""Mappings in a log that is computed again from end to end: what breaks their rules is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.audit.verify import verify
from ledger.log.kinds import kind_of
from tests.audit.attacker import Body, bodies
from tests.audit.seen import CONSISTENT, seen
from tests.audit.test_paid_rules import at
from tests.support.forge import faults
from tests.support.mapped import LENDER, SAID, bank_file
from tests.support.office import Office, open_office
from tests.support.signing_office import CHECKER, HEAD, employ, key


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A mapping of two versions, each agreed to under a signature, and a file of loans taken in under the second."""
    office = open_office(tmp_path_factory.mktemp("mapped") / "office", anchor=tmp_path_factory.mktemp("anchor"))
    employ(office, CHECKER, HEAD)
    file = str(bank_file(office.folder / "明细.xlsx"))
    for words in (SAID, ["--set", "due_day=21"]):
        said = office.read("import", "map", LENDER, file, *words, "--actor", CHECKER, "--key", key(office, CHECKER))
        number = str(said["number"])
        office.do("approve", number, "--actor", HEAD, "--key", key(office, HEAD))
    office.on("2026-02-04").do("import", "loans", file, "--lender", LENDER)
    return office


def path(office: Office) -> Path:
    return office.folder / office.database


def test_mappings_keep_the_rules(office: Office) -> None:
    assert faults(bodies(path(office))) == []
    assert seen(verify(path(office))) == CONSISTENT


def other_rules(log: list[Body]) -> int:
    """A heading that is read as another column, under the hash of the rules that were proposed."""
    seq = at(log, "mapping")
    log[seq]["rules"]["given"][0]["value"] = "Bank A"
    return seq


def another_version(log: list[Body]) -> int:
    seq = at(log, "mapping")
    log[seq]["version"] = 2
    return seq


def of_another(log: list[Body]) -> int:
    seq = at(log, "approval")
    log[seq]["about"] = 3
    return seq


def by_one_person(log: list[Body]) -> int:
    seq = at(log, "approval")
    log[seq]["actor"] = CHECKER
    return seq


def without_an_approval(log: list[Body]) -> int:
    """The last one's place is taken by a harmless record, so that every number after it stays."""
    seq = max(seq for seq, body in enumerate(log) if kind_of(body) == "approval")
    log[seq] = {**log[at(log, "actor")], "recorded_at": log[seq]["recorded_at"]}
    return imported(log)


def against(log: list[Body]) -> int:
    seq = max(seq for seq, body in enumerate(log) if kind_of(body) == "approval")
    log[seq]["opinion"] = "reject"
    return seq


def without_a_signature(log: list[Body]) -> int:
    seq = at(log, "mapping")
    del log[seq]["signature"]
    return seq


def import_under_the_first(log: list[Body]) -> int:
    """An import that names the mapping which the second one had taken the place of."""
    seq = imported(log)
    log[seq]["mapping"] = at(log, "mapping")
    return seq


def import_of_another_lender(log: list[Body]) -> int:
    seq = imported(log)
    log[seq]["lender"] = "Bank A"
    return seq


def imported(log: list[Body]) -> int:
    """The import that was read under the second mapping."""
    return next(seq for seq, body in enumerate(log) if "mapping" in body)


BROKEN: dict[str, tuple[Callable[[list[Body]], int], str]] = {
    "rules that are not those of the hash": (other_rules, "mapping_differs"),
    "a version out of turn": (another_version, "mapping_differs"),
    "an approval of something else": (of_another, "approval_differs"),
    "proposed and agreed to by one person": (by_one_person, "approval_differs"),
    "an import under a mapping that nobody agreed to": (without_an_approval, "mapping_differs"),
    "turned down, whatever the signature says": (against, "signature_wrong"),
    "proposed without a signature": (without_a_signature, "signature_wrong"),
    "an import under a mapping that was replaced": (import_under_the_first, "mapping_differs"),
    "an import under the mapping of another lender": (import_of_another_lender, "mapping_differs"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_of_a_mapping_is_named(office: Office, rule: str) -> None:
    change, code = BROKEN[rule]
    log = bodies(path(office))
    place = change(log)
    assert (code, place) in faults(log)
