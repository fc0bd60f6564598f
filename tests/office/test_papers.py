"""A leader without a key signs on paper: two record the scan, a third gives the step, and the duties take none."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.log import kinds
from ledger.registry.notices import notices
from ledger.resources import fixture
from ledger.rules import papers
from ledger.rules.records import LogOnly
from ledger.rules.state import Fold
from ledger.rules.tables import Tables
from tests.audit.attacker import bodies
from tests.support.copies import built_once
from tests.support.forge import first_fault, judged, logged
from tests.support.office import LENDER, NOTICE
from tests.support.signing_office import CONSISTENT, code, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, Three, duties_office

LEADER, SCAN = "处长", b"the form with the leader's hand"
ASKING = f"approval: {{steps: [{{post: {LEADER}}}], assumption: true}}\n"
LATE = "retroactive: true\nretroactive_basis: guide.III.2.2\n"


@built_once
def asking_office(folder: Path, anchor: Path | None = None) -> Three:
    """Three people whose notice asks for a leader who is none of them, and a run that the checker has signed."""
    office = duties_office(folder, anchor=anchor)
    with office.ledger.read() as view:
        (stands,) = notices(view)[NOTICE]
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    amended = text.replace("payers:\n", f"amends: {stands.hash}\npublished: 2024-01-02\n{LATE}{ASKING}payers:\n")
    office.done(MAKER, "notice", "add", office.file("n.yaml", amended))
    office.done(CHECKER, "approve", str(office.read("approvals")[0]["number"]))
    office.on("2024-07-02")
    events = office.file("june.csv", "contract_no,kind,date,end_date,amount,rate\n")
    whose = ("--lender", LENDER, "--through", "2024-06-30")
    office.done(MAKER, "import", "events", events, "--mode", "delta", *whose)
    office.done(MAKER, "run", "interest", "--month", "2024-06")
    office.done(CHECKER, "approve", "2024-06")
    (office.folder / "form.pdf").write_bytes(SCAN)
    return office


@pytest.fixture
def office(tmp_path: Path) -> Three:
    return asking_office(tmp_path / "ledger")


def log(office: Three) -> list[dict[str, Any]]:
    return bodies(office.folder / "book.db")


def run(office: Three) -> str:
    return str(next(one["number"] for one in office.read("approvals") if one["what"] == "interest 2024-06"))


def scan(office: Three, post: str = LEADER, on: str = "2024-07-02", file: str = "form.pdf") -> tuple[str, ...]:
    return ("evidence", "scan", run(office), "--file", str(office.folder / file), "--post", post, "--on", on)


def recorded(office: Three) -> str:
    return office.done(MAKER, *scan(office)).split()[-1]


def test_a_paper_that_two_have_looked_at_is_a_step_of_the_notice(office: Three) -> None:
    number, about = run(office), recorded(office)
    # One clerk alone has bound nothing.
    assert code(office.by(PAYER, "approve", number)) == "post_differs"
    assert code(office.by(MAKER, "approve", about)) == "approver_is_maker"
    office.done(CHECKER, "approve", about)
    assert code(office.by(MAKER, "approve", number)) == "approver_is_maker"
    assert code(office.by(CHECKER, "approve", number)) == "approver_twice"
    assert "Posted" in office.done(PAYER, "approve", number)
    checked, leader = office.read("approvals", number)["steps"]
    assert (checked.get("paper"), leader["paper"]) == (None, sha256(SCAN).hexdigest())
    assert (leader["post"], leader["staff_no"]) == (LEADER, PAYER)
    assert f"on paper, scan {sha256(SCAN).hexdigest()[:16]}" in office.do("approvals", number)
    found = json.loads(office.do("evidence", "check", str(office.folder), "--json"))
    assert found["present"] == [
        {"register": "paper", "key": f"{number}/{LEADER}", "sha256": sha256(SCAN).hexdigest(), "file": "form.pdf"}
    ]
    assert verdict(office) == CONSISTENT
    # What is posted takes no more paper, at the door and on reading.
    late = ("evidence", "scan", number, "--file", str(office.folder / "form.pdf"), "--post", LEADER, "--on", office.day)
    assert code(office.by(MAKER, *late)) == "paper_of_nothing"
    said = log(office)
    fold = Fold(LogOnly(said.__getitem__))
    for record in logged(said):
        fold.take(record)
    (paper,) = (record for record in logged(said) if record.kind == "paper")
    assert [one.values["reason"] for one in papers.paper(fold, paper)] == ["waits"]


def test_a_scan_that_nobody_looked_at_again_is_not_the_paper(office: Three) -> None:
    number, about = run(office), recorded(office)
    office.done(CHECKER, "approve", about)
    (office.folder / "later.pdf").write_bytes(b"another form")
    office.done(MAKER, *scan(office, file="later.pdf"))
    office.done(PAYER, "approve", number)
    _checked, leader = office.read("approvals", number)["steps"]
    assert leader["paper"] == sha256(SCAN).hexdigest()


def test_what_is_no_paper_of_a_step_is_refused_at_the_door(office: Three) -> None:
    (office.folder / "empty.pdf").write_bytes(b"")
    size = len(log(office))
    assert code(office.by(MAKER, *scan(office, post="复核岗"))) == "paper_step"
    assert code(office.by(MAKER, *scan(office, on="2024-07-01"))) == "paper_day"
    assert code(office.by(MAKER, *scan(office, on="2024-07-03"))) == "paper_day"
    assert code(office.by(MAKER, *scan(office, file="empty.pdf"))) == "evidence_empty"
    assert code(office.by(MAKER, *scan(office), key="")) == "signing_key_needed"
    assert code(office.by(PAYER, *scan(office))) == "duty_differs"
    assert len(log(office)) == size
    words = scan(office)
    recorded(office)
    assert code(office.by(MAKER, *words[:2], "0", *words[3:])) == "nothing_to_approve"


WRONG = {
    "about_leaf": {"about_leaf": "0" * 64},
    "key": {"key": "1/处长"},
    "post": {"post": "复核岗"},
    "signed_on": {"signed_on": "2024-07-03"},
    "bytes": {"bytes": 0},
}


@pytest.mark.parametrize("reason", WRONG)
def test_the_same_is_found_by_who_reads(office: Three, reason: str) -> None:
    recorded(office)
    said = log(office)
    assert first_fault(said) is None
    at = next(seq for seq, body in enumerate(said) if kinds.kind_of(body) == "paper")
    said[at] = {**said[at], **WRONG[reason]}
    if reason == "post":
        said[at]["key"] = f"{said[at]['about']}/复核岗"
    found = judged(said)
    assert found is not None
    assert (found.fault.code, found.fault.values["reason"]) == ("paper_differs", reason)


def test_a_step_without_its_paper_is_found(office: Three) -> None:
    """The signature of the third person stands on the paper: without the word of the second on it, it is nobody's."""
    number, about = run(office), recorded(office)
    office.done(CHECKER, "approve", about)
    office.done(PAYER, "approve", number)
    said = log(office)
    agreed = next(seq for seq, body in enumerate(said) if body.get("about") == int(about) and "opinion" in body)
    said[agreed] = {**said[agreed], "opinion": "reject"}
    assert first_fault(said) is not None


def test_the_log_and_the_tables_know_the_same_papers(office: Three) -> None:
    number, about = run(office), recorded(office)
    office.done(CHECKER, "approve", about)
    said = log(office)
    fold = Fold(LogOnly(said.__getitem__))
    known = []
    with office.ledger.read() as view:
        for record in logged(said):
            fold.take(record)
            tables = Tables(view.at(record.seq + 1)).load("papers", ("",)).get("")
            assert (fold.whole("papers") or set()) == (tables or set()), record.seq
            known.append(fold.whole("papers") or set())
    assert known[int(about)] == set()
    assert known[-1] == {(int(number), LEADER)}
