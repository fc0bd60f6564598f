"""Public notices in a log that is computed again from end to end: what was paid too early, or published too short."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.audit.verify import verify
from ledger.resources import fixture
from tests.audit.attacker import Body, altered, bodies
from tests.audit.seen import CONSISTENT, damaged, seen
from tests.audit.test_paid_rules import at
from tests.payouts.returns.test_recoveries import corrected
from tests.payouts.test_public_notice import RULE
from tests.support.forge import faults
from tests.support.office import NOTICE
from tests.support.till import Till, quarters_till


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """March on public notice 2 to 9 April 2024, an objection of 3 April dismissed, paid out on 10 April."""
    folder = tmp_path_factory.mktemp("published")
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    path = folder / "published.yaml"
    path.write_text(text.replace("payers:\n", RULE + "payers:\n"), encoding="utf-8")
    till = quarters_till(folder / "till", notice=path, anchor=tmp_path_factory.mktemp("anchor"))
    till.do("public-notice", "start", "2024-03", "--on", "2024-04-02", "--name", "GS-1")
    till.on("2024-04-03")
    till.do("public-notice", "object", "GS-1", "--number", "YY-1", "--line", "PF1", "--on", till.day, "--reason", "x")
    till.do("public-notice", "settle", "YY-1", "--outcome", "dismissed", "--on", till.day, "--reason", "y")
    till.on("2024-04-10")
    till.go(till.prepare("2024-03")["batches"][0]["batch"])
    return till


def harmless(log: list[Body], seq: int) -> None:
    """Another record in the place of one, so that every number after it stays."""
    log[seq] = {**log[at(log, "actor")], "recorded_at": log[seq]["recorded_at"]}


def no_public_notice(log: list[Body]) -> int:
    for seq in [at(log, "public_notice"), at(log, "objection"), at(log, "objection") + 1]:
        harmless(log, seq)
    return at(log, "payout")


def prepared_on_the_last_day(log: list[Body]) -> int:
    """Begun a day later, it runs to 10 April: the days of Qingming, 4 to 6 April, do not count."""
    log[at(log, "public_notice")] |= {"starts_on": "2024-04-03", "last_day": "2024-04-10"}
    return at(log, "payout")


def never_settled(log: list[Body]) -> int:
    harmless(log, at(log, "objection") + 1)
    return at(log, "payout")


def upheld(log: list[Body]) -> int:
    log[at(log, "objection") + 1]["settled"]["outcome"] = "upheld"
    return at(log, "payout")


def taken_back(log: list[Body]) -> int:
    """An application taken back after the batch was prepared, and exported nevertheless."""
    settled, approved = at(log, "objection") + 1, at(log, "outcome", "approved")
    log[approved] = {
        **log[at(log, "objection")],
        "key": "CH-1",
        "cause": "withdrawal",
        "recorded_at": log[approved]["recorded_at"],
    }
    assert log[settled]["settled"]["outcome"] == "dismissed"
    return at(log, "outcome", "exported")


def too_few_days(log: list[Body]) -> int:
    seq = at(log, "public_notice")
    log[seq] |= {"days": 1, "last_day": "2024-04-02"}
    return seq


def holidays_counted(log: list[Body]) -> int:
    seq = at(log, "public_notice")
    log[seq]["last_day"] = "2024-04-06"
    return seq


def before_anybody_applied(log: list[Body]) -> int:
    seq = at(log, "public_notice")
    log[seq] |= {"starts_on": "2024-02-26", "last_day": "2024-03-01"}
    log[at(log, "application")]["applied_on"] = "2024-02-27"
    return seq


def of_another_line(log: list[Body]) -> int:
    seq = at(log, "objection")
    log[seq]["lines"] = ["PF2"]
    return seq


def settled_in_other_words(log: list[Body]) -> int:
    seq = at(log, "objection") + 1
    log[seq]["reason"] = "nothing was objected"
    return seq


# Each rule: how the log is changed, and the code found at the record changed or at the one named.
BROKEN: dict[str, tuple[Callable[[list[Body]], int], str]] = {
    "paid without a public notice": (no_public_notice, "held_line_paid"),
    "prepared on the last day": (prepared_on_the_last_day, "held_line_paid"),
    "paid while an objection waits": (never_settled, "held_line_paid"),
    "paid although an objection was upheld": (upheld, "held_line_paid"),
    "sent after the application was taken back": (taken_back, "held_line_paid"),
    "fewer days than asked for": (too_few_days, "public_notice_differs"),
    "a last day that counts holidays": (holidays_counted, "public_notice_differs"),
    "a first day before the application": (before_anybody_applied, "public_notice_differs"),
    "an objection to a line that is not on notice": (of_another_line, "public_notice_differs"),
    "an objection settled in other words": (settled_in_other_words, "public_notice_differs"),
}


def test_what_was_paid_after_its_public_notice_keeps_the_rules(till: Till) -> None:
    assert faults(bodies(till.ledger.path)) == []
    assert seen(verify(till.ledger.path)) == CONSISTENT


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_of_public_notice_is_named(till: Till, rule: str) -> None:
    change, code = BROKEN[rule]
    log = bodies(till.ledger.path)
    place = change(log)
    assert (code, place) in faults(log)


def test_verification_names_it(till: Till, tmp_path: Path) -> None:
    copy = shutil.copytree(till.ledger.path.parent, tmp_path / "copy") / till.ledger.path.name
    places: list[int] = []
    altered(lambda log: places.append(upheld(log)))(copy)
    assert seen(verify(copy)) == damaged("held_line_paid", places[0])


def test_what_a_held_line_was_owed_settles_no_debt(tmp_path: Path) -> None:
    """March is corrected after its payment, and what that leaves owed back is netted in June."""
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    rules = f"netting: {{against: line, assumption: true}}\n{RULE}"
    path = tmp_path / "netted.yaml"
    path.write_text(text.replace("payers:\n", rules + "payers:\n"), encoding="utf-8")
    (tmp_path / "till").mkdir()
    till = quarters_till(tmp_path / "till", notice=path)
    till.do("public-notice", "start", "2024-03", "--on", till.day, "--name", "GS-1")
    corrected(till.on("2024-04-10"), "2024-05-08", "2024-04", "2024-04-30")
    till.do("public-notice", "object", "GS-1", "--number", "YY-1", "--line", "PF1", "--on", till.day, "--reason", "x")
    till.do("public-notice", "settle", "YY-1", "--outcome", "dismissed", "--on", till.day, "--reason", "y")
    till.on("2024-07-02").report("2024-06-30", "")
    till.run("2024-06")
    assert till.prepare("2024-06")["netted"] == [{"debt": "PF1", "against": "PF1", "amount": "1873.61"}]
    log = bodies(till.ledger.path)
    assert faults(log) == []
    assert upheld(log) > 0
    assert ("held_line_paid", at(log, "netting")) in faults(log)
