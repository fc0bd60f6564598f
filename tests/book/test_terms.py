"""The terms of postings: what all share stands in the entry, what is its own in the posting, and both make the rows."""

from datetime import date
from typing import Any

import pytest

from ledger.book.posting import Entry, Posting, entry_fields
from ledger.book.projection import full_postings, in_one_form, is_inverse, rows, tally
from ledger.log import kinds

PATH = "2024/interest"
# Two levels of government bear an award of 100.00 as 70.00 and 30.00; all postings share envelope, payee and clause.
SHARED = {"envelope": PATH, "payee": "ecny/C1010411000013/000001", "clause": "n3.2", "economic": "50702"}
AWARD = (
    Posting("fin", "5001", 7_000, {**SHARED, "level": "city"}),
    Posting("fin", "5001", 3_000, {**SHARED, "level": "district"}),
    Posting("fin", "2303", -10_000, SHARED),
)
# A budget moves from a path to the one below: nothing is shared.
ALLOTMENT = (Posting("ind", "1101", 500, {"envelope": PATH}), Posting("ind", "1101", -500, {"envelope": "2024"}))
PLAIN = (Posting("fin", "1021", 900), Posting("fin", "4001", -900))


def body(postings: tuple[Posting, ...]) -> dict[str, Any]:
    return {
        **entry_fields(Entry(key="main/E/0", reason="grant", effective_on=date(2024, 7, 1), cause=3, postings=postings))
    }


def test_what_all_postings_share_stands_in_the_entry_once() -> None:
    written = body(AWARD)
    assert written["terms"] == SHARED
    assert written["postings"] == [
        {"chart": "fin", "account": "5001", "amount_fen": 7_000, "level": "city"},
        {"chart": "fin", "account": "5001", "amount_fen": 3_000, "level": "district"},
        {"chart": "fin", "account": "2303", "amount_fen": -10_000},
    ]


def test_what_differs_stays_in_the_postings() -> None:
    written = body(ALLOTMENT)
    assert "terms" not in written
    assert [posting["envelope"] for posting in written["postings"]] == [PATH, "2024"]
    assert "terms" not in body(PLAIN)


@pytest.mark.parametrize("postings", [AWARD, ALLOTMENT, PLAIN])
def test_full_terms_come_back_in_postings_and_rows(postings: tuple[Posting, ...]) -> None:
    """A row of `posting` has the very fields of the posting behind entry, tag and number, NULL where one is absent."""
    written = body(postings)
    given = [
        {"chart": posting.chart, "account": posting.account, "amount_fen": posting.amount_fen, **posting.terms}
        for posting in postings
    ]
    assert full_postings(written) == given
    entry_row, posting_rows = rows(4, 17, bytes(32), written)
    assert [row[3:] for row in posting_rows] == [
        (posting.chart, posting.account, posting.amount_fen, *(posting.terms.get(term) for term in kinds.TERMS))
        for posting in postings
    ]
    assert [row[:3] for row in posting_rows] == [(4, 0, n + 1) for n in range(len(postings))]
    assert entry_row[10] == len(postings)


def test_sums_go_to_the_envelope_wherever_it_stands() -> None:
    assert tally([body(AWARD), body(ALLOTMENT)]) == {
        ("fin", "5001", PATH): [10_000, 0],
        ("fin", "2303", PATH): [0, 10_000],
        ("ind", "1101", PATH): [500, 0],
        ("ind", "1101", "2024"): [0, 500],
    }


def in_both(written: dict[str, Any]) -> None:
    written["postings"][0]["clause"] = "n3.2"


def in_one_of_both(written: dict[str, Any]) -> None:
    written["postings"][0]["clause"] = "n3.3"


def left_in_the_postings(written: dict[str, Any]) -> None:
    del written["terms"]["clause"]
    for posting in written["postings"]:
        posting["clause"] = "n3.2"


def of_nothing(written: dict[str, Any]) -> None:
    for posting in written["postings"]:
        posting.update(written["terms"])
    for name in ("envelope", "payee", "clause", "economic"):
        written["postings"][0].pop(name)
    written["terms"] = {}


@pytest.mark.parametrize("change", [in_both, in_one_of_both, left_in_the_postings, of_nothing])
def test_an_entry_has_one_form(change: Any) -> None:
    written = body(AWARD)
    assert in_one_form(written)
    change(written)
    assert not in_one_form(written)


@pytest.mark.parametrize("postings", [ALLOTMENT, PLAIN])
def test_an_entry_that_shares_no_term_has_one_form_too(postings: tuple[Posting, ...]) -> None:
    assert in_one_form(body(postings))


def test_an_inverse_is_one_of_amounts_and_of_nothing_else() -> None:
    written = {"$schema": "subsidy/entry/2", **body(AWARD)}
    inverse = body(tuple(posting._replace(amount_fen=-posting.amount_fen) for posting in AWARD))
    assert is_inverse(inverse, written)
    assert not is_inverse(body(AWARD), written)
    inverse["terms"]["payee"] = "ecny/C1010411000013/000002"
    assert not is_inverse(inverse, written)
    assert not is_inverse(written, {"$schema": "subsidy/budget/1"})
