"""Opening files: which URLs name a ledger, and reading where nothing can be written."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from calculators.problems import Refused
from ledger.log import kinds
from ledger.store.engine import ledger_path
from ledger.store.ledger import Ledger
from tests.support.small_ledger import ACTOR, small_ledger, url


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://localhost/ledger",
        "mysql://localhost/ledger",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:ledger.db?uri=true",
        "ledger.db",
        "",
    ],
)
def test_urls_that_name_no_ledger(text: str) -> None:
    with pytest.raises(Refused) as refused:
        ledger_path(text)
    assert [problem.code for problem in refused.value.problems] == ["database_unsupported"]


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(Refused, match=r"postgresql://\*\*\*@localhost/ledger"):
        ledger_path("postgresql://somebody:secret@localhost/ledger")


def test_urls_name_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ledger_path("sqlite:///ledger.db") == tmp_path / "ledger.db"
    assert ledger_path(f"sqlite:///{tmp_path}/账本 1.db") == tmp_path / "账本 1.db"


def test_a_folder_with_strange_signs(tmp_path: Path) -> None:
    folder = tmp_path / "2025 年#账%本"
    folder.mkdir()
    small_ledger(folder)
    with Ledger.open(url(folder)).read() as view:
        assert view.size == 6


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder as on media that cannot be written, also for the superuser, who could write in spite of the modes."""
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter; those of pytest are closed."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def copied_live(tmp_path: Path, open_folder: Path) -> Path:
    """A folder with a copy of a ledger of seven records, taken while its last record stood in the WAL file only."""
    ledger = small_ledger(tmp_path)
    with ledger.read():  # a reader keeps the WAL file from being folded in
        with ledger.write(ACTOR) as writer:
            writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
        for name in ("ledger.db", "ledger.db-wal"):
            shutil.copy(ledger.path.with_name(name), open_folder / name)
    return open_folder


def test_reading_where_nothing_can_be_written(open_folder: Path) -> None:
    small_ledger(open_folder)
    before = (open_folder / "ledger.db").read_bytes()
    with read_only(open_folder):
        with Ledger.open(url(open_folder)).read() as view:
            assert view.size == 6
            assert view.current(kinds.ACTOR, ACTOR) is not None
        with pytest.raises(Refused) as refused, Ledger.open(url(open_folder)).write(ACTOR):
            pass
    assert [problem.code for problem in refused.value.problems] == ["ledger_read_only"]
    assert (open_folder / "ledger.db").read_bytes() == before


def test_both_files_copied_while_in_use_are_complete(copied_live: Path) -> None:
    with Ledger.open(url(copied_live)).read() as view:
        assert view.size == 7


def test_changes_that_wait_in_an_unreadable_wal_are_not_passed_over(copied_live: Path) -> None:
    with read_only(copied_live), pytest.raises(Refused) as refused, Ledger.open(url(copied_live)).read():
        pass
    (problem,) = refused.value.problems
    assert problem.code == "wal_unreadable"
    assert "ledger.db-wal" in problem.render()


def test_a_copy_without_its_wal_file_is_behind(copied_live: Path) -> None:
    (copied_live / "ledger.db-wal").unlink()
    with Ledger.open(url(copied_live)).read() as view:
        assert view.size == 6
    with pytest.raises(Refused) as refused, Ledger.open(url(copied_live)).write(ACTOR):
        pass
    (problem,) = refused.value.problems
    assert problem.code == "ledger_behind_checkpoint"
    assert "-wal" in problem.render()
