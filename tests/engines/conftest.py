"""One small ledger of granted loans under a cap of their firms, and copies of it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

import pytest

from calculators.awards import apart, partitions
from ledger.audit.ledger import Ledger
from ledger.runs.occasion import Month
from tests.benchmarks.register import granted, report_through

# `make ray` installs it beside the environment and asks for this file by name.
collect_ignore = [] if find_spec("ray") else ["test_ray.py"]

JUNE = Month(2024, 6)
LOANS = 24


@pytest.fixture(scope="session")
def of_loans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engines")
    report_through(granted(folder, LOANS), JUNE)
    return folder


@pytest.fixture
def copied(of_loans: Path, tmp_path: Path) -> Callable[[str], Ledger]:
    """A copy of the ledger, by a name of its own."""

    def copy(name: str) -> Ledger:
        folder = tmp_path / name
        shutil.copytree(of_loans, folder)
        return Ledger.open(
            f"sqlite:///{folder}/ledger/ledger.db",
            clock=lambda: datetime(2025, 1, 6, 3, tzinfo=UTC),
            anchor=folder / "anchor",
        )

    return copy


def root(ledger: Ledger) -> bytes:
    """The root over the log, which is proved."""
    with ledger.read(proved=True) as view:
        return view.root()


@pytest.fixture
def in_pairs() -> object:
    """Partitions of two loans, which are one firm's."""
    with mock.patch.object(partitions, "MOST", 2), mock.patch.object(apart, "MOST", 2):
        yield
