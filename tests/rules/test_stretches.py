"""Records that are read in stretches of equal shape are judged as one by one: the same fault, the same record."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import pytest

from ledger.log import kinds
from ledger.rules.codes import fault
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


# What is done to what a row says, in the middle of its import; of each loan a drawdown, a repayment and a rate stand.
DATA: tuple[tuple[str, str, Any, str], ...] = (
    ("fact event 5", "amount_fen", -1, "amount_not_positive"),
    ("fact event 5", "amount_fen", 10**13, "principal_negative"),
    ("fact event 3", "rate", "free", "loan_rate_malformed"),
    ("fact event 4", "contract_no", "HT999999", "fact_key_differs"),
    ("fact event 4", "date", "2024-01-11", "fact_key_differs"),
    ("fact event 4", "kind", "repayment", "fact_key_differs"),
    ("fact loan 2", "amount_fen", -1, "amount_not_positive"),
    ("fact loan 2", "rate", "free", "loan_rate_malformed"),
    ("fact loan 2", "contract_no", "HT999999", "fact_key_differs"),
    ("fact loan 2", "matures_on", "2024-01-08", "dates_reversed"),
    ("fact loan 2", "lender", "nobody", "lender_changed"),
    ("fact loan 2", "rate", 5, "improper"),
)
UNSEEN = "\u200b"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Body]:
    """Sixteen loans of eight firms, two awards on each; the first of seven lenders has three of them."""
    ledger = granted(tmp_path_factory.mktemp("stretches"), 16)
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
    assert len(known(at_once[1])["award"]) == 32
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


@pytest.mark.parametrize(("selector", "field", "value", "code"), DATA)
def test_the_same_is_found_in_a_row(log: list[Body], selector: str, field: str, value: Any, code: str) -> None:
    forged = deepcopy(log)
    forged[find(log, selector)]["data"][field] = value
    one_by_one, at_once = judged(forged, 1)[0], judged(forged, len(forged))[0]
    assert one_by_one
    assert one_by_one.fault.code == code
    assert at_once == one_by_one


@pytest.mark.parametrize("of", ["event", "loan"])
def test_a_row_that_comes_twice_is_found_in_a_stretch(log: list[Body], of: str) -> None:
    forged = deepcopy(log)
    first, second = find(log, f"fact {of} 1"), find(log, f"fact {of} 2")
    forged[second] = deepcopy(forged[first])
    one_by_one, at_once = judged(forged, 1)[0], judged(forged, len(forged))[0]
    assert one_by_one
    assert (one_by_one.fault.code, one_by_one.record.seq) == ("import_counts", second)
    assert at_once == one_by_one


@pytest.mark.parametrize("of", ["event", "loan"])
def test_a_row_about_a_loan_too_many_is_found_in_a_stretch(log: list[Body], of: str) -> None:
    forged = deepcopy(log)
    first = find(log, f"fact {of} 1")
    assert log[first - 1]["register"] == of
    forged[first - 1]["new"] -= 1
    one_by_one, at_once = judged(forged, 1)[0], judged(forged, len(forged))[0]
    assert one_by_one
    assert one_by_one.fault.code == "row_of_no_group"
    assert at_once == one_by_one


@pytest.mark.parametrize(("selector", "field"), [("entity 3", "name"), ("grant 3", "document")])
def test_a_sign_that_nobody_sees_is_found_in_a_stretch(log: list[Body], selector: str, field: str) -> None:
    forged = deepcopy(log)
    place = find(log, selector)
    for body in forged:
        if body.get(field) == log[place][field]:
            body[field] += UNSEEN
    one_by_one, at_once = judged(forged, 1)[0], judged(forged, len(forged))[0]
    assert one_by_one
    assert (one_by_one.fault.code, one_by_one.record.seq) == ("text_unprintable", place)
    assert at_once == one_by_one


def test_a_sign_that_nobody_sees_is_found_in_entries(log: list[Body]) -> None:
    """Of the entries behind the first of a grant, where the grant hides it as well the grant is found first."""
    entries = [place for place, body in enumerate(log) if body.get("reason") == "award"]
    fold = Fold(LogOnly(log.__getitem__))
    judge = Judge(fold)
    assert judge.take_all(logged(log)[: entries[2]])[1] is None
    record = logged(log)[entries[2]]
    grant = fold.version(kinds.GRANT, record.body["line"])
    assert grant
    # As if the release that wrote the grant had let it through.
    document = record.body["document"] + UNSEEN
    fields = {name: document if name == "document" else value for name, value in grant.fields.items()}
    fold.put("version/grant", record.body["line"], grant._replace(fields=fields))
    forged = record._replace(body={**record.body, "document": document})
    before = logged(log)[entries[2] - 1]
    assert judge._entries(before, [forged], judge._runs.award)[1] == Found(
        fault("text_unprintable", name="document"), forged
    )
