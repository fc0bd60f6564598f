"""Records that are read in stretches of equal shape are judged as one by one: the same fault, the same record."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import pytest

from ledger.rules.judge import Found, Judge
from ledger.rules.records import Logged, LogOnly
from ledger.rules.state import Fold
from ledger.runs.interest import run_interest
from tests.audit.attacker import Body, bodies
from tests.benchmarks.month import FIRST
from tests.benchmarks.register import ACTOR, granted, report_through
from tests.rules.test_state import plain
from tests.support.forge import find, logged

# What is done to the third record of a stretch; every field that a rule of its kind asks for is among them.
CHANGES: dict[str, Any] = {
    "$schema": "subsidy/entry/3",
    "actor": "9999",
    "recorded_at": "2035-01-01T00:00:00Z",
    "key": "main/nothing/0",
    "award_fen": 1,
    "cause": 0,
    "reason": "grant",
    "line": "nothing",
    "effective_on": "2035-01-01",
    "document": "nothing",
    "due": "2035-01-01",
    "postings": [],
    "terms": {},
    "digest": {"line": "nothing", "periods": [], "caps": [], "notice": "", "held": [], "award_fen": 0},
    "digest_of": "0" * 64,
    "lender": "nobody",
    "register": "loan",
}
THIRD = ("entry award 3", "entry award 4", "fact event 3", "entry grant 3", "grant 3")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Body]:
    """Six loans of three firms, two awards on each."""
    ledger = granted(tmp_path_factory.mktemp("stretches"), 6)
    report_through(ledger, FIRST)
    run_interest(ledger, FIRST, ACTOR)
    return bodies(ledger.path)


def judged(log: Sequence[Body], most: int) -> tuple[Found | None, Fold]:
    """What is found in a log that is read at most so many records at a time, and what is known of it then."""
    fold = Fold(LogOnly(log.__getitem__))
    judge = Judge(fold)
    records: list[Logged[Any]] = logged(log)
    for first in range(0, len(log), most):
        found = judge.take_all(records[first : first + most])[1]
        if found:
            return found, fold
    return judge.end(), fold


def known(fold: Fold) -> dict[str, Any]:
    """Everything that a fold knows."""
    looked_up = {name: {key: plain(value) for key, value in values.items()} for name, values in fold._known.items()}
    return {**{name: values for name, values in looked_up.items() if values}, "last": fold.last, "moving": fold.moving}


@pytest.mark.parametrize("most", [2, 7, 1000])
def test_what_is_known_in_the_end_is_the_same(log: list[Body], most: int) -> None:
    one_by_one, at_once = judged(log, 1), judged(log, most)
    assert one_by_one[0] is at_once[0] is None
    assert len(known(at_once[1])["award"]) == 12
    assert known(at_once[1]) == known(one_by_one[1])


@pytest.mark.parametrize("field", CHANGES)
def test_the_same_is_found_in_a_stretch(log: list[Body], field: str) -> None:
    improper = 0
    for place in (find(log, selector) for selector in THIRD):
        if field in log[place]:
            forged = deepcopy(log)
            forged[place][field] = CHANGES[field]
            one_by_one, at_once = judged(forged, 1)[0], judged(forged, len(forged))[0]
            assert at_once == one_by_one
            improper += one_by_one is not None
    assert improper
