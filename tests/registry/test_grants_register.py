"""Applications and grants: what must be known before, which payee is meant, and what is reserved in the budget."""

from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.book import envelopes
from ledger.log import kinds
from ledger.registry.applications import applications
from ledger.registry.grants import grants
from tests.support.copies import ready
from tests.support.desk import APPLICATIONS, ENTITIES, FIRM, GRANTS, LOANS, NOTICE, PAYEES, Desk, equipped_desk

HEADING = GRANTS.splitlines()[0] + ",reason\n"


@ready
def asked(folder: Path) -> Desk:
    """A desk where firm FIRM has applied as SB1 and has one wallet."""
    office = equipped_desk(folder)
    office.take("entities", ENTITIES)
    office.take("payees", PAYEES)
    office.take("loans", LOANS)
    office.take("applications", APPLICATIONS)
    return office


def used(desk: Desk) -> dict[str, int]:
    """What is used of each envelope, in yuan."""
    with desk.ledger.read() as view:
        return {line.path: line.used_fen // 100 for line in envelopes.show(view)}


def test_what_the_runs_read(asked: Desk) -> None:
    asked.take("grants", GRANTS)
    with asked.ledger.read() as view:
        application, grant = applications(view)["SB1"].value, grants(view)["PF1"].value
    assert (application.uscc, application.notice, application.item) == (FIRM, NOTICE, "HT1")
    assert (grant.application, grant.ceiling_fen, grant.envelope) == ("SB1", 50_000_000, "2024/loan")
    assert grant.payee == "ecny/C1010211000012/000001"  # the file says only `ecny`


def test_a_grant_reserves_its_ceiling_once(asked: Desk) -> None:
    asked.take("grants", GRANTS)
    assert used(asked) == {"2024": 500_000, "2024/loan": 500_000}
    size = asked.size
    assert asked.counts("grants", GRANTS) == [0, 0, 1, 0]
    assert asked.size == size


@pytest.mark.parametrize(("ceiling", "reserved"), [("650000.50", 650_000), ("200000", 200_000)])
def test_another_ceiling_posts_the_difference(asked: Desk, ceiling: str, reserved: int) -> None:
    asked.take("grants", GRANTS)
    asked.take("grants", GRANTS.replace("500000", ceiling))
    assert used(asked)["2024/loan"] == reserved
    with asked.ledger.read() as view:
        keys = [row.key for row in view.records(kinds.ENTRY) if row.body["reason"] == "grant"]
    assert keys == ["main/grant/PF1/0", "main/grant/PF1/1"]


def test_a_grant_taken_back_or_turned_into_a_refusal_frees_its_reservation(asked: Desk) -> None:
    asked.take("grants", GRANTS)
    assert asked.counts("grants", HEADING, full=True) == [0, 0, 0, 1]
    assert used(asked)["2024/loan"] == 0
    asked.take("grants", GRANTS)
    assert used(asked)["2024/loan"] == 500_000
    asked.take("grants", f"{HEADING}PF1,SB1,refused,2024-04-01,DOC-2,,,,withdrawn by the firm\n")
    assert used(asked)["2024/loan"] == 0
    with asked.ledger.read() as view:
        assert grants(view) == {}


def test_a_new_version_without_another_ceiling_posts_nothing(asked: Desk) -> None:
    asked.take("grants", GRANTS)
    size = asked.size
    assert asked.counts("grants", GRANTS.replace("DOC-1", "DOC-1A")) == [0, 1, 0, 0]
    assert asked.size == size + 2  # the import and the grant


@pytest.mark.parametrize(
    ("ceiling", "envelope", "code"),
    [("2000000.01", "2024/loan", "envelope_short"), ("1", "2024/other", "envelope_unknown")],
)
def test_without_budget_nothing_of_the_file_is_taken(asked: Desk, ceiling: str, envelope: str, code: str) -> None:
    size = asked.size
    with pytest.raises(Refused) as refused:
        asked.take("grants", GRANTS.replace("500000", ceiling).replace("2024/loan", envelope))
    assert {problem.code for problem in refused.value.problems} == {code}
    assert asked.size == size
    assert asked.keys("grant") == []


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (["PF1,SB9,granted,2024-03-15,D,1,,ecny,"], ["application_unknown 2:2"]),
        (["PF1,SB1,granted,2024-03-15,D,,,,"], ["cell_missing 2:6", "cell_missing 2:8"]),
        (["PF1,SB1,granted,2024-03-15,D,1,,bank,"], ["payee_unknown 2:8"]),
        (["PF1,SB1,granted,2024-03-15,D,1,,ecny,because"], ["cell_not_used 2:9"]),
        (["PF1,SB1,refused,2024-03-15,D,,,,"], ["cell_missing 2:9"]),
        (["PF1,SB1,refused,2024-03-15,D,1,,,no loan"], ["cell_not_used 2:6"]),
        (
            ["PF1,SB1,granted,2024-03-15,D,1,,ecny,", "PF2,SB1,granted,2024-03-15,D,1,,ecny,"],
            ["application_decided 3:2"],
        ),
        (
            ["PF1,SB1,granted,2024-03-15,D,1,,ecny,", "PF1,SB1,granted,2024-03-15,D,2,,ecny,"],
            ["key_twice 3:1"],
        ),
    ],
)
def test_a_grant_that_cannot_be(asked: Desk, rows: list[str], codes: list[str]) -> None:
    assert asked.codes("grants", HEADING + "\n".join(rows) + "\n") == codes


