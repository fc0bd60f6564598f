"""Runs, holds and comparisons that are refused, each by its name; nothing is posted by any of them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import Result

from calculators.problems import Refused
from ledger.book.posting import Entry
from ledger.log import kinds
from ledger.runs import closing
from ledger.runs.plan import Plan
from ledger.store.ledger import Ledger
from tests.support.office import Office, open_office
from tests.support.signing_office import CHECKER, key, propose, signing_office

SECOND = "HT1,drawdown,2024-02-26,,8000000,\n"


def code(answer: Result) -> str:
    assert answer.exit_code == 2
    return answer.stderr.strip().rpartition("[")[2].rstrip("]")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def test_no_data_is_never_zero(office: Office) -> None:
    assert code(office.on("2024-04-01").say("run", "interest", "--month", "2024-03")) == "lender_not_reported"


def test_what_is_not_held_is_not_released(office: Office) -> None:
    office.on("2024-04-01").report("2024-03-31", SECOND)
    release = ("decide", "release-hold", "--about", "PF1/2024-03-20", "--reason", "seen")
    assert code(office.say(*release)) == "hold_unknown"


def test_a_calculator_that_the_ledgers_rules_do_not_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger was made by a release that could not calculate interest yet."""
    with monkeypatch.context() as earlier:
        earlier.setattr("tests.support.opened.CALCULATORS", ("incentive/1",))
        # Built here: a copy of the session's office knows this release.
        office = open_office.__wrapped__(tmp_path)
    office.on("2024-04-01").report("2024-03-31", SECOND)
    size = len(office.read("run", "list"))
    assert code(office.say("run", "interest", "--month", "2024-03")) == "upgrade_needed"
    assert len(office.read("run", "list")) == size
    assert office.do("upgrade") == "A record says that the ledger is kept by the rules of this release.\n"
    assert office.posted("2024-03") == [("2024-03-20", "16862.50")]


def test_a_proposal_that_comes_out_otherwise_is_not_closed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the program was changed between the proposal and its last signature."""
    office.on("2024-04-01").report("2024-03-31", SECOND)
    office.run("2024-03")
    stated = closing.proposal_fields

    def otherwise(plan: Plan, promised: Sequence[Entry]) -> kinds.ProposalBody:
        return {**stated(plan, promised), "digest_root": "0" * 64}

    monkeypatch.setattr(closing, "proposal_fields", otherwise)
    with Ledger.open(office.url).read() as view:
        number = next(row.seq for row in view.records(kinds.PROPOSAL))
        with pytest.raises(Refused) as refused:
            closing._planned_again(view, number)
    assert [problem.code for problem in refused.value.problems] == ["proposal_differs"]


def test_a_first_run_of_nothing_is_refused(tmp_path: Path) -> None:
    office = Office(tmp_path, "2024-04-01")
    office.begin()
    refused = office.say("run", "interest", "--month", "2024-03")
    assert code(refused) == "nothing_granted"
    assert office.read("run", "list") == []
    assert office.say("run", "interest", "--month", "2024-03", "--dry-run").exit_code == 2


def test_what_is_not_posted_yet_says_whose_signature_it_waits_for(tmp_path: Path) -> None:
    office = signing_office(tmp_path / "ledger")
    number = propose(office)
    for name in (str(number), "2024-03"):
        refused = office.say("pay", "prepare", name, "--dry-run")
        assert refused.stderr == (
            f"run {number} of 2024-03 is not posted yet: it waits for a signature; "
            f"`subsidy approvals` says who can sign: `subsidy approve {number}` [run_not_closed]\n"
        )
    office.do("reject", str(number), "--reason", "seen", "--key", key(office, CHECKER), "--actor", CHECKER)
    refused = office.say("public-notice", "start", str(number), "--on", "2024-04-02", "--name", "GS-1")
    assert refused.stderr.startswith(f"run {number} of 2024-03 was rejected or given up; ")
