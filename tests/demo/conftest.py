"""The book of the invented year."""

from collections.abc import Iterator

import pytest

from ledger.store.ledger import Ledger, View
from tests.support.demo import Told


@pytest.fixture(scope="package")
def view(told: Told) -> Iterator[View]:
    with Ledger.open(f"sqlite:///{told.out}/ledger.db").read() as found:
        yield found
