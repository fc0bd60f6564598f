"""The register of notices: recorded once for ever; a change is a version that names what it amends."""

from hashlib import sha256

import pytest

from calculators.problems import Refused
from ledger.registry.notices import Added, add_notice, notice_text, notices
from ledger.resources import fixture
from tests.support.desk import OFFICER, Desk

NAME = "example-loan-interest-discount"
TEXT = fixture(f"notices/{NAME}.yaml").read_text(encoding="utf-8")
FROM = "effective: {from: 2024-01-01, assumption: true}\n"


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def amendment(of: str, first: str = "2024-07-01", more: str = "") -> str:
    """The notice from `first` on, with one point instead of two."""
    amends = f"published: 2024-06-20\namends: sha256:{hash_of(of)}\n{more}"
    return TEXT.replace(FROM, f"{amends}effective: {{from: {first}, assumption: true}}\n").replace("2.0%", "1.0%")


def add(desk: Desk, text: str) -> Added:
    with desk.ledger.write(OFFICER) as writer:
        return add_notice(writer, text, "n.yaml")


def size(desk: Desk) -> int:
    with desk.ledger.read() as view:
        return view.size


def refusal(desk: Desk, text: str) -> str:
    """The one problem a notice is refused with, as printed; nothing is written."""
    before = size(desk)
    with pytest.raises(Refused) as refused:
        add(desk, text)
    assert size(desk) == before
    (problem,) = refused.value.problems
    return problem.render()


def test_a_notice_is_recorded_with_its_text_and_hash(desk: Desk) -> None:
    added = add(desk, TEXT)
    with desk.ledger.read() as view:
        body = view.record(added.seq)
        (version,) = notices(view)[NAME]
    assert (body["key"], body["text"], body["sha256"]) == (NAME, TEXT, hash_of(TEXT))
    assert "amends" not in body
    assert version.ref == added.ref == f"{NAME}@sha256:{hash_of(TEXT)}"
    assert version.notice.fund_year == 2024


def test_adding_twice_changes_nothing(desk: Desk) -> None:
    first = add(desk, TEXT)
    before = size(desk)
    assert add(desk, TEXT) == Added(first.ref, first.seq, same=True)
    assert size(desk) == before


def test_other_content_under_the_same_id_is_refused(desk: Desk) -> None:
    add(desk, TEXT)
    assert refusal(desk, TEXT.replace("2.0%", "1.0%")) == (
        f"n.yaml id: {NAME}@sha256:{hash_of(TEXT)} is registered with other content and stays as it is; write amends:"
        f" sha256:{hash_of(TEXT)} for a new version, or give the notice another id [notice_exists]"
    )


def test_an_amendment_names_the_version_it_changes(desk: Desk) -> None:
    add(desk, TEXT)
    changed = amendment(TEXT)
    added = add(desk, changed)
    with desk.ledger.read() as view:
        assert view.record(added.seq)["amends"] == hash_of(TEXT)
        assert [version.ref[-64:] for version in notices(view)[NAME]] == [hash_of(TEXT), hash_of(changed)]
        # The latest by its id, each by its reference.
        assert notice_text(view, NAME)[1] == changed
        assert notice_text(view, f"{NAME}@sha256:{hash_of(TEXT)}")[1] == TEXT


def test_an_amendment_of_something_unknown_is_refused(desk: Desk) -> None:
    add(desk, TEXT)
    assert refusal(desk, amendment("something else")) == (
        f"n.yaml amends: no registered version of {NAME} has this hash; see the registered versions with:"
        " subsidy notice list [amends_unknown]"
    )


def test_an_amendment_of_earlier_days_needs_a_source_that_orders_it(desk: Desk) -> None:
    add(desk, TEXT)
    early = amendment(TEXT, first="2024-05-01")
    assert refusal(desk, early).endswith("[amendment_reaches_back]")
    ordered = amendment(TEXT, first="2024-05-01", more="retroactive: true\nretroactive_basis: n3.2\n")
    assert add(desk, ordered).same is False


def test_an_amendment_cannot_change_how_versions_are_chosen(desk: Desk) -> None:
    add(desk, TEXT)
    assert refusal(desk, amendment(TEXT).replace("governed_by: drawdown", "governed_by: contract")) == (
        "n.yaml governed_by: an amendment cannot change governed_by; write them as in the version amended, or register"
        " a notice with another id [amendment_changes]"
    )


def test_two_amendments_of_one_version_may_not_meet(desk: Desk) -> None:
    add(desk, TEXT)
    first, second = amendment(TEXT), amendment(TEXT, first="2024-09-01")
    add(desk, first)
    assert refusal(desk, second) == (
        f"n.yaml effective: {NAME}@sha256:{hash_of(first)} and {NAME}@sha256:{hash_of(second)} are both in force on"
        " 2024-09-01; register an amendment of one of them that leaves a single version on each day [notice_ambiguous]"
    )
    assert add(desk, amendment(first, first="2024-09-01")).same is False


def test_a_notice_that_is_not_registered(desk: Desk) -> None:
    with desk.ledger.read() as view, pytest.raises(Refused) as refused:
        notice_text(view, "no-such-notice")
    assert [problem.code for problem in refused.value.problems] == ["notice_unknown"]


def shared(text: str) -> str:
    """The notice with a district that bears a tenth."""
    text = text.replace("share: 100%", "share: 90%")
    return text.replace("payment:", "  - {level: district, share: 10%, assumption: true}\npayment:")


def test_an_amendment_by_accrual_day_cannot_change_the_payers(desk: Desk) -> None:
    # One line may then have days under both versions, and it is split over one set of payers.
    by_day = TEXT.replace("governed_by: drawdown", "governed_by: accrual_day")
    add(desk, by_day)
    split = shared(amendment(by_day)).replace("governed_by: drawdown", "governed_by: accrual_day")
    assert refusal(desk, split).startswith("n.yaml payers: an amendment cannot change payers;")


def test_an_amendment_that_governs_whole_loans_may_change_the_payers(desk: Desk) -> None:
    add(desk, TEXT)
    assert add(desk, shared(amendment(TEXT))).same is False
