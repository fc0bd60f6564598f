"""The register of notices: recorded once for ever; a change is a version that names what it amends."""

from hashlib import sha256

import pytest

from calculators.problems import Refused
from ledger.registry.notices import Added, add_notice, add_notices, notice_text, notices
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


def test_a_function_code_is_given_to_its_last_level(desk: Desk) -> None:
    said = refusal(desk, TEXT.replace('function: "2150517"', 'function: "21505"'))
    assert said.endswith(
        "function 21505 is not given to its last level (项); write its 7 digits, for example 2150517"
        " [function_above_item]"
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


# Caps that notices share.

SIDES = [
    fixture(f"notices/gjj-2023-batch-2-direction-2{which}.yaml").read_text(encoding="utf-8")
    for which in ("", "-chain-leader")
]


def amended(text: str, before: str, after: str) -> str:
    """A later version of a notice with other words in it, from July on."""
    first = "effective: {from: 2023-01-01"
    assert (text.count(before), text.count(first)) == (1, 1)
    amends = f"published: 2023-06-20\namends: sha256:{hash_of(text)}\n"
    return text.replace(before, after).replace(first, amends + "effective: {from: 2023-07-01")


def add_all(desk: Desk, *texts: str) -> list[Added]:
    with desk.ledger.write(OFFICER) as writer:
        return add_notices(writer, [(text, f"{place}.yaml") for place, text in enumerate(texts)])


@pytest.mark.parametrize(
    ("before", "after", "theirs"),
    [
        ('"10,000,000"', '"9,000,000"', "per: [entity, year], year_of: fund, amount: 10,000,000.00"),
        ("year_of: fund", "year_of: due_date", "per: [entity, year], year_of: fund, amount: 10,000,000.00"),
        ("per: [entity, year]\n    year_of: fund", "per: [lender]", "per: [entity, year], year_of: fund"),
    ],
)
def test_two_notices_that_share_a_cap_state_it_alike(desk: Desk, before: str, after: str, theirs: str) -> None:
    add(desk, SIDES[0])
    assert SIDES[1].count(before) == 1
    said = refusal(desk, SIDES[1].replace(before, after))
    # The place is the cap's: line 35, where its id stands.
    assert said.startswith("n.yaml:35:")
    assert f"gjj-2023-batch-2-direction-2, which shares it, states {theirs}" in said
    assert said.endswith(
        "write the same in both notices; where both change, add both files in one command [cap_sides_differ]"
    )


def test_the_order_of_dimensions_is_of_no_matter_and_who_names_nobody_states_what_they_want(desk: Desk) -> None:
    add(desk, SIDES[0])
    add(desk, SIDES[1].replace("per: [entity, year]", "per: [year, entity]"))
    other = SIDES[1].replace("id: gjj-2023-batch-2-direction-2-chain-leader", "id: third")
    add(desk, other.replace("    shared_with: [gjj-2023-batch-2-direction-2]\n", "").replace("10,000,000", "1"))


def test_a_shared_cap_changes_in_both_notices_at_once_or_not_at_all(desk: Desk) -> None:
    add_all(desk, *SIDES)
    changed = [amended(text, '"10,000,000"', '"12,000,000"') for text in SIDES]
    assert "states per: [entity, year], year_of: fund, amount: 10,000,000.00" in refusal(desk, changed[0])
    assert [one.same for one in add_all(desk, *changed)] == [False, False]
    with desk.ledger.read() as view:
        assert [len(versions) for versions in notices(view).values()] == [2, 2]
