"""A month's run over a register of granted loans: what it takes per loan, and whether four times the loans take more.

The ledger is made of records in their recorded form, through the registry's own rooms. Half as many firms as loans,
three events per loan, quarterly due, the example notice with its cap per firm and year.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from stdnum.cn import uscc

from calculators.awards.all import CALCULATORS
from ledger.book import charts
from ledger.book.envelopes import issue
from ledger.book.posting import Entry, Posting, post
from ledger.log import kinds
from ledger.registry import benchmarks
from ledger.registry.notices import add_notice
from ledger.resources import fixture
from ledger.runs.interest import run_interest
from ledger.runs.occasion import Month
from ledger.store.ledger import Ledger, Writer

ACTOR = "1001"
NOTICE = "example-loan-interest-discount"
LENDERS = 7
LOANS = 20_000
TIMES = 4
FIRST, LATER = Month(2024, 6), Month(2024, 9)
SEED = 20240601


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of the first run and of a later one over `loans` loans, with the entries that each posted."""

    loans: int
    first_seconds: float
    first_entries: int
    later_seconds: float
    later_entries: int


def measure(loans: int) -> Figures:
    """A ledger of so many loans in a folder of its own, and two months run on it."""
    with TemporaryDirectory() as folder:
        ledger = granted(Path(folder), loans)
        taken = []
        for month in (FIRST, LATER):
            report_through(ledger, month)
            started = perf_counter()
            outcome = run_interest(ledger, month, ACTOR)
            taken.append((perf_counter() - started, outcome.count))
    (first, first_entries), (later, later_entries) = taken
    return Figures(loans, first, first_entries, later, later_entries)


def lines() -> Iterator[str]:
    """The figure of the whole register, and how much more a run takes over four times the loans."""
    quarter, whole = measure(LOANS // TIMES), measure(LOANS)
    first, later = whole.first_seconds / quarter.first_seconds, whole.later_seconds / quarter.later_seconds
    yield (
        f"month: {whole.loans} loans: first run {whole.first_seconds:.1f} s ({whole.first_entries} entries), "
        f"later run {whole.later_seconds:.1f} s ({whole.later_entries} entries); "
        f"{first:.2f} and {later:.2f} times the seconds of {quarter.loans} loans"
    )


def granted(folder: Path, loans: int) -> Ledger:
    """A new ledger with `loans` granted loans, none of them run."""
    (folder / "ledger").mkdir()
    ledger = Ledger.create(
        f"sqlite:///{folder}/ledger/ledger.db",
        actor=ACTOR,
        calculators=CALCULATORS,
        purpose="demo",
        clock=lambda: datetime(2025, 1, 6, 2, tzinfo=UTC),
        anchor=folder / "anchor",
    )
    draw = random.Random(SEED)
    with ledger.write(ACTOR) as writer:
        charts.seed(writer)
        benchmarks.seed(writer)
        add_notice(writer, fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8"), NOTICE)
        writer.append(kinds.OPENING, kinds.OpeningBody(key=NOTICE, rows=[]))
        writer.extend(kinds.ENTITY, (_entity(number) for number in range(loans // 2)))
        writer.extend(kinds.LOAN, (_loan(number) for number in range(loans)))
        writer.extend(kinds.EVENT, (event for number in range(loans) for event in _events(number, draw)))
        writer.extend(kinds.APPLICATION, (_application(number) for number in range(loans)))
        grants = [_grant(number) for number in range(loans)]
        _reserve(writer, grants)
    return ledger


def report_through(ledger: Ledger, month: Month) -> None:
    """Every lender says that nothing more happened through the month's end."""
    empty = {"new": 0, "changed": 0, "same": 0, "void": 0}
    with ledger.write(ACTOR) as writer:
        for place in range(LENDERS):
            writer.append(
                kinds.IMPORT,
                kinds.ImportBody(
                    register="event",
                    mode="delta",
                    lender=_lender(place),
                    through=month.last_day.isoformat(),
                    file="events.csv",
                    sha256="0" * 64,
                    **empty,
                ),
            )


def _lender(number: int) -> str:
    return f"Bank {number % LENDERS + 1}"


def _code(number: int) -> str:
    stem = f"91110108MA{number:07d}"
    return stem + uscc.calc_check_digit(stem)


def _entity(number: int) -> dict[str, Any]:
    districts = [{"from": "2015-03-02", "name": "海淀区"}]
    return {"key": _code(number), "name": f"Firm {number}", "check": "passed", "districts": districts, "statuses": []}


def _loan(number: int) -> dict[str, Any]:
    contract = f"HT{number:06d}"
    data = {
        "contract_no": contract,
        "lender": _lender(number),
        "uscc": _code(number // 2),
        "signed_on": "2024-01-08",
        "matures_on": "2026-01-10",
        "amount_fen": 3_000_000_000,
        "day_count": "ACT/360",
        "due_every": "quarter",
        "due_day": 20,
        "due_counted": True,
        "rate": ("3.55%", "3.10%", "4.20%")[number % 3],
    }
    return {"register": "loan", "key": contract, "lender": data["lender"], "data": data}


def _events(number: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Drawn in January, some of it paid back and the rate lowered on two days of spring."""
    contract = f"HT{number:06d}"
    day = datetime(2024, 3, 1) + timedelta(days=draw.randrange(100))
    drawn_fen = draw.randrange(100_000_000, 3_000_000_000, 100)
    for kind, on, more in (
        ("drawdown", "2024-01-10", {"amount_fen": drawn_fen}),
        ("repayment", day.date().isoformat(), {"amount_fen": drawn_fen // 10}),
        ("rate", (day + timedelta(days=9)).date().isoformat(), {"rate": "3.00%"}),
    ):
        data = {"contract_no": contract, "kind": kind, "date": on, **more}
        yield {"register": "event", "key": f"{contract}//{kind}/{on}/1", "lender": _lender(number), "data": data}


def _application(number: int) -> dict[str, Any]:
    asked = {"uscc": _code(number // 2), "notice": NOTICE, "item": f"HT{number:06d}", "applied_on": "2024-03-01"}
    return {"key": f"SB{number:06d}", **asked, "evidence": []}


def _grant(number: int) -> dict[str, Any]:
    return {
        "key": f"PF{number:06d}",
        "application": f"SB{number:06d}",
        "outcome": "granted",
        "granted_on": "2024-03-15",
        "document": f"GRANT-{number}",
        "ceiling_fen": 60_000_000,
        "envelope": "2024/loan-interest",
        "payee": f"ecny/C1010211000012/{number // 2 + 1:06d}",
    }


def _reserve(writer: Writer, grants: list[dict[str, Any]]) -> None:
    """The grants with what they reserve, from a budget that is just enough."""
    needed_fen = sum(grant["ceiling_fen"] for grant in grants)
    for path in ("2024", "2024/loan-interest"):
        issue(writer, path, needed_fen, "BUDGET-1", date(2024, 1, 1))
    stored = writer.extend(kinds.GRANT, grants)
    entries = []
    for grant, (record, _leaf) in zip(grants, stored, strict=True):
        amount_fen, envelope = grant["ceiling_fen"], grant["envelope"]
        on = kinds.TermsBody(envelope=envelope)
        both = (Posting("ind", "1201", amount_fen, on), Posting("ind", "1101", -amount_fen, on))
        day = Month.parse("2024-03").last_day
        entries.append(Entry(f"main/grant/{grant['key']}/0", "grant", day, record, both, document=grant["document"]))
    post(writer, entries)
