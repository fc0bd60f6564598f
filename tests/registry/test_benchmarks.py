"""The LPR table in the ledger: recorded once, read back whole, and named by its content."""

import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from calculators.money import parse_percent
from calculators.problems import Refused
from ledger.registry.benchmarks import benchmark, seed, shipped
from ledger.store.ledger import Ledger


def new_ledger(folder: Path, actor: str = "1001") -> Ledger:
    folder.mkdir()
    return Ledger.create(
        f"sqlite:///{folder / 'book.db'}", actor=actor, calculators=(), anchor=folder.with_name(f"{folder.name}-anchor")
    )


def test_a_ledger_holds_the_shipped_table(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path / "a")
    with ledger.write("1001") as writer:
        number = seed(writer)
    with ledger.read() as view:
        reference, table = benchmark(view)
        body = view.record(number)
    assert (body["key"], body["checked_through"], len(body["rows"])) == ("lpr", "2026-07-20", 15)
    assert body["rows"][-1] == ["2025-05-20", "3.00", "3.50"]
    assert table.rate("5y", date(2024, 10, 21)) == parse_percent("3.60%")
    assert reference == shipped()[0]


def test_a_reference_is_the_hash_of_the_content_alone(tmp_path: Path) -> None:
    """Two ledgers of two officers: one table, one name, which anybody can work out from the record."""
    references = []
    for actor in ("1001", "2002"):
        ledger = new_ledger(tmp_path / actor, actor)
        with ledger.write(actor) as writer:
            number = seed(writer)
        with ledger.read() as view:
            references.append(benchmark(view)[0])
            body = view.record(number)
        content = {field: value for field, value in body.items() if field not in ("actor", "recorded_at")}
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert references[-1] == f"lpr@sha256:{sha256(canonical).hexdigest()}"
    assert references[0] == references[1]


def test_a_ledger_without_a_table_says_so(tmp_path: Path) -> None:
    with new_ledger(tmp_path / "a").read() as view, pytest.raises(Refused, match="benchmark_missing"):
        benchmark(view)
