"""A desk with an empty ledger, and one with a notice and a budget."""

from pathlib import Path

import pytest

from tests.registry.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty ledger."""
    (tmp_path / "office").mkdir()
    return Desk(tmp_path / "office")


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A ledger with charts, the example notice and a budget."""
    return desk.equip()
