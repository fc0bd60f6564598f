"""A run posts the entries that its proposal promised: amounts that change lines after people have signed are found.

March as `test_line_failed` works it out: 16,862.50 on PF1, 1,710.00 on PF2. A forger inside, who has the log's key and
nobody's own, gives each line the other's amount: in its postings, its digest and its caps, so that every total stays.
"""

import json
from copy import deepcopy
from pathlib import Path

import pytest

from ledger.audit.verify import Trust, Verdict, verify
from ledger.log.checkpoint import VerifierKey
from ledger.store.anchor import Anchor
from ledger.store.ledger import Ledger
from tests.audit.attacker import Body, bodies
from tests.runs.test_line_failed import two_loans
from tests.support.copies import ready
from tests.support.forge import faults, find, first_fault, forge, put_in_place, seen_again
from tests.support.office import Office
from tests.support.signing_office import CHECKER, HEAD, code, propose, sign, signed, signing_office, states

FIRST, SECOND = 1_686_250, 171_000


@pytest.fixture
def log(tmp_path: Path) -> list[Body]:
    office = two_loans(tmp_path)
    office.report("2024-03-31")
    assert office.posted("2024-03") == [("2024-03-20", "16862.50"), ("2024-03-20", "1710.00")]
    return bodies(Ledger.open(office.url).path)


def swapped(log: list[Body]) -> list[Body]:
    """The same log with the awards of both lines exchanged, wherever one of them says its amount."""
    names = {str(FIRST): str(SECOND), str(SECOND): str(FIRST)}
    changed = deepcopy(log)
    for selector in ("entry award", "entry award 2"):
        place = find(log, selector)
        text = json.dumps(log[place])
        for amount in names:
            text = text.replace(amount, f"<{amount}>")
        for amount, other in names.items():
            text = text.replace(f"<{amount}>", other)
        changed[place] = json.loads(text)
    return changed


def test_amounts_of_two_lines_that_change_places_are_found_by_the_promise_alone(log: list[Body]) -> None:
    changed = swapped(log)
    places = [find(changed, selector) for selector in ("entry award", "entry award 2")]
    assert [changed[place]["award_fen"] for place in places] == [SECOND, FIRST]
    assert faults(log) == []
    assert faults(changed) == [("entries_differ", find(changed, "run_closed"))]


def test_entries_in_another_order_are_other_entries(log: list[Body]) -> None:
    changed = deepcopy(log)
    one, other = (find(log, selector) for selector in ("entry award", "entry award 2"))
    changed[one], changed[other] = log[other], log[one]
    assert faults(changed) == [("entries_differ", find(changed, "run_closed"))]


def test_a_proposal_that_was_signed_cannot_promise_anything_else(tmp_path: Path) -> None:
    """Once the root in it is another, the log is another than its signers saw."""
    office = signing_office(tmp_path / "ledger")
    number = propose(office)
    for staff_no in (CHECKER, HEAD):
        signed(office, number, staff_no)
    changed = bodies(Ledger.open(office.url).path)
    assert first_fault(changed) is None
    forge(changed, f'alter proposal: entries_root="{"0" * 64}" & alter run_closed: proposal_leaf="{{leaf proposal}}"')
    assert first_fault(changed) == ("act_head_differs", find(changed, "approval"))
    seen_again(changed)
    assert first_fault(changed) == ("approval_differs", find(changed, "approval"))
    forge(changed, 'alter approval: about_leaf="{leaf proposal}" & alter approval 2: about_leaf="{leaf proposal}"')
    seen_again(changed)
    assert first_fault(changed) == ("signature_wrong", find(changed, "approval"))


def test_a_proposal_in_the_form_of_an_earlier_release_promises_nothing_and_is_refused(log: list[Body]) -> None:
    changed = deepcopy(log)
    forge(changed, 'alter proposal: $schema="subsidy/proposal/1"; entries_root=-')
    assert first_fault(changed) == ("schema_unnamed", find(changed, "proposal"))


@ready
def waiting(folder: Path) -> Office:
    """An office of an earlier release, whose proposals promise no entries; one waits for its second signature."""
    office = signing_office(folder / "ledger")
    signed(office, propose(office), CHECKER)
    path = Ledger.open(office.url).path
    log = bodies(path)
    schemas = [one.replace("proposal/2", "proposal/1") for one in log[find(log, "rules")]["schemas"]]
    forge(log, f"alter rules: schemas={json.dumps(schemas)}")
    forge(log, 'alter proposal: $schema="subsidy/proposal/1"; entries_root=-')
    # The checker's signature is over other bytes now: nobody has signed yet.
    del log[find(log, "approval")]
    put_in_place(path, Ledger.open(office.url).anchor.folder, log)
    return office


def test_a_run_that_waited_while_the_ledger_was_carried_over_is_closed(waiting: Office) -> None:
    (number,) = [str(one["number"]) for one in waiting.read("approvals")]
    assert code(sign(waiting, number, CHECKER)) == "upgrade_needed"
    waiting.do("upgrade")
    for staff_no in (CHECKER, HEAD):
        signed(waiting, number, staff_no)
    assert states(waiting) == ["closed"]
    assert waiting.read("audit", "replay")["same"] is True
    path = Ledger.open(waiting.url).path
    home = Anchor(Ledger.open(waiting.url).anchor.folder, path)
    trust = Trust(home.checkpoint_file.read_text("utf-8"), VerifierKey.parse(home.verifier_file.read_text("utf-8")))
    assert verify(path, trust).verdict is Verdict.ANCHORED
