"""A small year, and what an auditor took home of it."""

from pathlib import Path

import pytest

from ledger.audit.verify import Trust
from ledger.log.checkpoint import VerifierKey
from ledger.store.ledger import Ledger
from tests.support.copies import copied
from tests.support.releases import earlier_book
from tests.support.small_year import opened_year, small_year


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A year with entries that no record causes, as an earlier release let them stand."""
    earlier_book(monkeypatch)
    copied(year_of_an_earlier_release, tmp_path)
    return opened_year(tmp_path)


def year_of_an_earlier_release(folder: Path) -> None:
    small_year(folder)


@pytest.fixture
def trust(ledger: Ledger) -> Trust:
    """Checkpoint and verifier key as they were when the year was whole."""
    return Trust(
        ledger.anchor.checkpoint_file.read_text(encoding="utf-8"),
        VerifierKey.parse(ledger.anchor.verifier_file.read_text(encoding="utf-8")),
    )
