"""What every test starts from: English texts, no settings from the caller's shell, and a frozen clock that lets go."""

from collections.abc import Iterator
from pathlib import Path

import freezegun
import hypothesis
import pytest

from ledger.words import set_language
from tests.registry.desk import Desk

# freezegun also freezes `time.monotonic`, which the connection pool needs running to know when to give up waiting.
freezegun.configure(extend_ignore_list=["sqlalchemy.util.queue", "sqlalchemy.pool"])

# How busy the machine is decides no test: a property may take its time, and so may drawing its cases.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The product reads these variables: a developer's own values must not decide a test, nor his home fill up."""
    for name in ("SUBSIDY_DB", "SUBSIDY_LANG", "SUBSIDY_ACTOR", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    # Not under `tmp_path`: keys and checkpoints are refused inside the folder of the ledger.
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path_factory.mktemp("anchor")))
    set_language("en")
    yield
    set_language("en")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty ledger."""
    (tmp_path / "office").mkdir()
    return Desk(tmp_path / "office")


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A ledger with charts, the example notice and a budget."""
    return desk.equip()