def test_one_of_two_wallets_must_be_named(asked: Desk) -> None:
    asked.take("payees", PAYEES.replace("0012345678901234", "0099999999999999"))
    assert asked.codes("grants", GRANTS) == ["payee_ambiguous 2:8"]
    named = GRANTS.replace(",ecny", ",ecny/C1010211000012/000002")
    assert asked.counts("grants", named) == [1, 0, 0, 0]


def test_an_application_is_decided_once_also_in_a_later_file(asked: Desk) -> None:
    asked.take("grants", GRANTS)
    assert asked.codes("grants", GRANTS.replace("PF1", "PF2")) == ["application_decided 2:2"]


def test_a_firm_whose_code_fails_its_check_is_granted_with_a_warning(office: Desk) -> None:
    early = "91350100M0001TGQXM"  # U03
    office.take("entities", ENTITIES.replace(FIRM, early))
    office.take("payees", PAYEES.replace(FIRM, early))
    office.take("applications", APPLICATIONS.replace(FIRM, early))
    assert [one.code for one in office.take("grants", GRANTS).warnings] == ["uscc_override_missing"]


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        (f"SB2,91350100M0001TGQXM,{NOTICE},HT1,2024-03-01,", ["entity_unknown 2:2"]),
        (f"SB2,{FIRM},no-such-notice,HT1,2024-03-01,", ["notice_unknown 2:3"]),
        (f"SB2,{FIRM},{NOTICE},HT1,2024-03-01,abc", ["hash_malformed 2:6"]),
    ],
)
def test_an_application_that_cannot_be(asked: Desk, row: str, codes: list[str]) -> None:
    heading = APPLICATIONS.splitlines()[0] + ",evidence\n"
    assert asked.codes("applications", f"{heading}{row}\n") == codes


def test_an_application_for_a_loan_that_comes_later_is_a_warning(asked: Desk) -> None:
    found = asked.take("applications", APPLICATIONS.replace("SB1", "SB2").replace("HT1", "HT8"))
    assert [one.code for one in found.warnings] == ["loan_unknown"]


def test_what_others_rest_on_cannot_fall(asked: Desk) -> None:
    asked.take("grants", GRANTS)
    for register, content in (("entities", ENTITIES), ("payees", PAYEES), ("applications", APPLICATIONS)):
        heading = content.splitlines()[0] + "\n"
        problems = asked.refusals(register, heading, full=True)
        assert {problem.code for problem in problems} == {"still_used"}
