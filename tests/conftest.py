"""What every test starts from: English texts, no settings from the caller's shell, a folder in memory, patience."""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path

import hypothesis
import pytest

from ledger.words import set_language
from tests.support import copies
from tests.support.clock import let_time_pass
from tests.support.demo import Told, told_in
from tests.support.desk import Desk, equipped_desk, open_desk
from tests.support.seeds import examples

# How busy the machine is decides no test: a property may take its time, and so may drawing its cases.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], max_examples=examples(100)
)
hypothesis.settings.load_profile("patient")

MEMORY = Path("/dev/shm")
# A container often has 64 MB there, which is not enough; what a session keeps at a time is far below this.
ROOM = 2**30


def keep_files_in_memory() -> None:
    """Put the folders of tests where a disk is never waited for, if there is such a place and nobody named another."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return
    # For processes that a test starts, and for this one, which may have made its choice already.
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = str(MEMORY)


keep_files_in_memory()


# While ten thousand tests are collected nothing of them is garbage, and to look for some is a fifth of the time.
gc.disable()


def pytest_collection_finish() -> None:
    """What was collected stays: from now on the collector looks only at what tests make."""
    gc.collect()
    gc.freeze()
    gc.enable()


# What takes longest, so that at the end of a run nobody waits for it: the invented year, pages typed in, the wheel.
FIRST = ("tests/demo/", "tests/test_docs.py", "tests/test_wheel.py", "tests/web/test_browser.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores: while one waits for a browser or for a ledger that another builds, none rests."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup() -> Generator[None, object, object]:
    """A ledger that is set up leaves no stopped clock: which test builds what others copy is chance."""
    made = yield
    let_time_pass()
    return made


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the session: where processes share the tests, each has a folder of its own in it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def _what_is_built_once(_shared: Path) -> None:
    copies.keep_in(_shared / "built")


@pytest.fixture(scope="session")
def told(_shared: Path) -> Told:
    """The invented year, for whoever reads it."""
    return told_in(_shared / "told")


@pytest.fixture(scope="session")
def _anchors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders for anchors, one for each test."""
    folder = tmp_path_factory.mktemp("anchors")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch, _anchors: Iterator[Path]) -> Iterator[None]:
    """The product reads these variables: a developer's own values must not decide a test, nor his home fill up."""
    for name in ("SUBSIDY_DB", "SUBSIDY_LANG", "SUBSIDY_ACTOR", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    # Not under `tmp_path`: keys and checkpoints are refused inside the folder of the ledger.
    anchor = next(_anchors)
    anchor.mkdir(mode=0o700)
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(anchor))
    # Tests look for whole rows; how tables fit a window is tested in tests/commands/test_fitting.py and test_docs.py.
    monkeypatch.setenv("SUBSIDY_WIDE", "1")
    set_language("en")
    yield
    let_time_pass()
    set_language("en")
    shutil.rmtree(anchor, ignore_errors=True)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty ledger."""
    return open_desk(tmp_path / "office")


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    """A ledger with charts, the example notice and a budget."""
    return equipped_desk(tmp_path / "office")
