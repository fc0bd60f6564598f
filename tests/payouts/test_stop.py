"""What is paid to a firm or on a grant is stopped by one person at once, and goes on only when two have said so."""

from pathlib import Path

import pytest
from click.testing import Result

from tests.support.office import USCC
from tests.support.till import Till, quarters_till


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def decide(till: Till, kind: str, about: str, *words: str) -> Result:
    return till.say("decide", kind, "--about", about, "--reason", "法院来函", *words)


def lift(till: Till, about: str) -> None:
    """Ask, and have another agree."""
    asked = decide(till, "lift", about)
    assert asked.exit_code == 0, asked.output
    [waits] = [row for row in till.read("approvals") if row["what"].startswith("lift")]
    agreed = till.as_second("approve", str(waits["number"]))
    assert agreed.exit_code == 0, agreed.output


@pytest.mark.parametrize("about", ["PF1", USCC])
def test_nothing_is_prepared_while_it_is_stopped(till: Till, about: str) -> None:
    assert decide(till, "stop", about, "--document", "（2024）京01执1号").exit_code == 0
    prepared = till.prepare("2024-03")
    assert prepared["batches"] == []
    [held] = prepared["held"]
    # Half of 33,725.00 is owed, and the reason has the court's document in front.
    assert (held["code"], held["amount"]) == ("payment_stopped", "16862.50")
    assert held["why"] == f"payment to {about} is stopped: （2024）京01执1号 法院来函"
    lift(till, about)
    assert len(till.prepare("2024-03")["batches"]) == 1


def test_what_was_approved_does_not_go_out(till: Till) -> None:
    [batch] = [made["batch"] for made in till.prepare("2024-03")["batches"]]
    assert till.as_second("pay", "approve", batch).exit_code == 0
    assert decide(till, "stop", "PF1").exit_code == 0
    refused = till.say("pay", "export", batch, "--out", str(till.folder / "order"))
    assert (refused.exit_code, "[payment_stopped]" in refused.stderr) == (2, True)
    assert (till.states(batch), (till.folder / "order").exists()) == (["approved"], False)
    lift(till, "PF1")
    till.export(batch)
    assert till.states(batch) == ["exported"]
    till.verify()


def test_one_person_stops_and_two_lift(till: Till) -> None:
    assert decide(till, "stop", "PF1").exit_code == 0
    assert decide(till, "lift", "PF1").exit_code == 0
    [waits] = till.read("approvals")
    refused = till.say("approve", str(waits["number"]))
    assert (refused.exit_code, "[approver_is_maker]" in refused.stderr) == (2, True)
    assert till.prepare("2024-03")["batches"] == []


def test_what_was_lifted_can_be_stopped_and_lifted_anew(till: Till) -> None:
    for _time in range(2):
        assert decide(till, "stop", "PF1").exit_code == 0
        assert till.read("pay", "prepare", "2024-03", "--dry-run")["batches"] == []
        lift(till, "PF1")
        assert len(till.read("pay", "prepare", "2024-03", "--dry-run")["batches"]) == 1


def test_an_older_request_does_not_lift_a_later_stop(till: Till) -> None:
    """Who agrees to what was asked before has not seen why it was stopped again."""
    assert decide(till, "stop", "PF1").exit_code == 0
    assert decide(till, "lift", "PF1").exit_code == 0
    [waits] = till.read("approvals")
    assert till.say("decide", "stop", "--about", "PF1", "--reason", "再次来函").exit_code == 0
    assert till.as_second("approve", str(waits["number"])).exit_code == 0
    assert till.prepare("2024-03")["batches"] == []


@pytest.mark.parametrize(
    ("kind", "about", "code"),
    [("stop", "PF9", "stop_unknown"), ("lift", "91110108MA0000001D", "stop_unknown"), ("lift", "PF1", "not_stopped")],
)
def test_only_what_there_is_can_be_stopped_and_lifted(till: Till, kind: str, about: str, code: str) -> None:
    refused = decide(till, kind, about)
    assert (refused.exit_code, f"[{code}]" in refused.stderr) == (2, True)
