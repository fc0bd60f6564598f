"""The benchmark a ledger calculates with: the LPR table, as a record of the log.

The shipped table (`fixtures/reference/lpr.csv`) is recorded once when a ledger is made. A reference names the table by
its content, without the actor and the time of the record, so that equal tables have equal references in every ledger
and in calculations without one.
"""

import csv
from hashlib import sha256

from calculators.interest.benchmark import Benchmark
from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.resources import fixture
from ledger.store.ledger import View, Writer

LPR = "lpr"


def seed(writer: Writer) -> int:
    """Append the shipped table as the `benchmark` record; its log index."""
    return writer.append(kinds.BENCHMARK, _shipped_body())


def benchmark(view: View) -> tuple[str, Benchmark]:
    """(reference, table) that the ledger holds; `Refused` (`benchmark_missing`) where it holds none."""
    found = recorded(view)
    if found is None:
        raise refuse(
            "benchmark_missing",
            N_("this ledger holds no LPR table"),
            N_("make the ledger with `subsidy init`, which records one"),
        )
    return found


def recorded(view: View) -> tuple[str, Benchmark] | None:
    """The same; None where the ledger holds no table, and nothing can be held against it."""
    row = view.current(kinds.BENCHMARK, LPR)
    return _read(row.body) if row else None


def shipped() -> tuple[str, Benchmark]:
    """(reference, table) of the table that ships with the product, for calculations without a ledger."""
    return _read(_shipped_body())


def _read(body: kinds.BenchmarkBody) -> tuple[str, Benchmark]:
    content = canonical(
        {
            "$schema": kinds.BENCHMARK.schema,
            "key": body["key"],
            "source": body["source"],
            "checked_through": body["checked_through"],
            "rows": body["rows"],
        }
    )
    table = Benchmark.from_texts(body["rows"], body["checked_through"])
    return f"{LPR}@sha256:{sha256(content).hexdigest()}", table


def _shipped_body() -> kinds.BenchmarkBody:
    """The record's own fields, from the reference table and the note on where it comes from."""
    (note,) = (row for row in _rows("sources.csv") if row["file"] == "lpr.csv")
    return kinds.BenchmarkBody(
        key=LPR,
        source=note["source"],
        checked_through=note["checked_through"],
        rows=[[row["effective_from"], row["lpr_1y"], row["lpr_5y"]] for row in _rows("lpr.csv")],
    )


def _rows(name: str) -> list[dict[str, str]]:
    with fixture(f"reference/{name}").open(encoding="utf-8") as source:
        return list(csv.DictReader(source))
