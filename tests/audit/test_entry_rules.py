"""The form of entries, computed again from end to end by somebody who can write the file: where it breaks is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.audit.verify import verify
from ledger.store.ledger import Ledger
from tests.audit.attacker import Body, altered
from tests.audit.seen import CONSISTENT, damaged, seen
from tests.support.copies import copied
from tests.support.releases import earlier_book
from tests.support.small_year import opened_year, small_year, two_runs_of_a_line

# Of `two_runs_of_a_line`: 40 has the digest of line G-3 in full, 41 names it, 44 is a true-up of 40. 25 is a grant.


def repeat_a_term(log: list[Body]) -> None:
    log[25]["postings"][0]["envelope"] = log[25]["terms"]["envelope"]


def leave_a_term_in_the_postings(log: list[Body]) -> None:
    envelope = log[25].pop("terms")["envelope"]
    for posting in log[25]["postings"]:
        posting["envelope"] = envelope


def follow_from_what_is_to_come(log: list[Body]) -> None:
    log[25]["cause"] = 26


def follow_from_itself(log: list[Body]) -> None:
    log[25]["cause"] = 25


def follow_from_another_proposal(log: list[Body]) -> None:
    log[28]["cause"] = 26


def rest_on_nothing(log: list[Body]) -> None:
    del log[40]["digest"]


def rest_on_a_digest_of_another_line(log: list[Body]) -> None:
    log[40]["digest"]["line"] = "G-4"


def name_another_digest(log: list[Body]) -> None:
    log[41]["digest_of"] = "5" * 64


def change_the_digest_that_is_named(log: list[Body]) -> None:
    log[40]["digest"]["award_fen"] = 301


def name_and_have_a_digest(log: list[Body]) -> None:
    log[40]["digest_of"] = log[41]["digest_of"]


def have_the_digest_twice(log: list[Body]) -> None:
    del log[41]["digest_of"]
    log[41]["digest"] = log[40]["digest"]


def name_the_digest_of_another_line(log: list[Body]) -> None:
    log[41]["line"] = "G-2"


def give_a_grant_a_digest(log: list[Body]) -> None:
    log[25]["digest"] = log[40]["digest"]


def true_up_nothing(log: list[Body]) -> None:
    del log[44]["replaces"], log[44]["replaced_digest"]


def award_in_the_place_of_another(log: list[Body]) -> None:
    log[44]["reason"] = "award"


def replace_another_due_period(log: list[Body]) -> None:
    log[44]["replaces"] = 41


def replace_a_grant(log: list[Body]) -> None:
    log[44]["replaces"] = 25


def replace_what_is_to_come(log: list[Body]) -> None:
    log[44]["replaces"] = 44


def replace_another_digest(log: list[Body]) -> None:
    log[44]["replaced_digest"] = "5" * 64


def replace_without_a_digest(log: list[Body]) -> None:
    del log[44]["replaced_digest"]


def drop_the_rules(log: list[Body]) -> None:
    log[1] = {**log[2], "key": "1002"}


def fall_behind_the_rules(log: list[Body]) -> None:
    log.append({**log[1], "schemas": log[1]["schemas"][1:]})


def fall_behind_in_one_schema(log: list[Body]) -> None:
    schemas = [schema.replace("entry/2", "entry/1") for schema in log[1]["schemas"]]
    log.append({**log[1], "schemas": schemas})


BROKEN: dict[Callable[[list[Body]], None], tuple[str, int]] = {
    repeat_a_term: ("terms_differ", 25),
    leave_a_term_in_the_postings: ("terms_differ", 25),
    follow_from_what_is_to_come: ("cause_differs", 25),
    follow_from_itself: ("cause_differs", 25),
    follow_from_another_proposal: ("run_differs", 30),
    rest_on_nothing: ("digest_differs", 40),
    rest_on_a_digest_of_another_line: ("digest_differs", 40),
    name_another_digest: ("digest_differs", 41),
    change_the_digest_that_is_named: ("digest_differs", 41),
    name_and_have_a_digest: ("digest_differs", 40),
    have_the_digest_twice: ("digest_differs", 41),
    name_the_digest_of_another_line: ("digest_differs", 41),
    give_a_grant_a_digest: ("digest_differs", 25),
    true_up_nothing: ("digest_differs", 44),
    award_in_the_place_of_another: ("digest_differs", 44),
    replace_another_due_period: ("digest_differs", 44),
    replace_a_grant: ("digest_differs", 44),
    replace_what_is_to_come: ("digest_differs", 44),
    replace_another_digest: ("digest_differs", 44),
    replace_without_a_digest: ("digest_differs", 44),
    drop_the_rules: ("rules_missing", 1),
    fall_behind_the_rules: ("rules_lowered", 46),
    fall_behind_in_one_schema: ("rules_lowered", 46),
}


@pytest.fixture
def year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    earlier_book(monkeypatch)
    copied(two_runs, tmp_path)
    return opened_year(tmp_path)


def two_runs(folder: Path) -> None:
    two_runs_of_a_line(small_year(folder))


def test_two_runs_of_a_line_keep_the_rules(year: Ledger) -> None:
    assert seen(verify(year.path)) == CONSISTENT


@pytest.mark.parametrize("change", BROKEN, ids=lambda change: change.__name__)
def test_a_broken_form_is_named(year: Ledger, change: Callable[[list[Body]], None]) -> None:
    code, record = BROKEN[change]
    altered(change)(year.path)
    assert seen(verify(year.path)) == damaged(code, record)
