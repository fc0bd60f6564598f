"""Pages that are answered from memory: only while nothing that they rest on has changed."""

from pathlib import Path

import pytest

from ledger.log import kinds
from ledger.store.ledger import Ledger
from ledger.web.memory import Memory
from tests.support.reader import Reader
from tests.support.till import Till, quarters_till
from tests.web.test_guard import code


@pytest.fixture
def till(tmp_path: Path) -> Till:
    folder = tmp_path / "book"
    folder.mkdir()
    return quarters_till(folder)


def test_a_page_is_made_once_and_anew_after_a_write(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(till.url, till.anchor)
    first = reader.page("/log")
    made: list[str] = []
    kept = Memory._keep
    monkeypatch.setattr(Memory, "_keep", lambda self, key, page: (made.append(key[3]), kept(self, key, page)))
    assert reader.page("/log") == first
    assert made == []
    # Another language is another page.
    assert reader.page("/log?lang=en") != first
    till.do("budget", "issue", "2025", "1", "--document", "D-9")
    assert reader.page("/log") != first
    assert made == ["/log", "/log"]


def test_a_clear_text_that_is_erased_is_on_no_page_any_more(till: Till) -> None:
    """Erasing writes no record: the vault's file alone tells of it."""
    reader = Reader(till.url, till.anchor)
    assert reader.ask("/firms?q=1234").status_code == 303
    ledger = Ledger.open(till.url)
    with ledger.read() as view:
        commitments = [row.body["number"] for row in view.records(kinds.PAYEE)]
    for commitment in commitments:
        ledger.vault.erase(commitment)
    assert reader.ask("/firms?q=1234").status_code == 200


def test_refusals_and_forms_are_not_kept(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(till.url, till.anchor)
    kept: list[str] = []
    monkeypatch.setattr(Memory, "_keep", lambda _self, key, _page: kept.append(key[2]))
    assert code(reader, "/firm/nobody") == (404, "entity_unknown")
    reader.page("/do?line=people list")
    assert kept == []
