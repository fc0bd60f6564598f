"""Digests behind entries: in full in the first entry of a line in a run, by hash in those that follow it."""

from hashlib import sha256
from pathlib import Path

import pytest

from ledger.book.digests import digest_at, digest_hash, of_run
from ledger.store.ledger import Ledger
from tests.support.digests import digest_of
from tests.support.small_year import small_year, two_runs_of_a_line


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Two entries of a run on line G-3, then a true-up of the first of them in the next run."""
    made = small_year(tmp_path)
    two_runs_of_a_line(made)
    return made


def test_an_entry_that_names_a_digest_stands_behind_the_one_that_has_it(ledger: Ledger) -> None:
    # SHA-256 over a zero byte and the canonical bytes, as of a record.
    said = (
        '{"$schema":"subsidy/digest/2","award_fen":300,"benchmark":"lpr","calculator":"interest_discount/2","caps":[],'
        f'"conditions":[],"eligible":false,"entity":"91310115591693856A","facts":"{"0" * 64}","held":[],"line":"G-3",'
        '"loan":"HT-1","notice":"n","pay_to":"firm","payers":[],"periods":[],"refused":[],"through":"2024-07-01",'
        '"withheld":[],"withheld_fen":0}'
    )
    hashed = sha256(b"\x00" + said.encode()).hexdigest()
    with ledger.read() as view:
        (first, full), (second, named) = of_run(view, 40, 2)
        assert full == named == digest_of("G-3", 300)
        assert (first.get("digest"), first.get("digest_of")) == (full, None)
        assert (second.get("digest"), second.get("digest_of")) == (None, hashed)
        assert digest_hash(first) == digest_hash(second) == hashed
        assert digest_at(view, 40) == digest_at(view, 41) == full


def test_a_true_up_names_what_it_replaces(ledger: Ledger) -> None:
    with ledger.read() as view:
        ((body, digest),) = of_run(view, 44, 1)
        assert digest["award_fen"] == 250
        assert body["replaces"] == 40
        assert digest_at(view, body["replaces"]) == digest_of("G-3", 300)
        assert body["replaced_digest"] == digest_hash(view.record(40))


def test_an_entry_of_no_run_rests_on_none(ledger: Ledger) -> None:
    with ledger.read() as view:
        assert digest_at(view, 25) is None
        assert digest_hash(view.record(25)) == ""
